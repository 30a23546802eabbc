// SPDX-License-Identifier: MIT OR Apache-2.0
//! Rows that every object has, and those that every storage object has.
//!
//! Source: PKCS#11 v3.2, "Common attributes" and "Storage objects".

use crate::object::Default::{Empty, False, True};
use crate::object::ValueKind::{Bool, Ulong, Utf8};
use crate::object::{Rule, rule};
use crate::pkcs11::attribute::{
    CKA_CLASS, CKA_COPYABLE, CKA_DESTROYABLE, CKA_LABEL, CKA_MODIFIABLE, CKA_PRIVATE, CKA_TOKEN,
    CKA_UNIQUE_ID,
};

/// "Common Object Attributes"
pub(super) const OBJECT: &[Rule] = &[
    rule(CKA_CLASS, Ulong, &[1]),
    rule(CKA_UNIQUE_ID, Utf8, &[2, 4, 6]),
];

/// "Common Storage Object Attributes"
pub(super) const STORAGE: &[Rule] = &[
    rule(CKA_TOKEN, Bool, &[]).or(False),
    // SPEC: "Default value is token-specific"; false but for private and secret keys.
    rule(CKA_PRIVATE, Bool, &[]).or(False),
    rule(CKA_MODIFIABLE, Bool, &[]).or(True),
    rule(CKA_LABEL, Utf8, &[8]).or(Empty),
    // "Can't be set to TRUE once it is set to FALSE."
    rule(CKA_COPYABLE, Bool, &[12]).or(True),
    rule(CKA_DESTROYABLE, Bool, &[]).or(True),
];
