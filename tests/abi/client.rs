// SPDX-License-Identifier: MIT OR Apache-2.0
//! The crate `cryptoki` as an independent client: a token from its initialisation to a signature.
//!
//! Source: PKCS#11 v3.2, "Functions".

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;

use crate::library::{self, isolated};

/// OBJECT IDENTIFIER prime256v1, 1.2.840.10045.3.1.7
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

isolated! {
    fn an_independent_client_gets_along() {
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
