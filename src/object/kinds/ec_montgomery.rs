// SPDX-License-Identifier: MIT OR Apache-2.0
//! Montgomery elliptic curve keys.
//!
//! Source: PKCS#11 v3.2, "Montgomery Elliptic Curve public key objects"
//! and "Montgomery Elliptic Curve private key objects".

use super::key::{KEY, PRIVATE_KEY, PUBLIC_KEY, private, public, usage};
use super::storage::{OBJECT, STORAGE};
use crate::object::ValueKind::{BigInt, Bytes};
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::attribute::{CKA_DERIVE, CKA_EC_PARAMS, CKA_EC_POINT, CKA_VALUE};
use crate::pkcs11::key_type::CKK_EC_MONTGOMERY;

const PUBLIC_TABLE: &[Rule] = &[
    rule(CKA_EC_PARAMS, Bytes, &[1, 3]),
    rule(CKA_EC_POINT, Bytes, &[1, 4]),
    usage(CKA_DERIVE),
];

const PRIVATE_TABLE: &[Rule] = &[
    rule(CKA_EC_PARAMS, Bytes, &[1, 4, 6]),
    rule(CKA_VALUE, BigInt, &[1, 4, 6, 7]),
    usage(CKA_DERIVE),
];

/// `CKK_EC_MONTGOMERY`, public
pub(super) static PUBLIC: Kind = public(
    "Montgomery Elliptic Curve public key objects",
    CKK_EC_MONTGOMERY,
    &[OBJECT, STORAGE, KEY, PUBLIC_KEY, PUBLIC_TABLE],
);

/// `CKK_EC_MONTGOMERY`, private
pub(super) static PRIVATE: Kind = private(
    "Montgomery Elliptic Curve private key objects",
    CKK_EC_MONTGOMERY,
    &[OBJECT, STORAGE, KEY, PRIVATE_KEY, PRIVATE_TABLE],
);
