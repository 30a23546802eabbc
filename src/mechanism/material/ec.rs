// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys on the curves in short Weierstrass form: attributes, the engine's keys, PKCS#8 around SEC 1.
//!
//! Source: PKCS#11 v3.2, "Short Weierstrass Elliptic Curve public key objects" and "... private
//! key objects"; RFC 5480, RFC 5915.

use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{Decode as _, Encode as _};
use pkcs8::{PrivateKeyInfo, PrivateKeyInfoRef};
use sec1::{EcParameters, EcPrivateKey};
use spki::AlgorithmIdentifier;

use super::point;
use super::point::Parameters;
use crate::crypto::ec::{Curve, PrivateKey, PublicKey};
use crate::error::{Error, Result};
use crate::object::{AttributeMap, Kind, Object, Origin, Value};
use crate::pkcs11::attribute::{CKA_EC_PARAMS, CKA_EC_POINT, CKA_VALUE};
use crate::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use crate::secret::SecretBytes;

/// id-ecPublicKey (RFC 5480, 2.1.1)
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// The object identifier and the names of a curve (RFC 5480, 2.1.1.1; SEC 2; X9.62; RFC 5639).
const fn names(curve: Curve) -> (ObjectIdentifier, &'static [&'static str]) {
    match curve {
        Curve::P224 => (
            ObjectIdentifier::new_unwrap("1.3.132.0.33"),
            &["secp224r1", "P-224"],
        ),
        Curve::Secp256k1 => (ObjectIdentifier::new_unwrap("1.3.132.0.10"), &["secp256k1"]),
        Curve::BrainpoolP256r1 => (
            ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.7"),
            &["brainpoolP256r1"],
        ),
        Curve::BrainpoolP384r1 => (
            ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.11"),
            &["brainpoolP384r1"],
        ),
        Curve::P256 => (
            ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
            &["secp256r1", "prime256v1", "P-256"],
        ),
        Curve::P384 => (
            ObjectIdentifier::new_unwrap("1.3.132.0.34"),
            &["secp384r1", "P-384"],
        ),
        Curve::P521 => (
            ObjectIdentifier::new_unwrap("1.3.132.0.35"),
            &["secp521r1", "P-521"],
        ),
    }
}

/// The curve that CKA_EC_PARAMS names.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_DOMAIN_PARAMS_INVALID`, `CKR_CURVE_NOT_SUPPORTED`
pub fn curve(attributes: &AttributeMap) -> Result<Curve> {
    let parameters = point::parameters(attributes)?;
    find(&parameters).ok_or_else(|| point::unsupported(&parameters))
}

fn find(parameters: &Parameters<'_>) -> Option<Curve> {
    Curve::ALL.iter().copied().find(|curve| {
        let (oid, spellings) = names(*curve);
        match parameters {
            Parameters::Oid(given) => *given == oid,
            Parameters::Name(given) => spellings.contains(given),
        }
    })
}

/// The point in CKA_EC_POINT or in the public data of a derivation.
///
/// # Errors
/// `CKR_PUBLIC_KEY_INVALID`
pub fn raw_point(curve: Curve, bytes: &[u8]) -> Result<&[u8]> {
    point::unwrap(bytes, |bytes| match bytes.first() {
        Some(4 | 6 | 7) => bytes.len() == curve.point_len(),
        Some(2 | 3) => bytes.len() == 1 + curve.field_len(),
        _ => false,
    })
}

/// The engine's form of a private key.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_DOMAIN_PARAMS_INVALID`, `CKR_CURVE_NOT_SUPPORTED`,
/// `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn private_key(attributes: &AttributeMap) -> Result<PrivateKey> {
    PrivateKey::from_scalar(curve(attributes)?, point::value(attributes)?)
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

/// Checks an EC key and sets CKA_EC_POINT, CKA_VALUE and CKA_PUBLIC_KEY_INFO in their stored forms.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_DOMAIN_PARAMS_INVALID`,
/// `CKR_CURVE_NOT_SUPPORTED`, `CKR_PUBLIC_KEY_INVALID`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn complete(kind: &'static Kind, attributes: &mut AttributeMap, _origin: Origin) -> Result<()> {
    if kind.class == CKO_PUBLIC_KEY {
        // SPEC: a compressed or hybrid CKA_EC_POINT is taken, and kept and shown uncompressed.
        let key = public_key(attributes)?;
        attributes.set(CKA_EC_POINT, Value::Bytes(point::wrap(key.point())?));
        return point::set_public_key_info(attributes, spki(key.curve(), key.point())?);
    }
    if kind.class == CKO_PRIVATE_KEY {
        let key = private_key(attributes)?;
        let own = key.public_point()?;
        point::check_private_point(attributes, &own, |given| {
            raw_point(key.curve(), given)
                .and_then(|raw| PublicKey::from_point(key.curve(), raw))
                .is_ok_and(|given| given.point() == own)
        })?;
        attributes.set(CKA_VALUE, Value::Secret(key.scalar()?));
        return point::set_public_key_info(attributes, spki(key.curve(), &own)?);
    }
    // Domain parameters.
    curve(attributes).map(|_| ())
}

/// The DER encoding of a SubjectPublicKeyInfo.
///
/// # Errors
/// `CKR_GENERAL_ERROR`
pub fn spki(curve: Curve, uncompressed: &[u8]) -> Result<Vec<u8>> {
    let (oid, _) = names(curve);
    point::public_key_info(EC_PUBLIC_KEY, Some(oid), uncompressed)
}

/// A private key as PKCS#8, with an ECPrivateKey that names no curve again but has the public
/// point.
///
/// # Errors
/// `CKR_KEY_NOT_WRAPPABLE`
pub fn export(object: &Object) -> Result<SecretBytes> {
    if object.class() != CKO_PRIVATE_KEY {
        return Err(Error::KeyNotWrappable(
            "only a private EC key has a PKCS#8 form".into(),
        ));
    }
    let key = private_key(object.attributes())?;
    let (curve, _) = names(key.curve());
    let scalar = key.scalar()?;
    let public = key.public_point()?;
    let inner = point::to_secret_der(&EcPrivateKey {
        private_key: scalar.expose(),
        parameters: None,
        public_key: Some(&public),
    })?;
    let inner = OctetStringRef::new(inner.expose()).map_err(point::encoding)?;
    let algorithm = AlgorithmIdentifier {
        oid: EC_PUBLIC_KEY,
        parameters: Some(curve),
    };
    point::to_secret_der(&PrivateKeyInfo::<
        ObjectIdentifier,
        &OctetStringRef,
        der::asn1::BitStringRef<'_>,
    >::new(algorithm, inner))
}

/// Sets CKA_EC_PARAMS and CKA_VALUE from PKCS#8.
///
/// # Errors
/// `CKR_WRAPPED_KEY_INVALID`, `CKR_DOMAIN_PARAMS_INVALID`, `CKR_CURVE_NOT_SUPPORTED`
pub fn import(
    _kind: &'static Kind,
    attributes: &mut AttributeMap,
    material: &SecretBytes,
) -> Result<()> {
    let outer = PrivateKeyInfoRef::from_der(material.expose()).map_err(|_| point::not_pkcs8())?;
    if outer.algorithm.oid != EC_PUBLIC_KEY {
        return Err(point::not_pkcs8());
    }
    let inner =
        EcPrivateKey::from_der(outer.private_key.as_bytes()).map_err(|_| point::not_pkcs8())?;
    let named = match (&outer.algorithm.parameters, &inner.parameters) {
        (Some(any), _) => any.decode_as::<ObjectIdentifier>().map_err(|_| {
            Error::DomainParamsInvalid("the wrapped key names its curve by no oId".into())
        })?,
        (None, Some(EcParameters::NamedCurve(oid))) => *oid,
        (None, None) => return Err(point::not_pkcs8()),
    };
    let parameters = Parameters::Oid(named);
    let curve = find(&parameters).ok_or_else(|| point::unsupported(&parameters))?;
    let key = PrivateKey::from_scalar(curve, inner.private_key).map_err(|_| point::not_pkcs8())?;
    if let Some(given) = inner.public_key {
        let given = PublicKey::from_point(curve, given).map_err(|_| point::not_pkcs8())?;
        if given.point() != key.public_point()? {
            return Err(point::not_pkcs8());
        }
    }
    let params = named.to_der().map_err(point::encoding)?;
    attributes.set(CKA_EC_PARAMS, Value::Bytes(params));
    attributes.set(CKA_VALUE, Value::Secret(key.scalar()?));
    Ok(())
}
