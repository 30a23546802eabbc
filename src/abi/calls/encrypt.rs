// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encryption.
//!
//! Source: PKCS#11 v3.2, "Encryption functions".

use super::asynchronous;
use super::ending::Ending;
use crate::abi::output::Output;
use crate::abi::params::Request;
use crate::abi::trace::told;
use crate::abi::types::{
    CK_BYTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};
use crate::abi::{guard, input, params};
use crate::pkcs11::flag::CKF_ENCRYPT;
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::Function;

/// `C_EncryptInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Encryption functions", says it is, for the time of
/// the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_EncryptInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Mechanism(mechanism),
        Number("hKey", key)
    ];
    guard::call("C_EncryptInit", told, |module| {
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::optional_request(mechanism) }?;
        let request = request.as_ref().map(Request::pair);
        module.encrypt_init(SessionHandle(session), request, ObjectHandle(key))
    })
}

/// `C_Encrypt`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Encryption functions", says it is, for the time of
/// the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_Encrypt(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    encrypted: *mut CK_BYTE,
    encrypted_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pData", data.cast(), data_len),
        Output("pEncryptedData", encrypted.cast(), encrypted_len)
    ];
    guard::call("C_Encrypt", told, |module| {
        let ending = Ending::new(module, session, CKF_ENCRYPT);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(data, data_len) })?;
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(encrypted, encrypted_len) })?;
        let reply = module.encrypt(SessionHandle(session), input, output.room());
        asynchronous::put(module, session, Function::Encrypt, &output, reply)
    })
}

/// `C_EncryptUpdate`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Encryption functions", says it is, for the time of
/// the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_EncryptUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
    encrypted: *mut CK_BYTE,
    encrypted_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pPart", part.cast(), part_len),
        Output("pEncryptedPart", encrypted.cast(), encrypted_len)
    ];
    guard::call("C_EncryptUpdate", told, |module| {
        let ending = Ending::new(module, session, CKF_ENCRYPT);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(part, part_len) })?;
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(encrypted, encrypted_len) })?;
        output.put(module.encrypt_update(SessionHandle(session), input, output.room()))
    })
}

/// `C_EncryptFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Encryption functions", says it is, for the time of
/// the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_EncryptFinal(
    session: CK_SESSION_HANDLE,
    last: *mut CK_BYTE,
    last_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Output("pLastEncryptedPart", last.cast(), last_len)
    ];
    guard::call("C_EncryptFinal", told, |module| {
        let ending = Ending::new(module, session, CKF_ENCRYPT);
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(last, last_len) })?;
        let reply = module.encrypt_final(SessionHandle(session), output.room());
        asynchronous::put(module, session, Function::EncryptFinal, &output, reply)
    })
}
