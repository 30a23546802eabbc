// SPDX-License-Identifier: MIT OR Apache-2.0
//! RSA keys as attributes, SubjectPublicKeyInfo and PKCS#8: made, completed, exported, imported.

use keystead::error::Error;
use keystead::mechanism::material;
use keystead::object::{AttributeMap, Object, Origin, Value};
use keystead::pkcs11::AttributeType;
use keystead::pkcs11::attribute::{
    CKA_COEFFICIENT, CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_MODULUS, CKA_MODULUS_BITS, CKA_PRIME_1,
    CKA_PRIME_2, CKA_PRIVATE_EXPONENT, CKA_PUBLIC_EXPONENT, CKA_PUBLIC_KEY_INFO,
};
use keystead::secret::SecretBytes;

use super::rsa_objects::{PRIVATE, PUBLIC, admitted, generate, pair, run_generation};

#[test]
fn generation_follows_the_public_template() {
    let (public, private) = generate(1024, Some(&[0, 3])).unwrap();
    assert_eq!(public.ulong(CKA_MODULUS_BITS), Some(1024));
    assert_eq!(public.bytes(CKA_MODULUS).unwrap().len(), 128);
    for id in [CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_PUBLIC_KEY_INFO] {
        assert_eq!(public.bytes(id), private.bytes(id), "{id}");
    }
    assert_eq!(public.bytes(CKA_PUBLIC_EXPONENT), Some(&[3][..]));
    assert!(!private.has(CKA_MODULUS_BITS));
    for id in SECRETS {
        assert!(matches!(private.value(id), Some(Value::Secret(_))), "{id}");
        assert!(!public.has(id));
    }
    let (mut public, mut private) = (admitted(&PUBLIC), admitted(&PRIVATE));
    let outcome = run_generation(&mut public, &mut private);
    assert!(matches!(outcome, Err(Error::TemplateIncomplete(_))));
    assert!(matches!(generate(512, None), Err(Error::KeySizeRange(_))));
    assert!(matches!(
        generate(1024, Some(&[4])),
        Err(Error::TemplateInconsistent(_))
    ));
}

const SECRETS: [AttributeType; 6] = [
    CKA_PRIVATE_EXPONENT,
    CKA_PRIME_1,
    CKA_PRIME_2,
    CKA_EXPONENT_1,
    CKA_EXPONENT_2,
    CKA_COEFFICIENT,
];

/// A private key as an application would create it, from some of its numbers.
fn created(from: &AttributeMap, ids: &[AttributeType]) -> AttributeMap {
    let mut attributes = admitted(&PRIVATE);
    for id in ids {
        attributes.set(*id, from.value(*id).unwrap().duplicate());
    }
    attributes
}

fn assert_same_key(one: &AttributeMap, other: &AttributeMap) {
    for id in SECRETS
        .into_iter()
        .chain([CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_PUBLIC_KEY_INFO])
    {
        // The primes may change places, and the values that hang on them with them.
        let is_prime_bound = SECRETS[1..].contains(&id);
        let value = other.bytes(id).unwrap();
        assert!(one.bytes(id) == Some(value) || is_prime_bound, "{id}");
    }
}

#[test]
fn created_private_keys_are_completed() {
    let full = pair().1.attributes();
    let bare = [CKA_MODULUS, CKA_PRIVATE_EXPONENT];
    let classic = [CKA_MODULUS, CKA_PRIVATE_EXPONENT, CKA_PUBLIC_EXPONENT];
    let primes = [CKA_MODULUS, CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2];
    for ids in [&bare[..], &classic, &primes] {
        let mut attributes = created(full, ids);
        material::complete(&PRIVATE, &mut attributes, Origin::Create).unwrap();
        assert_same_key(full, &attributes);
        let object = Object::new(&PRIVATE, attributes);
        material::export(&object).unwrap();
    }
    for ids in [&[CKA_MODULUS][..], &[CKA_PRIVATE_EXPONENT]] {
        let outcome =
            material::complete(&PRIVATE, &mut created(full, ids), Origin::Create).unwrap_err();
        assert!(matches!(outcome, Error::TemplateIncomplete(_)));
    }
    for id in SECRETS
        .into_iter()
        .chain([CKA_MODULUS, CKA_PUBLIC_EXPONENT])
    {
        let mut attributes = created(full, &SECRETS);
        for id in [CKA_MODULUS, CKA_PUBLIC_EXPONENT] {
            attributes.set(id, full.value(id).unwrap().duplicate());
        }
        let mut wrong = full.bytes(id).unwrap().to_vec();
        wrong[0] ^= 0x40;
        attributes.set(id, Value::Bytes(wrong));
        let outcome = material::complete(&PRIVATE, &mut attributes, Origin::Create);
        assert!(
            matches!(outcome, Err(Error::AttributeValueInvalid(_))),
            "{id}"
        );
    }
}

#[test]
fn created_public_keys_are_normalised() {
    let full = pair().0.attributes();
    let mut attributes = admitted(&PUBLIC);
    let padded = [&[0][..], full.bytes(CKA_MODULUS).unwrap()].concat();
    attributes.set(CKA_MODULUS, Value::Bytes(padded));
    attributes.set(CKA_PUBLIC_EXPONENT, Value::Bytes(vec![0, 1, 0, 1]));
    material::complete(&PUBLIC, &mut attributes, Origin::Create).unwrap();
    for id in [CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_PUBLIC_KEY_INFO] {
        assert_eq!(attributes.bytes(id), full.bytes(id));
    }
    assert_eq!(attributes.ulong(CKA_MODULUS_BITS), Some(2048));
    attributes.set(CKA_PUBLIC_KEY_INFO, Value::Bytes(vec![0x30, 0]));
    let outcome = material::complete(&PUBLIC, &mut attributes, Origin::Create);
    assert!(matches!(outcome, Err(Error::AttributeValueInvalid(_))));
}

#[test]
fn exported_keys_are_pkcs8_and_come_back() {
    use rsa::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
    use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
    let (public, private) = pair();
    let full = private.attributes();
    let exported = material::export(private).unwrap();
    let read = rsa::PrivateKey::from_pkcs8_der(exported.expose()).unwrap();
    let d = read.d().to_be_bytes_trimmed_vartime();
    assert_eq!(full.bytes(CKA_PRIVATE_EXPONENT), Some(&*d));
    let info = full.bytes(CKA_PUBLIC_KEY_INFO).unwrap();
    let read = rsa::PublicKey::from_public_key_der(info).unwrap();
    assert_eq!(full.bytes(CKA_MODULUS), Some(&*read.n_bytes()));

    let mut imported = admitted(&PRIVATE);
    material::import(&PRIVATE, &mut imported, &exported).unwrap();
    material::complete(&PRIVATE, &mut imported, Origin::Unwrap).unwrap();
    assert_same_key(full, &imported);
    assert!(matches!(
        material::export(public),
        Err(Error::KeyNotWrappable(_))
    ));
    let mut bent = exported.duplicate();
    let middle = bent.len() / 2;
    bent.expose_mut()[middle] ^= 1;
    for bad in [
        bent,
        SecretBytes::from_slice(b"no key"),
        exported.truncated(99),
    ] {
        let outcome = material::import(&PRIVATE, &mut admitted(&PRIVATE), &bad);
        assert!(matches!(outcome, Err(Error::WrappedKeyInvalid(_))));
    }
}
