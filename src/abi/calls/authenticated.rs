// SPDX-License-Identifier: MIT OR Apache-2.0
//! Authenticated wrapping.
//!
//! Source: PKCS#11 v3.2, "Key management functions".

use crate::abi::output::{Output, Place};
use crate::abi::params::Direction;
use crate::abi::trace::told;
use crate::abi::types::{
    CK_ATTRIBUTE, CK_BYTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};
use crate::abi::{guard, input, params, template};
use crate::module::{TagPlace, Unwrapping, Wrapping};
use crate::pkcs11::{ObjectHandle, SessionHandle};

/// `C_WrapKeyAuthenticated`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Key management functions", says it is, for the time
/// of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_WrapKeyAuthenticated(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    wrapping_key: CK_OBJECT_HANDLE,
    key: CK_OBJECT_HANDLE,
    aad: *mut CK_BYTE,
    aad_len: CK_ULONG,
    wrapped: *mut CK_BYTE,
    wrapped_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        MessageMechanism(mechanism),
        Number("hWrappingKey", wrapping_key),
        Number("hKey", key),
        Bytes("pAssociatedData", aad.cast(), aad_len),
        Output("pWrappedKey", wrapped.cast(), wrapped_len)
    ];
    guard::call("C_WrapKeyAuthenticated", told, |module| {
        // SAFETY: the application's promise for this call.
        let output = unsafe { Output::new(wrapped, wrapped_len) }?;
        // SAFETY: the application's promise for this call.
        let (row, message) = unsafe { params::wrap_request(mechanism, Direction::Seal) }?;
        // SAFETY: the application's promise for this call.
        let aad = unsafe { input::bytes(aad, aad_len) }?;
        let what = Wrapping {
            by: ObjectHandle(wrapping_key),
            key: ObjectHandle(key),
            aad,
            tag: TagPlace::Beside,
        };
        let (session, room) = (SessionHandle(session), output.room());
        match module.wrap_key_authenticated(session, row, &message.params, what, room) {
            Ok((reply, beside)) => {
                output.put(Ok(reply))?;
                message.put(&beside)
            }
            Err(error) => Err(output.needing(error)),
        }
    })
}

/// `C_UnwrapKeyAuthenticated`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Key management functions", says it is, for the time
/// of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_UnwrapKeyAuthenticated(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    unwrapping_key: CK_OBJECT_HANDLE,
    wrapped: *mut CK_BYTE,
    wrapped_len: CK_ULONG,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
    aad: *mut CK_BYTE,
    aad_len: CK_ULONG,
    key: *mut CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        MessageMechanism(mechanism),
        Number("hUnwrappingKey", unwrapping_key),
        Bytes("pWrappedKey", wrapped.cast(), wrapped_len),
        Template("pTemplate", template, count),
        Bytes("pAssociatedData", aad.cast(), aad_len),
        Made("phKey", key)
    ];
    guard::call("C_UnwrapKeyAuthenticated", told, |module| {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(key, "phKey is NULL") }?;
        // SAFETY: the application's promise for this call.
        let (row, message) = unsafe { params::wrap_request(mechanism, Direction::Open) }?;
        // SAFETY: the application's promise for this call.
        let wrapped = unsafe { input::bytes(wrapped, wrapped_len) }?;
        // SAFETY: the application's promise for this call.
        let template = unsafe { template::read(template, count) }?;
        // SAFETY: the application's promise for this call.
        let aad = unsafe { input::bytes(aad, aad_len) }?;
        let what = Unwrapping {
            by: ObjectHandle(unwrapping_key),
            wrapped,
            aad,
            tag: TagPlace::Beside,
        };
        let session = SessionHandle(session);
        let made =
            module.unwrap_key_authenticated(session, row, message.params, what, &template)?;
        place.put(made.0);
        Ok(())
    })
}
