// SPDX-License-Identifier: MIT OR Apache-2.0
//! Templates as the log tells them: types by name, values where they can be no secret.
//!
//! What may be shown is a list: truth values, numbers, dates, mechanisms and labels by the data type
//! that the attribute has in the tables of the standard, and a few byte strings by name. Everything
//! else, and every attribute that no table knows, is told by its length.
//! Source: PKCS#11 v3.2, "Attributes" and the tables of "Objects".

use crate::abi::input;
use crate::abi::limits::{ATTRIBUTE_LEN_MAX, TEMPLATE_ENTRIES_MAX, TEMPLATE_NESTING_MAX};
use crate::abi::template::holds_template;
use crate::abi::types::{CK_ATTRIBUTE, CK_ULONG, CK_UNAVAILABLE_INFORMATION};
use crate::log::{Fields, Value};
use crate::object::{ValueKind, kinds};
use crate::pkcs11::attribute::{
    CKA_CERTIFICATE_TYPE, CKA_CLASS, CKA_EC_PARAMS, CKA_HW_FEATURE_TYPE, CKA_ID,
    CKA_KEY_GEN_MECHANISM, CKA_KEY_TYPE, CKA_MECHANISM_TYPE, CKA_NAME_HASH_ALGORITHM,
    CKA_PROFILE_ID, CKA_PUBLIC_EXPONENT, CKA_SERIAL_NUMBER,
};
use crate::pkcs11::{
    AttributeType, CertificateType, HardwareType, KeyType, MechanismType, ObjectClass, ProfileType,
};

/// Byte strings that are names of something.
const SHOWN_BYTES: &[AttributeType] = &[
    CKA_ID,
    CKA_EC_PARAMS,
    CKA_PUBLIC_EXPONENT,
    CKA_SERIAL_NUMBER,
];

/// Longer byte strings are told by their length all the same.
const SHOWN_LEN_MAX: usize = 64;

/// A template by the names of its attributes.
///
/// # Safety
/// `attributes` is NULL or points to `count` attributes, each with `ulValueLen` readable bytes at a
/// non-null `pValue`, and nested templates likewise.
pub(super) unsafe fn given(attributes: *const CK_ATTRIBUTE, count: CK_ULONG) -> Value {
    // SAFETY: this function's contract is the same.
    unsafe { template(attributes, count, 0, true) }
}

/// The attributes that are asked for: their types and how much room there is.
///
/// # Safety
/// As [`given`]; the values are not looked at.
pub(super) unsafe fn wanted(attributes: *const CK_ATTRIBUTE, count: CK_ULONG) -> Value {
    // SAFETY: this function's contract is the same.
    unsafe { template(attributes, count, 0, false) }
}

/// # Safety
/// As [`given`]; values are looked at when they `are_set`.
unsafe fn template(
    attributes: *const CK_ATTRIBUTE,
    count: CK_ULONG,
    depth: usize,
    are_set: bool,
) -> Value {
    if attributes.is_null() {
        return Value::Null;
    }
    let Some(count) = usize::try_from(count)
        .ok()
        .filter(|count| *count <= TEMPLATE_ENTRIES_MAX)
    else {
        return Value::named(format!("{count} attributes"));
    };
    let mut fields = Vec::with_capacity(count);
    for position in 0..count {
        // SAFETY: below the count that this function's contract gives.
        let entry = unsafe { attributes.add(position) };
        // SAFETY: points to an attribute by this function's contract; alignment is not relied on.
        let entry = unsafe { entry.read_unaligned() };
        let value = if are_set {
            // SAFETY: this function's contract covers the value of each attribute.
            unsafe { value(&entry, depth) }
        } else if entry.pValue.is_null() {
            Value::Null
        } else {
            Value::Room(entry.ulValueLen)
        };
        fields.push((AttributeType(entry.type_).to_string().into(), value));
    }
    Value::Fields(Fields(fields))
}

/// # Safety
/// `pValue` is NULL or points to `ulValueLen` readable bytes.
unsafe fn value(entry: &CK_ATTRIBUTE, depth: usize) -> Value {
    let id = AttributeType(entry.type_);
    let len = entry.ulValueLen;
    if len == CK_UNAVAILABLE_INFORMATION {
        return Value::named("CK_UNAVAILABLE_INFORMATION");
    }
    if entry.pValue.is_null() {
        // Without a place, an answer is the length alone.
        return if len == 0 {
            Value::Null
        } else {
            Value::Bytes(len)
        };
    }
    if usize::try_from(len).map_or(true, |len| len > ATTRIBUTE_LEN_MAX) {
        return Value::Bytes(len);
    }
    if holds_template(id) {
        let count = len / size_of::<CK_ATTRIBUTE>() as CK_ULONG;
        if depth >= TEMPLATE_NESTING_MAX {
            return Value::Bytes(len);
        }
        // SAFETY: the caller's contract covers nested templates.
        return unsafe { template(entry.pValue.cast(), count, depth + 1, true) };
    }
    if !is_shown(id) {
        return Value::Bytes(len);
    }
    // SAFETY: the caller's contract covers the value.
    match unsafe { input::bytes(entry.pValue.cast(), len) } {
        Ok(bytes) => shown(id, bytes),
        Err(_) => Value::Bytes(len),
    }
}

/// The data type of an attribute in the tables of the standard; where it has several, the one that
/// says least.
fn kind(id: AttributeType) -> Option<ValueKind> {
    let mut found = None;
    let tables = kinds::all().iter().flat_map(|kind| kind.tables.iter());
    for rule in tables.flat_map(|table| table.iter()) {
        if rule.id == id {
            match rule.value {
                ValueKind::Bytes | ValueKind::BigInt => return Some(rule.value),
                other => found = Some(other),
            }
        }
    }
    found
}

fn is_shown(id: AttributeType) -> bool {
    match kind(id) {
        Some(ValueKind::Bytes | ValueKind::BigInt) => SHOWN_BYTES.contains(&id),
        Some(ValueKind::Template) | None => false,
        Some(
            ValueKind::Bool
            | ValueKind::Ulong
            | ValueKind::Utf8
            | ValueKind::Date
            | ValueKind::Mechanisms,
        ) => true,
    }
}

/// A value that may be shown; one that is not what its type says is told by its length.
fn shown(id: AttributeType, bytes: &[u8]) -> Value {
    let length = Value::Bytes(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    match kind(id) {
        Some(ValueKind::Bool) => match bytes {
            [byte] => Value::Bool(*byte != 0),
            _ => length,
        },
        Some(ValueKind::Ulong) => match bytes.try_into() {
            Ok(number) => ulong(id, u64::from_ne_bytes(number)),
            Err(_) => length,
        },
        Some(ValueKind::Mechanisms) => {
            let (numbers, rest) = bytes.as_chunks::<8>();
            if !rest.is_empty() {
                return length;
            }
            let name = |number: &[u8; 8]| Value::named(MechanismType(u64::from_ne_bytes(*number)));
            Value::List(numbers.iter().map(name).collect())
        }
        Some(ValueKind::Utf8 | ValueKind::Date) => match core::str::from_utf8(bytes) {
            Ok(text) if text.len() <= SHOWN_LEN_MAX => Value::Text(text.to_owned()),
            _ => length,
        },
        Some(ValueKind::Bytes | ValueKind::BigInt) if bytes.len() <= SHOWN_LEN_MAX => {
            let hex = bytes.iter().map(|byte| format!("{byte:02x}"));
            Value::named(format!("0x{}", hex.collect::<String>()))
        }
        _ => length,
    }
}

/// A number, by name where it has one.
fn ulong(id: AttributeType, number: u64) -> Value {
    match id {
        CKA_CLASS => Value::named(ObjectClass(number)),
        CKA_KEY_TYPE => Value::named(KeyType(number)),
        CKA_CERTIFICATE_TYPE => Value::named(CertificateType(number)),
        CKA_HW_FEATURE_TYPE => Value::named(HardwareType(number)),
        CKA_PROFILE_ID => Value::named(ProfileType(number)),
        CKA_KEY_GEN_MECHANISM | CKA_MECHANISM_TYPE | CKA_NAME_HASH_ALGORITHM => {
            Value::named(MechanismType(number))
        }
        _ => Value::Number(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pkcs11::attribute::{CKA_LABEL, CKA_PRIME_1, CKA_SENSITIVE, CKA_VALUE};

    #[test]
    fn only_what_can_be_no_secret_is_shown() {
        assert_eq!(shown(CKA_SENSITIVE, &[1]).to_string(), "true");
        assert_eq!(
            shown(CKA_CLASS, &4_u64.to_ne_bytes()).to_string(),
            "CKO_SECRET_KEY"
        );
        assert_eq!(shown(CKA_ID, &[1, 0xab]).to_string(), "0x01ab");
        assert_eq!(shown(CKA_LABEL, b"tls").to_string(), "\"tls\"");
        assert_eq!(shown(CKA_SENSITIVE, b"secret").to_string(), "(6 bytes)");
        for hidden in [CKA_VALUE, CKA_PRIME_1, AttributeType(0x8000_0001)] {
            assert!(!is_shown(hidden), "{hidden}");
        }
    }

    /// A new attribute with a value of bytes is hidden until somebody puts it on the list.
    #[test]
    fn no_private_component_is_on_the_list() {
        let tables = kinds::all().iter().flat_map(|kind| kind.tables.iter());
        let rules = tables.flat_map(|table| table.iter());
        // Footnote 7: "Cannot be revealed if object has its CKA_SENSITIVE attribute set to CK_TRUE".
        let sensitive: Vec<_> = rules.filter(|rule| rule.notes.has(7)).collect();
        assert!(sensitive.len() > 5);
        for rule in sensitive {
            assert!(!is_shown(rule.id), "{}", rule.id);
        }
    }
}
