// SPDX-License-Identifier: MIT OR Apache-2.0
//! The real shared library, loaded as an application loads it.
//!
//! Types and constants come from `cryptoki-sys`, an independent rendering of the standard's header;
//! one file uses the crate `cryptoki` as an independent client. Whatever starts a module does so in
//! a process of its own, with an empty home directory.
//! Source: PKCS#11 v3.2, "Functions".
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "tests may stop"
)]
#![allow(
    unsafe_code,
    clippy::borrow_as_ptr,
    clippy::missing_errors_doc,
    clippy::missing_safety_doc,
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    reason = "the tests do what C programs do, wrongly at times"
)]

mod library;

mod asynchronous;
mod buffers;
mod client;
mod constants;
mod derive;
mod derive_tls;
mod ends;
mod fork;
mod initialize;
mod interfaces;
mod layouts;
mod message_aead;
mod messages;
mod nulls;
mod secrets;
mod symbols;
mod templates;
mod threads;
mod trace;
mod view;
