// SPDX-License-Identifier: MIT OR Apache-2.0
//! A failed decryption says that it failed, and not why: one code a mechanism, whatever was wrong.
//!
//! Padding and tag oracles: RFC 8017 section 7.1.2 and 7.2.2; PKCS#11 v3.2, `C_UnwrapKey`.

use std::collections::BTreeSet;

use keystead::mechanism::{GcmParams, Params};
use keystead::pkcs11::key_type::CKK_AES;
use keystead::pkcs11::mechanism::{
    CKM_AES_CBC_PAD, CKM_AES_GCM, CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_KWP, CKM_AES_KEY_WRAP_PKCS7,
    CKM_RSA_PKCS, CKM_RSA_PKCS_OAEP, CKM_RSA_X_509, CKM_SHA256,
};
use keystead::pkcs11::mgf::CKG_MGF1_SHA256;
use keystead::pkcs11::rv::{
    CKR_ENCRYPTED_DATA_INVALID, CKR_OK, CKR_WRAPPED_KEY_INVALID, CKR_WRAPPED_KEY_LEN_RANGE,
};
use keystead::pkcs11::{MechanismType, ObjectHandle, ReturnCode};

use crate::bench::{Bench, Direction, code, row};
use crate::rsa::pair;
use crate::vector::Key;

const OAEP: Params<'static> = Params::RsaOaep {
    hash: CKM_SHA256,
    mgf: CKG_MGF1_SHA256,
    source: 1,
    label: b"label",
};
const GCM: Params<'static> = Params::Gcm(GcmParams {
    iv: Some(&[7; 12]),
    iv_len: 12,
    aad: b"aad",
    tag_bits: 128,
});

/// The codes of a decryption and of an unwrap, over many inputs.
struct Codes {
    decrypt: BTreeSet<ReturnCode>,
    unwrap: BTreeSet<ReturnCode>,
}

fn codes(
    bench: &Bench,
    id: MechanismType,
    params: &Params<'_>,
    key: ObjectHandle,
    inputs: &[Vec<u8>],
) -> Codes {
    let request = (row(id), params);
    let mut codes = Codes {
        decrypt: BTreeSet::new(),
        unwrap: BTreeSet::new(),
    };
    for input in inputs {
        let decrypted = bench.single(Direction::Decrypt, request, key, input);
        codes.decrypt.insert(code(decrypted));
        codes
            .unwrap
            .insert(code(bench.unwrap(request, key, input, None)));
    }
    codes
}

/// Each byte changed, one after the other.
fn flips(sealed: &[u8]) -> Vec<Vec<u8>> {
    (0..sealed.len())
        .map(|place| {
            let mut wrong = sealed.to_vec();
            wrong[place] ^= 0x41;
            wrong
        })
        .collect()
}

#[test]
fn what_is_authenticated_fails_with_one_code() {
    let mut bench = Bench::new();
    let key = bench.key(&Key::secret(CKK_AES, &[5; 32])).unwrap();
    let rows: [(MechanismType, &Params<'_>); 4] = [
        (CKM_AES_GCM, &GCM),
        (CKM_AES_KEY_WRAP, &Params::None),
        (CKM_AES_KEY_WRAP_KWP, &Params::None),
        (CKM_AES_KEY_WRAP_PKCS7, &Params::None),
    ];
    for (id, params) in rows {
        let request = (row(id), params);
        let sealed = bench
            .single(Direction::Encrypt, request, key, &[9; 24])
            .unwrap();
        let codes = codes(&bench, id, params, key, &flips(&sealed));
        assert_eq!(codes.decrypt, [CKR_ENCRYPTED_DATA_INVALID].into(), "{id}");
        assert_eq!(codes.unwrap, [CKR_WRAPPED_KEY_INVALID].into(), "{id}");
    }
}

#[test]
fn a_wrong_additional_datum_or_label_is_as_wrong_as_a_wrong_byte() {
    let mut bench = Bench::new();
    let key = bench.key(&Key::secret(CKK_AES, &[5; 32])).unwrap();
    let sealed = bench.single(Direction::Encrypt, (row(CKM_AES_GCM), &GCM), key, &[9; 24]);
    let other = Params::Gcm(GcmParams {
        iv: Some(&[7; 12]),
        iv_len: 12,
        aad: b"other",
        tag_bits: 128,
    });
    let codes = codes(&bench, CKM_AES_GCM, &other, key, &[sealed.unwrap()]);
    assert_eq!(codes.decrypt, [CKR_ENCRYPTED_DATA_INVALID].into());
    assert_eq!(codes.unwrap, [CKR_WRAPPED_KEY_INVALID].into());
}

#[test]
fn every_wrong_padding_of_cbc_has_one_code() {
    let mut bench = Bench::new();
    let key = bench.key(&Key::secret(CKK_AES, &[5; 32])).unwrap();
    let params = Params::Bytes(&[6; 16]);
    let request = (row(CKM_AES_CBC_PAD), &params);
    let sealed = bench
        .single(Direction::Encrypt, request, key, &[9; 24])
        .unwrap();
    // Every value of the last byte of the first block, which is added to the padding.
    let inputs: Vec<_> = (1..=255)
        .map(|mask| {
            let mut wrong = sealed.clone();
            wrong[15] ^= mask;
            wrong
        })
        .collect();
    let codes = codes(&bench, CKM_AES_CBC_PAD, &params, key, &inputs);
    let allowed = [CKR_OK, CKR_ENCRYPTED_DATA_INVALID];
    assert_eq!(codes.decrypt, allowed.into());
    assert_eq!(codes.unwrap, [CKR_OK, CKR_WRAPPED_KEY_INVALID].into());
}

#[test]
fn every_wrong_block_of_rsa_has_one_code() {
    let mut bench = Bench::new();
    let (public, private) = pair();
    let (public, private) = (bench.key(&public).unwrap(), bench.key(&private).unwrap());
    // Blocks that are wrong in all the ways in which a block can be wrong.
    let mut good = [&[0, 2][..], &[0x5a; 100], &[0], &[9; 153]].concat();
    let mut blocks = Vec::new();
    for (place, byte) in [(0, 1), (1, 1), (1, 0), (2, 0), (5, 0), (9, 0), (102, 7)] {
        let mut wrong = good.clone();
        wrong[place] = byte;
        if place == 102 {
            wrong.iter_mut().skip(2).for_each(|byte| *byte |= 1);
        }
        blocks.push(wrong);
    }
    good[102] = 1;
    blocks.push(good);
    let request = (row(CKM_RSA_X_509), &Params::None);
    let raw = |block: &Vec<u8>| {
        bench
            .single(Direction::Encrypt, request, public, block)
            .unwrap()
    };
    let inputs: Vec<_> = blocks.iter().map(raw).collect();
    let rows: [(MechanismType, &Params<'_>); 2] =
        [(CKM_RSA_PKCS, &Params::None), (CKM_RSA_PKCS_OAEP, &OAEP)];
    for (id, params) in rows {
        let codes = codes(&bench, id, params, private, &inputs);
        assert_eq!(codes.decrypt, [CKR_ENCRYPTED_DATA_INVALID].into(), "{id}");
        assert_eq!(codes.unwrap, [CKR_WRAPPED_KEY_INVALID].into(), "{id}");
    }
    let request = (row(CKM_RSA_PKCS_OAEP), &OAEP);
    let sealed = bench
        .single(Direction::Encrypt, request, public, b"message")
        .unwrap();
    let other = Params::RsaOaep {
        hash: CKM_SHA256,
        mgf: CKG_MGF1_SHA256,
        source: 1,
        label: b"other",
    };
    let inputs = [sealed.clone(), flips(&sealed)[200].clone()];
    let codes = codes(&bench, CKM_RSA_PKCS_OAEP, &other, private, &inputs);
    assert_eq!(codes.decrypt, [CKR_ENCRYPTED_DATA_INVALID].into());
    assert_eq!(codes.unwrap, [CKR_WRAPPED_KEY_INVALID].into());
    assert_ne!(CKR_WRAPPED_KEY_INVALID, CKR_WRAPPED_KEY_LEN_RANGE);
}
