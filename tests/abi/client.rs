// SPDX-License-Identifier: MIT OR Apache-2.0
//! The crate `cryptoki` as an independent client: a token from its initialisation to a signature.
//!
//! Source: PKCS#11 v3.2, "Functions".

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::mechanism::dsa::{HedgeType, SignAdditionalContext};
use cryptoki::mechanism::elliptic_curve::{EcKdf, Ecdh1DeriveParams};
use cryptoki::object::{
    Attribute, AttributeType, KeyType, MlDsaParameterSetType, MlKemParameterSetType, ObjectClass,
    ObjectHandle,
};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;

use crate::library::{self, isolated};

/// OBJECT IDENTIFIER prime256v1, 1.2.840.10045.3.1.7
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// A token with its PINs, made by the client itself, and the user's session.
fn begin() -> (Pkcs11, Session) {
    let pkcs11 = Pkcs11::new(library::path()).unwrap();
    pkcs11
        .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
        .unwrap();
    let slot = pkcs11
        .get_slots_with_token()
        .unwrap()
        .into_iter()
        .find(|slot| !pkcs11.get_token_info(*slot).unwrap().token_initialized())
        .unwrap();
    let (so_pin, pin) = (AuthPin::from("officer-1234"), AuthPin::from("user-1234"));
    pkcs11.init_token(slot, &so_pin, "client").unwrap();
    let session = pkcs11.open_rw_session(slot).unwrap();
    session.login(UserType::So, Some(&so_pin)).unwrap();
    session.init_pin(&pin).unwrap();
    session.logout().unwrap();
    session.login(UserType::User, Some(&pin)).unwrap();
    assert_eq!(pkcs11.get_token_info(slot).unwrap().label(), "client");
    (pkcs11, session)
}

isolated! {
    fn an_independent_client_gets_along() {
        let (_pkcs11, session) = begin();
        let label = Attribute::Label(b"key".to_vec());
        let public = [
            Attribute::EcParams(P256.to_vec()),
            Attribute::Token(true),
            label.clone(),
        ];
        let private = [Attribute::Token(true), Attribute::Sign(true), label.clone()];
        let (public, private) = session
            .generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)
            .unwrap();
        let signature = session.sign(&Mechanism::EcdsaSha256, private, b"data").unwrap();
        session
            .verify(&Mechanism::EcdsaSha256, public, b"data", &signature)
            .unwrap();
        assert!(
            session
                .verify(&Mechanism::EcdsaSha256, public, b"date", &signature)
                .is_err()
        );

        assert_eq!(session.find_objects(&[label]).unwrap().len(), 2);
        let point = session
            .get_attributes(public, &[AttributeType::EcPoint])
            .unwrap();
        assert_eq!(point.len(), 1);
        session.destroy_object(private).unwrap();
        session.destroy_object(public).unwrap();
    }
}

/// What every secret key of the test may do.
fn aes(more: &[Attribute]) -> Vec<Attribute> {
    let mut template = vec![
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::Encrypt(true),
        Attribute::Decrypt(true),
    ];
    template.extend_from_slice(more);
    template
}

/// Two keys are one when the second opens what the first sealed.
fn assert_same(session: &Session, first: ObjectHandle, second: ObjectHandle) {
    let mechanism = Mechanism::AesCbcPad([7; 16]);
    let sealed = session.encrypt(&mechanism, first, b"some data").unwrap();
    let opened = session.decrypt(&mechanism, second, &sealed).unwrap();
    assert_eq!(opened, b"some data");
}

isolated! {
    fn an_independent_client_encrypts_and_wraps() {
        let (_pkcs11, session) = begin();
        let len = |bytes: u64| Attribute::ValueLen(bytes.into());
        let kek = session
            .generate_key(
                &Mechanism::AesKeyGen,
                &[len(32), Attribute::Wrap(true), Attribute::Unwrap(true)],
            )
            .unwrap();
        let key = session
            .generate_key(&Mechanism::AesKeyGen, &[len(16), Attribute::Extractable(true)])
            .unwrap();
        for mechanism in [Mechanism::AesKeyWrap, Mechanism::AesKeyWrapPad] {
            let wrapped = session.wrap_key(&mechanism, kek, key).unwrap();
            let back = session.unwrap_key(&mechanism, kek, &wrapped, &aes(&[])).unwrap();
            assert_same(&session, key, back);
        }
        assert!(session.wrap_key(&Mechanism::AesKeyWrap, key, kek).is_err());

        let mut iv = [1; 12];
        let gcm = Mechanism::AesGcm(GcmParams::new(&mut iv, b"header", 128.into()).unwrap());
        let sealed = session.encrypt(&gcm, key, b"data").unwrap();
        assert_eq!(session.decrypt(&gcm, key, &sealed).unwrap(), b"data");
        session.encrypt_init(&Mechanism::AesCbcPad([7; 16]), key).unwrap();
        let mut parts = session.encrypt_update(b"some ").unwrap();
        parts.extend(session.encrypt_update(b"data").unwrap());
        parts.extend(session.encrypt_final().unwrap());
        let opened = session.decrypt(&Mechanism::AesCbcPad([7; 16]), key, &parts).unwrap();
        assert_eq!(opened, b"some data");

        let digest = session.digest(&Mechanism::Sha256, b"abc").unwrap();
        assert!(hex::encode(digest).starts_with("ba7816bf8f01cfea"));
        assert_ne!(session.generate_random_vec(32).unwrap(), [0; 32]);
    }
}

isolated! {
    fn an_independent_client_agrees_on_keys_and_signs_with_lattices() {
        let (_pkcs11, session) = begin();
        let pair = || {
            session
                .generate_key_pair(
                    &Mechanism::EccKeyPairGen,
                    &[Attribute::EcParams(P256.to_vec())],
                    &[Attribute::Derive(true)],
                )
                .unwrap()
        };
        let point = |key| match session.get_attributes(key, &[AttributeType::EcPoint]).unwrap().remove(0) {
            Attribute::EcPoint(point) => point,
            other => panic!("{other:?}"),
        };
        let ((ours, our_key), (theirs, their_key)) = (pair(), pair());
        let derive = |key, point: &[u8]| {
            let params = Ecdh1DeriveParams::new(EcKdf::null(), point);
            let template = aes(&[Attribute::ValueLen(16.into())]);
            session
                .derive_key(&Mechanism::Ecdh1Derive(params), key, &template)
                .unwrap()
        };
        // The point as it was read, and without its OCTET STRING.
        let first = derive(our_key, &point(theirs));
        let second = derive(their_key, &point(ours)[2..]);
        assert_same(&session, first, second);

        let (public, private) = session
            .generate_key_pair(
                &Mechanism::MlKemKeyPairGen,
                &[Attribute::ParameterSet(MlKemParameterSetType::ML_KEM_768.into())],
                &[],
            )
            .unwrap();
        let (ciphertext, sent) = session
            .encapsulate_key(&Mechanism::MlKem, public, &aes(&[]))
            .unwrap();
        let received = session
            .decapsulate_key(&Mechanism::MlKem, private, &aes(&[]), &ciphertext)
            .unwrap();
        assert_same(&session, sent, received);

        let (public, private) = session
            .generate_key_pair(
                &Mechanism::MlDsaKeyPairGen,
                &[Attribute::ParameterSet(MlDsaParameterSetType::ML_DSA_65.into())],
                &[],
            )
            .unwrap();
        let pure = Mechanism::MlDsa(SignAdditionalContext::new(HedgeType::Preferred, Some(b"context")));
        let signature = session.sign(&pure, private, b"data").unwrap();
        session.verify(&pure, public, b"data", &signature).unwrap();
        assert!(session.verify(&pure, public, b"date", &signature).is_err());
    }
}
