// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-CCM over the block cipher's CBC-MAC and counter mode. SP 800-38C; RFC 3610.
#![forbid(unsafe_code)]

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::aes::{AesKey, BLOCK_LEN, Block, Counter};
use super::block_mac::Chain;
use crate::error::{Error, Result};

/// The lengths that a message of CCM fixes before it starts.
#[derive(Clone, Copy, Debug)]
pub struct Lengths {
    /// Length of the text in bytes.
    pub text: u64,
    /// Length of the tag in bytes: 4, 6, 8, 10, 12, 14 or 16.
    pub tag: usize,
}

/// A message under way.
#[derive(Clone)]
pub struct Ccm {
    stream: Counter,
    chain: Chain<AesKey, BLOCK_LEN>,
    /// The first block of the stream, which covers the tag.
    cover: Zeroizing<Block>,
    tag_len: usize,
    /// How many bytes of the text are still to come.
    left: u64,
}

/// A counter block, or the first block of the chain: flags, nonce, number.
fn numbered(flags: usize, nonce: &[u8], number: u64) -> Block {
    let mut block = [0; BLOCK_LEN];
    let number_len = BLOCK_LEN - 1 - nonce.len();
    let number = number.to_be_bytes();
    let flags = [u8::try_from(flags).unwrap_or_default()];
    let bytes = flags.iter().chain(nonce);
    let bytes = bytes.chain(number.iter().skip(number.len() - number_len));
    block
        .iter_mut()
        .zip(bytes)
        .for_each(|(to, from)| *to = *from);
    block
}

/// The length in front of the associated data (SP 800-38C, A.2.2).
fn aad_header(len: usize) -> Vec<u8> {
    let long = (len as u64).to_be_bytes();
    let [.., a, b, c, d] = long;
    match len {
        0 => Vec::new(),
        1..0xff00 => vec![c, d],
        0xff00..=0xffff_ffff => vec![0xff, 0xfe, a, b, c, d],
        _ => [[0xff, 0xff].as_slice(), &long].concat(),
    }
}

impl Ccm {
    /// Starts a message.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    pub fn new(key: &AesKey, nonce: &[u8], aad: &[u8], lengths: Lengths) -> Result<Self> {
        let invalid = |reason: &'static str| Err(Error::MechanismParamInvalid(reason.into()));
        if !(7..=13).contains(&nonce.len()) {
            return invalid("a nonce of CCM has 7 to 13 bytes (SP 800-38C, A.1)");
        }
        let Lengths { text, tag } = lengths;
        if !matches!(tag, 4 | 6 | 8 | 10 | 12 | 14 | 16) {
            return invalid("a MAC of CCM has 4, 6, 8, 10, 12, 14 or 16 bytes (SP 800-38C, A.1)");
        }
        let number_len = BLOCK_LEN - 1 - nonce.len();
        let number_bits = 8 * number_len as u64;
        if number_bits < 64 && text >> number_bits != 0 {
            return invalid("the text is longer than the nonce leaves room to count");
        }
        let has_aad = usize::from(!aad.is_empty());
        let flags = 64 * has_aad + 8 * ((tag - 2) / 2) + number_len - 1;
        let mut chain = Chain::new(key.clone());
        chain.update(&numbered(flags, nonce, text))?;
        chain.update(&aad_header(aad.len()))?;
        chain.update(aad)?;
        chain.pad()?;
        let start = numbered(number_len - 1, nonce, 0);
        let mut stream = Counter::new(key.clone(), start, number_bits)?;
        let mut cover = Zeroizing::new([0; BLOCK_LEN]);
        stream.apply(cover.as_mut_slice())?;
        Ok(Self {
            stream,
            chain,
            cover,
            tag_len: tag,
            left: text,
        })
    }

    fn take(&mut self, len: usize) -> Result<()> {
        let left = self.left.checked_sub(len as u64);
        self.left = left.ok_or_else(length_error)?;
        Ok(())
    }

    /// Encrypts a part into a buffer of the same length.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`
    pub fn encrypt(&mut self, input: &[u8], output: &mut [u8]) -> Result<()> {
        self.take(input.len())?;
        self.chain.update(input)?;
        self.stream.apply_to(input, output)
    }

    /// Decrypts a part into a buffer of the same length.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`
    pub fn decrypt(&mut self, input: &[u8], output: &mut [u8]) -> Result<()> {
        self.take(input.len())?;
        self.stream.apply_to(input, output)?;
        self.chain.update(output)
    }

    /// Ends with the tag, which is written to the start of `output`.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE` when text is missing.
    pub fn tag(mut self, output: &mut [u8]) -> Result<()> {
        if self.left > 0 {
            return Err(length_error());
        }
        self.chain.pad()?;
        let tag = self.chain.block().iter().zip(self.cover.iter());
        let tag = tag.map(|(byte, cover)| byte ^ cover);
        output
            .iter_mut()
            .zip(tag.take(self.tag_len))
            .for_each(|(to, from)| *to = from);
        Ok(())
    }

    /// Ends a decryption: whether the tag is right.
    ///
    /// # Errors
    /// As [`tag`](Self::tag).
    pub fn verify(self, tag: &[u8]) -> Result<bool> {
        let mut computed = Zeroizing::new([0; BLOCK_LEN]);
        let len = self.tag_len;
        self.tag(computed.as_mut_slice())?;
        let computed = computed.get(..len).unwrap_or_default();
        Ok(computed.ct_eq(tag).into())
    }
}

fn length_error() -> Error {
    Error::DataLenRange("\"the total length of data processed must be ulDataLen\"".into())
}

impl core::fmt::Debug for Ccm {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Ccm")
    }
}
