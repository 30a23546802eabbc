// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parameters of SP 800-108 key derivations.
//!
//! Source: PKCS#11 v3.2, "SP800-108 Key Derivation", `CK_SP800_108_KDF_PARAMS`,
//! `CK_SP800_108_FEEDBACK_KDF_PARAMS`.

use core::cell::Cell;

use super::derive::boolean;
use super::{Raw, Returns, invalid, part};
use crate::abi::output::Place;
use crate::abi::types::{
    CK_BBOOL, CK_DERIVED_KEY, CK_OBJECT_HANDLE, CK_PRF_DATA_PARAM, CK_SP800_108_COUNTER_FORMAT,
    CK_SP800_108_DKM_LENGTH_FORMAT, CK_SP800_108_FEEDBACK_KDF_PARAMS, CK_SP800_108_KDF_PARAMS,
    CK_ULONG,
};
use crate::abi::{input, template};
use crate::error::Result;
use crate::mechanism::{AdditionalKey, KbkdfField, KbkdfNumber, KbkdfParams, Params};
use crate::pkcs11::value::{
    CK_SP800_108_BYTE_ARRAY, CK_SP800_108_COUNTER, CK_SP800_108_DKM_LENGTH,
    CK_SP800_108_ITERATION_VARIABLE, CK_SP800_108_KEY_HANDLE,
};
use crate::pkcs11::{MechanismType, ObjectHandle};

/// The most fields, and the most additional keys: more than anybody needs, so that a wrong count is
/// refused and not followed.
const ENTRIES_MAX: CK_ULONG = 256;

/// `CK_SP800_108_KDF_PARAMS`
///
/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes, and so does every pointer inside.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn plain<'call>(raw: Raw) -> Result<(Params<'call>, Returns)> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_SP800_108_KDF_PARAMS = unsafe { raw.structure("CK_SP800_108_KDF_PARAMS") }?;
    let given = CK_SP800_108_FEEDBACK_KDF_PARAMS {
        prfType: given.prfType,
        ulNumberOfDataParams: given.ulNumberOfDataParams,
        pDataParams: given.pDataParams,
        ulIVLen: 0,
        pIV: core::ptr::null_mut(),
        ulAdditionalDerivedKeys: given.ulAdditionalDerivedKeys,
        pAdditionalDerivedKeys: given.pAdditionalDerivedKeys,
    };
    // SAFETY: this function's contract is the same.
    unsafe { both(&given) }
}

/// `CK_SP800_108_FEEDBACK_KDF_PARAMS`
///
/// # Safety
/// As [`plain`].
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
pub(super) unsafe fn feedback<'call>(raw: Raw) -> Result<(Params<'call>, Returns)> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_SP800_108_FEEDBACK_KDF_PARAMS =
        unsafe { raw.structure("CK_SP800_108_FEEDBACK_KDF_PARAMS") }?;
    // SAFETY: this function's contract is the same.
    unsafe { both(&given) }
}

/// # Safety
/// As [`plain`], for the pointers inside.
unsafe fn both<'call>(
    given: &CK_SP800_108_FEEDBACK_KDF_PARAMS,
) -> Result<(Params<'call>, Returns)> {
    // SAFETY: this function's contract covers the fields.
    let data: Vec<CK_PRF_DATA_PARAM> =
        unsafe { elements(given.pDataParams, given.ulNumberOfDataParams) }?;
    let mut fields = Vec::with_capacity(data.len());
    for given in &data {
        // SAFETY: this function's contract covers what the field points to.
        fields.push(unsafe { field(given) }?);
    }
    // SAFETY: this function's contract covers the IV.
    let iv = unsafe { part(given.pIV, given.ulIVLen) }?;
    // SAFETY: this function's contract covers the additional keys.
    let keys: Vec<CK_DERIVED_KEY> =
        unsafe { elements(given.pAdditionalDerivedKeys, given.ulAdditionalDerivedKeys) }?;
    let mut additional = Vec::with_capacity(keys.len());
    let mut places = Vec::with_capacity(keys.len());
    for key in &keys {
        // SAFETY: this function's contract covers the template.
        let template = unsafe { template::read(key.pTemplate, key.ulAttributeCount) }?;
        additional.push(AdditionalKey {
            template,
            offends: Cell::new(false),
        });
        // SAFETY: this function's contract covers the handle's place.
        let place = unsafe { Place::<CK_OBJECT_HANDLE>::new(key.phKey, "phKey is NULL") };
        places.push(place.map_err(|_| invalid("phKey of an additional key is NULL".to_owned()))?);
    }
    let params = Params::Kbkdf(KbkdfParams {
        prf: MechanismType(given.prfType),
        fields,
        iv,
        additional,
    });
    Ok((params, Returns::Handles(places)))
}

/// Copies an array.
///
/// # Safety
/// `data` is NULL or points to `count` readable elements, whose bits are a `T` whatever they are.
unsafe fn elements<T: Copy>(data: *const T, count: CK_ULONG) -> Result<Vec<T>> {
    if count > ENTRIES_MAX || (data.is_null() && count != 0) {
        return Err(invalid("an array is NULL or too long".to_owned()));
    }
    let mut out = Vec::new();
    for position in 0..usize::try_from(count).unwrap_or(0) {
        // SAFETY: within the array, by this function's contract.
        let place = unsafe { data.add(position) };
        // SAFETY: likewise.
        out.push(unsafe { input::value(place, "an element is NULL") }?);
    }
    Ok(out)
}

/// # Safety
/// `given.pValue` is NULL or points to `given.ulValueLen` readable bytes.
unsafe fn field<'call>(given: &CK_PRF_DATA_PARAM) -> Result<KbkdfField<'call>> {
    let raw = Raw {
        data: given.pValue,
        len: given.ulValueLen,
    };
    Ok(match given.type_ {
        CK_SP800_108_ITERATION_VARIABLE if raw.is_none() => KbkdfField::Iteration(None),
        CK_SP800_108_ITERATION_VARIABLE => {
            // SAFETY: this function's contract.
            KbkdfField::Iteration(Some(unsafe { counter(raw) }?))
        }
        // SAFETY: this function's contract.
        CK_SP800_108_COUNTER => KbkdfField::Counter(unsafe { counter(raw) }?),
        CK_SP800_108_DKM_LENGTH => {
            // SAFETY: this function's contract; every bit pattern is a value.
            let given: CK_SP800_108_DKM_LENGTH_FORMAT =
                unsafe { raw.structure("CK_SP800_108_DKM_LENGTH_FORMAT") }?;
            let number = number(given.bLittleEndian, given.ulWidthInBits)?;
            KbkdfField::Length(given.dkmLengthMethod, number)
        }
        // SAFETY: this function's contract.
        CK_SP800_108_BYTE_ARRAY => KbkdfField::Bytes(unsafe { raw.bytes() }?),
        CK_SP800_108_KEY_HANDLE => {
            // SAFETY: this function's contract; every bit pattern is a number.
            let handle: CK_OBJECT_HANDLE = unsafe { raw.structure("CK_OBJECT_HANDLE") }?;
            KbkdfField::Key(ObjectHandle(handle))
        }
        _ => return Err(invalid("the type of a data field is unknown".to_owned())),
    })
}

/// # Safety
/// `raw.data` is NULL or points to `raw.len` readable bytes.
unsafe fn counter(raw: Raw) -> Result<KbkdfNumber> {
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_SP800_108_COUNTER_FORMAT =
        unsafe { raw.structure("CK_SP800_108_COUNTER_FORMAT") }?;
    number(given.bLittleEndian, given.ulWidthInBits)
}

fn number(little_endian: CK_BBOOL, bits: CK_ULONG) -> Result<KbkdfNumber> {
    Ok(KbkdfNumber {
        little_endian: boolean(little_endian, "bLittleEndian")?,
        bits,
    })
}
