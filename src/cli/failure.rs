// SPDX-License-Identifier: MIT OR Apache-2.0
//! Why a command did not do its work: the thing, the reason, the next step.

use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::error::Error;
use crate::pkcs11::ReturnCode;
use crate::pkcs11::rv::{
    CKR_DEVICE_ERROR, CKR_MECHANISM_INVALID, CKR_PIN_INCORRECT, CKR_PIN_LOCKED,
    CKR_TOKEN_NOT_RECOGNIZED, CKR_USER_PIN_NOT_INITIALIZED,
};

/// What a command gives.
pub(super) type Outcome<T = ()> = Result<T, Failure>;

/// The documented exit codes other than 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Exit {
    /// 1
    Failed,
    /// 2
    Usage,
    /// 3
    Problems,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Problems => 3,
        })
    }
}

/// A failure in words.
#[derive(Debug)]
pub(super) struct Failure {
    exit: Exit,
    what: String,
    next: Option<String>,
}

impl Failure {
    /// Something was refused or failed.
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self {
            exit: Exit::Failed,
            what: what.into(),
            next: None,
        }
    }

    /// The command line asks for something that makes no sense.
    pub(super) fn usage(what: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            ..Self::new(what)
        }
    }

    /// A check found something.
    pub(super) fn problems(what: impl Into<String>) -> Self {
        Self {
            exit: Exit::Problems,
            ..Self::new(what)
        }
    }

    /// The module refused; `what` says what was tried. The next step follows from the code.
    pub(super) fn refused(what: impl Into<String>) -> impl FnOnce(Error) -> Self {
        let what = what.into();
        move |error| Self {
            exit: Exit::Failed,
            what: format!("{what}: {error}"),
            next: next_step(error.rv().code()).map(str::to_owned),
        }
    }

    /// Adds the next step.
    pub(super) fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// The exit code.
    pub(super) const fn exit(&self) -> Exit {
        self.exit
    }

    /// Writes it to standard error.
    pub(super) fn report(&self) {
        let mut text = format!("keystead: {}\n", self.what);
        if let Some(next) = &self.next {
            text.push_str(&format!("  next: {next}\n"));
        }
        // There is no further place to complain to.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// A note that is no failure, on standard error.
pub(super) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "keystead: {text}");
}

fn next_step(code: ReturnCode) -> Option<&'static str> {
    const STEPS: &[(ReturnCode, &str)] = &[
        (
            CKR_PIN_INCORRECT,
            "type it again; \"keystead token show\" warns when few tries are left",
        ),
        (
            CKR_PIN_LOCKED,
            "the SO gives the user a new PIN with \"keystead pin reset\"; a locked SO PIN stays locked",
        ),
        (
            CKR_USER_PIN_NOT_INITIALIZED,
            "the SO sets the user's PIN with \"keystead pin reset\"",
        ),
        (
            CKR_TOKEN_NOT_RECOGNIZED,
            "\"keystead token list\" shows the tokens; \"keystead init\" makes one",
        ),
        (
            CKR_MECHANISM_INVALID,
            "\"keystead mechanisms\" shows what there is",
        ),
        (
            CKR_DEVICE_ERROR,
            "\"keystead config show\" tells where the tokens live; \"keystead verify\" checks them",
        ),
    ];
    STEPS
        .iter()
        .find(|(known, _)| *known == code)
        .map(|(_, step)| *step)
}
