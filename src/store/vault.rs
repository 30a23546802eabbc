// SPDX-License-Identifier: MIT OR Apache-2.0
//! The encrypted view of one token. All methods take `&self` and may be called from any thread.

use core::fmt::Debug;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::backend::{Backend, Mode, Transaction};
use super::cells::{Counters, PinCell};
use super::keyring::IndexKeys;
use super::login::Blank;
use super::memory::Memory;
use super::row::Tag;
use super::sqlite::Sqlite;
use super::work::{Session, Work};
use super::{Access, Change, KdfCost, NewToken, PinState, Query, Record, Role, TokenRecord};
use crate::error::{Error, Result};
use crate::object::RecordId;
use crate::pkcs11::AttributeType;
use crate::pkcs11::attribute::{
    CKA_CLASS, CKA_EC_POINT, CKA_ID, CKA_KEY_TYPE, CKA_LABEL, CKA_MODULUS, CKA_SERIAL_NUMBER,
    CKA_SUBJECT, CKA_UNIQUE_ID,
};
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
pub struct Vault {
    pub(super) backend: Box<dyn Backend>,
    pub(super) public: IndexKeys,
    session: RwLock<Option<Arc<Session>>>,
    /// Held while this process tries a PIN.
    pin_turn: Mutex<()>,
}

/// Candidates up to this number are looked up one by one in the other attributes' indexes.
const LOOK_UPS_MAX: usize = 64;

/// The more selective an attribute, the lower its rank.
const fn rank(attribute: AttributeType) -> u8 {
    match attribute {
        CKA_UNIQUE_ID => 0,
        CKA_ID => 1,
        CKA_MODULUS | CKA_EC_POINT => 2,
        CKA_SERIAL_NUMBER | CKA_SUBJECT => 3,
        CKA_LABEL => 4,
        CKA_KEY_TYPE => 6,
        CKA_CLASS => 7,
        _ => 5,
    }
}

impl Vault {
    /// Makes a new token file; nothing may stand there yet.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`, `CKR_DEVICE_MEMORY`
    pub fn create(path: &Path, new: &NewToken<'_>) -> Result<Self> {
        // Under another name until it is whole, so that a crash leaves no half of a token in the slot.
        let draft = Sqlite::draft_of(path)?;
        let made = Sqlite::create(&draft)
            .and_then(|file| Self::create_on(Box::new(file), new))
            .and_then(|vault| {
                drop(vault);
                Sqlite::publish(&draft, path)
            });
        Sqlite::discard(&draft);
        made?;
        Self::open(path)
    }

    /// Makes a token that lives as long as the process.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn create_in_memory(new: &NewToken<'_>) -> Result<Self> {
        Self::create_on(Box::new(Memory::default()), new)
    }

    /// Makes a token in an empty back-end.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    #[doc(hidden)]
    pub fn create_on(backend: Box<dyn Backend>, new: &NewToken<'_>) -> Result<Self> {
        let vault = Self::with(backend)?;
        let blank = Blank::new(new)?;
        let mut tx = vault.backend.begin(Mode::Write)?;
        let counters = Counters {
            next_id: 1,
            ..Counters::default()
        };
        blank.write(&mut *tx, &vault.public, counters)?;
        tx.commit()?;
        Ok(vault)
    }

    /// Opens a token file without any PIN.
    ///
    /// # Errors
    /// `CKR_TOKEN_NOT_RECOGNIZED`, `CKR_DEVICE_ERROR`
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_on(Box::new(Sqlite::open(path)?))
    }

    /// Opens the token in a back-end.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    #[doc(hidden)]
    pub fn open_on(backend: Box<dyn Backend>) -> Result<Self> {
        let vault = Self::with(backend)?;
        Work::anonymous(&vault, Mode::Read)?;
        Ok(vault)
    }

    fn with(backend: Box<dyn Backend>) -> Result<Self> {
        Ok(Self {
            backend,
            public: IndexKeys::public()?,
            session: RwLock::new(None),
            pin_turn: Mutex::default(),
        })
    }

    pub(super) fn begin(&self, mode: Mode) -> Result<Box<dyn Transaction + '_>> {
        self.backend.begin(mode)
    }

    /// PINs are tried one after the other: a try counts as a failure until it is proved.
    pub(super) fn pin_turn(&self) -> (Option<Box<dyn Debug>>, MutexGuard<'_, ()>) {
        let here = self.pin_turn.lock().unwrap_or_else(PoisonError::into_inner);
        (self.backend.pin_turn(), here)
    }

    pub(super) fn session(&self) -> Option<Arc<Session>> {
        self.session
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn remember(&self, session: Option<Arc<Session>>) {
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = session;
    }

    /// Ends a login, unless a newer one has come.
    pub(super) fn forget(&self, old: &Arc<Session>) {
        let mut session = self.session.write().unwrap_or_else(PoisonError::into_inner);
        if session.as_ref().is_some_and(|now| Arc::ptr_eq(now, old)) {
            *session = None;
        }
    }

    /// What anybody may know, as it stands now (other processes included).
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`, `CKR_TOKEN_NOT_PRESENT` when the file is gone
    pub fn info(&self) -> Result<TokenRecord> {
        let work = Work::anonymous(self, Mode::Read).map_err(|error| match error {
            Error::DeviceRemoved(reason) => Error::TokenNotPresent(reason),
            other => other,
        })?;
        let pin = |role| -> Result<PinState> {
            let cell = PinCell::read(&*work.tx, Work::pin_cell(role), &work.token.id)?;
            Ok(PinState {
                is_set: cell.lock.is_some(),
                failures: cell.failures,
                tries_max: cell.tries_max,
                to_be_changed: cell.to_be_changed,
            })
        };
        Ok(TokenRecord {
            slot: work.token.slot,
            so_pin: pin(Role::SecurityOfficer)?,
            user_pin: pin(Role::User)?,
            recovery: work.token.recovery,
            generation: work.counters.generation,
            sealed: work
                .counters
                .generation
                .saturating_sub(work.counters.unsealed),
            label: work.token.label,
            serial: work.token.serial,
        })
    }

    /// Erases everything and starts anew with the same slot: `C_InitToken` on an initialised token.
    /// The SO's PIN must be the right one; wrong tries count. Slot and serial number stay.
    ///
    /// # Errors
    /// `CKR_PIN_INCORRECT`, `CKR_PIN_LOCKED`
    pub fn reinitialize(&self, new: &NewToken<'_>) -> Result<()> {
        self.erase(new)
    }

    /// Checks a PIN and, where the role has one, opens the data key. Counts tries before it derives.
    ///
    /// # Errors
    /// `CKR_PIN_INCORRECT`, `CKR_PIN_LOCKED`, `CKR_USER_PIN_NOT_INITIALIZED`
    pub fn login(&self, role: Role, pin: &Pin) -> Result<()> {
        self.log_in(role, pin)
    }

    /// Checks a PIN and changes nothing but its counter: `CKU_CONTEXT_SPECIFIC`.
    ///
    /// # Errors
    /// As [`login`](Self::login).
    pub fn check_pin(&self, role: Role, pin: &Pin) -> Result<()> {
        self.prove_pin(role, pin)
    }

    /// Forgets the data key.
    pub fn logout(&self) {
        self.remember(None);
    }

    /// Sets the user's PIN; the SO must be logged in. Without a recovery copy this makes a new data key and
    /// erases the private objects of the old one.
    ///
    /// # Errors
    /// `CKR_USER_NOT_LOGGED_IN`, `CKR_DEVICE_ERROR`
    pub fn init_pin(&self, pin: &Pin) -> Result<()> {
        self.reset_user_pin(pin)
    }

    /// Changes a PIN: rewraps one row.
    ///
    /// # Errors
    /// As [`login`](Self::login).
    pub fn set_pin(&self, role: Role, old: &Pin, new: &Pin) -> Result<()> {
        self.change_pin(role, old, new)
    }

    /// What the key derivation of a PIN costs now; `None` while the PIN is not set.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn kdf(&self, role: Role) -> Result<Option<KdfCost>> {
        let work = Work::anonymous(self, Mode::Read)?;
        let cell = PinCell::read(&*work.tx, Work::pin_cell(role), &work.token.id)?;
        Ok(cell.lock.map(|lock| lock.kdf()))
    }

    /// A number that changes whenever anybody changed the token; costs nanoseconds.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn epoch(&self) -> Result<u64> {
        self.backend.epoch()
    }

    /// One object; `None` when it does not exist (any more), or is private while nobody is logged in.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR` when the row was tampered with
    pub fn load(&self, id: RecordId) -> Result<Option<Record>> {
        let work = Work::begin(self, Mode::Read)?;
        let object = work.object(id.0)?;
        Ok(object.map(|(opened, _)| Record {
            id,
            generation: opened.head.generation,
            access: opened.head.access,
            body: opened.body,
        }))
    }

    /// The generation of one object, cheaper than [`load`](Self::load).
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn generation(&self, id: RecordId) -> Result<Option<u64>> {
        let work = Work::begin(self, Mode::Read)?;
        Ok(work.head(id.0)?.map(|head| head.generation))
    }

    /// All changes or none; gives the numbers of the inserted objects in order.
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID` when an object is gone or was changed meanwhile,
    /// `CKR_USER_NOT_LOGGED_IN`, `CKR_DEVICE_MEMORY` when the disk is full, `CKR_DEVICE_ERROR`
    pub fn apply(&self, changes: Vec<Change>) -> Result<Vec<RecordId>> {
        let mut work = Work::begin(self, Mode::Write)?;
        let ids = work.apply(changes)?;
        work.commit()?;
        Ok(ids)
    }

    /// The objects that match, lowest number first; private ones only while the user is logged in.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR` when an index row is missing or was tampered with
    pub fn find(&self, query: &Query, visible: Access) -> Result<Vec<RecordId>> {
        let work = Work::begin(self, Mode::Read)?;
        let mut ids = find_in(&*work.tx, &self.public, query)?;
        if visible == Access::Private
            && let Some(keys) = work.user_keys()
        {
            ids.extend(find_in(&*work.tx, &keys.index, query)?);
            ids.sort_unstable();
        }
        Ok(ids.into_iter().map(RecordId).collect())
    }

    /// How many rows were read since this vault was opened, those of scans included.
    #[must_use]
    pub fn rows_read(&self) -> u64 {
        self.backend.rows_read()
    }

    /// Reads and checks every row, index and counter; more can be checked while logged in.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR` when the file cannot be read at all
    pub fn verify(&self) -> Result<Outcome> {
        self.verify_all()
    }
}

/// The objects of one index that match: the most selective attribute first, then look-ups.
fn find_in(tx: &dyn Transaction, index: &IndexKeys, query: &Query) -> Result<Vec<u64>> {
    let mut wanted: Vec<&(AttributeType, Vec<u8>)> = query.equal.iter().collect();
    wanted.sort_by_key(|(attribute, _)| rank(*attribute));
    let mut tags: Vec<Tag> = wanted
        .iter()
        .map(|(attribute, value)| index.value_tag(*attribute, value))
        .collect();
    if tags.is_empty() {
        tags.push(index.all_tag());
    }
    let mut tags = tags.iter();
    let mut ids = match tags.next() {
        Some(tag) => index.walk(tx, tag)?,
        None => return Ok(Vec::new()),
    };
    for tag in tags {
        if ids.len() > LOOK_UPS_MAX {
            let others: BTreeSet<u64> = index.walk(tx, tag)?.into_iter().collect();
            ids.retain(|id| others.contains(id));
            continue;
        }
        let mut kept = Vec::new();
        for id in ids {
            if index.holds(tx, tag, id)? {
                kept.push(id);
            }
        }
        ids = kept;
    }
    Ok(ids)
}
