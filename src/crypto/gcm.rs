// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-GCM: the limits of SP 800-38D over whichever engine is compiled in.
#![forbid(unsafe_code)]

use super::aes::AesKey;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

#[cfg(feature = "aws-lc")]
use super::aws_lc::gcm::Gcm as Engine;
#[cfg(not(feature = "aws-lc"))]
use super::rust_crypto::gcm::Gcm as Engine;

/// Length of a whole tag in bytes.
pub const TAG_LEN: usize = 16;

/// A whole tag.
pub type Tag = [u8; TAG_LEN];

/// The longest text in bytes: 2^39 - 256 bits (SP 800-38D, 5.2.1.1).
pub const TEXT_LEN_MAX: u64 = (1 << 36) - 32;

/// An encryption under way.
#[derive(Debug)]
pub struct Sealing {
    engine: Engine,
    text_len: u64,
}

impl Sealing {
    /// Starts a message.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    pub fn new(key: &AesKey, iv: &[u8], aad: &[u8]) -> Result<Self> {
        Ok(Self {
            engine: Engine::new(key.value(), iv, aad, true)?,
            text_len: 0,
        })
    }

    /// A second message in the same state.
    ///
    /// # Errors
    /// `CKR_HOST_MEMORY`
    pub fn duplicate(&self) -> Result<Self> {
        Ok(Self {
            engine: self.engine.duplicate()?,
            text_len: self.text_len,
        })
    }

    /// Encrypts a part into a buffer of the same length.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`
    pub fn update(&mut self, input: &[u8], output: &mut [u8]) -> Result<()> {
        let text_len = self.text_len.saturating_add(input.len() as u64);
        if text_len > TEXT_LEN_MAX {
            return Err(Error::DataLenRange(
                "a message of AES-GCM has at most 2^36 - 32 bytes (SP 800-38D)".into(),
            ));
        }
        self.text_len = text_len;
        self.engine.update(input, output)
    }

    /// Ends with the whole tag.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`
    pub fn tag(self) -> Result<Tag> {
        self.engine.tag()
    }
}

/// A decryption under way: its text is not to be trusted before the tag is known to be right.
#[derive(Debug)]
pub struct Opening {
    engine: Engine,
    text_len: u64,
}

impl Opening {
    /// Starts a message.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    pub fn new(key: &AesKey, iv: &[u8], aad: &[u8]) -> Result<Self> {
        Ok(Self {
            engine: Engine::new(key.value(), iv, aad, false)?,
            text_len: 0,
        })
    }

    /// Decrypts a part into a buffer of the same length.
    ///
    /// # Errors
    /// `CKR_ENCRYPTED_DATA_LEN_RANGE`
    pub fn update(&mut self, input: &[u8], output: &mut [u8]) -> Result<()> {
        let text_len = self.text_len.saturating_add(input.len() as u64);
        if text_len > TEXT_LEN_MAX {
            return Err(Error::EncryptedDataLenRange(
                "a message of AES-GCM has at most 2^36 - 32 bytes (SP 800-38D)".into(),
            ));
        }
        self.text_len = text_len;
        self.engine.update(input, output)
    }

    /// Ends: whether the tag, of any length up to 16 bytes, is right.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` when the tag is longer.
    pub fn verify(self, tag: &[u8]) -> Result<bool> {
        self.engine.verify(tag)
    }
}

/// Decrypts a message whose tag, of any length up to 16 bytes, is right.
///
/// # Errors
/// `CKR_ENCRYPTED_DATA_INVALID` when the tag is wrong, `CKR_ENCRYPTED_DATA_LEN_RANGE`,
/// `CKR_MECHANISM_PARAM_INVALID`
pub fn open(
    key: &AesKey,
    iv: &[u8],
    aad: &[u8],
    ciphertext: &[u8],
    tag: &[u8],
) -> Result<SecretBytes> {
    if ciphertext.len() as u64 > TEXT_LEN_MAX {
        return Err(Error::EncryptedDataLenRange(
            "a message of AES-GCM has at most 2^36 - 32 bytes (SP 800-38D)".into(),
        ));
    }
    let mut engine = Engine::new(key.value(), iv, aad, false)?;
    let text = SecretBytes::try_init(ciphertext.len(), |text| engine.update(ciphertext, text))?;
    if engine.verify(tag)? {
        return Ok(text);
    }
    Err(Error::EncryptedDataInvalid(
        "the tag does not belong to this message".into(),
    ))
}
