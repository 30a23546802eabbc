// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-DSA by the crate `ml-dsa`: FIPS 204.

use core::convert::Infallible;

use ml_dsa::{ExpandedSigningKey, MlDsa44, MlDsa65, MlDsa87, Seed, Signature, VerifyingKey};
use rand_core::{TryCryptoRng, TryRng};
use zeroize::{Zeroize as _, Zeroizing};

use crate::crypto::lattice::LatticeKey;
use crate::crypto::ml_dsa::{
    MU_LEN, ParameterSet, PublicHash, RANDOM_LEN, SEED_LEN, check_signature_len, does_not_fit,
    length, no_signature, not_consistent,
};
use crate::error::Result;
use crate::secret::SecretBytes;

/// Bits of a coefficient of s1 and s2, the largest of its encoded values, and how many
/// coefficients there are (FIPS 204, algorithm 24).
const fn short_vectors(set: ParameterSet) -> (usize, u8, usize) {
    match set {
        ParameterSet::MlDsa44 => (3, 4, 256 * 8),
        ParameterSet::MlDsa65 => (4, 8, 256 * 11),
        ParameterSet::MlDsa87 => (3, 4, 256 * 15),
    }
}

/// Whether every coefficient of s1 and s2 is in its range.
fn has_short_vectors(set: ParameterSet, private: &[u8]) -> bool {
    // rho, K and tr come first.
    const START: usize = 128;
    let (bits, max, count) = short_vectors(set);
    (0..count).all(|index| {
        let value = (0..bits).fold(0, |value, bit| {
            let at = index * bits + bit;
            let byte = private.get(START + at / 8).copied().unwrap_or(u8::MAX);
            value | (byte >> (at % 8) & 1) << bit
        });
        value <= max
    })
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
    hash: PublicHash,
}

impl LatticeKey for PrivateKey {
    type Set = ParameterSet;

    const SEED_LEN: usize = SEED_LEN;

    fn from_seed(set: ParameterSet, seed: &[u8]) -> Result<Self> {
        let bytes: [u8; SEED_LEN] = seed.try_into().map_err(length)?;
        let bytes = Zeroizing::new(bytes);
        let mut xi = Seed::from(*bytes);
        let key = build!(Private, set, ExpandedSigningKey::from_seed(&xi));
        xi.as_mut_slice().zeroize();
        Ok(Self::new(set, key, Some(SecretBytes::from_slice(seed))))
    }

    fn from_expanded(set: ParameterSet, bytes: &[u8]) -> Result<Self> {
        if bytes.len() != set.private_len() {
            return Err(length(()));
        }
        // skDecode is for trusted input only: the range of s1 and s2 is checked before.
        if !has_short_vectors(set, bytes) {
            return Err(not_consistent(()));
        }
        let key = Self::from_trusted(set, bytes)?;
        // tr stands behind rho and K.
        if bytes.get(64..64 + MU_LEN) != Some(key.hash.0.as_slice()) {
            return Err(not_consistent(()));
        }
        // The engine does not give t0 anew; one that is far off gives signatures that do not verify.
        let signature = key.sign(&[b"consistency"], None).map_err(not_consistent)?;
        PublicKey::from_bytes(set, &key.public)?
            .verify(&[b"consistency"], signature.expose())
            .map_err(not_consistent)?;
        Ok(key)
    }

    fn set(&self) -> ParameterSet {
        self.set
    }

    fn seed(&self) -> Option<SecretBytes> {
        self.seed.as_ref().map(SecretBytes::duplicate)
    }

    #[expect(deprecated, reason = "CKA_VALUE is the expanded form")]
    fn expanded(&self) -> Result<SecretBytes> {
        each!(Private, &self.key, key => {
            let mut bytes = key.to_expanded();
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
    /// Takes an encoded private key that is known to be consistent.
    #[expect(deprecated, reason = "CKA_VALUE is the expanded form")]
    pub(in crate::crypto) fn from_trusted(set: ParameterSet, bytes: &[u8]) -> Result<Self> {
        let key = build!(
            Private,
            set,
            ExpandedSigningKey::from_expanded(bytes.try_into().map_err(length)?)
        );
        Ok(Self::new(set, key, None))
    }

    fn new(set: ParameterSet, key: Private, seed: Option<SecretBytes>) -> Self {
        let public = each!(Private, &key, key => key.verifying_key().encode().to_vec());
        Self {
            set,
            key,
            seed,
            hash: PublicHash::new(&public),
            public,
        }
    }

    /// Signs M', which is given in parts: FIPS 204, algorithm 7. Without randomness the signature
    /// is the deterministic one.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`
    pub fn sign(&self, message: &[&[u8]], random: Option<&[u8]>) -> Result<SecretBytes> {
        self.sign_mu(&self.hash.mu(message), random)
    }

    /// Signs M' with randomness of `fill`.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`, whatever `fill` returns
    pub fn sign_hedged(
        &self,
        message: &[&[u8]],
        fill: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Result<SecretBytes> {
        let mut random = Zeroizing::new([0; RANDOM_LEN]);
        fill(&mut *random)?;
        self.sign(message, Some(&*random))
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
        .map_err(no_signature)
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
    hash: PublicHash,
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
            hash: PublicHash::new(bytes),
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
        check_signature_len(self.set, signature)?;
        let mu = self.hash.mu(message);
        let is_valid = each!(Public, &self.key, key => Signature::try_from(signature)
            .is_ok_and(|signature| key.verify_mu((&mu).into(), &signature)));
        if is_valid {
            return Ok(());
        }
        Err(does_not_fit())
    }
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PublicKey({:?})", self.set)
    }
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
