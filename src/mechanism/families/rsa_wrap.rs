// SPDX-License-Identifier: MIT OR Apache-2.0
//! The errors of encryption in the words of wrapping: PKCS#11 v3.2, "`C_WrapKey`" and "`C_UnwrapKey`".

use crate::error::{Error, Result};
use crate::secret::SecretBytes;

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
