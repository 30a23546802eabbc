// SPDX-License-Identifier: MIT OR Apache-2.0
//! The pseudo-random functions of TLS 1.2 (RFC 5246, section 5) and of TLS 1.0 and 1.1 (RFC 2246 and
//! 4346, section 5).

use crate::crypto::digest::HashFunction;
use crate::crypto::mac::Mac;
use crate::error::Result;
use crate::secret::SecretBytes;

/// One of the functions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TlsPrf {
    /// That of TLS 1.0 and 1.1: MD5 and SHA-1 together.
    V10,
    /// That of TLS 1.2 with its hash.
    V12(HashFunction),
}

impl TlsPrf {
    /// `PRF(secret, label, seed)`, where the seed comes in parts.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE`, which HMAC never gives
    pub fn derive(
        self,
        secret: &[u8],
        label: &[u8],
        seed: &[&[u8]],
        len: usize,
    ) -> Result<SecretBytes> {
        let Self::V12(hash) = self else {
            // "S1 is taken from the first half of the secret, S2 from the second half", and they
            // share a byte where the length is odd.
            let half = secret.len().div_ceil(2);
            let one = secret.get(..half).unwrap_or(secret);
            let two = secret.get(secret.len() - half..).unwrap_or(secret);
            let mut mixed = derive(HashFunction::Md5, one, label, seed, len)?;
            let other = derive(HashFunction::Sha1, two, label, seed, len)?;
            for (to, from) in mixed.expose_mut().iter_mut().zip(other.expose()) {
                *to ^= from;
            }
            return Ok(mixed);
        };
        derive(hash, secret, label, seed, len)
    }
}

/// `PRF(secret, label, seed)` of TLS 1.2, where the seed comes in parts.
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
