// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mechanism parameters coming in: one file a family, and one exhaustive match over the shapes.
//!
//! Each C structure is copied once; its size must be exact.
//! Source: PKCS#11 v3.2, `CK_MECHANISM` and the `CK_..._PARAMS` structures of "Mechanisms".

mod aes;
mod cipher;
mod derive;
mod elliptic;
mod ike;
mod kbkdf;
mod message;
mod returns;
mod rsa;
mod sign_context;
mod simple;
mod tls;

use core::ffi::c_void;

pub(super) use returns::Returns;

use tls::Version;

use super::input;
use super::types::{CK_MECHANISM, CK_ULONG};
use crate::error::{Error, Result};
use crate::mechanism::{self, Mechanism, ParamShape, Params};
use crate::pkcs11::MechanismType;

pub(super) use message::{Direction, Message, generated, message_row, wrap_request};

/// A mechanism the token knows, with its parameter.
pub(super) struct Request<'call> {
    /// The row.
    pub(super) mechanism: &'static Mechanism,
    /// The parameter.
    pub(super) params: Params<'call>,
    /// What of the parameter the call writes.
    pub(super) returns: Returns,
}

/// Reads a `CK_MECHANISM`.
///
/// # Safety
/// `mechanism` is NULL or points to a `CK_MECHANISM` whose parameter, and everything it points to,
/// is readable and not written during the call.
///
/// # Errors
/// `CKR_ARGUMENTS_BAD` for NULL, `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`.
pub(super) unsafe fn request<'call>(mechanism: *const CK_MECHANISM) -> Result<Request<'call>> {
    // SAFETY: this function's contract.
    let given = unsafe { input::value(mechanism, "the mechanism is NULL") }?;
    let row = mechanism::find(MechanismType(given.mechanism))?;
    let raw = Raw {
        data: given.pParameter,
        len: given.ulParameterLen,
    };
    // SAFETY: this function's contract.
    let (params, returns) = unsafe { parse_both(row.params, raw) }?;
    Ok(Request {
        mechanism: row,
        params,
        returns,
    })
}

/// As [`request`], where NULL ends the active operation.
///
/// # Safety
/// As [`request`].
///
/// # Errors
/// As [`request`], except for NULL.
pub(super) unsafe fn optional_request<'call>(
    mechanism: *const CK_MECHANISM,
) -> Result<Option<Request<'call>>> {
    if mechanism.is_null() {
        return Ok(None);
    }
    // SAFETY: this function's contract is the same.
    unsafe { request(mechanism) }.map(Some)
}

/// The parameter of a message whose mechanism has none: no signing mechanism defines one.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) fn absent(_parameter: *const c_void, len: CK_ULONG) -> Result<()> {
    if len == 0 {
        return Ok(());
    }
    Err(invalid(
        "the mechanism has no parameter for a message".to_owned(),
    ))
}

impl<'call> Request<'call> {
    /// The pair that the `Init` methods take.
    pub(super) const fn pair(&self) -> (&'static Mechanism, &Params<'call>) {
        (self.mechanism, &self.params)
    }
}

/// `pParameter` and `ulParameterLen`
#[derive(Clone, Copy)]
struct Raw {
    data: *mut c_void,
    len: CK_ULONG,
}

impl Raw {
    /// Whether nothing was given.
    const fn is_none(self) -> bool {
        self.len == 0
    }

    /// The parameter as raw bytes.
    ///
    /// # Safety
    /// `data` is NULL or points to `len` readable bytes.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    unsafe fn bytes<'call>(self) -> Result<&'call [u8]> {
        // SAFETY: this function's contract.
        unsafe { part(self.data.cast(), self.len) }
    }

    /// The parameter as a structure of exactly this size.
    ///
    /// # Safety
    /// `data` is NULL or points to `len` readable bytes, which are a `T` whatever their bits are.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    unsafe fn structure<T: Copy>(self, name: &'static str) -> Result<T> {
        if self.data.is_null() || usize::try_from(self.len) != Ok(size_of::<T>()) {
            return Err(invalid(format!(
                "the parameter must be a {name} of {} bytes",
                size_of::<T>()
            )));
        }
        // SAFETY: non-null and of the right size; readable by this function's contract.
        Ok(unsafe { self.data.cast::<T>().read_unaligned() })
    }
}

/// Bytes that a parameter points to.
///
/// # Safety
/// `data` is NULL or points to `len` readable bytes.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
unsafe fn part<'call>(data: *const u8, len: CK_ULONG) -> Result<&'call [u8]> {
    // SAFETY: this function's contract.
    unsafe { input::bytes(data, len) }
        .map_err(|_| invalid("a part of the parameter is NULL or endless".to_owned()))
}

fn invalid(why: String) -> Error {
    Error::MechanismParamInvalid(why.into())
}

/// Parses the parameter as the shape that the mechanism's row names.
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
unsafe fn parse<'call>(shape: ParamShape, raw: Raw) -> Result<Params<'call>> {
    match shape {
        ParamShape::None => simple::none(raw),
        // SAFETY: this function's contract.
        ParamShape::Bytes(len) => unsafe { simple::bytes(raw, &[len]) },
        ParamShape::AnyBytes if raw.is_none() => Ok(Params::None),
        // SAFETY: this function's contract.
        ParamShape::AnyBytes => unsafe { simple::any_bytes(raw) },
        ParamShape::OptionalBytes(_) if raw.is_none() => Ok(Params::None),
        // SAFETY: this function's contract.
        ParamShape::OptionalBytes(lens) => unsafe { simple::bytes(raw, lens) },
        // SAFETY: this function's contract.
        ParamShape::Ulong => unsafe { simple::ulong(raw) },
        // SAFETY: this function's contract.
        ParamShape::RsaOaep => unsafe { rsa::oaep(raw) },
        // SAFETY: this function's contract.
        ParamShape::RsaPss => unsafe { rsa::pss(raw) },
        // SAFETY: this function's contract.
        ParamShape::RsaAesKeyWrap => unsafe { rsa::aes_key_wrap(raw) },
        // SAFETY: this function's contract.
        ParamShape::EcdhAesKeyWrap => unsafe { elliptic::ecdh_aes_key_wrap(raw) },
        // SAFETY: this function's contract.
        ParamShape::Ecdh1 => unsafe { elliptic::ecdh1(raw) },
        ParamShape::Eddsa if raw.is_none() => Ok(Params::None),
        // SAFETY: this function's contract.
        ParamShape::Eddsa => unsafe { elliptic::eddsa(raw) },
        ParamShape::SignContext if raw.is_none() => Ok(Params::None),
        // SAFETY: this function's contract.
        ParamShape::SignContext => unsafe { sign_context::message(raw) },
        // SAFETY: this function's contract.
        ParamShape::HashSignContext => unsafe { sign_context::digest(raw) },
        // SAFETY: this function's contract.
        ParamShape::AesCtr => unsafe { aes::ctr(raw) },
        // SAFETY: this function's contract.
        ParamShape::Gcm => unsafe { aes::gcm(raw) },
        // SAFETY: this function's contract.
        ParamShape::Gmac => unsafe { cipher::gmac(raw) },
        // SAFETY: this function's contract.
        ParamShape::Ccm => unsafe { cipher::ccm(raw) },
        // SAFETY: this function's contract.
        ParamShape::ChaCha20 => unsafe { cipher::chacha20(raw) },
        // SAFETY: this function's contract.
        ParamShape::ChaChaPoly => unsafe { cipher::chacha_poly(raw) },
        // SAFETY: this function's contract.
        ParamShape::AesCbcEncryptData => unsafe { cipher::aes_cbc_data(raw) },
        // SAFETY: this function's contract.
        ParamShape::Des3CbcEncryptData => unsafe { cipher::des3_cbc_data(raw) },
        // SAFETY: this function's contract.
        ParamShape::StringData => unsafe { derive::string_data(raw) },
        // SAFETY: this function's contract.
        ParamShape::Key => unsafe { derive::key(raw) },
        // SAFETY: this function's contract.
        ParamShape::Hkdf => unsafe { derive::hkdf(raw) },
        // SAFETY: this function's contract.
        ParamShape::Pbkd2 => unsafe { derive::pbkd2(raw) },
        // SAFETY: this function's contract.
        ParamShape::TlsKdf => unsafe { tls::kdf(raw) },
        // SAFETY: this function's contract.
        ParamShape::TlsMac => unsafe { tls::mac(raw) },
        // SAFETY: this function's contract.
        ParamShape::IkePrf => unsafe { ike::prf(raw) },
        // SAFETY: this function's contract.
        ParamShape::Ike1Prf => unsafe { ike::ike1_prf(raw) },
        // SAFETY: this function's contract.
        ParamShape::Ike2PrfPlus => unsafe { ike::ike2_prf_plus(raw) },
        // SAFETY: this function's contract.
        ParamShape::Ike1Extended => unsafe { ike::ike1_extended(raw) },
        ParamShape::Kbkdf
        | ParamShape::KbkdfFeedback
        | ParamShape::Ssl3KeyMaterial
        | ParamShape::Ssl3Master
        | ParamShape::Ssl3MasterDh
        | ParamShape::TlsMaster
        | ParamShape::TlsMasterDh
        | ParamShape::TlsExtendedMaster
        | ParamShape::TlsExtendedMasterDh
        | ParamShape::TlsKeyMaterial
        | ParamShape::TlsKeySafe => {
            // SAFETY: this function's contract; nothing is written.
            unsafe { parse_both(shape, raw) }.map(|(params, _)| params)
        }
    }
}

/// As [`parse`], together with the places that the call writes to.
///
/// # Safety
/// As [`parse`]; the pointers to output are NULL or point to writable memory during the call.
///
/// # Errors
/// As [`parse`].
unsafe fn parse_both<'call>(shape: ParamShape, raw: Raw) -> Result<(Params<'call>, Returns)> {
    match shape {
        // SAFETY: this function's contract.
        ParamShape::Kbkdf => unsafe { kbkdf::plain(raw) },
        // SAFETY: this function's contract.
        ParamShape::KbkdfFeedback => unsafe { kbkdf::feedback(raw) },
        // SAFETY: this function's contract.
        ParamShape::Ssl3Master => unsafe { tls::ssl3_master(raw, Version::Told) },
        // SAFETY: this function's contract.
        ParamShape::Ssl3MasterDh => unsafe { tls::ssl3_master(raw, Version::Null) },
        // SAFETY: this function's contract.
        ParamShape::Ssl3KeyMaterial => unsafe { tls::ssl3_key_material(raw) },
        // SAFETY: this function's contract.
        ParamShape::TlsMaster => unsafe { tls::master(raw, Version::Told) },
        // SAFETY: this function's contract.
        ParamShape::TlsMasterDh => unsafe { tls::master(raw, Version::Null) },
        // SAFETY: this function's contract.
        ParamShape::TlsExtendedMaster => unsafe { tls::extended(raw, Version::Told) },
        // SAFETY: this function's contract.
        ParamShape::TlsExtendedMasterDh => unsafe { tls::extended(raw, Version::Null) },
        // SAFETY: this function's contract.
        ParamShape::TlsKeyMaterial => unsafe { tls::key_material(raw, true) },
        // SAFETY: this function's contract.
        ParamShape::TlsKeySafe => unsafe { tls::key_material(raw, false) },
        // SAFETY: this function's contract.
        _ => unsafe { parse(shape, raw) }.map(|params| (params, Returns::None)),
    }
}

#[cfg(test)]
mod tests;
