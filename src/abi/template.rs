// SPDX-License-Identifier: MIT OR Apache-2.0
//! Templates coming in: types, pointers and lengths are copied once and never looked at again.
//!
//! Source: PKCS#11 v3.2, "Attributes" (`CK_ATTRIBUTE`) and "Common attributes" (array attributes).

use super::input;
use super::limits::{ATTRIBUTE_LEN_MAX, TEMPLATE_ENTRIES_MAX, TEMPLATE_NESTING_MAX};
use super::types::{CK_ATTRIBUTE, CK_ULONG};
use crate::error::{Error, Result};
use crate::object::{RawValue, Template};
use crate::pkcs11::AttributeType;
use crate::pkcs11::attribute::{
    CKA_DECAPSULATE_TEMPLATE, CKA_DERIVE_TEMPLATE, CKA_ENCAPSULATE_TEMPLATE, CKA_UNWRAP_TEMPLATE,
    CKA_WRAP_TEMPLATE,
};

/// Whether the value of this attribute is an array of `CK_ATTRIBUTE`.
///
/// `CKF_ARRAY_ATTRIBUTE` alone does not say so: `CKA_ALLOWED_MECHANISMS` has it and holds numbers.
pub(super) const fn holds_template(id: AttributeType) -> bool {
    matches!(
        id,
        CKA_DECAPSULATE_TEMPLATE
            | CKA_DERIVE_TEMPLATE
            | CKA_ENCAPSULATE_TEMPLATE
            | CKA_UNWRAP_TEMPLATE
            | CKA_WRAP_TEMPLATE
    )
}

/// Reads a template.
///
/// # Safety
/// `attributes` is NULL or points to `count` attributes, each with `ulValueLen` readable bytes at a
/// non-null `pValue`, and nested templates likewise; nobody writes them during the call.
///
/// # Errors
/// `CKR_ARGUMENTS_BAD` for NULL with a count or too many entries, `CKR_ATTRIBUTE_VALUE_INVALID` for
/// a bad value.
pub(super) unsafe fn read<'call>(
    attributes: *const CK_ATTRIBUTE,
    count: CK_ULONG,
) -> Result<Template<'call>> {
    // SAFETY: this function's contract is the same.
    unsafe { read_nested(attributes, count, 0) }
}

/// As [`read`], `depth` templates deep.
///
/// # Safety
/// As [`read`].
///
/// # Errors
/// As [`read`]; `CKR_ATTRIBUTE_VALUE_INVALID` when templates stand too deep.
unsafe fn read_nested<'call>(
    attributes: *const CK_ATTRIBUTE,
    count: CK_ULONG,
    depth: usize,
) -> Result<Template<'call>> {
    if count == 0 {
        return Ok(Template::default());
    }
    if attributes.is_null() {
        return Err(Error::ArgumentsBad(
            "the template is NULL but has entries".into(),
        ));
    }
    let count = usize::try_from(count)
        .ok()
        .filter(|count| *count <= TEMPLATE_ENTRIES_MAX)
        .ok_or_else(|| {
            Error::ArgumentsBad(
                format!("a template has at most {TEMPLATE_ENTRIES_MAX} entries").into(),
            )
        })?;
    let mut entries = Vec::with_capacity(count);
    for position in 0..count {
        // SAFETY: below the count that this function's contract gives.
        let entry = unsafe { attributes.add(position) };
        // SAFETY: points to an attribute by this function's contract; alignment is not relied on.
        let entry = unsafe { entry.read_unaligned() };
        // SAFETY: this function's contract covers the value of each attribute.
        entries.push(unsafe { read_entry(&entry, depth) }?);
    }
    Ok(Template(entries))
}

/// One attribute of a template that is `depth` templates deep.
///
/// # Safety
/// `pValue` is NULL or points to `ulValueLen` bytes, as [`read`] says.
///
/// # Errors
/// `CKR_ATTRIBUTE_VALUE_INVALID`
unsafe fn read_entry<'call>(
    entry: &CK_ATTRIBUTE,
    depth: usize,
) -> Result<(AttributeType, RawValue<'call>)> {
    let id = AttributeType(entry.type_);
    let invalid = |why: &str| Error::AttributeValueInvalid(format!("{id}: {why}").into());
    let len = usize::try_from(entry.ulValueLen)
        .ok()
        .filter(|len| *len <= ATTRIBUTE_LEN_MAX)
        .ok_or_else(|| invalid("the value is longer than any attribute may be"))?;
    if entry.pValue.is_null() && len > 0 {
        return Err(invalid("the value is NULL but its length is not 0"));
    }
    if !holds_template(id) {
        // SAFETY: the caller's contract covers the value; NULL has length 0 here.
        let bytes = unsafe { input::bytes(entry.pValue.cast(), entry.ulValueLen) }?;
        return Ok((id, RawValue::Bytes(bytes)));
    }
    if depth >= TEMPLATE_NESTING_MAX {
        return Err(invalid("templates stand too deep in templates"));
    }
    if !len.is_multiple_of(size_of::<CK_ATTRIBUTE>()) {
        return Err(invalid("the length is no multiple of an attribute's"));
    }
    let count = (len / size_of::<CK_ATTRIBUTE>())
        .try_into()
        .unwrap_or(CK_ULONG::MAX);
    // SAFETY: the caller's contract covers nested templates; NULL has length 0 here.
    let nested = unsafe { read_nested(entry.pValue.cast(), count, depth + 1) }?;
    Ok((id, RawValue::Nested(nested)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pkcs11::attribute::{CKA_ALLOWED_MECHANISMS, CKA_LABEL};
    use core::ffi::c_void;
    use core::ptr::null_mut;

    const fn attribute(id: AttributeType, value: *mut c_void, len: usize) -> CK_ATTRIBUTE {
        CK_ATTRIBUTE {
            type_: id.0,
            pValue: value,
            ulValueLen: len as CK_ULONG,
        }
    }

    fn parse(entries: &[CK_ATTRIBUTE]) -> Result<Template<'static>> {
        // SAFETY: the tests pass values that live as long as the entries.
        unsafe { read(entries.as_ptr(), entries.len() as CK_ULONG) }
    }

    #[test]
    fn null_without_entries_is_an_empty_template() {
        // SAFETY: NULL is allowed.
        assert!(unsafe { read(core::ptr::null(), 0) }.unwrap().0.is_empty());
    }

    #[test]
    fn null_with_entries_is_refused() {
        // SAFETY: NULL is allowed.
        let refused = unsafe { read(core::ptr::null(), 3) };
        assert!(matches!(refused, Err(Error::ArgumentsBad(_))));
    }

    #[test]
    fn a_null_value_with_a_length_is_a_bad_value() {
        let refused = parse(&[attribute(CKA_LABEL, null_mut(), 4)]);
        assert!(matches!(refused, Err(Error::AttributeValueInvalid(_))));
    }

    #[test]
    fn an_endless_value_is_refused_unread() {
        let mut byte = 0_u8;
        let refused = parse(&[attribute(CKA_LABEL, (&raw mut byte).cast(), usize::MAX)]);
        assert!(matches!(refused, Err(Error::AttributeValueInvalid(_))));
    }

    #[test]
    fn every_attribute_that_holds_a_template_is_known_here() {
        use crate::object::{ValueKind, kinds};
        use crate::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY};
        use crate::pkcs11::key_type::{CKK_AES, CKK_ML_KEM, CKK_RSA};
        let kinds = [
            (CKO_PUBLIC_KEY, CKK_ML_KEM),
            (CKO_PRIVATE_KEY, CKK_ML_KEM),
            (CKO_PRIVATE_KEY, CKK_RSA),
            (CKO_SECRET_KEY, CKK_AES),
        ];
        for (class, key_type) in kinds {
            let kind = kinds::find(class, Some(key_type), None).unwrap();
            for rule in kind.rules() {
                let is_template = rule.value == ValueKind::Template;
                assert_eq!(holds_template(rule.id), is_template, "{}", rule.id);
            }
        }
    }

    #[test]
    fn allowed_mechanisms_are_bytes_in_spite_of_their_flag() {
        let mut numbers = [1_u64, 2];
        let template = parse(&[attribute(
            CKA_ALLOWED_MECHANISMS,
            numbers.as_mut_ptr().cast(),
            16,
        )])
        .unwrap();
        assert_eq!(template.bytes(CKA_ALLOWED_MECHANISMS).unwrap().len(), 16);
    }

    #[test]
    fn templates_nest_twice_and_no_deeper() {
        let mut value = [attribute(CKA_LABEL, null_mut(), 0)];
        let mut second = [attribute(
            CKA_UNWRAP_TEMPLATE,
            value.as_mut_ptr().cast(),
            24,
        )];
        let first = [attribute(
            CKA_UNWRAP_TEMPLATE,
            second.as_mut_ptr().cast(),
            24,
        )];
        assert!(parse(&first).is_ok());
        let mut first = first;
        let outer = [attribute(CKA_WRAP_TEMPLATE, first.as_mut_ptr().cast(), 24)];
        assert!(matches!(
            parse(&outer),
            Err(Error::AttributeValueInvalid(_))
        ));
    }

    #[test]
    fn a_nested_template_has_whole_attributes() {
        let mut inner = [attribute(CKA_LABEL, null_mut(), 0)];
        let refused = parse(&[attribute(CKA_WRAP_TEMPLATE, inner.as_mut_ptr().cast(), 23)]);
        assert!(matches!(refused, Err(Error::AttributeValueInvalid(_))));
    }
}
