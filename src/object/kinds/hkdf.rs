// SPDX-License-Identifier: MIT OR Apache-2.0
//! HKDF keys.
//!
//! Source: PKCS#11 v3.2, "HKDF Mechanisms": the key type has no table of its own, so it has that of
//! generic secret keys.

use super::key::{KEY, SECRET_KEY, secret, usage};
use super::secret_value::VALUE;
use super::storage::{OBJECT, STORAGE};
use crate::object::{Kind, Rule};
use crate::pkcs11::attribute::CKA_DERIVE;
use crate::pkcs11::key_type::CKK_HKDF;

const USAGE: &[Rule] = &[usage(CKA_DERIVE)];

/// `CKK_HKDF`
pub(super) static HKDF: Kind = secret(
    "HKDF Mechanisms, secret key objects",
    CKK_HKDF,
    &[OBJECT, STORAGE, KEY, SECRET_KEY, VALUE, USAGE],
);
