// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parameters of AES-CCM, AES-GMAC, ChaCha20 and the derivations that encrypt data.
//!
//! Source: PKCS#11 v3.2, `CK_CCM_PARAMS`, `CK_CHACHA20_PARAMS`, `CK_SALSA20_CHACHA20_POLY1305_PARAMS`,
//! `CK_AES_CBC_ENCRYPT_DATA_PARAMS`, `CK_DES_CBC_ENCRYPT_DATA_PARAMS`.

use super::{Raw, aes, invalid, part};
use crate::abi::types::{
    CK_AES_CBC_ENCRYPT_DATA_PARAMS, CK_CCM_PARAMS, CK_CHACHA20_PARAMS,
    CK_DES_CBC_ENCRYPT_DATA_PARAMS, CK_SALSA20_CHACHA20_POLY1305_PARAMS, CK_ULONG,
};
use crate::error::Result;
use crate::mechanism::{CcmParams, GcmParams, Params};

/// `CK_CCM_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn ccm<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_CCM_PARAMS = unsafe { raw.structure("CK_CCM_PARAMS") }?;
    // SAFETY: this function's contract covers the nonce.
    let nonce = unsafe { part(given.pNonce, given.ulNonceLen) }?;
    // SAFETY: this function's contract covers the additional data.
    let aad = unsafe { part(given.pAAD, given.ulAADLen) }?;
    Ok(Params::Ccm(CcmParams {
        data_len: given.ulDataLen,
        nonce,
        aad,
        mac_len: given.ulMACLen,
    }))
}

/// `CK_GCM_PARAMS`, or the bare IV of 12 bytes that v2.40 has, with a tag of 128 bits.
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn gmac<'call>(raw: Raw) -> Result<Params<'call>> {
    if raw.len != 12 {
        // SAFETY: this function's contract is the same.
        return unsafe { aes::gcm(raw) };
    }
    // SAFETY: this function's contract.
    let iv = unsafe { raw.bytes() }?;
    Ok(Params::Gcm(GcmParams {
        iv: Some(iv),
        iv_len: iv.len(),
        aad: &[],
        tag_bits: 128,
    }))
}

/// `CK_CHACHA20_PARAMS`
///
/// SPEC: the byte order of the counter is not said; it is that of the cipher's state, the lowest byte
/// first.
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn chacha20<'call>(raw: Raw) -> Result<Params<'call>> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_CHACHA20_PARAMS = unsafe { raw.structure("CK_CHACHA20_PARAMS") }?;
    if !matches!(given.blockCounterBits, 32 | 64) {
        return Err(invalid("blockCounterBits must be 32 or 64".to_owned()));
    }
    if !matches!(given.ulNonceBits, 64 | 96 | 192) {
        return Err(invalid("ulNonceBits must be 64, 96 or 192".to_owned()));
    }
    // SAFETY: this function's contract covers the counter.
    let counter = unsafe { part(given.pBlockCounter, given.blockCounterBits / 8) }?;
    // SAFETY: this function's contract covers the nonce.
    let nonce = unsafe { part(given.pNonce, given.ulNonceBits / 8) }?;
    let counter = counter
        .iter()
        .rev()
        .fold(0, |counter, byte| counter << 8 | u64::from(*byte));
    Ok(Params::ChaCha20 { nonce, counter })
}

/// `ulNonceLen` of ChaCha20-Poly1305, in bytes.
///
/// SPEC: ulNonceLen is in bits; applications give it in bytes, and no number of the one is a number
/// of the other.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) fn nonce_len(given: CK_ULONG) -> Result<CK_ULONG> {
    match given {
        64 | 8 => Ok(8),
        96 | 12 => Ok(12),
        192 | 24 => Ok(24),
        _ => Err(invalid("a nonce has 64, 96 or 192 bits".to_owned())),
    }
}

/// `CK_SALSA20_CHACHA20_POLY1305_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn chacha_poly<'call>(raw: Raw) -> Result<Params<'call>> {
    let name = "CK_SALSA20_CHACHA20_POLY1305_PARAMS";
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_SALSA20_CHACHA20_POLY1305_PARAMS = unsafe { raw.structure(name) }?;
    // SAFETY: this function's contract covers the nonce.
    let nonce = unsafe { part(given.pNonce, nonce_len(given.ulNonceLen)?) }?;
    // SAFETY: this function's contract covers the additional data.
    let aad = unsafe { part(given.pAAD, given.ulAADLen) }?;
    Ok(Params::ChaChaPoly { nonce, aad })
}

/// `CK_AES_CBC_ENCRYPT_DATA_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn aes_cbc_data<'call>(raw: Raw) -> Result<Params<'call>> {
    let name = "CK_AES_CBC_ENCRYPT_DATA_PARAMS";
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_AES_CBC_ENCRYPT_DATA_PARAMS = unsafe { raw.structure(name) }?;
    // SAFETY: this function's contract covers the data.
    let data = unsafe { part(given.pData, given.length) }?;
    Ok(Params::CbcEncryptData { iv: given.iv, data })
}

/// `CK_DES_CBC_ENCRYPT_DATA_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn des3_cbc_data<'call>(raw: Raw) -> Result<Params<'call>> {
    let name = "CK_DES_CBC_ENCRYPT_DATA_PARAMS";
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_DES_CBC_ENCRYPT_DATA_PARAMS = unsafe { raw.structure(name) }?;
    // SAFETY: this function's contract covers the data.
    let data = unsafe { part(given.pData, given.length) }?;
    let mut iv = [0; 16];
    iv.iter_mut()
        .zip(given.iv)
        .for_each(|(to, from)| *to = from);
    Ok(Params::CbcEncryptData { iv, data })
}
