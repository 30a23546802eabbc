// SPDX-License-Identifier: MIT OR Apache-2.0
//! SHA-1 and SHA-2.
//!
//! Source: PKCS#11 v3.2, "Digests".

use crate::crypto::digest::{HashFunction, Hasher};
use crate::error::{Error, Result};
use crate::mechanism::{Accumulate, KeySize, Mechanism, ParamShape, Roles, Status};
use crate::pkcs11::MechanismType;
use crate::pkcs11::mechanism::{CKM_SHA_1, CKM_SHA224, CKM_SHA256, CKM_SHA384, CKM_SHA512};
use crate::secret::SecretBytes;

/// A running digest.
#[derive(Debug)]
pub struct Digest(Hasher);

impl Digest {
    /// Starts.
    #[must_use]
    pub fn new(function: HashFunction) -> Self {
        Self(function.start())
    }

    /// Goes on from what [`save`](Accumulate::save) gave, for `C_SetOperationState`.
    ///
    /// # Errors
    /// `CKR_SAVED_STATE_INVALID`
    pub fn restore(mechanism: MechanismType, state: &[u8]) -> Result<Self> {
        let function = match mechanism {
            CKM_SHA_1 => HashFunction::Sha1,
            CKM_SHA224 => HashFunction::Sha224,
            CKM_SHA256 => HashFunction::Sha256,
            CKM_SHA384 => HashFunction::Sha384,
            CKM_SHA512 => HashFunction::Sha512,
            _ => {
                return Err(Error::SavedStateInvalid(
                    "the state is of a mechanism whose state cannot be saved".into(),
                ));
            }
        };
        Hasher::restore(function, state).map(Self)
    }
}

impl Accumulate for Digest {
    fn output_len(&self) -> usize {
        self.0.function().len()
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        let mut hasher = self.0.clone();
        hasher.update(input);
        Ok(hasher.finish())
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        self.0.update(input);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        Ok(self.0.finish())
    }

    fn save(&self) -> Option<SecretBytes> {
        Some(self.0.save())
    }
}

/// One row.
macro_rules! row {
    ($id:ident, $function:ident, $status:ident) => {
        Mechanism {
            id: $id,
            spec: "Digests",
            params: ParamShape::None,
            keys: &[],
            key_size: KeySize::NONE,
            extra_flags: 0,
            status: Status::$status,
            roles: Roles {
                digest: Some(|_| Ok(Box::new(Digest::new(HashFunction::$function)))),
                ..Roles::NONE
            },
        }
    };
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row!(CKM_SHA_1, Sha1, Legacy),
    row!(CKM_SHA224, Sha224, Current),
    row!(CKM_SHA256, Sha256, Current),
    row!(CKM_SHA384, Sha384, Current),
    row!(CKM_SHA512, Sha512, Current),
];
