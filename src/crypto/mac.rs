// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message authentication: HMAC (FIPS 198-1) and CMAC (SP 800-38B).
#![forbid(unsafe_code)]

use aes::{Aes128, Aes192, Aes256};
use blake2::Blake2b;
use cmac::Cmac;
use des::{TdesEde2, TdesEde3};
use digest::consts::{U20, U32, U48, U64};
use hmac::{Hmac, Mac as _, SimpleHmac};
use md5::Md5;
use ripemd::Ripemd160;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512};

use super::aes::AesKey;
use super::digest::{HashFunction, Truncation};
use super::hmac_sha512_t::HmacSha512T;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Makes the enum of running MACs from one list.
macro_rules! macs {
    ($($name:ident($type:ty, $len:literal),)+) => {
        #[derive(Clone)]
        enum State {
            $($name(Box<$type>),)+
            Sha512T(Box<HmacSha512T>),
        }

        #[expect(clippy::len_without_is_empty, reason = "no output is empty")]
        impl Mac {
            /// Length of the whole MAC in bytes.
            #[must_use]
            pub fn len(&self) -> usize {
                match &self.0 {
                    $(State::$name(_) => $len,)+
                    State::Sha512T(state) => state.len(),
                }
            }

            /// Feeds a part.
            pub fn update(&mut self, input: &[u8]) {
                match &mut self.0 {
                    $(State::$name(state) => state.update(input),)+
                    State::Sha512T(state) => state.update(input),
                }
            }

            /// Ends.
            #[must_use]
            pub fn finish(self) -> SecretBytes {
                match self.0 {
                    $(State::$name(state) => {
                        SecretBytes::from_slice(&state.finalize().into_bytes())
                    })+
                    State::Sha512T(state) => state.finish(),
                }
            }
        }
    };
}

macs! {
    Sha1(Hmac<Sha1>, 20),
    Sha224(Hmac<Sha224>, 28),
    Sha256(Hmac<Sha256>, 32),
    Sha384(Hmac<Sha384>, 48),
    Sha512(Hmac<Sha512>, 64),
    Sha512_224(Hmac<Sha512_224>, 28),
    Sha512_256(Hmac<Sha512_256>, 32),
    Md5(Hmac<Md5>, 16),
    Ripemd160(Hmac<Ripemd160>, 20),
    Blake2b160(SimpleHmac<Blake2b<U20>>, 20),
    Blake2b256(SimpleHmac<Blake2b<U32>>, 32),
    Blake2b384(SimpleHmac<Blake2b<U48>>, 48),
    Blake2b512(SimpleHmac<Blake2b<U64>>, 64),
    Sha3_224(Hmac<Sha3_224>, 28),
    Sha3_256(Hmac<Sha3_256>, 32),
    Sha3_384(Hmac<Sha3_384>, 48),
    Sha3_512(Hmac<Sha3_512>, 64),
    Aes128(Cmac<Aes128>, 16),
    Aes192(Cmac<Aes192>, 16),
    Aes256(Cmac<Aes256>, 16),
    Des2(Cmac<TdesEde2>, 8),
    Des3(Cmac<TdesEde3>, 8),
}

/// A running MAC; a fresh one may be cloned to save the key setup.
#[derive(Clone)]
pub struct Mac(State);

/// Makes a state from a key of a length that the algorithm takes.
macro_rules! keyed {
    ($name:ident, $key:expr) => {
        hmac::digest::KeyInit::new_from_slice($key)
            .map(|state| Mac(State::$name(Box::new(state))))
            .map_err(|_| Error::KeySizeRange("the MAC takes no key of this length".into()))
    };
}

impl Mac {
    /// Starts an HMAC; a key may have any length.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE`
    pub fn hmac(function: HashFunction, key: &[u8]) -> Result<Self> {
        match function {
            HashFunction::Sha1 => keyed!(Sha1, key),
            HashFunction::Sha224 => keyed!(Sha224, key),
            HashFunction::Sha256 => keyed!(Sha256, key),
            HashFunction::Sha384 => keyed!(Sha384, key),
            HashFunction::Sha512 => keyed!(Sha512, key),
            HashFunction::Sha512_224 => keyed!(Sha512_224, key),
            HashFunction::Sha512_256 => keyed!(Sha512_256, key),
            HashFunction::Md5 => keyed!(Md5, key),
            HashFunction::Ripemd160 => keyed!(Ripemd160, key),
            HashFunction::Blake2b160 => keyed!(Blake2b160, key),
            HashFunction::Blake2b256 => keyed!(Blake2b256, key),
            HashFunction::Blake2b384 => keyed!(Blake2b384, key),
            HashFunction::Blake2b512 => keyed!(Blake2b512, key),
            HashFunction::Sha3_224 => keyed!(Sha3_224, key),
            HashFunction::Sha3_256 => keyed!(Sha3_256, key),
            HashFunction::Sha3_384 => keyed!(Sha3_384, key),
            HashFunction::Sha3_512 => keyed!(Sha3_512, key),
        }
    }

    /// Starts an HMAC with SHA-512/t; a key may have any length.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    pub fn hmac_sha512_t(truncation: Truncation, key: &[u8]) -> Result<Self> {
        let state = HmacSha512T::new(truncation, key)?;
        Ok(Self(State::Sha512T(Box::new(state))))
    }

    /// Starts a CMAC.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE`
    pub fn cmac(key: &AesKey) -> Result<Self> {
        let value = key.value();
        match value.len() {
            16 => keyed!(Aes128, value),
            24 => keyed!(Aes192, value),
            _ => keyed!(Aes256, value),
        }
    }

    /// Starts a CMAC with triple DES.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE`
    pub fn cmac_des3(key: &[u8]) -> Result<Self> {
        match key.len() {
            16 => keyed!(Des2, key),
            _ => keyed!(Des3, key),
        }
    }
}

impl core::fmt::Debug for Mac {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Mac({} bytes)", self.len())
    }
}
