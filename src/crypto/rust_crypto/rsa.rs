// SPDX-License-Identifier: MIT OR Apache-2.0
//! RSA keys and the raw operation with the crate `rsa`: RFC 8017, sections 3 and 5.

use crypto_bigint::{BoxedUint, Resize as _};
use rsa::hazmat::{rsa_decrypt_and_check, rsa_encrypt};
use rsa::traits::{PrivateKeyParts as _, PublicKeyParts};

use super::entropy::Entropy;
use crate::crypto::rsa::{
    Components, Crt, PrivateOperation, PublicOperation, check_generation, check_private,
    check_public, is_between_one_and_last, parse, strip, write,
};
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// A private key.
#[derive(Debug)]
pub struct PrivateKey {
    key: rsa::PrivateKey,
    n: Vec<u8>,
    bits: usize,
}

/// A public key.
#[derive(Debug)]
pub struct PublicKey {
    key: rsa::PublicKey,
    n: Vec<u8>,
    bits: usize,
}

fn malformed() -> Error {
    Error::AttributeValueInvalid("the numbers do not make an RSA key".into())
}

fn device(_: rsa::Error) -> Error {
    Error::DeviceError("the RSA operation failed".into())
}

/// The number, with the precision that the key's arithmetic has.
fn representative(input: &[u8], n: &[u8], key: &impl PublicKeyParts) -> Result<BoxedUint> {
    if input.len() != n.len() {
        return Err(Error::DataLenRange(
            "the input does not have the length of the modulus".into(),
        ));
    }
    parse(input, n.len() * 8)
        .map(|number| number.resize(key.n_bits_precision()))
        .ok_or_else(|| Error::DataInvalid("the input is no number".into()))
}

impl PrivateKey {
    /// Takes a key from its numbers; missing primes are recovered.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn from_components(components: &Components) -> Result<Self> {
        let n = strip(&components.n);
        let bits = check_public(n, &components.e)?;
        check_private(n, components.d.expose())?;
        let recovered;
        let crt = if let Some(crt) = &components.crt {
            crt
        } else {
            recovered = Crt::recover(n, &components.e, components.d.expose())?;
            &recovered
        };
        let derived = Crt::derive(components.d.expose(), crt.p.expose(), crt.q.expose())?;
        if !derived.is_same(crt) {
            return Err(malformed());
        }
        let prime = |prime: &SecretBytes| {
            parse(prime.expose(), bits.div_ceil(2).next_multiple_of(64)).ok_or_else(malformed)
        };
        let key = rsa::PrivateKey::from_components(
            parse(n, bits).ok_or_else(malformed)?,
            parse(&components.e, 64).ok_or_else(malformed)?,
            parse(components.d.expose(), bits).ok_or_else(malformed)?,
            vec![prime(&crt.p)?, prime(&crt.q)?],
        )
        .map_err(|_| malformed())?;
        Ok(Self {
            key,
            n: n.to_vec(),
            bits,
        })
    }

    /// Makes a fresh key.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_DEVICE_ERROR`
    pub fn generate(modulus_bits: usize, public_exponent: &[u8]) -> Result<Self> {
        check_generation(modulus_bits, public_exponent)?;
        let exponent = parse(public_exponent, 64).ok_or_else(malformed)?;
        let key =
            rsa::PrivateKey::new_with_exp(&mut Entropy, modulus_bits, exponent).map_err(device)?;
        let n = key.n_bytes().into_vec();
        Ok(Self {
            key,
            n,
            bits: modulus_bits,
        })
    }

    /// The numbers of the key.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn components(&self) -> Result<Components> {
        let [p, q] = self.key.primes() else {
            return Err(malformed());
        };
        let d = write(self.key.d(), self.n.len());
        let prime_len = self.n.len().div_ceil(2);
        let (p, q) = (write(p.as_ref(), prime_len), write(q.as_ref(), prime_len));
        let crt = Crt::derive(d.expose(), p.expose(), q.expose())?;
        Ok(Components {
            n: self.n.clone(),
            e: self.key.e_bytes().into_vec(),
            d,
            crt: Some(crt),
        })
    }
}

impl PrivateOperation for PrivateKey {
    fn modulus_bits(&self) -> usize {
        self.bits
    }

    fn raw(&self, input: &[u8]) -> Result<SecretBytes> {
        let number = representative(input, &self.n, &self.key)?;
        if !is_between_one_and_last(input, &self.n) {
            return Err(Error::DataInvalid(
                "the input as a number is out of the modulus' range".into(),
            ));
        }
        let output =
            rsa_decrypt_and_check(&self.key, Some(&mut Entropy), &number).map_err(device)?;
        Ok(write(&output, self.n.len()))
    }
}

impl PublicKey {
    /// Takes a key from its numbers.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn from_components(n: &[u8], e: &[u8]) -> Result<Self> {
        let n = strip(n);
        let bits = check_public(n, e)?;
        let key = rsa::PublicKey::new(
            parse(n, bits).ok_or_else(malformed)?,
            parse(e, 64).ok_or_else(malformed)?,
        )
        .map_err(|_| malformed())?;
        Ok(Self {
            key,
            n: n.to_vec(),
            bits,
        })
    }
}

impl PublicOperation for PublicKey {
    fn modulus_bits(&self) -> usize {
        self.bits
    }

    fn raw(&self, input: &[u8]) -> Result<SecretBytes> {
        let number = representative(input, &self.n, &self.key)?;
        if input >= self.n.as_slice() {
            return Err(Error::DataInvalid(
                "the input as a number is not below the modulus".into(),
            ));
        }
        let output = rsa_encrypt(&self.key, &number).map_err(device)?;
        Ok(write(&output, self.n.len()))
    }
}
