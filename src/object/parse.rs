// SPDX-License-Identifier: MIT OR Apache-2.0
//! Raw values of a template become typed ones.
//!
//! Source: PKCS#11 v3.2, "Objects" (data types) and "Attributes" (array attributes).

use super::limits::{
    ATTRIBUTE_BYTES_MAX, CONTENT_BYTES_MAX, TEMPLATE_DEPTH_MAX, TEMPLATE_ENTRIES_MAX,
};
use super::{AttributeMap, Kind, RawValue, Rule, Template, Value, ValueKind, kinds};
use crate::error::{Error, Result};
use crate::pkcs11::attribute::CKA_VALUE;
use crate::pkcs11::class::{CKO_CERTIFICATE, CKO_DATA};
use crate::pkcs11::{AttributeType, MechanismType};
use crate::secret::SecretBytes;

/// The rule and the typed value of each entry, each attribute once.
///
/// # Errors
/// `CKR_ATTRIBUTE_TYPE_INVALID`, `CKR_ATTRIBUTE_VALUE_INVALID`, `CKR_TEMPLATE_INCONSISTENT`
pub(super) fn template(kind: &Kind, template: &Template<'_>) -> Result<AttributeMap> {
    collect(template, 0, |id| kind.rule(id), content_limit(kind))
}

/// The size limit of `CKA_VALUE`, which is the whole object for some classes.
fn content_limit(kind: &Kind) -> usize {
    if matches!(kind.class, CKO_DATA | CKO_CERTIFICATE) {
        CONTENT_BYTES_MAX
    } else {
        ATTRIBUTE_BYTES_MAX
    }
}

fn collect(
    template: &Template<'_>,
    depth: usize,
    rule: impl Fn(AttributeType) -> Option<&'static Rule>,
    content_limit: usize,
) -> Result<AttributeMap> {
    if template.0.len() > TEMPLATE_ENTRIES_MAX {
        return Err(Error::AttributeValueInvalid(
            format!("a template has at most {TEMPLATE_ENTRIES_MAX} entries").into(),
        ));
    }
    let mut map = AttributeMap::new();
    for (id, raw) in &template.0 {
        let rule = rule(*id).ok_or_else(|| not_possessed(*id))?;
        let limit = if *id == CKA_VALUE {
            content_limit
        } else {
            ATTRIBUTE_BYTES_MAX
        };
        let value = value(rule, raw, depth, limit)?;
        match map.value(*id) {
            None => {
                map.set(*id, value);
            }
            // SPEC: an attribute given twice with one value is given once.
            Some(first) if first.same(&value) => {}
            Some(_) => {
                return Err(Error::TemplateInconsistent(
                    format!("{id} is given twice, with different values").into(),
                ));
            }
        }
    }
    Ok(map)
}

/// The error for an attribute that an object of this kind does not have.
pub(super) fn not_possessed(id: AttributeType) -> Error {
    Error::AttributeTypeInvalid(format!("an object of this kind has no {id}").into())
}

fn value(rule: &Rule, raw: &RawValue<'_>, depth: usize, limit: usize) -> Result<Value> {
    let bytes = match (rule.value, raw) {
        (ValueKind::Template, RawValue::Nested(nested)) => {
            return nested_template(rule.id, nested, depth);
        }
        // An empty array has no entries to tell it from empty bytes.
        (ValueKind::Template, RawValue::Bytes([])) => {
            return Ok(Value::Template(AttributeMap::new()));
        }
        (ValueKind::Template, RawValue::Bytes(_)) => {
            return Err(invalid(rule.id, "is an array of CK_ATTRIBUTE"));
        }
        (_, RawValue::Nested(_)) => return Err(invalid(rule.id, "is no template")),
        (_, RawValue::Bytes(bytes)) => *bytes,
    };
    if bytes.len() > limit {
        return Err(Error::AttributeValueInvalid(
            format!("{} has at most {limit} bytes", rule.id).into(),
        ));
    }
    match rule.value {
        ValueKind::Bool => match bytes {
            // SPEC: any CK_BBOOL but CK_FALSE is CK_TRUE, as in C.
            [byte] => Ok(Value::Bool(*byte != 0)),
            _ => Err(invalid(rule.id, "is a CK_BBOOL of 1 byte")),
        },
        ValueKind::Ulong => bytes
            .try_into()
            .map(|number| Value::Ulong(u64::from_ne_bytes(number)))
            .map_err(|_| invalid(rule.id, "is a CK_ULONG of 8 bytes")),
        ValueKind::Mechanisms => mechanisms(rule.id, bytes),
        ValueKind::Date if !is_date(bytes) => {
            Err(invalid(rule.id, "is a CK_DATE of 8 digits, or empty"))
        }
        ValueKind::Utf8 if core::str::from_utf8(bytes).is_err() => {
            Err(invalid(rule.id, "is a string of RFC 2279"))
        }
        ValueKind::Bytes | ValueKind::BigInt | ValueKind::Date | ValueKind::Utf8 => {
            Ok(if rule.notes.has(7) {
                Value::Secret(SecretBytes::from_slice(bytes))
            } else {
                Value::Bytes(bytes.to_vec())
            })
        }
        ValueKind::Template => Err(invalid(rule.id, "is an array of CK_ATTRIBUTE")),
    }
}

fn invalid(id: AttributeType, rule: &str) -> Error {
    Error::AttributeValueInvalid(format!("{id} {rule}").into())
}

fn nested_template(id: AttributeType, nested: &Template<'_>, depth: usize) -> Result<Value> {
    if depth >= TEMPLATE_DEPTH_MAX {
        return Err(invalid(id, "is nested too deep"));
    }
    collect(
        nested,
        depth.saturating_add(1),
        kinds::any_rule,
        ATTRIBUTE_BYTES_MAX,
    )
    .map(Value::Template)
    // Every fault of a nested template is a fault of this attribute's value.
    .map_err(|error| Error::AttributeValueInvalid(format!("in {id}: {error}").into()))
}

fn mechanisms(id: AttributeType, bytes: &[u8]) -> Result<Value> {
    let (numbers, rest) = bytes.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(invalid(id, "is an array of CK_MECHANISM_TYPE"));
    }
    Ok(Value::Mechanisms(
        numbers
            .iter()
            .map(|number| MechanismType(u64::from_ne_bytes(*number)))
            .collect(),
    ))
}

/// `CK_DATE`: a year of "1900" to "9999", a month of "01" to "12", a day of "01" to "31".
fn is_date(bytes: &[u8]) -> bool {
    let number = |digits: &[u8]| {
        digits.iter().fold(0u32, |sum, digit| {
            sum.saturating_mul(10)
                .saturating_add(u32::from(digit.wrapping_sub(b'0')))
        })
    };
    match bytes {
        [] => true,
        [y1, y2, y3, y4, m1, m2, d1, d2] => {
            bytes.iter().all(u8::is_ascii_digit)
                && number(&[*y1, *y2, *y3, *y4]) >= 1900
                && (1..=12).contains(&number(&[*m1, *m2]))
                && (1..=31).contains(&number(&[*d1, *d2]))
        }
        _ => false,
    }
}
