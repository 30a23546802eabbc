// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parameters of the derivations for IKE.
//!
//! Source: PKCS#11 v3.2, "IKE mechanism parameters".

use super::derive::boolean;
use super::{Raw, part};
use crate::abi::types::{
    CK_BBOOL, CK_IKE_PRF_DERIVE_PARAMS, CK_IKE1_EXTENDED_DERIVE_PARAMS, CK_IKE1_PRF_DERIVE_PARAMS,
    CK_IKE2_PRF_PLUS_DERIVE_PARAMS, CK_OBJECT_HANDLE,
};
use crate::error::{Error, Result};
use crate::mechanism::{IkeParams, Params};
use crate::pkcs11::{MechanismType, ObjectHandle};

/// A key that is there if a boolean says so.
fn key(is_there: CK_BBOOL, name: &str, handle: CK_OBJECT_HANDLE) -> Result<Option<ObjectHandle>> {
    Ok(boolean(is_there, name)?.then_some(ObjectHandle(handle)))
}

/// `CK_IKE_PRF_DERIVE_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn prf<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value, as booleans are bytes here.
    let given: CK_IKE_PRF_DERIVE_PARAMS = unsafe { raw.structure("CK_IKE_PRF_DERIVE_PARAMS") }?;
    let data_as_key = boolean(given.bDataAsKey, "bDataAsKey")?;
    let new_key = key(given.bRekey, "bRekey", given.hNewKey)?;
    if data_as_key && new_key.is_some() {
        return Err(Error::ArgumentsBad(
            "bDataAsKey and bRekey cannot both be CK_TRUE".into(),
        ));
    }
    // SAFETY: this function's contract covers the nonce.
    let ni = unsafe { part(given.pNi, given.ulNiLen) }?;
    // SAFETY: likewise.
    let nr = unsafe { part(given.pNr, given.ulNrLen) }?;
    Ok(Params::Ike(IkeParams::Prf {
        prf: MechanismType(given.prfMechanism),
        data_as_key,
        new_key,
        ni,
        nr,
    }))
}

/// `CK_IKE1_PRF_DERIVE_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn ike1_prf<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value, as booleans are bytes here.
    let given: CK_IKE1_PRF_DERIVE_PARAMS = unsafe { raw.structure("CK_IKE1_PRF_DERIVE_PARAMS") }?;
    // SAFETY: this function's contract covers the cookie.
    let cky_i = unsafe { part(given.pCKYi, given.ulCKYiLen) }?;
    // SAFETY: likewise.
    let cky_r = unsafe { part(given.pCKYr, given.ulCKYrLen) }?;
    Ok(Params::Ike(IkeParams::Ike1Prf {
        prf: MechanismType(given.prfMechanism),
        key_gxy: ObjectHandle(given.hKeygxy),
        prev_key: key(given.bHasPrevKey, "bHasPrevKey", given.hPrevKey)?,
        cky_i,
        cky_r,
        number: given.keyNumber,
    }))
}

/// `CK_IKE2_PRF_PLUS_DERIVE_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn ike2_prf_plus<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value, as booleans are bytes here.
    let given: CK_IKE2_PRF_PLUS_DERIVE_PARAMS =
        unsafe { raw.structure("CK_IKE2_PRF_PLUS_DERIVE_PARAMS") }?;
    // SAFETY: this function's contract covers the seed.
    let seed = unsafe { part(given.pSeedData, given.ulSeedDataLen) }?;
    Ok(Params::Ike(IkeParams::Ike2PrfPlus {
        prf: MechanismType(given.prfMechanism),
        seed_key: key(given.bHasSeedKey, "bHasSeedKey", given.hSeedKey)?,
        seed,
    }))
}

/// `CK_IKE1_EXTENDED_DERIVE_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn ike1_extended<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value, as booleans are bytes here.
    let given: CK_IKE1_EXTENDED_DERIVE_PARAMS =
        unsafe { raw.structure("CK_IKE1_EXTENDED_DERIVE_PARAMS") }?;
    // SAFETY: this function's contract covers the data.
    let extra = unsafe { part(given.pExtraData, given.ulExtraDataLen) }?;
    Ok(Params::Ike(IkeParams::Ike1Extended {
        prf: MechanismType(given.prfMechanism),
        key_gxy: key(given.bHasKeygxy, "bHasKeygxy", given.hKeygxy)?,
        extra,
    }))
}
