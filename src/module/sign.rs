// SPDX-License-Identifier: MIT OR Apache-2.0
//! Signing and MACing.
//!
//! Source: PKCS#11 v3.2, "Signing and MACing functions".

use super::{Module, Reply, Room, later};
use crate::error::Result;
use crate::mechanism::{Mechanism, Params};
use crate::pkcs11::{ObjectHandle, SessionHandle};

impl Module {
    /// `C_SignInit`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn sign_init(
        &self,
        session: SessionHandle,
        request: Option<(&'static Mechanism, &Params<'_>)>,
        key: ObjectHandle,
    ) -> Result<()> {
        let _ = (session, request, key);
        later("C_SignInit")
    }

    /// `C_Sign`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn sign(&self, session: SessionHandle, input: &[u8], room: Room) -> Result<Reply> {
        let _ = (session, input, room);
        later("C_Sign")
    }

    /// `C_SignUpdate`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn sign_update(&self, session: SessionHandle, part: &[u8]) -> Result<()> {
        let _ = (session, part);
        later("C_SignUpdate")
    }

    /// `C_SignFinal`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn sign_final(&self, session: SessionHandle, room: Room) -> Result<Reply> {
        let _ = (session, room);
        later("C_SignFinal")
    }

    /// `C_SignRecoverInit`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn sign_recover_init(
        &self,
        session: SessionHandle,
        request: Option<(&'static Mechanism, &Params<'_>)>,
        key: ObjectHandle,
    ) -> Result<()> {
        let _ = (session, request, key);
        later("C_SignRecoverInit")
    }

    /// `C_SignRecover`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn sign_recover(&self, session: SessionHandle, input: &[u8], room: Room) -> Result<Reply> {
        let _ = (session, input, room);
        later("C_SignRecover")
    }
}
