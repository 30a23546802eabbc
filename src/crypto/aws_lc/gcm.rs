// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-GCM (SP 800-38D) through `EVP_CIPHER`.

use core::ffi::c_int;
use core::ptr::{NonNull, null, null_mut};

use aws_lc_sys::{
    EVP_CIPHER, EVP_CIPHER_CTX, EVP_CIPHER_CTX_copy, EVP_CIPHER_CTX_ctrl, EVP_CIPHER_CTX_free,
    EVP_CIPHER_CTX_new, EVP_CTRL_AEAD_GET_TAG, EVP_CTRL_AEAD_SET_IVLEN, EVP_CipherFinal_ex,
    EVP_CipherInit_ex, EVP_CipherUpdate, EVP_aes_128_gcm, EVP_aes_192_gcm, EVP_aes_256_gcm,
};

use crate::crypto::gcm::{TAG_LEN, Tag};
use crate::error::{Error, Result};

/// What one call into the engine takes; its lengths are `int`.
const PART_LEN_MAX: usize = 1 << 30;

/// Owns a cipher context.
struct Context(NonNull<EVP_CIPHER_CTX>);

// SAFETY: a context has no tie to a thread; it is used by its one owner.
unsafe impl Send for Context {}

impl Context {
    fn new() -> Result<Self> {
        // SAFETY: takes nothing; gives a new context or NULL.
        let context = unsafe { EVP_CIPHER_CTX_new() };
        NonNull::new(context)
            .map(Self)
            .ok_or_else(|| Error::HostMemory("no memory for a cipher context".into()))
    }

    fn as_ptr(&self) -> *mut EVP_CIPHER_CTX {
        self.0.as_ptr()
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: the context came from EVP_CIPHER_CTX_new and is freed once; this wipes it.
        unsafe { EVP_CIPHER_CTX_free(self.as_ptr()) };
    }
}

fn check(done: c_int) -> Result<()> {
    if done == 1 {
        return Ok(());
    }
    Err(Error::FunctionFailed("AES-GCM failed in the engine".into()))
}

fn cipher(key: &[u8]) -> *const EVP_CIPHER {
    match key.len() {
        // SAFETY: takes nothing; gives a static table.
        16 => unsafe { EVP_aes_128_gcm() },
        // SAFETY: takes nothing; gives a static table.
        24 => unsafe { EVP_aes_192_gcm() },
        // SAFETY: takes nothing; gives a static table.
        _ => unsafe { EVP_aes_256_gcm() },
    }
}

/// One message under way; the tag is computed over the ciphertext in both directions.
pub struct Gcm(Context);

impl Gcm {
    /// Starts a message.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID` when the IV is empty or too long, `CKR_FUNCTION_FAILED`
    pub fn new(key: &[u8], iv: &[u8], aad: &[u8], encrypt: bool) -> Result<Self> {
        let Ok(iv_len @ 1..) = c_int::try_from(iv.len()) else {
            return Err(Error::MechanismParamInvalid(
                "an IV of AES-GCM has 1 to 2^31-1 bytes".into(),
            ));
        };
        let context = Context::new()?;
        let direction = c_int::from(encrypt);
        // SAFETY: the context is ours; the cipher is a static table; NULL means: not yet.
        check(unsafe {
            EVP_CipherInit_ex(
                context.as_ptr(),
                cipher(key),
                null_mut(),
                null(),
                null(),
                direction,
            )
        })?;
        // SAFETY: the context has a GCM cipher; this control takes the length and no pointer.
        check(unsafe {
            EVP_CIPHER_CTX_ctrl(
                context.as_ptr(),
                EVP_CTRL_AEAD_SET_IVLEN,
                iv_len,
                null_mut(),
            )
        })?;
        // SAFETY: the key has the length that its cipher was chosen by, the IV the length just set.
        check(unsafe {
            EVP_CipherInit_ex(
                context.as_ptr(),
                null(),
                null_mut(),
                key.as_ptr(),
                iv.as_ptr(),
                direction,
            )
        })?;
        let mut gcm = Self(context);
        for part in aad.chunks(PART_LEN_MAX) {
            gcm.part(part, null_mut())?;
        }
        Ok(gcm)
    }

    /// A second message in the same state.
    ///
    /// # Errors
    /// `CKR_HOST_MEMORY`
    pub fn duplicate(&self) -> Result<Self> {
        let copy = Context::new()?;
        // SAFETY: both contexts are live; the first is only read.
        check(unsafe { EVP_CIPHER_CTX_copy(copy.as_ptr(), self.0.as_ptr()) })?;
        Ok(Self(copy))
    }

    /// Runs one part; without an output it is associated data.
    fn part(&mut self, input: &[u8], output: *mut u8) -> Result<()> {
        let len = c_int::try_from(input.len())
            .map_err(|_| Error::GeneralError("a part is longer than the engine takes".into()))?;
        let mut written: c_int = 0;
        // SAFETY: the input is a slice of `len` bytes; the output is NULL or has room for as many (the
        // callers see to that), and GCM writes exactly what it reads.
        check(unsafe {
            EVP_CipherUpdate(
                self.0.as_ptr(),
                output,
                &raw mut written,
                input.as_ptr(),
                len,
            )
        })
    }

    /// Encrypts or decrypts a part into a buffer of the same length.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` when the lengths differ, `CKR_FUNCTION_FAILED`
    pub fn update(&mut self, input: &[u8], output: &mut [u8]) -> Result<()> {
        if input.len() != output.len() {
            return Err(Error::GeneralError(
                "AES-GCM was given buffers of two lengths".into(),
            ));
        }
        let parts = output.chunks_mut(PART_LEN_MAX);
        for (from, to) in input.chunks(PART_LEN_MAX).zip(parts) {
            self.part(from, to.as_mut_ptr())?;
        }
        Ok(())
    }

    /// Ends an encryption with its whole tag.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`
    pub fn tag(self) -> Result<Tag> {
        self.end()?;
        let mut tag = [0; TAG_LEN];
        // SAFETY: the control writes 16 bytes into a buffer of 16.
        check(unsafe {
            EVP_CIPHER_CTX_ctrl(
                self.0.as_ptr(),
                EVP_CTRL_AEAD_GET_TAG,
                c_int::try_from(TAG_LEN).unwrap_or(0),
                tag.as_mut_ptr().cast(),
            )
        })?;
        Ok(tag)
    }

    /// Ends a decryption: whether the tag, which may be cut short, is right.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` when the tag is longer than 16 bytes.
    pub fn verify(self, tag: &[u8]) -> Result<bool> {
        let len = match c_int::try_from(tag.len()) {
            Ok(len) if tag.len() <= TAG_LEN => len,
            _ => return Err(Error::GeneralError("a tag has at most 16 bytes".into())),
        };
        let mut copy = [0; TAG_LEN];
        copy.iter_mut().zip(tag).for_each(|(to, from)| *to = *from);
        // SAFETY: the control reads `len` bytes, at most 16, from a buffer of 16.
        check(unsafe {
            EVP_CIPHER_CTX_ctrl(
                self.0.as_ptr(),
                aws_lc_sys::EVP_CTRL_AEAD_SET_TAG,
                len,
                copy.as_mut_ptr().cast(),
            )
        })?;
        Ok(self.end().is_ok())
    }

    fn end(&self) -> Result<()> {
        let mut block = [0u8; 16];
        let mut written: c_int = 0;
        // SAFETY: GCM writes nothing at the end; the buffer has room for a block all the same.
        check(unsafe { EVP_CipherFinal_ex(self.0.as_ptr(), block.as_mut_ptr(), &raw mut written) })
    }
}

impl core::fmt::Debug for Gcm {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Gcm")
    }
}
