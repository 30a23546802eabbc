// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message-based signing: not built yet.
//!
//! Source: PKCS#11 v3.2, "Message-based signing and MACing functions".

use core::ffi::c_void;

use crate::abi::guard;
use crate::abi::types::{
    CK_BYTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};

/// `C_MessageSignInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based signing and MACing functions", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageSignInit(
    session: CK_SESSION_HANDLE,
    _mechanism: *mut CK_MECHANISM,
    _key: CK_OBJECT_HANDLE,
) -> CK_RV {
    guard::not_built("C_MessageSignInit", session)
}

/// `C_SignMessage`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based signing and MACing functions", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SignMessage(
    session: CK_SESSION_HANDLE,
    _parameter: *mut c_void,
    _parameter_len: CK_ULONG,
    _data: *mut CK_BYTE,
    _data_len: CK_ULONG,
    _signature: *mut CK_BYTE,
    _signature_len: *mut CK_ULONG,
) -> CK_RV {
    guard::not_built("C_SignMessage", session)
}

/// `C_SignMessageBegin`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based signing and MACing functions", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SignMessageBegin(
    session: CK_SESSION_HANDLE,
    _parameter: *mut c_void,
    _parameter_len: CK_ULONG,
) -> CK_RV {
    guard::not_built("C_SignMessageBegin", session)
}

/// `C_SignMessageNext`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based signing and MACing functions", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SignMessageNext(
    session: CK_SESSION_HANDLE,
    _parameter: *mut c_void,
    _parameter_len: CK_ULONG,
    _part: *mut CK_BYTE,
    _part_len: CK_ULONG,
    _signature: *mut CK_BYTE,
    _signature_len: *mut CK_ULONG,
) -> CK_RV {
    guard::not_built("C_SignMessageNext", session)
}

/// `C_MessageSignFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based signing and MACing functions", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageSignFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    guard::not_built("C_MessageSignFinal", session)
}
