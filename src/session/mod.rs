// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sessions: the login matrix, the operation machine, searches.
#![forbid(unsafe_code)]

mod reply;

pub use reply::{Reply, Room};
