// SPDX-License-Identifier: MIT OR Apache-2.0
//! Certificates: X.509, WTLS and X.509 attribute certificates.
//!
//! Source: PKCS#11 v3.2, "Certificate objects". This section has footnotes of its own; where they are
//! those of the common table, they have its numbers here, and the rest is in the checks.

use super::storage::{OBJECT, STORAGE};
use crate::error::{Error, Result};
use crate::object::Default::{Computed, Empty, False, Ulong as Number};
use crate::object::ValueKind::{Bool, Bytes, Date, Ulong, Utf8};
use crate::object::{AttributeMap, Kind, Origin, Rule, rule};
use crate::pkcs11::CertificateType;
use crate::pkcs11::attribute::{
    CKA_AC_ISSUER, CKA_ATTR_TYPES, CKA_CERTIFICATE_CATEGORY, CKA_CERTIFICATE_TYPE, CKA_CHECK_VALUE,
    CKA_END_DATE, CKA_HASH_OF_ISSUER_PUBLIC_KEY, CKA_HASH_OF_SUBJECT_PUBLIC_KEY, CKA_ID,
    CKA_ISSUER, CKA_JAVA_MIDP_SECURITY_DOMAIN, CKA_NAME_HASH_ALGORITHM, CKA_OWNER,
    CKA_PUBLIC_KEY_INFO, CKA_SERIAL_NUMBER, CKA_START_DATE, CKA_SUBJECT, CKA_TRUSTED, CKA_URL,
    CKA_VALUE,
};
use crate::pkcs11::certificate::{CKC_WTLS, CKC_X_509, CKC_X_509_ATTR_CERT};
use crate::pkcs11::class::CKO_CERTIFICATE;
use crate::pkcs11::value::{
    CK_CERTIFICATE_CATEGORY_OTHER_ENTITY, CK_CERTIFICATE_CATEGORY_UNSPECIFIED,
    CK_SECURITY_DOMAIN_THIRD_PARTY, CK_SECURITY_DOMAIN_UNSPECIFIED,
};

/// "Common Certificate Object Attributes"
const CERTIFICATE: &[Rule] = &[
    rule(CKA_CERTIFICATE_TYPE, Ulong, &[1]),
    rule(CKA_TRUSTED, Bool, &[10]).or(False),
    rule(CKA_CERTIFICATE_CATEGORY, Ulong, &[]).or(Number(CK_CERTIFICATE_CATEGORY_UNSPECIFIED)),
    rule(CKA_CHECK_VALUE, Bytes, &[]).or(Computed),
    rule(CKA_START_DATE, Date, &[]).or(Empty),
    rule(CKA_END_DATE, Date, &[]).or(Empty),
    rule(CKA_PUBLIC_KEY_INFO, Bytes, &[]).or(Computed),
];

/// "X.509 Certificate Object Attributes"
const X_509_TABLE: &[Rule] = &[
    rule(CKA_SUBJECT, Bytes, &[1]),
    rule(CKA_ID, Bytes, &[8]).or(Empty),
    rule(CKA_ISSUER, Bytes, &[8]).or(Empty),
    rule(CKA_SERIAL_NUMBER, Bytes, &[8]).or(Empty),
    rule(CKA_VALUE, Bytes, &[1]),
    rule(CKA_URL, Utf8, &[]).or(Empty),
    rule(CKA_HASH_OF_SUBJECT_PUBLIC_KEY, Bytes, &[]).or(Empty),
    rule(CKA_HASH_OF_ISSUER_PUBLIC_KEY, Bytes, &[]).or(Empty),
    rule(CKA_JAVA_MIDP_SECURITY_DOMAIN, Ulong, &[]).or(Number(CK_SECURITY_DOMAIN_UNSPECIFIED)),
    rule(CKA_NAME_HASH_ALGORITHM, Ulong, &[]),
];

/// "WTLS Certificate Object Attributes"
const WTLS_TABLE: &[Rule] = &[
    rule(CKA_SUBJECT, Bytes, &[1]),
    rule(CKA_ISSUER, Bytes, &[8]).or(Empty),
    rule(CKA_VALUE, Bytes, &[1]),
    rule(CKA_URL, Utf8, &[]).or(Empty),
    rule(CKA_HASH_OF_SUBJECT_PUBLIC_KEY, Bytes, &[]).or(Empty),
    rule(CKA_HASH_OF_ISSUER_PUBLIC_KEY, Bytes, &[]).or(Empty),
    rule(CKA_NAME_HASH_ALGORITHM, Ulong, &[]),
];

/// "X.509 Attribute Certificate Object Attributes"
const ATTRIBUTE_TABLE: &[Rule] = &[
    rule(CKA_OWNER, Bytes, &[1]),
    rule(CKA_AC_ISSUER, Bytes, &[8]).or(Empty),
    rule(CKA_SERIAL_NUMBER, Bytes, &[8]).or(Empty),
    rule(CKA_ATTR_TYPES, Bytes, &[8]).or(Empty),
    rule(CKA_VALUE, Bytes, &[1]),
];

const fn certificate(
    spec: &'static str,
    certificate_type: CertificateType,
    tables: &'static [&'static [Rule]],
    check: fn(&AttributeMap, Origin) -> Result<()>,
) -> Kind {
    Kind {
        spec,
        class: CKO_CERTIFICATE,
        key_type: None,
        subtype: Some(certificate_type.0),
        tables,
        check,
    }
}

/// `CKC_X_509`
pub(super) static X_509: Kind = certificate(
    "X.509 public key certificate objects",
    CKC_X_509,
    &[OBJECT, STORAGE, CERTIFICATE, X_509_TABLE],
    check_by_value_or_url,
);

/// `CKC_WTLS`
pub(super) static WTLS: Kind = certificate(
    "WTLS public key certificate objects",
    CKC_WTLS,
    &[OBJECT, STORAGE, CERTIFICATE, WTLS_TABLE],
    check_by_value_or_url,
);

/// `CKC_X_509_ATTR_CERT`
pub(super) static ATTRIBUTE: Kind = certificate(
    "X.509 attribute certificate objects",
    CKC_X_509_ATTR_CERT,
    &[OBJECT, STORAGE, CERTIFICATE, ATTRIBUTE_TABLE],
    check_numbers,
);

/// The value or its URL, and with a URL the hashes of the keys.
fn check_by_value_or_url(attributes: &AttributeMap, origin: Origin) -> Result<()> {
    check_numbers(attributes, origin)?;
    let is_empty = |id| attributes.bytes(id).is_none_or(<[u8]>::is_empty);
    if is_empty(CKA_URL) {
        if is_empty(CKA_VALUE) {
            return Err(Error::TemplateIncomplete(
                "CKA_VALUE must be non-empty if CKA_URL is empty".into(),
            ));
        }
        return Ok(());
    }
    if is_empty(CKA_HASH_OF_SUBJECT_PUBLIC_KEY) || is_empty(CKA_HASH_OF_ISSUER_PUBLIC_KEY) {
        return Err(Error::TemplateIncomplete(
            "the public key hashes can only be empty if CKA_URL is empty".into(),
        ));
    }
    Ok(())
}

fn check_numbers(attributes: &AttributeMap, _: Origin) -> Result<()> {
    for (id, max) in [
        (
            CKA_CERTIFICATE_CATEGORY,
            CK_CERTIFICATE_CATEGORY_OTHER_ENTITY,
        ),
        (
            CKA_JAVA_MIDP_SECURITY_DOMAIN,
            CK_SECURITY_DOMAIN_THIRD_PARTY,
        ),
    ] {
        if attributes.ulong(id).is_some_and(|number| number > max) {
            return Err(Error::AttributeValueInvalid(
                format!("{id} has no such value").into(),
            ));
        }
    }
    Ok(())
}
