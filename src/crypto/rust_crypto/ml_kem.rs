// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-KEM by the crate `ml-kem`: FIPS 203.

use ml_kem::{B32, Decapsulate as _, DecapsulationKey, EncapsulationKey, KeyExport as _, Seed};
use ml_kem::{MlKem512, MlKem768, MlKem1024};
use zeroize::{Zeroize as _, Zeroizing};

use crate::crypto::lattice::LatticeKey;
use crate::crypto::ml_kem::{
    MESSAGE_LEN, ParameterSet, SEED_LEN, ciphertext_length, length, not_consistent, not_reduced,
};
use crate::error::Result;
use crate::secret::SecretBytes;

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
    public: Vec<u8>,
}

impl LatticeKey for PrivateKey {
    type Set = ParameterSet;

    const SEED_LEN: usize = SEED_LEN;

    fn from_seed(set: ParameterSet, seed: &[u8]) -> Result<Self> {
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
        Ok(Self::new(set, key))
    }

    #[expect(deprecated, reason = "CKA_VALUE is the expanded form")]
    fn from_expanded(set: ParameterSet, bytes: &[u8]) -> Result<Self> {
        let key =
            build!(Private, set, DecapsulationKey::from_expanded(bytes)).map_err(not_consistent)?;
        let key = Self::new(set, key);
        // The engine checks the hash of the public part (FIPS 203, section 7.3), not whether the
        // private part belongs to it.
        let public = PublicKey::from_bytes(set, &key.public).map_err(not_consistent)?;
        let (ciphertext, shared) = public.encapsulate(|_| Ok(()))?;
        if !key.decapsulate(&ciphertext)?.ct_eq(shared.expose()) {
            return Err(not_consistent(()));
        }
        Ok(key)
    }

    fn set(&self) -> ParameterSet {
        self.set
    }

    fn seed(&self) -> Option<SecretBytes> {
        let mut seed = each!(Private, &self.key, key => key.to_seed())?;
        let secret = SecretBytes::from_slice(&seed);
        seed.as_mut_slice().zeroize();
        Some(secret)
    }

    #[expect(deprecated, reason = "CKA_VALUE is the expanded form")]
    fn expanded(&self) -> Result<SecretBytes> {
        use ml_kem::ExpandedKeyEncoding as _;
        each!(Private, &self.key, key => {
            let mut bytes = key.to_expanded_bytes();
            let secret = SecretBytes::from_slice(&bytes);
            bytes.as_mut_slice().zeroize();
            Ok(secret)
        })
    }

    fn public(&self) -> &[u8] {
        &self.public
    }
}

impl PrivateKey {
    fn new(set: ParameterSet, key: Private) -> Self {
        let public = each!(Private, &key, key => key.encapsulation_key().to_bytes().to_vec());
        Self { set, key, public }
    }

    /// The shared secret in a ciphertext; one that was tampered with gives another secret.
    ///
    /// # Errors
    /// `CKR_WRAPPED_KEY_LEN_RANGE`
    pub fn decapsulate(&self, ciphertext: &[u8]) -> Result<SecretBytes> {
        each!(Private, &self.key, key => {
            let mut shared = key.decapsulate(ciphertext.try_into().map_err(ciphertext_length)?);
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
        let key = build!(Public, set, EncapsulationKey::new(bytes)).map_err(not_reduced)?;
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
