// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the standard says of sessions, login and objects, as short as it can be told.

use keystead::pkcs11::ReturnCode;
use keystead::pkcs11::rv::{
    CKR_OBJECT_HANDLE_INVALID, CKR_OK, CKR_SESSION_HANDLE_INVALID, CKR_SESSION_READ_ONLY,
    CKR_SESSION_READ_ONLY_EXISTS, CKR_SESSION_READ_WRITE_SO_EXISTS, CKR_USER_ALREADY_LOGGED_IN,
    CKR_USER_ANOTHER_ALREADY_LOGGED_IN, CKR_USER_NOT_LOGGED_IN,
};

/// Who is logged in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Actor {
    #[default]
    Nobody,
    User,
    So,
}

/// One object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thing {
    pub(crate) is_token: bool,
    pub(crate) is_private: bool,
    pub(crate) owner: usize,
}

/// What is left of an object.
#[derive(Clone, Copy, Debug)]
enum Life {
    /// It is there, under this handle.
    Known(Thing),
    /// A private token object whose handle died at a logout.
    Forgotten,
    Gone,
}

/// Sessions and objects by the order they were made in.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// Whether it may write; `None` once closed.
    sessions: Vec<Option<bool>>,
    actor: Actor,
    objects: Vec<Life>,
}

impl Model {
    fn writes(&self, session: usize) -> Option<bool> {
        self.sessions.get(session).copied().flatten()
    }

    pub(crate) fn open(&mut self, writes: bool) -> ReturnCode {
        if !writes && self.actor == Actor::So {
            return CKR_SESSION_READ_WRITE_SO_EXISTS;
        }
        self.sessions.push(Some(writes));
        CKR_OK
    }

    pub(crate) fn close(&mut self, session: usize) -> ReturnCode {
        if self.writes(session).is_none() {
            return CKR_SESSION_HANDLE_INVALID;
        }
        self.sessions[session] = None;
        for life in &mut self.objects {
            if matches!(life, Life::Known(thing) if !thing.is_token && thing.owner == session) {
                *life = Life::Gone;
            }
        }
        if self.sessions.iter().all(Option::is_none) {
            self.forget();
        }
        CKR_OK
    }

    pub(crate) fn login(&mut self, session: usize, actor: Actor) -> ReturnCode {
        if self.writes(session).is_none() {
            return CKR_SESSION_HANDLE_INVALID;
        }
        if self.actor == actor {
            return CKR_USER_ALREADY_LOGGED_IN;
        }
        if self.actor != Actor::Nobody {
            return CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
        }
        if actor == Actor::So && self.sessions.contains(&Some(false)) {
            return CKR_SESSION_READ_ONLY_EXISTS;
        }
        self.actor = actor;
        CKR_OK
    }

    pub(crate) fn logout(&mut self, session: usize) -> ReturnCode {
        if self.writes(session).is_none() {
            return CKR_SESSION_HANDLE_INVALID;
        }
        if self.actor == Actor::Nobody {
            return CKR_USER_NOT_LOGGED_IN;
        }
        self.forget();
        CKR_OK
    }

    /// Private session objects die, handles to private token objects too.
    fn forget(&mut self) {
        self.actor = Actor::Nobody;
        for life in &mut self.objects {
            if let Life::Known(thing) = life
                && thing.is_private
            {
                *life = if thing.is_token {
                    Life::Forgotten
                } else {
                    Life::Gone
                };
            }
        }
    }

    fn may_write(&self, session: usize, thing: Thing) -> ReturnCode {
        if thing.is_token && self.writes(session) == Some(false) {
            return CKR_SESSION_READ_ONLY;
        }
        if thing.is_private && self.actor != Actor::User {
            return CKR_USER_NOT_LOGGED_IN;
        }
        CKR_OK
    }

    pub(crate) fn create(&mut self, session: usize, thing: Thing) -> ReturnCode {
        if self.writes(session).is_none() {
            return CKR_SESSION_HANDLE_INVALID;
        }
        let answer = self.may_write(session, thing);
        if answer == CKR_OK {
            self.objects.push(Life::Known(thing));
        }
        answer
    }

    pub(crate) fn destroy(&mut self, session: usize, object: usize) -> ReturnCode {
        if self.writes(session).is_none() {
            return CKR_SESSION_HANDLE_INVALID;
        }
        let Some(Life::Known(thing)) = self.objects.get(object).copied() else {
            return CKR_OBJECT_HANDLE_INVALID;
        };
        let answer = self.may_write(session, thing);
        if answer == CKR_OK {
            self.objects[object] = Life::Gone;
        }
        answer
    }

    pub(crate) fn searchable(&self, session: usize) -> ReturnCode {
        match self.writes(session) {
            Some(_) => CKR_OK,
            None => CKR_SESSION_HANDLE_INVALID,
        }
    }

    /// The objects whose handles are known, and how many there are to be seen in all.
    pub(crate) fn visible(&self) -> (Vec<usize>, usize) {
        let is_user = self.actor == Actor::User;
        let mut known = Vec::new();
        let mut count = 0;
        for (number, life) in self.objects.iter().enumerate() {
            match life {
                Life::Known(thing) if is_user || !thing.is_private => {
                    known.push(number);
                    count += 1;
                }
                Life::Forgotten if is_user => count += 1,
                Life::Known(_) | Life::Forgotten | Life::Gone => {}
            }
        }
        (known, count)
    }
}
