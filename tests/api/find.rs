// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "C_FindObjectsInit", "C_FindObjects", "C_FindObjectsFinal".

use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_ID, CKA_LABEL, CKA_MODIFIABLE, CKA_PRIVATE, CKA_TOKEN, CKA_VALUE,
};
use keystead::pkcs11::class::{CKO_MECHANISM, CKO_PROFILE};
use keystead::pkcs11::rv::{CKR_OK, CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED};

use crate::support::{
    FALSE, RW, SLOT, TRUE, code, data, ready, search, stored_key, template, user,
};

#[test]
fn a_fresh_token_is_empty() {
    let module = ready();
    let session = user(&module);
    assert!(search(&module, session, &[]).is_empty());
    assert!(search(&module, session, &[(CKA_TOKEN, TRUE)]).is_empty());
    assert!(search(&module, session, &[(CKA_PRIVATE, FALSE)]).is_empty());
}

#[test]
fn built_in_objects_appear_when_their_class_is_asked_for() {
    let module = ready();
    let session = module.open_session(SLOT, RW).unwrap();
    let profile = CKO_PROFILE.0.to_ne_bytes();
    let found = search(&module, session, &[(CKA_CLASS, &profile)]);
    assert!(!found.is_empty());
    assert_eq!(
        found,
        search(
            &module,
            session,
            &[(CKA_CLASS, &profile), (CKA_TOKEN, TRUE)]
        )
    );
    assert!(
        search(
            &module,
            session,
            &[(CKA_CLASS, &profile), (CKA_TOKEN, FALSE)]
        )
        .is_empty()
    );
    let mechanism = CKO_MECHANISM.0.to_ne_bytes();
    assert_eq!(
        search(&module, session, &[(CKA_CLASS, &mechanism)]).len(),
        keystead::mechanism::all().count()
    );
}

#[test]
fn keys_are_found_by_id_among_others() {
    let module = ready();
    let session = user(&module);
    let keys: Vec<_> = (0..5_u8)
        .map(|id| stored_key(&module, session, &[id]).unwrap())
        .collect();
    for (id, key) in (0..5_u8).zip(&keys) {
        assert_eq!(search(&module, session, &[(CKA_ID, &[id])]), [*key]);
    }
    assert!(search(&module, session, &[(CKA_ID, &[9])]).is_empty());
    assert_eq!(search(&module, session, &[]), keys);
}

#[test]
fn attributes_without_an_index_are_compared_too() {
    let module = ready();
    let session = user(&module);
    let fixed = data(
        &module,
        session,
        &[
            (CKA_TOKEN, TRUE),
            (CKA_MODIFIABLE, FALSE),
            (CKA_LABEL, b"a"),
        ],
    )
    .unwrap();
    let other = data(&module, session, &[(CKA_TOKEN, TRUE), (CKA_LABEL, b"a")]).unwrap();
    assert_eq!(
        search(&module, session, &[(CKA_MODIFIABLE, FALSE)]),
        [fixed]
    );
    assert_eq!(
        search(
            &module,
            session,
            &[(CKA_LABEL, b"a"), (CKA_MODIFIABLE, TRUE)]
        ),
        [other]
    );
}

#[test]
fn a_sensitive_value_finds_nothing() {
    let module = ready();
    let session = user(&module);
    stored_key(&module, session, b"1").unwrap();
    assert!(search(&module, session, &[(CKA_VALUE, &[0; 32])]).is_empty());
}

#[test]
fn public_sessions_see_public_objects_only() {
    let module = ready();
    let session = user(&module);
    let public = data(&module, session, &[(CKA_TOKEN, TRUE), (CKA_PRIVATE, FALSE)]).unwrap();
    let private = data(&module, session, &[(CKA_TOKEN, TRUE), (CKA_PRIVATE, TRUE)]).unwrap();
    assert_eq!(search(&module, session, &[]), [public, private]);
    assert_eq!(search(&module, session, &[(CKA_PRIVATE, TRUE)]), [private]);
    assert_eq!(search(&module, session, &[(CKA_PRIVATE, FALSE)]), [public]);
    module.logout(session).unwrap();
    assert_eq!(search(&module, session, &[]), [public]);
    assert!(search(&module, session, &[(CKA_PRIVATE, TRUE)]).is_empty());
}

#[test]
fn a_search_is_handed_out_in_pieces_in_a_stable_order() {
    let module = ready();
    let session = user(&module);
    let made: Vec<_> = (0..7)
        .map(|number| {
            let place = if number < 4 { TRUE } else { FALSE };
            data(&module, session, &[(CKA_TOKEN, place)]).unwrap()
        })
        .collect();
    module.find_objects_init(session, &template(&[])).unwrap();
    // Made after the start of the search, and destroyed after it.
    data(&module, session, &[]).unwrap();
    let mut found = Vec::new();
    loop {
        let some = module.find_objects(session, 3).unwrap();
        if some.is_empty() {
            break;
        }
        found.extend(some);
    }
    module.find_objects_final(session).unwrap();
    assert_eq!(found, made);
}

#[test]
fn one_search_at_a_time() {
    let module = ready();
    let session = user(&module);
    assert_eq!(
        code(module.find_objects(session, 1)),
        CKR_OPERATION_NOT_INITIALIZED
    );
    assert_eq!(
        code(module.find_objects_final(session)),
        CKR_OPERATION_NOT_INITIALIZED
    );
    module.find_objects_init(session, &template(&[])).unwrap();
    assert_eq!(
        code(module.find_objects_init(session, &template(&[]))),
        CKR_OPERATION_ACTIVE
    );
    assert_eq!(code(module.find_objects_final(session)), CKR_OK);
}
