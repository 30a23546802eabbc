// SPDX-License-Identifier: MIT OR Apache-2.0
//! The sealed header: which objects there are, as a count and a keyed hash of the set.
//!
//! The hash is the exclusive-or of one HMAC for each object (MSet-XOR-Hash of Clarke and others, ASIACRYPT 2003),
//! so that it changes with one object and not with all. Changes made without login touch public objects only and
//! stand in the journal until somebody who has the data key folds them in.

use std::collections::BTreeSet;

use super::Access;
use super::backend::{Cell, Transaction};
use super::cells::{self, Counters, TokenCell, damaged};
use super::keyring::Keyring;
use super::row;
use super::wire::{Reader, Writer};
use crate::crypto::keyed::sha256;
use crate::crypto::seal;
use crate::error::Result;

/// The header, opened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Ledger {
    pub(super) count: u64,
    pub(super) sum: [u8; 32],
    identity: [u8; 32],
}

impl Ledger {
    /// The header of a token without objects.
    pub(super) fn new(token: &TokenCell) -> Self {
        Self {
            count: 0,
            sum: [0; 32],
            identity: sha256(&[&token.encode()]),
        }
    }

    fn mix(&mut self, keys: &Keyring, access: Access, id: u64, digest: &[u8; 32]) {
        let access = [u8::from(access == Access::Private)];
        let member = keys.member.tag(&[&access, &id.to_be_bytes(), digest]);
        self.sum
            .iter_mut()
            .zip(member)
            .for_each(|(sum, byte)| *sum ^= byte);
    }

    /// A row came in.
    pub(super) fn add(&mut self, keys: &Keyring, access: Access, id: u64, digest: &[u8; 32]) {
        self.mix(keys, access, id, digest);
        self.count = self.count.wrapping_add(1);
    }

    /// A row went out.
    pub(super) fn remove(&mut self, keys: &Keyring, access: Access, id: u64, digest: &[u8; 32]) {
        self.mix(keys, access, id, digest);
        self.count = self.count.wrapping_sub(1);
    }

    /// Opens the header that stands at the generation of the last sealing.
    pub(super) fn read(
        tx: &dyn Transaction,
        keys: &Keyring,
        token: &TokenCell,
        counters: &Counters,
    ) -> Result<Self> {
        let bytes = cells::read(tx, Cell::Header, &token.id)?;
        let generation = counters.generation.wrapping_sub(counters.unsealed);
        let key = keys.header.subkey(&[&generation.to_be_bytes()]);
        let plain = seal::open(key.expose(), &token.id, &bytes)?;
        let ledger = plain.and_then(|plain| Self::decode(plain.expose()));
        ledger
            .filter(|ledger| ledger.identity == sha256(&[&token.encode()]))
            .ok_or_else(|| damaged(Cell::Header))
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let ledger = Self {
            count: reader.u64()?,
            sum: reader.array()?,
            identity: reader.array()?,
        };
        reader.end()?;
        Some(ledger)
    }

    /// Seals the header at the present generation.
    pub(super) fn write(
        &self,
        tx: &mut dyn Transaction,
        keys: &Keyring,
        token: &TokenCell,
        counters: &mut Counters,
    ) -> Result<()> {
        counters.unsealed = 0;
        let plain = Writer::default()
            .u64(self.count)
            .bytes(&self.sum)
            .bytes(&self.identity)
            .done();
        let key = keys.header.subkey(&[&counters.generation.to_be_bytes()]);
        let sealed = seal::seal(key.expose(), &token.id, &plain)?;
        cells::write(tx, Cell::Header, &token.id, sealed)
    }
}

/// A change that was made without login.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Entry {
    /// A public object came, and no key vouches for it.
    Came(u64),
    /// A public object that was counted, with this digest, went.
    Went(u64, [u8; 32]),
}

impl Entry {
    pub(super) fn encode(&self) -> Vec<u8> {
        let (went, id, digest) = match self {
            Self::Came(id) => (false, *id, [0; 32]),
            Self::Went(id, digest) => (true, *id, *digest),
        };
        let bytes = Writer::default().bool(went).u64(id).bytes(&digest).done();
        let check = sha256(&[b"keystead journal", &bytes]);
        Writer(bytes).bytes(&check).done()
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let went = reader.bool()?;
        let id = reader.u64()?;
        let entry = if went {
            Self::Went(id, reader.array()?)
        } else {
            reader.take(32)?;
            Self::Came(id)
        };
        (entry.encode() == bytes).then_some(entry)
    }
}

/// The whole journal.
pub(super) fn journal(tx: &dyn Transaction, counters: &Counters) -> Result<Vec<Entry>> {
    let entries: Option<Vec<Entry>> = tx
        .journal()?
        .iter()
        .map(|entry| Entry::decode(entry))
        .collect();
    entries
        .filter(|entries| u64::try_from(entries.len()).is_ok_and(|len| len == counters.journal))
        .ok_or_else(|| {
            crate::error::Error::DeviceError(
                "the token's journal is damaged or was tampered with".into(),
            )
        })
}

/// Folds the journal into the ledger: attests what came, forgets what went. Rows that are damaged stay in the
/// journal, unattested, so that they do not keep anybody from logging in.
pub(super) fn fold(
    tx: &mut dyn Transaction,
    keys: &Keyring,
    token: &TokenCell,
    counters: &mut Counters,
    ledger: &mut Ledger,
) -> Result<()> {
    let mut came = BTreeSet::new();
    for entry in journal(tx, counters)? {
        match entry {
            Entry::Came(id) => {
                came.insert(id);
            }
            Entry::Went(id, digest) => ledger.remove(keys, Access::Public, id, &digest),
        }
    }
    tx.clear_journal()?;
    counters.journal = 0;
    for id in came {
        let Some(old) = tx.object(id)? else { continue };
        let Ok(opened) = row::open(Some(keys), &token.id, id, &old) else {
            tx.push_journal(&Entry::Came(id).encode())?;
            counters.journal += 1;
            continue;
        };
        if opened.head.attested || opened.head.access != Access::Public {
            continue;
        }
        let new = row::write(
            Some(keys),
            &token.id,
            id,
            opened.head,
            &opened.tags,
            &opened.body,
        )?;
        tx.put_object(id, &new)?;
        ledger.add(keys, Access::Public, id, &row::digest(&new));
    }
    Ok(())
}
