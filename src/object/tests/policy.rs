// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which key may be used for what, and which may leave the token.
//!
//! Source: PKCS#11 v3.2, "Key objects" and "C_WrapKey".

use std::sync::Arc;

use super::{Entries, aes, code, data, ec_private, ec_public, rsa_private, rsa_public, some};
use crate::error::Result;
use crate::object::{Actor, Admission, Object, UsableKey, Use, Value, admit, authorize, may_wrap};
use crate::pkcs11::MechanismType;
use crate::pkcs11::attribute::{
    CKA_ALLOWED_MECHANISMS, CKA_DECAPSULATE, CKA_ENCAPSULATE, CKA_END_DATE, CKA_EXTRACTABLE,
    CKA_LABEL, CKA_SIGN, CKA_START_DATE, CKA_TRUSTED, CKA_VALUE, CKA_WRAP, CKA_WRAP_TEMPLATE,
    CKA_WRAP_WITH_TRUSTED,
};
use crate::pkcs11::mechanism::{CKM_AES_CBC, CKM_AES_ECB, CKM_RSA_PKCS};
use crate::pkcs11::rv::{
    CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_KEY_HANDLE_INVALID, CKR_KEY_INDIGESTIBLE,
    CKR_KEY_NOT_WRAPPABLE, CKR_KEY_UNEXTRACTABLE, CKR_MECHANISM_INVALID, CKR_OK,
};

fn asked(entries: &Entries, purpose: Use, mechanism: MechanismType) -> Result<UsableKey> {
    authorize(Arc::new(entries.create().unwrap()), purpose, mechanism)
}

#[test]
fn a_key_does_what_its_class_and_its_attributes_say() {
    let all = [
        Use::Encrypt,
        Use::Decrypt,
        Use::Sign,
        Use::SignRecover,
        Use::Verify,
        Use::VerifyRecover,
        Use::Wrap,
        Use::Unwrap,
        Use::Derive,
        Use::Encapsulate,
        Use::Decapsulate,
        Use::Digest,
    ];
    let check = |entries: Entries, able: &[Use]| {
        for purpose in all {
            let permitted = asked(&entries, purpose, CKM_RSA_PKCS).is_ok();
            assert_eq!(permitted, able.contains(&purpose), "{purpose:?}");
        }
    };
    check(
        rsa_public(),
        &[Use::Encrypt, Use::Verify, Use::VerifyRecover, Use::Wrap],
    );
    check(
        rsa_private(),
        &[Use::Decrypt, Use::Sign, Use::SignRecover, Use::Unwrap],
    );
    check(ec_private(), &[Use::Sign, Use::Derive]);
    let encapsulating = ec_public().and(CKA_ENCAPSULATE, true);
    check(encapsulating, &[Use::Verify, Use::Encapsulate]);
    let decapsulating = ec_private().and(CKA_DECAPSULATE, true);
    check(decapsulating, &[Use::Sign, Use::Derive, Use::Decapsulate]);
    check(
        aes(),
        &[
            Use::Encrypt,
            Use::Decrypt,
            Use::Sign,
            Use::Verify,
            Use::Wrap,
            Use::Unwrap,
            Use::Derive,
            Use::Digest,
        ],
    );
}

#[test]
fn each_refusal_has_its_code() {
    let off = rsa_private().and(CKA_SIGN, false);
    let refused = asked(&off, Use::Sign, CKM_RSA_PKCS);
    assert_eq!(code(refused), CKR_KEY_FUNCTION_NOT_PERMITTED);
    let refused = asked(&rsa_public(), Use::Sign, CKM_RSA_PKCS);
    assert_eq!(code(refused), CKR_KEY_FUNCTION_NOT_PERMITTED);
    assert_eq!(
        code(asked(&data(), Use::Sign, CKM_RSA_PKCS)),
        CKR_KEY_HANDLE_INVALID
    );
    let refused = asked(&rsa_private(), Use::Digest, CKM_RSA_PKCS);
    assert_eq!(code(refused), CKR_KEY_INDIGESTIBLE);
}

#[test]
fn only_allowed_mechanisms_are_allowed() {
    let one = aes().and(CKA_ALLOWED_MECHANISMS, CKM_AES_CBC.0);
    assert_eq!(code(asked(&one, Use::Encrypt, CKM_AES_CBC)), CKR_OK);
    let refused = asked(&one, Use::Encrypt, CKM_AES_ECB);
    assert_eq!(code(refused), CKR_MECHANISM_INVALID);
    let none = aes().and(CKA_ALLOWED_MECHANISMS, b"");
    assert_eq!(code(asked(&none, Use::Encrypt, CKM_AES_ECB)), CKR_OK);
}

#[test]
fn dates_restrict_nothing() {
    let old = aes()
        .and(CKA_START_DATE, b"19990101")
        .and(CKA_END_DATE, b"19991231");
    assert_eq!(code(asked(&old, Use::Encrypt, CKM_AES_ECB)), CKR_OK);
}

fn wrap(wrapping: &Entries, target: &Entries) -> Result<()> {
    may_wrap(&asked(wrapping, Use::Wrap, CKM_AES_ECB)?, &target.create()?)
}

#[test]
fn a_key_leaves_the_token_only_if_it_may() {
    let loose = || aes().and(CKA_EXTRACTABLE, true);
    assert_eq!(code(wrap(&aes(), &loose())), CKR_OK);
    assert_eq!(code(wrap(&aes(), &aes())), CKR_KEY_UNEXTRACTABLE);
    assert_eq!(code(wrap(&aes(), &rsa_public())), CKR_KEY_NOT_WRAPPABLE);
    assert_eq!(code(wrap(&aes(), &data())), CKR_KEY_HANDLE_INVALID);
    let off = aes().and(CKA_WRAP, false);
    assert_eq!(code(wrap(&off, &loose())), CKR_KEY_FUNCTION_NOT_PERMITTED);
}

#[test]
fn a_key_that_asks_for_a_trusted_wrapping_key_gets_one() {
    let target = aes()
        .and(CKA_EXTRACTABLE, true)
        .and(CKA_WRAP_WITH_TRUSTED, true);
    assert_eq!(code(wrap(&aes(), &target)), CKR_KEY_NOT_WRAPPABLE);
    let by_so = Admission {
        actor: Actor::SecurityOfficer,
        ..super::BY_USER
    };
    let trusted = aes().and(CKA_TRUSTED, true);
    let (kind, attributes) = admit(&trusted.template(), &by_so).unwrap();
    let key = authorize(
        Arc::new(Object::new(kind, attributes)),
        Use::Wrap,
        CKM_AES_ECB,
    )
    .unwrap();
    assert_eq!(code(may_wrap(&key, &target.create().unwrap())), CKR_OK);
}

#[test]
fn a_wrapping_key_takes_only_what_its_template_matches() {
    let wrapping = aes().and(CKA_WRAP_TEMPLATE, some(CKA_LABEL, b"ours"));
    let ours = aes().and(CKA_EXTRACTABLE, true).and(CKA_LABEL, b"ours");
    let theirs = aes().and(CKA_EXTRACTABLE, true).and(CKA_LABEL, b"theirs");
    assert_eq!(code(wrap(&wrapping, &ours)), CKR_OK);
    assert_eq!(code(wrap(&wrapping, &theirs)), CKR_KEY_HANDLE_INVALID);
    let nosy = aes().and(CKA_WRAP_TEMPLATE, some(CKA_VALUE, &[7; 16]));
    assert_eq!(
        code(wrap(&nosy, &ours)),
        CKR_KEY_HANDLE_INVALID,
        "a value is no selector"
    );
}

#[test]
fn a_key_without_a_type_is_of_no_use() {
    let object = aes().create().unwrap();
    let attributes = object
        .attributes()
        .duplicate()
        .iter()
        .filter(|(_, value)| !matches!(value, Value::Ulong(_)))
        .map(|(id, value)| (id, value.duplicate()))
        .collect();
    let broken = Arc::new(Object::new(object.kind(), attributes));
    assert!(authorize(broken, Use::Encrypt, CKM_AES_ECB).is_err());
}
