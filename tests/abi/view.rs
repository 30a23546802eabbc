// SPDX-License-Identifier: MIT OR Apache-2.0
//! The forms of attributes that the configuration chooses, as a C program reads them.
//!
//! Source: PKCS#11 v3.2, "C_GetAttributeValue", "Edwards EC public key objects", "Common key
//! attributes".

use std::ptr::null_mut;

use cryptoki_sys::{
    CK_ATTRIBUTE, CK_C_INITIALIZE_ARGS, CK_OBJECT_HANDLE, CK_SESSION_HANDLE, CK_ULONG,
    CK_UNAVAILABLE_INFORMATION, CKA_ALLOWED_MECHANISMS, CKA_EC_PARAMS, CKA_EC_POINT,
    CKM_EC_EDWARDS_KEY_PAIR_GEN, CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL, CKR_OK,
};

use crate::library::{Module, call, isolated, mechanism, ok};

/// OBJECT IDENTIFIER id-Ed25519, 1.3.101.112 (RFC 8410)
const ED25519: [u8; 5] = [6, 3, 0x2b, 0x65, 0x70];

fn bytes(id: CK_ULONG, value: &mut [u8]) -> CK_ATTRIBUTE {
    CK_ATTRIBUTE {
        type_: id,
        pValue: value.as_mut_ptr().cast(),
        ulValueLen: value.len() as CK_ULONG,
    }
}

/// Starts with this configuration and makes a key pair; gives the session and the public key.
fn start(module: &Module, configuration: &std::ffi::CStr) -> (CK_SESSION_HANDLE, CK_OBJECT_HANDLE) {
    let mut args = CK_C_INITIALIZE_ARGS {
        pReserved: configuration.as_ptr().cast_mut().cast(),
        ..CK_C_INITIALIZE_ARGS::default()
    };
    ok!(module, C_Initialize((&raw mut args).cast()));
    let session = module.logged_in();
    let mut curve = ED25519;
    let mut public = bytes(CKA_EC_PARAMS, &mut curve);
    let mut how = mechanism(CKM_EC_EDWARDS_KEY_PAIR_GEN);
    let (mut open, mut secret) = (0, 0);
    ok!(
        module,
        C_GenerateKeyPair(
            session,
            &mut how,
            &mut public,
            1,
            null_mut(),
            0,
            &mut open,
            &mut secret
        )
    );
    (session, open)
}

fn count(module: &Module, session: CK_SESSION_HANDLE, mut wanted: CK_ATTRIBUTE) -> CK_ULONG {
    let (mut found, mut count) = ([0; 10], 0);
    ok!(module, C_FindObjectsInit(session, &mut wanted, 1));
    ok!(
        module,
        C_FindObjects(session, found.as_mut_ptr(), 10, &mut count)
    );
    ok!(module, C_FindObjectsFinal(session));
    count
}

isolated! {
    fn attributes_are_shown_in_the_forms_of_the_configuration() {
        let module = Module::load();
        for (configuration, len, list) in [
            (c"store=memory:", 34, CK_UNAVAILABLE_INFORMATION),
            (c"store=memory: ec_point=raw allowed_mechanisms=empty", 32, 0),
        ] {
            let (session, key) = start(&module, configuration);
            let mut room = [0xaa; 40];
            let mut template = [
                bytes(CKA_EC_POINT, &mut room),
                bytes(CKA_ALLOWED_MECHANISMS, &mut []),
            ];
            let place = template.as_mut_ptr();
            let rv = call!(module, C_GetAttributeValue(session, key, place, 2));
            let expected = if list == 0 { CKR_OK } else { CKR_ATTRIBUTE_TYPE_INVALID };
            assert_eq!(rv, expected);
            assert_eq!((template[0].ulValueLen, template[1].ulValueLen), (len, list));
            let (point, rest) = room.split_at(len as usize);
            assert!(rest.iter().all(|byte| *byte == 0xaa));

            // The length, and too little room.
            let mut asked = CK_ATTRIBUTE { type_: CKA_EC_POINT, pValue: null_mut(), ulValueLen: 0 };
            ok!(module, C_GetAttributeValue(session, key, &mut asked, 1));
            assert_eq!(asked.ulValueLen, len);
            let mut little = [0; 31];
            let mut asked = bytes(CKA_EC_POINT, &mut little);
            let rv = call!(module, C_GetAttributeValue(session, key, &mut asked, 1));
            assert_eq!(rv, CKR_BUFFER_TOO_SMALL);

            let mut raw = point[point.len() - 32..].to_vec();
            let mut der = [&[4, 32][..], &raw].concat();
            for form in [&mut raw, &mut der] {
                assert_eq!(count(&module, session, bytes(CKA_EC_POINT, form)), 1);
            }
            let keys = count(&module, session, bytes(CKA_ALLOWED_MECHANISMS, &mut []));
            assert_eq!(keys, if list == 0 { 2 } else { 0 });
            ok!(module, C_Finalize(null_mut()));
        }
    }
}
