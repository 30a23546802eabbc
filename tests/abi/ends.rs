// SPDX-License-Identifier: MIT OR Apache-2.0
//! How processes end: without `C_Finalize`, with it in an atexit handler, after dlclose, by a
//! thread that stays.
//!
//! Source: PKCS#11 v3.2, "C_Finalize" (an application that ends need not call it).

use std::ptr::null_mut;
use std::sync::OnceLock;

use cryptoki_sys::{CK_INFO, CKF_DONT_BLOCK, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_OK};

use crate::library::{Module, call, isolated, ok};

/// What a process that got to its end answers.
const REACHED_THE_END: i32 = 42;

/// Makes a test whose body ends the process with [`REACHED_THE_END`].
macro_rules! ending {
    (fn $name:ident() $body:block) => {
        #[test]
        fn $name() {
            let test = concat!(module_path!(), "::", stringify!($name));
            if crate::library::is_child(test) {
                $body
            }
            let (status, said) = crate::library::run_child(test);
            assert_eq!(status.code(), Some(REACHED_THE_END), "{status}\n{said}");
        }
    };
}

static MODULE: OnceLock<Module> = OnceLock::new();

extern "C" fn finalize() {
    let rv = call!(MODULE.get().unwrap(), C_Finalize(null_mut()));
    if rv != CKR_OK {
        unsafe { libc::_exit(1) }
    }
}

ending! {
    fn a_process_may_end_without_finalize() {
        let module = Module::started();
        module.logged_in();
        std::process::exit(REACHED_THE_END)
    }
}

ending! {
    fn finalize_works_in_an_atexit_handler() {
        // The handler is registered first, so it runs after whatever the library might have
        // registered.
        assert_eq!(unsafe { libc::atexit(finalize) }, 0);
        let module = MODULE.get_or_init(Module::started);
        module.logged_in();
        std::process::exit(REACHED_THE_END)
    }
}

ending! {
    fn a_process_may_end_while_a_thread_waits_for_a_slot_event() {
        let module = MODULE.get_or_init(Module::started);
        std::thread::spawn(|| {
            let mut slot = 0;
            call!(MODULE.get().unwrap(), C_WaitForSlotEvent(0, &mut slot, null_mut()))
        });
        let mut slot = 0;
        call!(module, C_WaitForSlotEvent(CKF_DONT_BLOCK, &mut slot, null_mut()));
        std::process::exit(REACHED_THE_END)
    }
}

isolated! {
    fn dlclose_leaves_the_code_where_it_is() {
        let module = Module::started();
        module.logged_in();
        let list: *const _ = module.list();
        drop(module.library);
        let list: &cryptoki_sys::CK_FUNCTION_LIST_3_2 = unsafe { &*list };
        let mut info = CK_INFO::default();
        let rv = unsafe { list.C_GetInfo.unwrap()(&mut info) };
        assert_eq!(rv, CKR_OK);
        // Loading it again gives the same module, which is still running.
        let module = Module::load();
        ok!(module, C_GetInfo(&mut info));
        ok!(module, C_Finalize(null_mut()));
    }
}

isolated! {
    fn finalize_wakes_a_thread_that_waits_for_a_slot_event() {
        let module = MODULE.get_or_init(Module::started);
        let waiting = std::thread::spawn(|| {
            let mut slot = 0;
            call!(MODULE.get().unwrap(), C_WaitForSlotEvent(0, &mut slot, null_mut()))
        });
        ok!(module, C_Finalize(null_mut()));
        assert_eq!(waiting.join().unwrap(), CKR_CRYPTOKI_NOT_INITIALIZED);
    }
}
