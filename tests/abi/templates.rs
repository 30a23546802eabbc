// SPDX-License-Identifier: MIT OR Apache-2.0
//! Templates that lie, nest and never end, and attributes that go out.
//!
//! Source: PKCS#11 v3.2, "C_CreateObject" and "C_GetAttributeValue".

use std::ptr::null_mut;

use cryptoki_sys::{
    CK_ATTRIBUTE, CK_MECHANISM, CK_RV, CK_SESSION_HANDLE, CK_ULONG, CK_UNAVAILABLE_INFORMATION,
    CKA_CLASS, CKA_ID, CKA_KEY_TYPE, CKA_LABEL, CKA_UNWRAP, CKA_UNWRAP_TEMPLATE, CKA_VALUE,
    CKA_VENDOR_DEFINED, CKK_AES, CKM_AES_CBC, CKM_VENDOR_DEFINED, CKO_DATA, CKO_SECRET_KEY,
    CKR_ARGUMENTS_BAD, CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID,
    CKR_ATTRIBUTE_VALUE_INVALID, CKR_BUFFER_TOO_SMALL, CKR_MECHANISM_INVALID,
    CKR_MECHANISM_PARAM_INVALID, CKR_OK,
};

use crate::library::{Module, attribute, call, isolated, mechanism, ok};

fn raw(id: CK_ULONG, value: *const u8, len: CK_ULONG) -> CK_ATTRIBUTE {
    CK_ATTRIBUTE {
        type_: id,
        pValue: value.cast_mut().cast(),
        ulValueLen: len,
    }
}

fn create(module: &Module, session: CK_SESSION_HANDLE, rest: &[CK_ATTRIBUTE]) -> (CK_RV, CK_ULONG) {
    let class = CKO_DATA;
    let mut template = vec![attribute(CKA_CLASS, &class)];
    template.extend_from_slice(rest);
    let (mut object, count) = (0, template.len() as CK_ULONG);
    let template = template.as_mut_ptr();
    let rv = call!(
        module,
        C_CreateObject(session, template, count, &mut object)
    );
    (rv, object)
}

isolated! {
    fn values_that_lie_about_their_length_are_refused() {
        let module = Module::started();
        let session = module.logged_in();
        let byte = b"x".as_ptr();
        for (value, len) in [
            (std::ptr::null(), 1),
            (byte, CK_ULONG::MAX),
            (byte, CK_ULONG::MAX / 2),
            (byte, 1 << 40),
        ] {
            let (rv, _) = create(&module, session, &[raw(CKA_LABEL, value, len)]);
            assert_eq!(rv, CKR_ATTRIBUTE_VALUE_INVALID, "{len:#x}");
        }
        assert_eq!(create(&module, session, &[]).0, CKR_OK);
    }
}

isolated! {
    fn a_label_of_ten_megabytes_is_refused() {
        let module = Module::started();
        let session = module.logged_in();
        let label = vec![b'x'; 10_000_000];
        let (rv, _) = create(&module, session, &[raw(CKA_LABEL, label.as_ptr(), 10_000_000)]);
        assert_eq!(rv, CKR_ATTRIBUTE_VALUE_INVALID);
    }
}

isolated! {
    fn a_template_without_end_or_without_memory_is_refused() {
        let module = Module::started();
        let session = module.logged_in();
        let mut one = raw(CKA_LABEL, std::ptr::null(), 0);
        for count in [CK_ULONG::MAX, 1 << 32, 100_000] {
            let rv = call!(module, C_FindObjectsInit(session, &mut one, count));
            assert_eq!(rv, CKR_ARGUMENTS_BAD, "{count}");
        }
        let rv = call!(module, C_FindObjectsInit(session, null_mut(), 1));
        assert_eq!(rv, CKR_ARGUMENTS_BAD);
        ok!(module, C_FindObjectsInit(session, null_mut(), 0));
    }
}

isolated! {
    fn a_template_that_holds_itself_is_refused() {
        let module = Module::started();
        let session = module.logged_in();
        let mut circle = [raw(CKA_UNWRAP_TEMPLATE, std::ptr::null(), 24)];
        circle[0].pValue = circle.as_mut_ptr().cast();
        let rv = call!(module, C_FindObjectsInit(session, circle.as_mut_ptr(), 1));
        assert_eq!(rv, CKR_ATTRIBUTE_VALUE_INVALID);
    }
}

isolated! {
    fn every_attribute_is_answered_whatever_the_others_are() {
        let module = Module::started();
        let session = module.logged_in();
        let (rv, object) = create(&module, session, &[raw(CKA_LABEL, b"four".as_ptr(), 4)]);
        assert_eq!(rv, CKR_OK);
        let (mut label, mut short) = ([0_u8; 8], [0_u8; 2]);
        let mut wanted = [
            raw(CKA_VENDOR_DEFINED | 0x4e53_4350, short.as_ptr(), 2),
            raw(CKA_LABEL, label.as_mut_ptr(), 8),
            raw(CKA_LABEL, short.as_mut_ptr(), 2),
            raw(CKA_LABEL, std::ptr::null(), 0),
        ];
        let list = wanted.as_mut_ptr();
        let rv = call!(module, C_GetAttributeValue(session, object, list, 4));
        assert_eq!(rv, CKR_ATTRIBUTE_TYPE_INVALID);
        let lengths = wanted.map(|one| one.ulValueLen);
        let missing = CK_UNAVAILABLE_INFORMATION;
        assert_eq!(lengths, [missing, 4, missing, 4]);
        assert_eq!((&label, short), (b"four\0\0\0\0", [0, 0]));

        let mut small = raw(CKA_LABEL, short.as_mut_ptr(), 2);
        let rv = call!(module, C_GetAttributeValue(session, object, &mut small, 1));
        assert_eq!((rv, small.ulValueLen), (CKR_BUFFER_TOO_SMALL, missing));
    }
}

isolated! {
    fn a_secret_is_not_shown_and_the_rest_is() {
        let module = Module::started();
        let session = module.logged_in();
        let key = module.aes_key(session);
        let (value, mut class) = ([0_u8; 64], 0_u64);
        let mut wanted = [
            raw(CKA_VALUE, value.as_ptr(), 64),
            raw(CKA_CLASS, (&raw mut class).cast(), 8),
            raw(CKA_ID, value.as_ptr(), 64),
        ];
        let list = wanted.as_mut_ptr();
        let rv = call!(module, C_GetAttributeValue(session, key, list, 3));
        assert_eq!(rv, CKR_ATTRIBUTE_SENSITIVE);
        assert_eq!(wanted[0].ulValueLen, CK_UNAVAILABLE_INFORMATION);
        assert_eq!((class, wanted[2].ulValueLen), (CKO_SECRET_KEY, 0));
        assert_eq!(value, [0; 64]);
    }
}

isolated! {
    fn a_nested_template_comes_back_entry_by_entry() {
        let module = Module::started();
        let session = module.logged_in();
        let (class, kind, yes) = (CKO_SECRET_KEY, CKK_AES, 1_u8);
        let mut inner = [attribute(CKA_KEY_TYPE, &kind)];
        let secret = [3_u8; 16];
        let mut template = [
            attribute(CKA_CLASS, &class),
            attribute(CKA_KEY_TYPE, &kind),
            attribute(CKA_UNWRAP, &yes),
            raw(CKA_VALUE, secret.as_ptr(), 16),
            raw(CKA_UNWRAP_TEMPLATE, inner.as_mut_ptr().cast(), 24),
        ];
        let mut key = 0;
        ok!(module, C_CreateObject(session, template.as_mut_ptr(), 5, &mut key));

        let mut outer = raw(CKA_UNWRAP_TEMPLATE, std::ptr::null(), 0);
        ok!(module, C_GetAttributeValue(session, key, &mut outer, 1));
        assert_eq!(outer.ulValueLen, 24);
        let mut number = 0_u64;
        let mut entry = raw(0, (&raw mut number).cast(), 8);
        outer.pValue = (&raw mut entry).cast();
        ok!(module, C_GetAttributeValue(session, key, &mut outer, 1));
        assert_eq!((entry.type_, entry.ulValueLen), (CKA_KEY_TYPE, 8));
        assert_eq!(number, CKK_AES);
    }
}

isolated! {
    fn unknown_mechanisms_and_wrong_parameters_are_told_apart() {
        let module = Module::started();
        let session = module.logged_in();
        let key = module.aes_key(session);
        let rv = call!(
            module,
            C_EncryptInit(session, &mut mechanism(CKM_VENDOR_DEFINED | 77), key)
        );
        assert_eq!(rv, CKR_MECHANISM_INVALID);
        let mut iv = [0_u8; 16];
        for (iv, len) in [(iv.as_mut_ptr(), 15), (null_mut(), 16), (null_mut(), 0)] {
            let mut how = CK_MECHANISM {
                mechanism: CKM_AES_CBC,
                pParameter: iv.cast(),
                ulParameterLen: len,
            };
            let rv = call!(module, C_EncryptInit(session, &mut how, key));
            assert_eq!(rv, CKR_MECHANISM_PARAM_INVALID, "{len}");
        }
    }
}
