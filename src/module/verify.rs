// SPDX-License-Identifier: MIT OR Apache-2.0
//! Verification.
//!
//! Source: PKCS#11 v3.2, "Functions for verifying signatures and MACs".

use super::gate::KeyUse;
use super::open::Part;
use super::{Module, Reply, Room};
use crate::error::Result;
use crate::mechanism::{Check, Mechanism, Params, Transform};
use crate::object::Use;
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::{Function, Operations, Slot};

fn place(all: &mut Operations) -> &mut Slot<Box<dyn Check>> {
    &mut all.verify
}

fn recover(all: &mut Operations) -> &mut Slot<Box<dyn Transform>> {
    &mut all.verify_recover
}

impl Module {
    /// `C_VerifyInit`; `None` as request (`pMechanism` NULL) ends an active operation.
    ///
    /// # Errors
    /// `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_TYPE_INCONSISTENT`, `CKR_KEY_SIZE_RANGE`,
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`, `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`,
    /// `CKR_OPERATION_ACTIVE`, `CKR_OPERATION_CANCEL_FAILED`
    pub fn verify_init(
        &self,
        session: SessionHandle,
        request: Option<(&'static Mechanism, &Params<'_>)>,
        key: ObjectHandle,
    ) -> Result<()> {
        let open = self.open(session)?;
        let key = KeyUse {
            handle: key,
            part: Part::Key,
            purpose: Use::Verify,
        };
        self.begin(&open, place, request, key, |row| row.roles.verify)
    }

    /// `C_Verify`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_SIGNATURE_INVALID`, `CKR_SIGNATURE_LEN_RANGE`
    pub fn verify(&self, session: SessionHandle, input: &[u8], signature: &[u8]) -> Result<()> {
        let open = self.open(session)?;
        let outcome = open
            .session
            .run(place, |slot| slot.single(input, signature));
        open.verdict(Function::Verify, outcome)
    }

    /// `C_VerifyUpdate`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`
    pub fn verify_update(&self, session: SessionHandle, part: &[u8]) -> Result<()> {
        let open = self.open(session)?;
        open.session.run(place, |slot| slot.update(part))
    }

    /// `C_VerifyFinal`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_SIGNATURE_INVALID`, `CKR_SIGNATURE_LEN_RANGE`
    pub fn verify_final(&self, session: SessionHandle, signature: &[u8]) -> Result<()> {
        let open = self.open(session)?;
        let outcome = open.session.run(place, |slot| slot.finish(signature));
        open.verdict(Function::VerifyFinal, outcome)
    }

    /// `C_VerifyRecoverInit`; `None` as request (`pMechanism` NULL) ends an active operation.
    ///
    /// # Errors
    /// `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_TYPE_INCONSISTENT`, `CKR_KEY_SIZE_RANGE`,
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`, `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`,
    /// `CKR_OPERATION_ACTIVE`, `CKR_OPERATION_CANCEL_FAILED`
    pub fn verify_recover_init(
        &self,
        session: SessionHandle,
        request: Option<(&'static Mechanism, &Params<'_>)>,
        key: ObjectHandle,
    ) -> Result<()> {
        let open = self.open(session)?;
        let key = KeyUse {
            handle: key,
            part: Part::Key,
            purpose: Use::VerifyRecover,
        };
        self.begin(&open, recover, request, key, |row| row.roles.verify_recover)
    }

    /// `C_VerifyRecover`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_SIGNATURE_INVALID`, `CKR_SIGNATURE_LEN_RANGE`
    pub fn verify_recover(
        &self,
        session: SessionHandle,
        signature: &[u8],
        room: Room,
    ) -> Result<Reply> {
        let open = self.open(session)?;
        let outcome = open
            .session
            .run(recover, |slot| slot.single(signature, room));
        open.reply(Function::VerifyRecover, outcome)
    }
}
