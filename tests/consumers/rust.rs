// SPDX-License-Identifier: MIT OR Apache-2.0
//! Rust's crate `cryptoki` on a token that the tool made, in a process of its own.
//!
//! `tests/abi/client.rs` has the lattices, encapsulation and wrapping; here stand the keys and calls
//! of every day, threads, and the errors by their names.

use std::process::Command;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::aead::{GcmMessageParams, GeneratorFunction};
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::hkdf::{HkdfParams, HkdfSalt};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsOaepParams, PkcsOaepSource, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType, MessageParam};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;

const CHILD: &str = "KEYSTEAD_RUST_CHILD";
const PIN: &str = "userpin-1234";
const ED25519: [u8; 5] = [0x06, 0x03, 0x2b, 0x65, 0x70];
/// OBJECT IDENTIFIER ansip160k1, 1.3.132.0.9, a curve that the token does not have.
const UNKNOWN_CURVE: [u8; 7] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x09];

#[test]
fn rust_uses_the_token_by_cryptoki() {
    if std::env::var_os(CHILD).is_some() {
        program();
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let run = |mut command: Command| {
        let output = command
            .env_clear()
            .env(CHILD, "1")
            .env("HOME", home.path())
            .env("XDG_DATA_HOME", home.path())
            .env("KEYSTEAD_LOG", "warn")
            .envs([("PIN", PIN), ("SO_PIN", "sopin-567890")])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}\n{errors}");
        said
    };
    let mut tool = Command::new(env!("CARGO_BIN_EXE_keystead"));
    tool.args(["init", "--label", "consumer"]);
    tool.args(["--so-pin-env", "SO_PIN", "--user-pin-env", "PIN"]);
    run(tool);
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "rust::rust_uses_the_token_by_cryptoki"]);
    assert!(run(child).contains("1 passed"));
}

fn program() {
    let pkcs11 = Pkcs11::new(crate::library()).unwrap();
    refused(
        pkcs11.get_slots_with_token(),
        RvError::CryptokiNotInitialized,
    );
    let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    pkcs11.initialize(arguments).unwrap();
    let slots = pkcs11.get_slots_with_token().unwrap();
    let labelled = |slot: &Slot| pkcs11.get_token_info(*slot).unwrap().label() == "consumer";
    let slot = slots.into_iter().find(labelled).unwrap();
    let session = pkcs11.open_rw_session(slot).unwrap();
    let wrong = AuthPin::from("wrong-1234");
    refused(
        session.login(UserType::User, Some(&wrong)),
        RvError::PinIncorrect,
    );
    let pin = AuthPin::from(PIN);
    session.login(UserType::User, Some(&pin)).unwrap();
    refused(
        session.login(UserType::User, Some(&pin)),
        RvError::UserAlreadyLoggedIn,
    );

    rsa(&session);
    edwards(&session);
    secrets(&session);
    messages(&session);
    errors(&session);
    threads(&pkcs11, slot, &session);
    session.set_pin(&pin, &wrong).unwrap();
    session.set_pin(&wrong, &pin).unwrap();
    session.logout().unwrap();
    session.close().unwrap();
    pkcs11.finalize().unwrap();
}

fn refused<T>(result: cryptoki::error::Result<T>, code: RvError) {
    match result {
        Err(Error::Pkcs11(found, _)) => assert_eq!(found, code),
        Err(other) => panic!("{other} instead of {code}"),
        Ok(_) => panic!("{code} was expected"),
    }
}

/// The signature holds, and not for other data.
fn signs(session: &Session, how: &Mechanism<'_>, keys: (ObjectHandle, ObjectHandle)) {
    let signature = session.sign(how, keys.1, b"data").unwrap();
    session.verify(how, keys.0, b"data", &signature).unwrap();
    let other = session.verify(how, keys.0, b"date", &signature);
    refused(other, RvError::SignatureInvalid);
    session.sign_init(how, keys.1).unwrap();
    session.sign_update(b"da").unwrap();
    session.sign_update(b"ta").unwrap();
    let signature = session.sign_final().unwrap();
    session.verify(how, keys.0, b"data", &signature).unwrap();
}

fn rsa(session: &Session) {
    let label = Attribute::Label(b"rsa".to_vec());
    let public = [
        Attribute::Token(true),
        label.clone(),
        Attribute::ModulusBits(2048.into()),
        Attribute::PublicExponent(vec![1, 0, 1]),
    ];
    let private = [Attribute::Token(true), label];
    let keys = session
        .generate_key_pair(&Mechanism::RsaPkcsKeyPairGen, &public, &private)
        .unwrap();
    signs(session, &Mechanism::Sha256RsaPkcs, keys);
    let pss = PkcsPssParams {
        hash_alg: MechanismType::SHA256,
        mgf: PkcsMgfType::MGF1_SHA256,
        s_len: 32.into(),
    };
    signs(session, &Mechanism::Sha256RsaPkcsPss(pss), keys);
    let oaep = Mechanism::RsaPkcsOaep(PkcsOaepParams::new(
        MechanismType::SHA256,
        PkcsMgfType::MGF1_SHA256,
        PkcsOaepSource::data_specified(b"label"),
    ));
    let sealed = session.encrypt(&oaep, keys.0, b"secret").unwrap();
    assert_eq!(session.decrypt(&oaep, keys.1, &sealed).unwrap(), b"secret");
    // The crate leaves out what it may not read.
    let exponent = [AttributeType::PrivateExponent];
    assert!(
        session
            .get_attributes(keys.1, &exponent)
            .unwrap()
            .is_empty()
    );
}

fn edwards(session: &Session) {
    let keys = session
        .generate_key_pair(
            &Mechanism::EccEdwardsKeyPairGen,
            &[Attribute::EcParams(ED25519.to_vec())],
            &[Attribute::Sign(true)],
        )
        .unwrap();
    let how = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519));
    let signature = session.sign(&how, keys.1, b"data").unwrap();
    session.verify(&how, keys.0, b"data", &signature).unwrap();
    let other = session.verify(&how, keys.0, b"date", &signature);
    refused(other, RvError::SignatureInvalid);
}

/// HMAC and HKDF against the vectors of RFC 4231 (case 2) and RFC 5869 (A.1).
fn secrets(session: &Session) {
    let secret = |value: &[u8], more: &[Attribute]| {
        let mut template = vec![
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::GENERIC_SECRET),
            Attribute::Value(value.to_vec()),
        ];
        template.extend_from_slice(more);
        session.create_object(&template).unwrap()
    };
    let key = secret(b"Jefe", &[Attribute::Sign(true), Attribute::Verify(true)]);
    let data = b"what do ya want for nothing?";
    let mac = session.sign(&Mechanism::Sha256Hmac, key, data).unwrap();
    assert!(hex::encode(mac).starts_with("5bdcc146bf60754e6a042426089575c7"));

    let base = secret(
        &[0x0b; 22],
        &[
            Attribute::Derive(true),
            Attribute::Sensitive(false),
            Attribute::Extractable(true),
        ],
    );
    let salt: Vec<u8> = (0..=0x0c).collect();
    let info: Vec<u8> = (0xf0..=0xf9).collect();
    let params = HkdfParams::new(
        MechanismType::SHA256,
        Some(HkdfSalt::Data(&salt)),
        Some(&info),
    );
    let template = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::GENERIC_SECRET),
        Attribute::ValueLen(42.into()),
        Attribute::Sensitive(false),
        Attribute::Extractable(true),
    ];
    let derived = session
        .derive_key(&Mechanism::HkdfDerive(params), base, &template)
        .unwrap();
    let value = session
        .get_attributes(derived, &[AttributeType::Value])
        .unwrap();
    let [Attribute::Value(value)] = value.as_slice() else {
        panic!("{value:?}");
    };
    assert!(hex::encode(value).starts_with("3cb25f25faacd57a90434f64d0362f2a"));
}

/// A message-based cipher, where the token makes the initialization vector and the tag.
fn messages(session: &Session) {
    let template = [Attribute::ValueLen(32.into())];
    let key = session
        .generate_key(&Mechanism::AesKeyGen, &template)
        .unwrap();
    let (mut iv, mut tag) = ([0; 12], [0; 16]);
    let made = GeneratorFunction::Generate;
    let params = GcmMessageParams::new(&mut iv, 0.into(), made, &mut tag).unwrap();
    session
        .message_encrypt_init(&Mechanism::AesGcmMessage(params), key)
        .unwrap();
    let sealed = session
        .encrypt_message(&MessageParam::AesGcmMessage(params), b"header", b"data")
        .unwrap();
    session.message_encrypt_final().unwrap();
    assert!(iv != [0; 12] && tag != [0; 16]);
    let given = GeneratorFunction::NoGenerate;
    let params = GcmMessageParams::new(&mut iv, 0.into(), given, &mut tag).unwrap();
    session
        .message_decrypt_init(&Mechanism::AesGcmMessage(params), key)
        .unwrap();
    let opened = session
        .decrypt_message(&MessageParam::AesGcmMessage(params), b"header", &sealed)
        .unwrap();
    assert_eq!(opened, b"data");
    session.message_decrypt_final().unwrap();
}

fn errors(session: &Session) {
    let pair = session.generate_key_pair(
        &Mechanism::EccKeyPairGen,
        &[Attribute::EcParams(UNKNOWN_CURVE.to_vec())],
        &[],
    );
    refused(pair, RvError::CurveNotSupported);
    let key = session.generate_key(&Mechanism::AesKeyGen, &[]);
    refused(key, RvError::TemplateIncomplete);
    let key = session
        .generate_key(&Mechanism::AesKeyGen, &[Attribute::ValueLen(16.into())])
        .unwrap();
    let sealed = session.encrypt(&Mechanism::AesCbc([0; 16]), key, b"no whole block");
    refused(sealed, RvError::DataLenRange);
    let sealed = session.encrypt(&Mechanism::RsaPkcs, key, b"data");
    refused(sealed, RvError::KeyTypeInconsistent);
    refused(
        session.digest_update(b"data"),
        RvError::OperationNotInitialized,
    );
    session.destroy_object(key).unwrap();
    refused(session.destroy_object(key), RvError::ObjectHandleInvalid);
}

/// Each thread has a session of its own and finds the key by its label.
fn threads(pkcs11: &Pkcs11, slot: Slot, session: &Session) {
    let label = Attribute::Label(b"rsa".to_vec());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let own = pkcs11.open_ro_session(slot).unwrap();
                let of = |class| {
                    let template = [Attribute::Class(class), label.clone()];
                    own.find_objects(&template).unwrap()[0]
                };
                let keys = (of(ObjectClass::PUBLIC_KEY), of(ObjectClass::PRIVATE_KEY));
                for _ in 0..3 {
                    signs(&own, &Mechanism::Sha256RsaPkcs, keys);
                }
                refused(own.destroy_object(keys.0), RvError::SessionReadOnly);
            });
        }
    });
    for object in session.iter_objects(&[label]).unwrap() {
        session.destroy_object(object.unwrap()).unwrap();
    }
}
