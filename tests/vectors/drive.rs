// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs the rows of the registry with keys from bytes, as a session runs them.

use std::sync::Arc;

use keystead::error::Result;
use keystead::mechanism::{
    Accumulate, Check, Derivation, Derived, Generation, Params, Rng, Setup, Transform, find,
    material,
};
use keystead::object::{AttributeMap, Object, Origin, Use, Value, authorize, kinds};
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_DECRYPT, CKA_DERIVE, CKA_ENCRYPT, CKA_KEY_TYPE, CKA_SIGN, CKA_VALUE, CKA_VERIFY,
    CKA_WRAP,
};
use keystead::pkcs11::class::CKO_SECRET_KEY;
use keystead::pkcs11::{KeyType, MechanismType};
use keystead::secret::SecretBytes;

/// A key that may do everything.
pub(crate) fn key(key_type: KeyType, value: &[u8]) -> Arc<Object> {
    let kind = kinds::find(CKO_SECRET_KEY, Some(key_type), None).unwrap();
    let mut map = AttributeMap::from_iter([
        (CKA_CLASS, Value::Ulong(CKO_SECRET_KEY.0)),
        (CKA_KEY_TYPE, Value::Ulong(key_type.0)),
        (CKA_VALUE, Value::Secret(SecretBytes::from_slice(value))),
    ]);
    for usage in [
        CKA_ENCRYPT,
        CKA_DECRYPT,
        CKA_SIGN,
        CKA_VERIFY,
        CKA_DERIVE,
        CKA_WRAP,
    ] {
        map.set(usage, Value::Bool(true));
    }
    Arc::new(Object::new(kind, map))
}

pub(crate) fn setup<'a>(
    id: MechanismType,
    key: &Arc<Object>,
    params: &'a Params<'a>,
    usage: Use,
) -> Setup<'a> {
    let mechanism = find(id).unwrap();
    assert!(mechanism.keys.contains(&key.key_type().unwrap()));
    Setup {
        mechanism,
        key: authorize(key.clone(), usage, id).unwrap(),
        params,
        rng: Rng::system(),
    }
}

pub(crate) fn encryption(
    id: MechanismType,
    key: &Arc<Object>,
    params: &Params<'_>,
) -> Result<Box<dyn Transform>> {
    let setup = setup(id, key, params, Use::Encrypt);
    (setup.mechanism.roles.encrypt.unwrap())(&setup)
}

pub(crate) fn decryption(
    id: MechanismType,
    key: &Arc<Object>,
    params: &Params<'_>,
) -> Result<Box<dyn Transform>> {
    let setup = setup(id, key, params, Use::Decrypt);
    (setup.mechanism.roles.decrypt.unwrap())(&setup)
}

pub(crate) fn signature(
    id: MechanismType,
    key: &Arc<Object>,
    params: &Params<'_>,
) -> Result<Box<dyn Accumulate>> {
    let setup = setup(id, key, params, Use::Sign);
    (setup.mechanism.roles.sign.unwrap())(&setup)
}

pub(crate) fn check(
    id: MechanismType,
    key: &Arc<Object>,
    params: &Params<'_>,
) -> Result<Box<dyn Check>> {
    let setup = setup(id, key, params, Use::Verify);
    (setup.mechanism.roles.verify.unwrap())(&setup)
}

pub(crate) fn wrap(
    id: MechanismType,
    key: &Arc<Object>,
    params: &Params<'_>,
    secret: &[u8],
) -> Result<Vec<u8>> {
    let setup = setup(id, key, params, Use::Wrap);
    let secret = SecretBytes::from_slice(secret);
    (setup.mechanism.roles.wrap.unwrap())(&setup, &secret).map(|bytes| bytes.expose().to_vec())
}

pub(crate) fn unwrap(
    id: MechanismType,
    key: &Arc<Object>,
    params: &Params<'_>,
    wrapped: &[u8],
) -> Result<Vec<u8>> {
    let setup = setup(id, key, params, Use::Decrypt);
    (setup.mechanism.roles.unwrap.unwrap())(&setup, wrapped).map(|bytes| bytes.expose().to_vec())
}

/// Derives `len` bytes for a key of this type.
pub(crate) fn derive(
    id: MechanismType,
    key: &Arc<Object>,
    params: &Params<'_>,
    wanted: (KeyType, Option<usize>),
) -> Result<Vec<u8>> {
    let setup = setup(id, key, params, Use::Derive);
    let derivation = Derivation {
        mechanism: setup.mechanism,
        base: setup.key,
        params,
        class: CKO_SECRET_KEY,
        key_type: wanted.0,
        value_len: wanted.1,
        other_key: &|_| panic!("no other key is named"),
        rng: Rng::system(),
    };
    let Derived::Value(value) = (setup.mechanism.roles.derive.unwrap())(&derivation)?;
    Ok(value.expose().to_vec())
}

/// The attributes that a generation sets, completed.
pub(crate) fn generate(
    id: MechanismType,
    key_type: KeyType,
    mut map: AttributeMap,
) -> Result<AttributeMap> {
    let mechanism = find(id).unwrap();
    let kind = kinds::find(CKO_SECRET_KEY, Some(key_type), None).unwrap();
    let generation = Generation {
        mechanism,
        params: &Params::None,
        rng: Rng::system(),
    };
    mechanism.roles.generate.unwrap()(&generation, &mut map)?;
    material::complete(kind, &mut map, Origin::Generate)?;
    Ok(map)
}

/// There and back in one go, against what is published.
pub(crate) fn both_ways(
    id: MechanismType,
    key: &Arc<Object>,
    params: &Params<'_>,
    text: &[u8],
    sealed: &str,
) {
    let made = encryption(id, key, params).unwrap().single(text).unwrap();
    assert_eq!(hex::encode(made.expose()), sealed, "{id}");
    let opened = decryption(id, key, params).unwrap();
    let opened = opened.single(made.expose()).unwrap();
    assert_eq!(opened.expose(), text, "{id}");
}

/// A MAC against what is published, and its check, also of a wrong one.
pub(crate) fn mac(
    id: MechanismType,
    key: &Arc<Object>,
    params: &Params<'_>,
    text: &[u8],
    expected: &str,
) {
    let made = signature(id, key, params).unwrap().single(text).unwrap();
    assert_eq!(hex::encode(made.expose()), expected, "{id}");
    let right = made.expose();
    check(id, key, params).unwrap().single(text, right).unwrap();
    let mut wrong = right.to_vec();
    wrong[0] ^= 1;
    assert!(
        check(id, key, params)
            .unwrap()
            .single(text, &wrong)
            .is_err()
    );
    let short = &right[1..];
    assert!(check(id, key, params).unwrap().single(text, short).is_err());
}
