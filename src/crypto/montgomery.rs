// SPDX-License-Identifier: MIT OR Apache-2.0
//! X25519 and X448: RFC 7748, "The X25519 and X448 Functions".
//!
//! X25519 comes from AWS-LC, or from RustCrypto in a build without the feature `aws-lc`; X448 is
//! always RustCrypto's.
#![forbid(unsafe_code)]

#[cfg(feature = "aws-lc")]
use super::aws_lc::montgomery as x25519;
#[cfg(not(feature = "aws-lc"))]
use super::rust_crypto::montgomery as x25519;
use super::rust_crypto::x448;
use crate::error::Result;
use crate::secret::SecretBytes;

/// Bytes of a private value of X25519.
pub const SCALAR_LEN: usize = 32;
/// Bytes of a u coordinate of X25519, which is the public key. Any such bytes are one (RFC 7748,
/// section 5).
pub const POINT_LEN: usize = 32;

/// A Montgomery curve.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Curve {
    /// curve25519, of X25519
    Curve25519,
    /// curve448, of X448
    Curve448,
}

impl Curve {
    /// Both curves.
    pub const ALL: &'static [Self] = &[Self::Curve25519, Self::Curve448];

    /// Bytes of a u coordinate.
    #[must_use]
    pub const fn point_len(self) -> usize {
        match self {
            Self::Curve25519 => POINT_LEN,
            Self::Curve448 => x448::POINT_LEN,
        }
    }
}

/// A private key.
#[derive(Debug)]
pub enum PrivateKey {
    /// Of X25519.
    X25519(x25519::PrivateKey),
    /// Of X448.
    X448(x448::PrivateKey),
}

impl PrivateKey {
    /// Makes a key from random bytes of `fill`.
    ///
    /// # Errors
    /// Whatever `fill` returns.
    pub fn generate(curve: Curve, fill: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<Self> {
        match curve {
            Curve::Curve25519 => x25519::PrivateKey::generate(fill).map(Self::X25519),
            Curve::Curve448 => x448::PrivateKey::generate(fill).map(Self::X448),
        }
    }

    /// Takes the bytes of a private value.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when there are too few or too many.
    pub fn from_scalar(curve: Curve, scalar: &[u8]) -> Result<Self> {
        match curve {
            Curve::Curve25519 => x25519::PrivateKey::from_scalar(scalar).map(Self::X25519),
            Curve::Curve448 => x448::PrivateKey::from_scalar(scalar).map(Self::X448),
        }
    }

    /// The curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        match self {
            Self::X25519(_) => Curve::Curve25519,
            Self::X448(_) => Curve::Curve448,
        }
    }

    /// The private value.
    #[must_use]
    pub fn scalar(&self) -> SecretBytes {
        match self {
            Self::X25519(key) => key.scalar(),
            Self::X448(key) => key.scalar(),
        }
    }

    /// The public u coordinate.
    #[must_use]
    pub fn public_point(&self) -> Vec<u8> {
        match self {
            Self::X25519(key) => key.public_point().to_vec(),
            Self::X448(key) => key.public_point().to_vec(),
        }
    }

    /// The secret shared with the owner of the other point.
    ///
    /// # Errors
    /// `CKR_PUBLIC_KEY_INVALID` when the point has another length or the shared secret is all zero.
    pub fn agree(&self, peer: &[u8]) -> Result<SecretBytes> {
        match self {
            Self::X25519(key) => key.agree(peer),
            Self::X448(key) => key.agree(peer),
        }
    }
}
