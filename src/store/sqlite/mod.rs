// SPDX-License-Identifier: MIT OR Apache-2.0
//! A back-end on one SQLite file: write-ahead log, full synchronisation, one writer at a time.

mod inherited;
mod migrate;
mod sql;
mod transaction;
mod turn;
mod word;

use core::fmt::Debug;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::backend::{Backend, Mode, Transaction};
use crate::crypto::entropy;
use crate::error::{Error, Result};
use transaction::SqliteTransaction;
use turn::Turn;
use word::Word;

const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const CACHED_STATEMENTS: usize = 32;

/// A token file.
#[derive(Debug)]
pub struct Sqlite {
    connection: Arc<Mutex<Connection>>,
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
        Self::connect(path, migrate::create)
    }

    /// A name beside `path` for a file that is not whole yet.
    ///
    /// # Errors
    /// `CKR_RANDOM_NO_RNG`
    pub(super) fn draft_of(path: &Path) -> Result<PathBuf> {
        let number = u64::from_ne_bytes(entropy::array()?);
        Ok(beside(path, &format!(".new-{number:016x}")))
    }

    /// Gives the whole and closed file `draft` the name `path`, unless something has it.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`, `CKR_DEVICE_MEMORY`, `CKR_TOKEN_WRITE_PROTECTED`
    pub(super) fn publish(draft: &Path, path: &Path) -> Result<()> {
        // What a token of that name left behind would be taken for ours. Once the name is given it is too late:
        // another process may have opened the file.
        if !path.exists() {
            for suffix in ["-wal", "-shm", "-journal"] {
                let _ = fs::remove_file(beside(path, suffix));
            }
        }
        // Not every file system has links; a rename could replace what came meanwhile, so it is second.
        let mut linked = fs::hard_link(draft, path);
        if linked.is_err() && !path.exists() {
            linked = fs::rename(draft, path);
        }
        linked.map_err(|error| failed("made", &error))?;
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))
            .and_then(|folder| folder.sync_all())
            .map_err(|error| failed("made to last", &error))
    }

    /// Removes what is left of a draft.
    pub(super) fn discard(draft: &Path) {
        for suffix in ["", "-wal", "-shm", "-journal", ".word"] {
            let _ = fs::remove_file(beside(draft, suffix));
        }
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
        inherited::close();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(not_ours)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(refused)?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        // A file from elsewhere must not bring code along.
        for (setting, value) in [
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        ] {
            connection.set_db_config(setting, value).map_err(refused)?;
        }
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
        let connection = Arc::new(Mutex::new(connection));
        inherited::remember(&connection);
        Ok(Self {
            connection,
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

    fn pin_turn(&self) -> Option<Box<dyn Debug>> {
        let turn = Turn::take(&beside(&self.path, ".word"))?;
        Some(Box::new(turn))
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
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let _ = connection.query_row(sql::CHECKPOINT, [], |_| Ok(()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pkcs11::rv::CKR_DEVICE_MEMORY;
    use crate::store::backend::ObjectRow;

    #[test]
    fn a_full_disk_is_device_memory_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = Sqlite::create(&folder.path().join("full")).unwrap();
        {
            let connection = file.connection.lock().unwrap();
            connection
                .query_row("PRAGMA max_page_count = 20", [], |_| Ok(()))
                .unwrap();
        }
        let row = ObjectRow {
            head: Vec::new(),
            body: vec![7; 200_000],
        };
        let mut tx = file.begin(Mode::Write).unwrap();
        let error = tx.put_object(1, &row).and_then(|()| tx.commit());
        assert_eq!(error.unwrap_err().rv().code(), CKR_DEVICE_MEMORY);
        let tx = file.begin(Mode::Read).unwrap();
        assert_eq!(tx.object(1).unwrap(), None);
    }
}
