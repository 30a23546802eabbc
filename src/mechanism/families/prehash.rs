// SPDX-License-Identifier: MIT OR Apache-2.0
//! Signatures over a hash: one adaptor that hashes the parts, for every family that signs a digest.
//!
//! Source: PKCS#11 v3.2, "Signing and MACing functions" (multiple-part signing).

use crate::crypto::digest::{HashFunction, Hasher};
use crate::error::Result;
use crate::mechanism::{Accumulate, Check};
use crate::secret::SecretBytes;

/// Signs a digest with a key it owns a snapshot of.
pub(super) trait DigestSigner: Send {
    /// Exact signature length in bytes.
    fn signature_len(&self) -> usize;

    /// Signs the digest.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`, `CKR_FUNCTION_FAILED`
    fn sign_digest(&self, digest: &[u8]) -> Result<SecretBytes>;
}

/// Verifies a signature over a digest.
pub(super) trait DigestVerifier: Send {
    /// Checks the signature.
    ///
    /// # Errors
    /// `CKR_SIGNATURE_INVALID`, `CKR_SIGNATURE_LEN_RANGE`
    fn verify_digest(&self, digest: &[u8], signature: &[u8]) -> Result<()>;
}

/// A hash function in front of a [`DigestSigner`] or [`DigestVerifier`].
pub(super) struct Prehashed<S> {
    inner: S,
    hasher: Hasher,
}

impl<S> Prehashed<S> {
    pub(super) fn new(function: HashFunction, inner: S) -> Self {
        Self {
            inner,
            hasher: function.start(),
        }
    }
}

impl<S: DigestSigner> Accumulate for Prehashed<S> {
    fn output_len(&self) -> usize {
        self.inner.signature_len()
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        let digest = self.hasher.function().hash(input);
        self.inner.sign_digest(digest.expose())
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        self.hasher.update(input);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        let Self { inner, hasher } = *self;
        inner.sign_digest(hasher.finish().expose())
    }
}

impl<S: DigestVerifier> Check for Prehashed<S> {
    fn single(self: Box<Self>, input: &[u8], signature: &[u8]) -> Result<()> {
        let digest = self.hasher.function().hash(input);
        self.inner.verify_digest(digest.expose(), signature)
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        self.hasher.update(input);
        Ok(())
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<()> {
        let Self { inner, hasher } = *self;
        inner.verify_digest(hasher.finish().expose(), signature)
    }
}
