// SPDX-License-Identifier: MIT OR Apache-2.0
//! Saving and restoring a digest in progress.
//!
//! Keys and their intermediate values stay inside: every other operation's state is unsaveable.
//! Source: PKCS#11 v3.2, "C_GetOperationState" and "C_SetOperationState".

use super::Module;
use crate::error::{Error, Result};
use crate::mechanism::families::digest::Digest;
use crate::mechanism::find;
use crate::pkcs11::flag::CKF_DIGEST;
use crate::pkcs11::{MechanismType, SessionHandle};
use crate::secret::SecretBytes;
use crate::session::{Active, Consent, Slot};

/// The first bytes of every saved state: what it is, and the version of its form.
const MARK: [u8; 8] = *b"KSTATE\x00\x01";

/// Whether a part was fed already.
const READY: u8 = 0;
const RUNNING: u8 = 1;

fn invalid() -> Error {
    Error::SavedStateInvalid("the bytes are no state that this token saved".into())
}

impl Module {
    /// `C_GetOperationState`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_STATE_UNSAVEABLE`
    pub fn operation_state(&self, session: SessionHandle) -> Result<SecretBytes> {
        let open = self.open(session)?;
        open.session.operations(|all| {
            if all.has_unsaveable() {
                return Err(Error::StateUnsaveable(
                    "the state of an operation with a key stays inside".into(),
                ));
            }
            let state = all
                .digest
                .save()?
                .ok_or_else(|| Error::OperationNotInitialized("no operation is active".into()))?;
            let mechanism = all.digest_mechanism.ok_or_else(|| {
                Error::StateUnsaveable("the operation is only being started".into())
            })?;
            let phase = match all.digest {
                Slot::Running(_) => RUNNING,
                Slot::Idle | Slot::Ready(_) | Slot::Parked(_) | Slot::Busy => READY,
            };
            let mut bytes = MARK.to_vec();
            bytes.push(phase);
            bytes.extend(mechanism.0.to_be_bytes());
            bytes.extend(state.expose());
            Ok(SecretBytes::new(bytes))
        })
    }

    /// `C_SetOperationState`: replaces the session's digest.
    ///
    /// # Errors
    /// `CKR_SAVED_STATE_INVALID`, `CKR_OPERATION_CANCEL_FAILED` while another thread digests
    pub fn set_operation_state(&self, session: SessionHandle, state: &[u8]) -> Result<()> {
        let open = self.open(session)?;
        let rest = state.strip_prefix(&MARK).ok_or_else(invalid)?;
        let (phase, rest) = rest.split_first().ok_or_else(invalid)?;
        let (mechanism, rest) = rest.split_first_chunk().ok_or_else(invalid)?;
        let mechanism = MechanismType(u64::from_be_bytes(*mechanism));
        let row = find(mechanism).map_err(|_| invalid())?;
        self.role(row, CKF_DIGEST, row.roles.digest)
            .map_err(|error| Error::SavedStateInvalid(error.to_string().into()))?;
        let active = Active {
            op: Box::new(Digest::restore(mechanism, rest)?)
                as Box<dyn crate::mechanism::Accumulate>,
            consent: Consent::NotNeeded,
        };
        let slot = match *phase {
            READY => Slot::Ready(active),
            RUNNING => Slot::Running(active),
            _ => return Err(invalid()),
        };
        open.session.operations(|all| {
            // "the ongoing operations are abruptly cancelled"
            all.drop_jobs(CKF_DIGEST);
            all.digest.cancel()?;
            all.digest = slot;
            all.digest_mechanism = Some(mechanism);
            Ok(())
        })
    }
}
