// SPDX-License-Identifier: MIT OR Apache-2.0
//! Parameters that are written to: nonce and tag of a message and of a wrapped key.
//!
//! Source: PKCS#11 v3.2, "AES-GCM Authenticated Encryption / Decryption", "AES-GCM Authenticated
//! Wrap / Unwrap".
#![allow(
    unused_assignments,
    reason = "the library reads what was written, through pointers"
)]

use std::ptr::null_mut;

use cryptoki_sys::{
    CK_BBOOL, CK_GCM_MESSAGE_PARAMS, CK_GCM_WRAP_PARAMS, CK_MECHANISM, CK_OBJECT_HANDLE,
    CK_SESSION_HANDLE, CK_ULONG, CKA_CLASS, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_TOKEN, CKA_UNWRAP,
    CKA_VALUE_LEN, CKA_WRAP, CKF_END_OF_MESSAGE, CKG_GENERATE, CKG_GENERATE_COUNTER,
    CKG_NO_GENERATE, CKK_AES, CKM_AES_GCM, CKM_AES_KEY_GEN, CKM_SHA256_HMAC, CKO_SECRET_KEY,
    CKR_AEAD_DECRYPT_FAILED, CKR_ARGUMENTS_BAD, CKR_BUFFER_TOO_SMALL, CKR_MECHANISM_PARAM_INVALID,
    CKR_OPERATION_NOT_INITIALIZED,
};

use crate::library::{Module, attribute, call, isolated, mechanism, ok};

const SIZE: CK_ULONG = size_of::<CK_GCM_MESSAGE_PARAMS>() as CK_ULONG;

fn params(generator: CK_ULONG, iv: &mut [u8], tag: &mut [u8]) -> CK_GCM_MESSAGE_PARAMS {
    CK_GCM_MESSAGE_PARAMS {
        pIv: iv.as_mut_ptr(),
        ulIvLen: iv.len() as CK_ULONG,
        ulIvFixedBits: 32,
        ivGenerator: generator,
        pTag: tag.as_mut_ptr(),
        ulTagBits: 8 * tag.len() as CK_ULONG,
    }
}

fn decrypt(
    module: &Module,
    session: CK_SESSION_HANDLE,
    given: &mut CK_GCM_MESSAGE_PARAMS,
    sealed: &[u8],
) -> (CK_ULONG, Vec<u8>) {
    let mut aad = *b"aad";
    let mut text = sealed.to_vec();
    let mut len = text.len() as CK_ULONG;
    let place = text.as_mut_ptr();
    let given = std::ptr::from_mut(given).cast();
    // In place: the ciphertext is where the plaintext goes.
    let rv = call!(
        module,
        C_DecryptMessage(
            session,
            given,
            SIZE,
            aad.as_mut_ptr(),
            3,
            place,
            len,
            place,
            &mut len
        )
    );
    (rv, text)
}

isolated! {
    fn nonce_and_tag_go_through_the_parameter() {
        let module = Module::started();
        let session = module.logged_in();
        let key = module.aes_key(session);
        let mut how = mechanism(CKM_AES_GCM);
        ok!(module, C_MessageEncryptInit(session, &mut how, key));
        ok!(module, C_MessageDecryptInit(session, &mut how, key));
        let (mut iv, mut tag) = ([0xaa_u8; 12], [0_u8; 16]);
        let mut given = params(CKG_GENERATE_COUNTER, &mut iv, &mut tag);
        let (mut aad, mut text, mut sealed) = (*b"aad", *b"some text", [0_u8; 9]);
        let mut len: CK_ULONG = 8;
        let small = call!(module, C_EncryptMessage(
            session, (&raw mut given).cast(), SIZE, aad.as_mut_ptr(), 3,
            text.as_mut_ptr(), 9, sealed.as_mut_ptr(), &mut len
        ));
        assert_eq!((small, len, iv, tag), (CKR_BUFFER_TOO_SMALL, 9, [0xaa; 12], [0; 16]));
        ok!(module, C_EncryptMessage(
            session, (&raw mut given).cast(), SIZE, aad.as_mut_ptr(), 3,
            text.as_mut_ptr(), 9, sealed.as_mut_ptr(), &mut len
        ));
        assert_eq!(iv, [0xaa, 0xaa, 0xaa, 0xaa, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_ne!(tag, [0; 16]);
        assert_eq!(decrypt(&module, session, &mut given, &sealed), (0, text.to_vec()));
        tag[3] ^= 1;
        let (rv, untouched) = decrypt(&module, session, &mut given, &sealed);
        assert_eq!((rv, untouched), (CKR_AEAD_DECRYPT_FAILED, sealed.to_vec()));
        ok!(module, C_MessageEncryptFinal(session));
        ok!(module, C_MessageDecryptFinal(session));
    }
}

isolated! {
    fn a_message_in_parts_needs_its_tag_at_the_end_only() {
        let module = Module::started();
        let session = module.logged_in();
        let key = module.aes_key(session);
        let mut how = mechanism(CKM_AES_GCM);
        ok!(module, C_MessageEncryptInit(session, &mut how, key));
        let (mut iv, mut tag) = ([0_u8; 12], [0_u8; 12]);
        let mut given = params(CKG_GENERATE, &mut iv, &mut tag);
        given.pTag = null_mut();
        let place = (&raw mut given).cast();
        ok!(module, C_EncryptMessageBegin(session, place, SIZE, null_mut(), 0));
        assert_ne!(iv, [0; 12]);
        let (mut text, mut sealed, mut len) = (*b"abcdef", [0_u8; 6], 6);
        let (input, output) = (text.as_mut_ptr(), sealed.as_mut_ptr());
        ok!(module, C_EncryptMessageNext(session, null_mut(), 0, input, 2, output, &mut len, 0));
        assert_eq!(len, 2);
        len = 4;
        let (input, output) = (unsafe { input.add(2) }, unsafe { output.add(2) });
        given.pTag = tag.as_mut_ptr();
        let last = CKF_END_OF_MESSAGE;
        ok!(module, C_EncryptMessageNext(session, place, SIZE, input, 4, output, &mut len, last));
        assert_ne!(tag, [0; 12]);

        ok!(module, C_MessageDecryptInit(session, &mut how, key));
        ok!(module, C_DecryptMessageBegin(session, place, SIZE, null_mut(), 0));
        let (mut back, mut len) = ([0_u8; 6], 6);
        let (input, output) = (sealed.as_mut_ptr(), back.as_mut_ptr());
        ok!(module, C_DecryptMessageNext(session, place, SIZE, input, 6, output, &mut len, last));
        assert_eq!(back, text);
    }
}

isolated! {
    fn bad_arguments_of_a_part_end_the_message_and_keep_the_process() {
        let module = Module::started();
        let session = module.logged_in();
        let key = module.aes_key(session);
        let mut how = mechanism(CKM_AES_GCM);
        ok!(module, C_MessageEncryptInit(session, &mut how, key));
        let (mut iv, mut tag) = ([0_u8; 12], [0_u8; 16]);
        let mut given = params(CKG_NO_GENERATE, &mut iv, &mut tag);
        let place = (&raw mut given).cast();
        let begin = || call!(module, C_EncryptMessageBegin(session, place, SIZE, null_mut(), 0));
        assert_eq!(begin(), 0);
        let next = || call!(
            module,
            C_EncryptMessageNext(session, null_mut(), 0, null_mut(), 0, null_mut(), null_mut(), 0)
        );
        assert_eq!(next(), CKR_ARGUMENTS_BAD);
        let none = CKR_OPERATION_NOT_INITIALIZED;
        let mut len = 0;
        let mut byte = 0_u8;
        let over = call!(
            module,
            C_EncryptMessageNext(session, null_mut(), 0, null_mut(), 0, &mut byte, &mut len, 0)
        );
        assert_eq!(over, none);
        assert_eq!(begin(), 0);
        let wrong = call!(module, C_EncryptMessageBegin(session, place, 40, null_mut(), 0));
        assert_eq!(wrong, CKR_MECHANISM_PARAM_INVALID);
    }
}

isolated! {
    fn signed_messages_take_no_parameter() {
        let module = Module::started();
        let session = module.logged_in();
        let key = module.aes_key(session);
        let mut how = mechanism(CKM_SHA256_HMAC);
        let _ = call!(module, C_MessageSignInit(session, &mut how, key));
        let mut byte = 0_u8;
        let given = (&raw mut byte).cast();
        let refused = call!(module, C_SignMessageBegin(session, given, 1));
        assert_eq!(refused, CKR_MECHANISM_PARAM_INVALID);
    }
}

fn keys(module: &Module, session: CK_SESSION_HANDLE) -> [CK_OBJECT_HANDLE; 2] {
    let (len, yes, no): (CK_ULONG, CK_BBOOL, CK_BBOOL) = (32, 1, 0);
    [CKA_WRAP, CKA_EXTRACTABLE].map(|more| {
        let mut template = [
            attribute(CKA_VALUE_LEN, &len),
            attribute(CKA_TOKEN, &no),
            attribute(CKA_UNWRAP, &yes),
            attribute(more, &yes),
        ];
        let (mut how, mut key) = (mechanism(CKM_AES_KEY_GEN), 0);
        let list = template.as_mut_ptr();
        ok!(module, C_GenerateKey(session, &mut how, list, 4, &mut key));
        key
    })
}

isolated! {
    fn a_wrapped_key_has_its_tag_beside_or_behind_it() {
        let module = Module::started();
        let session = module.logged_in();
        let [by, key] = keys(&module, session);
        let (class, kind): (CK_ULONG, CK_ULONG) = (CKO_SECRET_KEY, CKK_AES);
        let mut template = [attribute(CKA_CLASS, &class), attribute(CKA_KEY_TYPE, &kind)];
        let list = template.as_mut_ptr();
        let (mut iv, mut tag, mut aad) = ([0_u8; 12], [0_u8; 16], *b"aad");
        let (mut wrapped, mut len, mut back) = ([0_u8; 48], 32, 0);
        let place = wrapped.as_mut_ptr();
        let mut given = params(CKG_GENERATE, &mut iv, &mut tag);
        let mut how = CK_MECHANISM {
            mechanism: CKM_AES_GCM,
            pParameter: (&raw mut given).cast(),
            ulParameterLen: SIZE,
        };
        let more = aad.as_mut_ptr();
        ok!(module, C_WrapKeyAuthenticated(session, &mut how, by, key, more, 3, place, &mut len));
        assert_ne!((iv, tag), ([0; 12], [0; 16]));
        ok!(module, C_UnwrapKeyAuthenticated(
            session, &mut how, by, place, len, list, 2, more, 3, &mut back
        ));
        let mut given = CK_GCM_WRAP_PARAMS {
            pIv: iv.as_mut_ptr(),
            ulIvLen: 12,
            ulIvFixedBits: 0,
            ivGenerator: CKG_GENERATE,
            pAAD: more,
            ulAADLen: 3,
            ulTagBits: 128,
        };
        how.pParameter = (&raw mut given).cast();
        how.ulParameterLen = size_of_val(&given) as CK_ULONG;
        let before = iv;
        len = 48;
        ok!(module, C_WrapKey(session, &mut how, by, key, place, &mut len));
        assert_eq!(len, 48);
        assert_ne!(iv, before);
        ok!(module, C_UnwrapKey(session, &mut how, by, place, len, list, 2, &mut back));
    }
}
