// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-GCM by messages, and keys wrapped with their tag beside them.
//!
//! Source: PKCS#11 v3.2, "AES-GCM Authenticated Encryption / Decryption", "AES-GCM Authenticated
//! Wrap / Unwrap"; SP 800-38D.

use super::aes_gcm::tag_len;
use super::aes_key_gen::aes_key;
use crate::crypto::aes::AesKey;
use crate::crypto::gcm::{Opening, Sealing};
use crate::error::{Error, Result};
use crate::mechanism::{Aead, AeadRole, MessageShape, MessageStart, Open, Seal};
use crate::secret::SecretBytes;

/// The role of the row.
pub(super) const AEAD: AeadRole = AeadRole {
    shape: MessageShape::Gcm,
    start: |setup| Ok(Box::new(GcmKey(aes_key(&setup.key)?))),
};

struct GcmKey(AesKey);

struct GcmSeal {
    sealing: Sealing,
    tag_len: usize,
}

struct GcmOpen {
    opening: Opening,
    tag_len: usize,
}

impl Aead for GcmKey {
    fn seal(&self, start: &MessageStart<'_>) -> Result<Box<dyn Seal>> {
        Ok(Box::new(GcmSeal {
            tag_len: tag_len(start.tag_bits)?,
            sealing: Sealing::new(&self.0, start.nonce, start.aad)?,
        }))
    }

    fn open(&self, start: &MessageStart<'_>) -> Result<Box<dyn Open>> {
        Ok(Box::new(GcmOpen {
            tag_len: tag_len(start.tag_bits)?,
            opening: Opening::new(&self.0, start.nonce, start.aad)?,
        }))
    }
}

impl Seal for GcmSeal {
    fn next_len(&self, input_len: usize, _last: bool) -> usize {
        input_len
    }

    fn next(&mut self, input: &[u8]) -> Result<SecretBytes> {
        SecretBytes::try_init(input.len(), |output| self.sealing.update(input, output))
    }

    fn end(mut self: Box<Self>, input: &[u8]) -> Result<(SecretBytes, Vec<u8>)> {
        let text = self.next(input)?;
        let tag = self.sealing.tag()?;
        Ok((text, tag.iter().take(self.tag_len).copied().collect()))
    }
}

impl Open for GcmOpen {
    fn next_len(&self, input_len: usize, _last: bool) -> usize {
        input_len
    }

    fn next(&mut self, input: &[u8]) -> Result<SecretBytes> {
        SecretBytes::try_init(input.len(), |output| self.opening.update(input, output))
    }

    fn end(mut self: Box<Self>, input: &[u8], tag: &[u8]) -> Result<SecretBytes> {
        let text = self.next(input)?;
        // A tag of another length than the message began with could be a weaker one.
        if tag.len() == self.tag_len && self.opening.verify(tag)? {
            return Ok(text);
        }
        Err(Error::AeadDecryptFailed(
            "the tag does not belong to this message".into(),
        ))
    }
}
