// SPDX-License-Identifier: MIT OR Apache-2.0
//! The wraps with a temporary AES key, driven as the session drives them: blobs made with OpenSSL
//! 3.0 (`pkeyutl`, `kdf X963KDF`, `enc -id-aes256-wrap-pad`), and round trips.

use std::sync::Arc;

use keystead::error::{Error, Result};
use keystead::mechanism::material::{complete, import};
use keystead::mechanism::{Generation, Pair, Params, Setup, find};
use keystead::object::{AttributeMap, Kind, Object, Origin, Use, Value, authorize};
use keystead::pkcs11::attribute::{CKA_CLASS, CKA_EC_PARAMS, CKA_KEY_TYPE, CKA_UNWRAP, CKA_WRAP};
use keystead::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use keystead::pkcs11::kdf::{CKD_NULL, CKD_SHA256_KDF};
use keystead::pkcs11::key_type::{CKK_EC, CKK_EC_MONTGOMERY, CKK_RSA};
use keystead::pkcs11::mechanism::{
    CKM_EC_KEY_PAIR_GEN, CKM_EC_MONTGOMERY_KEY_PAIR_GEN, CKM_ECDH_AES_KEY_WRAP,
    CKM_ECDH_COF_AES_KEY_WRAP, CKM_ECDH_X_AES_KEY_WRAP, CKM_RSA_AES_KEY_WRAP, CKM_SHA256,
};
use keystead::pkcs11::mgf::CKG_MGF1_SHA256;
use keystead::pkcs11::{KdfType, KeyType, MechanismType, ObjectClass};
use keystead::secret::SecretBytes;

use super::rsa_objects::{RNG, pair as rsa_pair};

/// What the blobs hold.
const TARGET: &[u8] = b"a key of 29 bytes: 0123456789";
/// RSA-2048, and an AES-256 key under OAEP with SHA-256, then the target under that key.
const RSA: &str = "308204bd020100300d06092a864886f70d0101010500048204a7308204a30201000282010100942e7363e8c686\
     377c06dbe206da04fe8dd9165e4d4d67307b4702a6c4b15e0068db6e7c5434f2333fb6c7d2db102623e1682c44f5\
     86d17513b6b73175721600eab61d60185e97f207c8444c56dfe01d85ac7fcec0b7070dc645231df1936396679112\
     603d1e2b2f6178cd20af71c5424c9d41aa83b4dfc1ed22836f5d4c9c2352c5dee432dc21d35d2544dc8f05d781d1\
     7d2c7019d07c6bc32ddfd1aa8803cd98f38f0a426b21a683f398994919e920ff44cb56f3eba8978bdba8bd7ad9c6\
     18e0bb17143792a0a3a8380fd5fd6804aff7b6ffa4eed9305275bc443ab97257f1784b1e87d269ed83b1b53c2720\
     73e3d01a45fe3963b3ac240f6053924f5581a30203010001028201000cfe81c9ea18b69e58f6f5033e1c92418c48\
     d42852d90dca7795038b8246177b2bb6ca5a86bbd9dd5aa1f9a5e8e5e2a254dae0beef54f23b350e59c4318b5e98\
     97fc7e58f5ea1da2f0c1c41379aeca256c9a72debb919141c8f8391b201b0fa999cd63f22289e9b98eef9bf558cd\
     3e42111bdd2d49bd6bbdc2c0bb0be1ff9cd56dfb3b070741de07bd8b3c457e5cc28dd7f92aa1d57015ef30556081\
     1256f639b3842f27712702c3b5339954ccc5eb7aacb19353b279b91d7ddf47849017489c40aa3a5d7e2415c1b8dc\
     35fe5b321b3886c2d916492fd0a2e9b5544c2250fe84a25e90d9d304a44c6a35d7ccffe8abb33af264c563c79d1b\
     94d0d05eaa481c8902818100c6b7c648bdbcc7ba6065342e05b9af5f9bdcbe3c62d767937aea2d8df596f79bc2bb\
     da839eff063e4422353d84dffba252b23d2204bf3001300388627a37127acf9b659a20cd279023ba29cfbfa18785\
     29de7ed8068918784da6312549dd90eed9bcb2884fe5337e1c34e6615217d7ab2b9ea937df60cec671c98d6c4c53\
     cd2502818100bee561b1ac3ab093aee2ff24a430fcf151f4f32b341a793cacbb92f952da20581160e121d1c600a5\
     f212c1a47592843563d1c38f3c59f83e620bd363872b112ebc99bec38565373f5283eb2a94e27d3a65482f24bceb\
     eb5d25e48a4f5c8e03903b9cef0833b298080e4bba1850fae98987d0e7b3c2e8c379f31903e9392eed270281804c\
     b764186f0fb377d3811eace9ceeed295649a18cbfbe6e3bbdf2e6910b810ad94775b7bd6e513aef434d4a3046a48\
     463970d04312dc109754c6f85f3459908bd31c661423b7b01f687b956abbcb8b7b3057d25669e78187e84a51ccd8\
     806e5497c0ce97eb684c01d2b7e57d0ae9637c94a17328bbd72edcd3cf01071f4c76f502818100ac87e4a410657a\
     f1ff3e6a1b53ca72d228a09aa69190dbc25adbad1a6a277ad41de0d1991f5f3576c632ed911632360b8b0c2b136a\
     1866a4fb3874f59f54ed52b062c46732492885b2ae47fd5452df9bc7ae55ed7e523b87149859e9205dba1ac1c634\
     c3d4f5b53292b91e989b982b3a81e5ed842ac4f4e7632f58b99155384102818020f2c7fa68618bd80505c20b97b2\
     5f76c4602d2d27f8973d3ba7b7b585dfb1dd0352de091af58a93b3222af319f462cf5d1baebf8a573e119931fa4e\
     06fd387604b2e23e7ffa85d63528b100a60cd3d37db28473cc23a0c7a8935c8508a4e1aec799683035aff3d47755\
     d3e95332f4d2188790933e22ef63dc89eaeb94e0a0de";
const RSA_BLOB: [&str; 2] = [
    "600c1deda7cb82113eaddaec1a50eaf040825389c2ec869eb1b3617335869722f121289bdb0139e6265adb686e\
     752c5caa79d13651517a9660fc12f0ad067cde7d511aa0870149f9facf37c69b260d3566dbbff4893b6a85744065\
     65579274db6fe0535dcb70ac450b758894afb599cea595943e0b46bd4b95c24f4f5c25dd895107e0e6fce109c6e7\
     b376389dde719220d10d78dd51dcdbfc92d05a87c007c4a78283056e582095cae7cb01f9271bf25c82bdca1cc918\
     ff2acfd107e1ab84bf2bfa6fae4befce742f2dcb05d08cf10944349a597a8d132242d990062e1621d253c5556799\
     5cdc7853b06002db562cc6e71d1e0bbde8df560d7c1085e273a8e4",
    "af8780a3c333f1660639b3053b0f4b54e60c6925930bc1ad6ccda49a1487ce01ff411846d1546eb5",
];
/// P-256; the transport key's point; the target under X9.63 KDF with SHA-256 and "shared info".
const EC: &str = "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420a443d7ac84b6aa8942\
     3c00eee635b625daed903484e47db234c9f506c0261dc1a14403420004dfe44d5d532c330c6a086abe988a684347\
     7928154898707cbcb00dbe1dd9397147692691a6da2f9fb89e87dbfbef702e3410f8cd7c4e159f67c35ba38d008c\
     56";
const EC_BLOB: [&str; 2] = [
    "04ed52821d9c1a4e81306be008df1867645963db7e658655b11115db67bb299f849edbc5a4acf01060413c2c37\
     dfe218eb04756870d0b878c368f3ea9bd7eee67d",
    "62edb0c4156b90fd4aea378913b264cec3dfb44077cdac61c69203cde56df604660f17694bd8cbac",
];
/// X25519; the transport key's u coordinate; the target under the first 128 bits of the secret.
const X25519: &str = "302e020100300506032b656e0422042098f6b7e070206afdea9f1b170bbc0e31d5d6c50fe49791b85e30fa4279\
     9a9d48";
const X25519_BLOB: [&str; 2] = [
    "aabbb1164f48ef1faedeb8b6b59f7b433963ba88f66b881522746f152d876421",
    "e0ef0c11003a99618936a52eb920d9fc9a4c745a75afda91c6bc30f509ee92f6b6119720e9fbacf1",
];

const fn kind(class: ObjectClass, key_type: KeyType) -> Kind {
    Kind {
        spec: "Key objects",
        class,
        key_type: Some(key_type),
        subtype: None,
        tables: &[],
        check: |_, _| Ok(()),
    }
}

static RSA_PRIVATE: Kind = kind(CKO_PRIVATE_KEY, CKK_RSA);
static EC_KINDS: [Kind; 2] = [kind(CKO_PUBLIC_KEY, CKK_EC), kind(CKO_PRIVATE_KEY, CKK_EC)];
static MONTGOMERY_KINDS: [Kind; 2] = [
    kind(CKO_PUBLIC_KEY, CKK_EC_MONTGOMERY),
    kind(CKO_PRIVATE_KEY, CKK_EC_MONTGOMERY),
];

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

fn admitted(kind: &Kind) -> AttributeMap {
    let mut map = AttributeMap::new();
    map.set(CKA_CLASS, Value::Ulong(kind.class.0));
    map.set(CKA_KEY_TYPE, Value::Ulong(kind.key_type.unwrap().0));
    map.set(CKA_WRAP, Value::Bool(true));
    map.set(CKA_UNWRAP, Value::Bool(true));
    map
}

fn imported(kind: &'static Kind, pkcs8: &str) -> Arc<Object> {
    let mut map = admitted(kind);
    import(kind, &mut map, &SecretBytes::new(bytes(pkcs8))).unwrap();
    complete(kind, &mut map, Origin::Unwrap).unwrap();
    Arc::new(Object::new(kind, map))
}

/// The public object and the private object.
fn generated(kinds: &'static [Kind; 2], id: MechanismType, params: &str) -> [Arc<Object>; 2] {
    let mut maps = kinds.each_ref().map(admitted);
    let [public, private] = &mut maps;
    public.set(CKA_EC_PARAMS, Value::Bytes(bytes(params)));
    let row = find(id).unwrap();
    let generation = Generation {
        mechanism: row,
        params: &Params::None,
        rng: RNG,
    };
    row.roles.generate_pair.unwrap()(&generation, Pair { public, private }).unwrap();
    for (kind, map) in kinds.iter().zip(&mut maps) {
        complete(kind, map, Origin::Generate).unwrap();
    }
    let [public, private] = maps;
    [
        Arc::new(Object::new(&kinds[0], public)),
        Arc::new(Object::new(&kinds[1], private)),
    ]
}

fn wrap(id: MechanismType, key: &Arc<Object>, params: &Params<'_>) -> Result<SecretBytes> {
    let mechanism = find(id)?;
    let setup = Setup {
        mechanism,
        key: authorize(Arc::clone(key), Use::Wrap, id)?,
        params,
        rng: RNG,
    };
    mechanism.roles.wrap.unwrap()(&setup, &SecretBytes::from_slice(TARGET))
}

fn unwrap(
    id: MechanismType,
    key: &Arc<Object>,
    params: &Params<'_>,
    wrapped: &[u8],
) -> Result<SecretBytes> {
    let mechanism = find(id)?;
    let setup = Setup {
        mechanism,
        key: authorize(Arc::clone(key), Use::Unwrap, id)?,
        params,
        rng: RNG,
    };
    mechanism.roles.unwrap.unwrap()(&setup, wrapped)
}

fn rsa_params(aes_bits: u64) -> Params<'static> {
    let oaep = Params::RsaOaep {
        hash: CKM_SHA256,
        mgf: CKG_MGF1_SHA256,
        source: 1,
        label: b"",
    };
    Params::RsaAesKeyWrap {
        aes_bits,
        oaep: Box::new(oaep),
    }
}

const fn ec_params(aes_bits: u64, kdf: KdfType, shared: &[u8]) -> Params<'_> {
    Params::EcdhAesKeyWrap {
        aes_bits,
        kdf,
        shared,
    }
}

/// Every byte of a wrapped key counts, and all that goes wrong inside has one code and one reason.
fn check_damage(wrapped: &[u8], run: impl Fn(&[u8]) -> Result<SecretBytes>) {
    for at in 0..wrapped.len() {
        let mut bad = wrapped.to_vec();
        bad[at] ^= 1;
        match run(&bad) {
            Err(Error::WrappedKeyInvalid(_)) => {}
            // A head that says another length leaves a tail of another length.
            Err(Error::WrappedKeyLenRange(_)) if at < 2 => {}
            other => panic!("{at}: {other:?}"),
        }
    }
    for len in [0, 1, 32, wrapped.len() - 1] {
        let refused = run(&wrapped[..len]);
        assert!(
            matches!(
                refused,
                Err(Error::WrappedKeyLenRange(_) | Error::WrappedKeyInvalid(_))
            ),
            "{len}"
        );
    }
}

#[test]
fn what_openssl_wrapped_unwraps() {
    let rsa = imported(&RSA_PRIVATE, RSA);
    let blob = bytes(&RSA_BLOB.concat());
    let id = CKM_RSA_AES_KEY_WRAP;
    let target = unwrap(id, &rsa, &rsa_params(256), &blob).unwrap();
    assert!(target.ct_eq(TARGET));

    let ec = imported(&EC_KINDS[1], EC);
    let [point, tail] = EC_BLOB.map(bytes);
    let blob = [&[4, 65][..], &point, &tail].concat();
    let params = ec_params(256, CKD_SHA256_KDF, b"shared info");
    for id in [CKM_ECDH_AES_KEY_WRAP, CKM_ECDH_COF_AES_KEY_WRAP] {
        assert!(unwrap(id, &ec, &params, &blob).unwrap().ct_eq(TARGET));
        check_damage(&blob, |blob| unwrap(id, &ec, &params, blob));
        let other = ec_params(256, CKD_SHA256_KDF, b"other info");
        assert!(unwrap(id, &ec, &other, &blob).is_err());
    }

    let x25519 = imported(&MONTGOMERY_KINDS[1], X25519);
    let blob = bytes(&X25519_BLOB.concat());
    let params = ec_params(128, CKD_NULL, b"");
    for id in [CKM_ECDH_AES_KEY_WRAP, CKM_ECDH_X_AES_KEY_WRAP] {
        assert!(unwrap(id, &x25519, &params, &blob).unwrap().ct_eq(TARGET));
    }
}

#[test]
fn an_rsa_wrap_unwraps_and_its_damage_shows_no_cause() {
    let (public, private) = rsa_pair();
    let id = CKM_RSA_AES_KEY_WRAP;
    for bits in [128, 192, 256] {
        let wrapped = wrap(id, public, &rsa_params(bits)).unwrap();
        let back = unwrap(id, private, &rsa_params(bits), wrapped.expose()).unwrap();
        assert!(back.ct_eq(TARGET));
    }
    let wrapped = wrap(id, public, &rsa_params(256)).unwrap();
    let head_len = wrapped.len() - 40;
    let reason = |at: usize| {
        let mut bad = wrapped.expose().to_vec();
        bad[at] ^= 1;
        let error = unwrap(id, private, &rsa_params(256), &bad).unwrap_err();
        assert!(matches!(error, Error::WrappedKeyInvalid(_)), "{at}");
        error.to_string()
    };
    let all = [head_len - 1, head_len / 2, head_len, wrapped.len() - 1].map(reason);
    assert!(all.iter().all(|one| *one == all[0]), "{all:?}");
    for bits in [0, 64, 257, u64::MAX] {
        let refused = wrap(id, public, &rsa_params(bits));
        assert!(matches!(refused, Err(Error::MechanismParamInvalid(_))));
    }
}

#[test]
fn an_elliptic_curve_wrap_unwraps() {
    let mut n_run = 0;
    for curve in ["06052b81040021", "06082a8648ce3d030107", "06052b81040023"] {
        let [public, private] = generated(&EC_KINDS, CKM_EC_KEY_PAIR_GEN, curve);
        for id in [CKM_ECDH_AES_KEY_WRAP, CKM_ECDH_COF_AES_KEY_WRAP] {
            for (bits, kdf) in [(128, CKD_NULL), (192, CKD_NULL), (256, CKD_SHA256_KDF)] {
                let params = ec_params(bits, kdf, b"");
                let wrapped = wrap(id, &public, &params).unwrap();
                let back = unwrap(id, &private, &params, wrapped.expose()).unwrap();
                assert!(back.ct_eq(TARGET));
                n_run += 1;
            }
        }
    }
    for (curve, len) in [("06032b656e", 32), ("06032b656f", 56)] {
        let kinds = &MONTGOMERY_KINDS;
        let [public, private] = generated(kinds, CKM_EC_MONTGOMERY_KEY_PAIR_GEN, curve);
        for id in [CKM_ECDH_AES_KEY_WRAP, CKM_ECDH_X_AES_KEY_WRAP] {
            let params = ec_params(256, CKD_SHA256_KDF, b"info");
            let wrapped = wrap(id, &public, &params).unwrap();
            assert_eq!(wrapped.len(), len + 40);
            let back = unwrap(id, &private, &params, wrapped.expose()).unwrap();
            assert!(back.ct_eq(TARGET));
            n_run += 1;
        }
    }
    assert_eq!(n_run, 22);
}

#[test]
fn a_secret_shorter_than_the_temporary_key_is_refused() {
    let [public, _] = generated(&EC_KINDS, CKM_EC_KEY_PAIR_GEN, "06052b81040021");
    let params = ec_params(256, CKD_NULL, b"");
    let refused = wrap(CKM_ECDH_COF_AES_KEY_WRAP, &public, &params);
    assert!(matches!(refused, Err(Error::MechanismParamInvalid(_))));
}
