// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every SQL statement of the store.

/// `PRAGMA application_id`: "KSTD".
pub(super) const APPLICATION_ID: i32 = 0x4B53_5444;

/// Settings of each connection.
pub(super) const SETTINGS: &str = "
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA mmap_size = 0;
    PRAGMA temp_store = MEMORY;
    PRAGMA secure_delete = ON;
    PRAGMA synchronous = FULL;
";

/// The journal mode; gives one row.
pub(super) const WAL: &str = "PRAGMA journal_mode = WAL";
/// Copies the log into the file, so that the file alone is the token.
pub(super) const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// The migrations; number n brings a file of version n to version n + 1.
pub(super) const MIGRATIONS: &[&str] = &["
    CREATE TABLE cell (id INTEGER PRIMARY KEY, value BLOB NOT NULL);
    CREATE TABLE object (id INTEGER PRIMARY KEY, head BLOB NOT NULL, body BLOB NOT NULL);
    CREATE TABLE chain (key BLOB PRIMARY KEY, link BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE journal (id INTEGER PRIMARY KEY, entry BLOB NOT NULL);
"];

pub(super) const BEGIN_READ: &str = "BEGIN";
pub(super) const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";
pub(super) const COMMIT: &str = "COMMIT";
pub(super) const ROLLBACK: &str = "ROLLBACK";

pub(super) const CELL: &str = "SELECT value FROM cell WHERE id = ?1";
pub(super) const PUT_CELL: &str = "INSERT OR REPLACE INTO cell (id, value) VALUES (?1, ?2)";
pub(super) const OBJECT: &str = "SELECT head, body FROM object WHERE id = ?1";
pub(super) const OBJECT_HEAD: &str = "SELECT head FROM object WHERE id = ?1";
pub(super) const OBJECTS_AFTER: &str =
    "SELECT head, body, id FROM object WHERE id > ?1 ORDER BY id LIMIT ?2";
pub(super) const PUT_OBJECT: &str =
    "INSERT OR REPLACE INTO object (id, head, body) VALUES (?1, ?2, ?3)";
pub(super) const DELETE_OBJECT: &str = "DELETE FROM object WHERE id = ?1";
pub(super) const INDEX_BEFORE: &str =
    "SELECT key, link FROM chain WHERE key < ?1 ORDER BY key DESC LIMIT 1";
pub(super) const INDEX_FROM: &str =
    "SELECT key, link FROM chain WHERE key >= ?1 ORDER BY key LIMIT ?2";
pub(super) const PUT_INDEX: &str = "INSERT OR REPLACE INTO chain (key, link) VALUES (?1, ?2)";
pub(super) const DELETE_INDEX: &str = "DELETE FROM chain WHERE key = ?1";
pub(super) const DELETE_INDEX_RANGE: &str = "DELETE FROM chain WHERE key >= ?1 AND key <= ?2";
pub(super) const JOURNAL: &str = "SELECT entry FROM journal ORDER BY id";
pub(super) const PUSH_JOURNAL: &str = "INSERT INTO journal (entry) VALUES (?1)";
pub(super) const CLEAR_JOURNAL: &str = "DELETE FROM journal";
pub(super) const ERASE: &str = "DELETE FROM object; DELETE FROM chain; DELETE FROM journal;";
/// Gives one row "ok" or a row for each thing that is wrong.
pub(super) const INTEGRITY: &str = "PRAGMA integrity_check";
