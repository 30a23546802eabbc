// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Signing and MACing functions", "Functions for verifying signatures and MACs".

use keystead::module::Room;
use keystead::pkcs11::mechanism::{CKM_AES_ECB, CKM_SHA256_HMAC};
use keystead::pkcs11::rv::{
    CKR_BUFFER_TOO_SMALL, CKR_MECHANISM_INVALID, CKR_OK, CKR_OPERATION_ACTIVE,
    CKR_OPERATION_NOT_INITIALIZED, CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE,
};

use crate::support::{RO, ROOMY, SLOT, bytes, code, hmac_key, length, plain, ready};

/// RFC 4231, test case 1.
const KEY: [u8; 20] = [0x0b; 20];
const MAC: &str = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";

#[test]
fn a_mac_is_made_and_verified_whole_and_in_parts() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    let key = hmac_key(&module, session, &KEY).unwrap();
    let init = || module.sign_init(session, plain(CKM_SHA256_HMAC), key);
    init().unwrap();
    assert_eq!(code(init()), CKR_OPERATION_ACTIVE);
    assert_eq!(length(module.sign(session, b"", Room::Query).unwrap()), 32);
    assert_eq!(
        code(module.sign(session, b"Hi There", Room::Bytes(31))),
        CKR_BUFFER_TOO_SMALL
    );
    let mac = bytes(module.sign(session, b"Hi There", ROOMY).unwrap());
    assert_eq!(hex::encode(&mac), MAC);
    init().unwrap();
    module.sign_update(session, b"Hi ").unwrap();
    module.sign_update(session, b"There").unwrap();
    assert_eq!(bytes(module.sign_final(session, ROOMY).unwrap()), mac);

    let init = || module.verify_init(session, plain(CKM_SHA256_HMAC), key);
    init().unwrap();
    assert_eq!(code(module.verify(session, b"Hi There", &mac)), CKR_OK);
    init().unwrap();
    module.verify_update(session, b"Hi There").unwrap();
    assert_eq!(code(module.verify_final(session, &mac)), CKR_OK);
}

#[test]
fn every_verification_ends() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    let key = hmac_key(&module, session, &KEY).unwrap();
    let init = || module.verify_init(session, plain(CKM_SHA256_HMAC), key);
    init().unwrap();
    assert_eq!(
        code(module.verify(session, b"Hi There", &[0; 32])),
        CKR_SIGNATURE_INVALID
    );
    init().unwrap();
    assert_eq!(
        code(module.verify(session, b"Hi There", &[0; 31])),
        CKR_SIGNATURE_LEN_RANGE
    );
    assert_eq!(
        code(module.verify(session, b"Hi There", &[0; 32])),
        CKR_OPERATION_NOT_INITIALIZED
    );
}

#[test]
fn signing_without_an_operation_is_refused() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    let refused = CKR_OPERATION_NOT_INITIALIZED;
    assert_eq!(code(module.sign(session, b"", ROOMY)), refused);
    assert_eq!(code(module.sign_update(session, b"")), refused);
    assert_eq!(code(module.sign_final(session, ROOMY)), refused);
    assert_eq!(code(module.sign_recover(session, b"", ROOMY)), refused);
    assert_eq!(code(module.verify_recover(session, b"", ROOMY)), refused);
}

#[test]
fn a_mechanism_without_the_role_is_invalid() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    let key = hmac_key(&module, session, &KEY).unwrap();
    for init in [
        module.sign_init(session, plain(CKM_AES_ECB), key),
        module.verify_init(session, plain(CKM_AES_ECB), key),
        module.sign_recover_init(session, plain(CKM_SHA256_HMAC), key),
        module.verify_recover_init(session, plain(CKM_SHA256_HMAC), key),
    ] {
        assert_eq!(code(init), CKR_MECHANISM_INVALID);
    }
}

#[test]
fn threads_sign_in_sessions_of_their_own() {
    let module = ready();
    let owner = module.open_session(SLOT, RO).unwrap();
    let key = hmac_key(&module, owner, &KEY).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let session = module.open_session(SLOT, RO).unwrap();
                for _ in 0..200 {
                    module
                        .sign_init(session, plain(CKM_SHA256_HMAC), key)
                        .unwrap();
                    let mac = bytes(module.sign(session, b"Hi There", ROOMY).unwrap());
                    assert_eq!(hex::encode(mac), MAC);
                }
            });
        }
    });
}
