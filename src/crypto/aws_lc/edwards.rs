// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ed25519 by AWS-LC: RFC 8032.

use aws_lc_sys as sys;

use crate::crypto::edwards::{POINT_LEN, SEED_LEN, SIGNATURE_LEN, Scheme};
use crate::crypto::rust_crypto::edwards::{exact_len, is_point};
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// AWS-LC's private key: the seed, then the public point.
const KEY_LEN: usize = SEED_LEN + POINT_LEN;

/// A private key.
pub struct PrivateKey {
    key: SecretBytes,
    point: [u8; POINT_LEN],
}

impl PrivateKey {
    /// Makes a key from random bytes of `fill`.
    ///
    /// # Errors
    /// Whatever `fill` returns.
    pub fn generate(fill: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<Self> {
        Self::from_seed(SecretBytes::try_init(SEED_LEN, fill)?.expose())
    }

    /// Takes the 32 bytes of a seed.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when there are not 32.
    pub fn from_seed(seed: &[u8]) -> Result<Self> {
        let seed: &[u8; SEED_LEN] = exact_len(seed)?;
        let mut point = [0; POINT_LEN];
        let key = SecretBytes::try_init(KEY_LEN, |key| {
            // SAFETY: the three arrays have the lengths that AWS-LC writes and reads.
            unsafe {
                sys::ED25519_keypair_from_seed(point.as_mut_ptr(), key.as_mut_ptr(), seed.as_ptr());
            }
            Ok::<_, Error>(())
        })?;
        Ok(Self { key, point })
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> SecretBytes {
        self.key.truncated(SEED_LEN)
    }

    /// The public point, encoded.
    #[must_use]
    pub const fn public_point(&self) -> [u8; POINT_LEN] {
        self.point
    }

    /// Signs a message.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`
    pub fn sign(&self, message: &[u8]) -> Result<[u8; SIGNATURE_LEN]> {
        self.sign_as(Scheme::Pure, message)
    }

    /// Signs a message by any of the schemes of RFC 8032.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`
    pub fn sign_as(&self, scheme: Scheme<'_>, message: &[u8]) -> Result<[u8; SIGNATURE_LEN]> {
        let mut signature = [0; SIGNATURE_LEN];
        let out = signature.as_mut_ptr();
        let key = self.key.expose().as_ptr();
        let (data, len) = (message.as_ptr(), message.len());
        let done = match scheme {
            // SAFETY: both arrays have the lengths that AWS-LC writes and reads; pointer and length
            // of the message belong together.
            Scheme::Pure => unsafe { sys::ED25519_sign(out, data, len, key) },
            // SAFETY: as above, and for the context as for the message.
            Scheme::Context(context) => unsafe {
                sys::ED25519ctx_sign(out, data, len, key, context.as_ptr(), context.len())
            },
            // SAFETY: as above.
            Scheme::Prehashed(context) => unsafe {
                sys::ED25519ph_sign(out, data, len, key, context.as_ptr(), context.len())
            },
        };
        if done == 1 {
            return Ok(signature);
        }
        Err(Error::FunctionFailed(
            "the engine failed to sign with Ed25519".into(),
        ))
    }
}

impl core::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PrivateKey(Ed25519)")
    }
}

/// A public key.
#[derive(Debug)]
pub struct PublicKey([u8; POINT_LEN]);

impl PublicKey {
    /// Takes the 32 bytes of an encoded point.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when there are not 32; `CKR_PUBLIC_KEY_INVALID` when they
    /// encode no point.
    pub fn from_point(point: &[u8]) -> Result<Self> {
        let point: &[u8; POINT_LEN] = exact_len(point)?;
        is_point(point)?;
        Ok(Self(*point))
    }

    /// The encoded point.
    #[must_use]
    pub const fn point(&self) -> &[u8; POINT_LEN] {
        &self.0
    }

    /// Verifies the signature of a message.
    ///
    /// # Errors
    /// `CKR_SIGNATURE_LEN_RANGE`, `CKR_SIGNATURE_INVALID`
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        self.verify_as(Scheme::Pure, message, signature)
    }

    /// Verifies the signature of a message by any of the schemes of RFC 8032.
    ///
    /// # Errors
    /// `CKR_SIGNATURE_LEN_RANGE`, `CKR_SIGNATURE_INVALID`
    pub fn verify_as(&self, scheme: Scheme<'_>, message: &[u8], signature: &[u8]) -> Result<()> {
        let signature: &[u8; SIGNATURE_LEN] = signature.try_into().map_err(|_| {
            Error::SignatureLenRange("an Ed25519 signature has 64 bytes (\"EC Signatures\")".into())
        })?;
        let (data, len) = (message.as_ptr(), message.len());
        let (signature, key) = (signature.as_ptr(), self.0.as_ptr());
        let valid = match scheme {
            // SAFETY: both arrays have the lengths that AWS-LC reads; pointer and length of the
            // message belong together.
            Scheme::Pure => unsafe { sys::ED25519_verify(data, len, signature, key) },
            // SAFETY: as above, and for the context as for the message.
            Scheme::Context(context) => unsafe {
                sys::ED25519ctx_verify(data, len, signature, key, context.as_ptr(), context.len())
            },
            // SAFETY: as above.
            Scheme::Prehashed(context) => unsafe {
                sys::ED25519ph_verify(data, len, signature, key, context.as_ptr(), context.len())
            },
        };
        if valid == 1 {
            return Ok(());
        }
        // SAFETY: takes nothing; empties this thread's error queue, which nobody reads.
        unsafe { sys::ERR_clear_error() };
        Err(Error::SignatureInvalid(
            "the Ed25519 signature does not fit the message and the key".into(),
        ))
    }
}
