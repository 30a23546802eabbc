// SPDX-License-Identifier: MIT OR Apache-2.0
//! Curves in short Weierstrass form: ECDSA of FIPS 186-5 and elliptic curve Diffie-Hellman of SP 800-56A.
//!
//! The types come from AWS-LC where it has the curve, and from RustCrypto elsewhere and in a build
//! without the feature `aws-lc`; both have the same interface.
#![forbid(unsafe_code)]

mod curve;
#[cfg(feature = "aws-lc")]
mod engine;
pub mod kdf;

pub use curve::Curve;

#[cfg(not(feature = "aws-lc"))]
pub use super::rust_crypto::ec::{PrivateKey, PublicKey};
#[cfg(feature = "aws-lc")]
pub use engine::{PrivateKey, PublicKey};
