// SPDX-License-Identifier: MIT OR Apache-2.0
//! Decryption.
//!
//! Source: PKCS#11 v3.2, "Decryption functions".

use super::gate::KeyUse;
use super::open::Part;
use super::{Module, Reply, Room};
use crate::error::Result;
use crate::mechanism::{Mechanism, Params, Transform};
use crate::object::Use;
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::{Function, Operations, Slot};

fn place(all: &mut Operations) -> &mut Slot<Box<dyn Transform>> {
    &mut all.decrypt
}

impl Module {
    /// `C_DecryptInit`; `None` as request (`pMechanism` NULL) ends an active operation.
    ///
    /// # Errors
    /// `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_TYPE_INCONSISTENT`, `CKR_KEY_SIZE_RANGE`,
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`, `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`,
    /// `CKR_OPERATION_ACTIVE`, `CKR_OPERATION_CANCEL_FAILED`
    pub fn decrypt_init(
        &self,
        session: SessionHandle,
        request: Option<(&'static Mechanism, &Params<'_>)>,
        key: ObjectHandle,
    ) -> Result<()> {
        let open = self.open(session)?;
        let key = KeyUse {
            handle: key,
            part: Part::Key,
            purpose: Use::Decrypt,
        };
        self.begin(&open, place, request, key, |row| row.roles.decrypt)
    }

    /// `C_Decrypt`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_BUFFER_TOO_SMALL`, and the mechanism's own.
    pub fn decrypt(&self, session: SessionHandle, input: &[u8], room: Room) -> Result<Reply> {
        let open = self.open(session)?;
        let outcome = open.session.run(place, |slot| slot.single(input, room));
        open.reply(Function::Decrypt, outcome)
    }

    /// `C_DecryptUpdate`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_BUFFER_TOO_SMALL`, and the mechanism's own.
    pub fn decrypt_update(&self, session: SessionHandle, part: &[u8], room: Room) -> Result<Reply> {
        let open = self.open(session)?;
        open.session.run(place, |slot| slot.update(part, room))
    }

    /// `C_DecryptFinal`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_BUFFER_TOO_SMALL`, and the mechanism's own.
    pub fn decrypt_final(&self, session: SessionHandle, room: Room) -> Result<Reply> {
        let open = self.open(session)?;
        let outcome = open.session.run(place, |slot| slot.finish(room));
        open.reply(Function::DecryptFinal, outcome)
    }
}
