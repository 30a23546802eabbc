// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key material between its forms: attributes, the engine's parsed keys, PKCS#8 and raw bytes.
//!
//! One file a key type. Checks that need arithmetic live here, because the object room has no engine.
//! Source: PKCS#11 v3.2, "Key objects" and "Wrapping/unwrapping private keys"; RFC 5208, RFC 5280.

pub mod ec;
pub mod edwards;
pub mod montgomery;
pub(in crate::mechanism) mod point;
mod rfc8410;

use crate::error::Result;
use crate::object::{AttributeMap, Kind, Object, Origin};
use crate::pkcs11::key_type::{CKK_EC, CKK_EC_EDWARDS, CKK_EC_MONTGOMERY};
use crate::secret::SecretBytes;

/// Checks the material of an admitted object and sets what is computed from it: missing CRT values,
/// CKA_MODULUS_BITS, CKA_EC_POINT in its output form, CKA_VALUE_LEN, CKA_CHECK_VALUE,
/// CKA_PUBLIC_KEY_INFO, certificate fields.
///
/// # Errors
/// `CKR_ATTRIBUTE_VALUE_INVALID`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_CURVE_NOT_SUPPORTED`,
/// `CKR_KEY_SIZE_RANGE`
pub fn complete(kind: &'static Kind, attributes: &mut AttributeMap, origin: Origin) -> Result<()> {
    match kind.key_type {
        Some(CKK_EC) => ec::complete(kind, attributes, origin),
        Some(CKK_EC_EDWARDS) => edwards::complete(kind, attributes, origin),
        Some(CKK_EC_MONTGOMERY) => montgomery::complete(kind, attributes, origin),
        _ => Ok(()),
    }
}

/// The bytes that a wrap encrypts: the value of a secret key, PKCS#8 of a private key.
///
/// # Errors
/// `CKR_KEY_NOT_WRAPPABLE`
pub fn export(object: &Object) -> Result<SecretBytes> {
    match object.kind().key_type {
        Some(CKK_EC) => ec::export(object),
        Some(CKK_EC_EDWARDS) => edwards::export(object),
        Some(CKK_EC_MONTGOMERY) => montgomery::export(object),
        _ => Err(crate::error::Error::KeyNotWrappable(
            "no key of this type can be exported".into(),
        )),
    }
}

/// Sets the material attributes of an admitted object from what an unwrap or a derivation gave.
///
/// # Errors
/// `CKR_WRAPPED_KEY_INVALID`, `CKR_TEMPLATE_INCONSISTENT`
pub fn import(
    kind: &'static Kind,
    attributes: &mut AttributeMap,
    material: &SecretBytes,
) -> Result<()> {
    match kind.key_type {
        Some(CKK_EC) => ec::import(kind, attributes, material),
        Some(CKK_EC_EDWARDS) => edwards::import(kind, attributes, material),
        Some(CKK_EC_MONTGOMERY) => montgomery::import(kind, attributes, material),
        _ => Err(crate::error::Error::WrappedKeyInvalid(
            "no key of this type can be imported".into(),
        )),
    }
}
