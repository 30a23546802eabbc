// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-DSA by AWS-LC: FIPS 204.
//!
//! AWS-LC signs a message representative, with randomness of its own. Deterministic signatures and
//! given randomness are left to the other engine.

use core::ffi::c_int;
use std::sync::OnceLock;

use aws_lc_sys as sys;

use super::evp::{Key, ended, forget_error};
use crate::crypto::lattice::LatticeKey;
use crate::crypto::ml_dsa::{
    MU_LEN, ParameterSet, PublicHash, SEED_LEN, check_signature_len, does_not_fit, length,
    no_signature, not_consistent,
};
use crate::crypto::rust_crypto::ml_dsa as rust_crypto;
use crate::error::Result;
use crate::secret::SecretBytes;

/// The engine's number of a set.
const fn number(set: ParameterSet) -> c_int {
    match set {
        ParameterSet::MlDsa44 => sys::NID_MLDSA44,
        ParameterSet::MlDsa65 => sys::NID_MLDSA65,
        ParameterSet::MlDsa87 => sys::NID_MLDSA87,
    }
}

/// A private key.
pub struct PrivateKey {
    set: ParameterSet,
    key: Key,
    seed: Option<SecretBytes>,
    public: Vec<u8>,
    hash: PublicHash,
    /// The other engine's form, made when it is first needed.
    other: OnceLock<Box<rust_crypto::PrivateKey>>,
}

impl LatticeKey for PrivateKey {
    type Set = ParameterSet;

    const SEED_LEN: usize = SEED_LEN;

    fn from_seed(set: ParameterSet, seed: &[u8]) -> Result<Self> {
        if seed.len() != SEED_LEN {
            return Err(length(()));
        }
        Self::new(set, seed, Some(SecretBytes::from_slice(seed)))
    }

    fn from_expanded(set: ParameterSet, bytes: &[u8]) -> Result<Self> {
        if bytes.len() != set.private_len() {
            return Err(length(()));
        }
        // The engine computes t0, t1 and tr anew and compares, and checks the range of s1 and s2.
        Self::new(set, bytes, None)
    }

    fn set(&self) -> ParameterSet {
        self.set
    }

    fn seed(&self) -> Option<SecretBytes> {
        self.seed.as_ref().map(SecretBytes::duplicate)
    }

    fn expanded(&self) -> Result<SecretBytes> {
        self.key.private(self.set.private_len())
    }

    fn public(&self) -> &[u8] {
        &self.public
    }
}

impl PrivateKey {
    /// From a seed or an encoded key, which the engine tells apart by their lengths.
    fn new(set: ParameterSet, bytes: &[u8], seed: Option<SecretBytes>) -> Result<Self> {
        // SAFETY: pointer and length are those of a live slice, which is copied.
        let key = unsafe {
            sys::EVP_PKEY_pqdsa_new_raw_private_key(number(set), bytes.as_ptr(), bytes.len())
        };
        // SAFETY: the key was made for this call.
        let key = unsafe { Key::new(key) };
        let key = key.ok_or_else(|| not_consistent(()))?;
        let public = key.public(set.public_len())?;
        Ok(Self {
            set,
            key,
            seed,
            hash: PublicHash::new(&public),
            public,
            other: OnceLock::new(),
        })
    }

    fn other(&self) -> Result<&rust_crypto::PrivateKey> {
        if let Some(key) = self.other.get() {
            return Ok(key);
        }
        let key = rust_crypto::PrivateKey::from_trusted(self.set, self.expanded()?.expose())?;
        Ok(self.other.get_or_init(|| Box::new(key)))
    }

    /// Signs M', which is given in parts: FIPS 204, algorithm 7. Without randomness the signature
    /// is the deterministic one.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`, `CKR_DEVICE_ERROR`
    pub fn sign(&self, message: &[&[u8]], random: Option<&[u8]>) -> Result<SecretBytes> {
        self.sign_mu(&self.hash.mu(message), random)
    }

    /// Signs a message representative.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`, `CKR_DEVICE_ERROR`
    pub fn sign_mu(&self, mu: &[u8; MU_LEN], random: Option<&[u8]>) -> Result<SecretBytes> {
        self.other()?.sign_mu(mu, random)
    }

    /// Signs M' with randomness of the engine's generator, which stands in for `fill`.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`
    pub fn sign_hedged(
        &self,
        message: &[&[u8]],
        _fill: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Result<SecretBytes> {
        let mu = self.hash.mu(message);
        let context = self.key.context()?;
        // SAFETY: the context lives.
        ended(unsafe { sys::EVP_PKEY_sign_init(context.as_ptr()) } == 1)?;
        SecretBytes::try_init(self.set.signature_len(), |signature| {
            let mut len = signature.len();
            // SAFETY: the context lives; at most `len` bytes are written, MU_LEN are read.
            let done = unsafe {
                sys::EVP_PKEY_sign(
                    context.as_ptr(),
                    signature.as_mut_ptr(),
                    &raw mut len,
                    mu.as_ptr(),
                    MU_LEN,
                )
            };
            if done == 1 && len == signature.len() {
                return Ok(());
            }
            forget_error();
            Err(no_signature(()))
        })
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
    key: Key,
    hash: PublicHash,
}

impl PublicKey {
    /// Takes an encoded public key.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn from_bytes(set: ParameterSet, bytes: &[u8]) -> Result<Self> {
        // SAFETY: pointer and length are those of a live slice, which is copied.
        let key = unsafe {
            sys::EVP_PKEY_pqdsa_new_raw_public_key(number(set), bytes.as_ptr(), bytes.len())
        };
        // SAFETY: the key was made for this call.
        let key = unsafe { Key::new(key) };
        Ok(Self {
            set,
            key: key.ok_or_else(|| length(()))?,
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
        let context = self.key.context()?;
        // SAFETY: the context lives.
        ended(unsafe { sys::EVP_PKEY_verify_init(context.as_ptr()) } == 1)?;
        // SAFETY: the context lives; both lengths are those of live slices.
        let is_valid = unsafe {
            sys::EVP_PKEY_verify(
                context.as_ptr(),
                signature.as_ptr(),
                signature.len(),
                mu.as_ptr(),
                mu.len(),
            )
        } == 1;
        if is_valid {
            return Ok(());
        }
        forget_error();
        Err(does_not_fit())
    }
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PublicKey({:?})", self.set)
    }
}
