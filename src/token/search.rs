// SPDX-License-Identifier: MIT OR Apache-2.0
//! Searches: by index where the attributes are indexed, by reading only for the rest.
//!
//! Source: PKCS#11 v3.2, "C_FindObjectsInit", "C_FindObjects".

use std::sync::Arc;

use super::Token;
use super::objects::open_record;
use crate::error::{Error, Result};
use crate::object::{Actor, Object, RawValue, RecordId, Template, View, indexed_point, is_indexed};
use crate::pkcs11::attribute::{CKA_CLASS, CKA_EC_POINT, CKA_PRIVATE, CKA_TOKEN};
use crate::pkcs11::{AttributeType, MechanismType, ObjectClass, ObjectHandle};
use crate::session::{Found, Search};
use crate::store::{Access as Visibility, Query};

/// A template split by who answers it.
struct Plan<'a> {
    /// CKA_TOKEN, if it is asked for.
    token: Option<bool>,
    /// Which objects of the store may be seen.
    visible: Visibility,
    /// Whether public objects are not wanted.
    private_only: bool,
    /// What the index answers.
    query: Query,
    /// What only the object itself answers.
    rest: Template<'a>,
}

fn boolean(raw: &RawValue<'_>) -> Option<bool> {
    match raw {
        RawValue::Bytes([byte]) => Some(*byte != 0),
        RawValue::Bytes(_) | RawValue::Nested(_) => None,
    }
}

impl<'a> Plan<'a> {
    fn new(template: &Template<'a>, actor: Actor) -> Self {
        let mut plan = Self {
            token: None,
            visible: match actor {
                Actor::User => Visibility::Private,
                Actor::Public | Actor::SecurityOfficer => Visibility::Public,
            },
            private_only: false,
            query: Query::default(),
            rest: Template::default(),
        };
        for (id, raw) in &template.0 {
            plan.place(*id, raw);
        }
        plan
    }

    fn place(&mut self, id: AttributeType, raw: &RawValue<'a>) {
        match (id, raw, boolean(raw)) {
            (CKA_TOKEN, _, Some(value)) => {
                // Two different wishes cannot both come true.
                if self.token.is_some_and(|before| before != value) {
                    self.rest.0.push((id, raw.clone()));
                }
                self.token = Some(value);
            }
            (CKA_PRIVATE, _, Some(false)) => self.visible = Visibility::Public,
            (CKA_PRIVATE, _, Some(true)) => self.private_only = true,
            (CKA_EC_POINT, RawValue::Bytes(bytes), _) => match indexed_point(bytes) {
                Some(wrapped) => {
                    self.query.equal.push((id, wrapped));
                    self.rest.0.push((id, raw.clone()));
                }
                None => self.query.equal.push((id, bytes.to_vec())),
            },
            (_, RawValue::Bytes(bytes), _) if is_indexed(id) => {
                self.query.equal.push((id, bytes.to_vec()));
            }
            _ => self.rest.0.push((id, raw.clone())),
        }
    }
}

impl Token {
    /// Everything that the session may see and that matches: token objects in the order they were
    /// made, then session objects likewise; what the module shows of itself depends on the
    /// mechanisms that it `offers`.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn search(
        &self,
        template: &Template<'_>,
        view: View,
        offers: &dyn Fn(MechanismType) -> bool,
    ) -> Result<Search> {
        let actor = self.actor();
        let is_visible = |object: &Object| !object.is_private() || actor == Actor::User;
        let plan = Plan::new(template, actor);
        let mut found = Vec::new();
        if plan.token != Some(false) {
            for id in self.notice(self.candidates(&plan))? {
                if plan.rest.0.is_empty() || self.fits(id, &plan.rest, view)? {
                    found.push(Found::Record(id));
                }
            }
        }
        if plan.token != Some(true) {
            let handles = self
                .handles
                .session_objects(|object| is_visible(object) && view.matches(object, template));
            found.extend(handles.into_iter().map(Found::Handle));
        }
        if let Some(class) = template.ulong(CKA_CLASS)
            && plan.token != Some(false)
        {
            // They are no storage objects: public and on the token without saying so.
            let mut described = template.clone();
            described.0.retain(|(id, raw)| {
                let wanted = boolean(raw);
                !(*id == CKA_TOKEN && wanted == Some(true)
                    || *id == CKA_PRIVATE && wanted == Some(false))
            });
            found.extend(
                self.built_in(ObjectClass(class), offers)?
                    .into_iter()
                    .filter(|(_, object)| view.matches(object, &described))
                    .map(|(handle, _)| Found::Handle(handle)),
            );
        }
        Ok(Search::new(found))
    }

    /// The token objects that the index names, lowest number first.
    fn candidates(&self, plan: &Plan<'_>) -> Result<Vec<RecordId>> {
        let mut ids = self.vault.find(&plan.query, plan.visible)?;
        if plan.private_only {
            let public = self.vault.find(&plan.query, Visibility::Public)?;
            ids.retain(|id| public.binary_search(id).is_err());
        }
        Ok(ids)
    }

    /// Whether a token object matches; one that vanishes during the search does not.
    ///
    /// An object without a handle is read and forgotten again: a search must not fill the memory with
    /// keys that nobody uses.
    fn fits(&self, id: RecordId, rest: &Template<'_>, view: View) -> Result<bool> {
        let object = match self.handles.known(id, self.login_number()) {
            Some(handle) => self.object(handle),
            None => match self.vault.load(id)? {
                Some(record) => open_record(&record).map(Arc::new),
                None => return Ok(false),
            },
        };
        match object {
            Ok(object) => Ok(view.matches(&object, rest)),
            Err(Error::ObjectHandleInvalid(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The handles of what a search found.
    #[must_use]
    pub fn hand_out(&self, found: &[Found]) -> Vec<ObjectHandle> {
        found
            .iter()
            .map(|found| match found {
                Found::Handle(handle) => *handle,
                Found::Record(id) => self.handle_of(*id),
            })
            .collect()
    }

    /// The handle of a token object: a public one keeps it across logins, a private one does not.
    fn handle_of(&self, id: RecordId) -> ObjectHandle {
        let login_number = self.login_number();
        if let Some(handle) = self.handles.known(id, login_number) {
            return handle;
        }
        // Given before the last login and never used since: only reading the object tells its kind.
        if let Some(last) = self.handles.last(id) {
            if self.object(last).is_ok() {
                return last;
            }
            self.handles.remove(last);
        }
        self.handles.of_record(id, login_number)
    }
}
