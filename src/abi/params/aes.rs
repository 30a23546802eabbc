// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parameters of AES-CTR and AES-GCM.
//!
//! Source: PKCS#11 v3.2, "AES with counter" and "Additional AES mechanisms", `CK_AES_CTR_PARAMS`,
//! `CK_GCM_PARAMS`.

use super::{Raw, part};
use crate::abi::types::{CK_AES_CTR_PARAMS, CK_GCM_PARAMS, CK_GCM_PARAMS_WITHOUT_IV_BITS};
use crate::error::Result;
use crate::mechanism::{GcmParams, Params};

/// `CK_AES_CTR_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn ctr<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_AES_CTR_PARAMS = unsafe { raw.structure("CK_AES_CTR_PARAMS") }?;
    Ok(Params::AesCtr {
        counter_bits: given.ulCounterBits,
        block: given.cb,
    })
}

/// `CK_GCM_PARAMS`, told from its older form by the size.
///
/// SPEC: ulIvBits is not looked at, as applications leave it 0 or unset; ulIvLen says the same in
/// bytes.
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn gcm<'call>(raw: Raw) -> Result<Params<'call>> {
    let given = if usize::try_from(raw.len) == Ok(size_of::<CK_GCM_PARAMS_WITHOUT_IV_BITS>()) {
        // SAFETY: this function's contract; every bit pattern is a value.
        let old: CK_GCM_PARAMS_WITHOUT_IV_BITS = unsafe { raw.structure("CK_GCM_PARAMS") }?;
        CK_GCM_PARAMS {
            pIv: old.pIv,
            ulIvLen: old.ulIvLen,
            ulIvBits: 0,
            pAAD: old.pAAD,
            ulAADLen: old.ulAADLen,
            ulTagBits: old.ulTagBits,
        }
    } else {
        // SAFETY: this function's contract; every bit pattern is a value.
        unsafe { raw.structure("CK_GCM_PARAMS") }?
    };
    let iv = if given.pIv.is_null() {
        None
    } else {
        // SAFETY: this function's contract covers the IV.
        Some(unsafe { part(given.pIv, given.ulIvLen) }?)
    };
    // SAFETY: this function's contract covers the additional data.
    let aad = unsafe { part(given.pAAD, given.ulAADLen) }?;
    Ok(Params::Gcm(GcmParams {
        iv,
        iv_len: usize::try_from(given.ulIvLen).unwrap_or(usize::MAX),
        aad,
        tag_bits: given.ulTagBits,
    }))
}
