// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-GMAC.
//!
//! Source: PKCS#11 v3.2, "AES-GMAC"; SP 800-38D.

use super::aes_key_gen::{AES_SIZE, aes_key};
use super::mac_check::{MacSigner, Recomputed};
use crate::crypto::gmac::Gmac;
use crate::error::{Error, Result};
use crate::mechanism::{GcmParams, Mechanism, ParamShape, Params, Roles, Setup, Status};
use crate::pkcs11::key_type::CKK_AES;
use crate::pkcs11::mechanism::CKM_AES_GMAC;

fn invalid(reason: &'static str) -> Error {
    Error::MechanismParamInvalid(reason.into())
}

fn start(setup: &Setup<'_>) -> Result<MacSigner<Gmac>> {
    let Params::Gcm(GcmParams {
        iv: Some(iv),
        aad: [],
        tag_bits,
        ..
    }) = setup.params
    else {
        // SPEC: what is authenticated is the data alone; associated data in the parameter is refused.
        return Err(invalid(
            "the parameter must be a CK_GCM_PARAMS with an IV and without associated data",
        ));
    };
    let len = match tag_bits {
        32 | 64 | 96 | 104 | 112 | 120 | 128 => usize::try_from(tag_bits / 8).unwrap_or(16),
        _ => {
            return Err(invalid(
                "ulTagBits must be 32, 64, 96, 104, 112, 120 or 128 (SP 800-38D, 5.2.1.2)",
            ));
        }
    };
    let state = Gmac::new(&aes_key(&setup.key)?, iv)?;
    Ok(MacSigner::first(state, len))
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[Mechanism {
    id: CKM_AES_GMAC,
    spec: "AES-GMAC",
    params: ParamShape::Gmac,
    keys: &[CKK_AES],
    key_size: AES_SIZE,
    extra_flags: 0,
    status: Status::Current,
    roles: Roles {
        sign: Some(|setup| Ok(Box::new(start(setup)?))),
        verify: Some(|setup| Ok(Box::new(Recomputed(start(setup)?)))),
        ..Roles::NONE
    },
}];
