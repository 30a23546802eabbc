// SPDX-License-Identifier: MIT OR Apache-2.0
//! HMAC (FIPS 198-1) with SHA-512/t, whose output length is known only at run time, so that the
//! generic construction of the other hash functions cannot be used.
#![forbid(unsafe_code)]

use super::digest::{Sha512T, Truncation};
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// B, the block size of SHA-512.
const BLOCK_LEN: usize = 128;

/// A running HMAC with SHA-512/t.
#[derive(Clone, Debug)]
pub struct HmacSha512T {
    inner: Sha512T,
    outer: Sha512T,
}

impl HmacSha512T {
    /// Starts; a key may have any length.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID` when t is no whole number of bytes.
    pub fn new(truncation: Truncation, key: &[u8]) -> Result<Self> {
        // SPEC: FIPS 198-1 counts in bytes, so a t that is not a multiple of 8 has no HMAC.
        if !truncation.is_whole_bytes() {
            return Err(Error::MechanismParamInvalid(
                "the t of an HMAC must be a multiple of 8".into(),
            ));
        }
        let start = Sha512T::new(truncation)?;
        let key = if key.len() > BLOCK_LEN {
            let mut hasher = start.clone();
            hasher.update(key);
            hasher.finish()
        } else {
            SecretBytes::from_slice(key)
        };
        Ok(Self {
            inner: padded(start.clone(), &key, 0x36)?,
            outer: padded(start, &key, 0x5c)?,
        })
    }

    /// Output length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inner.truncation().len()
    }

    /// Whether the output is empty, which it never is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Feeds a part.
    pub fn update(&mut self, input: &[u8]) {
        self.inner.update(input);
    }

    /// Ends.
    #[must_use]
    pub fn finish(self) -> SecretBytes {
        let Self { inner, mut outer } = self;
        outer.update(inner.finish().expose());
        outer.finish()
    }
}

/// Feeds the key, filled up to a block with zeros, XOR the pad.
fn padded(mut hasher: Sha512T, key: &SecretBytes, pad: u8) -> Result<Sha512T> {
    let block = SecretBytes::try_init(BLOCK_LEN, |block| {
        block.fill(pad);
        for (to, from) in block.iter_mut().zip(key.expose()) {
            *to ^= from;
        }
        Ok::<_, Error>(())
    })?;
    hasher.update(block.expose());
    Ok(hasher)
}
