// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Key management functions".

use keystead::mechanism::Params;
use keystead::module::Room;
use keystead::object::{Shown, read};
use keystead::pkcs11::ObjectHandle;
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_DERIVE, CKA_EC_PARAMS, CKA_EC_POINT, CKA_EXTRACTABLE, CKA_ID,
    CKA_KEY_GEN_MECHANISM, CKA_KEY_TYPE, CKA_LOCAL, CKA_PRIVATE, CKA_SENSITIVE, CKA_TOKEN,
    CKA_VALUE, CKA_VALUE_LEN, CKA_WRAP,
};
use keystead::pkcs11::class::CKO_SECRET_KEY;
use keystead::pkcs11::kdf::CKD_NULL;
use keystead::pkcs11::key_type::CKK_AES;
use keystead::pkcs11::mechanism::{
    CKM_AES_ECB, CKM_AES_KEY_GEN, CKM_AES_KEY_WRAP, CKM_EC_KEY_PAIR_GEN, CKM_ECDH1_DERIVE,
    CKM_SHA256,
};
use keystead::pkcs11::rv::{
    CKR_BUFFER_TOO_SMALL, CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_KEY_HANDLE_INVALID,
    CKR_KEY_UNEXTRACTABLE, CKR_MECHANISM_INVALID, CKR_OK, CKR_SESSION_READ_ONLY,
    CKR_TEMPLATE_INCONSISTENT, CKR_UNWRAPPING_KEY_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN,
    CKR_WRAPPING_KEY_HANDLE_INVALID, CKR_WRAPPING_KEY_TYPE_INCONSISTENT,
};

use crate::support::{
    FALSE, RO, ROOMY, RW, SLOT, TRUE, aes_key, bytes, code, hmac_key, length, ready, row, search,
    stored_key, template, user,
};

/// The object identifier of P-256.
const P_256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

#[test]
fn a_generated_key_is_local_and_knows_its_mechanism() {
    let module = ready();
    let session = user(&module);
    let key = stored_key(&module, session, b"k").unwrap();
    let object = module.object(session, key).unwrap();
    let attributes = object.attributes();
    assert!(attributes.is_true(CKA_LOCAL));
    assert_eq!(
        attributes.ulong(CKA_KEY_GEN_MECHANISM),
        Some(CKM_AES_KEY_GEN.0)
    );
}

#[test]
fn a_public_read_only_session_generates_public_session_keys() {
    let module = ready();
    let session = module.open_session(SLOT, RO).unwrap();
    let len = 16_u64.to_ne_bytes();
    let generate = |more: &[(keystead::pkcs11::AttributeType, &[u8])]| {
        let mut entries = vec![(CKA_VALUE_LEN, &len[..])];
        entries.extend_from_slice(more);
        code(module.generate_key(
            session,
            row(CKM_AES_KEY_GEN),
            &Params::None,
            &template(&entries),
        ))
    };
    assert_eq!(generate(&[(CKA_PRIVATE, FALSE)]), CKR_OK);
    assert_eq!(generate(&[(CKA_PRIVATE, TRUE)]), CKR_USER_NOT_LOGGED_IN);
    assert_eq!(
        generate(&[(CKA_PRIVATE, FALSE), (CKA_TOKEN, TRUE)]),
        CKR_SESSION_READ_ONLY
    );
}

#[test]
fn the_mechanism_fixes_class_and_key_type() {
    let module = ready();
    let session = user(&module);
    let len = 16_u64.to_ne_bytes();
    let wrong = keystead::pkcs11::key_type::CKK_RSA.0.to_ne_bytes();
    let wanted = template(&[(CKA_VALUE_LEN, &len), (CKA_KEY_TYPE, &wrong)]);
    assert_eq!(
        code(module.generate_key(session, row(CKM_AES_KEY_GEN), &Params::None, &wanted)),
        CKR_TEMPLATE_INCONSISTENT
    );
    assert_eq!(
        code(module.generate_key(session, row(CKM_SHA256), &Params::None, &template(&[]))),
        CKR_MECHANISM_INVALID
    );
}

#[test]
fn a_key_pair_is_made_whole_or_not_at_all() {
    let module = ready();
    let session = user(&module);
    let generate = |private: &[(keystead::pkcs11::AttributeType, &[u8])]| {
        module.generate_key_pair(
            session,
            row(CKM_EC_KEY_PAIR_GEN),
            &Params::None,
            &template(&[(CKA_EC_PARAMS, P_256), (CKA_TOKEN, TRUE), (CKA_ID, b"p")]),
            &template(private),
        )
    };
    let wrong = CKO_SECRET_KEY.0.to_ne_bytes();
    assert_ne!(code(generate(&[(CKA_CLASS, &wrong)])), CKR_OK);
    assert!(search(&module, session, &[]).is_empty());
    let (public, private) = generate(&[(CKA_TOKEN, TRUE), (CKA_ID, b"p")]).unwrap();
    assert_eq!(
        search(&module, session, &[(CKA_ID, b"p")]),
        [public, private]
    );
    // A half in the session and a half in the token is fine, too.
    let (_, volatile) = generate(&[(CKA_TOKEN, FALSE)]).unwrap();
    module.close_session(session).unwrap();
    let session = user(&module);
    assert_eq!(search(&module, session, &[]).len(), 3);
    assert_ne!(code(module.object(session, volatile)), CKR_OK);
}

#[test]
fn a_wrapped_key_comes_back() {
    let module = ready();
    let session = user(&module);
    let wrapping = aes_key(&module, session, &[1; 16], &[]).unwrap();
    let secret = [2; 32];
    let key = aes_key(
        &module,
        session,
        &secret,
        &[(CKA_EXTRACTABLE, TRUE), (CKA_SENSITIVE, TRUE)],
    )
    .unwrap();
    let wrap = |room| {
        module.wrap_key(
            session,
            row(CKM_AES_KEY_WRAP),
            &Params::None,
            wrapping,
            key,
            room,
        )
    };
    let needed = length(wrap(Room::Query).unwrap());
    assert_eq!(code(wrap(Room::Bytes(needed - 1))), CKR_BUFFER_TOO_SMALL);
    let wrapped = bytes(wrap(Room::Bytes(needed)).unwrap());
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let key_type = CKK_AES.0.to_ne_bytes();
    let back = module
        .unwrap_key(
            session,
            row(CKM_AES_KEY_WRAP),
            &Params::None,
            wrapping,
            &wrapped,
            &template(&[
                (CKA_CLASS, &class),
                (CKA_KEY_TYPE, &key_type),
                (CKA_SENSITIVE, FALSE),
                (CKA_EXTRACTABLE, TRUE),
            ]),
        )
        .unwrap();
    let back = module.object(session, back).unwrap();
    let Shown::Bytes(value) = read(&back, CKA_VALUE).unwrap() else {
        panic!("a template");
    };
    assert_eq!(*value, secret);
}

#[test]
fn wrapping_keys_and_wrapped_keys_have_codes_of_their_own() {
    let module = ready();
    let session = user(&module);
    let wrapping = aes_key(&module, session, &[1; 16], &[]).unwrap();
    let key = aes_key(&module, session, &[2; 16], &[(CKA_EXTRACTABLE, TRUE)]).unwrap();
    let locked = aes_key(&module, session, &[2; 16], &[(CKA_EXTRACTABLE, FALSE)]).unwrap();
    let idle = aes_key(&module, session, &[2; 16], &[(CKA_WRAP, FALSE)]).unwrap();
    let other = hmac_key(&module, session, &[3; 32]).unwrap();
    let none = ObjectHandle(0);
    let wrap = |wrapping, key| {
        let row = row(CKM_AES_KEY_WRAP);
        code(module.wrap_key(session, row, &Params::None, wrapping, key, ROOMY))
    };
    assert_eq!(wrap(wrapping, key), CKR_OK);
    assert_eq!(wrap(none, key), CKR_WRAPPING_KEY_HANDLE_INVALID);
    assert_eq!(wrap(wrapping, none), CKR_KEY_HANDLE_INVALID);
    assert_eq!(wrap(wrapping, locked), CKR_KEY_UNEXTRACTABLE);
    assert_eq!(wrap(idle, key), CKR_KEY_FUNCTION_NOT_PERMITTED);
    assert_eq!(wrap(other, key), CKR_WRAPPING_KEY_TYPE_INCONSISTENT);
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let key_type = CKK_AES.0.to_ne_bytes();
    assert_eq!(
        code(module.unwrap_key(
            session,
            row(CKM_AES_KEY_WRAP),
            &Params::None,
            none,
            &[0; 24],
            &template(&[(CKA_CLASS, &class), (CKA_KEY_TYPE, &key_type)]),
        )),
        CKR_UNWRAPPING_KEY_HANDLE_INVALID
    );
}

#[test]
fn a_mechanism_that_derives_nothing_is_invalid() {
    let module = ready();
    let session = module.open_session(SLOT, RW).unwrap();
    let key = aes_key(&module, session, &[1; 16], &[]).unwrap();
    assert_eq!(
        code(module.derive_key(
            session,
            row(CKM_AES_ECB),
            &Params::None,
            key,
            &template(&[])
        )),
        CKR_MECHANISM_INVALID
    );
}

#[test]
fn two_sides_derive_the_same_key() {
    let module = ready();
    let session = user(&module);
    let pair = || {
        module
            .generate_key_pair(
                session,
                row(CKM_EC_KEY_PAIR_GEN),
                &Params::None,
                &template(&[(CKA_EC_PARAMS, P_256)]),
                &template(&[(CKA_DERIVE, TRUE)]),
            )
            .unwrap()
    };
    let (one, two) = (pair(), pair());
    let point = |public| {
        let object = module.object(session, public).unwrap();
        object.attributes().bytes(CKA_EC_POINT).unwrap().to_vec()
    };
    let derive = |private, public: &[u8], len: u64| {
        let len = len.to_ne_bytes();
        let key_type = CKK_AES.0.to_ne_bytes();
        let params = Params::Ecdh1 {
            kdf: CKD_NULL,
            shared: &[],
            public,
        };
        let wanted = template(&[
            (CKA_KEY_TYPE, &key_type),
            (CKA_VALUE_LEN, &len),
            (CKA_SENSITIVE, FALSE),
            (CKA_EXTRACTABLE, TRUE),
        ]);
        let row = row(CKM_ECDH1_DERIVE);
        let key = module
            .derive_key(session, row, &params, private, &wanted)
            .unwrap();
        let object = module.object(session, key).unwrap();
        object.attributes().bytes(CKA_VALUE).unwrap().to_vec()
    };
    let here = derive(one.1, &point(two.0), 32);
    let there = derive(two.1, &point(one.0), 32);
    assert_eq!(here, there);
    assert_eq!(here.len(), 32);
    assert_eq!(derive(one.1, &point(two.0), 16).len(), 16);
}
