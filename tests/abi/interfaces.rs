// SPDX-License-Identifier: MIT OR Apache-2.0
//! Function lists and interfaces; none of them needs `C_Initialize`.
//!
//! Source: PKCS#11 v3.2, "C_GetFunctionList", "C_GetInterfaceList", "C_GetInterface".

use std::ffi::CStr;
use std::ptr::null_mut;

use cryptoki_sys::{
    CK_FUNCTION_LIST, CK_FUNCTION_LIST_3_0, CK_FUNCTION_LIST_3_2, CK_INTERFACE, CK_RV, CK_ULONG,
    CK_VERSION, CKF_INTERFACE_FORK_SAFE, CKR_ARGUMENTS_BAD, CKR_BUFFER_TOO_SMALL,
    CKR_FUNCTION_FAILED, CKR_OK,
};

use crate::library::{Module, call, ok};
use crate::symbols::names;

/// The functions of a list as addresses, in the standard's order.
unsafe fn addresses<T>(list: *const T) -> Vec<usize> {
    let count = size_of::<T>() / size_of::<usize>() - 1;
    let first = unsafe { list.cast::<usize>().add(1) };
    unsafe { std::slice::from_raw_parts(first, count) }.to_vec()
}

fn assert_is_ours<T>(module: &Module, list: *const T, version: (u8, u8)) {
    let found = unsafe { *list.cast::<CK_VERSION>() };
    assert_eq!((found.major, found.minor), version);
    let found = unsafe { addresses(list) };
    for (name, address) in names().iter().zip(&found) {
        let symbol = unsafe { module.library.get::<usize>(name.as_bytes()) }.unwrap();
        let exported = unsafe { symbol.try_as_raw_ptr() }.unwrap().addr();
        assert_eq!(*address, exported, "{name}");
    }
}

fn interface(
    module: &Module,
    name: Option<&CStr>,
    version: Option<(u8, u8)>,
    flags: CK_ULONG,
) -> Result<CK_VERSION, CK_RV> {
    let mut wanted = version.map(|(major, minor)| CK_VERSION { major, minor });
    let mut found: *mut CK_INTERFACE = null_mut();
    let rv = call!(
        module,
        C_GetInterface(
            name.map_or(null_mut(), |name| name.as_ptr().cast_mut().cast()),
            wanted.as_mut().map_or(null_mut(), std::ptr::from_mut),
            &mut found,
            flags
        )
    );
    if rv == CKR_OK {
        let found = unsafe { *found };
        let name = unsafe { CStr::from_ptr(found.pInterfaceName.cast()) };
        assert_eq!(name, c"PKCS 11");
        Ok(unsafe { *found.pFunctionList.cast::<CK_VERSION>() })
    } else {
        Err(rv)
    }
}

#[test]
fn the_function_list_is_2_40() {
    let module = Module::load();
    let mut list: *mut CK_FUNCTION_LIST = null_mut();
    ok!(module, C_GetFunctionList(&mut list));
    assert_is_ours(&module, list.cast_const(), (2, 40));
    assert_eq!(
        call!(module, C_GetFunctionList(null_mut())),
        CKR_ARGUMENTS_BAD
    );
}

#[test]
fn the_interface_list_has_every_version_and_the_newest_first() {
    let module = Module::load();
    let mut count = 0;
    ok!(module, C_GetInterfaceList(null_mut(), &mut count));
    assert_eq!(count, 3);
    let nothing = CK_INTERFACE {
        pInterfaceName: null_mut(),
        pFunctionList: null_mut(),
        flags: 0,
    };
    let mut list = [nothing; 3];
    ok!(module, C_GetInterfaceList(list.as_mut_ptr(), &mut count));
    let [newest, middle, oldest] = list.map(|one| one.pFunctionList.cast_const());
    assert_is_ours(&module, newest.cast::<CK_FUNCTION_LIST_3_2>(), (3, 2));
    assert_is_ours(&module, middle.cast::<CK_FUNCTION_LIST_3_0>(), (3, 0));
    assert_is_ours(&module, oldest.cast::<CK_FUNCTION_LIST>(), (2, 40));
}

#[test]
fn a_short_interface_list_tells_its_count() {
    let module = Module::load();
    let mut count = 1;
    let mut list = [CK_INTERFACE {
        pInterfaceName: null_mut(),
        pFunctionList: null_mut(),
        flags: 0,
    }];
    let rv = call!(module, C_GetInterfaceList(list.as_mut_ptr(), &mut count));
    assert_eq!((rv, count), (CKR_BUFFER_TOO_SMALL, 3));
    assert!(list[0].pFunctionList.is_null());
}

#[test]
fn the_default_interface_is_the_newest() {
    let module = Module::load();
    for name in [None, Some(c"PKCS 11")] {
        let found = interface(&module, name, None, 0).unwrap();
        assert_eq!((found.major, found.minor), (3, 2), "{name:?}");
    }
}

#[test]
fn an_interface_has_exactly_the_version_that_was_asked_for() {
    let module = Module::load();
    for version in [(2, 40), (3, 0), (3, 2)] {
        let found = interface(&module, Some(c"PKCS 11"), Some(version), 0).unwrap();
        assert_eq!((found.major, found.minor), version);
    }
    for version in [(2, 20), (3, 1), (3, 3), (4, 0)] {
        let refused = interface(&module, Some(c"PKCS 11"), Some(version), 0);
        assert_eq!(refused.unwrap_err(), CKR_FUNCTION_FAILED, "{version:?}");
    }
}

#[test]
fn other_names_and_flags_have_no_interface() {
    let module = Module::load();
    for name in [c"", c"PKCS 11 ", c"Vendor Interface"] {
        let refused = interface(&module, Some(name), None, 0);
        assert_eq!(refused.unwrap_err(), CKR_FUNCTION_FAILED, "{name:?}");
    }
    let refused = interface(&module, None, None, CKF_INTERFACE_FORK_SAFE);
    assert_eq!(refused.unwrap_err(), CKR_FUNCTION_FAILED);
}
