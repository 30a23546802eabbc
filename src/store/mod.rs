// SPDX-License-Identifier: MIT OR Apache-2.0
//! The encrypted token: an untrusted back-end holds rows, the vault holds the keys.
//!
//! This room knows no attributes' meaning: an object is a sealed body and a list of index entries.
#![forbid(unsafe_code)]

mod clock;
mod record;
mod vault;

pub use clock::Clock;
pub use record::{Access, Change, NewRecord, NewToken, PinState, Query, Record, Role, TokenRecord};
pub use vault::{Outcome, Vault};
