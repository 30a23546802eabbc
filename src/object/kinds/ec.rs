// SPDX-License-Identifier: MIT OR Apache-2.0
//! Elliptic curve keys in short Weierstrass form.
//!
//! Source: PKCS#11 v3.2, "Short Weierstrass Elliptic Curve public key objects"
//! and "Short Weierstrass Elliptic Curve private key objects".

use super::key::{KEY, PRIVATE_KEY, PUBLIC_KEY, private, public, usage};
use super::storage::{OBJECT, STORAGE};
use crate::object::ValueKind::{BigInt, Bytes};
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::attribute::{
    CKA_DERIVE, CKA_EC_PARAMS, CKA_EC_POINT, CKA_SIGN, CKA_VALUE, CKA_VERIFY,
};
use crate::pkcs11::key_type::CKK_EC;

const PUBLIC_TABLE: &[Rule] = &[
    rule(CKA_EC_PARAMS, Bytes, &[1, 3]),
    rule(CKA_EC_POINT, Bytes, &[1, 4]),
    usage(CKA_VERIFY),
    usage(CKA_DERIVE),
];

const PRIVATE_TABLE: &[Rule] = &[
    rule(CKA_EC_PARAMS, Bytes, &[1, 4, 6]),
    rule(CKA_VALUE, BigInt, &[1, 4, 6, 7]),
    usage(CKA_SIGN),
    usage(CKA_DERIVE),
];

/// `CKK_EC`, public
pub(super) static PUBLIC: Kind = public(
    "Short Weierstrass Elliptic Curve public key objects",
    CKK_EC,
    &[OBJECT, STORAGE, KEY, PUBLIC_KEY, PUBLIC_TABLE],
);

/// `CKK_EC`, private
pub(super) static PRIVATE: Kind = private(
    "Short Weierstrass Elliptic Curve private key objects",
    CKK_EC,
    &[OBJECT, STORAGE, KEY, PRIVATE_KEY, PRIVATE_TABLE],
);
