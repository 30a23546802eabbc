// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parameters of key derivations that give one object.
//!
//! Source: PKCS#11 v3.2, "Miscellaneous simple key derivation mechanisms", "HKDF mechanism
//! parameters", "PKCS #5 PBKDF2 key generation mechanism parameters"; v2.20 for
//! `CK_PKCS5_PBKD2_PARAMS`.

use super::{Raw, invalid, part};
use crate::abi::input;
use crate::abi::types::{
    CK_BBOOL, CK_HKDF_PARAMS, CK_KEY_DERIVATION_STRING_DATA, CK_OBJECT_HANDLE,
    CK_PKCS5_PBKD2_PARAMS2, CK_ULONG,
};
use crate::error::Result;
use crate::mechanism::{HkdfParams, HkdfSalt, Params, Pbkd2Params};
use crate::pkcs11::flag::{CKF_HKDF_SALT_DATA, CKF_HKDF_SALT_KEY, CKF_HKDF_SALT_NULL};
use crate::pkcs11::value::CKZ_SALT_SPECIFIED;
use crate::pkcs11::{MechanismType, ObjectHandle};

/// `CK_KEY_DERIVATION_STRING_DATA`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn string_data<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_KEY_DERIVATION_STRING_DATA =
        unsafe { raw.structure("CK_KEY_DERIVATION_STRING_DATA") }?;
    // SAFETY: this function's contract covers the data.
    unsafe { part(given.pData, given.ulLen) }.map(Params::StringData)
}

/// `CK_OBJECT_HANDLE`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn key<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a number.
    let handle: CK_OBJECT_HANDLE = unsafe { raw.structure("CK_OBJECT_HANDLE") }?;
    Ok(Params::Key(ObjectHandle(handle)))
}

/// `CK_HKDF_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn hkdf<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value, as booleans are bytes here.
    let given: CK_HKDF_PARAMS = unsafe { raw.structure("CK_HKDF_PARAMS") }?;
    let extract = boolean(given.bExtract, "bExtract")?;
    let expand = boolean(given.bExpand, "bExpand")?;
    // "The salt should be ignored if bExtract is false."
    let salt = match given.ulSaltType {
        _ if !extract => HkdfSalt::Null,
        CKF_HKDF_SALT_NULL => HkdfSalt::Null,
        // SAFETY: this function's contract covers the salt.
        CKF_HKDF_SALT_DATA => HkdfSalt::Data(unsafe { part(given.pSalt, given.ulSaltLen) }?),
        CKF_HKDF_SALT_KEY => HkdfSalt::Key(ObjectHandle(given.hSaltKey)),
        _ => return Err(invalid("ulSaltType is no CKF_HKDF_SALT_...".to_owned())),
    };
    // "The pInfo should be ignored if bExpand is set to false."
    let info = if expand {
        // SAFETY: this function's contract covers the info.
        unsafe { part(given.pInfo, given.ulInfoLen) }?
    } else {
        &[]
    };
    Ok(Params::Hkdf(HkdfParams {
        extract,
        expand,
        hash: MechanismType(given.prfHashMechanism),
        salt,
        info,
    }))
}

/// A boolean that decides what is computed.
pub(super) fn boolean(given: CK_BBOOL, name: &str) -> Result<bool> {
    match given {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(invalid(format!("{name} is neither CK_FALSE nor CK_TRUE"))),
    }
}

/// The longest password. No process has an object at an address below this, so that a number says
/// whether it is a length or a pointer.
const PASSWORD_LEN_MAX: CK_ULONG = 0xffff;

/// `CK_PKCS5_PBKD2_PARAMS2`, or `CK_PKCS5_PBKD2_PARAMS`, whose `ulPasswordLen` points to the length.
///
/// SPEC: the two have the same size and differ in nothing but that; the older one is taken where
/// the length would be impossible and can be a pointer.
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn pbkd2<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_PKCS5_PBKD2_PARAMS2 = unsafe { raw.structure("CK_PKCS5_PBKD2_PARAMS2") }?;
    if given.saltSource != CKZ_SALT_SPECIFIED {
        return Err(invalid("saltSource is not CKZ_SALT_SPECIFIED".to_owned()));
    }
    if !given.pPrfData.is_null() || given.ulPrfDataLen != 0 {
        return Err(invalid("the function takes no pPrfData".to_owned()));
    }
    let password_len = match given.ulPasswordLen {
        len @ 0..=PASSWORD_LEN_MAX => len,
        address => {
            let address = usize::try_from(address)
                .ok()
                .filter(|address| address.is_multiple_of(align_of::<CK_ULONG>()))
                .ok_or_else(|| invalid("ulPasswordLen is too long".to_owned()))?;
            let place = core::ptr::with_exposed_provenance::<CK_ULONG>(address);
            // SAFETY: not a length that a password can have, so by this function's contract it is
            // the pointer of the older structure.
            unsafe { input::value(place, "ulPasswordLen is NULL") }?
        }
    };
    if password_len > PASSWORD_LEN_MAX {
        return Err(invalid("the password is too long".to_owned()));
    }
    // SAFETY: this function's contract covers the salt.
    let salt = unsafe { part(given.pSaltSourceData.cast(), given.ulSaltSourceDataLen) }?;
    // SAFETY: this function's contract covers the password.
    let password = unsafe { part(given.pPassword, password_len) }?;
    Ok(Params::Pbkd2(Pbkd2Params {
        salt,
        iterations: given.iterations,
        prf: given.prf,
        password,
    }))
}
