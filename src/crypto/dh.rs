// SPDX-License-Identifier: MIT OR Apache-2.0
//! Diffie-Hellman over prime fields: PKCS #3; the checks of SP 800-56A Rev. 3, section 5.6.2.3.
#![forbid(unsafe_code)]

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd, Resize as _};
use zeroize::Zeroizing;

use super::rsa::{strip, write};
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// The shortest prime in bits.
pub const PRIME_BITS_MIN: usize = 1024;
/// The longest prime in bits.
pub const PRIME_BITS_MAX: usize = 8192;

/// A prime and a base.
#[derive(Clone)]
pub struct Group {
    params: BoxedMontyParams,
    last: BoxedUint,
    base: BoxedUint,
    bits: usize,
}

impl Group {
    /// Takes a prime and a base, big integers of any length.
    ///
    /// That the prime is one is not proved, as PKCS #3 leaves it to the authority that chose it.
    ///
    /// # Errors
    /// `CKR_DOMAIN_PARAMS_INVALID`; `CKR_KEY_SIZE_RANGE` for a prime of a length not supported.
    pub fn new(prime: &[u8], base: &[u8]) -> Result<Self> {
        let prime = strip(prime);
        let spare = prime.first().map_or(0, |first| first.leading_zeros());
        let bits = (8 * prime.len()).saturating_sub(usize::try_from(spare).unwrap_or(0));
        if !(PRIME_BITS_MIN..=PRIME_BITS_MAX).contains(&bits) {
            return Err(Error::KeySizeRange(
                format!("a prime has {PRIME_BITS_MIN} to {PRIME_BITS_MAX} bits, not {bits}").into(),
            ));
        }
        let invalid = || Error::DomainParamsInvalid("no odd prime and base below it".into());
        let precision = u32::try_from(8 * prime.len()).map_err(|_| invalid())?;
        let prime = BoxedUint::from_be_slice(prime, precision).map_err(|_| invalid())?;
        let prime = Odd::new(prime).into_option().ok_or_else(invalid)?;
        let last = prime.wrapping_sub(BoxedUint::one_with_precision(precision));
        let group = Self {
            base: BoxedUint::zero_with_precision(precision),
            params: BoxedMontyParams::new(prime),
            last,
            bits,
        };
        let base = group.element(base).ok_or_else(invalid)?;
        Ok(Self { base, ..group })
    }

    /// Bytes of the prime, and of a public value or a shared secret.
    #[must_use]
    pub const fn prime_len(&self) -> usize {
        self.bits.div_ceil(8)
    }

    /// Bits of the prime.
    #[must_use]
    pub const fn bits(&self) -> usize {
        self.bits
    }

    /// A number in 2 to p - 2.
    fn element(&self, bytes: &[u8]) -> Option<BoxedUint> {
        let bytes = strip(bytes);
        if bytes.len() > self.prime_len() {
            return None;
        }
        let number = BoxedUint::from_be_slice(bytes, self.last.bits_precision()).ok()?;
        let one = BoxedUint::one_with_precision(number.bits_precision());
        (number > one && number < self.last).then_some(number)
    }

    /// Checks a private value, which is in 1 to p - 2.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn check_private(&self, private: &[u8]) -> Result<()> {
        self.exponent(private).map(|_| ())
    }

    fn exponent(&self, private: &[u8]) -> Result<Zeroizing<BoxedUint>> {
        let invalid = || {
            Error::AttributeValueInvalid("the private value is not in 1 to p - 2 (PKCS #3)".into())
        };
        let bytes = strip(private);
        if bytes.is_empty() || bytes.len() > self.prime_len() {
            return Err(invalid());
        }
        let precision = self.last.bits_precision();
        let number = BoxedUint::from_be_slice(bytes, precision).map_err(|_| invalid())?;
        let number = Zeroizing::new(number);
        if *number < self.last {
            return Ok(number);
        }
        Err(invalid())
    }

    /// A random private value of so many bits, or of the whole length.
    ///
    /// # Errors
    /// Whatever `fill` returns; `CKR_ATTRIBUTE_VALUE_INVALID` for a length that the prime has not
    /// room for or that anyone could search.
    pub fn random_private(
        &self,
        bits: Option<usize>,
        fill: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Result<SecretBytes> {
        // PKCS #3: 2^(l-1) <= x < 2^l; a value of half a security strength falls to a search.
        const BITS_MIN: usize = 160;
        let bits = bits.unwrap_or(self.bits - 1);
        if !(BITS_MIN..self.bits).contains(&bits) {
            return Err(Error::AttributeValueInvalid(
                format!("CKA_VALUE_BITS must be {BITS_MIN} to {}", self.bits - 1).into(),
            ));
        }
        let spare = 8 * bits.div_ceil(8) - bits;
        SecretBytes::try_init(bits.div_ceil(8), |bytes| {
            fill(bytes)?;
            if let Some(first) = bytes.first_mut() {
                *first = (*first & (0xff >> spare)) | (0x80 >> spare);
            }
            Ok(())
        })
    }

    /// The public value of a private one, without leading zeros.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn public(&self, private: &[u8]) -> Result<Vec<u8>> {
        let power = self.power(&self.base, private)?;
        Ok(strip(power.expose()).to_vec())
    }

    /// Checks a public value, which is in 2 to p - 2.
    ///
    /// # Errors
    /// `CKR_PUBLIC_KEY_INVALID`
    pub fn check_public(&self, public: &[u8]) -> Result<()> {
        self.element(public).map(|_| ()).ok_or_else(weak)
    }

    /// The secret shared with the owner of the other public value, in the length of the prime.
    ///
    /// # Errors
    /// `CKR_PUBLIC_KEY_INVALID` for a public value that is not in 2 to p - 2 or leads to one that
    /// anybody knows.
    pub fn agree(&self, private: &[u8], peer: &[u8]) -> Result<SecretBytes> {
        let peer = self.element(peer).ok_or_else(weak)?;
        let secret = self.power(&peer, private)?;
        // The peer's value may be of small order.
        if self.element(secret.expose()).is_none() {
            return Err(weak());
        }
        Ok(secret)
    }

    fn power(&self, base: &BoxedUint, private: &[u8]) -> Result<SecretBytes> {
        let exponent = self.exponent(private)?;
        let base = base.clone().resize(self.params.bits_precision());
        let power = BoxedMontyForm::new(base, &self.params).pow(&exponent);
        let power = Zeroizing::new(power.retrieve());
        Ok(write(&power, self.prime_len()))
    }
}

impl core::fmt::Debug for Group {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Group({} bits)", self.bits)
    }
}

fn weak() -> Error {
    Error::PublicKeyInvalid("the Diffie-Hellman public value is not in 2 to p - 2 or weak".into())
}
