// SPDX-License-Identifier: MIT OR Apache-2.0
//! The last steps of every call that makes objects: material, CKA_UNIQUE_ID, store, handles.
//!
//! Source: PKCS#11 v3.2, "Creating, modifying, and copying objects", "Storage objects".

use core::fmt::Write as _;

use super::Module;
use super::open::Open;
use crate::error::{Error, Result};
use crate::mechanism::{Made, Offspring, Parents, Wanted, material};
use crate::object::{
    Admission, AttributeMap, Kind, Object, Origin, Template, Value, admit, contribute, descend,
    set_unique_id,
};
use crate::pkcs11::attribute::{CKA_VALUE, CKA_VALUE_LEN};
use crate::pkcs11::class::{CKO_DATA, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY};
use crate::pkcs11::key_type::{CKK_CHACHA20, CKK_DES, CKK_DES2, CKK_DES3, CKK_POLY1305};
use crate::pkcs11::{AttributeType, ObjectHandle};
use crate::secret::{Public, SecretBytes};

/// An object that is admitted and has no material yet.
pub(super) struct Draft {
    pub(super) kind: &'static Kind,
    pub(super) attributes: AttributeMap,
    origin: Origin,
}

impl Draft {
    /// Admits a template, and refuses at once what the session may not make.
    pub(super) fn new(
        open: &Open,
        template: &Template<'_>,
        admission: &Admission<'_>,
    ) -> Result<Self> {
        let (kind, attributes) = admit(template, admission)?;
        open.token.may_write(&open.session, &attributes)?;
        Ok(Self {
            kind,
            attributes,
            origin: admission.origin,
        })
    }

    /// The template of a key that `origin` makes with `base`.
    fn from_base(
        open: &Open,
        template: &Template<'_>,
        base: &Object,
        origin: Origin,
    ) -> Result<Self> {
        let admission = Admission {
            origin,
            actor: open.token.actor(),
            class: None,
            key_type: None,
            mechanism: None,
            base: Some(base),
        };
        Self::new(open, template, &admission)
    }

    /// The template of a key that is encapsulated for `base`.
    pub(super) fn encapsulated(
        open: &Open,
        template: &Template<'_>,
        base: &Object,
    ) -> Result<Self> {
        Self::from_base(open, template, base, Origin::Encapsulate)
    }

    /// The template of a key that is decapsulated by `base`.
    pub(super) fn decapsulated(
        open: &Open,
        template: &Template<'_>,
        base: &Object,
    ) -> Result<Self> {
        Self::from_base(open, template, base, Origin::Decapsulate)
    }

    /// The template of a key that is derived from `base`.
    pub(super) fn derived(open: &Open, template: &Template<'_>, base: &Object) -> Result<Self> {
        let draft = Self::from_base(open, template, base, Origin::Derive)?;
        match draft.kind.class {
            CKO_PRIVATE_KEY | CKO_SECRET_KEY => Ok(draft),
            class => Err(Error::TemplateInconsistent(
                format!("this mechanism makes no object of class {class}").into(),
            )),
        }
    }

    /// One of the objects that a derivation plans.
    pub(super) fn offspring(
        open: &Open,
        planned: &Offspring<'_>,
        parents: &Parents<'_>,
    ) -> Result<Self> {
        let admission = Admission {
            origin: Origin::Derive,
            actor: open.token.actor(),
            class: planned.class,
            key_type: planned.key_type,
            mechanism: None,
            base: Some(parents.base),
        };
        let mut draft = Self::new(open, &planned.template, &admission)?;
        let attributes = &mut draft.attributes;
        let actor = open.token.actor();
        contribute(
            attributes,
            &planned.template,
            parents.base,
            actor,
            &planned.defaults,
        );
        descend(attributes, planned.lineage, parents.base, parents.others)?;
        open.token.may_write(&open.session, &draft.attributes)?;
        Ok(draft)
    }

    /// Sets what a derivation gave for this object.
    pub(super) fn adopt(&mut self, made: Made) -> Result<()> {
        match (self.kind.class, made) {
            (CKO_SECRET_KEY | CKO_PRIVATE_KEY, Made::Value(value)) => self.import(&value),
            (CKO_DATA, Made::Data(value)) => {
                let bytes = value.into_public(Public::NotSensitiveAttribute);
                self.contribute_one(CKA_VALUE, Value::Bytes(bytes))
            }
            (CKO_PUBLIC_KEY, Made::Public(material)) => {
                for (id, value) in material.iter() {
                    self.contribute_one(id, value.duplicate())?;
                }
                Ok(())
            }
            (class, _) => Err(Error::TemplateInconsistent(
                format!("this mechanism makes no object of class {class}").into(),
            )),
        }
    }

    /// Sets an attribute that the mechanism computes; a template that says something else is wrong.
    fn contribute_one(&mut self, id: AttributeType, value: Value) -> Result<()> {
        match self.attributes.value(id) {
            Some(given) if !given.same(&value) && given.as_bytes() != Some(&[]) => Err(
                Error::TemplateInconsistent(format!("{id} is the mechanism's to set").into()),
            ),
            _ => {
                self.attributes.set(id, value);
                Ok(())
            }
        }
    }

    /// The template of a key that is unwrapped by `base`.
    pub(super) fn unwrapped(open: &Open, template: &Template<'_>, base: &Object) -> Result<Self> {
        Self::from_base(open, template, base, Origin::Unwrap)
    }

    /// The wanted length of a derived value: CKA_VALUE_LEN, or what the key type fixes.
    pub(super) fn value_len(&self) -> Result<Option<usize>> {
        if let Some(len) = self.attributes.ulong(CKA_VALUE_LEN) {
            return usize::try_from(len)
                .map(Some)
                .map_err(|_| Error::AttributeValueInvalid("CKA_VALUE_LEN is out of range".into()));
        }
        Ok(match self.attributes.key_type() {
            Some(CKK_DES) => Some(8),
            Some(CKK_DES2) => Some(16),
            Some(CKK_DES3) => Some(24),
            Some(CKK_CHACHA20 | CKK_POLY1305) => Some(32),
            _ => None,
        })
    }

    /// What a derivation must know about this object.
    pub(super) fn wanted(&self, len: Option<usize>) -> Result<Wanted> {
        Ok(Wanted {
            class: self.kind.class,
            key_type: self.kind.key_type,
            len: match len {
                Some(len) => Some(len),
                None => self.value_len()?,
            },
        })
    }

    /// Sets the material that an unwrap or a derivation gave.
    pub(super) fn import(&mut self, value: &SecretBytes) -> Result<()> {
        material::import(self.kind, &mut self.attributes, value)
    }

    /// Checks and completes the material.
    pub(super) fn complete(mut self) -> Result<(&'static Kind, AttributeMap)> {
        material::complete(self.kind, &mut self.attributes, self.origin)?;
        Ok((self.kind, self.attributes))
    }
}

impl Module {
    /// Gives the object its CKA_UNIQUE_ID and puts it away.
    pub(super) fn store_one(
        &self,
        open: &Open,
        kind: &'static Kind,
        attributes: AttributeMap,
    ) -> Result<ObjectHandle> {
        self.store_first(open, vec![(kind, attributes)])
    }

    /// As [`store_all`](Self::store_all); gives the first handle.
    pub(super) fn store_first(
        &self,
        open: &Open,
        objects: Vec<(&'static Kind, AttributeMap)>,
    ) -> Result<ObjectHandle> {
        let handles = self.store_all(open, objects)?;
        handles.first().copied().ok_or_else(too_few)
    }

    /// As [`store_one`](Self::store_one), both or none: the halves of a key pair.
    pub(super) fn store_pair(
        &self,
        open: &Open,
        halves: Vec<(&'static Kind, AttributeMap)>,
    ) -> Result<(ObjectHandle, ObjectHandle)> {
        match *self.store_all(open, halves)? {
            [one, two] => Ok((one, two)),
            _ => Err(too_few()),
        }
    }

    /// As [`store_one`](Self::store_one), all or none.
    pub(super) fn store_all(
        &self,
        open: &Open,
        mut objects: Vec<(&'static Kind, AttributeMap)>,
    ) -> Result<Vec<ObjectHandle>> {
        for (_, attributes) in &mut objects {
            set_unique_id(attributes, self.unique_id()?);
        }
        open.token.create(&open.session, objects)
    }

    /// A random UUID (RFC 9562, version 4).
    fn unique_id(&self) -> Result<String> {
        let mut bytes = [0; 16];
        self.rng.fill(&mut bytes)?;
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let mut text = String::with_capacity(36);
        for (position, byte) in bytes.iter().enumerate() {
            if matches!(position, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            write!(text, "{byte:02x}")
                .map_err(|_| Error::GeneralError("a unique id cannot be written".into()))?;
        }
        Ok(text)
    }
}

fn too_few() -> Error {
    Error::GeneralError("the token gave fewer handles than objects".into())
}
