// SPDX-License-Identifier: MIT OR Apache-2.0
//! Verification.
//!
//! Source: PKCS#11 v3.2, "Functions for verifying signatures and MACs".

use super::asynchronous;
use super::ending::Ending;
use crate::abi::output::Output;
use crate::abi::params::Request;
use crate::abi::trace::told;
use crate::abi::types::{
    CK_BYTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};
use crate::abi::{guard, input, params};
use crate::pkcs11::flag::{CKF_VERIFY, CKF_VERIFY_RECOVER};
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::Function;

/// `C_VerifyInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Functions for verifying signatures and MACs", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifyInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Mechanism(mechanism),
        Number("hKey", key)
    ];
    guard::call("C_VerifyInit", told, |module| {
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::optional_request(mechanism) }?;
        let request = request.as_ref().map(Request::pair);
        module.verify_init(SessionHandle(session), request, ObjectHandle(key))
    })
}

/// `C_Verify`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Functions for verifying signatures and MACs", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_Verify(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    signature: *mut CK_BYTE,
    signature_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pData", data.cast(), data_len),
        Bytes("pSignature", signature.cast(), signature_len)
    ];
    guard::call("C_Verify", told, |module| {
        let ending = Ending::new(module, session, CKF_VERIFY);
        // SAFETY: the application's promise for this call.
        let data = ending.or_end(unsafe { input::bytes(data, data_len) })?;
        // SAFETY: the application's promise for this call.
        let signature = ending.or_end(unsafe { input::bytes(signature, signature_len) })?;
        module.verify(SessionHandle(session), data, signature)
    })
}

/// `C_VerifyUpdate`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Functions for verifying signatures and MACs", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifyUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pPart", part.cast(), part_len)
    ];
    guard::call("C_VerifyUpdate", told, |module| {
        let ending = Ending::new(module, session, CKF_VERIFY);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(part, part_len) })?;
        module.verify_update(SessionHandle(session), input)
    })
}

/// `C_VerifyFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Functions for verifying signatures and MACs", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifyFinal(
    session: CK_SESSION_HANDLE,
    signature: *mut CK_BYTE,
    signature_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pSignature", signature.cast(), signature_len)
    ];
    guard::call("C_VerifyFinal", told, |module| {
        let ending = Ending::new(module, session, CKF_VERIFY);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(signature, signature_len) })?;
        module.verify_final(SessionHandle(session), input)
    })
}

/// `C_VerifyRecoverInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Functions for verifying signatures and MACs", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifyRecoverInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Mechanism(mechanism),
        Number("hKey", key)
    ];
    guard::call("C_VerifyRecoverInit", told, |module| {
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::optional_request(mechanism) }?;
        let request = request.as_ref().map(Request::pair);
        module.verify_recover_init(SessionHandle(session), request, ObjectHandle(key))
    })
}

/// `C_VerifyRecover`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Functions for verifying signatures and MACs", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifyRecover(
    session: CK_SESSION_HANDLE,
    signature: *mut CK_BYTE,
    signature_len: CK_ULONG,
    data: *mut CK_BYTE,
    data_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pSignature", signature.cast(), signature_len),
        Output("pData", data.cast(), data_len)
    ];
    guard::call("C_VerifyRecover", told, |module| {
        let ending = Ending::new(module, session, CKF_VERIFY_RECOVER);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(signature, signature_len) })?;
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(data, data_len) })?;
        let reply = module.verify_recover(SessionHandle(session), input, output.room());
        asynchronous::put(module, session, Function::VerifyRecover, &output, reply)
    })
}
