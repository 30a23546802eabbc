// SPDX-License-Identifier: MIT OR Apache-2.0
//! Generic secret keys.
//!
//! Source: PKCS#11 v3.2, "Generic secret key objects".

use super::key::{KEY, SECRET_KEY, secret, usage};
use super::secret_value::VALUE;
use super::storage::{OBJECT, STORAGE};
use crate::object::{Kind, Rule};
use crate::pkcs11::attribute::{CKA_DERIVE, CKA_SIGN, CKA_VERIFY};
use crate::pkcs11::key_type::CKK_GENERIC_SECRET;

const USAGE: &[Rule] = &[usage(CKA_SIGN), usage(CKA_VERIFY), usage(CKA_DERIVE)];

/// `CKK_GENERIC_SECRET`
pub(super) static GENERIC_SECRET: Kind = secret(
    "Generic secret key objects",
    CKK_GENERIC_SECRET,
    &[OBJECT, STORAGE, KEY, SECRET_KEY, VALUE, USAGE],
);
