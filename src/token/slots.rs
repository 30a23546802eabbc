// SPDX-License-Identifier: MIT OR Apache-2.0
//! The slots: one for each token of the store, and a blank one, always last, for the next token.
//!
//! A slot's id is in the name of the token's file, so it never changes.
//! Source: PKCS#11 v3.2, "C_GetSlotList", "C_InitToken", "C_WaitForSlotEvent".

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::{Policy, Token};
use crate::config::StoreLocation;
use crate::error::{Error, Result};
use crate::log;
use crate::pkcs11::SlotId;
use crate::secret::Pin;
use crate::session::lock;
use crate::store::{NewToken, Vault};

/// What is in a slot.
#[derive(Clone, Debug)]
pub enum Slot {
    /// A token.
    Token(Arc<Token>),
    /// Room for the next token.
    Blank,
    /// A file that cannot be opened, and why.
    Broken(Error),
}

/// All slots.
#[derive(Debug)]
pub struct Slots {
    location: StoreLocation,
    /// Every slot but the blank one.
    known: RwLock<BTreeMap<SlotId, Slot>>,
    /// Slots whose token came or went by another's doing.
    events: Mutex<VecDeque<SlotId>>,
    /// Object handles, unique in the whole module.
    numbers: Arc<AtomicU64>,
}

type Known = BTreeMap<SlotId, Slot>;

/// The id after all others, so that the blank slot stands last.
fn blank(known: &Known) -> SlotId {
    SlotId(
        known
            .last_key_value()
            .map_or(0, |(last, _)| last.0.saturating_add(1)),
    )
}

fn file(directory: &Path, slot: SlotId) -> PathBuf {
    directory.join(format!("slot-{}.token", slot.0))
}

/// The slot that a file name stands for; only the form that [`file`] writes counts.
fn slot_of(name: &str) -> Option<SlotId> {
    let digits = name.strip_prefix("slot-")?.strip_suffix(".token")?;
    let id: u64 = digits.parse().ok()?;
    (id.to_string() == digits).then_some(SlotId(id))
}

fn device(what: &str, error: &std::io::Error) -> Error {
    Error::DeviceError(format!("{what}: {}", error.kind()).into())
}

impl Slots {
    /// Looks for tokens.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR` when the directory cannot be read.
    pub fn open(location: StoreLocation) -> Result<Self> {
        let slots = Self {
            location,
            known: RwLock::default(),
            events: Mutex::default(),
            numbers: Arc::default(),
        };
        slots.refresh()?;
        lock(&slots.events).clear();
        Ok(slots)
    }

    /// The ids of all slots: tokens in their order, the blank slot last.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn list(&self) -> Result<Vec<SlotId>> {
        self.refresh()?;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut ids: Vec<SlotId> = known.keys().copied().collect();
        ids.push(blank(&known));
        Ok(ids)
    }

    /// What is in a slot; an id that is not known is looked for in the store once more.
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`
    pub fn find(&self, id: SlotId) -> Result<Slot> {
        if let Some(Slot::Token(token)) = self.known(id) {
            return Ok(Slot::Token(token));
        }
        self.refresh()?;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        match known.get(&id) {
            Some(slot) => Ok(slot.clone()),
            None if id == blank(&known) => Ok(Slot::Blank),
            None => Err(Error::SlotIdInvalid(
                format!("there is no slot {}", id.0).into(),
            )),
        }
    }

    /// The token in a slot.
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`, `CKR_TOKEN_NOT_RECOGNIZED`, `CKR_DEVICE_ERROR`
    pub fn token(&self, id: SlotId) -> Result<Arc<Token>> {
        match self.find(id)? {
            Slot::Token(token) => Ok(token),
            Slot::Broken(error) => Err(error),
            Slot::Blank => Err(Error::TokenNotRecognized(
                "the token is not initialised".into(),
            )),
        }
    }

    /// Every token that is open.
    #[must_use]
    pub fn tokens(&self) -> Vec<Arc<Token>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known
            .values()
            .filter_map(|slot| match slot {
                Slot::Token(token) => Some(Arc::clone(token)),
                Slot::Blank | Slot::Broken(_) => None,
            })
            .collect()
    }

    /// `C_InitToken`
    ///
    /// # Errors
    /// `CKR_SESSION_EXISTS`, `CKR_PIN_INCORRECT`, `CKR_PIN_LEN_RANGE`, `CKR_SLOT_ID_INVALID`
    pub fn init_token(&self, id: SlotId, so_pin: &[u8], label: &str, policy: Policy) -> Result<()> {
        match self.find(id)? {
            Slot::Token(token) => token.reinitialize(so_pin, label, policy),
            Slot::Broken(error) => Err(error),
            Slot::Blank => self.create(id, so_pin, label, policy),
        }
    }

    fn create(&self, id: SlotId, so_pin: &[u8], label: &str, policy: Policy) -> Result<()> {
        let new = NewToken {
            slot: id,
            label,
            so_pin: &Pin::new(so_pin)?,
            recovery: policy.recovery,
            pin_tries_max: policy.pin_tries_max,
            kdf: policy.kdf,
        };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.contains_key(&id) {
            return Err(Error::FunctionFailed(
                "another thread initialised this slot's token just now".into(),
            ));
        }
        let vault = match &self.location {
            StoreLocation::Memory => Vault::create_in_memory(&new)?,
            StoreLocation::Directory(directory) => {
                make_directory(directory)?;
                Vault::create(&file(directory, id), &new)?
            }
        };
        let token = Token::new(id, vault, Arc::clone(&self.numbers));
        known.insert(id, Slot::Token(Arc::new(token)));
        Ok(())
    }

    /// Removes a token with everything in it; its slot is blank again or gone.
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`, `CKR_TOKEN_NOT_RECOGNIZED`, `CKR_SESSION_EXISTS`, `CKR_DEVICE_ERROR`
    pub fn delete(&self, id: SlotId) -> Result<()> {
        let token = self.token(id)?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        token.retire()?;
        if let StoreLocation::Directory(directory) = &self.location {
            remove_files(directory, id)?;
        }
        known.remove(&id);
        Ok(())
    }

    /// A slot whose token came or went, if there is one.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn event(&self) -> Result<Option<SlotId>> {
        self.refresh()?;
        Ok(lock(&self.events).pop_front())
    }

    /// Forgets every token, with its keys.
    pub fn close(&self) {
        let known =
            core::mem::take(&mut *self.known.write().unwrap_or_else(PoisonError::into_inner));
        for slot in known.into_values() {
            if let Slot::Token(token) = slot {
                token.close();
            }
        }
    }

    fn known(&self, id: SlotId) -> Option<Slot> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).cloned()
    }

    /// Looks at the store again: new tokens are opened, tokens that are gone are forgotten.
    fn refresh(&self) -> Result<()> {
        let StoreLocation::Directory(directory) = &self.location else {
            return Ok(());
        };
        let there = token_files(directory)?;
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            let is_same = known.len() == there.len()
                && known.iter().all(|(id, slot)| {
                    there.contains(id) && matches!(slot, Slot::Token(token) if token.is_present())
                });
            if is_same {
                return Ok(());
            }
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let mut events = lock(&self.events);
        known.retain(|id, slot| {
            let stays = there.contains(id)
                && match slot {
                    Slot::Token(token) => token.is_present(),
                    Slot::Blank | Slot::Broken(_) => true,
                };
            if !stays {
                events.push_back(*id);
            }
            stays
        });
        for id in there {
            if matches!(known.get(&id), Some(Slot::Token(_))) {
                continue;
            }
            let slot = self.open_file(directory, id);
            if known.insert(id, slot).is_none() && !events.contains(&id) {
                events.push_back(id);
            }
        }
        Ok(())
    }

    fn open_file(&self, directory: &Path, id: SlotId) -> Slot {
        match Vault::open(&file(directory, id)) {
            Ok(vault) => Slot::Token(Arc::new(Token::new(id, vault, Arc::clone(&self.numbers)))),
            Err(error) => {
                log::warn(&format!("the token of slot {} was left out: {error}", id.0));
                Slot::Broken(error)
            }
        }
    }
}

/// The slots of the token files in a directory, lowest first; none when there is no directory yet.
fn token_files(directory: &Path) -> Result<Vec<SlotId>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(device("the store's directory cannot be read", &error)),
    };
    let mut ids = Vec::new();
    for entry in entries {
        let entry =
            entry.map_err(|error| device("the store's directory cannot be read", &error))?;
        ids.extend(entry.file_name().to_str().and_then(slot_of));
    }
    ids.sort_unstable();
    Ok(ids)
}

/// Removes a token's file, then whatever the store keeps beside it under the same name.
fn remove_files(directory: &Path, id: SlotId) -> Result<()> {
    let failed = |error: std::io::Error| device("the token's file cannot be removed", &error);
    let main = file(directory, id);
    fs::remove_file(&main).map_err(failed)?;
    let name = main.file_name().and_then(|name| name.to_str());
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let beside = entry.file_name();
        let rest = beside
            .to_str()
            .zip(name)
            .and_then(|(beside, name)| beside.strip_prefix(name));
        if rest.is_some_and(|rest| rest.starts_with(['-', '.'])) {
            fs::remove_file(entry.path()).map_err(failed)?;
        }
    }
    Ok(())
}

/// Makes the store's directory, for its owner only.
fn make_directory(directory: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|error| device("the store's directory cannot be made", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_the_module_writes_are_tokens() {
        assert_eq!(slot_of("slot-0.token"), Some(SlotId(0)));
        assert_eq!(slot_of("slot-17.token"), Some(SlotId(17)));
        for name in [
            "slot-01.token",
            "slot-.token",
            "slot-1.token-wal",
            "slot--1.token",
            "slot-+1.token",
            "a",
        ] {
            assert_eq!(slot_of(name), None, "{name}");
        }
    }

    #[test]
    fn the_blank_slot_comes_after_all_others() {
        let mut known = Known::new();
        assert_eq!(blank(&known), SlotId(0));
        known.insert(SlotId(4), Slot::Broken(Error::DeviceError("x".into())));
        assert_eq!(blank(&known), SlotId(5));
    }
}
