// SPDX-License-Identifier: MIT OR Apache-2.0
//! From a handle to an object and back: reading through a cache, creating, changing, destroying.
//!
//! Source: PKCS#11 v3.2, "Object management functions".

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

use super::Token;
use super::handles::{Cached, Entry, Stored};
use crate::error::{Error, Result};
use crate::object::{Actor, AttributeMap, Kind, Object, codec, index_entries, kinds};
use crate::pkcs11::attribute::{CKA_DESTROYABLE, CKA_PRIVATE, CKA_TOKEN};
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::{Access, Session};
use crate::store::{Access as Visibility, Change, NewRecord, Record};

/// How often a change is tried again when another process changed the object meanwhile.
const CHANGE_TRIES: usize = 16;

fn unknown() -> Error {
    Error::ObjectHandleInvalid("the handle stands for no object in this session's token".into())
}

fn visibility(attributes: &AttributeMap) -> Visibility {
    if attributes.is_true(CKA_PRIVATE) {
        Visibility::Private
    } else {
        Visibility::Public
    }
}

fn record(object: &Object) -> NewRecord {
    NewRecord {
        class: object.class(),
        access: visibility(object.attributes()),
        body: codec::encode(object.attributes()),
        index: index_entries(object.attributes()),
    }
}

/// The object in a record.
pub(super) fn open_record(record: &Record) -> Result<Object> {
    let attributes = codec::decode(record.body.expose())?;
    let kind = kinds::of(&attributes)
        .ok_or_else(|| Error::DeviceError("a stored object is of no known kind".into()))?;
    Ok(Object::new(kind, attributes))
}

/// An object that has been found, with what a change must know.
pub(super) struct Resolved {
    pub(super) object: Arc<Object>,
    entry: Arc<Entry>,
    generation: u64,
}

impl Token {
    /// The object of a handle.
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID`, `CKR_DEVICE_ERROR`
    pub fn object(&self, handle: ObjectHandle) -> Result<Arc<Object>> {
        self.resolve(handle).map(|resolved| resolved.object)
    }

    fn resolve(&self, handle: ObjectHandle) -> Result<Resolved> {
        let entry = self.handles.find(handle).ok_or_else(unknown)?;
        let (object, generation) = match &*entry {
            Entry::BuiltIn(object) => (Arc::clone(object), 0),
            Entry::Session { object, .. } => {
                let object = object.read().unwrap_or_else(PoisonError::into_inner);
                if object.is_private() && self.actor() != Actor::User {
                    return Err(unknown());
                }
                (Arc::clone(&object), 0)
            }
            Entry::Stored(stored) => self.notice(self.read(handle, stored))?,
        };
        Ok(Resolved {
            object,
            entry,
            generation,
        })
    }

    /// The newest form of a token object; while nothing has changed on the token, from the cache.
    fn read(&self, handle: ObjectHandle, stored: &Stored) -> Result<(Arc<Object>, u64)> {
        let epoch = self.vault.epoch()?;
        {
            let cached = stored.cached.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(cached) = &*cached
                && cached.epoch.load(Ordering::Acquire) == epoch
            {
                return self.admit_reader(stored, cached);
            }
        }
        let mut place = stored
            .cached
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let newest = self.vault.generation(stored.id)?;
        if let Some(cached) = &*place
            && newest == Some(cached.generation)
        {
            cached.epoch.store(epoch, Ordering::Release);
            return self.admit_reader(stored, cached);
        }
        let loaded = match newest {
            Some(_) => self.vault.load(stored.id)?,
            None => None,
        };
        let Some(loaded) = loaded else {
            drop(place);
            self.handles.remove(handle);
            return Err(unknown());
        };
        let fresh = Cached {
            epoch: AtomicU64::new(epoch),
            generation: loaded.generation,
            is_private: loaded.access == Visibility::Private,
            object: Arc::new(open_record(&loaded)?),
        };
        let answer = self.admit_reader(stored, &fresh);
        *place = Some(fresh);
        answer
    }

    /// A private object is there for the user only, and only under a handle of this login.
    fn admit_reader(&self, stored: &Stored, cached: &Cached) -> Result<(Arc<Object>, u64)> {
        if cached.is_private
            && (self.actor() != Actor::User || stored.login_number != self.login_number())
        {
            return Err(unknown());
        }
        Ok((Arc::clone(&cached.object), cached.generation))
    }

    /// Whether a session may make or change an object with these attributes.
    ///
    /// # Errors
    /// `CKR_SESSION_READ_ONLY`, `CKR_USER_NOT_LOGGED_IN`
    pub fn may_write(&self, session: &Session, attributes: &AttributeMap) -> Result<()> {
        if attributes.is_true(CKA_TOKEN) && session.access == Access::ReadOnly {
            return Err(Error::SessionReadOnly(
                "CKA_TOKEN is true, and the session is read-only".into(),
            ));
        }
        if attributes.is_true(CKA_PRIVATE) && self.actor() != Actor::User {
            return Err(Error::UserNotLoggedIn(
                "CKA_PRIVATE is true, and the user is not logged in".into(),
            ));
        }
        Ok(())
    }

    /// Makes all of these objects or none; handles come after the commit, in the same order.
    ///
    /// # Errors
    /// `CKR_SESSION_READ_ONLY`, `CKR_USER_NOT_LOGGED_IN`, `CKR_DEVICE_MEMORY`, `CKR_DEVICE_ERROR`
    pub fn create(
        &self,
        session: &Session,
        objects: Vec<(&'static Kind, AttributeMap)>,
    ) -> Result<Vec<ObjectHandle>> {
        let login_number = self.login_number();
        let mut changes = Vec::new();
        let mut made = Vec::with_capacity(objects.len());
        for (kind, attributes) in objects {
            self.may_write(session, &attributes)?;
            let object = Object::new(kind, attributes);
            if object.is_token() {
                changes.push(Change::Insert(record(&object)));
            }
            made.push(object);
        }
        let stored = if changes.is_empty() {
            Vec::new()
        } else {
            self.notice(self.vault.apply(changes))?
        };
        let mut stored = stored.into_iter();
        let mut handles = Vec::with_capacity(made.len());
        for object in made {
            let handle = if object.is_token() {
                let id = stored.next().ok_or_else(|| {
                    Error::GeneralError("the store gave fewer numbers than objects".into())
                })?;
                self.handles.of_record(id, login_number)
            } else {
                self.adopt(session, object)?
            };
            handles.push(handle);
        }
        Ok(handles)
    }

    fn adopt(&self, session: &Session, object: Object) -> Result<ObjectHandle> {
        let is_private = object.is_private();
        let handle = self.handles.add_session_object(session.handle, object);
        if let Err(error) = session.adopt(handle) {
            self.handles.remove(handle);
            return Err(error);
        }
        // A logout that came in between must not leave a private object behind.
        if is_private && self.actor() != Actor::User {
            self.handles.remove(handle);
            return Err(Error::UserNotLoggedIn(
                "the user logged out during the call".into(),
            ));
        }
        Ok(handle)
    }

    /// Replaces the attributes of an object by what `change` makes of them.
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID`, `CKR_ACTION_PROHIBITED`, `CKR_SESSION_READ_ONLY`, and whatever
    /// `change` returns.
    pub fn replace(
        &self,
        session: &Session,
        handle: ObjectHandle,
        change: impl Fn(&Object) -> Result<AttributeMap>,
    ) -> Result<()> {
        for _ in 0..CHANGE_TRIES {
            let found = self.resolve(handle)?;
            self.may_write(session, found.object.attributes())?;
            let attributes = change(&found.object)?;
            self.may_write(session, &attributes)?;
            let fresh = Object::new(found.object.kind(), attributes);
            match &*found.entry {
                Entry::BuiltIn(_) => return Err(built_in()),
                Entry::Session { object, .. } => {
                    let mut place = object.write().unwrap_or_else(PoisonError::into_inner);
                    if Arc::ptr_eq(&place, &found.object) {
                        *place = Arc::new(fresh);
                        return Ok(());
                    }
                }
                Entry::Stored(stored) => {
                    let step = Change::Replace(stored.id, found.generation, record(&fresh));
                    match self.notice(self.vault.apply(vec![step])) {
                        Ok(_) => return Ok(()),
                        // Gone, or changed by somebody else meanwhile: the next look tells which.
                        Err(Error::ObjectHandleInvalid(_)) => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        Err(Error::FunctionFailed(
            "the object is being changed by others all the time".into(),
        ))
    }

    /// `C_DestroyObject`; gives the session that a session object belonged to.
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID`, `CKR_ACTION_PROHIBITED`, `CKR_SESSION_READ_ONLY`
    pub fn destroy(
        &self,
        session: &Session,
        handle: ObjectHandle,
    ) -> Result<Option<SessionHandle>> {
        let found = self.resolve(handle)?;
        let attributes = found.object.attributes();
        self.may_write(session, attributes)?;
        if attributes.has(CKA_DESTROYABLE) && !attributes.is_true(CKA_DESTROYABLE) {
            return Err(Error::ActionProhibited("CKA_DESTROYABLE is false".into()));
        }
        let owner = match &*found.entry {
            Entry::BuiltIn(_) => return Err(built_in()),
            Entry::Session { owner, .. } => Some(*owner),
            Entry::Stored(stored) => {
                self.notice(self.vault.apply(vec![Change::Delete(stored.id)]))?;
                None
            }
        };
        if self.handles.remove(handle) {
            return Ok(owner);
        }
        Err(unknown())
    }

    /// Destroys the session objects of a session that is closed.
    pub fn destroy_session_objects(&self, objects: &BTreeSet<ObjectHandle>) {
        for handle in objects {
            self.handles.remove(*handle);
        }
    }

    /// How much room an object takes, in bytes.
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID`
    pub fn object_size(&self, handle: ObjectHandle) -> Result<usize> {
        let object = self.object(handle)?;
        Ok(codec::encode(object.attributes()).len())
    }
}

fn built_in() -> Error {
    Error::ActionProhibited("the module's own objects cannot be changed".into())
}
