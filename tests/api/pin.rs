// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "C_InitPIN", "C_SetPIN", and what wrong PINs lead to.

use keystead::config::{Config, StoreLocation};
use keystead::module::Module;
use keystead::pkcs11::attribute::{CKA_PRIVATE, CKA_TOKEN};
use keystead::pkcs11::flag::{CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED};
use keystead::pkcs11::rv::{
    CKR_OK, CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE, CKR_PIN_LOCKED, CKR_SESSION_READ_ONLY,
    CKR_USER_NOT_LOGGED_IN,
};
use keystead::pkcs11::user::{CKU_SO, CKU_USER};

use crate::support::{
    RO, RW, SLOT, SO_PIN, TRUE, USER_PIN, code, data, prepare, ready, search, user,
};

const NEW: &[u8] = b"another-pin";

#[test]
fn only_the_so_sets_the_users_pin() {
    let module = ready();
    let session = module.open_session(SLOT, RW).unwrap();
    assert_eq!(code(module.init_pin(session, NEW)), CKR_USER_NOT_LOGGED_IN);
    module.login(session, CKU_USER, Some(USER_PIN)).unwrap();
    assert_eq!(code(module.init_pin(session, NEW)), CKR_USER_NOT_LOGGED_IN);
    module.logout(session).unwrap();
    module.login(session, CKU_SO, Some(SO_PIN)).unwrap();
    assert_eq!(code(module.init_pin(session, b"123")), CKR_PIN_LEN_RANGE);
    assert_eq!(code(module.init_pin(session, NEW)), CKR_OK);
}

#[test]
fn the_pin_changes_in_each_read_write_state() {
    let module = ready();
    let session = module.open_session(SLOT, RW).unwrap();
    // Nobody is logged in: the user's PIN.
    module.set_pin(session, USER_PIN, NEW).unwrap();
    module.login(session, CKU_USER, Some(NEW)).unwrap();
    module.set_pin(session, NEW, USER_PIN).unwrap();
    module.logout(session).unwrap();
    module.login(session, CKU_USER, Some(USER_PIN)).unwrap();
    module.logout(session).unwrap();
    module.login(session, CKU_SO, Some(SO_PIN)).unwrap();
    module.set_pin(session, SO_PIN, NEW).unwrap();
    module.logout(session).unwrap();
    module.login(session, CKU_SO, Some(NEW)).unwrap();
}

#[test]
fn a_read_only_session_changes_no_pin() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    assert_eq!(
        code(module.set_pin(session, USER_PIN, NEW)),
        CKR_SESSION_READ_ONLY
    );
}

#[test]
fn the_old_pin_must_be_right_and_the_new_one_fit() {
    let module = ready();
    let session = module.open_session(SLOT, RW).unwrap();
    assert_eq!(code(module.set_pin(session, NEW, NEW)), CKR_PIN_INCORRECT);
    assert_eq!(
        code(module.set_pin(session, USER_PIN, b"123")),
        CKR_PIN_LEN_RANGE
    );
    assert_eq!(
        code(module.set_pin(session, USER_PIN, &[b'x'; 256])),
        CKR_PIN_LEN_RANGE
    );
}

#[test]
fn a_wrong_pin_shows_and_a_right_one_clears_it() {
    let module = ready();
    let session = module.open_session(SLOT, RW).unwrap();
    let flags = || module.token_info(SLOT).unwrap().flags;
    assert_eq!(flags() & CKF_USER_PIN_COUNT_LOW, 0);
    assert_eq!(
        code(module.login(session, CKU_USER, Some(NEW))),
        CKR_PIN_INCORRECT
    );
    assert_ne!(flags() & CKF_USER_PIN_COUNT_LOW, 0);
    module.login(session, CKU_USER, Some(USER_PIN)).unwrap();
    assert_eq!(flags() & CKF_USER_PIN_COUNT_LOW, 0);
}

#[test]
fn the_pin_locks_across_restarts_and_the_so_opens_it_again() {
    let directory = tempfile::tempdir().unwrap();
    let start = || {
        Module::with_config(Config {
            store: StoreLocation::Directory(directory.path().to_path_buf()),
            pin_tries_max: 3,
            ..Config::in_memory()
        })
        .unwrap()
    };
    let module = start();
    prepare(&module);
    let session = user(&module);
    data(&module, session, &[(CKA_TOKEN, TRUE), (CKA_PRIVATE, TRUE)]).unwrap();
    module.finalize().unwrap();
    for left in [2_u32, 1, 0] {
        let module = start();
        let session = module.open_session(SLOT, RW).unwrap();
        assert_eq!(
            code(module.login(session, CKU_USER, Some(NEW))),
            CKR_PIN_INCORRECT
        );
        let flags = module.token_info(SLOT).unwrap().flags;
        assert_eq!(flags & CKF_USER_PIN_FINAL_TRY != 0, left == 1);
        assert_eq!(flags & CKF_USER_PIN_LOCKED != 0, left == 0);
    }
    let module = start();
    let session = module.open_session(SLOT, RW).unwrap();
    assert_eq!(
        code(module.login(session, CKU_USER, Some(USER_PIN))),
        CKR_PIN_LOCKED
    );
    module.login(session, CKU_SO, Some(SO_PIN)).unwrap();
    module.init_pin(session, NEW).unwrap();
    module.logout(session).unwrap();
    module.login(session, CKU_USER, Some(NEW)).unwrap();
    assert_eq!(search(&module, session, &[(CKA_TOKEN, TRUE)]).len(), 1);
}
