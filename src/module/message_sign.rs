// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message-based signing.
//!
//! Source: PKCS#11 v3.2, "Message-based signing and MACing functions".

use super::gate::KeyUse;
use super::open::Part;
use super::{Module, Reply, Room};
use crate::error::Result;
use crate::mechanism::{Mechanism, Params, Repeat, Setup};
use crate::object::Use;
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::{Operations, Signing, Slot};

fn place(all: &mut Operations) -> &mut Slot<Signing> {
    &mut all.message_sign
}

impl Module {
    /// `C_MessageSignInit`; `None` as request (`pMechanism` NULL) ends an active process.
    ///
    /// # Errors
    /// `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_TYPE_INCONSISTENT`, `CKR_KEY_SIZE_RANGE`,
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`, `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`,
    /// `CKR_OPERATION_ACTIVE`, `CKR_OPERATION_CANCEL_FAILED`
    pub fn message_sign_init(
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
        self.begin(&open, place, request, key, |row| {
            let sign = row.roles.sign?;
            Some(move |setup: &Setup<'_>| Signing::new(Repeat::new(setup, sign)?))
        })
    }

    /// `C_SignMessage`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`, `CKR_BUFFER_TOO_SMALL`,
    /// `CKR_USER_NOT_LOGGED_IN`, and the mechanism's own.
    pub fn sign_message(&self, session: SessionHandle, input: &[u8], room: Room) -> Result<Reply> {
        let open = self.open(session)?;
        open.session.run(place, |slot| slot.message(input, room))
    }

    /// `C_SignMessageBegin`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`, `CKR_USER_NOT_LOGGED_IN`
    pub fn sign_message_begin(&self, session: SessionHandle) -> Result<()> {
        let open = self.open(session)?;
        open.session.run(place, Slot::<Signing>::message_begin)
    }

    /// `C_SignMessageNext`; with a room, the last part.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_BUFFER_TOO_SMALL`, and the mechanism's own.
    pub fn sign_message_next(
        &self,
        session: SessionHandle,
        part: &[u8],
        last: Option<Room>,
    ) -> Result<Option<Reply>> {
        let open = self.open(session)?;
        open.session
            .run(place, |slot| slot.message_next(part, last))
    }

    /// `C_MessageSignFinal`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`
    pub fn message_sign_final(&self, session: SessionHandle) -> Result<()> {
        let open = self.open(session)?;
        open.session.run(place, Slot::end_process)
    }

    /// Ends the messages of several parts that `flags` name; their processes go on.
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`
    pub fn abandon_messages(&self, session: SessionHandle, flags: u64) -> Result<()> {
        let open = self.open(session)?;
        open.session.operations(|all| all.abandon_messages(flags));
        Ok(())
    }
}
