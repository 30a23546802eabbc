// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#8 of the keys on Edwards and Montgomery curves: RFC 8410, section 7; RFC 5958.

use der::Decode as _;
use der::asn1::{BitStringRef, ObjectIdentifier, OctetStringRef};
use pkcs8::{PrivateKeyInfo, PrivateKeyInfoRef};
use spki::AlgorithmIdentifier;

use super::point;
use crate::error::Result;
use crate::secret::SecretBytes;

/// What PKCS#8 holds.
pub(super) struct Decoded<'a> {
    /// The private key's bytes.
    pub(super) private: &'a [u8],
    /// The public key's bytes, which only the second version of the structure has.
    pub(super) public: Option<&'a [u8]>,
}

/// Encodes a private key, without the optional public one, so that every reader takes it.
///
/// # Errors
/// `CKR_GENERAL_ERROR`
pub(super) fn encode(algorithm: ObjectIdentifier, private: &SecretBytes) -> Result<SecretBytes> {
    let inner = OctetStringRef::new(private.expose()).map_err(point::encoding)?;
    // CurvePrivateKey is an OCTET STRING inside the OCTET STRING.
    let inner = point::to_secret_der(&inner)?;
    let inner = OctetStringRef::new(inner.expose()).map_err(point::encoding)?;
    let algorithm = AlgorithmIdentifier::<ObjectIdentifier> {
        oid: algorithm,
        parameters: None,
    };
    point::to_secret_der(&PrivateKeyInfo::<_, _, BitStringRef<'_>>::new(
        algorithm, inner,
    ))
}

/// Decodes a private key of the algorithm.
///
/// # Errors
/// `CKR_WRAPPED_KEY_INVALID`
fn decode(algorithm: ObjectIdentifier, material: &SecretBytes) -> Result<Decoded<'_>> {
    let outer = PrivateKeyInfoRef::from_der(material.expose()).map_err(|_| point::not_pkcs8())?;
    // RFC 8410, section 3: the parameters must be absent.
    if outer.algorithm.oid != algorithm || outer.algorithm.parameters.is_some() {
        return Err(point::not_pkcs8());
    }
    let inner = <&OctetStringRef>::from_der(outer.private_key.as_bytes())
        .map_err(|_| point::not_pkcs8())?;
    let public = match outer.public_key {
        Some(bits) => Some(bits.as_bytes().ok_or_else(point::not_pkcs8)?),
        None => None,
    };
    Ok(Decoded {
        private: inner.as_bytes(),
        public,
    })
}

/// Decodes a private key of whichever curve's algorithm it names.
///
/// # Errors
/// `CKR_WRAPPED_KEY_INVALID`
pub(super) fn decode_one<'a, C: Copy>(
    curves: &[C],
    algorithm: fn(C) -> ObjectIdentifier,
    material: &'a SecretBytes,
) -> Result<(C, Decoded<'a>)> {
    curves
        .iter()
        .find_map(|curve| Some((*curve, decode(algorithm(*curve), material).ok()?)))
        .ok_or_else(point::not_pkcs8)
}
