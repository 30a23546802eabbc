// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ciphers that turn each byte into one byte, whatever the length of the parts.
//!
//! Source: PKCS#11 v3.2, "AES-OFB", "AES-CFB", "ChaCha20": input of any length, no final part.

use super::block_mode::{as_key_size, as_wrapped};
use crate::error::Result;
use crate::mechanism::Transform;
use crate::secret::SecretBytes;

/// A state that moves on with every byte.
pub trait Stream: Clone + Send {
    /// Encrypts or decrypts a part into a buffer of the same length.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Result<()>;
}

/// A stream as an operation.
#[derive(Debug)]
pub struct Streaming<S>(pub S);

fn run(stream: &mut impl Stream, input: &[u8]) -> Result<SecretBytes> {
    SecretBytes::try_init(input.len(), |output| stream.run(input, output))
}

impl<S: Stream> Streaming<S> {
    /// Encrypts key material.
    pub(super) fn wrap(&self, material: &SecretBytes) -> Result<SecretBytes> {
        self.single(material.expose()).map_err(as_key_size)
    }

    /// Decrypts a wrapped key.
    pub(super) fn unwrap(&self, wrapped: &[u8]) -> Result<SecretBytes> {
        self.single(wrapped).map_err(as_wrapped)
    }
}

impl<S: Stream> Transform for Streaming<S> {
    fn single_len(&self, input_len: usize) -> usize {
        input_len
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        run(&mut self.0.clone(), input)
    }

    fn update_len(&self, input_len: usize) -> usize {
        input_len
    }

    fn update(&mut self, input: &[u8]) -> Result<SecretBytes> {
        run(&mut self.0, input)
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        Ok(SecretBytes::new(Vec::new()))
    }
}
