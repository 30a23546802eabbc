// SPDX-License-Identifier: MIT OR Apache-2.0
//! Rows that the three key classes have in common, and what the classes add.
//!
//! Source: PKCS#11 v3.2, "Key objects", "Public key objects", "Private key objects" and "Secret key
//! objects".

use crate::error::{Error, Result};
use crate::object::Default::{Computed, Empty, False, True};
use crate::object::ValueKind::{Bool, Bytes, Date, Mechanisms, Template, Ulong};
use crate::object::{AttributeMap, Kind, Origin, Rule, rule};
use crate::pkcs11::attribute::{
    CKA_ALLOWED_MECHANISMS, CKA_ALWAYS_AUTHENTICATE, CKA_ALWAYS_SENSITIVE, CKA_CHECK_VALUE,
    CKA_DECAPSULATE, CKA_DECAPSULATE_TEMPLATE, CKA_DECRYPT, CKA_DERIVE, CKA_DERIVE_TEMPLATE,
    CKA_ENCAPSULATE, CKA_ENCAPSULATE_TEMPLATE, CKA_ENCRYPT, CKA_END_DATE, CKA_EXTRACTABLE, CKA_ID,
    CKA_KEY_GEN_MECHANISM, CKA_KEY_TYPE, CKA_LOCAL, CKA_NEVER_EXTRACTABLE,
    CKA_OBJECT_VALIDATION_FLAGS, CKA_PRIVATE, CKA_PUBLIC_KEY_INFO, CKA_SENSITIVE, CKA_SIGN,
    CKA_SIGN_RECOVER, CKA_START_DATE, CKA_SUBJECT, CKA_TRUSTED, CKA_UNWRAP, CKA_UNWRAP_TEMPLATE,
    CKA_VERIFY, CKA_VERIFY_RECOVER, CKA_WRAP, CKA_WRAP_TEMPLATE, CKA_WRAP_WITH_TRUSTED,
};
use crate::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY};
use crate::pkcs11::{AttributeType, KeyType};

/// A usage attribute that fits the key type and is therefore true when no template says (note 9).
pub(super) const fn usage(id: AttributeType) -> Rule {
    rule(id, Bool, &[8, 9]).or(True)
}

/// A usage attribute that does not fit the key type.
const fn no_usage(id: AttributeType) -> Rule {
    rule(id, Bool, &[8, 9]).or(False)
}

/// "Common Key Attributes"
pub(super) const KEY: &[Rule] = &[
    rule(CKA_KEY_TYPE, Ulong, &[1, 5]),
    rule(CKA_ID, Bytes, &[8]).or(Empty),
    rule(CKA_START_DATE, Date, &[8]).or(Empty),
    rule(CKA_END_DATE, Date, &[8]).or(Empty),
    rule(CKA_DERIVE, Bool, &[8]).or(False),
    rule(CKA_LOCAL, Bool, &[2, 4, 6]).or(Computed),
    rule(CKA_KEY_GEN_MECHANISM, Ulong, &[2, 4, 6]).or(Computed),
    rule(CKA_ALLOWED_MECHANISMS, Mechanisms, &[]),
    // SPEC: the table has notes 4, 6, 9 and 12; without a validation nobody may claim one, so 2 as
    // well.
    rule(CKA_OBJECT_VALIDATION_FLAGS, Ulong, &[2, 4, 6, 9, 12]),
];

/// "Common Public Key Attributes"
// SPEC: CKA_PUBLIC_CRC64_VALUE is left out here and in the next table: its note 1 would refuse
// every key that a program of today imports.
pub(super) const PUBLIC_KEY: &[Rule] = &[
    rule(CKA_SUBJECT, Bytes, &[8]).or(Empty),
    no_usage(CKA_ENCRYPT),
    no_usage(CKA_VERIFY),
    no_usage(CKA_VERIFY_RECOVER),
    no_usage(CKA_WRAP),
    no_usage(CKA_ENCAPSULATE),
    rule(CKA_TRUSTED, Bool, &[10]).or(False),
    rule(CKA_WRAP_TEMPLATE, Template, &[]),
    rule(CKA_ENCAPSULATE_TEMPLATE, Template, &[]),
    rule(CKA_PUBLIC_KEY_INFO, Bytes, &[]).or(Computed),
];

/// "Common Private Key Attributes"
pub(super) const PRIVATE_KEY: &[Rule] = &[
    // SPEC: note 9 of CKA_PRIVATE, CKA_SENSITIVE and CKA_EXTRACTABLE: a key is kept as close as
    // can be.
    rule(CKA_PRIVATE, Bool, &[]).or(True),
    rule(CKA_SUBJECT, Bytes, &[8]).or(Empty),
    rule(CKA_SENSITIVE, Bool, &[8, 9, 11]).or(True),
    no_usage(CKA_DECRYPT),
    no_usage(CKA_SIGN),
    no_usage(CKA_SIGN_RECOVER),
    no_usage(CKA_UNWRAP),
    // SPEC: note 9: false for keys of RSA, Diffie-Hellman and elliptic curves, and CKA_ENCAPSULATE of
    // their public keys. A program that knows no C_DecapsulateKey says CKA_DECRYPT, CKA_UNWRAP or
    // CKA_DERIVE false, or gives a CKA_UNWRAP_TEMPLATE, and must not find a way around them.
    no_usage(CKA_DECAPSULATE),
    rule(CKA_EXTRACTABLE, Bool, &[8, 9, 12]).or(False),
    rule(CKA_ALWAYS_SENSITIVE, Bool, &[2, 4, 6]).or(Computed),
    rule(CKA_NEVER_EXTRACTABLE, Bool, &[2, 4, 6]).or(Computed),
    rule(CKA_WRAP_WITH_TRUSTED, Bool, &[11]).or(False),
    rule(CKA_UNWRAP_TEMPLATE, Template, &[]),
    rule(CKA_DECAPSULATE_TEMPLATE, Template, &[]),
    rule(CKA_DERIVE_TEMPLATE, Template, &[]),
    rule(CKA_ALWAYS_AUTHENTICATE, Bool, &[]).or(False),
    rule(CKA_PUBLIC_KEY_INFO, Bytes, &[8]).or(Computed),
];

/// "Common Secret Key Attributes"
pub(super) const SECRET_KEY: &[Rule] = &[
    // SPEC: note 9, as for private keys.
    rule(CKA_PRIVATE, Bool, &[]).or(True),
    // SPEC: the table says "default CK_FALSE"; a software token keeps a key whose template is
    // silent concealed, also when C_UnwrapKey makes it extractable by default, and its users
    // expect that.
    rule(CKA_SENSITIVE, Bool, &[8, 11]).or(True),
    no_usage(CKA_ENCRYPT),
    no_usage(CKA_DECRYPT),
    no_usage(CKA_SIGN),
    no_usage(CKA_VERIFY),
    no_usage(CKA_WRAP),
    no_usage(CKA_UNWRAP),
    rule(CKA_EXTRACTABLE, Bool, &[8, 9, 12]).or(False),
    rule(CKA_ALWAYS_SENSITIVE, Bool, &[2, 4, 6]).or(Computed),
    rule(CKA_NEVER_EXTRACTABLE, Bool, &[2, 4, 6]).or(Computed),
    rule(CKA_CHECK_VALUE, Bytes, &[]).or(Computed),
    rule(CKA_WRAP_WITH_TRUSTED, Bool, &[11]).or(False),
    rule(CKA_TRUSTED, Bool, &[10]).or(False),
    rule(CKA_WRAP_TEMPLATE, Template, &[]),
    rule(CKA_UNWRAP_TEMPLATE, Template, &[]),
    rule(CKA_DERIVE_TEMPLATE, Template, &[]),
];

/// A kind of public key.
pub(super) const fn public(
    spec: &'static str,
    key_type: KeyType,
    tables: &'static [&'static [Rule]],
) -> Kind {
    Kind {
        spec,
        class: CKO_PUBLIC_KEY,
        key_type: Some(key_type),
        subtype: None,
        tables,
        check: super::unchecked,
    }
}

/// A kind of private key.
pub(super) const fn private(
    spec: &'static str,
    key_type: KeyType,
    tables: &'static [&'static [Rule]],
) -> Kind {
    Kind {
        spec,
        class: CKO_PRIVATE_KEY,
        key_type: Some(key_type),
        subtype: None,
        tables,
        check: check_private,
    }
}

/// A kind of secret key.
pub(super) const fn secret(
    spec: &'static str,
    key_type: KeyType,
    tables: &'static [&'static [Rule]],
) -> Kind {
    Kind {
        spec,
        class: CKO_SECRET_KEY,
        key_type: Some(key_type),
        subtype: None,
        tables,
        check: super::unchecked,
    }
}

/// "This attribute may only be set to CK_TRUE when CKA_PRIVATE is also CK_TRUE."
fn check_private(attributes: &AttributeMap, _: Origin) -> Result<()> {
    if attributes.is_true(CKA_ALWAYS_AUTHENTICATE) && !attributes.is_true(CKA_PRIVATE) {
        return Err(Error::TemplateInconsistent(
            "CKA_ALWAYS_AUTHENTICATE asks for CKA_PRIVATE".into(),
        ));
    }
    Ok(())
}
