// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message-based decryption.
//!
//! Source: PKCS#11 v3.2, "Message-based decryption functions".

use super::gate::KeyUse;
use super::open::Part;
use super::{Module, Reply, Room};
use crate::error::Result;
use crate::mechanism::{Mechanism, MessageParams, MessageShape, Params, Setup};
use crate::object::Use;
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::{Decrypting, Operations, Slot};

fn place(all: &mut Operations) -> &mut Slot<Decrypting> {
    &mut all.message_decrypt
}

impl Module {
    /// `C_MessageDecryptInit`; `None` as mechanism (`pMechanism` NULL) ends an active process.
    ///
    /// # Errors
    /// `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_TYPE_INCONSISTENT`, `CKR_KEY_SIZE_RANGE`,
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`, `CKR_MECHANISM_INVALID`, `CKR_OPERATION_ACTIVE`,
    /// `CKR_OPERATION_CANCEL_FAILED`
    pub fn message_decrypt_init(
        &self,
        session: SessionHandle,
        mechanism: Option<&'static Mechanism>,
        key: ObjectHandle,
    ) -> Result<()> {
        let open = self.open(session)?;
        let key = KeyUse {
            handle: key,
            part: Part::Key,
            purpose: Use::Decrypt,
        };
        let request = mechanism.map(|mechanism| (mechanism, &Params::None));
        self.begin(&open, place, request, key, |row| {
            let role = row.roles.aead?;
            Some(move |setup: &Setup<'_>| {
                Ok(Decrypting {
                    shape: role.shape,
                    aead: (role.start)(setup)?,
                    current: None,
                })
            })
        })
    }

    /// What the parameter of a message must be.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`
    pub fn decrypt_message_shape(&self, session: SessionHandle) -> Result<MessageShape> {
        let open = self.open(session)?;
        open.session.operations(|all| all.message_decrypt.shape())
    }

    /// `C_DecryptMessage`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`, `CKR_BUFFER_TOO_SMALL`,
    /// `CKR_AEAD_DECRYPT_FAILED`, `CKR_MECHANISM_PARAM_INVALID`
    pub fn decrypt_message(
        &self,
        session: SessionHandle,
        params: &MessageParams,
        aad: &[u8],
        input: &[u8],
        room: Room,
    ) -> Result<Reply> {
        let open = self.open(session)?;
        open.session
            .run(place, |slot| slot.message(params, aad, input, room))
    }

    /// `C_DecryptMessageBegin`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`, `CKR_MECHANISM_PARAM_INVALID`
    pub fn decrypt_message_begin(
        &self,
        session: SessionHandle,
        params: &MessageParams,
        aad: &[u8],
    ) -> Result<()> {
        let open = self.open(session)?;
        open.session
            .run(place, |slot| slot.message_begin(params, aad))
    }

    /// `C_DecryptMessageNext`; with a tag, the last part (`CKF_END_OF_MESSAGE`).
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_BUFFER_TOO_SMALL`, `CKR_AEAD_DECRYPT_FAILED`
    pub fn decrypt_message_next(
        &self,
        session: SessionHandle,
        part: &[u8],
        room: Room,
        tag: Option<&[u8]>,
    ) -> Result<Reply> {
        let open = self.open(session)?;
        open.session
            .run(place, |slot| slot.message_next(part, room, tag))
    }

    /// `C_MessageDecryptFinal`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`
    pub fn message_decrypt_final(&self, session: SessionHandle) -> Result<()> {
        let open = self.open(session)?;
        open.session.run(place, Slot::end_process)
    }
}
