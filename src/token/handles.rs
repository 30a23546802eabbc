// SPDX-License-Identifier: MIT OR Apache-2.0
//! The application's handles to the objects of one token.
//!
//! A handle is never given twice in the life of the module, so a stale or foreign one finds nothing.
//! Source: PKCS#11 v3.2, "Object types".

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::object::{Object, RecordId};
use crate::pkcs11::{ObjectClass, ObjectHandle, SessionHandle};
use crate::session::{Table, lock};

/// A token object as it was last read.
#[derive(Debug)]
pub(super) struct Cached {
    /// The token's epoch at which this was known to be the newest form.
    pub(super) epoch: AtomicU64,
    pub(super) generation: u64,
    pub(super) is_private: bool,
    pub(super) object: Arc<Object>,
}

/// A token object's place.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) id: RecordId,
    /// The login in which the handle was given.
    pub(super) login_number: u64,
    pub(super) cached: RwLock<Option<Cached>>,
}

/// What a handle stands for.
#[derive(Debug)]
pub(super) enum Entry {
    /// A session object, which dies with its owner.
    Session {
        owner: SessionHandle,
        object: RwLock<Arc<Object>>,
    },
    /// A token object.
    Stored(Stored),
    /// An object that the module itself shows.
    BuiltIn(Arc<Object>),
}

/// All handles of one token.
#[derive(Debug)]
pub(super) struct Handles {
    entries: Table<Entry>,
    by_record: Mutex<HashMap<RecordId, ObjectHandle>>,
    session_objects: AtomicUsize,
    built_in: Mutex<BTreeMap<ObjectClass, Vec<ObjectHandle>>>,
}

impl Handles {
    pub(super) fn new(numbers: Arc<AtomicU64>) -> Self {
        Self {
            entries: Table::numbered_by(numbers),
            by_record: Mutex::default(),
            session_objects: AtomicUsize::new(0),
            built_in: Mutex::default(),
        }
    }

    /// The handles of the built-in objects that were made so far.
    pub(super) const fn built_in(&self) -> &Mutex<BTreeMap<ObjectClass, Vec<ObjectHandle>>> {
        &self.built_in
    }

    pub(super) fn find(&self, handle: ObjectHandle) -> Option<Arc<Entry>> {
        self.entries.find(handle.0)
    }

    /// The handle of a token object; the same one as long as the object may be used.
    pub(super) fn of_record(&self, id: RecordId, login_number: u64) -> ObjectHandle {
        let mut by_record = lock(&self.by_record);
        if let Some(handle) = by_record.get(&id)
            && let Some(entry) = self.entries.find(handle.0)
            && entry.outlives(login_number)
        {
            return *handle;
        }
        let handle = ObjectHandle(self.entries.reserve());
        let stored = Stored {
            id,
            login_number,
            cached: RwLock::new(None),
        };
        self.entries
            .insert(handle.0, Arc::new(Entry::Stored(stored)));
        by_record.insert(id, handle);
        handle
    }

    /// The handle that a token object was given last, even if it may not be used any more.
    pub(super) fn last(&self, id: RecordId) -> Option<ObjectHandle> {
        lock(&self.by_record).get(&id).copied()
    }

    /// The handle that a token object has already, if it may still be used.
    pub(super) fn known(&self, id: RecordId, login_number: u64) -> Option<ObjectHandle> {
        let by_record = lock(&self.by_record);
        let handle = by_record.get(&id)?;
        let entry = self.entries.find(handle.0)?;
        entry.outlives(login_number).then_some(*handle)
    }

    pub(super) fn add_session_object(&self, owner: SessionHandle, object: Object) -> ObjectHandle {
        let handle = ObjectHandle(self.entries.reserve());
        let object = RwLock::new(Arc::new(object));
        self.entries
            .insert(handle.0, Arc::new(Entry::Session { owner, object }));
        self.session_objects.fetch_add(1, Ordering::Relaxed);
        handle
    }

    pub(super) fn add_built_in(&self, object: Object) -> ObjectHandle {
        let handle = ObjectHandle(self.entries.reserve());
        self.entries
            .insert(handle.0, Arc::new(Entry::BuiltIn(Arc::new(object))));
        handle
    }

    /// Retires a handle; a second retirement does nothing.
    pub(super) fn remove(&self, handle: ObjectHandle) -> bool {
        let Some(entry) = self.entries.remove(handle.0) else {
            return false;
        };
        match &*entry {
            Entry::Session { .. } => {
                self.session_objects.fetch_sub(1, Ordering::Relaxed);
            }
            Entry::Stored(stored) => {
                let mut by_record = lock(&self.by_record);
                if by_record.get(&stored.id) == Some(&handle) {
                    by_record.remove(&stored.id);
                }
            }
            Entry::BuiltIn(_) => {}
        }
        true
    }

    /// The session objects that `is_wanted`, oldest first.
    pub(super) fn session_objects(&self, is_wanted: impl Fn(&Object) -> bool) -> Vec<ObjectHandle> {
        if self.session_objects.load(Ordering::Relaxed) == 0 {
            return Vec::new();
        }
        let numbers = self.entries.numbers(|entry| match entry {
            Entry::Session { object, .. } => {
                is_wanted(&object.read().unwrap_or_else(PoisonError::into_inner))
            }
            Entry::Stored(_) | Entry::BuiltIn(_) => false,
        });
        numbers.into_iter().map(ObjectHandle).collect()
    }

    /// "Any of the application's handles to private objects become invalid"; private session objects
    /// are destroyed.
    pub(super) fn retire_private(&self) {
        for number in self.entries.numbers(Entry::is_private) {
            self.remove(ObjectHandle(number));
        }
    }

    /// Retires every handle.
    pub(super) fn clear(&self) {
        for number in self.entries.numbers(|_| true) {
            self.remove(ObjectHandle(number));
        }
        lock(&self.built_in).clear();
    }
}

impl Entry {
    /// Whether it is known to be a private object.
    fn is_private(&self) -> bool {
        match self {
            Self::Session { object, .. } => object
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .is_private(),
            Self::Stored(stored) => stored.is_known_private().unwrap_or(false),
            Self::BuiltIn(_) => false,
        }
    }

    /// Whether a handle given earlier may be given again now.
    fn outlives(&self, login_number: u64) -> bool {
        match self {
            Self::Stored(stored) => {
                stored.login_number == login_number || stored.is_known_private() == Some(false)
            }
            Self::Session { .. } | Self::BuiltIn(_) => true,
        }
    }
}

impl Stored {
    /// Whether the object is private, if it was read already.
    fn is_known_private(&self) -> Option<bool> {
        self.cached
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(|cached| cached.is_private)
    }
}
