// SPDX-License-Identifier: MIT OR Apache-2.0
//! One session. Its lock guards checking operations out and in; no engine works under it.
//!
//! Source: PKCS#11 v3.2, "Sessions".

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::{Consent, Kind, Operations, Slot, lock};
use crate::error::{Error, Result};
use crate::pkcs11::{ObjectHandle, SessionHandle, SlotId};

/// `CKF_RW_SESSION`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// Token objects can be read only.
    ReadOnly,
    /// Token objects can be made and changed.
    ReadWrite,
}

/// One session.
#[derive(Debug)]
pub struct Session {
    /// Its handle.
    pub handle: SessionHandle,
    /// Its slot.
    pub slot: SlotId,
    /// Whether it may write.
    pub access: Access,
    /// Whether its operations may answer `CKR_PENDING`.
    pub is_async: bool,
    operations: Mutex<Operations>,
    /// The session objects that die with it; `None` once it is closed.
    objects: Mutex<Option<BTreeSet<ObjectHandle>>>,
    /// How many nonces were counted with each key: none may come twice in a session.
    nonce_counters: Mutex<BTreeMap<ObjectHandle, Arc<AtomicU64>>>,
    is_poisoned: AtomicBool,
}

/// Marks the session as unusable unless the work inside came to its end.
struct Watch<'a> {
    is_poisoned: &'a AtomicBool,
    /// Whether the caller is panicking already and only tidies up.
    was_panicking: bool,
}

impl<'a> Watch<'a> {
    fn over(session: &'a Session) -> Self {
        Self {
            is_poisoned: &session.is_poisoned,
            was_panicking: std::thread::panicking(),
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() && !self.was_panicking {
            self.is_poisoned.store(true, Ordering::Release);
        }
    }
}

/// Puts an operation back, unless a logout or the end of the session came meanwhile.
fn bring_back<Op>(all: &mut Operations, kind: Kind<Op>, slot: Slot<Op>, clears: u64) {
    let is_current = all.clears == clears;
    *kind(all) = if is_current { slot } else { Slot::Idle };
}

impl Session {
    /// A session without operations.
    #[must_use]
    pub fn new(handle: SessionHandle, slot: SlotId, access: Access) -> Self {
        Self {
            handle,
            slot,
            access,
            is_async: false,
            operations: Mutex::default(),
            objects: Mutex::new(Some(BTreeSet::new())),
            nonce_counters: Mutex::default(),
            is_poisoned: AtomicBool::new(false),
        }
    }

    /// `CKF_ASYNC_SESSION`
    #[must_use]
    pub const fn asynchronous(mut self, is_async: bool) -> Self {
        self.is_async = is_async;
        self
    }

    /// Whether calls may use it.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` after a panic inside one of its operations.
    pub fn usable(&self) -> Result<()> {
        if self.is_poisoned.load(Ordering::Acquire) {
            return Err(Error::GeneralError(
                "an earlier call in this session failed inside; close the session".into(),
            ));
        }
        Ok(())
    }

    /// Closes it to further use: a call in it did not come to its end.
    pub fn poison(&self) {
        self.is_poisoned.store(true, Ordering::Release);
    }

    /// Looks at the operations for a moment; nothing that takes time may happen in `look`.
    pub fn operations<R>(&self, look: impl FnOnce(&mut Operations) -> R) -> R {
        look(&mut lock(&self.operations))
    }

    /// `C_XInit`: `make` runs without the lock, after a first look at the place.
    ///
    /// # Errors
    /// `CKR_OPERATION_ACTIVE`, and whatever `make` returns.
    pub fn begin<Op>(
        &self,
        kind: Kind<Op>,
        make: impl FnOnce() -> Result<(Op, Consent)>,
    ) -> Result<()> {
        let (is_active, clears) = self.operations(|all| (kind(all).is_active(), all.clears));
        if is_active {
            return Err(Error::OperationActive(
                "an operation of this kind is active in this session".into(),
            ));
        }
        let _watch = Watch::over(self);
        let (op, consent) = make()?;
        self.operations(|all| {
            if all.clears != clears {
                return Err(Error::UserNotLoggedIn(
                    "the user logged out, or the session was closed, during the call".into(),
                ));
            }
            kind(all).begin(op, consent)
        })
    }

    /// Takes the operation out, works on it without the lock, and puts it back.
    ///
    /// # Errors
    /// `CKR_OPERATION_ACTIVE` when another thread has it out, and whatever `work` returns.
    pub fn run<Op, R>(
        &self,
        kind: Kind<Op>,
        work: impl FnOnce(&mut Slot<Op>) -> Result<R>,
    ) -> Result<R> {
        let (mut slot, clears) = self.operations(|all| Ok((kind(all).check_out()?, all.clears)))?;
        let _watch = Watch::over(self);
        let outcome = work(&mut slot);
        self.operations(|all| bring_back(all, kind, slot, clears));
        outcome
    }

    /// As [`run`](Self::run) with two operations: the dual functions.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_both<A, B, R>(
        &self,
        first: Kind<A>,
        second: Kind<B>,
        work: impl FnOnce(&mut Slot<A>, &mut Slot<B>) -> Result<R>,
    ) -> Result<R> {
        let (mut one, mut two, clears) = self.operations(|all| {
            let one = first(all).check_out()?;
            match second(all).check_out() {
                Ok(two) => Ok((one, two, all.clears)),
                Err(error) => {
                    *first(all) = one;
                    Err(error)
                }
            }
        })?;
        let _watch = Watch::over(self);
        let outcome = work(&mut one, &mut two);
        self.operations(|all| {
            bring_back(all, first, one, clears);
            bring_back(all, second, two, clears);
        });
        outcome
    }

    /// The counter for the nonces of a key; it starts at zero with the key's first use.
    pub fn nonce_counter(&self, key: ObjectHandle) -> Arc<AtomicU64> {
        Arc::clone(lock(&self.nonce_counters).entry(key).or_default())
    }

    /// Notes a session object that dies with this session.
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID` when the session was closed meanwhile.
    pub fn adopt(&self, object: ObjectHandle) -> Result<()> {
        match lock(&self.objects).as_mut() {
            Some(objects) => {
                objects.insert(object);
                Ok(())
            }
            None => Err(Error::SessionHandleInvalid(
                "the session was closed during the call".into(),
            )),
        }
    }

    /// Forgets a session object that was destroyed.
    pub fn disown(&self, object: ObjectHandle) {
        if let Some(objects) = lock(&self.objects).as_mut() {
            objects.remove(&object);
        }
    }

    /// Ends the session: no operation, no further objects; gives the objects that die with it.
    pub fn close(&self) -> BTreeSet<ObjectHandle> {
        self.operations(Operations::clear);
        lock(&self.objects).take().unwrap_or_default()
    }
}
