// SPDX-License-Identifier: MIT OR Apache-2.0
//! Noticing that the process was forked.
//!
//! Source: PKCS#11 v3.2, "General-purpose functions": a child calls `C_Initialize` for itself.

use core::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};

/// Whether the handler is there; a child inherits both the handler and this.
static WATCHED: AtomicBool = AtomicBool::new(false);

/// Has `child` run in the child of every fork from now on. Callers take turns.
///
/// # Errors
/// `CKR_HOST_MEMORY` when there is no memory for the handler.
pub(super) fn watch(child: extern "C" fn()) -> Result<()> {
    if WATCHED.load(Ordering::Acquire) {
        return Ok(());
    }
    // SAFETY: the handler only stores atomics, and the library is never unmapped.
    let failed = unsafe { libc::pthread_atfork(None, None, Some(child)) };
    if failed != 0 {
        return Err(Error::HostMemory("no memory for a fork handler".into()));
    }
    WATCHED.store(true, Ordering::Release);
    Ok(())
}
