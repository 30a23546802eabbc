// SPDX-License-Identifier: MIT OR Apache-2.0
//! Output feedback, and cipher feedback in segments of 1, 8, 64 and 128 bits. SP 800-38A, 6.3 and 6.4.

use zeroize::Zeroizing;

use super::{AesKey, BLOCK_LEN, Block};
use crate::error::{Error, Result};

/// What goes back into the register.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Segment {
    /// The cipher's own output, a block at a time (OFB).
    Output,
    /// One bit of ciphertext (CFB1).
    Bit,
    /// Bytes of ciphertext: 1 (CFB8), 8 (CFB64) or 16 (CFB128).
    Bytes(usize),
}

/// A feedback mode under way; it may be stopped at any byte.
#[derive(Clone)]
pub struct Feedback {
    key: AesKey,
    segment: Segment,
    encrypt: bool,
    register: Zeroizing<Block>,
    /// The encrypted register.
    stream: Zeroizing<Block>,
    /// How many bytes of the stream are used up; at the end of a segment the register moves on.
    used: usize,
    /// The ciphertext of the segment so far.
    fed: Block,
}

impl Feedback {
    /// Starts from an IV.
    #[must_use]
    pub fn new(key: AesKey, segment: Segment, encrypt: bool, iv: Block) -> Self {
        Self {
            key,
            segment,
            encrypt,
            register: Zeroizing::new(iv),
            stream: Zeroizing::new([0; BLOCK_LEN]),
            used: 0,
            fed: [0; BLOCK_LEN],
        }
    }

    /// Encrypts or decrypts a part into a buffer of the same length.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR`
    pub fn run(&mut self, input: &[u8], output: &mut [u8]) -> Result<()> {
        if input.len() != output.len() {
            return Err(Error::GeneralError(
                "a feedback mode was given buffers of two lengths".into(),
            ));
        }
        for (from, to) in input.iter().zip(output) {
            *to = match self.segment {
                Segment::Bit => self.bits(*from)?,
                Segment::Output => self.byte(*from, BLOCK_LEN)?,
                Segment::Bytes(len) => self.byte(*from, len)?,
            };
        }
        Ok(())
    }

    fn next_stream(&mut self) -> Result<()> {
        let Self {
            key,
            register,
            stream,
            ..
        } = self;
        key.encrypt_ecb(register.as_slice(), stream.as_mut_slice())
    }

    fn byte(&mut self, from: u8, segment_len: usize) -> Result<u8> {
        if self.used == 0 {
            self.next_stream()?;
        }
        let stream = self.stream.get(self.used).copied().unwrap_or_default();
        let to = from ^ stream;
        if let Some(fed) = self.fed.get_mut(self.used) {
            *fed = if self.encrypt { to } else { from };
        }
        self.used += 1;
        if self.used == segment_len {
            self.used = 0;
            self.shift(segment_len);
        }
        Ok(to)
    }

    /// Moves the register on by a segment of whole bytes.
    fn shift(&mut self, len: usize) {
        if self.segment == Segment::Output {
            self.register = self.stream.clone();
            return;
        }
        self.register.rotate_left(len);
        let end = self.register.iter_mut().skip(BLOCK_LEN - len);
        end.zip(self.fed).for_each(|(to, from)| *to = from);
    }

    /// Eight segments of one bit, the highest first.
    fn bits(&mut self, from: u8) -> Result<u8> {
        let mut to = 0;
        for place in (0..8).rev() {
            self.next_stream()?;
            let [first, ..] = *self.stream;
            let given = from >> place & 1;
            let made = given ^ first >> 7;
            to |= made << place;
            let fed = if self.encrypt { made } else { given };
            let register = u128::from_be_bytes(*self.register);
            *self.register = (register << 1 | u128::from(fed)).to_be_bytes();
        }
        Ok(to)
    }
}

impl core::fmt::Debug for Feedback {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Feedback({:?})", self.segment)
    }
}
