// SPDX-License-Identifier: MIT OR Apache-2.0
//! HKDF in its two steps (RFC 5869).

use crate::crypto::digest::HashFunction;
use crate::crypto::mac::Mac;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// The first step: a pseudorandom key of the hash's length.
///
/// # Errors
/// `CKR_KEY_SIZE_RANGE`, which HMAC never gives
pub fn extract(hash: HashFunction, salt: &[u8], key: &[u8]) -> Result<SecretBytes> {
    // An empty salt is as good as one of zeros: HMAC fills its key up with zeros.
    let mut mac = Mac::hmac(hash, salt)?;
    mac.update(key);
    Ok(mac.finish())
}

/// The second step: `len` bytes, at most 255 times the hash's length.
///
/// # Errors
/// `CKR_KEY_SIZE_RANGE`
pub fn expand(hash: HashFunction, key: &[u8], info: &[u8], len: usize) -> Result<SecretBytes> {
    let start = Mac::hmac(hash, key)?;
    if len > hash.len().saturating_mul(255) {
        return Err(Error::KeySizeRange(
            "HKDF gives at most 255 times the length of its hash".into(),
        ));
    }
    SecretBytes::try_init(len, |out| {
        let mut last: Option<SecretBytes> = None;
        for (counter, chunk) in (1..=u8::MAX).zip(out.chunks_mut(hash.len())) {
            let mut mac = start.clone();
            if let Some(last) = &last {
                mac.update(last.expose());
            }
            mac.update(info);
            mac.update(&[counter]);
            let block = mac.finish();
            for (to, from) in chunk.iter_mut().zip(block.expose()) {
                *to = *from;
            }
            last = Some(block);
        }
        Ok(())
    })
}
