// SPDX-License-Identifier: MIT OR Apache-2.0
//! SLH-DSA keys: attributes, the engine's keys, PKCS#8.
//!
//! Source: PKCS#11 v3.2, "SLH-DSA public key objects" and "SLH-DSA private key objects"; RFC 9909.

use der::asn1::ObjectIdentifier;

use super::lattice::NamedSet;
use super::{lattice, point};
use crate::crypto::slh_dsa::{ParameterSet, PrivateKey, PublicKey};
use crate::error::{Error, Result};
use crate::object::{AttributeMap, Kind, Object, Origin, Value};
use crate::pkcs11::attribute::{CKA_PARAMETER_SET, CKA_VALUE};
use crate::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use crate::pkcs11::profile::{
    CKP_SLH_DSA_SHA2_128F, CKP_SLH_DSA_SHA2_128S, CKP_SLH_DSA_SHA2_192F, CKP_SLH_DSA_SHA2_192S,
    CKP_SLH_DSA_SHA2_256F, CKP_SLH_DSA_SHA2_256S, CKP_SLH_DSA_SHAKE_128F, CKP_SLH_DSA_SHAKE_128S,
    CKP_SLH_DSA_SHAKE_192F, CKP_SLH_DSA_SHAKE_192S, CKP_SLH_DSA_SHAKE_256F, CKP_SLH_DSA_SHAKE_256S,
};
use crate::secret::SecretBytes;

/// An object identifier under nistAlgorithms, sigAlgs.
macro_rules! sig_alg {
    ($last:literal) => {
        ObjectIdentifier::new_unwrap(concat!("2.16.840.1.101.3.4.3.", $last))
    };
}

impl NamedSet for ParameterSet {
    const ALL: &'static [Self] = Self::ALL;

    /// RFC 9909, section 3
    fn names(self) -> (u64, ObjectIdentifier) {
        match self {
            Self::Sha2_128s => (CKP_SLH_DSA_SHA2_128S.0, sig_alg!(20)),
            Self::Sha2_128f => (CKP_SLH_DSA_SHA2_128F.0, sig_alg!(21)),
            Self::Sha2_192s => (CKP_SLH_DSA_SHA2_192S.0, sig_alg!(22)),
            Self::Sha2_192f => (CKP_SLH_DSA_SHA2_192F.0, sig_alg!(23)),
            Self::Sha2_256s => (CKP_SLH_DSA_SHA2_256S.0, sig_alg!(24)),
            Self::Sha2_256f => (CKP_SLH_DSA_SHA2_256F.0, sig_alg!(25)),
            Self::Shake128s => (CKP_SLH_DSA_SHAKE_128S.0, sig_alg!(26)),
            Self::Shake128f => (CKP_SLH_DSA_SHAKE_128F.0, sig_alg!(27)),
            Self::Shake192s => (CKP_SLH_DSA_SHAKE_192S.0, sig_alg!(28)),
            Self::Shake192f => (CKP_SLH_DSA_SHAKE_192F.0, sig_alg!(29)),
            Self::Shake256s => (CKP_SLH_DSA_SHAKE_256S.0, sig_alg!(30)),
            Self::Shake256f => (CKP_SLH_DSA_SHAKE_256F.0, sig_alg!(31)),
        }
    }
}

/// The engine's form of a private key.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_PARAMETER_SET_NOT_SUPPORTED`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn private_key(attributes: &AttributeMap) -> Result<PrivateKey> {
    PrivateKey::from_bytes(
        lattice::parameter_set(attributes)?,
        lattice::value(attributes)?,
    )
}

/// The engine's form of a public key.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_PARAMETER_SET_NOT_SUPPORTED`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn public_key(attributes: &AttributeMap) -> Result<PublicKey> {
    PublicKey::from_bytes(
        lattice::parameter_set(attributes)?,
        lattice::value(attributes)?,
    )
}

/// Sets the attributes of a private key.
pub(in crate::mechanism) fn fill(attributes: &mut AttributeMap, key: &PrivateKey) {
    attributes.set(CKA_PARAMETER_SET, Value::Ulong(key.set().names().0));
    attributes.set(CKA_VALUE, Value::Secret(key.value()));
}

/// Checks a key and sets CKA_PUBLIC_KEY_INFO.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_PARAMETER_SET_NOT_SUPPORTED`,
/// `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn complete(kind: &'static Kind, attributes: &mut AttributeMap, origin: Origin) -> Result<()> {
    if kind.class == CKO_PUBLIC_KEY {
        let key = public_key(attributes)?;
        let info = lattice::spki(key.set(), lattice::value(attributes)?)?;
        return point::set_public_key_info(attributes, info);
    }
    let key = private_key(attributes)?;
    // A key that was made here has just had its root computed.
    if origin != Origin::Generate {
        key.check()?;
    }
    point::set_public_key_info(attributes, lattice::spki(key.set(), &key.public())?)
}

/// A private key as PKCS#8, whose privateKey holds the raw bytes.
///
/// # Errors
/// `CKR_KEY_NOT_WRAPPABLE`
pub fn export(object: &Object) -> Result<SecretBytes> {
    if object.class() != CKO_PRIVATE_KEY {
        return Err(Error::KeyNotWrappable(
            "only a private key has a PKCS#8 form".into(),
        ));
    }
    let key = private_key(object.attributes())?;
    lattice::encode(key.set(), &key.value())
}

/// Sets CKA_PARAMETER_SET and CKA_VALUE from PKCS#8.
///
/// # Errors
/// `CKR_WRAPPED_KEY_INVALID`, `CKR_TEMPLATE_INCONSISTENT`
pub fn import(
    _kind: &'static Kind,
    attributes: &mut AttributeMap,
    material: &SecretBytes,
) -> Result<()> {
    let decoded = lattice::decode::<ParameterSet>(material)?;
    let key = PrivateKey::from_bytes(decoded.set, decoded.inner).map_err(|_| point::not_pkcs8())?;
    key.check().map_err(|_| point::not_pkcs8())?;
    if decoded.public.is_some_and(|public| public != key.public()) {
        return Err(point::not_pkcs8());
    }
    lattice::check_set(attributes, key.set())?;
    fill(attributes, &key);
    Ok(())
}
