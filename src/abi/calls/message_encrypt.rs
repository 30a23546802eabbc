// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message-based encryption.
//!
//! Source: PKCS#11 v3.2, "Message-based encryption functions".

use core::ffi::c_void;

use super::ending::Ending;
use crate::abi::output::Output;
use crate::abi::params::{Direction, Message};
use crate::abi::trace::{FlagsOf, told};
use crate::abi::types::{
    CK_BYTE, CK_FLAGS, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};
use crate::abi::{guard, input, params};
use crate::pkcs11::flag::{CKF_END_OF_MESSAGE, CKF_MESSAGE_ENCRYPT};
use crate::pkcs11::{ObjectHandle, SessionHandle};

/// `C_MessageEncryptInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based encryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageEncryptInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        MessageMechanism(mechanism),
        Number("hKey", key)
    ];
    guard::call("C_MessageEncryptInit", told, |module| {
        // SAFETY: the application's promise for this call.
        let row = unsafe { params::message_row(mechanism) }?;
        module.message_encrypt_init(SessionHandle(session), row, ObjectHandle(key))
    })
}

/// `C_EncryptMessage`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based encryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_EncryptMessage(
    session: CK_SESSION_HANDLE,
    parameter: *mut c_void,
    parameter_len: CK_ULONG,
    aad: *mut CK_BYTE,
    aad_len: CK_ULONG,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    encrypted: *mut CK_BYTE,
    encrypted_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pParameter", parameter.cast(), parameter_len),
        Bytes("pAssociatedData", aad.cast(), aad_len),
        Bytes("pPlaintext", data.cast(), data_len),
        Output("pCiphertext", encrypted.cast(), encrypted_len)
    ];
    guard::call("C_EncryptMessage", told, |module| {
        let session = SessionHandle(session);
        let shape = module.encrypt_message_shape(session)?;
        // SAFETY: the application's promise for this call.
        let message = unsafe { Message::read(shape, parameter, parameter_len, Direction::Seal) }?;
        // SAFETY: the application's promise for this call.
        let aad = unsafe { input::bytes(aad, aad_len) }?;
        // SAFETY: the application's promise for this call.
        let input = unsafe { input::bytes(data, data_len) }?;
        // SAFETY: the application's promise for this call.
        let output = unsafe { Output::new(encrypted, encrypted_len) }?;
        match module.encrypt_message(session, &message.params, aad, input, output.room()) {
            Ok((reply, beside)) => {
                output.put(Ok(reply))?;
                message.put(&beside)
            }
            Err(error) => Err(output.needing(error)),
        }
    })
}

/// `C_EncryptMessageBegin`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based encryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_EncryptMessageBegin(
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
    guard::call("C_EncryptMessageBegin", told, |module| {
        let session = SessionHandle(session);
        let shape = module.encrypt_message_shape(session)?;
        // SAFETY: the application's promise for this call.
        let message =
            unsafe { Message::read(shape, parameter, parameter_len, Direction::BeginSeal) }?;
        // SAFETY: the application's promise for this call.
        let aad = unsafe { input::bytes(aad, aad_len) }?;
        let beside = module.encrypt_message_begin(session, &message.params, aad)?;
        message.put(&beside)
    })
}

/// `C_EncryptMessageNext`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based encryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_EncryptMessageNext(
    session: CK_SESSION_HANDLE,
    parameter: *mut c_void,
    parameter_len: CK_ULONG,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
    encrypted: *mut CK_BYTE,
    encrypted_len: *mut CK_ULONG,
    flags: CK_FLAGS,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pParameter", parameter.cast(), parameter_len),
        Bytes("pPlaintextPart", part.cast(), part_len),
        Output("pCiphertextPart", encrypted.cast(), encrypted_len),
        Flags(FlagsOf::Message, flags)
    ];
    guard::call("C_EncryptMessageNext", told, |module| {
        let ending = Ending::of_message(module, session, CKF_MESSAGE_ENCRYPT);
        let session = SessionHandle(session);
        let shape = module.encrypt_message_shape(session)?;
        let last = flags & CKF_END_OF_MESSAGE != 0;
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(part, part_len) })?;
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(encrypted, encrypted_len) })?;
        let message = if last {
            // SAFETY: the application's promise for this call.
            let read = unsafe { Message::read(shape, parameter, parameter_len, Direction::Seal) };
            Some(ending.or_end(read)?)
        } else {
            None
        };
        match module.encrypt_message_next(session, input, output.room(), last) {
            Ok((reply, beside)) => {
                output.put(Ok(reply))?;
                message.map_or(Ok(()), |message| message.put(&beside))
            }
            Err(error) => Err(output.needing(error)),
        }
    })
}

/// `C_MessageEncryptFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message-based encryption functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_MessageEncryptFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    let told = told![Number("hSession", session)];
    guard::call("C_MessageEncryptFinal", told, |module| {
        module.message_encrypt_final(SessionHandle(session))
    })
}
