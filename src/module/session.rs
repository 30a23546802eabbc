// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sessions and login.
//!
//! Source: PKCS#11 v3.2, "Session management functions".

use super::{Module, SessionInfo, later};
use crate::error::Result;
use crate::pkcs11::{SessionHandle, SlotId, UserType};
use crate::secret::SecretBytes;

impl Module {
    /// `C_OpenSession`
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`, `CKR_SESSION_PARALLEL_NOT_SUPPORTED`, `CKR_SESSION_READ_WRITE_SO_EXISTS`, `CKR_TOKEN_NOT_RECOGNIZED`, `CKR_SESSION_COUNT`
    pub fn open_session(&self, slot: SlotId, flags: u64) -> Result<SessionHandle> {
        let _ = (slot, flags);
        later("C_OpenSession")
    }

    /// `C_CloseSession`
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`
    pub fn close_session(&self, session: SessionHandle) -> Result<()> {
        let _ = (session,);
        later("C_CloseSession")
    }

    /// `C_CloseAllSessions`
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`
    pub fn close_all_sessions(&self, slot: SlotId) -> Result<()> {
        let _ = (slot,);
        later("C_CloseAllSessions")
    }

    /// `C_GetSessionInfo`
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`
    pub fn session_info(&self, session: SessionHandle) -> Result<SessionInfo> {
        let _ = (session,);
        later("C_GetSessionInfo")
    }

    /// `C_SessionCancel`
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`, `CKR_OPERATION_CANCEL_FAILED`
    pub fn session_cancel(&self, session: SessionHandle, flags: u64) -> Result<()> {
        let _ = (session, flags);
        later("C_SessionCancel")
    }

    /// `C_GetOperationState`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_STATE_UNSAVEABLE`
    pub fn operation_state(&self, session: SessionHandle) -> Result<SecretBytes> {
        let _ = (session,);
        later("C_GetOperationState")
    }

    /// `C_SetOperationState`
    ///
    /// # Errors
    /// `CKR_SAVED_STATE_INVALID`
    pub fn set_operation_state(&self, session: SessionHandle, state: &[u8]) -> Result<()> {
        let _ = (session, state);
        later("C_SetOperationState")
    }

    /// `C_Login`
    ///
    /// # Errors
    /// `CKR_PIN_INCORRECT`, `CKR_PIN_LOCKED`, `CKR_USER_ALREADY_LOGGED_IN`, `CKR_USER_ANOTHER_ALREADY_LOGGED_IN`, `CKR_USER_PIN_NOT_INITIALIZED`, `CKR_USER_TYPE_INVALID`, `CKR_SESSION_READ_ONLY_EXISTS`, `CKR_OPERATION_NOT_INITIALIZED`
    pub fn login(&self, session: SessionHandle, user: UserType, pin: Option<&[u8]>) -> Result<()> {
        let _ = (session, user, pin);
        later("C_Login")
    }

    /// `C_LoginUser`
    ///
    /// # Errors
    /// As `C_Login`.
    pub fn login_user(
        &self,
        session: SessionHandle,
        user: UserType,
        pin: Option<&[u8]>,
        name: &[u8],
    ) -> Result<()> {
        let _ = (session, user, pin, name);
        later("C_LoginUser")
    }

    /// `C_Logout`
    ///
    /// # Errors
    /// `CKR_USER_NOT_LOGGED_IN`
    pub fn logout(&self, session: SessionHandle) -> Result<()> {
        let _ = (session,);
        later("C_Logout")
    }
}
