// SPDX-License-Identifier: MIT OR Apache-2.0
//! ChaCha20 and Poly1305 keys, which have 32 bytes.
//!
//! Source: PKCS#11 v3.2, "ChaCha20 secret key objects", "Poly1305 secret key objects".

use super::aes::USAGE;
use super::key::{KEY, SECRET_KEY, secret};
use super::storage::{OBJECT, STORAGE};
use crate::object::ValueKind::{Bytes, Ulong};
use crate::object::{Kind, Rule, rule};
use crate::pkcs11::attribute::{CKA_VALUE, CKA_VALUE_LEN};
use crate::pkcs11::key_type::{CKK_CHACHA20, CKK_POLY1305};

const VALUE: &[Rule] = &[
    rule(CKA_VALUE, Bytes, &[1, 4, 6, 7]),
    // SPEC: note 3 asks for the length at generation; as there is one only, a template may leave it out.
    rule(CKA_VALUE_LEN, Ulong, &[2]),
];

/// `CKK_CHACHA20`
pub(super) static CHACHA20: Kind = secret(
    "ChaCha20 secret key objects",
    CKK_CHACHA20,
    &[OBJECT, STORAGE, KEY, SECRET_KEY, VALUE, USAGE],
);

/// `CKK_POLY1305`
pub(super) static POLY1305: Kind = secret(
    "Poly1305 secret key objects",
    CKK_POLY1305,
    &[OBJECT, STORAGE, KEY, SECRET_KEY, VALUE, USAGE],
);
