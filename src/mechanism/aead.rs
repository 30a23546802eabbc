// SPDX-License-Identifier: MIT OR Apache-2.0
//! Authenticated encryption whose tag and nonce travel beside the text: what the message-based
//! functions and `C_WrapKeyAuthenticated` work with.
//!
//! Source: PKCS#11 v3.2, "Message-based encryption functions", "Key management functions".

use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use super::{Rng, Setup};
use crate::error::{Error, Result};
use crate::pkcs11::MgfType;
use crate::pkcs11::mgf::{
    CKG_GENERATE, CKG_GENERATE_COUNTER, CKG_GENERATE_COUNTER_XOR, CKG_GENERATE_RANDOM,
    CKG_NO_GENERATE,
};
use crate::secret::SecretBytes;

/// Which C structure the parameter of a message must be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MessageShape {
    /// `CK_GCM_MESSAGE_PARAMS`
    Gcm,
    /// `CK_CCM_MESSAGE_PARAMS`
    Ccm,
    /// `CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS`
    ChaChaPoly,
}

/// A row's authenticated encryption.
#[derive(Clone, Copy, Debug)]
pub struct AeadRole {
    /// The parameter of each message.
    pub shape: MessageShape,
    /// Takes the key.
    pub start: fn(&Setup<'_>) -> Result<Box<dyn Aead>>,
}

/// The parameter of one message.
#[derive(Debug)]
pub struct MessageParams {
    /// The nonce, or the part of it that a generator starts from.
    pub nonce: Vec<u8>,
    /// How many bits of the nonce a generator keeps.
    pub fixed_bits: u64,
    /// `CK_GENERATOR_FUNCTION`
    pub generator: MgfType,
    /// The tag of a message to decrypt.
    pub tag: Vec<u8>,
    /// Length of the tag in bits.
    pub tag_bits: u64,
    /// The length of the whole text, where the mechanism must know it first.
    pub text_len: Option<u64>,
}

/// What a message starts from.
#[derive(Debug)]
pub struct MessageStart<'a> {
    /// The whole nonce.
    pub nonce: &'a [u8],
    /// Associated data.
    pub aad: &'a [u8],
    /// Length of the tag in bits.
    pub tag_bits: u64,
    /// The length of the whole text, where the mechanism must know it first.
    pub text_len: Option<u64>,
}

/// One key, ready for messages. The text of a message keeps its length.
pub trait Aead: Send {
    /// Starts to encrypt a message.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    fn seal(&self, start: &MessageStart<'_>) -> Result<Box<dyn Seal>>;

    /// Starts to decrypt a message.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    fn open(&self, start: &MessageStart<'_>) -> Result<Box<dyn Open>>;
}

/// A message while it is encrypted.
pub trait Seal: Send {
    /// Exact length of what the next part gives; `last` when the message ends with it.
    fn next_len(&self, input_len: usize, last: bool) -> usize;

    /// Encrypts a part.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`
    fn next(&mut self, input: &[u8]) -> Result<SecretBytes>;

    /// Encrypts the last part and gives the tag.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`
    fn end(self: Box<Self>, input: &[u8]) -> Result<(SecretBytes, Vec<u8>)>;
}

/// A message while it is decrypted.
pub trait Open: Send {
    /// Exact length of what the next part gives; `last` when the message ends with it.
    fn next_len(&self, input_len: usize, last: bool) -> usize;

    /// Decrypts a part.
    ///
    /// # Errors
    /// `CKR_ENCRYPTED_DATA_LEN_RANGE`
    fn next(&mut self, input: &[u8]) -> Result<SecretBytes>;

    /// Decrypts the last part, and gives it only if the tag is right.
    ///
    /// # Errors
    /// `CKR_AEAD_DECRYPT_FAILED`, `CKR_ENCRYPTED_DATA_LEN_RANGE`
    fn end(self: Box<Self>, input: &[u8], tag: &[u8]) -> Result<SecretBytes>;
}

/// Fewer random bits than this make two equal nonces likely too soon; the shortest nonce of CCM has
/// as many, and "zero is always an acceptable value" for the bits that are fixed.
const RANDOM_BITS_MIN: u64 = 56;

/// Makes the nonces of one key in one session, each only once.
#[derive(Clone, Debug)]
pub struct NonceSource {
    /// How many were counted already.
    pub counter: Arc<AtomicU64>,
    /// Randomness.
    pub rng: Rng,
}

impl NonceSource {
    /// The nonce of the next message, as its generator function says.
    ///
    /// SPEC: CKG_GENERATE is random; "each IV must be unique for a given session", so one counter
    /// serves all processes of a session with one key, and fewer than 56 random bits are refused.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`, `CKR_DEVICE_ERROR`
    pub fn nonce(&self, params: &MessageParams) -> Result<Vec<u8>> {
        let bits = (params.nonce.len() as u64).saturating_mul(8);
        let Some(free) = bits.checked_sub(params.fixed_bits) else {
            return Err(refused("more bits of the IV are fixed than it has"));
        };
        let generated = match params.generator {
            CKG_NO_GENERATE => return Ok(params.nonce.clone()),
            CKG_GENERATE | CKG_GENERATE_RANDOM => self.random(params.nonce.len(), free)?,
            CKG_GENERATE_COUNTER => self.counted(params.nonce.len(), free)?,
            CKG_GENERATE_COUNTER_XOR => {
                let mut counted = self.counted(params.nonce.len(), free)?;
                for (to, given) in counted.iter_mut().zip(&params.nonce) {
                    *to ^= given;
                }
                counted
            }
            _ => return Err(refused("there is no such generator function")),
        };
        Ok(merge(&params.nonce, &generated, params.fixed_bits))
    }

    fn random(&self, len: usize, free: u64) -> Result<Vec<u8>> {
        if free < RANDOM_BITS_MIN {
            return Err(refused("too few bits of the IV are left to be random"));
        }
        let mut bytes = vec![0; len];
        self.rng.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn counted(&self, len: usize, free: u64) -> Result<Vec<u8>> {
        let next = |count: u64| {
            let fits = free >= 64 || count >> free == 0;
            fits.then(|| count.checked_add(1)).flatten()
        };
        let count = self
            .counter
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, next)
            .map_err(|_| refused("the counter of the IV has run out"))?;
        let mut bytes = vec![0; len];
        let digits = count.to_be_bytes();
        for (to, from) in bytes.iter_mut().rev().zip(digits.iter().rev()) {
            *to = *from;
        }
        Ok(bytes)
    }
}

/// The first `fixed_bits` bits of one, the rest of the other.
fn merge(fixed: &[u8], generated: &[u8], fixed_bits: u64) -> Vec<u8> {
    let mut left = fixed_bits;
    let mut mask = || {
        let here = left.min(8);
        left -= here;
        u8::try_from(0xff00_u32 >> here & 0xff).unwrap_or(0)
    };
    let pairs = fixed.iter().zip(generated);
    pairs
        .map(|(keep, new)| {
            let mask = mask();
            keep & mask | new & !mask
        })
        .collect()
}

fn refused(why: &'static str) -> Error {
    Error::MechanismParamInvalid(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> NonceSource {
        NonceSource {
            counter: Arc::default(),
            rng: Rng::system(),
        }
    }

    fn params(generator: MgfType, nonce: &[u8], fixed_bits: u64) -> MessageParams {
        MessageParams {
            nonce: nonce.to_vec(),
            fixed_bits,
            generator,
            tag: Vec::new(),
            tag_bits: 128,
            text_len: None,
        }
    }

    #[test]
    fn a_given_nonce_is_used_as_it_is() {
        let given = params(CKG_NO_GENERATE, &[7; 12], 0);
        assert_eq!(source().nonce(&given).unwrap(), [7; 12]);
    }

    #[test]
    fn a_counter_starts_at_zero_behind_the_fixed_bits() {
        let source = source();
        let given = params(CKG_GENERATE_COUNTER, &[0xff; 12], 36);
        let fixed = [0xff, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 0, 0, 0];
        for count in 0..3 {
            let nonce = source.nonce(&given).unwrap();
            assert_eq!(nonce, [&fixed[..], &[count]].concat());
        }
    }

    #[test]
    fn a_counter_is_put_over_the_given_bits() {
        let source = source();
        let given = params(CKG_GENERATE_COUNTER_XOR, &[0xa5; 12], 0);
        assert_eq!(source.nonce(&given).unwrap(), [0xa5; 12]);
        let second = source.nonce(&given).unwrap();
        assert_eq!(second, [&[0xa5; 11][..], &[0xa4]].concat());
    }

    #[test]
    fn a_counter_never_comes_round() {
        let source = source();
        let given = params(CKG_GENERATE_COUNTER, &[0; 4], 31);
        assert_eq!(source.nonce(&given).unwrap(), [0, 0, 0, 0]);
        assert_eq!(source.nonce(&given).unwrap(), [0, 0, 0, 1]);
        assert!(source.nonce(&given).is_err());
        let full = NonceSource {
            counter: Arc::new(AtomicU64::new(u64::MAX)),
            rng: Rng::system(),
        };
        let given = params(CKG_GENERATE_COUNTER, &[0; 12], 0);
        assert!(full.nonce(&given).is_err());
    }

    #[test]
    fn random_nonces_keep_their_fixed_bits_and_differ() {
        for generator in [CKG_GENERATE, CKG_GENERATE_RANDOM] {
            let given = params(generator, &[0x5a; 12], 28);
            let (one, two) = (
                source().nonce(&given).unwrap(),
                source().nonce(&given).unwrap(),
            );
            assert_eq!(one[..3], [0x5a; 3]);
            assert_eq!(one[3] >> 4, 0x5);
            assert_ne!(one, two);
            assert!(source().nonce(&params(generator, &[0; 12], 41)).is_err());
            assert!(source().nonce(&params(generator, &[0; 7], 0)).is_ok());
        }
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(source().nonce(&params(MgfType(9), &[0; 12], 0)).is_err());
        let given = params(CKG_GENERATE_COUNTER, &[0; 12], 97);
        assert!(source().nonce(&given).is_err());
    }
}
