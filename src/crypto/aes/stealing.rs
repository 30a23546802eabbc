// SPDX-License-Identifier: MIT OR Apache-2.0
//! Modes that steal ciphertext for a last block that is not whole: CBC-CS1 and XTS.
//!
//! Source: SP 800-38A, addendum, 3.1; IEEE 1619, 5.3 and 5.4; SP 800-38E.

use zeroize::Zeroizing;

use super::{AesKey, BLOCK_LEN, Block};
use crate::error::{Error, Result};

/// A mode that runs over whole blocks and has a special end.
pub trait Stealing: Clone + Send {
    /// Runs whole blocks that are not the end.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR`
    fn blocks(&mut self, encrypt: bool, input: &[u8], output: &mut [u8]) -> Result<()>;

    /// Runs the end: a whole block and 1 to 15 bytes.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR`
    fn end(&mut self, encrypt: bool, input: &[u8], output: &mut [u8]) -> Result<()>;
}

fn copy(from: &[u8], to: &mut [u8]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

fn add(mask: &[u8], to: &mut [u8]) {
    to.iter_mut().zip(mask).for_each(|(to, mask)| *to ^= *mask);
}

fn split_end(input: &[u8]) -> Result<(&Block, &[u8])> {
    match input.split_first_chunk::<BLOCK_LEN>() {
        Some((block, rest)) if (1..BLOCK_LEN).contains(&rest.len()) => Ok((block, rest)),
        _ => Err(Error::GeneralError(
            "the end of a stealing mode is a block and a part of one".into(),
        )),
    }
}

/// CBC with ciphertext stealing, the variant CS1: the ciphertext stays in the order of CBC.
#[derive(Clone, Debug)]
pub struct CbcCs1 {
    key: AesKey,
    chain: Block,
}

impl CbcCs1 {
    /// Starts from an IV.
    #[must_use]
    pub const fn new(key: AesKey, iv: Block) -> Self {
        Self { key, chain: iv }
    }
}

impl Stealing for CbcCs1 {
    fn blocks(&mut self, encrypt: bool, input: &[u8], output: &mut [u8]) -> Result<()> {
        if encrypt {
            self.key.encrypt_cbc(&mut self.chain, input, output)
        } else {
            self.key.decrypt_cbc(&mut self.chain, input, output)
        }
    }

    fn end(&mut self, encrypt: bool, input: &[u8], output: &mut [u8]) -> Result<()> {
        let (first, rest) = split_end(input)?;
        if encrypt {
            // Two blocks of CBC, the second padded with zeros; the first is sent in part.
            let mut text = Zeroizing::new([0; 2 * BLOCK_LEN]);
            copy(input, text.as_mut_slice());
            let mut sealed = [0; 2 * BLOCK_LEN];
            self.key
                .encrypt_cbc(&mut self.chain, text.as_slice(), &mut sealed)?;
            let (short, last) = sealed.split_at(BLOCK_LEN);
            let (start, end) = output.split_at_mut(rest.len());
            copy(short, start);
            copy(last, end);
            return Ok(());
        }
        // Sent are the start of a block and a whole one, whose decryption holds the block's stolen end.
        let (short, last) = input.split_at(rest.len());
        let mut open = Zeroizing::new([0; BLOCK_LEN]);
        self.key.decrypt_ecb(last, open.as_mut_slice())?;
        let mut stolen = *first;
        copy(open.as_slice(), &mut stolen);
        copy(short, &mut stolen);
        add(&stolen, open.as_mut_slice());
        let (start, end) = output.split_at_mut(BLOCK_LEN);
        self.key.decrypt_cbc(&mut self.chain, &stolen, start)?;
        copy(open.as_slice(), end);
        Ok(())
    }
}

/// XTS: one data unit, whose number is the tweak.
#[derive(Clone, Debug)]
pub struct Xts {
    key: AesKey,
    /// The encrypted tweak times a power of alpha, for the next block.
    mask: Zeroizing<Block>,
}

/// How many bytes are masked at once.
const RUN_LEN: usize = 512;

impl Xts {
    /// Starts a data unit.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR`
    pub fn new(key: AesKey, tweak_key: &AesKey, tweak: &Block) -> Result<Self> {
        let mut mask = Zeroizing::new([0; BLOCK_LEN]);
        tweak_key.encrypt_ecb(tweak, mask.as_mut_slice())?;
        Ok(Self { key, mask })
    }

    /// The mask for the next block; moves on by a multiplication by alpha (IEEE 1619, 5.2).
    fn next_mask(&mut self) -> Zeroizing<Block> {
        let now = self.mask.clone();
        let value = u128::from_le_bytes(*now);
        let carry = (value >> 127) * 0x87;
        *self.mask = (value << 1 ^ carry).to_le_bytes();
        now
    }

    fn masked(&self, encrypt: bool, mask: &Block, input: &[u8], output: &mut [u8]) -> Result<()> {
        let mut block = Zeroizing::new([0; BLOCK_LEN]);
        copy(input, block.as_mut_slice());
        add(mask, block.as_mut_slice());
        if encrypt {
            self.key.encrypt_ecb(block.as_slice(), output)?;
        } else {
            self.key.decrypt_ecb(block.as_slice(), output)?;
        }
        add(mask, output);
        Ok(())
    }
}

impl Stealing for Xts {
    fn blocks(&mut self, encrypt: bool, input: &[u8], output: &mut [u8]) -> Result<()> {
        let mut masks = Zeroizing::new([0; RUN_LEN]);
        let mut text = Zeroizing::new([0; RUN_LEN]);
        for (from, to) in input.chunks(RUN_LEN).zip(output.chunks_mut(RUN_LEN)) {
            let (masks, _) = masks.split_at_mut(from.len());
            let (text, _) = text.split_at_mut(from.len());
            for mask in masks.chunks_mut(BLOCK_LEN) {
                copy(self.next_mask().as_slice(), mask);
            }
            copy(from, text);
            add(masks, text);
            if encrypt {
                self.key.encrypt_ecb(text, to)?;
            } else {
                self.key.decrypt_ecb(text, to)?;
            }
            add(masks, to);
        }
        Ok(())
    }

    fn end(&mut self, encrypt: bool, input: &[u8], output: &mut [u8]) -> Result<()> {
        let (block, rest) = split_end(input)?;
        let (one, two) = (self.next_mask(), self.next_mask());
        // Decryption meets the masks in the other order.
        let (first, second) = if encrypt { (one, two) } else { (two, one) };
        let mut whole = Zeroizing::new([0; BLOCK_LEN]);
        self.masked(encrypt, &first, block, whole.as_mut_slice())?;
        let (start, end) = output.split_at_mut(BLOCK_LEN);
        copy(whole.as_slice(), end);
        copy(rest, whole.as_mut_slice());
        self.masked(encrypt, &second, whole.as_slice(), start)
    }
}
