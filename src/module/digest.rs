// SPDX-License-Identifier: MIT OR Apache-2.0
//! Digests.
//!
//! Source: PKCS#11 v3.2, "Message digesting functions".

use super::open::Part;
use super::{Module, Reply, Room};
use crate::error::{Error, Result};
use crate::mechanism::{Accumulate, Mechanism, Params};
use crate::object::{Use, authorize};
use crate::pkcs11::attribute::CKA_VALUE;
use crate::pkcs11::class::CKO_SECRET_KEY;
use crate::pkcs11::flag::CKF_DIGEST;
use crate::pkcs11::{MechanismType, ObjectHandle, SessionHandle};
use crate::session::{Consent, Function, Operations, Slot};

pub(super) fn place(all: &mut Operations) -> &mut Slot<Box<dyn Accumulate>> {
    &mut all.digest
}

impl Module {
    /// `C_DigestInit`; `None` as request (`pMechanism` NULL) ends an active operation.
    ///
    /// # Errors
    /// `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`, `CKR_OPERATION_ACTIVE`,
    /// `CKR_OPERATION_CANCEL_FAILED`
    pub fn digest_init(
        &self,
        session: SessionHandle,
        request: Option<(&'static Mechanism, &Params<'_>)>,
    ) -> Result<()> {
        let open = self.open(session)?;
        let Some((mechanism, params)) = request else {
            return open.session.operations(|all| place(all).cancel());
        };
        open.session.begin(place, || {
            let start = self.role(mechanism, CKF_DIGEST, mechanism.roles.digest)?;
            Ok((start(params)?, Consent::NotNeeded))
        })?;
        open.session
            .operations(|all| all.digest_mechanism = Some(mechanism.id));
        Ok(())
    }

    /// `C_Digest`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_BUFFER_TOO_SMALL`
    pub fn digest(&self, session: SessionHandle, input: &[u8], room: Room) -> Result<Reply> {
        let open = self.open(session)?;
        let outcome = open.session.run(place, |slot| slot.single(input, room));
        open.reply(Function::Digest, outcome)
    }

    /// `C_DigestUpdate`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`
    pub fn digest_update(&self, session: SessionHandle, part: &[u8]) -> Result<()> {
        let open = self.open(session)?;
        open.session.run(place, |slot| slot.update(part))
    }

    /// `C_DigestKey`: the value of a secret key becomes part of the message.
    ///
    /// # Errors
    /// `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_INDIGESTIBLE`, `CKR_OPERATION_NOT_INITIALIZED`
    pub fn digest_key(&self, session: SessionHandle, key: ObjectHandle) -> Result<()> {
        let open = self.open(session)?;
        let mechanism = open.session.operations(|all| all.digest_mechanism);
        open.session.run(place, |slot| {
            if !matches!(slot, Slot::Ready(_) | Slot::Running(_)) {
                return slot.update(&[]);
            }
            let value = open.key(key, Part::Key).and_then(|object| {
                if object.class() != CKO_SECRET_KEY {
                    return Err(Error::KeyIndigestible(
                        "only secret keys can be digested".into(),
                    ));
                }
                let mechanism = mechanism.unwrap_or(MechanismType(u64::MAX));
                authorize(object, Use::Digest, mechanism)
            });
            let key = match value {
                Ok(key) => key,
                Err(error) => {
                    *slot = Slot::Idle;
                    return Err(error);
                }
            };
            let Some(value) = key.object().attributes().bytes(CKA_VALUE) else {
                *slot = Slot::Idle;
                return Err(Error::KeyIndigestible("the key has no value".into()));
            };
            slot.update_with_key(value)
        })
    }

    /// `C_DigestFinal`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_BUFFER_TOO_SMALL`
    pub fn digest_final(&self, session: SessionHandle, room: Room) -> Result<Reply> {
        let open = self.open(session)?;
        let outcome = open.session.run(place, |slot| slot.finish(room));
        open.reply(Function::DigestFinal, outcome)
    }
}
