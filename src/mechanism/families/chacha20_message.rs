// SPDX-License-Identifier: MIT OR Apache-2.0
//! ChaCha20-Poly1305 by messages.
//!
//! Source: PKCS#11 v3.2, "Chacha20/Poly1305 and Salsa20/Poly1305 Authenticated Encryption /
//! Decryption"; RFC 8439.

use super::chacha20::value;
use crate::crypto::poly::ChaChaPoly;
use crate::error::{Error, Result};
use crate::mechanism::{Aead, AeadRole, MessageShape, MessageStart, Open, Seal};
use crate::object::UsableKey;
use crate::secret::SecretBytes;

/// The role of the row.
pub(super) const AEAD: AeadRole = AeadRole {
    shape: MessageShape::ChaChaPoly,
    start: |setup| Ok(Box::new(ChaChaKey(setup.key.clone()))),
};

struct ChaChaKey(UsableKey);

impl ChaChaKey {
    fn start(&self, start: &MessageStart<'_>) -> Result<Running> {
        ChaChaPoly::new(value(&self.0)?, start.nonce, start.aad).map(Running)
    }
}

struct Running(ChaChaPoly);

impl Aead for ChaChaKey {
    fn seal(&self, start: &MessageStart<'_>) -> Result<Box<dyn Seal>> {
        Ok(Box::new(self.start(start)?))
    }

    fn open(&self, start: &MessageStart<'_>) -> Result<Box<dyn Open>> {
        Ok(Box::new(self.start(start)?))
    }
}

impl Seal for Running {
    fn next_len(&self, input_len: usize, _last: bool) -> usize {
        input_len
    }

    fn next(&mut self, input: &[u8]) -> Result<SecretBytes> {
        SecretBytes::try_init(input.len(), |output| self.0.encrypt(input, output))
    }

    fn end(mut self: Box<Self>, input: &[u8]) -> Result<(SecretBytes, Vec<u8>)> {
        let text = Seal::next(&mut *self, input)?;
        Ok((text, self.0.tag().to_vec()))
    }
}

impl Open for Running {
    fn next_len(&self, input_len: usize, _last: bool) -> usize {
        input_len
    }

    fn next(&mut self, input: &[u8]) -> Result<SecretBytes> {
        SecretBytes::try_init(input.len(), |output| self.0.decrypt(input, output))
    }

    fn end(mut self: Box<Self>, input: &[u8], tag: &[u8]) -> Result<SecretBytes> {
        let text = Open::next(&mut *self, input)?;
        if self.0.verify(tag) {
            return Ok(text);
        }
        Err(Error::AeadDecryptFailed(
            "the tag does not belong to this message".into(),
        ))
    }
}
