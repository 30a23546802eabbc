// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Encryption functions" and "Decryption functions".

use keystead::mechanism::Params;
use keystead::module::{Module, Room};
use keystead::pkcs11::attribute::{CKA_DECRYPT, CKA_ENCRYPT};
use keystead::pkcs11::mechanism::{
    CKM_AES_CBC_PAD, CKM_AES_ECB, CKM_AES_KEY_GEN, CKM_SHA256, CKM_SHA256_HMAC,
};
use keystead::pkcs11::rv::{
    CKR_BUFFER_TOO_SMALL, CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_KEY_FUNCTION_NOT_PERMITTED,
    CKR_KEY_HANDLE_INVALID, CKR_KEY_TYPE_INCONSISTENT, CKR_MECHANISM_INVALID, CKR_OK,
    CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED,
};
use keystead::pkcs11::{ObjectHandle, SessionHandle};

use crate::support::{
    FALSE, RO, ROOMY, SLOT, aes_key, bytes, code, data, length, plain, ready, row,
};

const IV: [u8; 16] = [9; 16];

/// A module, a public read-only session and a key in it.
fn start() -> (Module, SessionHandle, ObjectHandle) {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    let key = aes_key(&module, session, &[7; 16], &[]).unwrap();
    (module, session, key)
}

fn begin(module: &Module, session: SessionHandle, key: ObjectHandle) {
    let request = Some((row(CKM_AES_CBC_PAD), &Params::Bytes(&IV)));
    module.encrypt_init(session, request, key).unwrap();
}

#[test]
fn a_public_read_only_session_encrypts_and_decrypts() {
    let (module, session, key) = start();
    begin(&module, session, key);
    let ciphertext = bytes(module.encrypt(session, b"plaintext", ROOMY).unwrap());
    assert_eq!(ciphertext.len(), 16);
    let request = Some((row(CKM_AES_CBC_PAD), &Params::Bytes(&IV)));
    module.decrypt_init(session, request, key).unwrap();
    let plaintext = bytes(module.decrypt(session, &ciphertext, ROOMY).unwrap());
    assert_eq!(plaintext, b"plaintext");
}

#[test]
fn too_small_a_buffer_keeps_the_operation() {
    let (module, session, key) = start();
    begin(&module, session, key);
    let bound = length(module.encrypt(session, &[1; 20], Room::Query).unwrap());
    assert!(bound >= 32);
    assert_eq!(
        code(module.encrypt(session, &[1; 20], Room::Bytes(31))),
        CKR_BUFFER_TOO_SMALL
    );
    let whole = bytes(module.encrypt(session, &[1; 20], Room::Bytes(32)).unwrap());
    assert_eq!(whole.len(), 32);
    assert_eq!(
        code(module.encrypt(session, &[1; 20], ROOMY)),
        CKR_OPERATION_NOT_INITIALIZED
    );
}

#[test]
fn parts_give_what_the_whole_gives() {
    let (module, session, key) = start();
    begin(&module, session, key);
    let input: Vec<u8> = (0..100).collect();
    let whole = bytes(module.encrypt(session, &input, ROOMY).unwrap());
    for size in [1, 7, 16, 33] {
        begin(&module, session, key);
        let mut parts = Vec::new();
        for part in input.chunks(size) {
            let needed = length(module.encrypt_update(session, part, Room::Query).unwrap());
            if needed > 0 {
                assert_eq!(
                    code(module.encrypt_update(session, part, Room::Bytes(needed - 1))),
                    CKR_BUFFER_TOO_SMALL
                );
            }
            let output = module
                .encrypt_update(session, part, Room::Bytes(needed))
                .unwrap();
            let output = bytes(output);
            assert_eq!(output.len(), needed);
            parts.extend(output);
        }
        let rest = length(module.encrypt_final(session, Room::Query).unwrap());
        assert_eq!(
            code(module.encrypt_final(session, Room::Bytes(rest - 1))),
            CKR_BUFFER_TOO_SMALL
        );
        parts.extend(bytes(
            module.encrypt_final(session, Room::Bytes(rest)).unwrap(),
        ));
        assert_eq!(parts, whole);
    }
}

#[test]
fn an_error_ends_the_operation() {
    let (module, session, key) = start();
    module
        .decrypt_init(session, plain(CKM_AES_ECB), key)
        .unwrap();
    assert_eq!(
        code(module.decrypt(session, &[0; 15], ROOMY)),
        CKR_ENCRYPTED_DATA_LEN_RANGE
    );
    assert_eq!(
        code(module.decrypt(session, &[0; 16], ROOMY)),
        CKR_OPERATION_NOT_INITIALIZED
    );
}

#[test]
fn one_encryption_and_one_decryption_at_a_time() {
    let (module, session, key) = start();
    begin(&module, session, key);
    assert_eq!(
        code(module.encrypt_init(session, plain(CKM_AES_ECB), key)),
        CKR_OPERATION_ACTIVE
    );
    assert_eq!(
        code(module.decrypt_init(session, plain(CKM_AES_ECB), key)),
        CKR_OK
    );
}

#[test]
fn final_without_update_ends_an_empty_message() {
    let (module, session, key) = start();
    begin(&module, session, key);
    assert_eq!(
        bytes(module.encrypt_final(session, ROOMY).unwrap()).len(),
        16
    );
}

#[test]
fn the_key_must_allow_the_use() {
    let (module, session, _) = start();
    let key = aes_key(
        &module,
        session,
        &[7; 16],
        &[(CKA_ENCRYPT, FALSE), (CKA_DECRYPT, FALSE)],
    )
    .unwrap();
    let refused = CKR_KEY_FUNCTION_NOT_PERMITTED;
    assert_eq!(
        code(module.encrypt_init(session, plain(CKM_AES_ECB), key)),
        refused
    );
    assert_eq!(
        code(module.decrypt_init(session, plain(CKM_AES_ECB), key)),
        refused
    );
}

#[test]
fn mechanism_and_key_must_fit() {
    let (module, session, key) = start();
    for wrong in [CKM_SHA256, CKM_AES_KEY_GEN, CKM_SHA256_HMAC] {
        assert_eq!(
            code(module.encrypt_init(session, plain(wrong), key)),
            CKR_MECHANISM_INVALID
        );
    }
    let object = data(&module, session, &[]).unwrap();
    assert_eq!(
        code(module.encrypt_init(session, plain(CKM_AES_ECB), object)),
        CKR_KEY_HANDLE_INVALID
    );
    assert_eq!(
        code(module.encrypt_init(session, plain(CKM_AES_ECB), ObjectHandle(0))),
        CKR_KEY_HANDLE_INVALID
    );
    let hmac = crate::support::hmac_key(&module, session, &[1; 32]).unwrap();
    assert_eq!(
        code(module.encrypt_init(session, plain(CKM_AES_ECB), hmac)),
        CKR_KEY_TYPE_INCONSISTENT
    );
}
