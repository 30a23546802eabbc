// SPDX-License-Identifier: MIT OR Apache-2.0
//! A template becomes the attributes of a new object.
//!
//! Source: PKCS#11 v3.2, "Creating, modifying, and copying objects".

use super::{
    Actor, AttributeMap, Default, Kind, Object, Origin, Rule, Template, Value, kinds, parse,
};
use crate::error::{Error, Result};
use crate::pkcs11::attribute::{
    CKA_ALWAYS_SENSITIVE, CKA_CERTIFICATE_TYPE, CKA_CLASS, CKA_DECAPSULATE_TEMPLATE,
    CKA_DERIVE_TEMPLATE, CKA_ENCAPSULATE_TEMPLATE, CKA_EXTRACTABLE, CKA_HW_FEATURE_TYPE,
    CKA_KEY_GEN_MECHANISM, CKA_KEY_TYPE, CKA_LOCAL, CKA_NEVER_EXTRACTABLE,
    CKA_OBJECT_VALIDATION_FLAGS, CKA_PRIVATE, CKA_SENSITIVE, CKA_TOKEN, CKA_UNIQUE_ID,
    CKA_UNWRAP_TEMPLATE,
};
use crate::pkcs11::class::{
    CKO_CERTIFICATE, CKO_DATA, CKO_DOMAIN_PARAMETERS, CKO_HW_FEATURE, CKO_PRIVATE_KEY,
    CKO_PUBLIC_KEY, CKO_SECRET_KEY,
};
use crate::pkcs11::key_type::CKK_GENERIC_SECRET;
use crate::pkcs11::{AttributeType, KeyType, MechanismType, ObjectClass};

/// `CK_UNAVAILABLE_INFORMATION`
pub const UNAVAILABLE_INFORMATION: u64 = u64::MAX;

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

impl<'a> Admission<'a> {
    /// The template that the base key puts on the new key.
    fn base_template(&self) -> Option<&'a AttributeMap> {
        let base = self.base?;
        let id = match self.origin {
            Origin::Unwrap => CKA_UNWRAP_TEMPLATE,
            Origin::Derive => CKA_DERIVE_TEMPLATE,
            Origin::Encapsulate => CKA_ENCAPSULATE_TEMPLATE,
            Origin::Decapsulate => CKA_DECAPSULATE_TEMPLATE,
            Origin::Create | Origin::Generate => return None,
        };
        match base.attributes().value(id) {
            Some(Value::Template(template)) => Some(template),
            _ => None,
        }
    }

    /// The base key's template asks for something else.
    fn conflict(&self, reason: String) -> Error {
        match self.origin {
            // "If any attribute conflict occurs on an attempt to encapsulate a key then the function
            // SHALL return CKR_KEY_HANDLE_INVALID"; the others "CKR_TEMPLATE_INCONSISTENT".
            Origin::Encapsulate => Error::KeyHandleInvalid(reason.into()),
            Origin::Create
            | Origin::Generate
            | Origin::Unwrap
            | Origin::Derive
            | Origin::Decapsulate => Error::TemplateInconsistent(reason.into()),
        }
    }
}

/// Reads the template by the kind's rules: requires, forbids, fills defaults, sets the module's
/// own.
///
/// The result has no computed key material yet; `mechanism::material::complete` adds that.
/// [`set_unique_id`] is called when the object gets its number.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_ATTRIBUTE_TYPE_INVALID`,
/// `CKR_ATTRIBUTE_VALUE_INVALID`, `CKR_ATTRIBUTE_READ_ONLY`
pub fn admit(
    template: &Template<'_>,
    admission: &Admission<'_>,
) -> Result<(&'static Kind, AttributeMap)> {
    let kind = find_kind(template, admission)?;
    let mut given = parse::template(kind, template)?;
    for (id, value) in given.iter() {
        let rule = kind.rule(id).ok_or_else(|| parse::not_possessed(id))?;
        may_be_given(rule, value, admission)?;
    }
    apply_base_template(kind, &mut given, admission)?;
    given.set(CKA_CLASS, Value::Ulong(kind.class.0));
    if let Some(key_type) = kind.key_type {
        given.set(CKA_KEY_TYPE, Value::Ulong(key_type.0));
    }
    requires(kind, &given, admission.origin)?;
    // What comes of a private key is private, also when its user has just logged out.
    if !admission.base.is_some_and(Object::is_private) {
        open_up_for_public(kind, &mut given, admission.actor);
    }
    fill_defaults(kind, &mut given, admission.origin);
    set_own(kind, &mut given, admission);
    (kind.check)(&given, admission.origin)?;
    Ok((kind, given))
}

/// Gives an object its `CKA_UNIQUE_ID`, which no template may.
pub fn set_unique_id(attributes: &mut AttributeMap, unique_id: String) {
    attributes.set(CKA_UNIQUE_ID, Value::Bytes(unique_id.into_bytes()));
}

/// Reads one of the numbers that select the kind, from each place that may give it.
fn selector(
    template: &Template<'_>,
    id: AttributeType,
    fixed: Option<u64>,
    admission: &Admission<'_>,
) -> Result<Option<u64>> {
    let given = match template.0.iter().find(|(found, _)| *found == id) {
        None => None,
        Some(_) => Some(template.ulong(id).ok_or_else(|| {
            Error::AttributeValueInvalid(format!("{id} is a CK_ULONG of 8 bytes").into())
        })?),
    };
    let base = admission.base_template().and_then(|base| base.ulong(id));
    if let (Some(fixed), Some(given)) = (fixed, given)
        && fixed != given
    {
        return Err(Error::TemplateInconsistent(
            format!("{id} is not what the call or the mechanism asks for").into(),
        ));
    }
    let chosen = fixed.or(given);
    if let (Some(chosen), Some(base)) = (chosen, base)
        && chosen != base
    {
        return Err(admission.conflict(format!("{id} is not what the base key asks for")));
    }
    Ok(chosen.or(base))
}

fn missing(id: AttributeType) -> Error {
    Error::TemplateIncomplete(format!("{id} must be specified").into())
}

fn find_kind(template: &Template<'_>, admission: &Admission<'_>) -> Result<&'static Kind> {
    let derived = matches!(
        admission.origin,
        Origin::Derive | Origin::Encapsulate | Origin::Decapsulate
    );
    let fixed_class = admission.class.map(|class| class.0);
    let class = selector(template, CKA_CLASS, fixed_class, admission)?
        .map(ObjectClass)
        // SPEC: a derivation that names no class makes a secret key, as each mechanism does.
        .or(derived.then_some(CKO_SECRET_KEY))
        .ok_or_else(|| missing(CKA_CLASS))?;
    let kind = match class {
        CKO_PUBLIC_KEY | CKO_PRIVATE_KEY | CKO_SECRET_KEY | CKO_DOMAIN_PARAMETERS => {
            let fixed = admission.key_type.map(|key_type| key_type.0);
            let key_type = selector(template, CKA_KEY_TYPE, fixed, admission)?
                .map(KeyType)
                // "If no key type is provided, it is a generic secret key."
                .or((derived && class == CKO_SECRET_KEY).then_some(CKK_GENERIC_SECRET))
                .ok_or_else(|| missing(CKA_KEY_TYPE))?;
            kinds::find(class, Some(key_type), None)
        }
        CKO_CERTIFICATE | CKO_HW_FEATURE => {
            let id = if class == CKO_CERTIFICATE {
                CKA_CERTIFICATE_TYPE
            } else {
                CKA_HW_FEATURE_TYPE
            };
            let subtype = selector(template, id, None, admission)?.ok_or_else(|| missing(id))?;
            kinds::find(class, None, Some(subtype))
        }
        _ => kinds::find(class, None, None),
    };
    let kind = kind.ok_or_else(|| {
        Error::AttributeValueInvalid(
            format!("no object of class {class} with this type can be kept").into(),
        )
    })?;
    if !makes(admission.origin, class) {
        return Err(Error::TemplateInconsistent(
            format!("this call makes no object of class {class}").into(),
        ));
    }
    Ok(kind)
}

/// Whether the verb can make an object of this class.
const fn makes(origin: Origin, class: ObjectClass) -> bool {
    match origin {
        Origin::Create => true,
        Origin::Generate => matches!(
            class,
            CKO_PUBLIC_KEY | CKO_PRIVATE_KEY | CKO_SECRET_KEY | CKO_DOMAIN_PARAMETERS
        ),
        Origin::Unwrap => matches!(class, CKO_PRIVATE_KEY | CKO_SECRET_KEY),
        // CKM_HKDF_DATA makes a data object, CKM_PUB_KEY_FROM_PRIV_KEY a public key.
        Origin::Derive => matches!(
            class,
            CKO_PUBLIC_KEY | CKO_PRIVATE_KEY | CKO_SECRET_KEY | CKO_DATA
        ),
        // Each "creates a new secret key object".
        Origin::Encapsulate | Origin::Decapsulate => matches!(class, CKO_SECRET_KEY),
    }
}

/// Footnotes 2, 4, 6 and 10.
fn may_be_given(rule: &Rule, value: &Value, admission: &Admission<'_>) -> Result<()> {
    let forbidden = match admission.origin {
        Origin::Create => rule.notes.has(2),
        Origin::Generate => rule.notes.has(4),
        Origin::Unwrap => rule.notes.has(6),
        // SPEC: no footnote speaks of derivation; what neither generation nor unwrapping may
        // specify is the module's to set, while CKA_VALUE_LEN stays the application's.
        Origin::Derive | Origin::Encapsulate | Origin::Decapsulate => {
            rule.notes.has(4) && rule.notes.has(6)
        }
    };
    if forbidden {
        return Err(Error::AttributeReadOnly(
            format!("{} must not be specified in this call", rule.id).into(),
        ));
    }
    may_be_trusted(rule, value, admission.actor)
}

/// Footnote 10: only the SO sets the attribute to true.
pub(super) fn may_be_trusted(rule: &Rule, value: &Value, actor: Actor) -> Result<()> {
    if rule.notes.has(10) && matches!(value, Value::Bool(true)) && actor != Actor::SecurityOfficer {
        return Err(Error::AttributeReadOnly(
            format!("only the SO sets {} to true", rule.id).into(),
        ));
    }
    Ok(())
}

/// The base key's template adds what is missing and refuses what differs.
fn apply_base_template(
    kind: &Kind,
    given: &mut AttributeMap,
    admission: &Admission<'_>,
) -> Result<()> {
    let Some(base) = admission.base_template() else {
        return Ok(());
    };
    for (id, value) in base.iter() {
        let Some(rule) = kind.rule(id) else {
            return Err(admission.conflict(format!(
                "the base key's template asks for {id}, which the new key has not"
            )));
        };
        // Whoever made the base key had no right to what the caller may not give himself.
        may_be_given(rule, value, admission)?;
        match given.value(id) {
            None => {
                given.set(id, value.duplicate());
            }
            Some(own) if own.same(value) => {}
            Some(_) => {
                return Err(
                    admission.conflict(format!("{id} differs from the base key's template"))
                );
            }
        }
    }
    Ok(())
}

/// Footnotes 1, 3 and 5.
fn requires(kind: &Kind, given: &AttributeMap, origin: Origin) -> Result<()> {
    let number = match origin {
        Origin::Create => 1,
        Origin::Generate => 3,
        Origin::Unwrap => 5,
        Origin::Derive | Origin::Encapsulate | Origin::Decapsulate => return Ok(()),
    };
    kind.rules()
        .find(|rule| rule.notes.has(number) && !given.has(rule.id))
        .map_or(Ok(()), |rule| Err(missing(rule.id)))
}

/// Lets one who is not logged in work with session keys.
// SPEC: the default of CKA_PRIVATE is the token's. It is true, but a session object that the user
// could not have made otherwise is public: programs that need no login send no CKA_PRIVATE.
fn open_up_for_public(kind: &Kind, attributes: &mut AttributeMap, actor: Actor) {
    if actor != Actor::User
        && !attributes.is_true(CKA_TOKEN)
        && !attributes.has(CKA_PRIVATE)
        && kind.rule(CKA_PRIVATE).is_some()
    {
        attributes.set(CKA_PRIVATE, Value::Bool(false));
    }
}

fn fill_defaults(kind: &Kind, attributes: &mut AttributeMap, origin: Origin) {
    // C_UnwrapKey: "The CKA_EXTRACTABLE attribute is by default set to CK_TRUE." C_EncapsulateKey and
    // C_DecapsulateKey: "with a default of CK_TRUE if not provided".
    let opens = matches!(
        origin,
        Origin::Unwrap | Origin::Encapsulate | Origin::Decapsulate
    );
    if opens && !attributes.has(CKA_EXTRACTABLE) {
        attributes.set(CKA_EXTRACTABLE, Value::Bool(true));
    }
    for rule in kind.rules() {
        if attributes.has(rule.id) {
            continue;
        }
        let value = match rule.default {
            Default::Absent | Default::Computed => continue,
            Default::False => Value::Bool(false),
            Default::True => Value::Bool(true),
            Default::Empty => Value::Bytes(Vec::new()),
            Default::Ulong(number) => Value::Ulong(number),
        };
        attributes.set(rule.id, value);
    }
}

/// Sets what the standard lets nobody specify.
fn set_own(kind: &Kind, attributes: &mut AttributeMap, admission: &Admission<'_>) {
    let generated = admission.origin == Origin::Generate;
    let inherits = |id| match admission.origin {
        Origin::Generate => true,
        // "If the base key has its CKA_ALWAYS_SENSITIVE (CKA_NEVER_EXTRACTABLE) attribute set to
        // CK_FALSE, then the derived key will as well."
        Origin::Derive => admission
            .base
            .is_some_and(|base| base.attributes().is_true(id)),
        // Encapsulation: "the CKA_ALWAYS_SENSITIVE attribute set to CK_FALSE, the
        // CKA_NEVER_EXTRACTABLE attribute set to CK_FALSE", whatever the base key is.
        Origin::Create | Origin::Unwrap | Origin::Encapsulate | Origin::Decapsulate => false,
    };
    let always = inherits(CKA_ALWAYS_SENSITIVE) && attributes.is_true(CKA_SENSITIVE);
    let never = inherits(CKA_NEVER_EXTRACTABLE) && !attributes.is_true(CKA_EXTRACTABLE);
    let mechanism = admission
        .mechanism
        .filter(|_| generated)
        .map_or(UNAVAILABLE_INFORMATION, |mechanism| mechanism.0);
    for (id, value) in [
        (CKA_LOCAL, Value::Bool(generated)),
        (CKA_KEY_GEN_MECHANISM, Value::Ulong(mechanism)),
        (CKA_ALWAYS_SENSITIVE, Value::Bool(always)),
        (CKA_NEVER_EXTRACTABLE, Value::Bool(never)),
        // "Object was created consistent with the validations appearing in flags": there are none.
        (CKA_OBJECT_VALIDATION_FLAGS, Value::Ulong(0)),
    ] {
        if kind.rule(id).is_some() {
            attributes.set(id, value);
        }
    }
}
