// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "C_AsyncGetID" and "C_AsyncJoin": what outlives its session.

use keystead::module::Function;
use keystead::pkcs11::attribute::CKA_LABEL;
use keystead::pkcs11::flag::CKF_DIGEST;
use keystead::pkcs11::mechanism::CKM_SHA256;
use keystead::pkcs11::rv::{
    CKR_BUFFER_TOO_SMALL, CKR_OK, CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED, CKR_PENDING,
    CKR_SAVED_STATE_INVALID,
};
use keystead::pkcs11::user::CKU_USER;

use crate::asynchronous::{
    ABC, ASYNC, begun, buffer, complete, generate, output, pending_digest, willing,
};
use crate::support::{ROOMY, RW, SLOT, SO_PIN, USER_PIN, code, label, plain, search};

#[test]
fn closing_the_session_cancels_what_has_no_number() {
    let module = willing();
    let keeper = module.open_session(SLOT, ASYNC).unwrap();
    module.login(keeper, CKU_USER, Some(USER_PIN)).unwrap();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    assert_eq!(code(generate(&module, session, b"gone")), CKR_PENDING);
    module.close_session(session).unwrap();
    assert_eq!(search(&module, keeper, &[(CKA_LABEL, b"gone")]), []);
}

#[test]
fn what_has_a_number_goes_on_in_another_session() {
    let module = willing();
    let keeper = module.open_session(SLOT, ASYNC).unwrap();
    module.login(keeper, CKU_USER, Some(USER_PIN)).unwrap();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    assert_eq!(
        code(module.async_get_id(session, "C_Digest")),
        CKR_OPERATION_NOT_INITIALIZED
    );
    pending_digest(&module, session);
    let id = module.async_get_id(session, "C_Digest").unwrap();
    assert_eq!(module.async_get_id(session, "C_Digest").unwrap(), id);
    // The buffer was given up.
    assert_eq!(
        code(module.async_complete(session, "C_Digest", true)),
        CKR_BUFFER_TOO_SMALL
    );
    assert_eq!(code(generate(&module, session, b"kept")), CKR_PENDING);
    let key = module.async_get_id(session, "C_GenerateKey").unwrap();
    module.close_session(session).unwrap();

    let join = |function: &str, id, room| module.async_join(keeper, function, id, buffer(room));
    assert_eq!(code(join("C_Digest", id ^ 1, 32)), CKR_SAVED_STATE_INVALID);
    assert_eq!(code(join("C_Sign", id, 32)), CKR_SAVED_STATE_INVALID);
    assert_eq!(code(join("C_Nothing", id, 32)), CKR_SAVED_STATE_INVALID);
    assert_eq!(code(join("C_Digest", id, 31)), CKR_BUFFER_TOO_SMALL);
    let plainly = module.open_session(SLOT, RW).unwrap();
    assert_eq!(
        code(module.async_join(plainly, "C_Digest", id, buffer(32))),
        CKR_SAVED_STATE_INVALID
    );
    module.digest_init(keeper, plain(CKM_SHA256)).unwrap();
    assert_eq!(code(join("C_Digest", id, 32)), CKR_OPERATION_ACTIVE);
    module.session_cancel(keeper, CKF_DIGEST).unwrap();
    join("C_Digest", id, 32).unwrap();
    join("C_GenerateKey", key, 0).unwrap();
    let finished = module.async_complete(keeper, "C_Digest", true).unwrap();
    assert_eq!(finished.buffer, Some(buffer(32)));
    assert_eq!(
        hex::encode(finished.outcome.unwrap().bytes.unwrap().expose()),
        ABC
    );
    let done = complete(&module, keeper, Function::GenerateKey);
    assert_eq!(
        search(&module, keeper, &[(CKA_LABEL, b"kept")]),
        [done.object.unwrap()]
    );
    assert_eq!(code(join("C_Digest", id, 32)), CKR_SAVED_STATE_INVALID);
}

#[test]
fn joining_in_the_same_session_gives_a_new_buffer() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    pending_digest(&module, session);
    let id = module.async_get_id(session, "C_Digest").unwrap();
    module
        .async_join(session, "C_Digest", id, buffer(40))
        .unwrap();
    let finished = module.async_complete(session, "C_Digest", true).unwrap();
    assert_eq!(finished.buffer, Some(buffer(40)));
}

#[test]
fn only_the_same_login_takes_up_what_is_pending() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    module.login(session, CKU_USER, Some(USER_PIN)).unwrap();
    pending_digest(&module, session);
    let id = module.async_get_id(session, "C_Digest").unwrap();
    module.logout(session).unwrap();
    assert_eq!(
        code(module.async_complete(session, "C_Digest", true)),
        CKR_OPERATION_NOT_INITIALIZED
    );
    let join = || module.async_join(session, "C_Digest", id, buffer(32));
    assert_eq!(code(join()), CKR_SAVED_STATE_INVALID);
    module.login(session, CKU_USER, Some(USER_PIN)).unwrap();
    assert_eq!(code(join()), CKR_OK);
}

#[test]
fn a_new_token_knows_nothing_of_the_old_ones_operations() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    pending_digest(&module, session);
    let id = module.async_get_id(session, "C_Digest").unwrap();
    module.close_all_sessions(SLOT).unwrap();
    module.init_token(SLOT, SO_PIN, &label("new")).unwrap();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    assert_eq!(
        code(module.async_join(session, "C_Digest", id, buffer(32))),
        CKR_SAVED_STATE_INVALID
    );
}

#[test]
fn a_saved_digest_replaces_a_pending_one() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    module.digest_update(session, b"ab").unwrap();
    let state = module.operation_state(session).unwrap();
    begun(
        &module,
        session,
        Function::DigestFinal,
        module.digest_final(session, ROOMY),
    );
    assert_eq!(code(module.operation_state(session)), CKR_OPERATION_ACTIVE);
    module.set_operation_state(session, state.expose()).unwrap();
    module.digest_update(session, b"c").unwrap();
    begun(
        &module,
        session,
        Function::DigestFinal,
        module.digest_final(session, ROOMY),
    );
    assert_eq!(
        hex::encode(output(&module, session, Function::DigestFinal)),
        ABC
    );
}
