// SPDX-License-Identifier: MIT OR Apache-2.0
//! The index: tags that say nothing, chained so that a missing row shows.
//!
//! Each row carries a MAC over its own place and its successor's, as the NSEC records of RFC 4034 section 4 do
//! for names. A search walks from the row before the wanted tag to the first one behind it and checks every link:
//! what it found is then whole, and what it did not find is not there. A change checks the links that it replaces.
//! The links of the public index are under a known key, so they detect damage, not forgery: `verify` does the rest.

use std::collections::{BTreeMap, BTreeSet};

use super::backend::{IndexKey, IndexRow, LINK_LEN, Link, Transaction};
use super::keyring::IndexKeys;
use super::row::Tag;
use crate::crypto::keyed::same;
use crate::error::{Error, Result};
use crate::pkcs11::AttributeType;

/// What is to be done with index rows: +1 adds one, -1 removes one, 0 leaves it.
pub(super) type Edits = BTreeMap<IndexKey, i8>;

const PAGE_FIRST: usize = 4;
const PAGE_MAX: usize = 4096;

fn broken() -> Error {
    Error::DeviceError("the token's index is damaged or was tampered with".into())
}

fn truncated<const N: usize>(tag: [u8; 32]) -> [u8; N] {
    let mut out = [0; N];
    out.iter_mut().zip(tag).for_each(|(out, byte)| *out = byte);
    out
}

impl IndexKeys {
    /// The tag of a value of an attribute.
    pub(super) fn value_tag(&self, attribute: AttributeType, value: &[u8]) -> Tag {
        truncated(self.tag.tag(&[b"value", &attribute.0.to_be_bytes(), value]))
    }

    /// The tag that every object has.
    pub(super) fn all_tag(&self) -> Tag {
        truncated(self.tag.tag(&[b"all"]))
    }

    /// The place of a row.
    pub(super) fn key(&self, tag: &Tag, id: u64) -> IndexKey {
        let mut key = [self.space; 25];
        let parts = tag.iter().copied().chain(id.to_be_bytes());
        key.iter_mut()
            .skip(1)
            .zip(parts)
            .for_each(|(out, byte)| *out = byte);
        key
    }

    /// The place before all rows.
    pub(super) fn start(&self) -> IndexKey {
        self.key(&[0; 16], 0)
    }

    /// The place behind all rows, where none stands.
    pub(super) fn end(&self) -> IndexKey {
        self.key(&[0xff; 16], u64::MAX)
    }

    fn link(&self, from: &IndexKey, to: &IndexKey) -> Link {
        let link: [u8; LINK_LEN] = truncated(self.link.tag(&[from, to]));
        link
    }

    fn row(&self, from: IndexKey, to: &IndexKey) -> IndexRow {
        IndexRow {
            key: from,
            link: self.link(&from, to),
        }
    }

    fn check(&self, row: &IndexRow, next: &IndexKey) -> Result<()> {
        if row.key.first() == Some(&self.space) && same(&row.link, &self.link(&row.key, next)) {
            return Ok(());
        }
        Err(broken())
    }

    /// The place of `row`, or the end when there is none in this space.
    fn place(&self, row: Option<&IndexRow>) -> IndexKey {
        row.map(|row| row.key)
            .filter(|key| key.first() == Some(&self.space))
            .unwrap_or_else(|| self.end())
    }

    /// Writes the empty chain.
    pub(super) fn begin(&self, tx: &mut dyn Transaction) -> Result<()> {
        tx.put_index(&self.row(self.start(), &self.end()))
    }

    /// The objects with a tag, in order, proved to be all.
    pub(super) fn walk(&self, tx: &dyn Transaction, tag: &Tag) -> Result<Vec<u64>> {
        let mut from = self.key(tag, 0);
        let prefix = from.first_chunk::<17>().copied();
        let mut previous = tx.index_before(&from)?.ok_or_else(broken)?;
        let mut ids = Vec::new();
        let mut page = PAGE_FIRST;
        loop {
            let rows = tx.index_from(&from, page)?;
            for row in &rows {
                let place = self.place(Some(row));
                self.check(&previous, &place)?;
                if place.first_chunk::<17>().copied() != prefix {
                    return Ok(ids);
                }
                ids.push(id_of(&place));
                previous = *row;
            }
            if rows.len() < page {
                self.check(&previous, &self.end())?;
                return Ok(ids);
            }
            from = after(&previous.key);
            page = (page * 4).min(PAGE_MAX);
        }
    }

    /// Whether an object has a tag, proved either way.
    pub(super) fn holds(&self, tx: &dyn Transaction, tag: &Tag, id: u64) -> Result<bool> {
        let key = self.key(tag, id);
        let rows = tx.index_from(&key, 2)?;
        let first = rows.first();
        if let Some(row) = first.filter(|row| row.key == key) {
            self.check(row, &self.place(rows.get(1)))?;
            return Ok(true);
        }
        let before = tx.index_before(&key)?.ok_or_else(broken)?;
        self.check(&before, &self.place(first))?;
        Ok(false)
    }

    /// Makes the edits, gap by gap, and chains the rows anew.
    pub(super) fn edit(&self, tx: &mut dyn Transaction, edits: &Edits) -> Result<()> {
        let mut edits = edits
            .iter()
            .filter(|(_, edit)| **edit != 0)
            .map(|(key, edit)| (*key, *edit))
            .peekable();
        while let Some((key, _)) = edits.peek() {
            let before = tx.index_before(key)?.ok_or_else(broken)?;
            let mut last = before.key;
            let mut next = self.next(tx, &before)?;
            while let Some((key, edit)) = edits.next_if(|(key, _)| *key <= next) {
                match (edit > 0, key == next) {
                    (true, false) => {
                        tx.put_index(&self.row(last, &key))?;
                        last = key;
                    }
                    (false, true) => {
                        let gone = tx.index_from(&key, 1)?;
                        let gone = gone.first().ok_or_else(broken)?;
                        next = self.next(tx, gone)?;
                        tx.delete_index(&key)?;
                    }
                    _ => return Err(broken()),
                }
            }
            tx.put_index(&self.row(last, &next))?;
        }
        Ok(())
    }

    /// The place behind `row`, whose link is checked.
    fn next(&self, tx: &dyn Transaction, row: &IndexRow) -> Result<IndexKey> {
        let rows = tx.index_from(&after(&row.key), 1)?;
        let next = self.place(rows.first());
        self.check(row, &next)?;
        Ok(next)
    }
}

fn id_of(key: &IndexKey) -> u64 {
    key.last_chunk().copied().map_or(0, u64::from_be_bytes)
}

/// The least place behind `key`.
fn after(key: &IndexKey) -> IndexKey {
    let mut next = *key;
    for byte in next.iter_mut().rev() {
        let (sum, overflow) = byte.overflowing_add(1);
        *byte = sum;
        if !overflow {
            break;
        }
    }
    next
}

/// Every row of one index but the first, each link checked.
pub(super) fn all_rows(tx: &dyn Transaction, index: &IndexKeys) -> Result<BTreeSet<IndexKey>> {
    let mut rows = BTreeSet::new();
    let mut from = index.start();
    let mut previous: Option<IndexRow> = None;
    loop {
        let page = tx.index_from(&from, PAGE_MAX)?;
        for row in &page {
            let place = index.place(Some(row));
            match &previous {
                Some(previous) => index.check(previous, &place)?,
                None if place != index.start() => return Err(broken()),
                None => {}
            }
            if place == index.end() {
                return Ok(rows);
            }
            if previous.is_some() {
                rows.insert(place);
            }
            previous = Some(*row);
        }
        let last = previous.ok_or_else(broken)?;
        if page.len() < PAGE_MAX {
            index.check(&last, &index.end())?;
            return Ok(rows);
        }
        from = after(&last.key);
    }
}
