// SPDX-License-Identifier: MIT OR Apache-2.0
//! The encrypted view of one token. All methods take `&self` and may be called from any thread.

use std::path::Path;

use super::{Access, Change, NewToken, Query, Record, Role, TokenRecord};
use crate::error::{Error, Result};
use crate::object::RecordId;
use crate::secret::Pin;

/// What a whole-token check found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Outcome {
    /// Objects that are whole.
    pub good: u64,
    /// Public objects that were written without login and have no MAC yet.
    pub unattested: u64,
    /// One line for each thing that is wrong.
    pub problems: Vec<String>,
}

/// One token.
#[derive(Debug)]
pub struct Vault(());

fn later<T>() -> Result<T> {
    Err(Error::FunctionNotSupported(
        "the store is not built yet".into(),
    ))
}

impl Vault {
    /// Makes a new token file; nothing may stand there yet.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`, `CKR_DEVICE_MEMORY`
    pub fn create(path: &Path, new: &NewToken<'_>) -> Result<Self> {
        let _ = (path, new);
        later()
    }

    /// Makes a token that lives as long as the process.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn create_in_memory(new: &NewToken<'_>) -> Result<Self> {
        let _ = new;
        later()
    }

    /// Opens a token file without any PIN.
    ///
    /// # Errors
    /// `CKR_TOKEN_NOT_RECOGNIZED`, `CKR_DEVICE_ERROR`
    pub fn open(path: &Path) -> Result<Self> {
        let _ = path;
        later()
    }

    /// What anybody may know, as it stands now (other processes included).
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`, `CKR_TOKEN_NOT_PRESENT` when the file is gone
    pub fn info(&self) -> Result<TokenRecord> {
        later()
    }

    /// Erases everything and starts anew with the same slot: `C_InitToken` on an initialised token.
    /// The SO's PIN must be the right one; wrong tries count.
    ///
    /// # Errors
    /// `CKR_PIN_INCORRECT`, `CKR_PIN_LOCKED`
    pub fn reinitialize(&self, new: &NewToken<'_>) -> Result<()> {
        let _ = new;
        later()
    }

    /// Checks a PIN and, where the role has one, opens the data key. Counts tries before it derives.
    ///
    /// # Errors
    /// `CKR_PIN_INCORRECT`, `CKR_PIN_LOCKED`, `CKR_USER_PIN_NOT_INITIALIZED`
    pub fn login(&self, role: Role, pin: &Pin) -> Result<()> {
        let _ = (role, pin);
        later()
    }

    /// Checks a PIN and changes nothing but its counter: `CKU_CONTEXT_SPECIFIC`.
    ///
    /// # Errors
    /// As [`login`](Self::login).
    pub fn check_pin(&self, role: Role, pin: &Pin) -> Result<()> {
        let _ = (role, pin);
        later()
    }

    /// Forgets the data key.
    pub fn logout(&self) {}

    /// Sets the user's PIN; the SO must be logged in.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn init_pin(&self, pin: &Pin) -> Result<()> {
        let _ = pin;
        later()
    }

    /// Changes a PIN: rewraps one row.
    ///
    /// # Errors
    /// As [`login`](Self::login).
    pub fn set_pin(&self, role: Role, old: &Pin, new: &Pin) -> Result<()> {
        let _ = (role, old, new);
        later()
    }

    /// A number that changes whenever anybody changed the token; costs nanoseconds.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn epoch(&self) -> Result<u64> {
        later()
    }

    /// One object; `None` when it does not exist (any more), or is private while nobody is logged in.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR` when the row was tampered with
    pub fn load(&self, id: RecordId) -> Result<Option<Record>> {
        let _ = id;
        later()
    }

    /// The generation of one object, cheaper than [`load`](Self::load).
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn generation(&self, id: RecordId) -> Result<Option<u64>> {
        let _ = id;
        later()
    }

    /// All changes or none; gives the numbers of the inserted objects in order.
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID` when an object is gone or was changed meanwhile,
    /// `CKR_DEVICE_MEMORY` when the disk is full, `CKR_DEVICE_ERROR`
    pub fn apply(&self, changes: Vec<Change>) -> Result<Vec<RecordId>> {
        let _ = changes;
        later()
    }

    /// The objects that match, lowest number first; private ones only while the user is logged in.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR` when an index row is missing or was tampered with
    pub fn find(&self, query: &Query, visible: Access) -> Result<Vec<RecordId>> {
        let _ = (query, visible);
        later()
    }

    /// Reads and checks every row, index and counter; more can be checked while logged in.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR` when the file cannot be read at all
    pub fn verify(&self) -> Result<Outcome> {
        later()
    }
}
