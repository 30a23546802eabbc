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
use super::temporary_aes_known::{EC, EC_BLOB, RSA, RSA_BLOB, TARGET, X25519, X25519_BLOB};

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
