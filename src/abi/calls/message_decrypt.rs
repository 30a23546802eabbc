// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message-based decryption.
//!
//! Source: PKCS#11 v3.2, "Message-based decryption functions".

use core::ffi::c_void;

use super::ending::Ending;
use crate::abi::output::Output;
use crate::abi::params::{Direction, Message};
use crate::abi::trace::{FlagsOf, told};
use crate::abi::types::{
    CK_BYTE, CK_FLAGS, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};
use crate::abi::{guard, input, params};
use crate::pkcs11::flag::{CKF_END_OF_MESSAGE, CKF_MESSAGE_DECRYPT};
use crate::pkcs11::{ObjectHandle, SessionHandle};

/// `C_MessageDecryptInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based decryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageDecryptInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        MessageMechanism(mechanism),
        Number("hKey", key)
    ];
    guard::call("C_MessageDecryptInit", told, |module| {
        // SAFETY: the application's promise for this call.
        let row = unsafe { params::message_row(mechanism) }?;
        module.message_decrypt_init(SessionHandle(session), row, ObjectHandle(key))
    })
}

/// `C_DecryptMessage`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based decryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DecryptMessage(
    session: CK_SESSION_HANDLE,
    parameter: *mut c_void,
    parameter_len: CK_ULONG,
    aad: *mut CK_BYTE,
    aad_len: CK_ULONG,
    encrypted: *mut CK_BYTE,
    encrypted_len: CK_ULONG,
    data: *mut CK_BYTE,
    data_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pParameter", parameter.cast(), parameter_len),
        Bytes("pAssociatedData", aad.cast(), aad_len),
        Bytes("pCiphertext", encrypted.cast(), encrypted_len),
        Output("pPlaintext", data.cast(), data_len)
    ];
    guard::call("C_DecryptMessage", told, |module| {
        let session = SessionHandle(session);
        let shape = module.decrypt_message_shape(session)?;
        // SAFETY: the application's promise for this call.
        let message = unsafe { Message::read(shape, parameter, parameter_len, Direction::Open) }?;
        // SAFETY: the application's promise for this call.
        let aad = unsafe { input::bytes(aad, aad_len) }?;
        // SAFETY: the application's promise for this call.
        let input = unsafe { input::bytes(encrypted, encrypted_len) }?;
        // SAFETY: the application's promise for this call.
        let output = unsafe { Output::new(data, data_len) }?;
        output.put(module.decrypt_message(session, &message.params, aad, input, output.room()))
    })
}

/// `C_DecryptMessageBegin`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based decryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DecryptMessageBegin(
    session: CK_SESSION_HANDLE,
    parameter: *mut c_void,
    parameter_len: CK_ULONG,
    aad: *mut CK_BYTE,
    aad_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pParameter", parameter.cast(), parameter_len),
        Bytes("pAssociatedData", aad.cast(), aad_len)
    ];
    guard::call("C_DecryptMessageBegin", told, |module| {
        let session = SessionHandle(session);
        let shape = module.decrypt_message_shape(session)?;
        // SAFETY: the application's promise for this call.
        let message =
            unsafe { Message::read(shape, parameter, parameter_len, Direction::BeginOpen) }?;
        // SAFETY: the application's promise for this call.
        let aad = unsafe { input::bytes(aad, aad_len) }?;
        module.decrypt_message_begin(session, &message.params, aad)
    })
}

/// `C_DecryptMessageNext`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based decryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DecryptMessageNext(
    session: CK_SESSION_HANDLE,
    parameter: *mut c_void,
    parameter_len: CK_ULONG,
    encrypted: *mut CK_BYTE,
    encrypted_len: CK_ULONG,
    part: *mut CK_BYTE,
    part_len: *mut CK_ULONG,
    flags: CK_FLAGS,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pParameter", parameter.cast(), parameter_len),
        Bytes("pCiphertextPart", encrypted.cast(), encrypted_len),
        Output("pPlaintextPart", part.cast(), part_len),
        Flags(FlagsOf::Message, flags)
    ];
    guard::call("C_DecryptMessageNext", told, |module| {
        let ending = Ending::of_message(module, session, CKF_MESSAGE_DECRYPT);
        let session = SessionHandle(session);
        let shape = module.decrypt_message_shape(session)?;
        let last = flags & CKF_END_OF_MESSAGE != 0;
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(encrypted, encrypted_len) })?;
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(part, part_len) })?;
        let message = if last {
            // SAFETY: the application's promise for this call.
            let read = unsafe { Message::read(shape, parameter, parameter_len, Direction::Open) };
            Some(ending.or_end(read)?)
        } else {
            None
        };
        let tag = message
            .as_ref()
            .map(|message| message.params.tag.as_slice());
        output.put(module.decrypt_message_next(session, input, output.room(), tag))
    })
}

/// `C_MessageDecryptFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based decryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageDecryptFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    let told = told![Number("hSession", session)];
    guard::call("C_MessageDecryptFinal", told, |module| {
        module.message_decrypt_final(SessionHandle(session))
    })
}
