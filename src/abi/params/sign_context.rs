// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parameters of ML-DSA and SLH-DSA.
//!
//! Source: PKCS#11 v3.2, "ML-DSA" and "SLH-DSA", `CK_SIGN_ADDITIONAL_CONTEXT` and
//! `CK_HASH_SIGN_ADDITIONAL_CONTEXT`.

use super::{Raw, part};
use crate::abi::types::{CK_HASH_SIGN_ADDITIONAL_CONTEXT, CK_SIGN_ADDITIONAL_CONTEXT};
use crate::error::Result;
use crate::mechanism::Params;
use crate::pkcs11::MechanismType;

/// `CK_SIGN_ADDITIONAL_CONTEXT`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn message<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_SIGN_ADDITIONAL_CONTEXT = unsafe { raw.structure("CK_SIGN_ADDITIONAL_CONTEXT") }?;
    // SAFETY: this function's contract covers the context.
    let context = unsafe { part(given.pContext, given.ulContextLen) }?;
    Ok(Params::SignContext {
        hedge: given.hedgeVariant,
        context,
    })
}

/// `CK_HASH_SIGN_ADDITIONAL_CONTEXT`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn digest<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_HASH_SIGN_ADDITIONAL_CONTEXT =
        unsafe { raw.structure("CK_HASH_SIGN_ADDITIONAL_CONTEXT") }?;
    // SAFETY: this function's contract covers the context.
    let context = unsafe { part(given.pContext, given.ulContextLen) }?;
    Ok(Params::HashSignContext {
        hedge: given.hedgeVariant,
        context,
        hash: MechanismType(given.hash),
    })
}
