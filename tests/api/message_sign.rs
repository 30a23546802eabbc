// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Message-based signing and MACing functions", "Message-based functions for
//! verifying signatures and MACs", `C_VerifySignatureInit`.

use keystead::mechanism::{all, keeps};
use keystead::module::{Module, Reply, Room};
use keystead::pkcs11::flag::{CKF_MESSAGE_SIGN, CKF_MESSAGE_VERIFY, CKF_VERIFY};
use keystead::pkcs11::mechanism::{CKM_AES_ECB, CKM_SHA256_HMAC};
use keystead::pkcs11::rv::{
    CKR_BUFFER_TOO_SMALL, CKR_MECHANISM_INVALID, CKR_OK, CKR_OPERATION_ACTIVE,
    CKR_OPERATION_NOT_INITIALIZED, CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE,
};
use keystead::pkcs11::{ObjectHandle, ReturnCode, SessionHandle};

use crate::support::{RO, ROOMY, SLOT, bytes, code, hmac_key, length, plain, ready};

/// RFC 4231, test cases 1 and its key.
const KEY: [u8; 20] = [0x0b; 20];
const MAC: &str = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";

struct Bench {
    module: Module,
    session: SessionHandle,
    key: ObjectHandle,
}

impl Bench {
    fn new() -> Self {
        let module = ready();
        let session = module.open_session(SLOT, RO).unwrap();
        let key = hmac_key(&module, session, &KEY).unwrap();
        Self {
            module,
            session,
            key,
        }
    }

    fn sign_init(&self) -> ReturnCode {
        let request = plain(CKM_SHA256_HMAC);
        code(
            self.module
                .message_sign_init(self.session, request, self.key),
        )
    }

    fn verify_init(&self) -> ReturnCode {
        let request = plain(CKM_SHA256_HMAC);
        code(
            self.module
                .message_verify_init(self.session, request, self.key),
        )
    }
}

fn last(reply: Option<Reply>) -> Vec<u8> {
    bytes(reply.unwrap())
}

#[test]
fn many_messages_are_signed_under_one_init() {
    let bench = Bench::new();
    let (module, session) = (&bench.module, bench.session);
    assert_eq!(bench.sign_init(), CKR_OK);
    for _ in 0..3 {
        assert_eq!(
            length(module.sign_message(session, b"", Room::Query).unwrap()),
            32
        );
        assert_eq!(
            code(module.sign_message(session, b"Hi There", Room::Bytes(31))),
            CKR_BUFFER_TOO_SMALL
        );
        let whole = bytes(module.sign_message(session, b"Hi There", ROOMY).unwrap());
        assert_eq!(hex::encode(whole), MAC);
        module.sign_message_begin(session).unwrap();
        assert!(
            module
                .sign_message_next(session, b"Hi ", None)
                .unwrap()
                .is_none()
        );
        assert_eq!(
            code(module.sign_message_next(session, b"There", Some(Room::Bytes(31)))),
            CKR_BUFFER_TOO_SMALL
        );
        let queried = module.sign_message_next(session, b"There", Some(Room::Query));
        assert_eq!(length(queried.unwrap().unwrap()), 32);
        let parts = last(
            module
                .sign_message_next(session, b"There", Some(ROOMY))
                .unwrap(),
        );
        assert_eq!(hex::encode(parts), MAC);
    }
    assert_eq!(code(module.message_sign_final(session)), CKR_OK);
}

#[test]
fn a_wrong_signature_ends_its_message_and_not_the_process() {
    let bench = Bench::new();
    let (module, session) = (&bench.module, bench.session);
    let mac = hex::decode(MAC).unwrap();
    assert_eq!(bench.verify_init(), CKR_OK);
    for _ in 0..2 {
        assert_eq!(
            code(module.verify_message(session, b"Hi There", &mac)),
            CKR_OK
        );
        assert_eq!(
            code(module.verify_message(session, b"Hi there", &mac)),
            CKR_SIGNATURE_INVALID
        );
        assert_eq!(
            code(module.verify_message(session, b"Hi There", &mac[1..])),
            CKR_SIGNATURE_LEN_RANGE
        );
        module.verify_message_begin(session).unwrap();
        module.verify_message_next(session, b"Hi ", None).unwrap();
        assert_eq!(
            code(module.verify_message_next(session, b"There", Some(&mac))),
            CKR_OK
        );
        module.verify_message_begin(session).unwrap();
        assert_eq!(
            code(module.verify_message_next(session, b"There", Some(&mac))),
            CKR_SIGNATURE_INVALID
        );
    }
    assert_eq!(code(module.message_verify_final(session)), CKR_OK);
}

type Event = fn(&Bench) -> ReturnCode;
type Row<'a> = (&'a str, Event, [(ReturnCode, &'a str); 3]);

/// Runs every event in the three states and compares answer and state afterwards.
fn exhaust(states: [fn(&Bench); 3], probe: Event, rows: &[Row<'_>]) {
    for (event, act, expected) in rows {
        for (enter, wanted) in states.iter().zip(expected) {
            let bench = Bench::new();
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

const SIGNING: &[Row<'_>] = &[
    (
        "init",
        Bench::sign_init,
        [(CKR_OK, "between"), (ACTIVE, "between"), (ACTIVE, "inside")],
    ),
    (
        "init with NULL",
        |b| code(b.module.message_sign_init(b.session, None, b.key)),
        [(CKR_OK, "none"), (CKR_OK, "none"), (CKR_OK, "none")],
    ),
    (
        "cancel",
        |b| code(b.module.session_cancel(b.session, CKF_MESSAGE_SIGN)),
        [(CKR_OK, "none"), (CKR_OK, "none"), (CKR_OK, "none")],
    ),
    (
        "cancel another",
        |b| code(b.module.session_cancel(b.session, !CKF_MESSAGE_SIGN)),
        [(CKR_OK, "none"), (CKR_OK, "between"), (CKR_OK, "inside")],
    ),
    (
        "message",
        |b| code(b.module.sign_message(b.session, b"a", ROOMY)),
        [(NONE, "none"), (CKR_OK, "between"), (ACTIVE, "inside")],
    ),
    (
        "begin",
        |b| code(b.module.sign_message_begin(b.session)),
        [(NONE, "none"), (CKR_OK, "inside"), (ACTIVE, "inside")],
    ),
    (
        "next",
        |b| code(b.module.sign_message_next(b.session, b"a", None)),
        [(NONE, "none"), (NONE, "between"), (CKR_OK, "inside")],
    ),
    (
        "last",
        |b| code(b.module.sign_message_next(b.session, b"a", Some(ROOMY))),
        [(NONE, "none"), (NONE, "between"), (CKR_OK, "between")],
    ),
    (
        "last, too small",
        |b| {
            code(
                b.module
                    .sign_message_next(b.session, b"a", Some(Room::Bytes(3))),
            )
        },
        [
            (NONE, "none"),
            (NONE, "between"),
            (CKR_BUFFER_TOO_SMALL, "inside"),
        ],
    ),
    (
        "abandon",
        |b| code(b.module.abandon_messages(b.session, CKF_MESSAGE_SIGN)),
        [(CKR_OK, "none"), (CKR_OK, "between"), (CKR_OK, "between")],
    ),
    (
        "final",
        |b| code(b.module.message_sign_final(b.session)),
        [(NONE, "none"), (CKR_OK, "none"), (ACTIVE, "inside")],
    ),
];

#[test]
fn a_signing_process_answers_every_event_in_every_state() {
    exhaust(
        [
            |_| {},
            |b| assert_eq!(b.sign_init(), CKR_OK),
            |b| {
                assert_eq!(b.sign_init(), CKR_OK);
                b.module.sign_message_begin(b.session).unwrap();
            },
        ],
        |b| code(b.module.sign_message_begin(b.session)),
        SIGNING,
    );
}

const VERIFYING: &[Row<'_>] = &[
    (
        "init",
        Bench::verify_init,
        [(CKR_OK, "between"), (ACTIVE, "between"), (ACTIVE, "inside")],
    ),
    (
        "init with NULL",
        |b| code(b.module.message_verify_init(b.session, None, b.key)),
        [(CKR_OK, "none"), (CKR_OK, "none"), (CKR_OK, "none")],
    ),
    (
        "cancel",
        |b| code(b.module.session_cancel(b.session, CKF_MESSAGE_VERIFY)),
        [(CKR_OK, "none"), (CKR_OK, "none"), (CKR_OK, "none")],
    ),
    (
        "message, wrong",
        |b| code(b.module.verify_message(b.session, b"a", &[0; 32])),
        [
            (NONE, "none"),
            (CKR_SIGNATURE_INVALID, "between"),
            (ACTIVE, "inside"),
        ],
    ),
    (
        "begin",
        |b| code(b.module.verify_message_begin(b.session)),
        [(NONE, "none"), (CKR_OK, "inside"), (ACTIVE, "inside")],
    ),
    (
        "next",
        |b| code(b.module.verify_message_next(b.session, b"a", None)),
        [(NONE, "none"), (NONE, "between"), (CKR_OK, "inside")],
    ),
    (
        "last, wrong",
        |b| {
            code(
                b.module
                    .verify_message_next(b.session, b"a", Some(&[0; 32])),
            )
        },
        [
            (NONE, "none"),
            (NONE, "between"),
            (CKR_SIGNATURE_INVALID, "between"),
        ],
    ),
    (
        "final",
        |b| code(b.module.message_verify_final(b.session)),
        [(NONE, "none"), (CKR_OK, "none"), (ACTIVE, "inside")],
    ),
];

#[test]
fn a_verifying_process_answers_every_event_in_every_state() {
    exhaust(
        [
            |_| {},
            |b| assert_eq!(b.verify_init(), CKR_OK),
            |b| {
                assert_eq!(b.verify_init(), CKR_OK);
                b.module.verify_message_begin(b.session).unwrap();
            },
        ],
        |b| code(b.module.verify_message_begin(b.session)),
        VERIFYING,
    );
}

#[test]
fn every_mechanism_that_signs_signs_messages() {
    for row in all() {
        if row.roles.sign.is_some() {
            assert!(keeps(row.params), "{} cannot sign messages", row.id);
            assert_ne!(row.flags() & CKF_MESSAGE_SIGN, 0, "{}", row.id);
        }
        if row.roles.verify.is_some() {
            assert!(keeps(row.params), "{} cannot verify messages", row.id);
            assert_ne!(row.flags() & CKF_MESSAGE_VERIFY, 0, "{}", row.id);
        }
    }
}

#[test]
fn what_does_not_sign_signs_no_messages() {
    let bench = Bench::new();
    let (module, session, key) = (&bench.module, bench.session, bench.key);
    let refused = module.message_sign_init(session, plain(CKM_AES_ECB), key);
    assert_eq!(code(refused), CKR_MECHANISM_INVALID);
}

#[test]
fn a_signature_may_come_before_its_data() {
    let bench = Bench::new();
    let (module, session, key) = (&bench.module, bench.session, bench.key);
    let mac = hex::decode(MAC).unwrap();
    let init =
        |mac: &[u8]| code(module.verify_signature_init(session, plain(CKM_SHA256_HMAC), key, mac));
    assert_eq!(code(module.verify_signature(session, b"Hi There")), NONE);
    assert_eq!(init(&mac), CKR_OK);
    assert_eq!(init(&mac), ACTIVE);
    assert_eq!(code(module.verify_signature(session, b"Hi There")), CKR_OK);
    assert_eq!(code(module.verify_signature(session, b"Hi There")), NONE);

    assert_eq!(init(&mac), CKR_OK);
    module.verify_signature_update(session, b"Hi ").unwrap();
    module.verify_signature_update(session, b"There").unwrap();
    assert_eq!(code(module.verify_signature_final(session)), CKR_OK);

    assert_eq!(init(&mac), CKR_OK);
    module.verify_signature_update(session, b"Hi").unwrap();
    assert_eq!(code(module.verify_signature(session, b"Hi There")), NONE);
    assert_eq!(code(module.verify_signature_final(session)), NONE);

    assert_eq!(init(&[0; 32]), CKR_OK);
    assert_eq!(
        code(module.verify_signature(session, b"Hi There")),
        CKR_SIGNATURE_INVALID
    );
    assert_eq!(init(&mac), CKR_OK);
    module.session_cancel(session, CKF_VERIFY).unwrap();
    assert_eq!(code(module.verify_signature_final(session)), NONE);
}
