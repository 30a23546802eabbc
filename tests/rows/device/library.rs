// SPDX-License-Identifier: MIT OR Apache-2.0
//! The shared library, loaded and started once a process, with tokens in memory.
//!
//! Source: PKCS#11 v3.2, `C_GetInterface`, `C_Initialize`.

use std::sync::{Mutex, OnceLock};

use cryptoki_sys::{
    CK_C_INITIALIZE_ARGS, CK_FUNCTION_LIST_3_2, CK_INTERFACE, CK_RV, CK_ULONG, CK_VERSION,
    CKF_OS_LOCKING_OK, CKR_OK,
};
use libloading::Library;

/// Calls a function of the library.
macro_rules! call {
    ($name:ident($($argument:expr),* $(,)?)) => {
        unsafe { $crate::device::library::list().$name.expect(stringify!($name))($($argument),*) }
    };
}
pub(crate) use call;

/// What the library is told at its start; the environment must not matter.
const SETTINGS: &std::ffi::CStr = c"store='memory:'; log.level=off";

struct Loaded {
    _library: Library,
    list: *const CK_FUNCTION_LIST_3_2,
}

// The list is immutable.
unsafe impl Send for Loaded {}
unsafe impl Sync for Loaded {}

/// Held while a slot is chosen and initialised.
pub(crate) static SLOTS: Mutex<()> = Mutex::new(());

/// The functions of interface 3.2, of the started library.
pub(crate) fn list() -> &'static CK_FUNCTION_LIST_3_2 {
    static LOADED: OnceLock<Loaded> = OnceLock::new();
    let loaded = LOADED.get_or_init(load);
    unsafe { &*loaded.list }
}

fn load() -> Loaded {
    // Cargo puts the library beside the test programs.
    let programs = std::env::current_exe().unwrap();
    let path = programs.parent().unwrap().join("libkeystead.so");
    let library = unsafe { Library::new(path) }.unwrap();
    let mut interface: *mut CK_INTERFACE = std::ptr::null_mut();
    let mut version = CK_VERSION { major: 3, minor: 2 };
    type GetInterface =
        unsafe extern "C" fn(*const u8, *mut CK_VERSION, *mut *mut CK_INTERFACE, CK_ULONG) -> CK_RV;
    let found = unsafe {
        let get = library.get::<GetInterface>(b"C_GetInterface").unwrap();
        get(c"PKCS 11".as_ptr().cast(), &mut version, &mut interface, 0)
    };
    assert_eq!(found, CKR_OK);
    let list: *const CK_FUNCTION_LIST_3_2 = unsafe { (*interface).pFunctionList }.cast();
    let mut arguments = CK_C_INITIALIZE_ARGS {
        flags: CKF_OS_LOCKING_OK,
        pReserved: SETTINGS.as_ptr().cast_mut().cast(),
        ..Default::default()
    };
    let started = unsafe {
        let initialize = (*list).C_Initialize.unwrap();
        initialize((&raw mut arguments).cast())
    };
    assert_eq!(started, CKR_OK, "C_Initialize");
    Loaded {
        _library: library,
        list,
    }
}
