// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Object management functions": creating, changing, copying, destroying.

use keystead::object::{Shown, read};
use keystead::pkcs11::ObjectHandle;
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_COPYABLE, CKA_DESTROYABLE, CKA_KEY_TYPE, CKA_LABEL, CKA_MODIFIABLE, CKA_PRIVATE,
    CKA_TOKEN, CKA_UNIQUE_ID, CKA_VALUE,
};
use keystead::pkcs11::class::{CKO_PROFILE, CKO_SECRET_KEY};
use keystead::pkcs11::key_type::CKK_AES;
use keystead::pkcs11::rv::{
    CKR_ACTION_PROHIBITED, CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID, CKR_OK,
    CKR_SESSION_READ_ONLY, CKR_USER_NOT_LOGGED_IN,
};
use keystead::pkcs11::{SlotId, mechanism::CKM_AES_ECB};

use crate::support::{
    FALSE, RO, RW, SLOT, SO_PIN, TRUE, aes_key, code, data, label, plain, ready, search, template,
    user,
};

fn attribute(
    module: &keystead::module::Module,
    session: keystead::pkcs11::SessionHandle,
    object: ObjectHandle,
    id: keystead::pkcs11::AttributeType,
) -> Vec<u8> {
    let object = module.object(session, object).unwrap();
    match read(&object, id).unwrap() {
        Shown::Bytes(bytes) => bytes.into_owned(),
        Shown::Template(_) => panic!("a template"),
    }
}

#[test]
fn a_read_only_session_makes_no_token_object() {
    let module = ready();
    let writer = user(&module);
    let stored = data(&module, writer, &[(CKA_TOKEN, TRUE)]).unwrap();
    let reader = module.open_session(SLOT, RO).unwrap();
    let refused = CKR_SESSION_READ_ONLY;
    assert_eq!(code(data(&module, reader, &[(CKA_TOKEN, TRUE)])), refused);
    assert_eq!(
        code(module.set_attribute_value(reader, stored, &template(&[(CKA_LABEL, b"x")]))),
        refused
    );
    assert_eq!(code(module.destroy_object(reader, stored)), refused);
    assert_eq!(
        code(module.copy_object(reader, stored, &template(&[]))),
        refused
    );
    let copy = module
        .copy_object(reader, stored, &template(&[(CKA_TOKEN, FALSE)]))
        .unwrap();
    assert_eq!(attribute(&module, reader, copy, CKA_TOKEN), FALSE);
}

#[test]
fn a_public_session_makes_no_private_object() {
    let module = ready();
    let session = module.open_session(SLOT, RW).unwrap();
    assert_eq!(
        code(data(&module, session, &[(CKA_PRIVATE, TRUE)])),
        CKR_USER_NOT_LOGGED_IN
    );
    assert_eq!(
        code(data(&module, session, &[(CKA_PRIVATE, FALSE)])),
        CKR_OK
    );
}

#[test]
fn a_public_session_makes_public_session_keys() {
    let module = ready();
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let key_type = CKK_AES.0.to_ne_bytes();
    let silent = |session, place: &[u8]| {
        let entries = [
            (CKA_CLASS, &class[..]),
            (CKA_KEY_TYPE, &key_type),
            (CKA_VALUE, &[1; 16]),
            (CKA_TOKEN, place),
        ];
        module.create_object(session, &template(&entries))
    };
    let session = module.open_session(SLOT, RW).unwrap();
    let key = silent(session, FALSE).unwrap();
    assert_eq!(attribute(&module, session, key, CKA_PRIVATE), FALSE);
    assert_eq!(code(silent(session, TRUE)), CKR_USER_NOT_LOGGED_IN);

    let session = user(&module);
    let key = silent(session, FALSE).unwrap();
    assert_eq!(attribute(&module, session, key, CKA_PRIVATE), TRUE);
}

#[test]
fn a_destroyed_objects_handle_is_invalid_everywhere() {
    let module = ready();
    let session = user(&module);
    for place in [TRUE, FALSE] {
        let key = aes_key(&module, session, &[1; 16], &[(CKA_TOKEN, place)]).unwrap();
        module.object(session, key).unwrap();
        module.destroy_object(session, key).unwrap();
        assert_eq!(code(module.object(session, key)), CKR_OBJECT_HANDLE_INVALID);
        assert_eq!(
            code(module.destroy_object(session, key)),
            CKR_OBJECT_HANDLE_INVALID
        );
        assert_eq!(
            code(module.encrypt_init(session, plain(CKM_AES_ECB), key)),
            CKR_KEY_HANDLE_INVALID
        );
    }
    assert!(search(&module, session, &[]).is_empty());
}

#[test]
fn a_handle_of_another_token_is_foreign() {
    let module = ready();
    module
        .init_token(SlotId(1), SO_PIN, &label("other"))
        .unwrap();
    let here = module.open_session(SLOT, RW).unwrap();
    let there = module.open_session(SlotId(1), RW).unwrap();
    let object = data(&module, here, &[(CKA_TOKEN, TRUE)]).unwrap();
    assert_eq!(
        code(module.object(there, object)),
        CKR_OBJECT_HANDLE_INVALID
    );
    assert_eq!(
        code(module.object(here, ObjectHandle(0))),
        CKR_OBJECT_HANDLE_INVALID
    );
}

#[test]
fn an_operation_keeps_its_key_when_the_object_is_destroyed() {
    let module = ready();
    let session = user(&module);
    let key = aes_key(&module, session, &[1; 16], &[]).unwrap();
    module
        .encrypt_init(session, plain(CKM_AES_ECB), key)
        .unwrap();
    module.destroy_object(session, key).unwrap();
    assert_eq!(
        code(module.encrypt(session, &[0; 16], crate::support::ROOMY)),
        CKR_OK
    );
}

#[test]
fn a_change_is_seen_by_every_session() {
    let module = ready();
    let one = user(&module);
    let two = module.open_session(SLOT, RO).unwrap();
    for place in [TRUE, FALSE] {
        let object = data(&module, one, &[(CKA_TOKEN, place), (CKA_LABEL, b"old")]).unwrap();
        assert_eq!(attribute(&module, two, object, CKA_LABEL), b"old");
        module
            .set_attribute_value(one, object, &template(&[(CKA_LABEL, b"new")]))
            .unwrap();
        assert_eq!(attribute(&module, two, object, CKA_LABEL), b"new");
    }
    assert!(search(&module, one, &[(CKA_LABEL, b"old")]).is_empty());
    assert_eq!(search(&module, one, &[(CKA_LABEL, b"new")]).len(), 2);
}

#[test]
fn objects_that_forbid_it_are_not_changed_copied_or_destroyed() {
    let module = ready();
    let session = user(&module);
    for place in [TRUE, FALSE] {
        let fixed = data(
            &module,
            session,
            &[
                (CKA_TOKEN, place),
                (CKA_MODIFIABLE, FALSE),
                (CKA_COPYABLE, FALSE),
                (CKA_DESTROYABLE, FALSE),
            ],
        )
        .unwrap();
        let prohibited = CKR_ACTION_PROHIBITED;
        assert_eq!(
            code(module.set_attribute_value(session, fixed, &template(&[(CKA_LABEL, b"x")]))),
            prohibited
        );
        assert_eq!(
            code(module.copy_object(session, fixed, &template(&[]))),
            prohibited
        );
        assert_eq!(code(module.destroy_object(session, fixed)), prohibited);
    }
}

#[test]
fn unique_ids_are_unique_and_stay() {
    let module = ready();
    let session = user(&module);
    let one = data(&module, session, &[(CKA_TOKEN, TRUE)]).unwrap();
    let two = module.copy_object(session, one, &template(&[])).unwrap();
    let first = attribute(&module, session, one, CKA_UNIQUE_ID);
    assert_eq!(first.len(), 36);
    assert_ne!(first, attribute(&module, session, two, CKA_UNIQUE_ID));
    module
        .set_attribute_value(session, one, &template(&[(CKA_LABEL, b"x")]))
        .unwrap();
    assert_eq!(first, attribute(&module, session, one, CKA_UNIQUE_ID));
    assert_eq!(search(&module, session, &[(CKA_UNIQUE_ID, &first)]), [one]);
}

#[test]
fn a_larger_object_has_a_larger_size() {
    let module = ready();
    let session = user(&module);
    let small = data(&module, session, &[]).unwrap();
    let large = data(&module, session, &[(CKA_LABEL, &[b'x'; 500])]).unwrap();
    let size = |object| module.object_size(session, object).unwrap();
    assert!(size(large) >= size(small) + 500);
}

#[test]
fn the_modules_own_objects_are_read_only() {
    let module = ready();
    let session = user(&module);
    let class = CKO_PROFILE.0.to_ne_bytes();
    let profiles = search(&module, session, &[(CKA_CLASS, &class)]);
    assert!(!profiles.is_empty());
    assert_eq!(
        code(module.destroy_object(session, profiles[0])),
        CKR_ACTION_PROHIBITED
    );
}
