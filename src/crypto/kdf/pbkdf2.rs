// SPDX-License-Identifier: MIT OR Apache-2.0
//! PBKDF2 with HMAC (RFC 8018, section 5.2).

use core::convert::Infallible;

use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};

use crate::secret::SecretBytes;

/// The hash of the HMAC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Prf {
    /// SHA-1
    Sha1,
    /// SHA-224
    Sha224,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
    /// SHA-512/224
    Sha512_224,
    /// SHA-512/256
    Sha512_256,
}

/// Derives `len` bytes from a password.
#[must_use]
pub fn derive(prf: Prf, password: &[u8], salt: &[u8], rounds: u32, len: usize) -> SecretBytes {
    let run = match prf {
        Prf::Sha1 => ::pbkdf2::pbkdf2_hmac::<Sha1>,
        Prf::Sha224 => ::pbkdf2::pbkdf2_hmac::<Sha224>,
        Prf::Sha256 => ::pbkdf2::pbkdf2_hmac::<Sha256>,
        Prf::Sha384 => ::pbkdf2::pbkdf2_hmac::<Sha384>,
        Prf::Sha512 => ::pbkdf2::pbkdf2_hmac::<Sha512>,
        Prf::Sha512_224 => ::pbkdf2::pbkdf2_hmac::<Sha512_224>,
        Prf::Sha512_256 => ::pbkdf2::pbkdf2_hmac::<Sha512_256>,
    };
    let filled = SecretBytes::try_init(len, |out| {
        run(password, salt, rounds, out);
        Ok::<(), Infallible>(())
    });
    match filled {
        Ok(filled) => filled,
        Err(never) => match never {},
    }
}
