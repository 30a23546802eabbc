// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message-based encryption and decryption.
//!
//! Source: PKCS#11 v3.2, "Message-based encryption functions", "Message-based decryption functions".

use super::slot::{absent, fits, occupied};
use super::{Reply, Room, Slot};
use crate::error::Result;
use crate::mechanism::{Aead, MessageParams, MessageShape, MessageStart, NonceSource, Open, Seal};
use crate::secret::SecretBytes;

/// What goes back beside the text of a message.
#[derive(Debug, Default)]
pub struct Beside {
    /// The nonce that was used.
    pub nonce: Option<Vec<u8>>,
    /// The tag.
    pub tag: Option<Vec<u8>>,
}

fn start<'a>(params: &MessageParams, nonce: &'a [u8], aad: &'a [u8]) -> MessageStart<'a> {
    MessageStart {
        nonce,
        aad,
        tag_bits: params.tag_bits,
        text_len: params.text_len,
    }
}

/// As [`start`], of a text that is all there: its length need not be told.
fn start_whole<'a>(
    params: &MessageParams,
    nonce: &'a [u8],
    aad: &'a [u8],
    text: &[u8],
) -> MessageStart<'a> {
    MessageStart {
        text_len: params.text_len.or(Some(text.len() as u64)),
        ..start(params, nonce, aad)
    }
}

/// Encrypts a whole message or a key: the text, and what goes beside it.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`, `CKR_DATA_LEN_RANGE`
pub fn seal_whole(
    aead: &dyn Aead,
    nonces: &NonceSource,
    params: &MessageParams,
    aad: &[u8],
    input: &[u8],
) -> Result<(SecretBytes, Beside)> {
    let nonce = nonces.nonce(params)?;
    let message = aead.seal(&start_whole(params, &nonce, aad, input))?;
    let (text, tag) = message.end(input)?;
    let beside = Beside {
        nonce: Some(nonce),
        tag: Some(tag),
    };
    Ok((text, beside))
}

/// Decrypts a whole message or a key; nothing comes out unless the tag is right.
///
/// # Errors
/// `CKR_AEAD_DECRYPT_FAILED`, `CKR_MECHANISM_PARAM_INVALID`, `CKR_ENCRYPTED_DATA_LEN_RANGE`
pub fn open_whole(
    aead: &dyn Aead,
    params: &MessageParams,
    aad: &[u8],
    input: &[u8],
) -> Result<SecretBytes> {
    let message = aead.open(&start_whole(params, &params.nonce, aad, input))?;
    message.end(input, &params.tag)
}

/// A message-based encryption process.
pub struct Encrypting {
    /// The parameter of each message.
    pub shape: MessageShape,
    /// The key.
    pub aead: Box<dyn Aead>,
    /// The nonces.
    pub nonces: NonceSource,
    /// The message of several parts.
    pub current: Option<Box<dyn Seal>>,
}

impl Slot<Encrypting> {
    /// What the parameter of a message must be.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`
    pub fn shape(&self) -> Result<MessageShape> {
        match self {
            Self::Ready(active) | Self::Running(active) => Ok(active.op.shape),
            Self::Busy => Err(occupied()),
            Self::Idle | Self::Parked(_) => Err(absent()),
        }
    }

    /// `C_EncryptMessage`; no nonce is used up by a length query.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`, `CKR_BUFFER_TOO_SMALL`, and the
    /// mechanism's own; the process stays.
    pub fn message(
        &mut self,
        params: &MessageParams,
        aad: &[u8],
        input: &[u8],
        room: Room,
    ) -> Result<(Reply, Beside)> {
        let op = &self.between()?.op;
        if let Err(answer) = fits(input.len(), room) {
            return answer.map(|reply| (reply, Beside::default()));
        }
        let (text, beside) = seal_whole(op.aead.as_ref(), &op.nonces, params, aad, input)?;
        Ok((Reply::Bytes(text), beside))
    }

    /// `C_EncryptMessageBegin`: gives the nonce.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`, `CKR_MECHANISM_PARAM_INVALID`
    pub fn message_begin(&mut self, params: &MessageParams, aad: &[u8]) -> Result<Beside> {
        let op = &mut self.between()?.op;
        let nonce = op.nonces.nonce(params)?;
        op.current = Some(op.aead.seal(&start(params, &nonce, aad))?);
        self.enter();
        Ok(Beside {
            nonce: Some(nonce),
            tag: None,
        })
    }

    /// `C_EncryptMessageNext`: the last part gives the tag.
    ///
    /// # Errors
    /// `CKR_BUFFER_TOO_SMALL` keeps the message, every other error ends it; the process stays.
    pub fn message_next(
        &mut self,
        input: &[u8],
        room: Room,
        last: bool,
    ) -> Result<(Reply, Beside)> {
        let op = &mut self.inside()?.op;
        let Some(mut message) = op.current.take() else {
            self.leave();
            return Err(absent());
        };
        if let Err(answer) = fits(message.next_len(input.len(), last), room) {
            op.current = Some(message);
            return answer.map(|reply| (reply, Beside::default()));
        }
        if last {
            self.leave();
            let (text, tag) = message.end(input)?;
            let beside = Beside {
                nonce: None,
                tag: Some(tag),
            };
            return Ok((Reply::Bytes(text), beside));
        }
        match message.next(input) {
            Ok(text) => {
                op.current = Some(message);
                Ok((Reply::Bytes(text), Beside::default()))
            }
            Err(error) => {
                self.leave();
                Err(error)
            }
        }
    }
}

/// A message-based decryption process.
pub struct Decrypting {
    /// The parameter of each message.
    pub shape: MessageShape,
    /// The key.
    pub aead: Box<dyn Aead>,
    /// The message of several parts.
    pub current: Option<Box<dyn Open>>,
}

impl Slot<Decrypting> {
    /// What the parameter of a message must be.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`
    pub fn shape(&self) -> Result<MessageShape> {
        match self {
            Self::Ready(active) | Self::Running(active) => Ok(active.op.shape),
            Self::Busy => Err(occupied()),
            Self::Idle | Self::Parked(_) => Err(absent()),
        }
    }

    /// `C_DecryptMessage`: nothing comes out unless the tag is right.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`, `CKR_BUFFER_TOO_SMALL`,
    /// `CKR_AEAD_DECRYPT_FAILED`; the process stays.
    pub fn message(
        &mut self,
        params: &MessageParams,
        aad: &[u8],
        input: &[u8],
        room: Room,
    ) -> Result<Reply> {
        let active = self.between()?;
        if let Err(answer) = fits(input.len(), room) {
            return answer;
        }
        active.permit()?;
        let text = open_whole(active.op.aead.as_ref(), params, aad, input);
        self.withdraw_consent();
        text.map(Reply::Bytes)
    }

    /// `C_DecryptMessageBegin`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_OPERATION_ACTIVE`, `CKR_MECHANISM_PARAM_INVALID`
    pub fn message_begin(&mut self, params: &MessageParams, aad: &[u8]) -> Result<()> {
        let active = self.between()?;
        active.permit()?;
        let op = &mut active.op;
        op.current = Some(op.aead.open(&start(params, &params.nonce, aad))?);
        self.enter();
        Ok(())
    }

    /// `C_DecryptMessageNext`: with a tag, the last part.
    ///
    /// SPEC: "the recovered message part" comes out with each part, before the tag is known; the
    /// last part only if the tag is right.
    ///
    /// # Errors
    /// `CKR_BUFFER_TOO_SMALL` keeps the message, every other error ends it; the process stays.
    pub fn message_next(&mut self, input: &[u8], room: Room, tag: Option<&[u8]>) -> Result<Reply> {
        let op = &mut self.inside()?.op;
        let Some(mut message) = op.current.take() else {
            self.leave();
            return Err(absent());
        };
        if let Err(answer) = fits(message.next_len(input.len(), tag.is_some()), room) {
            op.current = Some(message);
            return answer;
        }
        if let Some(tag) = tag {
            self.leave();
            return message.end(input, tag).map(Reply::Bytes);
        }
        match message.next(input) {
            Ok(text) => {
                op.current = Some(message);
                Ok(Reply::Bytes(text))
            }
            Err(error) => {
                self.leave();
                Err(error)
            }
        }
    }
}

impl core::fmt::Debug for Encrypting {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Encrypting")
    }
}

impl core::fmt::Debug for Decrypting {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Decrypting")
    }
}
