// SPDX-License-Identifier: MIT OR Apache-2.0
//! X25519 by the crate `x25519-dalek`: RFC 7748.

use x25519_dalek::{PublicKey, StaticSecret};

use crate::crypto::montgomery::{POINT_LEN, SCALAR_LEN};
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// A private key. The function clamps its value, so the bytes stay as they came.
pub struct PrivateKey(StaticSecret);

impl PrivateKey {
    /// Makes a key from random bytes of `fill`.
    ///
    /// # Errors
    /// Whatever `fill` returns.
    pub fn generate(fill: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<Self> {
        Self::from_scalar(SecretBytes::try_init(SCALAR_LEN, fill)?.expose())
    }

    /// Takes the 32 bytes of a private value.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when there are not 32.
    pub fn from_scalar(scalar: &[u8]) -> Result<Self> {
        private_value(scalar).map(|scalar| Self(StaticSecret::from(*scalar)))
    }

    /// The private value.
    #[must_use]
    pub fn scalar(&self) -> SecretBytes {
        SecretBytes::from_slice(self.0.as_bytes())
    }

    /// The public u coordinate.
    #[must_use]
    pub fn public_point(&self) -> [u8; POINT_LEN] {
        PublicKey::from(&self.0).to_bytes()
    }

    /// The secret shared with the owner of the other point.
    ///
    /// # Errors
    /// `CKR_PUBLIC_KEY_INVALID` when the point has not 32 bytes or the shared secret is all zero.
    pub fn agree(&self, peer: &[u8]) -> Result<SecretBytes> {
        let shared = self.0.diffie_hellman(&PublicKey::from(*peer_point(peer)?));
        if !shared.was_contributory() {
            return Err(small_order());
        }
        Ok(SecretBytes::from_slice(shared.as_bytes()))
    }
}

impl core::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PrivateKey(X25519)")
    }
}

/// The bytes as a private value, which has 32.
pub(in crate::crypto) fn private_value(bytes: &[u8]) -> Result<&[u8; SCALAR_LEN]> {
    bytes.try_into().map_err(|_| {
        Error::AttributeValueInvalid(
            format!("an X25519 private value has 32 bytes, not {}", bytes.len()).into(),
        )
    })
}

/// The bytes as the other side's point, which has 32.
pub(in crate::crypto) fn peer_point(bytes: &[u8]) -> Result<&[u8; POINT_LEN]> {
    bytes.try_into().map_err(|_| {
        Error::PublicKeyInvalid(
            format!("an X25519 public key has 32 bytes, not {}", bytes.len()).into(),
        )
    })
}

/// RFC 7748, section 6.1: both sides may check for the all-zero value, and here one must.
pub(in crate::crypto) fn small_order() -> Error {
    Error::PublicKeyInvalid("the X25519 public key is of small order".into())
}
