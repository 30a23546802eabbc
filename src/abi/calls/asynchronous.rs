// SPDX-License-Identifier: MIT OR Apache-2.0
//! Asynchronous calls: not built yet, and no session is asynchronous.
//!
//! Source: PKCS#11 v3.2, "Asynchronous function management functions".

use crate::abi::guard;
use crate::abi::types::{CK_ASYNC_DATA, CK_BYTE, CK_RV, CK_SESSION_HANDLE, CK_ULONG, CK_UTF8CHAR};

/// `C_AsyncComplete`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Asynchronous function management functions", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_AsyncComplete(
    session: CK_SESSION_HANDLE,
    _function: *mut CK_UTF8CHAR,
    _result: *mut CK_ASYNC_DATA,
) -> CK_RV {
    guard::not_built("C_AsyncComplete", session)
}

/// `C_AsyncGetID`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Asynchronous function management functions", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_AsyncGetID(
    session: CK_SESSION_HANDLE,
    _function: *mut CK_UTF8CHAR,
    _id: *mut CK_ULONG,
) -> CK_RV {
    guard::not_built("C_AsyncGetID", session)
}

/// `C_AsyncJoin`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Asynchronous function management functions", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_AsyncJoin(
    session: CK_SESSION_HANDLE,
    _function: *mut CK_UTF8CHAR,
    _id: CK_ULONG,
    _data: *mut CK_BYTE,
    _data_len: CK_ULONG,
) -> CK_RV {
    guard::not_built("C_AsyncJoin", session)
}
