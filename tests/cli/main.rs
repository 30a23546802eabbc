// SPDX-License-Identifier: MIT OR Apache-2.0
//! The built tool in an empty home directory: each command's success and its likely mistakes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may stop"
)]

mod config_for;
mod configuration;
mod help;
mod home;
mod keys;
mod log;
mod pins;
mod tokens;
mod trace;
