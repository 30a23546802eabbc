// SPDX-License-Identifier: MIT OR Apache-2.0
//! The power that sorts out composite numbers, by AWS-LC: FIPS 186-4, appendix C.3.

use core::ptr::null;

use aws_lc_sys::{BN_is_one, BN_mod_exp_mont, BN_sub_word};

use super::number::{Number, Scratch, failed};
use crate::error::Result;

/// Whether 2^(n-1) = 1 mod n for an odd n of more than one, as for every odd prime and nearly no
/// composite number. Takes a time of its own for each n, which must be public.
///
/// # Errors
/// `CKR_DEVICE_ERROR` when there is no memory, or the number is even or one.
pub fn divides_power_of_two(number: &[u8]) -> Result<bool> {
    let modulus = Number::new(number)?;
    let mut exponent = Number::new(number)?;
    let (two, mut power) = (Number::new(&[2])?, Number::new(&[])?);
    let mut scratch = Scratch::new()?;
    // SAFETY: the number is owned, and nobody else's.
    if unsafe { BN_sub_word(exponent.as_mut_ptr(), 1) } != 1 {
        return Err(failed());
    }
    // SAFETY: all numbers and the context live and are distinct; only `power` and the context are
    // written. NULL: the Montgomery values are made for this call.
    let done = unsafe {
        BN_mod_exp_mont(
            power.as_mut_ptr(),
            two.as_ptr(),
            exponent.as_ptr(),
            modulus.as_ptr(),
            scratch.as_mut_ptr(),
            null(),
        )
    };
    if done != 1 {
        return Err(failed());
    }
    // SAFETY: the number lives, and is only read.
    Ok(unsafe { BN_is_one(power.as_ptr()) } == 1)
}
