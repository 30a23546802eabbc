// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encoding and decoding: every kind, and every way to break the bytes.
//!
//! Source: PKCS#11 v3.2, "Objects".

use super::{aes, rsa_private, some};
use crate::object::codec::{decode, encode};
use crate::object::{AttributeMap, Kind, Value, ValueKind, kinds};
use crate::pkcs11::attribute::{
    CKA_ALLOWED_MECHANISMS, CKA_CERTIFICATE_TYPE, CKA_CLASS, CKA_ENCRYPT, CKA_HW_FEATURE_TYPE,
    CKA_KEY_TYPE, CKA_LABEL, CKA_PRIME_1, CKA_VALUE, CKA_WRAP_TEMPLATE,
};
use crate::pkcs11::rv::CKR_DEVICE_ERROR;
use crate::pkcs11::{AttributeType, MechanismType};
use crate::secret::SecretBytes;

/// A value of each row, the numbers chosen so that kinds stay what they are.
fn full(kind: &'static Kind) -> AttributeMap {
    let mut map: AttributeMap = kind
        .rules()
        .map(|rule| {
            let value = match rule.value {
                ValueKind::Bool => Value::Bool(rule.id.0.is_multiple_of(2)),
                ValueKind::Ulong => Value::Ulong(u64::MAX - rule.id.0),
                ValueKind::Mechanisms => {
                    Value::Mechanisms(vec![MechanismType(0), MechanismType(u64::MAX)])
                }
                ValueKind::Template => Value::Template(AttributeMap::from_iter([
                    (CKA_ENCRYPT, Value::Bool(true)),
                    (CKA_WRAP_TEMPLATE, Value::Template(AttributeMap::new())),
                ])),
                ValueKind::Bytes | ValueKind::BigInt | ValueKind::Utf8 | ValueKind::Date => {
                    if rule.notes.has(7) {
                        Value::Secret(SecretBytes::from_slice(&[0x5a; 200]))
                    } else {
                        Value::Bytes(vec![b'x'; 3])
                    }
                }
            };
            (rule.id, value)
        })
        .collect();
    map.set(CKA_CLASS, Value::Ulong(kind.class.0));
    if let Some(key_type) = kind.key_type {
        map.set(CKA_KEY_TYPE, Value::Ulong(key_type.0));
    }
    if let Some(subtype) = kind.subtype {
        for id in [CKA_CERTIFICATE_TYPE, CKA_HW_FEATURE_TYPE] {
            if kind.rule(id).is_some() {
                map.set(id, Value::Ulong(subtype));
            }
        }
    }
    map
}

fn same(one: &AttributeMap, two: &AttributeMap) -> bool {
    Value::Template(one.duplicate()).same(&Value::Template(two.duplicate()))
}

/// Whether secrets are secret in both.
fn same_shape(one: &AttributeMap, two: &AttributeMap) -> bool {
    one.iter()
        .zip(two.iter())
        .all(|((_, one), (_, two))| core::mem::discriminant(one) == core::mem::discriminant(two))
}

#[test]
fn every_kind_comes_back_as_it_was() {
    for kind in kinds::all() {
        let map = full(kind);
        let bytes = encode(&map);
        let back = decode(bytes.expose()).unwrap();
        assert!(
            same(&map, &back) && same_shape(&map, &back),
            "{}",
            kind.spec
        );
        assert!(
            core::ptr::eq(kinds::of(&back).unwrap(), *kind),
            "{}",
            kind.spec
        );
        assert_eq!(encode(&back).expose(), bytes.expose());
    }
}

#[test]
fn secrets_come_back_as_secrets() {
    let object = aes().create().unwrap();
    let back = decode(encode(object.attributes()).expose()).unwrap();
    assert!(matches!(back.value(CKA_VALUE), Some(Value::Secret(_))));
    assert!(matches!(back.value(CKA_LABEL), Some(Value::Bytes(_))));
}

#[test]
fn flags_and_numbers_are_small() {
    let object = rsa_private().create().unwrap();
    let material: usize = object
        .attributes()
        .iter()
        .filter_map(|(_, value)| value.as_bytes().map(<[u8]>::len))
        .sum();
    let overhead = encode(object.attributes()).len() - material;
    assert!(overhead < 5 * object.attributes().len(), "{overhead}");
}

#[test]
fn a_flipped_or_missing_byte_is_an_error_or_another_object_never_a_panic() {
    for kind in kinds::all() {
        let whole = encode(&full(kind));
        let whole = whole.expose();
        for cut in 0..whole.len() {
            assert!(decode(&whole[..cut]).is_err(), "{} cut at {cut}", kind.spec);
        }
        let mut bytes = whole.to_vec();
        for at in 0..bytes.len() {
            let good = bytes[at];
            for mask in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
                bytes[at] = good ^ mask;
                if let Ok(map) = decode(&bytes) {
                    assert_eq!(encode(&map).expose(), bytes, "one object has one encoding");
                }
            }
            bytes[at] = good;
        }
        bytes.push(0);
        assert!(decode(&bytes).is_err(), "bytes are left over");
    }
}

#[test]
fn random_bytes_never_panic_and_what_they_decode_to_is_canonical() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut decoded = 0;
    for round in 0..20_000 {
        let len = usize::try_from(next() % 24).unwrap();
        let mut bytes = vec![1, u8::try_from(next() % 4).unwrap()];
        // Small numbers make well-formed input likely.
        bytes.extend(
            (0..len).map(|_| next().to_le_bytes()[0] % if round % 2 == 0 { 8 } else { 255 }),
        );
        if let Ok(map) = decode(&bytes) {
            decoded += 1;
            assert_eq!(encode(&map).expose(), bytes);
        }
    }
    assert!(decoded > 10, "{decoded}");
}

#[test]
fn what_no_encoder_writes_is_refused() {
    for (bytes, why) in [
        (&b""[..], "nothing"),
        (&[0, 0], "version 0"),
        (&[2, 0], "version 2"),
        (
            &[1, 1, 3, 3, 0xff, 0xff, 0xff, 0xff, 0x0f],
            "a length of 4 GiB",
        ),
        (
            &[1, 1, 3, 5, 0xff, 0xff, 0xff, 0xff, 0x0f],
            "as many mechanisms",
        ),
        (&[1, 0xff, 0xff, 0xff, 0xff, 0x0f], "as many attributes"),
        (&[1, 1, 0x83, 0, 1], "a number not in its shortest form"),
        (&[1, 2, 3, 1, 3, 1], "an attribute twice"),
        (&[1, 2, 4, 1, 3, 1], "attributes out of order"),
        (&[1, 1, 3, 7], "an unknown tag"),
        (
            &[
                1, 1, 3, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2,
            ],
            "65 bits",
        ),
    ] {
        let error = decode(bytes).expect_err(why);
        assert_eq!(error.rv().code(), CKR_DEVICE_ERROR, "{why}");
    }
    assert!(decode(&[1, 0]).unwrap().is_empty());
    let deep: Vec<u8> = core::iter::once(1)
        .chain([1, 3, 6].repeat(1000))
        .chain([0])
        .collect();
    assert!(decode(&deep).is_err());
}

#[test]
fn an_admitted_object_with_everything_nested_comes_back() {
    let nested = some(CKA_LABEL, b"x").and(CKA_PRIME_1, b"secret");
    let object = aes()
        .and(CKA_WRAP_TEMPLATE, nested)
        .and(CKA_ALLOWED_MECHANISMS, 1)
        .create()
        .unwrap();
    let back = decode(encode(object.attributes()).expose()).unwrap();
    assert!(same(object.attributes(), &back));
    assert!(same_shape(object.attributes(), &back));
    let Some(Value::Template(nested)) = back.value(CKA_WRAP_TEMPLATE) else {
        panic!("no template");
    };
    assert!(matches!(nested.value(CKA_PRIME_1), Some(Value::Secret(_))));
    assert!(!nested.has(AttributeType(0)));
}
