// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ed25519 and Ed448: RFC 8032, "EdDSA".
//!
//! Ed25519 comes from AWS-LC, or from RustCrypto in a build without the feature `aws-lc`; Ed448 is
//! always RustCrypto's.
#![forbid(unsafe_code)]

#[cfg(feature = "aws-lc")]
use super::aws_lc::edwards as ed25519;
use super::rust_crypto::ed448;
#[cfg(not(feature = "aws-lc"))]
use super::rust_crypto::edwards as ed25519;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Bytes of a seed of Ed25519, which is the private key.
pub const SEED_LEN: usize = 32;
/// Bytes of an encoded point of Ed25519, which is the public key.
pub const POINT_LEN: usize = 32;
/// Bytes of a signature of Ed25519.
pub const SIGNATURE_LEN: usize = 64;

/// The longest context (RFC 8032, sections 5.1 and 5.2).
const CONTEXT_LEN_MAX: usize = 255;

/// A twisted or untwisted Edwards curve.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Curve {
    /// edwards25519, of Ed25519
    Edwards25519,
    /// edwards448, of Ed448
    Edwards448,
}

impl Curve {
    /// Both curves.
    pub const ALL: &'static [Self] = &[Self::Edwards25519, Self::Edwards448];

    /// Bytes of an encoded point.
    #[must_use]
    pub const fn point_len(self) -> usize {
        match self {
            Self::Edwards25519 => POINT_LEN,
            Self::Edwards448 => ed448::POINT_LEN,
        }
    }

    /// Bytes of a signature.
    #[must_use]
    pub const fn signature_len(self) -> usize {
        match self {
            Self::Edwards25519 => SIGNATURE_LEN,
            Self::Edwards448 => ed448::SIGNATURE_LEN,
        }
    }
}

/// Which of the signature schemes of RFC 8032.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scheme<'a> {
    /// Ed25519, or Ed448 with an empty context.
    Pure,
    /// Ed25519ctx, or Ed448.
    Context(&'a [u8]),
    /// Ed25519ph or Ed448ph; the message is given whole and hashed here.
    Prehashed(&'a [u8]),
}

impl Scheme<'_> {
    /// Checks the length of the context.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    pub fn check(self) -> Result<()> {
        match self {
            Self::Context(context) | Self::Prehashed(context)
                if context.len() > CONTEXT_LEN_MAX =>
            {
                Err(Error::MechanismParamInvalid(
                    "the context of EdDSA has 0 to 255 bytes (\"CK_EDDSA_PARAMS\")".into(),
                ))
            }
            _ => Ok(()),
        }
    }
}

/// A private key.
#[derive(Debug)]
pub enum PrivateKey {
    /// Of Ed25519.
    Ed25519(ed25519::PrivateKey),
    /// Of Ed448.
    Ed448(ed448::PrivateKey),
}

impl PrivateKey {
    /// Makes a key from random bytes of `fill`.
    ///
    /// # Errors
    /// Whatever `fill` returns.
    pub fn generate(curve: Curve, fill: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<Self> {
        match curve {
            Curve::Edwards25519 => ed25519::PrivateKey::generate(fill).map(Self::Ed25519),
            Curve::Edwards448 => ed448::PrivateKey::generate(fill).map(Self::Ed448),
        }
    }

    /// Takes the bytes of a seed.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when there are too few or too many.
    pub fn from_seed(curve: Curve, seed: &[u8]) -> Result<Self> {
        match curve {
            Curve::Edwards25519 => ed25519::PrivateKey::from_seed(seed).map(Self::Ed25519),
            Curve::Edwards448 => ed448::PrivateKey::from_seed(seed).map(Self::Ed448),
        }
    }

    /// The curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        match self {
            Self::Ed25519(_) => Curve::Edwards25519,
            Self::Ed448(_) => Curve::Edwards448,
        }
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> SecretBytes {
        match self {
            Self::Ed25519(key) => key.seed(),
            Self::Ed448(key) => key.seed(),
        }
    }

    /// The public point, encoded.
    #[must_use]
    pub fn public_point(&self) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.public_point().to_vec(),
            Self::Ed448(key) => key.public_point().to_vec(),
        }
    }

    /// Signs a message.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`, `CKR_MECHANISM_PARAM_INVALID`
    pub fn sign(&self, scheme: Scheme<'_>, message: &[u8]) -> Result<Vec<u8>> {
        scheme.check()?;
        match self {
            Self::Ed25519(key) => key.sign_as(scheme, message).map(Vec::from),
            Self::Ed448(key) => key.sign(scheme, message).map(Vec::from),
        }
    }
}

/// A public key.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a key is parsed once and then stays in its place; the sizes are the engine's"
)]
pub enum PublicKey {
    /// Of Ed25519.
    Ed25519(ed25519::PublicKey),
    /// Of Ed448.
    Ed448(ed448::PublicKey),
}

impl PublicKey {
    /// Takes the bytes of an encoded point.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when there are too few or too many; `CKR_PUBLIC_KEY_INVALID`
    /// when they encode no point.
    pub fn from_point(curve: Curve, point: &[u8]) -> Result<Self> {
        match curve {
            Curve::Edwards25519 => ed25519::PublicKey::from_point(point).map(Self::Ed25519),
            Curve::Edwards448 => ed448::PublicKey::from_point(point).map(Self::Ed448),
        }
    }

    /// The curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        match self {
            Self::Ed25519(_) => Curve::Edwards25519,
            Self::Ed448(_) => Curve::Edwards448,
        }
    }

    /// The encoded point.
    #[must_use]
    pub fn point(&self) -> &[u8] {
        match self {
            Self::Ed25519(key) => key.point(),
            Self::Ed448(key) => key.point(),
        }
    }

    /// Verifies the signature of a message.
    ///
    /// # Errors
    /// `CKR_SIGNATURE_LEN_RANGE`, `CKR_SIGNATURE_INVALID`, `CKR_MECHANISM_PARAM_INVALID`
    pub fn verify(&self, scheme: Scheme<'_>, message: &[u8], signature: &[u8]) -> Result<()> {
        scheme.check()?;
        match self {
            Self::Ed25519(key) => key.verify_as(scheme, message, signature),
            Self::Ed448(key) => key.verify(scheme, message, signature),
        }
    }
}
