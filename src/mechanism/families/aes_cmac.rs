// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-CMAC.
//!
//! Source: PKCS#11 v3.2, "AES CMAC"; SP 800-38B.

use super::aes_key_gen::{AES_SIZE, aes_key};
use super::mac_check::{MacSigner, Recomputed};
use crate::crypto::mac::Mac;
use crate::error::Result;
use crate::mechanism::{Mechanism, ParamShape, Roles, Setup, Status};
use crate::pkcs11::key_type::CKK_AES;
use crate::pkcs11::mechanism::{CKM_AES_CMAC, CKM_AES_CMAC_GENERAL};

fn whole(setup: &Setup<'_>) -> Result<MacSigner> {
    Mac::cmac(&aes_key(&setup.key)?).map(MacSigner::whole)
}

fn general(setup: &Setup<'_>) -> Result<MacSigner> {
    MacSigner::general(Mac::cmac(&aes_key(&setup.key)?)?, setup.params)
}

/// One row.
macro_rules! row {
    ($id:ident, $shape:ident, $start:ident) => {
        Mechanism {
            id: $id,
            spec: "AES CMAC",
            params: ParamShape::$shape,
            keys: &[CKK_AES],
            key_size: AES_SIZE,
            extra_flags: 0,
            status: Status::Current,
            roles: Roles {
                sign: Some(|setup| Ok(Box::new($start(setup)?))),
                verify: Some(|setup| Ok(Box::new(Recomputed($start(setup)?)))),
                ..Roles::NONE
            },
        }
    };
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row!(CKM_AES_CMAC, None, whole),
    row!(CKM_AES_CMAC_GENERAL, Ulong, general),
];
