// SPDX-License-Identifier: MIT OR Apache-2.0
//! MACs over block ciphers: CBC-MAC (FIPS 113), XCBC (RFC 3566), CMAC with triple DES (SP 800-38B).
#![forbid(unsafe_code)]

use cmac::{Cmac, KeyInit as _, Mac as _};
use des::{TdesEde2, TdesEde3};
use zeroize::Zeroizing;

use super::aes::{AesKey, BLOCK_LEN};
use super::block_cipher::BlockCipher;
use super::des3::Des3Key;
use super::mac::Mac;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// A running MAC.
pub trait Authenticator: Clone + Send {
    /// Length of the whole MAC in bytes.
    fn output_len(&self) -> usize;

    /// Feeds a part.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR`
    fn feed(&mut self, input: &[u8]) -> Result<()>;

    /// Ends.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR`
    fn end(self) -> Result<SecretBytes>;
}

impl Authenticator for Mac {
    fn output_len(&self) -> usize {
        self.len()
    }

    fn feed(&mut self, input: &[u8]) -> Result<()> {
        self.update(input);
        Ok(())
    }

    fn end(self) -> Result<SecretBytes> {
        Ok(self.finish())
    }
}

/// How many bytes of chained blocks, which nobody needs, are made at once.
const RUN_LEN: usize = 512;

/// The chain that CBC-MAC, XCBC and CCM have in common.
///
/// The last block, whole or not, is held back until it is known what follows.
#[derive(Clone)]
pub(in crate::crypto) struct Chain<K, const N: usize> {
    key: K,
    block: Zeroizing<[u8; N]>,
    held: Zeroizing<[u8; N]>,
    held_len: usize,
}

impl<K: BlockCipher<N>, const N: usize> Chain<K, N> {
    pub(in crate::crypto) fn new(key: K) -> Self {
        Self {
            key,
            block: Zeroizing::new([0; N]),
            held: Zeroizing::new([0; N]),
            held_len: 0,
        }
    }

    fn absorb(&mut self, blocks: &[u8]) -> Result<()> {
        let mut made = Zeroizing::new([0; RUN_LEN]);
        for run in blocks.chunks(RUN_LEN) {
            let (made, _) = made.split_at_mut(run.len());
            self.key.cbc_encrypt(&mut self.block, run, made)?;
        }
        Ok(())
    }

    pub(in crate::crypto) fn update(&mut self, input: &[u8]) -> Result<()> {
        let (head, rest) = input.split_at(input.len().min(N - self.held_len));
        let free = self.held.iter_mut().skip(self.held_len);
        free.zip(head).for_each(|(to, from)| *to = *from);
        self.held_len += head.len();
        if rest.is_empty() {
            return Ok(());
        }
        let held = self.held.clone();
        self.absorb(held.as_slice())?;
        let (bulk, tail) = rest.split_at((rest.len() - 1) / N * N);
        self.absorb(bulk)?;
        self.held
            .iter_mut()
            .zip(tail)
            .for_each(|(to, from)| *to = *from);
        self.held_len = tail.len();
        Ok(())
    }

    /// Fills what is held with zeros and takes it in.
    pub(in crate::crypto) fn pad(&mut self) -> Result<()> {
        if self.held_len > 0 {
            self.absorb_last([0; N])?;
        }
        Ok(())
    }

    /// Takes in what is held, with zeros behind it, after `mask` is added to it.
    fn absorb_last(&mut self, mask: [u8; N]) -> Result<()> {
        let mut last = Zeroizing::new(mask);
        let held = self.held.iter().take(self.held_len);
        last.iter_mut()
            .zip(held)
            .for_each(|(to, from)| *to ^= *from);
        self.held_len = 0;
        self.absorb(last.as_slice())
    }

    pub(in crate::crypto) fn block(&self) -> &[u8; N] {
        &self.block
    }
}

/// CBC-MAC with zeros behind the last block and no IV. FIPS 113.
#[derive(Clone)]
pub struct CbcMac<K, const N: usize>(Chain<K, N>);

impl<K: BlockCipher<N>, const N: usize> CbcMac<K, N> {
    /// Starts.
    #[must_use]
    pub fn new(key: K) -> Self {
        Self(Chain::new(key))
    }
}

impl<K: BlockCipher<N>, const N: usize> Authenticator for CbcMac<K, N> {
    fn output_len(&self) -> usize {
        N
    }

    fn feed(&mut self, input: &[u8]) -> Result<()> {
        self.0.update(input)
    }

    // SPEC: FIPS 113 does not say what the MAC of nothing is; it is that of one block of zeros.
    fn end(mut self) -> Result<SecretBytes> {
        self.0.absorb_last([0; N])?;
        Ok(SecretBytes::from_slice(self.0.block()))
    }
}

/// AES-XCBC-MAC. RFC 3566, 4.
#[derive(Clone)]
pub struct XcbcMac {
    chain: Chain<AesKey, BLOCK_LEN>,
    /// K2, for a last block that is whole.
    whole: Zeroizing<[u8; BLOCK_LEN]>,
    /// K3, for a last block that is padded.
    padded: Zeroizing<[u8; BLOCK_LEN]>,
}

impl XcbcMac {
    /// Starts.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE`
    pub fn new(key: &AesKey) -> Result<Self> {
        if key.value().len() != BLOCK_LEN {
            return Err(Error::KeySizeRange(
                "a key of AES-XCBC-MAC has 16 bytes (RFC 3566)".into(),
            ));
        }
        let derived = |byte| -> Result<_> {
            let mut block = Zeroizing::new([0; BLOCK_LEN]);
            key.encrypt_ecb(&[byte; BLOCK_LEN], block.as_mut_slice())?;
            Ok(block)
        };
        Ok(Self {
            chain: Chain::new(AesKey::new(derived(1)?.as_slice())?),
            whole: derived(2)?,
            padded: derived(3)?,
        })
    }
}

impl Authenticator for XcbcMac {
    fn output_len(&self) -> usize {
        BLOCK_LEN
    }

    fn feed(&mut self, input: &[u8]) -> Result<()> {
        self.chain.update(input)
    }

    fn end(self) -> Result<SecretBytes> {
        let Self {
            mut chain,
            whole,
            mut padded,
        } = self;
        if chain.held_len == BLOCK_LEN {
            chain.absorb_last(*whole)?;
        } else {
            // "append a single 1 bit, followed by the necessary number of 0 bits"
            if let Some(byte) = padded.get_mut(chain.held_len) {
                *byte ^= 0x80;
            }
            chain.absorb_last(*padded)?;
        }
        Ok(SecretBytes::from_slice(chain.block()))
    }
}

/// CMAC with triple DES. SP 800-38B.
#[derive(Clone)]
pub enum Des3Cmac {
    /// With two keys.
    Two(Box<Cmac<TdesEde2>>),
    /// With three keys.
    Three(Box<Cmac<TdesEde3>>),
}

impl Des3Cmac {
    /// Starts.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE`
    pub fn new(key: &Des3Key) -> Result<Self> {
        let wrong = |_| Error::KeySizeRange("a triple DES key has 16 or 24 bytes".into());
        let value = key.value();
        match value.len() {
            16 => Cmac::new_from_slice(value).map(|state| Self::Two(Box::new(state))),
            _ => Cmac::new_from_slice(value).map(|state| Self::Three(Box::new(state))),
        }
        .map_err(wrong)
    }
}

impl Authenticator for Des3Cmac {
    fn output_len(&self) -> usize {
        super::des3::BLOCK_LEN
    }

    fn feed(&mut self, input: &[u8]) -> Result<()> {
        match self {
            Self::Two(state) => state.update(input),
            Self::Three(state) => state.update(input),
        }
        Ok(())
    }

    fn end(self) -> Result<SecretBytes> {
        Ok(match self {
            Self::Two(state) => SecretBytes::from_slice(&state.finalize().into_bytes()),
            Self::Three(state) => SecretBytes::from_slice(&state.finalize().into_bytes()),
        })
    }
}

/// Debug output without content.
macro_rules! opaque {
    ($(($($generics:tt)*) $name:ty, $text:literal;)+) => {
        $(impl<$($generics)*> core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str($text)
            }
        })+
    };
}

opaque! {
    (K, const N: usize) Chain<K, N>, "Chain";
    (K, const N: usize) CbcMac<K, N>, "CbcMac";
    () XcbcMac, "XcbcMac";
    () Des3Cmac, "Des3Cmac";
}
