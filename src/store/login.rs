// SPDX-License-Identifier: MIT OR Apache-2.0
//! Initialisation, login and PINs.
//!
//! Source: PKCS#11 v3.2, sections 5.5 (`C_InitToken`, `C_InitPIN`, `C_SetPIN`) and 5.6 (`C_Login`).

use std::sync::Arc;

use super::backend::{Cell, Mode, Transaction};
use super::cells::{self, Counters, PinCell, PinLock, TokenCell};
use super::keyring::{DataKey, IndexKeys, Keyring};
use super::ledger::{Entry, Ledger};
use super::row;
use super::vault::Vault;
use super::work::{Session, Work};
use super::{Access, KdfCost, NewToken, Role};
use crate::crypto::{entropy, seal};
use crate::error::{Error, Result};
use crate::secret::{Pin, SecretBytes};

const LABEL_LEN_MAX: usize = 32;
const PAGE: usize = 256;

/// Everything of a new token that takes time to make.
pub(super) struct Blank {
    token: TokenCell,
    so: PinLock,
    data: Option<DataKey>,
}

impl Blank {
    pub(super) fn new(new: &NewToken<'_>) -> Result<Self> {
        if new.label.len() > LABEL_LEN_MAX {
            return Err(Error::ArgumentsBad(
                "a token's label has at most 32 bytes".into(),
            ));
        }
        let serial: [u8; 8] = entropy::array()?;
        let token = TokenCell {
            id: entropy::array()?,
            slot: new.slot,
            recovery: new.recovery,
            tries_max: new.pin_tries_max.max(1),
            label: new.label.to_owned(),
            serial: serial.iter().map(|byte| format!("{byte:02x}")).collect(),
        };
        let data = match new.recovery {
            true => Some(DataKey::generate()?),
            false => None,
        };
        // Without a recovery copy there is nothing to wrap: random bytes serve to check the PIN.
        let nothing = entropy::secret(seal::KEY_LEN)?;
        let secret = data.as_ref().map_or(nothing.expose(), DataKey::expose);
        let so = PinLock::new(
            &token.id,
            Role::SecurityOfficer,
            new.so_pin,
            new.kdf,
            secret,
        )?;
        Ok(Self { token, so, data })
    }

    /// Writes the token; nothing but cells may stand there.
    pub(super) fn write(
        self,
        tx: &mut dyn Transaction,
        public: &IndexKeys,
        mut counters: Counters,
    ) -> Result<()> {
        let id = self.token.id;
        self.token.write(tx)?;
        let mut pin = PinCell {
            failures: 0,
            tries_max: self.token.tries_max,
            to_be_changed: false,
            lock: None,
        };
        pin.write(tx, Cell::UserPin, &id)?;
        pin.lock = Some(self.so);
        pin.write(tx, Cell::SoPin, &id)?;
        public.begin(tx)?;
        counters.generation += 1;
        counters.unsealed = counters.generation;
        counters.journal = 0;
        match &self.data {
            Some(data) => {
                let keys = Keyring::new(data, &id)?;
                keys.index.begin(tx)?;
                counters.data_key += 1;
                Ledger::new(&self.token).write(tx, &keys, &self.token, &mut counters)?;
            }
            None => {
                counters.data_key = 0;
                cells::write(tx, Cell::Header, &id, Vec::new())?;
            }
        }
        counters.write(tx, &id)
    }
}

/// A PIN that was right.
struct Proof {
    lock: PinLock,
    secret: SecretBytes,
}

impl Vault {
    /// Counts a try, then derives; the caller resets the counter in the transaction that uses the proof.
    fn try_pin(&self, role: Role, pin: &Pin) -> Result<Proof> {
        let cell = Work::pin_cell(role);
        let mut work = Work::anonymous(self, Mode::Write)?;
        let id = work.token.id;
        let mut state = PinCell::read(&*work.tx, cell, &id)?;
        let Some(lock) = state.lock.clone() else {
            return Err(Error::UserPinNotInitialized(
                "the PIN has not been set yet".into(),
            ));
        };
        if state.failures >= state.tries_max {
            return Err(Error::PinLocked(
                "too many wrong PINs; the PIN is locked".into(),
            ));
        }
        state.failures += 1;
        state.write(&mut *work.tx, cell, &id)?;
        work.commit()?;
        match lock.open(&id, role, pin)? {
            Some(secret) => Ok(Proof { lock, secret }),
            None => Err(Error::PinIncorrect("the PIN is wrong".into())),
        }
    }

    /// Starts the transaction that uses a proof: the PIN must still be the one that was proved.
    fn settle(&self, role: Role, proof: &Proof) -> Result<(Work<'_>, PinCell)> {
        let work = Work::anonymous(self, Mode::Write)?;
        let mut state = PinCell::read(&*work.tx, Work::pin_cell(role), &work.token.id)?;
        if state.lock.as_ref() != Some(&proof.lock) {
            return Err(Error::PinIncorrect(
                "the PIN was changed by another process meanwhile".into(),
            ));
        }
        state.failures = 0;
        Ok((work, state))
    }

    pub(super) fn log_in(&self, role: Role, pin: &Pin) -> Result<()> {
        let _turn = self.pin_turn();
        let proof = self.try_pin(role, pin)?;
        let newer = self.raised(role, pin, &proof)?;
        let (mut work, mut state) = self.settle(role, &proof)?;
        if newer.is_some() {
            state.lock = newer;
        }
        let token = work.token.id;
        state.write(&mut *work.tx, Work::pin_cell(role), &token)?;
        let has_key = role == Role::User || work.token.recovery;
        let data = has_key.then(|| DataKey::unwrapped(proof.secret));
        let keys = match &data {
            Some(data) => Some(Arc::new(Keyring::new(data, &token)?)),
            None => None,
        };
        if let Some(keys) = &keys {
            let has_journal = work.counters.journal > 0;
            let ledger = work.folded(keys)?;
            if has_journal {
                work.seal(keys, &ledger)?;
            }
        }
        let session = Session {
            token,
            role,
            data_key: work.counters.data_key,
            data,
            keys,
        };
        work.commit()?;
        self.remember(Some(Arc::new(session)));
        Ok(())
    }

    /// A lock for the same PIN and secret, when the default cost has risen.
    fn raised(&self, role: Role, pin: &Pin, proof: &Proof) -> Result<Option<PinLock>> {
        if !proof.lock.is_outdated() {
            return Ok(None);
        }
        let token = Work::anonymous(self, Mode::Read)?.token.id;
        let kdf = proof.lock.next_cost();
        PinLock::new(&token, role, pin, kdf, proof.secret.expose()).map(Some)
    }

    pub(super) fn prove_pin(&self, role: Role, pin: &Pin) -> Result<()> {
        let _turn = self.pin_turn();
        let proof = self.try_pin(role, pin)?;
        let (mut work, state) = self.settle(role, &proof)?;
        let token = work.token.id;
        state.write(&mut *work.tx, Work::pin_cell(role), &token)?;
        work.commit()
    }

    pub(super) fn change_pin(&self, role: Role, old: &Pin, new: &Pin) -> Result<()> {
        let _turn = self.pin_turn();
        let proof = self.try_pin(role, old)?;
        let token = Work::anonymous(self, Mode::Read)?.token.id;
        let kdf = proof.lock.next_cost();
        let lock = PinLock::new(&token, role, new, kdf, proof.secret.expose())?;
        let (mut work, mut state) = self.settle(role, &proof)?;
        state.lock = Some(lock);
        state.to_be_changed = false;
        state.write(&mut *work.tx, Work::pin_cell(role), &token)?;
        let keys = match role == Role::User || work.token.recovery {
            true => Some(Keyring::new(&DataKey::unwrapped(proof.secret), &token)?),
            false => None,
        };
        work.advance(keys.as_ref())?;
        work.commit()
    }

    pub(super) fn reset_user_pin(&self, pin: &Pin) -> Result<()> {
        let work = Work::begin(self, Mode::Read)?;
        let Some(session) = work.session.clone() else {
            return Err(not_so());
        };
        if session.role != Role::SecurityOfficer {
            return Err(not_so());
        }
        let token = work.token.id;
        let so = PinCell::read(&*work.tx, Cell::SoPin, &token)?;
        drop(work);
        let kdf = so.lock.map_or(KdfCost::Standard, |lock| lock.next_cost());
        let fresh = match session.data {
            Some(_) => None,
            None => Some(DataKey::generate()?),
        };
        let Some(data) = session.data.as_ref().or(fresh.as_ref()) else {
            return Err(not_so());
        };
        let lock = PinLock::new(&token, Role::User, pin, kdf, data.expose())?;
        let keys = Keyring::new(data, &token)?;
        let mut work = Work::begin(self, Mode::Write)?;
        if work.token.id != token {
            return Err(not_so());
        }
        let state = PinCell {
            failures: 0,
            tries_max: work.token.tries_max,
            to_be_changed: false,
            lock: Some(lock),
        };
        state.write(&mut *work.tx, Cell::UserPin, &token)?;
        if fresh.is_some() {
            work.start_over(&keys)?;
        } else {
            work.advance(Some(&keys))?;
        }
        work.commit()
    }

    pub(super) fn erase(&self, new: &NewToken<'_>) -> Result<()> {
        let _turn = self.pin_turn();
        let proof = self.try_pin(Role::SecurityOfficer, new.so_pin)?;
        let mut blank = Blank::new(new)?;
        let (mut work, _) = self.settle(Role::SecurityOfficer, &proof)?;
        blank.token.slot = work.token.slot;
        blank.token.serial.clone_from(&work.token.serial);
        work.tx.erase()?;
        let counters = work.counters.clone();
        blank.write(&mut *work.tx, &self.public, counters)?;
        work.commit()?;
        self.remember(None);
        Ok(())
    }
}

fn not_so() -> Error {
    Error::UserNotLoggedIn("the Security Officer must be logged in".into())
}

impl Work<'_> {
    /// One more generation, sealed when there are keys.
    fn advance(&mut self, keys: Option<&Keyring>) -> Result<()> {
        let Some(keys) = keys else {
            self.counters.generation += 1;
            self.counters.unsealed += 1;
            return self.counters.write(&mut *self.tx, &self.token.id);
        };
        let ledger = self.folded(keys)?;
        self.counters.generation += 1;
        self.seal(keys, &ledger)
    }

    /// Seals the header and writes the numbers.
    fn seal(&mut self, keys: &Keyring, ledger: &Ledger) -> Result<()> {
        // A header under a key of its own for each generation: the fold is a change as well.
        if self.counters.journal > 0 || self.counters.unsealed > 0 {
            self.counters.generation += 1;
        }
        ledger.write(&mut *self.tx, keys, &self.token, &mut self.counters)?;
        self.counters.write(&mut *self.tx, &self.token.id)
    }

    /// A new data key: private objects of the old one are lost, public ones are attested anew.
    fn start_over(&mut self, keys: &Keyring) -> Result<()> {
        self.tx
            .delete_index_range(&keys.index.start(), &keys.index.end())?;
        keys.index.begin(&mut *self.tx)?;
        self.tx.clear_journal()?;
        self.counters.journal = 0;
        self.counters.generation += 1;
        self.counters.data_key += 1;
        let mut ledger = Ledger::new(&self.token);
        let mut last = 0;
        loop {
            let rows = self.tx.objects_after(last, PAGE)?;
            let Some((greatest, _)) = rows.last() else {
                break;
            };
            last = *greatest;
            for (id, old) in rows {
                let head = row::Head::read(&old.head, &self.token.id, id);
                if head.is_ok_and(|head| head.access == Access::Private) {
                    self.tx.delete_object(id)?;
                    continue;
                }
                // What is damaged stays as it is, for the check to find.
                let Ok(opened) = row::open(None, &self.token.id, id, &old) else {
                    self.counters.journal += 1;
                    self.tx.push_journal(&Entry::Came(id).encode())?;
                    continue;
                };
                let new = row::write(
                    Some(keys),
                    &self.token.id,
                    id,
                    opened.head,
                    &opened.tags,
                    &opened.body,
                )?;
                self.tx.put_object(id, &new)?;
                ledger.add(keys, Access::Public, id, &row::digest(&new));
            }
        }
        ledger.write(&mut *self.tx, keys, &self.token, &mut self.counters)?;
        self.counters.write(&mut *self.tx, &self.token.id)
    }
}
