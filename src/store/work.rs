// SPDX-License-Identifier: MIT OR Apache-2.0
//! One transaction with what every step of it needs: who the token is, its numbers, the keys of this login.

use core::fmt;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::backend::{Cell, Mode, Transaction};
use super::cells::{Counters, TokenCell, TokenId};
use super::chain::Edits;
use super::keyring::{DataKey, IndexKeys, Keyring};
use super::ledger::{self, Entry, Ledger};
use super::row::{self, Head, Opened, Tag};
use super::vault::Vault;
use super::{Access, Change, NewRecord, Role};
use crate::error::{Error, Result};
use crate::object::RecordId;

/// Who is logged in, to which initialisation of the token.
pub(super) struct Session {
    pub(super) token: TokenId,
    pub(super) role: Role,
    /// Which data key `keys` come from.
    pub(super) data_key: u64,
    pub(super) keys: Option<Arc<Keyring>>,
    /// The data key itself, for the SO's resetting of a PIN.
    pub(super) data: Option<DataKey>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({:?})", self.role)
    }
}

/// A transaction.
pub(super) struct Work<'a> {
    pub(super) tx: Box<dyn Transaction + 'a>,
    pub(super) vault: &'a Vault,
    pub(super) token: TokenCell,
    pub(super) counters: Counters,
    pub(super) session: Option<Arc<Session>>,
}

impl<'a> Work<'a> {
    /// Starts a transaction. A login to a token that was initialised anew meanwhile ends here.
    pub(super) fn begin(vault: &'a Vault, mode: Mode) -> Result<Self> {
        let session = vault.session();
        let mut work = Self::anonymous(vault, mode)?;
        if let Some(session) = session {
            let same_key = session.keys.is_none() || session.data_key == work.counters.data_key;
            if session.token != work.token.id || !same_key {
                vault.forget(&session);
                return Err(Error::DeviceRemoved(
                    "the token was initialised anew by another process; the login is over".into(),
                ));
            }
            work.session = Some(session);
        }
        Ok(work)
    }

    /// Starts a transaction in which nobody is logged in.
    pub(super) fn anonymous(vault: &'a Vault, mode: Mode) -> Result<Self> {
        let tx = vault.begin(mode)?;
        let token = TokenCell::read(&*tx)?;
        let counters = Counters::read(&*tx, &token.id)?;
        Ok(Self {
            tx,
            vault,
            token,
            counters,
            session: None,
        })
    }

    /// The keys, whoever is logged in.
    pub(super) fn keys(&self) -> Option<Arc<Keyring>> {
        self.session
            .as_ref()
            .and_then(|session| session.keys.clone())
    }

    /// The keys while the user is logged in: private objects are not for the Security Officer.
    pub(super) fn user_keys(&self) -> Option<Arc<Keyring>> {
        self.session
            .as_ref()
            .filter(|session| session.role == Role::User)
            .and_then(|session| session.keys.clone())
    }

    fn keys_for(&self, access: Access) -> Option<Arc<Keyring>> {
        match access {
            Access::Public => self.keys(),
            Access::Private => self.user_keys(),
        }
    }

    /// The head of an object; that one is missing is proved by the index.
    pub(super) fn head(&self, id: u64) -> Result<Option<Head>> {
        if !self.was_given(id) {
            return Ok(None);
        }
        match self.tx.object_head(id)? {
            Some(head) => Head::read(&head, &self.token.id, id).map(Some),
            None => self.missing(id).map(|()| None),
        }
    }

    /// An object; `None` when there is none or it is private and the user is not logged in.
    pub(super) fn object(&self, id: u64) -> Result<Option<(Opened, [u8; 32])>> {
        if !self.was_given(id) {
            return Ok(None);
        }
        let Some(row) = self.tx.object(id)? else {
            return self.missing(id).map(|()| None);
        };
        let head = Head::read(&row.head, &self.token.id, id)?;
        let keys = self.keys_for(head.access);
        if head.access == Access::Private && keys.is_none() {
            return Ok(None);
        }
        let opened = row::open(keys.as_deref(), &self.token.id, id, &row)?;
        Ok(Some((opened, row::digest(&row))))
    }

    /// Whether an object ever had this number.
    const fn was_given(&self, id: u64) -> bool {
        id > 0 && id < self.counters.next_id
    }

    fn missing(&self, id: u64) -> Result<()> {
        let public = &self.vault.public;
        let is_listed = public.holds(&*self.tx, &public.all_tag(), id)?
            || match self.user_keys() {
                Some(keys) => keys.index.holds(&*self.tx, &keys.index.all_tag(), id)?,
                None => false,
            };
        if is_listed {
            return Err(Error::DeviceError(
                format!("object {id} is in the index, but its row is missing").into(),
            ));
        }
        Ok(())
    }

    /// Makes all changes.
    pub(super) fn apply(&mut self, changes: Vec<Change>) -> Result<Vec<RecordId>> {
        let keys = self.keys();
        let ledger = match &keys {
            Some(keys) => Some(self.folded(keys)?),
            None => None,
        };
        let mut batch = Batch {
            ledger,
            keys,
            edits: Edits::new(),
            gone: BTreeSet::new(),
        };
        self.counters.generation += 1;
        let mut ids = Vec::new();
        for change in changes {
            match change {
                Change::Insert(record) => {
                    let id = self.counters.next_id;
                    self.counters.next_id += 1;
                    self.insert(&mut batch, id, 1, &record)?;
                    ids.push(RecordId(id));
                }
                Change::Replace(id, generation, record) => {
                    let head = self.take(&mut batch, id.0)?;
                    if head.generation != generation {
                        return Err(Error::ObjectHandleInvalid(
                            "the object was changed meanwhile".into(),
                        ));
                    }
                    self.insert(&mut batch, id.0, generation + 1, &record)?;
                }
                Change::Delete(id) => {
                    self.take(&mut batch, id.0)?;
                    self.tx.delete_object(id.0)?;
                    batch.gone.insert(id.0);
                }
            }
        }
        self.vault
            .public
            .edit(&mut *self.tx, &part(&batch.edits, 0))?;
        if let Some(keys) = &batch.keys {
            keys.index.edit(&mut *self.tx, &part(&batch.edits, 1))?;
        }
        self.finish(&batch)?;
        Ok(ids)
    }

    fn finish(&mut self, batch: &Batch) -> Result<()> {
        match (&batch.keys, &batch.ledger) {
            (Some(keys), Some(ledger)) => {
                ledger.write(&mut *self.tx, keys, &self.token, &mut self.counters)?;
            }
            _ => self.counters.unsealed += 1,
        }
        self.counters.write(&mut *self.tx, &self.token.id)
    }

    /// The ledger, with what was changed without login folded in.
    pub(super) fn folded(&mut self, keys: &Keyring) -> Result<Ledger> {
        let mut ledger = Ledger::read(&*self.tx, keys, &self.token, &self.counters)?;
        if self.counters.journal > 0 {
            ledger::fold(
                &mut *self.tx,
                keys,
                &self.token,
                &mut self.counters,
                &mut ledger,
            )?;
        }
        Ok(ledger)
    }

    fn insert(
        &mut self,
        batch: &mut Batch,
        id: u64,
        generation: u64,
        record: &NewRecord,
    ) -> Result<()> {
        let keys = self.keys_for(record.access);
        let head = Head {
            access: record.access,
            attested: false,
            generation,
            class: record.class.0,
        };
        let vault = self.vault;
        let index = match (record.access, &keys) {
            (Access::Private, Some(keys)) => &keys.index,
            _ => &vault.public,
        };
        let mut tags: Vec<Tag> = record
            .index
            .iter()
            .map(|(attribute, value)| index.value_tag(*attribute, value))
            .collect();
        tags.push(index.all_tag());
        tags.sort_unstable();
        tags.dedup();
        let row = row::write(
            keys.as_deref(),
            &self.token.id,
            id,
            head,
            &tags,
            &record.body,
        )?;
        batch.index(index, &tags, id, 1);
        self.tx.put_object(id, &row)?;
        match (&mut batch.ledger, &batch.keys) {
            (Some(ledger), Some(keys)) => ledger.add(keys, record.access, id, &row::digest(&row)),
            _ => self.note(&Entry::Came(id))?,
        }
        Ok(())
    }

    /// Takes an object out of ledger and index; its row stays.
    fn take(&mut self, batch: &mut Batch, id: u64) -> Result<Head> {
        let object = match batch.gone.contains(&id) {
            true => None,
            false => self.object(id)?,
        };
        let Some((opened, digest)) = object else {
            return Err(Error::ObjectHandleInvalid(
                "the object does not exist any more".into(),
            ));
        };
        let head = opened.head;
        let keys = self.keys_for(head.access);
        let index = match (head.access, &keys) {
            (Access::Private, Some(keys)) => &keys.index,
            _ => &self.vault.public,
        };
        batch.index(index, &opened.tags, id, -1);
        match (&mut batch.ledger, &batch.keys) {
            (Some(ledger), Some(keys)) if head.attested => {
                ledger.remove(keys, head.access, id, &digest);
            }
            (None, _) if head.attested => self.note(&Entry::Went(id, digest))?,
            _ => {}
        }
        Ok(head)
    }

    fn note(&mut self, entry: &Entry) -> Result<()> {
        self.counters.journal += 1;
        self.tx.push_journal(&entry.encode())
    }

    /// Ends a transaction that changed the numbers.
    pub(super) fn commit(self) -> Result<()> {
        self.tx.commit()
    }

    /// Which cell holds a PIN.
    pub(super) const fn pin_cell(role: Role) -> Cell {
        match role {
            Role::SecurityOfficer => Cell::SoPin,
            Role::User => Cell::UserPin,
        }
    }
}

/// What a call changes besides the rows.
struct Batch {
    ledger: Option<Ledger>,
    keys: Option<Arc<Keyring>>,
    edits: Edits,
    /// What this call has deleted, while the index still lists it.
    gone: BTreeSet<u64>,
}

impl Batch {
    fn index(&mut self, index: &IndexKeys, tags: &[Tag], id: u64, edit: i8) {
        for tag in tags {
            *self.edits.entry(index.key(tag, id)).or_default() += edit;
        }
    }
}

/// The edits of one space.
fn part(edits: &Edits, space: u8) -> Edits {
    edits
        .iter()
        .filter(|(key, _)| key.first() == Some(&space))
        .map(|(key, edit)| (*key, *edit))
        .collect()
}
