// SPDX-License-Identifier: MIT OR Apache-2.0
//! Signing and MACing.
//!
//! Source: PKCS#11 v3.2, "Signing and MACing functions".

use super::asynchronous;
use super::ending::Ending;
use crate::abi::output::Output;
use crate::abi::params::Request;
use crate::abi::trace::told;
use crate::abi::types::{
    CK_BYTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};
use crate::abi::{guard, input, params};
use crate::pkcs11::flag::{CKF_SIGN, CKF_SIGN_RECOVER};
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::Function;

/// `C_SignInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Signing and MACing functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SignInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Mechanism(mechanism),
        Number("hKey", key)
    ];
    guard::call("C_SignInit", told, |module| {
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::optional_request(mechanism) }?;
        let request = request.as_ref().map(Request::pair);
        module.sign_init(SessionHandle(session), request, ObjectHandle(key))
    })
}

/// `C_Sign`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Signing and MACing functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_Sign(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    signature: *mut CK_BYTE,
    signature_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pData", data.cast(), data_len),
        Output("pSignature", signature.cast(), signature_len)
    ];
    guard::call("C_Sign", told, |module| {
        let ending = Ending::new(module, session, CKF_SIGN);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(data, data_len) })?;
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(signature, signature_len) })?;
        let reply = module.sign(SessionHandle(session), input, output.room());
        asynchronous::put(module, session, Function::Sign, &output, reply)
    })
}

/// `C_SignUpdate`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Signing and MACing functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SignUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pPart", part.cast(), part_len)
    ];
    guard::call("C_SignUpdate", told, |module| {
        let ending = Ending::new(module, session, CKF_SIGN);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(part, part_len) })?;
        module.sign_update(SessionHandle(session), input)
    })
}

/// `C_SignFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Signing and MACing functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SignFinal(
    session: CK_SESSION_HANDLE,
    signature: *mut CK_BYTE,
    signature_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Output("pSignature", signature.cast(), signature_len)
    ];
    guard::call("C_SignFinal", told, |module| {
        let ending = Ending::new(module, session, CKF_SIGN);
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(signature, signature_len) })?;
        let reply = module.sign_final(SessionHandle(session), output.room());
        asynchronous::put(module, session, Function::SignFinal, &output, reply)
    })
}

/// `C_SignRecoverInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Signing and MACing functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SignRecoverInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Mechanism(mechanism),
        Number("hKey", key)
    ];
    guard::call("C_SignRecoverInit", told, |module| {
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::optional_request(mechanism) }?;
        let request = request.as_ref().map(Request::pair);
        module.sign_recover_init(SessionHandle(session), request, ObjectHandle(key))
    })
}

/// `C_SignRecover`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Signing and MACing functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SignRecover(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    signature: *mut CK_BYTE,
    signature_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pData", data.cast(), data_len),
        Output("pSignature", signature.cast(), signature_len)
    ];
    guard::call("C_SignRecover", told, |module| {
        let ending = Ending::new(module, session, CKF_SIGN_RECOVER);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(data, data_len) })?;
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(signature, signature_len) })?;
        let reply = module.sign_recover(SessionHandle(session), input, output.room());
        asynchronous::put(module, session, Function::SignRecover, &output, reply)
    })
}
