// SPDX-License-Identifier: MIT OR Apache-2.0
//! Slots, tokens, mechanisms and PINs.
//!
//! Source: PKCS#11 v3.2, "Slot and token management functions".

use super::{MechanismInfo, Module, SlotInfo, TokenInfo, later};
use crate::error::Result;
use crate::pkcs11::{MechanismType, SessionHandle, SlotId};

/// `tokenPresent` of `C_GetSlotList`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TokenPresent {
    /// Only slots with a token.
    Only,
    /// All slots.
    Any,
}

/// `CKF_DONT_BLOCK` of `C_WaitForSlotEvent`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wait {
    /// Until something happens or the module ends.
    Block,
    /// Not at all.
    DontBlock,
}

impl Module {
    /// `C_GetSlotList`
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR`
    pub fn slot_list(&self, token_present: TokenPresent) -> Result<Vec<SlotId>> {
        let _ = (token_present,);
        later("C_GetSlotList")
    }

    /// `C_GetSlotInfo`
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`
    pub fn slot_info(&self, slot: SlotId) -> Result<SlotInfo> {
        let _ = (slot,);
        later("C_GetSlotInfo")
    }

    /// `C_GetTokenInfo`
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`, `CKR_TOKEN_NOT_RECOGNIZED`
    pub fn token_info(&self, slot: SlotId) -> Result<TokenInfo> {
        let _ = (slot,);
        later("C_GetTokenInfo")
    }

    /// `C_GetMechanismList`
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`
    pub fn mechanism_list(&self, slot: SlotId) -> Result<Vec<MechanismType>> {
        let _ = (slot,);
        later("C_GetMechanismList")
    }

    /// `C_GetMechanismInfo`
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`, `CKR_MECHANISM_INVALID`
    pub fn mechanism_info(&self, slot: SlotId, mechanism: MechanismType) -> Result<MechanismInfo> {
        let _ = (slot, mechanism);
        later("C_GetMechanismInfo")
    }

    /// `C_WaitForSlotEvent`
    ///
    /// # Errors
    /// `CKR_NO_EVENT`, `CKR_CRYPTOKI_NOT_INITIALIZED`
    pub fn wait_for_slot_event(&self, wait: Wait) -> Result<SlotId> {
        let _ = (wait,);
        later("C_WaitForSlotEvent")
    }

    /// `C_InitToken`
    ///
    /// # Errors
    /// `CKR_SESSION_EXISTS`, `CKR_PIN_INCORRECT`, `CKR_PIN_LEN_RANGE`, `CKR_ARGUMENTS_BAD` (label not UTF-8)
    pub fn init_token(&self, slot: SlotId, pin: &[u8], label: &[u8; 32]) -> Result<()> {
        let _ = (slot, pin, label);
        later("C_InitToken")
    }

    /// `C_InitPIN`
    ///
    /// # Errors
    /// `CKR_USER_NOT_LOGGED_IN`, `CKR_PIN_LEN_RANGE`
    pub fn init_pin(&self, session: SessionHandle, pin: &[u8]) -> Result<()> {
        let _ = (session, pin);
        later("C_InitPIN")
    }

    /// `C_SetPIN`
    ///
    /// # Errors
    /// `CKR_PIN_INCORRECT`, `CKR_PIN_LOCKED`, `CKR_PIN_LEN_RANGE`, `CKR_SESSION_READ_ONLY`
    pub fn set_pin(&self, session: SessionHandle, old: &[u8], new: &[u8]) -> Result<()> {
        let _ = (session, old, new);
        later("C_SetPIN")
    }
}
