// SPDX-License-Identifier: MIT OR Apache-2.0
//! RSA keys.
//!
//! Source: PKCS#11 v3.2, "RSA public key objects" and "RSA private key objects".

use super::key::{KEY, PRIVATE_KEY, PUBLIC_KEY, private, public, usage};
use super::storage::{OBJECT, STORAGE};
use crate::object::ValueKind::{BigInt, Ulong};
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::attribute::{
    CKA_COEFFICIENT, CKA_DECRYPT, CKA_ENCRYPT, CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_MODULUS,
    CKA_MODULUS_BITS, CKA_PRIME_1, CKA_PRIME_2, CKA_PRIVATE_EXPONENT, CKA_PUBLIC_EXPONENT,
    CKA_SIGN, CKA_SIGN_RECOVER, CKA_UNWRAP, CKA_VERIFY, CKA_VERIFY_RECOVER, CKA_WRAP,
};
use crate::pkcs11::key_type::CKK_RSA;

/// "RSA Public Key Object Attributes"
const PUBLIC_TABLE: &[Rule] = &[
    rule(CKA_MODULUS, BigInt, &[1, 4]),
    rule(CKA_MODULUS_BITS, Ulong, &[2, 3]),
    rule(CKA_PUBLIC_EXPONENT, BigInt, &[1]),
    usage(CKA_ENCRYPT),
    usage(CKA_VERIFY),
    usage(CKA_VERIFY_RECOVER),
    usage(CKA_WRAP),
];

/// "RSA Private Key Object Attributes"
const PRIVATE_TABLE: &[Rule] = &[
    rule(CKA_MODULUS, BigInt, &[1, 4, 6]),
    rule(CKA_PUBLIC_EXPONENT, BigInt, &[1, 4, 6]),
    rule(CKA_PRIVATE_EXPONENT, BigInt, &[1, 4, 6, 7]),
    rule(CKA_PRIME_1, BigInt, &[4, 6, 7]),
    rule(CKA_PRIME_2, BigInt, &[4, 6, 7]),
    rule(CKA_EXPONENT_1, BigInt, &[4, 6, 7]),
    rule(CKA_EXPONENT_2, BigInt, &[4, 6, 7]),
    rule(CKA_COEFFICIENT, BigInt, &[4, 6, 7]),
    usage(CKA_DECRYPT),
    usage(CKA_SIGN),
    usage(CKA_SIGN_RECOVER),
    usage(CKA_UNWRAP),
];

/// `CKK_RSA`, public
pub(super) static PUBLIC: Kind = public(
    "RSA public key objects",
    CKK_RSA,
    &[OBJECT, STORAGE, KEY, PUBLIC_KEY, PUBLIC_TABLE],
);

/// `CKK_RSA`, private
pub(super) static PRIVATE: Kind = private(
    "RSA private key objects",
    CKK_RSA,
    &[OBJECT, STORAGE, KEY, PRIVATE_KEY, PRIVATE_TABLE],
);
