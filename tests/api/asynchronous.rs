// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Asynchronous function management functions"; `CKF_ASYNC_SESSION`.

use keystead::config::Config;
use keystead::error::Error;
use keystead::module::{Buffer, Completion, Function, Module, Reply, Room};
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_EC_PARAMS, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_LABEL, CKA_PRIVATE, CKA_TOKEN,
    CKA_VALUE_LEN,
};
use keystead::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY};
use keystead::pkcs11::flag::{
    CKF_ASYNC_SESSION, CKF_ASYNC_SESSION_SUPPORTED, CKF_DIGEST, CKF_GENERATE, CKF_SIGN,
};
use keystead::pkcs11::key_type::CKK_AES;
use keystead::pkcs11::mechanism::{
    CKM_AES_CBC_PAD, CKM_AES_ECB, CKM_AES_KEY_GEN, CKM_AES_KEY_WRAP, CKM_EC_KEY_PAIR_GEN,
    CKM_SHA256, CKM_SHA256_HMAC,
};
use keystead::pkcs11::rv::{
    CKR_ARGUMENTS_BAD, CKR_BUFFER_TOO_SMALL, CKR_ENCRYPTED_DATA_INVALID, CKR_KEY_HANDLE_INVALID,
    CKR_OPERATION_ACTIVE, CKR_OPERATION_CANCEL_FAILED, CKR_OPERATION_NOT_INITIALIZED, CKR_PENDING,
    CKR_SAVED_STATE_INVALID, CKR_SIGNATURE_INVALID, CKR_WRAPPED_KEY_INVALID,
};
use keystead::pkcs11::user::CKU_USER;
use keystead::pkcs11::{ObjectHandle, SessionHandle};

use crate::support::{
    FALSE, RO, ROOMY, RW, SLOT, TRUE, USER_PIN, aes_key, bytes, code, hmac_key, length, plain,
    prepare, ready, row, search, template,
};
use keystead::mechanism::Params;

pub(crate) const ASYNC: u64 = RW | CKF_ASYNC_SESSION;
/// SHA-256("abc"), FIPS 180-4's example.
pub(crate) const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

pub(crate) fn willing() -> Module {
    let module = Module::with_config(Config {
        async_sessions: true,
        ..Config::in_memory()
    })
    .unwrap();
    prepare(&module);
    module
}

pub(crate) fn buffer(room: usize) -> Buffer {
    Buffer { address: 16, room }
}

/// As the boundary does: after `CKR_PENDING` it says where the output goes.
pub(crate) fn begun(
    module: &Module,
    session: SessionHandle,
    function: Function,
    reply: Result<Reply, Error>,
) {
    assert_eq!(code(reply), CKR_PENDING, "{function:?}");
    module
        .async_buffer(session, function, buffer(1 << 20))
        .unwrap();
}

pub(crate) fn complete(module: &Module, session: SessionHandle, function: Function) -> Completion {
    let finished = module
        .async_complete(session, function.name(), true)
        .unwrap();
    finished.outcome.unwrap()
}

pub(crate) fn output(module: &Module, session: SessionHandle, function: Function) -> Vec<u8> {
    let done = complete(module, session, function);
    done.bytes.unwrap().expose().to_vec()
}

pub(crate) fn pending_digest(module: &Module, session: SessionHandle) {
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    begun(
        module,
        session,
        Function::Digest,
        module.digest(session, b"abc", ROOMY),
    );
}

pub(crate) fn generate(
    module: &Module,
    session: SessionHandle,
    name: &[u8],
) -> Result<ObjectHandle, Error> {
    let len = 32_u64.to_ne_bytes();
    let wanted = template(&[(CKA_TOKEN, TRUE), (CKA_VALUE_LEN, &len), (CKA_LABEL, name)]);
    module.generate_key(session, row(CKM_AES_KEY_GEN), &Params::None, &wanted)
}

#[test]
fn the_token_and_the_session_say_whether_they_are_asynchronous() {
    let module = willing();
    let flags = module.token_info(SLOT).unwrap().flags;
    assert_ne!(flags & CKF_ASYNC_SESSION_SUPPORTED, 0);
    let session = module.open_session(SLOT, ASYNC).unwrap();
    assert_eq!(module.session_info(session).unwrap().flags, ASYNC);
    let session = module.open_session(SLOT, RO).unwrap();
    assert_eq!(module.session_info(session).unwrap().flags, RO);
    let flags = ready().token_info(SLOT).unwrap().flags;
    assert_eq!(flags & CKF_ASYNC_SESSION_SUPPORTED, 0);
}

#[test]
fn a_session_that_is_not_asynchronous_never_answers_pending() {
    let module = willing();
    let session = module.open_session(SLOT, RW).unwrap();
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    let digest = bytes(module.digest(session, b"abc", ROOMY).unwrap());
    assert_eq!(hex::encode(digest), ABC);
    assert_eq!(
        code(module.async_complete(session, "C_Digest", true)),
        CKR_OPERATION_NOT_INITIALIZED
    );
}

#[test]
fn a_result_is_handed_out_once() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    pending_digest(&module, session);
    let finished = module.async_complete(session, "C_Digest", true).unwrap();
    assert_eq!(finished.buffer, Some(buffer(1 << 20)));
    let done = finished.outcome.unwrap();
    assert_eq!((done.object, done.additional), (None, None));
    assert_eq!(hex::encode(done.bytes.unwrap().expose()), ABC);
    assert_eq!(
        code(module.async_complete(session, "C_Digest", true)),
        CKR_OPERATION_NOT_INITIALIZED
    );
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
}

#[test]
fn lengths_and_small_buffers_are_answered_at_once() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    assert_eq!(
        length(module.digest(session, b"abc", Room::Query).unwrap()),
        32
    );
    assert_eq!(
        code(module.digest(session, b"abc", Room::Bytes(31))),
        CKR_BUFFER_TOO_SMALL
    );
    begun(
        &module,
        session,
        Function::Digest,
        module.digest(session, b"abc", Room::Bytes(32)),
    );
    assert_eq!(hex::encode(output(&module, session, Function::Digest)), ABC);
}

#[test]
fn while_the_buffer_is_unknown_the_operation_is_pending() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    assert_eq!(code(module.digest(session, b"abc", ROOMY)), CKR_PENDING);
    assert_eq!(
        code(module.async_complete(session, "C_Digest", true)),
        CKR_PENDING
    );
    module
        .async_buffer(session, Function::Digest, buffer(32))
        .unwrap();
    assert_eq!(hex::encode(output(&module, session, Function::Digest)), ABC);
}

#[test]
fn nothing_of_its_kind_begins_while_an_operation_is_pending() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    pending_digest(&module, session);
    for refused in [
        code(module.digest_init(session, plain(CKM_SHA256))),
        code(module.digest_update(session, b"d")),
        code(module.digest(session, b"d", ROOMY)),
        code(module.digest_final(session, ROOMY)),
    ] {
        assert_eq!(refused, CKR_OPERATION_ACTIVE);
    }
    assert_eq!(
        code(module.digest_init(session, None)),
        CKR_OPERATION_CANCEL_FAILED
    );
    assert_eq!(
        code(module.async_complete(session, "C_DigestFinal", true)),
        CKR_OPERATION_NOT_INITIALIZED
    );
    // What a call with bad arguments ends is not what is pending.
    let _ = module.end_operations(session, CKF_DIGEST);
    // Other kinds go on.
    let key = hmac_key(&module, session, &[1; 32]).unwrap();
    module
        .sign_init(session, plain(CKM_SHA256_HMAC), key)
        .unwrap();
    begun(
        &module,
        session,
        Function::Sign,
        module.sign(session, b"abc", ROOMY),
    );
    assert_eq!(output(&module, session, Function::Sign).len(), 32);
    assert_eq!(hex::encode(output(&module, session, Function::Digest)), ABC);
}

#[test]
fn parts_are_taken_at_once_and_the_end_is_pending() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    module.digest_update(session, b"a").unwrap();
    module.digest_update(session, b"bc").unwrap();
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

#[test]
fn every_cipher_function_gives_what_it_gives_at_once() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    let key = aes_key(&module, session, &[7; 16], &[]).unwrap();
    let text = [9; 32];
    module
        .encrypt_init(session, plain(CKM_AES_ECB), key)
        .unwrap();
    begun(
        &module,
        session,
        Function::Encrypt,
        module.encrypt(session, &text, ROOMY),
    );
    let sealed = output(&module, session, Function::Encrypt);
    module
        .decrypt_init(session, plain(CKM_AES_ECB), key)
        .unwrap();
    begun(
        &module,
        session,
        Function::Decrypt,
        module.decrypt(session, &sealed, ROOMY),
    );
    assert_eq!(output(&module, session, Function::Decrypt), text);

    let iv = [3; 16];
    let params = Params::Bytes(&iv);
    let how = Some((row(CKM_AES_CBC_PAD), &params));
    module.encrypt_init(session, how, key).unwrap();
    let mut sealed = bytes(module.encrypt_update(session, &text, ROOMY).unwrap());
    begun(
        &module,
        session,
        Function::EncryptFinal,
        module.encrypt_final(session, ROOMY),
    );
    sealed.extend(output(&module, session, Function::EncryptFinal));
    module.decrypt_init(session, how, key).unwrap();
    let mut opened = bytes(module.decrypt_update(session, &sealed, ROOMY).unwrap());
    begun(
        &module,
        session,
        Function::DecryptFinal,
        module.decrypt_final(session, ROOMY),
    );
    opened.extend(output(&module, session, Function::DecryptFinal));
    assert_eq!(opened, text);
}

#[test]
fn what_only_the_work_can_find_comes_at_the_end() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    let key = hmac_key(&module, session, &[1; 32]).unwrap();
    module
        .verify_init(session, plain(CKM_SHA256_HMAC), key)
        .unwrap();
    assert_eq!(code(module.verify(session, b"abc", &[0; 32])), CKR_PENDING);
    let finished = module.async_complete(session, "C_Verify", false).unwrap();
    assert_eq!(
        (code(finished.outcome), finished.buffer),
        (CKR_SIGNATURE_INVALID, None)
    );
    module
        .verify_init(session, plain(CKM_SHA256_HMAC), key)
        .unwrap();

    let key = aes_key(&module, session, &[7; 16], &[]).unwrap();
    let iv = [3; 16];
    let params = Params::Bytes(&iv);
    module
        .decrypt_init(session, Some((row(CKM_AES_CBC_PAD), &params)), key)
        .unwrap();
    begun(
        &module,
        session,
        Function::Decrypt,
        module.decrypt(session, &[0; 16], ROOMY),
    );
    // "the pValue item of pResult is set to the address passed into the original call"
    let finished = module.async_complete(session, "C_Decrypt", true).unwrap();
    assert_eq!(finished.buffer, Some(buffer(1 << 20)));
    assert_eq!(code(finished.outcome), CKR_ENCRYPTED_DATA_INVALID);
}

#[test]
fn what_a_look_at_the_arguments_shows_is_answered_at_once() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    let key = ObjectHandle(4_000);
    assert_eq!(
        code(module.sign_init(session, plain(CKM_SHA256_HMAC), key)),
        CKR_KEY_HANDLE_INVALID
    );
    assert_eq!(
        code(module.sign(session, b"", ROOMY)),
        CKR_OPERATION_NOT_INITIALIZED
    );
    assert_eq!(
        code(module.async_complete(session, "C_Sign", true)),
        CKR_OPERATION_NOT_INITIALIZED
    );
}

#[test]
fn a_key_comes_to_be_when_it_is_completed() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    module.login(session, CKU_USER, Some(USER_PIN)).unwrap();
    assert_eq!(code(generate(&module, session, b"late")), CKR_PENDING);
    assert_eq!(
        code(generate(&module, session, b"more")),
        CKR_OPERATION_ACTIVE
    );
    let late: [(_, &[u8]); 1] = [(CKA_LABEL, b"late")];
    assert_eq!(search(&module, session, &late), []);
    assert_eq!(
        code(module.async_complete(session, "C_GenerateKey", false)),
        CKR_ARGUMENTS_BAD
    );
    let done = complete(&module, session, Function::GenerateKey);
    assert!(done.bytes.is_none() && done.additional.is_none());
    assert_eq!(search(&module, session, &late), [done.object.unwrap()]);
    assert_eq!(search(&module, session, &[(CKA_LABEL, b"more")]), []);
}

#[test]
fn a_pair_comes_as_two_handles_and_the_public_one_first() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    // OBJECT IDENTIFIER prime256v1
    let curve = hex::decode("06082a8648ce3d030107").unwrap();
    let public = template(&[(CKA_EC_PARAMS, &curve)]);
    let private = template(&[(CKA_PRIVATE, FALSE)]);
    let how = row(CKM_EC_KEY_PAIR_GEN);
    let made = module.generate_key_pair(session, how, &Params::None, &public, &private);
    assert_eq!(code(made), CKR_PENDING);
    let done = complete(&module, session, Function::GenerateKeyPair);
    let class =
        |handle: Option<ObjectHandle>| module.object(session, handle.unwrap()).unwrap().class();
    assert_eq!(class(done.object), CKO_PUBLIC_KEY);
    assert_eq!(class(done.additional), CKO_PRIVATE_KEY);
}

#[test]
fn wrapping_and_unwrapping_may_be_pending() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    let by = aes_key(&module, session, &[1; 32], &[]).unwrap();
    let key = aes_key(&module, session, &[2; 16], &[(CKA_EXTRACTABLE, TRUE)]).unwrap();
    let how = row(CKM_AES_KEY_WRAP);
    let wrap = || module.wrap_key(session, how, &Params::None, by, key, ROOMY);
    begun(&module, session, Function::WrapKey, wrap());
    assert_eq!(code(wrap()), CKR_OPERATION_ACTIVE);
    let wrapped = output(&module, session, Function::WrapKey);
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let key_type = CKK_AES.0.to_ne_bytes();
    let wanted = template(&[
        (CKA_CLASS, &class),
        (CKA_KEY_TYPE, &key_type),
        (CKA_PRIVATE, FALSE),
    ]);
    let unwrap =
        |wrapped: &[u8]| module.unwrap_key(session, how, &Params::None, by, wrapped, &wanted);
    assert_eq!(code(unwrap(&wrapped)), CKR_PENDING);
    let done = complete(&module, session, Function::UnwrapKey);
    let object = module.object(session, done.object.unwrap()).unwrap();
    assert_eq!(object.key_type(), Some(CKK_AES));
    let mut broken = wrapped;
    broken[0] ^= 1;
    assert_eq!(code(unwrap(&broken)), CKR_PENDING);
    let finished = module.async_complete(session, "C_UnwrapKey", true).unwrap();
    assert_eq!(code(finished.outcome), CKR_WRAPPED_KEY_INVALID);
}

#[test]
fn cancelling_names_the_kind_and_leaves_no_object() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    module.login(session, CKU_USER, Some(USER_PIN)).unwrap();
    assert_eq!(code(generate(&module, session, b"gone")), CKR_PENDING);
    pending_digest(&module, session);
    let id = module.async_get_id(session, "C_Digest").unwrap();
    module.session_cancel(session, CKF_SIGN).unwrap();
    module
        .session_cancel(session, CKF_GENERATE | CKF_DIGEST)
        .unwrap();
    for function in ["C_GenerateKey", "C_Digest"] {
        assert_eq!(
            code(module.async_complete(session, function, true)),
            CKR_OPERATION_NOT_INITIALIZED
        );
    }
    // "including those whose ID has been retrieved"
    assert_eq!(
        code(module.async_join(session, "C_Digest", id, buffer(32))),
        CKR_SAVED_STATE_INVALID
    );
    assert_eq!(search(&module, session, &[(CKA_LABEL, b"gone")]), []);
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    assert_eq!(code(generate(&module, session, b"next")), CKR_PENDING);
}
