// SPDX-License-Identifier: MIT OR Apache-2.0
//! The one gate to key material: nothing else makes a [`UsableKey`].
//!
//! Source: PKCS#11 v3.2, "Key objects", and each function's own conditions.

use std::sync::Arc;

use super::read::matches_map;
use super::{Object, Value};
use crate::error::{Error, Result};
use crate::pkcs11::attribute::{
    CKA_ALLOWED_MECHANISMS, CKA_DECAPSULATE, CKA_DECRYPT, CKA_DERIVE, CKA_ENCAPSULATE, CKA_ENCRYPT,
    CKA_EXTRACTABLE, CKA_SIGN, CKA_SIGN_RECOVER, CKA_TRUSTED, CKA_UNWRAP, CKA_VERIFY,
    CKA_VERIFY_RECOVER, CKA_WRAP, CKA_WRAP_TEMPLATE, CKA_WRAP_WITH_TRUSTED,
};
use crate::pkcs11::class::{CKO_DATA, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY};
use crate::pkcs11::{AttributeType, MechanismType, ObjectClass};

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
    /// CKA_DERIVE, or a data object, which has no such attribute: HKDF
    DeriveOrData,
    /// CKA_ENCAPSULATE
    Encapsulate,
    /// CKA_DECAPSULATE
    Decapsulate,
    /// `C_DigestKey`
    Digest,
    /// `CKM_PUB_KEY_FROM_PRIV_KEY`
    // SPEC: it asks for no CKA_DERIVE: the public key is no secret, and CKA_PUBLIC_KEY_INFO of the
    // private key shows it to everybody who can see the key.
    PublicHalf,
}

impl Use {
    /// The attribute that must be true, if the use has one.
    const fn attribute(self) -> Option<AttributeType> {
        Some(match self {
            Self::Encrypt => CKA_ENCRYPT,
            Self::Decrypt => CKA_DECRYPT,
            Self::Sign => CKA_SIGN,
            Self::SignRecover => CKA_SIGN_RECOVER,
            Self::Verify => CKA_VERIFY,
            Self::VerifyRecover => CKA_VERIFY_RECOVER,
            Self::Wrap => CKA_WRAP,
            Self::Unwrap => CKA_UNWRAP,
            Self::Derive | Self::DeriveOrData => CKA_DERIVE,
            Self::Encapsulate => CKA_ENCAPSULATE,
            Self::Decapsulate => CKA_DECAPSULATE,
            Self::Digest | Self::PublicHalf => return None,
        })
    }

    /// The classes that can serve the use at all.
    const fn classes(self) -> &'static [ObjectClass] {
        match self {
            Self::Encrypt | Self::Verify | Self::Wrap => &[CKO_PUBLIC_KEY, CKO_SECRET_KEY],
            Self::Decrypt | Self::Sign | Self::Unwrap | Self::Derive => {
                &[CKO_PRIVATE_KEY, CKO_SECRET_KEY]
            }
            Self::DeriveOrData => &[CKO_DATA, CKO_PRIVATE_KEY, CKO_SECRET_KEY],
            Self::VerifyRecover | Self::Encapsulate => &[CKO_PUBLIC_KEY],
            Self::SignRecover | Self::Decapsulate | Self::PublicHalf => &[CKO_PRIVATE_KEY],
            Self::Digest => &[CKO_SECRET_KEY],
        }
    }

    /// Whether the use is for this object though it is no key.
    #[must_use]
    pub fn takes_data(self, class: ObjectClass) -> bool {
        class == CKO_DATA && self.classes().contains(&class)
    }
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
/// Checks class, usage attribute and CKA_ALLOWED_MECHANISMS. Login was checked when the handle was
/// resolved; CKA_ALWAYS_AUTHENTICATE is the session's business, the key type the mechanism's.
///
/// # Errors
/// `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_FUNCTION_NOT_PERMITTED`, `CKR_KEY_TYPE_INCONSISTENT`,
/// `CKR_KEY_INDIGESTIBLE`, `CKR_MECHANISM_INVALID`
pub fn authorize(object: Arc<Object>, purpose: Use, mechanism: MechanismType) -> Result<UsableKey> {
    let class = object.class();
    if purpose.takes_data(class) {
        return Ok(UsableKey { object });
    }
    if !is_key(class) {
        return Err(Error::KeyHandleInvalid(
            format!("an object of class {class} is no key").into(),
        ));
    }
    if object.key_type().is_none() {
        return Err(Error::KeyTypeInconsistent(
            "the key has no CKA_KEY_TYPE".into(),
        ));
    }
    if !purpose.classes().contains(&class) {
        let reason = format!("a key of class {class} cannot {purpose:?}").into();
        return Err(if purpose == Use::Digest {
            Error::KeyIndigestible(reason)
        } else {
            Error::KeyFunctionNotPermitted(reason)
        });
    }
    if let Some(attribute) = purpose.attribute()
        && !object.attributes().is_true(attribute)
    {
        return Err(Error::KeyFunctionNotPermitted(
            format!("{attribute} of the key is false").into(),
        ));
    }
    allows_mechanism(&object, mechanism)?;
    // SPEC: CKA_START_DATE and CKA_END_DATE are "for reference only" and restrict nothing.
    Ok(UsableKey { object })
}

const fn is_key(class: ObjectClass) -> bool {
    matches!(class, CKO_PUBLIC_KEY | CKO_PRIVATE_KEY | CKO_SECRET_KEY)
}

fn allows_mechanism(object: &Object, mechanism: MechanismType) -> Result<()> {
    match object.attributes().value(CKA_ALLOWED_MECHANISMS) {
        // SPEC: an empty list restricts nothing, like an absent one; tokens that always show the
        // attribute show it empty.
        Some(Value::Mechanisms(list)) if !list.is_empty() && !list.contains(&mechanism) => {
            Err(Error::MechanismInvalid(
                format!("CKA_ALLOWED_MECHANISMS of the key does not list {mechanism}").into(),
            ))
        }
        _ => Ok(()),
    }
}

/// Whether the wrapping key may carry the target out of the token.
///
/// # Errors
/// `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_NOT_WRAPPABLE`, `CKR_KEY_UNEXTRACTABLE`
pub fn may_wrap(wrapping: &UsableKey, target: &Object) -> Result<()> {
    let class = target.class();
    if !is_key(class) {
        return Err(Error::KeyHandleInvalid(
            format!("an object of class {class} is no key").into(),
        ));
    }
    if class == CKO_PUBLIC_KEY {
        return Err(Error::KeyNotWrappable(
            "C_WrapKey wraps a private or secret key".into(),
        ));
    }
    if !target.attributes().is_true(CKA_EXTRACTABLE) {
        return Err(Error::KeyUnextractable(
            "CKA_EXTRACTABLE of the key to be wrapped is false".into(),
        ));
    }
    let own = wrapping.object().attributes();
    if target.attributes().is_true(CKA_WRAP_WITH_TRUSTED) && !own.is_true(CKA_TRUSTED) {
        return Err(Error::KeyNotWrappable(
            "CKA_WRAP_WITH_TRUSTED asks for a wrapping key with CKA_TRUSTED".into(),
        ));
    }
    // "If any attribute mismatch occurs on an attempt to wrap a key then the function SHALL return
    // CKR_KEY_HANDLE_INVALID."
    match own.value(CKA_WRAP_TEMPLATE) {
        Some(Value::Template(template)) if !matches_map(target, template) => {
            Err(Error::KeyHandleInvalid(
                "the key does not match CKA_WRAP_TEMPLATE of the wrapping key".into(),
            ))
        }
        _ => Ok(()),
    }
}
