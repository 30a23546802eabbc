// SPDX-License-Identifier: MIT OR Apache-2.0
//! The token data key and the keys for one purpose each that HKDF makes from it.

use core::fmt;

use super::cells::TokenId;
use crate::crypto::keyed::{MacKey, hkdf_sha256};
use crate::crypto::{entropy, seal};
use crate::error::Result;
use crate::secret::SecretBytes;

/// The random 256-bit key of a token; wiped on drop.
pub(super) struct DataKey(SecretBytes);

impl DataKey {
    pub(super) fn generate() -> Result<Self> {
        entropy::secret(seal::KEY_LEN).map(Self)
    }

    /// The key that a PIN's wrapping gave back.
    pub(super) const fn unwrapped(bytes: SecretBytes) -> Self {
        Self(bytes)
    }

    pub(super) fn expose(&self) -> &[u8] {
        self.0.expose()
    }
}

impl fmt::Debug for IndexKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IndexKeys({})", self.space)
    }
}

/// The two keys of one index: over tags, and over the chain.
pub(super) struct IndexKeys {
    /// The first byte of the index rows.
    pub(super) space: u8,
    pub(super) tag: MacKey,
    pub(super) link: MacKey,
}

impl IndexKeys {
    /// The keys of the public index are known to all: its tags are names and its links are checksums.
    pub(super) fn public() -> Result<Self> {
        Ok(Self {
            space: 0,
            tag: MacKey::new(b"keystead public index tag")?,
            link: MacKey::new(b"keystead public index link")?,
        })
    }
}

/// Everything that a data key opens.
pub(super) struct Keyring {
    /// Gives a sealing key to each generation of each private object.
    pub(super) object: MacKey,
    /// Attests public objects.
    pub(super) public: MacKey,
    /// Hashes the members of the object set.
    pub(super) member: MacKey,
    /// Gives a sealing key to each generation of the header.
    pub(super) header: MacKey,
    /// The index of private objects.
    pub(super) index: IndexKeys,
}

impl Keyring {
    pub(super) fn new(key: &DataKey, token: &TokenId) -> Result<Self> {
        let purpose = |name: &str| -> Result<MacKey> {
            let secret = hkdf_sha256(key.expose(), token, name.as_bytes(), seal::KEY_LEN)?;
            MacKey::new(secret.expose())
        };
        Ok(Self {
            object: purpose("keystead object")?,
            public: purpose("keystead public object")?,
            member: purpose("keystead object set")?,
            header: purpose("keystead header")?,
            index: IndexKeys {
                space: 1,
                tag: purpose("keystead index tag")?,
                link: purpose("keystead index link")?,
            },
        })
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring")
    }
}
