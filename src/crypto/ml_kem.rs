// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-KEM by the crate `ml-kem`: FIPS 203.
#![forbid(unsafe_code)]

use ml_kem::{B32, Decapsulate as _, DecapsulationKey, EncapsulationKey, KeyExport as _, Seed};
use ml_kem::{MlKem512, MlKem768, MlKem1024};
use zeroize::{Zeroize as _, Zeroizing};

use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Bytes of a seed: d, then z.
pub const SEED_LEN: usize = 64;
/// Bytes of the randomness of an encapsulation.
const MESSAGE_LEN: usize = 32;

/// A parameter set (FIPS 203, section 8).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ParameterSet {
    /// ML-KEM-512
    MlKem512,
    /// ML-KEM-768
    MlKem768,
    /// ML-KEM-1024
    MlKem1024,
}

impl ParameterSet {
    /// Every set.
    pub const ALL: &'static [Self] = &[Self::MlKem512, Self::MlKem768, Self::MlKem1024];

    /// Bytes of an encapsulation key.
    #[must_use]
    pub const fn public_len(self) -> usize {
        match self {
            Self::MlKem512 => 800,
            Self::MlKem768 => 1184,
            Self::MlKem1024 => 1568,
        }
    }

    /// Bytes of a decapsulation key.
    #[must_use]
    pub const fn private_len(self) -> usize {
        self.public_len() * 2 + 32
    }

    /// Bytes of a ciphertext.
    #[must_use]
    pub const fn ciphertext_len(self) -> usize {
        match self {
            Self::MlKem512 => 768,
            Self::MlKem768 => 1088,
            Self::MlKem1024 => 1568,
        }
    }
}

/// One key a parameter set, boxed, as it is large.
enum Private {
    MlKem512(Box<DecapsulationKey<MlKem512>>),
    MlKem768(Box<DecapsulationKey<MlKem768>>),
    MlKem1024(Box<DecapsulationKey<MlKem1024>>),
}

enum Public {
    MlKem512(Box<EncapsulationKey<MlKem512>>),
    MlKem768(Box<EncapsulationKey<MlKem768>>),
    MlKem1024(Box<EncapsulationKey<MlKem1024>>),
}

/// The same expression for each parameter set.
macro_rules! each {
    ($enum:ident, $value:expr, $key:ident => $body:expr) => {
        match $value {
            $enum::MlKem512($key) => $body,
            $enum::MlKem768($key) => $body,
            $enum::MlKem1024($key) => $body,
        }
    };
}

/// The constructor of each parameter set.
macro_rules! build {
    ($enum:ident, $set:expr, $type:ident :: $new:ident ($bytes:expr)) => {
        match $set {
            ParameterSet::MlKem512 => $type::<MlKem512>::$new($bytes.try_into().map_err(length)?)
                .map(|key| $enum::MlKem512(Box::new(key))),
            ParameterSet::MlKem768 => $type::<MlKem768>::$new($bytes.try_into().map_err(length)?)
                .map(|key| $enum::MlKem768(Box::new(key))),
            ParameterSet::MlKem1024 => $type::<MlKem1024>::$new($bytes.try_into().map_err(length)?)
                .map(|key| $enum::MlKem1024(Box::new(key))),
        }
    };
}

/// A decapsulation key.
pub struct PrivateKey {
    set: ParameterSet,
    key: Private,
}

impl PrivateKey {
    /// Makes a key from random bytes of `fill`.
    ///
    /// # Errors
    /// Whatever `fill` returns.
    pub fn generate(set: ParameterSet, fill: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<Self> {
        Self::from_seed(set, SecretBytes::try_init(SEED_LEN, fill)?.expose())
    }

    /// Takes the 64 bytes d and z.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when there are not 64.
    pub fn from_seed(set: ParameterSet, seed: &[u8]) -> Result<Self> {
        let bytes: [u8; SEED_LEN] = seed.try_into().map_err(length)?;
        let bytes = Zeroizing::new(bytes);
        let mut seed = Seed::from(*bytes);
        let key = match set {
            ParameterSet::MlKem512 => {
                Private::MlKem512(Box::new(DecapsulationKey::from_seed(seed)))
            }
            ParameterSet::MlKem768 => {
                Private::MlKem768(Box::new(DecapsulationKey::from_seed(seed)))
            }
            ParameterSet::MlKem1024 => {
                Private::MlKem1024(Box::new(DecapsulationKey::from_seed(seed)))
            }
        };
        seed.as_mut_slice().zeroize();
        Ok(Self { set, key })
    }

    /// Takes a decapsulation key in its encoded form, with the checks of FIPS 203, section 7.3.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    #[expect(deprecated, reason = "CKA_VALUE is the expanded form")]
    pub fn from_expanded(set: ParameterSet, bytes: &[u8]) -> Result<Self> {
        let key = build!(Private, set, DecapsulationKey::from_expanded(bytes)).map_err(|_| {
            Error::AttributeValueInvalid("the ML-KEM private key is not consistent".into())
        })?;
        Ok(Self { set, key })
    }

    /// The parameter set.
    #[must_use]
    pub const fn set(&self) -> ParameterSet {
        self.set
    }

    /// The seed, if the key came from one.
    #[must_use]
    pub fn seed(&self) -> Option<SecretBytes> {
        let mut seed = each!(Private, &self.key, key => key.to_seed())?;
        let secret = SecretBytes::from_slice(&seed);
        seed.as_mut_slice().zeroize();
        Some(secret)
    }

    /// The encoded decapsulation key.
    #[must_use]
    #[expect(deprecated, reason = "CKA_VALUE is the expanded form")]
    pub fn expanded(&self) -> SecretBytes {
        use ml_kem::ExpandedKeyEncoding as _;
        each!(Private, &self.key, key => {
            let mut bytes = key.to_expanded_bytes();
            let secret = SecretBytes::from_slice(&bytes);
            bytes.as_mut_slice().zeroize();
            secret
        })
    }

    /// The encoded encapsulation key.
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        each!(Private, &self.key, key => key.encapsulation_key().to_bytes().to_vec())
    }

    /// The shared secret in a ciphertext; one that was tampered with gives another secret.
    ///
    /// # Errors
    /// `CKR_WRAPPED_KEY_LEN_RANGE`
    pub fn decapsulate(&self, ciphertext: &[u8]) -> Result<SecretBytes> {
        each!(Private, &self.key, key => {
            let ciphertext = ciphertext.try_into().map_err(|_| {
                Error::WrappedKeyLenRange("the ciphertext has not the length of its set".into())
            })?;
            let mut shared = key.decapsulate(ciphertext);
            let secret = SecretBytes::from_slice(&shared);
            shared.as_mut_slice().zeroize();
            Ok(secret)
        })
    }
}

impl core::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PrivateKey({:?})", self.set)
    }
}

/// An encapsulation key.
pub struct PublicKey {
    set: ParameterSet,
    key: Public,
}

impl PublicKey {
    /// Takes an encoded encapsulation key, with the checks of FIPS 203, section 7.2.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn from_bytes(set: ParameterSet, bytes: &[u8]) -> Result<Self> {
        let key = build!(Public, set, EncapsulationKey::new(bytes)).map_err(|_| {
            Error::AttributeValueInvalid(
                "a coefficient of the ML-KEM public key is not reduced".into(),
            )
        })?;
        Ok(Self { set, key })
    }

    /// The parameter set.
    #[must_use]
    pub const fn set(&self) -> ParameterSet {
        self.set
    }

    /// A ciphertext and its shared secret, from random bytes of `fill`.
    ///
    /// # Errors
    /// Whatever `fill` returns.
    pub fn encapsulate(
        &self,
        fill: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Result<(Vec<u8>, SecretBytes)> {
        let mut message = Zeroizing::new([0; MESSAGE_LEN]);
        fill(&mut *message)?;
        let mut message = B32::from(*message);
        let result = each!(Public, &self.key, key => {
            let (ciphertext, mut shared) = key.encapsulate_deterministic(&message);
            let secret = SecretBytes::from_slice(&shared);
            shared.as_mut_slice().zeroize();
            (ciphertext.to_vec(), secret)
        });
        message.as_mut_slice().zeroize();
        Ok(result)
    }
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PublicKey({:?})", self.set)
    }
}

fn length<E>(_: E) -> Error {
    Error::AttributeValueInvalid("an ML-KEM key has not the length of its parameter set".into())
}
