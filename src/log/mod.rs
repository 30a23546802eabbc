// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reasons for the user: which call failed and why. Never a PIN, a key or a data byte.
//!
//! The module installs no global logger in its host; it writes its own lines to stderr or to a file,
//! as text or as JSON, and only when `KEYSTEAD_LOG` or the configuration asks for it. A line is one
//! write to a place that appends, so that threads and processes can share it. A file is opened for
//! each line: hosts that close all descriptors, fork or change users, and log rotation, do no harm.
#![forbid(unsafe_code)]

mod line;
mod sink;
mod value;

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Instant;

use crate::config::{Config, LogSettings};
pub use crate::config::{Format, Level, Target};
use crate::error::Error;
use crate::pkcs11::ReturnCode;
use crate::pkcs11::rv::{
    CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL,
    CKR_CRYPTOKI_ALREADY_INITIALIZED, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_FUNCTION_NOT_PARALLEL,
    CKR_MECHANISM_INVALID, CKR_NO_EVENT, CKR_USER_ALREADY_LOGGED_IN,
};

use line::{Ended, Event};
pub use value::{Fields, Value};

/// The level in force, as a number; one log a process, because a process has one standard error.
static LEVEL: AtomicU8 = AtomicU8::new(UNKNOWN);

/// Nobody has configured the log yet.
const UNKNOWN: u8 = u8::MAX;

/// The level in force; costs one relaxed load.
#[must_use]
#[inline]
pub fn level() -> Level {
    match LEVEL.load(Ordering::Relaxed) {
        0 => Level::Off,
        1 => Level::Warn,
        2 => Level::Debug,
        3 => Level::Trace,
        _ => ask_the_environment(),
    }
}

/// Before there is a configuration, and when it cannot be read, the environment alone decides: a
/// `C_Initialize` that fails must be able to say why.
#[cold]
fn ask_the_environment() -> Level {
    let settings = LogSettings::of_environment();
    let number = number(settings.level);
    // Whoever configures the log meanwhile has the last word.
    if LEVEL
        .compare_exchange(UNKNOWN, number, Ordering::Relaxed, Ordering::Relaxed)
        .is_ok()
    {
        sink::replace(&settings);
    }
    settings.level
}

/// Puts the log of a configuration in force.
pub fn configure(config: &Config) {
    sink::replace(&config.log);
    LEVEL.store(number(config.log.level), Ordering::Relaxed);
}

const fn number(level: Level) -> u8 {
    match level {
        Level::Off => 0,
        Level::Warn => 1,
        Level::Debug => 2,
        Level::Trace => 3,
    }
}

/// Records the outcome of one C_ function.
#[inline]
pub fn call(function: &'static str, outcome: Result<(), &Error>) {
    let level = level();
    if level == Level::Off {
        return;
    }
    let at = match outcome {
        Ok(()) => Level::Debug,
        Err(error) => severity(function, error.rv().code()),
    };
    if at <= level {
        let ended = None;
        sink::write(
            at,
            &Event::Call {
                function,
                outcome,
                ended,
            },
        );
    }
}

/// Records something that is no call's outcome: a token that was left out, a setting that was ignored.
pub fn warn(text: &str) {
    if level() >= Level::Warn {
        sink::write(Level::Warn, &Event::Note { text });
    }
}

/// A call that is told about when it begins and when it ends.
#[derive(Debug)]
pub struct Call {
    function: &'static str,
    /// Unlike that of any other call of this process.
    number: u64,
    thread: u64,
    began: Instant,
}

/// How many calls were told about.
static CALLS: AtomicU64 = AtomicU64::new(0);

/// Whether calls are told about with their arguments; costs one relaxed load.
#[must_use]
#[inline]
pub fn is_tracing() -> bool {
    level() == Level::Trace
}

/// Records that a call begins: its arguments by name, as numbers, names and sizes, never data.
#[must_use]
pub fn begin(function: &'static str, thread: u64, arguments: &Fields) -> Call {
    let number = CALLS.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
    sink::write(
        Level::Trace,
        &Event::Arguments {
            function,
            number,
            thread,
            arguments,
        },
    );
    Call {
        function,
        number,
        thread,
        began: Instant::now(),
    }
}

impl Call {
    /// Records how the call ended, and what it gave.
    pub fn end(self, outcome: Result<(), &Error>, results: impl FnOnce() -> Fields) {
        let took = self.began.elapsed();
        let results = &results();
        let ended = Ended {
            number: self.number,
            thread: self.thread,
            took,
            results,
        };
        let function = self.function;
        let at = outcome.map_or_else(
            |error| severity(function, error.rv().code()),
            |()| Level::Debug,
        );
        let event = Event::Call {
            function,
            outcome,
            ended: Some(ended),
        };
        if at <= level() {
            sink::write(at, &event);
        }
    }
}

/// Failures that are part of ordinary work say nothing to somebody who looks for a fault.
const ROUTINE: &[(&str, ReturnCode)] = &[
    ("C_CancelFunction", CKR_FUNCTION_NOT_PARALLEL),
    ("C_Finalize", CKR_CRYPTOKI_NOT_INITIALIZED),
    ("C_GetAttributeValue", CKR_ATTRIBUTE_SENSITIVE),
    ("C_GetAttributeValue", CKR_ATTRIBUTE_TYPE_INVALID),
    ("C_GetFunctionStatus", CKR_FUNCTION_NOT_PARALLEL),
    ("C_GetMechanismInfo", CKR_MECHANISM_INVALID),
    ("C_Initialize", CKR_CRYPTOKI_ALREADY_INITIALIZED),
    ("C_Login", CKR_USER_ALREADY_LOGGED_IN),
    ("C_LoginUser", CKR_USER_ALREADY_LOGGED_IN),
    ("C_WaitForSlotEvent", CKR_NO_EVENT),
];

fn severity(function: &str, code: ReturnCode) -> Level {
    if code == CKR_BUFFER_TOO_SMALL || ROUTINE.contains(&(function, code)) {
        Level::Debug
    } else {
        Level::Warn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pkcs11::rv::{CKR_PIN_INCORRECT, CKR_USER_NOT_LOGGED_IN};

    #[test]
    fn a_failure_is_a_warning_unless_it_is_routine() {
        assert_eq!(severity("C_Login", CKR_PIN_INCORRECT), Level::Warn);
        assert_eq!(severity("C_Sign", CKR_USER_NOT_LOGGED_IN), Level::Warn);
        assert_eq!(severity("C_Sign", CKR_BUFFER_TOO_SMALL), Level::Debug);
        let attribute = CKR_ATTRIBUTE_TYPE_INVALID;
        assert_eq!(severity("C_GetAttributeValue", attribute), Level::Debug);
        assert_eq!(severity("C_CreateObject", attribute), Level::Warn);
    }
}
