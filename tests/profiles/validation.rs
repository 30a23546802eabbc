// SPDX-License-Identifier: MIT OR Apache-2.0
//! Validations: there is none, and nothing pretends that there is.
//!
//! Source: PKCS#11 v3.2, "Validation objects", "C_GetSessionValidationFlags".

use std::ptr::null_mut;

use cryptoki_sys::{
    CK_ULONG, CKA_CLASS, CKA_OBJECT_VALIDATION_FLAGS, CKA_VALIDATION_FLAG, CKA_VALIDATION_TYPE,
    CKM_SHA256, CKO_VALIDATION, CKR_ARGUMENTS_BAD, CKR_ATTRIBUTE_READ_ONLY,
    CKR_ATTRIBUTE_VALUE_INVALID, CKR_OK, CKR_SESSION_HANDLE_INVALID, CKS_LAST_VALIDATION_OK,
    CKV_TYPE_SOFTWARE,
};

use crate::desk::{find, number};
use crate::library::{Module, attribute, call, isolated, mechanism, ok};

isolated! {
    fn no_validation_object_is_there_and_none_can_be_made() {
        let module = Module::started();
        let session = module.logged_in();
        let class: CK_ULONG = CKO_VALIDATION;
        assert_eq!(find(&module, session, &mut [attribute(CKA_CLASS, &class)]), []);
        let (kind, flag): (CK_ULONG, CK_ULONG) = (CKV_TYPE_SOFTWARE, 1);
        let mut template = [
            attribute(CKA_CLASS, &class),
            attribute(CKA_VALIDATION_TYPE, &kind),
            attribute(CKA_VALIDATION_FLAG, &flag),
        ];
        let mut object = 0;
        assert_eq!(
            call!(module, C_CreateObject(session, template.as_mut_ptr(), 3, &mut object)),
            CKR_ATTRIBUTE_VALUE_INVALID
        );
    }
}

isolated! {
    fn no_operation_of_a_session_is_validated() {
        let module = Module::started();
        let session = module.logged_in();
        let (mut digest, mut len) = ([0; 32], 32);
        ok!(module, C_DigestInit(session, &mut mechanism(CKM_SHA256)));
        let place = digest.as_mut_ptr();
        ok!(module, C_Digest(session, place, 32, place, &mut len));
        let mut flags = 77;
        ok!(
            module,
            C_GetSessionValidationFlags(session, CKS_LAST_VALIDATION_OK, &mut flags)
        );
        assert_eq!(flags, 0);
        flags = 77;
        for kind in [0, 2, CK_ULONG::MAX] {
            assert_eq!(
                call!(module, C_GetSessionValidationFlags(session, kind, &mut flags)),
                CKR_ARGUMENTS_BAD
            );
        }
        assert_eq!(flags, 77);
        assert_eq!(
            call!(module, C_GetSessionValidationFlags(session, CKS_LAST_VALIDATION_OK, null_mut())),
            CKR_ARGUMENTS_BAD
        );
        assert_eq!(
            call!(module, C_GetSessionValidationFlags(999, CKS_LAST_VALIDATION_OK, &mut flags)),
            CKR_SESSION_HANDLE_INVALID
        );
    }
}

isolated! {
    fn no_key_is_validated_and_nobody_says_otherwise() {
        let module = Module::started();
        let session = module.logged_in();
        let key = module.aes_key(session);
        assert_eq!(number(&module, session, key, CKA_OBJECT_VALIDATION_FLAGS), 0);
        let flags: CK_ULONG = 1;
        let mut claim = attribute(CKA_OBJECT_VALIDATION_FLAGS, &flags);
        assert_eq!(
            call!(module, C_SetAttributeValue(session, key, &mut claim, 1)),
            CKR_ATTRIBUTE_READ_ONLY
        );
        let mut copy = 0;
        assert_ne!(call!(module, C_CopyObject(session, key, &mut claim, 1, &mut copy)), CKR_OK);
    }
}
