// SPDX-License-Identifier: MIT OR Apache-2.0
//! RSASSA-PSS: RFC 8017, sections 8.1 and 9.1.

use super::{Fill, Mgf1, PrivateOperation, PublicOperation, raw};
use crate::crypto::digest::HashFunction;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// The parameters of a PSS signature.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pss {
    /// The hash of the message and of the block.
    pub hash: HashFunction,
    /// The mask generation function.
    pub mgf: Mgf1,
    /// Length of the salt in bytes.
    pub salt_len: usize,
}

fn invalid() -> Error {
    Error::SignatureInvalid("the signature is not over this data".into())
}

impl Pss {
    /// Whether the salt and the hash fit a modulus of so many bits.
    #[must_use]
    pub fn fits(&self, modulus_bits: usize) -> bool {
        let needed = self.salt_len.checked_add(self.hash.len() + 2);
        needed.is_some_and(|needed| needed <= block_len(modulus_bits))
    }

    fn check(&self, digest: &[u8], modulus_bits: usize) -> Result<()> {
        if digest.len() != self.hash.len() {
            return Err(Error::DataLenRange(
                "the data does not have the length of the hash".into(),
            ));
        }
        if !self.fits(modulus_bits) {
            return Err(Error::KeySizeRange(
                "the modulus has no room for the hash and the salt".into(),
            ));
        }
        Ok(())
    }

    /// `H = Hash(00 00 00 00 00 00 00 00 || digest || salt)`
    fn hash_salted(&self, digest: &[u8], salt: &[u8]) -> SecretBytes {
        let mut hasher = self.hash.start();
        hasher.update(&[0; 8]);
        hasher.update(digest);
        hasher.update(salt);
        hasher.finish()
    }

    /// Signs a digest.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`, `CKR_KEY_SIZE_RANGE`, `CKR_DEVICE_ERROR`
    pub fn sign(
        &self,
        key: &impl PrivateOperation,
        fill: Fill<'_>,
        digest: &[u8],
    ) -> Result<SecretBytes> {
        let modulus_bits = key.modulus_bits();
        self.check(digest, modulus_bits)?;
        let salt = SecretBytes::try_init(self.salt_len, fill)?;
        let block = self.encode(key.modulus_len(), modulus_bits, digest, salt.expose())?;
        key.raw(block.expose())
    }

    /// EMSA-PSS-ENCODE, with the zero byte in front when the block is shorter than the modulus.
    fn encode(
        &self,
        len: usize,
        modulus_bits: usize,
        digest: &[u8],
        salt: &[u8],
    ) -> Result<SecretBytes> {
        let hash = self.hash_salted(digest, salt);
        SecretBytes::try_init(len, |whole| {
            let (_, block) = whole.split_at_mut(len - block_len(modulus_bits));
            let (masked, tail) = block.split_at_mut(block.len() - self.hash.len() - 1);
            let (filler, salted) = masked.split_at_mut(masked.len() - salt.len());
            if let Some(last) = filler.last_mut() {
                *last = 1;
            }
            salted.copy_from_slice(salt);
            self.mgf.mask(hash.expose(), masked);
            if let Some(first) = masked.first_mut() {
                *first &= first_byte_mask(modulus_bits);
            }
            if let Some((end, hashed)) = tail.split_last_mut() {
                *end = 0xbc;
                hashed.copy_from_slice(hash.expose());
            }
            Ok(())
        })
    }

    /// Checks a signature over a digest.
    ///
    /// # Errors
    /// `CKR_SIGNATURE_INVALID`, `CKR_SIGNATURE_LEN_RANGE`, `CKR_DATA_LEN_RANGE`, `CKR_KEY_SIZE_RANGE`
    pub fn verify(
        &self,
        key: &impl PublicOperation,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let modulus_bits = key.modulus_bits();
        self.check(digest, modulus_bits)?;
        let mut whole = raw::open_signature(key, signature)?;
        let (front, block) = whole
            .expose_mut()
            .split_at_mut(key.modulus_len() - block_len(modulus_bits));
        let (masked, tail) = block.split_at_mut(block.len() - self.hash.len() - 1);
        let Some((0xbc, hash)) = tail.split_last() else {
            return Err(invalid());
        };
        let spare = !first_byte_mask(modulus_bits);
        if front.iter().any(|byte| *byte != 0) || masked.first().is_none_or(|b| b & spare != 0) {
            return Err(invalid());
        }
        self.mgf.mask(hash, masked);
        if let Some(first) = masked.first_mut() {
            *first &= !spare;
        }
        let (filler, salt) = masked.split_at(masked.len() - self.salt_len);
        let Some((1, zeros)) = filler.split_last() else {
            return Err(invalid());
        };
        if zeros.iter().any(|byte| *byte != 0) || !self.hash_salted(digest, salt).ct_eq(hash) {
            return Err(invalid());
        }
        Ok(())
    }
}

/// `emLen`: the block has one bit less than the modulus.
const fn block_len(modulus_bits: usize) -> usize {
    (modulus_bits - 1).div_ceil(8)
}

/// The bits of the block's first byte that are in use.
const fn first_byte_mask(modulus_bits: usize) -> u8 {
    0xff >> (8 * block_len(modulus_bits) - (modulus_bits - 1))
}
