// SPDX-License-Identifier: MIT OR Apache-2.0
//! X25519: RFC 7748, "The X25519 and X448 Functions".
//!
//! The type comes from AWS-LC, or from RustCrypto in a build without the feature `aws-lc`; both have the
//! same interface.
#![forbid(unsafe_code)]

#[cfg(feature = "aws-lc")]
pub use super::aws_lc::montgomery::PrivateKey;
#[cfg(not(feature = "aws-lc"))]
pub use super::rust_crypto::montgomery::PrivateKey;

/// Bytes of a private value.
pub const SCALAR_LEN: usize = 32;
/// Bytes of a u coordinate, which is the public key. Any such bytes are one (RFC 7748, section 5).
pub const POINT_LEN: usize = 32;
