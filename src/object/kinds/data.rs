// SPDX-License-Identifier: MIT OR Apache-2.0
//! Data objects.
//!
//! Source: PKCS#11 v3.2, "Data objects". "Each of these attributes may be modified after the object is
//! created."

use super::storage::{OBJECT, STORAGE};
use super::{class, unchecked};
use crate::object::Default::Empty;
use crate::object::ValueKind::{Bytes, Utf8};
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::attribute::{CKA_APPLICATION, CKA_OBJECT_ID, CKA_VALUE};
use crate::pkcs11::class::CKO_DATA;

/// "Data Object Attributes"
const DATA_TABLE: &[Rule] = &[
    rule(CKA_APPLICATION, Utf8, &[8]).or(Empty),
    rule(CKA_OBJECT_ID, Bytes, &[8]).or(Empty),
    rule(CKA_VALUE, Bytes, &[8]).or(Empty),
];

/// `CKO_DATA`
pub(super) static DATA: Kind = class(
    "Data objects",
    CKO_DATA,
    &[OBJECT, STORAGE, DATA_TABLE],
    unchecked,
);
