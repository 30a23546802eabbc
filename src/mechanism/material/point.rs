// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the three forms of elliptic curves share: CKA_EC_PARAMS, CKA_EC_POINT and
//! CKA_PUBLIC_KEY_INFO.
//!
//! Source: PKCS#11 v3.2, "Elliptic Curve"; RFC 5480, RFC 8410.

use der::asn1::{BitStringRef, ObjectIdentifier, OctetStringRef, PrintableStringRef, UintRef};
use der::{AnyRef, Decode as _, Encode, Tag, Tagged as _};
use pkcs8::PrivateKeyInfoRef;
use spki::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use crate::error::{Error, Result};
use crate::object::{AttributeMap, Value};
use crate::pkcs11::attribute::{CKA_EC_PARAMS, CKA_EC_POINT, CKA_PUBLIC_KEY_INFO, CKA_VALUE};
use crate::secret::SecretBytes;

/// CKA_EC_PARAMS, decoded: a choice of X9.62 without the two that name no curve.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Parameters<'a> {
    /// `oId`
    Oid(ObjectIdentifier),
    /// `curveName`
    Name(&'a str),
}

/// The domain parameters of a key.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_DOMAIN_PARAMS_INVALID`
pub(super) fn parameters(attributes: &AttributeMap) -> Result<Parameters<'_>> {
    let bytes = attributes
        .bytes(CKA_EC_PARAMS)
        .ok_or_else(|| Error::TemplateIncomplete("CKA_EC_PARAMS is missing".into()))?;
    decode(bytes)
}

fn decode(bytes: &[u8]) -> Result<Parameters<'_>> {
    let any = AnyRef::from_der(bytes)
        .map_err(|_| Error::DomainParamsInvalid("CKA_EC_PARAMS is not DER".into()))?;
    match any.tag() {
        Tag::ObjectIdentifier => any.decode_as().map(Parameters::Oid).map_err(|_| {
            Error::DomainParamsInvalid("CKA_EC_PARAMS is no object identifier".into())
        }),
        Tag::PrintableString => any
            .decode_as::<PrintableStringRef<'_>>()
            .map(|_| Parameters::Name(core::str::from_utf8(any.value()).unwrap_or_default()))
            .map_err(|_| Error::DomainParamsInvalid("CKA_EC_PARAMS is no curve name".into())),
        tag => Err(Error::DomainParamsInvalid(
            format!("CKA_EC_PARAMS names a curve by oId or curveName; {tag} is not supported")
                .into(),
        )),
    }
}

/// The error for a curve that is well named but not here.
pub(super) fn unsupported(parameters: &Parameters<'_>) -> Error {
    Error::CurveNotSupported(
        match parameters {
            Parameters::Oid(oid) => format!("this key type has no curve {oid}"),
            Parameters::Name(name) => format!("this key type has no curve named {name}"),
        }
        .into(),
    )
}

/// CKA_EC_POINT as it is stored and shown: the point as a DER OCTET STRING.
///
/// # Errors
/// `CKR_GENERAL_ERROR`
pub(in crate::mechanism) fn wrap(point: &[u8]) -> Result<Vec<u8>> {
    to_der(OctetStringRef::new(point))
}

/// The point in CKA_EC_POINT or in the public data of a derivation, raw or as a DER OCTET STRING.
///
/// A raw point may look like the start of a DER value, but never has the length of a wrapped one,
/// so its exact length decides.
///
/// # Errors
/// `CKR_PUBLIC_KEY_INVALID` when it is neither.
pub(in crate::mechanism) fn unwrap(bytes: &[u8], is_raw: impl Fn(&[u8]) -> bool) -> Result<&[u8]> {
    if is_raw(bytes) {
        return Ok(bytes);
    }
    <&OctetStringRef>::from_der(bytes)
        .map(OctetStringRef::as_bytes)
        .ok()
        .filter(|inner| is_raw(inner))
        .ok_or_else(|| {
            Error::PublicKeyInvalid(
                "the public key is no point of its curve, neither raw nor as OCTET STRING".into(),
            )
        })
}

/// The bytes of an attribute that must be there.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`
pub(in crate::mechanism) fn point(attributes: &AttributeMap) -> Result<&[u8]> {
    attributes
        .bytes(CKA_EC_POINT)
        .ok_or_else(|| Error::TemplateIncomplete("CKA_EC_POINT is missing".into()))
}

/// The private value.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`
pub(super) fn value(attributes: &AttributeMap) -> Result<&[u8]> {
    attributes
        .bytes(CKA_VALUE)
        .ok_or_else(|| Error::TemplateIncomplete("CKA_VALUE is missing".into()))
}

/// CKA_PUBLIC_KEY_INFO: the DER encoding of a SubjectPublicKeyInfo.
///
/// # Errors
/// `CKR_GENERAL_ERROR`
pub(super) fn public_key_info(
    algorithm: ObjectIdentifier,
    curve: Option<ObjectIdentifier>,
    point: &[u8],
) -> Result<Vec<u8>> {
    let key = BitStringRef::from_bytes(point).map_err(encoding)?;
    to_der(Ok(SubjectPublicKeyInfo {
        algorithm: AlgorithmIdentifier {
            oid: algorithm,
            parameters: curve,
        },
        subject_public_key: key,
    }))
}

// SPEC: CKA_PUBLIC_KEY_INFO that a template gives must be byte for byte what the token computes
// from the key.
/// Sets CKA_PUBLIC_KEY_INFO; one that the template gave must be the same.
///
/// # Errors
/// `CKR_TEMPLATE_INCONSISTENT`
pub(super) fn set_public_key_info(attributes: &mut AttributeMap, info: Vec<u8>) -> Result<()> {
    let given = attributes.bytes(CKA_PUBLIC_KEY_INFO).unwrap_or_default();
    if !given.is_empty() && given != info {
        return Err(Error::TemplateInconsistent(
            "CKA_PUBLIC_KEY_INFO is not that of the key".into(),
        ));
    }
    attributes.set(CKA_PUBLIC_KEY_INFO, Value::Bytes(info));
    Ok(())
}

/// Sets CKA_EC_POINT on a private key that its template gave one; it must be the key's own.
///
/// # Errors
/// `CKR_TEMPLATE_INCONSISTENT`
pub(super) fn check_private_point(
    attributes: &mut AttributeMap,
    own: &[u8],
    is_same: impl Fn(&[u8]) -> bool,
) -> Result<()> {
    match attributes.bytes(CKA_EC_POINT) {
        None | Some([]) => Ok(()),
        Some(given) if is_same(given) => {
            attributes.set(CKA_EC_POINT, Value::Bytes(wrap(own)?));
            Ok(())
        }
        Some(_) => Err(Error::TemplateInconsistent(
            "CKA_EC_POINT is not that of the private key".into(),
        )),
    }
}

/// Encodes something secret in place.
///
/// # Errors
/// `CKR_GENERAL_ERROR`
pub(super) fn to_secret_der(message: &impl Encode) -> Result<SecretBytes> {
    let len = message.encoded_len().map_err(encoding)?;
    let len = usize::try_from(len).map_err(encoding)?;
    SecretBytes::try_init(len, |bytes| {
        message.encode_to_slice(bytes).map(|_| ()).map_err(encoding)
    })
}

/// PKCS#8 of a private key that is one number (PKCS #3, section 9; PKCS#11 v3.2, "Wrapping/unwrapping
/// private keys").
///
/// # Errors
/// `CKR_GENERAL_ERROR`
pub(super) fn integer_pkcs8<P: Encode>(
    algorithm: &AlgorithmIdentifier<P>,
    value: UintRef<'_>,
) -> Result<SecretBytes> {
    let parameters = algorithm.parameters.to_der().map_err(encoding)?;
    let algorithm = AlgorithmIdentifier {
        oid: algorithm.oid,
        parameters: Some(AnyRef::from_der(&parameters).map_err(encoding)?),
    };
    let inner = to_secret_der(&value)?;
    let inner = OctetStringRef::new(inner.expose()).map_err(encoding)?;
    to_secret_der(&PrivateKeyInfoRef::new(algorithm, inner))
}

/// Encodes something public.
///
/// # Errors
/// `CKR_GENERAL_ERROR`
pub(super) fn to_der(message: der::Result<impl Encode>) -> Result<Vec<u8>> {
    message
        .and_then(|message| message.to_der())
        .map_err(encoding)
}

/// DER of what this module made itself does not fail.
pub(super) fn encoding(error: der::Error) -> Error {
    Error::GeneralError(format!("a key cannot be encoded: {}", error.kind()).into())
}

/// A wrapped key that is no PKCS#8 of the wanted kind. It says no more, as the bytes may be a
/// wrong decryption.
pub(super) fn not_pkcs8() -> Error {
    Error::WrappedKeyInvalid("the unwrapped bytes are no PKCS#8 key of this type".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_taken_raw_or_wrapped_by_its_exact_length() {
        let is_raw = |bytes: &[u8]| bytes.len() == 65 && bytes.first() == Some(&4);
        // A raw point that reads like an OCTET STRING of 0x3f bytes.
        let mut raw = vec![4; 65];
        raw[1] = 0x3f;
        assert_eq!(unwrap(&raw, is_raw).unwrap(), raw);
        let wrapped = wrap(&raw).unwrap();
        assert_eq!(wrapped.len(), 67);
        assert_eq!(unwrap(&wrapped, is_raw).unwrap(), raw);
        let twice = wrap(&wrapped).unwrap();
        for bad in [
            &twice[..],
            &[],
            &[4],
            &wrapped[..66],
            &[&wrapped[..], &[0]].concat(),
        ] {
            assert!(matches!(
                unwrap(bad, is_raw),
                Err(Error::PublicKeyInvalid(_))
            ));
        }
        let long_form = [&[4, 0x81, 65][..], &raw].concat();
        assert!(unwrap(&long_form, is_raw).is_err());
    }

    #[test]
    fn parameters_name_a_curve_or_are_invalid() {
        let oid = hex::decode("06082a8648ce3d030107").unwrap();
        assert!(matches!(decode(&oid), Ok(Parameters::Oid(_))));
        let name = b"\x13\x0cedwards25519";
        assert_eq!(decode(name).unwrap(), Parameters::Name("edwards25519"));
        let bad: [&[u8]; 6] = [
            b"",
            b"\x05\x00",
            b"\x30\x03\x02\x01\x01",
            b"\x06\x08\x2a",
            b"\x13\x02a",
            b"\x06\x03\x2b\x65\x70\x00",
        ];
        for bad in bad {
            assert!(
                matches!(decode(bad), Err(Error::DomainParamsInvalid(_))),
                "{bad:02x?}"
            );
        }
    }
}
