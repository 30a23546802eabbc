// SPDX-License-Identifier: MIT OR Apache-2.0
//! Random bytes from the operating system, for keys and nonces of the store.
#![forbid(unsafe_code)]

use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Fills `out` with random bytes.
///
/// # Errors
/// `CKR_RANDOM_NO_RNG`
pub fn fill(out: &mut [u8]) -> Result<()> {
    getrandom::fill(out)
        .map_err(|_| Error::RandomNoRng("the operating system gave no random bytes".into()))
}

/// An array of random bytes.
///
/// # Errors
/// `CKR_RANDOM_NO_RNG`
pub fn array<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}

/// A random secret of `len` bytes.
///
/// # Errors
/// `CKR_RANDOM_NO_RNG`
pub fn secret(len: usize) -> Result<SecretBytes> {
    SecretBytes::try_init(len, fill)
}
