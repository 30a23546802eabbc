// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Session management functions": opening, closing, information.

use keystead::pkcs11::attribute::{CKA_PRIVATE, CKA_TOKEN};
use keystead::pkcs11::flag::{CKF_ASYNC_SESSION, CKF_ENCRYPT, CKF_FIND_OBJECTS, CKF_RW_SESSION};
use keystead::pkcs11::mechanism::{CKM_AES_ECB, CKM_SHA256};
use keystead::pkcs11::rv::{
    CKR_OBJECT_HANDLE_INVALID, CKR_OK, CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED,
    CKR_SESSION_ASYNC_NOT_SUPPORTED, CKR_SESSION_HANDLE_INVALID,
    CKR_SESSION_PARALLEL_NOT_SUPPORTED, CKR_SLOT_ID_INVALID, CKR_TOKEN_NOT_RECOGNIZED,
};
use keystead::pkcs11::{SessionHandle, SlotId};

use crate::support::{
    FALSE, RO, ROOMY, RW, SLOT, TRUE, aes_key, blank, code, data, plain, ready, search, template,
    user,
};

#[test]
fn a_session_must_be_serial() {
    let module = ready();
    assert_eq!(
        code(module.open_session(SLOT, CKF_RW_SESSION)),
        CKR_SESSION_PARALLEL_NOT_SUPPORTED
    );
}

#[test]
fn an_asynchronous_session_is_refused() {
    let module = ready();
    assert_eq!(
        code(module.open_session(SLOT, RW | CKF_ASYNC_SESSION)),
        CKR_SESSION_ASYNC_NOT_SUPPORTED
    );
}

#[test]
fn a_session_needs_an_initialised_token() {
    let module = blank();
    assert_eq!(
        code(module.open_session(SLOT, RW)),
        CKR_TOKEN_NOT_RECOGNIZED
    );
    assert_eq!(
        code(module.open_session(SlotId(99), RW)),
        CKR_SLOT_ID_INVALID
    );
}

#[test]
fn session_handles_are_never_given_twice() {
    let module = ready();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..100 {
        let session = module.open_session(SLOT, RO).unwrap();
        assert!(session.0 != 0 && seen.insert(session));
        module.close_session(session).unwrap();
        assert_eq!(
            code(module.close_session(session)),
            CKR_SESSION_HANDLE_INVALID
        );
    }
}

#[test]
fn a_handle_that_was_never_given_is_invalid() {
    let module = ready();
    for number in [0, 1, 77, u64::MAX] {
        assert_eq!(
            code(module.session_info(SessionHandle(number))),
            CKR_SESSION_HANDLE_INVALID
        );
    }
}

#[test]
fn session_counts_are_true() {
    let module = ready();
    let one = module.open_session(SLOT, RO).unwrap();
    let _two = module.open_session(SLOT, RW).unwrap();
    let info = module.token_info(SLOT).unwrap();
    assert_eq!((info.sessions, info.rw_sessions), (2, 1));
    module.close_session(one).unwrap();
    let info = module.token_info(SLOT).unwrap();
    assert_eq!((info.sessions, info.rw_sessions), (1, 1));
    module.close_all_sessions(SLOT).unwrap();
    let info = module.token_info(SLOT).unwrap();
    assert_eq!((info.sessions, info.rw_sessions), (0, 0));
}

#[test]
fn a_session_object_is_usable_from_another_session() {
    let module = ready();
    let owner = module.open_session(SLOT, RO).unwrap();
    let other = module.open_session(SLOT, RO).unwrap();
    let key = aes_key(&module, owner, &[7; 16], &[]).unwrap();
    module.encrypt_init(other, plain(CKM_AES_ECB), key).unwrap();
    assert_eq!(code(module.encrypt(other, &[0; 16], ROOMY)), CKR_OK);
    assert!(search(&module, other, &[]).contains(&key));
}

#[test]
fn a_session_object_dies_with_its_session() {
    let module = ready();
    let owner = module.open_session(SLOT, RO).unwrap();
    let other = module.open_session(SLOT, RO).unwrap();
    let object = data(&module, owner, &[]).unwrap();
    let kept = data(&module, other, &[]).unwrap();
    module.close_session(owner).unwrap();
    assert_eq!(
        code(module.object(other, object)),
        CKR_OBJECT_HANDLE_INVALID
    );
    assert_eq!(search(&module, other, &[]), [kept]);
}

#[test]
fn a_token_object_outlives_its_session() {
    let module = ready();
    let owner = module.open_session(SLOT, RW).unwrap();
    let other = module.open_session(SLOT, RO).unwrap();
    let object = data(&module, owner, &[(CKA_TOKEN, TRUE), (CKA_PRIVATE, FALSE)]).unwrap();
    module.close_session(owner).unwrap();
    assert_eq!(code(module.object(other, object)), CKR_OK);
}

#[test]
fn cancel_ends_just_the_named_operations() {
    let module = ready();
    let session = user(&module);
    let key = aes_key(&module, session, &[1; 16], &[]).unwrap();
    module
        .encrypt_init(session, plain(CKM_AES_ECB), key)
        .unwrap();
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    module.find_objects_init(session, &template(&[])).unwrap();
    module
        .session_cancel(session, CKF_ENCRYPT | CKF_FIND_OBJECTS)
        .unwrap();
    assert_eq!(
        code(module.encrypt(session, &[0; 16], ROOMY)),
        CKR_OPERATION_NOT_INITIALIZED
    );
    assert_eq!(
        code(module.find_objects(session, 1)),
        CKR_OPERATION_NOT_INITIALIZED
    );
    assert_eq!(code(module.digest(session, b"", ROOMY)), CKR_OK);
}

#[test]
fn init_without_a_mechanism_ends_the_operation() {
    let module = ready();
    let session = user(&module);
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    assert_eq!(
        code(module.digest_init(session, plain(CKM_SHA256))),
        CKR_OPERATION_ACTIVE
    );
    module.digest_init(session, None).unwrap();
    assert_eq!(code(module.digest_init(session, plain(CKM_SHA256))), CKR_OK);
}

#[test]
fn operations_end_when_their_session_closes() {
    let module = ready();
    let session = user(&module);
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    module.close_session(session).unwrap();
    assert_eq!(
        code(module.digest(session, b"", ROOMY)),
        CKR_SESSION_HANDLE_INVALID
    );
}
