// SPDX-License-Identifier: MIT OR Apache-2.0
//! The public key of a private key.
//!
//! Source: PKCS#11 v3.2, "Public key from private key".

use der::Decode as _;
use der::asn1::UintRef;
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
    CKA_ALLOWED_MECHANISMS, CKA_BASE, CKA_DECAPSULATE, CKA_DECRYPT, CKA_DERIVE, CKA_EC_PARAMS,
    CKA_EC_POINT, CKA_ENCAPSULATE, CKA_ENCRYPT, CKA_END_DATE, CKA_ID, CKA_KEY_GEN_MECHANISM,
    CKA_MODULUS, CKA_PARAMETER_SET, CKA_PRIME, CKA_PRIVATE, CKA_PUBLIC_EXPONENT,
    CKA_PUBLIC_KEY_INFO, CKA_SIGN, CKA_SIGN_RECOVER, CKA_START_DATE, CKA_SUBJECT, CKA_SUBPRIME,
    CKA_UNWRAP, CKA_VALUE, CKA_VERIFY, CKA_VERIFY_RECOVER, CKA_WRAP,
};
use crate::pkcs11::class::CKO_PUBLIC_KEY;
use crate::pkcs11::key_type::{
    CKK_DH, CKK_DSA, CKK_EC, CKK_EC_EDWARDS, CKK_EC_MONTGOMERY, CKK_ML_DSA, CKK_ML_KEM, CKK_RSA,
    CKK_SLH_DSA,
};
use crate::pkcs11::mechanism::CKM_PUB_KEY_FROM_PRIV_KEY;

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[Mechanism {
    id: CKM_PUB_KEY_FROM_PRIV_KEY,
    spec: "Public key from private key",
    params: ParamShape::None,
    keys: &[
        CKK_RSA,
        CKK_EC,
        CKK_EC_EDWARDS,
        CKK_EC_MONTGOMERY,
        CKK_DSA,
        CKK_DH,
        CKK_ML_KEM,
        CKK_ML_DSA,
        CKK_SLH_DSA,
    ],
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
        Some(CKK_DSA) => {
            let domain = copied(base, &[CKA_PRIME, CKA_SUBPRIME, CKA_BASE])?;
            with(domain, CKA_VALUE, integer(public_key(base)?)?)
        }
        Some(CKK_DH) => {
            let domain = copied(base, &[CKA_PRIME, CKA_BASE])?;
            with(domain, CKA_VALUE, integer(public_key(base)?)?)
        }
        Some(CKK_ML_KEM | CKK_ML_DSA | CKK_SLH_DSA) => {
            let set = copied(base, &[CKA_PARAMETER_SET])?;
            with(set, CKA_VALUE, public_key(base)?.to_vec())
        }
        _ => {
            let curve = copied(base, &[CKA_EC_PARAMS])?;
            with(curve, CKA_EC_POINT, point::wrap(public_key(base)?)?)
        }
    };
    Ok(Batch {
        objects: vec![Made::Public(material)],
        extra: Extra::None,
    })
}

fn with(mut material: AttributeMap, id: AttributeType, value: Vec<u8>) -> AttributeMap {
    material.set(id, Value::Bytes(value));
    material
}

/// The key in CKA_PUBLIC_KEY_INFO.
fn public_key(base: &Object) -> Result<&[u8]> {
    let info = base.attributes().bytes(CKA_PUBLIC_KEY_INFO);
    let info = info.and_then(|info| SubjectPublicKeyInfoRef::from_der(info).ok());
    let info = info.ok_or_else(|| unknown(CKA_PUBLIC_KEY_INFO))?;
    Ok(info.subject_public_key.raw_bytes())
}

/// The number in a DER INTEGER (RFC 3279, sections 2.3.2 and 2.3.3).
fn integer(der: &[u8]) -> Result<Vec<u8>> {
    let number = UintRef::from_der(der).map_err(|_| unknown(CKA_PUBLIC_KEY_INFO))?;
    Ok(number.as_bytes().to_vec())
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
