// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tests of this room; here are the templates and objects they share.
//!
//! Source: PKCS#11 v3.2, "Objects".

mod admit;
mod change;
mod codec;
mod parse;
mod policy;
mod read;

use super::{Actor, Admission, Object, Origin, RawValue, Template};
use crate::error::{Error, Result};
use crate::pkcs11::attribute::{
    CKA_CERTIFICATE_TYPE, CKA_CLASS, CKA_EC_PARAMS, CKA_EC_POINT, CKA_KEY_TYPE, CKA_MODULUS,
    CKA_PRIVATE_EXPONENT, CKA_PUBLIC_EXPONENT, CKA_SUBJECT, CKA_VALUE,
};
use crate::pkcs11::certificate::CKC_X_509;
use crate::pkcs11::class::{
    CKO_CERTIFICATE, CKO_DATA, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY,
};
use crate::pkcs11::key_type::{CKK_AES, CKK_EC, CKK_RSA};
use crate::pkcs11::{AttributeType, KeyType, ObjectClass, ReturnCode};

/// The bytes of one attribute.
pub(super) enum Given {
    Bytes(Vec<u8>),
    Nested(Entries),
}

impl From<bool> for Given {
    fn from(value: bool) -> Self {
        Self::Bytes(vec![u8::from(value)])
    }
}

impl From<u64> for Given {
    fn from(value: u64) -> Self {
        Self::Bytes(value.to_ne_bytes().to_vec())
    }
}

impl From<&[u8]> for Given {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Given {
    fn from(value: &[u8; N]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl From<Entries> for Given {
    fn from(value: Entries) -> Self {
        Self::Nested(value)
    }
}

/// A template that owns its bytes.
#[derive(Default)]
pub(super) struct Entries(Vec<(AttributeType, Given)>);

impl Entries {
    pub(super) fn and(mut self, id: AttributeType, value: impl Into<Given>) -> Self {
        self.0.push((id, value.into()));
        self
    }

    pub(super) fn without(mut self, id: AttributeType) -> Self {
        self.0.retain(|(other, _)| *other != id);
        self
    }

    pub(super) fn template(&self) -> Template<'_> {
        Template(
            self.0
                .iter()
                .map(|(id, given)| {
                    let raw = match given {
                        Given::Bytes(bytes) => RawValue::Bytes(bytes),
                        Given::Nested(nested) => RawValue::Nested(nested.template()),
                    };
                    (*id, raw)
                })
                .collect(),
        )
    }

    /// The object `C_CreateObject` would make for the user.
    pub(super) fn create(&self) -> Result<Object> {
        let (kind, attributes) = super::admit(&self.template(), &BY_USER)?;
        Ok(Object::new(kind, attributes))
    }
}

pub(super) const BY_USER: Admission<'static> = Admission {
    origin: Origin::Create,
    actor: Actor::User,
    class: None,
    key_type: None,
    mechanism: None,
    base: None,
};

pub(super) fn some(id: AttributeType, value: impl Into<Given>) -> Entries {
    Entries::default().and(id, value)
}

pub(super) fn key(class: ObjectClass, key_type: KeyType) -> Entries {
    some(CKA_CLASS, class.0).and(CKA_KEY_TYPE, key_type.0)
}

pub(super) fn data() -> Entries {
    some(CKA_CLASS, CKO_DATA.0)
}

pub(super) fn aes() -> Entries {
    key(CKO_SECRET_KEY, CKK_AES).and(CKA_VALUE, &[7; 16])
}

pub(super) fn rsa_public() -> Entries {
    key(CKO_PUBLIC_KEY, CKK_RSA)
        .and(CKA_MODULUS, &[0xc1; 128])
        .and(CKA_PUBLIC_EXPONENT, &[1, 0, 1])
}

pub(super) fn rsa_private() -> Entries {
    key(CKO_PRIVATE_KEY, CKK_RSA)
        .and(CKA_MODULUS, &[0xc1; 128])
        .and(CKA_PUBLIC_EXPONENT, &[1, 0, 1])
        .and(CKA_PRIVATE_EXPONENT, &[0x51; 128])
}

pub(super) fn ec_public() -> Entries {
    key(CKO_PUBLIC_KEY, CKK_EC)
        .and(CKA_EC_PARAMS, &[6, 1, 1])
        .and(CKA_EC_POINT, &[4, 1, 4])
}

pub(super) fn ec_private() -> Entries {
    key(CKO_PRIVATE_KEY, CKK_EC)
        .and(CKA_EC_PARAMS, &[6, 1, 1])
        .and(CKA_VALUE, &[9; 32])
}

pub(super) fn certificate() -> Entries {
    some(CKA_CLASS, CKO_CERTIFICATE.0)
        .and(CKA_CERTIFICATE_TYPE, CKC_X_509.0)
        .and(CKA_SUBJECT, &[0x30, 0])
        .and(CKA_VALUE, &[0x30, 1, 0])
}

/// The code of a failure.
pub(super) fn code<T>(result: Result<T>) -> ReturnCode {
    match result {
        Ok(_) => crate::pkcs11::rv::CKR_OK,
        Err(error) => Error::rv(&error).code(),
    }
}
