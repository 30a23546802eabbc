// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an application may see of an object, and whether an object fits a search.
//!
//! Source: PKCS#11 v3.2, "C_GetAttributeValue" and "C_FindObjectsInit".

use std::borrow::Cow;

use super::{AttributeMap, Object, RawValue, Template, Value, View};
use crate::error::{Error, Result};
use crate::pkcs11::attribute::{
    CKA_APPLICATION, CKA_CERTIFICATE_TYPE, CKA_CLASS, CKA_EC_POINT, CKA_EXTRACTABLE,
    CKA_HW_FEATURE_TYPE, CKA_ID, CKA_ISSUER, CKA_KEY_TYPE, CKA_LABEL, CKA_MECHANISM_TYPE,
    CKA_MODULUS, CKA_OBJECT_ID, CKA_OWNER, CKA_PROFILE_ID, CKA_SENSITIVE, CKA_SERIAL_NUMBER,
    CKA_SUBJECT, CKA_UNIQUE_ID,
};
use crate::pkcs11::{AttributeType, MechanismType};

/// An attribute in the form the application reads.
#[derive(Debug)]
pub enum Shown<'o> {
    /// `pValue` as bytes: booleans 1, numbers 8
    Bytes(Cow<'o, [u8]>),
    /// An attribute that holds a template
    Template(&'o AttributeMap),
}

/// One attribute of an object.
///
/// # Errors
/// `CKR_ATTRIBUTE_SENSITIVE`, `CKR_ATTRIBUTE_TYPE_INVALID`
pub fn read(object: &Object, id: AttributeType) -> Result<Shown<'_>> {
    if is_concealed(object, id) {
        return Err(Error::AttributeSensitive(
            format!("{id} of a sensitive or unextractable key is not revealed").into(),
        ));
    }
    object
        .attributes()
        .value(id)
        .map(show)
        .ok_or_else(|| super::parse::not_possessed(id))
}

/// A value in the form the application reads; for entries of templates that [`read`] showed.
#[must_use]
pub fn show(value: &Value) -> Shown<'_> {
    Shown::Bytes(match value {
        Value::Bool(false) => Cow::Borrowed(&[0]),
        Value::Bool(true) => Cow::Borrowed(&[1]),
        Value::Ulong(number) => Cow::Owned(number.to_ne_bytes().to_vec()),
        Value::Bytes(bytes) => Cow::Borrowed(bytes),
        Value::Secret(secret) => Cow::Borrowed(secret.expose()),
        Value::Mechanisms(list) => Cow::Owned(pack(list)),
        Value::Template(template) => return Shown::Template(template),
    })
}

fn pack(list: &[MechanismType]) -> Vec<u8> {
    list.iter()
        .flat_map(|mechanism| mechanism.0.to_ne_bytes())
        .collect()
}

/// Footnote 7. Holds also for attributes that the object does not have, as the standard's order of
/// checks says.
pub(super) fn is_concealed(object: &Object, id: AttributeType) -> bool {
    let attributes = object.attributes();
    let noted = object.kind().rule(id).is_some_and(|rule| rule.notes.has(7))
        || matches!(attributes.value(id), Some(Value::Secret(_)));
    noted && (attributes.is_true(CKA_SENSITIVE) || !attributes.is_true(CKA_EXTRACTABLE))
}

/// Whether the object has every attribute of the template with just that value, in the default view.
///
/// Sensitive attributes never match.
#[must_use]
pub fn matches(object: &Object, template: &Template<'_>) -> bool {
    View::default().matches(object, template)
}

/// As [`matches`], for a template that a key holds.
pub(super) fn matches_map(object: &Object, template: &AttributeMap) -> bool {
    template.iter().all(|(id, wanted)| {
        object
            .attributes()
            .value(id)
            .is_some_and(|value| value.same(wanted))
            && !is_concealed(object, id)
    })
}

/// Exact comparison of a value with the bytes of a search.
pub(super) fn equals(value: &Value, raw: &RawValue<'_>) -> bool {
    match (value, raw) {
        (Value::Bool(value), RawValue::Bytes([byte])) => *value == (*byte != 0),
        (Value::Ulong(value), RawValue::Bytes(bytes)) => value.to_ne_bytes() == *bytes,
        (Value::Bytes(value), RawValue::Bytes(bytes)) => value == bytes,
        (Value::Secret(value), RawValue::Bytes(bytes)) => value.ct_eq(bytes),
        (Value::Mechanisms(list), RawValue::Bytes(bytes)) => {
            let (numbers, rest) = bytes.as_chunks::<8>();
            rest.is_empty()
                && list
                    .iter()
                    .map(|mechanism| mechanism.0.to_ne_bytes())
                    .eq(numbers.iter().copied())
        }
        (Value::Template(map), RawValue::Bytes(bytes)) => map.is_empty() && bytes.is_empty(),
        (Value::Template(map), RawValue::Nested(nested)) => {
            // Every entry of the one is in the other, in any order, repetitions included.
            nested
                .0
                .iter()
                .all(|(id, raw)| map.value(*id).is_some_and(|value| equals(value, raw)))
                && map
                    .iter()
                    .all(|(id, _)| nested.0.iter().any(|(found, _)| *found == id))
        }
        _ => false,
    }
}

/// Every attribute by which objects are commonly sought; none of them is ever concealed.
const INDEXED: [AttributeType; 17] = [
    CKA_CLASS,
    CKA_LABEL,
    CKA_UNIQUE_ID,
    CKA_APPLICATION,
    CKA_OBJECT_ID,
    CKA_CERTIFICATE_TYPE,
    CKA_ISSUER,
    CKA_SERIAL_NUMBER,
    CKA_OWNER,
    CKA_KEY_TYPE,
    CKA_SUBJECT,
    CKA_ID,
    CKA_MODULUS,
    CKA_EC_POINT,
    CKA_HW_FEATURE_TYPE,
    CKA_MECHANISM_TYPE,
    CKA_PROFILE_ID,
];

/// The attributes by which an object is found without reading it, with the bytes that are compared.
///
/// Empty values are listed too: a search for an empty CKA_ID finds just the objects that have one.
#[must_use]
pub fn index_entries(attributes: &AttributeMap) -> Vec<(AttributeType, Vec<u8>)> {
    INDEXED
        .into_iter()
        .filter_map(|id| match attributes.value(id)? {
            Value::Ulong(number) => Some((id, number.to_ne_bytes().to_vec())),
            Value::Bytes(bytes) => Some((id, bytes.clone())),
            Value::Bool(_) | Value::Secret(_) | Value::Mechanisms(_) | Value::Template(_) => None,
        })
        .collect()
}

/// Whether [`index_entries`] lists this attribute.
///
/// An object that has the attribute and is not found under the bytes of a search does not match it.
#[must_use]
pub fn is_indexed(id: AttributeType) -> bool {
    INDEXED.contains(&id)
}
