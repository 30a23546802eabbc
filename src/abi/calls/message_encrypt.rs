// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message-based encryption: not built yet.
//!
//! Source: PKCS#11 v3.2, "Message-based encryption functions".

use core::ffi::c_void;

use crate::abi::guard;
use crate::abi::types::{
    CK_BYTE, CK_FLAGS, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};

/// `C_MessageEncryptInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based encryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageEncryptInit(
    session: CK_SESSION_HANDLE,
    _mechanism: *mut CK_MECHANISM,
    _key: CK_OBJECT_HANDLE,
) -> CK_RV {
    guard::not_built("C_MessageEncryptInit", session)
}

/// `C_EncryptMessage`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based encryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_EncryptMessage(
    session: CK_SESSION_HANDLE,
    _parameter: *mut c_void,
    _parameter_len: CK_ULONG,
    _aad: *mut CK_BYTE,
    _aad_len: CK_ULONG,
    _data: *mut CK_BYTE,
    _data_len: CK_ULONG,
    _encrypted: *mut CK_BYTE,
    _encrypted_len: *mut CK_ULONG,
) -> CK_RV {
    guard::not_built("C_EncryptMessage", session)
}

/// `C_EncryptMessageBegin`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based encryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_EncryptMessageBegin(
    session: CK_SESSION_HANDLE,
    _parameter: *mut c_void,
    _parameter_len: CK_ULONG,
    _aad: *mut CK_BYTE,
    _aad_len: CK_ULONG,
) -> CK_RV {
    guard::not_built("C_EncryptMessageBegin", session)
}

/// `C_EncryptMessageNext`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based encryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_EncryptMessageNext(
    session: CK_SESSION_HANDLE,
    _parameter: *mut c_void,
    _parameter_len: CK_ULONG,
    _part: *mut CK_BYTE,
    _part_len: CK_ULONG,
    _encrypted: *mut CK_BYTE,
    _encrypted_len: *mut CK_ULONG,
    _flags: CK_FLAGS,
) -> CK_RV {
    guard::not_built("C_EncryptMessageNext", session)
}

/// `C_MessageEncryptFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based encryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageEncryptFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    guard::not_built("C_MessageEncryptFinal", session)
}
