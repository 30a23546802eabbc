// SPDX-License-Identifier: MIT OR Apache-2.0
//! The pseudo-random function of TLS 1.2 (RFC 5246, section 5).

use crate::crypto::digest::HashFunction;
use crate::crypto::mac::Mac;
use crate::error::Result;
use crate::secret::SecretBytes;

/// `PRF(secret, label, seed)`, where the seed comes in parts.
///
/// # Errors
/// `CKR_KEY_SIZE_RANGE`, which HMAC never gives
pub fn derive(
    hash: HashFunction,
    secret: &[u8],
    label: &[u8],
    seed: &[&[u8]],
    len: usize,
) -> Result<SecretBytes> {
    let start = Mac::hmac(hash, secret)?;
    let feed = |mac: &mut Mac| {
        mac.update(label);
        for part in seed {
            mac.update(part);
        }
    };
    SecretBytes::try_init(len, |out| {
        let mut first = start.clone();
        feed(&mut first);
        let mut link = first.finish();
        for chunk in out.chunks_mut(hash.len()) {
            let mut mac = start.clone();
            mac.update(link.expose());
            feed(&mut mac);
            for (to, from) in chunk.iter_mut().zip(mac.finish().expose()) {
                *to = *from;
            }
            let mut next = start.clone();
            next.update(link.expose());
            link = next.finish();
        }
        Ok(())
    })
}
