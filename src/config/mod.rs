// SPDX-License-Identifier: MIT OR Apache-2.0
//! One configuration, read once when the module starts, passed down by reference.
//!
//! No configuration is needed. One file is read, the first of: the one that the reserved string of
//! `C_Initialize` names (`config=/path`), the one that `KEYSTEAD_CONFIG` names,
//! `$XDG_CONFIG_HOME/keystead/keystead.toml`, `/etc/keystead/keystead.toml`. A single value comes from
//! the first that has it: reserved string, environment, file, default. Each setting is one row of
//! `setting`; a program that runs with another user's rights (set-user-ID) ignores the environment.
//! Source: PKCS#11 v3.2, "C_Initialize" (`CK_C_INITIALIZE_ARGS.pReserved` is the module's own).
#![forbid(unsafe_code)]

mod environment;
mod explain;
mod file;
mod reserved;
mod setting;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use crate::error::Result;

pub use environment::{Environment, ForeignRights};
pub use explain::{Candidate, Explained, Found, Origin, Shown, explain};
pub use reserved::Given;

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

/// Which mechanisms the module offers, and with which keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Policy {
    /// All of them.
    All,
    /// Those that are not legacy.
    Modern,
    /// Those that the standards around FIPS 140-3 approve, with the keys that they approve.
    Fips,
}

impl Policy {
    /// The word in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Modern => "modern",
            Self::Fips => "fips",
        }
    }
}

/// What CKM_AES_KEY_WRAP_PAD (0x210A) means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AesKeyWrapPad {
    /// PKCS #7 padding, then RFC 3394: what the standard said while it said something.
    Pkcs7,
    /// RFC 5649, as many tokens have it.
    Rfc5649,
}

/// In which form CKA_EC_POINT of Edwards and Montgomery keys is shown; both are always taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EcPoint {
    /// As a DER OCTET STRING, as version 3.0 said and most programs expect.
    Der,
    /// The bytes of RFC 7748 and RFC 8032.
    Raw,
}

/// What a key shows of CKA_ALLOWED_MECHANISMS when no mechanism is forbidden to it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AllowedMechanisms {
    /// It has no such attribute.
    Absent,
    /// The attribute is an empty list.
    Empty,
}

/// How much is written about calls.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// Nothing.
    Off,
    /// Calls that fail, with their reason.
    Warn,
    /// Every call with its return code.
    Debug,
    /// Every call with its arguments' names and sizes.
    Trace,
}

/// Where it is written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Target {
    /// The host's standard error.
    Stderr,
    /// A file, made with mode 0600 when it is not there.
    File(PathBuf),
}

/// The form of a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// Words for people.
    Text,
    /// One JSON object.
    Json,
}

/// What is written about calls, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogSettings {
    /// How much.
    pub level: Level,
    /// Where.
    pub target: Target,
    /// In which form.
    pub format: Format,
}

impl LogSettings {
    /// Nothing is written.
    pub const OFF: Self = Self {
        level: Level::Off,
        target: Target::Stderr,
        format: Format::Text,
    };

    /// What the environment alone asks for: the log of a module whose configuration cannot be read.
    #[must_use]
    pub fn of_environment() -> Self {
        setting::log_of(&Environment::of_process())
    }
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
    /// Whether `C_OpenSession` gives asynchronous sessions.
    pub async_sessions: bool,
    /// Which mechanisms are offered.
    pub policy: Policy,
    /// What CKM_AES_KEY_WRAP_PAD means.
    pub aes_key_wrap_pad: AesKeyWrapPad,
    /// In which form CKA_EC_POINT of Edwards and Montgomery keys is shown.
    pub ec_point: EcPoint,
    /// What an unrestricted key shows of CKA_ALLOWED_MECHANISMS.
    pub allowed_mechanisms: AllowedMechanisms,
    /// What is written about calls.
    pub log: LogSettings,
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
            policy: Policy::All,
            aes_key_wrap_pad: AesKeyWrapPad::Pkcs7,
            async_sessions: false,
            ec_point: EcPoint::Der,
            allowed_mechanisms: AllowedMechanisms::Absent,
            log: LogSettings::OFF,
        }
    }

    /// Finds and reads the configuration.
    ///
    /// # Errors
    /// `CKR_ARGUMENTS_BAD` when `reserved` is not a configuration, `CKR_GENERAL_ERROR` when a file is
    /// not; the reason names the file, the line and the key.
    pub fn load(reserved: Option<&str>) -> Result<Self> {
        let environment = Environment::of_process();
        let given = Given::parse(reserved.unwrap_or_default())?;
        Ok(explain(&given, &environment)?.config)
    }
}
