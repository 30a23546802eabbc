// SPDX-License-Identifier: MIT OR Apache-2.0
//! Slots, tokens, mechanisms and PINs.
//!
//! Source: PKCS#11 v3.2, "Slot and token management functions".

use std::sync::PoisonError;
use std::time::Duration;

use super::info::MANUFACTURER;
use super::{MechanismInfo, Module, SlotInfo, TokenInfo};
use crate::config::StoreLocation;
use crate::error::{Error, Result};
use crate::mechanism;
use crate::pkcs11::flag::{CKF_ASYNC_SESSION_SUPPORTED, CKF_TOKEN_PRESENT};
use crate::pkcs11::{MechanismType, SessionHandle, SlotId};
use crate::session::lock;
use crate::store::{KdfCost, PinState};
use crate::token::{Policy, Slot, Status, utc_time};

/// How often a blocked wait looks at the store's directory.
const LOOK_EVERY: Duration = Duration::from_millis(500);

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
    /// `C_GetSlotList`: tokens in the order of their ids, then the blank slot. Every slot has a
    /// token, initialised or not, so that both forms give the same list.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn slot_list(&self, token_present: TokenPresent) -> Result<Vec<SlotId>> {
        self.running()?;
        match token_present {
            TokenPresent::Only | TokenPresent::Any => self.slots.list(),
        }
    }

    /// `C_GetSlotInfo`
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`
    pub fn slot_info(&self, slot: SlotId) -> Result<SlotInfo> {
        self.running()?;
        self.slots.find(slot)?;
        Ok(SlotInfo {
            description: format!("Keystead slot {}", slot.0),
            manufacturer: MANUFACTURER.into(),
            flags: CKF_TOKEN_PRESENT,
        })
    }

    /// `C_GetTokenInfo`
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`, `CKR_TOKEN_NOT_RECOGNIZED`, `CKR_DEVICE_ERROR`
    pub fn token_info(&self, slot: SlotId) -> Result<TokenInfo> {
        self.running()?;
        let (status, counts) = match self.slots.find(slot)? {
            Slot::Token(token) => (Status::Initialized(token.record()?), token.session_counts()),
            Slot::Blank => (Status::Blank, (0, 0)),
            Slot::Broken(error) => return Err(error),
        };
        let flags = if self.config.async_sessions {
            status.flags() | CKF_ASYNC_SESSION_SUPPORTED
        } else {
            status.flags()
        };
        let left = |pin: &PinState| pin.tries_max.saturating_sub(pin.failures);
        let (label, serial, generation, tries_left) = match status {
            Status::Blank => (String::new(), String::new(), 0, (0, 0)),
            Status::Initialized(record) => {
                let tries = (left(&record.so_pin), left(&record.user_pin));
                (record.label, record.serial, record.sealed, tries)
            }
        };
        Ok(TokenInfo {
            label,
            manufacturer: MANUFACTURER.into(),
            model: "Keystead".into(),
            serial,
            flags,
            sessions: counts.0,
            rw_sessions: counts.1,
            utc_time: utc_time(self.clock.now()),
            generation,
            tries_left,
        })
    }

    /// `C_GetMechanismList`
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`
    pub fn mechanism_list(&self, slot: SlotId) -> Result<Vec<MechanismType>> {
        self.running()?;
        self.slots.find(slot)?;
        let offered = mechanism::all().filter(|row| self.offers(row));
        Ok(offered.map(|row| row.id).collect())
    }

    /// `C_GetMechanismInfo`
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`, `CKR_MECHANISM_INVALID`
    pub fn mechanism_info(&self, slot: SlotId, mechanism: MechanismType) -> Result<MechanismInfo> {
        self.running()?;
        self.slots.find(slot)?;
        let row = mechanism::find(mechanism)?;
        if !self.offers(row) {
            return Err(self.excluded(row));
        }
        Ok(MechanismInfo {
            key_size_min: self.least_size(row),
            key_size_max: row.key_size.max,
            flags: self.flags(row),
        })
    }

    /// `C_WaitForSlotEvent`
    ///
    /// # Errors
    /// `CKR_NO_EVENT`, `CKR_CRYPTOKI_NOT_INITIALIZED`
    pub fn wait_for_slot_event(&self, wait: Wait) -> Result<SlotId> {
        let (ground, bell) = &self.bell;
        loop {
            self.running()?;
            if let Some(slot) = self.slots.event()? {
                return Ok(slot);
            }
            if wait == Wait::DontBlock {
                return Err(Error::NoEvent("no token came or went".into()));
            }
            let waiting = lock(ground);
            // C_Finalize rings under the lock; asking under it again leaves no gap.
            self.running()?;
            drop(
                bell.wait_timeout(waiting, LOOK_EVERY)
                    .unwrap_or_else(PoisonError::into_inner),
            );
        }
    }

    /// `C_InitToken`
    ///
    /// # Errors
    /// `CKR_SESSION_EXISTS`, `CKR_PIN_INCORRECT`, `CKR_PIN_LEN_RANGE`,
    /// `CKR_ARGUMENTS_BAD` (label not UTF-8)
    pub fn init_token(&self, slot: SlotId, pin: &[u8], label: &[u8; 32]) -> Result<()> {
        self.running()?;
        let label = core::str::from_utf8(label)
            .map_err(|_| Error::ArgumentsBad("the label is not UTF-8".into()))?;
        let policy = Policy {
            pin_tries_max: self.config.pin_tries_max,
            recovery: self.config.recovery,
            kdf: match self.config.store {
                StoreLocation::Directory(_) => KdfCost::Standard,
                // Nothing lies on a disk that a guessed PIN could open.
                StoreLocation::Memory => KdfCost::Minimum,
            },
        };
        let label = label.trim_end_matches([' ', '\0']);
        self.slots.init_token(slot, pin, label, policy)?;
        self.forget_saved(slot);
        Ok(())
    }

    /// `C_InitPIN`
    ///
    /// # Errors
    /// `CKR_USER_NOT_LOGGED_IN`, `CKR_PIN_LEN_RANGE`
    pub fn init_pin(&self, session: SessionHandle, pin: &[u8]) -> Result<()> {
        self.open(session)?.token.init_pin(pin)
    }

    /// `C_SetPIN`
    ///
    /// # Errors
    /// `CKR_PIN_INCORRECT`, `CKR_PIN_LOCKED`, `CKR_PIN_LEN_RANGE`, `CKR_SESSION_READ_ONLY`
    pub fn set_pin(&self, session: SessionHandle, old: &[u8], new: &[u8]) -> Result<()> {
        let open = self.open(session)?;
        open.token.set_pin(open.session.access, old, new)
    }
}
