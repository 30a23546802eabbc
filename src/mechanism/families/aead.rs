// SPDX-License-Identifier: MIT OR Apache-2.0
//! Authenticated decryption in parts: "no data should be returned until C_Decrypt or C_DecryptFinal".
//!
//! Source: PKCS#11 v3.2, "AES-CCM Authenticated Encryption / Decryption", "Chacha20/Poly1305 and
//! Salsa20/Poly1305 Authenticated Encryption / Decryption".

use super::aes_gcm::HELD_LEN_MAX;
use crate::error::{Error, Result};
use crate::mechanism::Transform;
use crate::secret::SecretBytes;

type Open = Box<dyn Fn(&[u8]) -> Result<SecretBytes> + Send>;

/// A decryption that holds everything until the tag is known to be right.
pub(super) struct Held {
    open: Open,
    /// How much longer the encrypted data is than the text.
    overhead: usize,
    held: Vec<u8>,
}

impl Held {
    pub(super) fn new(
        overhead: usize,
        open: impl Fn(&[u8]) -> Result<SecretBytes> + Send + 'static,
    ) -> Self {
        Self {
            open: Box::new(open),
            overhead,
            held: Vec::new(),
        }
    }
}

impl Transform for Held {
    fn single_len(&self, input_len: usize) -> usize {
        input_len.saturating_sub(self.overhead)
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        (self.open)(input)
    }

    fn update_len(&self, _input_len: usize) -> usize {
        0
    }

    fn update(&mut self, input: &[u8]) -> Result<SecretBytes> {
        if self.held.len().saturating_add(input.len()) > HELD_LEN_MAX {
            return Err(Error::EncryptedDataLenRange(
                format!("a decryption in parts holds at most {HELD_LEN_MAX} bytes").into(),
            ));
        }
        self.held.extend_from_slice(input);
        Ok(SecretBytes::new(Vec::new()))
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        (self.open)(&self.held)
    }
}
