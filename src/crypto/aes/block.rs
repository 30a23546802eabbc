// SPDX-License-Identifier: MIT OR Apache-2.0
//! ECB and CBC over whole blocks, from one buffer to another. SP 800-38A, 6.1 and 6.2.

use aes::cipher::{
    Array, BlockCipherDecrypt as _, BlockCipherEncrypt as _, BlockModeDecrypt as _,
    BlockModeEncrypt as _, InnerIvInit as _, consts::U16,
};

use super::{AesKey, BLOCK_LEN, Block, with_cipher};
use crate::error::{Error, Result};

type Cell = Array<u8, U16>;

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

/// The last block, which the next call chains to.
fn last_block(bytes: &[u8]) -> Option<Block> {
    bytes.last_chunk::<BLOCK_LEN>().copied()
}

impl AesKey {
    /// Encrypts whole blocks, each for itself.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` when the buffers are not equal numbers of whole blocks.
    pub fn encrypt_ecb(&self, input: &[u8], output: &mut [u8]) -> Result<()> {
        let (input, output) = as_blocks(input, output)?;
        with_cipher!(self, cipher => cipher.encrypt_blocks_b2b(input, output))
            .map_err(|_| mismatch())
    }

    /// Decrypts whole blocks, each for itself.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` when the buffers are not equal numbers of whole blocks.
    pub fn decrypt_ecb(&self, input: &[u8], output: &mut [u8]) -> Result<()> {
        let (input, output) = as_blocks(input, output)?;
        with_cipher!(self, cipher => cipher.decrypt_blocks_b2b(input, output))
            .map_err(|_| mismatch())
    }

    /// Encrypts whole blocks, chained from `iv`, which becomes the block to chain on from.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` when the buffers are not equal numbers of whole blocks.
    pub fn encrypt_cbc(&self, iv: &mut Block, input: &[u8], output: &mut [u8]) -> Result<()> {
        let (from, to) = as_blocks(input, output)?;
        let start = Array::from(*iv);
        with_cipher!(self, cipher => {
            cbc::Encryptor::inner_iv_init(cipher, &start).encrypt_blocks_b2b(from, to)
        })
        .map_err(|_| mismatch())?;
        if let Some(last) = last_block(output) {
            *iv = last;
        }
        Ok(())
    }

    /// Decrypts whole blocks, chained from `iv`, which becomes the block to chain on from.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` when the buffers are not equal numbers of whole blocks.
    pub fn decrypt_cbc(&self, iv: &mut Block, input: &[u8], output: &mut [u8]) -> Result<()> {
        let (from, to) = as_blocks(input, output)?;
        let start = Array::from(*iv);
        with_cipher!(self, cipher => {
            cbc::Decryptor::inner_iv_init(cipher, &start).decrypt_blocks_b2b(from, to)
        })
        .map_err(|_| mismatch())?;
        if let Some(last) = last_block(input) {
            *iv = last;
        }
        Ok(())
    }
}
