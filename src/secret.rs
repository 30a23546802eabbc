// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bytes that must not leak: fixed size, wiped on drop, shown by one word that can be searched for.
//!
//! Deliberately absent: `Clone`, `PartialEq`, `Deref`, `Serialize`. `Debug` prints the length only.
#![forbid(unsafe_code)]

use core::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Secret bytes of a fixed length.
pub struct SecretBytes(Zeroizing<Box<[u8]>>);

impl SecretBytes {
    /// Takes ownership of `bytes`; a vector with spare room is copied once and wiped.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        if bytes.len() == bytes.capacity() {
            return Self(Zeroizing::new(bytes.into_boxed_slice()));
        }
        let bytes = Zeroizing::new(bytes);
        Self::from_slice(&bytes)
    }

    /// Copies `bytes`.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(Box::from(bytes)))
    }

    /// Fills a fresh secret of `len` bytes in place.
    ///
    /// # Errors
    /// Whatever `fill` returns.
    pub fn try_init<E>(
        len: usize,
        fill: impl FnOnce(&mut [u8]) -> core::result::Result<(), E>,
    ) -> core::result::Result<Self, E> {
        let mut bytes = Zeroizing::new(vec![0; len].into_boxed_slice());
        fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The one way to look.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The one way to change the bytes in place.
    #[must_use]
    pub fn expose_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// A second copy, for objects that are copied.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self::from_slice(&self.0)
    }

    /// The first `len` bytes as a secret of their own; all of them when there are fewer.
    #[must_use]
    pub fn truncated(&self, len: usize) -> Self {
        Self::from_slice(self.0.get(..len).unwrap_or(&self.0))
    }

    /// Compares in time that depends on the lengths only.
    #[must_use]
    pub fn ct_eq(&self, other: &[u8]) -> bool {
        self.0.ct_eq(other).into()
    }

    /// Leaves the secret world, for a reason that is written down at the call.
    #[must_use]
    pub fn into_public(self, why: Public) -> Vec<u8> {
        match why {
            Public::Ciphertext
            | Public::Digest
            | Public::NotSensitiveAttribute
            | Public::PublicKey
            | Public::Signature => self.0.to_vec(),
        }
    }

    /// Length in bytes, which is not secret.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretBytes({} bytes)", self.len())
    }
}

/// Why bytes may leave [`SecretBytes`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Public {
    /// They are encrypted.
    Ciphertext,
    /// They are a digest of public data.
    Digest,
    /// The attribute may be read.
    NotSensitiveAttribute,
    /// They are a public key.
    PublicKey,
    /// They are a signature or a MAC.
    Signature,
}

/// A PIN of 4 to 255 bytes.
pub struct Pin(SecretBytes);

impl Pin {
    /// The shortest PIN, as `CK_TOKEN_INFO.ulMinPinLen` says.
    pub const LEN_MIN: usize = 4;
    /// The longest PIN, as `CK_TOKEN_INFO.ulMaxPinLen` says.
    pub const LEN_MAX: usize = 255;

    /// A new PIN, whose length must be in range.
    ///
    /// # Errors
    /// `CKR_PIN_LEN_RANGE`
    pub fn new(bytes: &[u8]) -> Result<Self> {
        if !(Self::LEN_MIN..=Self::LEN_MAX).contains(&bytes.len()) {
            return Err(Error::PinLenRange(
                format!("a PIN has {} to {} bytes", Self::LEN_MIN, Self::LEN_MAX).into(),
            ));
        }
        Ok(Self(SecretBytes::from_slice(bytes)))
    }

    /// A PIN as typed at a login; one of an impossible length is simply wrong.
    ///
    /// # Errors
    /// `CKR_PIN_INCORRECT`
    pub fn attempt(bytes: &[u8]) -> Result<Self> {
        Self::new(bytes)
            .map_err(|_| Error::PinIncorrect("the PIN has a length no PIN can have".into()))
    }

    /// The bytes, for the key derivation only.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_a_secret_shows_its_length_only() {
        let secret = SecretBytes::new(b"\x11\x22\x33".to_vec());
        assert_eq!(format!("{secret:?}"), "SecretBytes(3 bytes)");
        assert_eq!(format!("{:?}", Pin::new(b"1234").unwrap()), "Pin");
    }

    #[test]
    fn a_pin_has_four_to_255_bytes() {
        assert!(Pin::new(b"123").is_err());
        assert!(Pin::new(b"1234").is_ok());
        assert!(Pin::new(&[b'x'; 255]).is_ok());
        assert!(Pin::new(&[b'x'; 256]).is_err());
    }

    #[test]
    fn comparison_is_by_content() {
        let secret = SecretBytes::from_slice(b"abc");
        assert!(secret.ct_eq(b"abc"));
        assert!(!secret.ct_eq(b"abd"));
        assert!(!secret.ct_eq(b"ab"));
    }
}
