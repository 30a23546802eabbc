// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the paddings need of a key: RFC 8017, section 5.

use crate::error::Result;
use crate::secret::SecretBytes;

/// Fills bytes with randomness, as the caller's source gives it.
pub type Fill<'a> = &'a dyn Fn(&mut [u8]) -> Result<()>;

/// A public key.
pub trait PublicOperation {
    /// Length of the modulus in bits.
    fn modulus_bits(&self) -> usize;

    /// `k`: length of the modulus in bytes.
    fn modulus_len(&self) -> usize {
        self.modulus_bits().div_ceil(8)
    }

    /// RSAEP and RSAVP1 over exactly `k` bytes.
    ///
    /// # Errors
    /// `CKR_DATA_INVALID` when the number is not below the modulus, `CKR_DATA_LEN_RANGE` when the length is not
    /// `k`, `CKR_DEVICE_ERROR`
    fn raw(&self, input: &[u8]) -> Result<SecretBytes>;
}

/// A private key.
pub trait PrivateOperation {
    /// Length of the modulus in bits.
    fn modulus_bits(&self) -> usize;

    /// `k`: length of the modulus in bytes.
    fn modulus_len(&self) -> usize {
        self.modulus_bits().div_ceil(8)
    }

    /// RSADP and RSASP1 over exactly `k` bytes: blinded, and checked against faults.
    ///
    /// The numbers 0, 1 and n - 1 are refused: they are their own image, so they prove and hide nothing.
    ///
    /// # Errors
    /// `CKR_DATA_INVALID` when the number is out of range, `CKR_DATA_LEN_RANGE` when the length is not `k`,
    /// `CKR_DEVICE_ERROR`
    fn raw(&self, input: &[u8]) -> Result<SecretBytes>;
}
