// SPDX-License-Identifier: MIT OR Apache-2.0
//! ChaCha20 with nonces of 64, 96 and 192 bits. RFC 8439; its original form; XChaCha20.
#![forbid(unsafe_code)]

use std::sync::Arc;

use chacha20::cipher::inout::InOutBuf;
use chacha20::cipher::{Array, KeyIvInit as _, StreamCipherCore as _, consts::U64};
use chacha20::{ChaCha20LegacyCore, R20, hchacha};
use zeroize::{Zeroize as _, Zeroizing};

use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Length of a block of the stream in bytes.
pub const BLOCK_LEN: usize = 64;

/// Length of a key in bytes.
pub const KEY_LEN: usize = 32;

type Cell = Array<u8, U64>;

/// A key stream that may be stopped at any byte.
///
/// All forms run on the original one: a counter of 64 bits and a nonce of 64. A nonce of 96 bits lends its first
/// 32 to the upper half of the counter, and one of 192 bits makes a key of its own from its first 128.
#[derive(Clone)]
pub struct ChaCha {
    key: Arc<SecretBytes>,
    nonce: [u8; 8],
    /// The number of the next block; with a nonce of 96 bits the upper half is fixed.
    counter: u64,
    /// How many more blocks may be made before the counter overflows.
    blocks_left: u128,
    spare: Zeroizing<[u8; BLOCK_LEN]>,
    used: usize,
}

fn invalid(reason: &'static str) -> Error {
    Error::MechanismParamInvalid(reason.into())
}

impl ChaCha {
    /// Starts at block `counter`, which has 32 bits where the nonce has 96.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE`, `CKR_MECHANISM_PARAM_INVALID`
    pub fn new(key: &[u8], nonce: &[u8], counter: u64) -> Result<Self> {
        let key = <&Array<u8, _>>::try_from(key)
            .map_err(|_| Error::KeySizeRange("a ChaCha20 key has 32 bytes".into()))?;
        let (start, nonce) = nonce
            .split_last_chunk::<8>()
            .ok_or_else(|| invalid("a nonce has 64, 96 or 192 bits"))?;
        let (key, counter, count_bits) = match start.len() {
            0 => (SecretBytes::from_slice(key), counter, 64),
            4 => {
                let high = <[u8; 4]>::try_from(start).map_or(0, u32::from_le_bytes);
                let low = u32::try_from(counter)
                    .map_err(|_| invalid("with a nonce of 96 bits the counter has 32"))?;
                let counter = u64::from(high) << 32 | u64::from(low);
                (SecretBytes::from_slice(key), counter, 32)
            }
            _ => {
                let input = <&Array<u8, _>>::try_from(start)
                    .map_err(|_| invalid("a nonce has 64, 96 or 192 bits"))?;
                let mut subkey = hchacha::<R20>(key, input);
                let made = SecretBytes::from_slice(&subkey);
                subkey.zeroize();
                (made, counter, 64)
            }
        };
        let mask = (1u128 << count_bits) - 1;
        Ok(Self {
            key: Arc::new(key),
            nonce: *nonce,
            counter,
            blocks_left: mask + 1 - (u128::from(counter) & mask),
            spare: Zeroizing::new([0; BLOCK_LEN]),
            used: BLOCK_LEN,
        })
    }

    /// Adds the key stream to `input` on the way to `output`, which has the same length.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE` when the counter would overflow, `CKR_GENERAL_ERROR` when the lengths differ.
    pub fn apply(&mut self, input: &[u8], output: &mut [u8]) -> Result<()> {
        let bytes = InOutBuf::new(input, output).map_err(|_| {
            Error::GeneralError("a stream cipher was given buffers of two lengths".into())
        })?;
        let fresh = bytes.len().saturating_sub(BLOCK_LEN - self.used);
        if fresh.div_ceil(BLOCK_LEN) as u128 > self.blocks_left {
            return Err(Error::DataLenRange(
                "the block counter would overflow (\"ChaCha20\")".into(),
            ));
        }
        let from_spare = bytes.len().min(BLOCK_LEN - self.used);
        let (head, rest) = bytes.split_at(from_spare);
        self.apply_spare(head);
        let (whole, tail) = rest.into_chunks::<U64>();
        self.apply_blocks(whole)?;
        if !tail.is_empty() {
            let mut fresh = [Cell::default()];
            self.apply_blocks(fresh.as_mut_slice().into())?;
            let [mut block] = fresh;
            *self.spare = block.into();
            self.used = 0;
            block.zeroize();
            self.apply_spare(tail);
        }
        Ok(())
    }

    /// Takes bytes that are no more than what is spare.
    fn apply_spare(&mut self, mut bytes: InOutBuf<'_, '_, u8>) {
        let end = self.used + bytes.len();
        if let Some(stream) = self.spare.get(self.used..end) {
            bytes.xor_in2out(stream);
        }
        self.used = end;
    }

    fn apply_blocks(&mut self, blocks: InOutBuf<'_, '_, Cell>) -> Result<()> {
        if blocks.is_empty() {
            return Ok(());
        }
        let key = <&Array<u8, _>>::try_from(self.key.expose())
            .map_err(|_| Error::GeneralError("a ChaCha20 key lost its length".into()))?;
        let mut core = ChaCha20LegacyCore::new(key, &self.nonce.into());
        core.set_block_pos(self.counter);
        let count = blocks.len() as u64;
        core.apply_keystream_blocks_inout(blocks);
        self.counter = self.counter.wrapping_add(count);
        self.blocks_left = self.blocks_left.saturating_sub(u128::from(count));
        Ok(())
    }
}

impl core::fmt::Debug for ChaCha {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ChaCha")
    }
}
