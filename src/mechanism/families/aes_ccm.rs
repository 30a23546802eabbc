// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-CCM.
//!
//! Source: PKCS#11 v3.2, "AES-CCM Authenticated Encryption / Decryption", "AES-CCM Authenticated Wrap /
//! Unwrap"; SP 800-38C.

use super::aead::Held;
use super::aes_ccm_message::AEAD;
use super::aes_key_gen::{AES_SIZE, aes_key};
use super::block_mode::{as_key_size, as_wrapped};
use crate::crypto::aes::AesKey;
use crate::crypto::ccm::{Ccm, Lengths};
use crate::error::{Error, Result};
use crate::mechanism::{CcmParams, Mechanism, ParamShape, Params, Roles, Setup, Status, Transform};
use crate::pkcs11::key_type::CKK_AES;
use crate::pkcs11::mechanism::CKM_AES_CCM;
use crate::secret::SecretBytes;

/// What both directions need to know of the parameter.
struct Message {
    key: AesKey,
    nonce: Vec<u8>,
    aad: Vec<u8>,
    lengths: Lengths,
}

impl Message {
    fn new(setup: &Setup<'_>) -> Result<Self> {
        let Params::Ccm(CcmParams {
            data_len,
            nonce,
            aad,
            mac_len,
        }) = *setup.params
        else {
            return Err(Error::MechanismParamInvalid(
                "the parameter must be a CK_CCM_PARAMS".into(),
            ));
        };
        let message = Self {
            key: aes_key(&setup.key)?,
            nonce: nonce.to_vec(),
            aad: aad.to_vec(),
            lengths: Lengths {
                text: data_len,
                tag: usize::try_from(mac_len).unwrap_or(usize::MAX),
            },
        };
        message.start()?;
        Ok(message)
    }

    fn start(&self) -> Result<Ccm> {
        Ccm::new(&self.key, &self.nonce, &self.aad, self.lengths)
    }

    fn seal(&self, input: &[u8]) -> Result<SecretBytes> {
        SecretBytes::try_init(input.len() + self.lengths.tag, |output| {
            let (text, tag) = output.split_at_mut(input.len());
            let mut running = self.start()?;
            running.encrypt(input, text)?;
            running.tag(tag)
        })
    }

    fn open(&self, input: &[u8]) -> Result<SecretBytes> {
        let wrong = || {
            Error::EncryptedDataLenRange(
                "the encrypted data must have ulDataLen + ulMACLen bytes".into(),
            )
        };
        let text_len = input
            .len()
            .checked_sub(self.lengths.tag)
            .ok_or_else(wrong)?;
        if text_len as u64 != self.lengths.text {
            return Err(wrong());
        }
        let (sealed, tag) = input.split_at(text_len);
        let mut running = self.start()?;
        let text = SecretBytes::try_init(text_len, |text| running.decrypt(sealed, text))?;
        if running.verify(tag)? {
            return Ok(text);
        }
        Err(Error::EncryptedDataInvalid(
            "the MAC does not belong to this message".into(),
        ))
    }
}

/// An encryption under way.
struct Encryption {
    message: Message,
    running: Option<Ccm>,
}

impl Encryption {
    fn running(&mut self) -> Result<Ccm> {
        match self.running.take() {
            Some(running) => Ok(running),
            None => self.message.start(),
        }
    }
}

impl Transform for Encryption {
    fn single_len(&self, input_len: usize) -> usize {
        input_len.saturating_add(self.message.lengths.tag)
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        self.message.seal(input)
    }

    fn update_len(&self, input_len: usize) -> usize {
        input_len
    }

    fn update(&mut self, input: &[u8]) -> Result<SecretBytes> {
        let mut running = self.running()?;
        let output = SecretBytes::try_init(input.len(), |output| running.encrypt(input, output));
        // Also after a failure: a second start would use the nonce twice.
        self.running = Some(running);
        output
    }

    fn finish(mut self: Box<Self>) -> Result<SecretBytes> {
        let running = self.running()?;
        SecretBytes::try_init(self.message.lengths.tag, |tag| running.tag(tag))
    }
}

fn decryption(setup: &Setup<'_>) -> Result<Held> {
    let message = Message::new(setup)?;
    let overhead = message.lengths.tag;
    Ok(Held::new(overhead, move |input| message.open(input)))
}

/// "tokens SHALL ignore any value provided in this field"
fn of_len(setup: &Setup<'_>, text_len: usize) -> Result<Message> {
    let mut message = Message::new(setup)?;
    message.lengths.text = text_len as u64;
    Ok(message)
}

fn unwrap(setup: &Setup<'_>, wrapped: &[u8]) -> Result<SecretBytes> {
    let tag_len = Message::new(setup)?.lengths.tag;
    let message = of_len(setup, wrapped.len().saturating_sub(tag_len))?;
    message.open(wrapped).map_err(as_wrapped)
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[Mechanism {
    id: CKM_AES_CCM,
    spec: "AES-CCM Authenticated Encryption / Decryption",
    params: ParamShape::Ccm,
    keys: &[CKK_AES],
    key_size: AES_SIZE,
    extra_flags: 0,
    status: Status::Current,
    roles: Roles {
        encrypt: Some(|setup| {
            let message = Message::new(setup)?;
            let running = None;
            Ok(Box::new(Encryption { message, running }))
        }),
        decrypt: Some(|setup| Ok(Box::new(decryption(setup)?))),
        wrap: Some(|setup, material| {
            of_len(setup, material.len())?
                .seal(material.expose())
                .map_err(as_key_size)
        }),
        unwrap: Some(unwrap),
        aead: Some(AEAD),
        ..Roles::NONE
    },
}];
