// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parameters of the TLS 1.2 mechanisms.
//!
//! Source: PKCS#11 v3.2, "TLS 1.2 mechanism parameters" and "SSL mechanism parameters".

use super::returns::KeyMaterialPlaces;
use super::{Raw, Returns, invalid, part};
use crate::abi::input;
use crate::abi::output::Place;
use crate::abi::types::{
    CK_SSL3_KEY_MAT_OUT, CK_SSL3_KEY_MAT_PARAMS, CK_SSL3_MASTER_KEY_DERIVE_PARAMS,
    CK_SSL3_RANDOM_DATA, CK_TLS_KDF_PARAMS, CK_TLS_MAC_PARAMS,
    CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS, CK_TLS12_KEY_MAT_PARAMS,
    CK_TLS12_MASTER_KEY_DERIVE_PARAMS, CK_ULONG, CK_VERSION,
};
use crate::error::Result;
use crate::mechanism::{Params, TlsKeyMaterial};
use crate::pkcs11::MechanismType;
use crate::pkcs11::mechanism::CKM_TLS_PRF;

/// Whether a mechanism tells the version in the premaster secret.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Version {
    /// It does.
    Told,
    /// "The pVersion field of the structure must be set to NULL_PTR".
    Null,
}

/// The randoms of client and server.
///
/// # Safety
/// Every pointer is NULL or points to as many readable bytes as its length says.
unsafe fn randoms<'call>(given: &CK_SSL3_RANDOM_DATA) -> Result<(&'call [u8], &'call [u8])> {
    // SAFETY: this function's contract.
    let client = unsafe { part(given.pClientRandom, given.ulClientRandomLen) }?;
    // SAFETY: this function's contract.
    let server = unsafe { part(given.pServerRandom, given.ulServerRandomLen) }?;
    Ok((client, server))
}

/// The place of the version.
///
/// # Safety
/// `place` is NULL or points to a writable `CK_VERSION`.
unsafe fn version(place: *mut CK_VERSION, version: Version) -> Result<Returns> {
    if place.is_null() {
        // SPEC: a program that does not ask for the version need not be told.
        return Ok(Returns::None);
    }
    if version == Version::Null {
        return Err(invalid("pVersion must be NULL_PTR".to_owned()));
    }
    // SAFETY: this function's contract.
    unsafe { Place::new(place, "pVersion is NULL") }.map(Returns::Version)
}

/// `CK_TLS12_MASTER_KEY_DERIVE_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn master<'call>(raw: Raw, told: Version) -> Result<(Params<'call>, Returns)> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_TLS12_MASTER_KEY_DERIVE_PARAMS =
        unsafe { raw.structure("CK_TLS12_MASTER_KEY_DERIVE_PARAMS") }?;
    // SAFETY: this function's contract is the same.
    unsafe { any_master(&given, told) }
}

/// `CK_SSL3_MASTER_KEY_DERIVE_PARAMS`
///
/// # Safety
/// As [`master`].
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn ssl3_master<'call>(
    raw: Raw,
    told: Version,
) -> Result<(Params<'call>, Returns)> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_SSL3_MASTER_KEY_DERIVE_PARAMS =
        unsafe { raw.structure("CK_SSL3_MASTER_KEY_DERIVE_PARAMS") }?;
    let given = CK_TLS12_MASTER_KEY_DERIVE_PARAMS {
        RandomInfo: given.RandomInfo,
        pVersion: given.pVersion,
        prfHashMechanism: CKM_TLS_PRF.0,
    };
    // SAFETY: this function's contract is the same.
    unsafe { any_master(&given, told) }
}

/// # Safety
/// As [`master`], for the pointers inside.
unsafe fn any_master<'call>(
    given: &CK_TLS12_MASTER_KEY_DERIVE_PARAMS,
    told: Version,
) -> Result<(Params<'call>, Returns)> {
    // SAFETY: this function's contract covers the randoms.
    let (client, server) = unsafe { randoms(&given.RandomInfo) }?;
    // SAFETY: this function's contract covers the version.
    let returns = unsafe { version(given.pVersion, told) }?;
    let params = Params::TlsMaster {
        hash: MechanismType(given.prfHashMechanism),
        client,
        server,
        tells_version: !given.pVersion.is_null(),
    };
    Ok((params, returns))
}

/// `CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS`
///
/// # Safety
/// As [`master`].
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn extended<'call>(raw: Raw, told: Version) -> Result<(Params<'call>, Returns)> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS =
        unsafe { raw.structure("CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS") }?;
    // SAFETY: this function's contract covers the hash.
    let session_hash = unsafe { part(given.pSessionHash, given.ulSessionHashLen) }?;
    // SAFETY: this function's contract covers the version.
    let returns = unsafe { version(given.pVersion, told) }?;
    let params = Params::TlsExtendedMaster {
        hash: MechanismType(given.prfHashMechanism),
        session_hash,
        tells_version: !given.pVersion.is_null(),
    };
    Ok((params, returns))
}

/// The longest key or IV in bits; a limit, so that garbage asks for no memory.
const BITS_MAX: CK_ULONG = 4096 * 8;

/// A length of whole bytes.
fn bytes(bits: CK_ULONG, name: &str) -> Result<usize> {
    match usize::try_from(bits / 8) {
        Ok(len) if bits.is_multiple_of(8) && bits <= BITS_MAX => Ok(len),
        _ => Err(invalid(format!(
            "{name} is no number of whole bytes in range"
        ))),
    }
}

/// `CK_TLS12_KEY_MAT_PARAMS`
///
/// # Safety
/// As [`master`]; the IVs have room for `ulIVSizeInBits` when IVs come back.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn key_material<'call>(
    raw: Raw,
    with_ivs: bool,
) -> Result<(Params<'call>, Returns)> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_TLS12_KEY_MAT_PARAMS = unsafe { raw.structure("CK_TLS12_KEY_MAT_PARAMS") }?;
    // SAFETY: this function's contract is the same.
    unsafe { any_material(&given, with_ivs) }
}

/// `CK_SSL3_KEY_MAT_PARAMS`
///
/// # Safety
/// As [`key_material`].
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn ssl3_key_material<'call>(raw: Raw) -> Result<(Params<'call>, Returns)> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_SSL3_KEY_MAT_PARAMS = unsafe { raw.structure("CK_SSL3_KEY_MAT_PARAMS") }?;
    let given = CK_TLS12_KEY_MAT_PARAMS {
        ulMacSizeInBits: given.ulMacSizeInBits,
        ulKeySizeInBits: given.ulKeySizeInBits,
        ulIVSizeInBits: given.ulIVSizeInBits,
        bIsExport: given.bIsExport,
        RandomInfo: given.RandomInfo,
        pReturnedKeyMaterial: given.pReturnedKeyMaterial,
        prfHashMechanism: CKM_TLS_PRF.0,
    };
    // SAFETY: this function's contract is the same.
    unsafe { any_material(&given, true) }
}

/// # Safety
/// As [`key_material`], for the pointers inside.
unsafe fn any_material<'call>(
    given: &CK_TLS12_KEY_MAT_PARAMS,
    with_ivs: bool,
) -> Result<(Params<'call>, Returns)> {
    if given.bIsExport != 0 {
        return Err(invalid("bIsExport must be CK_FALSE".to_owned()));
    }
    let mac_len = bytes(given.ulMacSizeInBits, "ulMacSizeInBits")?;
    let key_len = bytes(given.ulKeySizeInBits, "ulKeySizeInBits")?;
    let iv_len = match with_ivs {
        true => bytes(given.ulIVSizeInBits, "ulIVSizeInBits")?,
        // "ignored and treated as 0"
        false => 0,
    };
    // SAFETY: this function's contract covers the randoms.
    let (client, server) = unsafe { randoms(&given.RandomInfo) }?;
    let what = "pReturnedKeyMaterial is NULL";
    // SAFETY: this function's contract covers the place of the keys.
    let out = unsafe { input::value::<CK_SSL3_KEY_MAT_OUT>(given.pReturnedKeyMaterial, what) }
        .map_err(|_| invalid(what.to_owned()))?;
    // SAFETY: as before.
    let place = unsafe { Place::new(given.pReturnedKeyMaterial, what) }?;
    if iv_len > 0 && (out.pIVClient.is_null() || out.pIVServer.is_null()) {
        return Err(invalid("pIVClient or pIVServer is NULL".to_owned()));
    }
    let params = TlsKeyMaterial {
        hash: MechanismType(given.prfHashMechanism),
        mac_len,
        key_len,
        iv_len,
        client,
        server,
    };
    // SAFETY: this function's contract gives room for both IVs.
    let places = unsafe { KeyMaterialPlaces::new(place, out, &params) };
    Ok((Params::TlsKeyMaterial(params), Returns::KeyMaterial(places)))
}

/// `CK_TLS_KDF_PARAMS`
///
/// # Safety
/// As [`master`].
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn kdf<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_TLS_KDF_PARAMS = unsafe { raw.structure("CK_TLS_KDF_PARAMS") }?;
    // SAFETY: this function's contract covers the randoms.
    let (client, server) = unsafe { randoms(&given.RandomInfo) }?;
    // SAFETY: this function's contract covers the label.
    let label = unsafe { part(given.pLabel, given.ulLabelLength) }?;
    // SAFETY: this function's contract covers the context.
    let context = unsafe { part(given.pContextData, given.ulContextDataLength) }?;
    Ok(Params::TlsKdf {
        hash: MechanismType(given.prfMechanism),
        label,
        client,
        server,
        context: (!given.pContextData.is_null()).then_some(context),
    })
}

/// `CK_TLS_MAC_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn mac<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_TLS_MAC_PARAMS = unsafe { raw.structure("CK_TLS_MAC_PARAMS") }?;
    Ok(Params::TlsMac {
        hash: MechanismType(given.prfHashMechanism),
        len: given.ulMacLength,
        sender: given.ulServerOrClient,
    })
}
