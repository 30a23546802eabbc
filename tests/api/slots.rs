// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Slot and token management functions": slots, tokens, mechanisms.

use keystead::config::{Config, StoreLocation};
use keystead::mechanism::all;
use keystead::module::{Module, TokenPresent, Wait};
use keystead::pkcs11::flag::{
    CKF_LOGIN_REQUIRED, CKF_RNG, CKF_TOKEN_INITIALIZED, CKF_TOKEN_PRESENT, CKF_USER_PIN_INITIALIZED,
};
use keystead::pkcs11::rv::{
    CKR_ARGUMENTS_BAD, CKR_MECHANISM_INVALID, CKR_NO_EVENT, CKR_OK, CKR_PIN_INCORRECT,
    CKR_PIN_LEN_RANGE, CKR_SESSION_EXISTS, CKR_SLOT_ID_INVALID,
};
use keystead::pkcs11::{MechanismType, SlotId};

use crate::support::{
    RO, RW, SLOT, SO_PIN, blank, code, data, label, over, prepare, ready, search, user,
};

fn slots(module: &Module) -> Vec<u64> {
    let list = module.slot_list(TokenPresent::Any).unwrap();
    list.into_iter().map(|slot| slot.0).collect()
}

#[test]
fn a_blank_slot_is_always_offered_last() {
    let module = blank();
    assert_eq!(slots(&module), [0]);
    module.init_token(SlotId(0), SO_PIN, &label("a")).unwrap();
    assert_eq!(slots(&module), [0, 1]);
    module.init_token(SlotId(1), SO_PIN, &label("b")).unwrap();
    assert_eq!(slots(&module), [0, 1, 2]);
    assert_eq!(
        code(module.init_token(SlotId(7), SO_PIN, &label("c"))),
        CKR_SLOT_ID_INVALID
    );
}

#[test]
fn every_slot_has_a_token_present() {
    let module = ready();
    assert_eq!(
        module.slot_list(TokenPresent::Only).unwrap(),
        module.slot_list(TokenPresent::Any).unwrap()
    );
    for slot in [SLOT, SlotId(1)] {
        assert_eq!(module.slot_info(slot).unwrap().flags, CKF_TOKEN_PRESENT);
    }
    assert_eq!(code(module.slot_info(SlotId(2))), CKR_SLOT_ID_INVALID);
}

#[test]
fn token_flags_follow_the_initialisation() {
    let module = blank();
    let flags = || module.token_info(SLOT).unwrap().flags;
    assert_eq!(flags() & CKF_TOKEN_INITIALIZED, 0);
    assert_ne!(flags() & CKF_RNG, 0);
    assert_ne!(flags() & CKF_LOGIN_REQUIRED, 0);
    module.init_token(SLOT, SO_PIN, &label("a")).unwrap();
    assert_ne!(flags() & CKF_TOKEN_INITIALIZED, 0);
    assert_eq!(flags() & CKF_USER_PIN_INITIALIZED, 0);
    let module = ready();
    assert_ne!(
        module.token_info(SLOT).unwrap().flags & CKF_USER_PIN_INITIALIZED,
        0
    );
}

#[test]
fn label_and_serial_number_name_the_token() {
    let module = ready();
    let info = module.token_info(SLOT).unwrap();
    assert_eq!(info.label, "test");
    assert_eq!(info.serial.len(), 16);
    assert_eq!(info.utc_time.len(), 16);
}

#[test]
fn a_token_is_not_initialised_again_while_sessions_are_open() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    assert_eq!(
        code(module.init_token(SLOT, SO_PIN, &label("again"))),
        CKR_SESSION_EXISTS
    );
    module.close_session(session).unwrap();
    assert_eq!(
        code(module.init_token(SLOT, b"wrong pin", &label("again"))),
        CKR_PIN_INCORRECT
    );
    assert_eq!(
        code(module.init_token(SLOT, SO_PIN, &label("again"))),
        CKR_OK
    );
}

#[test]
fn initialising_again_erases_objects_and_the_users_pin() {
    use keystead::pkcs11::attribute::{CKA_PRIVATE, CKA_TOKEN};
    let module = ready();
    let session = user(&module);
    data(&module, session, &[(CKA_TOKEN, &[1]), (CKA_PRIVATE, &[0])]).unwrap();
    module.close_session(session).unwrap();
    module.init_token(SLOT, SO_PIN, &label("again")).unwrap();
    let info = module.token_info(SLOT).unwrap();
    assert_eq!(info.label, "again");
    assert_eq!(info.flags & CKF_USER_PIN_INITIALIZED, 0);
    let session = module.open_session(SLOT, RW).unwrap();
    assert!(search(&module, session, &[]).is_empty());
}

#[test]
fn a_new_token_needs_a_good_pin_and_a_utf8_label() {
    let module = blank();
    assert_eq!(
        code(module.init_token(SLOT, b"123", &label("a"))),
        CKR_PIN_LEN_RANGE
    );
    assert_eq!(
        code(module.init_token(SLOT, SO_PIN, &[0xff; 32])),
        CKR_ARGUMENTS_BAD
    );
}

#[test]
fn mechanism_information_comes_from_the_rows() {
    let module = ready();
    let list = module.mechanism_list(SLOT).unwrap();
    assert_eq!(list.len(), all().count());
    for row in all() {
        let info = module.mechanism_info(SLOT, row.id).unwrap();
        assert_eq!(info.flags, row.flags());
        assert_eq!(info.key_size_min, row.key_size.min);
        assert_eq!(info.key_size_max, row.key_size.max);
    }
    assert_eq!(
        code(module.mechanism_info(SLOT, MechanismType(0xdead_beef))),
        CKR_MECHANISM_INVALID
    );
}

#[test]
fn nothing_happens_in_a_quiet_module() {
    let module = ready();
    assert_eq!(
        code(module.wait_for_slot_event(Wait::DontBlock)),
        CKR_NO_EVENT
    );
}

#[test]
fn the_stores_directory_is_made_on_demand_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let store = directory.path().join("a/b");
    let module = over(&store);
    assert!(!store.exists());
    prepare(&module);
    let mode = std::fs::metadata(&store).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    assert!(store.join("slot-0.token").exists());
}

#[test]
fn a_file_that_is_no_token_is_a_slot_that_says_so() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("slot-3.token"), b"not a token").unwrap();
    let module = Module::with_config(Config {
        store: StoreLocation::Directory(directory.path().to_path_buf()),
        ..Config::in_memory()
    })
    .unwrap();
    assert_eq!(slots(&module), [3, 4]);
    assert_ne!(code(module.token_info(SlotId(3))), CKR_OK);
    assert_ne!(code(module.open_session(SlotId(3), RW)), CKR_OK);
    assert_eq!(code(module.token_info(SlotId(4))), CKR_OK);
}

#[test]
fn a_deleted_token_leaves_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let module = over(directory.path());
    prepare(&module);
    let session = module.open_session(SLOT, RO).unwrap();
    assert_eq!(code(module.delete_token(SLOT)), CKR_SESSION_EXISTS);
    module.close_session(session).unwrap();
    module.delete_token(SLOT).unwrap();
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    assert_eq!(slots(&module), [0]);
}
