// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parameters of RSA OAEP and PSS.
//!
//! Source: PKCS#11 v3.2, "RSA", `CK_RSA_PKCS_OAEP_PARAMS` and `CK_RSA_PKCS_PSS_PARAMS`.

use super::{Raw, part};
use crate::abi::types::{
    CK_RSA_AES_KEY_WRAP_PARAMS, CK_RSA_PKCS_OAEP_PARAMS, CK_RSA_PKCS_PSS_PARAMS, CK_ULONG,
};
use crate::error::Result;
use crate::mechanism::Params;
use crate::pkcs11::{MechanismType, MgfType};

/// `CK_RSA_PKCS_OAEP_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn oaep<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_RSA_PKCS_OAEP_PARAMS = unsafe { raw.structure("CK_RSA_PKCS_OAEP_PARAMS") }?;
    // SAFETY: this function's contract covers the label.
    let label = unsafe { part(given.pSourceData.cast(), given.ulSourceDataLen) }?;
    Ok(Params::RsaOaep {
        hash: MechanismType(given.hashAlg),
        mgf: MgfType(given.mgf),
        source: given.source,
        label,
    })
}

/// `CK_RSA_PKCS_PSS_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn pss<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_RSA_PKCS_PSS_PARAMS = unsafe { raw.structure("CK_RSA_PKCS_PSS_PARAMS") }?;
    Ok(Params::RsaPss {
        hash: MechanismType(given.hashAlg),
        mgf: MgfType(given.mgf),
        salt_len: given.sLen,
    })
}

/// `CK_RSA_AES_KEY_WRAP_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn aes_key_wrap<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_RSA_AES_KEY_WRAP_PARAMS = unsafe { raw.structure("CK_RSA_AES_KEY_WRAP_PARAMS") }?;
    let inner = Raw {
        data: given.pOAEPParams.cast(),
        len: size_of::<CK_RSA_PKCS_OAEP_PARAMS>() as CK_ULONG,
    };
    // SAFETY: this function's contract covers the inner structure; NULL is refused there.
    let oaep = unsafe { oaep(inner) }?;
    Ok(Params::RsaAesKeyWrap {
        aes_bits: given.ulAESKeyBits,
        oaep: Box::new(oaep),
    })
}
