// SPDX-License-Identifier: MIT OR Apache-2.0
//! `C_Initialize`, `C_Finalize`, `C_GetInfo`.
//!
//! Source: PKCS#11 v3.2, "General-purpose functions".

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};

use super::LibraryInfo;
use super::asynchronous::Saved;
use super::open::{Entered, Open};
use super::system::SystemClock;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::mechanism::Rng;
use crate::pkcs11::SessionHandle;
use crate::session::{Table, lock};
use crate::store::Clock;
use crate::token::Slots;

/// One initialised library instance. Tests make as many as they like.
pub struct Module {
    pub(super) config: Config,
    pub(super) rng: Rng,
    pub(super) clock: &'static dyn Clock,
    pub(super) slots: Slots,
    pub(super) sessions: Table<Open>,
    /// Pending operations that outlived their session.
    pub(super) saved: Mutex<Saved>,
    is_finalized: AtomicBool,
    /// Wakes whoever waits for a slot event.
    pub(super) bell: (Mutex<()>, Condvar),
}

impl core::fmt::Debug for Module {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Module")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// What `C_Initialize` was told.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// The reserved string, if there was a well-formed one.
    pub reserved: Option<String>,
}

static CLOCK: SystemClock = SystemClock;

impl Module {
    /// Starts an instance with this configuration.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR` when the store's directory cannot be made or read.
    pub fn with_config(config: Config) -> Result<Self> {
        crate::log::configure(&config);
        let slots = Slots::open(config.store.clone())?;
        Ok(Self {
            config,
            rng: Rng::system(),
            clock: &CLOCK,
            slots,
            sessions: Table::new(),
            saved: Mutex::default(),
            is_finalized: AtomicBool::new(false),
            bell: (Mutex::default(), Condvar::new()),
        })
    }

    /// Starts an instance: reads the configuration and looks for tokens.
    ///
    /// # Errors
    /// `CKR_ARGUMENTS_BAD` for a bad reserved string, `CKR_GENERAL_ERROR` for a bad configuration.
    pub fn initialize(start: &Start) -> Result<Self> {
        Self::with_config(Config::load(start.reserved.as_deref())?)
    }

    /// Ends the instance: closes sessions and tokens, wipes keys. Every later call answers
    /// `CKR_CRYPTOKI_NOT_INITIALIZED`; a blocked `wait_for_slot_event` returns.
    ///
    /// # Errors
    /// `CKR_CRYPTOKI_NOT_INITIALIZED`
    pub fn finalize(&self) -> Result<()> {
        if self.is_finalized.swap(true, Ordering::AcqRel) {
            return Err(not_initialized());
        }
        {
            let _bell = lock(&self.bell.0);
            self.bell.1.notify_all();
        }
        for number in self.sessions.numbers(|_| true) {
            self.end_session(number);
        }
        self.slots.close();
        Ok(())
    }

    /// `C_GetInfo`
    ///
    /// # Errors
    /// `CKR_CRYPTOKI_NOT_INITIALIZED`
    pub fn info(&self) -> Result<LibraryInfo> {
        self.running()?;
        Ok(LibraryInfo {
            cryptoki_version: (3, 2),
            manufacturer: super::info::MANUFACTURER.into(),
            description: "Keystead software HSM".into(),
            library_version: super::info::LIBRARY_VERSION,
        })
    }

    /// The configuration in force.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Every call asks this first.
    pub(super) fn running(&self) -> Result<()> {
        if self.is_finalized.load(Ordering::Acquire) {
            return Err(not_initialized());
        }
        Ok(())
    }

    /// The session of a handle, if calls may use it.
    pub(super) fn open(&self, session: SessionHandle) -> Result<Entered> {
        self.running()?;
        let open = self.sessions.find(session.0).ok_or_else(|| {
            Error::SessionHandleInvalid(format!("there is no session {}", session.0).into())
        })?;
        open.session.usable()?;
        Ok(Entered::new(open))
    }
}

fn not_initialized() -> Error {
    Error::CryptokiNotInitialized("C_Initialize was not called, or C_Finalize was".into())
}
