// SPDX-License-Identifier: MIT OR Apache-2.0
//! Single-part RSA operations: parts are kept until the end, up to what one operation takes.
//!
// SPEC: "single-part operations only" does not forbid that the part comes in pieces, and programs send it so.
//! Source: PKCS#11 v3.2, "PKCS #1 v1.5 RSA", "X.509 (raw) RSA", "PKCS #1 RSA OAEP", "PKCS #1 RSA PSS".

use crate::error::{Error, Result};
use crate::mechanism::{Accumulate, Check, Transform};
use crate::secret::SecretBytes;

/// An RSA operation over all of its input.
pub(super) trait Whole: Send {
    /// Longest input in bytes.
    fn input_max(&self) -> usize;

    /// Longest output in bytes; for signatures the exact length.
    fn output_max(&self) -> usize;

    /// The operation.
    ///
    /// # Errors
    /// Those of the padding.
    fn run(&self, input: &[u8]) -> Result<SecretBytes>;

    /// The error for input that is too long.
    fn too_long(&self) -> Error {
        Error::DataLenRange("the parts are longer than one RSA operation takes".into())
    }
}

/// A verification over all of its input.
pub(super) trait WholeCheck: Send {
    /// Longest input in bytes.
    fn input_max(&self) -> usize;

    /// The verification.
    ///
    /// # Errors
    /// Those of the padding.
    fn run(&self, input: &[u8], signature: &[u8]) -> Result<()>;
}

/// The parts so far. Nothing is set aside before the first part comes.
#[derive(Debug, Default)]
struct Parts {
    bytes: Option<SecretBytes>,
    filled: usize,
}

impl Parts {
    /// Appends a part; `false` when it does not fit.
    fn push(&mut self, part: &[u8], len_max: usize) -> bool {
        let room = self
            .bytes
            .get_or_insert_with(|| SecretBytes::new(vec![0; len_max]));
        let free = room.expose_mut().get_mut(self.filled..);
        let Some(target) = free.and_then(|free| free.get_mut(..part.len())) else {
            return false;
        };
        target.copy_from_slice(part);
        self.filled += part.len();
        true
    }

    fn get(&self) -> &[u8] {
        let bytes = self.bytes.as_ref().map(SecretBytes::expose);
        bytes
            .and_then(|bytes| bytes.get(..self.filled))
            .unwrap_or_default()
    }
}

/// An operation and its parts.
pub(super) struct Buffered<W> {
    whole: W,
    parts: Parts,
}

impl<W> Buffered<W> {
    pub(super) fn new(whole: W) -> Self {
        Self {
            whole,
            parts: Parts::default(),
        }
    }
}

impl<W: Whole> Buffered<W> {
    fn push(&mut self, part: &[u8]) -> Result<()> {
        let len_max = self.whole.input_max();
        if self.parts.push(part, len_max) {
            Ok(())
        } else {
            Err(self.whole.too_long())
        }
    }
}

impl<W: Whole> Transform for Buffered<W> {
    fn single_len(&self, _input_len: usize) -> usize {
        self.whole.output_max()
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        self.whole.run(input)
    }

    fn update_len(&self, _input_len: usize) -> usize {
        0
    }

    fn update(&mut self, input: &[u8]) -> Result<SecretBytes> {
        self.push(input)?;
        Ok(SecretBytes::new(Vec::new()))
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        self.whole.run(self.parts.get())
    }
}

impl<W: Whole> Accumulate for Buffered<W> {
    fn output_len(&self) -> usize {
        self.whole.output_max()
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        self.whole.run(input)
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        self.push(input)
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        self.whole.run(self.parts.get())
    }
}

impl<W: WholeCheck> Check for Buffered<W> {
    fn single(self: Box<Self>, input: &[u8], signature: &[u8]) -> Result<()> {
        self.whole.run(input, signature)
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        let len_max = self.whole.input_max();
        if self.parts.push(input, len_max) {
            return Ok(());
        }
        Err(Error::DataLenRange(
            "the parts are longer than one RSA operation takes".into(),
        ))
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<()> {
        self.whole.run(self.parts.get(), signature)
    }
}
