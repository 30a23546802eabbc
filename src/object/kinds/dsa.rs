// SPDX-License-Identifier: MIT OR Apache-2.0
//! DSA keys.
//!
//! Source: PKCS#11 v3.2, "DSA public key objects" and "DSA private key objects".

use super::key::{KEY, PRIVATE_KEY, PUBLIC_KEY, private, public, usage};
use super::storage::{OBJECT, STORAGE};
use crate::object::ValueKind::BigInt;
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::attribute::{
    CKA_BASE, CKA_PRIME, CKA_SIGN, CKA_SUBPRIME, CKA_VALUE, CKA_VERIFY,
};
use crate::pkcs11::key_type::CKK_DSA;

const PUBLIC_TABLE: &[Rule] = &[
    rule(CKA_PRIME, BigInt, &[1, 3]),
    rule(CKA_SUBPRIME, BigInt, &[1, 3]),
    rule(CKA_BASE, BigInt, &[1, 3]),
    rule(CKA_VALUE, BigInt, &[1, 4]),
    usage(CKA_VERIFY),
];

const PRIVATE_TABLE: &[Rule] = &[
    rule(CKA_PRIME, BigInt, &[1, 4, 6]),
    rule(CKA_SUBPRIME, BigInt, &[1, 4, 6]),
    rule(CKA_BASE, BigInt, &[1, 4, 6]),
    rule(CKA_VALUE, BigInt, &[1, 4, 6, 7]),
    usage(CKA_SIGN),
];

/// `CKK_DSA`, public
pub(super) static PUBLIC: Kind = public(
    "DSA public key objects",
    CKK_DSA,
    &[OBJECT, STORAGE, KEY, PUBLIC_KEY, PUBLIC_TABLE],
);

/// `CKK_DSA`, private
pub(super) static PRIVATE: Kind = private(
    "DSA private key objects",
    CKK_DSA,
    &[OBJECT, STORAGE, KEY, PRIVATE_KEY, PRIVATE_TABLE],
);
