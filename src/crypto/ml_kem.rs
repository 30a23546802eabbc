// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-KEM: FIPS 203.
//!
//! It comes from AWS-LC, or from RustCrypto in a build without the feature `aws-lc`.
#![forbid(unsafe_code)]

#[cfg(feature = "aws-lc")]
pub use super::aws_lc::ml_kem::{PrivateKey, PublicKey};
#[cfg(not(feature = "aws-lc"))]
pub use super::rust_crypto::ml_kem::{PrivateKey, PublicKey};
use crate::error::Error;

/// Bytes of a seed: d, then z.
pub const SEED_LEN: usize = 64;
/// Bytes of the randomness of an encapsulation (FIPS 203, section 6.2).
pub const MESSAGE_LEN: usize = 32;

/// Bytes of a shared secret.
pub const SHARED_LEN: usize = 32;

/// A parameter set (FIPS 203, section 8).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ParameterSet {
    /// ML-KEM-512
    MlKem512,
    /// ML-KEM-768
    MlKem768,
    /// ML-KEM-1024
    MlKem1024,
}

impl ParameterSet {
    /// Every set.
    pub const ALL: &'static [Self] = &[Self::MlKem512, Self::MlKem768, Self::MlKem1024];

    /// Bytes of an encapsulation key.
    #[must_use]
    pub const fn public_len(self) -> usize {
        match self {
            Self::MlKem512 => 800,
            Self::MlKem768 => 1184,
            Self::MlKem1024 => 1568,
        }
    }

    /// Bytes of a decapsulation key.
    #[must_use]
    pub const fn private_len(self) -> usize {
        self.public_len() * 2 + 32
    }

    /// Bytes of a ciphertext.
    #[must_use]
    pub const fn ciphertext_len(self) -> usize {
        match self {
            Self::MlKem512 => 768,
            Self::MlKem768 => 1088,
            Self::MlKem1024 => 1568,
        }
    }
}

/// A key of another length than its set's.
pub(super) fn length<E>(_: E) -> Error {
    Error::AttributeValueInvalid("an ML-KEM key has not the length of its parameter set".into())
}

/// A private key that fails the checks of FIPS 203, section 7.3.
pub(super) fn not_consistent<E>(_: E) -> Error {
    Error::AttributeValueInvalid("the ML-KEM private key is not consistent".into())
}

/// A public key that fails the check of FIPS 203, section 7.2.
pub(super) fn not_reduced<E>(_: E) -> Error {
    Error::AttributeValueInvalid("a coefficient of the ML-KEM public key is not reduced".into())
}

/// A ciphertext of another length than its set's.
pub(super) fn ciphertext_length<E>(_: E) -> Error {
    Error::WrappedKeyLenRange("the ciphertext has not the length of its set".into())
}
