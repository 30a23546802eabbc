// SPDX-License-Identifier: MIT OR Apache-2.0
//! DSA: FIPS 186-4, sections 4.2 to 4.7, appendices A.1.1.2, A.2.1 and B.1.1; RFC 6979.
#![forbid(unsafe_code)]

use core::cmp::Ordering;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, NonZero, Odd, Resize as _};
#[cfg(not(feature = "aws-lc"))]
use dsa::Signature;
#[cfg(not(feature = "aws-lc"))]
use dsa::signature::hazmat::PrehashVerifier as _;
use dsa::{Components, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

#[cfg(feature = "aws-lc")]
use super::aws_lc::dsa as aws_lc;
use super::digest::HashFunction;
use super::prime::{is_prime, seems_prime};
use super::rsa::{parse, strip, write};
use crate::error::{Error, Result};
use crate::secret::{Public, SecretBytes};

/// The shortest prime in bits.
pub const PRIME_BITS_MIN: usize = 1024;
/// The longest prime in bits.
pub const PRIME_BITS_MAX: usize = 3072;

// SPEC: the attribute tables have 512 to 3072 bits in steps of 64; "DSA Key Restrictions" names the
// sizes that FIPS 186-4 permits, and other ones are refused.
/// The lengths of p and q in bits (FIPS 186-4, section 4.2).
pub const SIZES: [(usize, usize); 4] = [(1024, 160), (2048, 224), (2048, 256), (3072, 256)];

fn invalid(reason: &'static str) -> Error {
    Error::AttributeValueInvalid(reason.into())
}

/// The length of a number in bits.
fn bits(number: &[u8]) -> usize {
    let number = strip(number);
    let unused = number.first().map_or(0, |first| first.leading_zeros());
    (8 * number.len()).saturating_sub(usize::try_from(unused).unwrap_or(0))
}

fn less(one: &[u8], two: &[u8]) -> bool {
    let (one, two) = (strip(one), strip(two));
    one.len().cmp(&two.len()).then_with(|| one.cmp(two)) == Ordering::Less
}

/// The domain parameters p, q and g.
#[derive(Clone)]
pub struct Domain {
    components: Components,
    prime_bits: usize,
    subprime_bits: usize,
}

impl Domain {
    /// Takes big integers of any length and checks sizes and ranges.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn new(prime: &[u8], subprime: &[u8], base: &[u8]) -> Result<Self> {
        let (prime_bits, subprime_bits) = (bits(prime), bits(subprime));
        if !SIZES.contains(&(prime_bits, subprime_bits)) {
            return Err(Error::AttributeValueInvalid(
                format!(
                    "p and q have {prime_bits} and {subprime_bits} bits, which FIPS 186-4, section \
                     4.2, does not have"
                )
                .into(),
            ));
        }
        if bits(base) < 2 || !less(base, prime) {
            return Err(invalid("the base is not in 2 to p - 1"));
        }
        let components = parse(prime, prime_bits)
            .zip(parse(subprime, subprime_bits))
            .zip(parse(base, prime_bits))
            .and_then(|((p, q), g)| Components::from_components(p, q, g).ok())
            .ok_or_else(|| invalid("the prime is even"))?;
        Ok(Self {
            components,
            prime_bits,
            subprime_bits,
        })
    }

    /// Bits of p.
    #[must_use]
    pub const fn prime_bits(&self) -> usize {
        self.prime_bits
    }

    /// Bits of q.
    #[must_use]
    pub const fn subprime_bits(&self) -> usize {
        self.subprime_bits
    }

    /// Bytes of q: half a signature.
    #[must_use]
    pub const fn subprime_len(&self) -> usize {
        self.subprime_bits.div_ceil(8)
    }

    /// Proves what arithmetic can: p and q are prime, q divides p - 1, the base has the order q.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn prove(&self) -> Result<()> {
        let (p, q) = (self.components.p(), self.components.q());
        // The cheapest first: p - 1 is a multiple of q.
        let rest = p.as_ref().rem_vartime(q);
        if !bool::from(rest.is_one()) {
            return Err(invalid("the subprime does not divide p - 1"));
        }
        let params = BoxedMontyParams::new_vartime(p.clone());
        let base = BoxedMontyForm::new(self.components.g().as_ref().clone(), &params);
        if !bool::from(base.pow(q).retrieve().is_one()) {
            return Err(invalid("the order of the base is not q"));
        }
        if !is_prime(q.as_ref()) {
            return Err(invalid("the subprime is not prime"));
        }
        if !is_prime(p.as_ref()) {
            return Err(invalid("the prime is not prime"));
        }
        Ok(())
    }

    /// A random private value, as long as q, and its public value, without leading zeros: "Key Pair
    /// Generation Using Extra Random Bits".
    ///
    /// # Errors
    /// Whatever `fill` returns.
    pub fn generate_pair(
        &self,
        fill: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Result<(SecretBytes, Vec<u8>)> {
        let len = self.subprime_len() + 8;
        let random = SecretBytes::try_init(len, fill)?;
        let random = Zeroizing::new(parse(random.expose(), 8 * len).ok_or_else(lost)?);
        let precision = random.bits_precision();
        let q = self.components.q().as_ref().resize(precision);
        let one = BoxedUint::one_with_precision(precision);
        let last = NonZero::new(q.wrapping_sub(&one)).into_option();
        let private = Zeroizing::new(random.rem(&last.ok_or_else(lost)?));
        let private = Zeroizing::new(private.wrapping_add(&one));
        let public = self.power(&private).to_be_bytes();
        Ok((
            write(&private, self.subprime_len()),
            strip(&public).to_vec(),
        ))
    }

    /// The base to the power of a private value.
    fn power(&self, private: &BoxedUint) -> BoxedUint {
        let params = BoxedMontyParams::new_vartime(self.components.p().clone());
        let base = BoxedMontyForm::new(self.components.g().as_ref().clone(), &params);
        base.pow(private).retrieve()
    }
}

impl core::fmt::Debug for Domain {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Domain({}, {})", self.prime_bits, self.subprime_bits)
    }
}

/// A private key, parsed once.
pub struct PrivateKey {
    key: SigningKey,
    domain: Domain,
}

impl PrivateKey {
    /// Takes the private value, a big integer of any length.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when it is not in 1 to q - 1.
    pub fn new(domain: Domain, private: &[u8]) -> Result<Self> {
        let wrong = || invalid("the private value is not in 1 to q - 1");
        if bits(private) > domain.subprime_bits {
            return Err(wrong());
        }
        let x = Zeroizing::new(parse(private, domain.subprime_bits).ok_or_else(wrong)?);
        if bool::from(x.is_zero()) || *x >= *domain.components.q().as_ref() {
            return Err(wrong());
        }
        let y = domain.power(&x);
        let key = VerifyingKey::from_components(domain.components.clone(), y)
            .and_then(|public| SigningKey::from_components(public, BoxedUint::clone(&x)))
            .map_err(|_| wrong())?;
        Ok(Self { key, domain })
    }

    /// The domain parameters.
    #[must_use]
    pub const fn domain(&self) -> &Domain {
        &self.domain
    }

    /// The public value, without leading zeros.
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        strip(&self.key.verifying_key().y().to_be_bytes()).to_vec()
    }

    /// Signs a digest, of which the leftmost bits count: r and s, each as long as q.
    ///
    // SPEC: how the number per message is chosen is left open.
    /// The number per message is that of RFC 6979 with the hash function, and needs no randomness.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`
    pub fn sign_digest(&self, function: HashFunction, digest: &[u8]) -> Result<Vec<u8>> {
        let key = &self.key;
        let signature = match function {
            HashFunction::Sha1 => key.sign_prehashed_rfc6979::<sha1::Sha1>(digest),
            HashFunction::Sha224 => key.sign_prehashed_rfc6979::<sha2::Sha224>(digest),
            HashFunction::Sha384 => key.sign_prehashed_rfc6979::<sha2::Sha384>(digest),
            HashFunction::Sha512 => key.sign_prehashed_rfc6979::<sha2::Sha512>(digest),
            HashFunction::Sha3_224 => key.sign_prehashed_rfc6979::<sha3::Sha3_224>(digest),
            HashFunction::Sha3_256 => key.sign_prehashed_rfc6979::<sha3::Sha3_256>(digest),
            HashFunction::Sha3_384 => key.sign_prehashed_rfc6979::<sha3::Sha3_384>(digest),
            HashFunction::Sha3_512 => key.sign_prehashed_rfc6979::<sha3::Sha3_512>(digest),
            _ => key.sign_prehashed_rfc6979::<sha2::Sha256>(digest),
        };
        let signature =
            signature.map_err(|_| Error::FunctionFailed("the DSA signature failed".into()))?;
        let len = self.domain.subprime_len();
        let mut bytes = Vec::with_capacity(2 * len);
        for half in [signature.r(), signature.s()] {
            bytes.extend(write(half, len).into_public(Public::Signature));
        }
        Ok(bytes)
    }
}

impl core::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PrivateKey({:?})", self.domain)
    }
}

/// A public key of the order q.
#[derive(Debug)]
pub struct PublicKey {
    key: VerifyingKey,
    domain: Domain,
}

impl PublicKey {
    /// Takes the public value, a big integer of any length.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when it is not in 2 to p - 1 or not of order q.
    pub fn new(domain: Domain, public: &[u8]) -> Result<Self> {
        let wrong = || invalid("the public value is not in 2 to p - 1, or its order is not q");
        let p = domain.components.p().to_be_bytes();
        if bits(public) < 2 || !less(public, &p) {
            return Err(wrong());
        }
        let y = parse(public, domain.prime_bits).ok_or_else(wrong)?;
        let key = VerifyingKey::from_components(domain.components.clone(), y);
        let key = key.map_err(|_| wrong())?;
        Ok(Self { key, domain })
    }

    /// Verifies r and s over a digest, of which the leftmost bits count.
    ///
    /// # Errors
    /// `CKR_SIGNATURE_INVALID`; `CKR_SIGNATURE_LEN_RANGE` when r and s are not as long as q.
    pub fn verify_digest(&self, digest: &[u8], signature: &[u8]) -> Result<()> {
        let len = self.domain.subprime_len();
        if signature.len() != 2 * len {
            return Err(Error::SignatureLenRange(
                format!("a signature of this key has {} bytes", 2 * len).into(),
            ));
        }
        let wrong = || Error::SignatureInvalid("the DSA signature is not valid".into());
        let (r, s) = signature.split_at(len);
        if self.is_valid(digest, r, s)? {
            return Ok(());
        }
        Err(wrong())
    }
}

#[cfg(feature = "aws-lc")]
impl PublicKey {
    fn is_valid(&self, digest: &[u8], r: &[u8], s: &[u8]) -> Result<bool> {
        let components = &self.domain.components;
        let numbers = aws_lc::PublicNumbers {
            prime: &components.p().to_be_bytes(),
            subprime: &components.q().to_be_bytes(),
            base: &components.g().to_be_bytes(),
            public: &self.key.y().to_be_bytes(),
        };
        aws_lc::verify(numbers, digest, r, s)
    }
}

#[cfg(not(feature = "aws-lc"))]
impl PublicKey {
    #[expect(clippy::unnecessary_wraps, reason = "as of the other engine")]
    fn is_valid(&self, digest: &[u8], r: &[u8], s: &[u8]) -> Result<bool> {
        let bits = self.domain.subprime_bits;
        let signature = parse(r, bits)
            .zip(parse(s, bits))
            .and_then(|(r, s)| Signature::from_components(r, s));
        Ok(signature.is_some_and(|signature| self.key.verify_prehash(digest, &signature).is_ok()))
    }
}

/// Domain parameters as big integers.
#[derive(Debug)]
pub struct Generated {
    /// p
    pub prime: Vec<u8>,
    /// q
    pub subprime: Vec<u8>,
    /// g
    pub base: Vec<u8>,
}

/// Makes domain parameters of these lengths with SHA-256: probable primes from a random seed
/// (A.1.1.2), and a base (A.2.1).
///
/// # Errors
/// Whatever `fill` returns; `CKR_KEY_SIZE_RANGE` for lengths that FIPS 186-4 does not have.
pub fn generate(
    prime_bits: usize,
    subprime_bits: usize,
    mut fill: impl FnMut(&mut [u8]) -> Result<()>,
) -> Result<Generated> {
    if !SIZES.contains(&(prime_bits, subprime_bits)) {
        return Err(Error::KeySizeRange(
            format!("FIPS 186-4 has no DSA with {prime_bits} and {subprime_bits} bits").into(),
        ));
    }
    let mut seed = vec![0; subprime_bits / 8];
    loop {
        fill(&mut seed)?;
        if let Some((p, q)) = from_seed(prime_bits, &seed)? {
            let base = base(&p, &q).ok_or_else(lost)?;
            let plain = |number: &BoxedUint| strip(&number.to_be_bytes()).to_vec();
            return Ok(Generated {
                prime: plain(&p),
                subprime: plain(&q),
                base: plain(&base),
            });
        }
    }
}

fn lost() -> Error {
    Error::GeneralError("domain parameters cannot be computed".into())
}

/// Appendix A.1.1.2, steps 6 to 11, for a seed as long as q; `None` when the seed gives no primes.
fn from_seed(prime_bits: usize, seed: &[u8]) -> Result<Option<(BoxedUint, BoxedUint)>> {
    const OUTPUT: usize = 32;
    let hash = |input: &[u8]| HashFunction::Sha256.hash(input).into_public(Public::Digest);
    let digest = hash(seed);
    // q = 2^(N-1) + U + 1 - (U mod 2): the last N bits of the digest, the first and last of them one.
    let mut q = digest
        .iter()
        .copied()
        .skip(OUTPUT - seed.len())
        .collect::<Vec<_>>();
    if let Some(first) = q.first_mut() {
        *first |= 0x80;
    }
    if let Some(last) = q.last_mut() {
        *last |= 1;
    }
    let q = parse(&q, 8 * seed.len()).ok_or_else(lost)?;
    if !is_prime(&q) {
        return Ok(None);
    }
    let divisors = super::prime::Divisors::below(1 << 12);
    let twice = q.clone().resize(64 + q.bits_precision()).shl(1);
    let twice = NonZero::new(twice).into_option().ok_or_else(lost)?;
    let blocks = prime_bits.div_ceil(8 * OUTPUT);
    let mut counted = seed.to_vec();
    for _ in 0..4 * prime_bits {
        let mut number = Vec::with_capacity(blocks * OUTPUT);
        for _ in 0..blocks {
            increment(&mut counted);
            // The first block is the lowest.
            number.splice(0..0, hash(&counted));
        }
        // The lengths of p are multiples of the hash's, so that only the highest bit is cut.
        if let Some(first) = number.first_mut() {
            *first |= 0x80;
        }
        let number = parse(&number, prime_bits).ok_or_else(lost)?;
        let rest = number.rem_vartime(&twice);
        let rest = rest.resize(number.bits_precision());
        let one = BoxedUint::one_with_precision(number.bits_precision());
        let p = number.wrapping_sub(&rest).wrapping_add(&one);
        if p.leading_zeros() == 0 && !divisors.divide(&p) && seems_prime(&p) && is_prime(&p) {
            return Ok(Some((p, q)));
        }
    }
    Ok(None)
}

/// Adds one to a number of fixed length.
fn increment(number: &mut [u8]) {
    for byte in number.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
}

/// Appendix A.2.1: h to the power of (p - 1) / q, for the first h that gives more than one.
fn base(p: &BoxedUint, q: &BoxedUint) -> Option<BoxedUint> {
    let params = BoxedMontyParams::new_vartime(Odd::new(p.clone()).into_option()?);
    let one = BoxedUint::one_with_precision(p.bits_precision());
    let divisor = NonZero::new(q.clone()).into_option()?;
    let (exponent, _) = p.wrapping_sub(&one).div_rem_vartime(&divisor);
    (2_u64..100).find_map(|h| {
        let h = BoxedUint::from(h).resize(p.bits_precision());
        let g = BoxedMontyForm::new(h, &params).pow(&exponent).retrieve();
        (!bool::from(g.is_one())).then_some(g)
    })
}

#[cfg(test)]
mod tests;
