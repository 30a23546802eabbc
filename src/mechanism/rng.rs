// SPDX-License-Identifier: MIT OR Apache-2.0
//! Randomness as the module hands it down.

use crate::crypto::rng::{SYSTEM, SystemRandom};
use crate::error::Result;

/// A source of random bytes.
pub trait Random: Send + Sync {
    /// Fills `bytes` with random bytes fit for keys.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR` when the source fails.
    fn fill(&self, bytes: &mut [u8]) -> Result<()>;

    /// Mixes what the application offers into the source; it never makes the source weaker.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR` when the source fails.
    fn mix(&self, seed: &[u8]) -> Result<()>;
}

/// The module's source, cheap to pass on.
#[derive(Clone, Copy)]
pub struct Rng(pub &'static dyn Random);

impl Rng {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn fill(self, bytes: &mut [u8]) -> Result<()> {
        self.0.fill(bytes)
    }
}

impl core::fmt::Debug for Rng {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Rng")
    }
}

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        self.fill(bytes)
    }

    fn mix(&self, seed: &[u8]) -> Result<()> {
        self.mix(seed)
    }
}

impl Rng {
    /// The system's randomness.
    #[must_use]
    pub fn system() -> Self {
        Self(&SYSTEM)
    }
}
