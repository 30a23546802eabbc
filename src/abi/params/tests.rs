// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every shape with the right size, with wrong sizes and with NULL.
//!
//! Source: PKCS#11 v3.2, "Mechanisms".

use core::ptr::null_mut;

use super::*;
use crate::abi::types::{
    CK_AES_CTR_PARAMS, CK_CHACHA20_PARAMS, CK_ECDH1_DERIVE_PARAMS, CK_EDDSA_PARAMS, CK_GCM_PARAMS,
    CK_GCM_PARAMS_WITHOUT_IV_BITS, CK_HKDF_PARAMS, CK_KEY_DERIVATION_STRING_DATA,
    CK_PKCS5_PBKD2_PARAMS2, CK_RSA_PKCS_OAEP_PARAMS, CK_RSA_PKCS_PSS_PARAMS,
    CK_SALSA20_CHACHA20_POLY1305_PARAMS,
};

fn shaped<T>(shape: ParamShape, given: &T, len: usize) -> Result<Params<'_>> {
    let raw = Raw {
        data: (&raw const *given).cast_mut().cast(),
        len: len as CK_ULONG,
    };
    // SAFETY: the tests pass values that outlive the result, and lengths that are refused or right.
    unsafe { parse(shape, raw) }
}

fn is_refused(outcome: &Result<Params<'_>>) -> bool {
    matches!(outcome, Err(Error::MechanismParamInvalid(_)))
}

#[test]
fn a_structure_of_another_size_is_refused() {
    let bytes = [0_u8; 64];
    for (shape, right) in [
        (ParamShape::Ulong, 8),
        (ParamShape::RsaOaep, size_of::<CK_RSA_PKCS_OAEP_PARAMS>()),
        (ParamShape::RsaPss, size_of::<CK_RSA_PKCS_PSS_PARAMS>()),
        (ParamShape::Ecdh1, size_of::<CK_ECDH1_DERIVE_PARAMS>()),
        (ParamShape::Eddsa, size_of::<CK_EDDSA_PARAMS>()),
        (ParamShape::AesCtr, size_of::<CK_AES_CTR_PARAMS>()),
        (ParamShape::Gcm, size_of::<CK_GCM_PARAMS>()),
        (ParamShape::Gmac, size_of::<CK_GCM_PARAMS>()),
        (ParamShape::Ccm, 48),
        (ParamShape::AesCbcEncryptData, 32),
        (ParamShape::Des3CbcEncryptData, 24),
        (ParamShape::Key, 8),
        (
            ParamShape::StringData,
            size_of::<CK_KEY_DERIVATION_STRING_DATA>(),
        ),
    ] {
        assert!(shaped(shape, &bytes, right).is_ok(), "{shape:?}");
        assert!(is_refused(&shaped(shape, &bytes, right - 1)), "{shape:?}");
        assert!(is_refused(&shaped(shape, &bytes, right + 1)), "{shape:?}");
        let raw = Raw {
            data: null_mut(),
            len: right as CK_ULONG,
        };
        // SAFETY: NULL is allowed.
        assert!(is_refused(&unsafe { parse(shape, raw) }), "{shape:?}");
    }
}

#[test]
fn gcm_comes_in_two_sizes() {
    let (iv, aad) = ([7_u8; 12], [9_u8; 3]);
    let old = CK_GCM_PARAMS_WITHOUT_IV_BITS {
        pIv: iv.as_ptr().cast_mut(),
        ulIvLen: 12,
        pAAD: aad.as_ptr().cast_mut(),
        ulAADLen: 3,
        ulTagBits: 128,
    };
    let Params::Gcm(parsed) = shaped(ParamShape::Gcm, &old, 40).unwrap() else {
        panic!("another shape");
    };
    assert_eq!(
        (parsed.iv, parsed.aad, parsed.tag_bits),
        (Some(&iv[..]), &aad[..], 128)
    );
}

#[test]
fn a_missing_iv_of_gcm_is_the_tokens_to_make() {
    let given = CK_GCM_PARAMS {
        pIv: null_mut(),
        ulIvLen: 16,
        ulIvBits: 128,
        pAAD: null_mut(),
        ulAADLen: 0,
        ulTagBits: 128,
    };
    let Params::Gcm(parsed) = shaped(ParamShape::Gcm, &given, 48).unwrap() else {
        panic!("another shape");
    };
    assert_eq!((parsed.iv, parsed.iv_len), (None, 16));
}

#[test]
fn a_null_part_with_a_length_is_refused() {
    let given = CK_RSA_PKCS_OAEP_PARAMS {
        hashAlg: 0,
        mgf: 0,
        source: 1,
        pSourceData: null_mut(),
        ulSourceDataLen: 5,
    };
    assert!(is_refused(&shaped(ParamShape::RsaOaep, &given, 40)));
}

#[test]
fn an_iv_has_its_length() {
    let iv = [0_u8; 16];
    assert!(shaped(ParamShape::Bytes(16), &iv, 16).is_ok());
    assert!(is_refused(&shaped(ParamShape::Bytes(16), &iv, 12)));
    let optional = ParamShape::OptionalBytes(&[4, 8]);
    assert!(matches!(shaped(optional, &iv, 0), Ok(Params::None)));
    assert!(matches!(shaped(optional, &iv, 8), Ok(Params::Bytes(_))));
    assert!(is_refused(&shaped(optional, &iv, 5)));
}

#[test]
fn no_parameter_means_none() {
    assert!(matches!(
        shaped(ParamShape::None, &0_u8, 0),
        Ok(Params::None)
    ));
    assert!(is_refused(&shaped(ParamShape::None, &0_u8, 1)));
}

#[test]
fn a_prehash_flag_is_a_boolean() {
    let given = CK_EDDSA_PARAMS {
        phFlag: 2,
        ulContextDataLen: 0,
        pContextData: null_mut(),
    };
    assert!(is_refused(&shaped(ParamShape::Eddsa, &given, 24)));
}

fn pbkd2(password_len: CK_ULONG) -> CK_PKCS5_PBKD2_PARAMS2 {
    static PASSWORD: [u8; 8] = *b"password";
    CK_PKCS5_PBKD2_PARAMS2 {
        saltSource: 1,
        pSaltSourceData: null_mut(),
        ulSaltSourceDataLen: 0,
        iterations: 1,
        prf: 4,
        pPrfData: null_mut(),
        ulPrfDataLen: 0,
        pPassword: PASSWORD.as_ptr().cast_mut(),
        ulPasswordLen: password_len,
    }
}

#[test]
fn the_length_of_a_password_is_a_number_or_stands_behind_a_pointer() {
    let len: CK_ULONG = 8;
    let behind = (&raw const len).expose_provenance();
    for given in [pbkd2(8), pbkd2(behind.try_into().unwrap())] {
        let Params::Pbkd2(parsed) = shaped(ParamShape::Pbkd2, &given, 72).unwrap() else {
            panic!("another shape");
        };
        assert_eq!(parsed.password, b"password");
    }
    let endless: CK_ULONG = CK_ULONG::MAX;
    let behind = (&raw const endless).expose_provenance();
    for bad in [pbkd2(behind.try_into().unwrap()), pbkd2(0x1_0001)] {
        assert!(is_refused(&shaped(ParamShape::Pbkd2, &bad, 72)));
    }
    let mut other = pbkd2(8);
    other.saltSource = 2;
    assert!(is_refused(&shaped(ParamShape::Pbkd2, &other, 72)));
}

#[test]
fn hkdf_looks_at_salt_and_info_only_where_they_count() {
    let mut given = CK_HKDF_PARAMS {
        bExtract: 0,
        bExpand: 0,
        prfHashMechanism: 0,
        ulSaltType: 77,
        pSalt: null_mut(),
        ulSaltLen: 7,
        hSaltKey: 0,
        pInfo: null_mut(),
        ulInfoLen: 7,
    };
    let len = size_of::<CK_HKDF_PARAMS>();
    assert!(shaped(ParamShape::Hkdf, &given, len).is_ok());
    given.bExpand = 1;
    assert!(is_refused(&shaped(ParamShape::Hkdf, &given, len)));
    given.ulInfoLen = 0;
    assert!(shaped(ParamShape::Hkdf, &given, len).is_ok());
    given.bExtract = 1;
    assert!(is_refused(&shaped(ParamShape::Hkdf, &given, len)));
    given.ulSaltType = 1;
    assert!(shaped(ParamShape::Hkdf, &given, len).is_ok());
    given.bExtract = 2;
    assert!(is_refused(&shaped(ParamShape::Hkdf, &given, len)));
}

#[test]
fn a_chacha20_parameter_says_its_lengths_in_bits() {
    let (mut counter, mut nonce) = ([1_u8, 2, 0, 0, 3, 0, 0, 0], [7_u8; 24]);
    let given = |counter_bits, nonce_bits| CK_CHACHA20_PARAMS {
        pBlockCounter: (&raw mut counter).cast(),
        blockCounterBits: counter_bits,
        pNonce: (&raw mut nonce).cast(),
        ulNonceBits: nonce_bits,
    };
    let mut given = given;
    for (counter_bits, expected) in [(32, 0x201), (64, 0x3_0000_0201)] {
        for nonce_bits in [64, 96, 192] {
            let given = given(counter_bits, nonce_bits);
            let parsed = shaped(ParamShape::ChaCha20, &given, 32).unwrap();
            let Params::ChaCha20 { nonce, counter } = parsed else {
                panic!("another shape");
            };
            assert_eq!((counter, nonce.len() as u64), (expected, nonce_bits / 8));
        }
    }
    for (counter_bits, nonce_bits) in [(0, 96), (16, 96), (128, 96), (32, 12), (32, 128)] {
        let given = given(counter_bits, nonce_bits);
        assert!(is_refused(&shaped(ParamShape::ChaCha20, &given, 32)));
    }
}

#[test]
fn a_nonce_of_chacha20_poly1305_is_measured_in_bits_or_bytes() {
    let mut nonce = [7_u8; 24];
    for (given, len) in [(64, 8), (8, 8), (96, 12), (12, 12), (192, 24), (24, 24)] {
        let given = CK_SALSA20_CHACHA20_POLY1305_PARAMS {
            pNonce: (&raw mut nonce).cast(),
            ulNonceLen: given,
            pAAD: null_mut(),
            ulAADLen: 0,
        };
        let parsed = shaped(ParamShape::ChaChaPoly, &given, 32).unwrap();
        assert!(matches!(parsed, Params::ChaChaPoly { nonce, .. } if nonce.len() == len));
    }
}

#[test]
fn gmac_takes_the_older_parameter_too() {
    let iv = [5_u8; 12];
    let Params::Gcm(parsed) = shaped(ParamShape::Gmac, &iv, 12).unwrap() else {
        panic!("another shape");
    };
    assert_eq!((parsed.iv, parsed.tag_bits), (Some(&iv[..]), 128));
}
