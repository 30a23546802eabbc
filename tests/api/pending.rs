// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "C_AsyncComplete": the functions that are pending less often.

use keystead::mechanism::Params;
use keystead::module::{Function, Module, TagPlace, Unwrapping, Wrapping};
use keystead::object::{Shown, read};
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_DECAPSULATE, CKA_DERIVE, CKA_ENCAPSULATE, CKA_EXTRACTABLE, CKA_KEY_TYPE,
    CKA_MODULUS_BITS, CKA_PARAMETER_SET, CKA_PRIVATE, CKA_SENSITIVE, CKA_SIGN_RECOVER, CKA_UNWRAP,
    CKA_VALUE, CKA_VERIFY_RECOVER, CKA_WRAP,
};
use keystead::pkcs11::class::CKO_SECRET_KEY;
use keystead::pkcs11::key_type::{CKK_AES, CKK_GENERIC_SECRET};
use keystead::pkcs11::mechanism::{
    CKM_AES_GCM, CKM_ML_KEM, CKM_ML_KEM_KEY_PAIR_GEN, CKM_RSA_PKCS, CKM_RSA_PKCS_KEY_PAIR_GEN,
    CKM_SHA256_HMAC, CKM_SHA256_KEY_DERIVATION,
};
use keystead::pkcs11::mgf::CKG_NO_GENERATE;
use keystead::pkcs11::profile::CKP_ML_KEM_512;
use keystead::pkcs11::rv::{
    CKR_BUFFER_TOO_SMALL, CKR_OK, CKR_OPERATION_ACTIVE, CKR_PENDING, CKR_SIGNATURE_INVALID,
};
use keystead::pkcs11::{AttributeType, MechanismType, ObjectHandle, SessionHandle};

use crate::asynchronous::{ABC, ASYNC, begun, buffer, complete, output, willing};
use crate::message_cipher::params;
use crate::support::{FALSE, ROOMY, RW, SLOT, TRUE, aes_key, code, hmac_key, plain, row, template};
use keystead::module::Room;

const NONE: &Params<'static> = &Params::None;

fn value(module: &Module, session: SessionHandle, key: ObjectHandle) -> Vec<u8> {
    let object = module.object(session, key).unwrap();
    match read(&object, CKA_VALUE).unwrap() {
        Shown::Bytes(bytes) => bytes.into_owned(),
        Shown::Template(_) => panic!("a value is no template"),
    }
}

/// A pair that came by `C_AsyncComplete`.
fn pair(
    module: &Module,
    session: SessionHandle,
    how: MechanismType,
    public: &[(AttributeType, &[u8])],
    private: &[(AttributeType, &[u8])],
) -> (ObjectHandle, ObjectHandle) {
    let mut private = private.to_vec();
    private.push((CKA_PRIVATE, FALSE));
    let (public, private) = (template(public), template(&private));
    let made = module.generate_key_pair(session, row(how), NONE, &public, &private);
    assert_eq!(code(made), CKR_PENDING);
    let done = complete(module, session, Function::GenerateKeyPair);
    (done.object.unwrap(), done.additional.unwrap())
}

/// A secret key that can be looked at.
fn open_secret(key_type: &[u8]) -> Vec<(AttributeType, &[u8])> {
    vec![
        (CKA_KEY_TYPE, key_type),
        (CKA_PRIVATE, FALSE),
        (CKA_SENSITIVE, FALSE),
        (CKA_EXTRACTABLE, TRUE),
    ]
}

#[test]
fn an_encapsulation_gives_ciphertext_and_key_together() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    let set = CKP_ML_KEM_512.0.to_ne_bytes();
    let (public, private) = pair(
        &module,
        session,
        CKM_ML_KEM_KEY_PAIR_GEN,
        &[(CKA_PARAMETER_SET, &set), (CKA_ENCAPSULATE, TRUE)],
        &[(CKA_DECAPSULATE, TRUE)],
    );
    let how = row(CKM_ML_KEM);
    let kind = CKK_GENERIC_SECRET.0.to_ne_bytes();
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let mut wanted = open_secret(&kind);
    wanted.push((CKA_CLASS, &class));
    let wanted = template(&wanted);
    let encapsulate = |room| module.encapsulate_key(session, how, NONE, public, &wanted, room);
    assert_eq!(code(encapsulate(Room::Query)), CKR_BUFFER_TOO_SMALL);
    assert_eq!(code(encapsulate(Room::Bytes(767))), CKR_BUFFER_TOO_SMALL);
    assert_eq!(code(encapsulate(Room::Bytes(768))), CKR_PENDING);
    assert_eq!(code(encapsulate(Room::Bytes(768))), CKR_OPERATION_ACTIVE);
    module
        .async_buffer(session, Function::EncapsulateKey, buffer(768))
        .unwrap();
    let done = complete(&module, session, Function::EncapsulateKey);
    let ciphertext = done.bytes.unwrap();
    assert_eq!(ciphertext.len(), 768);
    let made = module.decapsulate_key(session, how, NONE, private, &wanted, ciphertext.expose());
    assert_eq!(code(made), CKR_PENDING);
    let other = complete(&module, session, Function::DecapsulateKey);
    assert_eq!(
        value(&module, session, done.object.unwrap()),
        value(&module, session, other.object.unwrap())
    );
}

#[test]
fn a_derivation_may_be_pending() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let kind = CKK_GENERIC_SECRET.0.to_ne_bytes();
    let base = module
        .create_object(
            session,
            &template(&[
                (CKA_CLASS, &class),
                (CKA_KEY_TYPE, &kind),
                (CKA_PRIVATE, FALSE),
                (CKA_SENSITIVE, FALSE),
                (CKA_EXTRACTABLE, TRUE),
                (CKA_DERIVE, TRUE),
                (CKA_VALUE, b"abc"),
            ]),
        )
        .unwrap();
    let wanted = template(&open_secret(&kind));
    let how = row(CKM_SHA256_KEY_DERIVATION);
    let made = module.derive_key(session, how, NONE, base, &wanted);
    assert_eq!(code(made), CKR_PENDING);
    let key = complete(&module, session, Function::DeriveKey)
        .object
        .unwrap();
    assert_eq!(hex::encode(value(&module, session, key)), ABC);
}

#[test]
fn every_verification_answers_by_its_code() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    let key = hmac_key(&module, session, &[1; 32]).unwrap();
    let how = || plain(CKM_SHA256_HMAC);
    module.sign_init(session, how(), key).unwrap();
    module.sign_update(session, b"abc").unwrap();
    begun(
        &module,
        session,
        Function::SignFinal,
        module.sign_final(session, ROOMY),
    );
    let mac = output(&module, session, Function::SignFinal);
    let end = |function: Function| {
        let finished = module
            .async_complete(session, function.name(), false)
            .unwrap();
        code(finished.outcome)
    };
    module.verify_init(session, how(), key).unwrap();
    module.verify_update(session, b"abc").unwrap();
    assert_eq!(code(module.verify_final(session, &mac)), CKR_PENDING);
    assert_eq!(end(Function::VerifyFinal), CKR_OK);
    module
        .verify_signature_init(session, how(), key, &mac)
        .unwrap();
    assert_eq!(code(module.verify_signature(session, b"abc")), CKR_PENDING);
    // Another kind, although C_SessionCancel names it likewise.
    module.verify_init(session, how(), key).unwrap();
    assert_eq!(code(module.verify(session, b"abd", &mac)), CKR_PENDING);
    assert_eq!(end(Function::Verify), CKR_SIGNATURE_INVALID);
    assert_eq!(end(Function::VerifySignature), CKR_OK);
    module
        .verify_signature_init(session, how(), key, &mac)
        .unwrap();
    module.verify_signature_update(session, b"abd").unwrap();
    assert_eq!(code(module.verify_signature_final(session)), CKR_PENDING);
    assert_eq!(end(Function::VerifySignatureFinal), CKR_SIGNATURE_INVALID);
}

#[test]
fn signing_with_recovery_may_be_pending() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    let bits = 2048_u64.to_ne_bytes();
    let (public, private) = pair(
        &module,
        session,
        CKM_RSA_PKCS_KEY_PAIR_GEN,
        &[(CKA_MODULUS_BITS, &bits), (CKA_VERIFY_RECOVER, TRUE)],
        &[(CKA_SIGN_RECOVER, TRUE)],
    );
    module
        .sign_recover_init(session, plain(CKM_RSA_PKCS), private)
        .unwrap();
    let reply = module.sign_recover(session, b"abc", ROOMY);
    begun(&module, session, Function::SignRecover, reply);
    let signature = output(&module, session, Function::SignRecover);
    module
        .verify_recover_init(session, plain(CKM_RSA_PKCS), public)
        .unwrap();
    let reply = module.verify_recover(session, &signature, ROOMY);
    begun(&module, session, Function::VerifyRecover, reply);
    assert_eq!(output(&module, session, Function::VerifyRecover), b"abc");
}

#[test]
fn authenticated_wrapping_is_answered_at_once_and_unwrapping_may_be_pending() {
    let module = willing();
    let session = module.open_session(SLOT, ASYNC).unwrap();
    let keeper = module.open_session(SLOT, RW).unwrap();
    let uses = [(CKA_WRAP, TRUE), (CKA_UNWRAP, TRUE)];
    let by = aes_key(&module, keeper, &[9; 32], &uses).unwrap();
    let key = aes_key(&module, keeper, &[8; 16], &[(CKA_EXTRACTABLE, TRUE)]).unwrap();
    let wrapping = Wrapping {
        by,
        key,
        aad: b"aad",
        tag: TagPlace::Beside,
    };
    let how = row(CKM_AES_GCM);
    let given = params(CKG_NO_GENERATE, &[1; 12], &[0; 16]);
    // Its tag goes into the mechanism's parameter.
    let wrapped = module.wrap_key_authenticated(session, how, &given, wrapping, ROOMY);
    let (reply, beside) = wrapped.unwrap();
    let wrapped = crate::support::bytes(reply);
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let kind = CKK_AES.0.to_ne_bytes();
    let mut wanted = open_secret(&kind);
    wanted.push((CKA_CLASS, &class));
    let unwrapping = Unwrapping {
        by,
        wrapped: &wrapped,
        aad: b"aad",
        tag: TagPlace::Beside,
    };
    let given = params(CKG_NO_GENERATE, &[1; 12], &beside.tag.unwrap());
    let made = module.unwrap_key_authenticated(session, how, given, unwrapping, &template(&wanted));
    assert_eq!(code(made), CKR_PENDING);
    let done = complete(&module, session, Function::UnwrapKeyAuthenticated);
    assert_eq!(value(&module, session, done.object.unwrap()), [8; 16]);
}

#[test]
fn every_name_is_known_and_its_own() {
    for function in Function::ALL {
        assert_eq!(Function::named(function.name()), Some(*function));
        assert!(function.name().starts_with("C_"));
        assert_ne!(function.operation(), 0);
    }
    assert_eq!(Function::named("C_SignInit"), None);
}
