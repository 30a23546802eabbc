// SPDX-License-Identifier: MIT OR Apache-2.0
//! Trust objects: what a certificate is trusted for.
//!
//! Source: PKCS#11 v3.2, "Trust objects". This section has footnotes of its own.

use super::class;
use super::storage::{OBJECT, STORAGE};
use crate::error::{Error, Result};
use crate::object::Default::Ulong as Number;
use crate::object::ValueKind::{Bytes, Ulong};
use crate::object::{AttributeMap, Kind, Origin, Rule, rule};
use crate::pkcs11::AttributeType;
use crate::pkcs11::attribute::{
    CKA_HASH_OF_CERTIFICATE, CKA_ISSUER, CKA_NAME_HASH_ALGORITHM, CKA_SERIAL_NUMBER,
    CKA_TRUST_CLIENT_AUTH, CKA_TRUST_CODE_SIGNING, CKA_TRUST_EMAIL_PROTECTION, CKA_TRUST_IPSEC_IKE,
    CKA_TRUST_OCSP_SIGNING, CKA_TRUST_SERVER_AUTH, CKA_TRUST_TIME_STAMPING,
};
use crate::pkcs11::class::CKO_TRUST;
use crate::pkcs11::value::{CKT_NOT_TRUSTED, CKT_TRUST_MUST_VERIFY_TRUST, CKT_TRUST_UNKNOWN};

/// One `CKA_TRUST_...` row: "missing attributes are treated as CKT_TRUST_UNKNOWN".
// SPEC: the table forbids no change; trust that cannot be withdrawn would be of no use.
const fn trust(id: AttributeType) -> Rule {
    rule(id, Ulong, &[8]).or(Number(CKT_TRUST_UNKNOWN))
}

/// The `CKA_TRUST_...` attributes.
const PURPOSES: [AttributeType; 7] = [
    CKA_TRUST_SERVER_AUTH,
    CKA_TRUST_CLIENT_AUTH,
    CKA_TRUST_CODE_SIGNING,
    CKA_TRUST_EMAIL_PROTECTION,
    CKA_TRUST_IPSEC_IKE,
    CKA_TRUST_TIME_STAMPING,
    CKA_TRUST_OCSP_SIGNING,
];

/// "Trust Object Attributes"
const TRUST_TABLE: &[Rule] = &[
    rule(CKA_ISSUER, Bytes, &[1]),
    rule(CKA_SERIAL_NUMBER, Bytes, &[1]),
    rule(CKA_HASH_OF_CERTIFICATE, Bytes, &[]),
    rule(CKA_NAME_HASH_ALGORITHM, Ulong, &[]),
    trust(CKA_TRUST_SERVER_AUTH),
    trust(CKA_TRUST_CLIENT_AUTH),
    trust(CKA_TRUST_CODE_SIGNING),
    trust(CKA_TRUST_EMAIL_PROTECTION),
    trust(CKA_TRUST_IPSEC_IKE),
    trust(CKA_TRUST_TIME_STAMPING),
    trust(CKA_TRUST_OCSP_SIGNING),
];

/// `CKO_TRUST`
pub(super) static TRUST: Kind = class(
    "Trust objects",
    CKO_TRUST,
    &[OBJECT, STORAGE, TRUST_TABLE],
    check,
);

/// The hash "MUST be specified when the object is created unless all trust attributes are
/// CKT_TRUST_UNKNOWN, or CKT_NOT_TRUSTED".
fn check(attributes: &AttributeMap, _: Origin) -> Result<()> {
    for value in PURPOSES.into_iter().filter_map(|id| attributes.ulong(id)) {
        if value > CKT_TRUST_MUST_VERIFY_TRUST {
            return Err(Error::AttributeValueInvalid(
                "no such value of CK_TRUST".into(),
            ));
        }
        let grants = value != CKT_TRUST_UNKNOWN && value != CKT_NOT_TRUSTED;
        if grants && !attributes.has(CKA_HASH_OF_CERTIFICATE) {
            return Err(Error::TemplateIncomplete(
                "trust asks for CKA_HASH_OF_CERTIFICATE".into(),
            ));
        }
        // SPEC: the same row says that CKA_NAME_HASH_ALGORITHM "defaults to SHA-1 if not present", so it
        // may be left out.
    }
    Ok(())
}
