// SPDX-License-Identifier: MIT OR Apache-2.0
//! The operating system's randomness and time.

use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Error, Result};
use crate::mechanism::Random;
use crate::store::Clock;

/// The operating system's random number generator.
pub(super) struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        getrandom::fill(bytes)
            .map_err(|error| Error::DeviceError(format!("no random bytes: {error}").into()))
    }

    /// What is written to the device is mixed into the system's pool and never counted as entropy.
    fn mix(&self, seed: &[u8]) -> Result<()> {
        // Where the device is missing or may not be written, the pool is as good as it was before.
        if let Ok(mut device) = std::fs::OpenOptions::new().write(true).open("/dev/urandom") {
            let _ = device.write_all(seed);
        }
        Ok(())
    }
}

/// The operating system's clock.
pub(super) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> u64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |elapsed| elapsed.as_secs())
    }
}
