// SPDX-License-Identifier: MIT OR Apache-2.0
//! Domain parameters of DSA, Diffie-Hellman and X9.42 Diffie-Hellman.
//!
//! Source: PKCS#11 v3.2, "Domain parameter objects", "DSA domain parameter objects" and
//! "Diffie-Hellman domain parameter objects".

use super::storage::{OBJECT, STORAGE};
use super::unchecked;
use crate::object::Default::Computed;
use crate::object::ValueKind::{BigInt, Bool, Ulong};
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::KeyType;
use crate::pkcs11::attribute::{
    CKA_BASE, CKA_KEY_TYPE, CKA_LOCAL, CKA_PRIME, CKA_PRIME_BITS, CKA_SUBPRIME, CKA_SUBPRIME_BITS,
};
use crate::pkcs11::class::CKO_DOMAIN_PARAMETERS;
use crate::pkcs11::key_type::{CKK_DH, CKK_DSA, CKK_X9_42_DH};

/// "Common Domain Parameter Attributes"
const DOMAIN: &[Rule] = &[
    rule(CKA_KEY_TYPE, Ulong, &[1]),
    rule(CKA_LOCAL, Bool, &[2, 4]).or(Computed),
];

/// "DSA Domain Parameter Object Attributes"
const DSA_TABLE: &[Rule] = &[
    rule(CKA_PRIME, BigInt, &[1, 4]),
    rule(CKA_SUBPRIME, BigInt, &[1, 4]),
    rule(CKA_BASE, BigInt, &[1, 4]),
    rule(CKA_PRIME_BITS, Ulong, &[2, 3]),
    rule(CKA_SUBPRIME_BITS, Ulong, &[2]),
];

/// "Diffie-Hellman Domain Parameter Object Attributes"
const DH_TABLE: &[Rule] = &[
    rule(CKA_PRIME, BigInt, &[1, 4]),
    rule(CKA_BASE, BigInt, &[1, 4]),
    rule(CKA_PRIME_BITS, Ulong, &[2, 3]),
];

/// "X9.42 Diffie-Hellman Domain Parameter Object Attributes"
const X9_42_TABLE: &[Rule] = &[
    rule(CKA_PRIME, BigInt, &[1, 4]),
    rule(CKA_BASE, BigInt, &[1, 4]),
    rule(CKA_SUBPRIME, BigInt, &[1, 4]),
    rule(CKA_PRIME_BITS, Ulong, &[2, 3]),
    rule(CKA_SUBPRIME_BITS, Ulong, &[2, 3]),
];

const fn domain(spec: &'static str, key_type: KeyType, tables: &'static [&'static [Rule]]) -> Kind {
    Kind {
        spec,
        class: CKO_DOMAIN_PARAMETERS,
        key_type: Some(key_type),
        subtype: None,
        tables,
        check: unchecked,
    }
}

/// `CKK_DSA`
pub(super) static DSA: Kind = domain(
    "DSA domain parameter objects",
    CKK_DSA,
    &[OBJECT, STORAGE, DOMAIN, DSA_TABLE],
);

/// `CKK_DH`
pub(super) static DH: Kind = domain(
    "Diffie-Hellman domain parameter objects",
    CKK_DH,
    &[OBJECT, STORAGE, DOMAIN, DH_TABLE],
);

/// `CKK_X9_42_DH`
pub(super) static X9_42_DH: Kind = domain(
    "X9.42 Diffie-Hellman domain parameter objects",
    CKK_X9_42_DH,
    &[OBJECT, STORAGE, DOMAIN, X9_42_TABLE],
);
