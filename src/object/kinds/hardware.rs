// SPDX-License-Identifier: MIT OR Apache-2.0
//! Hardware features: clock, monotonic counter and user interface.
//!
//! Source: PKCS#11 v3.2, "Hardware feature objects".

use super::storage::OBJECT;
use super::token_only;
use crate::object::ValueKind::{Bool, Bytes, Ulong, Utf8};
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::HardwareType;
use crate::pkcs11::attribute::{
    CKA_BITS_PER_PIXEL, CKA_CHAR_COLUMNS, CKA_CHAR_ROWS, CKA_CHAR_SETS, CKA_COLOR,
    CKA_ENCODING_METHODS, CKA_HAS_RESET, CKA_HW_FEATURE_TYPE, CKA_MIME_TYPES, CKA_PIXEL_X,
    CKA_PIXEL_Y, CKA_RESET_ON_INIT, CKA_RESOLUTION, CKA_VALUE,
};
use crate::pkcs11::class::CKO_HW_FEATURE;
use crate::pkcs11::hardware::{CKH_CLOCK, CKH_MONOTONIC_COUNTER, CKH_USER_INTERFACE};

/// "Hardware Feature Common Attributes"
const FEATURE: &[Rule] = &[rule(CKA_HW_FEATURE_TYPE, Ulong, &[1])];

/// "Clock Object Attributes": `CKA_VALUE` is 16 characters, YYYYMMDDhhmmss00
const CLOCK_TABLE: &[Rule] = &[rule(CKA_VALUE, Bytes, &[])];

/// "Monotonic Counter Attributes"
const COUNTER_TABLE: &[Rule] = &[
    rule(CKA_RESET_ON_INIT, Bool, &[]),
    rule(CKA_HAS_RESET, Bool, &[]),
    rule(CKA_VALUE, Bytes, &[]),
];

/// "User Interface Object Attributes"
const USER_INTERFACE_TABLE: &[Rule] = &[
    rule(CKA_PIXEL_X, Ulong, &[]),
    rule(CKA_PIXEL_Y, Ulong, &[]),
    rule(CKA_RESOLUTION, Ulong, &[]),
    rule(CKA_CHAR_ROWS, Ulong, &[]),
    rule(CKA_CHAR_COLUMNS, Ulong, &[]),
    rule(CKA_COLOR, Bool, &[]),
    rule(CKA_BITS_PER_PIXEL, Ulong, &[]),
    rule(CKA_CHAR_SETS, Utf8, &[]),
    rule(CKA_ENCODING_METHODS, Utf8, &[]),
    rule(CKA_MIME_TYPES, Utf8, &[]),
];

const fn feature(
    spec: &'static str,
    feature_type: HardwareType,
    tables: &'static [&'static [Rule]],
) -> Kind {
    Kind {
        spec,
        class: CKO_HW_FEATURE,
        key_type: None,
        subtype: Some(feature_type.0),
        tables,
        check: token_only,
    }
}

/// `CKH_CLOCK`
pub(super) static CLOCK: Kind =
    feature("Clock objects", CKH_CLOCK, &[OBJECT, FEATURE, CLOCK_TABLE]);

/// `CKH_MONOTONIC_COUNTER`
pub(super) static COUNTER: Kind = feature(
    "Monotonic counter objects",
    CKH_MONOTONIC_COUNTER,
    &[OBJECT, FEATURE, COUNTER_TABLE],
);

/// `CKH_USER_INTERFACE`
pub(super) static USER_INTERFACE: Kind = feature(
    "User interface objects",
    CKH_USER_INTERFACE,
    &[OBJECT, FEATURE, USER_INTERFACE_TABLE],
);
