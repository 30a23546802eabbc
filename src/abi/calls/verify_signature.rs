// SPDX-License-Identifier: MIT OR Apache-2.0
//! Verification with the signature given first.
//!
//! Source: PKCS#11 v3.2, "Functions for verifying signatures and MACs".

use super::ending::Ending;
use crate::abi::params::Request;
use crate::abi::trace::told;
use crate::abi::types::{
    CK_BYTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};
use crate::abi::{guard, input, params};
use crate::pkcs11::flag::CKF_VERIFY;
use crate::pkcs11::{ObjectHandle, SessionHandle};

/// `C_VerifySignatureInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Functions for verifying signatures and MACs", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifySignatureInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
    signature: *mut CK_BYTE,
    signature_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Mechanism(mechanism),
        Number("hKey", key),
        Bytes("pSignature", signature.cast(), signature_len)
    ];
    guard::call("C_VerifySignatureInit", told, |module| {
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::optional_request(mechanism) }?;
        let request = request.as_ref().map(Request::pair);
        // SAFETY: the application's promise for this call.
        let signature = unsafe { input::bytes(signature, signature_len) }?;
        let key = ObjectHandle(key);
        module.verify_signature_init(SessionHandle(session), request, key, signature)
    })
}

/// `C_VerifySignature`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Functions for verifying signatures and MACs", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifySignature(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pData", data.cast(), data_len)
    ];
    guard::call("C_VerifySignature", told, |module| {
        let ending = Ending::new(module, session, CKF_VERIFY);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(data, data_len) })?;
        module.verify_signature(SessionHandle(session), input)
    })
}

/// `C_VerifySignatureUpdate`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Functions for verifying signatures and MACs", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifySignatureUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pPart", part.cast(), part_len)
    ];
    guard::call("C_VerifySignatureUpdate", told, |module| {
        let ending = Ending::new(module, session, CKF_VERIFY);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(part, part_len) })?;
        module.verify_signature_update(SessionHandle(session), input)
    })
}

/// `C_VerifySignatureFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Functions for verifying signatures and MACs", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifySignatureFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    let told = told![Number("hSession", session)];
    guard::call("C_VerifySignatureFinal", told, |module| {
        module.verify_signature_final(SessionHandle(session))
    })
}
