// SPDX-License-Identifier: MIT OR Apache-2.0
//! The public key of a private key.
//!
//! Source: PKCS#11 v3.2, "Public key from private key".

use der::Decode as _;
use spki::SubjectPublicKeyInfoRef;

use crate::error::{Error, Result};
use crate::mechanism::material::point;
use crate::mechanism::{
    Batch, BatchRole, Derivation, Extra, KeySize, Made, Mechanism, Offspring, ParamShape, Params,
    Parents, Roles, Status, Wanted,
};
use crate::object::{AttributeMap, Lineage, Object, Template, Use, Value};
use crate::pkcs11::AttributeType;
use crate::pkcs11::attribute::{
    CKA_ALLOWED_MECHANISMS, CKA_DECAPSULATE, CKA_DECRYPT, CKA_DERIVE, CKA_EC_PARAMS, CKA_EC_POINT,
    CKA_ENCAPSULATE, CKA_ENCRYPT, CKA_END_DATE, CKA_ID, CKA_KEY_GEN_MECHANISM, CKA_MODULUS,
    CKA_PRIVATE, CKA_PUBLIC_EXPONENT, CKA_PUBLIC_KEY_INFO, CKA_SIGN, CKA_SIGN_RECOVER,
    CKA_START_DATE, CKA_SUBJECT, CKA_UNWRAP, CKA_VERIFY, CKA_VERIFY_RECOVER, CKA_WRAP,
};
use crate::pkcs11::class::CKO_PUBLIC_KEY;
use crate::pkcs11::key_type::{CKK_EC, CKK_EC_EDWARDS, CKK_EC_MONTGOMERY, CKK_RSA};
use crate::pkcs11::mechanism::CKM_PUB_KEY_FROM_PRIV_KEY;

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[Mechanism {
    id: CKM_PUB_KEY_FROM_PRIV_KEY,
    spec: "Public key from private key",
    params: ParamShape::None,
    keys: &[CKK_RSA, CKK_EC, CKK_EC_EDWARDS, CKK_EC_MONTGOMERY],
    key_size: KeySize::NONE,
    extra_flags: 0,
    status: Status::Current,
    roles: Roles {
        derive_batch: Some(BatchRole {
            purpose: Use::PublicHalf,
            plan,
            compute,
        }),
        ..Roles::NONE
    },
}];

/// "copy from private key"
// SPEC: CKA_DESTROYABLE is said to default to CK_FALSE here, which would leave keys that nobody can
// ever destroy; it stays CK_TRUE, as everywhere. CKA_TRUSTED is no attribute of private keys.
const COPIED: &[AttributeType] = &[
    CKA_ID,
    CKA_START_DATE,
    CKA_END_DATE,
    CKA_SUBJECT,
    CKA_KEY_GEN_MECHANISM,
    CKA_ALLOWED_MECHANISMS,
    CKA_DERIVE,
];

/// What the public key can do, by what the private key can.
// SPEC: the list has no CKA_ENCAPSULATE, but is as old as C_EncapsulateKey is young.
const MIRRORED: &[(AttributeType, AttributeType)] = &[
    (CKA_ENCRYPT, CKA_DECRYPT),
    (CKA_VERIFY, CKA_SIGN),
    (CKA_VERIFY_RECOVER, CKA_SIGN_RECOVER),
    (CKA_WRAP, CKA_UNWRAP),
    (CKA_ENCAPSULATE, CKA_DECAPSULATE),
];

fn plan<'a>(
    parents: &Parents<'_>,
    _: &'a Params<'a>,
    template: &Template<'a>,
) -> Result<Vec<Offspring<'a>>> {
    let base = parents.base;
    let mut planned = Offspring::plain(template, Lineage::Free).defaulting_to(base, COPIED);
    planned.class = Some(CKO_PUBLIC_KEY);
    planned.key_type = base.key_type();
    planned.defaults.set(CKA_PRIVATE, Value::Bool(false));
    for (public, private) in MIRRORED {
        let can = base.attributes().is_true(*private);
        planned.defaults.set(*public, Value::Bool(can));
    }
    Ok(vec![planned])
}

fn compute(derivation: &Derivation<'_>, _: &[Wanted]) -> Result<Batch> {
    let base = derivation.base.object();
    let material = match base.key_type() {
        Some(CKK_RSA) => copied(base, &[CKA_MODULUS, CKA_PUBLIC_EXPONENT])?,
        _ => {
            let mut material = copied(base, &[CKA_EC_PARAMS])?;
            let info = base.attributes().bytes(CKA_PUBLIC_KEY_INFO);
            let info = info.ok_or_else(|| unknown(CKA_PUBLIC_KEY_INFO))?;
            let info = SubjectPublicKeyInfoRef::from_der(info)
                .map_err(|_| unknown(CKA_PUBLIC_KEY_INFO))?;
            let point = point::wrap(info.subject_public_key.raw_bytes())?;
            material.set(CKA_EC_POINT, Value::Bytes(point));
            material
        }
    };
    Ok(Batch {
        objects: vec![Made::Public(material)],
        extra: Extra::None,
    })
}

fn copied(base: &Object, ids: &[AttributeType]) -> Result<AttributeMap> {
    ids.iter()
        .map(|id| match base.attributes().value(*id) {
            Some(value) => Ok((*id, value.duplicate())),
            None => Err(unknown(*id)),
        })
        .collect()
}

fn unknown(id: AttributeType) -> Error {
    Error::KeyTypeInconsistent(
        format!("the private key has no {id}, so its public key is not known").into(),
    )
}
