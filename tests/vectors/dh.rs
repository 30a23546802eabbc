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

use super::rsa_objects::RNG;

/// PKCS#8 and SubjectPublicKeyInfo of the one side, and of the other; their secret.
const OURS: &str = "3082013f0201003082011706092a864886f70d010301308201080282010100ffffffffffffffffadf85458a2bb\
     4a9aafdc5620273d3cf1d8b9c583ce2d3695a9e13641146433fbcc939dce249b3ef97d2fe363630c75d8f681b202\
     aec4617ad3df1ed5d5fd65612433f51f5f066ed0856365553ded1af3b557135e7f57c935984f0c70e0e68b77e2a6\
     89daf3efe8721df158a136ade73530acca4f483a797abc0ab182b324fb61d108a94bb2c8e3fbb96adab760d7f468\
     1d4f42a3de394df4ae56ede76372bb190b07a7c8ee0a6d709e02fce1cdf7e2ecc03404cd28342f619172fe9ce985\
     83ff8e4f1232eef28183c3fe3b1b4c6fad733bb5fcbc2ec22005c58ef1837d1683b2c6f34a26c1b2effa886b4238\
     61285c97ffffffffffffffff020102041f021d0109559cd48daae5ff5ff8a827eae3c166f360cf88dabf5e42664d\
     f15d";
const OUR_INFO: &str = "308202253082011706092a864886f70d010301308201080282010100ffffffffffffffffadf85458a2bb4a9aaf\
     dc5620273d3cf1d8b9c583ce2d3695a9e13641146433fbcc939dce249b3ef97d2fe363630c75d8f681b202aec461\
     7ad3df1ed5d5fd65612433f51f5f066ed0856365553ded1af3b557135e7f57c935984f0c70e0e68b77e2a689daf3\
     efe8721df158a136ade73530acca4f483a797abc0ab182b324fb61d108a94bb2c8e3fbb96adab760d7f4681d4f42\
     a3de394df4ae56ede76372bb190b07a7c8ee0a6d709e02fce1cdf7e2ecc03404cd28342f619172fe9ce98583ff8e\
     4f1232eef28183c3fe3b1b4c6fad733bb5fcbc2ec22005c58ef1837d1683b2c6f34a26c1b2effa886b423861285c\
     97ffffffffffffffff0201020382010600028201010090df50478114dbd1e10f03fed0f5cca2aeb8ca2783cfa413\
     b72022b549cff1429aaa52ec0ed984ef9302ac30a086d49094a484cbb80ad5089ad9341c236f3866b798da1f98f2\
     d37f7125db929245532d7c7328362adad07e247a0bd51549a2d34ade1647de82085962abc11115b9dd270021a732\
     f6e666a91c207e0ee7bef46b5dcb94b61a5c6ac7b89f63b78a407943d3e69e67dd3ac697b58fe903b5fe238e10ff\
     6af4ff87f2bc6b518d713d70ed59032241b6d469e2a712d24d4274cc5e861849015206058465bf0ffb429e8e90a8\
     f596fbdf07230f706b2761aaf3263e852934ac97638c7b8bf27b99b1d85f3f69ad741b3d08309b5324862db30102\
     3e57";
const THEIRS: &str = "3082013e0201003082011706092a864886f70d010301308201080282010100ffffffffffffffffadf85458a2bb\
     4a9aafdc5620273d3cf1d8b9c583ce2d3695a9e13641146433fbcc939dce249b3ef97d2fe363630c75d8f681b202\
     aec4617ad3df1ed5d5fd65612433f51f5f066ed0856365553ded1af3b557135e7f57c935984f0c70e0e68b77e2a6\
     89daf3efe8721df158a136ade73530acca4f483a797abc0ab182b324fb61d108a94bb2c8e3fbb96adab760d7f468\
     1d4f42a3de394df4ae56ede76372bb190b07a7c8ee0a6d709e02fce1cdf7e2ecc03404cd28342f619172fe9ce985\
     83ff8e4f1232eef28183c3fe3b1b4c6fad733bb5fcbc2ec22005c58ef1837d1683b2c6f34a26c1b2effa886b4238\
     61285c97ffffffffffffffff020102041e021c43f33623b5a32bb975925a8bfb10bce8d144e36c109bb33c5b283d\
     a3";
const THEIR_INFO: &str = "308202243082011706092a864886f70d010301308201080282010100ffffffffffffffffadf85458a2bb4a9aaf\
     dc5620273d3cf1d8b9c583ce2d3695a9e13641146433fbcc939dce249b3ef97d2fe363630c75d8f681b202aec461\
     7ad3df1ed5d5fd65612433f51f5f066ed0856365553ded1af3b557135e7f57c935984f0c70e0e68b77e2a689daf3\
     efe8721df158a136ade73530acca4f483a797abc0ab182b324fb61d108a94bb2c8e3fbb96adab760d7f4681d4f42\
     a3de394df4ae56ede76372bb190b07a7c8ee0a6d709e02fce1cdf7e2ecc03404cd28342f619172fe9ce98583ff8e\
     4f1232eef28183c3fe3b1b4c6fad733bb5fcbc2ec22005c58ef1837d1683b2c6f34a26c1b2effa886b423861285c\
     97ffffffffffffffff02010203820105000282010065662a0816cb8091b06b545b92c38890aa26dbdc3fb403cd5b\
     194e7d0ead5da6307bcbe24c90702fb473c146535ebef9b7e7c95a6da4f0767ca93ca004ef6237a0a514ed90d83d\
     d882c975abc39b3156ae05784b6489bba9e61c58fe78f42394158a25631fa3fc2227049c02cdf8bf8b847e9f6fe8\
     a3a0c1f709f3d714b91121c5e039f3d762d6723c578e6dbf0746782ca4fcffcdf084cf1a46c631a242e4eda34982\
     1c8dfdcaff3407c3f0642f1ff46d8847920d85be1110a060c64e5da3624da8cf0f169a4a98d8216201636d9db2ad\
     f79dcd58a9df2f20838217fa915037bce192535ff4e91d415939874a48b4e85e89f24436bf22db122a1bebec7a78\
     3a";
const SECRET: &str = "358651b987791e4d4d9dade84fbb25cbb74de2107829d47d4babe234dd2e12b96aa4a99617dc29a44bd2a983d3\
     f7a27d0f44b1c0639c57f34c854f8026758c2b2ce2f758c5d7b1f2495ce8afab4de8311702280dd2241214437bfb\
     b6290ac436648a65803da1d400e0a74cd0e1f7a2a27ad98630b8919c15b25b6f0f014be03651eae6fafefb24d22f\
     5ce0c4f636e597cfd71fc8eb37be33a1fd9fb00cece9ab3e388ae8d227d898f0a07d598cd30532decc2f6c19fe3f\
     4ad47b1721ad1a402478e804cf72550486ad5d1b18783ac65a06e7fc07ea411e1b77df4e13f95c4928310942dc44\
     e5bc4e7967449ef8c54184ea2ae3aa93f9779e535cb43fec5c4890";

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
