// SPDX-License-Identifier: MIT OR Apache-2.0
//! Published known answers for each role of each row, through the shared library.
//!
//! [`device`] is the library behind the methods of the safe API. Keys come in through
//! `C_CreateObject`, and each vector runs the calls of its role: in one part, with a length query
//! first, in many parts, and message by message. PKCS#11 v3.2, "Mechanisms", says what a row does;
//! each vector names the document its answer is from.
//!
//! A new family of mechanisms adds a file of its own here with a function `vectors()` and a test
//! that gives it to [`bench::hold`], and a `mod` line below. [`coverage`] runs these tests once more
//! in a process that reports what has answered, and fails for each role of a mechanism in
//! `C_GetMechanismList` that has not. Files of `tests/vectors/` that run on a module, or on rows with
//! keys, run here on the library: [`drive`] and [`device`] have the names that they use.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::string_slice,
    reason = "tests may stop"
)]

#[path = "../vectors/aead_more.rs"]
mod aead_more;
mod aes;
#[path = "../vectors/aes_more.rs"]
mod aes_more;
mod aes_wrap;
mod agreed;
mod bench;
mod coverage;
#[path = "../vectors/derive.rs"]
mod derive;
#[path = "../vectors/des3.rs"]
mod des3;
mod device;
#[path = "../vectors/dh_known.rs"]
mod dh_known;
mod digest;
mod domain;
mod drive;
mod dsa;
mod ec;
mod every_split;
mod failures;
mod generation;
mod hash;
#[path = "../vectors/hash_known.rs"]
mod hash_known;
#[path = "../vectors/hkdf.rs"]
mod hkdf;
#[path = "../vectors/ike.rs"]
mod ike;
#[path = "../vectors/kbkdf.rs"]
mod kbkdf;
mod kem;
mod mac;
mod messages;
#[path = "../vectors/pbkdf2.rs"]
mod pbkdf2;
mod pq;
#[path = "../vectors/pq_rows.rs"]
mod pq_rows;
#[path = "../vectors/public_key.rs"]
mod public_key;
mod rsa;
mod rsa_legacy;
mod rsa_sign;
#[path = "../vectors/simple_derive.rs"]
mod simple_derive;
#[path = "../vectors/slh_dsa_known.rs"]
mod slh_dsa_known;
#[path = "../vectors/splits.rs"]
mod splits;
#[path = "../vectors/temporary_aes_known.rs"]
mod temporary_aes_known;
#[path = "../vectors/tls10.rs"]
mod tls10;
#[path = "../vectors/tls12.rs"]
mod tls12;
mod vector;
mod wrapping;
