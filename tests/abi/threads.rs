// SPDX-License-Identifier: MIT OR Apache-2.0
//! Many threads at once, while sessions come and go and while the module ends.
//!
//! Source: PKCS#11 v3.2, "C_Initialize" (`CKF_OS_LOCKING_OK`).

use std::ptr::null_mut;

use cryptoki_sys::{
    CK_ULONG, CKF_SERIAL_SESSION, CKM_SHA256, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_GENERAL_ERROR,
    CKR_OK,
};

use crate::library::{Module, call, isolated, mechanism, ok};

isolated! {
    fn sessions_of_many_threads_do_not_disturb_each_other() {
        let module = Module::started();
        let slot = module.make_token();
        std::thread::scope(|scope| {
            for number in 0..8_u8 {
                let module = &module;
                scope.spawn(move || {
                    let message = [number; 100];
                    let mut first = [0; 32];
                    for round in 0..50 {
                        let session = module.open(slot);
                        let mut digest = [0; 32];
                        let mut len: CK_ULONG = 32;
                        let from = message.as_ptr().cast_mut();
                        ok!(module, C_DigestInit(session, &mut mechanism(CKM_SHA256)));
                        ok!(module, C_DigestUpdate(session, from, 60));
                        ok!(module, C_DigestUpdate(session, from, 40));
                        ok!(module, C_DigestFinal(session, digest.as_mut_ptr(), &mut len));
                        if round == 0 {
                            first = digest;
                        }
                        assert_eq!(digest, first);
                        ok!(module, C_CloseSession(session));
                    }
                });
            }
        });
    }
}

isolated! {
    fn finalize_under_running_calls_harms_nothing() {
        let module = Module::started();
        let slot = module.make_token();
        for _ in 0..10 {
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    let module = &module;
                    scope.spawn(move || {
                        let (mut session, nothing) = (0, null_mut());
                        loop {
                            let rv = call!(
                                module,
                                C_OpenSession(slot, CKF_SERIAL_SESSION, nothing, None, &mut session)
                            );
                            assert_ne!(rv, CKR_GENERAL_ERROR);
                            if rv == CKR_CRYPTOKI_NOT_INITIALIZED {
                                break;
                            }
                            call!(module, C_DigestInit(session, &mut mechanism(CKM_SHA256)));
                            call!(module, C_CloseSession(session));
                        }
                    });
                }
                assert_eq!(call!(module, C_Finalize(null_mut())), CKR_OK);
            });
            ok!(module, C_Initialize(null_mut()));
        }
    }
}
