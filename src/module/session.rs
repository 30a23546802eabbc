// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sessions and login.
//!
//! Source: PKCS#11 v3.2, "Session management functions".

use std::sync::Arc;

use super::open::Open;
use super::{Module, SessionInfo};
use crate::config::SecondLogout;
use crate::error::{Error, Result};
use crate::pkcs11::flag::{CKF_ASYNC_SESSION, CKF_RW_SESSION, CKF_SERIAL_SESSION};
use crate::pkcs11::state::CKS_LAST_VALIDATION_OK;
use crate::pkcs11::user::{CKU_CONTEXT_SPECIFIC, CKU_SO, CKU_USER};
use crate::pkcs11::{SessionHandle, SlotId, UserType};
use crate::session::{Access, Operations, Session, state};
use crate::store::Role;

impl Module {
    /// `C_OpenSession`
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`, `CKR_SESSION_PARALLEL_NOT_SUPPORTED`,
    /// `CKR_SESSION_READ_WRITE_SO_EXISTS`, `CKR_TOKEN_NOT_RECOGNIZED`,
    /// `CKR_SESSION_ASYNC_NOT_SUPPORTED`
    pub fn open_session(&self, slot: SlotId, flags: u64) -> Result<SessionHandle> {
        self.running()?;
        if flags & CKF_SERIAL_SESSION == 0 {
            return Err(Error::SessionParallelNotSupported(
                "CKF_SERIAL_SESSION must be set".into(),
            ));
        }
        let is_async = flags & CKF_ASYNC_SESSION != 0;
        if is_async && !self.config.async_sessions {
            return Err(Error::SessionAsyncNotSupported(
                "CKF_ASYNC_SESSION is set, and the configuration has no async_sessions".into(),
            ));
        }
        let access = if flags & CKF_RW_SESSION == 0 {
            Access::ReadOnly
        } else {
            Access::ReadWrite
        };
        let token = self.slots.token(slot)?;
        token.join(access)?;
        let handle = SessionHandle(self.sessions.reserve());
        let session = Session::new(handle, slot, access).asynchronous(is_async);
        self.sessions
            .insert(handle.0, Arc::new(Open { session, token }));
        // C_Finalize may have looked at the table just before.
        if let Err(error) = self.running() {
            self.end_session(handle.0);
            return Err(error);
        }
        Ok(handle)
    }

    /// `C_CloseSession`
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`
    pub fn close_session(&self, session: SessionHandle) -> Result<()> {
        self.running()?;
        if self.end_session(session.0) {
            return Ok(());
        }
        Err(Error::SessionHandleInvalid(
            format!("there is no session {}", session.0).into(),
        ))
    }

    /// `C_CloseAllSessions`
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`
    pub fn close_all_sessions(&self, slot: SlotId) -> Result<()> {
        self.running()?;
        self.slots.find(slot)?;
        for number in self.sessions.numbers(|open| open.session.slot == slot) {
            self.end_session(number);
        }
        Ok(())
    }

    /// Takes a session out; it may be gone already.
    pub(super) fn end_session(&self, number: u64) -> bool {
        let Some(open) = self.sessions.remove(number) else {
            return false;
        };
        self.detach_saved(&open);
        open.token.destroy_session_objects(&open.session.close());
        open.token.leave(open.session.access);
        true
    }

    /// `C_GetSessionInfo`
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`
    pub fn session_info(&self, session: SessionHandle) -> Result<SessionInfo> {
        let open = self.open(session)?;
        let access = open.session.access;
        let writes = match access {
            Access::ReadOnly => 0,
            Access::ReadWrite => CKF_RW_SESSION,
        };
        let pends = if open.session.is_async {
            CKF_ASYNC_SESSION
        } else {
            0
        };
        Ok(SessionInfo {
            slot: open.session.slot,
            state: state(access, open.token.actor()),
            flags: CKF_SERIAL_SESSION | writes | pends,
            device_error: 0,
        })
    }

    /// `C_GetSessionValidationFlags`
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`, `CKR_ARGUMENTS_BAD` for another type than
    /// `CKS_LAST_VALIDATION_OK`
    pub fn session_validation_flags(&self, session: SessionHandle, kind: u64) -> Result<u64> {
        self.open(session)?;
        if kind != CKS_LAST_VALIDATION_OK.0 {
            return Err(Error::ArgumentsBad(
                format!("there are no session validation flags of type {kind:#x}").into(),
            ));
        }
        // SPEC: the flags name validation objects, and the token has none: no operation "met all the
        // requirements of a validated mechanism".
        Ok(0)
    }

    /// `C_SessionCancel`: pending operations too, whether or not `C_AsyncGetID` gave their number.
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`, `CKR_OPERATION_CANCEL_FAILED`
    pub fn session_cancel(&self, session: SessionHandle, flags: u64) -> Result<()> {
        let open = self.open(session)?;
        open.session.operations(|all| {
            all.drop_jobs(flags);
            all.cancel(flags)
        })
    }

    /// Ends the operations a call with bad arguments was meant for; what is pending goes on.
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`, `CKR_OPERATION_CANCEL_FAILED`
    pub fn end_operations(&self, session: SessionHandle, flags: u64) -> Result<()> {
        let open = self.open(session)?;
        open.session.operations(|all| all.cancel(flags))
    }

    /// `C_Login`
    ///
    /// # Errors
    /// `CKR_PIN_INCORRECT`, `CKR_PIN_LOCKED`, `CKR_USER_ALREADY_LOGGED_IN`,
    /// `CKR_USER_ANOTHER_ALREADY_LOGGED_IN`, `CKR_USER_PIN_NOT_INITIALIZED`,
    /// `CKR_USER_TYPE_INVALID`, `CKR_SESSION_READ_ONLY_EXISTS`, `CKR_OPERATION_NOT_INITIALIZED`
    pub fn login(&self, session: SessionHandle, user: UserType, pin: Option<&[u8]>) -> Result<()> {
        let open = self.open(session)?;
        let role = match user {
            CKU_SO => Some(Role::SecurityOfficer),
            CKU_USER => Some(Role::User),
            CKU_CONTEXT_SPECIFIC => None,
            _ => {
                return Err(Error::UserTypeInvalid(
                    format!("there is no user type {user}").into(),
                ));
            }
        };
        let Some(pin) = pin else {
            return Err(Error::ArgumentsBad(
                "the PIN is NULL, and the token has no protected authentication path".into(),
            ));
        };
        match role {
            Some(role) => open.token.login(role, pin),
            None => {
                if !open.session.operations(|all| all.wants_consent()) {
                    return Err(Error::OperationNotInitialized(
                        "no operation waits for a context-specific login".into(),
                    ));
                }
                open.token.check_pin(pin)?;
                open.session.operations(Operations::give_consent)
            }
        }
    }

    /// `C_LoginUser`
    ///
    /// # Errors
    /// As `C_Login`; `CKR_USER_TYPE_INVALID` for a name, because the token's users have none.
    pub fn login_user(
        &self,
        session: SessionHandle,
        user: UserType,
        pin: Option<&[u8]>,
        name: &[u8],
    ) -> Result<()> {
        self.open(session)?;
        // SPEC: no code is named for an unknown user name; the token knows none, so the type is wrong.
        if !name.is_empty() {
            return Err(Error::UserTypeInvalid(
                "the token's users have no names".into(),
            ));
        }
        self.login(session, user, pin)
    }

    /// `C_Logout`
    ///
    /// # Errors
    /// `CKR_USER_NOT_LOGGED_IN`
    pub fn logout(&self, session: SessionHandle) -> Result<()> {
        let open = self.open(session)?;
        match open.token.logout() {
            Err(Error::UserNotLoggedIn(_))
                if self.config.second_logout == SecondLogout::Ignored =>
            {
                return Ok(());
            }
            outcome => outcome?,
        }
        // SPEC: "it may or may not be the case that those operations are still active"; they end,
        // because they hold keys.
        let slot = open.session.slot;
        for number in self.sessions.numbers(|open| open.session.slot == slot) {
            if let Some(open) = self.sessions.find(number) {
                self.detach_saved(&open);
                open.session.operations(Operations::clear);
            }
        }
        Ok(())
    }
}
