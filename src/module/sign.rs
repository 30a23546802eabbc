// SPDX-License-Identifier: MIT OR Apache-2.0
//! Signing and MACing.
//!
//! Source: PKCS#11 v3.2, "Signing and MACing functions".

use super::gate::KeyUse;
use super::open::Part;
use super::{Module, Reply, Room};
use crate::error::Result;
use crate::mechanism::{Accumulate, Mechanism, Params, Transform};
use crate::object::Use;
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::{Function, Operations, Slot};

fn place(all: &mut Operations) -> &mut Slot<Box<dyn Accumulate>> {
    &mut all.sign
}

fn recover(all: &mut Operations) -> &mut Slot<Box<dyn Transform>> {
    &mut all.sign_recover
}

impl Module {
    /// `C_SignInit`; `None` as request (`pMechanism` NULL) ends an active operation.
    ///
    /// # Errors
    /// `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_TYPE_INCONSISTENT`, `CKR_KEY_SIZE_RANGE`,
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`, `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`,
    /// `CKR_OPERATION_ACTIVE`, `CKR_OPERATION_CANCEL_FAILED`
    pub fn sign_init(
        &self,
        session: SessionHandle,
        request: Option<(&'static Mechanism, &Params<'_>)>,
        key: ObjectHandle,
    ) -> Result<()> {
        let open = self.open(session)?;
        let key = KeyUse {
            handle: key,
            part: Part::Key,
            purpose: Use::Sign,
        };
        self.begin(&open, place, request, key, |row| row.roles.sign)
    }

    /// `C_Sign`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_BUFFER_TOO_SMALL`, `CKR_USER_NOT_LOGGED_IN`.
    pub fn sign(&self, session: SessionHandle, input: &[u8], room: Room) -> Result<Reply> {
        let open = self.open(session)?;
        let outcome = open.session.run(place, |slot| slot.single(input, room));
        open.reply(Function::Sign, outcome)
    }

    /// `C_SignUpdate`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_USER_NOT_LOGGED_IN`, and the mechanism's own.
    pub fn sign_update(&self, session: SessionHandle, part: &[u8]) -> Result<()> {
        let open = self.open(session)?;
        open.session.run(place, |slot| slot.update(part))
    }

    /// `C_SignFinal`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_BUFFER_TOO_SMALL`, `CKR_USER_NOT_LOGGED_IN`.
    pub fn sign_final(&self, session: SessionHandle, room: Room) -> Result<Reply> {
        let open = self.open(session)?;
        let outcome = open.session.run(place, |slot| slot.finish(room));
        open.reply(Function::SignFinal, outcome)
    }

    /// `C_SignRecoverInit`; `None` as request (`pMechanism` NULL) ends an active operation.
    ///
    /// # Errors
    /// `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_TYPE_INCONSISTENT`, `CKR_KEY_SIZE_RANGE`,
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`, `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`,
    /// `CKR_OPERATION_ACTIVE`, `CKR_OPERATION_CANCEL_FAILED`
    pub fn sign_recover_init(
        &self,
        session: SessionHandle,
        request: Option<(&'static Mechanism, &Params<'_>)>,
        key: ObjectHandle,
    ) -> Result<()> {
        let open = self.open(session)?;
        let key = KeyUse {
            handle: key,
            part: Part::Key,
            purpose: Use::SignRecover,
        };
        self.begin(&open, recover, request, key, |row| row.roles.sign_recover)
    }

    /// `C_SignRecover`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_BUFFER_TOO_SMALL`, `CKR_USER_NOT_LOGGED_IN`.
    pub fn sign_recover(&self, session: SessionHandle, input: &[u8], room: Room) -> Result<Reply> {
        let open = self.open(session)?;
        let outcome = open.session.run(recover, |slot| slot.single(input, room));
        open.reply(Function::SignRecover, outcome)
    }
}
