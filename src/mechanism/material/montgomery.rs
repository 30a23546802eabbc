// SPDX-License-Identifier: MIT OR Apache-2.0
//! X25519 keys: attributes, the engine's keys, PKCS#8.
//!
//! Source: PKCS#11 v3.2, "Montgomery Elliptic Curve public key objects" and "... private key objects"; RFC 8410.

use der::Encode as _;
use der::asn1::ObjectIdentifier;

use super::point::Parameters;
use super::{point, rfc8410};
use crate::crypto::montgomery::{POINT_LEN, PrivateKey};
use crate::error::{Error, Result};
use crate::object::{AttributeMap, Kind, Object, Origin, Value};
use crate::pkcs11::attribute::{CKA_EC_PARAMS, CKA_EC_POINT, CKA_VALUE};
use crate::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use crate::secret::SecretBytes;

/// id-X25519 (RFC 8410, section 3)
const X25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.110");
/// The curve's name in RFC 7748.
const NAME: &str = "curve25519";

/// Checks that CKA_EC_PARAMS names curve25519.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_DOMAIN_PARAMS_INVALID`, `CKR_CURVE_NOT_SUPPORTED`
pub fn check_curve(attributes: &AttributeMap) -> Result<()> {
    let parameters = point::parameters(attributes)?;
    match parameters {
        Parameters::Oid(X25519) | Parameters::Name(NAME) => Ok(()),
        Parameters::Oid(_) | Parameters::Name(_) => Err(point::unsupported(&parameters)),
    }
}

/// The engine's form of a private key.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_DOMAIN_PARAMS_INVALID`, `CKR_CURVE_NOT_SUPPORTED`,
/// `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn private_key(attributes: &AttributeMap) -> Result<PrivateKey> {
    check_curve(attributes)?;
    PrivateKey::from_scalar(point::value(attributes)?)
}

/// The 32 bytes in CKA_EC_POINT or in the public data of a derivation.
///
/// # Errors
/// `CKR_PUBLIC_KEY_INVALID`
pub fn raw_point(bytes: &[u8]) -> Result<&[u8]> {
    point::unwrap(bytes, |bytes| bytes.len() == POINT_LEN)
}

/// Checks an Montgomery key and sets CKA_EC_POINT and CKA_PUBLIC_KEY_INFO in their stored forms.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_DOMAIN_PARAMS_INVALID`,
/// `CKR_CURVE_NOT_SUPPORTED`, `CKR_PUBLIC_KEY_INVALID`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn complete(kind: &'static Kind, attributes: &mut AttributeMap, _origin: Origin) -> Result<()> {
    if kind.class == CKO_PUBLIC_KEY {
        check_curve(attributes)?;
        let raw = raw_point(point::point(attributes)?)?.to_vec();
        attributes.set(CKA_EC_POINT, Value::Bytes(point::wrap(&raw)?));
        return point::set_public_key_info(attributes, spki(&raw)?);
    }
    if kind.class == CKO_PRIVATE_KEY {
        let key = private_key(attributes)?;
        let own = key.public_point();
        point::check_private_point(attributes, &own, |given| {
            raw_point(given).is_ok_and(|raw| raw == own)
        })?;
        attributes.set(CKA_VALUE, Value::Secret(key.scalar()));
        return point::set_public_key_info(attributes, spki(&own)?);
    }
    check_curve(attributes)
}

/// The DER encoding of a SubjectPublicKeyInfo.
///
/// # Errors
/// `CKR_GENERAL_ERROR`
pub fn spki(encoded: &[u8]) -> Result<Vec<u8>> {
    point::public_key_info(X25519, None, encoded)
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
    rfc8410::encode(X25519, &key.scalar())
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
    let decoded = rfc8410::decode(X25519, material)?;
    let key = PrivateKey::from_scalar(decoded.private).map_err(|_| point::not_pkcs8())?;
    if decoded
        .public
        .is_some_and(|public| public != key.public_point())
    {
        return Err(point::not_pkcs8());
    }
    let params = X25519.to_der().map_err(point::encoding)?;
    attributes.set(CKA_EC_PARAMS, Value::Bytes(params));
    attributes.set(CKA_VALUE, Value::Secret(key.scalar()));
    Ok(())
}
