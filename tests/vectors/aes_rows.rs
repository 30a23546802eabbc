// SPDX-License-Identifier: MIT OR Apache-2.0
//! The symmetric rows of the registry, driven as a session drives them.

use std::sync::Arc;

use keystead::error::Error;
use keystead::mechanism::{
    CcmParams, GcmParams, Generation, Mechanism, ParamShape, Params, Rng, Setup, all, find,
    material,
};
use keystead::object::{AttributeMap, Kind, Object, Origin, Use, Value, authorize};
use keystead::pkcs11::attribute::{CKA_CLASS, CKA_ENCRYPT, CKA_KEY_TYPE, CKA_VALUE, CKA_VALUE_LEN};
use keystead::pkcs11::class::CKO_SECRET_KEY;
use keystead::pkcs11::key_type::{CKK_AES, CKK_GENERIC_SECRET};
use keystead::pkcs11::mechanism::{
    CKM_AES_CBC, CKM_AES_CBC_PAD, CKM_AES_CTS, CKM_AES_KEY_GEN, CKM_AES_KEY_WRAP,
    CKM_AES_KEY_WRAP_PAD, CKM_AES_KEY_WRAP_PKCS7, CKM_GENERIC_SECRET_KEY_GEN, CKM_SHA256_HMAC,
};
use keystead::pkcs11::{KeyType, MechanismType};
use keystead::secret::SecretBytes;

static AES: Kind = kind(CKK_AES);
static GENERIC: Kind = kind(CKK_GENERIC_SECRET);

const fn kind(key_type: KeyType) -> Kind {
    Kind {
        spec: "Key objects",
        class: CKO_SECRET_KEY,
        key_type: Some(key_type),
        subtype: None,
        tables: &[],
        check: |_, _| Ok(()),
    }
}

fn object(kind: &'static Kind, value: &[u8]) -> Arc<Object> {
    let value = Value::Secret(SecretBytes::from_slice(value));
    let map = AttributeMap::from_iter([
        (CKA_CLASS, Value::Ulong(CKO_SECRET_KEY.0)),
        (CKA_KEY_TYPE, Value::Ulong(kind.key_type.unwrap().0)),
        (CKA_ENCRYPT, Value::Bool(true)),
        (CKA_VALUE, value),
    ]);
    Arc::new(Object::new(kind, map))
}

fn with_setup<T>(
    row: &'static Mechanism,
    key: &Arc<Object>,
    params: &Params<'_>,
    run: impl FnOnce(&Setup<'_>) -> T,
) -> T {
    run(&Setup {
        mechanism: row,
        key: authorize(key.clone(), Use::Encrypt, row.id).unwrap(),
        params,
        rng: Rng::system(),
    })
}

/// A parameter that fits the row.
fn params(row: &Mechanism) -> Params<'static> {
    match row.params {
        ParamShape::Bytes(16) => Params::Bytes(&[6; 16]),
        ParamShape::AesCtr => Params::AesCtr {
            counter_bits: 32,
            block: [6; 16],
        },
        ParamShape::Gcm => Params::Gcm(GcmParams {
            iv: None,
            iv_len: 16,
            aad: &[],
            tag_bits: 128,
        }),
        ParamShape::Ccm => Params::Ccm(CcmParams {
            data_len: 0,
            nonce: &[6; 12],
            aad: &[],
            mac_len: 16,
        }),
        _ => Params::None,
    }
}

/// Every row that an AES key wraps with.
fn wrapping_rows() -> Vec<&'static Mechanism> {
    let rows = all().filter(|row| row.keys == [CKK_AES] && row.roles.wrap.is_some());
    let rows: Vec<_> = rows.collect();
    assert!(rows.len() >= 8, "{}", rows.len());
    rows
}

#[test]
fn every_wrap_gives_back_the_key_it_took() {
    let wrapping = object(&AES, &[1; 32]);
    for row in wrapping_rows() {
        for len in [1, 5, 16, 20, 24, 32, 33] {
            let secret = object(&GENERIC, &vec![0xee; len]);
            let exported = material::export(&secret).unwrap();
            if matches!(row.id, CKM_AES_KEY_WRAP_PKCS7 | CKM_AES_KEY_WRAP_PAD) && len < 8 {
                continue; // one semiblock, which KW does not take
            }
            if row.id == CKM_AES_CTS && len < 16 {
                continue; // "any, >= block size (16 bytes)"
            }
            let wrapped = with_setup(row, &wrapping, &params(row), |setup| {
                row.roles.wrap.unwrap()(setup, &exported).unwrap()
            });
            assert!(len < 16 || wrapped.expose().get(..len) != Some(exported.expose()));
            let unwrapped = with_setup(row, &wrapping, &params(row), |setup| {
                row.roles.unwrap.unwrap()(setup, wrapped.expose()).unwrap()
            });
            let mut map = AttributeMap::new();
            map.set(CKA_VALUE_LEN, Value::Ulong(len as u64));
            material::import(&GENERIC, &mut map, &unwrapped).unwrap();
            assert_eq!(
                map.bytes(CKA_VALUE).unwrap(),
                vec![0xee; len],
                "{} {len}",
                row.id
            );
            material::complete(&GENERIC, &mut map, Origin::Unwrap).unwrap();
        }
    }
}

#[test]
fn a_broken_wrapped_key_is_named_as_one() {
    let wrapping = object(&AES, &[1; 16]);
    for row in wrapping_rows() {
        let has_check = row.spec.contains("padding") || row.spec.contains("Wrap");
        if !has_check && !row.spec.contains("Authenticated") {
            continue;
        }
        let unwrap = |wrapped: &[u8]| {
            with_setup(row, &wrapping, &params(row), |setup| {
                row.roles.unwrap.unwrap()(setup, wrapped)
            })
        };
        let error = unwrap(&[0x5a; 48]).unwrap_err();
        assert!(
            matches!(error, Error::WrappedKeyInvalid(_)),
            "{}: {error}",
            row.id
        );
        let error = unwrap(&[0x5a; 7]).unwrap_err();
        assert!(
            matches!(error, Error::WrappedKeyLenRange(_)),
            "{}: {error}",
            row.id
        );
    }
}

#[test]
fn a_wrong_iv_is_refused_at_the_start() {
    let key = object(&AES, &[1; 16]);
    let cases: [(MechanismType, &[u8]); 4] = [
        (CKM_AES_CBC, &[0; 15]),
        (CKM_AES_CBC_PAD, &[]),
        (CKM_AES_KEY_WRAP, &[0; 4]),
        (CKM_AES_KEY_WRAP_PAD, &[0; 5]),
    ];
    for (id, iv) in cases {
        let row = find(id).unwrap();
        let error = with_setup(row, &key, &Params::Bytes(iv), |setup| {
            row.roles.encrypt.unwrap()(setup).err().unwrap()
        });
        assert!(matches!(error, Error::MechanismParamInvalid(_)), "{id}");
    }
}

#[test]
fn an_aes_key_signs_with_hmac() {
    // RFC 4231, test case 1, with a key of a length that AES has not, is in `mac`; here the key type matters.
    let key = object(&AES, &[0x0b; 32]);
    let row = find(CKM_SHA256_HMAC).unwrap();
    assert!(row.keys.contains(&CKK_AES));
    let tag = with_setup(row, &key, &Params::None, |setup| {
        row.roles.sign.unwrap()(setup)
            .unwrap()
            .single(b"Hi There")
            .unwrap()
    });
    let verify = |data: &[u8]| {
        with_setup(row, &key, &Params::None, |setup| {
            row.roles.verify.unwrap()(setup)
                .unwrap()
                .single(data, tag.expose())
        })
    };
    assert!(verify(b"Hi There").is_ok());
    assert!(matches!(
        verify(b"Hi there"),
        Err(Error::SignatureInvalid(_))
    ));
}

fn generate(id: MechanismType, len: Option<u64>) -> Result<AttributeMap, Error> {
    let row = find(id).unwrap();
    let mut map = AttributeMap::new();
    if let Some(len) = len {
        map.set(CKA_VALUE_LEN, Value::Ulong(len));
    }
    let generation = Generation {
        mechanism: row,
        params: &Params::None,
        rng: Rng::system(),
    };
    row.roles.generate.unwrap()(&generation, &mut map)?;
    Ok(map)
}

#[test]
fn generation_makes_keys_of_the_length_that_the_template_says() {
    for (id, kind, lens) in [
        (CKM_AES_KEY_GEN, &AES, [16, 24, 32]),
        (CKM_GENERIC_SECRET_KEY_GEN, &GENERIC, [1, 20, 4096]),
    ] {
        for len in lens {
            let mut map = generate(id, Some(len)).unwrap();
            assert_eq!(map.bytes(CKA_VALUE).unwrap().len() as u64, len);
            material::complete(kind, &mut map, Origin::Generate).unwrap();
        }
        let first = generate(id, Some(32)).unwrap();
        let second = generate(id, Some(32)).unwrap();
        assert_ne!(first.bytes(CKA_VALUE), second.bytes(CKA_VALUE));
        assert!(matches!(
            generate(id, None),
            Err(Error::TemplateIncomplete(_))
        ));
        for wrong in [0, 4097, u64::MAX] {
            let error = generate(id, Some(wrong)).unwrap_err();
            assert!(matches!(error, Error::AttributeValueInvalid(_)), "{wrong}");
        }
    }
    assert!(generate(CKM_AES_KEY_GEN, Some(20)).is_err());
}

#[test]
fn every_row_can_do_something_and_stands_once() {
    let mut ids: Vec<_> = all().map(|row| row.id.0).collect();
    assert!(all().all(|row| row.flags() != 0 && !row.spec.is_empty()));
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}
