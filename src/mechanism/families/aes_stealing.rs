// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES in CBC mode with ciphertext stealing.
//!
//! Source: PKCS#11 v3.2, "AES CBC with CipherText Stealing CTS"; SP 800-38A, addendum.

use zeroize::Zeroizing;

use super::aes_feedback::iv;
use super::aes_key_gen::{AES_SIZE, aes_key};
use super::block_mode::{Direction, as_key_size, as_wrapped};
use crate::crypto::aes::{BLOCK_LEN, CbcCs1, Stealing};
use crate::error::{Error, Result};
use crate::mechanism::{Mechanism, ParamShape, Roles, Setup, Status, Transform};
use crate::pkcs11::key_type::CKK_AES;
use crate::pkcs11::mechanism::CKM_AES_CTS;
use crate::secret::SecretBytes;

/// What may be the end, and so waits: a block and a part of one.
const HELD_LEN_MAX: usize = 2 * BLOCK_LEN - 1;

/// A mode with ciphertext stealing under way.
#[derive(Debug)]
pub struct StealingMode<S> {
    state: S,
    direction: Direction,
    held: Zeroizing<[u8; HELD_LEN_MAX]>,
    held_len: usize,
    /// How many more bytes the message may have.
    left: u64,
}

impl<S: Stealing> StealingMode<S> {
    /// Starts a message of at most `len_max` bytes.
    #[must_use]
    pub fn new(state: S, direction: Direction, len_max: u64) -> Self {
        Self {
            state,
            direction,
            held: Zeroizing::new([0; HELD_LEN_MAX]),
            held_len: 0,
            left: len_max,
        }
    }

    fn len_error(&self, reason: &'static str) -> Error {
        match self.direction {
            Direction::Encrypt => Error::DataLenRange(reason.into()),
            Direction::Decrypt => Error::EncryptedDataLenRange(reason.into()),
        }
    }

    /// How many bytes are left for a message that gets `len` more.
    fn after(&self, len: usize) -> Result<u64> {
        self.left
            .checked_sub(len as u64)
            .ok_or_else(|| self.len_error("the message is longer than its mode allows"))
    }

    fn encrypts(&self) -> bool {
        self.direction == Direction::Encrypt
    }

    /// Runs the rest of a message.
    fn run_to_end(&self, input: &[u8]) -> Result<SecretBytes> {
        if input.len() < BLOCK_LEN {
            return Err(self.len_error("the input must have a block of 16 bytes or more"));
        }
        let end_len = match input.len() % BLOCK_LEN {
            0 => 0,
            part => BLOCK_LEN + part,
        };
        let (blocks, end) = input.split_at(input.len() - end_len);
        SecretBytes::try_init(input.len(), |output| {
            let mut state = self.state.clone();
            let (start, rest) = output.split_at_mut(blocks.len());
            state.blocks(self.encrypts(), blocks, start)?;
            if !end.is_empty() {
                state.end(self.encrypts(), end, rest)?;
            }
            Ok(())
        })
    }

    /// Encrypts key material.
    pub(super) fn wrap(&self, material: &SecretBytes) -> Result<SecretBytes> {
        self.single(material.expose()).map_err(as_key_size)
    }

    /// Decrypts a wrapped key.
    pub(super) fn unwrap(&self, wrapped: &[u8]) -> Result<SecretBytes> {
        self.single(wrapped).map_err(as_wrapped)
    }
}

impl<S: Stealing> Transform for StealingMode<S> {
    fn single_len(&self, input_len: usize) -> usize {
        input_len
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        self.after(input.len())?;
        self.run_to_end(input)
    }

    fn update_len(&self, input_len: usize) -> usize {
        let total = self.held_len.saturating_add(input_len);
        total.saturating_sub(BLOCK_LEN) / BLOCK_LEN * BLOCK_LEN
    }

    fn update(&mut self, input: &[u8]) -> Result<SecretBytes> {
        self.left = self.after(input.len())?;
        let run_len = self.update_len(input.len());
        let total = SecretBytes::try_init(self.held_len + input.len(), |total| {
            let held = self.held.iter().take(self.held_len);
            total
                .iter_mut()
                .zip(held.chain(input))
                .for_each(|(to, from)| *to = *from);
            Ok::<_, Error>(())
        })?;
        let (run, rest) = total.expose().split_at(run_len);
        let encrypts = self.encrypts();
        let output =
            SecretBytes::try_init(run_len, |output| self.state.blocks(encrypts, run, output))?;
        self.held
            .iter_mut()
            .zip(rest)
            .for_each(|(to, from)| *to = *from);
        self.held_len = rest.len();
        Ok(output)
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        self.run_to_end(self.held.get(..self.held_len).unwrap_or_default())
    }
}

// SPEC: the section names no variant of its reference; other tokens do CS1, which leaves CBC's order.
fn start(setup: &Setup<'_>, direction: Direction) -> Result<StealingMode<CbcCs1>> {
    let state = CbcCs1::new(aes_key(&setup.key)?, iv(setup.params)?);
    Ok(StealingMode::new(state, direction, u64::MAX))
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[Mechanism {
    id: CKM_AES_CTS,
    spec: "AES CBC with CipherText Stealing CTS",
    params: ParamShape::Bytes(BLOCK_LEN),
    keys: &[CKK_AES],
    key_size: AES_SIZE,
    extra_flags: 0,
    status: Status::Current,
    roles: Roles {
        encrypt: Some(|setup| Ok(Box::new(start(setup, Direction::Encrypt)?))),
        decrypt: Some(|setup| Ok(Box::new(start(setup, Direction::Decrypt)?))),
        wrap: Some(|setup, material| start(setup, Direction::Encrypt)?.wrap(material)),
        unwrap: Some(|setup, wrapped| start(setup, Direction::Decrypt)?.unwrap(wrapped)),
        ..Roles::NONE
    },
}];
