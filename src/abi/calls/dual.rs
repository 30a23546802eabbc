// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two operations on one pass of data.
//!
//! Source: PKCS#11 v3.2, "Dual-function cryptographic functions".

use super::ending::Ending;
use crate::abi::output::Output;
use crate::abi::trace::told;
use crate::abi::types::{CK_BYTE, CK_RV, CK_SESSION_HANDLE, CK_ULONG};
use crate::abi::{guard, input};
use crate::pkcs11::SessionHandle;
use crate::pkcs11::flag::{CKF_DECRYPT, CKF_DIGEST, CKF_ENCRYPT, CKF_SIGN, CKF_VERIFY};

/// `C_DigestEncryptUpdate`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Dual-function cryptographic functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DigestEncryptUpdate(
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
    guard::call("C_DigestEncryptUpdate", told, |module| {
        let ending = Ending::new(module, session, CKF_DIGEST | CKF_ENCRYPT);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(part, part_len) })?;
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(encrypted, encrypted_len) })?;
        output.put(module.digest_encrypt_update(SessionHandle(session), input, output.room()))
    })
}

/// `C_DecryptDigestUpdate`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Dual-function cryptographic functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DecryptDigestUpdate(
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
    guard::call("C_DecryptDigestUpdate", told, |module| {
        let ending = Ending::new(module, session, CKF_DECRYPT | CKF_DIGEST);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(encrypted, encrypted_len) })?;
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(part, part_len) })?;
        output.put(module.decrypt_digest_update(SessionHandle(session), input, output.room()))
    })
}

/// `C_SignEncryptUpdate`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Dual-function cryptographic functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SignEncryptUpdate(
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
    guard::call("C_SignEncryptUpdate", told, |module| {
        let ending = Ending::new(module, session, CKF_SIGN | CKF_ENCRYPT);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(part, part_len) })?;
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(encrypted, encrypted_len) })?;
        output.put(module.sign_encrypt_update(SessionHandle(session), input, output.room()))
    })
}

/// `C_DecryptVerifyUpdate`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Dual-function cryptographic functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DecryptVerifyUpdate(
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
    guard::call("C_DecryptVerifyUpdate", told, |module| {
        let ending = Ending::new(module, session, CKF_DECRYPT | CKF_VERIFY);
        // SAFETY: the application's promise for this call.
        let input = ending.or_end(unsafe { input::bytes(encrypted, encrypted_len) })?;
        // SAFETY: the application's promise for this call.
        let output = ending.or_end(unsafe { Output::new(part, part_len) })?;
        output.put(module.decrypt_verify_update(SessionHandle(session), input, output.room()))
    })
}
