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
    message_only: bool,
}

impl<'call> Ending<'call> {
    /// For a call on `session` that is about `operations`.
    pub(super) const fn new(module: &'call Module, session: u64, operations: u64) -> Self {
        Self {
            module,
            session: SessionHandle(session),
            operations,
            message_only: false,
        }
    }

    /// For a call about a part of a message: the message ends, the process that it is one of stays.
    pub(super) const fn of_message(module: &'call Module, session: u64, operations: u64) -> Self {
        Self {
            module,
            session: SessionHandle(session),
            operations,
            message_only: true,
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
        let ended = if self.message_only {
            self.module.abandon_messages(self.session, self.operations)
        } else {
            self.module.end_operations(self.session, self.operations)
        };
        match ended {
            Err(worse @ Error::SessionHandleInvalid(_)) => Err(worse),
            Ok(()) | Err(_) => Err(error),
        }
    }
}
