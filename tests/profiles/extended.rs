// SPDX-License-Identifier: MIT OR Apache-2.0
//! The Extended Provider.
//!
//! Source: PKCS#11 Profiles v3.2, "Extended Provider".

use std::ptr::null_mut;

use cryptoki_sys::{
    CK_BBOOL, CK_MECHANISM_INFO, CK_MECHANISM_TYPE, CK_SESSION_HANDLE, CK_SESSION_INFO, CK_SLOT_ID,
    CK_ULONG, CKA_TOKEN, CKF_DECRYPT, CKF_DIGEST, CKF_ENCRYPT, CKF_GENERATE_KEY_PAIR, CKF_SIGN,
    CKF_UNWRAP, CKF_VERIFY, CKF_WRAP, CKM_RSA_PKCS, CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_SHA512,
    CKM_VENDOR_DEFINED, CKP_EXTENDED_PROVIDER, CKR_BUFFER_TOO_SMALL, CKR_MECHANISM_INVALID,
    CKR_PIN_INCORRECT, CKR_SLOT_ID_INVALID, CKR_USER_ALREADY_LOGGED_IN, CKR_USER_NOT_LOGGED_IN,
    CKR_USER_TYPE_INVALID, CKS_RW_PUBLIC_SESSION, CKS_RW_USER_FUNCTIONS, CKU_USER,
};

use crate::baseline::{information, slot_and_token};
use crate::desk::{claims, find, finish};
use crate::library::{Module, USER_PIN, attribute, call, isolated, ok, pin};

fn mechanisms(module: &Module, slot: CK_SLOT_ID) -> Vec<CK_MECHANISM_TYPE> {
    let mut count = 0;
    ok!(module, C_GetMechanismList(slot, null_mut(), &mut count));
    let mut list = vec![0; count as usize];
    ok!(
        module,
        C_GetMechanismList(slot, list.as_mut_ptr(), &mut count)
    );
    assert_eq!(count as usize, list.len());
    list
}

fn state(module: &Module, session: CK_SESSION_HANDLE) -> CK_ULONG {
    let mut info = CK_SESSION_INFO::default();
    ok!(module, C_GetSessionInfo(session, &mut info));
    info.state
}

isolated! {
    fn claim_the_object_with_cko_profile_and_ckp_extended_provider_is_there() {
        let module = Module::started();
        let slot = module.make_token();
        assert!(claims(&module, slot, CKP_EXTENDED_PROVIDER));
    }
}

isolated! {
    fn condition_6_every_mechanism_of_the_list_has_information() {
        let module = Module::started();
        let slot = module.make_token();
        let list = mechanisms(&module, slot);
        assert!(!list.is_empty());
        for id in list {
            let mut info = CK_MECHANISM_INFO::default();
            ok!(module, C_GetMechanismInfo(slot, id, &mut info));
            assert_ne!(info.flags, 0, "{id:#x}");
            assert!(info.ulMinKeySize <= info.ulMaxKeySize, "{id:#x}");
        }
    }
}

isolated! {
    fn condition_6_login_login_user_and_logout_work() {
        let module = Module::started();
        let session = module.open(module.make_token());
        let (secret, len) = pin(USER_PIN);
        let name = c"".as_ptr().cast_mut().cast();
        assert_eq!(state(&module, session), CKS_RW_PUBLIC_SESSION);
        ok!(module, C_Login(session, CKU_USER, secret, len));
        assert_eq!(state(&module, session), CKS_RW_USER_FUNCTIONS);
        ok!(module, C_Logout(session));
        assert_eq!(state(&module, session), CKS_RW_PUBLIC_SESSION);
        ok!(module, C_LoginUser(session, CKU_USER, secret, len, name, 0));
        assert_eq!(state(&module, session), CKS_RW_USER_FUNCTIONS);
        ok!(module, C_Logout(session));
    }
}

isolated! {
    fn condition_8_errors_are_handled() {
        let module = Module::started();
        let slot = module.make_token();
        let mut count = 1;
        let mut one = 0;
        assert_eq!(
            call!(module, C_GetMechanismList(slot, &mut one, &mut count)),
            CKR_BUFFER_TOO_SMALL
        );
        assert_eq!(count as usize, mechanisms(&module, slot).len());
        assert_eq!(
            call!(module, C_GetMechanismList(999, null_mut(), &mut count)),
            CKR_SLOT_ID_INVALID
        );
        let mut info = CK_MECHANISM_INFO::default();
        assert_eq!(
            call!(module, C_GetMechanismInfo(slot, CKM_VENDOR_DEFINED, &mut info)),
            CKR_MECHANISM_INVALID
        );
        let session = module.open(slot);
        assert_eq!(call!(module, C_Logout(session)), CKR_USER_NOT_LOGGED_IN);
        let (wrong, len) = pin(b"wrong");
        assert_eq!(call!(module, C_Login(session, CKU_USER, wrong, len)), CKR_PIN_INCORRECT);
        assert_eq!(call!(module, C_Login(session, 77, wrong, len)), CKR_USER_TYPE_INVALID);
        module.log_in(session);
        let (secret, len) = pin(USER_PIN);
        assert_eq!(
            call!(module, C_Login(session, CKU_USER, secret, len)),
            CKR_USER_ALREADY_LOGGED_IN
        );
    }
}

isolated! {
    fn ext_m_1_32_goes_as_written() {
        let module = Module::started();
        module.make_token();
        let slot = information(&module);
        slot_and_token(&module, slot);
        let list = mechanisms(&module, slot);
        let rsa = CKF_ENCRYPT | CKF_DECRYPT | CKF_SIGN | CKF_VERIFY | CKF_WRAP | CKF_UNWRAP;
        for (id, flags, has_sizes) in [
            (CKM_SHA512, CKF_DIGEST, false),
            (CKM_RSA_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR, true),
            (CKM_RSA_PKCS, rsa, true),
        ] {
            assert!(list.contains(&id));
            let mut info = CK_MECHANISM_INFO::default();
            ok!(module, C_GetMechanismInfo(slot, id, &mut info));
            assert_eq!(info.flags & flags, flags, "{id:#x}");
            assert_eq!(info.ulMaxKeySize > 0, has_sizes, "{id:#x}");
        }
        let session = module.open(slot);
        module.log_in(session);
        let yes: CK_BBOOL = 1;
        assert_eq!(find(&module, session, &mut [attribute(CKA_TOKEN, &yes)]), []);
        ok!(module, C_Logout(session));
        finish(&module, session, slot);
    }
}
