// SPDX-License-Identifier: MIT OR Apache-2.0
//! Diffie-Hellman keys and domain parameters: attributes, the engine's group, PKCS#8.
//!
//! Source: PKCS#11 v3.2, "Diffie-Hellman public key objects", "... private key objects" and
//! "... domain parameter objects"; PKCS #3, section 9.

use der::asn1::{BitStringRef, ObjectIdentifier, OctetStringRef, UintRef};
use der::{Decode as _, Sequence};
use pkcs8::PrivateKeyInfo;
use spki::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::point;
use crate::crypto::dh::Group;
use crate::error::{Error, Result};
use crate::object::{AttributeMap, Kind, Object, Origin, Value};
use crate::pkcs11::AttributeType;
use crate::pkcs11::attribute::{CKA_BASE, CKA_PRIME, CKA_PRIME_BITS, CKA_VALUE, CKA_VALUE_BITS};
use crate::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use crate::secret::SecretBytes;

/// dhKeyAgreement (PKCS #3, section 9)
const DH_KEY_AGREEMENT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.3.1");

/// `DHParameter` (PKCS #3, section 9)
#[derive(Sequence)]
struct DhParameter<'a> {
    prime: UintRef<'a>,
    base: UintRef<'a>,
    private_value_length: Option<u32>,
}

fn part(attributes: &AttributeMap, id: AttributeType) -> Result<&[u8]> {
    attributes
        .bytes(id)
        .ok_or_else(|| Error::TemplateIncomplete(format!("{id} is missing").into()))
}

/// The group that CKA_PRIME and CKA_BASE are.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_DOMAIN_PARAMS_INVALID`, `CKR_KEY_SIZE_RANGE`
pub fn group(attributes: &AttributeMap) -> Result<Group> {
    Group::new(part(attributes, CKA_PRIME)?, part(attributes, CKA_BASE)?)
}

/// The private value.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`
pub fn private_value(attributes: &AttributeMap) -> Result<&[u8]> {
    part(attributes, CKA_VALUE)
}

/// The public value of a public key.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`
pub fn public_value(attributes: &AttributeMap) -> Result<&[u8]> {
    part(attributes, CKA_VALUE)
}

/// Checks a Diffie-Hellman key or its domain parameters, and sets CKA_VALUE_BITS and
/// CKA_PUBLIC_KEY_INFO, or CKA_PRIME_BITS.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_DOMAIN_PARAMS_INVALID`,
/// `CKR_KEY_SIZE_RANGE`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn complete(kind: &'static Kind, attributes: &mut AttributeMap, origin: Origin) -> Result<()> {
    let group = group(attributes)?;
    // What was generated, unwrapped or comes of a private key has been proved already.
    if origin == Origin::Create {
        group.prove()?;
    }
    if kind.class == CKO_PUBLIC_KEY {
        let public = part(attributes, CKA_VALUE)?;
        group.check_public(public).map_err(|_| {
            Error::AttributeValueInvalid("the public value is not in 2 to p - 2".into())
        })?;
        let info = spki(attributes, public)?;
        return point::set_public_key_info(attributes, info);
    }
    if kind.class == CKO_PRIVATE_KEY {
        let private = part(attributes, CKA_VALUE)?;
        let info = spki(attributes, &group.public(private)?)?;
        let zeros = private.iter().take_while(|byte| **byte == 0).count();
        let used = private.get(zeros..).unwrap_or_default();
        let spare = used.first().map_or(0, |first| first.leading_zeros());
        let bits = (8 * u64::try_from(used.len()).unwrap_or(0)).saturating_sub(spare.into());
        attributes.set(CKA_VALUE_BITS, Value::Ulong(bits));
        return point::set_public_key_info(attributes, info);
    }
    let bits = u64::try_from(group.bits()).unwrap_or(u64::MAX);
    attributes.set(CKA_PRIME_BITS, Value::Ulong(bits));
    Ok(())
}

fn parameter(attributes: &AttributeMap) -> Result<AlgorithmIdentifier<DhParameter<'_>>> {
    Ok(AlgorithmIdentifier {
        oid: DH_KEY_AGREEMENT,
        parameters: Some(DhParameter {
            prime: UintRef::new(part(attributes, CKA_PRIME)?).map_err(point::encoding)?,
            base: UintRef::new(part(attributes, CKA_BASE)?).map_err(point::encoding)?,
            private_value_length: None,
        }),
    })
}

/// The DER encoding of a SubjectPublicKeyInfo.
fn spki(attributes: &AttributeMap, public: &[u8]) -> Result<Vec<u8>> {
    let public = point::to_der(UintRef::new(public))?;
    point::to_der(Ok(SubjectPublicKeyInfo {
        algorithm: parameter(attributes)?,
        subject_public_key: BitStringRef::from_bytes(&public).map_err(point::encoding)?,
    }))
}

/// A private key as PKCS#8.
///
/// # Errors
/// `CKR_KEY_NOT_WRAPPABLE`
pub fn export(object: &Object) -> Result<SecretBytes> {
    if object.class() != CKO_PRIVATE_KEY {
        return Err(Error::KeyNotWrappable(
            "only a private Diffie-Hellman key has a PKCS#8 form".into(),
        ));
    }
    let attributes = object.attributes();
    let value = UintRef::new(part(attributes, CKA_VALUE)?).map_err(point::encoding)?;
    point::integer_pkcs8(&parameter(attributes)?, value)
}

/// Sets CKA_PRIME, CKA_BASE and CKA_VALUE from PKCS#8.
///
/// # Errors
/// `CKR_WRAPPED_KEY_INVALID`
pub fn import(
    _kind: &'static Kind,
    attributes: &mut AttributeMap,
    material: &SecretBytes,
) -> Result<()> {
    type Info<'a> = PrivateKeyInfo<DhParameter<'a>, &'a OctetStringRef, BitStringRef<'a>>;
    let info = Info::from_der(material.expose()).map_err(|_| point::not_pkcs8())?;
    let (DH_KEY_AGREEMENT, Some(parameter)) = (info.algorithm.oid, info.algorithm.parameters)
    else {
        return Err(point::not_pkcs8());
    };
    let value = UintRef::from_der(info.private_key.as_bytes()).map_err(|_| point::not_pkcs8())?;
    let group = Group::new(parameter.prime.as_bytes(), parameter.base.as_bytes());
    group
        .and_then(|group| group.prove().map(|()| group))
        .and_then(|group| group.check_private(value.as_bytes()))
        .map_err(|_| point::not_pkcs8())?;
    attributes.set(CKA_PRIME, Value::Bytes(parameter.prime.as_bytes().to_vec()));
    attributes.set(CKA_BASE, Value::Bytes(parameter.base.as_bytes().to_vec()));
    let value = SecretBytes::from_slice(value.as_bytes());
    attributes.set(CKA_VALUE, Value::Secret(value));
    Ok(())
}
