// SPDX-License-Identifier: MIT OR Apache-2.0
//! Triple DES: SP 800-67, the NIST examples with intermediate values, SP 800-38B.

use keystead::crypto::des3::{has_odd_parity, set_odd_parity};
use keystead::error::Error;
use keystead::mechanism::Params;
use keystead::object::AttributeMap;
use keystead::pkcs11::attribute::{CKA_VALUE, CKA_VALUE_LEN};
use keystead::pkcs11::key_type::{CKK_DES2, CKK_DES3};
use keystead::pkcs11::mechanism::{
    CKM_DES2_KEY_GEN, CKM_DES3_CBC, CKM_DES3_CBC_PAD, CKM_DES3_CMAC, CKM_DES3_CMAC_GENERAL,
    CKM_DES3_ECB, CKM_DES3_KEY_GEN, CKM_DES3_MAC, CKM_DES3_MAC_GENERAL,
};

use crate::drive;

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

const KEY: &str = "0123456789abcdef23456789abcdef01456789abcdef0123";
const TEXT: &str = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51";
const IV: &str = "f69f2445df4f9b17";
const CBC: &str = "2079c3d53aa763e193b79e2569ab5262516570481f25b50f73c0bda85c8e0da7";

#[test]
fn ecb_of_sp_800_67_appendix_b() {
    let key = drive::key(CKK_DES3, &bytes(KEY));
    let sealed = "a826fd8ce53b855fcce21c8112256fe668d5c05dd9b6b900";
    let text = b"The qufck brown fox jump";
    drive::both_ways(CKM_DES3_ECB, &key, &Params::None, text, sealed);
}

#[test]
fn ecb_and_cbc_of_the_nist_examples() {
    let key = drive::key(CKK_DES3, &bytes(KEY));
    let sealed = "714772f339841d34267fcc4bd2949cc3ee11c22a576a303876183f99c0b6de87";
    drive::both_ways(CKM_DES3_ECB, &key, &Params::None, &bytes(TEXT), sealed);
    let iv = bytes(IV);
    drive::both_ways(CKM_DES3_CBC, &key, &Params::Bytes(&iv), &bytes(TEXT), CBC);
}

#[test]
fn cbc_with_padding_is_cbc_of_the_padded_text() {
    let key = drive::key(CKK_DES3, &bytes(KEY));
    let iv = bytes(IV);
    let params = Params::Bytes(&iv);
    let cbc = drive::encryption(CKM_DES3_CBC, &key, &params).unwrap();
    for len in 0..25 {
        let text = &bytes(TEXT)[..len];
        let count = 8 - len % 8;
        let padded = [text, &vec![u8::try_from(count).unwrap(); count]].concat();
        let expected = hex::encode(cbc.single(&padded).unwrap().expose());
        drive::both_ways(CKM_DES3_CBC_PAD, &key, &params, text, &expected);
    }
    // What CBC decrypts to does not end in a padding.
    let open = drive::decryption(CKM_DES3_CBC_PAD, &key, &params).unwrap();
    assert!(matches!(
        open.single(&bytes(CBC)),
        Err(Error::EncryptedDataInvalid(_))
    ));
    assert!(matches!(
        open.single(&[0; 7]),
        Err(Error::EncryptedDataLenRange(_))
    ));
}

/// "equivalent to encryption with a triple-length DES key with K1=K3"
#[test]
fn a_double_length_key_is_a_triple_length_one_with_its_first_part_again() {
    let two = bytes(&KEY[..32]);
    let three = [two.as_slice(), &two[..8]].concat();
    let (two, three) = (drive::key(CKK_DES2, &two), drive::key(CKK_DES3, &three));
    let encrypt = |key| {
        let start = drive::encryption(CKM_DES3_ECB, key, &Params::None).unwrap();
        hex::encode(start.single(&bytes(TEXT)).unwrap().expose())
    };
    assert_eq!(encrypt(&two), encrypt(&three));
    drive::both_ways(
        CKM_DES3_ECB,
        &two,
        &Params::None,
        &bytes(TEXT),
        &encrypt(&two),
    );
}

#[test]
fn cmac_of_sp_800_38b_appendix_d() {
    let three = drive::key(
        CKK_DES3,
        &bytes("8aa83bf8cbda10620bc1bf19fbb6cd58bc313d4a371ca8b5"),
    );
    let two = drive::key(CKK_DES2, &bytes("4cf15134a2850dd58a3d10ba80570d38"));
    for (key, expected) in [
        (
            three,
            [
                "b7a688e122ffaf95",
                "8e8f293136283797",
                "743ddbe0ce2dc2ed",
                "33e6b1092400eae5",
            ],
        ),
        (
            two,
            [
                "bd2ebf9a3ba00361",
                "4ff2ab813c53ce83",
                "62dd1b471902bd4e",
                "31b1e431dabc4eb8",
            ],
        ),
    ] {
        for (len, expected) in [0, 8, 20, 32].into_iter().zip(expected) {
            let text = &bytes(TEXT)[..len];
            drive::mac(CKM_DES3_CMAC, &key, &Params::None, text, expected);
            let params = Params::Ulong(5);
            drive::mac(CKM_DES3_CMAC_GENERAL, &key, &params, text, &expected[..10]);
        }
    }
}

/// FIPS 113 is CBC from an IV of zeros, of which the last block counts.
#[test]
fn mac_is_the_last_block_of_cbc() {
    let key = drive::key(CKK_DES3, &bytes(KEY));
    let cbc = drive::encryption(CKM_DES3_CBC, &key, &Params::Bytes(&[0; 8])).unwrap();
    for len in [1, 7, 8, 9, 24, 32] {
        let mut padded = bytes(TEXT)[..len].to_vec();
        padded.resize(len.next_multiple_of(8), 0);
        let sealed = cbc.single(&padded).unwrap();
        let last = hex::encode(&sealed.expose()[padded.len() - 8..]);
        let text = &bytes(TEXT)[..len];
        drive::mac(CKM_DES3_MAC, &key, &Params::None, text, &last[..8]);
        let params = Params::Ulong(8);
        drive::mac(CKM_DES3_MAC_GENERAL, &key, &params, text, &last);
    }
}

#[test]
fn generated_keys_have_odd_parity_and_their_length() {
    for (id, key_type, len) in [
        (CKM_DES2_KEY_GEN, CKK_DES2, 16),
        (CKM_DES3_KEY_GEN, CKK_DES3, 24),
    ] {
        let map = drive::generate(id, key_type, AttributeMap::new()).unwrap();
        let value = map.bytes(CKA_VALUE).unwrap();
        assert_eq!(value.len(), len);
        assert!(has_odd_parity(value));
        assert!(!map.has(CKA_VALUE_LEN));
    }
}

#[test]
fn parity_is_the_lowest_bit_of_each_byte() {
    for value in 0..=255u8 {
        let mut byte = [value];
        set_odd_parity(&mut byte);
        assert_eq!(byte[0] & 0xfe, value & 0xfe);
        assert_eq!(byte[0].count_ones() % 2, 1);
        assert_eq!(has_odd_parity(&[1, value]), byte[0] == value);
    }
}
