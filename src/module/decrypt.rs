// SPDX-License-Identifier: MIT OR Apache-2.0
//! Decryption.
//!
//! Source: PKCS#11 v3.2, "Decryption functions".

use super::{Module, Reply, Room, later};
use crate::error::Result;
use crate::mechanism::{Mechanism, Params};
use crate::pkcs11::{ObjectHandle, SessionHandle};

impl Module {
    /// `C_DecryptInit`
    ///
    /// # Errors
    /// None as request (pMechanism NULL) ends an active operation. Those the standard lists.
    pub fn decrypt_init(
        &self,
        session: SessionHandle,
        request: Option<(&'static Mechanism, &Params<'_>)>,
        key: ObjectHandle,
    ) -> Result<()> {
        let _ = (session, request, key);
        later("C_DecryptInit")
    }

    /// `C_Decrypt`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn decrypt(&self, session: SessionHandle, input: &[u8], room: Room) -> Result<Reply> {
        let _ = (session, input, room);
        later("C_Decrypt")
    }

    /// `C_DecryptUpdate`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn decrypt_update(&self, session: SessionHandle, part: &[u8], room: Room) -> Result<Reply> {
        let _ = (session, part, room);
        later("C_DecryptUpdate")
    }

    /// `C_DecryptFinal`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn decrypt_final(&self, session: SessionHandle, room: Room) -> Result<Reply> {
        let _ = (session, room);
        later("C_DecryptFinal")
    }
}
