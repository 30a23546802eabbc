// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-GCM (SP 800-38D, 7.1 and 7.2) put together from GHASH and counter mode.

use ghash::GHash;
use ghash::universal_hash::UniversalHash as _;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::crypto::aes::{AesKey, BLOCK_LEN, Block, Counter};
use crate::crypto::gcm::{TAG_LEN, Tag};
use crate::error::{Error, Result};

/// One message under way; the tag is computed over the ciphertext in both directions.
#[derive(Clone)]
pub struct Gcm {
    stream: Counter,
    /// The encrypted first counter block, which covers the tag.
    cover: Zeroizing<Block>,
    hash: GHash,
    /// Ciphertext that is not a block yet.
    held: Block,
    held_len: usize,
    aad_len: u64,
    text_len: u64,
    encrypt: bool,
}

impl Gcm {
    /// Starts a message.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID` when the IV is empty.
    pub fn new(key: &[u8], iv: &[u8], aad: &[u8], encrypt: bool) -> Result<Self> {
        if iv.is_empty() {
            return Err(Error::MechanismParamInvalid(
                "an IV of AES-GCM has at least 1 byte".into(),
            ));
        }
        let key = AesKey::new(key)?;
        let mut subkey = Zeroizing::new([0; BLOCK_LEN]);
        key.encrypt_ecb(&[0; BLOCK_LEN], subkey.as_mut_slice())?;
        let fresh = GHash::new(&(*subkey).into());
        let first = first_block(&fresh, iv);
        // "inc32(J0)": the stream covers the tag first, then the text.
        let mut stream = Counter::inc32(key, first);
        let mut cover = Zeroizing::new([0; BLOCK_LEN]);
        stream.apply(cover.as_mut_slice())?;
        let mut hash = fresh;
        hash.update_padded(aad);
        Ok(Self {
            stream,
            cover,
            hash,
            held: [0; BLOCK_LEN],
            held_len: 0,
            aad_len: aad.len() as u64,
            text_len: 0,
            encrypt,
        })
    }

    /// A second message in the same state.
    ///
    /// # Errors
    /// None; the other engine may have no memory.
    pub fn duplicate(&self) -> Result<Self> {
        Ok(self.clone())
    }

    /// Encrypts or decrypts a part into a buffer of the same length.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` when the lengths differ, `CKR_DATA_LEN_RANGE`
    pub fn update(&mut self, input: &[u8], output: &mut [u8]) -> Result<()> {
        self.stream.apply_to(input, output)?;
        self.text_len = self.text_len.saturating_add(input.len() as u64);
        self.hash_text(if self.encrypt { output } else { input });
        Ok(())
    }

    /// Takes in associated data in parts, for a message without a text: GMAC.
    pub fn authenticate(&mut self, aad: &[u8]) {
        self.aad_len = self.aad_len.saturating_add(aad.len() as u64);
        self.hash_text(aad);
    }

    fn hash_text(&mut self, text: &[u8]) {
        let missing = (BLOCK_LEN - self.held_len) % BLOCK_LEN;
        let (head, rest) = text.split_at(missing.min(text.len()));
        let free = self.held.iter_mut().skip(self.held_len);
        free.zip(head).for_each(|(to, from)| *to = *from);
        self.held_len += head.len();
        if self.held_len == BLOCK_LEN {
            self.hash.update(&[self.held.into()]);
            self.held_len = 0;
        }
        let (blocks, tail) = ghash::Block::slice_as_chunks(rest);
        self.hash.update(blocks);
        if !tail.is_empty() {
            self.held
                .iter_mut()
                .zip(tail)
                .for_each(|(to, from)| *to = *from);
            self.held_len = tail.len();
        }
    }

    /// Ends an encryption with its whole tag.
    ///
    /// # Errors
    /// None; the other engine may fail.
    pub fn tag(self) -> Result<Tag> {
        let Self {
            mut hash,
            held,
            held_len,
            ..
        } = self;
        hash.update_padded(held.get(..held_len).unwrap_or_default());
        hash.update(&[lengths(self.aad_len, self.text_len).into()]);
        let mut tag: Tag = hash.finalize().into();
        tag.iter_mut()
            .zip(self.cover.iter())
            .for_each(|(byte, cover)| *byte ^= cover);
        Ok(tag)
    }

    /// Ends a decryption: whether the tag, which may be cut short, is right.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` when the tag is empty or longer than 16 bytes.
    pub fn verify(self, tag: &[u8]) -> Result<bool> {
        let whole = Zeroizing::new(self.tag()?);
        match whole.get(..tag.len()) {
            Some(start) if !tag.is_empty() => Ok(start.ct_eq(tag).into()),
            _ => Err(Error::GeneralError(
                format!("a tag has 1 to {TAG_LEN} bytes").into(),
            )),
        }
    }
}

/// J0: the IV of 12 bytes with a counter of 1, or the hash of any other IV.
fn first_block(fresh: &GHash, iv: &[u8]) -> Block {
    let mut block = [0; BLOCK_LEN];
    if iv.len() == 12 {
        let counter = [0u8, 0, 0, 1];
        block
            .iter_mut()
            .zip(iv.iter().chain(&counter))
            .for_each(|(to, from)| *to = *from);
        return block;
    }
    let mut hash = fresh.clone();
    hash.update_padded(iv);
    hash.update(&[lengths(0, iv.len() as u64).into()]);
    hash.finalize().into()
}

/// Two lengths in bits, as the hash wants them.
fn lengths(first: u64, second: u64) -> Block {
    let both = u128::from(first << 3) << 64 | u128::from(second << 3);
    both.to_be_bytes()
}

impl core::fmt::Debug for Gcm {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Gcm")
    }
}
