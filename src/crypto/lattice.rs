// SPDX-License-Identifier: MIT OR Apache-2.0
//! What private keys of ML-KEM and ML-DSA have in common, whichever engine holds them: FIPS 203 and
//! FIPS 204, "key generation".
#![forbid(unsafe_code)]

use zeroize::Zeroizing;

use crate::error::Result;
use crate::secret::SecretBytes;

/// A private key that a seed expands to.
pub trait LatticeKey: Sized {
    /// The parameter sets.
    type Set: Copy;

    /// Bytes of a seed.
    const SEED_LEN: usize;

    /// Takes a seed.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when it has another length.
    fn from_seed(set: Self::Set, seed: &[u8]) -> Result<Self>;

    /// Takes a private key in its encoded form, whose parts must belong together.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    fn from_expanded(set: Self::Set, bytes: &[u8]) -> Result<Self>;

    /// The parameter set.
    fn set(&self) -> Self::Set;

    /// The seed, if the key came from one.
    fn seed(&self) -> Option<SecretBytes>;

    /// The encoded private key.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    fn expanded(&self) -> Result<SecretBytes>;

    /// The encoded public key.
    fn public(&self) -> &[u8];

    /// Makes a key from random bytes of `fill`.
    ///
    /// # Errors
    /// Whatever `fill` returns.
    fn generate(set: Self::Set, fill: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<Self> {
        let mut seed = Zeroizing::new(vec![0; Self::SEED_LEN]);
        fill(&mut seed)?;
        Self::from_seed(set, &seed)
    }
}
