// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keystead against other implementations, on random keys and inputs, through the C functions.
//!
//! `openssl_*`: the OpenSSL command line; `python`: the package `cryptography`; `tokens` and
//! `protocols`: SoftHSM and NSS softokn, loaded side by side by the same client. What is not installed
//! is skipped aloud; with `CI=true` that is a failure. PKCS#11 v3.2, "Functions" and "Mechanisms".
#![allow(
    unsafe_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::borrow_as_ptr,
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    clippy::cast_possible_truncation,
    reason = "tests may stop, and stand where the application stands"
)]
#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "what is skipped or compared is named"
)]
#![allow(clippy::wildcard_imports, reason = "the names of a C header")]

mod client;
mod mechanism;
mod openssl;
mod openssl_keys;
mod openssl_signatures;
mod openssl_symmetric;
mod protocols;
mod python;
mod tokens;
