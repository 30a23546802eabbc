// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encryption.
//!
//! Source: PKCS#11 v3.2, "Encryption functions".

use super::{Module, Reply, Room, later};
use crate::error::Result;
use crate::mechanism::{Mechanism, Params};
use crate::pkcs11::{ObjectHandle, SessionHandle};

impl Module {
    /// `C_EncryptInit`
    ///
    /// # Errors
    /// None as request (pMechanism NULL) ends an active operation. Those the standard lists.
    pub fn encrypt_init(
        &self,
        session: SessionHandle,
        request: Option<(&'static Mechanism, &Params<'_>)>,
        key: ObjectHandle,
    ) -> Result<()> {
        let _ = (session, request, key);
        later("C_EncryptInit")
    }

    /// `C_Encrypt`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn encrypt(&self, session: SessionHandle, input: &[u8], room: Room) -> Result<Reply> {
        let _ = (session, input, room);
        later("C_Encrypt")
    }

    /// `C_EncryptUpdate`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn encrypt_update(&self, session: SessionHandle, part: &[u8], room: Room) -> Result<Reply> {
        let _ = (session, part, room);
        later("C_EncryptUpdate")
    }

    /// `C_EncryptFinal`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn encrypt_final(&self, session: SessionHandle, room: Room) -> Result<Reply> {
        let _ = (session, room);
        later("C_EncryptFinal")
    }
}
