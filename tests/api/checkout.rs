// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Sessions": what other threads meet while one works on an operation.

use std::sync::Barrier;

use keystead::error::Result;
use keystead::mechanism::Accumulate;
use keystead::module::Room;
use keystead::pkcs11::flag::CKF_DIGEST;
use keystead::pkcs11::rv::{CKR_OK, CKR_OPERATION_ACTIVE, CKR_OPERATION_CANCEL_FAILED};
use keystead::pkcs11::{SessionHandle, SlotId};
use keystead::secret::SecretBytes;
use keystead::session::{Access, Consent, Operations, Session, Slot};

use crate::support::code;

/// Works until it is told to end, or panics.
struct Slow {
    barrier: &'static Barrier,
    panics: bool,
}

impl Accumulate for Slow {
    fn output_len(&self) -> usize {
        1
    }
    fn single(&self, _: &[u8]) -> Result<SecretBytes> {
        assert!(!self.panics, "as the test asks for");
        // Once to say that the work has begun, once to be told to end it.
        self.barrier.wait();
        self.barrier.wait();
        Ok(SecretBytes::new(vec![1]))
    }
    fn update(&mut self, _: &[u8]) -> Result<()> {
        Ok(())
    }
    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        self.single(&[])
    }
}

fn place(all: &mut Operations) -> &mut Slot<Box<dyn Accumulate>> {
    &mut all.digest
}

fn start(panics: bool) -> (Session, &'static Barrier) {
    let barrier: &'static Barrier = Box::leak(Box::new(Barrier::new(2)));
    let session = Session::new(SessionHandle(1), SlotId(0), Access::ReadOnly);
    let op: Box<dyn Accumulate> = Box::new(Slow { barrier, panics });
    session
        .begin(place, || Ok((op, Consent::NotNeeded)))
        .unwrap();
    (session, barrier)
}

#[test]
fn while_a_thread_works_others_are_refused_and_do_not_wait() {
    let (session, barrier) = start(false);
    let single = || session.run(place, |slot| slot.single(b"", Room::Bytes(1)));
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| code(single()));
        barrier.wait();
        assert_eq!(code(single()), CKR_OPERATION_ACTIVE);
        assert_eq!(
            code(session.operations(|all| all.cancel(CKF_DIGEST))),
            CKR_OPERATION_CANCEL_FAILED
        );
        // Another kind of operation is free.
        let other: Box<dyn Accumulate> = Box::new(Slow {
            barrier,
            panics: false,
        });
        assert_eq!(
            code(session.begin(|all| &mut all.sign, || Ok((other, Consent::NotNeeded)))),
            CKR_OK
        );
        barrier.wait();
        assert_eq!(worker.join().unwrap(), CKR_OK);
    });
    assert!(!session.operations(|all| all.digest.is_active()));
}

#[test]
fn a_panic_poisons_just_that_session() {
    let (session, _) = start(true);
    let outcome = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| {
        session.run(place, |slot| slot.single(b"", Room::Bytes(1)))
    }));
    assert!(outcome.is_err());
    assert!(session.usable().is_err());
    let (other, _) = start(true);
    assert!(other.usable().is_ok());
}

#[test]
fn a_logout_ends_what_a_thread_works_on_as_well() {
    let (session, barrier) = start(false);
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            code(session.run(place, |slot| {
                barrier.wait();
                barrier.wait();
                slot.update(b"part")
            }))
        });
        barrier.wait();
        session.operations(Operations::clear);
        barrier.wait();
        assert_eq!(worker.join().unwrap(), CKR_OK);
    });
    assert!(!session.operations(|all| all.digest.is_active()));
}
