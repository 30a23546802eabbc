// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the configuration reads of the process: variables, user, places of files.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};

use crate::error::{Error, Result};

/// The surroundings of the module; tests make their own.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The variables that may be used.
    pub variables: BTreeMap<String, OsString>,
    /// Whether the effective user is root.
    pub is_root: bool,
    /// The file of the whole machine.
    pub system_file: PathBuf,
}

/// The variables that the module looks at; it asks for no other.
const VARIABLES: [&str; 8] = [
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "KEYSTEAD_CONFIG",
    "KEYSTEAD_STORE",
    "KEYSTEAD_LOG",
    "KEYSTEAD_LOG_FILE",
    "KEYSTEAD_LOG_FORMAT",
];

impl Environment {
    /// The surroundings of this process; without variables when it runs with rights that its caller
    /// does not have, because then the caller must not choose the files that are opened.
    #[must_use]
    pub fn of_process() -> Self {
        let variables = if runs_with_foreign_rights() {
            BTreeMap::new()
        } else {
            VARIABLES
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), std::env::var_os(name)?)))
                .collect()
        };
        Self {
            variables,
            is_root: std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0),
            system_file: PathBuf::from("/etc/keystead/keystead.toml"),
        }
    }

    /// The text of a variable; an empty one counts as not set.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` when the value is not UTF-8.
    pub fn text(&self, name: &str) -> Result<Option<&str>> {
        let Some(value) = self.variables.get(name).filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        value.to_str().map(Some).ok_or_else(|| {
            Error::GeneralError(format!("environment variable {name} is not UTF-8").into())
        })
    }

    /// A directory that a variable names; the XDG specification says to ignore a relative one.
    #[must_use]
    pub fn directory(&self, name: &str) -> Option<&Path> {
        self.variables
            .get(name)
            .map(Path::new)
            .filter(|path| path.is_absolute())
    }
}

/// Whether the kernel marked this process (`AT_SECURE`): set-user-ID, set-group-ID, capabilities.
#[derive(Debug)]
pub struct ForeignRights;

/// 0: not known yet; otherwise one of the two below.
static FOREIGN_RIGHTS: AtomicU8 = AtomicU8::new(0);
const OWN: u8 = 1;
const FOREIGN: u8 = 2;

impl ForeignRights {
    /// Whether somebody has said it.
    #[must_use]
    pub fn are_known() -> bool {
        FOREIGN_RIGHTS.load(Ordering::Relaxed) != 0
    }

    /// Keeps what the C library says; without it, the file of the kernel is asked, which a process
    /// that gave up root's rights cannot read.
    pub fn remember(foreign: bool) {
        FOREIGN_RIGHTS.store(if foreign { FOREIGN } else { OWN }, Ordering::Relaxed);
    }
}

fn runs_with_foreign_rights() -> bool {
    match FOREIGN_RIGHTS.load(Ordering::Relaxed) {
        OWN => false,
        FOREIGN => true,
        _ => kernel_says_foreign_rights(),
    }
}

fn kernel_says_foreign_rights() -> bool {
    const AT_SECURE: u64 = 23;
    match std::fs::read("/proc/self/auxv") {
        Ok(vector) => vector
            .chunks_exact(16)
            .filter_map(|pair| pair.split_first_chunk::<8>())
            .find(|(kind, _)| u64::from_ne_bytes(**kind) == AT_SECURE)
            .is_some_and(|(_, value)| value.iter().any(|byte| *byte != 0)),
        // A system without this file has no such mark; one that hides it from us has a reason.
        Err(error) => error.kind() == std::io::ErrorKind::PermissionDenied,
    }
}
