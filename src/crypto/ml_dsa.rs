// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-DSA by the crate `ml-dsa`: FIPS 204.
#![forbid(unsafe_code)]

use core::convert::Infallible;

use digest::{ExtendableOutput as _, Update as _, XofReader as _};
use ml_dsa::{ExpandedSigningKey, MlDsa44, MlDsa65, MlDsa87, Seed, Signature, VerifyingKey};
use rand_core::{TryCryptoRng, TryRng};
use sha3::Shake256;
use zeroize::{Zeroize as _, Zeroizing};

use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Bytes of a seed.
pub const SEED_LEN: usize = 32;
/// Bytes of the randomness of a hedged signature.
pub const RANDOM_LEN: usize = 32;
/// Bytes of the message representative and of the public key's hash.
pub const MU_LEN: usize = 64;

/// A parameter set (FIPS 204, section 4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ParameterSet {
    /// ML-DSA-44
    MlDsa44,
    /// ML-DSA-65
    MlDsa65,
    /// ML-DSA-87
    MlDsa87,
}

impl ParameterSet {
    /// Every set.
    pub const ALL: &'static [Self] = &[Self::MlDsa44, Self::MlDsa65, Self::MlDsa87];

    /// Bytes of a public key.
    #[must_use]
    pub const fn public_len(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }

    /// Bytes of a private key.
    #[must_use]
    pub const fn private_len(self) -> usize {
        match self {
            Self::MlDsa44 => 2560,
            Self::MlDsa65 => 4032,
            Self::MlDsa87 => 4896,
        }
    }

    /// Bytes of a signature.
    #[must_use]
    pub const fn signature_len(self) -> usize {
        match self {
            Self::MlDsa44 => 2420,
            Self::MlDsa65 => 3309,
            Self::MlDsa87 => 4627,
        }
    }

    /// Bits of a coefficient of s1 and s2, the largest of its encoded values, and how many
    /// coefficients there are (FIPS 204, algorithm 24).
    const fn short_vectors(self) -> (usize, u8, usize) {
        match self {
            Self::MlDsa44 => (3, 4, 256 * 8),
            Self::MlDsa65 => (4, 8, 256 * 11),
            Self::MlDsa87 => (3, 4, 256 * 15),
        }
    }

    /// Whether every coefficient of s1 and s2 is in its range.
    fn has_short_vectors(self, private: &[u8]) -> bool {
        // rho, K and tr come first.
        const START: usize = 128;
        let (bits, max, count) = self.short_vectors();
        (0..count).all(|index| {
            let value = (0..bits).fold(0, |value, bit| {
                let at = index * bits + bit;
                let byte = private.get(START + at / 8).copied().unwrap_or(u8::MAX);
                value | (byte >> (at % 8) & 1) << bit
            });
            value <= max
        })
    }
}

enum Private {
    MlDsa44(Box<ExpandedSigningKey<MlDsa44>>),
    MlDsa65(Box<ExpandedSigningKey<MlDsa65>>),
    MlDsa87(Box<ExpandedSigningKey<MlDsa87>>),
}

enum Public {
    MlDsa44(Box<VerifyingKey<MlDsa44>>),
    MlDsa65(Box<VerifyingKey<MlDsa65>>),
    MlDsa87(Box<VerifyingKey<MlDsa87>>),
}

/// The same expression for each parameter set.
macro_rules! each {
    ($enum:ident, $value:expr, $key:ident => $body:expr) => {
        match $value {
            $enum::MlDsa44($key) => $body,
            $enum::MlDsa65($key) => $body,
            $enum::MlDsa87($key) => $body,
        }
    };
}

/// The constructor of each parameter set.
macro_rules! build {
    ($enum:ident, $set:expr, $type:ident :: $new:ident ($bytes:expr)) => {
        match $set {
            ParameterSet::MlDsa44 => $enum::MlDsa44(Box::new($type::$new($bytes))),
            ParameterSet::MlDsa65 => $enum::MlDsa65(Box::new($type::$new($bytes))),
            ParameterSet::MlDsa87 => $enum::MlDsa87(Box::new($type::$new($bytes))),
        }
    };
}

/// A private key.
pub struct PrivateKey {
    set: ParameterSet,
    key: Private,
    seed: Option<SecretBytes>,
    public: Vec<u8>,
    /// tr, the hash of the public key
    public_hash: [u8; MU_LEN],
}

impl PrivateKey {
    /// Makes a key from random bytes of `fill`.
    ///
    /// # Errors
    /// Whatever `fill` returns.
    pub fn generate(set: ParameterSet, fill: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<Self> {
        Self::from_seed(set, SecretBytes::try_init(SEED_LEN, fill)?.expose())
    }

    /// Takes the 32 bytes of a seed.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when there are not 32.
    pub fn from_seed(set: ParameterSet, seed: &[u8]) -> Result<Self> {
        let bytes: [u8; SEED_LEN] = seed.try_into().map_err(length)?;
        let bytes = Zeroizing::new(bytes);
        let mut xi = Seed::from(*bytes);
        let key = build!(Private, set, ExpandedSigningKey::from_seed(&xi));
        xi.as_mut_slice().zeroize();
        Ok(Self::new(set, key, Some(SecretBytes::from_slice(seed))))
    }

    /// Takes a private key in its encoded form, whose parts must belong together.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    #[expect(deprecated, reason = "CKA_VALUE is the expanded form")]
    pub fn from_expanded(set: ParameterSet, bytes: &[u8]) -> Result<Self> {
        if bytes.len() != set.private_len() {
            return Err(length(()));
        }
        // skDecode is for trusted input only: the range of s1 and s2 is checked before.
        if !set.has_short_vectors(bytes) {
            return Err(not_consistent());
        }
        let key = build!(
            Private,
            set,
            ExpandedSigningKey::from_expanded(bytes.try_into().map_err(length)?)
        );
        let key = Self::new(set, key, None);
        // tr stands behind rho and K.
        if bytes.get(64..64 + MU_LEN) != Some(key.public_hash.as_slice()) {
            return Err(not_consistent());
        }
        // t0 is the one part left; a wrong one gives signatures that do not verify.
        let signature = key
            .sign(&[b"consistency"], None)
            .map_err(|_| not_consistent())?;
        PublicKey::from_bytes(set, &key.public)?
            .verify(&[b"consistency"], signature.expose())
            .map_err(|_| not_consistent())?;
        Ok(key)
    }

    fn new(set: ParameterSet, key: Private, seed: Option<SecretBytes>) -> Self {
        let public = each!(Private, &key, key => key.verifying_key().encode().to_vec());
        let public_hash = shake256(&[&public]);
        Self {
            set,
            key,
            seed,
            public,
            public_hash,
        }
    }

    /// The parameter set.
    #[must_use]
    pub const fn set(&self) -> ParameterSet {
        self.set
    }

    /// The seed, if the key came from one.
    #[must_use]
    pub fn seed(&self) -> Option<SecretBytes> {
        self.seed.as_ref().map(SecretBytes::duplicate)
    }

    /// The encoded private key.
    #[must_use]
    #[expect(deprecated, reason = "CKA_VALUE is the expanded form")]
    pub fn expanded(&self) -> SecretBytes {
        each!(Private, &self.key, key => {
            let mut bytes = key.to_expanded();
            let secret = SecretBytes::from_slice(&bytes);
            bytes.as_mut_slice().zeroize();
            secret
        })
    }

    /// The encoded public key.
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        self.public.clone()
    }

    /// Signs M', which is given in parts: FIPS 204, algorithm 7. Without randomness the signature
    /// is the deterministic one.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`
    pub fn sign(&self, message: &[&[u8]], random: Option<&[u8]>) -> Result<SecretBytes> {
        let mut parts = vec![self.public_hash.as_slice()];
        parts.extend_from_slice(message);
        self.sign_mu(&shake256(&parts), random)
    }

    /// Signs a message representative.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`
    pub fn sign_mu(&self, mu: &[u8; MU_LEN], random: Option<&[u8]>) -> Result<SecretBytes> {
        let mut rng = Given(random.unwrap_or(&[0; RANDOM_LEN]));
        each!(Private, &self.key, key => key
            .sign_mu_randomized(mu.into(), &mut rng)
            .map(|signature| SecretBytes::from_slice(&signature.encode())))
        .map_err(|_| Error::FunctionFailed("the engine found no ML-DSA signature".into()))
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
    public_hash: [u8; MU_LEN],
}

impl PublicKey {
    /// Takes an encoded public key.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn from_bytes(set: ParameterSet, bytes: &[u8]) -> Result<Self> {
        Ok(Self {
            set,
            key: build!(
                Public,
                set,
                VerifyingKey::decode(bytes.try_into().map_err(length)?)
            ),
            public_hash: shake256(&[bytes]),
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
        if signature.len() != self.set.signature_len() {
            return Err(Error::SignatureLenRange(
                format!(
                    "the signature has {} bytes, not {}",
                    signature.len(),
                    self.set.signature_len()
                )
                .into(),
            ));
        }
        let mut parts = vec![self.public_hash.as_slice()];
        parts.extend_from_slice(message);
        let mu = shake256(&parts);
        let is_valid = each!(Public, &self.key, key => Signature::try_from(signature)
            .is_ok_and(|signature| key.verify_mu((&mu).into(), &signature)));
        if is_valid {
            return Ok(());
        }
        Err(Error::SignatureInvalid(
            "the ML-DSA signature does not fit the message and the key".into(),
        ))
    }
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PublicKey({:?})", self.set)
    }
}

/// H of FIPS 204, section 3.7, with 64 bytes of output.
fn shake256(parts: &[&[u8]]) -> [u8; MU_LEN] {
    let mut shake = Shake256::default();
    for part in parts {
        shake.update(part);
    }
    let mut output = [0; MU_LEN];
    shake.finalize_xof().read(&mut output);
    output
}

/// Hands given bytes to the engine where it asks for randomness.
struct Given<'a>(&'a [u8]);

impl TryRng for Given<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> core::result::Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> core::result::Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> core::result::Result<(), Infallible> {
        for (to, from) in bytes.iter_mut().zip(self.0) {
            *to = *from;
        }
        Ok(())
    }
}

impl TryCryptoRng for Given<'_> {}

fn length<E>(_: E) -> Error {
    Error::AttributeValueInvalid("an ML-DSA key has not the length of its parameter set".into())
}

fn not_consistent() -> Error {
    Error::AttributeValueInvalid("the ML-DSA private key is not consistent".into())
}
