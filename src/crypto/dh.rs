// SPDX-License-Identifier: MIT OR Apache-2.0
//! Diffie-Hellman over prime fields: PKCS #3; the checks of SP 800-56A Rev. 3, section 5.6.2.3.
#![forbid(unsafe_code)]

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd, Resize as _};
use zeroize::Zeroizing;

use super::digest::HashFunction;
use super::prime::{is_prime, safe_prime, split};
use super::rsa::{strip, write};
use crate::error::{Error, Result};
use crate::secret::{Public, SecretBytes};

/// The shortest prime in bits.
pub const PRIME_BITS_MIN: usize = 1024;
/// The longest prime in bits.
pub const PRIME_BITS_MAX: usize = 8192;

/// The longest prime in bits that is made here. Twice the length takes some thirty times as long.
/// Longer groups, and better ones of these lengths, are those of RFC 7919.
pub const MADE_BITS_MAX: usize = 3072;

/// The base of the groups that are made here.
pub const MADE_BASE: [u8; 1] = [2];

/// SHA-256 of the primes that need no proof, in big-endian order: 1536 to 8192 bits of RFC 3526,
/// then 2048 to 8192 bits of RFC 7919.
const WELL_KNOWN: [&str; 11] = [
    "64fcc83ec403930bf18393dbc883ccaa1fbb08ac876f77f7aa99748ca945019b",
    "d66436f79bbd6b2e38c0ffbd079be904d2641415e2e67140e09448be9a60890e",
    "48cf8b092fbce4359d9871abf74f98e25b6163379eaa15cd9087e800c6d1c55c",
    "4ee95187682bcb230ad26a95205f6920e84708f6251b3894329b09ec23919e33",
    "d1bfe6d0925ce7e4da262b62861514a7755e35831e429f343e7b864848657efd",
    "39ab4feab950a3128fb71accb9fc3965d857012e081998a85996e3ea8b3c3bcf",
    "9cd3b7f336872f46c09428d1bbc19877a4d440512cda8d1c1cf0cd6e33698966",
    "0eaf67db3a839156d5013494a5318a772b5697d270d721f37f092efc69ea5a17",
    "4648414224ac881b3d0dc59b466f96d06a558278776807797ecf1f66ff397b3e",
    "227ac9066b3ddd9e193670cda2388fa884f65ba0cf98b742d1fe77a6687c79c7",
    "770b14efaf6f049929c523113b3fa99a8d11dab1b18af3609590122075d19833",
];

/// Makes a prime of so many bits, a multiple of 64, of which (p - 1) / 2 is prime too. 2 generates
/// the subgroup of that order, as in RFC 3526 and RFC 7919.
///
/// # Errors
/// Whatever `fill` returns; `CKR_KEY_SIZE_RANGE`
pub fn generate_prime(bits: usize, fill: impl FnMut(&mut [u8]) -> Result<()>) -> Result<Vec<u8>> {
    if !(PRIME_BITS_MIN..=MADE_BITS_MAX).contains(&bits) {
        return Err(Error::KeySizeRange(
            format!("a prime of {PRIME_BITS_MIN} to {MADE_BITS_MAX} bits is made, not of {bits}")
                .into(),
        ));
    }
    let prime = safe_prime(bits, fill)?;
    Ok(prime.to_be_bytes().to_vec())
}

/// Whether a prime is one of the well-known ones.
fn is_well_known(prime: &[u8]) -> bool {
    let digest = HashFunction::Sha256.hash(prime).into_public(Public::Digest);
    let hex = |byte: &u8| [byte >> 4, byte & 0xf];
    let nibbles = digest.iter().flat_map(hex);
    let nibbles: Vec<u32> = nibbles.map(u32::from).collect();
    WELL_KNOWN.iter().any(|known| {
        let known = known.chars().map(|digit| digit.to_digit(16));
        known.eq(nibbles.iter().copied().map(Some))
    })
}

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
    /// [`prove`](Self::prove) says whether the prime is one.
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

    // SPEC: PKCS #3 leaves the choice to an authority, and the standard asks for no check.
    /// Proves what can be proved of a group whose subgroups nobody has told: the prime is one, and
    /// the base does not lie in a subgroup that small primes make up. The primes of RFC 3526 and
    /// RFC 7919 are known.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn prove(&self) -> Result<()> {
        // A subgroup of less falls to a search (SP 800-56A Rev. 3, table 1: q of 224 bits and
        // more; FIPS 186-2 had 160).
        const ORDER_BITS_MIN: u32 = 160;
        let invalid = |reason: &'static str| Err(Error::AttributeValueInvalid(reason.into()));
        let prime = self.params.modulus().as_ref();
        if is_well_known(strip(&prime.to_be_bytes())) {
            return Ok(());
        }
        if !is_prime(prime) {
            return invalid("the prime is not prime");
        }
        let (factors, rest) = split(&self.last);
        if rest.bit_width() < ORDER_BITS_MIN {
            return invalid("p - 1 has small factors only, so anybody can find private values");
        }
        let base = self.base.clone().resize(self.params.bits_precision());
        let mut power = BoxedMontyForm::new(base, &self.params);
        for factor in factors {
            power = power.pow(&BoxedUint::from(factor));
        }
        if bool::from(power.retrieve().is_one()) {
            return invalid("the base generates a small group, so anybody can find private values");
        }
        Ok(())
    }

    /// A number in 2 to p - 2.
    fn element(&self, bytes: &[u8]) -> Option<BoxedUint> {
        let bytes = strip(bytes);
        if bytes.len() > self.prime_len() {
            return None;
        }
        let number = BoxedUint::from_be_slice(bytes, self.last.bits_precision()).ok()?;
        self.is_element(&number).then_some(number)
    }

    fn is_element(&self, number: &BoxedUint) -> bool {
        *number > BoxedUint::one_with_precision(number.bits_precision()) && *number < self.last
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

    /// A random private value of so many bits, or of the whole length, and its public value.
    ///
    /// # Errors
    /// As [`random_private`](Self::random_private)
    pub fn generate_pair(
        &self,
        bits: Option<usize>,
        fill: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Result<(SecretBytes, Vec<u8>)> {
        let private = self.random_private(bits, fill)?;
        let public = self.public(private.expose())?;
        Ok((private, public))
    }

    /// The public value of a private one, without leading zeros.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn public(&self, private: &[u8]) -> Result<Vec<u8>> {
        let power = self.power(&self.base, private)?;
        Ok(strip(&power.to_be_bytes()).to_vec())
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
        if !self.is_element(&secret) {
            return Err(weak());
        }
        Ok(write(&secret, self.prime_len()))
    }

    fn power(&self, base: &BoxedUint, private: &[u8]) -> Result<Zeroizing<BoxedUint>> {
        let exponent = self.exponent(private)?;
        let base = base.clone().resize(self.params.bits_precision());
        let power = BoxedMontyForm::new(base, &self.params).pow(&exponent);
        Ok(Zeroizing::new(power.retrieve()))
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

#[cfg(test)]
mod tests {
    use crypto_bigint::NonZero;

    use super::*;

    /// Bits of room for the digits of the constants.
    const ROOM: u32 = 8192 + 256;

    fn divided(number: &BoxedUint, divisor: u64) -> BoxedUint {
        let divisor = NonZero::new(BoxedUint::from(divisor)).unwrap();
        number.div_rem_vartime(&divisor).0
    }

    /// One with 8192 + 128 binary places.
    fn unit() -> BoxedUint {
        BoxedUint::one_with_precision(ROOM).shl(8192 + 128)
    }

    fn e() -> BoxedUint {
        let (mut sum, mut term) = (BoxedUint::zero_with_precision(ROOM), unit());
        for n in 1.. {
            if bool::from(term.is_zero()) {
                break;
            }
            sum = sum.wrapping_add(&term);
            term = divided(&term, n);
        }
        sum
    }

    fn arctan_of_one_by(x: u64) -> BoxedUint {
        let mut term = divided(&unit(), x);
        let (mut plus, mut minus) = (term.clone(), BoxedUint::zero_with_precision(ROOM));
        for n in (3..).step_by(2) {
            term = divided(&term, x * x);
            if bool::from(term.is_zero()) {
                break;
            }
            let part = divided(&term, n);
            if n % 4 == 3 {
                minus = minus.wrapping_add(&part);
            } else {
                plus = plus.wrapping_add(&part);
            }
        }
        plus.wrapping_sub(&minus)
    }

    /// John Machin, 1706.
    fn pi() -> BoxedUint {
        let times = |number: &BoxedUint, n: u32| number.shl(n);
        times(&arctan_of_one_by(5), 4).wrapping_sub(times(&arctan_of_one_by(239), 2))
    }

    /// p = 2^b - 2^(b-64) + {[2^(b-130) c] + X} 2^64 - 1
    fn prime(bits: u32, constant: &BoxedUint, x: u64) -> Vec<u8> {
        let one = BoxedUint::one_with_precision(ROOM);
        let digits = constant.shr(8192 + 128 - (bits - 130));
        let middle = digits.wrapping_add(BoxedUint::from(x)).shl(64);
        let high = one.shl(bits).wrapping_sub(one.shl(bits - 64));
        let prime = high.wrapping_add(&middle).wrapping_sub(&one);
        strip(&prime.to_be_bytes()).to_vec()
    }

    #[test]
    fn the_well_known_primes_are_those_of_the_rfcs() {
        let (pi, e) = (pi(), e());
        let rfc_3526 = [
            (1536, 741_804),
            (2048, 124_476),
            (3072, 1_690_314),
            (4096, 240_904),
            (6144, 929_484),
            (8192, 4_743_158),
        ];
        let rfc_7919 = [
            (2048, 560_316),
            (3072, 2_625_351),
            (4096, 5_736_041),
            (6144, 15_705_020),
            (8192, 10_965_728),
        ];
        let all = rfc_3526
            .map(|(bits, x)| prime(bits, &pi, x))
            .into_iter()
            .chain(rfc_7919.map(|(bits, x)| prime(bits, &e, x)));
        for (place, prime) in all.enumerate() {
            let digest = HashFunction::Sha256
                .hash(&prime)
                .into_public(Public::Digest);
            assert_eq!(hex::encode(digest), WELL_KNOWN[place]);
            assert!(is_well_known(&prime));
            Group::new(&prime, &[2]).unwrap().prove().unwrap();
        }
    }

    fn number(bytes: &[u8]) -> BoxedUint {
        BoxedUint::from_be_slice(bytes, 1024).unwrap()
    }

    #[test]
    fn weak_groups_are_refused() {
        // The prime of RFC 2409, section 6.2, which is not in the list: 2^1024 - 2^960 - 1 + 2^64 *
        // { [2^894 pi] + 129093 }.
        let oakley = prime(1024, &pi(), 129_093);
        let group = Group::new(&oakley, &[2]).unwrap();
        group.prove().unwrap();
        let composite = number(&oakley).wrapping_sub(BoxedUint::from(2_u64));
        let composite = Group::new(&composite.to_be_bytes(), &[2]).unwrap();
        assert!(composite.prove().is_err());
        // p = 2 * 3 * q * k + 1, and a base of order 3.
        let (prime, base) = with_small_subgroup();
        Group::new(&prime, &[2]).unwrap().prove().unwrap();
        let weak = Group::new(&prime, &base).unwrap();
        assert!(matches!(weak.prove(), Err(Error::AttributeValueInvalid(_))));
    }

    /// The first prime p = 1 mod 3 from 2^1023 on, and an element of order 3.
    fn with_small_subgroup() -> (Vec<u8>, Vec<u8>) {
        let three = NonZero::new(BoxedUint::from(3_u64)).unwrap();
        let mut prime = BoxedUint::one_with_precision(1024).shl(1023);
        prime = prime.wrapping_add(BoxedUint::one());
        while prime.rem_vartime(&three) != BoxedUint::one() || !is_prime(&prime) {
            prime = prime.wrapping_add(BoxedUint::from(2_u64));
        }
        let third = divided(&prime, 3);
        let params = BoxedMontyParams::new(Odd::new(prime.clone()).unwrap());
        let base = (2_u64..).find_map(|h| {
            let h = BoxedUint::from(h).resize(1024);
            let power = BoxedMontyForm::new(h, &params).pow(&third).retrieve();
            (!bool::from(power.is_one())).then_some(power)
        });
        (
            prime.to_be_bytes().to_vec(),
            base.unwrap().to_be_bytes().to_vec(),
        )
    }
}
