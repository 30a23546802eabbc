// SPDX-License-Identifier: MIT OR Apache-2.0
//! A forked child: uninitialised, and free to start for itself.
//!
//! Source: PKCS#11 v3.2, "General-purpose functions".

use std::ffi::c_int;
use std::ptr::null_mut;

use cryptoki_sys::{CK_INFO, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_OK};

use crate::library::{Module, call, isolated, ok};

/// Runs `body` in a forked child, which ends without destructors; gives its exit code.
fn in_child(body: impl FnOnce() -> bool) -> c_int {
    let child = unsafe { libc::fork() };
    assert!(child >= 0);
    if child == 0 {
        let code = if body() { 0 } else { 1 };
        unsafe { libc::_exit(code) }
    }
    let mut status = 0;
    let waited = unsafe { libc::waitpid(child, &mut status, 0) };
    assert_eq!(waited, child);
    assert!(libc::WIFEXITED(status), "{status:#x}");
    libc::WEXITSTATUS(status)
}

isolated! {
    fn a_child_is_uninitialised_until_it_initializes() {
        let module = Module::started();
        let session = module.logged_in();
        let code = in_child(|| {
            let mut info = CK_INFO::default();
            call!(module, C_GetInfo(&mut info)) == CKR_CRYPTOKI_NOT_INITIALIZED
                && call!(module, C_CloseSession(session)) == CKR_CRYPTOKI_NOT_INITIALIZED
                && call!(module, C_Finalize(null_mut())) == CKR_CRYPTOKI_NOT_INITIALIZED
                && call!(module, C_Initialize(null_mut())) == CKR_OK
                && call!(module, C_GetInfo(&mut info)) == CKR_OK
                && call!(module, C_Finalize(null_mut())) == CKR_OK
        });
        assert_eq!(code, 0);
        // The parent does not notice.
        module.aes_key(session);
    }
}

isolated! {
    fn a_child_logs_in_and_works_for_itself() {
        let module = Module::started();
        let slot = module.make_token();
        let session = module.open(slot);
        module.log_in(session);
        let code = in_child(|| {
            ok!(module, C_Initialize(null_mut()));
            let session = module.open(slot);
            module.log_in(session);
            module.aes_key(session);
            true
        });
        assert_eq!(code, 0);
        module.aes_key(session);
    }
}

isolated! {
    fn grandchildren_are_children_too() {
        let module = Module::started();
        let code = in_child(|| {
            ok!(module, C_Initialize(null_mut()));
            let grandchild = in_child(|| {
                let mut info = CK_INFO::default();
                call!(module, C_GetInfo(&mut info)) == CKR_CRYPTOKI_NOT_INITIALIZED
            });
            let mut info = CK_INFO::default();
            grandchild == 0 && call!(module, C_GetInfo(&mut info)) == CKR_OK
        });
        assert_eq!(code, 0);
    }
}

isolated! {
    fn a_child_of_an_uninitialised_parent_starts_as_usual() {
        let module = Module::load();
        let code = in_child(|| {
            ok!(module, C_Initialize(null_mut()));
            true
        });
        assert_eq!(code, 0);
        ok!(module, C_Initialize(null_mut()));
    }
}
