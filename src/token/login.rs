// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who may open sessions, log in and log out, and when.
//!
//! Source: PKCS#11 v3.2, "C_OpenSession", "C_CloseSession", "C_Login", "C_Logout".

use super::Token;
use crate::error::{Error, Result};
use crate::object::Actor;
use crate::secret::Pin;
use crate::session::{Access, lock};
use crate::store::Role;

const fn actor_of(role: Role) -> Actor {
    match role {
        Role::SecurityOfficer => Actor::SecurityOfficer,
        Role::User => Actor::User,
    }
}

impl Token {
    /// Counts a new session.
    ///
    /// # Errors
    /// `CKR_SESSION_READ_WRITE_SO_EXISTS`
    pub fn join(&self, access: Access) -> Result<()> {
        let mut sessions = lock(&self.sessions);
        match access {
            Access::ReadWrite => sessions.read_write = sessions.read_write.saturating_add(1),
            Access::ReadOnly if self.actor() == Actor::SecurityOfficer => {
                return Err(Error::SessionReadWriteSoExists(
                    "the SO is logged in, and the SO has read/write sessions only".into(),
                ));
            }
            Access::ReadOnly => sessions.read_only = sessions.read_only.saturating_add(1),
        }
        Ok(())
    }

    /// Counts a session that is gone; with the last one the login ends.
    pub fn leave(&self, access: Access) {
        let ended = {
            let mut sessions = lock(&self.sessions);
            match access {
                Access::ReadWrite => sessions.read_write = sessions.read_write.saturating_sub(1),
                Access::ReadOnly => sessions.read_only = sessions.read_only.saturating_sub(1),
            }
            let is_last = sessions.total() == 0 && self.actor() != Actor::Public;
            // Under the lock: a session that opens from now on starts without a login.
            is_last.then(|| self.set_actor(Actor::Public))
        };
        if let Some(number) = ended {
            let _gate = lock(&self.gate);
            // Somebody may have logged in meanwhile, and that login stays.
            if self.login_number() == number {
                self.vault.logout();
                self.handles.retire_private();
            }
        }
    }

    /// `C_Login` for the SO or the user.
    ///
    /// # Errors
    /// `CKR_USER_ALREADY_LOGGED_IN`, `CKR_USER_ANOTHER_ALREADY_LOGGED_IN`,
    /// `CKR_SESSION_READ_ONLY_EXISTS`, `CKR_PIN_INCORRECT`, `CKR_PIN_LOCKED`,
    /// `CKR_USER_PIN_NOT_INITIALIZED`
    pub fn login(&self, role: Role, pin: &[u8]) -> Result<()> {
        let _gate = lock(&self.gate);
        let actor = self.actor();
        if actor == actor_of(role) {
            return Err(Error::UserAlreadyLoggedIn(
                "the same user is logged in".into(),
            ));
        }
        if actor != Actor::Public {
            return Err(Error::UserAnotherAlreadyLoggedIn(
                "the other user is logged in".into(),
            ));
        }
        self.allow_role(role)?;
        self.vault.login(role, &self.attempt(role, pin)?)?;
        // The derivation took its time; the counts are looked at again together with the change.
        let sessions = lock(&self.sessions);
        if role == Role::SecurityOfficer && sessions.read_only > 0 {
            self.vault.logout();
            return Err(read_only_exists());
        }
        if sessions.total() == 0 {
            self.vault.logout();
            return Err(Error::SessionHandleInvalid(
                "the session was closed during the login".into(),
            ));
        }
        self.set_actor(actor_of(role));
        Ok(())
    }

    fn allow_role(&self, role: Role) -> Result<()> {
        if role == Role::SecurityOfficer && lock(&self.sessions).read_only > 0 {
            return Err(read_only_exists());
        }
        if role == Role::User && !self.vault.info()?.user_pin.is_set {
            return Err(Error::UserPinNotInitialized(
                "the SO has not set the user's PIN yet".into(),
            ));
        }
        Ok(())
    }

    /// The typed PIN. One of an impossible length is wrong without a try: it tells a guesser nothing.
    pub(super) fn attempt(&self, role: Role, pin: &[u8]) -> Result<Pin> {
        Pin::attempt(pin).or_else(|wrong| {
            let record = self.vault.info()?;
            let state = match role {
                Role::SecurityOfficer => record.so_pin,
                Role::User => record.user_pin,
            };
            if state.is_locked() {
                return Err(Error::PinLocked("too many wrong PINs were given".into()));
            }
            Err(wrong)
        })
    }

    /// `C_Login` with `CKU_CONTEXT_SPECIFIC`: the PIN of whoever is logged in, once more.
    ///
    /// # Errors
    /// `CKR_USER_NOT_LOGGED_IN`, `CKR_PIN_INCORRECT`, `CKR_PIN_LOCKED`
    pub fn check_pin(&self, pin: &[u8]) -> Result<()> {
        let role = match self.actor() {
            Actor::User => Role::User,
            Actor::SecurityOfficer => Role::SecurityOfficer,
            Actor::Public => {
                return Err(Error::UserNotLoggedIn("nobody is logged in".into()));
            }
        };
        self.vault.check_pin(role, &self.attempt(role, pin)?)
    }

    /// `C_Logout`
    ///
    /// # Errors
    /// `CKR_USER_NOT_LOGGED_IN`
    pub fn logout(&self) -> Result<()> {
        let _gate = lock(&self.gate);
        if self.actor() == Actor::Public {
            return Err(Error::UserNotLoggedIn("nobody is logged in".into()));
        }
        self.forget_login();
        Ok(())
    }

    /// Ends the login when the store says that another process has initialised the token anew.
    pub(super) fn notice<T>(&self, outcome: Result<T>) -> Result<T> {
        if matches!(outcome, Err(Error::DeviceRemoved(_))) && self.actor() != Actor::Public {
            let _gate = lock(&self.gate);
            self.forget_login();
            self.handles.clear();
        }
        outcome
    }

    /// Forgets keys, private session objects and handles to private objects; the gate is held.
    pub(super) fn forget_login(&self) {
        self.set_actor(Actor::Public);
        self.vault.logout();
        self.handles.retire_private();
    }
}

fn read_only_exists() -> Error {
    Error::SessionReadOnlyExists("a read-only session is open, and the SO may have none".into())
}
