// SPDX-License-Identifier: MIT OR Apache-2.0
//! One initialised token as this application sees it.
//!
//! Source: PKCS#11 v3.2, "Slot and token types".

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::handles::Handles;
use crate::error::{Error, Result};
use crate::object::Actor;
use crate::pkcs11::SlotId;
use crate::session::lock;
use crate::store::{KdfCost, TokenRecord, Vault};

/// What new tokens are made by.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Policy {
    /// Wrong PINs until a PIN locks.
    pub pin_tries_max: u32,
    /// Whether the SO keeps a recovery copy.
    pub recovery: bool,
    /// What deriving a key from a PIN costs.
    pub kdf: KdfCost,
}

/// One token.
#[derive(Debug)]
pub struct Token {
    /// Its slot.
    pub slot: SlotId,
    pub(super) vault: Vault,
    pub(super) handles: Handles,
    pub(super) sessions: Mutex<SessionCount>,
    /// Who is logged in (the two low bits) and how many logins there were before.
    login: AtomicU64,
    /// Held while a login, a logout or a PIN change is under way.
    pub(super) gate: Mutex<()>,
}

/// This application's open sessions with the token.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct SessionCount {
    pub(super) read_only: u64,
    pub(super) read_write: u64,
}

impl SessionCount {
    pub(super) const fn total(self) -> u64 {
        self.read_only.saturating_add(self.read_write)
    }
}

impl Token {
    /// A token over an open vault; `numbers` gives object handles, unique in the whole module.
    #[must_use]
    pub fn new(slot: SlotId, vault: Vault, numbers: Arc<AtomicU64>) -> Self {
        Self {
            slot,
            vault,
            handles: Handles::new(numbers),
            sessions: Mutex::default(),
            login: AtomicU64::new(0),
            gate: Mutex::default(),
        }
    }

    /// Who is logged in; one login holds for all of the application's sessions with the token.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self.login.load(Ordering::Acquire) & 3 {
            1 => Actor::User,
            2 => Actor::SecurityOfficer,
            _ => Actor::Public,
        }
    }

    /// Changes with each login and each logout.
    pub(super) fn login_number(&self) -> u64 {
        self.login.load(Ordering::Acquire) >> 2
    }

    /// Notes who is logged in from now on; gives the new number.
    pub(super) fn set_actor(&self, actor: Actor) -> u64 {
        let bits = match actor {
            Actor::Public => 0,
            Actor::User => 1,
            Actor::SecurityOfficer => 2,
        };
        let number = self.login_number().wrapping_add(1);
        self.login.store(number << 2 | bits, Ordering::Release);
        number
    }

    /// What anybody may know of the token.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`, `CKR_TOKEN_NOT_PRESENT`
    pub fn record(&self) -> Result<TokenRecord> {
        self.vault.info()
    }

    /// The encrypted store below, for checks of the whole token.
    #[must_use]
    pub const fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Open sessions of this application: all, and read/write ones.
    #[must_use]
    pub fn session_counts(&self) -> (u64, u64) {
        let sessions = *lock(&self.sessions);
        (sessions.total(), sessions.read_write)
    }

    /// Whether the token's file is still there.
    #[must_use]
    pub fn is_present(&self) -> bool {
        !matches!(self.vault.info(), Err(Error::TokenNotPresent(_)))
    }

    /// The token is about to be removed: it must not be in use, and its handles end.
    pub(super) fn retire(&self) -> Result<()> {
        let _gate = lock(&self.gate);
        if lock(&self.sessions).total() > 0 {
            return Err(Error::SessionExists(
                "the application has open sessions with the token".into(),
            ));
        }
        self.forget_login();
        self.handles.clear();
        Ok(())
    }

    /// The module ends: keys and handles are forgotten.
    pub(super) fn close(&self) {
        let _gate = lock(&self.gate);
        self.forget_login();
        self.handles.clear();
    }
}
