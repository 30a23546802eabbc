// SPDX-License-Identifier: MIT OR Apache-2.0
//! The numbers of a key as bytes, and the checks that both engines share.
//!
//! Source: RFC 8017, sections 3.1 and 3.2.

use super::{
    MODULUS_BITS_MAX, MODULUS_BITS_MIN, PUBLIC_EXPONENT_BITS_MAX,
    number::{bits, crt, recover, strip},
};
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// The numbers of a private key, most significant byte first.
#[derive(Debug)]
pub struct Components {
    /// Modulus.
    pub n: Vec<u8>,
    /// Public exponent.
    pub e: Vec<u8>,
    /// Private exponent.
    pub d: SecretBytes,
    /// The primes and what follows from them.
    pub crt: Option<Crt>,
}

/// The second representation of a private key.
#[derive(Debug)]
pub struct Crt {
    /// First prime.
    pub p: SecretBytes,
    /// Second prime.
    pub q: SecretBytes,
    /// `d mod (p - 1)`
    pub dp: SecretBytes,
    /// `d mod (q - 1)`
    pub dq: SecretBytes,
    /// `q^-1 mod p`
    pub qinv: SecretBytes,
}

impl Crt {
    /// Computes the values from the private exponent and the primes.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn derive(d: &[u8], p: &[u8], q: &[u8]) -> Result<Self> {
        crt(d, p, q).ok_or_else(|| {
            Error::AttributeValueInvalid("the primes are not two different odd primes".into())
        })
    }

    /// Finds the primes from the exponents.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when the private exponent does not belong to the public key.
    pub fn recover(n: &[u8], e: &[u8], d: &[u8]) -> Result<Self> {
        check_public(n, e)?;
        check_private(n, d)?;
        recover(n, e, d).ok_or_else(|| {
            Error::AttributeValueInvalid(
                "the private exponent is not the inverse of the public exponent".into(),
            )
        })
    }

    /// Whether both hold the same numbers.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let pairs = [
            (&self.p, &other.p),
            (&self.q, &other.q),
            (&self.dp, &other.dp),
            (&self.dq, &other.dq),
            (&self.qinv, &other.qinv),
        ];
        pairs.iter().all(|(mine, theirs)| {
            SecretBytes::from_slice(strip(mine.expose())).ct_eq(strip(theirs.expose()))
        })
    }
}

/// Checks a public key and gives the length of its modulus in bits.
pub(crate) fn check_public(n: &[u8], e: &[u8]) -> Result<usize> {
    let invalid = |reason: &'static str| Err(Error::AttributeValueInvalid(reason.into()));
    let modulus_bits = bits(n);
    if !(MODULUS_BITS_MIN..=MODULUS_BITS_MAX).contains(&modulus_bits) {
        return invalid("the modulus does not have 1024 to 8192 bits");
    }
    if n.last().is_none_or(|last| last & 1 == 0) {
        return invalid("the modulus is even");
    }
    check_exponent(e)?;
    Ok(modulus_bits)
}

/// Checks a public exponent.
fn check_exponent(e: &[u8]) -> Result<()> {
    let invalid = |reason: &'static str| Err(Error::AttributeValueInvalid(reason.into()));
    if e.last().is_none_or(|last| last & 1 == 0) {
        return invalid("the public exponent is even");
    }
    if !(2..=PUBLIC_EXPONENT_BITS_MAX).contains(&bits(e)) {
        return invalid("the public exponent is not in the range of 3 to 2^33 - 1");
    }
    Ok(())
}

/// Checks a private exponent for its range.
pub(crate) fn check_private(n: &[u8], d: &[u8]) -> Result<()> {
    let (n, d) = (strip(n), strip(d));
    let is_below = (d.len(), d) < (n.len(), n);
    if !is_below || bits(d) < 2 || d.last().is_none_or(|last| last & 1 == 0) {
        return Err(Error::AttributeValueInvalid(
            "the private exponent is not an odd number between 1 and the modulus".into(),
        ));
    }
    Ok(())
}

/// Checks what a key pair is to be generated from.
// SPEC: any length may be asked for; lengths that are no multiple of 128 bits have no use and are out of range.
pub(crate) fn check_generation(modulus_bits: usize, e: &[u8]) -> Result<()> {
    if !(MODULUS_BITS_MIN..=MODULUS_BITS_MAX).contains(&modulus_bits) || modulus_bits % 128 != 0 {
        return Err(Error::KeySizeRange(
            "a modulus has 1024 to 8192 bits, in steps of 128".into(),
        ));
    }
    check_exponent(e).map_err(|_| {
        Error::TemplateInconsistent(
            "CKA_PUBLIC_EXPONENT is not an odd number from 3 to 2^33 - 1".into(),
        )
    })
}
