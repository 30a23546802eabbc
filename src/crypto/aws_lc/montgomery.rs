// SPDX-License-Identifier: MIT OR Apache-2.0
//! X25519 by AWS-LC: RFC 7748.

use aws_lc_sys as sys;

use crate::crypto::montgomery::{POINT_LEN, SCALAR_LEN};
use crate::crypto::rust_crypto::montgomery::{peer_point, private_value, small_order};
use crate::error::Result;
use crate::secret::SecretBytes;

/// A private key. The function clamps its value, so the bytes stay as they came.
#[derive(Debug)]
pub struct PrivateKey(SecretBytes);

impl PrivateKey {
    /// Makes a key from random bytes of `fill`.
    ///
    /// # Errors
    /// Whatever `fill` returns.
    pub fn generate(fill: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<Self> {
        SecretBytes::try_init(SCALAR_LEN, fill).map(Self)
    }

    /// Takes the 32 bytes of a private value.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when there are not 32.
    pub fn from_scalar(scalar: &[u8]) -> Result<Self> {
        private_value(scalar).map(|scalar| Self(SecretBytes::from_slice(scalar)))
    }

    /// The private value.
    #[must_use]
    pub fn scalar(&self) -> SecretBytes {
        self.0.duplicate()
    }

    /// The public u coordinate.
    #[must_use]
    pub fn public_point(&self) -> [u8; POINT_LEN] {
        let mut point = [0; POINT_LEN];
        // SAFETY: both have the 32 bytes that AWS-LC writes and reads; the constructors check it.
        unsafe {
            sys::X25519_public_from_private(point.as_mut_ptr(), self.0.expose().as_ptr());
        }
        point
    }

    /// The secret shared with the owner of the other point.
    ///
    /// # Errors
    /// `CKR_PUBLIC_KEY_INVALID` when the point has not 32 bytes or the shared secret is all zero.
    pub fn agree(&self, peer: &[u8]) -> Result<SecretBytes> {
        let peer = peer_point(peer)?;
        SecretBytes::try_init(POINT_LEN, |bytes| {
            // SAFETY: all three have the 32 bytes that AWS-LC writes and reads.
            let done =
                unsafe { sys::X25519(bytes.as_mut_ptr(), self.0.expose().as_ptr(), peer.as_ptr()) };
            if done == 1 {
                return Ok(());
            }
            // SAFETY: takes nothing; empties this thread's error queue, which nobody reads.
            unsafe { sys::ERR_clear_error() };
            Err(small_order())
        })
    }
}
