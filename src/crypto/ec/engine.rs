// SPDX-License-Identifier: MIT OR Apache-2.0
//! One key type over both engines: AWS-LC where it has the curve, RustCrypto elsewhere.

use super::Curve;
use crate::crypto::aws_lc::ec as aws_lc;
use crate::crypto::rust_crypto::ec as rust_crypto;
use crate::error::Result;
use crate::secret::SecretBytes;

/// A private key, parsed once.
#[derive(Debug)]
pub enum PrivateKey {
    /// A key of AWS-LC.
    AwsLc(aws_lc::PrivateKey),
    /// A key of RustCrypto.
    RustCrypto(rust_crypto::PrivateKey),
}

impl PrivateKey {
    /// Makes a key from random bytes of `fill`.
    ///
    /// # Errors
    /// Whatever `fill` returns; `CKR_DEVICE_ERROR`, `CKR_HOST_MEMORY`
    pub fn generate(curve: Curve, fill: impl FnMut(&mut [u8]) -> Result<()>) -> Result<Self> {
        Self::from_scalar(curve, curve.random_scalar(fill)?.expose())
    }

    /// Takes the private value, a big integer of any length.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when it is not in 1 to n - 1; `CKR_HOST_MEMORY`
    pub fn from_scalar(curve: Curve, scalar: &[u8]) -> Result<Self> {
        if aws_lc::has(curve) {
            return aws_lc::PrivateKey::from_scalar(curve, scalar).map(Self::AwsLc);
        }
        rust_crypto::PrivateKey::from_scalar(curve, scalar).map(Self::RustCrypto)
    }

    /// The curve.
    #[must_use]
    pub fn curve(&self) -> Curve {
        match self {
            Self::AwsLc(key) => key.curve(),
            Self::RustCrypto(key) => key.curve(),
        }
    }

    /// The private value in the length of the order.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`
    pub fn scalar(&self) -> Result<SecretBytes> {
        match self {
            Self::AwsLc(key) => key.scalar(),
            Self::RustCrypto(key) => key.scalar(),
        }
    }

    /// The public point, uncompressed.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`, `CKR_HOST_MEMORY`
    pub fn public_point(&self) -> Result<Vec<u8>> {
        match self {
            Self::AwsLc(key) => key.public_point(),
            Self::RustCrypto(key) => key.public_point(),
        }
    }

    /// Signs a digest, of which the leftmost bits count: r and s, each as long as the order.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`
    pub fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::AwsLc(key) => key.sign_digest(digest),
            Self::RustCrypto(key) => key.sign_digest(digest),
        }
    }

    /// The x coordinate of the product with the other side's point, in the length of the field.
    ///
    /// # Errors
    /// `CKR_PUBLIC_KEY_INVALID` when the point is not on the curve or is at infinity.
    pub fn ecdh(&self, peer: &[u8]) -> Result<SecretBytes> {
        match self {
            Self::AwsLc(key) => key.ecdh(peer),
            Self::RustCrypto(key) => key.ecdh(peer),
        }
    }
}

/// A public key, on its curve and not at infinity.
#[derive(Debug)]
pub enum PublicKey {
    /// A key of AWS-LC.
    AwsLc(aws_lc::PublicKey),
    /// A key of RustCrypto.
    RustCrypto(rust_crypto::PublicKey),
}

impl PublicKey {
    /// Takes a point in uncompressed, compressed or hybrid form.
    ///
    /// # Errors
    /// `CKR_PUBLIC_KEY_INVALID` when it is not on the curve or is at infinity.
    pub fn from_point(curve: Curve, point: &[u8]) -> Result<Self> {
        if aws_lc::has(curve) {
            return aws_lc::PublicKey::from_point(curve, point).map(Self::AwsLc);
        }
        rust_crypto::PublicKey::from_point(curve, point).map(Self::RustCrypto)
    }

    /// The curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        match self {
            Self::AwsLc(key) => key.curve(),
            Self::RustCrypto(key) => key.curve(),
        }
    }

    /// The point, uncompressed.
    #[must_use]
    pub fn point(&self) -> &[u8] {
        match self {
            Self::AwsLc(key) => key.point(),
            Self::RustCrypto(key) => key.point(),
        }
    }

    /// Verifies r and s over a digest, of which the leftmost bits count.
    ///
    /// # Errors
    /// `CKR_SIGNATURE_INVALID`; `CKR_SIGNATURE_LEN_RANGE` when r and s are longer than two orders.
    pub fn verify_digest(&self, digest: &[u8], signature: &[u8]) -> Result<()> {
        match self {
            Self::AwsLc(key) => key.verify_digest(digest, signature),
            Self::RustCrypto(key) => key.verify_digest(digest, signature),
        }
    }
}
