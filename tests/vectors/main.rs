// SPDX-License-Identifier: MIT OR Apache-2.0
//! Published test vectors and comparisons of the two engines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "tests may stop"
)]

mod rsa;
mod rsa_engines;
mod rsa_keys;
mod rsa_material;
mod rsa_objects;
mod rsa_rows;
