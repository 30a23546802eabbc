// SPDX-License-Identifier: MIT OR Apache-2.0
//! New attributes for an existing object, and copies.
//!
//! Source: PKCS#11 v3.2, "Modifying objects" and "Copying objects".

use super::{Actor, AttributeMap, Object, Template};
use crate::error::{Error, Result};

/// The attributes after `C_SetAttributeValue`.
///
/// # Errors
/// `CKR_ACTION_PROHIBITED`, `CKR_ATTRIBUTE_READ_ONLY`, `CKR_ATTRIBUTE_TYPE_INVALID`,
/// `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn change(object: &Object, template: &Template<'_>, actor: Actor) -> Result<AttributeMap> {
    let _ = (object, template, actor);
    Err(Error::FunctionNotSupported("change".into()))
}

/// The attributes of the new object of `C_CopyObject`; an empty template makes a plain copy.
///
/// # Errors
/// As [`change`], and `CKR_ACTION_PROHIBITED` when CKA_COPYABLE is false.
pub fn copy(object: &Object, template: &Template<'_>, actor: Actor) -> Result<AttributeMap> {
    let _ = (object, template, actor);
    Err(Error::FunctionNotSupported("copy".into()))
}
