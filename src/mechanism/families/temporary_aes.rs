// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the wraps with a temporary AES key share: its length, and CKM_AES_KEY_WRAP_KWP behind a
//! head.
//!
//! Source: PKCS#11 v3.2, "RSA AES KEY WRAP" and "ECDH AES KEY WRAP".

use super::aes_block::{as_key_size, as_wrapped};
use crate::crypto::aes::AesKey;
use crate::crypto::key_wrap::{INITIAL_HALF, unwrap_padded, wrap_padded};
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// All that an unwrap says about bytes that do not unwrap.
pub(super) const INVALID: &str = "the wrapped key does not fit the unwrapping key";

/// The length in bytes that `ulAESKeyBits` means.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) fn key_len(bits: u64) -> Result<usize> {
    match bits {
        128 => Ok(16),
        192 => Ok(24),
        256 => Ok(32),
        _ => Err(Error::MechanismParamInvalid(
            "ulAESKeyBits must be 128, 192 or 256".into(),
        )),
    }
}

/// The head, then the key material under the temporary key.
///
/// # Errors
/// `CKR_KEY_SIZE_RANGE`
pub(super) fn wrap(head: &[u8], aes: &SecretBytes, material: &SecretBytes) -> Result<SecretBytes> {
    let key = AesKey::new(aes.expose())?;
    let tail = wrap_padded(&key, &INITIAL_HALF, material.expose()).map_err(as_key_size)?;
    // The whole is a ciphertext.
    Ok(SecretBytes::new([head, tail.expose()].concat()))
}

/// The key material from what stands behind the head.
///
/// # Errors
/// `CKR_WRAPPED_KEY_INVALID`, `CKR_WRAPPED_KEY_LEN_RANGE`
pub(super) fn unwrap(aes: &SecretBytes, tail: &[u8]) -> Result<SecretBytes> {
    let key = AesKey::new(aes.expose())?;
    unwrap_padded(&key, &INITIAL_HALF, tail).map_err(as_wrapped)
}
