// SPDX-License-Identifier: MIT OR Apache-2.0
//! The forms in which objects are shown where versions of the standard, or tokens, differ.
//!
//! Source: PKCS#11 v3.0 and v3.2, "Edwards EC public key objects" and "Montgomery EC public key
//! objects" (CKA_EC_POINT); v3.2, "Common key attributes" (CKA_ALLOWED_MECHANISMS).

use std::borrow::Cow;

use super::read::{Shown, equals, is_concealed};
use super::{Object, RawValue, Template, Value, read};
use crate::error::{Error, Result};
use crate::pkcs11::AttributeType;
use crate::pkcs11::attribute::{CKA_ALLOWED_MECHANISMS, CKA_EC_POINT};
use crate::pkcs11::key_type::{CKK_EC_EDWARDS, CKK_EC_MONTGOMERY};

/// How objects are shown; objects are stored in the one form of the default.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct View {
    /// CKA_EC_POINT of Edwards and Montgomery keys is the point itself and no DER OCTET STRING.
    pub raw_points: bool,
    /// A key without CKA_ALLOWED_MECHANISMS shows an empty list.
    pub empty_lists: bool,
}

impl View {
    /// One attribute of an object, as [`read()`] gives it, in the forms of this view.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_SENSITIVE`, `CKR_ATTRIBUTE_TYPE_INVALID`
    pub fn read(self, object: &Object, id: AttributeType) -> Result<Shown<'_>> {
        match read(object, id) {
            Ok(Shown::Bytes(Cow::Borrowed(bytes))) if self.raw_points && is_point(object, id) => {
                Ok(Shown::Bytes(Cow::Borrowed(unwrapped(bytes))))
            }
            Err(Error::AttributeTypeInvalid(_)) if self.shows_empty(object, id) => {
                Ok(Shown::Bytes(Cow::Borrowed(&[])))
            }
            shown => shown,
        }
    }

    /// Whether the object has every attribute of the template with just that value.
    ///
    /// Sensitive attributes never match.
    // SPEC: both forms of CKA_EC_POINT find an Edwards or Montgomery key, whichever is shown.
    #[must_use]
    pub fn matches(self, object: &Object, template: &Template<'_>) -> bool {
        template
            .0
            .iter()
            .all(|(id, raw)| self.fits(object, *id, raw) && !is_concealed(object, *id))
    }

    fn fits(self, object: &Object, id: AttributeType, raw: &RawValue<'_>) -> bool {
        match object.attributes().value(id) {
            Some(value) if equals(value, raw) => true,
            Some(Value::Bytes(bytes)) if is_point(object, id) => {
                matches!(raw, RawValue::Bytes(wanted) if unwrapped(bytes) == *wanted)
            }
            Some(_) => false,
            None => self.shows_empty(object, id) && matches!(raw, RawValue::Bytes([])),
        }
    }

    fn shows_empty(self, object: &Object, id: AttributeType) -> bool {
        self.empty_lists
            && id == CKA_ALLOWED_MECHANISMS
            && object.kind().rule(id).is_some()
            && !object.attributes().has(id)
    }
}

/// Whether a template names, in another form than that of storage, what the object already has.
pub(super) fn is_the_same(object: &Object, id: AttributeType, given: &Value) -> bool {
    match (object.attributes().value(id), given) {
        (Some(Value::Bytes(own)), Value::Bytes(given)) => {
            is_point(object, id) && unwrapped(own) == given
        }
        // An empty list restricts nothing, like an absent one.
        (None, Value::Mechanisms(list)) => id == CKA_ALLOWED_MECHANISMS && list.is_empty(),
        _ => false,
    }
}

/// Whether this is a CKA_EC_POINT of which there are two forms; that of CKK_EC is always DER.
fn is_point(object: &Object, id: AttributeType) -> bool {
    id == CKA_EC_POINT
        && object
            .key_type()
            .is_some_and(|key| key == CKK_EC_EDWARDS || key == CKK_EC_MONTGOMERY)
}

/// The content of a short DER OCTET STRING, the form in which points are stored.
fn unwrapped(bytes: &[u8]) -> &[u8] {
    match bytes {
        [4, len, point @ ..] if usize::from(*len) == point.len() => point,
        _ => bytes,
    }
}

/// The bytes under which the index may know a raw point: those of an X25519, X448, Ed25519 or Ed448
/// key. The object itself must still tell whether it matches.
#[must_use]
pub fn indexed_point(raw: &[u8]) -> Option<Vec<u8>> {
    let len = u8::try_from(raw.len()).ok()?;
    matches!(len, 32 | 56 | 57).then(|| [&[4, len], raw].concat())
}
