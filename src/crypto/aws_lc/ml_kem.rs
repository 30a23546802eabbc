// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-KEM by AWS-LC: FIPS 203.

use core::ffi::c_int;
use core::ptr::null_mut;

use aws_lc_sys as sys;
use zeroize::Zeroizing;

use super::evp::{Context, Key, ended, forget_error};
use crate::crypto::lattice::LatticeKey;
use crate::crypto::ml_kem::{
    MESSAGE_LEN, ParameterSet, SEED_LEN, SHARED_LEN, ciphertext_length, length, not_consistent,
    not_reduced,
};
use crate::error::Result;
use crate::secret::SecretBytes;

/// The engine's number of a set.
const fn number(set: ParameterSet) -> c_int {
    match set {
        ParameterSet::MlKem512 => sys::NID_MLKEM512,
        ParameterSet::MlKem768 => sys::NID_MLKEM768,
        ParameterSet::MlKem1024 => sys::NID_MLKEM1024,
    }
}

/// A decapsulation key.
pub struct PrivateKey {
    set: ParameterSet,
    key: Key,
    seed: Option<SecretBytes>,
    public: Vec<u8>,
}

impl LatticeKey for PrivateKey {
    type Set = ParameterSet;

    const SEED_LEN: usize = SEED_LEN;

    fn from_seed(set: ParameterSet, seed: &[u8]) -> Result<Self> {
        if seed.len() != SEED_LEN {
            return Err(length(()));
        }
        let context = Context::of(sys::EVP_PKEY_KEM)?;
        // SAFETY: the context lives and has no key.
        ended(unsafe { sys::EVP_PKEY_CTX_kem_set_params(context.as_ptr(), number(set)) } == 1)?;
        // SAFETY: the context lives.
        ended(unsafe { sys::EVP_PKEY_keygen_init(context.as_ptr()) } == 1)?;
        let mut key = null_mut();
        let mut len = seed.len();
        // SAFETY: the context lives; `len` bytes of a live slice are read; NULL in `key` asks for a
        // new key.
        let done = unsafe {
            sys::EVP_PKEY_keygen_deterministic(
                context.as_ptr(),
                &raw mut key,
                seed.as_ptr(),
                &raw mut len,
            )
        };
        ended(done == 1)?;
        // SAFETY: the key was made for this call.
        let key = unsafe { Key::new(key) };
        let key = key.ok_or_else(|| not_consistent(()))?;
        Ok(Self {
            set,
            public: key.public(set.public_len())?,
            key,
            seed: Some(SecretBytes::from_slice(seed)),
        })
    }

    fn from_expanded(set: ParameterSet, bytes: &[u8]) -> Result<Self> {
        // dk = dk_PKE || ek || H(ek) || z (FIPS 203, algorithm 16).
        let start = set.private_len() - set.public_len() - 2 * 32;
        let public = match bytes.get(start..start + set.public_len()) {
            Some(public) if bytes.len() == set.private_len() => public,
            _ => return Err(length(())),
        };
        // SAFETY: both pointers and lengths are those of live slices, which are copied.
        let key = unsafe {
            sys::EVP_PKEY_kem_new_raw_key(
                number(set),
                public.as_ptr(),
                public.len(),
                bytes.as_ptr(),
                bytes.len(),
            )
        };
        // SAFETY: the key was made for this call.
        let key = unsafe { Key::new(key) };
        let key = key.ok_or_else(|| not_consistent(()))?;
        let context = key.context()?;
        // SAFETY: the context lives. This checks both halves (sections 7.2 and 7.3) and that what
        // the public one encapsulates comes out of the private one.
        if unsafe { sys::EVP_PKEY_check(context.as_ptr()) } != 1 {
            forget_error();
            return Err(not_consistent(()));
        }
        Ok(Self {
            set,
            public: public.to_vec(),
            key,
            seed: None,
        })
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
    /// The shared secret in a ciphertext; one that was tampered with gives another secret.
    ///
    /// # Errors
    /// `CKR_WRAPPED_KEY_LEN_RANGE`, `CKR_DEVICE_ERROR`
    pub fn decapsulate(&self, ciphertext: &[u8]) -> Result<SecretBytes> {
        if ciphertext.len() != self.set.ciphertext_len() {
            return Err(ciphertext_length(()));
        }
        let context = self.key.context()?;
        SecretBytes::try_init(SHARED_LEN, |shared| {
            let mut len = shared.len();
            // SAFETY: the context lives; at most `len` bytes are written, and the length of the
            // ciphertext is that of a live slice.
            let done = unsafe {
                sys::EVP_PKEY_decapsulate(
                    context.as_ptr(),
                    shared.as_mut_ptr(),
                    &raw mut len,
                    ciphertext.as_ptr(),
                    ciphertext.len(),
                )
            };
            ended(done == 1 && len == SHARED_LEN)
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
    key: Key,
}

impl PublicKey {
    /// Takes an encoded encapsulation key, with the checks of FIPS 203, section 7.2.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn from_bytes(set: ParameterSet, bytes: &[u8]) -> Result<Self> {
        // SAFETY: pointer and length are those of a live slice, which is copied.
        let key = unsafe {
            sys::EVP_PKEY_kem_new_raw_public_key(number(set), bytes.as_ptr(), bytes.len())
        };
        // SAFETY: the key was made for this call.
        let key = unsafe { Key::new(key) };
        let key = key.ok_or_else(|| length(()))?;
        let context = key.context()?;
        // SAFETY: the context lives.
        if unsafe { sys::EVP_PKEY_public_check(context.as_ptr()) } != 1 {
            forget_error();
            return Err(not_reduced(()));
        }
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
    /// `CKR_DEVICE_ERROR`, whatever `fill` returns
    pub fn encapsulate(
        &self,
        fill: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Result<(Vec<u8>, SecretBytes)> {
        let mut message = Zeroizing::new([0; MESSAGE_LEN]);
        fill(&mut *message)?;
        let context = self.key.context()?;
        let mut ciphertext = vec![0; self.set.ciphertext_len()];
        let shared = SecretBytes::try_init(SHARED_LEN, |shared| {
            let mut lens = [ciphertext.len(), shared.len(), message.len()];
            let [ciphertext_len, shared_len, message_len] = &mut lens;
            // SAFETY: the context lives; the three lengths are those of live slices, of which two
            // are written and one is read.
            let done = unsafe {
                sys::EVP_PKEY_encapsulate_deterministic(
                    context.as_ptr(),
                    ciphertext.as_mut_ptr(),
                    ciphertext_len,
                    shared.as_mut_ptr(),
                    shared_len,
                    message.as_ptr(),
                    message_len,
                )
            };
            ended(done == 1)
        })?;
        Ok((ciphertext, shared))
    }
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PublicKey({:?})", self.set)
    }
}
