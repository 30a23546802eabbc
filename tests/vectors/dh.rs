// SPDX-License-Identifier: MIT OR Apache-2.0
//! Diffie-Hellman: keys in the group ffdhe2048 of RFC 7919 and their secret, made with OpenSSL 3.0
//! (`genpkey`, `pkeyutl -derive`), and the rows driven as the session drives them.

use std::sync::Arc;

use keystead::error::{Error, Result};
use keystead::mechanism::material::{complete, export, import};
use keystead::mechanism::{Derivation, Derived, Generation, Pair, Params, find};
use keystead::object::{AttributeMap, Kind, Object, Origin, Use, Value, authorize};
use keystead::pkcs11::ObjectClass;
use keystead::pkcs11::attribute::{
    CKA_BASE, CKA_CLASS, CKA_DERIVE, CKA_KEY_TYPE, CKA_PRIME, CKA_PUBLIC_KEY_INFO, CKA_VALUE,
    CKA_VALUE_BITS,
};
use keystead::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY};
use keystead::pkcs11::key_type::{CKK_DH, CKK_GENERIC_SECRET};
use keystead::pkcs11::mechanism::{CKM_DH_PKCS_DERIVE, CKM_DH_PKCS_KEY_PAIR_GEN};
use keystead::secret::SecretBytes;

use super::dh_known::{OUR_INFO, OURS, SECRET, THEIR_INFO, THEIRS};
use super::rsa_objects::RNG;

const fn kind(class: ObjectClass) -> Kind {
    Kind {
        spec: "Diffie-Hellman",
        class,
        key_type: Some(CKK_DH),
        subtype: None,
        tables: &[],
        check: |_, _| Ok(()),
    }
}

static PUBLIC: Kind = kind(CKO_PUBLIC_KEY);
static PRIVATE: Kind = kind(CKO_PRIVATE_KEY);

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

fn admitted(kind: &Kind) -> AttributeMap {
    let mut map = AttributeMap::new();
    map.set(CKA_CLASS, Value::Ulong(kind.class.0));
    map.set(CKA_KEY_TYPE, Value::Ulong(CKK_DH.0));
    map.set(CKA_DERIVE, Value::Bool(true));
    map
}

fn imported(pkcs8: &str) -> Arc<Object> {
    let mut map = admitted(&PRIVATE);
    import(&PRIVATE, &mut map, &SecretBytes::new(bytes(pkcs8))).unwrap();
    complete(&PRIVATE, &mut map, Origin::Unwrap).unwrap();
    Arc::new(Object::new(&PRIVATE, map))
}

fn derive(base: &Arc<Object>, peer: &[u8], value_len: Option<usize>) -> Result<SecretBytes> {
    let mechanism = find(CKM_DH_PKCS_DERIVE)?;
    let derivation = Derivation {
        mechanism,
        base: authorize(Arc::clone(base), Use::Derive, mechanism.id)?,
        params: &Params::Bytes(peer),
        class: CKO_SECRET_KEY,
        key_type: CKK_GENERIC_SECRET,
        value_len,
        other_key: &|_| Err(Error::KeyHandleInvalid("none".into())),
        rng: RNG,
    };
    let Derived::Value(value) = mechanism.roles.derive.unwrap()(&derivation)?;
    Ok(value)
}

/// A generated pair: the public map and the private object.
fn generated(prime: &[u8], bits: Option<u64>) -> Result<(AttributeMap, Arc<Object>)> {
    let (mut public, mut private) = (admitted(&PUBLIC), admitted(&PRIVATE));
    public.set(CKA_PRIME, Value::Bytes(prime.to_vec()));
    public.set(CKA_BASE, Value::Bytes(vec![2]));
    if let Some(bits) = bits {
        private.set(CKA_VALUE_BITS, Value::Ulong(bits));
    }
    let mechanism = find(CKM_DH_PKCS_KEY_PAIR_GEN)?;
    let generation = Generation {
        mechanism,
        params: &Params::None,
        rng: RNG,
    };
    let pair = Pair {
        public: &mut public,
        private: &mut private,
    };
    mechanism.roles.generate_pair.unwrap()(&generation, pair)?;
    complete(&PUBLIC, &mut public, Origin::Generate)?;
    complete(&PRIVATE, &mut private, Origin::Generate)?;
    Ok((public, Arc::new(Object::new(&PRIVATE, private))))
}

#[test]
fn keys_and_secret_are_those_of_openssl() {
    for (pkcs8, info, other) in [(OURS, OUR_INFO, THEIR_INFO), (THEIRS, THEIR_INFO, OUR_INFO)] {
        let key = imported(pkcs8);
        assert_eq!(
            key.attributes().bytes(CKA_PUBLIC_KEY_INFO).unwrap(),
            bytes(info)
        );
        assert!(export(&key).unwrap().ct_eq(&bytes(pkcs8)));
        let other = bytes(other);
        // The public value is the last INTEGER of the structure.
        let peer = &other[other.len() - 256..];
        assert!(derive(&key, peer, None).unwrap().ct_eq(&bytes(SECRET)));
        let tail = derive(&key, peer, Some(32)).unwrap();
        assert!(tail.ct_eq(&bytes(SECRET)[224..]));
    }
}

#[test]
fn a_generated_pair_agrees_and_has_the_length_asked_for() {
    let ours = imported(OURS);
    let prime = ours.attributes().bytes(CKA_PRIME).unwrap().to_vec();
    for (bits, found) in [(None, 2047), (Some(160), 160), (Some(225), 225)] {
        let (public, private) = generated(&prime, bits).unwrap();
        assert_eq!(private.attributes().ulong(CKA_VALUE_BITS), Some(found));
        assert_eq!(
            public.bytes(CKA_PUBLIC_KEY_INFO),
            private.attributes().bytes(CKA_PUBLIC_KEY_INFO)
        );
        let (other_public, other) = generated(&prime, bits).unwrap();
        let one = derive(&private, other_public.bytes(CKA_VALUE).unwrap(), None).unwrap();
        let two = derive(&other, public.bytes(CKA_VALUE).unwrap(), None).unwrap();
        assert!(one.ct_eq(two.expose()));
        assert_eq!(one.len(), 256);
    }
    for bits in [0, 159, 2048, u64::MAX] {
        let refused = generated(&prime, Some(bits));
        assert!(
            matches!(refused, Err(Error::AttributeValueInvalid(_))),
            "{bits}"
        );
    }
}

#[test]
fn weak_public_values_and_groups_are_refused() {
    let key = imported(OURS);
    let prime = key.attributes().bytes(CKA_PRIME).unwrap().to_vec();
    let mut last = prime.clone();
    *last.last_mut().unwrap() -= 1;
    let above = [&[1][..], &prime].concat();
    for weak in [&b""[..], &[0], &[1], &last, &prime, &above] {
        let refused = derive(&key, weak, None);
        assert!(
            matches!(refused, Err(Error::PublicKeyInvalid(_))),
            "{weak:02x?}"
        );
        let mut map = admitted(&PUBLIC);
        map.set(CKA_PRIME, Value::Bytes(prime.clone()));
        map.set(CKA_BASE, Value::Bytes(vec![2]));
        map.set(CKA_VALUE, Value::Bytes(weak.to_vec()));
        let refused = complete(&PUBLIC, &mut map, Origin::Create);
        assert!(matches!(refused, Err(Error::AttributeValueInvalid(_))));
    }
    let even = generated(&last, None);
    assert!(matches!(even, Err(Error::DomainParamsInvalid(_))));
    let short = generated(&prime[..127], None);
    assert!(matches!(short, Err(Error::KeySizeRange(_))));
    let too_long = derive(&key, &[5], Some(257));
    assert!(matches!(too_long, Err(Error::KeySizeRange(_))));
}
