// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is revealed, and what a search finds.
//!
//! Source: PKCS#11 v3.2, "C_GetAttributeValue" and "C_FindObjectsInit".

use super::{aes, code, data, ec_public, key, rsa_private, some};
use crate::object::{
    Object, RawValue, Shown, Template, index_entries, is_indexed, matches, read, set_unique_id,
};
use crate::pkcs11::AttributeType;
use crate::pkcs11::attribute::{
    CKA_ALLOWED_MECHANISMS, CKA_CLASS, CKA_EC_POINT, CKA_ENCRYPT, CKA_EXTRACTABLE, CKA_ID,
    CKA_KEY_TYPE, CKA_LABEL, CKA_MODULUS, CKA_PRIME_1, CKA_PRIVATE_EXPONENT, CKA_SENSITIVE,
    CKA_TOKEN, CKA_UNIQUE_ID, CKA_VALUE, CKA_WRAP_TEMPLATE,
};
use crate::pkcs11::class::{CKO_DATA, CKO_SECRET_KEY};
use crate::pkcs11::key_type::{CKK_AES, CKK_GENERIC_SECRET};
use crate::pkcs11::mechanism::{CKM_AES_CBC, CKM_AES_ECB};
use crate::pkcs11::rv::{CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID};

fn bytes(object: &Object, id: AttributeType) -> Vec<u8> {
    match read(object, id).unwrap() {
        Shown::Bytes(bytes) => bytes.into_owned(),
        Shown::Template(_) => panic!("a template"),
    }
}

#[test]
fn values_are_shown_in_their_c_form() {
    let list = [CKM_AES_ECB.0.to_ne_bytes(), CKM_AES_CBC.0.to_ne_bytes()].concat();
    let object = aes()
        .and(CKA_ALLOWED_MECHANISMS, &list[..])
        .create()
        .unwrap();
    assert_eq!(bytes(&object, CKA_ENCRYPT), [1]);
    assert_eq!(bytes(&object, CKA_TOKEN), [0]);
    assert_eq!(bytes(&object, CKA_CLASS), CKO_SECRET_KEY.0.to_ne_bytes());
    assert_eq!(bytes(&object, CKA_KEY_TYPE), CKK_AES.0.to_ne_bytes());
    assert_eq!(bytes(&object, CKA_ID), b"");
    assert_eq!(bytes(&object, CKA_ALLOWED_MECHANISMS), list);
}

#[test]
fn a_template_is_shown_as_one() {
    let nested = some(CKA_ENCRYPT, true);
    let object = aes().and(CKA_WRAP_TEMPLATE, nested).create().unwrap();
    let Shown::Template(shown) = read(&object, CKA_WRAP_TEMPLATE).unwrap() else {
        panic!("no template");
    };
    assert!(shown.is_true(CKA_ENCRYPT));
}

#[test]
fn key_material_is_shown_only_if_neither_flag_conceals_it() {
    for (sensitive, extractable, shown) in [
        (true, true, false),
        (true, false, false),
        (false, false, false),
        (false, true, true),
    ] {
        let object = aes()
            .and(CKA_SENSITIVE, sensitive)
            .and(CKA_EXTRACTABLE, extractable)
            .create()
            .unwrap();
        let answer = read(&object, CKA_VALUE);
        if shown {
            assert_eq!(bytes(&object, CKA_VALUE), [7; 16]);
        } else {
            assert_eq!(code(answer), CKR_ATTRIBUTE_SENSITIVE);
        }
        let found = matches(&object, &some(CKA_VALUE, &[7; 16]).template());
        assert_eq!(found, shown);
        assert!(!matches(&object, &some(CKA_VALUE, &[8; 16]).template()));
    }
    let object = rsa_private().create().unwrap();
    assert_eq!(
        code(read(&object, CKA_PRIVATE_EXPONENT)),
        CKR_ATTRIBUTE_SENSITIVE
    );
    assert_eq!(code(read(&object, CKA_PRIME_1)), CKR_ATTRIBUTE_SENSITIVE);
    assert_eq!(bytes(&object, CKA_MODULUS), [0xc1; 128]);
}

#[test]
fn data_and_public_keys_have_nothing_to_conceal() {
    let object = data().and(CKA_VALUE, b"text").create().unwrap();
    assert_eq!(bytes(&object, CKA_VALUE), b"text");
    let object = ec_public().create().unwrap();
    assert_eq!(bytes(&object, CKA_EC_POINT), [4, 1, 4]);
}

#[test]
fn an_attribute_the_object_does_not_have_is_invalid() {
    let object = aes().create().unwrap();
    for id in [CKA_MODULUS, AttributeType(0xce53_4351), CKA_UNIQUE_ID] {
        assert_eq!(code(read(&object, id)), CKR_ATTRIBUTE_TYPE_INVALID, "{id}");
    }
}

#[test]
fn a_search_compares_every_attribute_exactly() {
    let object = key(CKO_SECRET_KEY, CKK_AES)
        .and(CKA_VALUE, &[7; 16])
        .and(CKA_LABEL, b"label")
        .create()
        .unwrap();
    let yes = [
        some(CKA_LABEL, b"label"),
        some(CKA_CLASS, CKO_SECRET_KEY.0).and(CKA_TOKEN, false),
        some(CKA_ID, b""),
    ];
    assert!(matches(&object, &Template::default()));
    for entries in yes {
        assert!(
            matches(&object, &entries.template()),
            "{:?}",
            entries.template()
        );
    }
    let no = [
        some(CKA_LABEL, b"labe"),
        some(CKA_LABEL, b"label\0"),
        some(CKA_LABEL, b"label").and(CKA_CLASS, CKO_DATA.0),
        some(CKA_KEY_TYPE, CKK_GENERIC_SECRET.0),
        some(CKA_CLASS, &[4, 0, 0, 0]),
        some(CKA_TOKEN, true),
        some(CKA_TOKEN, b""),
        some(CKA_ID, b"\0"),
        some(CKA_MODULUS, b""),
        some(CKA_LABEL, some(CKA_ID, b"")),
    ];
    for entries in no {
        assert!(
            !matches(&object, &entries.template()),
            "{:?}",
            entries.template()
        );
    }
}

#[test]
fn a_search_by_a_template_compares_its_entries() {
    let nested = some(CKA_ENCRYPT, true).and(CKA_LABEL, b"x");
    let object = aes().and(CKA_WRAP_TEMPLATE, nested).create().unwrap();
    let swapped = some(CKA_LABEL, b"x").and(CKA_ENCRYPT, true);
    assert!(matches(
        &object,
        &some(CKA_WRAP_TEMPLATE, swapped).template()
    ));
    for other in [
        some(CKA_ENCRYPT, true),
        some(CKA_ENCRYPT, true).and(CKA_LABEL, b"y"),
        some(CKA_ENCRYPT, true)
            .and(CKA_LABEL, b"x")
            .and(CKA_ID, b""),
    ] {
        assert!(!matches(
            &object,
            &some(CKA_WRAP_TEMPLATE, other).template()
        ));
    }
}

#[test]
fn the_index_holds_what_a_search_compares() {
    let mut attributes = rsa_private()
        .and(CKA_LABEL, b"name")
        .create()
        .unwrap()
        .attributes()
        .duplicate();
    set_unique_id(&mut attributes, "9".into());
    let kind = rsa_private().create().unwrap().kind();
    let entries = index_entries(&attributes);
    let object = Object::new(kind, attributes);
    for id in [
        CKA_CLASS,
        CKA_KEY_TYPE,
        CKA_ID,
        CKA_LABEL,
        CKA_UNIQUE_ID,
        CKA_MODULUS,
    ] {
        assert!(entries.iter().any(|(other, _)| *other == id), "{id}");
    }
    for (id, bytes) in &entries {
        assert!(is_indexed(*id));
        let template = Template(vec![(*id, RawValue::Bytes(bytes))]);
        assert!(matches(&object, &template), "{id}");
    }
}

#[test]
fn nothing_concealed_is_indexed() {
    for kind in crate::object::kinds::all() {
        for rule in kind.rules().filter(|rule| rule.notes.has(7)) {
            assert!(!is_indexed(rule.id), "{} {}", kind.spec, rule.id);
        }
    }
}
