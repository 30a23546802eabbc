// SPDX-License-Identifier: MIT OR Apache-2.0
//! The public key of a private key: it is the one that the key pair was made with.

use keystead::error::Error;
use keystead::mechanism::{Params, find};
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_DECRYPT, CKA_DESTROYABLE, CKA_EC_PARAMS, CKA_EC_POINT, CKA_ENCRYPT, CKA_ID,
    CKA_KEY_GEN_MECHANISM, CKA_LOCAL, CKA_MODULUS, CKA_MODULUS_BITS, CKA_PARAMETER_SET,
    CKA_PRIVATE, CKA_PUBLIC_EXPONENT, CKA_PUBLIC_KEY_INFO, CKA_SIGN, CKA_VALUE, CKA_VERIFY,
};
use keystead::pkcs11::class::{CKO_PUBLIC_KEY, CKO_SECRET_KEY};
use keystead::pkcs11::mechanism::{
    CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN, CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
    CKM_ML_DSA_KEY_PAIR_GEN, CKM_ML_KEM_KEY_PAIR_GEN, CKM_PUB_KEY_FROM_PRIV_KEY,
    CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_SLH_DSA_KEY_PAIR_GEN,
};
use keystead::pkcs11::{AttributeType, MechanismType};

use crate::derive::{Bench, FALSE, TRUE, template, unhex};

/// The generations, each with the attribute that says what is to be made.
fn generations() -> Vec<(MechanismType, AttributeType, Vec<u8>)> {
    let bits = 2048_u64.to_ne_bytes();
    let (ed25519, x25519) = (unhex("06032b6570"), unhex("06032b656e"));
    // ML-KEM-512, ML-DSA-44, SLH-DSA-SHA2-128s
    let set = 1_u64.to_ne_bytes();
    vec![
        (CKM_RSA_PKCS_KEY_PAIR_GEN, CKA_MODULUS_BITS, bits.to_vec()),
        (
            CKM_EC_KEY_PAIR_GEN,
            CKA_EC_PARAMS,
            unhex("06082a8648ce3d030107"),
        ),
        (CKM_EC_EDWARDS_KEY_PAIR_GEN, CKA_EC_PARAMS, ed25519),
        (CKM_EC_MONTGOMERY_KEY_PAIR_GEN, CKA_EC_PARAMS, x25519),
        (CKM_ML_KEM_KEY_PAIR_GEN, CKA_PARAMETER_SET, set.to_vec()),
        (CKM_ML_DSA_KEY_PAIR_GEN, CKA_PARAMETER_SET, set.to_vec()),
        (CKM_SLH_DSA_KEY_PAIR_GEN, CKA_PARAMETER_SET, set.to_vec()),
    ]
}

#[test]
fn it_is_the_one_of_the_key_pair() {
    let bench = Bench::new();
    for (id, param, value) in generations() {
        let (public, private) = bench
            .module
            .generate_key_pair(
                bench.session,
                find(id).unwrap(),
                &Params::None,
                &template(&[(param, &value)]),
                &template(&[
                    (CKA_PRIVATE, FALSE),
                    (CKA_ID, b"pair"),
                    (CKA_SIGN, TRUE),
                    (CKA_DECRYPT, FALSE),
                ]),
            )
            .unwrap();
        let again = bench
            .derive(CKM_PUB_KEY_FROM_PRIV_KEY, &Params::None, private, &[])
            .unwrap();
        let object = |key| bench.module.object(bench.session, key).unwrap();
        let (public, again) = (object(public), object(again));
        assert_eq!(again.class(), CKO_PUBLIC_KEY);
        for attribute in [
            CKA_MODULUS,
            CKA_PUBLIC_EXPONENT,
            CKA_EC_PARAMS,
            CKA_EC_POINT,
            CKA_VALUE,
            CKA_PUBLIC_KEY_INFO,
        ] {
            let [one, two] = [&public, &again].map(|key| key.attributes().bytes(attribute));
            assert_eq!(one, two, "{id} {attribute}");
        }
        let attributes = again.attributes();
        let sets = [attributes, public.attributes()].map(|of| of.ulong(CKA_PARAMETER_SET));
        assert_eq!(sets[0], sets[1]);
        assert_eq!(attributes.bytes(CKA_ID), Some(&b"pair"[..]));
        assert_eq!(attributes.ulong(CKA_KEY_GEN_MECHANISM), Some(id.0));
        for (attribute, wanted) in [
            (CKA_VERIFY, true),
            (CKA_DESTROYABLE, true),
            (CKA_ENCRYPT, false),
            (CKA_LOCAL, false),
            (CKA_PRIVATE, false),
        ] {
            assert_eq!(attributes.is_true(attribute), wanted, "{id} {attribute}");
        }
    }
}

#[test]
fn a_secret_key_has_no_public_half_and_a_private_key_no_secret_one() {
    let bench = Bench::new();
    let secret = bench.generic(&[1; 16]);
    let refused = bench.derive(CKM_PUB_KEY_FROM_PRIV_KEY, &Params::None, secret, &[]);
    assert!(matches!(refused, Err(Error::KeyTypeInconsistent(_))));
    let (_, private) = bench
        .module
        .generate_key_pair(
            bench.session,
            find(CKM_EC_KEY_PAIR_GEN).unwrap(),
            &Params::None,
            &template(&[(CKA_EC_PARAMS, &unhex("06082a8648ce3d030107"))]),
            &template(&[(CKA_PRIVATE, FALSE)]),
        )
        .unwrap();
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let wanted = [(CKA_CLASS, &class[..])];
    let refused = bench.derive(CKM_PUB_KEY_FROM_PRIV_KEY, &Params::None, private, &wanted);
    assert!(matches!(refused, Err(Error::TemplateInconsistent(_))));
}
