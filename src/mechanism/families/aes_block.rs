// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES in ECB and CBC mode, with and without PKCS #7 padding.
//!
//! Source: PKCS#11 v3.2, "AES-ECB", "AES-CBC", "AES-CBC with PKCS padding"; SP 800-38A; RFC 5652, 6.3.

use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _, ConstantTimeLess as _};
use zeroize::Zeroizing;

use super::aes_key_gen::{AES_SIZE, aes_key};
use crate::crypto::aes::{AesKey, BLOCK_LEN, Block};
use crate::error::{Error, Result};
use crate::mechanism::{Mechanism, ParamShape, Params, Roles, Setup, Status, Transform};
use crate::pkcs11::key_type::CKK_AES;
use crate::pkcs11::mechanism::{CKM_AES_CBC, CKM_AES_CBC_PAD, CKM_AES_ECB};
use crate::secret::SecretBytes;

/// The mode, with the block it chains from.
#[derive(Clone, Copy, Debug)]
pub enum Mode {
    /// Each block for itself.
    Ecb,
    /// Chained from an IV.
    Cbc(Block),
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
    /// 1 to 16 bytes that each say how many they are.
    Pkcs7,
}

/// A block mode under way.
#[derive(Debug)]
pub struct BlockMode {
    key: AesKey,
    mode: Mode,
    direction: Direction,
    padding: Padding,
    /// Input that is not a block yet, or the block that may be the padded one.
    held: Zeroizing<Block>,
    held_len: usize,
}

impl BlockMode {
    /// Starts.
    #[must_use]
    pub fn new(key: AesKey, mode: Mode, direction: Direction, padding: Padding) -> Self {
        Self {
            key,
            mode,
            direction,
            padding,
            held: Zeroizing::new([0; BLOCK_LEN]),
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
                Error::DataLenRange("the data must be whole blocks of 16 bytes".into())
            }
            Direction::Decrypt => Error::EncryptedDataLenRange(
                "the encrypted data must be whole blocks of 16 bytes".into(),
            ),
        }
    }

    /// Runs whole blocks through the cipher and moves `mode` on.
    fn run(&self, mode: &mut Mode, input: &[u8], output: &mut [u8]) -> Result<()> {
        match (mode, self.direction) {
            (Mode::Ecb, Direction::Encrypt) => self.key.encrypt_ecb(input, output),
            (Mode::Ecb, Direction::Decrypt) => self.key.decrypt_ecb(input, output),
            (Mode::Cbc(iv), Direction::Encrypt) => self.key.encrypt_cbc(iv, input, output),
            (Mode::Cbc(iv), Direction::Decrypt) => self.key.decrypt_cbc(iv, input, output),
        }
    }

    fn encrypt_padded(&self, input: &[u8]) -> Result<SecretBytes> {
        let (whole, tail) = input.split_at(input.len() - input.len() % BLOCK_LEN);
        let last = pad(tail);
        SecretBytes::try_init(whole.len() + BLOCK_LEN, |output| {
            let (head, end) = output.split_at_mut(whole.len());
            let mut mode = self.mode;
            self.run(&mut mode, whole, head)?;
            self.run(&mut mode, last.as_slice(), end)
        })
    }

    /// Decrypts the last block first, so that the output is made once at its right length.
    fn decrypt_padded(&self, input: &[u8]) -> Result<SecretBytes> {
        if input.is_empty() || !input.len().is_multiple_of(BLOCK_LEN) {
            return Err(self.len_error());
        }
        let (body, last) = input.split_at(input.len() - BLOCK_LEN);
        let mut mode = match (self.mode, body.last_chunk::<BLOCK_LEN>()) {
            (Mode::Cbc(_), Some(before)) => Mode::Cbc(*before),
            (mode, _) => mode,
        };
        let mut block = Zeroizing::new([0; BLOCK_LEN]);
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
fn pad(tail: &[u8]) -> Zeroizing<Block> {
    let missing = u8::try_from(BLOCK_LEN.saturating_sub(tail.len())).unwrap_or(0);
    let mut block = Zeroizing::new([missing; BLOCK_LEN]);
    block
        .iter_mut()
        .zip(tail)
        .for_each(|(to, from)| *to = *from);
    block
}

/// How many bytes of the last block are data, and whether the padding is right; in constant time.
///
/// Of a wrong padding all of the block counts as data, so that both cases do the same work.
fn unpad(block: &Block) -> (usize, Choice) {
    let [.., count] = *block;
    let mut valid = !count.ct_eq(&0) & count.ct_lt(&17);
    for (place, byte) in (0u8..).zip(block.iter().rev()) {
        let is_padding = place.ct_lt(&count);
        valid &= !is_padding | byte.ct_eq(&count);
    }
    let kept = u8::conditional_select(&16, &16u8.wrapping_sub(count), valid);
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

impl Transform for BlockMode {
    fn single_len(&self, input_len: usize) -> usize {
        match (self.direction, self.padding) {
            (Direction::Encrypt, Padding::Pkcs7) => {
                (input_len - input_len % BLOCK_LEN).saturating_add(BLOCK_LEN)
            }
            _ => input_len,
        }
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        match (self.padding, self.direction) {
            (Padding::Pkcs7, Direction::Encrypt) => self.encrypt_padded(input),
            (Padding::Pkcs7, Direction::Decrypt) => self.decrypt_padded(input),
            (Padding::None, _) => {
                if !input.len().is_multiple_of(BLOCK_LEN) {
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
            total.saturating_sub(1) / BLOCK_LEN * BLOCK_LEN
        } else {
            total / BLOCK_LEN * BLOCK_LEN
        }
    }

    fn update(&mut self, input: &[u8]) -> Result<SecretBytes> {
        let len = self.update_len(input.len());
        // The held bytes become the first block; the rest goes from the caller's buffer in one run.
        let fill = if len == 0 {
            input.len()
        } else {
            BLOCK_LEN - self.held_len
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
        let first_len = if self.held_len == 0 { 0 } else { BLOCK_LEN };
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
fn cbc(params: &Params<'_>) -> Result<Mode> {
    match params {
        Params::Bytes(iv) => match <Block>::try_from(*iv) {
            Ok(iv) => Ok(Mode::Cbc(iv)),
            Err(_) => Err(iv_missing()),
        },
        _ => Err(iv_missing()),
    }
}

fn iv_missing() -> Error {
    Error::MechanismParamInvalid("the parameter must be an IV of 16 bytes".into())
}

fn ecb(_params: &Params<'_>) -> Result<Mode> {
    Ok(Mode::Ecb)
}

type ReadMode = fn(&Params<'_>) -> Result<Mode>;

fn start(
    setup: &Setup<'_>,
    mode: ReadMode,
    direction: Direction,
    padding: Padding,
) -> Result<BlockMode> {
    let key = aes_key(&setup.key)?;
    Ok(BlockMode::new(key, mode(setup.params)?, direction, padding))
}

/// "padded on the trailing end with up to block size minus one null bytes"
fn zero_padded(material: &SecretBytes) -> Result<SecretBytes> {
    SecretBytes::try_init(material.len().next_multiple_of(BLOCK_LEN), |padded| {
        let from = material.expose().iter();
        padded
            .iter_mut()
            .zip(from)
            .for_each(|(to, from)| *to = *from);
        Ok(())
    })
}

fn wrap(
    setup: &Setup<'_>,
    mode: ReadMode,
    padding: Padding,
    material: &SecretBytes,
) -> Result<SecretBytes> {
    let mode = start(setup, mode, Direction::Encrypt, padding)?;
    match padding {
        Padding::Pkcs7 => mode.single(material.expose()),
        Padding::None => mode.single(zero_padded(material)?.expose()),
    }
}

fn unwrap(
    setup: &Setup<'_>,
    mode: ReadMode,
    padding: Padding,
    wrapped: &[u8],
) -> Result<SecretBytes> {
    start(setup, mode, Direction::Decrypt, padding)?
        .single(wrapped)
        .map_err(as_wrapped)
}

/// Says about a wrapped key what the decryption said about data.
pub(super) fn as_wrapped(error: Error) -> Error {
    match error {
        Error::EncryptedDataInvalid(reason) => Error::WrappedKeyInvalid(reason),
        Error::EncryptedDataLenRange(reason) => Error::WrappedKeyLenRange(reason),
        other => other,
    }
}

/// One row.
macro_rules! row {
    ($id:ident, $spec:literal, $shape:expr, $mode:ident, $padding:ident, $status:ident) => {
        Mechanism {
            id: $id,
            spec: $spec,
            params: $shape,
            keys: &[CKK_AES],
            key_size: AES_SIZE,
            extra_flags: 0,
            status: Status::$status,
            roles: Roles {
                encrypt: Some(|setup| {
                    let start = start(setup, $mode, Direction::Encrypt, Padding::$padding)?;
                    Ok(Box::new(start))
                }),
                decrypt: Some(|setup| {
                    let start = start(setup, $mode, Direction::Decrypt, Padding::$padding)?;
                    Ok(Box::new(start))
                }),
                wrap: Some(|setup, material| wrap(setup, $mode, Padding::$padding, material)),
                unwrap: Some(|setup, wrapped| unwrap(setup, $mode, Padding::$padding, wrapped)),
                ..Roles::NONE
            },
        }
    };
}

const IV: ParamShape = ParamShape::Bytes(BLOCK_LEN);

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row!(CKM_AES_ECB, "AES-ECB", ParamShape::None, ecb, None, Legacy),
    row!(CKM_AES_CBC, "AES-CBC", IV, cbc, None, Current),
    row!(
        CKM_AES_CBC_PAD,
        "AES-CBC with PKCS padding",
        IV,
        cbc,
        Pkcs7,
        Current
    ),
];
