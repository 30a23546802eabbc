// SPDX-License-Identifier: MIT OR Apache-2.0
//! CKM_RSA_PKCS and CKM_RSA_X_509: the same roles over two block formats.
//!
//! Source: PKCS#11 v3.2, "PKCS #1 v1.5 RSA" and "X.509 (raw) RSA".

use super::rsa_buffer::{Buffered, Whole, WholeCheck};
use super::rsa_key::{KEYS, Private, Public, SIZE, filler};
use super::rsa_wrap::{encapsulated, unwrapped, wrapped};
use crate::crypto::rsa::{pkcs1, raw};
use crate::error::{Error, Result};
use crate::mechanism::{
    Accumulate, Check, Mechanism, ParamShape, Rng, Roles, Setup, Status, Transform, Wanted,
};
use crate::pkcs11::MechanismType;
use crate::pkcs11::mechanism::{CKM_RSA_PKCS, CKM_RSA_X_509};
use crate::secret::SecretBytes;

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row(
        CKM_RSA_PKCS,
        "PKCS #1 v1.5 RSA",
        Status::Current,
        Roles {
            encapsulate: Some(encapsulate),
            decapsulate: Some(|setup, ciphertext, _| unwrap(setup, ciphertext)),
            ..ROLES
        },
    ),
    row(
        CKM_RSA_X_509,
        "X.509 (raw) RSA",
        Status::Legacy,
        Roles {
            encapsulate: Some(encapsulate_raw),
            decapsulate: Some(decapsulate_raw),
            ..ROLES
        },
    ),
];

/// What both do.
const ROLES: Roles = Roles {
    encrypt: Some(encrypt),
    decrypt: Some(decrypt),
    sign: Some(sign),
    sign_recover: Some(sign_recover),
    verify: Some(verify),
    verify_recover: Some(verify_recover),
    wrap: Some(wrap),
    unwrap: Some(unwrap),
    ..Roles::NONE
};

const fn row(id: MechanismType, spec: &'static str, status: Status, roles: Roles) -> Mechanism {
    Mechanism {
        id,
        spec,
        params: ParamShape::None,
        keys: KEYS,
        key_size: SIZE,
        extra_flags: 0,
        status,
        roles,
    }
}

/// The block format.
#[derive(Clone, Copy, Debug)]
enum Format {
    /// Blocks of type 1 and 2.
    Pkcs1,
    /// No padding.
    Raw,
}

impl Format {
    fn of(setup: &Setup<'_>) -> Self {
        if setup.mechanism.id == CKM_RSA_X_509 {
            Self::Raw
        } else {
            Self::Pkcs1
        }
    }

    /// Longest data for a modulus of so many bytes.
    const fn capacity(self, modulus_len: usize) -> usize {
        match self {
            Self::Pkcs1 => modulus_len.saturating_sub(pkcs1::OVERHEAD),
            Self::Raw => modulus_len,
        }
    }
}

struct Encrypt {
    format: Format,
    key: Public,
    rng: Rng,
}

impl Whole for Encrypt {
    fn input_max(&self) -> usize {
        self.format.capacity(self.key.modulus_len)
    }

    fn output_max(&self) -> usize {
        self.key.modulus_len
    }

    fn run(&self, input: &[u8]) -> Result<SecretBytes> {
        match self.format {
            Format::Pkcs1 => pkcs1::encrypt(self.key.get()?, &filler(self.rng), input),
            Format::Raw => raw::encrypt(self.key.get()?, input),
        }
    }
}

struct Decrypt {
    format: Format,
    key: Private,
}

impl Whole for Decrypt {
    fn input_max(&self) -> usize {
        self.key.modulus_len
    }

    fn output_max(&self) -> usize {
        self.format.capacity(self.key.modulus_len)
    }

    fn run(&self, input: &[u8]) -> Result<SecretBytes> {
        match self.format {
            Format::Pkcs1 => pkcs1::decrypt(self.key.get()?, input),
            Format::Raw => raw::decrypt(self.key.get()?, input),
        }
    }

    fn too_long(&self) -> Error {
        Error::EncryptedDataLenRange("the parts are longer than the modulus".into())
    }
}

struct Sign {
    format: Format,
    key: Private,
}

impl Whole for Sign {
    fn input_max(&self) -> usize {
        self.format.capacity(self.key.modulus_len)
    }

    fn output_max(&self) -> usize {
        self.key.modulus_len
    }

    fn run(&self, input: &[u8]) -> Result<SecretBytes> {
        match self.format {
            Format::Pkcs1 => pkcs1::sign(self.key.get()?, input),
            Format::Raw => raw::sign(self.key.get()?, input),
        }
    }
}

struct Verify {
    format: Format,
    key: Public,
}

impl WholeCheck for Verify {
    fn input_max(&self) -> usize {
        self.format.capacity(self.key.modulus_len)
    }

    fn run(&self, input: &[u8], signature: &[u8]) -> Result<()> {
        match self.format {
            Format::Pkcs1 => pkcs1::verify(self.key.get()?, input, signature),
            Format::Raw => raw::verify(self.key.get()?, input, signature),
        }
    }
}

struct Recover(Verify);

impl Whole for Recover {
    fn input_max(&self) -> usize {
        self.0.key.modulus_len
    }

    fn output_max(&self) -> usize {
        self.0.input_max()
    }

    fn run(&self, input: &[u8]) -> Result<SecretBytes> {
        match self.0.format {
            Format::Pkcs1 => pkcs1::recover(self.0.key.get()?, input),
            Format::Raw => raw::recover(self.0.key.get()?, input),
        }
    }

    fn too_long(&self) -> Error {
        Error::SignatureLenRange("the parts are longer than the modulus".into())
    }
}

fn encrypter(setup: &Setup<'_>) -> Result<Encrypt> {
    Ok(Encrypt {
        format: Format::of(setup),
        key: Public::new(&setup.key)?,
        rng: setup.rng,
    })
}

fn decrypter(setup: &Setup<'_>) -> Result<Decrypt> {
    Ok(Decrypt {
        format: Format::of(setup),
        key: Private::new(&setup.key)?,
    })
}

fn signer(setup: &Setup<'_>) -> Result<Sign> {
    Ok(Sign {
        format: Format::of(setup),
        key: Private::new(&setup.key)?,
    })
}

fn verifier(setup: &Setup<'_>) -> Result<Verify> {
    Ok(Verify {
        format: Format::of(setup),
        key: Public::new(&setup.key)?,
    })
}

fn encrypt(setup: &Setup<'_>) -> Result<Box<dyn Transform>> {
    Ok(Box::new(Buffered::new(encrypter(setup)?)))
}

fn decrypt(setup: &Setup<'_>) -> Result<Box<dyn Transform>> {
    Ok(Box::new(Buffered::new(decrypter(setup)?)))
}

fn sign(setup: &Setup<'_>) -> Result<Box<dyn Accumulate>> {
    Ok(Box::new(Buffered::new(signer(setup)?)))
}

fn sign_recover(setup: &Setup<'_>) -> Result<Box<dyn Transform>> {
    Ok(Box::new(Buffered::new(signer(setup)?)))
}

fn verify(setup: &Setup<'_>) -> Result<Box<dyn Check>> {
    Ok(Box::new(Buffered::new(verifier(setup)?)))
}

fn verify_recover(setup: &Setup<'_>) -> Result<Box<dyn Transform>> {
    Ok(Box::new(Buffered::new(Recover(verifier(setup)?))))
}

fn wrap(setup: &Setup<'_>, material: &SecretBytes) -> Result<SecretBytes> {
    wrapped(encrypter(setup).and_then(|whole| whole.run(material.expose())))
}

/// CKM_RSA_X_509 gives all `k` bytes; `material::unwrapped` cuts them, which knows the template.
fn unwrap(setup: &Setup<'_>, wrapped_key: &[u8]) -> Result<SecretBytes> {
    unwrapped(decrypter(setup).and_then(|whole| whole.run(wrapped_key)))
}

fn encapsulate(setup: &Setup<'_>, wanted: &Wanted) -> Result<(SecretBytes, SecretBytes)> {
    let encrypter = encrypter(setup)?;
    encapsulated(setup, wanted, |key| encrypter.run(key))
}

/// "This mechanism can encapsulate and decapsulate keys according to RSASVE."
fn encapsulate_raw(setup: &Setup<'_>, wanted: &Wanted) -> Result<(SecretBytes, SecretBytes)> {
    let key = Public::new(&setup.key)?;
    check_whole(wanted, key.modulus_len)?;
    raw::encapsulate(key.get()?, &filler(setup.rng))
}

fn decapsulate_raw(setup: &Setup<'_>, ciphertext: &[u8], wanted: &Wanted) -> Result<SecretBytes> {
    let decrypter = decrypter(setup)?;
    check_whole(wanted, decrypter.key.modulus_len)?;
    unwrapped(decrypter.run(ciphertext))
}

// SPEC: the number of RSASVE has the length of the modulus ("Output length: k, k"), and is to go through
// a key derivation function; a key that takes a part of it is refused.
fn check_whole(wanted: &Wanted, modulus_len: usize) -> Result<()> {
    match wanted.len {
        Some(len) if len != modulus_len => Err(Error::TemplateInconsistent(
            "CKM_RSA_X_509 encapsulates keys of the length of the modulus".into(),
        )),
        Some(_) | None => Ok(()),
    }
}
