// SPDX-License-Identifier: MIT OR Apache-2.0
//! Concatenation, exclusive or, extraction.
//!
//! Source: PKCS#11 v3.2, "Miscellaneous simple key derivation mechanisms".

use super::base_key::{SECRETS, value};
use super::generic_secret::VALUE_LEN_MAX;
use crate::error::{Error, Result};
use crate::mechanism::{
    Batch, BatchRole, Derivation, KeySize, Mechanism, Offspring, ParamShape, Params, Parents,
    Roles, Status, Wanted,
};
use crate::object::{Lineage, Template, Use};
use crate::pkcs11::key_type::CKK_GENERIC_SECRET;
use crate::pkcs11::mechanism::{
    CKM_CONCATENATE_BASE_AND_DATA, CKM_CONCATENATE_BASE_AND_KEY, CKM_CONCATENATE_DATA_AND_BASE,
    CKM_EXTRACT_KEY_FROM_KEY, CKM_XOR_BASE_AND_DATA,
};
use crate::secret::SecretBytes;

/// One row.
// All but the concatenation of two keys are legacy: who may use them and choose the data can find
// out a base key's value bit by bit, through keys that are short or related.
macro_rules! row {
    ($id:ident, $shape:ident, $status:ident, $compute:expr) => {
        Mechanism {
            id: $id,
            spec: "Miscellaneous simple key derivation mechanisms",
            params: ParamShape::$shape,
            keys: SECRETS,
            key_size: KeySize::bytes(1, VALUE_LEN_MAX),
            extra_flags: 0,
            status: Status::$status,
            roles: Roles {
                derive_batch: Some(BatchRole {
                    purpose: Use::Derive,
                    plan,
                    compute: $compute,
                }),
                ..Roles::NONE
            },
        }
    };
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row!(CKM_CONCATENATE_BASE_AND_KEY, Key, Current, with_key),
    row!(
        CKM_CONCATENATE_BASE_AND_DATA,
        StringData,
        Legacy,
        |derivation, wanted| {
            let (base, data) = inputs(derivation)?;
            taken(joined(base, data).expose(), wanted)
        }
    ),
    row!(
        CKM_CONCATENATE_DATA_AND_BASE,
        StringData,
        Legacy,
        |derivation, wanted| {
            let (base, data) = inputs(derivation)?;
            taken(joined(data, base).expose(), wanted)
        }
    ),
    row!(CKM_XOR_BASE_AND_DATA, StringData, Legacy, xor),
    row!(CKM_EXTRACT_KEY_FROM_KEY, Ulong, Legacy, extract),
];

fn plan<'a>(
    _: &Parents<'_>,
    _: &'a Params<'a>,
    template: &Template<'a>,
) -> Result<Vec<Offspring<'a>>> {
    Ok(vec![Offspring::plain(template, Lineage::Bound)])
}

fn inputs<'a>(derivation: &'a Derivation<'_>) -> Result<(&'a [u8], &'a [u8])> {
    let Params::StringData(data) = *derivation.params else {
        return Err(Error::MechanismParamInvalid(
            "the parameter is no CK_KEY_DERIVATION_STRING_DATA".into(),
        ));
    };
    Ok((value(derivation.base.object())?, data))
}

/// "If no length is provided in the template, but a key type is, then that key type must have a
/// well-defined length."
fn wanted_len(wanted: &[Wanted], whole: usize) -> Result<usize> {
    match wanted.first() {
        Some(Wanted { len: Some(len), .. }) => Ok(*len),
        Some(Wanted {
            key_type: Some(CKK_GENERIC_SECRET),
            ..
        }) => Ok(whole),
        _ => Err(Error::TemplateIncomplete(
            "keys of this type have several lengths: CKA_VALUE_LEN must say which".into(),
        )),
    }
}

/// The leading bytes of what there is.
fn taken(whole: &[u8], wanted: &[Wanted]) -> Result<Batch> {
    let len = wanted_len(wanted, whole.len())?;
    match whole.get(..len) {
        Some(taken @ [_, ..]) => Ok(Batch::one(SecretBytes::from_slice(taken))),
        _ => Err(Error::KeySizeRange(
            format!("there are 1 to {} bytes, not {len}", whole.len()).into(),
        )),
    }
}

fn with_key(derivation: &Derivation<'_>, wanted: &[Wanted]) -> Result<Batch> {
    let Params::Key(other) = *derivation.params else {
        return Err(Error::MechanismParamInvalid(
            "the parameter is no CK_OBJECT_HANDLE".into(),
        ));
    };
    let other = (derivation.other_key)(other)?;
    let (base, other) = (value(derivation.base.object())?, value(&other)?);
    taken(joined(base, other).expose(), wanted)
}

fn xor(derivation: &Derivation<'_>, wanted: &[Wanted]) -> Result<Batch> {
    let (base, data) = inputs(derivation)?;
    let len = base.len().min(data.len());
    let mixed = SecretBytes::try_init(len, |out| {
        for (to, (one, two)) in out.iter_mut().zip(base.iter().zip(data)) {
            *to = one ^ two;
        }
        Ok::<(), Error>(())
    })?;
    taken(mixed.expose(), wanted)
}

fn extract(derivation: &Derivation<'_>, wanted: &[Wanted]) -> Result<Batch> {
    let Params::Ulong(start) = *derivation.params else {
        return Err(Error::MechanismParamInvalid(
            "the parameter is no CK_EXTRACT_PARAMS".into(),
        ));
    };
    let base = value(derivation.base.object())?;
    let start = usize::try_from(start)
        .ok()
        .filter(|start| start / 8 < base.len())
        .ok_or_else(|| {
            Error::MechanismParamInvalid("the first bit is not in the base key".into())
        })?;
    let Some(Wanted { len: Some(len), .. }) = wanted.first() else {
        return Err(Error::TemplateIncomplete(
            "CKA_VALUE_LEN or a key type with one length must say how much to extract".into(),
        ));
    };
    if !(1..=base.len()).contains(len) {
        return Err(Error::KeySizeRange(
            format!("the base key has {} bytes, not {len}", base.len()).into(),
        ));
    }
    // "it is permissible to wrap around the end"
    let rest = || base.iter().cycle().skip(start / 8);
    let shift = start % 8;
    SecretBytes::try_init(*len, |out| {
        for (to, (left, right)) in out.iter_mut().zip(rest().zip(rest().skip(1))) {
            let pair = u16::from_be_bytes([*left, *right]) << shift;
            *to = pair.to_be_bytes()[0];
        }
        Ok(())
    })
    .map(Batch::one)
}

/// One after the other.
fn joined(one: &[u8], two: &[u8]) -> SecretBytes {
    SecretBytes::new([one, two].concat())
}
