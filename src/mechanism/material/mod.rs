// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key material between its forms: attributes, the engine's parsed keys, PKCS#8 and raw bytes.
//!
//! One file a key type. Checks that need arithmetic live here, because the object room has no engine.
//! Source: PKCS#11 v3.2, "Key objects" and "Wrapping/unwrapping private keys"; RFC 5208, RFC 5280.

mod certificate;
mod check_value;
pub mod dh;
pub mod dsa;
pub mod ec;
pub mod edwards;
pub mod lattice;
pub mod ml_dsa;
pub mod ml_kem;
pub mod montgomery;
pub(in crate::mechanism) mod point;
mod rfc8410;
pub mod rsa;
mod secret;
pub mod slh_dsa;

use crate::error::{Error, Result};
use crate::object::{AttributeMap, Kind, Object, Origin};
use crate::pkcs11::MechanismType;
use crate::pkcs11::class::{
    CKO_CERTIFICATE, CKO_DOMAIN_PARAMETERS, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY,
};
use crate::pkcs11::key_type::{
    CKK_DH, CKK_DSA, CKK_EC, CKK_EC_EDWARDS, CKK_EC_MONTGOMERY, CKK_ML_DSA, CKK_ML_KEM, CKK_RSA,
    CKK_SLH_DSA,
};
use crate::pkcs11::mechanism::CKM_RSA_X_509;
use crate::secret::SecretBytes;

/// What one key type does with its material.
struct Material {
    complete: fn(&'static Kind, &mut AttributeMap, Origin) -> Result<()>,
    export: fn(&Object) -> Result<SecretBytes>,
    import: fn(&'static Kind, &mut AttributeMap, &SecretBytes) -> Result<()>,
}

/// The three verbs of one key type's file.
macro_rules! material {
    ($file:ident $(, $algorithm:ty)?) => {
        Some(Material {
            complete: $file::complete$(::<$algorithm>)?,
            export: $file::export$(::<$algorithm>)?,
            import: $file::import$(::<$algorithm>)?,
        })
    };
}

/// One arm a key type.
fn material(kind: &Kind) -> Option<Material> {
    match (kind.class, kind.key_type?) {
        (CKO_SECRET_KEY, _) => material!(secret),
        (CKO_PUBLIC_KEY | CKO_PRIVATE_KEY, CKK_RSA) => material!(rsa),
        (CKO_PUBLIC_KEY | CKO_PRIVATE_KEY | CKO_DOMAIN_PARAMETERS, CKK_DH) => material!(dh),
        (CKO_PUBLIC_KEY | CKO_PRIVATE_KEY | CKO_DOMAIN_PARAMETERS, CKK_DSA) => material!(dsa),
        (CKO_PUBLIC_KEY | CKO_PRIVATE_KEY, CKK_EC) => material!(ec),
        (CKO_PUBLIC_KEY | CKO_PRIVATE_KEY, CKK_EC_EDWARDS) => material!(edwards),
        (CKO_PUBLIC_KEY | CKO_PRIVATE_KEY, CKK_EC_MONTGOMERY) => material!(montgomery),
        (CKO_PUBLIC_KEY | CKO_PRIVATE_KEY, CKK_ML_KEM) => material!(lattice, ml_kem::MlKem),
        (CKO_PUBLIC_KEY | CKO_PRIVATE_KEY, CKK_ML_DSA) => material!(lattice, ml_dsa::MlDsa),
        (CKO_PUBLIC_KEY | CKO_PRIVATE_KEY, CKK_SLH_DSA) => material!(slh_dsa),
        _ => None,
    }
}

/// Checks the material of an admitted object and sets what is computed from it: missing CRT values,
/// CKA_MODULUS_BITS, CKA_EC_POINT in its output form, CKA_VALUE_LEN, CKA_CHECK_VALUE,
/// CKA_PUBLIC_KEY_INFO, certificate fields.
///
/// # Errors
/// `CKR_ATTRIBUTE_VALUE_INVALID`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_CURVE_NOT_SUPPORTED`,
/// `CKR_KEY_SIZE_RANGE`
pub fn complete(kind: &'static Kind, attributes: &mut AttributeMap, origin: Origin) -> Result<()> {
    if kind.class == CKO_CERTIFICATE {
        return certificate::complete(kind, attributes);
    }
    match material(kind) {
        Some(material) => (material.complete)(kind, attributes, origin),
        None => Ok(()),
    }
}

/// The bytes that a wrap encrypts: the value of a secret key, PKCS#8 of a private key.
///
/// # Errors
/// `CKR_KEY_NOT_WRAPPABLE`
pub fn export(object: &Object) -> Result<SecretBytes> {
    match material(object.kind()) {
        Some(material) if object.class() != CKO_PUBLIC_KEY => (material.export)(object),
        _ => Err(Error::KeyNotWrappable(
            "only secret keys and private keys of the types that RFC 5208 has can be wrapped"
                .into(),
        )),
    }
}

/// As [`export`], for the row that wraps.
///
/// # Errors
/// `CKR_KEY_NOT_WRAPPABLE`
pub fn to_wrap(mechanism: MechanismType, object: &Object) -> Result<SecretBytes> {
    // "This mechanism can wrap and unwrap any secret key": a private key would lie behind zeros
    // whose number no template says when it comes back ("X.509 (raw) RSA").
    if mechanism == CKM_RSA_X_509 && object.class() == CKO_PRIVATE_KEY {
        return Err(Error::KeyNotWrappable(
            "CKM_RSA_X_509 wraps secret keys only".into(),
        ));
    }
    export(object)
}

/// The material in what a row's unwrap gave, where the template says how long the key is.
///
/// CKM_RSA_X_509 pads in front: "However many bytes are specified in the template for the length of
/// the key are taken from the end of this sequence of bytes."
///
/// # Errors
/// `CKR_TEMPLATE_INCONSISTENT`
pub fn unwrapped(
    mechanism: MechanismType,
    block: SecretBytes,
    key_len: Option<usize>,
) -> Result<SecretBytes> {
    let skip = match key_len.map(|len| block.len().checked_sub(len)) {
        Some(Some(skip)) if mechanism == CKM_RSA_X_509 => skip,
        _ => return Ok(block),
    };
    // SPEC: "taken from the end" cuts off the zeros that the wrap put in front and nothing else, for
    // the same reason as behind a key: else short keys could be made out of any key.
    match block.expose().split_at_checked(skip) {
        Some((padding, key)) if padding.iter().fold(0, |all, byte| all | byte) == 0 => {
            Ok(SecretBytes::from_slice(key))
        }
        _ => Err(Error::TemplateInconsistent(
            "CKA_VALUE_LEN would cut off more of the key than its padding".into(),
        )),
    }
}

/// Sets the material attributes of an admitted object from what an unwrap or a derivation gave.
///
/// # Errors
/// `CKR_WRAPPED_KEY_INVALID`, `CKR_TEMPLATE_INCONSISTENT`
pub fn import(
    kind: &'static Kind,
    attributes: &mut AttributeMap,
    material: &SecretBytes,
) -> Result<()> {
    let Some(form) = self::material(kind) else {
        return Err(Error::TemplateInconsistent(
            "no key of this class and type can come out of a wrapped key".into(),
        ));
    };
    if kind.class == CKO_PRIVATE_KEY {
        // "the mechanism parses the encoding as defined in section 6.7 and ignores trailing zero bytes"
        let len = der_len(material.expose()).unwrap_or(material.len());
        return (form.import)(kind, attributes, &material.truncated(len));
    }
    (form.import)(kind, attributes, material)
}

/// The length of the DER value that `bytes` starts with, if fewer than a block of zeros follow it.
fn der_len(bytes: &[u8]) -> Option<usize> {
    use der::{Decode as _, Header, SliceReader};
    let mut reader = SliceReader::new(bytes).ok()?;
    let header = Header::decode(&mut reader).ok()?;
    let start = bytes.len() - usize::try_from(der::Reader::remaining_len(&reader)).ok()?;
    let end = start.checked_add(usize::try_from(header.length()).ok()?)?;
    let padding = bytes.get(end..)?;
    let is_padding =
        padding.len() < crate::crypto::aes::BLOCK_LEN && padding.iter().all(|byte| *byte == 0);
    is_padding.then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_behind_a_private_key_are_ignored_and_nothing_else_is() {
        assert_eq!(der_len(&[0x30, 2, 5, 0]), Some(4));
        assert_eq!(der_len(&[0x30, 2, 5, 0, 0, 0, 0, 0]), Some(4));
        assert_eq!(der_len(&[0x30, 2, 5, 0, 0, 1]), None);
        assert_eq!(der_len(&[0x30, 9, 5, 0]), None);
        let long = [[0x30, 2, 5, 0].as_slice(), &[0; 16]].concat();
        assert_eq!(der_len(&long), None);
    }
}
