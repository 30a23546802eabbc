// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "General-purpose functions" and "Random number generation functions".

use keystead::module::{TokenPresent, Wait};
use keystead::pkcs11::SessionHandle;
use keystead::pkcs11::attribute::CKA_TOKEN;
use keystead::pkcs11::rv::{CKR_CRYPTOKI_NOT_INITIALIZED, CKR_OK, CKR_SESSION_HANDLE_INVALID};

use crate::support::{RW, SLOT, TRUE, blank, code, data, over, prepare, ready, search, user};

#[test]
fn the_library_is_version_three_point_two() {
    assert_eq!(blank().info().unwrap().cryptoki_version, (3, 2));
}

#[test]
fn after_finalize_every_call_is_refused() {
    let module = ready();
    let session = user(&module);
    module.finalize().unwrap();
    let refused = CKR_CRYPTOKI_NOT_INITIALIZED;
    assert_eq!(code(module.finalize()), refused);
    assert_eq!(code(module.info()), refused);
    assert_eq!(code(module.slot_list(TokenPresent::Any)), refused);
    assert_eq!(code(module.token_info(SLOT)), refused);
    assert_eq!(code(module.open_session(SLOT, RW)), refused);
    assert_eq!(code(module.session_info(session)), refused);
    assert_eq!(code(module.close_session(session)), refused);
    assert_eq!(code(module.generate_random(session, &mut [0; 4])), refused);
    assert_eq!(code(module.wait_for_slot_event(Wait::DontBlock)), refused);
}

#[test]
fn finalize_wakes_whoever_waits_for_a_slot() {
    let module = ready();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| code(module.wait_for_slot_event(Wait::Block)));
        module.finalize().unwrap();
        assert_eq!(waiting.join().unwrap(), CKR_CRYPTOKI_NOT_INITIALIZED);
    });
}

#[test]
fn objects_in_files_outlive_the_module() {
    let directory = tempfile::tempdir().unwrap();
    let module = over(directory.path());
    prepare(&module);
    let session = user(&module);
    data(&module, session, &[(CKA_TOKEN, TRUE)]).unwrap();
    module.finalize().unwrap();
    let module = over(directory.path());
    let session = user(&module);
    assert_eq!(search(&module, session, &[(CKA_TOKEN, TRUE)]).len(), 1);
}

#[test]
fn random_bytes_differ_and_seeds_are_taken() {
    let module = ready();
    let session = module.open_session(SLOT, RW).unwrap();
    assert_eq!(code(module.seed_random(session, b"seed")), CKR_OK);
    let (mut one, mut two) = ([0; 32], [0; 32]);
    module.generate_random(session, &mut one).unwrap();
    module.generate_random(session, &mut two).unwrap();
    assert_ne!(one, two);
    assert_eq!(
        code(module.generate_random(SessionHandle(0), &mut one)),
        CKR_SESSION_HANDLE_INVALID
    );
}
