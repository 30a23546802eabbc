// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-GMAC: GCM with associated data alone, which comes in parts. SP 800-38D, 3.
#![forbid(unsafe_code)]

use super::aes::AesKey;
use super::block_mac::Authenticator;
use super::gcm::TAG_LEN;
use super::rust_crypto::gcm::Gcm;
use crate::error::Result;
use crate::secret::SecretBytes;

/// A running GMAC.
#[derive(Clone, Debug)]
pub struct Gmac(Gcm);

impl Gmac {
    /// Starts.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID` when the IV is empty.
    pub fn new(key: &AesKey, iv: &[u8]) -> Result<Self> {
        Gcm::new(key.value(), iv, &[], true).map(Self)
    }
}

impl Authenticator for Gmac {
    fn output_len(&self) -> usize {
        TAG_LEN
    }

    fn feed(&mut self, input: &[u8]) -> Result<()> {
        self.0.authenticate(input);
        Ok(())
    }

    fn end(self) -> Result<SecretBytes> {
        Ok(SecretBytes::from_slice(&self.0.tag()?))
    }
}
