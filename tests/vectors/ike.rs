// SPDX-License-Identifier: MIT OR Apache-2.0
//! IKE. Vectors: NIST CAVS, "SP 800-135 Existing Application-Specific Key Derivation Functions", IKEv2
//! with SHA-1; RFC 4434, section 3 (AES-XCBC-PRF-128); RFC 4615, section 4 (AES-CMAC-PRF-128).
//!
//! For version 1 no published answers are at hand that name every input: its rows are held against the
//! formulas of RFC 2409, section 5, section 5.5 and appendix B, over an HMAC of another make.

use hmac::{Hmac, KeyInit as _, Mac as _};
use keystead::error::{Error, Result};
use keystead::mechanism::{IkeParams, Params};
use keystead::pkcs11::attribute::{
    CKA_ALWAYS_SENSITIVE, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_SENSITIVE, CKA_VALUE_LEN,
};
use keystead::pkcs11::key_type::{
    CKK_AES, CKK_GENERIC_SECRET, CKK_SHA_1_HMAC, CKK_SHA256_HMAC, CKK_SHA512_HMAC,
};
use keystead::pkcs11::mechanism::{
    CKM_AES_CMAC, CKM_AES_GCM, CKM_AES_XCBC_MAC, CKM_IKE_PRF_DERIVE, CKM_IKE1_EXTENDED_DERIVE,
    CKM_IKE1_PRF_DERIVE, CKM_IKE2_PRF_PLUS_DERIVE, CKM_MD5_HMAC, CKM_SHA_1_HMAC, CKM_SHA256,
    CKM_SHA256_HMAC, CKM_SHA512_HMAC,
};
use keystead::pkcs11::{AttributeType, KeyType, MechanismType, ObjectHandle};
use md5::Md5;
use sha2::Sha256;

use crate::derive::{Bench, FALSE, TRUE, unhex};

fn prf<'a>(prf: MechanismType, ni: &'a [u8], nr: &'a [u8]) -> Params<'a> {
    Params::Ike(IkeParams::Prf {
        prf,
        data_as_key: true,
        new_key: None,
        ni,
        nr,
    })
}

fn with_base<'a>(params: Params<'a>, new: Option<ObjectHandle>) -> Params<'a> {
    let Params::Ike(IkeParams::Prf { prf, ni, nr, .. }) = params else {
        panic!("another parameter");
    };
    Params::Ike(IkeParams::Prf {
        prf,
        data_as_key: false,
        new_key: new,
        ni,
        nr,
    })
}

fn plus(prf: MechanismType, seed_key: Option<ObjectHandle>, seed: &[u8]) -> Params<'_> {
    Params::Ike(IkeParams::Ike2PrfPlus {
        prf,
        seed_key,
        seed,
    })
}

fn extended(prf: MechanismType, key_gxy: Option<ObjectHandle>, extra: &[u8]) -> Params<'_> {
    Params::Ike(IkeParams::Ike1Extended {
        prf,
        key_gxy,
        extra,
    })
}

/// What makes a derived key show its value.
const READABLE: [(AttributeType, &[u8]); 2] = [(CKA_SENSITIVE, FALSE), (CKA_EXTRACTABLE, TRUE)];

const DKM: &str = "a14293677cc80ff8f9cc0eee30d895da9d8f405666e30ef0dfcb63c634a46002a2a63080e514a062768\
    b76606f9fa5e992204fc5a670bde3f10d6b027113936a5c55b648a194ae587b0088d52204b702c979fa280870d2ed41efa9\
    c549fd11198af1670b143d384bd275c5f594cf266b05ebadca855e4249520a441a81157435a7a56cc4";
const DKM_CHILD: &str = "8059e3ee8810e6c3a91bc8bcd2a7a41151b8d0e6ae239c7b38093ad85ef4c5811a8e7b5d1cdabd\
    9560b2d5e092d1f24e2d4b85eccdf0ad0dc9abd94b51ee71814ca6dbc8bb51b6309f5b9545c7eb35cf5580b1e521a8fe207\
    54a2d883ba0c2cf285f524aea6545b33106bc03e614296d319d41d4b50b3f510b1c0a22f3e664994d234cb4";
const DKM_CHILD_DH: &str = "bb43244c1860ad65ee1e211ffe8bb3661750c8f89cb9f547df7f4fa61d37301628190e38c66\
    232eab4b3ab14c400a5197dd3730ed4820a8a10394d51e1c0400052f63ebd36b0e7ef53aaed31eba4a5080d7d4b5666023a\
    8bbb5ffb7857240f9a05884d1b7d2f933708450b7b3288f1fc863ab49fa901227cffc06e27899c7054d56fd74c";

#[test]
fn version_2_of_nist() {
    let bench = Bench::new();
    let gir = unhex("4b2c1f971981a8ad8d0abeafabf38cf75fc8349c148142465ed9c8b516b8be52");
    let gir = bench.generic(&gir);
    let new = unhex("863f3c9d06efd39d2b907b97f8699e5dd5251ef64a2a176f36ee40c87d4f9330");
    let new = bench.generic(&new);
    let (ni, nr) = (unhex("32b50d5f4a3763f3"), unhex("9206a04b26564cb1"));
    let spis = unhex("34c9e7c1888687853ff77d760d2b2199");
    let hash = CKM_SHA_1_HMAC;

    let first = prf(hash, &ni, &nr);
    let seed = bench
        .derived(CKM_IKE_PRF_DERIVE, &first, gir, None)
        .unwrap();
    assert_eq!(
        hex::encode(&seed),
        "a9a7b222b59f8f48645f28a1db5b5f5d7479cba7"
    );

    let nonces = [&ni[..], &nr].concat();
    let all = [&nonces[..], &spis].concat();
    let long = |params: &Params<'_>, base| {
        let made = bench.derived(CKM_IKE2_PRF_PLUS_DERIVE, params, base, Some(132));
        hex::encode(made.unwrap())
    };
    for key_type in [CKK_GENERIC_SECRET, CKK_SHA_1_HMAC] {
        let base = bench.key(key_type, &seed);
        assert_eq!(long(&plus(hash, None, &all), base), DKM);
        let d = bench.key(key_type, &unhex(&DKM[..40]));
        assert_eq!(long(&plus(hash, None, &nonces), d), DKM_CHILD);
        assert_eq!(long(&plus(hash, Some(new), &nonces), d), DKM_CHILD_DH);
        let rekey = with_base(prf(hash, &ni, &nr), Some(new));
        let seed = bench
            .derived(CKM_IKE_PRF_DERIVE, &rekey, d, Some(20))
            .unwrap();
        assert_eq!(
            hex::encode(seed),
            "63e81194946ebd05df7df5ebf5d8750056bf1f1d"
        );
    }
}

#[test]
fn functions_of_aes_take_keys_of_any_length() {
    let bench = Bench::new();
    let message = unhex("000102030405060708090a0b0c0d0e0f10111213");
    let keys = [
        "000102030405060708090a0b0c0d0e0fedcb",
        "000102030405060708090a0b0c0d0e0f",
        "00010203040506070809",
    ];
    let cmac = [
        "84a348a4a45d235babfffc0d2b4da09a",
        "980ae87b5f4c9c5214f5b6a8455e4c2d",
        "290d9e112edb09ee141fcf64c0b72f3d",
    ];
    let xcbc = [
        "8cd3c93ae598a9803006ffb67c40e9e4",
        "47f51b4564966215b8985c63055ed308",
        "0fa087af7d866e7653434e602fdde835",
    ];
    for (function, expected) in [(CKM_AES_CMAC, cmac), (CKM_AES_XCBC_MAC, xcbc)] {
        for (key, expected) in keys.iter().zip(expected) {
            let key = unhex(key);
            let (ni, nr) = key.split_at(5);
            let base = bench.generic(&message);
            let as_key = prf(function, ni, nr);
            let key_of = bench
                .derive(CKM_IKE_PRF_DERIVE, &as_key, base, &READABLE)
                .unwrap();
            assert_eq!(hex::encode(bench.value(key_of)), expected);
            let object = bench.module.object(bench.session, key_of).unwrap();
            assert_eq!(object.key_type(), Some(CKK_AES));

            let (ni, nr) = message.split_at(7);
            let with_key = with_base(prf(function, ni, nr), None);
            let base = bench.generic(&key);
            let value = bench.derived(CKM_IKE_PRF_DERIVE, &with_key, base, None);
            assert_eq!(hex::encode(value.unwrap()), expected);
        }
    }
}

fn sha256(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

#[test]
fn version_1_with_a_shared_key_by_its_definition() {
    let bench = Bench::new();
    let (ni, nr, cky_i, cky_r) = ([1; 16], [2; 20], [3; 8], [4; 8]);
    let shared = bench.generic(b"pre-shared-key");
    let first = with_base(prf(CKM_SHA256_HMAC, &ni, &nr), None);
    let skeyid = bench
        .derived(CKM_IKE_PRF_DERIVE, &first, shared, None)
        .unwrap();
    assert_eq!(skeyid, sha256(b"pre-shared-key", &[&ni, &nr]));

    let base = bench.key(CKK_SHA256_HMAC, &skeyid);
    let gxy_value = [5; 128];
    let gxy = bench.generic(&gxy_value);
    let key_type = CKK_SHA256_HMAC.0.to_ne_bytes();
    let mut previous: Option<(ObjectHandle, Vec<u8>)> = None;
    for number in 0..3 {
        let params = Params::Ike(IkeParams::Ike1Prf {
            prf: CKM_SHA256,
            key_gxy: gxy,
            prev_key: previous.as_ref().map(|(key, _)| *key),
            cky_i: &cky_i,
            cky_r: &cky_r,
            number,
        });
        let before = previous.as_ref().map_or(&[][..], |(_, value)| value);
        let expected = sha256(&skeyid, &[before, &gxy_value, &cky_i, &cky_r, &[number]]);
        let [secret, extract] = READABLE;
        let wanted = [(CKA_KEY_TYPE, &key_type[..]), secret, extract];
        let made = bench.derive(CKM_IKE1_PRF_DERIVE, &params, base, &wanted);
        let made = made.unwrap();
        assert_eq!(bench.value(made), expected);
        let len = 16_u64.to_ne_bytes();
        let cut = [wanted[0], (CKA_VALUE_LEN, &len), secret, extract];
        let cut = bench.derive(CKM_IKE1_PRF_DERIVE, &params, base, &cut);
        assert_eq!(bench.value(cut.unwrap()), expected[..16]);
        previous = Some((made, expected));
    }
}

#[test]
fn version_1_expands_keys_by_its_definition() {
    let bench = Bench::new();
    let value = [9; 32];
    let base = bench.key(CKK_SHA256_HMAC, &value);
    let gxy = bench.generic(&[5; 64]);
    let long = |params: &Params<'_>, len| {
        let made = bench.derived(CKM_IKE1_EXTENDED_DERIVE, params, base, Some(len));
        made.unwrap()
    };
    // Appendix B: Ka = K1 | K2 | K3, K1 = prf(SKEYID_e, 0), K2 = prf(SKEYID_e, K1), ...
    let k1 = sha256(&value, &[&[0]]);
    let k2 = sha256(&value, &[&k1]);
    let k3 = sha256(&value, &[&k2]);
    let bare = extended(CKM_SHA256_HMAC, None, &[]);
    assert_eq!(long(&bare, 80), [&k1[..], &k2, &k3[..16]].concat());
    // "simply the base key truncated"
    assert_eq!(long(&bare, 16), value[..16]);
    // Section 5.5: KEYMAT = prf(SKEYID_d, [g(qm)^xy |] protocol | SPI | Ni_b | Nr_b), ...
    for (key, shared) in [(None, &[][..]), (Some(gxy), &[5; 64])] {
        let extra = b"protocol, SPI, nonces";
        let k1 = sha256(&value, &[shared, extra]);
        let k2 = sha256(&value, &[&k1, shared, extra]);
        let made = long(&extended(CKM_SHA256_HMAC, key, extra), 64);
        let short = long(&extended(CKM_SHA256_HMAC, key, extra), 16);
        assert_eq!(short, made[..16]);
        assert_eq!(made, [k1, k2].concat());
    }
    let with_key = long(&extended(CKM_SHA256_HMAC, Some(gxy), &[]), 16);
    assert_eq!(with_key, sha256(&value, &[&[5; 64]])[..16]);
}

#[test]
fn version_1_began_with_md5() {
    let bench = Bench::new();
    let base = bench.generic(b"shared");
    let params = with_base(prf(CKM_MD5_HMAC, b"i", b"r"), None);
    let mut mac = Hmac::<Md5>::new_from_slice(b"shared").unwrap();
    mac.update(b"ir");
    let made = bench.derived(CKM_IKE_PRF_DERIVE, &params, base, None);
    assert_eq!(made.unwrap(), mac.finalize().into_bytes().to_vec());
}

#[test]
fn templates_say_what_the_section_asks_for() {
    let bench = Bench::new();
    let base = bench.key(CKK_SHA512_HMAC, &[7; 64]);
    let gxy = bench.generic(&[5; 64]);
    let (len, long) = (64_u64.to_ne_bytes(), (255 * 64 + 1_u64).to_ne_bytes());
    let aes = CKK_AES.0.to_ne_bytes();
    let first = with_base(prf(CKM_SHA512_HMAC, b"i", b"r"), None);
    let made = bench.derive(CKM_IKE_PRF_DERIVE, &first, base, &[]).unwrap();
    let object = bench.module.object(bench.session, made).unwrap();
    assert_eq!(object.key_type(), Some(CKK_SHA512_HMAC));
    let generic = CKK_GENERIC_SECRET.0.to_ne_bytes();
    let named = [(CKA_KEY_TYPE, &generic[..])];
    let made = bench.derive(CKM_IKE_PRF_DERIVE, &first, base, &named);
    let object = bench.module.object(bench.session, made.unwrap()).unwrap();
    assert_eq!(object.key_type(), Some(CKK_GENERIC_SECRET));
    let short = bench.derived(CKM_IKE_PRF_DERIVE, &first, base, Some(63));
    assert!(matches!(short, Err(Error::KeySizeRange(_))));
    // 64 bytes are no AES key.
    let odd = bench.derive(CKM_IKE_PRF_DERIVE, &first, base, &[(CKA_KEY_TYPE, &aes)]);
    assert!(matches!(odd, Err(Error::KeySizeRange(_))), "{odd:?}");

    let second = Params::Ike(IkeParams::Ike1Prf {
        prf: CKM_SHA512_HMAC,
        key_gxy: gxy,
        prev_key: None,
        cky_i: b"i",
        cky_r: b"r",
        number: 0,
    });
    let untyped = bench.derive(CKM_IKE1_PRF_DERIVE, &second, base, &[(CKA_VALUE_LEN, &len)]);
    assert!(matches!(untyped, Err(Error::TemplateIncomplete(_))));
    let beyond = 65_u64.to_ne_bytes();
    let beyond = [named[0], (CKA_VALUE_LEN, &beyond[..])];
    let beyond = bench.derive(CKM_IKE1_PRF_DERIVE, &second, base, &beyond);
    assert!(matches!(beyond, Err(Error::KeySizeRange(_))));

    for (id, params) in [
        (CKM_IKE2_PRF_PLUS_DERIVE, plus(CKM_SHA512_HMAC, None, b"s")),
        (
            CKM_IKE1_EXTENDED_DERIVE,
            extended(CKM_SHA512_HMAC, None, b"s"),
        ),
    ] {
        let unsaid = bench.derive(id, &params, base, &[]);
        assert!(matches!(unsaid, Err(Error::TemplateIncomplete(_))));
        let beyond = bench.derive(id, &params, base, &[(CKA_VALUE_LEN, &long)]);
        assert!(matches!(beyond, Err(Error::KeySizeRange(_))));
        let made = bench.derive(id, &params, base, &[(CKA_VALUE_LEN, &len)]);
        let object = bench.module.object(bench.session, made.unwrap()).unwrap();
        assert_eq!(object.key_type(), Some(CKK_GENERIC_SECRET));
    }
}

#[test]
fn keys_that_are_not_of_the_function_are_refused() {
    let bench = Bench::new();
    let wrong = |outcome: Result<Vec<u8>>| {
        assert!(matches!(outcome, Err(Error::KeyTypeInconsistent(_))));
    };
    let hash = CKM_SHA256_HMAC;
    let of = |key_type: KeyType| bench.key(key_type, &[7; 32]);
    let first = prf(hash, b"i", b"r");
    // The exchanged secret is generic, the base key of the function's own type.
    wrong(bench.derived(CKM_IKE_PRF_DERIVE, &first, of(CKK_SHA256_HMAC), None));
    let first = with_base(first, None);
    wrong(bench.derived(CKM_IKE_PRF_DERIVE, &first, of(CKK_SHA512_HMAC), None));
    let rekey = with_base(prf(hash, b"i", b"r"), Some(of(CKK_AES)));
    wrong(bench.derived(CKM_IKE_PRF_DERIVE, &rekey, of(CKK_SHA256_HMAC), None));
    let long = plus(hash, None, b"s");
    wrong(bench.derived(CKM_IKE2_PRF_PLUS_DERIVE, &long, of(CKK_AES), Some(64)));
    let long = extended(hash, Some(of(CKK_AES)), b"s");
    wrong(bench.derived(
        CKM_IKE1_EXTENDED_DERIVE,
        &long,
        of(CKK_SHA256_HMAC),
        Some(64),
    ));
    let unknown = prf(CKM_AES_GCM, b"i", b"r");
    let refused = bench.derived(CKM_IKE_PRF_DERIVE, &unknown, of(CKK_GENERIC_SECRET), None);
    assert!(matches!(refused, Err(Error::MechanismParamInvalid(_))));
    let both = Params::Ike(IkeParams::Prf {
        prf: hash,
        data_as_key: true,
        new_key: Some(of(CKK_GENERIC_SECRET)),
        ni: b"i",
        nr: b"r",
    });
    let refused = bench.derived(CKM_IKE_PRF_DERIVE, &both, of(CKK_GENERIC_SECRET), None);
    assert!(matches!(refused, Err(Error::ArgumentsBad(_))));
}

/// An extended key may be the base key itself, cut.
#[test]
fn an_extended_key_is_no_more_open_than_its_base() {
    let bench = Bench::new();
    let closed = [(CKA_SENSITIVE, TRUE), (CKA_EXTRACTABLE, FALSE)];
    let base = bench.key_with(CKK_GENERIC_SECRET, &[7; 32], &closed);
    let len = 16_u64.to_ne_bytes();
    let params = extended(CKM_SHA256_HMAC, None, &[]);
    for open in [(CKA_SENSITIVE, FALSE), (CKA_EXTRACTABLE, TRUE)] {
        let wanted = [(CKA_VALUE_LEN, &len[..]), open];
        let refused = bench.derive(CKM_IKE1_EXTENDED_DERIVE, &params, base, &wanted);
        assert!(matches!(refused, Err(Error::TemplateInconsistent(_))));
    }
    let made = bench.derive(
        CKM_IKE1_EXTENDED_DERIVE,
        &params,
        base,
        &[(CKA_VALUE_LEN, &len)],
    );
    let object = bench.module.object(bench.session, made.unwrap()).unwrap();
    assert!(object.attributes().is_true(CKA_SENSITIVE));
    assert!(!object.attributes().is_true(CKA_ALWAYS_SENSITIVE));
}
