// SPDX-License-Identifier: MIT OR Apache-2.0
//! Verification with the signature given first: not built yet.
//!
//! Source: PKCS#11 v3.2, "Functions for verifying signatures and MACs".

use crate::abi::guard;
use crate::abi::types::{
    CK_BYTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};

/// `C_VerifySignatureInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Functions for verifying signatures and MACs", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifySignatureInit(
    session: CK_SESSION_HANDLE,
    _mechanism: *mut CK_MECHANISM,
    _key: CK_OBJECT_HANDLE,
    _signature: *mut CK_BYTE,
    _signature_len: CK_ULONG,
) -> CK_RV {
    guard::not_built("C_VerifySignatureInit", session)
}

/// `C_VerifySignature`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Functions for verifying signatures and MACs", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifySignature(
    session: CK_SESSION_HANDLE,
    _data: *mut CK_BYTE,
    _data_len: CK_ULONG,
) -> CK_RV {
    guard::not_built("C_VerifySignature", session)
}

/// `C_VerifySignatureUpdate`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Functions for verifying signatures and MACs", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifySignatureUpdate(
    session: CK_SESSION_HANDLE,
    _part: *mut CK_BYTE,
    _part_len: CK_ULONG,
) -> CK_RV {
    guard::not_built("C_VerifySignatureUpdate", session)
}

/// `C_VerifySignatureFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Functions for verifying signatures and MACs", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifySignatureFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    guard::not_built("C_VerifySignatureFinal", session)
}
