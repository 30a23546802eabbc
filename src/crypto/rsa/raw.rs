// SPDX-License-Identifier: MIT OR Apache-2.0
//! RSA without padding, and the steps before and after each padding.
//!
//! Source: PKCS#11 v3.2, "X.509 (raw) RSA"; RFC 8017, section 5.

use super::{Fill, PrivateOperation, PublicOperation};
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// The one error of a decryption: every cause looks the same.
pub(super) fn undecipherable() -> Error {
    Error::EncryptedDataInvalid("the ciphertext cannot be decrypted with this key".into())
}

/// The number that a signature hides.
pub(super) fn open_signature(key: &impl PublicOperation, signature: &[u8]) -> Result<SecretBytes> {
    if signature.len() != key.modulus_len() {
        return Err(Error::SignatureLenRange(
            "the signature does not have the length of the modulus".into(),
        ));
    }
    key.raw(signature)
        .map_err(|_| Error::SignatureInvalid("the signature is not below the modulus".into()))
}

/// The number that a ciphertext hides.
pub(super) fn open_ciphertext(
    key: &impl PrivateOperation,
    ciphertext: &[u8],
) -> Result<SecretBytes> {
    if ciphertext.len() != key.modulus_len() {
        return Err(Error::EncryptedDataLenRange(
            "the ciphertext does not have the length of the modulus".into(),
        ));
    }
    key.raw(ciphertext).map_err(|_| undecipherable())
}

/// Data as a number of the modulus' length: shorter data gets zeros in front.
fn widen(len: usize, data: &[u8]) -> Result<SecretBytes> {
    let Some(zeros) = len.checked_sub(data.len()) else {
        return Err(Error::DataLenRange(
            "the data is longer than the modulus".into(),
        ));
    };
    SecretBytes::try_init(len, |block| {
        if let Some(rest) = block.get_mut(zeros..) {
            rest.copy_from_slice(data);
        }
        Ok(())
    })
}

/// Signs the number.
///
/// # Errors
/// `CKR_DATA_LEN_RANGE`, `CKR_DATA_INVALID`, `CKR_DEVICE_ERROR`
pub fn sign(key: &impl PrivateOperation, data: &[u8]) -> Result<SecretBytes> {
    key.raw(widen(key.modulus_len(), data)?.expose())
}

/// Checks a signature over the number.
///
/// # Errors
/// `CKR_SIGNATURE_INVALID`, `CKR_SIGNATURE_LEN_RANGE`, `CKR_DATA_LEN_RANGE`
pub fn verify(key: &impl PublicOperation, data: &[u8], signature: &[u8]) -> Result<()> {
    let expected = widen(key.modulus_len(), data)?;
    if open_signature(key, signature)?.ct_eq(expected.expose()) {
        return Ok(());
    }
    Err(Error::SignatureInvalid(
        "the signature is not over this data".into(),
    ))
}

/// Gives the number that was signed, of the modulus' length.
///
/// # Errors
/// `CKR_SIGNATURE_INVALID`, `CKR_SIGNATURE_LEN_RANGE`
pub fn recover(key: &impl PublicOperation, signature: &[u8]) -> Result<SecretBytes> {
    open_signature(key, signature)
}

/// Encrypts the number.
///
/// # Errors
/// `CKR_DATA_LEN_RANGE`, `CKR_DATA_INVALID`, `CKR_DEVICE_ERROR`
pub fn encrypt(key: &impl PublicOperation, data: &[u8]) -> Result<SecretBytes> {
    key.raw(widen(key.modulus_len(), data)?.expose())
}

/// How often a number is drawn until it is below the modulus, which is at least every second one.
const DRAWS_MAX: usize = 128;

/// RSASVE.GENERATE (SP 800-56B Rev. 2, 7.2.1.2): a random number below the modulus, encrypted; gives
/// the ciphertext and the number, both of the modulus' length.
///
/// # Errors
/// `CKR_DEVICE_ERROR`
pub fn encapsulate(
    key: &impl PublicOperation,
    fill: Fill<'_>,
) -> Result<(SecretBytes, SecretBytes)> {
    let len = key.modulus_len();
    let unused = 8 * len - key.modulus_bits();
    for _ in 0..DRAWS_MAX {
        let number = SecretBytes::try_init(len, |bytes| {
            fill(bytes)?;
            if let Some(first) = bytes.first_mut() {
                *first &= 0xff >> unused;
            }
            Ok(())
        })?;
        match key.raw(number.expose()) {
            Ok(ciphertext) => return Ok((ciphertext, number)),
            Err(Error::DataInvalid(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Err(Error::DeviceError(
        "the randomness gave no number below the modulus".into(),
    ))
}

/// Decrypts to a number of the modulus' length.
///
/// # Errors
/// `CKR_ENCRYPTED_DATA_LEN_RANGE`, `CKR_ENCRYPTED_DATA_INVALID`
pub fn decrypt(key: &impl PrivateOperation, ciphertext: &[u8]) -> Result<SecretBytes> {
    open_ciphertext(key, ciphertext)
}
