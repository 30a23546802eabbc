// SPDX-License-Identifier: MIT OR Apache-2.0
//! The RSA rows of the registry, driven as the session drives them.

use std::sync::{Arc, OnceLock};

use keystead::error::{Error, Result};
use keystead::mechanism::{
    Accumulate, Check, Generation, Mechanism, Pair, Params, Random, Rng, Setup, Transform, all,
    find, material,
};
use keystead::object::{AttributeMap, Kind, Object, Origin, UsableKey, Use, Value, authorize};
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_COEFFICIENT, CKA_DECRYPT, CKA_ENCRYPT, CKA_EXPONENT_1, CKA_EXPONENT_2,
    CKA_KEY_TYPE, CKA_MODULUS, CKA_MODULUS_BITS, CKA_PRIME_1, CKA_PRIME_2, CKA_PRIVATE_EXPONENT,
    CKA_PUBLIC_EXPONENT, CKA_PUBLIC_KEY_INFO, CKA_SIGN, CKA_SIGN_RECOVER, CKA_UNWRAP, CKA_VERIFY,
    CKA_VERIFY_RECOVER, CKA_WRAP,
};
use keystead::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use keystead::pkcs11::key_type::CKK_RSA;
use keystead::pkcs11::mechanism::{
    CKM_AES_CBC, CKM_RSA_PKCS, CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_RSA_PKCS_OAEP, CKM_RSA_PKCS_PSS,
    CKM_RSA_X_509, CKM_SHA_1, CKM_SHA256, CKM_SHA256_HMAC, CKM_SHA256_RSA_PKCS_PSS, CKM_SHA384,
};
use keystead::pkcs11::mgf::{CKG_MGF1_SHA1, CKG_MGF1_SHA256};
use keystead::pkcs11::{AttributeType, MechanismType, MgfType, ObjectClass};
use keystead::secret::SecretBytes;

const fn kind(class: ObjectClass) -> Kind {
    Kind {
        spec: "RSA",
        class,
        key_type: Some(CKK_RSA),
        subtype: None,
        tables: &[],
        check: |_, _| Ok(()),
    }
}

static PUBLIC: Kind = kind(CKO_PUBLIC_KEY);
static PRIVATE: Kind = kind(CKO_PRIVATE_KEY);

struct System;

impl Random for System {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        getrandom::fill(bytes).map_err(|_| Error::DeviceError("no randomness".into()))
    }

    fn mix(&self, _seed: &[u8]) -> Result<()> {
        Ok(())
    }
}

const RNG: Rng = Rng(&System);

const PSS: Params<'static> = Params::RsaPss {
    hash: CKM_SHA256,
    mgf: CKG_MGF1_SHA256,
    salt_len: 32,
};

const OAEP: Params<'static> = Params::RsaOaep {
    hash: CKM_SHA256,
    mgf: CKG_MGF1_SHA1,
    source: 1,
    label: b"label",
};

/// What an admitted template of this class holds before its material is made.
fn admitted(kind: &Kind) -> AttributeMap {
    let uses = [
        CKA_ENCRYPT,
        CKA_DECRYPT,
        CKA_SIGN,
        CKA_SIGN_RECOVER,
        CKA_VERIFY,
        CKA_VERIFY_RECOVER,
        CKA_WRAP,
        CKA_UNWRAP,
    ];
    let mut attributes: AttributeMap = uses.into_iter().map(|id| (id, Value::Bool(true))).collect();
    attributes.set(CKA_CLASS, Value::Ulong(kind.class.0));
    attributes.set(CKA_KEY_TYPE, Value::Ulong(CKK_RSA.0));
    attributes
}

fn generate(bits: u64, e: Option<&[u8]>) -> Result<(AttributeMap, AttributeMap)> {
    let (mut public, mut private) = (admitted(&PUBLIC), admitted(&PRIVATE));
    public.set(CKA_MODULUS_BITS, Value::Ulong(bits));
    if let Some(e) = e {
        public.set(CKA_PUBLIC_EXPONENT, Value::Bytes(e.to_vec()));
    }
    run_generation(&mut public, &mut private)?;
    Ok((public, private))
}

fn run_generation(public: &mut AttributeMap, private: &mut AttributeMap) -> Result<()> {
    let mechanism = find(CKM_RSA_PKCS_KEY_PAIR_GEN)?;
    let generation = Generation {
        mechanism,
        params: &Params::None,
        rng: RNG,
    };
    let make = mechanism.roles.generate_pair.unwrap();
    make(
        &generation,
        Pair {
            public: &mut *public,
            private: &mut *private,
        },
    )?;
    material::complete(&PUBLIC, public, Origin::Generate)?;
    material::complete(&PRIVATE, private, Origin::Generate)
}

/// One pair for all tests.
fn pair() -> &'static (Arc<Object>, Arc<Object>) {
    static PAIR: OnceLock<(Arc<Object>, Arc<Object>)> = OnceLock::new();
    PAIR.get_or_init(|| {
        let (public, private) = generate(2048, None).unwrap();
        let public = Object::new(&PUBLIC, public);
        (Arc::new(public), Arc::new(Object::new(&PRIVATE, private)))
    })
}

fn usable(purpose: Use, id: MechanismType) -> UsableKey {
    let is_public = matches!(
        purpose,
        Use::Encrypt | Use::Verify | Use::VerifyRecover | Use::Wrap
    );
    let (public, private) = pair();
    let object = if is_public { public } else { private };
    authorize(Arc::clone(object), purpose, id).unwrap()
}

fn setup<'a>(purpose: Use, mechanism: &'static Mechanism, params: &'a Params<'a>) -> Setup<'a> {
    Setup {
        mechanism,
        key: usable(purpose, mechanism.id),
        params,
        rng: RNG,
    }
}

fn signer(id: MechanismType, params: &Params<'_>) -> Result<Box<dyn Accumulate>> {
    let row = find(id)?;
    (row.roles.sign.unwrap())(&setup(Use::Sign, row, params))
}

fn verifier(id: MechanismType, params: &Params<'_>) -> Result<Box<dyn Check>> {
    let row = find(id)?;
    (row.roles.verify.unwrap())(&setup(Use::Verify, row, params))
}

fn encrypter(id: MechanismType, params: &Params<'_>) -> Result<Box<dyn Transform>> {
    let row = find(id)?;
    (row.roles.encrypt.unwrap())(&setup(Use::Encrypt, row, params))
}

fn decrypter(id: MechanismType, params: &Params<'_>) -> Result<Box<dyn Transform>> {
    let row = find(id)?;
    (row.roles.decrypt.unwrap())(&setup(Use::Decrypt, row, params))
}

/// The hash that a mechanism's name starts with; plain PSS takes SHA-256 here.
fn hash_in_name(id: MechanismType) -> MechanismType {
    let name = id.name().unwrap();
    let hash = name.split("_RSA_PKCS").next().unwrap();
    match hash {
        "CKM" => CKM_SHA256,
        "CKM_SHA1" => CKM_SHA_1,
        other => MechanismType::from_name(other).unwrap(),
    }
}

fn params_for(id: MechanismType) -> Params<'static> {
    let name = id.name().unwrap();
    if name.ends_with("_PSS") {
        Params::RsaPss {
            hash: hash_in_name(id),
            mgf: CKG_MGF1_SHA256,
            salt_len: 20,
        }
    } else if name.ends_with("_OAEP") {
        OAEP
    } else {
        Params::None
    }
}

fn rsa_rows() -> impl Iterator<Item = &'static Mechanism> {
    all().filter(|row| row.keys == [CKK_RSA])
}

#[test]
fn every_signature_verifies_in_one_part_and_in_many() {
    let mut count = 0;
    for row in rsa_rows().filter(|row| row.roles.sign.is_some()) {
        let params = params_for(row.id);
        let message = [7; 32];
        let signature = signer(row.id, &params).unwrap().single(&message).unwrap();
        assert_eq!(signature.len(), 256, "{}", row.id);
        assert_eq!(signer(row.id, &params).unwrap().output_len(), 256);
        let check = verifier(row.id, &params).unwrap();
        check.single(&message, signature.expose()).unwrap();

        let mut parts = signer(row.id, &params).unwrap();
        parts.update(&message[..5]).unwrap();
        parts.update(&[]).unwrap();
        parts.update(&message[5..]).unwrap();
        let signature = parts.finish().unwrap();
        let mut check = verifier(row.id, &params).unwrap();
        check.update(&message[..31]).unwrap();
        check.update(&message[31..]).unwrap();
        check.finish(signature.expose()).unwrap();

        let refused = |message: &[u8], signature: &[u8]| {
            let check = verifier(row.id, &params).unwrap();
            check.single(message, signature).unwrap_err()
        };
        let mut bad = signature.duplicate();
        bad.expose_mut()[255] ^= 1;
        assert!(matches!(
            refused(&message, bad.expose()),
            Error::SignatureInvalid(_)
        ));
        assert!(matches!(
            refused(&[8; 32], signature.expose()),
            Error::SignatureInvalid(_)
        ));
        let short = &signature.expose()[..255];
        assert!(matches!(
            refused(&message, short),
            Error::SignatureLenRange(_)
        ));
        count += 1;
    }
    assert_eq!(count, 2 + 9 + 10);
}

#[test]
fn every_encryption_decrypts_in_one_part_and_in_many() {
    let mut count = 0;
    for row in rsa_rows().filter(|row| row.roles.encrypt.is_some()) {
        let params = params_for(row.id);
        let message = [7; 100];
        let sealed = encrypter(row.id, &params)
            .unwrap()
            .single(&message)
            .unwrap();
        let opened = decrypter(row.id, &params)
            .unwrap()
            .single(sealed.expose())
            .unwrap();
        assert!(opened.expose().ends_with(&message), "{}", row.id);
        let expected_len = if row.id == CKM_RSA_X_509 { 256 } else { 100 };
        assert_eq!(opened.len(), expected_len, "{}", row.id);
        assert!(decrypter(row.id, &params).unwrap().single_len(256) >= expected_len);

        let mut parts = encrypter(row.id, &params).unwrap();
        assert_eq!(parts.update_len(99), 0);
        assert!(parts.update(&message[..99]).unwrap().is_empty());
        assert!(parts.update(&message[99..]).unwrap().is_empty());
        let sealed = parts.finish().unwrap();
        let mut parts = decrypter(row.id, &params).unwrap();
        assert!(parts.update(&sealed.expose()[..1]).unwrap().is_empty());
        assert!(parts.update(&sealed.expose()[1..]).unwrap().is_empty());
        assert!(matches!(
            parts.update(&[0]),
            Err(Error::EncryptedDataLenRange(_))
        ));
        assert!(parts.finish().unwrap().expose().ends_with(&message));
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn recovery_gives_back_what_was_signed() {
    for id in [CKM_RSA_PKCS, CKM_RSA_X_509] {
        let row = find(id).unwrap();
        let sign = row.roles.sign_recover.unwrap();
        let recover = row.roles.verify_recover.unwrap();
        let params = Params::None;
        let sign = sign(&setup(Use::SignRecover, row, &params)).unwrap();
        let recover = recover(&setup(Use::VerifyRecover, row, &params)).unwrap();
        let signature = sign.single(b"message").unwrap();
        let message = recover.single(signature.expose()).unwrap();
        assert!(message.expose().ends_with(b"message"));
        assert_eq!(message.len(), if id == CKM_RSA_PKCS { 7 } else { 256 });
        let outcome = recover.single(&signature.expose()[1..]);
        assert!(matches!(outcome, Err(Error::SignatureLenRange(_))));
    }
}

#[test]
fn wrapped_keys_unwrap_and_errors_speak_of_wrapping() {
    for row in rsa_rows().filter(|row| row.roles.wrap.is_some()) {
        let params = params_for(row.id);
        let (wrap, unwrap) = (row.roles.wrap.unwrap(), row.roles.unwrap.unwrap());
        let key = SecretBytes::from_slice(&[9; 32]);
        let wrapping = setup(Use::Wrap, row, &params);
        let unwrapping = setup(Use::Unwrap, row, &params);
        let wrapped = wrap(&wrapping, &key).unwrap();
        let unwrapped = unwrap(&unwrapping, wrapped.expose()).unwrap();
        assert!(unwrapped.expose().ends_with(key.expose()));
        let large = SecretBytes::from_slice(&[0xff; 256]);
        assert!(matches!(
            wrap(&wrapping, &large),
            Err(Error::KeySizeRange(_))
        ));
        let short = unwrap(&unwrapping, &wrapped.expose()[1..]);
        assert!(matches!(short, Err(Error::WrappedKeyLenRange(_))));
        let above = unwrap(&unwrapping, &[0xff; 256]);
        assert!(matches!(above, Err(Error::WrappedKeyInvalid(_))));
    }
}

#[test]
fn data_that_does_not_fit_is_refused() {
    let sign = |id, params: &Params<'_>, len| signer(id, params).unwrap().single(&vec![7; len]);
    assert!(sign(CKM_RSA_PKCS, &Params::None, 245).is_ok());
    assert!(matches!(
        sign(CKM_RSA_PKCS, &Params::None, 246),
        Err(Error::DataLenRange(_))
    ));
    assert!(matches!(
        sign(CKM_RSA_X_509, &Params::None, 257),
        Err(Error::DataLenRange(_))
    ));
    assert!(matches!(
        sign(CKM_RSA_PKCS_PSS, &PSS, 31),
        Err(Error::DataLenRange(_))
    ));
    assert!(matches!(
        sign(CKM_RSA_PKCS_PSS, &PSS, 33),
        Err(Error::DataLenRange(_))
    ));
    let above = signer(CKM_RSA_X_509, &Params::None)
        .unwrap()
        .single(&[0xff; 256]);
    assert!(matches!(above, Err(Error::DataInvalid(_))));
    let mut parts = signer(CKM_RSA_PKCS, &Params::None).unwrap();
    parts.update(&[7; 245]).unwrap();
    assert!(matches!(parts.update(&[7]), Err(Error::DataLenRange(_))));
    let encrypt = |len| {
        encrypter(CKM_RSA_PKCS_OAEP, &OAEP)
            .unwrap()
            .single(&vec![7; len])
    };
    assert!(encrypt(256 - 66).is_ok());
    assert!(matches!(encrypt(256 - 65), Err(Error::DataLenRange(_))));
}

#[test]
fn bad_parameters_are_refused() {
    let pss = |id, hash, mgf, salt_len| {
        let params = Params::RsaPss {
            hash,
            mgf,
            salt_len,
        };
        let outcome = signer(id, &params).map(|_| ());
        assert_eq!(verifier(id, &params).map(|_| ()), outcome);
        outcome
    };
    assert!(pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA1, 222).is_ok());
    for bad in [
        pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA384, CKG_MGF1_SHA256, 32),
        pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, 223),
        pss(
            CKM_SHA256_RSA_PKCS_PSS,
            CKM_SHA256,
            CKG_MGF1_SHA256,
            u64::MAX,
        ),
        pss(CKM_RSA_PKCS_PSS, CKM_AES_CBC, CKG_MGF1_SHA256, 32),
        pss(CKM_RSA_PKCS_PSS, CKM_SHA256, MgfType(0), 32),
        signer(CKM_RSA_PKCS_PSS, &Params::None).map(|_| ()),
    ] {
        assert!(
            matches!(bad, Err(Error::MechanismParamInvalid(_))),
            "{bad:?}"
        );
    }
    let oaep = |hash, mgf, source, label| {
        let params = Params::RsaOaep {
            hash,
            mgf,
            source,
            label,
        };
        encrypter(CKM_RSA_PKCS_OAEP, &params).map(|_| ())
    };
    assert!(oaep(CKM_SHA_1, CKG_MGF1_SHA256, 0, b"").is_ok());
    for bad in [
        oaep(CKM_SHA_1, CKG_MGF1_SHA1, 0, b"label"),
        oaep(CKM_SHA_1, CKG_MGF1_SHA1, 2, b""),
        oaep(CKM_SHA_1, MgfType(99), 1, b""),
        oaep(CKM_SHA256_HMAC, CKG_MGF1_SHA1, 1, b""),
    ] {
        assert!(
            matches!(bad, Err(Error::MechanismParamInvalid(_))),
            "{bad:?}"
        );
    }
}

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
