// SPDX-License-Identifier: MIT OR Apache-2.0
//! Diffie-Hellman keys.
//!
//! Source: PKCS#11 v3.2, "Diffie-Hellman public key objects" and "Diffie-Hellman private key
//! objects".

use super::key::{KEY, PRIVATE_KEY, PUBLIC_KEY, private, public, usage};
use super::storage::{OBJECT, STORAGE};
use crate::object::ValueKind::{BigInt, Ulong};
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::attribute::{CKA_BASE, CKA_DERIVE, CKA_PRIME, CKA_VALUE, CKA_VALUE_BITS};
use crate::pkcs11::key_type::CKK_DH;

const PUBLIC_TABLE: &[Rule] = &[
    rule(CKA_PRIME, BigInt, &[1, 3]),
    rule(CKA_BASE, BigInt, &[1, 3]),
    rule(CKA_VALUE, BigInt, &[1, 4]),
    usage(CKA_DERIVE),
];

const PRIVATE_TABLE: &[Rule] = &[
    rule(CKA_PRIME, BigInt, &[1, 4, 6]),
    rule(CKA_BASE, BigInt, &[1, 4, 6]),
    rule(CKA_VALUE, BigInt, &[1, 4, 6, 7]),
    // SPEC: the table's note 2 keeps it from templates of created keys; "key pair generation" reads
    // it from the template.
    rule(CKA_VALUE_BITS, Ulong, &[2, 6]),
    usage(CKA_DERIVE),
];

/// `CKK_DH`, public
pub(super) static PUBLIC: Kind = public(
    "Diffie-Hellman public key objects",
    CKK_DH,
    &[OBJECT, STORAGE, KEY, PUBLIC_KEY, PUBLIC_TABLE],
);

/// `CKK_DH`, private
pub(super) static PRIVATE: Kind = private(
    "Diffie-Hellman private key objects",
    CKK_DH,
    &[OBJECT, STORAGE, KEY, PRIVATE_KEY, PRIVATE_TABLE],
);
