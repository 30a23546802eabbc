// SPDX-License-Identifier: MIT OR Apache-2.0
//! Digests.
//!
//! Source: PKCS#11 v3.2, "Message digesting functions".

use super::{Module, Reply, Room, later};
use crate::error::Result;
use crate::mechanism::{Mechanism, Params};
use crate::pkcs11::{ObjectHandle, SessionHandle};

impl Module {
    /// `C_DigestInit`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn digest_init(
        &self,
        session: SessionHandle,
        request: Option<(&'static Mechanism, &Params<'_>)>,
    ) -> Result<()> {
        let _ = (session, request);
        later("C_DigestInit")
    }

    /// `C_Digest`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn digest(&self, session: SessionHandle, input: &[u8], room: Room) -> Result<Reply> {
        let _ = (session, input, room);
        later("C_Digest")
    }

    /// `C_DigestUpdate`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn digest_update(&self, session: SessionHandle, part: &[u8]) -> Result<()> {
        let _ = (session, part);
        later("C_DigestUpdate")
    }

    /// `C_DigestKey`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn digest_key(&self, session: SessionHandle, key: ObjectHandle) -> Result<()> {
        let _ = (session, key);
        later("C_DigestKey")
    }

    /// `C_DigestFinal`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn digest_final(&self, session: SessionHandle, room: Room) -> Result<Reply> {
        let _ = (session, room);
        later("C_DigestFinal")
    }
}
