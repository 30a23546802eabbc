// SPDX-License-Identifier: MIT OR Apache-2.0
//! Validation objects: which validations the module has.
//!
//! Source: PKCS#11 v3.2, "Validation objects".

use super::storage::OBJECT;
use super::{class, token_only};
use crate::object::ValueKind::{Bytes, Ulong, Utf8};
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::attribute::{
    CKA_VALIDATION_AUTHORITY_TYPE, CKA_VALIDATION_CERTIFICATE_IDENTIFIER,
    CKA_VALIDATION_CERTIFICATE_URI, CKA_VALIDATION_COUNTRY, CKA_VALIDATION_FLAG,
    CKA_VALIDATION_LEVEL, CKA_VALIDATION_MODULE_ID, CKA_VALIDATION_PROFILE, CKA_VALIDATION_TYPE,
    CKA_VALIDATION_VENDOR_URI, CKA_VALIDATION_VERSION,
};
use crate::pkcs11::class::CKO_VALIDATION;

/// "Validation Object Attributes"; CKA_VALIDATION_VERSION is a `CK_VERSION` of 2 bytes
const VALIDATION_TABLE: &[Rule] = &[
    rule(CKA_VALIDATION_TYPE, Ulong, &[]),
    rule(CKA_VALIDATION_VERSION, Bytes, &[]),
    rule(CKA_VALIDATION_LEVEL, Ulong, &[]),
    rule(CKA_VALIDATION_MODULE_ID, Utf8, &[]),
    rule(CKA_VALIDATION_FLAG, Ulong, &[]),
    rule(CKA_VALIDATION_AUTHORITY_TYPE, Ulong, &[]),
    rule(CKA_VALIDATION_COUNTRY, Utf8, &[]),
    rule(CKA_VALIDATION_CERTIFICATE_IDENTIFIER, Utf8, &[]),
    rule(CKA_VALIDATION_CERTIFICATE_URI, Utf8, &[]),
    rule(CKA_VALIDATION_VENDOR_URI, Utf8, &[]),
    rule(CKA_VALIDATION_PROFILE, Utf8, &[]),
];

/// `CKO_VALIDATION`
pub(super) static VALIDATION: Kind = class(
    "Validation objects",
    CKO_VALIDATION,
    &[OBJECT, VALIDATION_TABLE],
    token_only,
);
