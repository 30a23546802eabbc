// SPDX-License-Identifier: MIT OR Apache-2.0
//! NULL and 0 for every argument of every function, before and after `C_Initialize`.
//!
//! Source: PKCS#11 v3.2, "Function return values".

use cryptoki_sys::{
    CK_FUNCTION_LIST_3_2, CK_RV, CKR_ARGUMENTS_BAD, CKR_CRYPTOKI_NOT_INITIALIZED,
    CKR_FUNCTION_NOT_PARALLEL, CKR_FUNCTION_NOT_SUPPORTED, CKR_GENERAL_ERROR, CKR_OK,
};

use crate::library::{Module, isolated};
use crate::symbols::names;

/// Enough arguments for each function; the C calling convention lets a function ignore the rest.
type AnyFunction = unsafe extern "C" fn(
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
) -> CK_RV;

/// Functions whose first argument is a pointer, and so always NULL here.
const POINTER_FIRST: &[&str] = &[
    "C_GetInfo",
    "C_GetFunctionList",
    "C_GetInterfaceList",
    "C_GetInterface",
];

/// Calls each function with `first` and zeros.
fn call_all(module: &Module, mut first: impl FnMut() -> usize) -> Vec<(&'static str, CK_RV)> {
    let list: *const CK_FUNCTION_LIST_3_2 = module.list();
    let functions = unsafe { list.cast::<AnyFunction>().add(1) };
    names()
        .into_iter()
        .enumerate()
        .filter(|(_, name)| !matches!(*name, "C_Initialize" | "C_Finalize"))
        .map(|(position, name)| {
            let function = unsafe { *functions.add(position) };
            let first = if POINTER_FIRST.contains(&name) {
                0
            } else {
                first()
            };
            let rv = unsafe { function(first, 0, 0, 0, 0, 0, 0, 0, 0, 0) };
            (name, rv)
        })
        .collect()
}

#[test]
fn nothing_works_before_initialize_except_finding_the_functions() {
    let module = Module::load();
    for (name, rv) in call_all(&module, || 0) {
        let wanted = match name {
            "C_GetFunctionList" | "C_GetInterfaceList" | "C_GetInterface" => CKR_ARGUMENTS_BAD,
            _ => CKR_CRYPTOKI_NOT_INITIALIZED,
        };
        assert_eq!(rv, wanted, "{name}: {rv:#x}");
    }
}

isolated! {
    fn no_session_and_null_is_an_error_everywhere() {
        let module = Module::started();
        for (name, rv) in call_all(&module, || 0) {
            // Slot 0 is there, and it has no sessions.
            assert_eq!(rv == CKR_OK, name == "C_CloseAllSessions", "{name}: {rv:#x}");
            assert_ne!(rv, CKR_GENERAL_ERROR, "{name}");
        }
    }
}

isolated! {
    fn null_in_a_session_harms_nothing() {
        let module = Module::started();
        let slot = module.make_token();
        for (name, rv) in call_all(&module, || module.open(slot) as usize) {
            assert_ne!(rv, CKR_GENERAL_ERROR, "{name}");
        }
        module.open(slot);
    }
}

isolated! {
    fn every_function_is_built_and_the_parallel_ones_say_that_nothing_is_parallel() {
        let module = Module::started();
        let slot = module.make_token();
        for (name, rv) in call_all(&module, || module.open(slot) as usize) {
            assert_ne!(rv, CKR_FUNCTION_NOT_SUPPORTED, "{name}");
            assert_eq!(
                rv == CKR_FUNCTION_NOT_PARALLEL,
                matches!(name, "C_GetFunctionStatus" | "C_CancelFunction"),
                "{name}: {rv:#x}"
            );
        }
    }
}
