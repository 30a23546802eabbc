// SPDX-License-Identifier: MIT OR Apache-2.0
//! The Baseline Provider.
//!
//! Source: PKCS#11 Profiles v3.2, "Baseline Provider".

use std::ptr::null_mut;

use cryptoki_sys::{
    CK_BBOOL, CK_FUNCTION_LIST, CK_FUNCTION_LIST_PTR, CK_INFO, CK_INTERFACE, CK_RV,
    CK_SESSION_INFO, CK_SLOT_INFO, CK_TOKEN_INFO, CK_ULONG, CKA_CLASS, CKA_ID, CKA_LABEL,
    CKA_MODIFIABLE, CKA_PRIVATE, CKA_PROFILE_ID, CKA_TOKEN, CKA_UNIQUE_ID, CKA_VALUE,
    CKF_LOGIN_REQUIRED, CKF_RESTORE_KEY_NOT_NEEDED, CKF_RNG, CKF_SERIAL_SESSION,
    CKF_TOKEN_INITIALIZED, CKF_TOKEN_PRESENT, CKF_USER_PIN_INITIALIZED, CKO_CERTIFICATE, CKO_DATA,
    CKP_BASELINE_PROVIDER, CKR_ARGUMENTS_BAD, CKR_ATTRIBUTE_TYPE_INVALID,
    CKR_CRYPTOKI_ALREADY_INITIALIZED, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_OBJECT_HANDLE_INVALID,
    CKR_OK, CKR_OPERATION_NOT_INITIALIZED, CKR_SESSION_HANDLE_INVALID, CKR_SLOT_ID_INVALID,
    CKS_RO_PUBLIC_SESSION,
};

use crate::desk::{bytes, claims, find, finish, first_slot, number, open_read_only, read, refusal};
use crate::library::{Module, attribute, call, isolated, ok};

isolated! {
    fn claim_the_object_with_cko_profile_and_ckp_baseline_provider_is_there() {
        let module = Module::started();
        let slot = module.make_token();
        assert!(claims(&module, slot, CKP_BASELINE_PROVIDER));
    }
}

isolated! {
    fn condition_3_each_attribute_is_supported() {
        let module = Module::started();
        let session = module.logged_in();
        let (class, yes, no): (CK_ULONG, CK_BBOOL, CK_BBOOL) = (CKO_DATA, 1, 0);
        let mut data = [
            attribute(CKA_CLASS, &class),
            attribute(CKA_TOKEN, &yes),
            attribute(CKA_PRIVATE, &no),
            attribute(CKA_MODIFIABLE, &yes),
            bytes(CKA_LABEL, b"data"),
            bytes(CKA_VALUE, b"value"),
        ];
        let mut object = 0;
        ok!(module, C_CreateObject(session, data.as_mut_ptr(), 6, &mut object));
        assert_eq!(number(&module, session, object, CKA_CLASS), CKO_DATA);
        for (id, wanted) in [
            (CKA_TOKEN, &[1][..]),
            (CKA_PRIVATE, &[0]),
            (CKA_MODIFIABLE, &[1]),
            (CKA_LABEL, b"data"),
            (CKA_VALUE, b"value"),
        ] {
            assert_eq!(read(&module, session, object, id), wanted, "{id:#x}");
        }
        assert!(!read(&module, session, object, CKA_UNIQUE_ID).is_empty());
        // CKA_ID belongs to keys and certificates.
        assert_eq!(refusal(&module, session, object, CKA_ID), CKR_ATTRIBUTE_TYPE_INVALID);
        let key = module.aes_key(session);
        let mut name = bytes(CKA_ID, b"key");
        ok!(module, C_SetAttributeValue(session, key, &mut name, 1));
        assert_eq!(read(&module, session, key, CKA_ID), b"key");
        assert_eq!(find(&module, session, &mut [bytes(CKA_ID, b"key")]), [key]);
        // CKA_PROFILE_ID
        let id = CKP_BASELINE_PROVIDER;
        let class: CK_ULONG = cryptoki_sys::CKO_PROFILE;
        let mut template = [attribute(CKA_CLASS, &class), attribute(CKA_PROFILE_ID, &id)];
        let found = find(&module, session, &mut template);
        assert_eq!(number(&module, session, found[0], CKA_PROFILE_ID), id);
    }
}

isolated! {
    fn condition_5_the_functions_are_found_in_each_way() {
        let module = Module::load();
        type GetFunctionList = unsafe extern "C" fn(*mut CK_FUNCTION_LIST_PTR) -> CK_RV;
        type GetInterfaceList = unsafe extern "C" fn(*mut CK_INTERFACE, *mut CK_ULONG) -> CK_RV;
        let mut list: *mut CK_FUNCTION_LIST = null_mut();
        let mut count = 0;
        unsafe {
            let get = module.library.get::<GetFunctionList>(b"C_GetFunctionList").unwrap();
            assert_eq!(get(&mut list), CKR_OK);
            assert_eq!((*list).version.major, 2);
            let get = module.library.get::<GetInterfaceList>(b"C_GetInterfaceList").unwrap();
            assert_eq!(get(null_mut(), &mut count), CKR_OK);
            assert!(count >= 1);
            let mut all = vec![CK_INTERFACE::default(); count as usize];
            assert_eq!(get(all.as_mut_ptr(), &mut count), CKR_OK);
            for interface in &all {
                let name = std::ffi::CStr::from_ptr(interface.pInterfaceName.cast());
                assert_eq!(name, c"PKCS 11");
                assert!(!interface.pFunctionList.is_null());
            }
        }
        // C_GetInterface is how `Module` finds its list.
        assert_eq!(module.list().version.major, 3);
    }
}

isolated! {
    fn condition_7_errors_are_handled() {
        let module = Module::load();
        let mut info = CK_INFO::default();
        assert_eq!(call!(module, C_GetInfo(&mut info)), CKR_CRYPTOKI_NOT_INITIALIZED);
        assert_eq!(call!(module, C_Finalize(null_mut())), CKR_CRYPTOKI_NOT_INITIALIZED);
        ok!(module, C_Initialize(null_mut()));
        assert_eq!(
            call!(module, C_Initialize(null_mut())),
            CKR_CRYPTOKI_ALREADY_INITIALIZED
        );
        assert_eq!(call!(module, C_GetInfo(null_mut())), CKR_ARGUMENTS_BAD);
        let slot = module.make_token();
        let mut slot_info = CK_SLOT_INFO::default();
        assert_eq!(call!(module, C_GetSlotInfo(999, &mut slot_info)), CKR_SLOT_ID_INVALID);
        let mut token = CK_TOKEN_INFO::default();
        assert_eq!(call!(module, C_GetTokenInfo(999, &mut token)), CKR_SLOT_ID_INVALID);
        let mut session = 0;
        assert_eq!(
            call!(module, C_OpenSession(999, CKF_SERIAL_SESSION, null_mut(), None, &mut session)),
            CKR_SLOT_ID_INVALID
        );
        let mut about = CK_SESSION_INFO::default();
        assert_eq!(
            call!(module, C_GetSessionInfo(999, &mut about)),
            CKR_SESSION_HANDLE_INVALID
        );
        assert_eq!(call!(module, C_CloseSession(999)), CKR_SESSION_HANDLE_INVALID);
        let session = open_read_only(&module, slot);
        let (mut object, mut count) = (0, 0);
        assert_eq!(
            call!(module, C_FindObjects(session, &mut object, 1, &mut count)),
            CKR_OPERATION_NOT_INITIALIZED
        );
        assert_eq!(
            call!(module, C_FindObjectsFinal(session)),
            CKR_OPERATION_NOT_INITIALIZED
        );
        assert_eq!(
            refusal(&module, session, 999, CKA_CLASS),
            CKR_OBJECT_HANDLE_INVALID
        );
    }
}

isolated! {
    fn session_information_is_given() {
        let module = Module::started();
        let slot = module.make_token();
        let session = open_read_only(&module, slot);
        let mut info = CK_SESSION_INFO::default();
        ok!(module, C_GetSessionInfo(session, &mut info));
        assert_eq!(
            (info.slotID, info.state, info.flags, info.ulDeviceError),
            (slot, CKS_RO_PUBLIC_SESSION, CKF_SERIAL_SESSION, 0)
        );
    }
}

/// What the test cases compare of the information functions.
pub(crate) fn information(module: &Module) -> cryptoki_sys::CK_SLOT_ID {
    let mut info = CK_INFO::default();
    ok!(module, C_GetInfo(&mut info));
    assert_eq!(
        (info.cryptokiVersion.major, info.cryptokiVersion.minor),
        (3, 2)
    );
    assert_eq!(info.flags, 0);
    first_slot(module)
}

/// What the test cases compare of the slot and its token.
pub(crate) fn slot_and_token(module: &Module, slot: cryptoki_sys::CK_SLOT_ID) {
    let mut info = CK_SLOT_INFO::default();
    ok!(module, C_GetSlotInfo(slot, &mut info));
    assert_eq!(info.flags, CKF_TOKEN_PRESENT);
    let mut info = CK_TOKEN_INFO::default();
    ok!(module, C_GetTokenInfo(slot, &mut info));
    let wanted = CKF_RNG
        | CKF_LOGIN_REQUIRED
        | CKF_USER_PIN_INITIALIZED
        | CKF_RESTORE_KEY_NOT_NEEDED
        | CKF_TOKEN_INITIALIZED;
    assert_eq!(info.flags & wanted, wanted);
    assert_eq!((info.ulSessionCount, info.ulRwSessionCount), (0, 0));
    assert_eq!((info.ulMinPinLen, info.ulMaxPinLen), (4, 255));
}

isolated! {
    fn bl_m_1_32_goes_as_written() {
        let module = Module::started();
        module.make_token();
        let slot = information(&module);
        slot_and_token(&module, slot);
        let session = open_read_only(&module, slot);
        let yes: CK_BBOOL = 1;
        let (mut object, mut count) = (0, 77);
        ok!(module, C_FindObjectsInit(session, &mut attribute(CKA_TOKEN, &yes), 1));
        ok!(module, C_FindObjects(session, &mut object, 1, &mut count));
        assert_eq!(count, 0);
        ok!(module, C_FindObjectsFinal(session));
        let class: CK_ULONG = CKO_CERTIFICATE;
        assert_eq!(find(&module, session, &mut [attribute(CKA_CLASS, &class)]), []);
        finish(&module, session, slot);
    }
}
