// SPDX-License-Identifier: MIT OR Apache-2.0
//! Published test vectors and comparisons of the two engines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    missing_docs,
    reason = "tests may stop"
)]

mod aead_more;
mod aes_aead;
mod aes_modes;
mod aes_more;
mod aes_rows;
mod aes_wrap;
mod certificate;
mod cipher_parts;
mod derive;
mod derived_types;
mod des3;
mod device;
mod dh;
mod dh_known;
mod digest;
mod drive;
mod ec;
mod ec_25519;
mod ec_448;
mod ec_engines;
mod ec_generate;
mod ec_kdf;
mod ec_material;
mod ec_rows;
mod hash;
mod hash_keys;
mod hash_known;
mod hash_rows;
mod hkdf;
mod hmac;
mod ike;
mod kbkdf;
mod mac;
mod parts;
mod pbkdf2;
mod pq;
mod pq_engines;
mod pq_forms;
mod pq_rows;
mod pq_slh_dsa;
mod public_key;
mod rsa;
mod rsa_engines;
mod rsa_keys;
mod rsa_material;
mod rsa_objects;
mod rsa_rows;
mod simple_derive;
mod slh_dsa_known;
mod splits;
mod temporary_aes;
mod temporary_aes_known;
mod tls10;
mod tls12;
