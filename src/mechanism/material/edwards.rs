// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ed25519 and Ed448 keys: attributes, the engine's keys, PKCS#8.
//!
//! Source: PKCS#11 v3.2, "Edwards Elliptic Curve public key objects" and "... private key
//! objects"; RFC 8410.

use der::Encode as _;
use der::asn1::ObjectIdentifier;

use super::point::Parameters;
use super::{point, rfc8410};
use crate::crypto::edwards::{Curve, PrivateKey, PublicKey};
use crate::error::{Error, Result};
use crate::object::{AttributeMap, Kind, Object, Origin, Value};
use crate::pkcs11::attribute::{CKA_EC_PARAMS, CKA_EC_POINT, CKA_VALUE};
use crate::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use crate::secret::SecretBytes;

/// id-Ed25519 (RFC 8410, section 3)
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// The identifier of the same curve from before RFC 8410.
const ED25519_GNU: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11591.15.1");
/// id-Ed448 (RFC 8410, section 3)
const ED448: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.113");

/// The algorithm identifier of a curve (RFC 8410, section 3).
const fn algorithm(curve: Curve) -> ObjectIdentifier {
    match curve {
        Curve::Edwards25519 => ED25519,
        Curve::Edwards448 => ED448,
    }
}

/// The curve that CKA_EC_PARAMS names, by identifier or by its name in RFC 8032.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_DOMAIN_PARAMS_INVALID`, `CKR_CURVE_NOT_SUPPORTED`
pub fn curve(attributes: &AttributeMap) -> Result<Curve> {
    let parameters = point::parameters(attributes)?;
    match parameters {
        Parameters::Oid(ED25519 | ED25519_GNU) | Parameters::Name("edwards25519") => {
            Ok(Curve::Edwards25519)
        }
        Parameters::Oid(ED448) | Parameters::Name("edwards448") => Ok(Curve::Edwards448),
        Parameters::Oid(_) | Parameters::Name(_) => Err(point::unsupported(&parameters)),
    }
}

/// The engine's form of a private key.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_DOMAIN_PARAMS_INVALID`, `CKR_CURVE_NOT_SUPPORTED`,
/// `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn private_key(attributes: &AttributeMap) -> Result<PrivateKey> {
    PrivateKey::from_seed(curve(attributes)?, point::value(attributes)?)
}

/// The engine's form of a public key.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_DOMAIN_PARAMS_INVALID`, `CKR_CURVE_NOT_SUPPORTED`,
/// `CKR_PUBLIC_KEY_INVALID`
pub fn public_key(attributes: &AttributeMap) -> Result<PublicKey> {
    let curve = curve(attributes)?;
    PublicKey::from_point(curve, raw_point(curve, point::point(attributes)?)?)
}

fn raw_point(curve: Curve, bytes: &[u8]) -> Result<&[u8]> {
    point::unwrap(bytes, |bytes| bytes.len() == curve.point_len())
}

/// Checks an Edwards key and sets CKA_EC_POINT and CKA_PUBLIC_KEY_INFO in their stored forms.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_DOMAIN_PARAMS_INVALID`,
/// `CKR_CURVE_NOT_SUPPORTED`, `CKR_PUBLIC_KEY_INVALID`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn complete(kind: &'static Kind, attributes: &mut AttributeMap, _origin: Origin) -> Result<()> {
    if kind.class == CKO_PUBLIC_KEY {
        let key = public_key(attributes)?;
        attributes.set(CKA_EC_POINT, Value::Bytes(point::wrap(key.point())?));
        return point::set_public_key_info(attributes, spki(key.curve(), key.point())?);
    }
    if kind.class == CKO_PRIVATE_KEY {
        let key = private_key(attributes)?;
        let own = key.public_point();
        point::check_private_point(attributes, &own, |given| {
            raw_point(key.curve(), given).is_ok_and(|raw| raw == own)
        })?;
        attributes.set(CKA_VALUE, Value::Secret(key.seed()));
        return point::set_public_key_info(attributes, spki(key.curve(), &own)?);
    }
    curve(attributes).map(|_| ())
}

/// The DER encoding of a SubjectPublicKeyInfo.
///
/// # Errors
/// `CKR_GENERAL_ERROR`
pub fn spki(curve: Curve, encoded: &[u8]) -> Result<Vec<u8>> {
    point::public_key_info(algorithm(curve), None, encoded)
}

/// A private key as PKCS#8.
///
/// # Errors
/// `CKR_KEY_NOT_WRAPPABLE`
pub fn export(object: &Object) -> Result<SecretBytes> {
    if object.class() != CKO_PRIVATE_KEY {
        return Err(Error::KeyNotWrappable(
            "only a private Edwards key has a PKCS#8 form".into(),
        ));
    }
    let key = private_key(object.attributes())?;
    rfc8410::encode(algorithm(key.curve()), &key.seed())
}

/// Sets CKA_EC_PARAMS and CKA_VALUE from PKCS#8.
///
/// # Errors
/// `CKR_WRAPPED_KEY_INVALID`
pub fn import(
    _kind: &'static Kind,
    attributes: &mut AttributeMap,
    material: &SecretBytes,
) -> Result<()> {
    let (curve, decoded) = rfc8410::decode_one(Curve::ALL, algorithm, material)?;
    let key = PrivateKey::from_seed(curve, decoded.private).map_err(|_| point::not_pkcs8())?;
    if decoded
        .public
        .is_some_and(|public| public != key.public_point())
    {
        return Err(point::not_pkcs8());
    }
    let params = algorithm(curve).to_der().map_err(point::encoding)?;
    attributes.set(CKA_EC_PARAMS, Value::Bytes(params));
    attributes.set(CKA_VALUE, Value::Secret(key.seed()));
    Ok(())
}
