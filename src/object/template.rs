// SPDX-License-Identifier: MIT OR Apache-2.0
//! A template as the application gave it: types and raw bytes, read once at the boundary.
//!
//! Source: PKCS#11 v3.2, "Attributes" (`CK_ATTRIBUTE`).

use crate::pkcs11::AttributeType;

/// The attributes of a call, in the application's order, duplicates included.
#[derive(Clone, Debug, Default)]
pub struct Template<'call>(pub Vec<(AttributeType, RawValue<'call>)>);

/// One raw value.
#[derive(Clone)]
pub enum RawValue<'call> {
    /// `pValue` and `ulValueLen`
    Bytes(&'call [u8]),
    /// The value of an attribute whose type carries `CKF_ARRAY_ATTRIBUTE` and holds a template
    Nested(Template<'call>),
}

impl core::fmt::Debug for RawValue<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "({} bytes)", bytes.len()),
            Self::Nested(template) => template.fmt(f),
        }
    }
}

impl<'call> Template<'call> {
    /// The first raw value with this type, if it is not nested.
    #[must_use]
    pub fn bytes(&self, id: AttributeType) -> Option<&'call [u8]> {
        self.0
            .iter()
            .find(|(found, _)| *found == id)
            .and_then(|(_, value)| match value {
                RawValue::Bytes(bytes) => Some(*bytes),
                RawValue::Nested(_) => None,
            })
    }

    /// The first value with this type as a `CK_ULONG`, if it has the right length.
    #[must_use]
    pub fn ulong(&self, id: AttributeType) -> Option<u64> {
        self.bytes(id)
            .and_then(|bytes| bytes.try_into().ok())
            .map(u64::from_ne_bytes)
    }
}
