// SPDX-License-Identifier: MIT OR Apache-2.0
//! The attributes of one object, in a stable order.

use std::collections::BTreeMap;

use super::Value;
use crate::pkcs11::attribute::{CKA_CLASS, CKA_KEY_TYPE};
use crate::pkcs11::{AttributeType, KeyType, ObjectClass};

/// Attribute type to typed value.
#[derive(Debug, Default)]
pub struct AttributeMap(BTreeMap<AttributeType, Value>);

impl AttributeMap {
    /// No attributes.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Sets an attribute and returns what stood there.
    pub fn set(&mut self, id: AttributeType, value: Value) -> Option<Value> {
        self.0.insert(id, value)
    }

    /// Takes an attribute out.
    pub fn remove(&mut self, id: AttributeType) -> Option<Value> {
        self.0.remove(&id)
    }

    /// The value, if the attribute is there.
    #[must_use]
    pub fn value(&self, id: AttributeType) -> Option<&Value> {
        self.0.get(&id)
    }

    /// Whether the attribute is there.
    #[must_use]
    pub fn has(&self, id: AttributeType) -> bool {
        self.0.contains_key(&id)
    }

    /// A boolean; absent counts as false.
    #[must_use]
    pub fn is_true(&self, id: AttributeType) -> bool {
        matches!(self.0.get(&id), Some(Value::Bool(true)))
    }

    /// A number, if the attribute is there and is one.
    #[must_use]
    pub fn ulong(&self, id: AttributeType) -> Option<u64> {
        match self.0.get(&id) {
            Some(Value::Ulong(value)) => Some(*value),
            _ => None,
        }
    }

    /// Bytes, secret or not, if the attribute is there and is byte-like.
    #[must_use]
    pub fn bytes(&self, id: AttributeType) -> Option<&[u8]> {
        self.0.get(&id).and_then(Value::as_bytes)
    }

    /// `CKA_CLASS`
    #[must_use]
    pub fn class(&self) -> Option<ObjectClass> {
        self.ulong(CKA_CLASS).map(ObjectClass)
    }

    /// `CKA_KEY_TYPE`
    #[must_use]
    pub fn key_type(&self) -> Option<KeyType> {
        self.ulong(CKA_KEY_TYPE).map(KeyType)
    }

    /// All attributes in order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (AttributeType, &Value)> {
        self.0.iter().map(|(id, value)| (*id, value))
    }

    /// How many attributes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A second copy.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(
            self.0
                .iter()
                .map(|(id, value)| (*id, value.duplicate()))
                .collect(),
        )
    }
}

impl FromIterator<(AttributeType, Value)> for AttributeMap {
    fn from_iter<I: IntoIterator<Item = (AttributeType, Value)>>(attributes: I) -> Self {
        Self(attributes.into_iter().collect())
    }
}
