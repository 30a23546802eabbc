// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys from a shared secret by a hash function and a counter.
//!
//! Source: ANSI X9.63, 5.6.3 (SEC 1, 3.6.1) and SP 800-56A, 5.8.1.1 (SP 800-56C, 4.1).

use crate::crypto::digest::HashFunction;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Where the 32-bit counter, which starts at 1, stands in what is hashed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Counter {
    /// Secret, counter, info: ANSI X9.63.
    AfterSecret,
    /// Counter, secret, info: SP 800-56A.
    BeforeSecret,
}

/// Derives `len` bytes.
///
/// # Errors
/// `CKR_KEY_SIZE_RANGE` when the counter has no room for so many.
pub fn derive(
    hash: HashFunction,
    counter: Counter,
    secret: &SecretBytes,
    info: &[u8],
    len: usize,
) -> Result<SecretBytes> {
    SecretBytes::try_init(len, |output| {
        for (block, number) in output.chunks_mut(hash.len()).zip(1u64..) {
            let number = u32::try_from(number)
                .map_err(|_| Error::KeySizeRange("the derived key is too long".into()))?
                .to_be_bytes();
            let mut hasher = hash.start();
            if counter == Counter::BeforeSecret {
                hasher.update(&number);
            }
            hasher.update(secret.expose());
            if counter == Counter::AfterSecret {
                hasher.update(&number);
            }
            hasher.update(info);
            let digest = hasher.finish().truncated(block.len());
            block.copy_from_slice(digest.expose());
        }
        Ok(())
    })
}
