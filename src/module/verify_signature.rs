// SPDX-License-Identifier: MIT OR Apache-2.0
//! Verification with the signature given first.
//!
//! Source: PKCS#11 v3.2, "Functions for verifying signatures and MACs", `C_VerifySignatureInit`.

use super::Module;
use super::gate::KeyUse;
use super::open::Part;
use crate::error::Result;
use crate::mechanism::{Mechanism, Params, Setup};
use crate::object::Use;
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::{Function, Operations, Signed, Slot};

fn place(all: &mut Operations) -> &mut Slot<Signed> {
    &mut all.verify_signature
}

impl Module {
    /// `C_VerifySignatureInit`; `None` as request (`pMechanism` NULL) ends an active operation.
    ///
    /// # Errors
    /// `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_TYPE_INCONSISTENT`, `CKR_KEY_SIZE_RANGE`,
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`, `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`,
    /// `CKR_OPERATION_ACTIVE`, `CKR_OPERATION_CANCEL_FAILED`
    pub fn verify_signature_init(
        &self,
        session: SessionHandle,
        request: Option<(&'static Mechanism, &Params<'_>)>,
        key: ObjectHandle,
        signature: &[u8],
    ) -> Result<()> {
        let open = self.open(session)?;
        let key = KeyUse {
            handle: key,
            part: Part::Key,
            purpose: Use::Verify,
        };
        self.begin(&open, place, request, key, |row| {
            let verify = row.roles.verify?;
            Some(move |setup: &Setup<'_>| {
                Ok(Signed {
                    check: verify(setup)?,
                    signature: signature.to_vec(),
                })
            })
        })
    }

    /// `C_VerifySignature`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_SIGNATURE_INVALID`, `CKR_SIGNATURE_LEN_RANGE`
    pub fn verify_signature(&self, session: SessionHandle, input: &[u8]) -> Result<()> {
        let open = self.open(session)?;
        let outcome = open.session.run(place, |slot| slot.single(input));
        open.verdict(Function::VerifySignature, outcome)
    }

    /// `C_VerifySignatureUpdate`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`
    pub fn verify_signature_update(&self, session: SessionHandle, part: &[u8]) -> Result<()> {
        let open = self.open(session)?;
        open.session.run(place, |slot| slot.update(part))
    }

    /// `C_VerifySignatureFinal`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_SIGNATURE_INVALID`, `CKR_SIGNATURE_LEN_RANGE`
    pub fn verify_signature_final(&self, session: SessionHandle) -> Result<()> {
        let open = self.open(session)?;
        let outcome = open.session.run(place, Slot::<Signed>::finish);
        open.verdict(Function::VerifySignatureFinal, outcome)
    }
}
