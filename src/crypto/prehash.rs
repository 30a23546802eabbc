// SPDX-License-Identifier: MIT OR Apache-2.0
//! What ML-DSA and SLH-DSA put before a message: FIPS 204, sections 5.2 and 5.4; FIPS 205, section
//! 10.2.
#![forbid(unsafe_code)]

use digest::{ExtendableOutput as _, Update as _, XofReader as _};
use sha3::{Shake128, Shake256};

use super::digest::{HashFunction, Hasher};
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// The longest context.
pub const CONTEXT_LEN_MAX: usize = 255;

/// DER of an object identifier under 2.16.840.1.101.3.4.2 (nistAlgorithms, hashAlgs), but for its
/// last byte.
const HASH_ALGS: [u8; 10] = [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];

/// A function whose output is signed instead of the message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PreHash {
    /// SHA-224
    Sha224,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
    /// SHA3-224
    Sha3_224,
    /// SHA3-256
    Sha3_256,
    /// SHA3-384
    Sha3_384,
    /// SHA3-512
    Sha3_512,
    /// SHAKE128 with an output of 256 bits
    Shake128,
    /// SHAKE256 with an output of 512 bits
    Shake256,
}

#[expect(clippy::len_without_is_empty, reason = "no output is empty")]
impl PreHash {
    /// Output length in bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        match self {
            Self::Sha224 | Self::Sha3_224 => 28,
            Self::Sha256 | Self::Sha3_256 | Self::Shake128 => 32,
            Self::Sha384 | Self::Sha3_384 => 48,
            Self::Sha512 | Self::Sha3_512 | Self::Shake256 => 64,
        }
    }

    /// The DER encoding of its object identifier.
    #[must_use]
    pub fn oid(self) -> [u8; 11] {
        let last = match self {
            Self::Sha256 => 1,
            Self::Sha384 => 2,
            Self::Sha512 => 3,
            Self::Sha224 => 4,
            Self::Sha3_224 => 7,
            Self::Sha3_256 => 8,
            Self::Sha3_384 => 9,
            Self::Sha3_512 => 10,
            Self::Shake128 => 11,
            Self::Shake256 => 12,
        };
        let mut oid = [last; 11];
        for (to, from) in oid.iter_mut().zip(HASH_ALGS) {
            *to = from;
        }
        oid
    }

    /// A fresh state.
    #[must_use]
    pub fn start(self) -> PreHasher {
        let hash = |function: HashFunction| PreHasher(State::Hash(Box::new(function.start())));
        match self {
            Self::Sha224 => hash(HashFunction::Sha224),
            Self::Sha256 => hash(HashFunction::Sha256),
            Self::Sha384 => hash(HashFunction::Sha384),
            Self::Sha512 => hash(HashFunction::Sha512),
            Self::Sha3_224 => hash(HashFunction::Sha3_224),
            Self::Sha3_256 => hash(HashFunction::Sha3_256),
            Self::Sha3_384 => hash(HashFunction::Sha3_384),
            Self::Sha3_512 => hash(HashFunction::Sha3_512),
            Self::Shake128 => PreHasher(State::Shake128(Box::default())),
            Self::Shake256 => PreHasher(State::Shake256(Box::default())),
        }
    }

    /// Hashes everything in one go.
    #[must_use]
    pub fn hash(self, input: &[u8]) -> SecretBytes {
        let mut hasher = self.start();
        hasher.update(input);
        hasher.finish()
    }
}

enum State {
    Hash(Box<Hasher>),
    Shake128(Box<Shake128>),
    Shake256(Box<Shake256>),
}

/// A running hash of the message.
pub struct PreHasher(State);

impl PreHasher {
    /// Feeds a part.
    pub fn update(&mut self, input: &[u8]) {
        match &mut self.0 {
            State::Hash(hasher) => hasher.update(input),
            State::Shake128(shake) => shake.update(input),
            State::Shake256(shake) => shake.update(input),
        }
    }

    /// Ends.
    #[must_use]
    pub fn finish(self) -> SecretBytes {
        match self.0 {
            State::Hash(hasher) => hasher.finish(),
            State::Shake128(shake) => {
                let mut output = [0; 32];
                shake.finalize_xof().read(&mut output);
                SecretBytes::from_slice(&output)
            }
            State::Shake256(shake) => {
                let mut output = [0; 64];
                shake.finalize_xof().read(&mut output);
                SecretBytes::from_slice(&output)
            }
        }
    }
}

impl core::fmt::Debug for PreHasher {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PreHasher")
    }
}

/// The bytes before the message: whether it is hashed, and the context.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID` when the context is longer than 255 bytes.
pub fn header(function: Option<PreHash>, context: &[u8]) -> Result<Vec<u8>> {
    let len = u8::try_from(context.len()).map_err(|_| {
        Error::MechanismParamInvalid(
            format!("a context has {CONTEXT_LEN_MAX} bytes at most").into(),
        )
    })?;
    let mut header = vec![u8::from(function.is_some()), len];
    header.extend_from_slice(context);
    if let Some(function) = function {
        header.extend_from_slice(&function.oid());
    }
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_names_the_context_and_the_hash_function() {
        assert_eq!(header(None, b"").unwrap(), [0, 0]);
        assert_eq!(header(None, b"ab").unwrap(), [0, 2, b'a', b'b']);
        let hashed = header(Some(PreHash::Sha512), b"c").unwrap();
        assert_eq!(hex::encode(hashed), "0101630609608648016503040203");
        assert!(header(None, &[0; 256]).is_err());
    }

    #[test]
    fn shake_gives_the_lengths_that_fips_204_fixes() {
        // FIPS 202 example values of the empty message.
        let shake128 = PreHash::Shake128.hash(b"");
        assert_eq!(hex::encode(&shake128.expose()[..8]), "7f9c2ba4e88f827d");
        let shake256 = PreHash::Shake256.hash(b"");
        assert_eq!(hex::encode(&shake256.expose()[..8]), "46b9dd2b0ba88d13");
        assert_eq!((shake128.len(), shake256.len()), (32, 64));
    }
}
