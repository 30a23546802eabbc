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

mod aes_aead;
mod aes_modes;
mod aes_rows;
mod aes_wrap;
mod certificate;
mod digest;
mod mac;
mod parts;
