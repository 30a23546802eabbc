// SPDX-License-Identifier: MIT OR Apache-2.0
//! CKM_RSA_PKCS_OAEP: PKCS#11 v3.2, "PKCS #1 RSA OAEP".

use super::rsa_buffer::{Buffered, Whole};
use super::rsa_key::{KEYS, Private, Public, SIZE, filler, hash_by_mechanism, mgf_by_type};
use super::rsa_wrap::{encapsulated, unwrapped, wrapped};
use crate::crypto::digest::HashFunction;
use crate::crypto::rsa::Mgf1;
use crate::crypto::rsa::oaep::Oaep;
use crate::error::{Error, Result};
use crate::mechanism::{
    Mechanism, ParamShape, Params, Rng, Roles, Setup, Status, Transform, Wanted,
};
use crate::pkcs11::mechanism::CKM_RSA_PKCS_OAEP;
use crate::pkcs11::value::CKZ_DATA_SPECIFIED;
use crate::pkcs11::{MechanismType, MgfType};
use crate::secret::SecretBytes;

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[Mechanism {
    id: CKM_RSA_PKCS_OAEP,
    spec: "PKCS #1 RSA OAEP",
    params: ParamShape::RsaOaep,
    keys: KEYS,
    key_size: SIZE,
    extra_flags: 0,
    status: Status::Current,
    roles: Roles {
        encrypt: Some(encrypt),
        decrypt: Some(decrypt),
        wrap: Some(wrap),
        unwrap: Some(unwrap),
        encapsulate: Some(encapsulate),
        decapsulate: Some(|setup, ciphertext, _| unwrap(setup, ciphertext)),
        ..Roles::NONE
    },
}];

/// The scheme that the parameter describes.
// SPEC: hash and mask generation function may differ, as RFC 8017 allows; source 0 with no label is
// the empty label. A field left at 0 is the default: hashAlg SHA-1 (RFC 8017, A.2.1), mgf the mask
// generation function of hashAlg.
fn scheme(params: &Params<'_>) -> Result<Oaep> {
    let Params::RsaOaep {
        hash,
        mgf,
        source,
        label,
    } = params
    else {
        return Err(Error::MechanismParamInvalid(
            "the mechanism needs a CK_RSA_PKCS_OAEP_PARAMS".into(),
        ));
    };
    if *source != CKZ_DATA_SPECIFIED && !(*source == 0 && label.is_empty()) {
        return Err(Error::MechanismParamInvalid(
            "source is not CKZ_DATA_SPECIFIED".into(),
        ));
    }
    let hash = match *hash {
        MechanismType(0) => HashFunction::Sha1,
        named => hash_by_mechanism(named)?,
    };
    let mask = match *mgf {
        MgfType(0) => Mgf1(hash),
        named => mgf_by_type(named)?,
    };
    Ok(Oaep::new(hash, mask, label))
}

fn capacity(scheme: &Oaep, modulus_len: usize) -> Result<usize> {
    scheme.capacity(modulus_len).ok_or_else(|| {
        Error::KeySizeRange("the modulus has no room for the two hashes of OAEP".into())
    })
}

struct Encrypt {
    scheme: Oaep,
    key: Public,
    rng: Rng,
    capacity: usize,
}

impl Whole for Encrypt {
    fn input_max(&self) -> usize {
        self.capacity
    }

    fn output_max(&self) -> usize {
        self.key.modulus_len
    }

    fn run(&self, input: &[u8]) -> Result<SecretBytes> {
        self.scheme
            .encrypt(self.key.get()?, &filler(self.rng), input)
    }
}

struct Decrypt {
    scheme: Oaep,
    key: Private,
    capacity: usize,
}

impl Whole for Decrypt {
    fn input_max(&self) -> usize {
        self.key.modulus_len
    }

    fn output_max(&self) -> usize {
        self.capacity
    }

    fn run(&self, input: &[u8]) -> Result<SecretBytes> {
        self.scheme.decrypt(self.key.get()?, input)
    }

    fn too_long(&self) -> Error {
        Error::EncryptedDataLenRange("the parts are longer than the modulus".into())
    }
}

fn encrypter(setup: &Setup<'_>) -> Result<Encrypt> {
    let scheme = scheme(setup.params)?;
    let key = Public::new(&setup.key)?;
    Ok(Encrypt {
        capacity: capacity(&scheme, key.modulus_len)?,
        scheme,
        key,
        rng: setup.rng,
    })
}

fn decrypter(setup: &Setup<'_>) -> Result<Decrypt> {
    let scheme = scheme(setup.params)?;
    let key = Private::new(&setup.key)?;
    Ok(Decrypt {
        capacity: capacity(&scheme, key.modulus_len)?,
        scheme,
        key,
    })
}

fn encrypt(setup: &Setup<'_>) -> Result<Box<dyn Transform>> {
    Ok(Box::new(Buffered::new(encrypter(setup)?)))
}

fn decrypt(setup: &Setup<'_>) -> Result<Box<dyn Transform>> {
    Ok(Box::new(Buffered::new(decrypter(setup)?)))
}

/// Encrypts key material.
pub(super) fn wrap(setup: &Setup<'_>, material: &SecretBytes) -> Result<SecretBytes> {
    wrapped(encrypter(setup).and_then(|scheme| scheme.run(material.expose())))
}

/// Decrypts a wrapped key.
pub(super) fn unwrap(setup: &Setup<'_>, wrapped_key: &[u8]) -> Result<SecretBytes> {
    unwrapped(decrypter(setup).and_then(|scheme| scheme.run(wrapped_key)))
}

fn encapsulate(setup: &Setup<'_>, wanted: &Wanted) -> Result<(SecretBytes, SecretBytes)> {
    let encrypter = encrypter(setup)?;
    encapsulated(setup, wanted, |key| encrypter.run(key))
}
