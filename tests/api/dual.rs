// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Dual-function cryptographic functions".

use keystead::module::Room;
use keystead::pkcs11::mechanism::{CKM_AES_ECB, CKM_SHA256, CKM_SHA256_HMAC};
use keystead::pkcs11::rv::{CKR_BUFFER_TOO_SMALL, CKR_OK, CKR_OPERATION_NOT_INITIALIZED};

use crate::support::{RO, ROOMY, SLOT, aes_key, bytes, code, hmac_key, length, plain, ready};

#[test]
fn both_operations_see_the_plaintext_once() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    let key = aes_key(&module, session, &[7; 16], &[]).unwrap();
    let mac_key = hmac_key(&module, session, &[1; 32]).unwrap();
    let plaintext = [5; 32];

    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    let digest = bytes(module.digest(session, &plaintext, ROOMY).unwrap());
    module
        .encrypt_init(session, plain(CKM_AES_ECB), key)
        .unwrap();
    let ciphertext = bytes(module.encrypt(session, &plaintext, ROOMY).unwrap());
    module
        .sign_init(session, plain(CKM_SHA256_HMAC), mac_key)
        .unwrap();
    let mac = bytes(module.sign(session, &plaintext, ROOMY).unwrap());

    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    module
        .encrypt_init(session, plain(CKM_AES_ECB), key)
        .unwrap();
    let query = module.digest_encrypt_update(session, &plaintext, Room::Query);
    assert_eq!(length(query.unwrap()), 32);
    assert_eq!(
        code(module.digest_encrypt_update(session, &plaintext, Room::Bytes(31))),
        CKR_BUFFER_TOO_SMALL
    );
    let output = module.digest_encrypt_update(session, &plaintext, ROOMY);
    assert_eq!(bytes(output.unwrap()), ciphertext);
    assert_eq!(bytes(module.digest_final(session, ROOMY).unwrap()), digest);
    assert_eq!(bytes(module.encrypt_final(session, ROOMY).unwrap()), b"");

    module
        .sign_init(session, plain(CKM_SHA256_HMAC), mac_key)
        .unwrap();
    module
        .encrypt_init(session, plain(CKM_AES_ECB), key)
        .unwrap();
    let output = module.sign_encrypt_update(session, &plaintext, ROOMY);
    assert_eq!(bytes(output.unwrap()), ciphertext);
    assert_eq!(bytes(module.sign_final(session, ROOMY).unwrap()), mac);
    assert_eq!(bytes(module.encrypt_final(session, ROOMY).unwrap()), b"");

    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    module
        .decrypt_init(session, plain(CKM_AES_ECB), key)
        .unwrap();
    let output = module.decrypt_digest_update(session, &ciphertext, ROOMY);
    assert_eq!(bytes(output.unwrap()), plaintext);
    assert_eq!(bytes(module.digest_final(session, ROOMY).unwrap()), digest);
    assert_eq!(bytes(module.decrypt_final(session, ROOMY).unwrap()), b"");

    module
        .verify_init(session, plain(CKM_SHA256_HMAC), mac_key)
        .unwrap();
    module
        .decrypt_init(session, plain(CKM_AES_ECB), key)
        .unwrap();
    let output = module.decrypt_verify_update(session, &ciphertext, ROOMY);
    assert_eq!(bytes(output.unwrap()), plaintext);
    assert_eq!(code(module.verify_final(session, &mac)), CKR_OK);
    assert_eq!(bytes(module.decrypt_final(session, ROOMY).unwrap()), b"");
}

#[test]
fn a_dual_function_without_its_pair_moves_neither() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    module.digest_init(session, plain(CKM_SHA256)).unwrap();
    assert_eq!(
        code(module.digest_encrypt_update(session, &[0; 16], ROOMY)),
        CKR_OPERATION_NOT_INITIALIZED
    );
    assert_eq!(code(module.digest(session, b"abc", ROOMY)), CKR_OK);
}
