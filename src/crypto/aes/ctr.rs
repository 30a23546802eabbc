// SPDX-License-Identifier: MIT OR Apache-2.0
//! Counter mode with a counter of 1 to 128 bits. SP 800-38A, 6.5 and appendix B.

use aes::cipher::inout::InOutBuf;
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
    /// How many more blocks may be made.
    ///
    /// A counter of 128 bits allows up to 2^128 blocks, which this type cannot say, and nobody can make.
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
    /// Starts at `block`, of which the last `counter_bits` bits count, up to where they overflow.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    pub fn new(key: AesKey, block: Block, counter_bits: u64) -> Result<Self> {
        let mask = match counter_bits {
            1..=127 => (1u128 << counter_bits) - 1,
            128 => u128::MAX,
            _ => {
                return Err(Error::MechanismParamInvalid(
                    "ulCounterBits must be 1 to 128 (CK_AES_CTR_PARAMS)".into(),
                ));
            }
        };
        let block = u128::from_be_bytes(block);
        let blocks_left = (mask - (block & mask)).saturating_add(1);
        Ok(Self::with(key, block, mask, blocks_left))
    }

    /// Starts at `block` and counts in its last 32 bits, which wrap once: "inc32" of SP 800-38D, 6.2.
    pub(in crate::crypto) fn inc32(key: AesKey, block: Block) -> Self {
        let mask = u128::from(u32::MAX);
        Self::with(key, u128::from_be_bytes(block), mask, mask + 1)
    }

    fn with(key: AesKey, block: u128, mask: u128, blocks_left: u128) -> Self {
        Self {
            key,
            block,
            mask,
            blocks_left,
            spare: Spare {
                block: [0; BLOCK_LEN],
                used: BLOCK_LEN,
            },
        }
    }

    /// Whether `len` more bytes can be had.
    #[must_use]
    pub fn has(&self, len: usize) -> bool {
        let fresh = len.saturating_sub(BLOCK_LEN - self.spare.used);
        fresh.div_ceil(BLOCK_LEN) as u128 <= self.blocks_left
    }

    /// Adds the key stream to `bytes` in place.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE` when the counter would overflow.
    pub fn apply(&mut self, bytes: &mut [u8]) -> Result<()> {
        self.run(bytes.into())
    }

    /// Adds the key stream to `input` on the way to `output`, which has the same length.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE` when the counter would overflow, `CKR_GENERAL_ERROR` when the lengths differ.
    pub fn apply_to(&mut self, input: &[u8], output: &mut [u8]) -> Result<()> {
        let both = InOutBuf::new(input, output).map_err(|_| {
            Error::GeneralError("counter mode was given buffers of two lengths".into())
        })?;
        self.run(both)
    }

    fn run(&mut self, bytes: InOutBuf<'_, '_, u8>) -> Result<()> {
        if !self.has(bytes.len()) {
            return Err(Error::DataLenRange(
                "the counter would overflow (\"AES with Counter Encryption / Decryption\")".into(),
            ));
        }
        let from_spare = bytes.len().min(BLOCK_LEN - self.spare.used);
        let (head, rest) = bytes.split_at(from_spare);
        self.apply_spare(head);
        let (whole, tail) = rest.into_chunks::<U16>();
        self.apply_blocks(whole);
        if !tail.is_empty() {
            let mut fresh = [Cell::default()];
            self.apply_blocks(fresh.as_mut_slice().into());
            let [mut block] = fresh;
            self.spare.block = block.into();
            self.spare.used = 0;
            block.zeroize();
            self.apply_spare(tail);
        }
        Ok(())
    }

    /// Takes bytes that are no more than what is spare.
    fn apply_spare(&mut self, mut bytes: InOutBuf<'_, '_, u8>) {
        let end = self.spare.used + bytes.len();
        if let Some(stream) = self.spare.block.get(self.spare.used..end) {
            bytes.xor_in2out(stream);
        }
        self.spare.used = end;
    }

    /// Goes in runs within which no carry leaves the counting bits.
    fn apply_blocks(&mut self, mut blocks: InOutBuf<'_, '_, Cell>) {
        while !blocks.is_empty() {
            let until_wrap = (self.mask - (self.block & self.mask)).saturating_add(1);
            let run = usize::try_from(until_wrap).map_or(blocks.len(), |n| n.min(blocks.len()));
            let (now, later) = blocks.split_at(run);
            let start = Cell::from(self.block.to_be_bytes());
            with_cipher!(self.key, cipher => {
                let mut stream = CtrCore::<_, Ctr128BE>::inner_iv_init(cipher, &start);
                stream.apply_keystream_blocks_inout(now);
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
