// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-KEM keys: attributes, the engine's keys, PKCS#8.
//!
//! Source: PKCS#11 v3.2, "ML-KEM public key objects" and "ML-KEM private key objects"; RFC 9935.

use der::asn1::ObjectIdentifier;

use super::lattice::{self, LatticeKey};
use super::point;
use crate::crypto::ml_kem::{ParameterSet, PrivateKey, PublicKey};
use crate::error::Result;
use crate::object::{AttributeMap, Kind, Object, Origin};
use crate::pkcs11::class::CKO_PUBLIC_KEY;
use crate::pkcs11::profile::{CKP_ML_KEM_512, CKP_ML_KEM_768, CKP_ML_KEM_1024};
use crate::secret::SecretBytes;

/// The `CKP_` number and the object identifier of a set (RFC 9935, section 3).
const fn names(set: ParameterSet) -> (u64, ObjectIdentifier) {
    match set {
        ParameterSet::MlKem512 => (
            CKP_ML_KEM_512.0,
            ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4.1"),
        ),
        ParameterSet::MlKem768 => (
            CKP_ML_KEM_768.0,
            ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4.2"),
        ),
        ParameterSet::MlKem1024 => (
            CKP_ML_KEM_1024.0,
            ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4.3"),
        ),
    }
}

impl LatticeKey for PrivateKey {
    type Set = ParameterSet;

    fn find(number: u64) -> Option<ParameterSet> {
        find(number)
    }

    fn number(set: ParameterSet) -> u64 {
        names(set).0
    }

    fn oid(set: ParameterSet) -> ObjectIdentifier {
        names(set).1
    }

    fn sets() -> &'static [ParameterSet] {
        ParameterSet::ALL
    }

    fn from_seed(set: ParameterSet, seed: &[u8]) -> Result<Self> {
        Self::from_seed(set, seed)
    }

    fn from_expanded(set: ParameterSet, value: &[u8]) -> Result<Self> {
        Self::from_expanded(set, value)
    }

    fn set(&self) -> ParameterSet {
        self.set()
    }

    fn seed(&self) -> Option<SecretBytes> {
        self.seed()
    }

    fn expanded(&self) -> SecretBytes {
        self.expanded()
    }

    fn public(&self) -> Vec<u8> {
        self.public()
    }
}

fn find(number: u64) -> Option<ParameterSet> {
    let mut sets = ParameterSet::ALL.iter().copied();
    sets.find(|set| names(*set).0 == number)
}

/// The parameter set that CKA_PARAMETER_SET names.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_PARAMETER_SET_NOT_SUPPORTED`
pub fn parameter_set(attributes: &AttributeMap) -> Result<ParameterSet> {
    lattice::parameter_set(attributes, find)
}

/// The engine's form of a private key.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_PARAMETER_SET_NOT_SUPPORTED`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn private_key(attributes: &AttributeMap) -> Result<PrivateKey> {
    lattice::from_attributes(attributes)
}

/// The engine's form of a public key.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_PARAMETER_SET_NOT_SUPPORTED`, `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn public_key(attributes: &AttributeMap) -> Result<PublicKey> {
    PublicKey::from_bytes(
        parameter_set(attributes)?,
        lattice::public_value(attributes)?,
    )
}

/// Sets the attributes of a fresh private key.
pub(in crate::mechanism) fn fill(attributes: &mut AttributeMap, key: &PrivateKey) {
    lattice::set_attributes(attributes, key);
}

/// Checks a key and sets CKA_VALUE and CKA_PUBLIC_KEY_INFO.
///
/// # Errors
/// `CKR_TEMPLATE_INCOMPLETE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_PARAMETER_SET_NOT_SUPPORTED`,
/// `CKR_ATTRIBUTE_VALUE_INVALID`
pub fn complete(kind: &'static Kind, attributes: &mut AttributeMap, _origin: Origin) -> Result<()> {
    if kind.class != CKO_PUBLIC_KEY {
        return lattice::complete_private::<PrivateKey>(attributes);
    }
    let key = public_key(attributes)?;
    let info = spki(key.set(), lattice::public_value(attributes)?)?;
    point::set_public_key_info(attributes, info)
}

/// The DER encoding of a SubjectPublicKeyInfo.
///
/// # Errors
/// `CKR_GENERAL_ERROR`
pub fn spki(set: ParameterSet, public: &[u8]) -> Result<Vec<u8>> {
    point::public_key_info(names(set).1, None, public)
}

/// A private key as PKCS#8.
///
/// # Errors
/// `CKR_KEY_NOT_WRAPPABLE`
pub fn export(object: &Object) -> Result<SecretBytes> {
    lattice::export::<PrivateKey>(object)
}

/// Sets CKA_PARAMETER_SET, CKA_SEED and CKA_VALUE from PKCS#8.
///
/// # Errors
/// `CKR_WRAPPED_KEY_INVALID`, `CKR_TEMPLATE_INCONSISTENT`
pub fn import(
    _kind: &'static Kind,
    attributes: &mut AttributeMap,
    material: &SecretBytes,
) -> Result<()> {
    lattice::import::<PrivateKey>(attributes, material)
}
