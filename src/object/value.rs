// SPDX-License-Identifier: MIT OR Apache-2.0
//! One attribute value, typed.
//!
//! Source: PKCS#11 v3.2, "Objects" (the data type column of the attribute tables).

use super::AttributeMap;
use crate::pkcs11::MechanismType;
use crate::secret::SecretBytes;

/// The value of one attribute.
#[derive(Debug)]
pub enum Value {
    /// `CK_BBOOL`
    Bool(bool),
    /// `CK_ULONG` and everything built on it (class, key type, ...)
    Ulong(u64),
    /// Byte array, big integer, string or date (8 characters, or none) that may be shown
    Bytes(Vec<u8>),
    /// Byte array or big integer that footnote 7 may conceal
    Secret(SecretBytes),
    /// `CK_MECHANISM_TYPE_PTR`
    Mechanisms(Vec<MechanismType>),
    /// `CK_ATTRIBUTE_PTR`
    Template(AttributeMap),
}

impl Value {
    /// A second copy, for objects that are copied or changed.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        match self {
            Self::Bool(value) => Self::Bool(*value),
            Self::Ulong(value) => Self::Ulong(*value),
            Self::Bytes(value) => Self::Bytes(value.clone()),
            Self::Secret(value) => Self::Secret(value.duplicate()),
            Self::Mechanisms(value) => Self::Mechanisms(value.clone()),
            Self::Template(value) => Self::Template(value.duplicate()),
        }
    }

    /// The bytes of a byte-like value, secret or not.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(value) => Some(value),
            Self::Secret(value) => Some(value.expose()),
            Self::Bool(_) | Self::Ulong(_) | Self::Mechanisms(_) | Self::Template(_) => None,
        }
    }

    /// Whether both are the same value; secrets are compared in time that depends on lengths only.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bool(one), Self::Bool(two)) => one == two,
            (Self::Ulong(one), Self::Ulong(two)) => one == two,
            (Self::Secret(secret), other) | (other, Self::Secret(secret)) => {
                other.as_bytes().is_some_and(|bytes| secret.ct_eq(bytes))
            }
            (Self::Bytes(one), Self::Bytes(two)) => one == two,
            (Self::Mechanisms(one), Self::Mechanisms(two)) => one == two,
            (Self::Template(one), Self::Template(two)) => {
                one.len() == two.len()
                    && one
                        .iter()
                        .all(|(id, value)| two.value(id).is_some_and(|other| value.same(other)))
            }
            _ => false,
        }
    }
}
