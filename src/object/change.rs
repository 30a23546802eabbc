// SPDX-License-Identifier: MIT OR Apache-2.0
//! New attributes for an existing object, and copies.
//!
//! Source: PKCS#11 v3.2, "Modifying objects" and "Copying objects".

use super::admit::may_be_trusted;
use super::view::is_the_same;
use super::{Actor, AttributeMap, Object, Rule, Template, Value, parse};
use crate::error::{Error, Result};
use crate::pkcs11::AttributeType;
use crate::pkcs11::attribute::{
    CKA_CHECK_VALUE, CKA_COPYABLE, CKA_DESTROYABLE, CKA_MODIFIABLE, CKA_PRIVATE,
    CKA_PUBLIC_KEY_INFO, CKA_TOKEN, CKA_TRUSTED, CKA_UNIQUE_ID,
};
use crate::pkcs11::class::{CKO_CERTIFICATE, CKO_SECRET_KEY};

/// The attributes after `C_SetAttributeValue`.
///
/// # Errors
/// `CKR_ACTION_PROHIBITED`, `CKR_ATTRIBUTE_READ_ONLY`, `CKR_ATTRIBUTE_TYPE_INVALID`,
/// `CKR_ATTRIBUTE_VALUE_INVALID`, `CKR_TEMPLATE_INCONSISTENT`
pub fn change(object: &Object, template: &Template<'_>, actor: Actor) -> Result<AttributeMap> {
    let current = object.attributes();
    // Objects without the attribute (profiles, mechanisms, hardware features) are the token's own.
    if !current.is_true(CKA_MODIFIABLE) {
        return Err(Error::ActionProhibited(
            "CKA_MODIFIABLE is false, so the object is read-only".into(),
        ));
    }
    // "Trusted certificates cannot be modified."
    // SPEC: but by the SO, who could not take the trust back otherwise.
    if object.class() == CKO_CERTIFICATE
        && current.is_true(CKA_TRUSTED)
        && actor != Actor::SecurityOfficer
    {
        return Err(Error::ActionProhibited(
            "a trusted certificate cannot be modified".into(),
        ));
    }
    overlay(object, template, actor, |_| false)
}

/// The attributes of the new object of `C_CopyObject`; an empty template makes a plain copy.
///
/// The copy has no CKA_UNIQUE_ID yet; [`set_unique_id`](super::set_unique_id) gives it its own.
///
/// # Errors
/// As [`change`], and `CKR_ACTION_PROHIBITED` when CKA_COPYABLE is false.
pub fn copy(object: &Object, template: &Template<'_>, actor: Actor) -> Result<AttributeMap> {
    // Objects without the attribute (profiles, mechanisms, hardware features) are the token's own.
    if !object.attributes().is_true(CKA_COPYABLE) {
        return Err(Error::ActionProhibited(
            "CKA_COPYABLE is false, so the object cannot be copied".into(),
        ));
    }
    let mut copied = overlay(object, template, actor, |rule| {
        matches!(
            rule.id,
            CKA_TOKEN | CKA_PRIVATE | CKA_MODIFIABLE | CKA_DESTROYABLE
        )
    })?;
    // SPEC: a private object has no public copy: whoever is logged in could strip the protection
    // off.
    if object.is_private() && !copied.is_true(CKA_PRIVATE) {
        return Err(Error::TemplateInconsistent(
            "a private object has no public copy".into(),
        ));
    }
    copied.remove(CKA_UNIQUE_ID);
    Ok(copied)
}

/// Puts the template over the object's attributes, each entry by its footnotes.
fn overlay(
    object: &Object,
    template: &Template<'_>,
    actor: Actor,
    open: impl Fn(&Rule) -> bool,
) -> Result<AttributeMap> {
    let kind = object.kind();
    let current = object.attributes();
    let wanted = parse::template(kind, template)?;
    let mut attributes = current.duplicate();
    for (id, value) in wanted.iter() {
        let rule = kind.rule(id).ok_or_else(|| parse::not_possessed(id))?;
        let now = current.value(id);
        if is_the_same(object, id, value) {
            continue;
        }
        if !open(rule) && !destroys_check_value(object, id, value) {
            may_change(rule, now, value, actor)?;
        }
        may_be_trusted_still(rule, now, value, actor)?;
        attributes.set(id, value.duplicate());
    }
    (kind.check)(&attributes, super::Origin::Create)?;
    Ok(attributes)
}

/// "C_SetAttributeValue may be used to destroy the attribute, by supplying no-value."
fn destroys_check_value(object: &Object, id: AttributeType, wanted: &Value) -> bool {
    id == CKA_CHECK_VALUE
        && object.class() == CKO_SECRET_KEY
        && wanted.as_bytes().is_some_and(<[u8]>::is_empty)
}

/// Footnotes 8, 10, 11 and 12.
fn may_change(rule: &Rule, now: Option<&Value>, wanted: &Value, actor: Actor) -> Result<()> {
    let id = rule.id;
    // Naming what the object already has changes nothing. Not for what footnote 7 conceals: the
    // answer would tell whether a guess was right.
    if !rule.notes.has(7) && id != CKA_UNIQUE_ID && now.is_some_and(|now| now.same(wanted)) {
        return Ok(());
    }
    // "If there is a mismatch, the command SHALL return CKR_ATTRIBUTE_VALUE_INVALID." The module
    // set the attribute from the key, so another value is a mismatch.
    if id == CKA_PUBLIC_KEY_INFO && now.is_some() {
        return Err(Error::AttributeValueInvalid(
            "CKA_PUBLIC_KEY_INFO is not that of the key".into(),
        ));
    }
    let is = |flag: bool| matches!(now, Some(Value::Bool(value)) if *value == flag);
    if rule.notes.has(11) && is(true) {
        return Err(Error::AttributeReadOnly(
            format!("{id} cannot be changed once it is true").into(),
        ));
    }
    if rule.notes.has(12) && is(false) {
        return Err(Error::AttributeReadOnly(
            format!("{id} cannot be changed once it is false").into(),
        ));
    }
    let by_so = rule.notes.has(10) && actor == Actor::SecurityOfficer;
    let owned = rule.notes.has(4) && rule.notes.has(6);
    let one_way = (rule.notes.has(11) || rule.notes.has(12)) && !owned;
    if rule.notes.has(8) || one_way || by_so {
        return Ok(());
    }
    Err(Error::AttributeReadOnly(
        format!("{id} cannot be changed").into(),
    ))
}

/// Footnote 10, for a value that is new.
fn may_be_trusted_still(
    rule: &Rule,
    now: Option<&Value>,
    wanted: &Value,
    actor: Actor,
) -> Result<()> {
    if now.is_some_and(|now| now.same(wanted)) {
        return Ok(());
    }
    may_be_trusted(rule, wanted, actor)
}
