// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys and operations of `EVP_PKEY`, which is how AWS-LC offers ML-KEM and ML-DSA.

use core::ffi::c_int;
use core::ptr::{NonNull, null_mut};

use aws_lc_sys as sys;

use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// An owned key.
pub(super) struct Key(NonNull<sys::EVP_PKEY>);

// SAFETY: openssl/evp.h: "concurrent access to an EVP_PKEY is allowed as long as none of them
// changes it"; nothing here changes a key after it is made, and its count of users is atomic.
unsafe impl Send for Key {}
// SAFETY: as above.
unsafe impl Sync for Key {}

impl Key {
    /// Takes over what a function of AWS-LC has made; NULL is its refusal.
    ///
    /// # Safety
    /// The key is nobody else's.
    pub(super) unsafe fn new(key: *mut sys::EVP_PKEY) -> Option<Self> {
        if key.is_null() {
            forget_error();
        }
        NonNull::new(key).map(Self)
    }

    /// An operation with the key.
    pub(super) fn context(&self) -> Result<Context> {
        // SAFETY: the key lives; the context counts itself as one of its users. NULL: no engine.
        Context::new(unsafe { sys::EVP_PKEY_CTX_new(self.0.as_ptr(), null_mut()) })
    }

    /// The encoded public key, whose length is known.
    pub(super) fn public(&self, len: usize) -> Result<Vec<u8>> {
        let mut public = vec![0; len];
        self.read(&mut public, sys::EVP_PKEY_get_raw_public_key)?;
        Ok(public)
    }

    /// The encoded private key, whose length is known.
    pub(super) fn private(&self, len: usize) -> Result<SecretBytes> {
        SecretBytes::try_init(len, |private| {
            self.read(private, sys::EVP_PKEY_get_raw_private_key)
        })
    }

    fn read(&self, to: &mut [u8], get: Get) -> Result<()> {
        let mut len = to.len();
        // SAFETY: the key lives; at most `len` bytes of a live slice are written.
        let done = unsafe { get(self.0.as_ptr(), to.as_mut_ptr(), &raw mut len) };
        ended(done == 1 && len == to.len())
    }
}

/// The C functions that copy a part of a key out.
type Get = unsafe extern "C" fn(*const sys::EVP_PKEY, *mut u8, *mut usize) -> c_int;

impl Drop for Key {
    fn drop(&mut self) {
        // SAFETY: the key is owned, and freed here only; freeing wipes its parts.
        unsafe { sys::EVP_PKEY_free(self.0.as_ptr()) };
    }
}

/// An owned operation.
pub(super) struct Context(NonNull<sys::EVP_PKEY_CTX>);

impl Context {
    fn new(context: *mut sys::EVP_PKEY_CTX) -> Result<Self> {
        let context = NonNull::new(context);
        context.map(Self).ok_or_else(|| {
            forget_error();
            Error::HostMemory("no memory for an operation of the engine".into())
        })
    }

    /// An operation without a key, of a kind of algorithms.
    pub(super) fn of(algorithms: c_int) -> Result<Self> {
        // SAFETY: takes a number. NULL: no engine.
        Self::new(unsafe { sys::EVP_PKEY_CTX_new_id(algorithms, null_mut()) })
    }

    pub(super) const fn as_ptr(&self) -> *mut sys::EVP_PKEY_CTX {
        self.0.as_ptr()
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: the context is owned, and freed here only.
        unsafe { sys::EVP_PKEY_CTX_free(self.0.as_ptr()) };
    }
}

/// The error of a step that does not fail with sound keys and memory.
pub(super) fn ended(is_done: bool) -> Result<()> {
    if is_done {
        return Ok(());
    }
    forget_error();
    Err(Error::DeviceError("the engine failed with a key".into()))
}

/// Empties this thread's error queue, which nobody reads.
pub(super) fn forget_error() {
    // SAFETY: takes nothing.
    unsafe { sys::ERR_clear_error() };
}
