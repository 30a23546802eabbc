// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES keys, and those of AES-XTS.
//!
//! Source: PKCS#11 v3.2, "AES secret key objects", "AES-XTS secret key objects".

use super::key::{KEY, SECRET_KEY, secret, usage};
use super::secret_value::VALUE;
use super::storage::{OBJECT, STORAGE};
use crate::object::{Kind, Rule};
use crate::pkcs11::attribute::{
    CKA_DECRYPT, CKA_DERIVE, CKA_ENCRYPT, CKA_SIGN, CKA_UNWRAP, CKA_VERIFY, CKA_WRAP,
};
use crate::pkcs11::key_type::{CKK_AES, CKK_AES_XTS};

/// What a key of a cipher may be used for.
pub(super) const USAGE: &[Rule] = &[
    usage(CKA_ENCRYPT),
    usage(CKA_DECRYPT),
    usage(CKA_SIGN),
    usage(CKA_VERIFY),
    usage(CKA_WRAP),
    usage(CKA_UNWRAP),
    usage(CKA_DERIVE),
];

/// `CKK_AES`
pub(super) static AES: Kind = secret(
    "AES secret key objects",
    CKK_AES,
    &[OBJECT, STORAGE, KEY, SECRET_KEY, VALUE, USAGE],
);

/// `CKK_AES_XTS`
pub(super) static AES_XTS: Kind = secret(
    "AES-XTS secret key objects",
    CKK_AES_XTS,
    &[OBJECT, STORAGE, KEY, SECRET_KEY, VALUE, USAGE],
);
