// SPDX-License-Identifier: MIT OR Apache-2.0
//! Profile objects: which profiles of the standard the token conforms to.
//!
//! Source: PKCS#11 v3.2, "Profile objects".

use super::storage::OBJECT;
use super::{class, token_only};
use crate::object::ValueKind::Ulong;
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::attribute::CKA_PROFILE_ID;
use crate::pkcs11::class::CKO_PROFILE;

/// "Profile Object Attributes"
const PROFILE_TABLE: &[Rule] = &[rule(CKA_PROFILE_ID, Ulong, &[])];

/// `CKO_PROFILE`
pub(super) static PROFILE: Kind = class(
    "Profile objects",
    CKO_PROFILE,
    &[OBJECT, PROFILE_TABLE],
    token_only,
);
