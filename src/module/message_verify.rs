// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message-based verification.
//!
//! Source: PKCS#11 v3.2, "Message-based functions for verifying signatures and MACs".

use super::Module;
use super::gate::KeyUse;
use super::open::Part;
use crate::error::Result;
use crate::mechanism::{Mechanism, Params, Repeat, Setup};
use crate::object::Use;
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::{Operations, Slot, Verifying};

fn place(all: &mut Operations) -> &mut Slot<Verifying> {
    &mut all.message_verify
}

impl Module {
    /// `C_MessageVerifyInit`; `None` as request (`pMechanism` NULL) ends an active process.
    ///
    /// # Errors
    /// `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_TYPE_INCONSISTENT`, `CKR_KEY_SIZE_RANGE`,
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`, `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`,
    /// `CKR_OPERATION_ACTIVE`, `CKR_OPERATION_CANCEL_FAILED`
    pub fn message_verify_init(
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
        self.begin(&open, place, request, key, |row| {
            let verify = row.roles.verify?;
            Some(move |setup: &Setup<'_>| Verifying::new(Repeat::new(setup, verify)?))
        })
    }

    /// `C_VerifyMessage`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`, `CKR_SIGNATURE_INVALID`,
    /// `CKR_SIGNATURE_LEN_RANGE`
    pub fn verify_message(
        &self,
        session: SessionHandle,
        input: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let open = self.open(session)?;
        open.session
            .run(place, |slot| slot.message(input, signature))
    }

    /// `C_VerifyMessageBegin`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`
    pub fn verify_message_begin(&self, session: SessionHandle) -> Result<()> {
        let open = self.open(session)?;
        open.session.run(place, Slot::<Verifying>::message_begin)
    }

    /// `C_VerifyMessageNext`; with a signature, the last part.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_SIGNATURE_INVALID`, `CKR_SIGNATURE_LEN_RANGE`
    pub fn verify_message_next(
        &self,
        session: SessionHandle,
        part: &[u8],
        signature: Option<&[u8]>,
    ) -> Result<()> {
        let open = self.open(session)?;
        open.session
            .run(place, |slot| slot.message_next(part, signature))
    }

    /// `C_MessageVerifyFinal`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`
    pub fn message_verify_final(&self, session: SessionHandle) -> Result<()> {
        let open = self.open(session)?;
        open.session.run(place, Slot::end_process)
    }
}
