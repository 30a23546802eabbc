// SPDX-License-Identifier: MIT OR Apache-2.0
//! A template becomes the attributes of a new object.
//!
//! Source: PKCS#11 v3.2, "Creating, modifying, and copying objects".

use super::{Actor, AttributeMap, Kind, Object, Origin, Template};
use crate::error::{Error, Result};
use crate::pkcs11::{KeyType, MechanismType, ObjectClass};

/// What the call knows about the object it makes.
#[derive(Clone, Copy, Debug)]
pub struct Admission<'a> {
    /// The verb.
    pub origin: Origin,
    /// Who asks.
    pub actor: Actor,
    /// The class that the call fixes (generation, unwrapping), if it does.
    pub class: Option<ObjectClass>,
    /// The key type that the mechanism fixes, if it does.
    pub key_type: Option<KeyType>,
    /// The generating mechanism, for CKA_KEY_GEN_MECHANISM.
    pub mechanism: Option<MechanismType>,
    /// The base key of a derivation, or the unwrapping key.
    pub base: Option<&'a Object>,
}

/// Reads the template by the kind's rules: requires, forbids, fills defaults, sets the module's own.
///
/// The result has no computed key material yet; `mechanism::material::complete` adds that.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_ATTRIBUTE_TYPE_INVALID`,
/// `CKR_ATTRIBUTE_VALUE_INVALID`, `CKR_ATTRIBUTE_READ_ONLY`
pub fn admit(
    template: &Template<'_>,
    admission: &Admission<'_>,
) -> Result<(&'static Kind, AttributeMap)> {
    let _ = (template, admission);
    Err(Error::FunctionNotSupported("admit".into()))
}
