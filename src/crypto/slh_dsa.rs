// SPDX-License-Identifier: MIT OR Apache-2.0
//! SLH-DSA by the crate `slh-dsa`: FIPS 205.
#![forbid(unsafe_code)]

use slh_dsa::{
    Sha2_128f, Sha2_128s, Sha2_192f, Sha2_192s, Sha2_256f, Sha2_256s, Shake128f, Shake128s,
    Shake192f, Shake192s, Shake256f, Shake256s, Signature, SigningKey, VerifyingKey,
};
use zeroize::{Zeroize as _, Zeroizing};

use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Makes the parameter sets and the keys of each from one list.
macro_rules! sets {
    ($($name:ident($n:literal, $signature:literal),)+) => {
        /// A parameter set (FIPS 205, section 11).
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum ParameterSet {
            $(
                #[doc = concat!(stringify!($name), ", signatures of ", stringify!($signature),
                    " bytes")]
                $name,
            )+
        }

        impl ParameterSet {
            /// Every set.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The security parameter n, in bytes; also the length of a hedged signature's
            /// randomness.
            #[must_use]
            pub const fn n(self) -> usize {
                match self {
                    $(Self::$name => $n,)+
                }
            }

            /// Bytes of a signature.
            #[must_use]
            pub const fn signature_len(self) -> usize {
                match self {
                    $(Self::$name => $signature,)+
                }
            }
        }

        enum Private {
            $($name(Box<SigningKey<$name>>),)+
        }

        enum Public {
            $($name(Box<VerifyingKey<$name>>),)+
        }

        impl Private {
            fn new(set: ParameterSet, bytes: &[u8]) -> Result<Self> {
                match set {
                    $(ParameterSet::$name => SigningKey::try_from(bytes)
                        .map(|key| Self::$name(Box::new(key)))
                        .map_err(length),)+
                }
            }

            fn generate(set: ParameterSet, seed: &[u8], prf: &[u8], public: &[u8]) -> Self {
                match set {
                    $(ParameterSet::$name => Self::$name(Box::new(
                        SigningKey::slh_keygen_internal(seed, prf, public),
                    )),)+
                }
            }

            fn value(&self) -> SecretBytes {
                match self {
                    $(Self::$name(key) => {
                        let mut bytes = key.to_bytes();
                        let secret = SecretBytes::from_slice(&bytes);
                        bytes.as_mut_slice().zeroize();
                        secret
                    })+
                }
            }

            fn sign(&self, message: &[&[u8]], random: Option<&[u8]>) -> SecretBytes {
                match self {
                    $(Self::$name(key) => SecretBytes::new(
                        key.slh_sign_internal(message, random).to_vec(),
                    ),)+
                }
            }
        }

        impl Public {
            fn new(set: ParameterSet, bytes: &[u8]) -> Result<Self> {
                match set {
                    $(ParameterSet::$name => VerifyingKey::try_from(bytes)
                        .map(|key| Self::$name(Box::new(key)))
                        .map_err(length),)+
                }
            }

            fn verifies(&self, message: &[&[u8]], signature: &[u8]) -> bool {
                match self {
                    $(Self::$name(key) => Signature::try_from(signature)
                        .is_ok_and(|signature| {
                            key.slh_verify_internal(message, &signature).is_ok()
                        }),)+
                }
            }
        }
    };
}

sets! {
    Sha2_128s(16, 7856),
    Shake128s(16, 7856),
    Sha2_128f(16, 17088),
    Shake128f(16, 17088),
    Sha2_192s(24, 16224),
    Shake192s(24, 16224),
    Sha2_192f(24, 35664),
    Shake192f(24, 35664),
    Sha2_256s(32, 29792),
    Shake256s(32, 29792),
    Sha2_256f(32, 49856),
    Shake256f(32, 49856),
}

impl ParameterSet {
    /// Bytes of a public key.
    #[must_use]
    pub const fn public_len(self) -> usize {
        2 * self.n()
    }

    /// Bytes of a private key.
    #[must_use]
    pub const fn private_len(self) -> usize {
        4 * self.n()
    }
}

/// A private key.
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
        let seeds = SecretBytes::try_init(3 * set.n(), fill)?;
        Self::from_seeds(set, seeds.expose())
    }

    /// Makes a key from SK.seed, SK.prf and PK.seed (FIPS 205, algorithm 18).
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn from_seeds(set: ParameterSet, seeds: &[u8]) -> Result<Self> {
        let n = set.n();
        let mut parts = seeds.chunks_exact(n);
        let (Some(seed), Some(prf), Some(public), None, []) = (
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
            parts.remainder(),
        ) else {
            return Err(length(()));
        };
        Ok(Self {
            set,
            key: Private::generate(set, seed, prf, public),
        })
    }

    /// Takes an encoded private key as it is.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn from_bytes(set: ParameterSet, bytes: &[u8]) -> Result<Self> {
        Ok(Self {
            set,
            key: Private::new(set, bytes)?,
        })
    }

    /// Computes PK.root anew and compares it, which takes as long as a generation.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn check(&self) -> Result<()> {
        let value = self.value();
        let seeds = value.truncated(3 * self.set.n());
        if Self::from_seeds(self.set, seeds.expose())?
            .value()
            .ct_eq(value.expose())
        {
            return Ok(());
        }
        Err(Error::AttributeValueInvalid(
            "the public root in the SLH-DSA private key is not that of its seeds".into(),
        ))
    }

    /// The parameter set.
    #[must_use]
    pub const fn set(&self) -> ParameterSet {
        self.set
    }

    /// The encoded private key.
    #[must_use]
    pub fn value(&self) -> SecretBytes {
        self.key.value()
    }

    /// The encoded public key, which is the second half of the private one.
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        let value = self.value();
        value
            .expose()
            .iter()
            .skip(self.set.public_len())
            .copied()
            .collect()
    }

    /// Signs M', which is given in parts: FIPS 205, algorithm 19. Without randomness the
    /// signature is the deterministic one.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED` when the randomness has not n bytes.
    pub fn sign(&self, message: &[&[u8]], random: Option<&[u8]>) -> Result<SecretBytes> {
        if random.is_some_and(|random| random.len() != self.set.n()) {
            return Err(Error::FunctionFailed(
                "the randomness of an SLH-DSA signature has n bytes".into(),
            ));
        }
        Ok(self.key.sign(message, random))
    }

    /// Signs M' with randomness of `fill`.
    ///
    /// # Errors
    /// Whatever `fill` returns.
    pub fn sign_hedged(
        &self,
        message: &[&[u8]],
        fill: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Result<SecretBytes> {
        let mut random = Zeroizing::new(vec![0; self.set.n()]);
        fill(&mut random)?;
        Ok(self.key.sign(message, Some(&random)))
    }
}

impl core::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PrivateKey({:?})", self.set)
    }
}

/// A public key.
pub struct PublicKey {
    set: ParameterSet,
    key: Public,
}

impl PublicKey {
    /// Takes an encoded public key.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn from_bytes(set: ParameterSet, bytes: &[u8]) -> Result<Self> {
        Ok(Self {
            set,
            key: Public::new(set, bytes)?,
        })
    }

    /// The parameter set.
    #[must_use]
    pub const fn set(&self) -> ParameterSet {
        self.set
    }

    /// Verifies the signature of M', which is given in parts.
    ///
    /// # Errors
    /// `CKR_SIGNATURE_LEN_RANGE`, `CKR_SIGNATURE_INVALID`
    pub fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<()> {
        let wanted = self.set.signature_len();
        if signature.len() != wanted {
            return Err(Error::SignatureLenRange(
                format!("the signature has {} bytes, not {wanted}", signature.len()).into(),
            ));
        }
        if self.key.verifies(message, signature) {
            return Ok(());
        }
        Err(Error::SignatureInvalid(
            "the SLH-DSA signature does not fit the message and the key".into(),
        ))
    }
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PublicKey({:?})", self.set)
    }
}

fn length<E>(_: E) -> Error {
    Error::AttributeValueInvalid("an SLH-DSA key has not the length of its parameter set".into())
}
