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
mod ec;
mod ec_25519;
mod ec_engines;
mod ec_generate;
mod ec_kdf;
mod ec_material;
mod ec_rows;
mod mac;
mod parts;
mod pq;
mod pq_rows;
mod pq_slh_dsa;
mod rsa;
mod rsa_engines;
mod rsa_keys;
mod rsa_material;
mod rsa_objects;
mod rsa_rows;
