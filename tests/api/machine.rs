// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Conventions for functions returning output in a variable-length buffer": the
//! operation machine, every state against every event.

use keystead::error::{Error, Result};
use keystead::mechanism::{Accumulate, Check, Transform};
use keystead::module::{Reply, Room};
use keystead::pkcs11::ReturnCode;
use keystead::pkcs11::rv::{
    CKR_BUFFER_TOO_SMALL, CKR_DATA_INVALID, CKR_OK, CKR_OPERATION_ACTIVE,
    CKR_OPERATION_CANCEL_FAILED, CKR_OPERATION_NOT_INITIALIZED, CKR_SIGNATURE_INVALID,
    CKR_USER_NOT_LOGGED_IN,
};
use keystead::secret::SecretBytes;
use keystead::session::{Active, Consent, Slot};

use crate::support::code;

/// Gives its input back, holding the last part until the end; refuses the part "bad".
struct Echo(Vec<u8>);

fn refuse_bad(input: &[u8]) -> Result<()> {
    if input == b"bad" {
        return Err(Error::DataInvalid("bad".into()));
    }
    Ok(())
}

impl Transform for Echo {
    fn single_len(&self, input_len: usize) -> usize {
        input_len + 4
    }
    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        refuse_bad(input)?;
        Ok(SecretBytes::from_slice(input))
    }
    fn update_len(&self, _: usize) -> usize {
        self.0.len()
    }
    fn update(&mut self, input: &[u8]) -> Result<SecretBytes> {
        refuse_bad(input)?;
        let before = core::mem::replace(&mut self.0, input.to_vec());
        Ok(SecretBytes::new(before))
    }
    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        Ok(SecretBytes::new(self.0))
    }
}

fn sum(input: &[u8]) -> u8 {
    input.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// Adds bytes up.
struct Sum(u8);

impl Accumulate for Sum {
    fn output_len(&self) -> usize {
        1
    }
    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        refuse_bad(input)?;
        Ok(SecretBytes::new(vec![sum(input)]))
    }
    fn update(&mut self, input: &[u8]) -> Result<()> {
        refuse_bad(input)?;
        self.0 = self.0.wrapping_add(sum(input));
        Ok(())
    }
    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        Ok(SecretBytes::new(vec![self.0]))
    }
}

impl Check for Sum {
    fn single(mut self: Box<Self>, input: &[u8], signature: &[u8]) -> Result<()> {
        Check::update(&mut *self, input)?;
        Check::finish(self, signature)
    }
    fn update(&mut self, input: &[u8]) -> Result<()> {
        Accumulate::update(self, input)
    }
    fn finish(self: Box<Self>, signature: &[u8]) -> Result<()> {
        if signature == [self.0] {
            return Ok(());
        }
        Err(Error::SignatureInvalid("sum".into()))
    }
}

/// What a test does and what it expects: the answer, and the state afterwards.
type Row<S> = (
    &'static str,
    fn(&mut S) -> ReturnCode,
    [(ReturnCode, &'static str); 5],
);

/// Runs every event in every state: Idle, Ready, Running, Parked, Busy.
fn exhaust<Op>(make: impl Fn(&str) -> Slot<Op>, rows: &[Row<Slot<Op>>]) {
    for (event, act, expected) in rows {
        for (state, wanted) in ["Idle", "Ready", "Running", "Parked", "Busy"]
            .into_iter()
            .zip(expected)
        {
            let mut slot = make(state);
            let answer = act(&mut slot);
            let after = format!("{slot:?}");
            assert_eq!(
                (answer, after.as_str()),
                *wanted,
                "{event} in state {state}"
            );
        }
    }
}

fn place<Op>(state: &str, op: Op) -> Slot<Op> {
    let active = Active {
        op,
        consent: Consent::NotNeeded,
    };
    match state {
        "Idle" => Slot::Idle,
        "Ready" => Slot::Ready(active),
        "Running" => Slot::Running(active),
        "Parked" => Slot::Parked(SecretBytes::from_slice(b"parked")),
        _ => Slot::Busy,
    }
}

const NONE: ReturnCode = CKR_OPERATION_NOT_INITIALIZED;
const IDLE: (ReturnCode, &str) = (NONE, "Idle");
const SMALL: ReturnCode = CKR_BUFFER_TOO_SMALL;
const BUSY: (ReturnCode, &str) = (CKR_OPERATION_ACTIVE, "Busy");
const ALL: Room = Room::Bytes(100);
const BIT: Room = Room::Bytes(0);

/// What a cipher answers, event by event.
static CIPHER: &[Row<Slot<Box<dyn Transform>>>] = &[
    (
        "init",
        |s| code(s.begin(Box::new(Echo(vec![])), Consent::NotNeeded)),
        [
            (CKR_OK, "Ready"),
            (CKR_OPERATION_ACTIVE, "Ready"),
            (CKR_OPERATION_ACTIVE, "Running"),
            (CKR_OPERATION_ACTIVE, "Parked"),
            BUSY,
        ],
    ),
    (
        "cancel",
        |s| code(s.cancel()),
        [
            (CKR_OK, "Idle"),
            (CKR_OK, "Idle"),
            (CKR_OK, "Idle"),
            (CKR_OK, "Idle"),
            (CKR_OPERATION_CANCEL_FAILED, "Busy"),
        ],
    ),
    (
        "single",
        |s| code(s.single(b"abc", ALL)),
        [IDLE, (CKR_OK, "Idle"), IDLE, IDLE, BUSY],
    ),
    (
        "single, refused",
        |s| code(s.single(b"bad", ALL)),
        [IDLE, (CKR_DATA_INVALID, "Idle"), IDLE, IDLE, BUSY],
    ),
    (
        "single, query",
        |s| code(s.single(b"abc", Room::Query)),
        [IDLE, (CKR_OK, "Ready"), IDLE, IDLE, BUSY],
    ),
    (
        "single, too small",
        |s| code(s.single(b"abc", BIT)),
        [IDLE, (SMALL, "Ready"), IDLE, IDLE, BUSY],
    ),
    (
        "update",
        |s| code(s.update(b"abc", ALL)),
        [IDLE, (CKR_OK, "Running"), (CKR_OK, "Running"), IDLE, BUSY],
    ),
    (
        "update, refused",
        |s| code(s.update(b"bad", ALL)),
        [
            IDLE,
            (CKR_DATA_INVALID, "Idle"),
            (CKR_DATA_INVALID, "Idle"),
            IDLE,
            BUSY,
        ],
    ),
    (
        "update, query",
        |s| code(s.update(b"abc", Room::Query)),
        [IDLE, (CKR_OK, "Ready"), (CKR_OK, "Running"), IDLE, BUSY],
    ),
    (
        "update, too small",
        |s| code(s.update(b"abc", BIT)),
        [IDLE, (SMALL, "Ready"), (SMALL, "Running"), IDLE, BUSY],
    ),
    (
        "final",
        |s| code(s.finish(ALL)),
        [
            IDLE,
            (CKR_OK, "Idle"),
            (CKR_OK, "Idle"),
            (CKR_OK, "Idle"),
            BUSY,
        ],
    ),
    (
        "final, query",
        |s| code(s.finish(Room::Query)),
        [
            IDLE,
            (CKR_OK, "Parked"),
            (CKR_OK, "Parked"),
            (CKR_OK, "Parked"),
            BUSY,
        ],
    ),
    (
        "final, too small",
        |s| code(s.finish(BIT)),
        [
            IDLE,
            (SMALL, "Parked"),
            (SMALL, "Parked"),
            (SMALL, "Parked"),
            BUSY,
        ],
    ),
];

#[test]
fn a_cipher_answers_every_event_in_every_state() {
    exhaust(
        |state| place(state, Box::new(Echo(b"held".to_vec())) as _),
        CIPHER,
    );
}

#[test]
fn a_digest_answers_every_event_in_every_state() {
    type S = Slot<Box<dyn Accumulate>>;
    let idle = (NONE, "Idle");
    let rows: &[Row<S>] = &[
        (
            "single",
            |s| code(s.single(b"abc", ALL)),
            [idle, (CKR_OK, "Idle"), idle, idle, BUSY],
        ),
        (
            "single, refused",
            |s| code(s.single(b"bad", ALL)),
            [idle, (CKR_DATA_INVALID, "Idle"), idle, idle, BUSY],
        ),
        (
            "single, query",
            |s| code(s.single(b"abc", Room::Query)),
            [idle, (CKR_OK, "Ready"), idle, idle, BUSY],
        ),
        (
            "single, too small",
            |s| code(s.single(b"bad", BIT)),
            [idle, (SMALL, "Ready"), idle, idle, BUSY],
        ),
        (
            "update",
            |s| code(s.update(b"abc")),
            [idle, (CKR_OK, "Running"), (CKR_OK, "Running"), idle, BUSY],
        ),
        (
            "update, refused",
            |s| code(s.update(b"bad")),
            [
                idle,
                (CKR_DATA_INVALID, "Idle"),
                (CKR_DATA_INVALID, "Idle"),
                idle,
                BUSY,
            ],
        ),
        (
            "final",
            |s| code(s.finish(ALL)),
            [idle, (CKR_OK, "Idle"), (CKR_OK, "Idle"), idle, BUSY],
        ),
        (
            "final, query",
            |s| code(s.finish(Room::Query)),
            [idle, (CKR_OK, "Ready"), (CKR_OK, "Running"), idle, BUSY],
        ),
        (
            "final, too small",
            |s| code(s.finish(BIT)),
            [idle, (SMALL, "Ready"), (SMALL, "Running"), idle, BUSY],
        ),
    ];
    exhaust(|state| place(state, Box::new(Sum(0)) as _), rows);
}

#[test]
fn a_verification_answers_every_event_in_every_state() {
    type S = Slot<Box<dyn Check>>;
    let idle = (NONE, "Idle");
    let wrong = (CKR_SIGNATURE_INVALID, "Idle");
    let rows: &[Row<S>] = &[
        (
            "single",
            |s| code(s.single(&[1, 2], &[3])),
            [idle, (CKR_OK, "Idle"), idle, idle, BUSY],
        ),
        (
            "single, wrong",
            |s| code(s.single(&[1, 2], &[4])),
            [idle, wrong, idle, idle, BUSY],
        ),
        (
            "update",
            |s| code(s.update(&[1, 2])),
            [idle, (CKR_OK, "Running"), (CKR_OK, "Running"), idle, BUSY],
        ),
        (
            "update, refused",
            |s| code(s.update(b"bad")),
            [
                idle,
                (CKR_DATA_INVALID, "Idle"),
                (CKR_DATA_INVALID, "Idle"),
                idle,
                BUSY,
            ],
        ),
        (
            "final",
            |s| code(s.finish(&[0])),
            [idle, (CKR_OK, "Idle"), (CKR_OK, "Idle"), idle, BUSY],
        ),
        (
            "final, wrong",
            |s| code(s.finish(&[9])),
            [idle, wrong, wrong, idle, BUSY],
        ),
    ];
    exhaust(|state| place(state, Box::new(Sum(0)) as _), rows);
}

#[test]
fn parked_output_comes_out_whole_and_once() {
    let mut slot: Slot<Box<dyn Transform>> = place("Running", Box::new(Echo(b"held".to_vec())));
    assert!(matches!(slot.finish(Room::Query), Ok(Reply::Length(4))));
    assert!(matches!(
        slot.finish(Room::Bytes(3)),
        Err(Error::BufferTooSmall { needed: 4 })
    ));
    let Ok(Reply::Bytes(output)) = slot.finish(Room::Bytes(4)) else {
        panic!("the output fits");
    };
    assert_eq!(output.expose(), b"held");
    assert_eq!(code(slot.finish(Room::Bytes(4))), NONE);
}

#[test]
fn without_consent_only_lengths_are_told() {
    let wanting = || -> Slot<Box<dyn Accumulate>> {
        let mut slot = Slot::default();
        slot.begin(Box::new(Sum(0)) as _, Consent::Wanted).unwrap();
        slot
    };
    let mut slot = wanting();
    assert_eq!(code(slot.single(b"a", Room::Query)), CKR_OK);
    assert_eq!(code(slot.single(b"a", ALL)), CKR_USER_NOT_LOGGED_IN);
    assert!(!slot.is_active(), "a refused signature ends the operation");

    let mut slot = wanting();
    assert_eq!(code(slot.update(b"a")), CKR_USER_NOT_LOGGED_IN);
    assert!(!slot.is_active());

    let mut slot = wanting();
    assert!(slot.wants_consent());
    slot.give_consent();
    assert!(!slot.wants_consent());
    assert_eq!(code(slot.single(b"a", ALL)), CKR_OK);
}
