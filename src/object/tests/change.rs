// SPDX-License-Identifier: MIT OR Apache-2.0
//! What may change, what only in a copy, and what in one direction only.
//!
//! Source: PKCS#11 v3.2, "Modifying objects" and "Copying objects".

use super::{Entries, aes, certificate, code, data, rsa_private, some};
use crate::object::{Actor, Admission, Object, Template, admit, change, copy, set_unique_id};
use crate::pkcs11::AttributeType;
use crate::pkcs11::attribute::{
    CKA_ALLOWED_MECHANISMS, CKA_ALWAYS_AUTHENTICATE, CKA_ALWAYS_SENSITIVE, CKA_CHECK_VALUE,
    CKA_CLASS, CKA_COPYABLE, CKA_DERIVE, CKA_DESTROYABLE, CKA_ENCRYPT, CKA_END_DATE,
    CKA_EXTRACTABLE, CKA_ID, CKA_ISSUER, CKA_KEY_TYPE, CKA_LABEL, CKA_LOCAL, CKA_MODIFIABLE,
    CKA_MODULUS, CKA_PRIVATE, CKA_PUBLIC_KEY_INFO, CKA_SENSITIVE, CKA_SERIAL_NUMBER,
    CKA_START_DATE, CKA_SUBJECT, CKA_TOKEN, CKA_TRUSTED, CKA_UNIQUE_ID, CKA_VALUE,
    CKA_WRAP_WITH_TRUSTED,
};
use crate::pkcs11::key_type::CKK_AES;
use crate::pkcs11::rv::{
    CKR_ACTION_PROHIBITED, CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_TYPE_INVALID,
    CKR_ATTRIBUTE_VALUE_INVALID, CKR_OK, CKR_TEMPLATE_INCONSISTENT,
};

fn changed(object: &Object, entries: &Entries) -> crate::error::Result<Object> {
    change(object, &entries.template(), Actor::User)
        .map(|attributes| Object::new(object.kind(), attributes))
}

fn copied(object: &Object, entries: &Entries) -> crate::error::Result<Object> {
    copy(object, &entries.template(), Actor::User)
        .map(|attributes| Object::new(object.kind(), attributes))
}

#[test]
fn names_dates_and_usage_can_be_changed() {
    let object = rsa_private().create().unwrap();
    let entries = some(CKA_LABEL, b"new")
        .and(CKA_ID, b"\x01")
        .and(CKA_SUBJECT, b"\x30\x00")
        .and(CKA_START_DATE, b"20260101")
        .and(CKA_END_DATE, b"")
        .and(CKA_DERIVE, true);
    let new = changed(&object, &entries).unwrap();
    assert_eq!(new.attributes().bytes(CKA_LABEL), Some(&b"new"[..]));
    assert_eq!(
        new.attributes().bytes(CKA_START_DATE),
        Some(&b"20260101"[..])
    );
    assert!(new.attributes().is_true(CKA_DERIVE));
    assert_eq!(
        object.attributes().bytes(CKA_LABEL),
        Some(&b""[..]),
        "the old one stays"
    );
    assert_eq!(
        new.attributes().bytes(CKA_MODULUS),
        object.attributes().bytes(CKA_MODULUS)
    );
}

#[test]
fn what_makes_the_object_cannot_be_changed() {
    let object = rsa_private().create().unwrap();
    let refused = |id: AttributeType, entries: Entries| {
        assert_eq!(
            code(changed(&object, &entries)),
            CKR_ATTRIBUTE_READ_ONLY,
            "{id}"
        );
    };
    for id in [
        CKA_TOKEN,
        CKA_LOCAL,
        CKA_ALWAYS_SENSITIVE,
        CKA_ALWAYS_AUTHENTICATE,
    ] {
        refused(id, some(id, true));
    }
    for id in [CKA_PRIVATE, CKA_MODIFIABLE, CKA_DESTROYABLE] {
        refused(id, some(id, false));
    }
    refused(CKA_MODULUS, some(CKA_MODULUS, b"x"));
    refused(CKA_CLASS, some(CKA_CLASS, 0));
    refused(CKA_KEY_TYPE, some(CKA_KEY_TYPE, CKK_AES.0));
    refused(CKA_ALLOWED_MECHANISMS, some(CKA_ALLOWED_MECHANISMS, 1));
    refused(CKA_UNIQUE_ID, some(CKA_UNIQUE_ID, b"x"));
}

#[test]
fn a_secret_named_right_is_refused_like_one_named_wrong() {
    let object = aes().create().unwrap();
    for guess in [[7; 16], [8; 16]] {
        let entries = some(CKA_VALUE, &guess);
        assert_eq!(code(changed(&object, &entries)), CKR_ATTRIBUTE_READ_ONLY);
        assert_eq!(code(copied(&object, &entries)), CKR_ATTRIBUTE_READ_ONLY);
    }
}

#[test]
fn one_way_flags_go_one_way() {
    let open = aes()
        .and(CKA_SENSITIVE, false)
        .and(CKA_EXTRACTABLE, true)
        .create()
        .unwrap();
    for (id, end) in [
        (CKA_SENSITIVE, true),
        (CKA_EXTRACTABLE, false),
        (CKA_WRAP_WITH_TRUSTED, true),
        (CKA_COPYABLE, false),
    ] {
        let closed = changed(&open, &some(id, end)).unwrap();
        assert_eq!(closed.attributes().is_true(id), end, "{id}");
        let back = changed(&closed, &some(id, !end));
        assert_eq!(code(back), CKR_ATTRIBUTE_READ_ONLY, "{id}");
        assert_eq!(code(changed(&closed, &some(id, end))), CKR_OK, "{id} stays");
        if id != CKA_COPYABLE {
            let back = copied(&closed, &some(id, !end));
            assert_eq!(code(back), CKR_ATTRIBUTE_READ_ONLY, "{id} in a copy");
            assert_eq!(
                code(copied(&open, &some(id, end))),
                CKR_OK,
                "{id} in a copy"
            );
        }
    }
}

#[test]
fn an_object_that_is_not_modifiable_is_read_only() {
    let object = aes().and(CKA_MODIFIABLE, false).create().unwrap();
    let label = some(CKA_LABEL, b"x");
    assert_eq!(code(changed(&object, &label)), CKR_ACTION_PROHIBITED);
    let copy = copied(&object, &label.and(CKA_MODIFIABLE, true)).unwrap();
    assert!(copy.attributes().is_true(CKA_MODIFIABLE));
}

#[test]
fn an_object_that_is_not_copyable_has_no_copy() {
    let object = aes().and(CKA_COPYABLE, false).create().unwrap();
    assert_eq!(
        code(copied(&object, &Entries::default())),
        CKR_ACTION_PROHIBITED
    );
}

#[test]
fn only_the_so_changes_trust() {
    let object = aes().create().unwrap();
    let trust = some(CKA_TRUSTED, true);
    assert_eq!(code(changed(&object, &trust)), CKR_ATTRIBUTE_READ_ONLY);
    assert_eq!(code(copied(&object, &trust)), CKR_ATTRIBUTE_READ_ONLY);
    let attributes = change(&object, &trust.template(), Actor::SecurityOfficer).unwrap();
    let trusted = Object::new(object.kind(), attributes);
    assert!(trusted.attributes().is_true(CKA_TRUSTED));
    let distrust = some(CKA_TRUSTED, false);
    assert_eq!(code(changed(&trusted, &distrust)), CKR_ATTRIBUTE_READ_ONLY);
    let again = change(&trusted, &distrust.template(), Actor::SecurityOfficer);
    assert_eq!(code(again), CKR_OK);
}

#[test]
fn a_trusted_certificate_is_modified_by_the_so_alone() {
    let by_so = Admission {
        actor: Actor::SecurityOfficer,
        ..super::BY_USER
    };
    let trusted = certificate().and(CKA_TRUSTED, true);
    let (kind, attributes) = admit(&trusted.template(), &by_so).unwrap();
    let object = Object::new(kind, attributes);
    let label = some(CKA_LABEL, b"x");
    assert_eq!(code(changed(&object, &label)), CKR_ACTION_PROHIBITED);
    let by_so = change(&object, &label.template(), Actor::SecurityOfficer);
    assert_eq!(code(by_so), CKR_OK);
}

#[test]
fn a_certificate_changes_its_names_only_and_data_everything_of_its_own() {
    let object = certificate().create().unwrap();
    for id in [CKA_ID, CKA_ISSUER, CKA_SERIAL_NUMBER] {
        assert_eq!(code(changed(&object, &some(id, b"x"))), CKR_OK, "{id}");
    }
    for id in [CKA_VALUE, CKA_SUBJECT] {
        let refused = changed(&object, &some(id, b"x"));
        assert_eq!(code(refused), CKR_ATTRIBUTE_READ_ONLY, "{id}");
    }
    let object = data().create().unwrap();
    assert_eq!(code(changed(&object, &some(CKA_VALUE, b"x"))), CKR_OK);
}

#[test]
fn a_plain_copy_is_the_same_but_for_its_unique_id() {
    let object = rsa_private().create().unwrap();
    let mut attributes = object.attributes().duplicate();
    set_unique_id(&mut attributes, "1".into());
    let object = Object::new(object.kind(), attributes);
    let copy = copy(&object, &Template::default(), Actor::User).unwrap();
    assert!(!copy.has(CKA_UNIQUE_ID));
    assert_eq!(copy.len() + 1, object.attributes().len());
    for (id, value) in copy.iter() {
        assert!(value.same(object.attributes().value(id).unwrap()), "{id}");
    }
}

#[test]
fn a_copy_may_be_somewhere_else_and_keep_other_rights() {
    let object = aes().and(CKA_PRIVATE, false).create().unwrap();
    let entries = some(CKA_TOKEN, true)
        .and(CKA_PRIVATE, true)
        .and(CKA_DESTROYABLE, false)
        .and(CKA_COPYABLE, false)
        .and(CKA_ENCRYPT, false)
        .and(CKA_KEY_TYPE, CKK_AES.0);
    let copy = copied(&object, &entries).unwrap();
    assert!(copy.is_token() && copy.is_private());
    assert!(!copy.attributes().is_true(CKA_DESTROYABLE));
    let public = copied(&aes().create().unwrap(), &some(CKA_PRIVATE, false));
    assert_eq!(code(public), CKR_TEMPLATE_INCONSISTENT);
}

#[test]
fn a_bad_entry_has_its_own_code() {
    let object = aes().create().unwrap();
    let unknown = some(CKA_MODULUS, b"x");
    assert_eq!(code(changed(&object, &unknown)), CKR_ATTRIBUTE_TYPE_INVALID);
    let long = some(CKA_ENCRYPT, &[1, 0]);
    assert_eq!(code(changed(&object, &long)), CKR_ATTRIBUTE_VALUE_INVALID);
    let two = some(CKA_LABEL, b"a").and(CKA_LABEL, b"b");
    assert_eq!(code(changed(&object, &two)), CKR_TEMPLATE_INCONSISTENT);
}

#[test]
fn a_check_value_can_be_taken_away_but_not_replaced() {
    let object = aes().and(CKA_CHECK_VALUE, &[1, 2, 3]).create().unwrap();
    let other = some(CKA_CHECK_VALUE, &[3, 2, 1]);
    assert_eq!(code(changed(&object, &other)), CKR_ATTRIBUTE_READ_ONLY);
    let gone = changed(&object, &some(CKA_CHECK_VALUE, b"")).unwrap();
    assert_eq!(gone.attributes().bytes(CKA_CHECK_VALUE), Some(&[][..]));
}

#[test]
fn the_check_value_of_a_certificate_stays() {
    let object = certificate()
        .and(CKA_CHECK_VALUE, &[1, 2, 3])
        .create()
        .unwrap();
    let gone = changed(&object, &some(CKA_CHECK_VALUE, b""));
    assert_eq!(code(gone), CKR_ATTRIBUTE_READ_ONLY);
}

#[test]
fn the_public_key_of_a_private_key_is_the_one_it_has() {
    let object = rsa_private()
        .and(CKA_PUBLIC_KEY_INFO, &[0x30, 0])
        .create()
        .unwrap();
    let own = some(CKA_PUBLIC_KEY_INFO, &[0x30, 0]);
    assert_eq!(code(changed(&object, &own)), CKR_OK);
    let other = some(CKA_PUBLIC_KEY_INFO, &[0x30, 1]);
    assert_eq!(code(changed(&object, &other)), CKR_ATTRIBUTE_VALUE_INVALID);
    assert_eq!(code(copied(&object, &other)), CKR_ATTRIBUTE_VALUE_INVALID);
}
