// SPDX-License-Identifier: MIT OR Apache-2.0
//! A forked child: uninitialised, and free to start for itself.
//!
//! Source: PKCS#11 v3.2, "General-purpose functions".

use std::ffi::c_int;
use std::ptr::null_mut;

use cryptoki_sys::{
    CK_C_INITIALIZE_ARGS, CK_INFO, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_OK, CKR_SESSION_HANDLE_INVALID,
};

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
    fn a_child_starts_by_itself_when_the_configuration_says_so() {
        let module = Module::load();
        let text = c"forked_child=reinitializes";
        let mut args = CK_C_INITIALIZE_ARGS {
            pReserved: text.as_ptr().cast_mut().cast(),
            ..CK_C_INITIALIZE_ARGS::default()
        };
        ok!(module, C_Initialize((&raw mut args).cast()));
        let slot = module.make_token();
        let session = module.open(slot);
        let code = in_child(|| {
            // A fresh module: the parent's session is not there.
            let mut info = CK_INFO::default();
            call!(module, C_GetInfo(&mut info)) == CKR_OK
                && call!(module, C_CloseSession(session)) == CKR_SESSION_HANDLE_INVALID
                && call!(module, C_CloseSession(module.open(slot))) == CKR_OK
                && call!(module, C_Finalize(null_mut())) == CKR_OK
                && call!(module, C_GetInfo(&mut info)) == CKR_CRYPTOKI_NOT_INITIALIZED
        });
        assert_eq!(code, 0);
        ok!(module, C_CloseSession(session));
    }
}

/// A pipe, to let one process wait for the other.
struct Signal([c_int; 2]);

impl Signal {
    fn new() -> Self {
        let mut ends = [0; 2];
        assert_eq!(unsafe { libc::pipe(ends.as_mut_ptr()) }, 0);
        Self(ends)
    }

    fn send(&self) {
        assert_eq!(
            unsafe { libc::write(self.0[1], b"x".as_ptr().cast(), 1) },
            1
        );
    }

    fn wait(&self) {
        let mut byte = 0_u8;
        assert_eq!(
            unsafe { libc::read(self.0[0], (&raw mut byte).cast(), 1) },
            1
        );
    }
}

isolated! {
    fn parent_and_child_keep_one_token_whole() {
        // Both have the token open; the parent closes it, which must not pull it from under the child.
        let module = Module::started();
        let slot = module.make_token();
        let session = module.open(slot);
        module.log_in(session);
        module.store_data(session, "before the fork");
        let (opened, closed) = (Signal::new(), Signal::new());
        let child = unsafe { libc::fork() };
        if child == 0 {
            ok!(module, C_Initialize(null_mut()));
            let session = module.open(slot);
            module.log_in(session);
            let seen = module.count_data(session);
            module.store_data(session, "by the child, before");
            opened.send();
            closed.wait();
            for _ in 0..20 {
                module.store_data(session, "by the child, after");
            }
            let ok = seen == 1 && module.count_data(session) == 23;
            unsafe { libc::_exit(i32::from(!ok)) }
        }
        opened.wait();
        assert_eq!(module.count_data(session), 2);
        ok!(module, C_Finalize(null_mut()));
        ok!(module, C_Initialize(null_mut()));
        let session = module.open(slot);
        module.log_in(session);
        module.store_data(session, "by the parent");
        ok!(module, C_Finalize(null_mut()));
        closed.send();
        let mut status = 0;
        assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
        assert_eq!(status, 0);
        ok!(module, C_Initialize(null_mut()));
        let session = module.open(slot);
        module.log_in(session);
        assert_eq!(module.count_data(session), 23);
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

isolated! {
    /// A server's worker: such a process is not dumpable, and its `/proc/self/auxv` is root's.
    fn a_child_that_gave_up_roots_rights_still_reads_the_environment() {
        // SAFETY: this process is the test's own, and has no other thread that reads variables.
        unsafe { std::env::set_var("KEYSTEAD_STORE", "memory:") };
        let module = Module::started();
        if unsafe { libc::geteuid() } != 0 {
            return;
        }
        let code = in_child(|| {
            let nobody = 65_534;
            let given_up = unsafe { libc::setgid(nobody) == 0 && libc::setuid(nobody) == 0 };
            given_up
                && std::fs::read("/proc/self/auxv").is_err()
                && call!(module, C_Initialize(null_mut())) == CKR_OK
        });
        assert_eq!(code, 0);
    }
}

isolated! {
    /// Files below `/proc/self` of a process that is not dumpable are root's; its tokens are its user's.
    fn a_child_that_gave_up_roots_rights_has_its_users_store() {
        let home = std::path::PathBuf::from(std::env::var_os("HOME").unwrap());
        for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
            // SAFETY: this process is the test's own, and has no other thread that reads variables.
            unsafe { std::env::remove_var(name) };
        }
        if unsafe { libc::geteuid() } != 0 {
            return;
        }
        let nobody = 65_534;
        std::os::unix::fs::chown(&home, Some(nobody), Some(nobody)).unwrap();
        let module = Module::load();
        let code = in_child(|| {
            let given_up = unsafe { libc::setgid(nobody) == 0 && libc::setuid(nobody) == 0 };
            ok!(module, C_Initialize(null_mut()));
            module.make_token();
            given_up
        });
        assert_eq!(code, 0);
        let tokens = std::fs::read_dir(home.join(".local/share/keystead")).unwrap();
        assert!(tokens.count() > 0);
    }
}
