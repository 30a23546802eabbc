// SPDX-License-Identifier: MIT OR Apache-2.0
//! What each policy offers, and that it holds at every call that takes a mechanism.
//!
//! Source: PKCS#11 v3.2, "C_GetMechanismList", "C_GetMechanismInfo"; `mechanism::FIPS_LIKE`.

use keystead::config::{Config, Policy};
use keystead::error::{Error, Result};
use keystead::mechanism::{
    FIPS_LIKE, HkdfParams, HkdfSalt, IkeParams, Mechanism, Params, Status, all,
};
use keystead::module::{Module, Room};
use keystead::object::Template;
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_DERIVE, CKA_EC_PARAMS, CKA_KEY_TYPE, CKA_MODULUS_BITS, CKA_VALUE, CKA_VALUE_LEN,
};
use keystead::pkcs11::class::CKO_SECRET_KEY;
use keystead::pkcs11::flag::{
    CKF_DECAPSULATE, CKF_DECRYPT, CKF_DERIVE, CKF_DIGEST, CKF_ENCAPSULATE, CKF_ENCRYPT,
    CKF_GENERATE, CKF_GENERATE_KEY_PAIR, CKF_MESSAGE_DECRYPT, CKF_MESSAGE_ENCRYPT, CKF_SIGN,
    CKF_SIGN_RECOVER, CKF_UNWRAP, CKF_VERIFY, CKF_VERIFY_RECOVER, CKF_WRAP,
};
use keystead::pkcs11::key_type::CKK_GENERIC_SECRET;
use keystead::pkcs11::mechanism::{
    CKM_AES_CBC, CKM_AES_KEY_GEN, CKM_AES_KEY_WRAP_PAD, CKM_BLAKE2B_256, CKM_CHACHA20,
    CKM_DES3_CBC, CKM_EC_KEY_PAIR_GEN, CKM_HKDF_DERIVE, CKM_IKE2_PRF_PLUS_DERIVE, CKM_MD5,
    CKM_RSA_PKCS, CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_RSA_PKCS_OAEP, CKM_RSA_PKCS_PSS, CKM_SHA_1,
    CKM_SHA1_RSA_PKCS, CKM_SHA256, CKM_SHA256_HMAC, CKM_TLS_PRF, CKM_TLS12_KDF,
};
use keystead::pkcs11::mgf::CKG_MGF1_SHA1;
use keystead::pkcs11::rv::{
    CKR_CURVE_NOT_SUPPORTED, CKR_KEY_SIZE_RANGE, CKR_MECHANISM_INVALID,
    CKR_MECHANISM_PARAM_INVALID, CKR_OK, CKR_SAVED_STATE_INVALID,
};
use keystead::pkcs11::{MechanismType, ObjectHandle, SessionHandle};

use crate::support::{SLOT, aes_key, code, plain, prepare, row, template, user};

/// OBJECT IDENTIFIER prime256v1 and secp256k1
const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const K256: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a];

fn under(policy: Policy) -> (Module, SessionHandle) {
    let config = Config {
        policy,
        ..Config::in_memory()
    };
    let module = Module::with_config(config).unwrap();
    prepare(&module);
    let session = user(&module);
    (module, session)
}

/// The mechanisms of a policy by its definition, with their uses.
fn defined(policy: Policy, row: &Mechanism) -> u64 {
    match policy {
        Policy::All => row.flags(),
        Policy::Modern if row.status == Status::Current => row.flags(),
        Policy::Modern => 0,
        Policy::Fips => FIPS_LIKE
            .iter()
            .filter(|line| line.mechanisms.contains(&row.id))
            .fold(0, |uses, line| uses | line.uses & row.flags()),
    }
}

/// Every call that begins something with a mechanism, with the flag it stands for.
fn calls(
    module: &Module,
    session: SessionHandle,
    row: &'static Mechanism,
) -> Vec<(u64, Result<()>)> {
    let (key, nothing) = (ObjectHandle(u64::MAX), Template(Vec::new()));
    let request = || Some((row, &Params::None));
    let none = &Params::None;
    vec![
        (CKF_ENCRYPT, module.encrypt_init(session, request(), key)),
        (CKF_DECRYPT, module.decrypt_init(session, request(), key)),
        (
            CKF_MESSAGE_ENCRYPT,
            module.message_encrypt_init(session, request().map(|(row, _)| row), key),
        ),
        (
            CKF_MESSAGE_DECRYPT,
            module.message_decrypt_init(session, request().map(|(row, _)| row), key),
        ),
        (CKF_DIGEST, module.digest_init(session, request())),
        (CKF_SIGN, module.sign_init(session, request(), key)),
        (
            CKF_SIGN_RECOVER,
            module.sign_recover_init(session, request(), key),
        ),
        (CKF_VERIFY, module.verify_init(session, request(), key)),
        (
            CKF_VERIFY,
            module.verify_signature_init(session, request(), key, &[]),
        ),
        (
            CKF_VERIFY_RECOVER,
            module.verify_recover_init(session, request(), key),
        ),
        (
            CKF_GENERATE,
            module.generate_key(session, row, none, &nothing).map(drop),
        ),
        (
            CKF_GENERATE_KEY_PAIR,
            module
                .generate_key_pair(session, row, none, &nothing, &nothing)
                .map(drop),
        ),
        (
            CKF_WRAP,
            module
                .wrap_key(session, row, none, key, key, Room::Query)
                .map(drop),
        ),
        (
            CKF_UNWRAP,
            module
                .unwrap_key(session, row, none, key, &[], &nothing)
                .map(drop),
        ),
        (
            CKF_DERIVE,
            module
                .derive_keys(session, row, none, key, &nothing)
                .map(drop),
        ),
        (
            CKF_ENCAPSULATE,
            module
                .encapsulate_key(session, row, none, key, &nothing, Room::Query)
                .map(drop),
        ),
        (
            CKF_DECAPSULATE,
            module
                .decapsulate_key(session, row, none, key, &nothing, &[])
                .map(drop),
        ),
    ]
}

/// Holds the list, the information and every call against the definition.
fn hold(policy: Policy) {
    let (module, session) = under(policy);
    let list = module.mechanism_list(SLOT).unwrap();
    for row in all() {
        let uses = defined(policy, row);
        assert_eq!(list.contains(&row.id), uses != 0, "{}", row.id);
        match module.mechanism_info(SLOT, row.id) {
            Ok(info) => {
                assert_eq!(info.flags & uses, uses, "{}", row.id);
                assert!(
                    info.key_size_min >= row.key_size.min && info.key_size_min <= info.key_size_max
                );
            }
            Err(error) => {
                assert_eq!(uses, 0, "{}", row.id);
                assert_names(policy, &error);
            }
        }
        for (flag, outcome) in calls(&module, session, row) {
            if row.flags() & flag == 0 {
                continue;
            }
            let error = match outcome {
                // A digest, or a generation that needs no template, ends here.
                Ok(()) => {
                    assert_ne!(uses & flag, 0, "{} {flag:#x}", row.id);
                    module.digest_init(session, None).unwrap();
                    continue;
                }
                Err(error) => error,
            };
            if uses & flag == 0 {
                assert_eq!(
                    error.rv().code(),
                    CKR_MECHANISM_INVALID,
                    "{} {flag:#x}",
                    row.id
                );
                assert_names(policy, &error);
            } else {
                assert_ne!(
                    error.rv().code(),
                    CKR_MECHANISM_INVALID,
                    "{} {flag:#x}",
                    row.id
                );
            }
        }
    }
}

fn assert_names(policy: Policy, error: &Error) {
    let reason = error.reason().unwrap().to_string();
    let words = format!("policy \"{}\"", policy.name());
    assert!(reason.contains(&words), "{reason}");
}

#[test]
fn the_policy_all_offers_every_row() {
    hold(Policy::All);
    let (module, _) = under(Policy::All);
    assert_eq!(module.mechanism_list(SLOT).unwrap().len(), all().count());
}

#[test]
fn the_policy_modern_offers_no_legacy_row() {
    hold(Policy::Modern);
    let (module, _) = under(Policy::Modern);
    let list = module.mechanism_list(SLOT).unwrap();
    for id in [
        CKM_MD5,
        CKM_SHA_1,
        CKM_SHA1_RSA_PKCS,
        CKM_DES3_CBC,
        CKM_AES_KEY_WRAP_PAD,
    ] {
        assert!(!list.contains(&id), "{id}");
    }
    for id in [CKM_AES_CBC, CKM_CHACHA20, CKM_RSA_PKCS] {
        assert!(list.contains(&id), "{id}");
    }
}

#[test]
fn the_policy_fips_offers_its_list_and_no_other_use() {
    hold(Policy::Fips);
    let (module, _) = under(Policy::Fips);
    let list = module.mechanism_list(SLOT).unwrap();
    for id in [CKM_MD5, CKM_CHACHA20, CKM_AES_KEY_WRAP_PAD] {
        assert!(!list.contains(&id), "{id}");
    }
    let flags = |id| module.mechanism_info(SLOT, id).unwrap().flags;
    assert_eq!(
        flags(CKM_RSA_PKCS) & (CKF_ENCRYPT | CKF_DECRYPT | CKF_WRAP | CKF_UNWRAP),
        0
    );
    assert_eq!(
        flags(CKM_SHA1_RSA_PKCS) & (CKF_SIGN | CKF_VERIFY),
        CKF_VERIFY
    );
    assert_eq!(
        flags(CKM_DES3_CBC) & (CKF_ENCRYPT | CKF_DECRYPT),
        CKF_DECRYPT
    );
    let rsa = module
        .mechanism_info(SLOT, CKM_RSA_PKCS_KEY_PAIR_GEN)
        .unwrap();
    assert_eq!(rsa.key_size_min, 2048);
}

fn rsa(module: &Module, session: SessionHandle, bits: u64) -> Result<(ObjectHandle, ObjectHandle)> {
    let bits = bits.to_ne_bytes();
    let public = template(&[(CKA_MODULUS_BITS, &bits)]);
    let (row, params) = plain(CKM_RSA_PKCS_KEY_PAIR_GEN).unwrap();
    module.generate_key_pair(session, row, params, &public, &Template(Vec::new()))
}

fn ec(
    module: &Module,
    session: SessionHandle,
    curve: &[u8],
) -> Result<(ObjectHandle, ObjectHandle)> {
    let public = template(&[(CKA_EC_PARAMS, curve)]);
    let (row, params) = plain(CKM_EC_KEY_PAIR_GEN).unwrap();
    module.generate_key_pair(session, row, params, &public, &Template(Vec::new()))
}

#[test]
fn the_policy_fips_makes_no_short_keys_and_none_on_other_curves() {
    let (module, session) = under(Policy::Fips);
    assert_eq!(code(rsa(&module, session, 1024)), CKR_KEY_SIZE_RANGE);
    assert_eq!(code(rsa(&module, session, 2048)), CKR_OK);
    assert_eq!(code(ec(&module, session, K256)), CKR_CURVE_NOT_SUPPORTED);
    assert_eq!(code(ec(&module, session, P256)), CKR_OK);
    let (row, params) = plain(CKM_AES_KEY_GEN).unwrap();
    let len = 16_u64.to_ne_bytes();
    let made = module.generate_key(session, row, params, &template(&[(CKA_VALUE_LEN, &len)]));
    assert_eq!(code(made), CKR_OK);
}

#[test]
fn the_policy_fips_signs_with_no_short_key_that_it_was_given_and_verifies_old_macs() {
    let (module, session) = under(Policy::Fips);
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let key_type = CKK_GENERIC_SECRET.0.to_ne_bytes();
    for (len, answer) in [(13, CKR_KEY_SIZE_RANGE), (14, CKR_OK)] {
        let value = vec![7; len];
        let key = template(&[
            (CKA_CLASS, &class),
            (CKA_KEY_TYPE, &key_type),
            (CKA_VALUE, &value),
        ]);
        let key = module.create_object(session, &key).unwrap();
        let signs = module.sign_init(session, plain(CKM_SHA256_HMAC), key);
        assert_eq!(code(signs), answer, "{len}");
        let verifies = module.verify_init(session, plain(CKM_SHA256_HMAC), key);
        assert_eq!(code(verifies), CKR_OK, "{len}");
        module.verify_init(session, None, key).unwrap();
    }
}

#[test]
fn a_policy_looks_at_the_hash_in_the_parameter_of_pss() {
    let params = Params::RsaPss {
        hash: CKM_SHA_1,
        mgf: CKG_MGF1_SHA1,
        salt_len: 20,
    };
    let request = || Some((row(CKM_RSA_PKCS_PSS), &params));
    for (policy, signs, verifies) in [
        (Policy::All, CKR_OK, CKR_OK),
        (Policy::Modern, CKR_MECHANISM_INVALID, CKR_MECHANISM_INVALID),
        (Policy::Fips, CKR_MECHANISM_INVALID, CKR_OK),
    ] {
        let (module, session) = under(policy);
        let (public, private) = rsa(&module, session, 2048).unwrap();
        let answer = code(module.sign_init(session, request(), private));
        assert_eq!(answer, signs, "{policy:?}");
        let answer = code(module.verify_init(session, request(), public));
        assert_eq!(answer, verifies, "{policy:?}");
    }
}

#[test]
fn a_policy_looks_at_every_hash_in_the_parameters_of_rsa() {
    let pss = Params::RsaPss {
        hash: CKM_MD5,
        mgf: CKG_MGF1_SHA1,
        salt_len: 16,
    };
    let oaep = |hash| Params::RsaOaep {
        hash,
        mgf: CKG_MGF1_SHA1,
        source: 1,
        label: b"",
    };
    for (policy, refused) in [
        (Policy::All, CKR_OK),
        (Policy::Modern, CKR_MECHANISM_PARAM_INVALID),
        (Policy::Fips, CKR_MECHANISM_PARAM_INVALID),
    ] {
        let (module, session) = under(policy);
        let (public, private) = rsa(&module, session, 2048).unwrap();
        let signs = module.sign_init(session, Some((row(CKM_RSA_PKCS_PSS), &pss)), private);
        assert_eq!(code(signs), refused, "{policy:?}");
        let default = MechanismType(0);
        for (hash, answer) in [(CKM_SHA_1, CKR_OK), (default, CKR_OK), (CKM_MD5, refused)] {
            let params = oaep(hash);
            let request = Some((row(CKM_RSA_PKCS_OAEP), &params));
            let encrypts = module.encrypt_init(session, request, public);
            assert_eq!(code(encrypts), answer, "{policy:?} {hash}");
            module.encrypt_init(session, None, public).unwrap();
        }
    }
}

#[test]
fn a_policy_holds_for_a_saved_digest() {
    let (module, session) = under(Policy::All);
    module.digest_init(session, plain(CKM_MD5)).unwrap();
    let state = module.operation_state(session).unwrap();
    module.digest_init(session, None).unwrap();
    module.set_operation_state(session, state.expose()).unwrap();
    for policy in [Policy::Modern, Policy::Fips] {
        let (module, session) = under(policy);
        let restored = module.set_operation_state(session, state.expose());
        assert_eq!(code(restored), CKR_SAVED_STATE_INVALID, "{policy:?}");
    }
}

#[test]
fn a_policy_looks_at_the_function_that_a_derivation_names() {
    let expand = |hash| {
        Params::Hkdf(HkdfParams {
            extract: false,
            expand: true,
            hash,
            salt: HkdfSalt::Null,
            info: b"info",
        })
    };
    let ike = |prf| {
        Params::Ike(IkeParams::Ike2PrfPlus {
            prf,
            seed_key: None,
            seed: b"seed",
        })
    };
    let export = |hash| Params::TlsKdf {
        hash,
        label: b"label",
        client: b"client",
        server: b"server",
        context: None,
    };
    let refused = CKR_MECHANISM_PARAM_INVALID;
    let rows = [
        (CKM_HKDF_DERIVE, expand(CKM_SHA256), [CKR_OK; 3]),
        (
            CKM_HKDF_DERIVE,
            expand(CKM_SHA_1),
            [CKR_OK, refused, CKR_OK],
        ),
        (
            CKM_HKDF_DERIVE,
            expand(CKM_BLAKE2B_256),
            [CKR_OK, CKR_OK, refused],
        ),
        (CKM_IKE2_PRF_PLUS_DERIVE, ike(CKM_SHA256_HMAC), [CKR_OK; 3]),
        (
            CKM_IKE2_PRF_PLUS_DERIVE,
            ike(CKM_MD5),
            [CKR_OK, refused, refused],
        ),
        (CKM_TLS12_KDF, export(CKM_SHA256), [CKR_OK; 3]),
        (
            CKM_TLS12_KDF,
            export(CKM_TLS_PRF),
            [CKR_OK, refused, refused],
        ),
    ];
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let key_type = CKK_GENERIC_SECRET.0.to_ne_bytes();
    let len = 16_u64.to_ne_bytes();
    for (policy, position) in [(Policy::All, 0), (Policy::Modern, 1), (Policy::Fips, 2)] {
        let (module, session) = under(policy);
        let key = template(&[
            (CKA_CLASS, &class),
            (CKA_KEY_TYPE, &key_type),
            (CKA_VALUE, &[7; 32]),
            (CKA_DERIVE, &[1]),
        ]);
        let key = module.create_object(session, &key).unwrap();
        for (id, params, answers) in &rows {
            let wanted = template(&[(CKA_VALUE_LEN, &len)]);
            let made = module.derive_key(session, row(*id), params, key, &wanted);
            assert_eq!(code(made), answers[position], "{policy:?} {id} {params:?}");
        }
    }
}

#[test]
fn an_excluded_mechanism_does_not_disturb_what_is_at_work() {
    let (module, session) = under(Policy::Fips);
    let key = aes_key(&module, session, &[1; 16], &[]).unwrap();
    let iv = Params::Bytes(&[0; 16]);
    module
        .encrypt_init(session, Some((row(CKM_AES_CBC), &iv)), key)
        .unwrap();
    let refused = module.decrypt_init(session, plain(CKM_CHACHA20), key);
    assert_eq!(code(refused), CKR_MECHANISM_INVALID);
    let reply = module.encrypt(session, &[0; 16], Room::Bytes(16));
    assert_eq!(code(reply), CKR_OK);
}
