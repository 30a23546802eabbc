// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message-based processes: one Init, then one message after the other.
//!
//! `Ready` is between two messages, `Running` inside one of several parts. An error ends the message
//! and keeps the process; a call for the wrong moment changes nothing.
//! Source: PKCS#11 v3.2, "Message-based encryption functions" and its sisters.

use super::slot::{Active, absent, occupied};
use super::{Consent, Slot};
use crate::error::{Error, Result};

impl<Op> Slot<Op> {
    /// The process between two messages, for a message of its own.
    pub(super) fn between(&mut self) -> Result<&mut Active<Op>> {
        match self {
            Self::Ready(active) => Ok(active),
            // "C_EncryptMessage cannot be called in the middle of a multi-part message encryption".
            Self::Running(_) => Err(Error::OperationActive(
                "a message of several parts has begun and not ended".into(),
            )),
            Self::Busy => Err(occupied()),
            Self::Idle | Self::Parked(_) => Err(absent()),
        }
    }

    /// The process inside a message, for its next part.
    pub(super) fn inside(&mut self) -> Result<&mut Active<Op>> {
        match self {
            Self::Running(active) => Ok(active),
            Self::Ready(_) => Err(Error::OperationNotInitialized(
                "no message has begun".into(),
            )),
            Self::Busy => Err(occupied()),
            Self::Idle | Self::Parked(_) => Err(absent()),
        }
    }

    /// From between two messages into one.
    pub(super) fn enter(&mut self) {
        *self = match core::mem::take(self) {
            Self::Ready(active) => Self::Running(active),
            other => other,
        };
    }

    /// From inside a message to the place after it.
    pub(super) fn leave(&mut self) {
        *self = match core::mem::take(self) {
            Self::Running(active) => Self::Ready(active),
            other => other,
        };
        self.withdraw_consent();
    }

    /// A message has been made: consent was for it alone.
    // SPEC: CKA_ALWAYS_AUTHENTICATE asks "for each use"; each message is one.
    pub(super) fn withdraw_consent(&mut self) {
        if let Self::Ready(active) = self
            && matches!(active.consent, Consent::Given)
        {
            active.consent = Consent::Wanted;
        }
    }

    /// A bad argument of a part ends the message and keeps the process.
    pub fn abandon_message(&mut self) {
        if matches!(self, Self::Running(_)) {
            self.leave();
        }
    }

    /// `C_MessageEncryptFinal` and its sisters.
    ///
    /// SPEC: `CKR_OPERATION_ACTIVE` inside a message of several parts, which goes on; only Init with
    /// NULL and `C_SessionCancel` are said to end it.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`
    pub fn end_process(&mut self) -> Result<()> {
        self.between()?;
        *self = Self::Idle;
        Ok(())
    }
}
