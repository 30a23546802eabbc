// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sessions and login.
//!
//! Source: PKCS#11 v3.2, "Session management functions".

use core::ffi::c_void;

use crate::abi::output::{Output, Place};
use crate::abi::trace::{FlagsOf, told};
use crate::abi::types::{
    CK_BYTE, CK_FLAGS, CK_NOTIFY, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_SESSION_INFO,
    CK_SESSION_VALIDATION_FLAGS_TYPE, CK_SLOT_ID, CK_ULONG, CK_USER_TYPE, CK_UTF8CHAR,
};
use crate::abi::{guard, input};
use crate::error::Error;
use crate::pkcs11::{SessionHandle, SlotId, UserType};
use crate::session::{Reply, Room};

/// `C_OpenSession`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Session management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_OpenSession(
    slot: CK_SLOT_ID,
    flags: CK_FLAGS,
    _application: *mut c_void,
    _notify: CK_NOTIFY,
    session: *mut CK_SESSION_HANDLE,
) -> CK_RV {
    let told = told![
        Number("slotID", slot),
        Flags(FlagsOf::Session, flags),
        Made("phSession", session)
    ];
    guard::call("C_OpenSession", told, |module| {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(session, "phSession is NULL") }?;
        place.put(module.open_session(SlotId(slot), flags)?.0);
        Ok(())
    })
}

/// `C_CloseSession`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Session management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_CloseSession(session: CK_SESSION_HANDLE) -> CK_RV {
    let told = told![Number("hSession", session)];
    guard::call("C_CloseSession", told, |module| {
        module.close_session(SessionHandle(session))
    })
}

/// `C_CloseAllSessions`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Session management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_CloseAllSessions(slot: CK_SLOT_ID) -> CK_RV {
    let told = told![Number("slotID", slot)];
    guard::call("C_CloseAllSessions", told, |module| {
        module.close_all_sessions(SlotId(slot))
    })
}

/// `C_GetSessionInfo`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Session management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetSessionInfo(
    session: CK_SESSION_HANDLE,
    info: *mut CK_SESSION_INFO,
) -> CK_RV {
    let told = told![Number("hSession", session), SessionInfo(info)];
    guard::call("C_GetSessionInfo", told, |module| {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(info, "pInfo is NULL") }?;
        let found = module.session_info(SessionHandle(session))?;
        place.put(CK_SESSION_INFO {
            slotID: found.slot.0,
            state: found.state.0,
            flags: found.flags,
            ulDeviceError: found.device_error,
        });
        Ok(())
    })
}

/// `C_SessionCancel`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Session management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SessionCancel(session: CK_SESSION_HANDLE, flags: CK_FLAGS) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Flags(FlagsOf::Mechanism, flags)
    ];
    guard::call("C_SessionCancel", told, |module| {
        module.session_cancel(SessionHandle(session), flags)
    })
}

/// `C_GetOperationState`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Session management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetOperationState(
    session: CK_SESSION_HANDLE,
    state: *mut CK_BYTE,
    state_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Output("pOperationState", state.cast(), state_len)
    ];
    guard::call("C_GetOperationState", told, |module| {
        // SAFETY: the application's promise for this call.
        let output = unsafe { Output::new(state, state_len) }?;
        let saved = module.operation_state(SessionHandle(session))?;
        output.put(match output.room() {
            Room::Query => Ok(Reply::Length(saved.len())),
            Room::Bytes(room) if room < saved.len() => Err(Error::BufferTooSmall {
                needed: saved.len(),
            }),
            Room::Bytes(_) => Ok(Reply::Bytes(saved)),
        })
    })
}

/// `C_SetOperationState`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Session management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SetOperationState(
    session: CK_SESSION_HANDLE,
    state: *mut CK_BYTE,
    state_len: CK_ULONG,
    encryption_key: CK_OBJECT_HANDLE,
    authentication_key: CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pOperationState", state.cast(), state_len),
        Number("hEncryptionKey", encryption_key),
        Number("hAuthenticationKey", authentication_key)
    ];
    guard::call("C_SetOperationState", told, |module| {
        // SAFETY: the application's promise for this call.
        let state = unsafe { input::bytes(state, state_len) }?;
        if encryption_key != 0 || authentication_key != 0 {
            return Err(Error::KeyNotNeeded(
                "only digest operations are saved, and they have no key".into(),
            ));
        }
        module.set_operation_state(SessionHandle(session), state)
    })
}

/// `C_Login`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Session management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_Login(
    session: CK_SESSION_HANDLE,
    user: CK_USER_TYPE,
    pin: *mut CK_UTF8CHAR,
    pin_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        User(user),
        Bytes("pPin", pin.cast(), pin_len)
    ];
    guard::call("C_Login", told, |module| {
        // SAFETY: the application's promise for this call.
        let pin = unsafe { input::optional_bytes(pin, pin_len) }?;
        module.login(SessionHandle(session), UserType(user), pin)
    })
}

/// `C_LoginUser`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Session management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_LoginUser(
    session: CK_SESSION_HANDLE,
    user: CK_USER_TYPE,
    pin: *mut CK_UTF8CHAR,
    pin_len: CK_ULONG,
    name: *mut CK_UTF8CHAR,
    name_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        User(user),
        Bytes("pPin", pin.cast(), pin_len),
        Text("pUsername", name, name_len)
    ];
    guard::call("C_LoginUser", told, |module| {
        // SAFETY: the application's promise for this call.
        let pin = unsafe { input::optional_bytes(pin, pin_len) }?;
        // SAFETY: the application's promise for this call.
        let name = unsafe { input::bytes(name, name_len) }?;
        module.login_user(SessionHandle(session), UserType(user), pin, name)
    })
}

/// `C_Logout`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Session management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_Logout(session: CK_SESSION_HANDLE) -> CK_RV {
    let told = told![Number("hSession", session)];
    guard::call("C_Logout", told, |module| {
        module.logout(SessionHandle(session))
    })
}

/// `C_GetSessionValidationFlags`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Session management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetSessionValidationFlags(
    session: CK_SESSION_HANDLE,
    kind: CK_SESSION_VALIDATION_FLAGS_TYPE,
    flags: *mut CK_FLAGS,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Number("type", kind),
        Made("pFlags", flags)
    ];
    guard::call("C_GetSessionValidationFlags", told, |module| {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(flags, "pFlags is NULL") }?;
        place.put(module.session_validation_flags(SessionHandle(session), kind)?);
        Ok(())
    })
}
