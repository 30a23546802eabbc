// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message-based verification: not built yet.
//!
//! Source: PKCS#11 v3.2, "Message-based functions for verifying signatures and MACs".

use core::ffi::c_void;

use crate::abi::guard;
use crate::abi::types::{
    CK_BYTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};

/// `C_MessageVerifyInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based functions for verifying signatures
/// and MACs", says it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageVerifyInit(
    session: CK_SESSION_HANDLE,
    _mechanism: *mut CK_MECHANISM,
    _key: CK_OBJECT_HANDLE,
) -> CK_RV {
    guard::not_built("C_MessageVerifyInit", session)
}

/// `C_VerifyMessage`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based functions for verifying signatures
/// and MACs", says it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifyMessage(
    session: CK_SESSION_HANDLE,
    _parameter: *mut c_void,
    _parameter_len: CK_ULONG,
    _data: *mut CK_BYTE,
    _data_len: CK_ULONG,
    _signature: *mut CK_BYTE,
    _signature_len: CK_ULONG,
) -> CK_RV {
    guard::not_built("C_VerifyMessage", session)
}

/// `C_VerifyMessageBegin`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based functions for verifying signatures
/// and MACs", says it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifyMessageBegin(
    session: CK_SESSION_HANDLE,
    _parameter: *mut c_void,
    _parameter_len: CK_ULONG,
) -> CK_RV {
    guard::not_built("C_VerifyMessageBegin", session)
}

/// `C_VerifyMessageNext`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based functions for verifying signatures
/// and MACs", says it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifyMessageNext(
    session: CK_SESSION_HANDLE,
    _parameter: *mut c_void,
    _parameter_len: CK_ULONG,
    _part: *mut CK_BYTE,
    _part_len: CK_ULONG,
    _signature: *mut CK_BYTE,
    _signature_len: CK_ULONG,
) -> CK_RV {
    guard::not_built("C_VerifyMessageNext", session)
}

/// `C_MessageVerifyFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based functions for verifying signatures
/// and MACs", says it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageVerifyFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    guard::not_built("C_MessageVerifyFinal", session)
}
