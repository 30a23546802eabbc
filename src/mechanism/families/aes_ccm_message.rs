// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-CCM by messages, and keys wrapped with their MAC beside them.
//!
//! Source: PKCS#11 v3.2, "AES-CCM Authenticated Encryption / Decryption", "AES-CCM Authenticated
//! Wrap / Unwrap"; SP 800-38C.

use super::aes_key_gen::aes_key;
use crate::crypto::aes::AesKey;
use crate::crypto::ccm::{Ccm, Lengths};
use crate::error::{Error, Result};
use crate::mechanism::{Aead, AeadRole, MessageShape, MessageStart, Open, Seal};
use crate::secret::SecretBytes;

/// The role of the row.
pub(super) const AEAD: AeadRole = AeadRole {
    shape: MessageShape::Ccm,
    start: |setup| Ok(Box::new(CcmKey(aes_key(&setup.key)?))),
};

struct CcmKey(AesKey);

impl CcmKey {
    fn start(&self, start: &MessageStart<'_>) -> Result<(Ccm, usize)> {
        let text = start.text_len.ok_or_else(|| {
            Error::MechanismParamInvalid("CCM must know the length of the text first".into())
        })?;
        if !start.tag_bits.is_multiple_of(8) {
            return Err(Error::MechanismParamInvalid(
                "a MAC of CCM has whole bytes".into(),
            ));
        }
        let tag = usize::try_from(start.tag_bits / 8).unwrap_or(usize::MAX);
        let lengths = Lengths { text, tag };
        Ccm::new(&self.0, start.nonce, start.aad, lengths).map(|running| (running, tag))
    }
}

struct CcmSeal {
    running: Ccm,
    tag_len: usize,
}

struct CcmOpen {
    running: Ccm,
    tag_len: usize,
}

impl Aead for CcmKey {
    fn seal(&self, start: &MessageStart<'_>) -> Result<Box<dyn Seal>> {
        let (running, tag_len) = self.start(start)?;
        Ok(Box::new(CcmSeal { running, tag_len }))
    }

    fn open(&self, start: &MessageStart<'_>) -> Result<Box<dyn Open>> {
        let (running, tag_len) = self.start(start)?;
        Ok(Box::new(CcmOpen { running, tag_len }))
    }
}

impl Seal for CcmSeal {
    fn next_len(&self, input_len: usize, _last: bool) -> usize {
        input_len
    }

    fn next(&mut self, input: &[u8]) -> Result<SecretBytes> {
        SecretBytes::try_init(input.len(), |output| self.running.encrypt(input, output))
    }

    fn end(mut self: Box<Self>, input: &[u8]) -> Result<(SecretBytes, Vec<u8>)> {
        let text = self.next(input)?;
        let mut tag = vec![0; self.tag_len];
        self.running.tag(&mut tag)?;
        Ok((text, tag))
    }
}

/// Says of ciphertext what the mode says of text.
fn as_encrypted(error: Error) -> Error {
    match error {
        Error::DataLenRange(why) => Error::EncryptedDataLenRange(why),
        other => other,
    }
}

impl Open for CcmOpen {
    fn next_len(&self, input_len: usize, _last: bool) -> usize {
        input_len
    }

    fn next(&mut self, input: &[u8]) -> Result<SecretBytes> {
        let text = SecretBytes::try_init(input.len(), |output| self.running.decrypt(input, output));
        text.map_err(as_encrypted)
    }

    fn end(mut self: Box<Self>, input: &[u8], tag: &[u8]) -> Result<SecretBytes> {
        let text = self.next(input)?;
        // A tag of another length than the message began with is another message's.
        let is_right = self.running.verify(tag).map_err(as_encrypted)?;
        if is_right && tag.len() == self.tag_len {
            return Ok(text);
        }
        Err(Error::AeadDecryptFailed(
            "the MAC does not belong to this message".into(),
        ))
    }
}
