// SPDX-License-Identifier: MIT OR Apache-2.0
//! Poly1305, and ChaCha20-Poly1305 put together from it. RFC 8439, 2.5 and 2.8.
#![forbid(unsafe_code)]

use poly1305::universal_hash::{KeyInit as _, UniversalHash as _};
use poly1305::{Block, Poly1305};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::block_mac::Authenticator;
use super::chacha::{BLOCK_LEN as STREAM_BLOCK_LEN, ChaCha, KEY_LEN};
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Length of a tag in bytes.
pub const TAG_LEN: usize = 16;

/// Length of a block in bytes.
const BLOCK_LEN: usize = 16;

/// A running Poly1305.
#[derive(Clone)]
pub struct Poly {
    state: Poly1305,
    /// Input that is not a block yet.
    held: Zeroizing<[u8; BLOCK_LEN]>,
    held_len: usize,
}

impl Poly {
    /// Starts with a key that is used once.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE`
    pub fn new(key: &[u8]) -> Result<Self> {
        let state = Poly1305::new_from_slice(key)
            .map_err(|_| Error::KeySizeRange("a Poly1305 key has 32 bytes".into()))?;
        Ok(Self {
            state,
            held: Zeroizing::new([0; BLOCK_LEN]),
            held_len: 0,
        })
    }

    fn update(&mut self, input: &[u8]) {
        let missing = (BLOCK_LEN - self.held_len) % BLOCK_LEN;
        let (head, rest) = input.split_at(missing.min(input.len()));
        let free = self.held.iter_mut().skip(self.held_len);
        free.zip(head).for_each(|(to, from)| *to = *from);
        self.held_len += head.len();
        if self.held_len == BLOCK_LEN {
            self.state.update(&[(*self.held).into()]);
            self.held_len = 0;
        }
        let (blocks, tail) = Block::slice_as_chunks(rest);
        self.state.update(blocks);
        if !tail.is_empty() {
            let to = self.held.iter_mut();
            to.zip(tail).for_each(|(to, from)| *to = *from);
            self.held_len = tail.len();
        }
    }

    /// Fills the block under way with zeros.
    fn pad(&mut self) {
        if self.held_len > 0 {
            let zeros = [0; BLOCK_LEN];
            self.update(zeros.get(self.held_len..).unwrap_or_default());
        }
    }

    fn tag(self) -> [u8; TAG_LEN] {
        let tail = self.held.get(..self.held_len).unwrap_or_default();
        self.state.compute_unpadded(tail).into()
    }
}

impl Authenticator for Poly {
    fn output_len(&self) -> usize {
        TAG_LEN
    }

    fn feed(&mut self, input: &[u8]) -> Result<()> {
        self.update(input);
        Ok(())
    }

    fn end(self) -> Result<SecretBytes> {
        Ok(SecretBytes::from_slice(&self.tag()))
    }
}

/// A message of ChaCha20-Poly1305 under way.
#[derive(Clone)]
pub struct ChaChaPoly {
    stream: ChaCha,
    poly: Poly,
    aad_len: u64,
    text_len: u64,
    /// Whether each part is padded and both lengths stand at the end (RFC 8439); the original form with its nonce
    /// of 64 bits has each part's length behind it and no padding (draft-agl-tls-chacha20poly1305-04, 5).
    padded: bool,
}

impl ChaChaPoly {
    /// Starts a message with a nonce of 8, 12 or 24 bytes.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE`, `CKR_MECHANISM_PARAM_INVALID`
    pub fn new(key: &[u8], nonce: &[u8], aad: &[u8]) -> Result<Self> {
        let mut stream = ChaCha::new(key, nonce, 0)?;
        let mut first = Zeroizing::new([0; STREAM_BLOCK_LEN]);
        stream.apply(&[0; STREAM_BLOCK_LEN], first.as_mut_slice())?;
        let mut poly = Poly::new(first.get(..KEY_LEN).unwrap_or_default())?;
        let padded = nonce.len() != 8;
        let aad_len = aad.len() as u64;
        poly.update(aad);
        if padded {
            poly.pad();
        } else {
            poly.update(&aad_len.to_le_bytes());
        }
        Ok(Self {
            stream,
            poly,
            aad_len,
            text_len: 0,
            padded,
        })
    }

    /// Encrypts a part into a buffer of the same length.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`
    pub fn encrypt(&mut self, input: &[u8], output: &mut [u8]) -> Result<()> {
        self.stream.apply(input, output)?;
        self.authenticate(output);
        Ok(())
    }

    /// Decrypts a part into a buffer of the same length, before anything is known of the tag.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`
    pub fn decrypt(&mut self, input: &[u8], output: &mut [u8]) -> Result<()> {
        self.stream.apply(input, output)?;
        self.authenticate(input);
        Ok(())
    }

    /// Ends a decryption in parts: whether the tag is right.
    #[must_use]
    pub fn verify(self, tag: &[u8]) -> bool {
        self.tag().ct_eq(tag).into()
    }

    /// Takes a part of the ciphertext in.
    fn authenticate(&mut self, ciphertext: &[u8]) {
        self.text_len = self.text_len.saturating_add(ciphertext.len() as u64);
        self.poly.update(ciphertext);
    }

    /// Ends with the tag.
    #[must_use]
    pub fn tag(mut self) -> [u8; TAG_LEN] {
        if self.padded {
            self.poly.pad();
            self.poly.update(&self.aad_len.to_le_bytes());
        }
        self.poly.update(&self.text_len.to_le_bytes());
        self.poly.tag()
    }

    /// Decrypts the whole of a message whose tag is right.
    ///
    /// # Errors
    /// `CKR_ENCRYPTED_DATA_INVALID` when the tag is wrong, `CKR_DATA_LEN_RANGE`
    pub fn open(mut self, ciphertext: &[u8], tag: &[u8]) -> Result<SecretBytes> {
        self.authenticate(ciphertext);
        let mut stream = self.stream.clone();
        if !self.verify(tag) {
            return Err(Error::EncryptedDataInvalid(
                "the tag does not belong to this message".into(),
            ));
        }
        SecretBytes::try_init(ciphertext.len(), |text| stream.apply(ciphertext, text))
    }
}

impl core::fmt::Debug for Poly {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Poly")
    }
}

impl core::fmt::Debug for ChaChaPoly {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ChaChaPoly")
    }
}
