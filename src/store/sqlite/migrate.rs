// SPDX-License-Identifier: MIT OR Apache-2.0
//! From any version of the token file to the newest, one numbered step at a time.

use rusqlite::{Connection, TransactionBehavior};

use super::sql::{APPLICATION_ID, MIGRATIONS};
use super::{not_ours, refused};
use crate::error::{Error, Result};

/// The newest version.
pub(super) fn newest() -> i32 {
    i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX)
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i32> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

/// Writes the tables of the newest version into an empty file.
pub(super) fn create(connection: &mut Connection) -> Result<()> {
    connection
        .pragma_update(None, "application_id", APPLICATION_ID)
        .map_err(refused)?;
    step(connection, 0)
}

/// Checks that the file is a token and brings it to the newest version.
pub(super) fn open(connection: &mut Connection) -> Result<()> {
    if pragma(connection, "application_id").map_err(not_ours)? != APPLICATION_ID {
        return Err(Error::TokenNotRecognized(
            "the file is not a token: its application id is another one".into(),
        ));
    }
    let version = pragma(connection, "user_version").map_err(not_ours)?;
    if version < 1 || version > newest() {
        return Err(Error::TokenNotRecognized(
            format!(
                "the token file has version {version}; this library knows 1 to {}",
                newest()
            )
            .into(),
        ));
    }
    step(connection, version)
}

/// Runs every migration from `version` on in one transaction. Another process may have been faster.
fn step(connection: &mut Connection, version: i32) -> Result<()> {
    if version >= newest() {
        return Ok(());
    }
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(refused)?;
    let version = pragma(&transaction, "user_version").map_err(refused)?;
    let done = usize::try_from(version).unwrap_or(0);
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration).map_err(refused)?;
    }
    transaction
        .pragma_update(None, "user_version", newest())
        .map_err(refused)?;
    transaction.commit().map_err(refused)
}
