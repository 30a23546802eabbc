// SPDX-License-Identifier: MIT OR Apache-2.0
//! Starting, ending, and finding the functions.
//!
//! Source: PKCS#11 v3.2, "General-purpose functions".

use core::ffi::c_void;

use crate::abi::output::{Place, padded};
use crate::abi::tables::FunctionList240;
use crate::abi::trace::{FlagsOf, told};
use crate::abi::types::{
    CK_C_INITIALIZE_ARGS, CK_FLAGS, CK_INFO, CK_INTERFACE, CK_RV, CK_ULONG, CK_UTF8CHAR, CK_VERSION,
};
use crate::abi::{guard, input, output, reserved, tables};
use crate::error::{Error, Result};
use crate::module::Start;

/// `C_Initialize`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "General-purpose functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_Initialize(args: *mut c_void) -> CK_RV {
    let told = told![Initialize(args)];
    guard::enter("C_Initialize", told, || {
        // SAFETY: the application's promise for this call.
        let start = unsafe { start(args) }?;
        guard::initialize(start)
    })
}

/// `C_Finalize`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "General-purpose functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_Finalize(reserved: *mut c_void) -> CK_RV {
    let told = told![Pointer("pReserved", reserved)];
    guard::enter("C_Finalize", told, || {
        if !reserved.is_null() {
            return Err(Error::ArgumentsBad("pReserved must be NULL".into()));
        }
        guard::finalize()
    })
}

/// `C_GetInfo`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "General-purpose functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetInfo(info: *mut CK_INFO) -> CK_RV {
    let told = told![Info(info)];
    guard::call("C_GetInfo", told, |module| {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(info, "pInfo is NULL") }?;
        let found = module.info()?;
        place.put(CK_INFO {
            cryptokiVersion: version(found.cryptoki_version),
            manufacturerID: padded(&found.manufacturer),
            flags: 0,
            libraryDescription: padded(&found.description),
            libraryVersion: version(found.library_version),
        });
        Ok(())
    })
}

/// `C_GetFunctionList`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "General-purpose functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetFunctionList(list: *mut *mut FunctionList240) -> CK_RV {
    let told = told![Pointer("ppFunctionList", list.cast())];
    guard::enter("C_GetFunctionList", told, || {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(list, "ppFunctionList is NULL") }?;
        place.put((&raw const tables::LIST_2_40).cast_mut());
        Ok(())
    })
}

/// `C_GetInterfaceList`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "General-purpose functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetInterfaceList(
    list: *mut CK_INTERFACE,
    count: *mut CK_ULONG,
) -> CK_RV {
    let told = told![Count("pInterfacesList", list.cast(), count)];
    guard::enter("C_GetInterfaceList", told, || {
        // SAFETY: the application's promise for this call.
        let count = unsafe { Place::new(count, "pulCount is NULL") }?;
        // SAFETY: the application's promise for this call.
        unsafe { output::list(&tables::interfaces(), list, count) }
    })
}

/// `C_GetInterface`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "General-purpose functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetInterface(
    name: *mut CK_UTF8CHAR,
    version: *mut CK_VERSION,
    interface: *mut *mut CK_INTERFACE,
    flags: CK_FLAGS,
) -> CK_RV {
    let told = told![
        CString("pInterfaceName", name),
        Version(version),
        Pointer("ppInterface", interface.cast()),
        Flags(FlagsOf::Interface, flags)
    ];
    guard::enter("C_GetInterface", told, || {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(interface, "ppInterface is NULL") }?;
        // SAFETY: the application's promise for this call.
        let wanted = unsafe { tables::Wanted::new(name, version, flags) };
        place.put(wanted.find()?.cast_mut());
        Ok(())
    })
}

/// What `C_Initialize` was told.
///
/// # Safety
/// `args` is NULL or points to a `CK_C_INITIALIZE_ARGS`.
///
/// # Errors
/// `CKR_ARGUMENTS_BAD`
unsafe fn start(args: *const c_void) -> Result<Start> {
    if args.is_null() {
        return Ok(Start::default());
    }
    let args: *const CK_C_INITIALIZE_ARGS = args.cast();
    // SAFETY: this function's contract; the callbacks are looked at, never called.
    let args = unsafe { input::value(args, "the arguments are NULL") }?;
    let given = [
        args.CreateMutex.is_some(),
        args.DestroyMutex.is_some(),
        args.LockMutex.is_some(),
        args.UnlockMutex.is_some(),
    ];
    if given.contains(&true) && given.contains(&false) {
        return Err(Error::ArgumentsBad(
            "either all mutex functions are given or none".into(),
        ));
    }
    // SPEC: with mutex functions and without CKF_OS_LOCKING_OK the library shall use the
    // application's. The ones of the operating system serve the same threads, so they are used in
    // all four cases and nothing is refused. CKF_LIBRARY_CANT_CREATE_OS_THREADS needs no look
    // either: this library creates no threads.
    Ok(Start {
        reserved: reserved::text(args.pReserved)?,
    })
}

const fn version((major, minor): (u8, u8)) -> CK_VERSION {
    CK_VERSION { major, minor }
}
