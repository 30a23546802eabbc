// SPDX-License-Identifier: MIT OR Apache-2.0
//! What all block ciphers here can do, whatever their block length. SP 800-38A, 6.1 and 6.2.
#![forbid(unsafe_code)]

use core::fmt::Debug;

use super::aes::{AesKey, BLOCK_LEN, Block};
use crate::error::Result;

/// A keyed block cipher with blocks of `N` bytes; a clone shares the round keys.
pub trait BlockCipher<const N: usize>: Clone + Debug + Send {
    /// Encrypts whole blocks, each for itself.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` when the buffers are not equal numbers of whole blocks.
    fn ecb_encrypt(&self, input: &[u8], output: &mut [u8]) -> Result<()>;

    /// Decrypts whole blocks, each for itself.
    ///
    /// # Errors
    /// As [`ecb_encrypt`](Self::ecb_encrypt).
    fn ecb_decrypt(&self, input: &[u8], output: &mut [u8]) -> Result<()>;

    /// Encrypts whole blocks, chained from `iv`, which becomes the block to chain on from.
    ///
    /// # Errors
    /// As [`ecb_encrypt`](Self::ecb_encrypt).
    fn cbc_encrypt(&self, iv: &mut [u8; N], input: &[u8], output: &mut [u8]) -> Result<()>;

    /// Decrypts whole blocks, chained from `iv`, which becomes the block to chain on from.
    ///
    /// # Errors
    /// As [`ecb_encrypt`](Self::ecb_encrypt).
    fn cbc_decrypt(&self, iv: &mut [u8; N], input: &[u8], output: &mut [u8]) -> Result<()>;
}

impl BlockCipher<BLOCK_LEN> for AesKey {
    fn ecb_encrypt(&self, input: &[u8], output: &mut [u8]) -> Result<()> {
        self.encrypt_ecb(input, output)
    }

    fn ecb_decrypt(&self, input: &[u8], output: &mut [u8]) -> Result<()> {
        self.decrypt_ecb(input, output)
    }

    fn cbc_encrypt(&self, iv: &mut Block, input: &[u8], output: &mut [u8]) -> Result<()> {
        self.encrypt_cbc(iv, input, output)
    }

    fn cbc_decrypt(&self, iv: &mut Block, input: &[u8], output: &mut [u8]) -> Result<()> {
        self.decrypt_cbc(iv, input, output)
    }
}
