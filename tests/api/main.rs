// SPDX-License-Identifier: MIT OR Apache-2.0
//! The safe API: one behaviour of PKCS#11 v3.2 a test, one file a chapter, a module of its own each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::as_conversions,
    reason = "tests may stop"
)]

mod asynchronous;
mod authenticated;
mod checkout;
mod consent;
mod digest;
mod dual;
mod encrypt;
mod find;
mod general;
mod harm;
mod joining;
mod kem;
mod key_wrap_pad;
mod keys;
mod login;
mod machine;
mod message_aead;
mod message_cipher;
mod message_sign;
mod object;
mod pending;
mod pin;
mod policy;
mod processes;
mod sessions;
mod sign;
mod slots;
mod support;
mod view;
