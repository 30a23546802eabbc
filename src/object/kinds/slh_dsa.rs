// SPDX-License-Identifier: MIT OR Apache-2.0
//! SLH-DSA keys.
//!
//! Source: PKCS#11 v3.2, "SLH-DSA public key objects" and "SLH-DSA private key objects".

use super::key::{KEY, PRIVATE_KEY, PUBLIC_KEY, private, public, usage};
use super::storage::{OBJECT, STORAGE};
use crate::object::ValueKind::{Bytes, Ulong};
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::attribute::{CKA_PARAMETER_SET, CKA_SIGN, CKA_VALUE, CKA_VERIFY};
use crate::pkcs11::key_type::CKK_SLH_DSA;

const PUBLIC_TABLE: &[Rule] = &[
    rule(CKA_PARAMETER_SET, Ulong, &[1, 3]),
    rule(CKA_VALUE, Bytes, &[1, 4]),
    usage(CKA_VERIFY),
];

const PRIVATE_TABLE: &[Rule] = &[
    rule(CKA_PARAMETER_SET, Ulong, &[1, 4, 6]),
    rule(CKA_VALUE, Bytes, &[1, 4, 6, 7]),
    usage(CKA_SIGN),
];

/// `CKK_SLH_DSA`, public
pub(super) static PUBLIC: Kind = public(
    "SLH-DSA public key objects",
    CKK_SLH_DSA,
    &[OBJECT, STORAGE, KEY, PUBLIC_KEY, PUBLIC_TABLE],
);

/// `CKK_SLH_DSA`, private
pub(super) static PRIVATE: Kind = private(
    "SLH-DSA private key objects",
    CKK_SLH_DSA,
    &[OBJECT, STORAGE, KEY, PRIVATE_KEY, PRIVATE_TABLE],
);
