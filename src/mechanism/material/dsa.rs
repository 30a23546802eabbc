// SPDX-License-Identifier: MIT OR Apache-2.0
//! DSA keys and domain parameters: attributes, the engine's keys, PKCS#8.
//!
//! Source: PKCS#11 v3.2, "DSA public key objects", "DSA private key objects" and "DSA domain
//! parameter objects"; RFC 3279, section 2.3.2.

use der::asn1::{BitStringRef, ObjectIdentifier, OctetStringRef, UintRef};
use der::{Decode as _, Sequence};
use pkcs8::PrivateKeyInfo;
use spki::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::point;
use crate::crypto::dsa::{Domain, PrivateKey, PublicKey};
use crate::error::{Error, Result};
use crate::object::{AttributeMap, Kind, Object, Origin, Value};
use crate::pkcs11::AttributeType;
use crate::pkcs11::attribute::{
    CKA_BASE, CKA_PRIME, CKA_PRIME_BITS, CKA_SUBPRIME, CKA_SUBPRIME_BITS, CKA_VALUE,
};
use crate::pkcs11::class::{CKO_DOMAIN_PARAMETERS, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use crate::secret::SecretBytes;

/// id-dsa (RFC 3279, section 2.3.2)
const ID_DSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.1");

/// The attributes that are the domain parameters.
pub const DOMAIN: [AttributeType; 3] = [CKA_PRIME, CKA_SUBPRIME, CKA_BASE];

/// `Dss-Parms` (RFC 3279, section 2.3.2)
#[derive(Sequence)]
struct DssParms<'a> {
    p: UintRef<'a>,
    q: UintRef<'a>,
    g: UintRef<'a>,
}

fn part(attributes: &AttributeMap, id: AttributeType) -> Result<&[u8]> {
    attributes
        .bytes(id)
        .ok_or_else(|| Error::TemplateIncomplete(format!("{id} is missing").into()))
}

/// The domain parameters that CKA_PRIME, CKA_SUBPRIME and CKA_BASE are.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn domain(attributes: &AttributeMap) -> Result<Domain> {
    Domain::new(
        part(attributes, CKA_PRIME)?,
        part(attributes, CKA_SUBPRIME)?,
        part(attributes, CKA_BASE)?,
    )
}

/// The engine's private key.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn private_key(attributes: &AttributeMap) -> Result<PrivateKey> {
    PrivateKey::new(domain(attributes)?, part(attributes, CKA_VALUE)?)
}

/// The engine's public key.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn public_key(attributes: &AttributeMap) -> Result<PublicKey> {
    PublicKey::new(domain(attributes)?, part(attributes, CKA_VALUE)?)
}

/// Checks a DSA key or its domain parameters, and sets CKA_PUBLIC_KEY_INFO or the lengths.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn complete(kind: &'static Kind, attributes: &mut AttributeMap, origin: Origin) -> Result<()> {
    let domain = domain(attributes)?;
    // What was generated, unwrapped or comes of a private key has been proved already.
    if origin == Origin::Create {
        domain.prove()?;
    }
    let value = match kind.class {
        CKO_PUBLIC_KEY => {
            PublicKey::new(domain, part(attributes, CKA_VALUE)?)?;
            part(attributes, CKA_VALUE)?.to_vec()
        }
        CKO_PRIVATE_KEY => PrivateKey::new(domain, part(attributes, CKA_VALUE)?)?.public(),
        _ => {
            for (id, bits) in [
                (CKA_PRIME_BITS, domain.prime_bits()),
                (CKA_SUBPRIME_BITS, domain.subprime_bits()),
            ] {
                attributes.set(id, Value::Ulong(u64::try_from(bits).unwrap_or(u64::MAX)));
            }
            return Ok(());
        }
    };
    let info = spki(attributes, &value)?;
    point::set_public_key_info(attributes, info)
}

fn parameter(attributes: &AttributeMap) -> Result<AlgorithmIdentifier<DssParms<'_>>> {
    let number = |id| UintRef::new(part(attributes, id)?).map_err(point::encoding);
    Ok(AlgorithmIdentifier {
        oid: ID_DSA,
        parameters: Some(DssParms {
            p: number(CKA_PRIME)?,
            q: number(CKA_SUBPRIME)?,
            g: number(CKA_BASE)?,
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
            "only a private DSA key has a PKCS#8 form".into(),
        ));
    }
    let attributes = object.attributes();
    let value = UintRef::new(part(attributes, CKA_VALUE)?).map_err(point::encoding)?;
    point::integer_pkcs8(&parameter(attributes)?, value)
}

/// Sets CKA_PRIME, CKA_SUBPRIME, CKA_BASE and CKA_VALUE from PKCS#8.
///
/// # Errors
/// `CKR_WRAPPED_KEY_INVALID`
pub fn import(
    kind: &'static Kind,
    attributes: &mut AttributeMap,
    material: &SecretBytes,
) -> Result<()> {
    type Info<'a> = PrivateKeyInfo<DssParms<'a>, &'a OctetStringRef, BitStringRef<'a>>;
    if kind.class == CKO_DOMAIN_PARAMETERS {
        return Err(point::not_pkcs8());
    }
    let info = Info::from_der(material.expose()).map_err(|_| point::not_pkcs8())?;
    let (ID_DSA, Some(parameter)) = (info.algorithm.oid, info.algorithm.parameters) else {
        return Err(point::not_pkcs8());
    };
    let value = UintRef::from_der(info.private_key.as_bytes()).map_err(|_| point::not_pkcs8())?;
    let (p, q, g) = (
        parameter.p.as_bytes(),
        parameter.q.as_bytes(),
        parameter.g.as_bytes(),
    );
    Domain::new(p, q, g)
        .and_then(|domain| domain.prove().map(|()| domain))
        .and_then(|domain| PrivateKey::new(domain, value.as_bytes()))
        .map_err(|_| point::not_pkcs8())?;
    for (id, number) in DOMAIN.into_iter().zip([p, q, g]) {
        attributes.set(id, Value::Bytes(number.to_vec()));
    }
    let value = SecretBytes::from_slice(value.as_bytes());
    attributes.set(CKA_VALUE, Value::Secret(value));
    Ok(())
}
