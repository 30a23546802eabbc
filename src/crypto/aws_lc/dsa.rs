// SPDX-License-Identifier: MIT OR Apache-2.0
//! DSA signatures verified by AWS-LC: FIPS 186-4, section 4.7.

use core::ffi::c_int;
use core::ptr::{NonNull, null_mut};

use aws_lc_sys::{
    DSA, DSA_SIG, DSA_SIG_free, DSA_SIG_new, DSA_SIG_set0, DSA_do_check_signature, DSA_free,
    DSA_new, DSA_set0_key, DSA_set0_pqg,
};

use super::number::{Number, failed};
use crate::error::Result;

/// A public key as big integers: p, q and g, and y.
#[derive(Clone, Copy, Debug)]
pub struct PublicNumbers<'a> {
    /// p
    pub prime: &'a [u8],
    /// q
    pub subprime: &'a [u8],
    /// g
    pub base: &'a [u8],
    /// y
    pub public: &'a [u8],
}

/// An owned key.
struct Key(NonNull<DSA>);

impl Key {
    fn new(numbers: PublicNumbers<'_>) -> Result<Self> {
        // SAFETY: takes nothing, and gives an owned key or NULL.
        let key = NonNull::new(unsafe { DSA_new() }).ok_or_else(failed)?;
        let key = Self(key);
        let (p, q) = (Number::new(numbers.prime)?, Number::new(numbers.subprime)?);
        let (g, y) = (Number::new(numbers.base)?, Number::new(numbers.public)?);
        let (p, q, g) = (p.into_raw(), q.into_raw(), g.into_raw());
        // SAFETY: the key lives; it takes over the numbers. It refuses NULL only, which none is.
        if unsafe { DSA_set0_pqg(key.0.as_ptr(), p, q, g) } != 1 {
            return Err(failed());
        }
        // SAFETY: as above; NULL: there is no private value.
        if unsafe { DSA_set0_key(key.0.as_ptr(), y.into_raw(), null_mut()) } != 1 {
            return Err(failed());
        }
        Ok(key)
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        // SAFETY: the key is owned, and freed here only, with its numbers.
        unsafe { DSA_free(self.0.as_ptr()) };
    }
}

/// An owned signature.
struct Signature(NonNull<DSA_SIG>);

impl Signature {
    fn new(r: &[u8], s: &[u8]) -> Result<Self> {
        // SAFETY: takes nothing, and gives an owned signature or NULL.
        let signature = NonNull::new(unsafe { DSA_SIG_new() }).ok_or_else(failed)?;
        let signature = Self(signature);
        let (r, s) = (Number::new(r)?, Number::new(s)?);
        let (r, s) = (r.into_raw(), s.into_raw());
        // SAFETY: the signature lives; it takes over the numbers. It refuses NULL only, which none is.
        match unsafe { DSA_SIG_set0(signature.0.as_ptr(), r, s) } {
            1 => Ok(signature),
            _ => Err(failed()),
        }
    }
}

impl Drop for Signature {
    fn drop(&mut self) {
        // SAFETY: the signature is owned, and freed here only, with its numbers.
        unsafe { DSA_SIG_free(self.0.as_ptr()) };
    }
}

/// Whether r and s are a signature over a digest, of which the leftmost bits count.
///
/// # Errors
/// `CKR_DEVICE_ERROR` when there is no memory or the lengths are not those of FIPS 186-4.
pub fn verify(key: PublicNumbers<'_>, digest: &[u8], r: &[u8], s: &[u8]) -> Result<bool> {
    let (key, signature) = (Key::new(key)?, Signature::new(r, s)?);
    let mut is_valid: c_int = 0;
    // SAFETY: the key and the signature live, and are owned by this call alone; the pointer and the
    // length are those of a live slice.
    let done = unsafe {
        DSA_do_check_signature(
            &raw mut is_valid,
            digest.as_ptr(),
            digest.len(),
            signature.0.as_ptr(),
            key.0.as_ptr(),
        )
    };
    if done != 1 {
        return Err(failed());
    }
    Ok(is_valid == 1)
}
