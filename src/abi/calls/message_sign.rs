// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message-based signing.
//!
//! Source: PKCS#11 v3.2, "Message-based signing and MACing functions".

use core::ffi::c_void;

use super::ending::Ending;
use crate::abi::output::Output;
use crate::abi::params::Request;
use crate::abi::trace::told;
use crate::abi::types::{
    CK_BYTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};
use crate::abi::{guard, input, params};
use crate::pkcs11::flag::CKF_MESSAGE_SIGN;
use crate::pkcs11::{ObjectHandle, SessionHandle};

/// `C_MessageSignInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based signing and MACing functions", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageSignInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        MessageMechanism(mechanism),
        Number("hKey", key)
    ];
    guard::call("C_MessageSignInit", told, |module| {
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::optional_request(mechanism) }?;
        let request = request.as_ref().map(Request::pair);
        module.message_sign_init(SessionHandle(session), request, ObjectHandle(key))
    })
}

/// `C_SignMessage`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based signing and MACing functions", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SignMessage(
    session: CK_SESSION_HANDLE,
    parameter: *mut c_void,
    parameter_len: CK_ULONG,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    signature: *mut CK_BYTE,
    signature_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pParameter", parameter.cast(), parameter_len),
        Bytes("pData", data.cast(), data_len),
        Output("pSignature", signature.cast(), signature_len)
    ];
    guard::call("C_SignMessage", told, |module| {
        params::absent(parameter, parameter_len)?;
        // SAFETY: the application's promise for this call.
        let input = unsafe { input::bytes(data, data_len) }?;
        // SAFETY: the application's promise for this call.
        let output = unsafe { Output::new(signature, signature_len) }?;
        output.put(module.sign_message(SessionHandle(session), input, output.room()))
    })
}

/// `C_SignMessageBegin`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based signing and MACing functions", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SignMessageBegin(
    session: CK_SESSION_HANDLE,
    parameter: *mut c_void,
    parameter_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pParameter", parameter.cast(), parameter_len)
    ];
    guard::call("C_SignMessageBegin", told, |module| {
        params::absent(parameter, parameter_len)?;
        module.sign_message_begin(SessionHandle(session))
    })
}

/// `C_SignMessageNext`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based signing and MACing functions", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SignMessageNext(
    session: CK_SESSION_HANDLE,
    parameter: *mut c_void,
    parameter_len: CK_ULONG,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
    signature: *mut CK_BYTE,
    signature_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pParameter", parameter.cast(), parameter_len),
        Bytes("pData", part.cast(), part_len),
        Output("pSignature", signature.cast(), signature_len)
    ];
    guard::call("C_SignMessageNext", told, |module| {
        let ending = Ending::of_message(module, session, CKF_MESSAGE_SIGN);
        ending.or_end(params::absent(parameter, parameter_len))?;
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(part, part_len) })?;
        let session = SessionHandle(session);
        if signature_len.is_null() {
            return module.sign_message_next(session, input, None).map(drop);
        }
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(signature, signature_len) })?;
        match module.sign_message_next(session, input, Some(output.room())) {
            Ok(None) => Ok(()),
            Ok(Some(reply)) => output.put(Ok(reply)),
            Err(error) => Err(output.needing(error)),
        }
    })
}

/// `C_MessageSignFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based signing and MACing functions", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageSignFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    let told = told![Number("hSession", session)];
    guard::call("C_MessageSignFinal", told, |module| {
        module.message_sign_final(SessionHandle(session))
    })
}
