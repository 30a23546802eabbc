// SPDX-License-Identifier: MIT OR Apache-2.0
//! The elliptic curve rows of the registry, driven as the session drives them.

use std::sync::Arc;

use keystead::error::{Error, Result};
use keystead::mechanism::material::complete;
use keystead::mechanism::{
    Accumulate, Check, Derivation, Derived, Generation, Mechanism, Pair, Params, Random, Rng,
    Setup, all, find,
};
use keystead::object::{AttributeMap, Kind, Object, Origin, UsableKey, Use, Value, authorize};
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_DERIVE, CKA_EC_PARAMS, CKA_EC_POINT, CKA_KEY_TYPE, CKA_SIGN, CKA_VERIFY,
};
use keystead::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY};
use keystead::pkcs11::kdf::{CKD_NULL, CKD_SHA256_KDF, CKD_SHA256_KDF_SP800};
use keystead::pkcs11::key_type::{CKK_EC, CKK_EC_EDWARDS, CKK_EC_MONTGOMERY, CKK_GENERIC_SECRET};
use keystead::pkcs11::mechanism::{
    CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN, CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
    CKM_ECDH1_COFACTOR_DERIVE, CKM_ECDH1_DERIVE, CKM_ECDSA, CKM_ECDSA_SHA256, CKM_EDDSA,
};
use keystead::pkcs11::{KdfType, KeyType, MechanismType, ObjectClass};
use keystead::secret::SecretBytes;

struct System;

impl Random for System {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        getrandom::fill(bytes).map_err(|_| Error::DeviceError("no randomness".into()))
    }

    fn mix(&self, _seed: &[u8]) -> Result<()> {
        Ok(())
    }
}

const RNG: Rng = Rng(&System);
const P256: &str = "06082a8648ce3d030107";
const P384: &str = "06052b81040022";
const P521: &str = "06052b81040023";
const P224: &str = "06052b81040021";
const SECP256K1: &str = "06052b8104000a";
const BRAINPOOL_P256R1: &str = "06092b2403030208010107";
const BRAINPOOL_P384R1: &str = "06092b240303020801010b";
const ED25519: &str = "06032b6570";
const ED448: &str = "06032b6571";
const X448: &str = "06032b656f";
const X25519: &str = "06032b656e";

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

static EC: [Kind; 2] = [kind(CKO_PUBLIC_KEY, CKK_EC), kind(CKO_PRIVATE_KEY, CKK_EC)];
static EDWARDS: [Kind; 2] = [
    kind(CKO_PUBLIC_KEY, CKK_EC_EDWARDS),
    kind(CKO_PRIVATE_KEY, CKK_EC_EDWARDS),
];
static MONTGOMERY: [Kind; 2] = [
    kind(CKO_PUBLIC_KEY, CKK_EC_MONTGOMERY),
    kind(CKO_PRIVATE_KEY, CKK_EC_MONTGOMERY),
];

/// A fresh key pair: the public object, the private object.
fn pair(kinds: &'static [Kind; 2], curve: &str) -> [Arc<Object>; 2] {
    let id = match kinds[0].key_type.unwrap() {
        CKK_EC => CKM_EC_KEY_PAIR_GEN,
        CKK_EC_EDWARDS => CKM_EC_EDWARDS_KEY_PAIR_GEN,
        _ => CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
    };
    let row = find(id).unwrap();
    let mut maps = kinds.each_ref().map(|kind| {
        let mut map = AttributeMap::new();
        map.set(CKA_CLASS, Value::Ulong(kind.class.0));
        map.set(CKA_KEY_TYPE, Value::Ulong(kind.key_type.unwrap().0));
        for usage in [CKA_SIGN, CKA_VERIFY, CKA_DERIVE] {
            map.set(usage, Value::Bool(true));
        }
        map
    });
    let [public, private] = &mut maps;
    public.set(CKA_EC_PARAMS, Value::Bytes(hex::decode(curve).unwrap()));
    let generation = Generation {
        mechanism: row,
        params: &Params::None,
        rng: RNG,
    };
    row.roles.generate_pair.unwrap()(&generation, Pair { public, private }).unwrap();
    let [mut public, mut private] = maps;
    complete(&kinds[0], &mut public, Origin::Generate).unwrap();
    complete(&kinds[1], &mut private, Origin::Generate).unwrap();
    [
        Object::new(&kinds[0], public),
        Object::new(&kinds[1], private),
    ]
    .map(Arc::new)
}

fn usable(object: &Arc<Object>, purpose: Use, id: MechanismType) -> UsableKey {
    authorize(Arc::clone(object), purpose, id).unwrap()
}

fn setup<'a>(
    object: &Arc<Object>,
    purpose: Use,
    mechanism: &'static Mechanism,
    params: &'a Params<'a>,
) -> Setup<'a> {
    Setup {
        mechanism,
        key: usable(object, purpose, mechanism.id),
        params,
        rng: RNG,
    }
}

fn signer(
    id: MechanismType,
    key: &Arc<Object>,
    params: &Params<'_>,
) -> Result<Box<dyn Accumulate>> {
    let row = find(id)?;
    row.roles.sign.unwrap()(&setup(key, Use::Sign, row, params))
}

fn verifier(id: MechanismType, key: &Arc<Object>) -> Box<dyn Check> {
    let row = find(id).unwrap();
    row.roles.verify.unwrap()(&setup(key, Use::Verify, row, &Params::None)).unwrap()
}

/// Signs and verifies in one part and in several, crosswise.
fn check_signatures(id: MechanismType, [public, private]: &[Arc<Object>; 2], len: usize) {
    let message = [0x17; 50];
    let one = signer(id, private, &Params::None).unwrap();
    assert_eq!(one.output_len(), len, "{id}");
    let one = one.single(&message).unwrap();
    let mut many = signer(id, private, &Params::None).unwrap();
    for part in [&message[..7], b"", &message[7..]] {
        many.update(part).unwrap();
    }
    let many = many.finish().unwrap();
    for signature in [one, many] {
        assert_eq!(signature.len(), len, "{id}");
        verifier(id, public)
            .single(&message, signature.expose())
            .unwrap();
        let mut parts = verifier(id, public);
        parts.update(&message[..20]).unwrap();
        parts.update(&message[20..]).unwrap();
        parts.finish(signature.expose()).unwrap();
        let other = verifier(id, public).single(&[0x71; 50], signature.expose());
        assert!(matches!(other, Err(Error::SignatureInvalid(_))), "{id}");
    }
}

#[test]
fn every_ecdsa_row_signs_on_every_curve() {
    let mut n_rows = 0;
    let curves = [
        (P224, 56),
        (P256, 64),
        (SECP256K1, 64),
        (BRAINPOOL_P256R1, 64),
        (P384, 96),
        (BRAINPOOL_P384R1, 96),
        (P521, 132),
    ];
    for (curve, len) in curves {
        let pair = pair(&EC, curve);
        for row in all().filter(|row| row.keys == [CKK_EC] && row.roles.sign.is_some()) {
            check_signatures(row.id, &pair, len);
            n_rows += 1;
        }
    }
    assert_eq!(n_rows, 70);
}

#[test]
fn eddsa_signs_in_one_part_and_in_many() {
    let pair = pair(&EDWARDS, ED25519);
    check_signatures(CKM_EDDSA, &pair, 64);
    let large = self::pair(&EDWARDS, ED448);
    check_signatures(CKM_EDDSA, &large, 114);
    for (prehash, context) in [(false, &b"ctx"[..]), (true, b""), (true, b"ctx")] {
        for [public, private] in [&pair, &large] {
            // Only AWS-LC has Ed25519ctx.
            if !prehash && !cfg!(feature = "aws-lc") {
                continue;
            }
            let params = Params::Eddsa { prehash, context };
            let signer = signer(CKM_EDDSA, private, &params).unwrap();
            let signature = signer.single(b"message").unwrap();
            let pure = verifier(CKM_EDDSA, public).single(b"message", signature.expose());
            assert!(matches!(pure, Err(Error::SignatureInvalid(_))));
        }
    }
    let context = &[0; 256];
    let long = Params::Eddsa {
        prehash: true,
        context,
    };
    let refused = signer(CKM_EDDSA, &pair[1], &long);
    assert!(matches!(refused, Err(Error::MechanismParamInvalid(_))));
}

#[test]
fn a_signature_of_a_wrong_length_has_its_own_code() {
    let [public, _] = pair(&EC, P256);
    for id in [CKM_ECDSA, CKM_ECDSA_SHA256] {
        let long = verifier(id, &public).single(b"digest", &[1; 66]);
        assert!(matches!(long, Err(Error::SignatureLenRange(_))), "{id}");
        for len in [0, 1, 2, 62, 63, 64] {
            let wrong = verifier(id, &public).single(b"digest", &vec![1; len]);
            assert!(
                matches!(wrong, Err(Error::SignatureInvalid(_))),
                "{id} {len}"
            );
        }
    }
    let [public, _] = pair(&EDWARDS, ED25519);
    for len in [0, 63, 65] {
        let wrong = verifier(CKM_EDDSA, &public).single(b"message", &vec![1; len]);
        assert!(matches!(wrong, Err(Error::SignatureLenRange(_))), "{len}");
    }
}

#[test]
fn a_signature_without_the_leading_zeros_of_both_halves_verifies() {
    let [public, private] = pair(&EC, P521);
    // Both halves of a P-521 signature start with a zero byte once in four signatures, nearly.
    let short = (0..10_000u32)
        .map(|number| number.to_be_bytes())
        .find_map(|digest| {
            let signer = signer(CKM_ECDSA, &private, &Params::None).unwrap();
            let signature = signer.single(&digest).unwrap();
            let (r, s) = signature.expose().split_at(66);
            (r[0] == 0 && s[0] == 0).then(|| (digest, [&r[1..], &s[1..]].concat()))
        });
    let (digest, signature) = short.unwrap();
    assert_eq!(signature.len(), 130);
    verifier(CKM_ECDSA, &public)
        .single(&digest, &signature)
        .unwrap();
}

fn derive(
    id: MechanismType,
    base: &Arc<Object>,
    kdf: KdfType,
    shared: &[u8],
    public: &[u8],
    value_len: Option<usize>,
) -> Result<SecretBytes> {
    let row = find(id)?;
    let derivation = Derivation {
        mechanism: row,
        base: usable(base, Use::Derive, id),
        params: &Params::Ecdh1 {
            kdf,
            shared,
            public,
        },
        class: CKO_SECRET_KEY,
        key_type: CKK_GENERIC_SECRET,
        value_len,
        other_key: &|_| Err(Error::KeyHandleInvalid("there is no other key".into())),
        rng: RNG,
    };
    match row.roles.derive.unwrap()(&derivation)? {
        Derived::Value(value) => Ok(value),
    }
}

#[test]
fn both_sides_derive_the_same_key() {
    let cases = [
        (&EC, P256, 32, 2),
        (&EC, P384, 48, 2),
        (&EC, P521, 66, 3),
        (&EC, BRAINPOOL_P384R1, 48, 2),
        (&MONTGOMERY, X25519, 32, 2),
        (&MONTGOMERY, X448, 56, 2),
    ];
    for (kinds, curve, len, header_len) in cases {
        let ([ours, our_key], [theirs, their_key]) = (pair(kinds, curve), pair(kinds, curve));
        let wrapped = |object: &Object| object.attributes().bytes(CKA_EC_POINT).unwrap().to_vec();
        let (ours, theirs) = (wrapped(&ours), wrapped(&theirs));
        let id = CKM_ECDH1_DERIVE;
        let whole = derive(id, &our_key, CKD_NULL, b"", &theirs, None).unwrap();
        assert_eq!(whole.len(), len);
        let raw = derive(id, &their_key, CKD_NULL, b"", &ours[header_len..], None).unwrap();
        assert!(raw.ct_eq(whole.expose()));
        let tail = derive(id, &their_key, CKD_NULL, b"", &ours, Some(16)).unwrap();
        assert!(tail.ct_eq(&whole.expose()[len - 16..]));
        for kdf in [CKD_SHA256_KDF, CKD_SHA256_KDF_SP800] {
            let one = derive(id, &our_key, kdf, b"info", &theirs, Some(80)).unwrap();
            let two = derive(id, &their_key, kdf, b"info", &ours, Some(80)).unwrap();
            assert!(one.ct_eq(two.expose()));
            let other = derive(id, &their_key, kdf, b"ofni", &ours, Some(80)).unwrap();
            assert!(!one.ct_eq(other.expose()));
        }
        if kinds[0].key_type == Some(CKK_EC) {
            let id = CKM_ECDH1_COFACTOR_DERIVE;
            let same = derive(id, &our_key, CKD_NULL, b"", &theirs, None).unwrap();
            assert!(same.ct_eq(whole.expose()));
        }
    }
}

#[test]
fn a_derivation_refuses_bad_public_data_lengths_and_functions() {
    for (kinds, curve) in [(&EC, P256), (&MONTGOMERY, X25519)] {
        let [public, key] = pair(kinds, curve);
        let good = public.attributes().bytes(CKA_EC_POINT).unwrap().to_vec();
        let id = CKM_ECDH1_DERIVE;
        let zero = vec![0; 32];
        for bad in [&b""[..], &[0], &[4], &good[..good.len() - 1], &zero] {
            let refused = derive(id, &key, CKD_NULL, b"", bad, None);
            assert!(
                matches!(refused, Err(Error::PublicKeyInvalid(_))),
                "{bad:02x?}"
            );
        }
        for len in [0, 33] {
            let refused = derive(id, &key, CKD_NULL, b"", &good, Some(len));
            assert!(matches!(refused, Err(Error::KeySizeRange(_))), "{len}");
        }
        let refused = derive(id, &key, CKD_NULL, b"shared", &good, None);
        assert!(matches!(refused, Err(Error::MechanismParamInvalid(_))));
        for unknown in [0, 3, 4, 9, 0x1b, 0x8000_0001] {
            let refused = derive(id, &key, KdfType(unknown), b"", &good, Some(32));
            assert!(
                matches!(refused, Err(Error::MechanismParamInvalid(_))),
                "{unknown:#x}"
            );
        }
    }
}
