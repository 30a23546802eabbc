// SPDX-License-Identifier: MIT OR Apache-2.0
//! Arguments that are refused end the operation they were meant for, as every error does.
//!
//! Source: PKCS#11 v3.2, "C_Encrypt" and its like: a call always terminates the active operation,
//! unless it returns `CKR_BUFFER_TOO_SMALL` or tells a length.

use crate::error::{Error, Result};
use crate::module::Module;
use crate::pkcs11::SessionHandle;

/// The operations of a session that a call is about, as `C_SessionCancel` names them.
pub(super) struct Ending<'call> {
    module: &'call Module,
    session: SessionHandle,
    operations: u64,
}

impl<'call> Ending<'call> {
    /// For a call on `session` that is about `operations`.
    pub(super) const fn new(module: &'call Module, session: u64, operations: u64) -> Self {
        Self {
            module,
            session: SessionHandle(session),
            operations,
        }
    }

    /// Passes an argument on; a bad one ends the operations. A session that does not exist is the
    /// worse error.
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`, or what `argument` is.
    pub(super) fn or_end<T>(&self, argument: Result<T>) -> Result<T> {
        let Err(error) = argument else {
            return argument;
        };
        match self.module.session_cancel(self.session, self.operations) {
            Err(worse @ Error::SessionHandleInvalid(_)) => Err(worse),
            Ok(()) | Err(_) => Err(error),
        }
    }
}
