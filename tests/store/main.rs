// SPDX-License-Identifier: MIT OR Apache-2.0
//! The store: one contract for every back-end, tampering, crashes, several processes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "tests may stop"
)]

mod contract;
mod faults;
mod large;
mod support;
mod tamper;
