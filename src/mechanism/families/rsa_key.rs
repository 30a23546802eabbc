// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the RSA families share: the parsed key of an object, hash functions by number, rows.
//!
//! Source: PKCS#11 v3.2, "RSA".

use super::digest::hash_function;
use crate::crypto::digest::HashFunction;
use crate::crypto::rsa::{
    MODULUS_BITS_MAX, MODULUS_BITS_MIN, Mgf1, PrivateKey, PrivateOperation as _, PublicKey,
    PublicOperation as _,
};
use crate::error::{Error, Result};
use crate::mechanism::material::rsa::{private_key, public_key};
use crate::mechanism::{KeySize, Rng};
use crate::object::{Object, UsableKey};
use crate::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use crate::pkcs11::key_type::CKK_RSA;
use crate::pkcs11::mgf::{
    CKG_MGF1_SHA1, CKG_MGF1_SHA3_224, CKG_MGF1_SHA3_256, CKG_MGF1_SHA3_384, CKG_MGF1_SHA3_512,
    CKG_MGF1_SHA224, CKG_MGF1_SHA256, CKG_MGF1_SHA384, CKG_MGF1_SHA512,
};
use crate::pkcs11::{KeyType, MechanismType, MgfType, ObjectClass};

/// The key types of every RSA row.
pub(super) const KEYS: &[KeyType] = &[CKK_RSA];

/// The key sizes of every RSA row.
pub(super) const SIZE: KeySize = KeySize::bits(MODULUS_BITS_MIN as u64, MODULUS_BITS_MAX as u64);

fn check_class(object: &Object, class: ObjectClass) -> Result<()> {
    if object.class() == class && object.key_type() == Some(CKK_RSA) {
        return Ok(());
    }
    Err(Error::KeyTypeInconsistent(
        format!("the mechanism works with a {class} of type CKK_RSA").into(),
    ))
}

/// An RSA private key that an operation holds.
#[derive(Debug)]
pub(super) struct Private {
    key: UsableKey,
    /// `k`
    pub(super) modulus_len: usize,
}

impl Private {
    /// Parses the key, once an object.
    pub(super) fn new(key: &UsableKey) -> Result<Self> {
        check_class(key.object(), CKO_PRIVATE_KEY)?;
        let modulus_len = key.object().parsed(private_key)?.modulus_len();
        Ok(Self {
            key: key.clone(),
            modulus_len,
        })
    }

    /// The parsed key.
    pub(super) fn get(&self) -> Result<&PrivateKey> {
        self.key.object().parsed(private_key)
    }
}

/// An RSA public key that an operation holds.
#[derive(Debug)]
pub(super) struct Public {
    key: UsableKey,
    /// `k`
    pub(super) modulus_len: usize,
}

impl Public {
    /// Parses the key, once an object.
    pub(super) fn new(key: &UsableKey) -> Result<Self> {
        check_class(key.object(), CKO_PUBLIC_KEY)?;
        let modulus_len = key.object().parsed(public_key)?.modulus_len();
        Ok(Self {
            key: key.clone(),
            modulus_len,
        })
    }

    /// The parsed key.
    pub(super) fn get(&self) -> Result<&PublicKey> {
        self.key.object().parsed(public_key)
    }
}

/// The randomness of an operation in the engine's form.
pub(super) fn filler(rng: Rng) -> impl Fn(&mut [u8]) -> Result<()> {
    move |bytes| rng.fill(bytes)
}

/// The hash function that a parameter names.
pub(super) fn hash_by_mechanism(id: MechanismType) -> Result<HashFunction> {
    hash_function(id).ok_or_else(|| {
        Error::MechanismParamInvalid(
            format!("hashAlg {id} is no hash function of this token").into(),
        )
    })
}

/// The mask generation function that a parameter names.
pub(super) fn mgf_by_type(id: MgfType) -> Result<Mgf1> {
    Ok(Mgf1(match id {
        CKG_MGF1_SHA1 => HashFunction::Sha1,
        CKG_MGF1_SHA224 => HashFunction::Sha224,
        CKG_MGF1_SHA256 => HashFunction::Sha256,
        CKG_MGF1_SHA384 => HashFunction::Sha384,
        CKG_MGF1_SHA512 => HashFunction::Sha512,
        CKG_MGF1_SHA3_224 => HashFunction::Sha3_224,
        CKG_MGF1_SHA3_256 => HashFunction::Sha3_256,
        CKG_MGF1_SHA3_384 => HashFunction::Sha3_384,
        CKG_MGF1_SHA3_512 => HashFunction::Sha3_512,
        other => {
            return Err(Error::MechanismParamInvalid(
                format!(
                    "mgf {:#x} is no mask generation function of this token",
                    other.0
                )
                .into(),
            ));
        }
    }))
}
