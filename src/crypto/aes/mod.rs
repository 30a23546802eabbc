// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES keys (FIPS 197) and the modes of SP 800-38A over them.
//!
//! A key's schedule is made once; its clones share it. The modes keep their chaining state outside of the key,
//! so that an operation stores a key, a block and nothing generic.
#![forbid(unsafe_code)]

mod block;
mod ctr;
mod feedback;
mod stealing;

use std::sync::Arc;

use aes::cipher::KeyInit as _;
use aes::{Aes128, Aes192, Aes256};

pub use ctr::Counter;
pub use feedback::{Feedback, Segment};
pub use stealing::{CbcCs1, Stealing, Xts};

use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Length of a block in bytes.
pub const BLOCK_LEN: usize = 16;

/// One block that chains: an IV, or what became of it.
pub type Block = [u8; BLOCK_LEN];

/// The cipher with its round keys.
enum Cipher {
    Aes128(Aes128),
    Aes192(Aes192),
    Aes256(Aes256),
}

/// Runs an expression with the concrete cipher of a key.
macro_rules! with_cipher {
    ($key:expr, $cipher:ident => $body:expr) => {
        match $key.cipher() {
            $crate::crypto::aes::Cipher::Aes128($cipher) => $body,
            $crate::crypto::aes::Cipher::Aes192($cipher) => $body,
            $crate::crypto::aes::Cipher::Aes256($cipher) => $body,
        }
    };
}
pub(in crate::crypto) use with_cipher;

struct Schedule {
    value: SecretBytes,
    cipher: Cipher,
}

/// An AES key of 16, 24 or 32 bytes; a clone shares the round keys.
#[derive(Clone)]
pub struct AesKey(Arc<Schedule>);

impl AesKey {
    /// Makes the round keys.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE`
    pub fn new(value: &[u8]) -> Result<Self> {
        let wrong = |_| Error::KeySizeRange("an AES key has 16, 24 or 32 bytes (FIPS 197)".into());
        let cipher = match value.len() {
            16 => Cipher::Aes128(Aes128::new_from_slice(value).map_err(wrong)?),
            24 => Cipher::Aes192(Aes192::new_from_slice(value).map_err(wrong)?),
            _ => Cipher::Aes256(Aes256::new_from_slice(value).map_err(wrong)?),
        };
        Ok(Self(Arc::new(Schedule {
            value: SecretBytes::from_slice(value),
            cipher,
        })))
    }

    /// The raw key, for an engine that makes round keys of its own.
    pub(in crate::crypto) fn value(&self) -> &[u8] {
        self.0.value.expose()
    }

    fn cipher(&self) -> &Cipher {
        &self.0.cipher
    }
}

impl core::fmt::Debug for AesKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "AesKey({} bytes)", self.0.value.len())
    }
}
