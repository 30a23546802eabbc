// SPDX-License-Identifier: MIT OR Apache-2.0
//! What ML-KEM and ML-DSA keys share: a seed, an expanded value, or both, as attributes and in
//! PKCS#8.
//!
//! Source: PKCS#11 v3.2, "ML-KEM private key objects", "ML-DSA private key objects" and
//! "Wrapping/unwrapping private keys"; RFC 9881, section 6; RFC 9935, section 6.

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef};
use der::{Decode as _, Sequence, Tagged as _};
use pkcs8::{PrivateKeyInfo, PrivateKeyInfoRef};
use spki::AlgorithmIdentifier;

use super::point;
use crate::error::{Error, Result};
use crate::object::{AttributeMap, Object, Value};
use crate::pkcs11::attribute::{CKA_PARAMETER_SET, CKA_SEED, CKA_VALUE};
use crate::pkcs11::class::CKO_PRIVATE_KEY;
use crate::secret::SecretBytes;

/// The private keys of one algorithm.
pub(super) trait LatticeKey: Sized {
    /// Its parameter sets.
    type Set: Copy + 'static;

    /// The set with this `CKP_` number.
    fn find(number: u64) -> Option<Self::Set>;
    /// The `CKP_` number of a set.
    fn number(set: Self::Set) -> u64;
    /// The object identifier of a set.
    fn oid(set: Self::Set) -> ObjectIdentifier;
    /// Every set.
    fn sets() -> &'static [Self::Set];
    /// Expands a seed.
    fn from_seed(set: Self::Set, seed: &[u8]) -> Result<Self>;
    /// Checks an expanded value.
    fn from_expanded(set: Self::Set, value: &[u8]) -> Result<Self>;
    /// The key's set.
    fn set(&self) -> Self::Set;
    /// The seed.
    fn seed(&self) -> Option<SecretBytes>;
    /// The expanded value.
    fn expanded(&self) -> SecretBytes;
    /// The public key.
    fn public(&self) -> Vec<u8>;
}

/// SEQUENCE { seed, expandedKey }, the third choice of both RFCs.
#[derive(Sequence)]
struct Both<'a> {
    seed: &'a OctetStringRef,
    expanded: &'a OctetStringRef,
}

/// The parameter set that CKA_PARAMETER_SET names.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_PARAMETER_SET_NOT_SUPPORTED`
pub(super) fn parameter_set<S>(
    attributes: &AttributeMap,
    find: impl Fn(u64) -> Option<S>,
) -> Result<S> {
    let number = attributes
        .ulong(CKA_PARAMETER_SET)
        .ok_or_else(|| Error::TemplateIncomplete("CKA_PARAMETER_SET is missing".into()))?;
    find(number).ok_or_else(|| {
        Error::ParameterSetNotSupported(
            format!("this key type has no parameter set {number}").into(),
        )
    })
}

/// A key from its attributes. From both, the seed is taken; the value must be its own.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_PARAMETER_SET_NOT_SUPPORTED`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub(super) fn from_attributes<K: LatticeKey>(attributes: &AttributeMap) -> Result<K> {
    let set = parameter_set(attributes, K::find)?;
    let given = |id| attributes.bytes(id).filter(|bytes| !bytes.is_empty());
    from_parts(set, given(CKA_SEED), given(CKA_VALUE))
}

fn from_parts<K: LatticeKey>(
    set: K::Set,
    seed: Option<&[u8]>,
    expanded: Option<&[u8]>,
) -> Result<K> {
    match (seed, expanded) {
        (Some(seed), expanded) => {
            let key = K::from_seed(set, seed)?;
            if expanded.is_some_and(|expanded| !key.expanded().ct_eq(expanded)) {
                return Err(Error::AttributeValueInvalid(
                    "CKA_VALUE is not what CKA_SEED expands to".into(),
                ));
            }
            Ok(key)
        }
        (None, Some(expanded)) => K::from_expanded(set, expanded),
        (None, None) => Err(Error::TemplateIncomplete(
            "a private key needs CKA_SEED or CKA_VALUE".into(),
        )),
    }
}

/// Checks a private key and sets CKA_VALUE and CKA_PUBLIC_KEY_INFO.
///
/// # Errors
/// As [`from_attributes`]; `CKR_TEMPLATE_INCONSISTENT`
pub(super) fn complete_private<K: LatticeKey>(attributes: &mut AttributeMap) -> Result<()> {
    let key: K = from_attributes(attributes)?;
    set_attributes(attributes, &key);
    let info = point::public_key_info(K::oid(key.set()), None, &key.public())?;
    point::set_public_key_info(attributes, info)
}

/// CKA_PARAMETER_SET, CKA_SEED and CKA_VALUE of a private key.
pub(in crate::mechanism) fn set_attributes<K: LatticeKey>(attributes: &mut AttributeMap, key: &K) {
    attributes.set(CKA_PARAMETER_SET, Value::Ulong(K::number(key.set())));
    if let Some(seed) = key.seed() {
        attributes.set(CKA_SEED, Value::Secret(seed));
    }
    attributes.set(CKA_VALUE, Value::Secret(key.expanded()));
}

/// The public key's value.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`
pub(super) fn public_value(attributes: &AttributeMap) -> Result<&[u8]> {
    attributes
        .bytes(CKA_VALUE)
        .ok_or_else(|| Error::TemplateIncomplete("CKA_VALUE is missing".into()))
}

/// A private key as PKCS#8.
///
/// # Errors
/// `CKR_KEY_NOT_WRAPPABLE`
// SPEC: "Which encodings on wrap are specified is token specific": both where the seed is known,
// as "if only one of the two are supplied, unwrap may fail in some tokens".
pub(super) fn export<K: LatticeKey>(object: &Object) -> Result<SecretBytes> {
    if object.class() != CKO_PRIVATE_KEY {
        return Err(Error::KeyNotWrappable(
            "only a private key has a PKCS#8 form".into(),
        ));
    }
    let key: K = from_attributes(object.attributes())?;
    let expanded = key.expanded();
    let expanded = OctetStringRef::new(expanded.expose()).map_err(point::encoding)?;
    let inner = match key.seed() {
        Some(seed) => point::to_secret_der(&Both {
            seed: OctetStringRef::new(seed.expose()).map_err(point::encoding)?,
            expanded,
        }),
        None => point::to_secret_der(&expanded),
    }?;
    encode(K::oid(key.set()), &inner)
}

/// PKCS#8 around what the algorithm's RFC puts into privateKey.
///
/// # Errors
/// `CKR_GENERAL_ERROR`
pub(super) fn encode(oid: ObjectIdentifier, inner: &SecretBytes) -> Result<SecretBytes> {
    let inner = OctetStringRef::new(inner.expose()).map_err(point::encoding)?;
    let algorithm = AlgorithmIdentifier::<ObjectIdentifier> {
        oid,
        parameters: None,
    };
    point::to_secret_der(&PrivateKeyInfo::<_, _, BitStringRef<'_>>::new(
        algorithm, inner,
    ))
}

/// What a PKCS#8 structure holds.
pub(super) struct Decoded<'a, S> {
    /// The parameter set that the algorithm names.
    pub(super) set: S,
    /// privateKey
    pub(super) inner: &'a [u8],
    /// publicKey, which only the second version of the structure has.
    pub(super) public: Option<&'a [u8]>,
}

/// Takes PKCS#8 apart.
///
/// # Errors
/// `CKR_WRAPPED_KEY_INVALID`
pub(super) fn decode<'a, S: Copy>(
    sets: &[S],
    oid: impl Fn(S) -> ObjectIdentifier,
    material: &'a SecretBytes,
) -> Result<Decoded<'a, S>> {
    let outer = PrivateKeyInfoRef::from_der(material.expose()).map_err(|_| point::not_pkcs8())?;
    let set = sets
        .iter()
        .copied()
        .find(|set| oid(*set) == outer.algorithm.oid);
    // RFC 9881, 9909 and 9935: the parameters must be absent.
    let (Some(set), None) = (set, outer.algorithm.parameters) else {
        return Err(point::not_pkcs8());
    };
    let public = match outer.public_key {
        Some(bits) => Some(bits.as_bytes().ok_or_else(point::not_pkcs8)?),
        None => None,
    };
    Ok(Decoded {
        set,
        inner: outer.private_key.as_bytes(),
        public,
    })
}

/// Sets the attributes from PKCS#8 with a seed, an expanded key or both.
///
/// # Errors
/// `CKR_WRAPPED_KEY_INVALID`, `CKR_TEMPLATE_INCONSISTENT`
pub(super) fn import<K: LatticeKey>(
    attributes: &mut AttributeMap,
    material: &SecretBytes,
) -> Result<()> {
    let decoded = decode(K::sets(), K::oid, material)?;
    let (seed, expanded) = choice(decoded.inner).ok_or_else(point::not_pkcs8)?;
    let key: K = from_parts(decoded.set, seed, expanded).map_err(|_| point::not_pkcs8())?;
    if decoded.public.is_some_and(|public| public != key.public()) {
        return Err(point::not_pkcs8());
    }
    check_set(attributes, K::number(decoded.set))?;
    set_attributes(attributes, &key);
    Ok(())
}

/// A parameter set that the template names must be the key's.
///
/// # Errors
/// `CKR_TEMPLATE_INCONSISTENT`
pub(super) fn check_set(attributes: &AttributeMap, number: u64) -> Result<()> {
    match attributes.ulong(CKA_PARAMETER_SET) {
        Some(given) if given != number => Err(Error::TemplateInconsistent(
            "CKA_PARAMETER_SET is not that of the wrapped key".into(),
        )),
        _ => Ok(()),
    }
}

/// CHOICE { seed [0] IMPLICIT OCTET STRING, expandedKey OCTET STRING, both SEQUENCE }
fn choice(bytes: &[u8]) -> Option<(Option<&[u8]>, Option<&[u8]>)> {
    const SEED: u8 = 0x80;
    let any = AnyRef::from_der(bytes).ok()?;
    if bytes.first() == Some(&SEED) {
        return Some((Some(any.value()), None));
    }
    match any.tag() {
        der::Tag::OctetString => Some((None, Some(any.value()))),
        der::Tag::Sequence => {
            let both = Both::from_der(bytes).ok()?;
            Some((Some(both.seed.as_bytes()), Some(both.expanded.as_bytes())))
        }
        _ => None,
    }
}
