// SPDX-License-Identifier: MIT OR Apache-2.0
//! The operating system's randomness in the form the crates take.

use rand_core::{TryCryptoRng, TryRng};

/// The operating system's source.
pub(super) struct Entropy;

impl TryRng for Entropy {
    type Error = getrandom::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        getrandom::u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        getrandom::u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        getrandom::fill(bytes)
    }
}

impl TryCryptoRng for Entropy {}
