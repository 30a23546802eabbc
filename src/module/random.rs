// SPDX-License-Identifier: MIT OR Apache-2.0
//! Random numbers.
//!
//! Source: PKCS#11 v3.2, "Random number generation functions".

use super::Module;
use crate::error::Result;
use crate::pkcs11::SessionHandle;

impl Module {
    /// `C_SeedRandom`
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`
    pub fn seed_random(&self, session: SessionHandle, seed: &[u8]) -> Result<()> {
        self.open(session)?;
        self.rng.0.mix(seed)
    }

    /// `C_GenerateRandom`
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`, `CKR_DEVICE_ERROR`
    pub fn generate_random(&self, session: SessionHandle, output: &mut [u8]) -> Result<()> {
        self.open(session)?;
        self.rng.fill(output)
    }
}
