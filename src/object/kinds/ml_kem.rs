// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-KEM keys.
//!
//! Source: PKCS#11 v3.2, "ML-KEM public key objects" and "ML-KEM private key objects".

use super::key::{KEY, PRIVATE_KEY, PUBLIC_KEY, private, public, usage};
use super::storage::{OBJECT, STORAGE};
use crate::object::ValueKind::{Bytes, Ulong};
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::attribute::{
    CKA_DECAPSULATE, CKA_ENCAPSULATE, CKA_PARAMETER_SET, CKA_SEED, CKA_VALUE,
};
use crate::pkcs11::key_type::CKK_ML_KEM;

const PUBLIC_TABLE: &[Rule] = &[
    rule(CKA_PARAMETER_SET, Ulong, &[1, 3]),
    rule(CKA_VALUE, Bytes, &[1, 4]),
    usage(CKA_ENCAPSULATE),
];

const PRIVATE_TABLE: &[Rule] = &[
    rule(CKA_PARAMETER_SET, Ulong, &[1, 4, 6]),
    rule(CKA_SEED, Bytes, &[4, 6, 7]),
    // SPEC: note 1 of CKA_VALUE is left out, as "at least one of CKA_SEED and CKA_VALUE must be
    // specified"; the other one is computed where it can be.
    rule(CKA_VALUE, Bytes, &[4, 6, 7]),
    usage(CKA_DECAPSULATE),
];

/// `CKK_ML_KEM`, public
pub(super) static PUBLIC: Kind = public(
    "ML-KEM public key objects",
    CKK_ML_KEM,
    &[OBJECT, STORAGE, KEY, PUBLIC_KEY, PUBLIC_TABLE],
);

/// `CKK_ML_KEM`, private
pub(super) static PRIVATE: Kind = private(
    "ML-KEM private key objects",
    CKK_ML_KEM,
    &[OBJECT, STORAGE, KEY, PRIVATE_KEY, PRIVATE_TABLE],
);
