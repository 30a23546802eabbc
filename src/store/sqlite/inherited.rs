// SPDX-License-Identifier: MIT OR Apache-2.0
//! Connections that a forked child has inherited.
//!
//! SQLite keeps one record of its file locks for each file and process, and the locks themselves are not inherited.
//! A child that opened the token while the parent's connection is still in that record would believe in locks
//! that it does not hold, and the parent could take the log away from under it. So before a process opens a token
//! it closes what it has inherited. In a write-ahead log that gives up the child's own locks only, which are none.
//! Source: <https://sqlite.org/howtocorrupt.html>, section 2.6.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use rusqlite::Connection;

type Shared = Mutex<Connection>;

/// Every open connection with the process that opened it.
static OPEN: Mutex<Vec<(u32, Weak<Shared>)>> = Mutex::new(Vec::new());

/// Remembers a connection of this process.
pub(super) fn remember(connection: &Arc<Shared>) {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    open.retain(|(_, connection)| connection.strong_count() > 0);
    open.push((std::process::id(), Arc::downgrade(connection)));
}

/// Closes the connections of a parent process, for this process only.
pub(super) fn close() {
    // A thread of the parent may have held a lock when it forked; then nobody gives it back.
    let Ok(mut open) = OPEN.try_lock() else {
        return;
    };
    let process = std::process::id();
    open.retain(|(opener, connection)| *opener == process || !let_go(connection));
}

/// Whether the connection is closed now. One in the middle of a transaction is not touched: undoing that would
/// write into memory that is shared with the parent.
fn let_go(connection: &Weak<Shared>) -> bool {
    let Some(connection) = connection.upgrade() else {
        return true;
    };
    let Ok(mut connection) = connection.try_lock() else {
        return false;
    };
    if !connection.is_autocommit() {
        return false;
    }
    let Ok(nothing) = Connection::open_in_memory() else {
        return false;
    };
    *connection = nothing;
    true
}
