// SPDX-License-Identifier: MIT OR Apache-2.0
//! All rows: one line a family.

use super::{Mechanism, families};
use crate::error::{Error, Result};
use crate::pkcs11::MechanismType;

/// Every mechanism, family by family.
pub fn all() -> impl Iterator<Item = &'static Mechanism> {
    families::FAMILIES.iter().copied().flatten()
}

/// The row of a mechanism.
///
/// # Errors
/// `CKR_MECHANISM_INVALID`
pub fn find(id: MechanismType) -> Result<&'static Mechanism> {
    all()
        .find(|row| row.id == id)
        .ok_or_else(|| Error::MechanismInvalid(format!("this token has no mechanism {id}").into()))
}
