// SPDX-License-Identifier: MIT OR Apache-2.0
//! The digest, HMAC, key generation and key derivation rows, driven as a session drives them.

use std::sync::Arc;

use keystead::error::Error;
use keystead::mechanism::{
    Accumulate, Derivation, Derived, Generation, Mechanism, Params, Rng, Setup, find,
};
use keystead::object::{AttributeMap, Kind, Object, Use, Value, authorize};
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_DERIVE, CKA_KEY_TYPE, CKA_SIGN, CKA_VALUE, CKA_VALUE_LEN, CKA_VERIFY,
};
use keystead::pkcs11::class::CKO_SECRET_KEY;
use keystead::pkcs11::key_type::CKK_GENERIC_SECRET;
use keystead::pkcs11::{KeyType, MechanismType, ObjectClass};
use keystead::secret::SecretBytes;

static GENERIC: Kind = Kind {
    spec: "Key objects",
    class: CKO_SECRET_KEY,
    key_type: Some(CKK_GENERIC_SECRET),
    subtype: None,
    tables: &[],
    check: |_, _| Ok(()),
};

fn object(value: &[u8]) -> Arc<Object> {
    let map = AttributeMap::from_iter([
        (CKA_CLASS, Value::Ulong(CKO_SECRET_KEY.0)),
        (CKA_KEY_TYPE, Value::Ulong(CKK_GENERIC_SECRET.0)),
        (CKA_SIGN, Value::Bool(true)),
        (CKA_VERIFY, Value::Bool(true)),
        (CKA_DERIVE, Value::Bool(true)),
        (CKA_VALUE, Value::Secret(SecretBytes::from_slice(value))),
    ]);
    Arc::new(Object::new(&GENERIC, map))
}

/// Starts a digest row.
pub(crate) fn start(id: MechanismType, params: &Params<'_>) -> Result<Box<dyn Accumulate>, Error> {
    find(id).unwrap().roles.digest.unwrap()(params)
}

/// The digest of a row, in one go; and in two parts, which must be the same.
pub(crate) fn digest(id: MechanismType, params: &Params<'_>, input: &[u8]) -> String {
    let whole = start(id, params).unwrap().single(input).unwrap();
    let mut parts = start(id, params).unwrap();
    assert_eq!(parts.output_len(), whole.len(), "{id}");
    let (left, right) = input.split_at(input.len() / 3);
    parts.update(left).unwrap();
    parts.update(right).unwrap();
    assert!(parts.finish().unwrap().ct_eq(whole.expose()), "{id}");
    hex::encode(whole.expose())
}

fn setup<'a>(
    id: MechanismType,
    key: &[u8],
    params: &'a Params<'a>,
    purpose: Use,
) -> (&'static Mechanism, Setup<'a>) {
    let mechanism = find(id).unwrap();
    let setup = Setup {
        mechanism,
        key: authorize(object(key), purpose, id).unwrap(),
        params,
        rng: Rng::system(),
    };
    (mechanism, setup)
}

/// The MAC of a row, in one go; and in two parts, which must be the same.
pub(crate) fn sign(
    id: MechanismType,
    key: &[u8],
    params: &Params<'_>,
    input: &[u8],
) -> Result<Vec<u8>, Error> {
    let (row, setup) = setup(id, key, params, Use::Sign);
    let whole = row.roles.sign.unwrap()(&setup)?.single(input)?;
    let mut parts = row.roles.sign.unwrap()(&setup)?;
    assert_eq!(parts.output_len(), whole.len(), "{id}");
    let (left, right) = input.split_at(input.len() / 3);
    parts.update(left)?;
    parts.update(right)?;
    assert!(parts.finish()?.ct_eq(whole.expose()), "{id}");
    Ok(whole.expose().to_vec())
}

/// What a row says of a MAC.
pub(crate) fn verify(
    id: MechanismType,
    key: &[u8],
    params: &Params<'_>,
    input: &[u8],
    mac: &[u8],
) -> Result<(), Error> {
    let (row, setup) = setup(id, key, params, Use::Verify);
    row.roles.verify.unwrap()(&setup)?.single(input, mac)
}

/// What a derivation is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) class: ObjectClass,
    pub(crate) key_type: KeyType,
    pub(crate) len: Option<usize>,
}

/// A generic secret of this length.
pub(crate) const fn generic(len: Option<usize>) -> Wanted {
    Wanted {
        class: CKO_SECRET_KEY,
        key_type: CKK_GENERIC_SECRET,
        len,
    }
}

/// Derives a key.
pub(crate) fn derive(
    id: MechanismType,
    base: &[u8],
    params: &Params<'_>,
    wanted: Wanted,
) -> Result<String, Error> {
    let row = find(id).unwrap();
    let derivation = Derivation {
        mechanism: row,
        base: authorize(object(base), Use::Derive, id).unwrap(),
        params,
        class: wanted.class,
        key_type: wanted.key_type,
        value_len: wanted.len,
        other_key: &|_| Err(Error::KeyHandleInvalid("there is no other key".into())),
        rng: Rng::system(),
    };
    match row.roles.derive.unwrap()(&derivation)? {
        Derived::Value(value) => Ok(hex::encode(value.expose())),
        #[allow(
            unreachable_patterns,
            reason = "other mechanisms may derive more than one value"
        )]
        _ => panic!("{id} derives one value"),
    }
}

/// Generates a key of this length.
pub(crate) fn generate(id: MechanismType, len: u64) -> Vec<u8> {
    let row = find(id).unwrap();
    let mut map = AttributeMap::from_iter([(CKA_VALUE_LEN, Value::Ulong(len))]);
    let generation = Generation {
        mechanism: row,
        params: &Params::None,
        rng: Rng::system(),
    };
    row.roles.generate.unwrap()(&generation, &mut map).unwrap();
    map.bytes(CKA_VALUE).unwrap().to_vec()
}
