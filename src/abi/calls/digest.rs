// SPDX-License-Identifier: MIT OR Apache-2.0
//! Digests.
//!
//! Source: PKCS#11 v3.2, "Message digesting functions".

use super::asynchronous;
use super::ending::Ending;
use crate::abi::output::Output;
use crate::abi::params::Request;
use crate::abi::trace::told;
use crate::abi::types::{
    CK_BYTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};
use crate::abi::{guard, input, params};
use crate::pkcs11::flag::CKF_DIGEST;
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::Function;

/// `C_DigestInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message digesting functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DigestInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
) -> CK_RV {
    let told = told![Number("hSession", session), Mechanism(mechanism)];
    guard::call("C_DigestInit", told, |module| {
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::optional_request(mechanism) }?;
        let request = request.as_ref().map(Request::pair);
        module.digest_init(SessionHandle(session), request)
    })
}

/// `C_Digest`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message digesting functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_Digest(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    digest: *mut CK_BYTE,
    digest_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pData", data.cast(), data_len),
        Output("pDigest", digest.cast(), digest_len)
    ];
    guard::call("C_Digest", told, |module| {
        let ending = Ending::new(module, session, CKF_DIGEST);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(data, data_len) })?;
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(digest, digest_len) })?;
        let reply = module.digest(SessionHandle(session), input, output.room());
        asynchronous::put(module, session, Function::Digest, &output, reply)
    })
}

/// `C_DigestUpdate`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message digesting functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DigestUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pPart", part.cast(), part_len)
    ];
    guard::call("C_DigestUpdate", told, |module| {
        let ending = Ending::new(module, session, CKF_DIGEST);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(part, part_len) })?;
        module.digest_update(SessionHandle(session), input)
    })
}

/// `C_DigestKey`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message digesting functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DigestKey(session: CK_SESSION_HANDLE, key: CK_OBJECT_HANDLE) -> CK_RV {
    let told = told![Number("hSession", session), Number("hKey", key)];
    guard::call("C_DigestKey", told, |module| {
        module.digest_key(SessionHandle(session), ObjectHandle(key))
    })
}

/// `C_DigestFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Message digesting functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DigestFinal(
    session: CK_SESSION_HANDLE,
    digest: *mut CK_BYTE,
    digest_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Output("pDigest", digest.cast(), digest_len)
    ];
    guard::call("C_DigestFinal", told, |module| {
        let ending = Ending::new(module, session, CKF_DIGEST);
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(digest, digest_len) })?;
        let reply = module.digest_final(SessionHandle(session), output.room());
        asynchronous::put(module, session, Function::DigestFinal, &output, reply)
    })
}
