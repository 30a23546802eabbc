// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys for one purpose each and the tags they make: HKDF-SHA256 (RFC 5869) and HMAC-SHA256 (FIPS 198-1).
#![forbid(unsafe_code)]

use core::fmt;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Length of a tag and of a digest in bytes.
pub const TAG_LEN: usize = 32;

/// HKDF-SHA256 with extraction: a secret of `len` bytes from `key`.
///
/// # Errors
/// `CKR_GENERAL_ERROR` above 8,160 bytes
pub fn hkdf_sha256(key: &[u8], salt: &[u8], info: &[u8], len: usize) -> Result<SecretBytes> {
    let hkdf = Hkdf::<Sha256>::new(Some(salt), key);
    SecretBytes::try_init(len, |out| hkdf.expand(info, out))
        .map_err(|_| Error::GeneralError("HKDF-SHA256 gives at most 8,160 bytes".into()))
}

/// SHA-256 over public parts.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> [u8; TAG_LEN] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// A key for HMAC-SHA256, scheduled once and wiped on drop.
#[derive(Clone)]
pub struct MacKey(Hmac<Sha256>);

impl MacKey {
    /// Schedules a key of any length.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR`, which HMAC never gives
    pub fn new(key: &[u8]) -> Result<Self> {
        Hmac::new_from_slice(key)
            .map(Self)
            .map_err(|_| Error::GeneralError("HMAC refused a key".into()))
    }

    /// The tag of all parts together; the caller makes their borders unambiguous.
    #[must_use]
    pub fn tag(&self, parts: &[&[u8]]) -> [u8; TAG_LEN] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The tag as a secret, to be used as a key.
    #[must_use]
    pub fn subkey(&self, parts: &[&[u8]]) -> SecretBytes {
        let mut tag = self.tag(parts);
        let key = SecretBytes::from_slice(&tag);
        zeroize::Zeroize::zeroize(&mut tag);
        key
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey")
    }
}

/// Compares in constant time.
#[must_use]
pub fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hkdf_gives_rfc_5869_appendix_a_1() {
        let salt = hex::decode("000102030405060708090a0b0c").unwrap();
        let info = hex::decode("f0f1f2f3f4f5f6f7f8f9").unwrap();
        let okm = hkdf_sha256(&[0x0b; 22], &salt, &info, 42).unwrap();
        assert_eq!(
            hex::encode(okm.expose()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        );
    }

    #[test]
    fn hmac_gives_rfc_4231_test_case_2() {
        let tag = MacKey::new(b"Jefe")
            .unwrap()
            .tag(&[b"what do ya want ", b"for nothing?"]);
        assert_eq!(
            hex::encode(tag),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
