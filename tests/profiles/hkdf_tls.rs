// SPDX-License-Identifier: MIT OR Apache-2.0
//! The HKDF TLS Token.
//!
//! Source: PKCS#11 Profiles v3.2, "HKDF TLS Token".

use std::ptr::null_mut;

use cryptoki_sys::{
    CK_BBOOL, CK_HKDF_PARAMS, CK_MECHANISM, CK_OBJECT_HANDLE, CK_SESSION_HANDLE, CK_ULONG,
    CKA_CLASS, CKA_DERIVE, CKA_KEY_TYPE, CKA_PRIVATE, CKA_VALUE, CKA_VALUE_LEN, CKF_HKDF_SALT_NULL,
    CKK_HKDF, CKM_HKDF_DATA, CKM_SHA256, CKO_DATA, CKO_SECRET_KEY, CKP_HKDF_TLS_TOKEN,
    CKR_KEY_HANDLE_INVALID, CKR_MECHANISM_PARAM_INVALID,
};

use crate::desk::{bytes, claims, number, read};
use crate::library::{Module, attribute, call, isolated, ok};

/// RFC 9001, appendix A.1: the secret of the client's Initial packets and the IV that
/// `HKDF-Expand-Label` makes of it with "quic iv".
const SECRET: &str = "c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea";
const QUIC_INFO: &str = "000c0d746c7331332071756963206976";
const QUIC_IV: &str = "fa044b2f42a3fd3b46fb255c";

fn secret(module: &Module, session: CK_SESSION_HANDLE) -> CK_OBJECT_HANDLE {
    let (class, kind): (CK_ULONG, CK_ULONG) = (CKO_SECRET_KEY, CKK_HKDF);
    let (yes, value): (CK_BBOOL, _) = (1, hex::decode(SECRET).unwrap());
    let mut template = [
        attribute(CKA_CLASS, &class),
        attribute(CKA_KEY_TYPE, &kind),
        attribute(CKA_DERIVE, &yes),
        bytes(CKA_VALUE, &value),
    ];
    let mut key = 0;
    ok!(
        module,
        C_CreateObject(session, template.as_mut_ptr(), 4, &mut key)
    );
    key
}

/// `CKM_HKDF_DATA`, expanding only; gives the code and the object.
fn derive(
    module: &Module,
    session: CK_SESSION_HANDLE,
    key: CK_OBJECT_HANDLE,
    info: &[u8],
    len: CK_ULONG,
) -> (CK_ULONG, CK_OBJECT_HANDLE) {
    let mut params = CK_HKDF_PARAMS {
        bExtract: 0,
        bExpand: 1,
        prfHashMechanism: CKM_SHA256,
        ulSaltType: CKF_HKDF_SALT_NULL,
        pSalt: null_mut(),
        ulSaltLen: 0,
        hSaltKey: 0,
        pInfo: info.as_ptr().cast_mut(),
        ulInfoLen: info.len() as CK_ULONG,
    };
    let mut how = CK_MECHANISM {
        mechanism: CKM_HKDF_DATA,
        pParameter: (&raw mut params).cast(),
        ulParameterLen: size_of::<CK_HKDF_PARAMS>() as CK_ULONG,
    };
    let (class, no): (CK_ULONG, CK_BBOOL) = (CKO_DATA, 0);
    let mut template = [
        attribute(CKA_CLASS, &class),
        attribute(CKA_PRIVATE, &no),
        attribute(CKA_VALUE_LEN, &len),
    ];
    let mut object = 0;
    let list = template.as_mut_ptr();
    let rv = call!(
        module,
        C_DeriveKey(session, &mut how, key, list, 3, &mut object)
    );
    (rv, object)
}

isolated! {
    fn claim_the_object_with_cko_profile_and_ckp_hkdf_tls_token_is_there() {
        let module = Module::started();
        let slot = module.make_token();
        assert!(claims(&module, slot, CKP_HKDF_TLS_TOKEN));
    }
}

isolated! {
    fn condition_7_no_derivation_is_rejected_for_the_info_of_an_iv() {
        let module = Module::started();
        let session = module.logged_in();
        let key = secret(&module, session);
        for label in [&b"tls iv\0"[..], b"tls quic iv\0"] {
            for len in [8_u16, 12, 16, 255, 256] {
                let info = [&len.to_be_bytes()[..], label].concat();
                let (rv, object) = derive(&module, session, key, &info, len.into());
                assert_eq!(rv, 0, "{len}: {rv:#x}");
                assert_eq!(number(&module, session, object, CKA_CLASS), CKO_DATA);
                assert_eq!(read(&module, session, object, CKA_VALUE).len(), usize::from(len));
            }
        }
    }
}

isolated! {
    fn condition_7_the_value_is_what_quic_wants() {
        let module = Module::started();
        let session = module.logged_in();
        let key = secret(&module, session);
        let info = [hex::decode(QUIC_INFO).unwrap(), vec![0]].concat();
        let (rv, object) = derive(&module, session, key, &info, 12);
        assert_eq!(rv, 0, "{rv:#x}");
        assert_eq!(hex::encode(read(&module, session, object, CKA_VALUE)), QUIC_IV);
    }
}

isolated! {
    fn condition_8_errors_are_handled() {
        let module = Module::started();
        let session = module.logged_in();
        let (rv, _) = derive(&module, session, 999, b"info", 12);
        assert_eq!(rv, CKR_KEY_HANDLE_INVALID);
        let mut how = crate::library::mechanism(CKM_HKDF_DATA);
        let key = secret(&module, session);
        let mut object = 0;
        assert_eq!(
            call!(module, C_DeriveKey(session, &mut how, key, null_mut(), 0, &mut object)),
            CKR_MECHANISM_PARAM_INVALID
        );
    }
}
