// SPDX-License-Identifier: MIT OR Apache-2.0
//! Edwards elliptic curve keys.
//!
//! Source: PKCS#11 v3.2, "Edwards elliptic curve public key objects" and "Edwards elliptic curve private key objects".

use super::key::{KEY, PRIVATE_KEY, PUBLIC_KEY, private, public, usage};
use super::storage::{OBJECT, STORAGE};
use crate::object::ValueKind::{BigInt, Bytes};
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::attribute::{CKA_EC_PARAMS, CKA_EC_POINT, CKA_SIGN, CKA_VALUE, CKA_VERIFY};
use crate::pkcs11::key_type::CKK_EC_EDWARDS;

const PUBLIC_TABLE: &[Rule] = &[
    rule(CKA_EC_PARAMS, Bytes, &[1, 3]),
    rule(CKA_EC_POINT, Bytes, &[1, 4]),
    usage(CKA_VERIFY),
];

const PRIVATE_TABLE: &[Rule] = &[
    rule(CKA_EC_PARAMS, Bytes, &[1, 4, 6]),
    rule(CKA_VALUE, BigInt, &[1, 4, 6, 7]),
    usage(CKA_SIGN),
];

/// `CKK_EC_EDWARDS`, public
pub(super) static PUBLIC: Kind = public(
    "Edwards elliptic curve public key objects",
    CKK_EC_EDWARDS,
    &[OBJECT, STORAGE, KEY, PUBLIC_KEY, PUBLIC_TABLE],
);

/// `CKK_EC_EDWARDS`, private
pub(super) static PRIVATE: Kind = private(
    "Edwards elliptic curve private key objects",
    CKK_EC_EDWARDS,
    &[OBJECT, STORAGE, KEY, PRIVATE_KEY, PRIVATE_TABLE],
);
