// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES in ECB and CBC mode, with and without PKCS #7 padding.
//!
//! Source: PKCS#11 v3.2, "AES-ECB", "AES-CBC", "AES-CBC with PKCS padding"; SP 800-38A; RFC 5652, 6.3.

use super::aes_key_gen::{AES_SIZE, aes_key};
pub use super::block_mode::{BlockMode, Direction, Mode, Padding};
use super::block_mode::{Form, cbc, ecb};
pub(super) use super::block_mode::{as_key_size, as_wrapped};
use crate::crypto::aes::{AesKey, BLOCK_LEN};
use crate::mechanism::{Mechanism, ParamShape, Roles, Status};
use crate::pkcs11::key_type::CKK_AES;
use crate::pkcs11::mechanism::{CKM_AES_CBC, CKM_AES_CBC_PAD, CKM_AES_ECB};

const ECB: Form<AesKey, BLOCK_LEN> = Form {
    key: aes_key,
    mode: ecb,
    padding: Padding::None,
};

const CBC: Form<AesKey, BLOCK_LEN> = Form { mode: cbc, ..ECB };

const CBC_PAD: Form<AesKey, BLOCK_LEN> = Form {
    padding: Padding::Pkcs7,
    ..CBC
};

/// One row.
macro_rules! row {
    ($id:ident, $spec:literal, $shape:expr, $form:ident, $status:ident) => {
        Mechanism {
            id: $id,
            spec: $spec,
            params: $shape,
            keys: &[CKK_AES],
            key_size: AES_SIZE,
            extra_flags: 0,
            status: Status::$status,
            roles: Roles {
                encrypt: Some(|setup| Ok(Box::new($form.start(setup, Direction::Encrypt)?))),
                decrypt: Some(|setup| Ok(Box::new($form.start(setup, Direction::Decrypt)?))),
                wrap: Some(|setup, material| $form.wrap(setup, material)),
                unwrap: Some(|setup, wrapped| $form.unwrap(setup, wrapped)),
                ..Roles::NONE
            },
        }
    };
}

const IV: ParamShape = ParamShape::Bytes(BLOCK_LEN);

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row!(CKM_AES_ECB, "AES-ECB", ParamShape::None, ECB, Legacy),
    row!(CKM_AES_CBC, "AES-CBC", IV, CBC, Current),
    row!(
        CKM_AES_CBC_PAD,
        "AES-CBC with PKCS padding",
        IV,
        CBC_PAD,
        Current
    ),
];
