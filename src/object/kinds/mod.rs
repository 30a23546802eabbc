// SPDX-License-Identifier: MIT OR Apache-2.0
//! One file a class or key type: its rows beside the standard's footnote numbers.
//!
//! A new kind is one file, and one line in the list below.
//! Source: PKCS#11 v3.2, "Objects".

mod aes;
mod certificate;
mod chacha20;
mod data;
mod des;
mod dh;
mod domain;
mod dsa;
mod ec;
mod ec_edwards;
mod ec_montgomery;
mod generic_secret;
mod hardware;
mod hkdf;
mod hmac;
mod key;
mod mechanism;
mod ml_dsa;
mod ml_kem;
mod profile;
mod rsa;
mod secret_value;
mod slh_dsa;
mod storage;
mod trust;
mod validation;

use super::{AttributeMap, Kind, Origin, Rule};
use crate::error::{Error, Result};
use crate::pkcs11::{AttributeType, KeyType, ObjectClass};

/// Every kind.
static ALL: &[&Kind] = &[
    &data::DATA,
    &certificate::X_509,
    &certificate::WTLS,
    &certificate::ATTRIBUTE,
    &rsa::PUBLIC,
    &rsa::PRIVATE,
    &dsa::PUBLIC,
    &dsa::PRIVATE,
    &dh::PUBLIC,
    &dh::PRIVATE,
    &ec::PUBLIC,
    &ec::PRIVATE,
    &ec_edwards::PUBLIC,
    &ec_edwards::PRIVATE,
    &ec_montgomery::PUBLIC,
    &ec_montgomery::PRIVATE,
    &ml_kem::PUBLIC,
    &ml_kem::PRIVATE,
    &ml_dsa::PUBLIC,
    &ml_dsa::PRIVATE,
    &slh_dsa::PUBLIC,
    &slh_dsa::PRIVATE,
    &aes::AES,
    &aes::AES_XTS,
    &des::DES2,
    &des::DES3,
    &chacha20::CHACHA20,
    &chacha20::POLY1305,
    &generic_secret::GENERIC_SECRET,
    &hkdf::HKDF,
    &hmac::SHA_1,
    &hmac::SHA224,
    &hmac::SHA256,
    &hmac::SHA384,
    &hmac::SHA512,
    &hmac::SHA512_224,
    &hmac::SHA512_256,
    &hmac::SHA512_T,
    &hmac::SHA3_224,
    &hmac::SHA3_256,
    &hmac::SHA3_384,
    &hmac::SHA3_512,
    &hmac::MD5,
    &hmac::RIPEMD160,
    &hmac::BLAKE2B_160,
    &hmac::BLAKE2B_256,
    &hmac::BLAKE2B_384,
    &hmac::BLAKE2B_512,
    &domain::DSA,
    &domain::DH,
    &domain::X9_42_DH,
    &mechanism::MECHANISM,
    &hardware::CLOCK,
    &hardware::COUNTER,
    &hardware::USER_INTERFACE,
    &profile::PROFILE,
    &validation::VALIDATION,
    &trust::TRUST,
];

/// Every kind, in the order of the standard's sections.
#[must_use]
pub fn all() -> &'static [&'static Kind] {
    ALL
}

/// The kind of this class with this key type (keys, domain parameters) or this subtype (certificate
/// type, hardware feature type).
#[must_use]
pub fn find(
    class: ObjectClass,
    key_type: Option<KeyType>,
    subtype: Option<u64>,
) -> Option<&'static Kind> {
    ALL.iter()
        .copied()
        .find(|kind| kind.class == class && kind.key_type == key_type && kind.subtype == subtype)
}

/// The kind of an object whose attributes are known, such as one from the store.
#[must_use]
pub fn of(attributes: &AttributeMap) -> Option<&'static Kind> {
    use crate::pkcs11::attribute::{CKA_CERTIFICATE_TYPE, CKA_HW_FEATURE_TYPE};
    use crate::pkcs11::class::{CKO_CERTIFICATE, CKO_HW_FEATURE};

    let class = attributes.class()?;
    let subtype = match class {
        CKO_CERTIFICATE => attributes.ulong(CKA_CERTIFICATE_TYPE),
        CKO_HW_FEATURE => attributes.ulong(CKA_HW_FEATURE_TYPE),
        _ => None,
    };
    find(class, attributes.key_type(), subtype)
}

/// A row of any kind for this attribute; the data type is the same in all of them.
pub(super) fn any_rule(id: AttributeType) -> Option<&'static Rule> {
    let rows = || ALL.iter().filter_map(move |kind| kind.rule(id));
    // One that footnote 7 conceals somewhere is concealed in a template.
    rows()
        .find(|rule| rule.notes.has(7))
        .or_else(|| rows().next())
}

/// A class without key type or subtype.
const fn class(
    spec: &'static str,
    class: ObjectClass,
    tables: &'static [&'static [Rule]],
    check: fn(&AttributeMap, Origin) -> Result<()>,
) -> Kind {
    Kind {
        spec,
        class,
        key_type: None,
        subtype: None,
        tables,
        check,
    }
}

/// The check of kinds whose tables say everything.
const fn unchecked(_: &AttributeMap, _: Origin) -> Result<()> {
    Ok(())
}

/// The check of kinds that describe the token: it makes them, applications do not.
fn token_only(_: &AttributeMap, _: Origin) -> Result<()> {
    Err(Error::AttributeValueInvalid(
        "objects of this class are made by the token alone".into(),
    ))
}
