// SPDX-License-Identifier: MIT OR Apache-2.0
//! Big-endian numbers, and the arithmetic that completes a key.
//!
//! Source: RFC 8017, section 3.2; NIST SP 800-56B Rev. 2, appendix C.1.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{
    BoxedUint, ConcatenatingMul as _, Gcd as _, Integer as _, NonZero, Odd, Resize as _,
};

use super::Crt;
use crate::secret::SecretBytes;

/// A number without its leading zero bytes.
pub(crate) fn strip(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// Length of a number in bits.
pub(super) fn bits(bytes: &[u8]) -> usize {
    let stripped = strip(bytes);
    let unused = stripped
        .first()
        .map_or(0, |first| first.leading_zeros() as usize);
    stripped.len() * 8 - unused
}

/// Whether 1 < `input` < `modulus` - 1, for `input` of the modulus' length and an odd modulus.
///
/// The input is a ciphertext or a padded message, which the engines compare in the open as well.
pub(crate) fn is_between_one_and_last(input: &[u8], modulus: &[u8]) -> bool {
    let Some((last, head)) = modulus.split_last() else {
        return false;
    };
    // The modulus is odd, so one less changes its last byte only.
    let below_last = input
        .iter()
        .cmp(head.iter().chain(core::iter::once(&(last & 0xfe))))
        .is_lt();
    below_last && bits(input) > 1
}

/// A number with `precision` bits of room.
pub(crate) fn parse(bytes: &[u8], precision: usize) -> Option<BoxedUint> {
    let precision = u32::try_from(precision).ok()?;
    BoxedUint::from_be_slice(strip(bytes), precision).ok()
}

/// A number as exactly `len` bytes.
pub(crate) fn write(number: &BoxedUint, len: usize) -> SecretBytes {
    let mut all = SecretBytes::new(number.to_be_bytes().into_vec());
    let spare = all.len().saturating_sub(len);
    if spare == 0 && all.len() == len {
        return all;
    }
    let missing = len.saturating_sub(all.len());
    let mut out = vec![0; missing];
    out.extend_from_slice(all.expose_mut().get(spare..).unwrap_or_default());
    SecretBytes::new(out)
}

/// The CRT values of `d` for the primes `p` and `q`; `None` when they cannot be RSA primes.
pub(super) fn crt(d: &[u8], p: &[u8], q: &[u8]) -> Option<Crt> {
    let prime_len = strip(p).len().max(strip(q).len());
    let prime_bits = prime_len * 8;
    let d = parse(d, strip(d).len().max(prime_len) * 8)?;
    let p = Odd::new(parse(p, prime_bits)?).into_option()?;
    let q = Odd::new(parse(q, prime_bits)?).into_option()?;
    let one = BoxedUint::one_with_precision(p.bits_precision());
    let p_less_one = NonZero::new(p.wrapping_sub(&one)).into_option()?;
    let q_less_one = NonZero::new(q.wrapping_sub(&one)).into_option()?;
    let dp = d.rem(&p_less_one);
    let dq = d.rem(&q_less_one);
    let qinv: BoxedUint = Option::from(q.invert_odd_mod(&p))?;
    Some(Crt {
        p: write(&p, prime_len),
        q: write(&q, prime_len),
        dp: write(&dp, prime_len),
        dq: write(&dq, prime_len),
        qinv: write(&qinv, prime_len),
    })
}

/// Finds the primes of `n`: an even multiple of lambda(n) gives square roots of one, and a root that is
/// neither 1 nor n - 1 shares a factor with n. `None` when `d` does not belong to `n` and `e`.
pub(super) fn recover(n: &[u8], e: &[u8], d: &[u8]) -> Option<Crt> {
    let len = strip(n).len();
    let modulus = Odd::new(parse(n, len * 8)?).into_option()?;
    let params = BoxedMontyParams::new(modulus.clone());
    let precision = modulus.bits_precision();
    let product = parse(d, len * 8)?.concatenating_mul(&parse(e, 64)?);
    let even = product.wrapping_sub(&BoxedUint::one_with_precision(product.bits_precision()));
    if bool::from(even.is_zero()) || bool::from(even.is_odd()) {
        return None;
    }
    let twos = even.trailing_zeros();
    let odd = even.shr(twos);
    let one = BoxedMontyForm::one(&params);
    let last = -&one;
    for base in BASES {
        let start = BoxedUint::from(*base).resize(precision);
        let mut power = BoxedMontyForm::new(start, &params).pow(&odd);
        for _ in 0..twos {
            let square = power.square();
            if square == one && power != one && power != last {
                let near = (&power - &one).retrieve();
                let p = near.gcd(modulus.as_ref());
                let q = modulus.as_ref() / NonZero::new(p.clone()).into_option()?;
                let (p, q) = (p.to_be_bytes(), q.to_be_bytes());
                let (p, q) = (
                    SecretBytes::new(p.into_vec()),
                    SecretBytes::new(q.into_vec()),
                );
                return crt(d, p.expose(), q.expose());
            }
            power = square;
        }
        if power != one {
            return None;
        }
    }
    None
}

/// Each base finds the primes with a chance of at least one half.
const BASES: &[u32] = &[
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
];
