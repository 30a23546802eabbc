// SPDX-License-Identifier: MIT OR Apache-2.0
//! One object: immutable attributes, its kind, and a place for its parsed key.

use std::any::Any;
use std::sync::OnceLock;

use super::{AttributeMap, Kind};
use crate::error::Result;
use crate::pkcs11::attribute::{CKA_PRIVATE, CKA_TOKEN};
use crate::pkcs11::{KeyType, ObjectClass};

/// The number of a stored object within its token; never given twice.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RecordId(pub u64);

/// A session or token object. A change makes a new `Object`, so a snapshot stays whole.
pub struct Object {
    kind: &'static Kind,
    attributes: AttributeMap,
    parsed: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Object {
    /// Puts attributes that obey the rules of `kind` together.
    #[must_use]
    pub const fn new(kind: &'static Kind, attributes: AttributeMap) -> Self {
        Self {
            kind,
            attributes,
            parsed: OnceLock::new(),
        }
    }

    /// The attributes.
    #[must_use]
    pub const fn attributes(&self) -> &AttributeMap {
        &self.attributes
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// `CKA_CLASS`
    #[must_use]
    pub const fn class(&self) -> ObjectClass {
        self.kind.class
    }

    /// `CKA_KEY_TYPE`, for keys
    #[must_use]
    pub fn key_type(&self) -> Option<KeyType> {
        self.attributes.key_type()
    }

    /// `CKA_PRIVATE`
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.attributes.is_true(CKA_PRIVATE)
    }

    /// `CKA_TOKEN`
    #[must_use]
    pub fn is_token(&self) -> bool {
        self.attributes.is_true(CKA_TOKEN)
    }

    /// The engine's form of the key: made by `parse` at the first use, kept as long as the object.
    ///
    /// One object is always parsed into the same type `T`.
    ///
    /// # Errors
    /// Whatever `parse` returns; the next use tries again. `CKR_GENERAL_ERROR` for a second type.
    pub fn parsed<T: Any + Send + Sync>(
        &self,
        parse: impl FnOnce(&AttributeMap) -> Result<T>,
    ) -> Result<&T> {
        if self.parsed.get().is_none() {
            let fresh = parse(&self.attributes)?;
            // Another thread may have been first; its value is as good.
            let _ = self.parsed.set(Box::new(fresh));
        }
        self.parsed
            .get()
            .and_then(|any| any.downcast_ref::<T>())
            .ok_or_else(|| {
                crate::error::Error::GeneralError("a key was parsed into two forms".into())
            })
    }
}

impl core::fmt::Debug for Object {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Object")
            .field("kind", &self.kind.spec)
            .finish_non_exhaustive()
    }
}
