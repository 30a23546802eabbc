// SPDX-License-Identifier: MIT OR Apache-2.0
//! Asynchronous calls.
//!
//! Source: PKCS#11 v3.2, "Asynchronous function management functions".

use core::ptr::{null_mut, with_exposed_provenance_mut};

use crate::abi::output::{Output, Place};
use crate::abi::trace::told;
use crate::abi::types::{CK_ASYNC_DATA, CK_BYTE, CK_RV, CK_SESSION_HANDLE, CK_ULONG, CK_UTF8CHAR};
use crate::abi::{guard, input, output};
use crate::error::{Error, Result};
use crate::module::{Buffer, Finished, Module};
use crate::pkcs11::SessionHandle;
use crate::session::{Function, Reply};

/// No result.
const NOTHING: CK_ASYNC_DATA = CK_ASYNC_DATA {
    ulVersion: 0,
    pValue: null_mut(),
    ulValue: 0,
    hObject: 0,
    hAdditionalObject: 0,
};

/// Writes a reply; where it comes later, remembers where to.
///
/// # Errors
/// As [`Output::put`].
pub(super) fn put(
    module: &Module,
    session: CK_SESSION_HANDLE,
    function: Function,
    output: &Output,
    reply: Result<Reply>,
) -> Result<()> {
    let put = output.put(reply);
    put.inspect_err(|error| note(module, session, function, output, error))
}

/// Remembers the buffer of a call that answers `CKR_PENDING`.
pub(super) fn note(
    module: &Module,
    session: CK_SESSION_HANDLE,
    function: Function,
    output: &Output,
    error: &Error,
) {
    if matches!(error, Error::Pending(_)) {
        // A session that was closed meanwhile has nothing pending.
        let _ = module.async_buffer(SessionHandle(session), function, output.later());
    }
}

/// `C_AsyncComplete`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Asynchronous function management functions", says
/// it is, for the time of the call; the buffer of the call that is completed is still there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_AsyncComplete(
    session: CK_SESSION_HANDLE,
    function: *mut CK_UTF8CHAR,
    result: *mut CK_ASYNC_DATA,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        CString("pFunctionName", function),
        AsyncData(result)
    ];
    guard::call("C_AsyncComplete", told, |module| {
        // SAFETY: the application's promise for this call.
        let function = unsafe { input::function_name(function) }?;
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(result, "pResult is NULL") }.ok();
        // SPEC: "always 0 for this version": another one is a structure this library does not know.
        if place.is_some_and(|place| place.get().ulVersion != 0) {
            return Err(Error::ArgumentsBad("ulVersion of pResult is not 0".into()));
        }
        let name = function.as_str();
        let finished = module.async_complete(SessionHandle(session), name, place.is_some());
        let finished = finished.inspect_err(|error| {
            if let (Error::BufferTooSmall { needed }, Some(place)) = (error, place) {
                place.put(CK_ASYNC_DATA {
                    ulValue: output::ulong(*needed).unwrap_or(CK_ULONG::MAX),
                    ..NOTHING
                });
            }
        })?;
        // SAFETY: "Callers must ensure that the buffer passed into the original function remains
        // available to the module for the duration of the operation."
        unsafe { complete(finished, place) }
    })
}

/// Writes the output into the buffer that waited for it, and the rest into `pResult`.
///
/// # Safety
/// The buffer has the room it was given with, and may be written.
///
/// # Errors
/// What the operation answers.
unsafe fn complete(finished: Finished, place: Option<Place<CK_ASYNC_DATA>>) -> Result<()> {
    let address = finished.buffer.map_or(0, |buffer| buffer.address);
    let value: *mut CK_BYTE = if address == 0 {
        null_mut()
    } else {
        with_exposed_provenance_mut(address)
    };
    let mut data = CK_ASYNC_DATA {
        pValue: value,
        ..NOTHING
    };
    let outcome = finished.outcome.and_then(|done| {
        if let Some(bytes) = &done.bytes {
            let bytes = bytes.expose();
            data.ulValue = output::ulong(bytes.len())?;
            let room = finished.buffer.map_or(0, |buffer| buffer.room);
            if bytes.len() > room {
                return Err(Error::GeneralError(
                    "an output is longer than the room it was made for".into(),
                ));
            }
            if !value.is_null() {
                // SAFETY: this function's contract; the bytes fit, and `copy` allows any overlap.
                unsafe { core::ptr::copy(bytes.as_ptr(), value, bytes.len()) };
            }
        }
        data.hObject = done.object.map_or(0, |handle| handle.0);
        data.hAdditionalObject = done.additional.map_or(0, |handle| handle.0);
        Ok(())
    });
    if let Some(place) = place {
        place.put(data);
    }
    outcome
}

/// `C_AsyncGetID`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Asynchronous function management functions", says
/// it is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_AsyncGetID(
    session: CK_SESSION_HANDLE,
    function: *mut CK_UTF8CHAR,
    id: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        CString("pFunctionName", function),
        Made("pulID", id)
    ];
    guard::call("C_AsyncGetID", told, |module| {
        // SAFETY: the application's promise for this call.
        let function = unsafe { input::function_name(function) }?;
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(id, "pulID is NULL") }?;
        place.put(module.async_get_id(SessionHandle(session), function.as_str())?);
        Ok(())
    })
}

/// `C_AsyncJoin`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Asynchronous function management functions", says
/// it is, for the time of the call and, `data`, until the operation is completed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_AsyncJoin(
    session: CK_SESSION_HANDLE,
    function: *mut CK_UTF8CHAR,
    id: CK_ULONG,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        CString("pFunctionName", function),
        Number("ulID", id),
        Filled("pData", data.cast(), data_len)
    ];
    guard::call("C_AsyncJoin", told, |module| {
        // SAFETY: the application's promise for this call.
        let function = unsafe { input::function_name(function) }?;
        // SPEC: no pointer takes a length back, so NULL is a buffer without room.
        let buffer = if data.is_null() {
            Buffer {
                address: 0,
                room: 0,
            }
        } else {
            Buffer {
                address: data.expose_provenance(),
                room: usize::try_from(data_len).unwrap_or(usize::MAX),
            }
        };
        module.async_join(SessionHandle(session), function.as_str(), id, buffer)
    })
}
