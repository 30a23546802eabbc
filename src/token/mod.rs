// SPDX-License-Identifier: MIT OR Apache-2.0
//! Slots, token information, login, PINs, and the way from a handle to an object.
//!
//! Source: PKCS#11 v3.2, "Slot and token management functions", "Session management functions" (login)
//! and "Object management functions".
#![forbid(unsafe_code)]

mod built_in;
mod entity;
mod handles;
mod info;
mod login;
mod objects;
mod pin;
mod search;
mod slots;

pub use entity::{Policy, Token};
pub use info::{Status, utc_time};
pub use slots::{Slot, Slots};
