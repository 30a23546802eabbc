// SPDX-License-Identifier: MIT OR Apache-2.0
//! Authenticated wrapping.
//!
//! Source: PKCS#11 v3.2, "Key management functions".

use crate::abi::guard;
use crate::abi::types::{
    CK_ATTRIBUTE, CK_BYTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};

/// `C_WrapKeyAuthenticated`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Key management functions", says it is, for the time
/// of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_WrapKeyAuthenticated(
    session: CK_SESSION_HANDLE,
    _mechanism: *mut CK_MECHANISM,
    _wrapping_key: CK_OBJECT_HANDLE,
    _key: CK_OBJECT_HANDLE,
    _aad: *mut CK_BYTE,
    _aad_len: CK_ULONG,
    _wrapped: *mut CK_BYTE,
    _wrapped_len: *mut CK_ULONG,
) -> CK_RV {
    guard::not_built("C_WrapKeyAuthenticated", session)
}

/// `C_UnwrapKeyAuthenticated`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Key management functions", says it is, for the time
/// of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_UnwrapKeyAuthenticated(
    session: CK_SESSION_HANDLE,
    _mechanism: *mut CK_MECHANISM,
    _unwrapping_key: CK_OBJECT_HANDLE,
    _wrapped: *mut CK_BYTE,
    _wrapped_len: CK_ULONG,
    _template: *mut CK_ATTRIBUTE,
    _count: CK_ULONG,
    _aad: *mut CK_BYTE,
    _aad_len: CK_ULONG,
    _key: *mut CK_OBJECT_HANDLE,
) -> CK_RV {
    guard::not_built("C_UnwrapKeyAuthenticated", session)
}
