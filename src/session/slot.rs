// SPDX-License-Identifier: MIT OR Apache-2.0
//! One state machine for every operation, and the one implementation of the output-length convention.
//!
//! Source: PKCS#11 v3.2, "Conventions for functions returning output in a variable-length buffer".

use super::{Reply, Room};
use crate::error::{Error, Result};
use crate::mechanism::{Accumulate, Check, Transform};
use crate::secret::SecretBytes;

/// Whether the user must give the PIN for this very operation (CKA_ALWAYS_AUTHENTICATE).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Consent {
    /// The key does not ask for it.
    NotNeeded,
    /// `C_Login` with `CKU_CONTEXT_SPECIFIC` is still to come.
    Wanted,
    /// It was given.
    Given,
}

/// An operation between its start and its end.
pub struct Active<Op> {
    /// The operation.
    pub op: Op,
    /// Whether it may run.
    pub consent: Consent,
}

/// An operation of one kind in one session.
#[derive(Default)]
pub enum Slot<Op> {
    /// Nothing is active.
    #[default]
    Idle,
    /// After `C_XInit`.
    Ready(Active<Op>),
    /// After the first `C_XUpdate`.
    Running(Active<Op>),
    /// It has ended, but its output has not fitted yet.
    Parked(SecretBytes),
    /// A thread has taken it out and works on it.
    Busy,
}

impl<Op> core::fmt::Debug for Active<Op> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Active")
            .field("consent", &self.consent)
            .finish_non_exhaustive()
    }
}

impl<Op> core::fmt::Debug for Slot<Op> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Idle => "Idle",
            Self::Ready(_) => "Ready",
            Self::Running(_) => "Running",
            Self::Parked(_) => "Parked",
            Self::Busy => "Busy",
        })
    }
}

pub(super) fn occupied() -> Error {
    Error::OperationActive("an operation of this kind is active in this session".into())
}

pub(super) fn absent() -> Error {
    Error::OperationNotInitialized("no operation is in a state that allows this call".into())
}

/// Checks the room for an output whose exact length is known before anything runs.
pub(super) const fn fits(needed: usize, room: Room) -> core::result::Result<(), Result<Reply>> {
    match room {
        Room::Query => Err(Ok(Reply::Length(needed))),
        Room::Bytes(offered) if offered < needed => Err(Err(Error::BufferTooSmall { needed })),
        Room::Bytes(_) => Ok(()),
    }
}

impl<Op> Active<Op> {
    pub(super) fn permit(&self) -> Result<()> {
        match self.consent {
            Consent::NotNeeded | Consent::Given => Ok(()),
            Consent::Wanted => Err(Error::UserNotLoggedIn(
                "CKA_ALWAYS_AUTHENTICATE: C_Login with CKU_CONTEXT_SPECIFIC must come first".into(),
            )),
        }
    }
}

impl<Op> Slot<Op> {
    /// Whether something is active.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        !matches!(self, Self::Idle)
    }

    /// Whether it takes another part.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Ready(_) | Self::Running(_))
    }

    /// `C_XInit`
    ///
    /// # Errors
    /// `CKR_OPERATION_ACTIVE`
    pub fn begin(&mut self, op: Op, consent: Consent) -> Result<()> {
        if self.is_active() {
            return Err(occupied());
        }
        *self = Self::Ready(Active { op, consent });
        Ok(())
    }

    /// `C_SessionCancel`, or `C_XInit` without a mechanism.
    ///
    /// # Errors
    /// `CKR_OPERATION_CANCEL_FAILED` while a thread works on it.
    pub fn cancel(&mut self) -> Result<()> {
        if matches!(self, Self::Busy) {
            return Err(Error::OperationCancelFailed(
                "another thread is working on the operation".into(),
            ));
        }
        *self = Self::Idle;
        Ok(())
    }

    /// Whether the user's consent is still to come.
    #[must_use]
    pub const fn wants_consent(&self) -> bool {
        match self {
            Self::Ready(active) | Self::Running(active) => {
                matches!(active.consent, Consent::Wanted)
            }
            Self::Idle | Self::Parked(_) | Self::Busy => false,
        }
    }

    /// Notes the user's consent where it is wanted.
    pub const fn give_consent(&mut self) {
        if let Self::Ready(active) | Self::Running(active) = self
            && matches!(active.consent, Consent::Wanted)
        {
            active.consent = Consent::Given;
        }
    }

    /// Takes the operation out, leaving the mark that somebody works on it.
    ///
    /// # Errors
    /// `CKR_OPERATION_ACTIVE` when somebody else does.
    pub fn check_out(&mut self) -> Result<Self> {
        match self {
            Self::Busy => Err(occupied()),
            Self::Idle | Self::Ready(_) | Self::Running(_) | Self::Parked(_) => {
                Ok(core::mem::replace(self, Self::Busy))
            }
        }
    }

    /// The operation before its first part; anything else ends the operation.
    pub(super) fn take_ready(&mut self) -> Result<Active<Op>> {
        match core::mem::take(self) {
            Self::Ready(active) => Ok(active),
            Self::Busy => {
                *self = Self::Busy;
                Err(occupied())
            }
            // "C_Encrypt cannot be used to terminate a multi-part operation"; like any other error
            // but CKR_BUFFER_TOO_SMALL it ends what is active.
            Self::Idle | Self::Running(_) | Self::Parked(_) => Err(absent()),
        }
    }

    /// The operation before or between its parts; anything else ends the operation.
    pub(super) fn take_open(&mut self) -> Result<Active<Op>> {
        match core::mem::take(self) {
            Self::Ready(active) | Self::Running(active) => Ok(active),
            Self::Busy => {
                *self = Self::Busy;
                Err(occupied())
            }
            Self::Idle | Self::Parked(_) => Err(absent()),
        }
    }

    /// Hands output over, or keeps it until it fits.
    fn deliver(&mut self, output: SecretBytes, room: Room) -> Result<Reply> {
        match fits(output.len(), room) {
            Ok(()) => Ok(Reply::Bytes(output)),
            Err(answer) => {
                *self = Self::Parked(output);
                answer
            }
        }
    }
}

impl Slot<Box<dyn Transform>> {
    /// `C_Encrypt`, `C_Decrypt`, `C_SignRecover`, `C_VerifyRecover`
    ///
    /// # Errors
    /// `CKR_BUFFER_TOO_SMALL` keeps the operation, every other error ends it.
    pub fn single(&mut self, input: &[u8], room: Room) -> Result<Reply> {
        let active = self.take_ready()?;
        let Room::Bytes(offered) = room else {
            let bound = active.op.single_len(input.len());
            *self = Self::Ready(active);
            return Ok(Reply::Length(bound));
        };
        active.permit()?;
        let output = active.op.single(input)?;
        if output.len() > offered {
            *self = Self::Ready(active);
            return Err(Error::BufferTooSmall {
                needed: output.len(),
            });
        }
        Ok(Reply::Bytes(output))
    }

    /// What `C_EncryptUpdate` would give, without doing it: the dual functions ask first.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED` ends the operation.
    pub fn update_len(&mut self, input_len: usize) -> Result<usize> {
        match self {
            Self::Ready(active) | Self::Running(active) => Ok(active.op.update_len(input_len)),
            Self::Busy => Err(occupied()),
            Self::Idle | Self::Parked(_) => {
                *self = Self::Idle;
                Err(absent())
            }
        }
    }

    /// `C_EncryptUpdate`, `C_DecryptUpdate`
    ///
    /// # Errors
    /// `CKR_BUFFER_TOO_SMALL` keeps the operation, every other error ends it.
    pub fn update(&mut self, input: &[u8], room: Room) -> Result<Reply> {
        let needed = self.update_len(input.len())?;
        if let Err(answer) = fits(needed, room) {
            return answer;
        }
        let mut active = self.take_open()?;
        active.permit()?;
        let output = active.op.update(input)?;
        *self = Self::Running(active);
        Ok(Reply::Bytes(output))
    }

    /// `C_EncryptFinal`, `C_DecryptFinal`
    ///
    /// # Errors
    /// `CKR_BUFFER_TOO_SMALL` keeps the output, every other error ends the operation.
    pub fn finish(&mut self, room: Room) -> Result<Reply> {
        if let Self::Parked(output) = self {
            let output = core::mem::replace(output, SecretBytes::new(Vec::new()));
            *self = Self::Idle;
            return self.deliver(output, room);
        }
        let active = self.take_open()?;
        active.permit()?;
        let output = active.op.finish()?;
        self.deliver(output, room)
    }
}

impl Slot<Box<dyn Accumulate>> {
    /// The exact length of the output, if the call may go on.
    fn output_len(&self) -> Option<usize> {
        match self {
            Self::Ready(active) | Self::Running(active) => Some(active.op.output_len()),
            Self::Idle | Self::Parked(_) | Self::Busy => None,
        }
    }

    /// `C_Digest`, `C_Sign`
    ///
    /// # Errors
    /// `CKR_BUFFER_TOO_SMALL` keeps the operation, every other error ends it.
    pub fn single(&mut self, input: &[u8], room: Room) -> Result<Reply> {
        if matches!(self, Self::Ready(_))
            && let Some(needed) = self.output_len()
            && let Err(answer) = fits(needed, room)
        {
            return answer;
        }
        let active = self.take_ready()?;
        active.permit()?;
        active.op.single(input).map(Reply::Bytes)
    }

    /// `C_DigestUpdate`, `C_SignUpdate`, `C_DigestKey`
    ///
    /// # Errors
    /// Every error ends the operation.
    pub fn update(&mut self, input: &[u8]) -> Result<()> {
        let mut active = self.take_open()?;
        active.permit()?;
        active.op.update(input)?;
        *self = Self::Running(active);
        Ok(())
    }

    /// `C_DigestKey`
    ///
    /// # Errors
    /// As [`update`](Self::update).
    pub fn update_with_key(&mut self, value: &[u8]) -> Result<()> {
        let mut active = self.take_open()?;
        active.permit()?;
        active.op.update_with_key(value)?;
        *self = Self::Running(active);
        Ok(())
    }

    /// `C_DigestFinal`, `C_SignFinal`
    ///
    /// # Errors
    /// `CKR_BUFFER_TOO_SMALL` keeps the operation, every other error ends it.
    pub fn finish(&mut self, room: Room) -> Result<Reply> {
        if let Some(needed) = self.output_len()
            && let Err(answer) = fits(needed, room)
        {
            return answer;
        }
        let active = self.take_open()?;
        active.permit()?;
        active.op.finish().map(Reply::Bytes)
    }

    /// `C_GetOperationState`; `None` when there is nothing to save.
    ///
    /// # Errors
    /// `CKR_STATE_UNSAVEABLE`
    pub fn save(&self) -> Result<Option<SecretBytes>> {
        match self {
            Self::Idle => Ok(None),
            Self::Busy => Err(occupied()),
            Self::Ready(active) | Self::Running(active) => match active.op.save() {
                Some(state) => Ok(Some(state)),
                None => Err(Error::StateUnsaveable(
                    "the state stays inside: it is of a mechanism that keeps it, or a key was digested"
                        .into(),
                )),
            },
            Self::Parked(_) => Err(Error::StateUnsaveable("the operation has ended".into())),
        }
    }
}

impl Slot<Box<dyn Check>> {
    /// `C_Verify`
    ///
    /// # Errors
    /// Every error ends the operation.
    pub fn single(&mut self, input: &[u8], signature: &[u8]) -> Result<()> {
        let active = self.take_ready()?;
        active.permit()?;
        active.op.single(input, signature)
    }

    /// `C_VerifyUpdate`
    ///
    /// # Errors
    /// Every error ends the operation.
    pub fn update(&mut self, input: &[u8]) -> Result<()> {
        let mut active = self.take_open()?;
        active.permit()?;
        active.op.update(input)?;
        *self = Self::Running(active);
        Ok(())
    }

    /// `C_VerifyFinal`
    ///
    /// # Errors
    /// Every error ends the operation.
    pub fn finish(&mut self, signature: &[u8]) -> Result<()> {
        let active = self.take_open()?;
        active.permit()?;
        active.op.finish(signature)
    }
}
