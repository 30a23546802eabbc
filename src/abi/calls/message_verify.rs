// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message-based verification.
//!
//! Source: PKCS#11 v3.2, "Message-based functions for verifying signatures and MACs".

use core::ffi::c_void;

use super::ending::Ending;
use crate::abi::params::Request;
use crate::abi::trace::told;
use crate::abi::types::{
    CK_BYTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};
use crate::abi::{guard, input, params};
use crate::pkcs11::flag::CKF_MESSAGE_VERIFY;
use crate::pkcs11::{ObjectHandle, SessionHandle};

/// `C_MessageVerifyInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based functions for verifying signatures
/// and MACs", says it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageVerifyInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        MessageMechanism(mechanism),
        Number("hKey", key)
    ];
    guard::call("C_MessageVerifyInit", told, |module| {
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::optional_request(mechanism) }?;
        let request = request.as_ref().map(Request::pair);
        module.message_verify_init(SessionHandle(session), request, ObjectHandle(key))
    })
}

/// `C_VerifyMessage`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based functions for verifying signatures
/// and MACs", says it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifyMessage(
    session: CK_SESSION_HANDLE,
    parameter: *mut c_void,
    parameter_len: CK_ULONG,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    signature: *mut CK_BYTE,
    signature_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pParameter", parameter.cast(), parameter_len),
        Bytes("pData", data.cast(), data_len),
        Bytes("pSignature", signature.cast(), signature_len)
    ];
    guard::call("C_VerifyMessage", told, |module| {
        params::absent(parameter, parameter_len)?;
        // SAFETY: the application's promise for this call.
        let input = unsafe { input::bytes(data, data_len) }?;
        // SAFETY: the application's promise for this call.
        let signature = unsafe { input::bytes(signature, signature_len) }?;
        module.verify_message(SessionHandle(session), input, signature)
    })
}

/// `C_VerifyMessageBegin`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based functions for verifying signatures
/// and MACs", says it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifyMessageBegin(
    session: CK_SESSION_HANDLE,
    parameter: *mut c_void,
    parameter_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pParameter", parameter.cast(), parameter_len)
    ];
    guard::call("C_VerifyMessageBegin", told, |module| {
        params::absent(parameter, parameter_len)?;
        module.verify_message_begin(SessionHandle(session))
    })
}

/// `C_VerifyMessageNext`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based functions for verifying signatures
/// and MACs", says it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_VerifyMessageNext(
    session: CK_SESSION_HANDLE,
    parameter: *mut c_void,
    parameter_len: CK_ULONG,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
    signature: *mut CK_BYTE,
    signature_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pParameter", parameter.cast(), parameter_len),
        Bytes("pData", part.cast(), part_len),
        Bytes("pSignature", signature.cast(), signature_len)
    ];
    guard::call("C_VerifyMessageNext", told, |module| {
        let ending = Ending::of_message(module, session, CKF_MESSAGE_VERIFY);
        ending.or_end(params::absent(parameter, parameter_len))?;
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(part, part_len) })?;
        // SAFETY: the application's promise for this call.
        let signature = unsafe { input::optional_bytes(signature, signature_len) };
        // The argument "is set to NULL if there is more data part to follow".
        let signature = ending.or_end(signature)?;
        module.verify_message_next(SessionHandle(session), input, signature)
    })
}

/// `C_MessageVerifyFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based functions for verifying signatures
/// and MACs", says it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageVerifyFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    let told = told![Number("hSession", session)];
    guard::call("C_MessageVerifyFinal", told, |module| {
        module.message_verify_final(SessionHandle(session))
    })
}
