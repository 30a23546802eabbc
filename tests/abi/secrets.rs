// SPDX-License-Identifier: MIT OR Apache-2.0
//! A token's whole life under the most talkative log: no PIN, key or data byte stands in it.

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, KeyType, ObjectClass};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;

use crate::library::{self, isolated};

const SO_PIN: &str = "officer-s3cret";
const USER_PIN: &str = "user-s3cret";
const NEXT_PIN: &str = "next-s3cret";
const WRONG_PIN: &str = "wrong-s3cret";
const KEY: &[u8; 16] = b"key-bytes-s3cret";
const ODD_KEY: &[u8; 17] = b"odd-bytes-s3cret!";
const DATA: &[u8; 16] = b"data-bytes-s3cre";

fn live(pkcs11: &Pkcs11) {
    let slot = pkcs11.get_slots_with_token().unwrap()[0];
    let pin = |pin: &str| AuthPin::from(pin);
    pkcs11.init_token(slot, &pin(SO_PIN), "life").unwrap();
    let session = pkcs11.open_rw_session(slot).unwrap();
    session.login(UserType::So, Some(&pin(SO_PIN))).unwrap();
    session.init_pin(&pin(USER_PIN)).unwrap();
    session.logout().unwrap();
    assert!(
        session
            .login(UserType::User, Some(&pin(WRONG_PIN)))
            .is_err()
    );
    session.login(UserType::User, Some(&pin(USER_PIN))).unwrap();
    assert!(session.set_pin(&pin(WRONG_PIN), &pin(NEXT_PIN)).is_err());
    session.set_pin(&pin(USER_PIN), &pin(NEXT_PIN)).unwrap();

    let key = |value: &[u8]| {
        session.create_object(&[
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::AES),
            Attribute::Token(true),
            Attribute::Value(value.to_vec()),
        ])
    };
    assert!(key(ODD_KEY).is_err());
    let aes = key(KEY).unwrap();
    let sealed = session.encrypt(&Mechanism::AesEcb, aes, DATA).unwrap();
    assert_eq!(
        session.decrypt(&Mechanism::AesEcb, aes, &sealed).unwrap(),
        DATA
    );
    assert!(
        session
            .encrypt(&Mechanism::AesEcb, aes, &DATA[1..])
            .is_err()
    );
    let wanted = [Attribute::Value(KEY.to_vec())];
    assert!(session.find_objects(&wanted).unwrap().is_empty());
    assert!(session.update_attributes(aes, &wanted).is_err());
    let object = session
        .create_object(&[
            Attribute::Class(ObjectClass::DATA),
            Attribute::Token(true),
            Attribute::Value(DATA.to_vec()),
        ])
        .unwrap();
    session.destroy_object(object).unwrap();
    session.destroy_object(aes).unwrap();
}

isolated! {
    fn no_secret_stands_in_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        // The process is the test's own and has one thread.
        unsafe {
            std::env::set_var("KEYSTEAD_LOG", "trace");
            std::env::set_var("KEYSTEAD_LOG_FILE", &path);
        }
        let pkcs11 = Pkcs11::new(library::path()).unwrap();
        pkcs11
            .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
            .unwrap();
        live(&pkcs11);
        let log = std::fs::read_to_string(&path).unwrap();
        assert!(log.contains("C_SetPIN") && log.contains("CKR_PIN_INCORRECT"), "{log}");
        let secrets = [
            SO_PIN.as_bytes(),
            USER_PIN.as_bytes(),
            NEXT_PIN.as_bytes(),
            WRONG_PIN.as_bytes(),
            KEY,
            ODD_KEY,
            DATA,
        ];
        let log = log.to_lowercase();
        for secret in secrets {
            let text = String::from_utf8(secret.to_vec()).unwrap();
            let list = format!("{secret:?}");
            let list = list.trim_matches(['[', ']']);
            for form in [&text, &hex::encode(secret), list] {
                assert!(!log.contains(form), "{text} stands in the log");
            }
        }
    }
}
