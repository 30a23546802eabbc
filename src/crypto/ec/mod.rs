// SPDX-License-Identifier: MIT OR Apache-2.0
//! The NIST curves: ECDSA of FIPS 186-5 and elliptic curve Diffie-Hellman of SP 800-56A.
//!
//! The types come from AWS-LC, or from RustCrypto in a build without the feature `aws-lc`; both have the
//! same interface.
#![forbid(unsafe_code)]

mod curve;

pub use curve::Curve;

#[cfg(feature = "aws-lc")]
pub use super::aws_lc::ec::{PrivateKey, PublicKey};
#[cfg(not(feature = "aws-lc"))]
pub use super::rust_crypto::ec::{PrivateKey, PublicKey};
