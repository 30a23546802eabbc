// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two operations on one pass of data.
//!
//! Source: PKCS#11 v3.2, "Dual-function cryptographic functions".

use super::{Module, Reply, Room, later};
use crate::error::Result;
use crate::pkcs11::SessionHandle;

impl Module {
    /// `C_DigestEncryptUpdate`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn digest_encrypt_update(
        &self,
        session: SessionHandle,
        part: &[u8],
        room: Room,
    ) -> Result<Reply> {
        let _ = (session, part, room);
        later("C_DigestEncryptUpdate")
    }

    /// `C_DecryptDigestUpdate`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn decrypt_digest_update(
        &self,
        session: SessionHandle,
        part: &[u8],
        room: Room,
    ) -> Result<Reply> {
        let _ = (session, part, room);
        later("C_DecryptDigestUpdate")
    }

    /// `C_SignEncryptUpdate`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn sign_encrypt_update(
        &self,
        session: SessionHandle,
        part: &[u8],
        room: Room,
    ) -> Result<Reply> {
        let _ = (session, part, room);
        later("C_SignEncryptUpdate")
    }

    /// `C_DecryptVerifyUpdate`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn decrypt_verify_update(
        &self,
        session: SessionHandle,
        part: &[u8],
        room: Room,
    ) -> Result<Reply> {
        let _ = (session, part, room);
        later("C_DecryptVerifyUpdate")
    }
}
