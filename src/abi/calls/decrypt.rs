// SPDX-License-Identifier: MIT OR Apache-2.0
//! Decryption.
//!
//! Source: PKCS#11 v3.2, "Decryption functions".

use super::asynchronous;
use super::ending::Ending;
use crate::abi::output::Output;
use crate::abi::params::Request;
use crate::abi::trace::told;
use crate::abi::types::{
    CK_BYTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};
use crate::abi::{guard, input, params};
use crate::pkcs11::flag::CKF_DECRYPT;
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::Function;

/// `C_DecryptInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Decryption functions", says it is, for the time of
/// the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DecryptInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Mechanism(mechanism),
        Number("hKey", key)
    ];
    guard::call("C_DecryptInit", told, |module| {
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::optional_request(mechanism) }?;
        let request = request.as_ref().map(Request::pair);
        module.decrypt_init(SessionHandle(session), request, ObjectHandle(key))
    })
}

/// `C_Decrypt`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Decryption functions", says it is, for the time of
/// the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_Decrypt(
    session: CK_SESSION_HANDLE,
    encrypted: *mut CK_BYTE,
    encrypted_len: CK_ULONG,
    data: *mut CK_BYTE,
    data_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pEncryptedData", encrypted.cast(), encrypted_len),
        Output("pData", data.cast(), data_len)
    ];
    guard::call("C_Decrypt", told, |module| {
        let ending = Ending::new(module, session, CKF_DECRYPT);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(encrypted, encrypted_len) })?;
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(data, data_len) })?;
        let reply = module.decrypt(SessionHandle(session), input, output.room());
        asynchronous::put(module, session, Function::Decrypt, &output, reply)
    })
}

/// `C_DecryptUpdate`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Decryption functions", says it is, for the time of
/// the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DecryptUpdate(
    session: CK_SESSION_HANDLE,
    encrypted: *mut CK_BYTE,
    encrypted_len: CK_ULONG,
    part: *mut CK_BYTE,
    part_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pEncryptedPart", encrypted.cast(), encrypted_len),
        Output("pPart", part.cast(), part_len)
    ];
    guard::call("C_DecryptUpdate", told, |module| {
        let ending = Ending::new(module, session, CKF_DECRYPT);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(encrypted, encrypted_len) })?;
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(part, part_len) })?;
        output.put(module.decrypt_update(SessionHandle(session), input, output.room()))
    })
}

/// `C_DecryptFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Decryption functions", says it is, for the time of
/// the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DecryptFinal(
    session: CK_SESSION_HANDLE,
    last: *mut CK_BYTE,
    last_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Output("pLastPart", last.cast(), last_len)
    ];
    guard::call("C_DecryptFinal", told, |module| {
        let ending = Ending::new(module, session, CKF_DECRYPT);
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(last, last_len) })?;
        let reply = module.decrypt_final(SessionHandle(session), output.room());
        asynchronous::put(module, session, Function::DecryptFinal, &output, reply)
    })
}
