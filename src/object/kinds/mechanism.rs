// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mechanism objects: what the token can do beyond `C_GetMechanismInfo`.
//!
//! Source: PKCS#11 v3.2, "Mechanism objects" and "CMS mechanism objects".

use super::storage::OBJECT;
use super::{class, token_only};
use crate::object::ValueKind::{Bytes, Ulong};
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::attribute::{
    CKA_DEFAULT_CMS_ATTRIBUTES, CKA_MECHANISM_TYPE, CKA_REQUIRED_CMS_ATTRIBUTES,
    CKA_SUPPORTED_CMS_ATTRIBUTES,
};
use crate::pkcs11::class::CKO_MECHANISM;

/// "Common Mechanism Attributes" and "CMS Signature Mechanism Object Attributes"
const MECHANISM_TABLE: &[Rule] = &[
    rule(CKA_MECHANISM_TYPE, Ulong, &[]),
    rule(CKA_REQUIRED_CMS_ATTRIBUTES, Bytes, &[]),
    rule(CKA_DEFAULT_CMS_ATTRIBUTES, Bytes, &[]),
    rule(CKA_SUPPORTED_CMS_ATTRIBUTES, Bytes, &[]),
];

/// `CKO_MECHANISM`
pub(super) static MECHANISM: Kind = class(
    "Mechanism objects",
    CKO_MECHANISM,
    &[OBJECT, MECHANISM_TABLE],
    token_only,
);
