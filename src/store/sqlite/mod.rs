// SPDX-License-Identifier: MIT OR Apache-2.0
//! A back-end on one SQLite file: write-ahead log, full synchronisation, one writer at a time.

mod migrate;
mod sql;
mod transaction;
mod word;

use std::ffi::OsString;
use std::fs::{self, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::backend::{Backend, Mode, Transaction};
use crate::error::{Error, Result};
use transaction::SqliteTransaction;
use word::Word;

const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const CACHED_STATEMENTS: usize = 32;

/// A token file.
#[derive(Debug)]
pub struct Sqlite {
    connection: Mutex<Connection>,
    path: PathBuf,
    /// Device and inode, by which the file is known again.
    identity: (u64, u64),
    word: Option<Word>,
    commits: AtomicU64,
    rows_read: AtomicU64,
}

/// The error for something that SQLite refused.
fn refused(error: rusqlite::Error) -> Error {
    let reason = format!("the token file: {error}").into();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::TooBig) => Error::DeviceMemory(reason),
        Some(ErrorCode::OutOfMemory) => Error::HostMemory(reason),
        Some(ErrorCode::ReadOnly) => Error::TokenWriteProtected(reason),
        _ => Error::DeviceError(reason),
    }
}

/// The error for a file that cannot be read as a token at all.
fn not_ours(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            Error::TokenNotRecognized(format!("the file is not a token: {error}").into())
        }
        _ => refused(error),
    }
}

fn failed(doing: &str, error: &io::Error) -> Error {
    let reason = format!("the token file cannot be {doing}: {error}").into();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::DeviceMemory(reason),
        io::ErrorKind::NotFound => Error::TokenNotPresent(reason),
        io::ErrorKind::ReadOnlyFilesystem => Error::TokenWriteProtected(reason),
        _ => Error::DeviceError(reason),
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    fs::metadata(path).map(|data| (data.dev(), data.ino()))
}

impl Sqlite {
    /// Makes a new token file, which nobody else may read.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR` when something stands there, `CKR_DEVICE_MEMORY`, `CKR_TOKEN_WRITE_PROTECTED`
    pub fn create(path: &Path) -> Result<Self> {
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(|error| failed("made", &error))?;
        // What a token of that name left behind is not ours.
        for suffix in ["-wal", "-shm", "-journal"] {
            let _ = fs::remove_file(beside(path, suffix));
        }
        Self::connect(path, migrate::create)
    }

    /// Opens a token file.
    ///
    /// # Errors
    /// `CKR_TOKEN_NOT_PRESENT`, `CKR_TOKEN_NOT_RECOGNIZED`, `CKR_DEVICE_ERROR`
    pub fn open(path: &Path) -> Result<Self> {
        Self::connect(path, migrate::open)
    }

    fn connect(path: &Path, prepare: fn(&mut Connection) -> Result<()>) -> Result<Self> {
        let identity = identity(path).map_err(|error| failed("opened", &error))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(not_ours)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(refused)?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        connection.execute_batch(sql::SETTINGS).map_err(not_ours)?;
        let mode: String = connection
            .query_row(sql::WAL, [], |row| row.get(0))
            .map_err(not_ours)?;
        if mode != "wal" {
            return Err(Error::DeviceError(
                "the token file cannot use a write-ahead log here".into(),
            ));
        }
        prepare(&mut connection)?;
        // A copied file may have come with other permissions.
        let _ = fs::set_permissions(path, Permissions::from_mode(0o600));
        Ok(Self {
            connection: Mutex::new(connection),
            path: path.to_owned(),
            identity,
            word: Word::map(&beside(path, ".word")).ok(),
            commits: AtomicU64::new(0),
            rows_read: AtomicU64::new(0),
        })
    }

    fn is_still_there(&self) -> Result<()> {
        if identity(&self.path).is_ok_and(|now| now == self.identity) {
            return Ok(());
        }
        Err(Error::DeviceRemoved(
            "the token file is gone or another one stands in its place".into(),
        ))
    }
}

impl Backend for Sqlite {
    fn begin(&self, mode: Mode) -> Result<Box<dyn Transaction + '_>> {
        self.is_still_there()?;
        let connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let transaction = SqliteTransaction::begin(connection, mode, self)?;
        Ok(Box::new(transaction))
    }

    fn epoch(&self) -> Result<u64> {
        if let Some(word) = self.word.as_ref().map(Word::load)
            && word & 1 == 0
        {
            return Ok(word);
        }
        let version: u32 = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pragma_query_value(None, "data_version", |row| row.get(0))
            .map_err(refused)?;
        // Odd, so that it never equals a word at rest.
        let commits = self.commits.load(Ordering::Acquire);
        Ok((commits << 33) | (u64::from(version) << 1) | 1)
    }

    fn rows_read(&self) -> u64 {
        self.rows_read.load(Ordering::Relaxed)
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // The last connection to close copies the log; ask for it anyway, since others may be open.
        let connection = self
            .connection
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let _ = connection.query_row(sql::CHECKPOINT, [], |_| Ok(()));
    }
}
