// SPDX-License-Identifier: MIT OR Apache-2.0
//! Generated elliptic curve key pairs: both halves are one key, on the curve of the public
//! template.

use keystead::crypto::{ec, edwards, montgomery};
use keystead::error::{Error, Result};
use keystead::mechanism::material;
use keystead::mechanism::{self, Generation, Pair, Params, Random, Rng};
use keystead::object::{AttributeMap, Value};
use keystead::pkcs11::MechanismType;
use keystead::pkcs11::attribute::{CKA_EC_PARAMS, CKA_EC_POINT, CKA_VALUE};
use keystead::pkcs11::mechanism::{
    CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN_W_EXTRA_BITS,
    CKM_EC_MONTGOMERY_KEY_PAIR_GEN, CKM_EDDSA,
};

struct System;

impl Random for System {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        getrandom::fill(bytes).map_err(|_| Error::DeviceError("no randomness".into()))
    }

    fn mix(&self, _seed: &[u8]) -> Result<()> {
        Ok(())
    }
}

/// P-224, P-256, secp256k1, brainpoolP256r1, P-384, brainpoolP384r1, P-521.
const EVERY: [&str; 7] = [
    "06052b81040021",
    P256,
    "06052b8104000a",
    "06092b2403030208010107",
    P384,
    "06092b240303020801010b",
    P521,
];
const P256: &str = "06082a8648ce3d030107";
const P384: &str = "06052b81040022";
const P521: &str = "06052b81040023";
const ED25519: &str = "06032b6570";
const EDWARDS25519: &str = "130c656477617264733235353139";
const X25519: &str = "06032b656e";

fn generate(
    id: MechanismType,
    params: &Params<'_>,
    curve: Option<&str>,
) -> Result<(AttributeMap, AttributeMap)> {
    let row = mechanism::find(id).unwrap();
    let (mut public, mut private) = (AttributeMap::new(), AttributeMap::new());
    if let Some(curve) = curve {
        public.set(CKA_EC_PARAMS, Value::Bytes(hex::decode(curve).unwrap()));
    }
    let generation = Generation {
        mechanism: row,
        params,
        rng: Rng(&System),
    };
    let pair = Pair {
        public: &mut public,
        private: &mut private,
    };
    row.roles.generate_pair.unwrap()(&generation, pair)?;
    Ok((public, private))
}

#[test]
fn both_halves_of_an_ec_key_pair_are_one_key() {
    let ids = [CKM_EC_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN_W_EXTRA_BITS];
    for (id, curve) in ids.iter().flat_map(|id| EVERY.map(|curve| (*id, curve))) {
        let (public, private) = generate(id, &Params::None, Some(curve)).unwrap();
        assert_eq!(public.bytes(CKA_EC_PARAMS), private.bytes(CKA_EC_PARAMS));
        assert!(matches!(private.value(CKA_VALUE), Some(Value::Secret(_))));
        let signer: ec::PrivateKey = material::ec::private_key(&private).unwrap();
        let verifier: ec::PublicKey = material::ec::public_key(&public).unwrap();
        let signature = signer.sign_digest(&[7; 32]).unwrap();
        verifier.verify_digest(&[7; 32], &signature).unwrap();
    }
}

#[test]
fn both_halves_of_an_ed25519_key_pair_are_one_key() {
    for id in [CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EDDSA] {
        for curve in [ED25519, EDWARDS25519] {
            let (public, private) = generate(id, &Params::None, Some(curve)).unwrap();
            let signer: edwards::PrivateKey = material::edwards::private_key(&private).unwrap();
            let verifier: edwards::PublicKey = material::edwards::public_key(&public).unwrap();
            let signature = signer.sign(edwards::Scheme::Pure, b"message").unwrap();
            verifier
                .verify(edwards::Scheme::Pure, b"message", &signature)
                .unwrap();
        }
    }
}

#[test]
fn both_halves_of_an_x25519_key_pair_are_one_key() {
    let (public, private) =
        generate(CKM_EC_MONTGOMERY_KEY_PAIR_GEN, &Params::None, Some(X25519)).unwrap();
    let key: montgomery::PrivateKey = material::montgomery::private_key(&private).unwrap();
    let point = public.bytes(CKA_EC_POINT).unwrap();
    assert_eq!(point[..2], [4, 32]);
    assert_eq!(point[2..], key.public_point());
}

#[test]
fn generation_refuses_a_missing_or_foreign_curve_and_a_parameter() {
    let cases = [
        (CKM_EC_KEY_PAIR_GEN, [ED25519, X25519]),
        (CKM_EC_EDWARDS_KEY_PAIR_GEN, [P256, X25519]),
        (CKM_EC_MONTGOMERY_KEY_PAIR_GEN, [P256, ED25519]),
    ];
    for (id, foreign) in cases {
        let missing = generate(id, &Params::None, None);
        assert!(matches!(missing, Err(Error::TemplateIncomplete(_))), "{id}");
        let invalid = generate(id, &Params::None, Some("0500"));
        assert!(
            matches!(invalid, Err(Error::DomainParamsInvalid(_))),
            "{id}"
        );
        for curve in foreign {
            let refused = generate(id, &Params::None, Some(curve));
            assert!(
                matches!(refused, Err(Error::CurveNotSupported(_))),
                "{id} {curve}"
            );
        }
    }
    let params = Params::Eddsa {
        prehash: false,
        context: b"",
    };
    let refused = generate(CKM_EDDSA, &params, Some(ED25519));
    assert!(matches!(refused, Err(Error::MechanismParamInvalid(_))));
}
