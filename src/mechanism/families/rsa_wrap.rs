// SPDX-License-Identifier: MIT OR Apache-2.0
//! What wrapping and encapsulation have in common: the errors of encryption in their words, and new keys.
//!
//! Source: PKCS#11 v3.2, "`C_WrapKey`", "`C_UnwrapKey`" and "`C_EncapsulateKey`".

use crate::crypto::des3::set_odd_parity;
use crate::error::{Error, Result};
use crate::mechanism::{Setup, Wanted};
use crate::pkcs11::key_type::{CKK_DES2, CKK_DES3};
use crate::secret::SecretBytes;

/// The longest key that a modulus could have room for.
const KEY_LEN_MAX: usize = 2048;

/// "The secret key is generated in the C_EncapsulateKey function and then wrapped": gives the
/// ciphertext and the key.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, as at the generation of a key without a length; `CKR_KEY_SIZE_RANGE`
pub(super) fn encapsulated(
    setup: &Setup<'_>,
    wanted: &Wanted,
    encrypt: impl FnOnce(&[u8]) -> Result<SecretBytes>,
) -> Result<(SecretBytes, SecretBytes)> {
    let len = match wanted.len {
        Some(len @ 1..=KEY_LEN_MAX) => len,
        Some(_) => return Err(Error::KeySizeRange("the key does not fit a modulus".into())),
        None => {
            return Err(Error::TemplateIncomplete(
                "CKA_VALUE_LEN of the new key must be specified".into(),
            ));
        }
    };
    let key = SecretBytes::try_init(len, |bytes| {
        setup.rng.fill(bytes)?;
        if matches!(wanted.key_type, Some(CKK_DES2 | CKK_DES3)) {
            set_odd_parity(bytes);
        }
        Ok::<_, Error>(())
    })?;
    let ciphertext = encrypt(key.expose()).map_err(|error| match error {
        Error::DataLenRange(_) | Error::DataInvalid(_) => {
            Error::KeySizeRange("the key is too large for the modulus".into())
        }
        other => other,
    })?;
    Ok((ciphertext, key))
}

/// The outcome of a wrap.
pub(super) fn wrapped(outcome: Result<SecretBytes>) -> Result<SecretBytes> {
    outcome.map_err(|error| match error {
        Error::DataLenRange(_) | Error::DataInvalid(_) => {
            Error::KeySizeRange("the key is too large for the modulus of the wrapping key".into())
        }
        Error::KeySizeRange(reason) => Error::WrappingKeySizeRange(reason),
        Error::KeyTypeInconsistent(reason) => Error::WrappingKeyTypeInconsistent(reason),
        other => other,
    })
}

/// The outcome of an unwrap.
pub(super) fn unwrapped(outcome: Result<SecretBytes>) -> Result<SecretBytes> {
    outcome.map_err(|error| match error {
        Error::EncryptedDataInvalid(reason) => Error::WrappedKeyInvalid(reason),
        Error::EncryptedDataLenRange(reason) => Error::WrappedKeyLenRange(reason),
        Error::KeySizeRange(reason) => Error::UnwrappingKeySizeRange(reason),
        Error::KeyTypeInconsistent(reason) => Error::UnwrappingKeyTypeInconsistent(reason),
        other => other,
    })
}
