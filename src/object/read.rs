// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an application may see of an object, and whether an object fits a search.
//!
//! Source: PKCS#11 v3.2, "C_GetAttributeValue" and "C_FindObjectsInit".

use std::borrow::Cow;

use super::{AttributeMap, Object, Template};
use crate::error::{Error, Result};
use crate::pkcs11::AttributeType;

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
    let _ = object;
    Err(Error::AttributeTypeInvalid(format!("{id}").into()))
}

/// Whether the object has every attribute of the template with just that value.
///
/// Sensitive attributes never match.
#[must_use]
pub fn matches(object: &Object, template: &Template<'_>) -> bool {
    let _ = (object, template);
    false
}

/// The attributes by which an object is found without reading it, with the bytes that are compared.
#[must_use]
pub fn index_entries(attributes: &AttributeMap) -> Vec<(AttributeType, Vec<u8>)> {
    let _ = attributes;
    Vec::new()
}

/// Whether [`index_entries`] lists this attribute.
#[must_use]
pub fn is_indexed(id: AttributeType) -> bool {
    let _ = id;
    false
}
