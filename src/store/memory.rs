// SPDX-License-Identifier: MIT OR Apache-2.0
//! A back-end that lives as long as the process.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::backend::{Backend, Cell, IndexKey, IndexRow, Link, Mode, ObjectRow, Transaction};
use crate::error::{Error, Result};

#[derive(Debug, Default)]
struct Rows {
    cells: BTreeMap<Cell, Vec<u8>>,
    objects: BTreeMap<u64, ObjectRow>,
    index: BTreeMap<IndexKey, Link>,
    journal: Vec<Vec<u8>>,
}

/// Rows in memory.
#[derive(Debug, Default)]
pub struct Memory {
    rows: Mutex<Rows>,
    epoch: AtomicU64,
    rows_read: AtomicU64,
}

impl Backend for Memory {
    fn begin(&self, mode: Mode) -> Result<Box<dyn Transaction + '_>> {
        Ok(Box::new(MemoryTransaction {
            rows: self.rows.lock().unwrap_or_else(PoisonError::into_inner),
            place: self,
            mode,
            undo: Vec::new(),
        }))
    }

    fn epoch(&self) -> Result<u64> {
        Ok(self.epoch.load(Ordering::Acquire))
    }

    fn rows_read(&self) -> u64 {
        self.rows_read.load(Ordering::Relaxed)
    }
}

/// How one change is taken back.
enum Undo {
    Cell(Cell, Option<Vec<u8>>),
    Object(u64, Option<ObjectRow>),
    Index(IndexKey, Option<Link>),
    Journal(Vec<Vec<u8>>),
    Pushed,
    All(Box<Rows>),
}

struct MemoryTransaction<'a> {
    rows: MutexGuard<'a, Rows>,
    place: &'a Memory,
    mode: Mode,
    undo: Vec<Undo>,
}

fn restore<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: Option<V>) {
    match value {
        Some(value) => map.insert(key, value),
        None => map.remove(&key),
    };
}

fn index_row((key, link): (&IndexKey, &Link)) -> IndexRow {
    IndexRow {
        key: *key,
        link: *link,
    }
}

impl MemoryTransaction<'_> {
    fn counted<T>(&self, rows: Vec<T>) -> Vec<T> {
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        self.place.rows_read.fetch_add(count, Ordering::Relaxed);
        rows
    }

    fn counted_one<T>(&self, row: Option<T>) -> Option<T> {
        self.place
            .rows_read
            .fetch_add(u64::from(row.is_some()), Ordering::Relaxed);
        row
    }

    fn writing(&mut self) -> Result<&mut Rows> {
        match self.mode {
            Mode::Write => Ok(&mut self.rows),
            Mode::Read => Err(Error::DeviceError("a read cannot change the token".into())),
        }
    }
}

impl Transaction for MemoryTransaction<'_> {
    fn cell(&self, cell: Cell) -> Result<Option<Vec<u8>>> {
        Ok(self.counted_one(self.rows.cells.get(&cell).cloned()))
    }

    fn put_cell(&mut self, cell: Cell, value: &[u8]) -> Result<()> {
        let old = self.writing()?.cells.insert(cell, value.to_vec());
        self.undo.push(Undo::Cell(cell, old));
        Ok(())
    }

    fn object(&self, id: u64) -> Result<Option<ObjectRow>> {
        Ok(self.counted_one(self.rows.objects.get(&id).cloned()))
    }

    fn object_head(&self, id: u64) -> Result<Option<Vec<u8>>> {
        Ok(self.counted_one(self.rows.objects.get(&id).map(|row| row.head.clone())))
    }

    fn objects_after(&self, id: u64, limit: usize) -> Result<Vec<(u64, ObjectRow)>> {
        let Some(from) = id.checked_add(1) else {
            return Ok(Vec::new());
        };
        let rows = self.rows.objects.range(from..).take(limit);
        Ok(self.counted(rows.map(|(id, row)| (*id, row.clone())).collect()))
    }

    fn put_object(&mut self, id: u64, row: &ObjectRow) -> Result<()> {
        let old = self.writing()?.objects.insert(id, row.clone());
        self.undo.push(Undo::Object(id, old));
        Ok(())
    }

    fn delete_object(&mut self, id: u64) -> Result<bool> {
        let old = self.writing()?.objects.remove(&id);
        let was_there = old.is_some();
        self.undo.push(Undo::Object(id, old));
        Ok(was_there)
    }

    fn index_before(&self, key: &IndexKey) -> Result<Option<IndexRow>> {
        let row = self.rows.index.range(..*key).next_back();
        Ok(self.counted_one(row.map(index_row)))
    }

    fn index_from(&self, key: &IndexKey, limit: usize) -> Result<Vec<IndexRow>> {
        let rows = self.rows.index.range(*key..).take(limit);
        Ok(self.counted(rows.map(index_row).collect()))
    }

    fn put_index(&mut self, row: &IndexRow) -> Result<()> {
        let old = self.writing()?.index.insert(row.key, row.link);
        self.undo.push(Undo::Index(row.key, old));
        Ok(())
    }

    fn delete_index(&mut self, key: &IndexKey) -> Result<bool> {
        let old = self.writing()?.index.remove(key);
        let was_there = old.is_some();
        self.undo.push(Undo::Index(*key, old));
        Ok(was_there)
    }

    fn delete_index_range(&mut self, from: &IndexKey, to: &IndexKey) -> Result<()> {
        let keys: Vec<IndexKey> = self
            .rows
            .index
            .range(*from..=*to)
            .map(|row| *row.0)
            .collect();
        for key in keys {
            self.delete_index(&key)?;
        }
        Ok(())
    }

    fn journal(&self) -> Result<Vec<Vec<u8>>> {
        Ok(self.rows.journal.clone())
    }

    fn push_journal(&mut self, entry: &[u8]) -> Result<()> {
        self.writing()?.journal.push(entry.to_vec());
        self.undo.push(Undo::Pushed);
        Ok(())
    }

    fn clear_journal(&mut self) -> Result<()> {
        let old = core::mem::take(&mut self.writing()?.journal);
        self.undo.push(Undo::Journal(old));
        Ok(())
    }

    fn erase(&mut self) -> Result<()> {
        let rows = self.writing()?;
        let cells = rows.cells.clone();
        let old = core::mem::take(rows);
        rows.cells = cells;
        self.undo.push(Undo::All(Box::new(old)));
        Ok(())
    }

    fn integrity(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn commit(mut self: Box<Self>) -> Result<()> {
        self.undo.clear();
        if self.mode == Mode::Write {
            self.place.epoch.fetch_add(1, Ordering::AcqRel);
        }
        Ok(())
    }
}

impl Drop for MemoryTransaction<'_> {
    fn drop(&mut self) {
        while let Some(undo) = self.undo.pop() {
            match undo {
                Undo::Cell(cell, old) => restore(&mut self.rows.cells, cell, old),
                Undo::Object(id, old) => restore(&mut self.rows.objects, id, old),
                Undo::Index(key, old) => restore(&mut self.rows.index, key, old),
                Undo::Journal(old) => self.rows.journal = old,
                Undo::Pushed => {
                    self.rows.journal.pop();
                }
                Undo::All(old) => *self.rows = *old,
            }
        }
    }
}
