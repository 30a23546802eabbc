// SPDX-License-Identifier: MIT OR Apache-2.0
//! Authenticated encryption for the store: AES-256-GCM, SP 800-38D.
//!
//! A sealed text is nonce, ciphertext, tag. The nonce is random; callers keep the number of texts under one
//! key far below the 2^32 of SP 800-38D section 8.3 by deriving a key for each text.
#![forbid(unsafe_code)]

use aes_gcm::aead::{AeadInOut as _, KeyInit as _};
use aes_gcm::{Aes256Gcm, Nonce, Tag};

use super::entropy;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Key length in bytes.
pub const KEY_LEN: usize = 32;
const NONCE_LEN: usize = 12;
const TAG_LEN: usize = 16;

/// How much longer a sealed text is.
pub const OVERHEAD: usize = NONCE_LEN + TAG_LEN;

fn cipher(key: &[u8]) -> Result<Aes256Gcm> {
    Aes256Gcm::new_from_slice(key)
        .map_err(|_| Error::GeneralError("a sealing key has 32 bytes".into()))
}

/// Encrypts `plain` and binds `context` to it.
///
/// # Errors
/// `CKR_RANDOM_NO_RNG`, `CKR_DATA_LEN_RANGE` above 64 GiB
pub fn seal(key: &[u8], context: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    let nonce: [u8; NONCE_LEN] = entropy::array()?;
    let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let text = sealed.get_mut(NONCE_LEN..).unwrap_or_default();
    let tag = cipher(key)?
        .encrypt_inout_detached(&Nonce::from(nonce), context, text.into())
        .map_err(|_| Error::DataLenRange("too long for one sealed text".into()))?;
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// Opens what [`seal`] made; `None` when key, context or text are not the same.
///
/// # Errors
/// `CKR_GENERAL_ERROR` for a key of the wrong length
pub fn open(key: &[u8], context: &[u8], sealed: &[u8]) -> Result<Option<SecretBytes>> {
    let Some((nonce, rest)) = sealed.split_first_chunk::<NONCE_LEN>() else {
        return Ok(None);
    };
    let Some((text, tag)) = rest.split_last_chunk::<TAG_LEN>() else {
        return Ok(None);
    };
    let cipher = cipher(key)?;
    Ok(SecretBytes::try_init(text.len(), |plain| {
        plain.copy_from_slice(text);
        cipher.decrypt_inout_detached(
            &Nonce::from(*nonce),
            context,
            plain.into(),
            &Tag::from(*tag),
        )
    })
    .ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_text_opens_with_its_key_and_context_only() {
        let sealed = seal(&[7; 32], b"here", b"text").unwrap();
        assert_eq!(sealed.len(), 4 + OVERHEAD);
        let opened = open(&[7; 32], b"here", &sealed).unwrap().unwrap();
        assert_eq!(opened.expose(), b"text");
        assert!(open(&[8; 32], b"here", &sealed).unwrap().is_none());
        assert!(open(&[7; 32], b"there", &sealed).unwrap().is_none());
        assert!(open(&[7; 32], b"here", &sealed[..20]).unwrap().is_none());
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert!(
                open(&[7; 32], b"here", &bent).unwrap().is_none(),
                "byte {at}"
            );
        }
    }

    #[test]
    fn the_same_text_is_never_sealed_to_the_same_bytes() {
        let first = seal(&[7; 32], b"", b"text").unwrap();
        assert_ne!(first, seal(&[7; 32], b"", b"text").unwrap());
    }
}
