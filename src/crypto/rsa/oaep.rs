// SPDX-License-Identifier: MIT OR Apache-2.0
//! RSAES-OAEP: RFC 8017, section 7.1.

use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

use super::{Fill, Mgf1, PrivateOperation, PublicOperation, raw};
use crate::crypto::digest::HashFunction;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// The parameters of an OAEP encryption, with the label hashed.
#[derive(Debug)]
pub struct Oaep {
    hash: HashFunction,
    mgf: Mgf1,
    label_hash: SecretBytes,
}

impl Oaep {
    /// Hashes the label.
    #[must_use]
    pub fn new(hash: HashFunction, mgf: Mgf1, label: &[u8]) -> Self {
        Self {
            hash,
            mgf,
            label_hash: hash.hash(label),
        }
    }

    /// The longest message that a modulus of so many bytes takes; `None` when it takes not even an empty one.
    #[must_use]
    pub const fn capacity(&self, modulus_len: usize) -> Option<usize> {
        modulus_len.checked_sub(2 * self.hash.len() + 2)
    }

    fn check_key(&self, modulus_len: usize) -> Result<usize> {
        self.capacity(modulus_len).ok_or_else(|| {
            Error::KeySizeRange("the modulus has no room for the two hashes of OAEP".into())
        })
    }

    /// Encrypts.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`, `CKR_KEY_SIZE_RANGE`, `CKR_DEVICE_ERROR`
    pub fn encrypt(
        &self,
        key: &impl PublicOperation,
        fill: Fill<'_>,
        data: &[u8],
    ) -> Result<SecretBytes> {
        let len = key.modulus_len();
        if data.len() > self.check_key(len)? {
            return Err(Error::DataLenRange(
                "the data is longer than the modulus less two hashes and 2 bytes".into(),
            ));
        }
        let block = SecretBytes::try_init(len, |block| {
            let Some((_, rest)) = block.split_first_mut() else {
                return Ok(());
            };
            let (seed, db) = rest.split_at_mut(self.hash.len());
            fill(seed)?;
            let (head, message) = db.split_at_mut(db.len() - data.len());
            message.copy_from_slice(data);
            if let Some(one) = head.last_mut() {
                *one = 1;
            }
            let (label_hash, _) = head.split_at_mut(self.hash.len());
            label_hash.copy_from_slice(self.label_hash.expose());
            self.mgf.mask(seed, db);
            self.mgf.mask(db, seed);
            Ok(())
        })?;
        key.raw(block.expose())
    }

    /// Decrypts. What is wrong with a block of the right length shows neither in the error nor in the time.
    ///
    /// # Errors
    /// `CKR_ENCRYPTED_DATA_LEN_RANGE`, `CKR_ENCRYPTED_DATA_INVALID`, `CKR_KEY_SIZE_RANGE`
    pub fn decrypt(&self, key: &impl PrivateOperation, ciphertext: &[u8]) -> Result<SecretBytes> {
        self.check_key(key.modulus_len())?;
        let mut block = raw::open_ciphertext(key, ciphertext)?;
        let Some((first, rest)) = block.expose_mut().split_first_mut() else {
            return Err(raw::undecipherable());
        };
        let (seed, db) = rest.split_at_mut(self.hash.len());
        self.mgf.mask(db, seed);
        self.mgf.mask(seed, db);
        let (label_hash, rest) = db.split_at(self.hash.len());
        let (is_separated, start) = find_message(rest);
        let is_good = first.ct_eq(&0) & label_hash.ct_eq(self.label_hash.expose()) & is_separated;
        if bool::from(is_good) {
            // Good data shows its length anyway.
            let start = usize::try_from(start).unwrap_or(usize::MAX);
            if let Some(data) = rest.get(start..) {
                return Ok(SecretBytes::from_slice(data));
            }
        }
        Err(raw::undecipherable())
    }
}

/// Whether zeros and then a one stand in front, and where the message after them starts.
fn find_message(bytes: &[u8]) -> (Choice, u32) {
    let mut is_found = Choice::from(0);
    let mut is_good = Choice::from(0);
    let mut start = 0u32;
    for (next, byte) in (1u32..).zip(bytes) {
        let is_first = !byte.ct_eq(&0) & !is_found;
        start.conditional_assign(&next, is_first);
        is_good |= is_first & byte.ct_eq(&1);
        is_found |= is_first;
    }
    (is_good, start)
}
