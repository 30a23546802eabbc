// SPDX-License-Identifier: MIT OR Apache-2.0
//! Objects the module itself shows. A search finds them only when it asks for their class.
//!
//! There is no validation object: they "describe which third party validations the module conforms
//! to", and there is none.
//! Source: PKCS#11 v3.2, "Profile objects", "Mechanism objects", "Validation objects"; PKCS#11
//! Profiles v3.2, "Base Profiles".

use std::collections::btree_map::Entry;
use std::sync::Arc;

use super::Token;
use super::handles::Entry as Held;
use super::objects::open_record;
use crate::error::{Error, Result};
use crate::mechanism;
use crate::object::{Actor, AttributeMap, Object, RecordId, Value, kinds};
use crate::pkcs11::attribute::{
    CKA_CLASS, CKA_ID, CKA_MECHANISM_TYPE, CKA_PROFILE_ID, CKA_UNIQUE_ID,
};
use crate::pkcs11::class::{
    CKO_CERTIFICATE, CKO_MECHANISM, CKO_PRIVATE_KEY, CKO_PROFILE, CKO_PUBLIC_KEY,
};
use crate::pkcs11::mechanism::CKM_HKDF_DATA;
use crate::pkcs11::profile::{
    CKP_AUTHENTICATION_TOKEN, CKP_BASELINE_PROVIDER, CKP_EXTENDED_PROVIDER, CKP_HKDF_TLS_TOKEN,
    CKP_PUBLIC_CERTIFICATES_TOKEN,
};
use crate::pkcs11::{AttributeType, MechanismType, ObjectClass, ObjectHandle, ProfileType};
use crate::session::lock;
use crate::store::{Access as Visibility, Query};

/// What the module promises of itself; the Complete Provider would need every mechanism and object.
const PROFILES: [ProfileType; 5] = [
    CKP_BASELINE_PROVIDER,
    CKP_EXTENDED_PROVIDER,
    CKP_AUTHENTICATION_TOKEN,
    CKP_PUBLIC_CERTIFICATES_TOKEN,
    CKP_HKDF_TLS_TOKEN,
];

impl Token {
    /// The built-in objects of a class, made when they are first asked for; those that are not true
    /// now are left out.
    pub(super) fn built_in(
        &self,
        class: ObjectClass,
        offers: &dyn Fn(MechanismType) -> bool,
    ) -> Result<Vec<(ObjectHandle, Arc<Object>)>> {
        let (attribute, values): (AttributeType, Vec<u64>) = match class {
            CKO_PROFILE => (
                CKA_PROFILE_ID,
                PROFILES.iter().map(|profile| profile.0).collect(),
            ),
            CKO_MECHANISM => (
                CKA_MECHANISM_TYPE,
                mechanism::all().map(|row| row.id.0).collect(),
            ),
            _ => return Ok(Vec::new()),
        };
        let mut shown = Vec::new();
        for (handle, object) in self.all_built_in(class, attribute, values)? {
            if self.is_true(&object, offers)? {
                shown.push((handle, object));
            }
        }
        Ok(shown)
    }

    fn all_built_in(
        &self,
        class: ObjectClass,
        attribute: AttributeType,
        values: Vec<u64>,
    ) -> Result<Vec<(ObjectHandle, Arc<Object>)>> {
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

    /// Whether what an object says of the token holds now.
    fn is_true(&self, object: &Object, offers: &dyn Fn(MechanismType) -> bool) -> Result<bool> {
        let attributes = object.attributes();
        if let Some(id) = attributes.ulong(CKA_MECHANISM_TYPE) {
            return Ok(offers(MechanismType(id)));
        }
        match attributes.ulong(CKA_PROFILE_ID).map(ProfileType) {
            Some(CKP_HKDF_TLS_TOKEN) => Ok(offers(CKM_HKDF_DATA)),
            Some(CKP_PUBLIC_CERTIFICATES_TOKEN) => self.has_public_certificates(),
            Some(_) | None => Ok(true),
        }
    }

    /// "Supports the following object location requirements": every certificate can be found
    /// without a login, and by its CKA_ID a key of its own.
    // SPEC: applications put the certificates there, so the profile is shown while what can be seen
    // is as it wants it. Only the user's login shows private certificates; without it, a certificate
    // with a CKA_ID but no public key of that CKA_ID takes the profile away.
    fn has_public_certificates(&self) -> Result<bool> {
        let visible = self.records(CKO_CERTIFICATE, None, Visibility::Public)?;
        let all = self.records(CKO_CERTIFICATE, None, Visibility::Private)?;
        if all.len() > visible.len() {
            return Ok(false);
        }
        for id in visible {
            let Some(record) = self.vault.load(id)? else {
                continue;
            };
            let certificate = open_record(&record)?;
            let key_id = certificate.attributes().bytes(CKA_ID).unwrap_or_default();
            if key_id.is_empty() {
                continue;
            }
            let mut has_key = false;
            for class in [CKO_PUBLIC_KEY, CKO_PRIVATE_KEY] {
                let keys = self.records(class, Some(key_id), Visibility::Public)?;
                has_key |= !keys.is_empty();
            }
            if !has_key && self.may_have_private_key(key_id)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether there is a private key with this CKA_ID, as far as the login shows.
    fn may_have_private_key(&self, key_id: &[u8]) -> Result<bool> {
        if self.actor() != Actor::User {
            return Ok(true);
        }
        let keys = self.records(CKO_PRIVATE_KEY, Some(key_id), Visibility::Private)?;
        Ok(!keys.is_empty())
    }

    fn records(
        &self,
        class: ObjectClass,
        key_id: Option<&[u8]>,
        visible: Visibility,
    ) -> Result<Vec<RecordId>> {
        let mut query = Query::default();
        query
            .equal
            .push((CKA_CLASS, class.0.to_ne_bytes().to_vec()));
        if let Some(key_id) = key_id {
            query.equal.push((CKA_ID, key_id.to_vec()));
        }
        self.vault.find(&query, visible)
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
