// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ed25519: RFC 8032, "EdDSA".
//!
//! The types come from AWS-LC, or from RustCrypto in a build without the feature `aws-lc`; both have the
//! same interface.
#![forbid(unsafe_code)]

#[cfg(feature = "aws-lc")]
pub use super::aws_lc::edwards::{PrivateKey, PublicKey};
#[cfg(not(feature = "aws-lc"))]
pub use super::rust_crypto::edwards::{PrivateKey, PublicKey};

/// Bytes of a seed, which is the private key.
pub const SEED_LEN: usize = 32;
/// Bytes of an encoded point, which is the public key.
pub const POINT_LEN: usize = 32;
/// Bytes of a signature.
pub const SIGNATURE_LEN: usize = 64;
