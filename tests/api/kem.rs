// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Key management functions": `C_EncapsulateKey` and `C_DecapsulateKey`.

use keystead::mechanism::Params;
use keystead::module::Room;
use keystead::pkcs11::attribute::{
    CKA_ALWAYS_AUTHENTICATE, CKA_DECAPSULATE, CKA_EC_PARAMS, CKA_ENCAPSULATE, CKA_EXTRACTABLE,
    CKA_KEY_TYPE, CKA_MODULUS_BITS, CKA_PARAMETER_SET, CKA_SENSITIVE, CKA_VALUE, CKA_VALUE_LEN,
};
use keystead::pkcs11::kdf::CKD_NULL;
use keystead::pkcs11::key_type::{CKK_AES, CKK_GENERIC_SECRET};
use keystead::pkcs11::mechanism::{
    CKM_EC_KEY_PAIR_GEN, CKM_ECDH1_DERIVE, CKM_ML_KEM, CKM_ML_KEM_KEY_PAIR_GEN,
    CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_RSA_X_509,
};
use keystead::pkcs11::rv::{
    CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_KEY_SIZE_RANGE, CKR_OK, CKR_TEMPLATE_INCONSISTENT,
};

use crate::support::{FALSE, TRUE, code, ready, row, template, user};

#[test]
fn a_secret_key_takes_the_first_bytes_of_the_shared_secret() {
    let module = ready();
    let session = user(&module);
    let set = 2_u64.to_ne_bytes();
    let (public, private) = module
        .generate_key_pair(
            session,
            row(CKM_ML_KEM_KEY_PAIR_GEN),
            &Params::None,
            &template(&[(CKA_PARAMETER_SET, &set)]),
            &template(&[]),
        )
        .unwrap();
    let mechanism = row(CKM_ML_KEM);
    let encapsulate = |key_type: u64, len: u64| {
        let (key_type, len) = (key_type.to_ne_bytes(), len.to_ne_bytes());
        let wanted = template(&[
            (CKA_KEY_TYPE, &key_type),
            (CKA_VALUE_LEN, &len),
            (CKA_SENSITIVE, FALSE),
            (CKA_EXTRACTABLE, TRUE),
        ]);
        module.encapsulate_key(
            session,
            mechanism,
            &Params::None,
            public,
            &wanted,
            Room::Bytes(2000),
        )
    };
    let value = |key| {
        let object = module.object(session, key).unwrap();
        object.attributes().bytes(CKA_VALUE).unwrap().to_vec()
    };
    for len in [16, 24, 32] {
        let (ciphertext, sent) = encapsulate(CKK_AES.0, len).unwrap();
        let whole = template(&[(CKA_SENSITIVE, FALSE), (CKA_EXTRACTABLE, TRUE)]);
        let received = module
            .decapsulate_key(
                session,
                mechanism,
                &Params::None,
                private,
                &whole,
                ciphertext.expose(),
            )
            .unwrap();
        let (sent, received) = (value(sent), value(received));
        assert_eq!((sent.len() as u64, received.len()), (len, 32));
        assert!(received.starts_with(&sent));
    }
    // A value of a few bytes can be guessed, and with it the next ones.
    for len in [1, 15, 33] {
        let refused = encapsulate(CKK_GENERIC_SECRET.0, len);
        assert_eq!(code(refused), CKR_TEMPLATE_INCONSISTENT);
    }
}

#[test]
fn an_agreed_key_is_too_long_to_be_guessed() {
    let module = ready();
    let session = user(&module);
    let curve = hex::decode("06082a8648ce3d030107").unwrap();
    let (public, _) = module
        .generate_key_pair(
            session,
            row(CKM_EC_KEY_PAIR_GEN),
            &Params::None,
            &template(&[(CKA_EC_PARAMS, &curve), (CKA_ENCAPSULATE, TRUE)]),
            &template(&[(CKA_DECAPSULATE, TRUE)]),
        )
        .unwrap();
    let key_type = CKK_GENERIC_SECRET.0.to_ne_bytes();
    for (len, answer) in [
        (1_u64, CKR_KEY_SIZE_RANGE),
        (15, CKR_KEY_SIZE_RANGE),
        (16, CKR_OK),
        (32, CKR_OK),
    ] {
        let len = len.to_ne_bytes();
        let wanted = template(&[(CKA_KEY_TYPE, &key_type), (CKA_VALUE_LEN, &len)]);
        let room = Room::Bytes(100);
        let params = Params::Ecdh1 {
            kdf: CKD_NULL,
            shared: b"",
            public: b"",
        };
        let row = row(CKM_ECDH1_DERIVE);
        let made = module.encapsulate_key(session, row, &params, public, &wanted, room);
        assert_eq!(code(made), answer, "{len:?}");
    }
}

#[test]
fn a_decapsulation_with_rsa_does_not_go_round_the_pin_of_each_use() {
    let module = ready();
    let session = user(&module);
    let bits = 2048_u64.to_ne_bytes();
    let pair = |always: &'static [u8]| {
        let pair = module.generate_key_pair(
            session,
            row(CKM_RSA_PKCS_KEY_PAIR_GEN),
            &Params::None,
            &template(&[(CKA_MODULUS_BITS, &bits)]),
            &template(&[(CKA_ALWAYS_AUTHENTICATE, always), (CKA_DECAPSULATE, TRUE)]),
        );
        pair.unwrap().1
    };
    let block = [&[0, 2][..], &[1; 254]].concat();
    for (always, answer) in [(FALSE, CKR_OK), (TRUE, CKR_KEY_FUNCTION_NOT_PERMITTED)] {
        let key = pair(always);
        let row = row(CKM_RSA_X_509);
        let wanted = template(&[]);
        let made = module.decapsulate_key(session, row, &Params::None, key, &wanted, &block);
        assert_eq!(code(made), answer);
    }
}
