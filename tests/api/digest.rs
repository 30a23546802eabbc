// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Message digesting functions", "C_GetOperationState", "C_SetOperationState".

use keystead::mechanism::{ParamShape, Params, all};
use keystead::module::Room;
use keystead::pkcs11::ObjectHandle;
use keystead::pkcs11::attribute::{CKA_ALLOWED_MECHANISMS, CKA_SENSITIVE};
use keystead::pkcs11::mechanism::{CKM_AES_ECB, CKM_SHA256};
use keystead::pkcs11::rv::{
    CKR_BUFFER_TOO_SMALL, CKR_KEY_HANDLE_INVALID, CKR_MECHANISM_INVALID, CKR_OK,
    CKR_OPERATION_NOT_INITIALIZED, CKR_SAVED_STATE_INVALID, CKR_STATE_UNSAVEABLE,
};

use crate::support::{RO, ROOMY, SLOT, TRUE, aes_key, bytes, code, length, plain, ready};

/// FIPS 180-4 example: SHA-256 of "abc".
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

#[test]
fn whole_and_parts_give_the_same_digest() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    assert_eq!(
        length(module.digest(session, b"abc", Room::Query).unwrap()),
        32
    );
    assert_eq!(
        code(module.digest(session, b"abc", Room::Bytes(31))),
        CKR_BUFFER_TOO_SMALL
    );
    let whole = bytes(module.digest(session, b"abc", Room::Bytes(32)).unwrap());
    assert_eq!(hex::encode(whole), ABC);
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    module.digest_update(session, b"a").unwrap();
    module.digest_update(session, b"bc").unwrap();
    assert_eq!(
        length(module.digest_final(session, Room::Query).unwrap()),
        32
    );
    let parts = bytes(module.digest_final(session, ROOMY).unwrap());
    assert_eq!(hex::encode(parts), ABC);
}

#[test]
fn single_after_update_ends_the_digest() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    module.digest_update(session, b"a").unwrap();
    assert_eq!(
        code(module.digest(session, b"bc", ROOMY)),
        CKR_OPERATION_NOT_INITIALIZED
    );
    assert_eq!(
        code(module.digest_final(session, ROOMY)),
        CKR_OPERATION_NOT_INITIALIZED
    );
}

#[test]
fn a_keys_value_can_be_part_of_the_message() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    let key = aes_key(&module, session, b"0123456789abcdef", &[]).unwrap();
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    module.digest_key(session, key).unwrap();
    let with_key = bytes(module.digest_final(session, ROOMY).unwrap());
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    let with_value = bytes(module.digest(session, b"0123456789abcdef", ROOMY).unwrap());
    assert_eq!(with_key, with_value);
}

#[test]
fn digesting_a_key_that_is_not_there_ends_the_digest() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    assert_eq!(
        code(module.digest_key(session, ObjectHandle(1))),
        CKR_OPERATION_NOT_INITIALIZED
    );
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    assert_eq!(
        code(module.digest_key(session, ObjectHandle(0))),
        CKR_KEY_HANDLE_INVALID
    );
    assert_eq!(
        code(module.digest_final(session, ROOMY)),
        CKR_OPERATION_NOT_INITIALIZED
    );
}

#[test]
fn only_digests_digest() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    assert_eq!(
        code(module.digest_init(session, plain(CKM_AES_ECB))),
        CKR_MECHANISM_INVALID
    );
}

#[test]
fn a_saved_digest_goes_on_in_another_session() {
    let module = ready();
    let one = module.open_session(SLOT, RO).unwrap();
    let two = module.open_session(SLOT, RO).unwrap();
    assert_eq!(
        code(module.operation_state(one)),
        CKR_OPERATION_NOT_INITIALIZED
    );
    module.digest_init(one, plain(CKM_SHA256)).unwrap();
    module.digest_update(one, b"a").unwrap();
    let state = module.operation_state(one).unwrap();
    module.set_operation_state(two, state.expose()).unwrap();
    for session in [one, two] {
        module.digest_update(session, b"bc").unwrap();
        let digest = bytes(module.digest_final(session, ROOMY).unwrap());
        assert_eq!(hex::encode(digest), ABC);
    }
}

#[test]
fn a_state_that_knows_a_key_stays_inside() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    let key = aes_key(&module, session, &[1; 16], &[(CKA_SENSITIVE, TRUE)]).unwrap();
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    if code(module.digest_key(session, key)) == CKR_OK {
        assert_eq!(code(module.operation_state(session)), CKR_STATE_UNSAVEABLE);
    }
    module
        .encrypt_init(session, plain(CKM_AES_ECB), key)
        .unwrap();
    assert_eq!(code(module.operation_state(session)), CKR_STATE_UNSAVEABLE);
}

#[test]
fn bytes_that_are_no_state_are_refused() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    let state = module.operation_state(session).unwrap();
    for wrong in [
        &b""[..],
        b"garbage",
        &state.expose()[1..],
        &state.expose()[..30],
    ] {
        assert_eq!(
            code(module.set_operation_state(session, wrong)),
            CKR_SAVED_STATE_INVALID
        );
    }
}

#[test]
fn a_key_may_be_digested_by_its_allowed_mechanisms_only() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    for (allowed, answer) in [(CKM_SHA256, CKR_OK), (CKM_AES_ECB, CKR_MECHANISM_INVALID)] {
        let allowed = allowed.0.to_ne_bytes();
        let more = [(CKA_ALLOWED_MECHANISMS, &allowed[..])];
        let key = aes_key(&module, session, &[1; 16], &more).unwrap();
        module.digest_init(session, plain(CKM_SHA256)).unwrap();
        assert_eq!(code(module.digest_key(session, key)), answer);
        module.digest_init(session, None).unwrap();
    }
}

#[test]
fn every_digest_takes_a_key_and_keeps_its_state_or_says_that_it_cannot() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    let other = module.open_session(SLOT, RO).unwrap();
    let key = aes_key(&module, session, b"0123456789abcdef", &[]).unwrap();
    let mut kept = 0;
    for row in all().filter(|row| row.roles.digest.is_some()) {
        let params = match row.params {
            ParamShape::Ulong => Params::Ulong(100),
            _ => Params::None,
        };
        let start = || {
            module.digest_init(session, Some((row, &params))).unwrap();
        };
        start();
        module.digest_key(session, key).unwrap();
        let with_key = bytes(module.digest_final(session, ROOMY).unwrap());
        start();
        let with_value = bytes(module.digest(session, b"0123456789abcdef", ROOMY).unwrap());
        assert_eq!(with_key, with_value, "{}", row.id);
        start();
        module.digest_update(session, b"01234567").unwrap();
        let Ok(state) = module.operation_state(session) else {
            // The crate has no way to a state of BLAKE2b.
            assert_eq!(code(module.operation_state(session)), CKR_STATE_UNSAVEABLE);
            assert!(row.id.name().unwrap().starts_with("CKM_BLAKE2B"));
            module.digest_init(session, None).unwrap();
            kept += 1;
            continue;
        };
        module.digest_init(session, None).unwrap();
        module.set_operation_state(other, state.expose()).unwrap();
        module.digest_update(other, b"89abcdef").unwrap();
        let digest = bytes(module.digest_final(other, ROOMY).unwrap());
        assert_eq!(digest, with_value, "{}", row.id);
    }
    assert_eq!(kept, 4);
}
