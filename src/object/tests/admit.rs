// SPDX-License-Identifier: MIT OR Apache-2.0
//! The footnotes on creation, generation, unwrapping and derivation, and the defaults.
//!
//! Source: PKCS#11 v3.2, "Creating, modifying, and copying objects".

use super::{
    BY_USER, Entries, aes, certificate, code, data, ec_private, ec_public, key, rsa_private,
    rsa_public, some,
};
use crate::error::Result;
use crate::object::{
    Actor, Admission, AttributeMap, Object, Origin, UNAVAILABLE_INFORMATION, Value, admit,
    set_unique_id,
};
use crate::pkcs11::attribute::{
    CKA_ALWAYS_AUTHENTICATE, CKA_ALWAYS_SENSITIVE, CKA_CERTIFICATE_TYPE, CKA_CLASS, CKA_COPYABLE,
    CKA_DECAPSULATE_TEMPLATE, CKA_DECRYPT, CKA_DERIVE, CKA_DERIVE_TEMPLATE, CKA_DESTROYABLE,
    CKA_EC_PARAMS, CKA_ENCAPSULATE_TEMPLATE, CKA_ENCRYPT, CKA_END_DATE, CKA_EXTRACTABLE, CKA_ID,
    CKA_KEY_GEN_MECHANISM, CKA_KEY_TYPE, CKA_LABEL, CKA_LOCAL, CKA_MODIFIABLE, CKA_MODULUS,
    CKA_MODULUS_BITS, CKA_NEVER_EXTRACTABLE, CKA_PRIVATE, CKA_SENSITIVE, CKA_SIGN,
    CKA_SIGN_RECOVER, CKA_START_DATE, CKA_SUBJECT, CKA_TOKEN, CKA_TRUSTED, CKA_UNIQUE_ID,
    CKA_UNWRAP, CKA_UNWRAP_TEMPLATE, CKA_VALUE, CKA_VALUE_LEN, CKA_VERIFY, CKA_VERIFY_RECOVER,
    CKA_WRAP, CKA_WRAP_TEMPLATE,
};
use crate::pkcs11::class::{
    CKO_CERTIFICATE, CKO_PRIVATE_KEY, CKO_PROFILE, CKO_PUBLIC_KEY, CKO_SECRET_KEY,
    CKO_VENDOR_DEFINED,
};
use crate::pkcs11::key_type::{CKK_AES, CKK_EC, CKK_GENERIC_SECRET, CKK_RSA, CKK_VENDOR_DEFINED};
use crate::pkcs11::mechanism::{CKM_AES_KEY_GEN, CKM_RSA_PKCS_KEY_PAIR_GEN};
use crate::pkcs11::rv::{
    CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_VALUE_INVALID,
    CKR_KEY_HANDLE_INVALID, CKR_OK, CKR_TEMPLATE_INCOMPLETE, CKR_TEMPLATE_INCONSISTENT,
};
use crate::pkcs11::{AttributeType, KeyType, ObjectClass};

fn admitted(entries: &Entries, admission: &Admission<'_>) -> Result<Object> {
    let (kind, attributes) = admit(&entries.template(), admission)?;
    Ok(Object::new(kind, attributes))
}

fn generating(class: ObjectClass, key_type: KeyType) -> Admission<'static> {
    Admission {
        origin: Origin::Generate,
        class: Some(class),
        key_type: Some(key_type),
        mechanism: Some(CKM_AES_KEY_GEN),
        ..BY_USER
    }
}

fn with_base(origin: Origin, base: &Object) -> Admission<'_> {
    Admission {
        origin,
        base: Some(base),
        ..BY_USER
    }
}

#[test]
fn a_created_key_must_have_what_note_1_asks_for() {
    for id in [CKA_CLASS, CKA_KEY_TYPE, CKA_VALUE] {
        assert_eq!(
            code(aes().without(id).create()),
            CKR_TEMPLATE_INCOMPLETE,
            "{id}"
        );
    }
    assert_eq!(
        code(certificate().without(CKA_SUBJECT).create()),
        CKR_TEMPLATE_INCOMPLETE
    );
}

#[test]
fn a_created_object_must_not_have_what_note_2_forbids() {
    for entries in [
        aes().and(CKA_VALUE_LEN, 16),
        aes().and(CKA_LOCAL, true),
        aes().and(CKA_UNIQUE_ID, b"1"),
        rsa_public().and(CKA_MODULUS_BITS, 1024),
        rsa_private().and(CKA_ALWAYS_SENSITIVE, true),
    ] {
        assert_eq!(code(entries.create()), CKR_ATTRIBUTE_READ_ONLY);
    }
}

#[test]
fn generation_asks_for_note_3_and_forbids_note_4() {
    let aes_key = generating(CKO_SECRET_KEY, CKK_AES);
    let none = Entries::default();
    assert_eq!(code(admitted(&none, &aes_key)), CKR_TEMPLATE_INCOMPLETE);
    let valued = some(CKA_VALUE_LEN, 16).and(CKA_VALUE, &[1; 16]);
    assert_eq!(code(admitted(&valued, &aes_key)), CKR_ATTRIBUTE_READ_ONLY);
    let public = generating(CKO_PUBLIC_KEY, CKK_RSA);
    assert_eq!(code(admitted(&none, &public)), CKR_TEMPLATE_INCOMPLETE);
    assert_eq!(
        code(admitted(&some(CKA_MODULUS_BITS, 2048), &public)),
        CKR_OK
    );
    let public = generating(CKO_PUBLIC_KEY, CKK_EC);
    assert_eq!(code(admitted(&none, &public)), CKR_TEMPLATE_INCOMPLETE);
    assert_eq!(
        code(admitted(&some(CKA_EC_PARAMS, &[6, 1, 1]), &public)),
        CKR_OK
    );
    let private = generating(CKO_PRIVATE_KEY, CKK_RSA);
    assert_eq!(code(admitted(&none, &private)), CKR_OK);
    let modulus = some(CKA_MODULUS, &[1]);
    assert_eq!(code(admitted(&modulus, &private)), CKR_ATTRIBUTE_READ_ONLY);
}

#[test]
fn unwrapping_asks_for_the_key_type_and_forbids_the_value() {
    let unwrapping = aes().create().unwrap();
    let admission = with_base(Origin::Unwrap, &unwrapping);
    let typed = key(CKO_SECRET_KEY, CKK_AES);
    assert_eq!(code(admitted(&typed, &admission)), CKR_OK);
    let untyped = some(CKA_CLASS, CKO_SECRET_KEY.0);
    assert_eq!(
        code(admitted(&untyped, &admission)),
        CKR_TEMPLATE_INCOMPLETE
    );
    assert_eq!(code(admitted(&aes(), &admission)), CKR_ATTRIBUTE_READ_ONLY);
    let long = key(CKO_SECRET_KEY, CKK_AES).and(CKA_VALUE_LEN, 16);
    assert_eq!(code(admitted(&long, &admission)), CKR_OK);
    let public = key(CKO_PUBLIC_KEY, CKK_RSA);
    assert_eq!(
        code(admitted(&public, &admission)),
        CKR_TEMPLATE_INCONSISTENT
    );
}

#[test]
fn an_unwrapped_key_is_extractable_by_default_and_never_was_safe() {
    let unwrapping = aes().create().unwrap();
    let admission = with_base(Origin::Unwrap, &unwrapping);
    let object = admitted(&key(CKO_SECRET_KEY, CKK_AES), &admission).unwrap();
    let has = |id| object.attributes().is_true(id);
    assert!(has(CKA_EXTRACTABLE));
    assert!(!has(CKA_ALWAYS_SENSITIVE));
    assert!(!has(CKA_NEVER_EXTRACTABLE));
    assert!(!has(CKA_LOCAL));
}

#[test]
fn usage_that_fits_the_key_type_is_true_by_default() {
    let check = |entries: Entries, on: &[AttributeType], off: &[AttributeType]| {
        let object = entries.create().unwrap();
        for id in on {
            assert!(object.attributes().is_true(*id), "{object:?} {id}");
        }
        for id in off {
            assert!(!object.attributes().is_true(*id), "{object:?} {id}");
        }
    };
    check(
        rsa_public(),
        &[CKA_ENCRYPT, CKA_VERIFY, CKA_VERIFY_RECOVER, CKA_WRAP],
        &[CKA_DERIVE, CKA_PRIVATE],
    );
    check(
        rsa_private(),
        &[
            CKA_DECRYPT,
            CKA_SIGN,
            CKA_SIGN_RECOVER,
            CKA_UNWRAP,
            CKA_PRIVATE,
        ],
        &[CKA_DERIVE],
    );
    check(
        ec_public(),
        &[CKA_VERIFY, CKA_DERIVE],
        &[CKA_ENCRYPT, CKA_WRAP],
    );
    check(
        ec_private(),
        &[CKA_SIGN, CKA_DERIVE],
        &[CKA_DECRYPT, CKA_UNWRAP],
    );
    check(
        aes(),
        &[
            CKA_ENCRYPT,
            CKA_DECRYPT,
            CKA_SIGN,
            CKA_VERIFY,
            CKA_WRAP,
            CKA_UNWRAP,
            CKA_DERIVE,
        ],
        &[],
    );
    check(
        key(CKO_SECRET_KEY, CKK_GENERIC_SECRET).and(CKA_VALUE, b"x"),
        &[CKA_SIGN, CKA_VERIFY, CKA_DERIVE],
        &[CKA_ENCRYPT, CKA_WRAP],
    );
}

#[test]
fn keys_are_kept_close_by_default_and_other_attributes_can_be_read_empty() {
    for entries in [aes(), rsa_private()] {
        let object = entries.create().unwrap();
        let has = |id| object.attributes().is_true(id);
        assert!(has(CKA_SENSITIVE) && !has(CKA_EXTRACTABLE) && has(CKA_PRIVATE));
        assert!(!has(CKA_TOKEN) && has(CKA_MODIFIABLE));
        assert!(has(CKA_COPYABLE) && has(CKA_DESTROYABLE));
        for id in [CKA_ID, CKA_LABEL, CKA_START_DATE, CKA_END_DATE] {
            assert_eq!(object.attributes().bytes(id), Some(&[][..]), "{id}");
        }
    }
    let object = rsa_private().create().unwrap();
    assert_eq!(object.attributes().bytes(CKA_SUBJECT), Some(&[][..]));
    assert!(object.attributes().has(CKA_ALWAYS_AUTHENTICATE));
}

#[test]
fn only_generation_makes_a_key_local_and_always_safe() {
    let local = admitted(
        &some(CKA_VALUE_LEN, 16),
        &generating(CKO_SECRET_KEY, CKK_AES),
    )
    .unwrap();
    let has = |id| local.attributes().is_true(id);
    assert!(has(CKA_LOCAL) && has(CKA_ALWAYS_SENSITIVE) && has(CKA_NEVER_EXTRACTABLE));
    let made_by = local.attributes().ulong(CKA_KEY_GEN_MECHANISM);
    assert_eq!(made_by, Some(CKM_AES_KEY_GEN.0));
    let open = some(CKA_VALUE_LEN, 16)
        .and(CKA_SENSITIVE, false)
        .and(CKA_EXTRACTABLE, true);
    let open = admitted(&open, &generating(CKO_SECRET_KEY, CKK_AES)).unwrap();
    assert!(!open.attributes().is_true(CKA_ALWAYS_SENSITIVE));
    assert!(!open.attributes().is_true(CKA_NEVER_EXTRACTABLE));
    let admission = Admission {
        mechanism: Some(CKM_RSA_PKCS_KEY_PAIR_GEN),
        ..BY_USER
    };
    let created = admitted(&aes(), &admission).unwrap();
    assert!(!created.attributes().is_true(CKA_LOCAL));
    assert!(!created.attributes().is_true(CKA_ALWAYS_SENSITIVE));
    assert!(!created.attributes().is_true(CKA_NEVER_EXTRACTABLE));
    let made_by = created.attributes().ulong(CKA_KEY_GEN_MECHANISM);
    assert_eq!(made_by, Some(UNAVAILABLE_INFORMATION));
}

#[test]
fn a_derived_key_inherits_the_history_of_its_base() {
    let generic = Entries::default();
    let safe = admitted(
        &some(CKA_VALUE_LEN, 16),
        &generating(CKO_SECRET_KEY, CKK_AES),
    )
    .unwrap();
    let derived = admitted(&generic, &with_base(Origin::Derive, &safe)).unwrap();
    assert_eq!(derived.key_type(), Some(CKK_GENERIC_SECRET));
    assert!(derived.attributes().is_true(CKA_ALWAYS_SENSITIVE));
    assert!(derived.attributes().is_true(CKA_NEVER_EXTRACTABLE));
    let open = some(CKA_SENSITIVE, false).and(CKA_EXTRACTABLE, true);
    let derived = admitted(&open, &with_base(Origin::Derive, &safe)).unwrap();
    assert!(!derived.attributes().is_true(CKA_ALWAYS_SENSITIVE));
    assert!(!derived.attributes().is_true(CKA_NEVER_EXTRACTABLE));
    let imported = aes().create().unwrap();
    let derived = admitted(&generic, &with_base(Origin::Derive, &imported)).unwrap();
    assert!(!derived.attributes().is_true(CKA_ALWAYS_SENSITIVE));
    let valued = some(CKA_VALUE, b"x");
    let refused = admitted(&valued, &with_base(Origin::Derive, &safe));
    assert_eq!(code(refused), CKR_ATTRIBUTE_READ_ONLY);
}

#[test]
fn the_base_key_adds_its_template_and_refuses_what_differs() {
    let nested = some(CKA_EXTRACTABLE, false)
        .and(CKA_ENCRYPT, false)
        .and(CKA_KEY_TYPE, CKK_AES.0);
    let base = aes().and(CKA_UNWRAP_TEMPLATE, nested).create().unwrap();
    let admission = with_base(Origin::Unwrap, &base);
    let object = admitted(&some(CKA_CLASS, CKO_SECRET_KEY.0), &admission).unwrap();
    assert_eq!(object.key_type(), Some(CKK_AES));
    assert!(!object.attributes().is_true(CKA_EXTRACTABLE));
    assert!(!object.attributes().is_true(CKA_ENCRYPT));
    assert!(object.attributes().is_true(CKA_DECRYPT));
    for other in [
        key(CKO_SECRET_KEY, CKK_AES).and(CKA_ENCRYPT, true),
        key(CKO_SECRET_KEY, CKK_GENERIC_SECRET),
    ] {
        assert_eq!(
            code(admitted(&other, &admission)),
            CKR_TEMPLATE_INCONSISTENT
        );
    }
    let derived = admitted(&some(CKA_ENCRYPT, true), &with_base(Origin::Derive, &base));
    assert_eq!(code(derived), CKR_OK, "it has no CKA_DERIVE_TEMPLATE");
}

#[test]
fn each_verb_adds_the_template_that_is_its_own() {
    let base = ec_private()
        .and(CKA_DERIVE_TEMPLATE, some(CKA_ENCRYPT, false))
        .and(CKA_DECAPSULATE_TEMPLATE, some(CKA_DECRYPT, false))
        .create()
        .unwrap();
    let aes = key(CKO_SECRET_KEY, CKK_AES);
    for (origin, concerned, other) in [
        (Origin::Derive, CKA_ENCRYPT, CKA_DECRYPT),
        (Origin::Decapsulate, CKA_DECRYPT, CKA_ENCRYPT),
    ] {
        let object = admitted(&aes, &with_base(origin, &base)).unwrap();
        assert!(!object.attributes().is_true(concerned), "{origin:?}");
        assert!(object.attributes().is_true(other), "{origin:?}");
        let conflict = key(CKO_SECRET_KEY, CKK_AES).and(concerned, true);
        let refused = admitted(&conflict, &with_base(origin, &base));
        assert_eq!(code(refused), CKR_TEMPLATE_INCONSISTENT, "{origin:?}");
    }
    let nested = some(CKA_DECRYPT, false).and(CKA_KEY_TYPE, CKK_AES.0);
    let base = rsa_public().and(CKA_ENCAPSULATE_TEMPLATE, nested);
    let base = base.create().unwrap();
    let admission = with_base(Origin::Encapsulate, &base);
    let object = admitted(&some(CKA_ENCRYPT, true), &admission).unwrap();
    assert_eq!(object.key_type(), Some(CKK_AES));
    assert!(!object.attributes().is_true(CKA_DECRYPT));
    for conflict in [
        some(CKA_DECRYPT, true),
        some(CKA_KEY_TYPE, CKK_GENERIC_SECRET.0),
    ] {
        let refused = admitted(&conflict, &admission);
        assert_eq!(code(refused), CKR_KEY_HANDLE_INVALID);
    }
}

#[test]
fn encapsulation_makes_secret_keys_that_were_never_safe() {
    let base = ec_private().create().unwrap();
    for origin in [Origin::Encapsulate, Origin::Decapsulate] {
        let admission = with_base(origin, &base);
        let object = admitted(&some(CKA_SENSITIVE, true), &admission).unwrap();
        assert_eq!(object.key_type(), Some(CKK_GENERIC_SECRET));
        let has = |id| object.attributes().is_true(id);
        assert!(has(CKA_EXTRACTABLE) && has(CKA_SENSITIVE));
        assert!(!has(CKA_ALWAYS_SENSITIVE) && !has(CKA_NEVER_EXTRACTABLE) && !has(CKA_LOCAL));
        let closed = admitted(&some(CKA_EXTRACTABLE, false), &admission).unwrap();
        assert!(!closed.attributes().is_true(CKA_EXTRACTABLE));
        assert!(!closed.attributes().is_true(CKA_NEVER_EXTRACTABLE));
        let private = key(CKO_PRIVATE_KEY, CKK_RSA);
        assert_eq!(
            code(admitted(&private, &admission)),
            CKR_TEMPLATE_INCONSISTENT
        );
    }
}

#[test]
fn only_the_so_trusts() {
    let trusted = certificate().and(CKA_TRUSTED, true);
    assert_eq!(code(trusted.create()), CKR_ATTRIBUTE_READ_ONLY);
    let by_so = Admission {
        actor: Actor::SecurityOfficer,
        ..BY_USER
    };
    assert!(
        admitted(&trusted, &by_so)
            .unwrap()
            .attributes()
            .is_true(CKA_TRUSTED)
    );
    assert_eq!(code(certificate().and(CKA_TRUSTED, false).create()), CKR_OK);
}

#[test]
fn an_attribute_given_twice_must_have_one_value() {
    assert_eq!(code(aes().and(CKA_VALUE, &[7; 16]).create()), CKR_OK);
    let other = aes().and(CKA_VALUE, &[8; 16]);
    assert_eq!(code(other.create()), CKR_TEMPLATE_INCONSISTENT);
}

#[test]
fn what_the_kind_does_not_have_is_refused() {
    for entries in [
        data().and(CKA_SENSITIVE, true),
        aes().and(CKA_MODULUS, b"x"),
        aes().and(AttributeType(0xce53_0001), b"x"),
    ] {
        assert_eq!(code(entries.create()), CKR_ATTRIBUTE_TYPE_INVALID);
    }
    for entries in [
        some(CKA_CLASS, CKO_VENDOR_DEFINED.0),
        key(CKO_SECRET_KEY, CKK_VENDOR_DEFINED),
        key(CKO_PUBLIC_KEY, CKK_AES),
        some(CKA_CLASS, CKO_CERTIFICATE.0).and(CKA_CERTIFICATE_TYPE, 99),
        some(CKA_CLASS, CKO_PROFILE.0),
        some(CKA_CLASS, &[0; 4]),
    ] {
        assert_eq!(code(entries.create()), CKR_ATTRIBUTE_VALUE_INVALID);
    }
}

#[test]
fn the_call_the_mechanism_and_the_template_agree_on_class_and_type() {
    let admission = generating(CKO_SECRET_KEY, CKK_AES);
    for entries in [
        key(CKO_SECRET_KEY, CKK_GENERIC_SECRET).and(CKA_VALUE_LEN, 16),
        key(CKO_PRIVATE_KEY, CKK_AES).and(CKA_VALUE_LEN, 16),
    ] {
        assert_eq!(
            code(admitted(&entries, &admission)),
            CKR_TEMPLATE_INCONSISTENT
        );
    }
}

#[test]
fn re_authentication_asks_for_a_private_object() {
    let entries = rsa_private().and(CKA_ALWAYS_AUTHENTICATE, true);
    assert_eq!(code(entries.create()), CKR_OK);
    let entries = entries.and(CKA_PRIVATE, false);
    assert_eq!(code(entries.create()), CKR_TEMPLATE_INCONSISTENT);
}

#[test]
fn a_template_in_a_template_is_kept_typed() {
    let entries = aes().and(CKA_WRAP_TEMPLATE, some(CKA_ENCRYPT, true));
    let object = entries.create().unwrap();
    let Some(Value::Template(nested)) = object.attributes().value(CKA_WRAP_TEMPLATE) else {
        panic!("no template");
    };
    assert!(nested.is_true(CKA_ENCRYPT));
}

#[test]
fn the_unique_id_is_set_by_the_module() {
    let mut attributes = AttributeMap::new();
    set_unique_id(&mut attributes, "7".into());
    assert_eq!(attributes.bytes(CKA_UNIQUE_ID), Some(&b"7"[..]));
}
