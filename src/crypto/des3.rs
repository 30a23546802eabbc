// SPDX-License-Identifier: MIT OR Apache-2.0
//! Triple DES with two or three keys. SP 800-67; kept for what exists.
#![forbid(unsafe_code)]

use std::sync::Arc;

use des::cipher::{
    Array, BlockCipherDecrypt as _, BlockCipherEncrypt as _, BlockModeDecrypt as _,
    BlockModeEncrypt as _, InnerIvInit as _, KeyInit as _, consts::U8,
};
use des::{TdesEde2, TdesEde3};

use super::block_cipher::BlockCipher;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Length of a block in bytes.
pub const BLOCK_LEN: usize = 8;

type Cell = Array<u8, U8>;

enum Cipher {
    Two(TdesEde2),
    Three(TdesEde3),
}

struct Schedule {
    value: SecretBytes,
    cipher: Cipher,
}

/// A key of 16 or 24 bytes; a clone shares the round keys.
#[derive(Clone)]
pub struct Des3Key(Arc<Schedule>);

impl Des3Key {
    /// Makes the round keys; the parity bits play no part.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE`
    pub fn new(value: &[u8]) -> Result<Self> {
        let wrong = |_| Error::KeySizeRange("a triple DES key has 16 or 24 bytes".into());
        let cipher = match value.len() {
            16 => Cipher::Two(TdesEde2::new_from_slice(value).map_err(wrong)?),
            _ => Cipher::Three(TdesEde3::new_from_slice(value).map_err(wrong)?),
        };
        Ok(Self(Arc::new(Schedule {
            value: SecretBytes::from_slice(value),
            cipher,
        })))
    }

    /// The raw key, for a mode that makes round keys of its own.
    pub(in crate::crypto) fn value(&self) -> &[u8] {
        self.0.value.expose()
    }
}

/// Runs an expression with the concrete cipher of a key.
macro_rules! with_cipher {
    ($key:expr, $cipher:ident => $body:expr) => {
        match &$key.0.cipher {
            Cipher::Two($cipher) => $body,
            Cipher::Three($cipher) => $body,
        }
    };
}

/// Sees both buffers as the same number of whole blocks.
fn as_blocks<'i, 'o>(
    input: &'i [u8],
    output: &'o mut [u8],
) -> Result<(&'i [Cell], &'o mut [Cell])> {
    let same = input.len() == output.len();
    let (input, input_rest) = Cell::slice_as_chunks(input);
    let (output, output_rest) = Cell::slice_as_chunks_mut(output);
    if !same || !input_rest.is_empty() || !output_rest.is_empty() {
        return Err(mismatch());
    }
    Ok((input, output))
}

fn mismatch() -> Error {
    Error::GeneralError("a block mode was given buffers that are not equal whole blocks".into())
}

impl BlockCipher<BLOCK_LEN> for Des3Key {
    fn ecb_encrypt(&self, input: &[u8], output: &mut [u8]) -> Result<()> {
        let (from, to) = as_blocks(input, output)?;
        with_cipher!(self, cipher => cipher.encrypt_blocks_b2b(from, to)).map_err(|_| mismatch())
    }

    fn ecb_decrypt(&self, input: &[u8], output: &mut [u8]) -> Result<()> {
        let (from, to) = as_blocks(input, output)?;
        with_cipher!(self, cipher => cipher.decrypt_blocks_b2b(from, to)).map_err(|_| mismatch())
    }

    fn cbc_encrypt(&self, iv: &mut [u8; 8], input: &[u8], output: &mut [u8]) -> Result<()> {
        let (from, to) = as_blocks(input, output)?;
        let start = Array::from(*iv);
        with_cipher!(self, cipher => {
            cbc::Encryptor::inner_iv_init(cipher, &start).encrypt_blocks_b2b(from, to)
        })
        .map_err(|_| mismatch())?;
        if let Some(last) = output.last_chunk() {
            *iv = *last;
        }
        Ok(())
    }

    fn cbc_decrypt(&self, iv: &mut [u8; 8], input: &[u8], output: &mut [u8]) -> Result<()> {
        let (from, to) = as_blocks(input, output)?;
        let start = Array::from(*iv);
        with_cipher!(self, cipher => {
            cbc::Decryptor::inner_iv_init(cipher, &start).decrypt_blocks_b2b(from, to)
        })
        .map_err(|_| mismatch())?;
        if let Some(last) = input.last_chunk() {
            *iv = *last;
        }
        Ok(())
    }
}

impl core::fmt::Debug for Des3Key {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Des3Key({} bytes)", self.0.value.len())
    }
}

/// Sets the parity bit of each byte, so that the number of ones is odd (FIPS 46-3).
pub fn set_odd_parity(key: &mut [u8]) {
    for byte in key {
        *byte = *byte & 0xfe | u8::from((*byte >> 1).count_ones().is_multiple_of(2));
    }
}

/// Whether the number of ones in each byte is odd.
#[must_use]
pub fn has_odd_parity(key: &[u8]) -> bool {
    let even = key
        .iter()
        .fold(0, |even, byte| even | (!byte.count_ones() & 1));
    even == 0
}
