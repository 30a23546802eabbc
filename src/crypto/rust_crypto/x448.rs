// SPDX-License-Identifier: MIT OR Apache-2.0
//! X448 by the crate `x448`: RFC 7748, section 5.

use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Bytes of a private value.
pub const SCALAR_LEN: usize = 56;
/// Bytes of a u coordinate, which is the public key.
pub const POINT_LEN: usize = 56;

/// A private key. The function clamps its value, so the bytes stay as they came.
pub struct PrivateKey {
    scalar: SecretBytes,
    point: [u8; POINT_LEN],
}

impl PrivateKey {
    /// Makes a key from random bytes of `fill`.
    ///
    /// # Errors
    /// Whatever `fill` returns.
    pub fn generate(fill: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<Self> {
        Self::from_scalar(SecretBytes::try_init(SCALAR_LEN, fill)?.expose())
    }

    /// Takes the 56 bytes of a private value.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when there are not 56.
    pub fn from_scalar(scalar: &[u8]) -> Result<Self> {
        let value = Zeroizing::new(private_value(scalar)?);
        let point = x448::x448_unchecked(*value, x448::X448_BASEPOINT_BYTES);
        let scalar = SecretBytes::from_slice(scalar);
        Ok(Self { scalar, point })
    }

    /// The private value.
    #[must_use]
    pub fn scalar(&self) -> SecretBytes {
        self.scalar.duplicate()
    }

    /// The public u coordinate.
    #[must_use]
    pub const fn public_point(&self) -> [u8; POINT_LEN] {
        self.point
    }

    /// The secret shared with the owner of the other point.
    ///
    /// # Errors
    /// `CKR_PUBLIC_KEY_INVALID` when the point has not 56 bytes or the shared secret is all zero.
    pub fn agree(&self, peer: &[u8]) -> Result<SecretBytes> {
        let peer: [u8; POINT_LEN] = peer.try_into().map_err(|_| {
            Error::PublicKeyInvalid(
                format!(
                    "an X448 public key has {POINT_LEN} bytes, not {}",
                    peer.len()
                )
                .into(),
            )
        })?;
        let value = Zeroizing::new(private_value(self.scalar.expose())?);
        let shared = Zeroizing::new(x448::x448_unchecked(*value, peer));
        let shared = SecretBytes::from_slice(&*shared);
        // RFC 7748, section 6.2: both sides may check for the all-zero value, and here one must.
        if shared.ct_eq(&[0; POINT_LEN]) {
            return Err(Error::PublicKeyInvalid(
                "the X448 public key is of small order".into(),
            ));
        }
        Ok(shared)
    }
}

impl core::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PrivateKey(X448)")
    }
}

fn private_value(bytes: &[u8]) -> Result<[u8; SCALAR_LEN]> {
    bytes.try_into().map_err(|_| {
        Error::AttributeValueInvalid(
            format!(
                "an X448 private value has {SCALAR_LEN} bytes, not {}",
                bytes.len()
            )
            .into(),
        )
    })
}
