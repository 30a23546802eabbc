// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys go out under every row that wraps, come back, and are used; wrong templates are refused.
//!
//! Source: PKCS#11 v3.2, `C_WrapKey`, `C_UnwrapKey` and "Wrapping/unwrapping private keys".

use keystead::error::Result;
use keystead::mechanism::{GcmParams, Mechanism, ParamShape, Params, all};
use keystead::module::Room;
use keystead::object::RawValue;
use keystead::pkcs11::attribute::{
    CKA_ALWAYS_SENSITIVE, CKA_CLASS, CKA_DERIVE, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_LABEL,
    CKA_LOCAL, CKA_NEVER_EXTRACTABLE, CKA_PRIVATE_EXPONENT, CKA_SENSITIVE, CKA_TRUSTED,
    CKA_UNWRAP_TEMPLATE, CKA_VALUE, CKA_VALUE_LEN,
};
use keystead::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY};
use keystead::pkcs11::kdf::CKD_NULL;
use keystead::pkcs11::key_type::{
    CKK_AES, CKK_EC, CKK_EC_EDWARDS, CKK_EC_MONTGOMERY, CKK_GENERIC_SECRET, CKK_RSA,
};
use keystead::pkcs11::mechanism::{
    CKM_AES_CBC_PAD, CKM_AES_CMAC, CKM_AES_GCM, CKM_AES_KEY_WRAP_KWP, CKM_AES_KEY_WRAP_PAD,
    CKM_AES_KEY_WRAP_PKCS7, CKM_ECDH1_DERIVE, CKM_ECDSA_SHA256, CKM_EDDSA, CKM_RSA_X_509,
    CKM_SHA256, CKM_SHA256_HMAC, CKM_SHA256_RSA_PKCS,
};
use keystead::pkcs11::mgf::CKG_MGF1_SHA256;
use keystead::pkcs11::rv::{
    CKR_ATTRIBUTE_READ_ONLY, CKR_KEY_NOT_WRAPPABLE, CKR_KEY_SIZE_RANGE, CKR_TEMPLATE_INCOMPLETE,
    CKR_TEMPLATE_INCONSISTENT, CKR_WRAPPED_KEY_INVALID, CKR_WRAPPED_KEY_LEN_RANGE,
};
use keystead::pkcs11::{
    AttributeType, KeyType, MechanismType, ObjectClass, ObjectHandle, ReturnCode,
};

use crate::bench::{Bench, code, output, row, template};
use crate::ec::{ED25519, P256, X25519};
use crate::rsa::pair;
use crate::vector::{Key, bytes};

/// The rows that keep the length of what they wrap, and so are fit for private keys.
const KEEPERS: [MechanismType; 5] = [
    CKM_AES_CBC_PAD,
    CKM_AES_GCM,
    CKM_AES_KEY_WRAP_KWP,
    CKM_AES_KEY_WRAP_PAD,
    CKM_AES_KEY_WRAP_PKCS7,
];

/// A parameter that fits the row.
fn params(row: &Mechanism) -> Params<'static> {
    match row.params {
        ParamShape::Bytes(16) => Params::Bytes(&[6; 16]),
        ParamShape::AesCtr => Params::AesCtr {
            counter_bits: 32,
            block: [6; 16],
        },
        ParamShape::Gcm => Params::Gcm(GcmParams {
            iv: Some(&[7; 12]),
            iv_len: 12,
            aad: b"aad",
            tag_bits: 128,
        }),
        ParamShape::RsaOaep => Params::RsaOaep {
            hash: CKM_SHA256,
            mgf: CKG_MGF1_SHA256,
            source: 1,
            label: b"label",
        },
        _ => Params::None,
    }
}

/// The keys that the row wraps and unwraps with.
fn ends(bench: &mut Bench, row: &Mechanism) -> (ObjectHandle, ObjectHandle) {
    let (one, two) = match row.keys {
        [CKK_RSA] => pair(),
        [CKK_AES] => (
            Key::secret(CKK_AES, &[5; 32]),
            Key::secret(CKK_AES, &[5; 32]),
        ),
        other => panic!("{} wraps with {other:?}: it needs an arm here", row.id),
    };
    (bench.key(&one).unwrap(), bench.key(&two).unwrap())
}

fn wrap(
    bench: &Bench,
    by: MechanismType,
    ends: (ObjectHandle, ObjectHandle),
    key: ObjectHandle,
) -> Result<Vec<u8>> {
    let mechanism = row(by);
    let (module, session) = (&bench.module, bench.session);
    let room = Room::Bytes(1 << 16);
    let params = params(mechanism);
    module
        .wrap_key(session, mechanism, &params, ends.0, key, room)
        .map(output)
}

fn unwrap(
    bench: &Bench,
    by: MechanismType,
    ends: (ObjectHandle, ObjectHandle),
    wrapped: &[u8],
    entries: &[(AttributeType, &[u8])],
) -> Result<ObjectHandle> {
    let mechanism = row(by);
    let (module, session) = (&bench.module, bench.session);
    let params = params(mechanism);
    module.unwrap_key(
        session,
        mechanism,
        &params,
        ends.1,
        wrapped,
        &template(entries),
    )
}

/// As [`unwrap`] with class, type and more.
fn unwrap_as(
    bench: &Bench,
    by: MechanismType,
    ends: (ObjectHandle, ObjectHandle),
    wrapped: &[u8],
    (class, key_type): (ObjectClass, KeyType),
    more: &[(AttributeType, &[u8])],
) -> Result<ObjectHandle> {
    let (class, key_type) = (class.0.to_ne_bytes(), key_type.0.to_ne_bytes());
    let entries = [&[(CKA_CLASS, &class[..]), (CKA_KEY_TYPE, &key_type)], more].concat();
    unwrap(bench, by, ends, wrapped, &entries)
}

#[test]
fn a_secret_key_comes_back_under_every_row_and_works() {
    let mut bench = Bench::new();
    let cases = [
        (CKK_AES, 16, CKM_AES_CMAC),
        (CKK_AES, 24, CKM_AES_CMAC),
        (CKK_AES, 32, CKM_AES_CMAC),
        (CKK_GENERIC_SECRET, 20, CKM_SHA256_HMAC),
        (CKK_GENERIC_SECRET, 48, CKM_SHA256_HMAC),
    ];
    for mechanism in all().filter(|row| row.roles.wrap.is_some()) {
        let id = mechanism.id;
        let ends = ends(&mut bench, mechanism);
        for (key_type, len, by) in cases {
            let key = bench.key(&Key::secret(key_type, &vec![0xc3; len])).unwrap();
            let wrapped = wrap(&bench, id, ends, key).unwrap();
            let value_len = (len as u64).to_ne_bytes();
            let kind = (CKO_SECRET_KEY, key_type);
            let more = [(CKA_VALUE_LEN, &value_len[..])];
            let back = unwrap_as(&bench, id, ends, &wrapped, kind, &more);
            let back = back.unwrap_or_else(|error| panic!("{id}, {len} bytes: {error}"));
            for never in [CKA_LOCAL, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE] {
                assert_eq!(bench.shown(back, never), [0], "{id} {never}");
            }
            let request = (row(by), &Params::None);
            let mac = bench.sign(request, key, b"message").unwrap();
            bench.verify(request, back, b"message", &mac).unwrap();
        }
    }
}

/// The private half, what to do with it, and the public half.
fn private_keys() -> Vec<(KeyType, Key, MechanismType, Key)> {
    let (public, private) = pair();
    let ec = [
        bytes("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"),
        bytes(
            "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6\
             7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
        ),
    ];
    let edwards = [
        bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
        bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
    ];
    let montgomery = [
        bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"),
        bytes("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"),
    ];
    let curve = |key_type, curve, [value, point]: [Vec<u8>; 2], by| {
        let private = Key::curve_private(key_type, &bytes(curve), &value);
        let public = Key::curve_public(key_type, &bytes(curve), &point);
        (key_type, private, by, public)
    };
    vec![
        (CKK_RSA, private, CKM_SHA256_RSA_PKCS, public),
        curve(CKK_EC, P256, ec, CKM_ECDSA_SHA256),
        curve(CKK_EC_EDWARDS, ED25519, edwards, CKM_EDDSA),
        curve(CKK_EC_MONTGOMERY, X25519, montgomery, CKM_ECDH1_DERIVE),
    ]
}

#[test]
fn a_private_key_comes_back_under_every_row_that_keeps_its_length_and_works() {
    let mut bench = Bench::new();
    for id in KEEPERS {
        let ends = ends(&mut bench, row(id));
        for (key_type, private, by, public) in private_keys() {
            let key = bench.key(&private).unwrap();
            let public = bench.key(&public).unwrap();
            let wrapped = wrap(&bench, id, ends, key).unwrap();
            let kind = (CKO_PRIVATE_KEY, key_type);
            let back = unwrap_as(&bench, id, ends, &wrapped, kind, &[]);
            let back = back.unwrap_or_else(|error| panic!("{id} {key_type}: {error}"));
            for never in [CKA_LOCAL, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE] {
                assert_eq!(bench.shown(back, never), [0], "{id} {never}");
            }
            if by == CKM_ECDH1_DERIVE {
                let peer =
                    bytes("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
                let params = Params::Ecdh1 {
                    kdf: CKD_NULL,
                    shared: &[],
                    public: &peer,
                };
                // RFC 7748, section 6.1.
                let wanted = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
                let derive_key = unwrap_as(&bench, id, ends, &wrapped, kind, &[(CKA_DERIVE, &[1])]);
                let secret = bench.derive((row(by), &params), derive_key.unwrap(), None);
                assert_eq!(hex::encode(secret.unwrap()), wanted, "{id}");
                continue;
            }
            let request = (row(by), &Params::None);
            let signature = bench.sign(request, back, b"message").unwrap();
            bench
                .verify(request, public, b"message", &signature)
                .unwrap();
        }
    }
}

#[test]
fn an_unwrap_with_a_wrong_template_is_refused() {
    let mut bench = Bench::new();
    let id = CKM_AES_KEY_WRAP_KWP;
    let ends = ends(&mut bench, row(id));
    let aes = bench.key(&Key::secret(CKK_AES, &[0xc3; 32])).unwrap();
    let (_, private, ..) = private_keys().swap_remove(1);
    let ec = bench.key(&private).unwrap();
    let aes = wrap(&bench, id, ends, aes).unwrap();
    let ec = wrap(&bench, id, ends, ec).unwrap();
    let secret = CKO_SECRET_KEY.0.to_ne_bytes();
    let key_type = CKK_AES.0.to_ne_bytes();
    for lone in [(CKA_CLASS, &secret), (CKA_KEY_TYPE, &key_type)] {
        let refused = unwrap(&bench, id, ends, &aes, &[(lone.0, &lone.1[..])]);
        assert_eq!(code(refused), CKR_TEMPLATE_INCOMPLETE, "{}", lone.0);
    }
    let as_public = (CKO_PUBLIC_KEY, CKK_EC);
    let refused = unwrap_as(&bench, id, ends, &ec, as_public, &[]);
    assert_eq!(code(refused), CKR_TEMPLATE_INCONSISTENT);
    // Types that the material does not have.
    for key_type in [CKK_RSA, CKK_EC_EDWARDS, CKK_EC_MONTGOMERY] {
        let refused = unwrap_as(&bench, id, ends, &ec, (CKO_PRIVATE_KEY, key_type), &[]);
        assert_eq!(code(refused), CKR_WRAPPED_KEY_INVALID, "{key_type}");
    }
    let refused = unwrap_as(&bench, id, ends, &aes, (CKO_PRIVATE_KEY, CKK_EC), &[]);
    assert_eq!(code(refused), CKR_WRAPPED_KEY_INVALID);
    let refused = unwrap_as(&bench, id, ends, &ec, (CKO_SECRET_KEY, CKK_AES), &[]);
    assert_eq!(code(refused), CKR_WRAPPED_KEY_LEN_RANGE);
    // What the token says of a key, and what comes out of the wrapped key.
    let kind = (CKO_SECRET_KEY, CKK_AES);
    let (short, long) = (16_u64.to_ne_bytes(), 64_u64.to_ne_bytes());
    let wrong: [(AttributeType, &[u8], ReturnCode); 8] = [
        (CKA_VALUE, &[1; 32], CKR_ATTRIBUTE_READ_ONLY),
        (CKA_VALUE_LEN, &short, CKR_TEMPLATE_INCONSISTENT),
        (CKA_VALUE_LEN, &long, CKR_TEMPLATE_INCONSISTENT),
        (CKA_LOCAL, &[1], CKR_ATTRIBUTE_READ_ONLY),
        (CKA_ALWAYS_SENSITIVE, &[1], CKR_ATTRIBUTE_READ_ONLY),
        (CKA_NEVER_EXTRACTABLE, &[1], CKR_ATTRIBUTE_READ_ONLY),
        (CKA_CLASS, &[0; 8], CKR_TEMPLATE_INCONSISTENT),
        (CKA_TRUSTED, &[1], CKR_ATTRIBUTE_READ_ONLY),
    ];
    for (attribute, value, wanted) in wrong {
        let refused = unwrap_as(&bench, id, ends, &aes, kind, &[(attribute, value)]);
        assert_eq!(code(refused), wanted, "{attribute}");
    }
    let fine = [
        (CKA_LABEL, &b"x"[..]),
        (CKA_SENSITIVE, &[1]),
        (CKA_EXTRACTABLE, &[0]),
    ];
    let made = unwrap_as(&bench, id, ends, &aes, kind, &fine).unwrap();
    assert_eq!(bench.shown(made, CKA_VALUE_LEN), 32_u64.to_ne_bytes());
}

/// "If any attribute mismatch occurs on an attempt to unwrap a key then the function SHALL return
/// CKR_TEMPLATE_INCONSISTENT."
#[test]
fn the_unwrap_template_of_the_key_is_held_against_the_template() {
    let mut bench = Bench::new();
    let id = CKM_AES_KEY_WRAP_KWP;
    let plain = ends(&mut bench, row(id));
    let key = bench.key(&Key::secret(CKK_AES, &[0xc3; 32])).unwrap();
    let wrapped = wrap(&bench, id, plain, key).unwrap();
    let key_type = CKK_AES.0.to_ne_bytes();
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let nested = template(&[(CKA_SENSITIVE, &[1]), (CKA_KEY_TYPE, &key_type)]);
    let mut entries = template(&[
        (CKA_CLASS, &class),
        (CKA_KEY_TYPE, &key_type),
        (CKA_VALUE, &[5; 32]),
    ]);
    entries
        .0
        .push((CKA_UNWRAP_TEMPLATE, RawValue::Nested(nested)));
    let strict = bench.module.create_object(bench.session, &entries).unwrap();
    let ends = (strict, strict);
    for (kind, more) in [
        ((CKO_SECRET_KEY, CKK_AES), [(CKA_SENSITIVE, &[0_u8][..])]),
        (
            (CKO_SECRET_KEY, CKK_GENERIC_SECRET),
            [(CKA_SENSITIVE, &[1])],
        ),
    ] {
        let refused = unwrap_as(&bench, id, ends, &wrapped, kind, &more);
        assert_eq!(code(refused), CKR_TEMPLATE_INCONSISTENT, "{kind:?}");
    }
    let kind = (CKO_SECRET_KEY, CKK_AES);
    for more in [&[(CKA_SENSITIVE, &[1_u8][..])][..], &[]] {
        let made = unwrap_as(&bench, id, ends, &wrapped, kind, more).unwrap();
        assert_eq!(bench.shown(made, CKA_SENSITIVE), [1]);
    }
}

#[test]
fn a_raw_rsa_block_is_cut_in_front_and_only_where_zeros_stand() {
    let mut bench = Bench::new();
    let id = CKM_RSA_X_509;
    let ends = ends(&mut bench, row(id));
    let value = [&[0][..], &[0xc3; 31]].concat();
    let key = bench.key(&Key::secret(CKK_GENERIC_SECRET, &value)).unwrap();
    let wrapped = wrap(&bench, id, ends, key).unwrap();
    let request = (row(id), &Params::None);
    // A leading zero of the key itself comes back, too.
    let back = bench.unwrap(request, ends.1, &wrapped, Some(32)).unwrap();
    assert_eq!(back, value);
    let short = bench.unwrap(request, ends.1, &wrapped, Some(16));
    assert_eq!(code(short), CKR_TEMPLATE_INCONSISTENT);
    let whole = bench.unwrap(request, ends.1, &wrapped, None).unwrap();
    assert_eq!(whole.len(), 256);
    let long = bench.unwrap(request, ends.1, &wrapped, Some(257));
    assert_eq!(code(long), CKR_TEMPLATE_INCONSISTENT);
}

/// Whatever goes out comes back: a key that is wrapped and cannot be unwrapped is lost.
#[test]
fn a_row_that_wraps_a_private_key_unwraps_it() {
    let mut bench = Bench::new();
    let open = [(CKA_SENSITIVE, &[0][..]), (CKA_EXTRACTABLE, &[1])];
    for mechanism in all().filter(|row| row.roles.wrap.is_some()) {
        let id = mechanism.id;
        let ends = ends(&mut bench, mechanism);
        for (key_type, private, ..) in private_keys() {
            let key = bench.key(&private).unwrap();
            let wrapped = wrap(&bench, id, ends, key);
            if id == CKM_RSA_X_509 {
                assert_eq!(code(wrapped), CKR_KEY_NOT_WRAPPABLE, "{key_type}");
                continue;
            }
            if mechanism.keys == [CKK_RSA] && key_type == CKK_RSA {
                // A key is larger than its modulus.
                assert_eq!(code(wrapped), CKR_KEY_SIZE_RANGE, "{id}");
                continue;
            }
            let kind = (CKO_PRIVATE_KEY, key_type);
            let back = unwrap_as(&bench, id, ends, &wrapped.unwrap(), kind, &open);
            let back = back.unwrap_or_else(|error| panic!("{id} {key_type}: {error}"));
            let value = if key_type == CKK_RSA {
                CKA_PRIVATE_EXPONENT
            } else {
                CKA_VALUE
            };
            assert_eq!(
                bench.shown(back, value),
                bench.shown(key, value),
                "{id} {key_type}"
            );
        }
    }
}
