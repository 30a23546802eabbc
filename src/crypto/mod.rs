// SPDX-License-Identifier: MIT OR Apache-2.0
//! The engine: the only room that names the crates which do the arithmetic.
//!
//! It sees bytes and numbers, never attributes. With the feature `aws-lc` the folder `aws_lc` does RSA, the
//! NIST curves, Ed25519, X25519, ML-KEM, ML-DSA and AES-GCM; the RustCrypto crates do the rest, and everything without it.

pub mod aes;
#[cfg(feature = "aws-lc")]
#[expect(unsafe_code, reason = "AWS-LC is a C library")]
pub mod aws_lc;
pub mod block_cipher;
pub mod block_mac;
pub mod ccm;
pub mod chacha;
pub mod des3;
pub mod dh;
pub mod digest;
pub mod dsa;
pub mod ec;
pub mod edwards;
pub mod entropy;
pub mod gcm;
pub mod gmac;
pub mod hmac_sha512_t;
pub mod kdf;
pub mod key_wrap;
pub mod keyed;
pub mod lattice;
pub mod mac;
pub mod ml_dsa;
pub mod ml_kem;
pub mod montgomery;
pub mod pin_kdf;
pub mod poly;
pub mod prehash;
mod prime;
pub mod rng;
pub mod rsa;
pub mod rust_crypto;
pub mod seal;
pub mod slh_dsa;
