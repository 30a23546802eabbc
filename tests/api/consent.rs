// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Private key objects": CKA_ALWAYS_AUTHENTICATE and `CKU_CONTEXT_SPECIFIC`.

use keystead::mechanism::Params;
use keystead::module::{Module, Room};
use keystead::pkcs11::attribute::{CKA_ALWAYS_AUTHENTICATE, CKA_EC_PARAMS, CKA_TOKEN};
use keystead::pkcs11::mechanism::{CKM_EC_KEY_PAIR_GEN, CKM_ECDSA_SHA256};
use keystead::pkcs11::rv::{
    CKR_OK, CKR_OPERATION_NOT_INITIALIZED, CKR_PIN_INCORRECT, CKR_USER_NOT_LOGGED_IN,
};
use keystead::pkcs11::user::CKU_CONTEXT_SPECIFIC;
use keystead::pkcs11::{ObjectHandle, SessionHandle};

use crate::support::{ROOMY, TRUE, USER_PIN, code, plain, ready, row, template, user};

/// The object identifier of P-256.
const P_256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

fn start() -> (Module, SessionHandle, ObjectHandle) {
    let module = ready();
    let session = user(&module);
    let (_, private) = module
        .generate_key_pair(
            session,
            row(CKM_EC_KEY_PAIR_GEN),
            &Params::None,
            &template(&[(CKA_EC_PARAMS, P_256)]),
            &template(&[(CKA_TOKEN, TRUE), (CKA_ALWAYS_AUTHENTICATE, TRUE)]),
        )
        .unwrap();
    (module, session, private)
}

fn context(module: &Module, session: SessionHandle, pin: &[u8]) -> keystead::pkcs11::ReturnCode {
    code(module.login(session, CKU_CONTEXT_SPECIFIC, Some(pin)))
}

#[test]
fn each_signature_needs_the_pin() {
    let (module, session, key) = start();
    let init = || module.sign_init(session, plain(CKM_ECDSA_SHA256), key);
    init().unwrap();
    assert_eq!(code(module.sign(session, b"x", Room::Query)), CKR_OK);
    assert_eq!(
        code(module.sign(session, b"x", ROOMY)),
        CKR_USER_NOT_LOGGED_IN
    );
    assert_eq!(
        code(module.sign(session, b"x", ROOMY)),
        CKR_OPERATION_NOT_INITIALIZED
    );
    init().unwrap();
    assert_eq!(context(&module, session, USER_PIN), CKR_OK);
    assert_eq!(code(module.sign(session, b"x", ROOMY)), CKR_OK);
    init().unwrap();
    assert_eq!(
        code(module.sign_update(session, b"x")),
        CKR_USER_NOT_LOGGED_IN
    );
}

#[test]
fn a_wrong_pin_does_not_end_the_operation() {
    let (module, session, key) = start();
    module
        .sign_init(session, plain(CKM_ECDSA_SHA256), key)
        .unwrap();
    assert_eq!(context(&module, session, b"wrong-pin"), CKR_PIN_INCORRECT);
    assert_eq!(context(&module, session, USER_PIN), CKR_OK);
    assert_eq!(code(module.sign(session, b"x", ROOMY)), CKR_OK);
}

#[test]
fn without_an_operation_there_is_no_context() {
    let (module, session, key) = start();
    let none = CKR_OPERATION_NOT_INITIALIZED;
    assert_eq!(context(&module, session, USER_PIN), none);
    module
        .sign_init(session, plain(CKM_ECDSA_SHA256), key)
        .unwrap();
    assert_eq!(context(&module, session, USER_PIN), CKR_OK);
    assert_eq!(context(&module, session, USER_PIN), none);
}
