// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message-based encryption.
//!
//! Source: PKCS#11 v3.2, "Message-based encryption functions".

use super::gate::KeyUse;
use super::open::Part;
use super::{Module, Reply, Room};
use crate::error::Result;
use crate::mechanism::{Mechanism, MessageParams, MessageShape, NonceSource, Params, Setup};
use crate::object::Use;
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::{Beside, Encrypting, Operations, Slot};

fn place(all: &mut Operations) -> &mut Slot<Encrypting> {
    &mut all.message_encrypt
}

impl Module {
    /// `C_MessageEncryptInit`; `None` as mechanism (`pMechanism` NULL) ends an active process.
    ///
    /// # Errors
    /// `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_TYPE_INCONSISTENT`, `CKR_KEY_SIZE_RANGE`,
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`, `CKR_MECHANISM_INVALID`, `CKR_OPERATION_ACTIVE`,
    /// `CKR_OPERATION_CANCEL_FAILED`
    pub fn message_encrypt_init(
        &self,
        session: SessionHandle,
        mechanism: Option<&'static Mechanism>,
        key: ObjectHandle,
    ) -> Result<()> {
        let open = self.open(session)?;
        let handle = key;
        let key = KeyUse {
            handle,
            part: Part::Key,
            purpose: Use::Encrypt,
        };
        let request = mechanism.map(|mechanism| (mechanism, &Params::None));
        self.begin(&open, place, request, key, |row| {
            let role = row.roles.aead?;
            let counters = &open.session;
            Some(move |setup: &Setup<'_>| {
                Ok(Encrypting {
                    shape: role.shape,
                    aead: (role.start)(setup)?,
                    nonces: NonceSource {
                        counter: counters.nonce_counter(handle),
                        rng: setup.rng,
                    },
                    current: None,
                })
            })
        })
    }

    /// What the parameter of a message must be.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`
    pub fn encrypt_message_shape(&self, session: SessionHandle) -> Result<MessageShape> {
        let open = self.open(session)?;
        open.session.operations(|all| all.message_encrypt.shape())
    }

    /// `C_EncryptMessage`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`, `CKR_BUFFER_TOO_SMALL`,
    /// `CKR_MECHANISM_PARAM_INVALID`, and the mechanism's own.
    pub fn encrypt_message(
        &self,
        session: SessionHandle,
        params: &MessageParams,
        aad: &[u8],
        input: &[u8],
        room: Room,
    ) -> Result<(Reply, Beside)> {
        let open = self.open(session)?;
        open.session
            .run(place, |slot| slot.message(params, aad, input, room))
    }

    /// `C_EncryptMessageBegin`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`, `CKR_MECHANISM_PARAM_INVALID`
    pub fn encrypt_message_begin(
        &self,
        session: SessionHandle,
        params: &MessageParams,
        aad: &[u8],
    ) -> Result<Beside> {
        let open = self.open(session)?;
        open.session
            .run(place, |slot| slot.message_begin(params, aad))
    }

    /// `C_EncryptMessageNext`; `last` is `CKF_END_OF_MESSAGE`.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_BUFFER_TOO_SMALL`, and the mechanism's own.
    pub fn encrypt_message_next(
        &self,
        session: SessionHandle,
        part: &[u8],
        room: Room,
        last: bool,
    ) -> Result<(Reply, Beside)> {
        let open = self.open(session)?;
        open.session
            .run(place, |slot| slot.message_next(part, room, last))
    }

    /// `C_MessageEncryptFinal`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`
    pub fn message_encrypt_final(&self, session: SessionHandle) -> Result<()> {
        let open = self.open(session)?;
        open.session.run(place, Slot::end_process)
    }
}
