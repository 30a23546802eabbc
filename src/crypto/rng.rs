// SPDX-License-Identifier: MIT OR Apache-2.0
//! Randomness: the engine's generator, with what the application offers mixed in.
//!
//! Nothing is shared while bytes are made: the generator is one per thread, and a thread has a copy of the
//! offered seeds that it renews when their number has changed.
//! Source: PKCS#11 v3.2, "Random number generation functions"; SP 800-90A.
#![forbid(unsafe_code)]

use core::cell::Cell;
use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::aes::{AesKey, BLOCK_LEN, Counter};
use super::digest::HashFunction;
use super::mac::Mac;
use crate::error::{Error, Result};

const SEED_LEN: usize = 32;

/// What all seeds so far have become.
type Seed = [u8; SEED_LEN];

thread_local! {
    /// This thread's copy of the seed, and its number; 0 = none. It has no destructor, because threads may
    /// outlive the library's finalisation.
    static COPY: Cell<(u64, Seed)> = const { Cell::new((0, [0; SEED_LEN])) };
}

/// The one source of the process.
#[derive(Debug)]
pub struct SystemRandom {
    /// How many seeds have come; read by every call, written by [`mix`](Self::mix) alone.
    seeds: AtomicU64,
    seed: Mutex<Seed>,
}

/// The one source; two would fight over the threads' copies.
pub static SYSTEM: SystemRandom = SystemRandom {
    seeds: AtomicU64::new(0),
    seed: Mutex::new([0; SEED_LEN]),
};

/// Bytes of the engine's generator.
fn engine(bytes: &mut [u8]) -> Result<()> {
    #[cfg(feature = "aws-lc")]
    return super::aws_lc::random::fill(bytes);
    #[cfg(not(feature = "aws-lc"))]
    getrandom::fill(bytes).map_err(|_| Error::DeviceError("the random generator failed".into()))
}

impl SystemRandom {
    /// Fills `bytes` with random bytes fit for keys.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        engine(bytes)?;
        match self.seed() {
            Some(seed) => add_stream(&seed, bytes),
            None => Ok(()),
        }
    }

    /// Mixes `seed` in: from now on the generator's bytes are added to a stream that depends on all seeds
    /// and on fresh random bytes. The sum is at least as hard to predict as the generator.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn mix(&self, seed: &[u8]) -> Result<()> {
        let mut held = self.seed.lock().unwrap_or_else(PoisonError::into_inner);
        *held = keyed_hash(&*held, seed)?;
        self.seeds.fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// The seed, without a lock unless it has changed since this thread looked.
    fn seed(&self) -> Option<Seed> {
        let number = self.seeds.load(Ordering::Acquire);
        if number == 0 {
            return None;
        }
        let (known, seed) = COPY.get();
        if known == number {
            return Some(seed);
        }
        let fresh = *self.seed.lock().unwrap_or_else(PoisonError::into_inner);
        COPY.set((number, fresh));
        Some(fresh)
    }
}

fn keyed_hash(key: &[u8], data: &[u8]) -> Result<Seed> {
    let mut mac = Mac::hmac(HashFunction::Sha256, key)?;
    mac.update(data);
    Seed::try_from(mac.finish().expose())
        .map_err(|_| Error::GeneralError("SHA-256 gave another length".into()))
}

/// Adds AES-256-CTR under HMAC(seed, fresh random bytes).
fn add_stream(seed: &Seed, bytes: &mut [u8]) -> Result<()> {
    let mut fresh = [0; SEED_LEN];
    engine(&mut fresh)?;
    let key = AesKey::new(&keyed_hash(seed, &fresh)?)?;
    Counter::new(key, [0; BLOCK_LEN], 128)?.apply(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_differ_before_and_after_seeds_and_between_threads() {
        let draw = || {
            let mut bytes = [0u8; 32];
            SYSTEM.fill(&mut bytes).unwrap();
            bytes
        };
        let mut drawn = vec![draw(), draw()];
        SYSTEM.mix(b"offered").unwrap();
        drawn.extend([draw(), draw()]);
        SYSTEM.mix(b"").unwrap();
        drawn.push(draw());
        drawn.push(std::thread::spawn(draw).join().unwrap());
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn.len(), 6);
    }

    #[test]
    fn a_thread_uses_the_newest_seed() {
        SYSTEM.mix(b"one").unwrap();
        let first = SYSTEM.seed();
        SYSTEM.mix(b"two").unwrap();
        assert_ne!(SYSTEM.seed(), first);
    }
}
