// SPDX-License-Identifier: MIT OR Apache-2.0
//! A token of the library: initialisation, sessions, login, and what it says of its mechanisms.
//!
//! Source: PKCS#11 v3.2, "Slot and token management functions", "Session management functions".

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use cryptoki_sys::{CK_MECHANISM_INFO, CK_SLOT_ID, CK_ULONG};
use keystead::config::Config;
use keystead::error::Result;
use keystead::pkcs11::{MechanismType, SessionHandle, SlotId, UserType};

use super::errors::check;
use super::library::{SLOTS, call};

/// One token in a slot of its own.
#[derive(Default)]
pub(crate) struct Module {
    slot: OnceLock<CK_SLOT_ID>,
    /// The mechanism of what is active in a session, by the function that started it.
    pub(super) active: Mutex<BTreeMap<(u64, u64), MechanismType>>,
}

fn pin(bytes: &[u8]) -> (*mut u8, CK_ULONG) {
    (bytes.as_ptr().cast_mut(), bytes.len() as CK_ULONG)
}

/// The last slot is the blank one.
fn blank_slot() -> CK_SLOT_ID {
    let mut count = 0;
    let rv = call!(C_GetSlotList(0, std::ptr::null_mut(), &mut count));
    check(rv).unwrap();
    let mut slots = vec![0; count as usize];
    let rv = call!(C_GetSlotList(0, slots.as_mut_ptr(), &mut count));
    check(rv).unwrap();
    slots.last().copied().unwrap()
}

impl Module {
    /// The library is configured when it is loaded.
    #[expect(clippy::unnecessary_wraps, reason = "the form of the safe API")]
    pub(crate) fn with_config(_: Config) -> Result<Self> {
        Ok(Self::default())
    }

    pub(super) fn slot(&self) -> CK_SLOT_ID {
        *self.slot.get().expect("C_InitToken comes first")
    }

    /// `C_InitToken` in the blank slot, whichever slot is named.
    pub(crate) fn init_token(&self, _: SlotId, so_pin: &[u8], label: &[u8; 32]) -> Result<()> {
        let _held = SLOTS.lock().unwrap();
        let slot = blank_slot();
        let ((so_pin, len), label) = (pin(so_pin), label.as_ptr().cast_mut());
        check(call!(C_InitToken(slot, so_pin, len, label)))?;
        self.slot.set(slot).unwrap();
        Ok(())
    }

    pub(crate) fn open_session(&self, _: SlotId, flags: u64) -> Result<SessionHandle> {
        let mut session = 0;
        let nothing = std::ptr::null_mut();
        let rv = call!(C_OpenSession(
            self.slot(),
            flags,
            nothing,
            None,
            &mut session
        ));
        check(rv).map(|()| SessionHandle(session))
    }

    pub(crate) fn close_session(&self, session: SessionHandle) -> Result<()> {
        check(call!(C_CloseSession(session.0)))
    }

    pub(crate) fn login(
        &self,
        session: SessionHandle,
        user: UserType,
        by: Option<&[u8]>,
    ) -> Result<()> {
        let (by, len) = pin(by.unwrap_or_default());
        check(call!(C_Login(session.0, user.0, by, len)))
    }

    pub(crate) fn init_pin(&self, session: SessionHandle, by: &[u8]) -> Result<()> {
        let (by, len) = pin(by);
        check(call!(C_InitPIN(session.0, by, len)))
    }

    pub(crate) fn logout(&self, session: SessionHandle) -> Result<()> {
        check(call!(C_Logout(session.0)))
    }

    /// `C_GetMechanismList` and `C_GetMechanismInfo`: each mechanism and its flags.
    pub(crate) fn mechanisms(&self) -> Vec<(MechanismType, u64)> {
        let (slot, mut count) = (self.slot(), 0);
        let rv = call!(C_GetMechanismList(slot, std::ptr::null_mut(), &mut count));
        check(rv).unwrap();
        let mut list = vec![0; count as usize];
        let rv = call!(C_GetMechanismList(slot, list.as_mut_ptr(), &mut count));
        check(rv).unwrap();
        let flags = |id: u64| {
            let mut info = CK_MECHANISM_INFO::default();
            check(call!(C_GetMechanismInfo(slot, id, &mut info))).unwrap();
            info.flags
        };
        list.into_iter()
            .map(|id| (MechanismType(id), flags(id)))
            .collect()
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.get() {
            let _ = call!(C_CloseAllSessions(*slot));
        }
    }
}
