// SPDX-License-Identifier: MIT OR Apache-2.0
//! Relics of parallel sessions.
//!
//! Source: PKCS#11 v3.2, "Parallel function management functions".

use crate::abi::guard;
use crate::abi::trace::told;
use crate::abi::types::{CK_RV, CK_SESSION_HANDLE};
use crate::error::Error;
use crate::pkcs11::SessionHandle;

/// `C_GetFunctionStatus`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Parallel function management functions", says it
/// is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetFunctionStatus(session: CK_SESSION_HANDLE) -> CK_RV {
    let told = told![Number("hSession", session)];
    guard::call("C_GetFunctionStatus", told, |module| {
        module.session_info(SessionHandle(session))?;
        Err(Error::FunctionNotParallel("no session is parallel".into()))
    })
}

/// `C_CancelFunction`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Parallel function management functions", says it
/// is, for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_CancelFunction(session: CK_SESSION_HANDLE) -> CK_RV {
    let told = told![Number("hSession", session)];
    guard::call("C_CancelFunction", told, |module| {
        module.session_info(SessionHandle(session))?;
        Err(Error::FunctionNotParallel("no session is parallel".into()))
    })
}
