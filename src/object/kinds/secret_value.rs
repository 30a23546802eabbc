// SPDX-License-Identifier: MIT OR Apache-2.0
//! Rows of secret keys that are one string of bytes of any of several lengths.
//!
//! Source: PKCS#11 v3.2, "Generic secret key objects", "AES secret key objects" and the like: their
//! tables are the same.

use crate::object::ValueKind::{Bytes, Ulong};
use crate::object::{Rule, rule};
use crate::pkcs11::attribute::{CKA_VALUE, CKA_VALUE_LEN};

/// CKA_VALUE and CKA_VALUE_LEN
pub(super) const VALUE: &[Rule] = &[
    rule(CKA_VALUE, Bytes, &[1, 4, 6, 7]),
    // SPEC: some tables add note 6, but "C_UnwrapKey" says that the template may specify it.
    rule(CKA_VALUE_LEN, Ulong, &[2, 3]),
];
