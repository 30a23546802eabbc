// SPDX-License-Identifier: MIT OR Apache-2.0
//! Asynchronous sessions: names, buffers, structures, and what outlives `C_Finalize`.
//!
//! Source: PKCS#11 v3.2, "Asynchronous function management functions".

use std::ptr::null_mut;

use cryptoki_sys::{
    CK_ASYNC_DATA, CK_BBOOL, CK_SESSION_HANDLE, CK_SESSION_INFO, CK_SLOT_ID, CK_TOKEN_INFO,
    CK_ULONG, CKA_CLASS, CKA_DECAPSULATE, CKA_EC_PARAMS, CKA_ENCAPSULATE, CKA_KEY_TYPE, CKA_LABEL,
    CKA_PARAMETER_SET, CKA_TOKEN, CKF_ASYNC_SESSION, CKF_ASYNC_SESSION_SUPPORTED, CKF_RW_SESSION,
    CKF_SERIAL_SESSION, CKK_GENERIC_SECRET, CKM_AES_CBC_PAD, CKM_AES_ECB, CKM_EC_KEY_PAIR_GEN,
    CKM_ML_KEM, CKM_ML_KEM_KEY_PAIR_GEN, CKM_SHA256, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY,
    CKO_SECRET_KEY, CKP_ML_KEM_512, CKR_ARGUMENTS_BAD, CKR_BUFFER_TOO_SMALL,
    CKR_ENCRYPTED_DATA_INVALID, CKR_OK, CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED,
    CKR_PENDING, CKR_SAVED_STATE_INVALID, CKR_SESSION_ASYNC_NOT_SUPPORTED,
    CKR_SESSION_HANDLE_INVALID,
};

use crate::library::{Module, attribute, call, isolated, mechanism, ok};

const ASYNC: CK_ULONG = CKF_SERIAL_SESSION | CKF_RW_SESSION | CKF_ASYNC_SESSION;

/// SHA-256("abc"), FIPS 180-4's example, its first bytes.
const ABC: [u8; 4] = [0xba, 0x78, 0x16, 0xbf];

/// Starts the library with asynchronous sessions.
fn willing() -> Module {
    let home = std::env::var("XDG_CONFIG_HOME").unwrap();
    let folder = std::path::Path::new(&home).join("keystead");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("keystead.toml"), "async_sessions = true\n").unwrap();
    Module::started()
}

fn open(module: &Module, slot: CK_SLOT_ID) -> CK_SESSION_HANDLE {
    let mut session = 0;
    ok!(
        module,
        C_OpenSession(slot, ASYNC, null_mut(), None, &mut session)
    );
    session
}

fn result() -> CK_ASYNC_DATA {
    CK_ASYNC_DATA {
        ulVersion: 0,
        pValue: null_mut(),
        ulValue: 77,
        hObject: 77,
        hAdditionalObject: 77,
    }
}

fn name(name: &std::ffi::CStr) -> *mut u8 {
    name.as_ptr().cast_mut().cast()
}

/// Begins SHA-256("abc") into this buffer.
fn pending_digest(module: &Module, session: CK_SESSION_HANDLE, into: &mut [u8]) {
    ok!(module, C_DigestInit(session, &mut mechanism(CKM_SHA256)));
    let mut message = *b"abc";
    let mut len = into.len() as CK_ULONG;
    let (from, to) = (message.as_mut_ptr(), into.as_mut_ptr());
    let rv = call!(module, C_Digest(session, from, 3, to, &mut len));
    assert_eq!(rv, CKR_PENDING);
}

isolated! {
    fn the_token_is_synchronous_unless_it_is_configured() {
        let module = Module::started();
        let slot = module.make_token();
        let mut session = 0;
        let rv = call!(module, C_OpenSession(slot, ASYNC, null_mut(), None, &mut session));
        assert_eq!(rv, CKR_SESSION_ASYNC_NOT_SUPPORTED);
        let mut info = CK_TOKEN_INFO::default();
        ok!(module, C_GetTokenInfo(slot, &mut info));
        assert_eq!(info.flags & CKF_ASYNC_SESSION_SUPPORTED, 0);
    }
}

isolated! {
    fn the_flags_say_so_where_it_is() {
        let module = willing();
        let slot = module.make_token();
        let mut info = CK_TOKEN_INFO::default();
        ok!(module, C_GetTokenInfo(slot, &mut info));
        assert_ne!(info.flags & CKF_ASYNC_SESSION_SUPPORTED, 0);
        let session = open(&module, slot);
        let mut info = CK_SESSION_INFO::default();
        ok!(module, C_GetSessionInfo(session, &mut info));
        assert_eq!(info.flags, ASYNC);
    }
}

isolated! {
    fn the_result_goes_into_the_buffer_of_the_call_and_no_further() {
        let module = willing();
        let session = open(&module, module.make_token());
        let mut digest = [9; 40];
        pending_digest(&module, session, &mut digest);
        assert_eq!(digest, [9; 40]);
        let mut data = result();
        ok!(module, C_AsyncComplete(session, name(c"C_Digest"), &mut data));
        assert_eq!(data.pValue, digest.as_mut_ptr());
        assert_eq!((data.ulVersion, data.ulValue), (0, 32));
        assert_eq!((data.hObject, data.hAdditionalObject), (0, 0));
        assert_eq!((&digest[..4], &digest[32..]), (&ABC[..], &[9; 8][..]));
        let rv = call!(module, C_AsyncComplete(session, name(c"C_Digest"), &mut data));
        assert_eq!(rv, CKR_OPERATION_NOT_INITIALIZED);
    }
}

isolated! {
    fn input_and_output_may_be_one_buffer() {
        let module = willing();
        let session = open(&module, module.make_token());
        module.log_in(session);
        let plainly = module.open({
            let mut info = CK_SESSION_INFO::default();
            ok!(module, C_GetSessionInfo(session, &mut info));
            info.slotID
        });
        let key = module.aes_key(plainly);
        let (mut apart, mut in_place) = ([0; 16], [6; 16]);
        let (from, mut len) = (in_place.as_mut_ptr(), 16);
        ok!(module, C_EncryptInit(plainly, &mut mechanism(CKM_AES_ECB), key));
        ok!(module, C_Encrypt(plainly, from, 16, apart.as_mut_ptr(), &mut len));
        ok!(module, C_EncryptInit(session, &mut mechanism(CKM_AES_ECB), key));
        let rv = call!(module, C_Encrypt(session, from, 16, from, &mut len));
        assert_eq!(rv, CKR_PENDING);
        ok!(module, C_AsyncComplete(session, name(c"C_Encrypt"), &mut result()));
        assert_eq!(in_place, apart);
    }
}

isolated! {
    fn lengths_and_small_buffers_are_answered_at_once() {
        let module = willing();
        let session = open(&module, module.make_token());
        ok!(module, C_DigestInit(session, &mut mechanism(CKM_SHA256)));
        let (mut message, mut small, mut len) = (*b"abc", [0; 31], 0);
        let from = message.as_mut_ptr();
        ok!(module, C_Digest(session, from, 3, null_mut(), &mut len));
        assert_eq!(len, 32);
        len = 31;
        let rv = call!(module, C_Digest(session, from, 3, small.as_mut_ptr(), &mut len));
        assert_eq!((rv, len), (CKR_BUFFER_TOO_SMALL, 32));
    }
}

isolated! {
    fn bad_arguments_leave_the_operation() {
        let module = willing();
        let session = open(&module, module.make_token());
        let mut digest = [0; 32];
        pending_digest(&module, session, &mut digest);
        let long = [b'C'; 200];
        let mut data = result();
        let mut later = CK_ASYNC_DATA { ulVersion: 1, ..result() };
        for (function, data, wanted) in [
            (null_mut(), &raw mut data, CKR_ARGUMENTS_BAD),
            (name(c"C_Digest"), null_mut(), CKR_ARGUMENTS_BAD),
            (name(c"C_Digest"), &raw mut later, CKR_ARGUMENTS_BAD),
            (name(c"C_DigestFinal"), &raw mut data, CKR_OPERATION_NOT_INITIALIZED),
            (name(c"C_Diges"), &raw mut data, CKR_OPERATION_NOT_INITIALIZED),
            (name(c"c_digest"), &raw mut data, CKR_OPERATION_NOT_INITIALIZED),
            (name(c""), &raw mut data, CKR_OPERATION_NOT_INITIALIZED),
            (name(c"\xff\xfe"), &raw mut data, CKR_OPERATION_NOT_INITIALIZED),
            (long.as_ptr().cast_mut(), &raw mut data, CKR_OPERATION_NOT_INITIALIZED),
        ] {
            assert_eq!(call!(module, C_AsyncComplete(session, function, data)), wanted);
        }
        assert_eq!((data.ulValue, later.ulValue), (77, 77));
        // A second call with a bad argument ends nothing that is pending.
        let rv = call!(module, C_Digest(session, null_mut(), 3, null_mut(), null_mut()));
        assert_eq!(rv, CKR_ARGUMENTS_BAD);
        let rv = call!(module, C_AsyncGetID(session, name(c"C_Digest"), null_mut()));
        assert_eq!(rv, CKR_ARGUMENTS_BAD);
        let rv = call!(module, C_AsyncComplete(0, name(c"C_Digest"), &mut data));
        assert_eq!(rv, CKR_SESSION_HANDLE_INVALID);
        ok!(module, C_AsyncComplete(session, name(c"C_Digest"), &mut data));
        assert_eq!(digest[..4], ABC);
    }
}

isolated! {
    fn an_error_gives_the_buffer_back() {
        let module = willing();
        let session = open(&module, module.make_token());
        module.log_in(session);
        let (len, yes): (CK_ULONG, CK_BBOOL) = (16, 1);
        let mut template = [
            attribute(cryptoki_sys::CKA_VALUE_LEN, &len),
            attribute(cryptoki_sys::CKA_DECRYPT, &yes),
        ];
        let mut how = mechanism(cryptoki_sys::CKM_AES_KEY_GEN);
        let mut key = 77;
        let list = template.as_mut_ptr();
        let rv = call!(module, C_GenerateKey(session, &mut how, list, 2, &mut key));
        assert_eq!((rv, key), (CKR_PENDING, 77));
        let mut data = result();
        ok!(module, C_AsyncComplete(session, name(c"C_GenerateKey"), &mut data));
        assert!(data.pValue.is_null());
        assert_eq!((data.ulValue, data.hAdditionalObject), (0, 0));
        let key = data.hObject;

        let mut iv = [0_u8; 16];
        how = mechanism(CKM_AES_CBC_PAD);
        how.pParameter = iv.as_mut_ptr().cast();
        how.ulParameterLen = 16;
        ok!(module, C_DecryptInit(session, &mut how, key));
        let (mut text, mut to, mut len) = ([1; 16], [5; 16], 16);
        let (from, place) = (text.as_mut_ptr(), to.as_mut_ptr());
        let rv = call!(module, C_Decrypt(session, from, 16, place, &mut len));
        assert_eq!(rv, CKR_PENDING);
        let mut data = result();
        let rv = call!(module, C_AsyncComplete(session, name(c"C_Decrypt"), &mut data));
        assert_eq!(rv, CKR_ENCRYPTED_DATA_INVALID);
        assert_eq!((data.pValue, data.ulValue, data.hObject), (place, 0, 0));
        assert_eq!(to, [5; 16]);
    }
}

isolated! {
    fn a_pair_comes_in_both_handles() {
        let module = willing();
        let session = open(&module, module.make_token());
        module.log_in(session);
        // OBJECT IDENTIFIER prime256v1
        let curve = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07_u8];
        let no: CK_BBOOL = 0;
        let mut public = [attribute(CKA_EC_PARAMS, &curve)];
        let mut private = [attribute(CKA_TOKEN, &no)];
        let mut how = mechanism(CKM_EC_KEY_PAIR_GEN);
        let (mut one, mut two) = (0, 0);
        let rv = call!(module, C_GenerateKeyPair(
            session, &mut how,
            public.as_mut_ptr(), 1, private.as_mut_ptr(), 1, &mut one, &mut two,
        ));
        assert_eq!(rv, CKR_PENDING);
        let mut data = result();
        ok!(module, C_AsyncComplete(session, name(c"C_GenerateKeyPair"), &mut data));
        for (handle, wanted) in
            [(data.hObject, CKO_PUBLIC_KEY), (data.hAdditionalObject, CKO_PRIVATE_KEY)]
        {
            let class: CK_ULONG = 0;
            let mut asked = attribute(CKA_CLASS, &class);
            ok!(module, C_GetAttributeValue(session, handle, &mut asked, 1));
            assert_eq!(std::hint::black_box(unsafe { asked.pValue.cast::<CK_ULONG>().read() }), wanted);
        }
    }
}

isolated! {
    fn what_has_a_number_outlives_the_session_and_finalize() {
        let module = willing();
        let slot = module.make_token();
        let session = open(&module, slot);
        module.log_in(session);
        let mut given_up = vec![9; 32];
        pending_digest(&module, session, &mut given_up);
        let mut id = 0;
        let rv = call!(module, C_AsyncGetID(session, name(c"C_Sign"), &mut id));
        assert_eq!(rv, CKR_OPERATION_NOT_INITIALIZED);
        ok!(module, C_AsyncGetID(session, name(c"C_Digest"), &mut id));
        // The memory is the application's again.
        drop(given_up);
        let mut data = result();
        let rv = call!(module, C_AsyncComplete(session, name(c"C_Digest"), &mut data));
        assert_eq!((rv, data.ulValue), (CKR_BUFFER_TOO_SMALL, 32));
        ok!(module, C_Finalize(null_mut()));

        ok!(module, C_Initialize(null_mut()));
        let session = open(&module, slot);
        let (mut digest, function) = ([0; 32], name(c"C_Digest"));
        let place = digest.as_mut_ptr();
        let rv = call!(module, C_AsyncJoin(session, function, id, place, 32));
        assert_eq!(rv, CKR_SAVED_STATE_INVALID, "nobody is logged in");
        module.log_in(session);
        let rv = call!(module, C_AsyncJoin(session, function, id, null_mut(), 0));
        assert_eq!(rv, CKR_BUFFER_TOO_SMALL);
        let rv = call!(module, C_AsyncJoin(session, null_mut(), id, place, 32));
        assert_eq!(rv, CKR_ARGUMENTS_BAD);
        ok!(module, C_AsyncJoin(session, function, id, place, 32));
        let rv = call!(module, C_DigestInit(session, &mut mechanism(CKM_SHA256)));
        assert_eq!(rv, CKR_OPERATION_ACTIVE);
        let mut data = result();
        ok!(module, C_AsyncComplete(session, function, &mut data));
        assert_eq!((data.pValue, data.ulValue, &digest[..4]), (place, 32, &ABC[..]));
    }
}

isolated! {
    fn a_forked_child_has_nothing_of_it() {
        let module = willing();
        let slot = module.make_token();
        let session = open(&module, slot);
        pending_digest(&module, session, &mut [0; 32]);
        let mut id = 0;
        ok!(module, C_AsyncGetID(session, name(c"C_Digest"), &mut id));
        ok!(module, C_Finalize(null_mut()));
        let child = unsafe { libc::fork() };
        if child == 0 {
            ok!(module, C_Initialize(null_mut()));
            let session = open(&module, slot);
            let mut digest = [0; 32];
            let place = digest.as_mut_ptr();
            let rv = call!(module, C_AsyncJoin(session, name(c"C_Digest"), id, place, 32));
            unsafe { libc::_exit(i32::from(rv != CKR_SAVED_STATE_INVALID)) };
        }
        let mut status = 0;
        assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
        assert_eq!(status, 0);
    }
}

isolated! {
    fn a_label_is_found_when_its_key_is_complete() {
        let module = willing();
        let session = open(&module, module.make_token());
        module.log_in(session);
        let (len, yes): (CK_ULONG, CK_BBOOL) = (32, 1);
        let label = *b"late";
        let mut template = [
            attribute(cryptoki_sys::CKA_VALUE_LEN, &len),
            attribute(CKA_TOKEN, &yes),
            attribute(CKA_LABEL, &label),
        ];
        let count = || {
            let (mut found, mut count) = ([0; 4], 0);
            ok!(module, C_FindObjectsInit(session, &mut attribute(CKA_LABEL, &label), 1));
            ok!(module, C_FindObjects(session, found.as_mut_ptr(), 4, &mut count));
            ok!(module, C_FindObjectsFinal(session));
            count
        };
        let mut how = mechanism(cryptoki_sys::CKM_AES_KEY_GEN);
        let mut key = 0;
        let list = template.as_mut_ptr();
        let rv = call!(module, C_GenerateKey(session, &mut how, list, 3, &mut key));
        assert_eq!((rv, count()), (CKR_PENDING, 0));
        let mut data = result();
        ok!(module, C_AsyncComplete(session, name(c"C_GenerateKey"), &mut data));
        assert_eq!(count(), 1);
        assert_eq!(call!(module, C_DestroyObject(session, data.hObject)), CKR_OK);
    }
}

isolated! {
    fn an_encapsulation_fills_the_buffer_and_the_handle() {
        let module = willing();
        let session = open(&module, module.make_token());
        module.log_in(session);
        let (set, yes): (CK_ULONG, CK_BBOOL) = (CKP_ML_KEM_512, 1);
        let mut public = [attribute(CKA_PARAMETER_SET, &set), attribute(CKA_ENCAPSULATE, &yes)];
        let mut private = [attribute(CKA_DECAPSULATE, &yes)];
        let (mut one, mut two) = (0, 0);
        let rv = call!(module, C_GenerateKeyPair(
            session, &mut mechanism(CKM_ML_KEM_KEY_PAIR_GEN),
            public.as_mut_ptr(), 2, private.as_mut_ptr(), 1, &mut one, &mut two,
        ));
        assert_eq!(rv, CKR_PENDING);
        let mut made = result();
        ok!(module, C_AsyncComplete(session, name(c"C_GenerateKeyPair"), &mut made));
        let (class, kind): (CK_ULONG, CK_ULONG) = (CKO_SECRET_KEY, CKK_GENERIC_SECRET);
        let mut wanted = [attribute(CKA_CLASS, &class), attribute(CKA_KEY_TYPE, &kind)];
        let list = wanted.as_mut_ptr();
        let mut how = mechanism(CKM_ML_KEM);
        let (mut ciphertext, mut len, mut key) = ([7; 800], 800, 77);
        let place = ciphertext.as_mut_ptr();
        let rv = call!(module, C_EncapsulateKey(
            session, &mut how, made.hObject, list, 2, place, &mut len, &mut key,
        ));
        assert_eq!((rv, key, ciphertext), (CKR_PENDING, 77, [7; 800]));
        let mut done = result();
        ok!(module, C_AsyncComplete(session, name(c"C_EncapsulateKey"), &mut done));
        assert_eq!((done.pValue, done.ulValue), (place, 768));
        assert_ne!((done.hObject, &ciphertext[..768]), (0, &[7; 768][..]));
        assert_eq!(ciphertext[768..], [7; 32]);
        let private = made.hAdditionalObject;
        let rv = call!(module, C_DecapsulateKey(
            session, &mut how, private, list, 2, place, 768, &mut key,
        ));
        assert_eq!(rv, CKR_PENDING);
        ok!(module, C_AsyncComplete(session, name(c"C_DecapsulateKey"), &mut done));
        assert!(done.pValue.is_null() && done.hObject != 0);
    }
}

isolated! {
    fn threads_that_complete_one_operation_get_it_once() {
        let module = willing();
        let session = open(&module, module.make_token());
        for _ in 0..50 {
            let mut digest = [0; 32];
            pending_digest(&module, session, &mut digest);
            let complete = || {
                let mut data = result();
                call!(module, C_AsyncComplete(session, name(c"C_Digest"), &mut data))
            };
            let mut codes = std::thread::scope(|scope| {
                let other = scope.spawn(complete);
                [complete(), other.join().unwrap()]
            });
            codes.sort_unstable();
            assert_eq!(codes, [CKR_OK, CKR_OPERATION_NOT_INITIALIZED]);
            assert_eq!(digest[..4], ABC);
        }
    }
}
