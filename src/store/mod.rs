// SPDX-License-Identifier: MIT OR Apache-2.0
//! The encrypted token: an untrusted back-end holds rows, the vault holds the keys.
//!
//! This room knows no attributes' meaning: an object is a sealed body and a list of index entries.
#![deny(unsafe_code)]

pub mod backend;
mod cells;
mod chain;
mod clock;
mod keyring;
mod ledger;
mod login;
mod memory;
mod pin;
mod record;
mod row;
mod sqlite;
mod vault;
mod verify;
mod wire;
mod work;

pub use clock::Clock;
pub use memory::Memory;
pub use record::{
    Access, Change, KdfCost, NewRecord, NewToken, PinState, Query, Record, Role, TokenRecord,
};
pub use sqlite::Sqlite;
pub use vault::{Outcome, Vault};
