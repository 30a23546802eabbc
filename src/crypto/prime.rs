// SPDX-License-Identifier: MIT OR Apache-2.0
//! Primes of public domain parameters: how they are recognised, and how safe ones are found.
//!
//! Nothing here is secret, so nothing here takes the same time for every number.
//! Source: FIPS 186-4, appendix C.3; RFC 7919, appendix A, for the shape of safe primes.
#![forbid(unsafe_code)]

#[cfg(not(feature = "aws-lc"))]
use crypto_bigint::Odd;
use crypto_bigint::{BoxedUint, Limb, NonZero};
#[cfg(not(feature = "aws-lc"))]
use crypto_primes::hazmat::MillerRabin;
use crypto_primes::{Flavor, is_prime as is_strong_prime};

use super::rsa::parse;
use crate::error::{Error, Result};

/// Divisors are tried up to here.
const SMALL: usize = 1 << 16;

/// The primes below `limit`.
pub(super) fn small_primes(limit: usize) -> Vec<u64> {
    let mut is_composite = vec![false; limit];
    let mut primes = Vec::new();
    for number in 2..limit {
        if is_composite.get(number).is_none_or(|composite| *composite) {
            continue;
        }
        primes.extend(u64::try_from(number));
        let multiples = is_composite.iter_mut().skip(number * number);
        multiples.step_by(number).for_each(|mark| *mark = true);
    }
    primes
}

/// The remainder of a number by a small one.
pub(super) fn remainder(number: &BoxedUint, divisor: u64) -> u64 {
    NonZero::new(Limb::from(divisor))
        .into_option()
        .map_or(0, |divisor| number.rem_limb(divisor).into())
}

/// Whether a number is prime: no composite one is known that passes (Miller-Rabin to base 2, and a
/// strengthened Lucas test).
pub(super) fn is_prime(number: &BoxedUint) -> bool {
    is_strong_prime(Flavor::Any, number)
}

/// Whether a number passes the cheapest test that nearly no composite one does, to base 2.
///
/// The search for a prime of 2048 bits makes thousands of these tests, and AWS-LC's are faster.
/// Where it finds no memory, [`is_prime`] decides.
#[cfg(feature = "aws-lc")]
pub(super) fn seems_prime(number: &BoxedUint) -> bool {
    super::aws_lc::prime::divides_power_of_two(&number.to_be_bytes()).unwrap_or(true)
}

/// Whether a number passes the cheapest test that nearly no composite one does, to base 2.
#[cfg(not(feature = "aws-lc"))]
pub(super) fn seems_prime(number: &BoxedUint) -> bool {
    let odd = Odd::new(number.clone()).into_option();
    odd.is_some_and(|odd| MillerRabin::new(odd).test_base_two().is_probably_prime())
}

/// Groups of small primes whose products fit a word, so that one division serves several.
pub(super) struct Divisors(Vec<(u64, Vec<u64>)>);

impl Divisors {
    /// The odd primes below `limit`.
    pub(super) fn below(limit: usize) -> Self {
        let mut groups: Vec<(u64, Vec<u64>)> = Vec::new();
        for prime in small_primes(limit).into_iter().skip(1) {
            let last = groups.last_mut();
            let product = last
                .as_ref()
                .and_then(|(product, _)| product.checked_mul(prime));
            match (last, product) {
                (Some((whole, primes)), Some(product)) => {
                    *whole = product;
                    primes.push(prime);
                }
                _ => groups.push((prime, vec![prime])),
            }
        }
        Self(groups)
    }

    /// Whether one of them divides a number that is larger than all of them.
    pub(super) fn divide(&self, number: &BoxedUint) -> bool {
        self.0.iter().any(|(product, primes)| {
            let rest = remainder(number, *product);
            primes.iter().any(|prime| rest.is_multiple_of(*prime))
        })
    }
}

/// The prime factors of a number that are below 2^16, and what remains without them.
pub(super) fn split(number: &BoxedUint) -> (Vec<u64>, BoxedUint) {
    let mut factors = Vec::new();
    let mut rest = number.clone();
    for prime in small_primes(SMALL) {
        let Some(divisor) = NonZero::new(Limb::from(prime)).into_option() else {
            continue;
        };
        loop {
            let (quotient, remainder) = rest.div_rem_limb(divisor);
            // Zero has every factor, and none that counts.
            if remainder != Limb::ZERO || bool::from(quotient.is_zero()) {
                break;
            }
            rest = quotient;
            factors.push(prime);
        }
    }
    (factors, rest)
}

/// A prime p of exactly so many bits such that (p - 1) / 2 is prime too and 2 generates its
/// subgroup: p = 23 mod 24.
///
/// # Errors
/// Whatever `fill` returns; `CKR_KEY_SIZE_RANGE` for a length that is no multiple of 64.
pub(super) fn safe_prime(
    bits: usize,
    mut fill: impl FnMut(&mut [u8]) -> Result<()>,
) -> Result<BoxedUint> {
    // Steps from one random start: a window has a prime of 1024 bits for nearly certain, one of 3072
    // bits in one of five cases.
    const WINDOW: usize = 1 << 17;
    let odd = || Error::KeySizeRange("a prime has a multiple of 64 bits".into());
    if bits == 0 || !bits.is_multiple_of(64) {
        return Err(odd());
    }
    // The power of a longer number costs more, and more divisors save more of them.
    let divisors = small_primes(bits << 9);
    loop {
        let mut bytes = vec![0; bits / 8];
        fill(&mut bytes)?;
        if let Some(first) = bytes.first_mut() {
            *first |= 0x80;
        }
        let start = parse(&bytes, bits).ok_or_else(odd)?;
        let start = start.wrapping_sub(BoxedUint::from(remainder(&start, STEP)));
        let start = start.wrapping_add(BoxedUint::from(STEP - 1));
        for offset in survivors(&start, &divisors, WINDOW) {
            let prime = start.wrapping_add(BoxedUint::from(offset));
            let half = prime.shr(1);
            // Overflow is as unlikely as a start of that many ones.
            let fits = prime.leading_zeros() == 0;
            let seems = fits && seems_prime(&half) && seems_prime(&prime);
            if seems && is_prime(&half) && is_prime(&prime) {
                return Ok(prime);
            }
        }
    }
}

/// The distance of candidates: each is 23 mod 24.
const STEP: u64 = 24;

/// The offsets from `start` at which neither p nor (p - 1) / 2 has a small factor.
fn survivors(start: &BoxedUint, divisors: &[u64], window: usize) -> Vec<u64> {
    let mut is_out = vec![false; window];
    for divisor in divisors.iter().copied().filter(|prime| *prime > 3) {
        let at = remainder(start, divisor);
        let every = usize::try_from(divisor).unwrap_or(usize::MAX);
        // p = 0 and p = 1 are as far away as this, modulo the divisor; one of the next multiples
        // is a whole number of steps.
        for distance in [divisor - at, divisor + 1 - at] {
            let distances = (0..STEP).map(|turn| distance % divisor + turn * divisor);
            let place = distances.into_iter().find(|far| far.is_multiple_of(STEP));
            let place = place.and_then(|far| usize::try_from(far / STEP).ok());
            let places = is_out.iter_mut().skip(place.unwrap_or(usize::MAX));
            places.step_by(every).for_each(|out| *out = true);
        }
    }
    let kept = is_out.iter().zip((0..).step_by(24));
    kept.filter_map(|(out, offset)| (!out).then_some(offset))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_primes_are_the_primes() {
        assert_eq!(small_primes(30), [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
        assert_eq!(small_primes(SMALL).len(), 6542);
    }

    #[test]
    fn divisors_find_what_divides() {
        let divisors = Divisors::below(2048);
        let prime = BoxedUint::from(4_294_967_291_u64);
        assert!(!divisors.divide(&prime));
        assert!(divisors.divide(&BoxedUint::from(4_294_967_291_u64 * 2039)));
        assert!(is_prime(&prime) && seems_prime(&prime));
    }

    #[test]
    fn a_strong_pseudoprime_to_base_two_is_not_prime() {
        // 2047 = 23 * 89 (C. Pomerance, J. L. Selfridge, S. S. Wagstaff, 1980).
        let number = BoxedUint::from(2047_u64);
        assert!(seems_prime(&number));
        assert!(!is_prime(&number));
    }

    #[test]
    fn the_sieve_leaves_what_no_small_prime_divides() {
        let start = BoxedUint::from(24_u64 * 1_000_003 - 1);
        let divisors = small_primes(200);
        let kept = survivors(&start, &divisors, 1000);
        let divides = |offset: u64| {
            let number = 24 * 1_000_003 - 1 + offset;
            let mut odd = divisors.iter().skip(1);
            odd.any(|prime| number.is_multiple_of(*prime) || (number / 2).is_multiple_of(*prime))
        };
        let wanted = (0..1000).map(|place| 24 * place);
        assert!(
            kept.iter()
                .copied()
                .eq(wanted.filter(|offset| !divides(*offset)))
        );
        assert!(!kept.is_empty());
    }

    #[test]
    fn a_safe_prime_is_safe_and_has_the_generator_two() {
        let mut seed = 1_u64;
        let prime = safe_prime(256, |bytes| {
            for byte in bytes {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                *byte = seed.to_be_bytes()[0];
            }
            Ok(())
        });
        let prime = prime.unwrap();
        assert_eq!(prime.bit_width(), 256);
        assert_eq!(remainder(&prime, 24), 23);
        assert!(is_prime(&prime) && is_prime(&prime.shr(1)));
        assert!(safe_prime(100, |_| Ok(())).is_err());
    }

    #[test]
    fn a_number_is_split_into_small_primes_and_the_rest() {
        let number = BoxedUint::from(2_u64 * 2 * 3 * 65_521 * 65_537);
        let (factors, rest) = split(&number);
        assert_eq!(factors, [2, 2, 3, 65_521]);
        assert_eq!(rest, BoxedUint::from(65_537_u64));
    }
}
