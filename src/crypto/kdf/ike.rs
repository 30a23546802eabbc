// SPDX-License-Identifier: MIT OR Apache-2.0
//! The pseudo-random functions of IKE and what IKE expands with them (RFC 2409; RFC 7296, section
//! 2.13).

use crate::crypto::aes::AesKey;
use crate::crypto::block_mac::{Authenticator as _, XcbcMac};
use crate::crypto::digest::HashFunction;
use crate::crypto::mac::Mac;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Length of the output of both functions with AES, and of their key, in bytes.
const AES_LEN: usize = 16;

/// A pseudo-random function.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Function {
    /// HMAC
    Hmac(HashFunction),
    /// AES-XCBC-PRF-128 (RFC 4434)
    AesXcbc,
    /// AES-CMAC-PRF-128 (RFC 4615)
    AesCmac,
}

#[expect(clippy::len_without_is_empty, reason = "no output is empty")]
impl Function {
    /// Length of the output in bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        match self {
            Self::Hmac(hash) => hash.len(),
            Self::AesXcbc | Self::AesCmac => AES_LEN,
        }
    }

    /// Takes a key of any length.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE`, which no function here gives
    pub fn keyed(self, key: &[u8]) -> Result<Prf> {
        match self {
            Self::Hmac(hash) => Mac::hmac(hash, key).map(Prf::Mac),
            Self::AesXcbc => {
                // RFC 4434, 2: shorter keys are padded with zeros, longer ones are hashed.
                if key.len() > AES_LEN {
                    let zero = XcbcMac::new(&AesKey::new(&[0; AES_LEN])?)?;
                    let short = Prf::Xcbc(Box::new(zero)).of(&[key])?;
                    return aes(&short).and_then(|key| xcbc(&key));
                }
                let padded = SecretBytes::try_init(AES_LEN, |padded| {
                    padded
                        .iter_mut()
                        .zip(key)
                        .for_each(|(to, from)| *to = *from);
                    Ok::<_, Error>(())
                })?;
                aes(&padded).and_then(|key| xcbc(&key))
            }
            // RFC 4615, 3: "K := AES-CMAC(0^128, VK, VKlen)" for every other length.
            Self::AesCmac if key.len() == AES_LEN => Mac::cmac(&AesKey::new(key)?).map(Prf::Mac),
            Self::AesCmac => {
                let zero = Mac::cmac(&AesKey::new(&[0; AES_LEN])?)?;
                let short = Prf::Mac(zero).of(&[key])?;
                Mac::cmac(&aes(&short)?).map(Prf::Mac)
            }
        }
    }
}

fn aes(key: &SecretBytes) -> Result<AesKey> {
    AesKey::new(key.expose())
}

fn xcbc(key: &AesKey) -> Result<Prf> {
    XcbcMac::new(key).map(|state| Prf::Xcbc(Box::new(state)))
}

/// A function with its key.
#[derive(Clone)]
pub enum Prf {
    /// HMAC or CMAC
    Mac(Mac),
    /// XCBC
    Xcbc(Box<XcbcMac>),
}

impl Prf {
    /// Its value for an input in parts.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR`
    pub fn of(&self, input: &[&[u8]]) -> Result<SecretBytes> {
        match self {
            Self::Mac(mac) => {
                let mut mac = mac.clone();
                input.iter().for_each(|part| mac.update(part));
                Ok(mac.finish())
            }
            Self::Xcbc(state) => {
                let mut state = state.as_ref().clone();
                for part in input {
                    state.feed(part)?;
                }
                state.end()
            }
        }
    }

    /// `prf+` of version 2: each value is that of the value before, `input` and its number.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE` beyond 255 values, whose number would not fit its byte
    pub fn plus(&self, input: &[&[u8]], len: usize) -> Result<SecretBytes> {
        self.expand(len, |last, number| {
            let number = [number];
            self.of(&[&[last], input, &[&number]].concat())
        })
    }

    /// The chain of version 1 (RFC 2409, 5.5 and appendix B): each value is that of the value before
    /// and `input`; without any input, the first is that of a zero.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE` beyond 255 values
    pub fn chain(&self, input: &[&[u8]], len: usize) -> Result<SecretBytes> {
        let is_empty = input.iter().all(|part| part.is_empty());
        self.expand(len, |last, number| match number {
            1 if is_empty => self.of(&[&[0]]),
            _ => self.of(&[&[last], input].concat()),
        })
    }

    /// One value after the other; `next` is given the one before, which is empty at first, and the
    /// number of the wanted one.
    fn expand(
        &self,
        len: usize,
        next: impl Fn(&[u8], u8) -> Result<SecretBytes>,
    ) -> Result<SecretBytes> {
        if len > self.len().saturating_mul(255) {
            return Err(Error::KeySizeRange(
                "the expansion gives at most 255 times the length of its function".into(),
            ));
        }
        SecretBytes::try_init(len, |out| {
            let mut last = SecretBytes::new(Vec::new());
            for (number, chunk) in (1..=u8::MAX).zip(out.chunks_mut(self.len())) {
                last = next(last.expose(), number)?;
                for (to, from) in chunk.iter_mut().zip(last.expose()) {
                    *to = *from;
                }
            }
            Ok(())
        })
    }

    fn len(&self) -> usize {
        match self {
            Self::Mac(mac) => mac.len(),
            Self::Xcbc(_) => AES_LEN,
        }
    }
}

impl core::fmt::Debug for Prf {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Prf")
    }
}
