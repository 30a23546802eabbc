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
use crate::crypto::lattice::LatticeKey;
use crate::error::{Error, Result};
use crate::object::{AttributeMap, Kind, Object, Origin, Value};
use crate::pkcs11::attribute::{CKA_PARAMETER_SET, CKA_SEED, CKA_VALUE};
use crate::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use crate::secret::SecretBytes;

/// What a parameter set is called outside.
pub trait NamedSet: Copy + 'static {
    /// Every set.
    const ALL: &'static [Self];

    /// The `CKP_` number and the object identifier.
    fn names(self) -> (u64, ObjectIdentifier);
}

/// One algorithm and its keys in the engine.
pub trait Algorithm {
    /// Its parameter sets.
    type Set: NamedSet;
    /// Its private keys.
    type Private: LatticeKey<Set = Self::Set>;
    /// Its public keys.
    type Public;

    /// Takes an encoded public key.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    fn public(set: Self::Set, bytes: &[u8]) -> Result<Self::Public>;
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
pub fn parameter_set<S: NamedSet>(attributes: &AttributeMap) -> Result<S> {
    let number = attributes
        .ulong(CKA_PARAMETER_SET)
        .ok_or_else(|| Error::TemplateIncomplete("CKA_PARAMETER_SET is missing".into()))?;
    let mut sets = S::ALL.iter().copied();
    sets.find(|set| set.names().0 == number).ok_or_else(|| {
        Error::ParameterSetNotSupported(
            format!("this key type has no parameter set {number}").into(),
        )
    })
}

/// The engine's form of a private key. From both, the seed is taken; the value must be its own.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_PARAMETER_SET_NOT_SUPPORTED`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn private_key<A: Algorithm>(attributes: &AttributeMap) -> Result<A::Private> {
    let set = parameter_set(attributes)?;
    let given = |id| attributes.bytes(id).filter(|bytes| !bytes.is_empty());
    from_parts(set, given(CKA_SEED), given(CKA_VALUE))
}

fn from_parts<K: LatticeKey>(
    set: K::Set,
    seed: Option<&[u8]>,
    expanded: Option<&[u8]>,
) -> Result<K> {
    match (seed, expanded) {
        (Some(seed), None) => K::from_seed(set, seed),
        (Some(seed), Some(expanded)) => {
            let key = K::from_seed(set, seed)?;
            if key.expanded()?.ct_eq(expanded) {
                return Ok(key);
            }
            Err(Error::AttributeValueInvalid(
                "CKA_VALUE is not what CKA_SEED expands to".into(),
            ))
        }
        (None, Some(expanded)) => K::from_expanded(set, expanded),
        (None, None) => Err(Error::TemplateIncomplete(
            "a private key needs CKA_SEED or CKA_VALUE".into(),
        )),
    }
}

/// The engine's form of a public key.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_PARAMETER_SET_NOT_SUPPORTED`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn public_key<A: Algorithm>(attributes: &AttributeMap) -> Result<A::Public> {
    A::public(parameter_set(attributes)?, value(attributes)?)
}

/// Checks a key and sets CKA_VALUE and CKA_PUBLIC_KEY_INFO.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_PARAMETER_SET_NOT_SUPPORTED`,
/// `CKR_ATTRIBUTE_VALUE_INVALID`
pub(super) fn complete<A: Algorithm>(
    kind: &'static Kind,
    attributes: &mut AttributeMap,
    _origin: Origin,
) -> Result<()> {
    if kind.class == CKO_PUBLIC_KEY {
        public_key::<A>(attributes)?;
        let set: A::Set = parameter_set(attributes)?;
        let info = spki(set, value(attributes)?)?;
        return point::set_public_key_info(attributes, info);
    }
    let key = private_key::<A>(attributes)?;
    set_attributes(attributes, &key)?;
    point::set_public_key_info(attributes, spki(key.set(), key.public())?)
}

/// Makes a key pair from random bytes of `fill` and sets its attributes.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_PARAMETER_SET_NOT_SUPPORTED`, whatever `fill` returns
pub(in crate::mechanism) fn generate<A: Algorithm>(
    public: &mut AttributeMap,
    private: &mut AttributeMap,
    fill: impl FnOnce(&mut [u8]) -> Result<()>,
) -> Result<()> {
    let key = A::Private::generate(parameter_set(public)?, fill)?;
    public.set(CKA_VALUE, Value::Bytes(key.public().to_vec()));
    set_attributes(private, &key)
}

/// CKA_PARAMETER_SET, CKA_SEED and CKA_VALUE of a private key.
fn set_attributes<K: LatticeKey>(attributes: &mut AttributeMap, key: &K) -> Result<()>
where
    K::Set: NamedSet,
{
    attributes.set(CKA_PARAMETER_SET, Value::Ulong(key.set().names().0));
    if let Some(seed) = key.seed() {
        attributes.set(CKA_SEED, Value::Secret(seed));
    }
    attributes.set(CKA_VALUE, Value::Secret(key.expanded()?));
    Ok(())
}

/// CKA_VALUE
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`
pub(super) fn value(attributes: &AttributeMap) -> Result<&[u8]> {
    attributes
        .bytes(CKA_VALUE)
        .ok_or_else(|| Error::TemplateIncomplete("CKA_VALUE is missing".into()))
}

/// The DER encoding of a SubjectPublicKeyInfo.
///
/// # Errors
/// `CKR_GENERAL_ERROR`
pub fn spki(set: impl NamedSet, public: &[u8]) -> Result<Vec<u8>> {
    point::public_key_info(set.names().1, None, public)
}

/// A private key as PKCS#8.
///
/// # Errors
/// `CKR_KEY_NOT_WRAPPABLE`
// SPEC: "Which encodings on wrap are specified is token specific": both where the seed is known,
// as "if only one of the two are supplied, unwrap may fail in some tokens".
pub(super) fn export<A: Algorithm>(object: &Object) -> Result<SecretBytes> {
    if object.class() != CKO_PRIVATE_KEY {
        return Err(Error::KeyNotWrappable(
            "only a private key has a PKCS#8 form".into(),
        ));
    }
    let key = private_key::<A>(object.attributes())?;
    let expanded = key.expanded()?;
    let expanded = OctetStringRef::new(expanded.expose()).map_err(point::encoding)?;
    let inner = match key.seed() {
        Some(seed) => point::to_secret_der(&Both {
            seed: OctetStringRef::new(seed.expose()).map_err(point::encoding)?,
            expanded,
        }),
        None => point::to_secret_der(&expanded),
    }?;
    encode(key.set(), &inner)
}

/// PKCS#8 around what the algorithm's RFC puts into privateKey.
///
/// # Errors
/// `CKR_GENERAL_ERROR`
pub(super) fn encode(set: impl NamedSet, inner: &SecretBytes) -> Result<SecretBytes> {
    let inner = OctetStringRef::new(inner.expose()).map_err(point::encoding)?;
    let algorithm = AlgorithmIdentifier::<ObjectIdentifier> {
        oid: set.names().1,
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
pub(super) fn decode<S: NamedSet>(material: &SecretBytes) -> Result<Decoded<'_, S>> {
    let outer = PrivateKeyInfoRef::from_der(material.expose()).map_err(|_| point::not_pkcs8())?;
    let mut sets = S::ALL.iter().copied();
    let set = sets.find(|set| set.names().1 == outer.algorithm.oid);
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
pub(super) fn import<A: Algorithm>(
    _kind: &'static Kind,
    attributes: &mut AttributeMap,
    material: &SecretBytes,
) -> Result<()> {
    let decoded = decode::<A::Set>(material)?;
    let (seed, expanded) = choice(decoded.inner).ok_or_else(point::not_pkcs8)?;
    let key: A::Private =
        from_parts(decoded.set, seed, expanded).map_err(|_| point::not_pkcs8())?;
    if decoded.public.is_some_and(|public| public != key.public()) {
        return Err(point::not_pkcs8());
    }
    check_set(attributes, decoded.set)?;
    set_attributes(attributes, &key)
}

/// A parameter set that the template names must be the key's.
///
/// # Errors
/// `CKR_TEMPLATE_INCONSISTENT`
pub(super) fn check_set(attributes: &AttributeMap, set: impl NamedSet) -> Result<()> {
    match attributes.ulong(CKA_PARAMETER_SET) {
        Some(given) if given != set.names().0 => Err(Error::TemplateInconsistent(
            "CKA_PARAMETER_SET is not that of the wrapped key".into(),
        )),
        _ => Ok(()),
    }
}

/// The seed and the expanded key, as far as they are there.
type Parts<'a> = (Option<&'a [u8]>, Option<&'a [u8]>);

/// CHOICE { seed [0] IMPLICIT OCTET STRING, expandedKey OCTET STRING, both SEQUENCE }
fn choice(bytes: &[u8]) -> Option<Parts<'_>> {
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
