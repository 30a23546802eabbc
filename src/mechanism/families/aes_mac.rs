// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-MAC (CBC-MAC) and AES-XCBC-MAC.
//!
//! Source: PKCS#11 v3.2, "General-length AES-MAC", "AES-MAC", "AES-XCBC-MAC", "AES-XCBC-MAC-96";
//! FIPS 113; RFC 3566.

use super::aes_key_gen::{AES_SIZE, aes_key};
use super::mac_check::{MacSigner, Recomputed};
use crate::crypto::aes::{AesKey, BLOCK_LEN};
use crate::crypto::block_mac::{CbcMac, XcbcMac};
use crate::error::Result;
use crate::mechanism::{KeySize, Mechanism, ParamShape, Roles, Setup, Status};
use crate::pkcs11::key_type::CKK_AES;
use crate::pkcs11::mechanism::{
    CKM_AES_MAC, CKM_AES_MAC_GENERAL, CKM_AES_XCBC_MAC, CKM_AES_XCBC_MAC_96,
};

type AesMac = CbcMac<AesKey, BLOCK_LEN>;

fn general(setup: &Setup<'_>) -> Result<MacSigner<AesMac>> {
    MacSigner::general(CbcMac::new(aes_key(&setup.key)?), setup.params)
}

/// "half the block size in length"
fn half(setup: &Setup<'_>) -> Result<MacSigner<AesMac>> {
    let state = CbcMac::new(aes_key(&setup.key)?);
    Ok(MacSigner::first(state, BLOCK_LEN / 2))
}

fn xcbc(setup: &Setup<'_>) -> Result<MacSigner<XcbcMac>> {
    XcbcMac::new(&aes_key(&setup.key)?).map(MacSigner::whole)
}

fn xcbc_96(setup: &Setup<'_>) -> Result<MacSigner<XcbcMac>> {
    let state = XcbcMac::new(&aes_key(&setup.key)?)?;
    Ok(MacSigner::first(state, 12))
}

/// RFC 3566 has keys of 128 bits only.
const XCBC_SIZE: KeySize = KeySize::bytes(16, 16);

/// One row.
macro_rules! row {
    ($id:ident, $spec:literal, $shape:ident, $size:ident, $start:ident, $status:ident) => {
        Mechanism {
            id: $id,
            spec: $spec,
            params: ParamShape::$shape,
            keys: &[CKK_AES],
            key_size: $size,
            extra_flags: 0,
            status: Status::$status,
            roles: Roles {
                sign: Some(|setup| Ok(Box::new($start(setup)?))),
                verify: Some(|setup| Ok(Box::new(Recomputed($start(setup)?)))),
                ..Roles::NONE
            },
        }
    };
}

/// The rows. CBC-MAC is safe only where all messages have one length, so it is legacy.
pub(super) static ROWS: &[Mechanism] = &[
    row!(CKM_AES_MAC, "AES-MAC", None, AES_SIZE, half, Legacy),
    row!(
        CKM_AES_MAC_GENERAL,
        "General-length AES-MAC",
        Ulong,
        AES_SIZE,
        general,
        Legacy
    ),
    row!(
        CKM_AES_XCBC_MAC,
        "AES-XCBC-MAC",
        None,
        XCBC_SIZE,
        xcbc,
        Current
    ),
    row!(
        CKM_AES_XCBC_MAC_96,
        "AES-XCBC-MAC-96",
        None,
        XCBC_SIZE,
        xcbc_96,
        Current
    ),
];
