// SPDX-License-Identifier: MIT OR Apache-2.0
//! In parts or in one go, wrapped or encrypted, for every block and stream cipher and every MAC over one.

use keystead::mechanism::Params;
use keystead::pkcs11::KeyType;
use keystead::pkcs11::MechanismType;
use keystead::pkcs11::key_type::{CKK_AES, CKK_AES_XTS, CKK_CHACHA20, CKK_DES2, CKK_DES3};
use keystead::pkcs11::mechanism::{
    CKM_AES_CFB1, CKM_AES_CFB8, CKM_AES_CFB64, CKM_AES_CFB128, CKM_AES_CTS, CKM_AES_MAC,
    CKM_AES_OFB, CKM_AES_XCBC_MAC, CKM_AES_XTS, CKM_CHACHA20, CKM_DES3_CBC, CKM_DES3_CBC_PAD,
    CKM_DES3_CMAC, CKM_DES3_ECB, CKM_DES3_MAC,
};

use crate::{drive, splits};

/// There and back in parts: a key of 16, 24, 32 or 64 bytes, lengths from `least` in steps.
fn cipher(
    id: MechanismType,
    (key_type, key_len): (KeyType, usize),
    params: &Params<'_>,
    least: usize,
    step: usize,
) {
    let key = drive::key(key_type, &vec![0x31; key_len]);
    splits::check_from(
        least,
        step,
        || drive::encryption(id, &key, params).unwrap(),
        || drive::decryption(id, &key, params).unwrap(),
    );
}

fn mac(id: MechanismType, (key_type, key_len): (KeyType, usize), params: &Params<'_>) {
    let key = drive::key(key_type, &vec![0x31; key_len]);
    splits::accumulate(|| drive::signature(id, &key, params).unwrap());
}

#[test]
fn feedback_modes_in_parts() {
    for id in [
        CKM_AES_OFB,
        CKM_AES_CFB1,
        CKM_AES_CFB8,
        CKM_AES_CFB64,
        CKM_AES_CFB128,
    ] {
        cipher(id, (CKK_AES, 24), &Params::Bytes(&[9; 16]), 0, 1);
    }
}

#[test]
fn stealing_modes_in_parts() {
    let params = Params::Bytes(&[9; 16]);
    cipher(CKM_AES_CTS, (CKK_AES, 16), &params, 16, 1);
    cipher(CKM_AES_XTS, (CKK_AES_XTS, 32), &params, 16, 1);
    cipher(CKM_AES_XTS, (CKK_AES_XTS, 64), &params, 16, 1);
}

#[test]
fn triple_des_in_parts() {
    let iv = Params::Bytes(&[9; 8]);
    cipher(CKM_DES3_ECB, (CKK_DES3, 24), &Params::None, 0, 8);
    cipher(CKM_DES3_CBC, (CKK_DES2, 16), &iv, 0, 8);
    cipher(CKM_DES3_CBC_PAD, (CKK_DES3, 24), &iv, 0, 1);
}

#[test]
fn macs_over_block_ciphers_in_parts() {
    mac(CKM_AES_MAC, (CKK_AES, 32), &Params::None);
    mac(CKM_AES_XCBC_MAC, (CKK_AES, 16), &Params::None);
    mac(CKM_DES3_MAC, (CKK_DES3, 24), &Params::None);
    mac(CKM_DES3_CMAC, (CKK_DES2, 16), &Params::None);
    mac(CKM_DES3_CMAC, (CKK_DES3, 24), &Params::None);
}

#[test]
fn a_wrapped_key_is_its_value_encrypted() {
    let (long, short) = (Params::Bytes(&[9; 16]), Params::Bytes(&[9; 8]));
    let stream = Params::ChaCha20 {
        nonce: &[9; 12],
        counter: 1,
    };
    let (des2, des3) = ((CKK_DES2, 16), (CKK_DES3, 24));
    for (id, (key_type, key_len), params, block) in [
        (CKM_AES_OFB, (CKK_AES, 16), &long, 1),
        (CKM_AES_CFB1, (CKK_AES, 16), &long, 1),
        (CKM_AES_CFB8, (CKK_AES, 16), &long, 1),
        (CKM_AES_CFB64, (CKK_AES, 16), &long, 1),
        (CKM_AES_CFB128, (CKK_AES, 16), &long, 1),
        (CKM_AES_CTS, (CKK_AES, 16), &long, 1),
        (CKM_AES_XTS, (CKK_AES_XTS, 64), &long, 1),
        (CKM_DES3_ECB, des2, &Params::None, 8),
        (CKM_DES3_CBC, des3, &short, 8),
        (CKM_DES3_CBC_PAD, des3, &short, 1),
        (CKM_CHACHA20, (CKK_CHACHA20, 32), &stream, 1),
    ] {
        let key = drive::key(key_type, &vec![0x31; key_len]);
        for len in [16, 20, 24, 33] {
            let secret = vec![0xee; len];
            let mut padded = secret.clone();
            padded.resize(len.next_multiple_of(block), 0);
            let wrapped = drive::wrap(id, &key, params, &secret).unwrap();
            let sealed = drive::encryption(id, &key, params).unwrap();
            assert_eq!(sealed.single(&padded).unwrap().expose(), wrapped, "{id}");
            let unwrapped = drive::unwrap(id, &key, params, &wrapped).unwrap();
            assert_eq!(unwrapped, padded, "{id}");
        }
    }
}
