// SPDX-License-Identifier: MIT OR Apache-2.0
//! Triple DES keys of two and of three parts.
//!
//! Source: PKCS#11 v3.2, "DES2 secret key objects", "DES3 secret key objects".

use super::aes::USAGE;
use super::key::{KEY, SECRET_KEY, secret};
use super::storage::{OBJECT, STORAGE};
use crate::object::ValueKind::Bytes;
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::attribute::CKA_VALUE;
use crate::pkcs11::key_type::{CKK_DES2, CKK_DES3};

/// The length is fixed, so there is no CKA_VALUE_LEN.
const VALUE: &[Rule] = &[rule(CKA_VALUE, Bytes, &[1, 4, 6, 7])];

/// `CKK_DES2`
pub(super) static DES2: Kind = secret(
    "DES2 secret key objects",
    CKK_DES2,
    &[OBJECT, STORAGE, KEY, SECRET_KEY, VALUE, USAGE],
);

/// `CKK_DES3`
pub(super) static DES3: Kind = secret(
    "DES3 secret key objects",
    CKK_DES3,
    &[OBJECT, STORAGE, KEY, SECRET_KEY, VALUE, USAGE],
);
