// SPDX-License-Identifier: MIT OR Apache-2.0
//! Objects the module itself shows. A search finds them only when it asks for their class.
//!
//! Source: PKCS#11 v3.2, "Profile objects", "Mechanism objects"; PKCS#11 Profiles v3.2.

use std::collections::btree_map::Entry;
use std::sync::Arc;

use super::Token;
use super::handles::Entry as Held;
use crate::error::{Error, Result};
use crate::mechanism;
use crate::object::{AttributeMap, Object, Value, kinds};
use crate::pkcs11::attribute::{CKA_CLASS, CKA_MECHANISM_TYPE, CKA_PROFILE_ID, CKA_UNIQUE_ID};
use crate::pkcs11::class::{CKO_MECHANISM, CKO_PROFILE};
use crate::pkcs11::profile::{CKP_BASELINE_PROVIDER, CKP_EXTENDED_PROVIDER};
use crate::pkcs11::{AttributeType, ObjectClass, ObjectHandle};
use crate::session::lock;

/// What the module promises of itself.
const PROFILES: [u64; 2] = [CKP_BASELINE_PROVIDER.0, CKP_EXTENDED_PROVIDER.0];

impl Token {
    /// The built-in objects of a class, made when they are first asked for.
    pub(super) fn built_in(&self, class: ObjectClass) -> Result<Vec<(ObjectHandle, Arc<Object>)>> {
        let (attribute, values): (AttributeType, Vec<u64>) = match class {
            CKO_PROFILE => (CKA_PROFILE_ID, PROFILES.to_vec()),
            CKO_MECHANISM => (
                CKA_MECHANISM_TYPE,
                mechanism::all().map(|row| row.id.0).collect(),
            ),
            _ => return Ok(Vec::new()),
        };
        let mut made = lock(self.handles.built_in());
        if let Entry::Vacant(place) = made.entry(class) {
            let mut handles = Vec::with_capacity(values.len());
            for value in values {
                let attributes = shown(class, attribute, value);
                let kind = kinds::of(&attributes)
                    .ok_or_else(|| Error::GeneralError("the class has no kind".into()))?;
                let object = Object::new(kind, attributes);
                handles.push(self.handles.add_built_in(object));
            }
            place.insert(handles);
        }
        let handles = made.get(&class).into_iter().flatten();
        Ok(handles
            .filter_map(|handle| {
                let entry = self.handles.find(*handle)?;
                match &*entry {
                    Held::BuiltIn(object) => Some((*handle, Arc::clone(object))),
                    Held::Session { .. } | Held::Stored(_) => None,
                }
            })
            .collect())
    }
}

fn shown(class: ObjectClass, attribute: AttributeType, value: u64) -> AttributeMap {
    AttributeMap::from_iter([
        (CKA_CLASS, Value::Ulong(class.0)),
        (
            CKA_UNIQUE_ID,
            Value::Bytes(format!("built-in {class} {value:#x}").into_bytes()),
        ),
        (attribute, Value::Ulong(value)),
    ])
}
