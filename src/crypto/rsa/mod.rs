// SPDX-License-Identifier: MIT OR Apache-2.0
//! RSA: the keys of the active engine, and the paddings, written once over the raw operation.
//!
//! Source: RFC 8017 (PKCS #1 v2.2).
#![forbid(unsafe_code)]

mod components;
mod mgf;
mod number;
pub mod oaep;
mod operation;
pub mod pkcs1;
pub mod pss;
pub mod raw;

pub use components::{Components, Crt};
pub use mgf::Mgf1;
pub use operation::{Fill, PrivateOperation, PublicOperation};

pub(crate) use components::{check_generation, check_private, check_public};
pub(crate) use number::{is_between_one_and_last, parse, strip, write};

#[cfg(feature = "aws-lc")]
pub use super::aws_lc::rsa::{PrivateKey, PublicKey};
#[cfg(not(feature = "aws-lc"))]
pub use super::rust_crypto::rsa::{PrivateKey, PublicKey};

/// Smallest modulus in bits.
pub const MODULUS_BITS_MIN: usize = 1024;
/// Largest modulus in bits.
pub const MODULUS_BITS_MAX: usize = 8192;
/// Public exponents have at most this many bits: larger ones make a public operation a burden, and neither
/// engine takes them.
pub const PUBLIC_EXPONENT_BITS_MAX: usize = 33;
/// 65537, the public exponent when none is given.
pub const PUBLIC_EXPONENT_DEFAULT: [u8; 3] = [1, 0, 1];
