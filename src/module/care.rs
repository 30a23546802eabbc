// SPDX-License-Identifier: MIT OR Apache-2.0
//! Care of a token file: what the tool needs and the standard has no function for.
//!
//! Source: PKCS#11 v3.2, "Slot and token management functions", leaves this to the maker.

use super::Module;
use crate::error::Result;
use crate::pkcs11::SlotId;
use crate::store::Outcome;

impl Module {
    /// Reads and checks every row of a token; more can be checked while somebody is logged in.
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`, `CKR_TOKEN_NOT_RECOGNIZED`, `CKR_DEVICE_ERROR` when the file cannot be
    /// read at all
    pub fn verify_token(&self, slot: SlotId) -> Result<Outcome> {
        self.running()?;
        self.slots.token(slot)?.vault().verify()
    }

    /// Removes a token with everything in it.
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`, `CKR_TOKEN_NOT_RECOGNIZED` when the slot has no initialised token,
    /// `CKR_SESSION_EXISTS`, `CKR_DEVICE_ERROR`
    pub fn delete_token(&self, slot: SlotId) -> Result<()> {
        self.running()?;
        self.slots.delete(slot)?;
        self.forget_saved(slot);
        Ok(())
    }
}
