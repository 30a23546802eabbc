// SPDX-License-Identifier: MIT OR Apache-2.0
//! Parameters that are no structure: nothing, an IV, a number.
//!
//! Source: PKCS#11 v3.2, "General block cipher mechanism parameters" and `CK_MAC_GENERAL_PARAMS`.

use super::{Raw, invalid};
use crate::error::Result;
use crate::mechanism::Params;

/// No parameter.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID` when there is one.
pub(super) fn none<'call>(raw: Raw) -> Result<Params<'call>> {
    if raw.is_none() {
        return Ok(Params::None);
    }
    Err(invalid("the mechanism takes no parameter".to_owned()))
}

/// Raw bytes of one of these lengths.
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn bytes<'call>(raw: Raw, lens: &[usize]) -> Result<Params<'call>> {
    let fits = usize::try_from(raw.len).is_ok_and(|len| lens.contains(&len));
    if !fits {
        return Err(invalid(format!(
            "the parameter has {} bytes instead of one of {lens:?}",
            raw.len
        )));
    }
    // SAFETY: this function's contract.
    unsafe { raw.bytes() }.map(Params::Bytes)
}

/// Raw bytes, one or more.
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn any_bytes<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract.
    unsafe { raw.bytes() }.map(Params::Bytes)
}

/// A `CK_ULONG`.
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn ulong<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a number.
    unsafe { raw.structure::<u64>("CK_ULONG") }.map(Params::Ulong)
}
