// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sessions: states, the operation machine, searches. This room knows no token and no object.
//!
//! Source: PKCS#11 v3.2, "Sessions" and "Session management functions".
#![forbid(unsafe_code)]

mod asynchronous;
mod entity;
mod message_cipher;
mod message_sign;
mod operations;
mod process;
mod reply;
mod search;
mod slot;
mod state;
mod table;

pub use asynchronous::{Buffer, Delivery, Function, Job, Jobs, Product, pending};
pub use entity::{Access, Session};
pub use message_cipher::{Beside, Decrypting, Encrypting, open_whole, seal_whole};
pub use message_sign::{Signed, Signing, Verifying};
pub use operations::{Kind, Operations};
pub use reply::{Reply, Room};
pub use search::{Found, Search};
pub use slot::{Active, Consent, Slot};
pub use state::state;
pub use table::Table;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex whose critical sections cannot leave half a change behind.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
