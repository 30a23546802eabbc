// SPDX-License-Identifier: MIT OR Apache-2.0
//! Triple DES: ECB, CBC, CBC-MAC and CMAC.
//!
//! Source: PKCS#11 v3.2, "Double and Triple-length DES", "Double and Triple-length DES CMAC"; SP 800-67.

use super::block_mode::{Direction, Form, Padding, cbc, ecb};
use super::des3_key_gen::{DES3_KEYS, DES3_SIZE, des3_key};
use super::mac_check::{MacSigner, Recomputed};
use crate::crypto::block_mac::{CbcMac, Des3Cmac};
use crate::crypto::des3::{BLOCK_LEN, Des3Key};
use crate::error::Result;
use crate::mechanism::{Mechanism, ParamShape, Roles, Setup, Status};
use crate::pkcs11::mechanism::{
    CKM_DES3_CBC, CKM_DES3_CBC_PAD, CKM_DES3_CMAC, CKM_DES3_CMAC_GENERAL, CKM_DES3_ECB,
    CKM_DES3_MAC, CKM_DES3_MAC_GENERAL,
};

const ECB: Form<Des3Key, BLOCK_LEN> = Form {
    key: des3_key,
    mode: ecb,
    padding: Padding::None,
};

const CBC: Form<Des3Key, BLOCK_LEN> = Form { mode: cbc, ..ECB };

const CBC_PAD: Form<Des3Key, BLOCK_LEN> = Form {
    padding: Padding::Pkcs7,
    ..CBC
};

type Des3Mac = CbcMac<Des3Key, BLOCK_LEN>;

fn mac_general(setup: &Setup<'_>) -> Result<MacSigner<Des3Mac>> {
    MacSigner::general(CbcMac::new(des3_key(&setup.key)?), setup.params)
}

/// Half a block, as of every block cipher's MAC without a length.
fn mac(setup: &Setup<'_>) -> Result<MacSigner<Des3Mac>> {
    let state = CbcMac::new(des3_key(&setup.key)?);
    Ok(MacSigner::first(state, BLOCK_LEN / 2))
}

fn cmac_general(setup: &Setup<'_>) -> Result<MacSigner<Des3Cmac>> {
    MacSigner::general(Des3Cmac::new(&des3_key(&setup.key)?)?, setup.params)
}

fn cmac(setup: &Setup<'_>) -> Result<MacSigner<Des3Cmac>> {
    Des3Cmac::new(&des3_key(&setup.key)?).map(MacSigner::whole)
}

/// One row.
macro_rules! row {
    ($id:ident, $spec:literal, $shape:expr, { $($role:ident: $function:expr,)+ }) => {
        Mechanism {
            id: $id,
            spec: $spec,
            params: $shape,
            keys: DES3_KEYS,
            key_size: DES3_SIZE,
            extra_flags: 0,
            status: Status::Legacy,
            roles: Roles {
                $($role: Some($function),)+
                ..Roles::NONE
            },
        }
    };
}

/// A row that encrypts and wraps.
macro_rules! cipher {
    ($id:ident, $shape:expr, $form:ident) => {
        row!($id, "Double and Triple-length DES", $shape, {
            encrypt: |setup| Ok(Box::new($form.start(setup, Direction::Encrypt)?)),
            decrypt: |setup| Ok(Box::new($form.start(setup, Direction::Decrypt)?)),
            wrap: |setup, material| $form.wrap(setup, material),
            unwrap: |setup, wrapped| $form.unwrap(setup, wrapped),
        })
    };
}

/// A row that signs.
macro_rules! mac {
    ($id:ident, $spec:literal, $shape:expr, $start:ident) => {
        row!($id, $spec, $shape, {
            sign: |setup| Ok(Box::new($start(setup)?)),
            verify: |setup| Ok(Box::new(Recomputed($start(setup)?))),
        })
    };
}

const IV: ParamShape = ParamShape::Bytes(BLOCK_LEN);

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    cipher!(CKM_DES3_ECB, ParamShape::None, ECB),
    cipher!(CKM_DES3_CBC, IV, CBC),
    cipher!(CKM_DES3_CBC_PAD, IV, CBC_PAD),
    mac!(
        CKM_DES3_MAC,
        "Double and Triple-length DES",
        ParamShape::None,
        mac
    ),
    mac!(
        CKM_DES3_MAC_GENERAL,
        "Double and Triple-length DES",
        ParamShape::Ulong,
        mac_general
    ),
    mac!(CKM_DES3_CMAC, "DES3-CMAC", ParamShape::None, cmac),
    mac!(
        CKM_DES3_CMAC_GENERAL,
        "General-length DES3-MAC",
        ParamShape::Ulong,
        cmac_general
    ),
];
