// SPDX-License-Identifier: MIT OR Apache-2.0
//! The profiles that the token claims, requirement by requirement, through the real library.
//!
//! One file a profile; each begins with its claim, then follow the numbered conditions of its text
//! and the steps of its test case. Values that the text lets vary (names, versions, times, handles)
//! are not compared.
//! Source: PKCS#11 Profiles v3.2, "Base Profiles" and "Conformance Test Cases".
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
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    reason = "the tests do what C programs do"
)]

#[allow(dead_code, reason = "the other programs use more of it")]
#[path = "../abi/library.rs"]
mod library;

mod authentication;
mod baseline;
mod certificates;
mod desk;
mod extended;
mod hkdf_tls;
mod objects;
mod validation;
