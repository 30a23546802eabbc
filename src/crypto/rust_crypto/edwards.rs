// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ed25519 by the crate `ed25519-dalek`: RFC 8032.

use ed25519_dalek::{
    Digest as _, Sha512, Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey,
};

use crate::crypto::edwards::{POINT_LEN, SEED_LEN, SIGNATURE_LEN, Scheme};
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// A private key.
pub struct PrivateKey(Box<SigningKey>);

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
        Ok(Self(Box::new(SigningKey::from_bytes(seed))))
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> SecretBytes {
        SecretBytes::from_slice(self.0.as_bytes())
    }

    /// The public point, encoded.
    #[must_use]
    pub fn public_point(&self) -> [u8; POINT_LEN] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs a message.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`
    pub fn sign(&self, message: &[u8]) -> Result<[u8; SIGNATURE_LEN]> {
        self.0
            .try_sign(message)
            .map(|signature| signature.to_bytes())
            .map_err(|_| Error::FunctionFailed("the engine failed to sign with Ed25519".into()))
    }

    /// Signs a message by any of the schemes of RFC 8032.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`; `CKR_MECHANISM_PARAM_INVALID` for Ed25519ctx, which this engine lacks.
    pub fn sign_as(&self, scheme: Scheme<'_>, message: &[u8]) -> Result<[u8; SIGNATURE_LEN]> {
        match scheme {
            Scheme::Pure => self.sign(message),
            Scheme::Context(_) => Err(no_context()),
            Scheme::Prehashed(context) => self
                .0
                .sign_prehashed(Sha512::new().chain_update(message), Some(context))
                .map(|signature| signature.to_bytes())
                .map_err(|_| {
                    Error::FunctionFailed("the engine failed to sign with Ed25519ph".into())
                }),
        }
    }
}

impl core::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PrivateKey(Ed25519)")
    }
}

/// A public key.
#[derive(Debug)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Takes the 32 bytes of an encoded point.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when there are not 32; `CKR_PUBLIC_KEY_INVALID` when they
    /// encode no point.
    pub fn from_point(point: &[u8]) -> Result<Self> {
        is_point(exact_len(point)?).map(Self)
    }

    /// The encoded point.
    #[must_use]
    pub fn point(&self) -> &[u8; POINT_LEN] {
        self.0.as_bytes()
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
    /// `CKR_SIGNATURE_LEN_RANGE`, `CKR_SIGNATURE_INVALID`; `CKR_MECHANISM_PARAM_INVALID` for
    /// Ed25519ctx, which this engine lacks.
    pub fn verify_as(&self, scheme: Scheme<'_>, message: &[u8], signature: &[u8]) -> Result<()> {
        let signature: &[u8; SIGNATURE_LEN] = signature.try_into().map_err(|_| {
            Error::SignatureLenRange("an Ed25519 signature has 64 bytes (\"EC Signatures\")".into())
        })?;
        let signature = Signature::from_bytes(signature);
        let verified = match scheme {
            Scheme::Pure => self.0.verify(message, &signature),
            Scheme::Context(_) => return Err(no_context()),
            Scheme::Prehashed(context) => {
                let digest = Sha512::new().chain_update(message);
                self.0.verify_prehashed(digest, Some(context), &signature)
            }
        };
        verified.map_err(|_| {
            Error::SignatureInvalid(
                "the Ed25519 signature does not fit the message and the key".into(),
            )
        })
    }
}

fn no_context() -> Error {
    Error::MechanismParamInvalid("a build without AWS-LC has no Ed25519ctx".into())
}

/// The bytes as an array of the length that RFC 8032 gives seeds and points.
pub(in crate::crypto) fn exact_len<const N: usize>(bytes: &[u8]) -> Result<&[u8; N]> {
    bytes.try_into().map_err(|_| {
        Error::AttributeValueInvalid(
            format!("an Ed25519 key has {N} bytes, not {}", bytes.len()).into(),
        )
    })
}

/// Decodes a point (RFC 8032, section 5.1.3).
pub(in crate::crypto) fn is_point(bytes: &[u8; POINT_LEN]) -> Result<VerifyingKey> {
    VerifyingKey::from_bytes(bytes)
        .map_err(|_| Error::PublicKeyInvalid("the bytes encode no point of edwards25519".into()))
}
