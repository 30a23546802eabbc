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

mod ec;
mod ec_25519;
mod ec_engines;
mod ec_generate;
mod ec_kdf;
mod ec_material;
mod ec_rows;
