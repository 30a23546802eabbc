// SPDX-License-Identifier: MIT OR Apache-2.0
//! Verification.
//!
//! Source: PKCS#11 v3.2, "Functions for verifying signatures and MACs".

use super::{Module, Reply, Room, later};
use crate::error::Result;
use crate::mechanism::{Mechanism, Params};
use crate::pkcs11::{ObjectHandle, SessionHandle};

impl Module {
    /// `C_VerifyInit`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn verify_init(
        &self,
        session: SessionHandle,
        request: Option<(&'static Mechanism, &Params<'_>)>,
        key: ObjectHandle,
    ) -> Result<()> {
        let _ = (session, request, key);
        later("C_VerifyInit")
    }

    /// `C_Verify`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn verify(&self, session: SessionHandle, input: &[u8], signature: &[u8]) -> Result<()> {
        let _ = (session, input, signature);
        later("C_Verify")
    }

    /// `C_VerifyUpdate`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn verify_update(&self, session: SessionHandle, part: &[u8]) -> Result<()> {
        let _ = (session, part);
        later("C_VerifyUpdate")
    }

    /// `C_VerifyFinal`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn verify_final(&self, session: SessionHandle, signature: &[u8]) -> Result<()> {
        let _ = (session, signature);
        later("C_VerifyFinal")
    }

    /// `C_VerifyRecoverInit`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn verify_recover_init(
        &self,
        session: SessionHandle,
        request: Option<(&'static Mechanism, &Params<'_>)>,
        key: ObjectHandle,
    ) -> Result<()> {
        let _ = (session, request, key);
        later("C_VerifyRecoverInit")
    }

    /// `C_VerifyRecover`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn verify_recover(
        &self,
        session: SessionHandle,
        signature: &[u8],
        room: Room,
    ) -> Result<Reply> {
        let _ = (session, signature, room);
        later("C_VerifyRecover")
    }
}
