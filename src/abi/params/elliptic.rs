// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parameters of ECDH and EdDSA.
//!
//! Source: PKCS#11 v3.2, "Elliptic curve", `CK_ECDH1_DERIVE_PARAMS`,
//! `CK_ECDH_AES_KEY_WRAP_PARAMS` and `CK_EDDSA_PARAMS`.

use super::{Raw, invalid, part};
use crate::abi::types::{CK_ECDH_AES_KEY_WRAP_PARAMS, CK_ECDH1_DERIVE_PARAMS, CK_EDDSA_PARAMS};
use crate::error::Result;
use crate::mechanism::Params;
use crate::pkcs11::KdfType;

/// `CK_ECDH1_DERIVE_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn ecdh1<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_ECDH1_DERIVE_PARAMS = unsafe { raw.structure("CK_ECDH1_DERIVE_PARAMS") }?;
    // SAFETY: this function's contract covers the shared data.
    let shared = unsafe { part(given.pSharedData, given.ulSharedDataLen) }?;
    // SAFETY: this function's contract covers the public value.
    let public = unsafe { part(given.pPublicData, given.ulPublicDataLen) }?;
    Ok(Params::Ecdh1 {
        kdf: KdfType(given.kdf),
        shared,
        public,
    })
}

/// `CK_ECDH_AES_KEY_WRAP_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn ecdh_aes_key_wrap<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_ECDH_AES_KEY_WRAP_PARAMS =
        unsafe { raw.structure("CK_ECDH_AES_KEY_WRAP_PARAMS") }?;
    // SAFETY: this function's contract covers the shared data.
    let shared = unsafe { part(given.pSharedData, given.ulSharedDataLen) }?;
    Ok(Params::EcdhAesKeyWrap {
        aes_bits: given.ulAESKeyBits,
        kdf: KdfType(given.kdf),
        shared,
    })
}

/// `CK_EDDSA_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn eddsa<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value, as phFlag is a byte here.
    let given: CK_EDDSA_PARAMS = unsafe { raw.structure("CK_EDDSA_PARAMS") }?;
    let prehash = match given.phFlag {
        0 => false,
        1 => true,
        _ => return Err(invalid("phFlag is neither CK_FALSE nor CK_TRUE".to_owned())),
    };
    // SAFETY: this function's contract covers the context.
    let context = unsafe { part(given.pContextData, given.ulContextDataLen) }?;
    Ok(Params::Eddsa { prehash, context })
}
