// SPDX-License-Identifier: MIT OR Apache-2.0
//! ECB and CBC over any block cipher, with and without PKCS #7 padding.
//!
//! Source: PKCS#11 v3.2, "AES-ECB", "AES-CBC", "AES-CBC with PKCS padding", "Double and Triple-length DES";
//! SP 800-38A; RFC 5652, 6.3.

use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _, ConstantTimeLess as _};
use zeroize::Zeroizing;

use crate::crypto::aes::{AesKey, BLOCK_LEN};
use crate::crypto::block_cipher::BlockCipher;
use crate::error::{Error, Result};
use crate::mechanism::{Params, Setup, Transform};
use crate::object::UsableKey;
use crate::secret::SecretBytes;

/// The mode, with the block it chains from.
#[derive(Clone, Copy, Debug)]
pub enum Mode<const N: usize = BLOCK_LEN> {
    /// Each block for itself.
    Ecb,
    /// Chained from an IV.
    Cbc([u8; N]),
}

/// Which way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// Plaintext to ciphertext.
    Encrypt,
    /// Ciphertext to plaintext.
    Decrypt,
}

/// What fills the last block.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Padding {
    /// Nothing: the input is whole blocks.
    None,
    /// 1 byte to a block of bytes that each say how many they are.
    Pkcs7,
}

/// A block mode under way.
#[derive(Debug)]
pub struct BlockMode<K = AesKey, const N: usize = BLOCK_LEN> {
    key: K,
    mode: Mode<N>,
    direction: Direction,
    padding: Padding,
    /// Input that is not a block yet, or the block that may be the padded one.
    held: Zeroizing<[u8; N]>,
    held_len: usize,
}

impl<K: BlockCipher<N>, const N: usize> BlockMode<K, N> {
    /// Starts.
    #[must_use]
    pub fn new(key: K, mode: Mode<N>, direction: Direction, padding: Padding) -> Self {
        Self {
            key,
            mode,
            direction,
            padding,
            held: Zeroizing::new([0; N]),
            held_len: 0,
        }
    }

    /// Whether the last whole block must wait until it is known whether it is padded.
    fn holds_last(&self) -> bool {
        self.direction == Direction::Decrypt && self.padding == Padding::Pkcs7
    }

    fn len_error(&self) -> Error {
        match self.direction {
            Direction::Encrypt => {
                Error::DataLenRange(format!("the data must be whole blocks of {N} bytes").into())
            }
            Direction::Decrypt => Error::EncryptedDataLenRange(
                format!("the encrypted data must be whole blocks of {N} bytes").into(),
            ),
        }
    }

    /// Runs whole blocks through the cipher and moves `mode` on.
    fn run(&self, mode: &mut Mode<N>, input: &[u8], output: &mut [u8]) -> Result<()> {
        match (mode, self.direction) {
            (Mode::Ecb, Direction::Encrypt) => self.key.ecb_encrypt(input, output),
            (Mode::Ecb, Direction::Decrypt) => self.key.ecb_decrypt(input, output),
            (Mode::Cbc(iv), Direction::Encrypt) => self.key.cbc_encrypt(iv, input, output),
            (Mode::Cbc(iv), Direction::Decrypt) => self.key.cbc_decrypt(iv, input, output),
        }
    }

    fn encrypt_padded(&self, input: &[u8]) -> Result<SecretBytes> {
        let (whole, tail) = input.split_at(input.len() - input.len() % N);
        let last: Zeroizing<[u8; N]> = pad(tail);
        SecretBytes::try_init(whole.len() + N, |output| {
            let (head, end) = output.split_at_mut(whole.len());
            let mut mode = self.mode;
            self.run(&mut mode, whole, head)?;
            self.run(&mut mode, last.as_slice(), end)
        })
    }

    /// Decrypts the last block first, so that the output is made once at its right length.
    fn decrypt_padded(&self, input: &[u8]) -> Result<SecretBytes> {
        if input.is_empty() || !input.len().is_multiple_of(N) {
            return Err(self.len_error());
        }
        let (body, last) = input.split_at(input.len() - N);
        let mut mode = match (self.mode, body.last_chunk::<N>()) {
            (Mode::Cbc(_), Some(before)) => Mode::Cbc(*before),
            (mode, _) => mode,
        };
        let mut block = Zeroizing::new([0; N]);
        self.run(&mut mode, last, block.as_mut_slice())?;
        let (kept, valid) = unpad(&block);
        let output = SecretBytes::try_init(body.len() + kept, |output| {
            let (head, end) = output.split_at_mut(body.len());
            end.iter_mut()
                .zip(block.iter())
                .for_each(|(to, from)| *to = *from);
            self.run(&mut self.mode.clone(), body, head)
        })?;
        require_valid(valid)?;
        Ok(output)
    }
}

/// Fills `tail`, which is shorter than a block.
fn pad<const N: usize>(tail: &[u8]) -> Zeroizing<[u8; N]> {
    let missing = u8::try_from(N.saturating_sub(tail.len())).unwrap_or(0);
    let mut block = Zeroizing::new([missing; N]);
    block
        .iter_mut()
        .zip(tail)
        .for_each(|(to, from)| *to = *from);
    block
}

/// How many bytes of the last block are data, and whether the padding is right; in constant time.
///
/// Of a wrong padding all of the block counts as data, so that both cases do the same work.
fn unpad<const N: usize>(block: &[u8; N]) -> (usize, Choice) {
    let len = u8::try_from(N).unwrap_or(u8::MAX);
    let count = block.last().copied().unwrap_or_default();
    let mut valid = !count.ct_eq(&0) & count.ct_lt(&(len + 1));
    for (place, byte) in (0u8..).zip(block.iter().rev()) {
        let is_padding = place.ct_lt(&count);
        valid &= !is_padding | byte.ct_eq(&count);
    }
    let kept = u8::conditional_select(&len, &len.wrapping_sub(count), valid);
    (usize::from(kept), valid)
}

fn require_valid(valid: Choice) -> Result<()> {
    if valid.into() {
        return Ok(());
    }
    Err(Error::EncryptedDataInvalid(
        "the encrypted data does not end in a padding".into(),
    ))
}

impl<K: BlockCipher<N>, const N: usize> Transform for BlockMode<K, N> {
    fn single_len(&self, input_len: usize) -> usize {
        match (self.direction, self.padding) {
            (Direction::Encrypt, Padding::Pkcs7) => (input_len - input_len % N).saturating_add(N),
            _ => input_len,
        }
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        match (self.padding, self.direction) {
            (Padding::Pkcs7, Direction::Encrypt) => self.encrypt_padded(input),
            (Padding::Pkcs7, Direction::Decrypt) => self.decrypt_padded(input),
            (Padding::None, _) => {
                if !input.len().is_multiple_of(N) {
                    return Err(self.len_error());
                }
                SecretBytes::try_init(input.len(), |output| {
                    self.run(&mut self.mode.clone(), input, output)
                })
            }
        }
    }

    fn update_len(&self, input_len: usize) -> usize {
        let total = self.held_len.saturating_add(input_len);
        if self.holds_last() {
            total.saturating_sub(1) / N * N
        } else {
            total / N * N
        }
    }

    fn update(&mut self, input: &[u8]) -> Result<SecretBytes> {
        let len = self.update_len(input.len());
        // The held bytes become the first block; the rest goes from the caller's buffer in one run.
        let fill = if len == 0 {
            input.len()
        } else {
            N - self.held_len
        };
        let fill = if self.held_len == 0 && len > 0 {
            0
        } else {
            fill
        };
        let (head, rest) = input.split_at(fill.min(input.len()));
        let free = self.held.iter_mut().skip(self.held_len);
        free.zip(head).for_each(|(to, from)| *to = *from);
        self.held_len += head.len();
        if len == 0 {
            return Ok(SecretBytes::new(Vec::new()));
        }
        let first_len = if self.held_len == 0 { 0 } else { N };
        let (bulk, tail) = rest.split_at(len - first_len);
        let mut mode = self.mode;
        let output = SecretBytes::try_init(len, |output| {
            let (first, others) = output.split_at_mut(first_len);
            let held = self.held.get(..first_len).unwrap_or_default();
            self.run(&mut mode, held, first)?;
            self.run(&mut mode, bulk, others)
        })?;
        self.mode = mode;
        self.held
            .iter_mut()
            .zip(tail)
            .for_each(|(to, from)| *to = *from);
        self.held_len = tail.len();
        Ok(output)
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        let held = self.held.get(..self.held_len).unwrap_or_default();
        match self.padding {
            Padding::Pkcs7 => self.single(held),
            Padding::None if held.is_empty() => Ok(SecretBytes::new(Vec::new())),
            Padding::None => Err(self.len_error()),
        }
    }
}

/// Reads the IV of a CBC mechanism.
pub(super) fn cbc<const N: usize>(params: &Params<'_>) -> Result<Mode<N>> {
    match params {
        Params::Bytes(iv) => match <[u8; N]>::try_from(*iv) {
            Ok(iv) => Ok(Mode::Cbc(iv)),
            Err(_) => Err(iv_missing(N)),
        },
        _ => Err(iv_missing(N)),
    }
}

fn iv_missing(len: usize) -> Error {
    Error::MechanismParamInvalid(format!("the parameter must be an IV of {len} bytes").into())
}

/// ECB has no parameter.
pub(super) fn ecb<const N: usize>(_params: &Params<'_>) -> Result<Mode<N>> {
    Ok(Mode::Ecb)
}

/// How a row's modes come out of its parameter, and its key out of the object.
pub(super) struct Form<K, const N: usize> {
    pub(super) key: fn(&UsableKey) -> Result<K>,
    pub(super) mode: fn(&Params<'_>) -> Result<Mode<N>>,
    pub(super) padding: Padding,
}

impl<K: BlockCipher<N>, const N: usize> Form<K, N> {
    pub(super) fn start(&self, setup: &Setup<'_>, direction: Direction) -> Result<BlockMode<K, N>> {
        let key = (self.key)(&setup.key)?;
        let mode = (self.mode)(setup.params)?;
        Ok(BlockMode::new(key, mode, direction, self.padding))
    }

    pub(super) fn wrap(&self, setup: &Setup<'_>, material: &SecretBytes) -> Result<SecretBytes> {
        let mode = self.start(setup, Direction::Encrypt)?;
        match self.padding {
            Padding::Pkcs7 => mode.single(material.expose()),
            Padding::None => mode.single(zero_padded(material, N)?.expose()),
        }
    }

    pub(super) fn unwrap(&self, setup: &Setup<'_>, wrapped: &[u8]) -> Result<SecretBytes> {
        self.start(setup, Direction::Decrypt)?
            .single(wrapped)
            .map_err(as_wrapped)
    }
}

/// "padded on the trailing end with up to block size minus one null bytes"
fn zero_padded(material: &SecretBytes, block_len: usize) -> Result<SecretBytes> {
    SecretBytes::try_init(material.len().next_multiple_of(block_len), |padded| {
        let from = material.expose().iter();
        padded
            .iter_mut()
            .zip(from)
            .for_each(|(to, from)| *to = *from);
        Ok(())
    })
}

/// Says about a wrapped key what the decryption said about data.
pub(super) fn as_wrapped(error: Error) -> Error {
    match error {
        Error::EncryptedDataInvalid(reason) => Error::WrappedKeyInvalid(reason),
        Error::EncryptedDataLenRange(reason) | Error::DataLenRange(reason) => {
            Error::WrappedKeyLenRange(reason)
        }
        other => other,
    }
}

/// Says about a key to wrap what the encryption said about data.
pub(super) fn as_key_size(error: Error) -> Error {
    match error {
        Error::DataLenRange(reason) => Error::KeySizeRange(reason),
        other => other,
    }
}
