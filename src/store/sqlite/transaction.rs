// SPDX-License-Identifier: MIT OR Apache-2.0
//! Transactions on the token file.

use std::sync::MutexGuard;
use std::sync::atomic::Ordering;

use rusqlite::{
    CachedStatement, Connection, OptionalExtension as _, Params, Row, StatementStatus, params,
};

use super::{Sqlite, refused, sql};
use crate::error::{Error, Result};
use crate::store::backend::{Cell, IndexKey, IndexRow, Mode, ObjectRow, Transaction};

/// A transaction; dropping it rolls back.
pub(super) struct SqliteTransaction<'a> {
    connection: MutexGuard<'a, Connection>,
    file: &'a Sqlite,
    /// The mark of the word, in a write.
    mark: Option<u64>,
    is_open: bool,
}

impl<'a> SqliteTransaction<'a> {
    pub(super) fn begin(
        connection: MutexGuard<'a, Connection>,
        mode: Mode,
        file: &'a Sqlite,
    ) -> Result<Self> {
        let begin = match mode {
            Mode::Read => sql::BEGIN_READ,
            Mode::Write => sql::BEGIN_WRITE,
        };
        let mut transaction = Self {
            connection,
            file,
            mark: None,
            is_open: false,
        };
        transaction.change(begin, [])?;
        transaction.is_open = true;
        if mode == Mode::Write {
            transaction.mark = file.word.as_ref().map(|word| word.open_write());
        }
        Ok(transaction)
    }

    fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>> {
        self.connection.prepare_cached(sql).map_err(refused)
    }

    fn change(&self, sql: &str, params: impl Params) -> Result<usize> {
        self.prepare(sql)?.execute(params).map_err(refused)
    }

    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = self.prepare(sql)?;
        let row = statement
            .query_row(params, read)
            .optional()
            .map_err(refused)?;
        self.count(&statement, usize::from(row.is_some()));
        Ok(row)
    }

    fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.prepare(sql)?;
        let rows = statement.query_map(params, read).map_err(refused)?;
        let rows: Vec<T> = rows.collect::<rusqlite::Result<_>>().map_err(refused)?;
        self.count(&statement, rows.len());
        Ok(rows)
    }

    /// Counts what a statement gave, and what it stepped over in a scan.
    fn count(&self, statement: &CachedStatement<'_>, rows: usize) {
        let stepped = statement.reset_status(StatementStatus::FullscanStep);
        let read = rows.max(usize::try_from(stepped).unwrap_or(0));
        let read = u64::try_from(read).unwrap_or(u64::MAX);
        self.file.rows_read.fetch_add(read, Ordering::Relaxed);
    }

    fn end_write(&mut self) {
        if let (Some(mark), Some(word)) = (self.mark.take(), self.file.word.as_ref()) {
            word.close_write(mark);
        }
    }
}

fn number(id: u64) -> Result<i64> {
    i64::try_from(id).map_err(|_| Error::DeviceError("an object's number is impossible".into()))
}

fn object_row(row: &Row<'_>) -> rusqlite::Result<ObjectRow> {
    Ok(ObjectRow {
        head: row.get(0)?,
        body: row.get(1)?,
    })
}

fn index_row(row: &Row<'_>) -> rusqlite::Result<IndexRow> {
    Ok(IndexRow {
        key: row.get(0)?,
        link: row.get(1)?,
    })
}

impl Transaction for SqliteTransaction<'_> {
    fn cell(&self, cell: Cell) -> Result<Option<Vec<u8>>> {
        self.one(sql::CELL, [cell as i64], |row| row.get(0))
    }

    fn put_cell(&mut self, cell: Cell, value: &[u8]) -> Result<()> {
        self.change(sql::PUT_CELL, params![cell as i64, value])?;
        Ok(())
    }

    fn object(&self, id: u64) -> Result<Option<ObjectRow>> {
        self.one(sql::OBJECT, [number(id)?], object_row)
    }

    fn object_head(&self, id: u64) -> Result<Option<Vec<u8>>> {
        self.one(sql::OBJECT_HEAD, [number(id)?], |row| row.get(0))
    }

    fn objects_after(&self, id: u64, limit: usize) -> Result<Vec<(u64, ObjectRow)>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(sql::OBJECTS_AFTER, [number(id)?, limit], |row| {
            let id: i64 = row.get(2)?;
            Ok((id.cast_unsigned(), object_row(row)?))
        })
    }

    fn put_object(&mut self, id: u64, row: &ObjectRow) -> Result<()> {
        self.change(sql::PUT_OBJECT, params![number(id)?, row.head, row.body])?;
        Ok(())
    }

    fn delete_object(&mut self, id: u64) -> Result<bool> {
        Ok(self.change(sql::DELETE_OBJECT, [number(id)?])? > 0)
    }

    fn index_before(&self, key: &IndexKey) -> Result<Option<IndexRow>> {
        self.one(sql::INDEX_BEFORE, [key.as_slice()], index_row)
    }

    fn index_from(&self, key: &IndexKey, limit: usize) -> Result<Vec<IndexRow>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(sql::INDEX_FROM, params![key.as_slice(), limit], index_row)
    }

    fn put_index(&mut self, row: &IndexRow) -> Result<()> {
        self.change(
            sql::PUT_INDEX,
            params![row.key.as_slice(), row.link.as_slice()],
        )?;
        Ok(())
    }

    fn delete_index(&mut self, key: &IndexKey) -> Result<bool> {
        Ok(self.change(sql::DELETE_INDEX, [key.as_slice()])? > 0)
    }

    fn delete_index_range(&mut self, from: &IndexKey, to: &IndexKey) -> Result<()> {
        self.change(
            sql::DELETE_INDEX_RANGE,
            params![from.as_slice(), to.as_slice()],
        )?;
        Ok(())
    }

    fn journal(&self) -> Result<Vec<Vec<u8>>> {
        self.all(sql::JOURNAL, [], |row| row.get(0))
    }

    fn push_journal(&mut self, entry: &[u8]) -> Result<()> {
        self.change(sql::PUSH_JOURNAL, [entry])?;
        Ok(())
    }

    fn clear_journal(&mut self) -> Result<()> {
        self.change(sql::CLEAR_JOURNAL, [])?;
        Ok(())
    }

    fn erase(&mut self) -> Result<()> {
        self.connection.execute_batch(sql::ERASE).map_err(refused)
    }

    fn integrity(&self) -> Result<Vec<String>> {
        let lines = self.all(sql::INTEGRITY, [], |row| row.get(0))?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    fn commit(mut self: Box<Self>) -> Result<()> {
        self.change(sql::COMMIT, [])?;
        self.is_open = false;
        if self.mark.is_some() {
            self.file.commits.fetch_add(1, Ordering::AcqRel);
        }
        self.end_write();
        Ok(())
    }
}

impl Drop for SqliteTransaction<'_> {
    fn drop(&mut self) {
        if self.is_open && !self.connection.is_autocommit() {
            let _ = self.change(sql::ROLLBACK, []);
        }
        self.end_write();
    }
}
