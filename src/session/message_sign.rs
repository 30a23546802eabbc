// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message-based signing and verification over every mechanism that signs.
//!
//! Source: PKCS#11 v3.2, "Message-based signing and MACing functions", "Message-based functions for
//! verifying signatures and MACs".

use super::slot::fits;
use super::{Reply, Room, Slot};
use crate::error::Result;
use crate::mechanism::{Accumulate, Check, Repeat};

/// A message-based signing process.
pub struct Signing {
    repeat: Repeat<Box<dyn Accumulate>>,
    /// Untouched: signs whole messages, and starts the next one of several parts.
    fresh: Box<dyn Accumulate>,
    current: Option<Box<dyn Accumulate>>,
}

impl Signing {
    /// `C_MessageSignInit`; starting once tells what is wrong with the parameter.
    ///
    /// # Errors
    /// Those of the mechanism's Init.
    pub fn new(repeat: Repeat<Box<dyn Accumulate>>) -> Result<Self> {
        Ok(Self {
            fresh: repeat.start()?,
            current: None,
            repeat,
        })
    }
}

impl Slot<Signing> {
    /// `C_SignMessage`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`, `CKR_BUFFER_TOO_SMALL`; the process
    /// stays.
    pub fn message(&mut self, input: &[u8], room: Room) -> Result<Reply> {
        let active = self.between()?;
        if let Err(answer) = fits(active.op.fresh.output_len(), room) {
            return answer;
        }
        active.permit()?;
        let signature = active.op.fresh.single(input);
        self.withdraw_consent();
        signature.map(Reply::Bytes)
    }

    /// `C_SignMessageBegin`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`, `CKR_USER_NOT_LOGGED_IN`
    pub fn message_begin(&mut self) -> Result<()> {
        let active = self.between()?;
        active.permit()?;
        active.op.current = Some(active.op.repeat.start()?);
        self.enter();
        Ok(())
    }

    /// `C_SignMessageNext`: with a room, the last part.
    ///
    /// # Errors
    /// `CKR_BUFFER_TOO_SMALL` keeps the message, every other error ends it; the process stays.
    pub fn message_next(&mut self, input: &[u8], last: Option<Room>) -> Result<Option<Reply>> {
        let active = self.inside()?;
        if let Some(room) = last
            && let Err(answer) = fits(active.op.fresh.output_len(), room)
        {
            return answer.map(Some);
        }
        let Some(mut op) = active.op.current.take() else {
            self.leave();
            return Err(super::slot::absent());
        };
        let fed = op.update(input);
        if last.is_none() && fed.is_ok() {
            active.op.current = Some(op);
            return Ok(None);
        }
        self.leave();
        fed?;
        op.finish().map(Reply::Bytes).map(Some)
    }
}

/// A message-based verification process.
pub struct Verifying {
    repeat: Repeat<Box<dyn Check>>,
    current: Option<Box<dyn Check>>,
}

impl Verifying {
    /// `C_MessageVerifyInit`; starting once tells what is wrong with the parameter.
    ///
    /// # Errors
    /// Those of the mechanism's Init.
    pub fn new(repeat: Repeat<Box<dyn Check>>) -> Result<Self> {
        repeat.start()?;
        Ok(Self {
            repeat,
            current: None,
        })
    }
}

impl Slot<Verifying> {
    /// `C_VerifyMessage`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`, `CKR_SIGNATURE_INVALID`,
    /// `CKR_SIGNATURE_LEN_RANGE`; the process stays.
    pub fn message(&mut self, input: &[u8], signature: &[u8]) -> Result<()> {
        let active = self.between()?;
        active.op.repeat.start()?.single(input, signature)
    }

    /// `C_VerifyMessageBegin`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`
    pub fn message_begin(&mut self) -> Result<()> {
        let active = self.between()?;
        active.op.current = Some(active.op.repeat.start()?);
        self.enter();
        Ok(())
    }

    /// `C_VerifyMessageNext`: with a signature, the last part.
    ///
    /// # Errors
    /// `CKR_SIGNATURE_INVALID`, `CKR_SIGNATURE_LEN_RANGE`; an error ends the message, the process
    /// stays.
    pub fn message_next(&mut self, input: &[u8], signature: Option<&[u8]>) -> Result<()> {
        let active = self.inside()?;
        let Some(mut op) = active.op.current.take() else {
            self.leave();
            return Err(super::slot::absent());
        };
        let fed = op.update(input);
        match signature {
            None if fed.is_ok() => {
                active.op.current = Some(op);
                Ok(())
            }
            None => {
                self.leave();
                fed
            }
            Some(signature) => {
                self.leave();
                fed?;
                op.finish(signature)
            }
        }
    }
}

/// A verification that has its signature.
pub struct Signed {
    /// What checks it.
    pub check: Box<dyn Check>,
    /// The signature.
    pub signature: Vec<u8>,
}

impl Slot<Signed> {
    /// `C_VerifySignature`
    ///
    /// # Errors
    /// Every error ends the operation.
    pub fn single(&mut self, input: &[u8]) -> Result<()> {
        let Signed { check, signature } = self.take_ready()?.op;
        check.single(input, &signature)
    }

    /// `C_VerifySignatureUpdate`
    ///
    /// # Errors
    /// Every error ends the operation.
    pub fn update(&mut self, input: &[u8]) -> Result<()> {
        let mut active = self.take_open()?;
        active.op.check.update(input)?;
        *self = Self::Running(active);
        Ok(())
    }

    /// `C_VerifySignatureFinal`
    ///
    /// # Errors
    /// Every error ends the operation.
    pub fn finish(&mut self) -> Result<()> {
        let Signed { check, signature } = self.take_open()?.op;
        check.finish(&signature)
    }
}

macro_rules! opaque {
    ($($name:ident),+) => {
        $(
            impl core::fmt::Debug for $name {
                fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                    f.write_str(stringify!($name))
                }
            }
        )+
    };
}

opaque!(Signing, Verifying, Signed);
