// SPDX-License-Identifier: MIT OR Apache-2.0
//! HKDF (RFC 5869).
//!
//! Source: PKCS#11 v3.2, "HKDF Mechanisms".

use super::base_key::{hash, value};
use super::generic_secret::{VALUE_LEN_MAX, generate};
use crate::crypto::digest::HashFunction;
use crate::crypto::kdf::hkdf;
use crate::error::{Error, Result};
use crate::mechanism::{
    Batch, BatchRole, Derivation, Extra, HkdfParams, HkdfSalt, KeySize, Made, Mechanism, Offspring,
    ParamShape, Params, Parents, Roles, Status, Wanted,
};
use crate::object::{Lineage, Object, RawValue, Template, Use};
use crate::pkcs11::KeyType;
use crate::pkcs11::attribute::CKA_VALUE_LEN;
use crate::pkcs11::class::{CKO_DATA, CKO_SECRET_KEY};
use crate::pkcs11::key_type::{CKK_GENERIC_SECRET, CKK_HKDF};
use crate::pkcs11::mechanism::{CKM_HKDF_DATA, CKM_HKDF_DERIVE, CKM_HKDF_KEY_GEN};
use crate::secret::SecretBytes;

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    Mechanism {
        id: CKM_HKDF_DERIVE,
        spec: "HKDF derive",
        params: ParamShape::Hkdf,
        keys: BASE,
        key_size: SIZE,
        extra_flags: 0,
        status: Status::Current,
        roles: Roles {
            derive_batch: Some(BatchRole {
                purpose: Use::DeriveOrData,
                plan: plan_key,
                compute: |derivation, wanted| derive(derivation, wanted).map(Batch::one),
            }),
            ..Roles::NONE
        },
    },
    Mechanism {
        id: CKM_HKDF_DATA,
        spec: "HKDF Data",
        params: ParamShape::Hkdf,
        keys: BASE,
        key_size: SIZE,
        extra_flags: 0,
        status: Status::Current,
        roles: Roles {
            derive_batch: Some(BatchRole {
                purpose: Use::DeriveOrData,
                plan: plan_data,
                compute: |derivation, wanted| {
                    Ok(Batch {
                        objects: vec![Made::Data(derive(derivation, wanted)?)],
                        extra: Extra::None,
                    })
                },
            }),
            ..Roles::NONE
        },
    },
    Mechanism {
        id: CKM_HKDF_KEY_GEN,
        spec: "HKDF Key gen",
        params: ParamShape::None,
        keys: &[CKK_HKDF],
        key_size: SIZE,
        extra_flags: 0,
        status: Status::Current,
        roles: Roles {
            generate: Some(generate),
            ..Roles::NONE
        },
    },
];

// SPEC: "the length must be the size of the underlying hash function", for keys: RFC 5869 takes input
// keys of any length, and so do all users of the mechanism.
const BASE: &[KeyType] = &[CKK_HKDF, CKK_GENERIC_SECRET];
const SIZE: KeySize = KeySize::bytes(1, VALUE_LEN_MAX);

fn plan_key<'a>(
    _: &Parents<'_>,
    _: &'a Params<'a>,
    template: &Template<'a>,
) -> Result<Vec<Offspring<'a>>> {
    let mut planned = Offspring::plain(template, Lineage::Free);
    planned.class = Some(CKO_SECRET_KEY);
    Ok(vec![planned])
}

/// A data object has no CKA_VALUE_LEN, but the template says by it how much to derive.
fn plan_data<'a>(
    _: &Parents<'_>,
    _: &'a Params<'a>,
    template: &Template<'a>,
) -> Result<Vec<Offspring<'a>>> {
    let mut planned = Offspring::plain(template, Lineage::Free);
    planned.class = Some(CKO_DATA);
    if let Some(len) = template.ulong(CKA_VALUE_LEN) {
        planned.len = Some(usize::try_from(len).unwrap_or(usize::MAX));
        let is_other = |(id, value): &(_, RawValue<'_>)| {
            *id != CKA_VALUE_LEN || matches!(value, RawValue::Nested(_))
        };
        planned.template.0.retain(is_other);
    }
    Ok(vec![planned])
}

fn derive(derivation: &Derivation<'_>, wanted: &[Wanted]) -> Result<SecretBytes> {
    let Params::Hkdf(params) = derivation.params else {
        return Err(Error::MechanismParamInvalid(
            "the parameter is no CK_HKDF_PARAMS".into(),
        ));
    };
    let function = hash(params.hash)?;
    // SPEC: without a wanted length, the expansion too gives as many bytes as the hash.
    let len = wanted
        .first()
        .and_then(|wanted| wanted.len)
        .unwrap_or(function.len());
    let key = value(derivation.base.object())?;
    if len == 0 {
        return Err(Error::KeySizeRange("a derived value has bytes".into()));
    }
    check_data(derivation.base.object(), params, function)?;
    match (params.extract, params.expand) {
        (true, true) => {
            let key = extract(derivation, params, key)?;
            hkdf::expand(function, key.expose(), params.info, len)
        }
        (false, true) => hkdf::expand(function, key, params.info, len),
        (true, false) if len == function.len() => extract(derivation, params, key),
        (true, false) => Err(Error::KeySizeRange(
            format!("the extraction gives {} bytes, not {len}", function.len()).into(),
        )),
        (false, false) => Err(Error::MechanismParamInvalid(
            "either bExtract or bExpand must be CK_TRUE".into(),
        )),
    }
}

/// "The exception is a data object which has the same size as the underlying hash function, and
/// which may be supplied as an input key. In this case bExtract should be true and non-null salt
/// should be supplied."
// SPEC: what only "should be" must be: nothing but the salt keeps what comes of data secret.
fn check_data(base: &Object, params: &HkdfParams<'_>, function: HashFunction) -> Result<()> {
    if base.class() != CKO_DATA {
        return Ok(());
    }
    if !params.extract || matches!(params.salt, HkdfSalt::Null) {
        return Err(Error::MechanismParamInvalid(
            "from a data object, a key is extracted with a salt".into(),
        ));
    }
    if value(base)?.len() == function.len() {
        return Ok(());
    }
    Err(Error::KeySizeRange(
        "a data object that is an input key has the length of the hash".into(),
    ))
}

fn extract(
    derivation: &Derivation<'_>,
    params: &HkdfParams<'_>,
    key: &[u8],
) -> Result<SecretBytes> {
    let function = hash(params.hash)?;
    match params.salt {
        HkdfSalt::Null => hkdf::extract(function, &[], key),
        HkdfSalt::Data(salt) => hkdf::extract(function, salt, key),
        HkdfSalt::Key(handle) => {
            let salt = (derivation.other_key)(handle)?;
            hkdf::extract(function, value(&salt)?, key)
        }
    }
}
