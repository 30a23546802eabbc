// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message-based decryption: not built yet.
//!
//! Source: PKCS#11 v3.2, "Message-based decryption functions".

use core::ffi::c_void;

use crate::abi::guard;
use crate::abi::types::{
    CK_BYTE, CK_FLAGS, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};

/// `C_MessageDecryptInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based decryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageDecryptInit(
    session: CK_SESSION_HANDLE,
    _mechanism: *mut CK_MECHANISM,
    _key: CK_OBJECT_HANDLE,
) -> CK_RV {
    guard::not_built("C_MessageDecryptInit", session)
}

/// `C_DecryptMessage`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based decryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DecryptMessage(
    session: CK_SESSION_HANDLE,
    _parameter: *mut c_void,
    _parameter_len: CK_ULONG,
    _aad: *mut CK_BYTE,
    _aad_len: CK_ULONG,
    _encrypted: *mut CK_BYTE,
    _encrypted_len: CK_ULONG,
    _data: *mut CK_BYTE,
    _data_len: *mut CK_ULONG,
) -> CK_RV {
    guard::not_built("C_DecryptMessage", session)
}

/// `C_DecryptMessageBegin`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based decryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DecryptMessageBegin(
    session: CK_SESSION_HANDLE,
    _parameter: *mut c_void,
    _parameter_len: CK_ULONG,
    _aad: *mut CK_BYTE,
    _aad_len: CK_ULONG,
) -> CK_RV {
    guard::not_built("C_DecryptMessageBegin", session)
}

/// `C_DecryptMessageNext`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based decryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DecryptMessageNext(
    session: CK_SESSION_HANDLE,
    _parameter: *mut c_void,
    _parameter_len: CK_ULONG,
    _encrypted: *mut CK_BYTE,
    _encrypted_len: CK_ULONG,
    _part: *mut CK_BYTE,
    _part_len: *mut CK_ULONG,
    _flags: CK_FLAGS,
) -> CK_RV {
    guard::not_built("C_DecryptMessageNext", session)
}

/// `C_MessageDecryptFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based decryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageDecryptFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    guard::not_built("C_MessageDecryptFinal", session)
}
