// SPDX-License-Identifier: MIT OR Apache-2.0
//! Setting PINs, and starting a token anew.
//!
//! Source: PKCS#11 v3.2, "C_InitToken", "C_InitPIN", "C_SetPIN".

use super::{Policy, Token};
use crate::error::{Error, Result};
use crate::object::Actor;
use crate::secret::Pin;
use crate::session::{Access, lock};
use crate::store::{NewToken, Role};

impl Token {
    /// `C_InitToken` on a token that is initialised: everything on it is erased.
    ///
    /// # Errors
    /// `CKR_SESSION_EXISTS`, `CKR_PIN_INCORRECT`, `CKR_PIN_LOCKED`
    pub fn reinitialize(&self, so_pin: &[u8], label: &str, policy: Policy) -> Result<()> {
        let _gate = lock(&self.gate);
        // Held to the end, so that no session opens while the token is erased.
        let sessions = lock(&self.sessions);
        if sessions.total() > 0 {
            return Err(Error::SessionExists(
                "the application has open sessions with the token".into(),
            ));
        }
        self.vault.reinitialize(&NewToken {
            slot: self.slot,
            label,
            so_pin: &self.attempt(Role::SecurityOfficer, so_pin)?,
            recovery: policy.recovery,
            pin_tries_max: policy.pin_tries_max,
            kdf: policy.kdf,
        })?;
        self.set_actor(Actor::Public);
        self.handles.clear();
        drop(sessions);
        Ok(())
    }

    /// `C_InitPIN`
    ///
    /// # Errors
    /// `CKR_USER_NOT_LOGGED_IN`, `CKR_PIN_LEN_RANGE`
    pub fn init_pin(&self, pin: &[u8]) -> Result<()> {
        let _gate = lock(&self.gate);
        if self.actor() != Actor::SecurityOfficer {
            return Err(Error::UserNotLoggedIn(
                "only the SO may set the user's PIN".into(),
            ));
        }
        self.vault.init_pin(&Pin::new(pin)?)
    }

    /// `C_SetPIN`: the PIN of whoever is logged in; of the user when nobody is.
    ///
    /// # Errors
    /// `CKR_SESSION_READ_ONLY`, `CKR_PIN_INCORRECT`, `CKR_PIN_LOCKED`, `CKR_PIN_LEN_RANGE`
    pub fn set_pin(&self, access: Access, old: &[u8], new: &[u8]) -> Result<()> {
        if access == Access::ReadOnly {
            return Err(Error::SessionReadOnly(
                "C_SetPIN needs a read/write session".into(),
            ));
        }
        let new = Pin::new(new)?;
        let _gate = lock(&self.gate);
        let role = match self.actor() {
            Actor::Public | Actor::User => Role::User,
            Actor::SecurityOfficer => Role::SecurityOfficer,
        };
        if role == Role::User && !self.vault.info()?.user_pin.is_set {
            return Err(Error::UserPinNotInitialized(
                "the SO has not set the user's PIN yet".into(),
            ));
        }
        self.vault.set_pin(role, &self.attempt(role, old)?, &new)
    }
}
