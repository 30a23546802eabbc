// SPDX-License-Identifier: MIT OR Apache-2.0
//! X25519 and X448 keys: attributes, the engine's keys, PKCS#8.
//!
//! Source: PKCS#11 v3.2, "Montgomery Elliptic Curve public key objects" and "... private key
//! objects"; RFC 8410.

use der::Encode as _;
use der::asn1::ObjectIdentifier;

use super::point::Parameters;
use super::{point, rfc8410};
use crate::crypto::montgomery::{Curve, PrivateKey};
use crate::error::{Error, Result};
use crate::object::{AttributeMap, Kind, Object, Origin, Value};
use crate::pkcs11::attribute::{CKA_EC_PARAMS, CKA_EC_POINT, CKA_VALUE};
use crate::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use crate::secret::SecretBytes;

/// id-X25519 (RFC 8410, section 3)
const X25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.110");
/// The identifier of the same curve in OpenPGP.
const X25519_OPENPGP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3029.1.5.1");
/// id-X448 (RFC 8410, section 3)
const X448: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.111");
/// CKA_EC_PARAMS with that name and its right length.
const NAMED: &[u8] = b"\x13\x0acurve25519";
/// CKA_EC_PARAMS as a widespread tool writes it, with a length that is one too many.
const MISCOUNTED: &[u8] = b"\x13\x0bcurve25519";

/// The algorithm identifier of a curve (RFC 8410, section 3).
const fn algorithm(curve: Curve) -> ObjectIdentifier {
    match curve {
        Curve::Curve25519 => X25519,
        Curve::Curve448 => X448,
    }
}

/// The curve that CKA_EC_PARAMS names, by identifier or by its name in RFC 7748.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_DOMAIN_PARAMS_INVALID`, `CKR_CURVE_NOT_SUPPORTED`
pub fn curve(attributes: &AttributeMap) -> Result<Curve> {
    if attributes.bytes(CKA_EC_PARAMS) == Some(MISCOUNTED) {
        return Ok(Curve::Curve25519);
    }
    let parameters = point::parameters(attributes)?;
    match parameters {
        Parameters::Oid(X25519 | X25519_OPENPGP) | Parameters::Name("curve25519") => {
            Ok(Curve::Curve25519)
        }
        Parameters::Oid(X448) | Parameters::Name("curve448") => Ok(Curve::Curve448),
        Parameters::Oid(_) | Parameters::Name(_) => Err(point::unsupported(&parameters)),
    }
}

/// The engine's form of a private key.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_DOMAIN_PARAMS_INVALID`, `CKR_CURVE_NOT_SUPPORTED`,
/// `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn private_key(attributes: &AttributeMap) -> Result<PrivateKey> {
    PrivateKey::from_scalar(curve(attributes)?, point::value(attributes)?)
}

/// The u coordinate in CKA_EC_POINT or in the public data of a derivation.
///
/// # Errors
/// `CKR_PUBLIC_KEY_INVALID`
pub fn raw_point(curve: Curve, bytes: &[u8]) -> Result<&[u8]> {
    point::unwrap(bytes, |bytes| bytes.len() == curve.point_len())
}

/// Checks an Montgomery key and sets CKA_EC_POINT and CKA_PUBLIC_KEY_INFO in their stored forms.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_DOMAIN_PARAMS_INVALID`,
/// `CKR_CURVE_NOT_SUPPORTED`, `CKR_PUBLIC_KEY_INVALID`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn complete(kind: &'static Kind, attributes: &mut AttributeMap, _origin: Origin) -> Result<()> {
    if attributes.bytes(CKA_EC_PARAMS) == Some(MISCOUNTED) {
        attributes.set(CKA_EC_PARAMS, Value::Bytes(NAMED.to_vec()));
    }
    if kind.class == CKO_PUBLIC_KEY {
        let curve = curve(attributes)?;
        let raw = raw_point(curve, point::point(attributes)?)?.to_vec();
        attributes.set(CKA_EC_POINT, Value::Bytes(point::wrap(&raw)?));
        return point::set_public_key_info(attributes, spki(curve, &raw)?);
    }
    if kind.class == CKO_PRIVATE_KEY {
        let key = private_key(attributes)?;
        let own = key.public_point();
        point::check_private_point(attributes, &own, |given| {
            raw_point(key.curve(), given).is_ok_and(|raw| raw == own)
        })?;
        attributes.set(CKA_VALUE, Value::Secret(key.scalar()));
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
            "only a private Montgomery key has a PKCS#8 form".into(),
        ));
    }
    let key = private_key(object.attributes())?;
    rfc8410::encode(algorithm(key.curve()), &key.scalar())
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
    let key = PrivateKey::from_scalar(curve, decoded.private).map_err(|_| point::not_pkcs8())?;
    if decoded
        .public
        .is_some_and(|public| public != key.public_point())
    {
        return Err(point::not_pkcs8());
    }
    let params = algorithm(curve).to_der().map_err(point::encoding)?;
    attributes.set(CKA_EC_PARAMS, Value::Bytes(params));
    attributes.set(CKA_VALUE, Value::Secret(key.scalar()));
    Ok(())
}
