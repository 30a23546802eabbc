// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-DSA: FIPS 204.
//!
//! It comes from AWS-LC, or from RustCrypto in a build without the feature `aws-lc`. What AWS-LC has no
//! function for, deterministic signatures and given randomness, is always RustCrypto's.
#![forbid(unsafe_code)]

use digest::{ExtendableOutput as _, Update as _, XofReader as _};
use sha3::Shake256;

#[cfg(feature = "aws-lc")]
pub use super::aws_lc::ml_dsa::{PrivateKey, PublicKey};
#[cfg(not(feature = "aws-lc"))]
pub use super::rust_crypto::ml_dsa::{PrivateKey, PublicKey};
use crate::error::{Error, Result};

/// Bytes of a seed.
pub const SEED_LEN: usize = 32;
/// Bytes of the randomness of a hedged signature.
pub const RANDOM_LEN: usize = 32;
/// Bytes of the message representative and of the public key's hash.
pub const MU_LEN: usize = 64;

/// A parameter set (FIPS 204, section 4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ParameterSet {
    /// ML-DSA-44
    MlDsa44,
    /// ML-DSA-65
    MlDsa65,
    /// ML-DSA-87
    MlDsa87,
}

impl ParameterSet {
    /// Every set.
    pub const ALL: &'static [Self] = &[Self::MlDsa44, Self::MlDsa65, Self::MlDsa87];

    /// Bytes of a public key.
    #[must_use]
    pub const fn public_len(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }

    /// Bytes of a private key.
    #[must_use]
    pub const fn private_len(self) -> usize {
        match self {
            Self::MlDsa44 => 2560,
            Self::MlDsa65 => 4032,
            Self::MlDsa87 => 4896,
        }
    }

    /// Bytes of a signature.
    #[must_use]
    pub const fn signature_len(self) -> usize {
        match self {
            Self::MlDsa44 => 2420,
            Self::MlDsa65 => 3309,
            Self::MlDsa87 => 4627,
        }
    }
}

/// tr, the hash of the public key that every message representative starts with.
#[derive(Clone, Copy)]
pub(super) struct PublicHash(pub(super) [u8; MU_LEN]);

impl PublicHash {
    pub(super) fn new(public: &[u8]) -> Self {
        Self(shake256([public].iter()))
    }

    /// The representative of M', which is given in parts (FIPS 204, algorithm 7, line 6).
    pub(super) fn mu(&self, message: &[&[u8]]) -> [u8; MU_LEN] {
        shake256([self.0.as_slice()].iter().chain(message))
    }
}

/// H of FIPS 204, section 3.7, with 64 bytes of output.
fn shake256<'a, 'b: 'a>(parts: impl Iterator<Item = &'a &'b [u8]>) -> [u8; MU_LEN] {
    let mut shake = Shake256::default();
    for part in parts {
        shake.update(part);
    }
    let mut output = [0; MU_LEN];
    shake.finalize_xof().read(&mut output);
    output
}

/// A key of another length than its set's.
pub(super) fn length<E>(_: E) -> Error {
    Error::AttributeValueInvalid("an ML-DSA key has not the length of its parameter set".into())
}

/// An encoded private key whose parts do not belong together.
pub(super) fn not_consistent<E>(_: E) -> Error {
    Error::AttributeValueInvalid("the ML-DSA private key is not consistent".into())
}

/// Whether a signature has the length of its set.
pub(super) fn check_signature_len(set: ParameterSet, signature: &[u8]) -> Result<()> {
    let wanted = set.signature_len();
    if signature.len() == wanted {
        return Ok(());
    }
    Err(Error::SignatureLenRange(
        format!("the signature has {} bytes, not {wanted}", signature.len()).into(),
    ))
}

/// A signature that is not the key's.
pub(super) fn does_not_fit() -> Error {
    Error::SignatureInvalid("the ML-DSA signature does not fit the message and the key".into())
}

/// A signature that cannot be made.
pub(super) fn no_signature<E>(_: E) -> Error {
    Error::FunctionFailed("the engine found no ML-DSA signature".into())
}
