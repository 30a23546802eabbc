// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a derived object owes to the keys it comes from: sensitivity and extractability.
//!
//! Source: PKCS#11 v3.2, "Miscellaneous simple key derivation mechanisms", "SP800-108 Key
//! Derivation", "TLS 1.2 Mechanisms": the rules about key sensitivity and extractability.

use super::{Actor, AttributeMap, Object, Template, Value};
use crate::error::{Error, Result};
use crate::pkcs11::AttributeType;
use crate::pkcs11::attribute::{
    CKA_ALWAYS_SENSITIVE, CKA_DERIVE_TEMPLATE, CKA_EXTRACTABLE, CKA_NEVER_EXTRACTABLE,
    CKA_SENSITIVE, CKA_TRUSTED,
};

/// Which of the standard's rules holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lineage {
    /// The template decides; the history goes on if the base key's was clean.
    Free,
    /// The template decides; the history goes on if that of any key was clean.
    FreeOfAny,
    /// A sensitive key has sensitive offspring, an unextractable one unextractable offspring.
    Bound,
    /// All four flags are those of the base key.
    Same,
}

/// Adds what the mechanism contributes where neither the caller's template nor the base key's
/// speaks; what only the SO may set is left out for others.
pub fn contribute(
    attributes: &mut AttributeMap,
    template: &Template<'_>,
    base: &Object,
    actor: Actor,
    defaults: &AttributeMap,
) {
    let from_base = match base.attributes().value(CKA_DERIVE_TEMPLATE) {
        Some(Value::Template(from_base)) => Some(from_base),
        _ => None,
    };
    let is_said = |id: AttributeType| {
        template.0.iter().any(|(found, _)| *found == id)
            || from_base.is_some_and(|from_base| from_base.has(id))
    };
    for (id, value) in defaults.iter() {
        let is_reserved = id == CKA_TRUSTED && actor != Actor::SecurityOfficer;
        if !is_said(id) && !is_reserved {
            attributes.set(id, value.duplicate());
        }
    }
}

/// Holds the new key's flags against the rule, and sets the two that nobody may specify.
///
/// # Errors
/// `CKR_TEMPLATE_INCONSISTENT`
pub fn descend(
    attributes: &mut AttributeMap,
    lineage: Lineage,
    base: &Object,
    others: &[&Object],
) -> Result<()> {
    if !attributes.has(CKA_ALWAYS_SENSITIVE) {
        // Public keys and data objects have no such flags.
        return Ok(());
    }
    let first = |id| base.attributes().is_true(id);
    let any = |id| first(id) || others.iter().any(|other| other.attributes().is_true(id));
    let all = |id| first(id) && others.iter().all(|other| other.attributes().is_true(id));
    let sensitive = attributes.is_true(CKA_SENSITIVE);
    let extractable = attributes.is_true(CKA_EXTRACTABLE);
    let (always, never) = match lineage {
        Lineage::Free => (first(CKA_ALWAYS_SENSITIVE), first(CKA_NEVER_EXTRACTABLE)),
        Lineage::FreeOfAny => (any(CKA_ALWAYS_SENSITIVE), any(CKA_NEVER_EXTRACTABLE)),
        Lineage::Bound => {
            // SPEC: "so does the derived key": a template that says otherwise is refused, as the
            // text on extraction says ("must also be sensitive for the derivation to succeed").
            if any(CKA_SENSITIVE) && !sensitive {
                return Err(differs("a sensitive key derives sensitive keys only"));
            }
            if extractable && !all(CKA_EXTRACTABLE) {
                return Err(differs("an unextractable key derives no extractable keys"));
            }
            (all(CKA_ALWAYS_SENSITIVE), all(CKA_NEVER_EXTRACTABLE))
        }
        Lineage::Same => {
            if first(CKA_SENSITIVE) != sensitive || first(CKA_EXTRACTABLE) != extractable {
                return Err(differs(
                    "CKA_SENSITIVE and CKA_EXTRACTABLE must be those of the base key",
                ));
            }
            (first(CKA_ALWAYS_SENSITIVE), first(CKA_NEVER_EXTRACTABLE))
        }
    };
    attributes.set(CKA_ALWAYS_SENSITIVE, Value::Bool(always && sensitive));
    attributes.set(CKA_NEVER_EXTRACTABLE, Value::Bool(never && !extractable));
    Ok(())
}

fn differs(why: &'static str) -> Error {
    Error::TemplateInconsistent(why.into())
}
