// SPDX-License-Identifier: MIT OR Apache-2.0
//! Counter mode with a counter of 1 to 128 bits. SP 800-38A, 6.5 and appendix B.

use aes::cipher::{Array, InnerIvInit as _, StreamCipherCore as _, consts::U16};
use ctr::{CtrCore, flavors::Ctr128BE};
use zeroize::{Zeroize as _, ZeroizeOnDrop};

use super::{AesKey, BLOCK_LEN, Block, with_cipher};
use crate::error::{Error, Result};

type Cell = Array<u8, U16>;

/// A key stream: the key, the counter block and what is left of the current block.
#[derive(Clone)]
pub struct Counter {
    key: AesKey,
    /// The next counter block.
    block: u128,
    /// The bits that count; the others never change.
    mask: u128,
    /// How many more blocks may be made before the counter would repeat, less one.
    ///
    /// A counter of 128 bits allows 2^128 blocks, which this type cannot say, and nobody can make.
    blocks_left: u128,
    spare: Spare,
}

/// The unused end of a key stream block.
#[derive(Clone, ZeroizeOnDrop)]
struct Spare {
    block: Block,
    used: usize,
}

impl Counter {
    /// Starts at `block`, of which the last `counter_bits` bits count.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    pub fn new(key: AesKey, block: Block, counter_bits: u64) -> Result<Self> {
        let (mask, blocks_left) = match counter_bits {
            1..=127 => ((1u128 << counter_bits) - 1, 1u128 << counter_bits),
            128 => (u128::MAX, u128::MAX),
            _ => {
                return Err(Error::MechanismParamInvalid(
                    "ulCounterBits must be 1 to 128 (CK_AES_CTR_PARAMS)".into(),
                ));
            }
        };
        Ok(Self {
            key,
            block: u128::from_be_bytes(block),
            mask,
            blocks_left,
            spare: Spare {
                block: [0; BLOCK_LEN],
                used: BLOCK_LEN,
            },
        })
    }

    /// Whether `len` more bytes can be had before a counter block would come a second time.
    #[must_use]
    pub fn has(&self, len: usize) -> bool {
        let fresh = len.saturating_sub(BLOCK_LEN - self.spare.used);
        fresh.div_ceil(BLOCK_LEN) as u128 <= self.blocks_left
    }

    /// Adds the key stream to `bytes`.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE` when a counter block would come a second time (SP 800-38A, appendix B).
    pub fn apply(&mut self, bytes: &mut [u8]) -> Result<()> {
        if !self.has(bytes.len()) {
            return Err(Error::DataLenRange(
                "the counter would repeat (SP 800-38A, appendix B)".into(),
            ));
        }
        let from_spare = bytes.len().min(BLOCK_LEN - self.spare.used);
        let (head, rest) = bytes.split_at_mut(from_spare);
        self.apply_spare(head);
        let (whole, tail) = Cell::slice_as_chunks_mut(rest);
        self.apply_blocks(whole);
        if !tail.is_empty() {
            let mut fresh = [Cell::default()];
            self.apply_blocks(&mut fresh);
            let [mut block] = fresh;
            self.spare.block = block.into();
            self.spare.used = 0;
            block.zeroize();
            self.apply_spare(tail);
        }
        Ok(())
    }

    fn apply_spare(&mut self, bytes: &mut [u8]) {
        let stream = self.spare.block.iter().skip(self.spare.used);
        for (byte, key) in bytes.iter_mut().zip(stream) {
            *byte ^= key;
        }
        self.spare.used += bytes.len();
    }

    /// Goes in runs within which no carry leaves the counting bits.
    fn apply_blocks(&mut self, mut blocks: &mut [Cell]) {
        while !blocks.is_empty() {
            let until_wrap = (self.mask - (self.block & self.mask)).saturating_add(1);
            let run = usize::try_from(until_wrap).map_or(blocks.len(), |n| n.min(blocks.len()));
            let (now, later) = blocks.split_at_mut(run);
            let start = Cell::from(self.block.to_be_bytes());
            with_cipher!(self.key, cipher => {
                CtrCore::<_, Ctr128BE>::inner_iv_init(cipher, &start).apply_keystream_blocks(now);
            });
            let counted = self.block.wrapping_add(run as u128) & self.mask;
            self.block = (self.block & !self.mask) | counted;
            self.blocks_left = self.blocks_left.saturating_sub(run as u128);
            blocks = later;
        }
    }
}

impl core::fmt::Debug for Counter {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Counter")
    }
}
