// SPDX-License-Identifier: MIT OR Apache-2.0
//! Numbers of AWS-LC: `BIGNUM` and `BN_CTX`, openssl/bn.h.

use core::ptr::{NonNull, null_mut};

use aws_lc_sys::{
    BIGNUM, BN_CTX, BN_CTX_free, BN_CTX_new, BN_bin2bn, BN_clear_free, ERR_clear_error,
};

use crate::error::{Error, Result};

/// What a function of AWS-LC says that has no memory.
pub(super) fn failed() -> Error {
    // SAFETY: clears the calling thread's own error queue, which nobody reads.
    unsafe { ERR_clear_error() };
    Error::DeviceError("an operation on numbers failed".into())
}

/// An owned number, wiped when dropped.
pub(super) struct Number(NonNull<BIGNUM>);

impl Number {
    /// The number of these bytes, the highest first.
    pub(super) fn new(bytes: &[u8]) -> Result<Self> {
        // SAFETY: reads `bytes.len()` bytes of a live slice; NULL asks for a new number.
        let number = unsafe { BN_bin2bn(bytes.as_ptr(), bytes.len(), null_mut()) };
        NonNull::new(number).map(Self).ok_or_else(failed)
    }

    pub(super) const fn as_ptr(&self) -> *const BIGNUM {
        self.0.as_ptr()
    }

    pub(super) const fn as_mut_ptr(&mut self) -> *mut BIGNUM {
        self.0.as_ptr()
    }

    /// Gives the number away; the taker frees it.
    pub(super) fn into_raw(self) -> *mut BIGNUM {
        core::mem::ManuallyDrop::new(self).0.as_ptr()
    }
}

impl Drop for Number {
    fn drop(&mut self) {
        // SAFETY: the number is owned, and freed here only.
        unsafe { BN_clear_free(self.0.as_ptr()) };
    }
}

/// Room for intermediate numbers.
pub(super) struct Scratch(NonNull<BN_CTX>);

impl Scratch {
    pub(super) fn new() -> Result<Self> {
        // SAFETY: takes nothing, and gives an owned context or NULL.
        NonNull::new(unsafe { BN_CTX_new() })
            .map(Self)
            .ok_or_else(failed)
    }

    pub(super) const fn as_mut_ptr(&mut self) -> *mut BN_CTX {
        self.0.as_ptr()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // SAFETY: the context is owned, and freed here only.
        unsafe { BN_CTX_free(self.0.as_ptr()) };
    }
}
