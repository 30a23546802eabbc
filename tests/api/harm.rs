// SPDX-License-Identifier: MIT OR Apache-2.0
//! What goes wrong, or is done on purpose to make it go wrong, harms nothing beyond its own call.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;

use keystead::error::Result;
use keystead::mechanism::{Generation, Mechanism, Params, Roles};
use keystead::module::Module;
use keystead::object::{AttributeMap, RawValue, Template};
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_LABEL, CKA_PRIVATE, CKA_TOKEN, CKA_TRUSTED,
    CKA_UNWRAP_TEMPLATE, CKA_VALUE, CKA_VALUE_LEN,
};
use keystead::pkcs11::class::{CKO_DATA, CKO_SECRET_KEY};
use keystead::pkcs11::key_type::CKK_AES;
use keystead::pkcs11::mechanism::{CKM_AES_KEY_GEN, CKM_AES_KEY_WRAP, CKM_SHA256_HMAC};
use keystead::pkcs11::rv::{
    CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_VALUE_INVALID, CKR_DEVICE_REMOVED, CKR_GENERAL_ERROR,
    CKR_OBJECT_HANDLE_INVALID, CKR_OK, CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED,
    CKR_PIN_INCORRECT, CKR_SESSION_HANDLE_INVALID, CKR_USER_ALREADY_LOGGED_IN,
    CKR_USER_NOT_LOGGED_IN,
};
use keystead::pkcs11::state::{CKS_RW_PUBLIC_SESSION, CKS_RW_USER_FUNCTIONS};
use keystead::pkcs11::user::{CKU_SO, CKU_USER};

use crate::support::{
    FALSE, RO, ROOMY, RW, SLOT, SO_PIN, TRUE, USER_PIN, aes_key, bytes, code, data, hmac_key, over,
    plain, prepare, ready, row, search, stored_key, template, user,
};

#[test]
fn an_unwrap_template_gives_no_trust_that_the_user_may_not_give() {
    let module = ready();
    let session = user(&module);
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let key_type = CKK_AES.0.to_ne_bytes();
    let trust = Template(vec![(CKA_TRUSTED, RawValue::Bytes(TRUE))]);
    let unwrapping = Template(vec![
        (CKA_CLASS, RawValue::Bytes(&class)),
        (CKA_KEY_TYPE, RawValue::Bytes(&key_type)),
        (CKA_VALUE, RawValue::Bytes(&[1; 16])),
        (CKA_UNWRAP_TEMPLATE, RawValue::Nested(trust)),
    ]);
    let plain_key = aes_key(&module, session, &[1; 16], &[]).unwrap();
    let target = aes_key(&module, session, &[2; 16], &[(CKA_EXTRACTABLE, TRUE)]).unwrap();
    let wrap = row(CKM_AES_KEY_WRAP);
    let wrapped = bytes(
        module
            .wrap_key(session, wrap, &Params::None, plain_key, target, ROOMY)
            .unwrap(),
    );
    let unwrapping = module.create_object(session, &unwrapping).unwrap();
    let wanted = template(&[(CKA_CLASS, &class), (CKA_KEY_TYPE, &key_type)]);
    let trusted = module.unwrap_key(session, wrap, &Params::None, unwrapping, &wrapped, &wanted);
    assert_eq!(code(trusted), CKR_ATTRIBUTE_READ_ONLY);
}

fn defect(_: &Generation<'_>, _: &mut AttributeMap) -> Result<()> {
    panic!("as the test asks for")
}

#[test]
fn a_panic_in_any_call_closes_its_session_and_no_other() {
    let module = ready();
    let (hurt, whole) = (user(&module), module.open_session(SLOT, RW).unwrap());
    let good = row(CKM_AES_KEY_GEN);
    let bad: &'static Mechanism = Box::leak(Box::new(Mechanism {
        roles: Roles {
            generate: Some(defect),
            ..Roles::NONE
        },
        id: good.id,
        spec: good.spec,
        params: good.params,
        keys: good.keys,
        key_size: good.key_size,
        extra_flags: good.extra_flags,
        status: good.status,
    }));
    let len = 16_u64.to_ne_bytes();
    let wanted = template(&[(CKA_VALUE_LEN, &len)]);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        module.generate_key(hurt, bad, &Params::None, &wanted)
    }));
    assert!(outcome.is_err());
    assert_eq!(code(module.session_info(hurt)), CKR_GENERAL_ERROR);
    let key = module.generate_key(whole, good, &Params::None, &wanted);
    assert_eq!(code(key), CKR_OK);
    module.close_session(hurt).unwrap();
    let state = module.session_info(whole).unwrap().state;
    assert_eq!(state, CKS_RW_USER_FUNCTIONS);
}

#[test]
fn a_caller_who_panics_may_still_tidy_up() {
    struct Tidy<'a>(&'a Module, keystead::pkcs11::SessionHandle);
    impl Drop for Tidy<'_> {
        fn drop(&mut self) {
            assert!(self.0.session_info(self.1).is_ok());
            let _ = self
                .0
                .sign_init(self.1, None, keystead::pkcs11::ObjectHandle(1));
        }
    }
    let module = ready();
    let session = user(&module);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _tidy = Tidy(&module, session);
        panic!("as the test asks for")
    }));
    assert!(outcome.is_err());
    assert_eq!(code(module.session_info(session)), CKR_OK);
}

#[test]
fn a_token_initialised_anew_by_another_ends_the_login_here() {
    let directory = tempfile::tempdir().unwrap();
    let one = over(directory.path());
    prepare(&one);
    let two = over(directory.path());
    let session = user(&two);
    let key = stored_key(&two, session, b"1").unwrap();
    assert_eq!(code(two.object(session, key)), CKR_OK);
    let volatile = aes_key(&two, session, &[1; 16], &[(CKA_PRIVATE, TRUE)]).unwrap();
    prepare(&one);
    assert_eq!(code(two.object(session, key)), CKR_DEVICE_REMOVED);
    let state = two.session_info(session).unwrap().state;
    assert_eq!(state, CKS_RW_PUBLIC_SESSION);
    for old in [key, volatile] {
        assert_eq!(code(two.object(session, old)), CKR_OBJECT_HANDLE_INVALID);
    }
    two.login(session, CKU_USER, Some(USER_PIN)).unwrap();
    assert!(search(&two, session, &[]).is_empty());
    assert_eq!(code(stored_key(&two, session, b"2")), CKR_OK);
}

#[test]
fn a_pin_changed_by_another_counts_here_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let one = over(directory.path());
    prepare(&one);
    let two = over(directory.path());
    let (here, there) = (user(&one), user(&two));
    one.set_pin(here, USER_PIN, b"another-pin").unwrap();
    // Whoever is logged in stays so; the next login asks for the new PIN.
    assert_eq!(code(stored_key(&two, there, b"1")), CKR_OK);
    two.logout(there).unwrap();
    let old = two.login(there, CKU_USER, Some(USER_PIN));
    assert_eq!(code(old), CKR_PIN_INCORRECT);
    assert_eq!(
        code(two.login(there, CKU_USER, Some(b"another-pin"))),
        CKR_OK
    );
    assert_eq!(search(&one, here, &[]).len(), 1);
}

#[test]
fn a_label_of_ten_megabytes_is_refused_and_the_session_goes_on() {
    let module = ready();
    let session = user(&module);
    let huge = vec![b'x'; 10 << 20];
    for kept in [TRUE, FALSE] {
        let made = data(&module, session, &[(CKA_LABEL, &huge), (CKA_TOKEN, kept)]);
        assert_eq!(code(made), CKR_ATTRIBUTE_VALUE_INVALID);
    }
    assert!(search(&module, session, &[(CKA_LABEL, &huge)]).is_empty());
    let object = data(&module, session, &[]).unwrap();
    let renamed = module.set_attribute_value(session, object, &template(&[(CKA_LABEL, &huge)]));
    assert_eq!(code(renamed), CKR_ATTRIBUTE_VALUE_INVALID);
    assert_eq!(code(module.destroy_object(session, object)), CKR_OK);
}

#[test]
fn no_object_is_handed_out_when_none_is_asked_for() {
    let module = ready();
    let session = user(&module);
    data(&module, session, &[]).unwrap();
    let class = CKO_DATA.0.to_ne_bytes();
    module
        .find_objects_init(session, &template(&[(CKA_CLASS, &class)]))
        .unwrap();
    assert!(module.find_objects(session, 0).unwrap().is_empty());
    assert_eq!(module.find_objects(session, 9).unwrap().len(), 1);
}

/// What calls may answer while others close, log out and use the same session.
fn is_fair<T>(outcome: Result<T>) -> bool {
    [
        CKR_OK,
        CKR_OPERATION_ACTIVE,
        CKR_OPERATION_NOT_INITIALIZED,
        CKR_OBJECT_HANDLE_INVALID,
        keystead::pkcs11::rv::CKR_KEY_HANDLE_INVALID,
        CKR_SESSION_HANDLE_INVALID,
        CKR_USER_NOT_LOGGED_IN,
        CKR_USER_ALREADY_LOGGED_IN,
    ]
    .contains(&code(outcome))
}

fn shared_work(module: &Module, session: keystead::pkcs11::SessionHandle) {
    let Ok(key) = hmac_key(module, session, &[7; 32]) else {
        return;
    };
    assert!(is_fair(module.sign_init(
        session,
        plain(CKM_SHA256_HMAC),
        key
    )));
    assert!(is_fair(module.sign_update(session, b"part")));
    assert!(is_fair(module.sign_final(session, ROOMY)));
    assert!(is_fair(module.find_objects_init(session, &template(&[]))));
    assert!(is_fair(module.find_objects(session, 3)));
    assert!(is_fair(module.find_objects_final(session)));
    assert!(is_fair(module.destroy_object(session, key)));
}

#[test]
fn threads_share_sessions_while_others_close_and_log_out() {
    let module = ready();
    let shared = user(&module);
    let start = Barrier::new(8);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (module, start) = (&module, &start);
            scope.spawn(move || {
                start.wait();
                for round in 0..40 {
                    match thread {
                        0 => assert!(is_fair(module.logout(shared))),
                        1 => assert!(is_fair(module.login(shared, CKU_USER, Some(USER_PIN)))),
                        2 | 3 => {
                            let own = module.open_session(SLOT, RO).unwrap();
                            shared_work(module, own);
                            assert!(is_fair(module.close_session(own)));
                        }
                        4 if round == 39 => module.close_all_sessions(SLOT).unwrap_or(()),
                        _ => shared_work(module, shared),
                    }
                }
            });
        }
    });
    module.close_all_sessions(SLOT).unwrap();
    let info = module.token_info(SLOT).unwrap();
    assert_eq!((info.sessions, info.rw_sessions), (0, 0));
    let session = user(&module);
    assert!(search(&module, session, &[]).is_empty());
    assert_eq!(code(module.logout(session)), CKR_OK);
    assert_eq!(code(module.login(session, CKU_SO, Some(SO_PIN))), CKR_OK);
}

#[test]
fn the_last_session_takes_only_its_own_login_along() {
    let module = ready();
    let start = Barrier::new(4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                start.wait();
                for _ in 0..100 {
                    let session = module.open_session(SLOT, RW).unwrap();
                    assert!(is_fair(module.login(session, CKU_USER, Some(USER_PIN))));
                    let state = module.session_info(session).unwrap().state;
                    assert_eq!(
                        state, CKS_RW_USER_FUNCTIONS,
                        "an open session stays logged in"
                    );
                    module.close_session(session).unwrap();
                }
            });
        }
    });
}

#[test]
fn nobody_makes_objects_that_are_the_tokens_own() {
    use keystead::pkcs11::attribute::{CKA_HW_FEATURE_TYPE, CKA_MECHANISM_TYPE, CKA_PROFILE_ID};
    use keystead::pkcs11::class::{CKO_HW_FEATURE, CKO_MECHANISM, CKO_PROFILE, CKO_VALIDATION};
    let module = ready();
    let session = user(&module);
    let number = 1_u64.to_ne_bytes();
    for (class, selector) in [
        (CKO_HW_FEATURE, Some(CKA_HW_FEATURE_TYPE)),
        (CKO_MECHANISM, Some(CKA_MECHANISM_TYPE)),
        (CKO_PROFILE, Some(CKA_PROFILE_ID)),
        (CKO_VALIDATION, None),
    ] {
        let class_bytes = class.0.to_ne_bytes();
        let mut entries = vec![(CKA_CLASS, &class_bytes[..])];
        entries.extend(selector.map(|id| (id, &number[..])));
        for token in [TRUE, FALSE] {
            let mut entries = entries.clone();
            entries.push((CKA_TOKEN, token));
            let made = module.create_object(session, &template(&entries));
            assert_ne!(code(made), CKR_OK, "{class}");
        }
        let made = module.create_object(session, &template(&entries));
        assert_ne!(code(made), CKR_OK, "{class}");
    }
    assert!(search(&module, session, &[]).is_empty());
}
