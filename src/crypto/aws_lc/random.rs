// SPDX-License-Identifier: MIT OR Apache-2.0
//! Random bytes: a CTR_DRBG (SP 800-90A) for each thread, which notices a fork.

use aws_lc_sys::RAND_bytes;

use crate::error::{Error, Result};

/// Fills `bytes`.
///
/// # Errors
/// `CKR_DEVICE_ERROR`
pub fn fill(bytes: &mut [u8]) -> Result<()> {
    // SAFETY: the pointer and the length are those of one exclusive slice.
    let done = unsafe { RAND_bytes(bytes.as_mut_ptr(), bytes.len()) };
    if done == 1 {
        return Ok(());
    }
    Err(Error::DeviceError("the random generator failed".into()))
}
