// SPDX-License-Identifier: MIT OR Apache-2.0
//! RSA key objects, made by the generation row, for the tests of rows and of material.

use std::sync::{Arc, OnceLock};

use keystead::error::{Error, Result};
use keystead::mechanism::{Generation, Pair, Params, Random, Rng, find, material};
use keystead::object::{AttributeMap, Kind, Object, Origin, Value};
use keystead::pkcs11::ObjectClass;
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_DECRYPT, CKA_ENCRYPT, CKA_KEY_TYPE, CKA_MODULUS_BITS, CKA_PUBLIC_EXPONENT,
    CKA_SIGN, CKA_SIGN_RECOVER, CKA_UNWRAP, CKA_VERIFY, CKA_VERIFY_RECOVER, CKA_WRAP,
};
use keystead::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use keystead::pkcs11::key_type::CKK_RSA;
use keystead::pkcs11::mechanism::CKM_RSA_PKCS_KEY_PAIR_GEN;

const fn kind(class: ObjectClass) -> Kind {
    Kind {
        spec: "RSA",
        class,
        key_type: Some(CKK_RSA),
        subtype: None,
        tables: &[],
        check: |_, _| Ok(()),
    }
}

pub(crate) static PUBLIC: Kind = kind(CKO_PUBLIC_KEY);
pub(crate) static PRIVATE: Kind = kind(CKO_PRIVATE_KEY);

struct System;

impl Random for System {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        getrandom::fill(bytes).map_err(|_| Error::DeviceError("no randomness".into()))
    }

    fn mix(&self, _seed: &[u8]) -> Result<()> {
        Ok(())
    }
}

pub(crate) const RNG: Rng = Rng(&System);

/// What an admitted template of this class holds before its material is made.
pub(crate) fn admitted(kind: &Kind) -> AttributeMap {
    let uses = [
        CKA_ENCRYPT,
        CKA_DECRYPT,
        CKA_SIGN,
        CKA_SIGN_RECOVER,
        CKA_VERIFY,
        CKA_VERIFY_RECOVER,
        CKA_WRAP,
        CKA_UNWRAP,
    ];
    let mut attributes: AttributeMap = uses.into_iter().map(|id| (id, Value::Bool(true))).collect();
    attributes.set(CKA_CLASS, Value::Ulong(kind.class.0));
    attributes.set(CKA_KEY_TYPE, Value::Ulong(CKK_RSA.0));
    attributes
}

pub(crate) fn generate(bits: u64, e: Option<&[u8]>) -> Result<(AttributeMap, AttributeMap)> {
    let (mut public, mut private) = (admitted(&PUBLIC), admitted(&PRIVATE));
    public.set(CKA_MODULUS_BITS, Value::Ulong(bits));
    if let Some(e) = e {
        public.set(CKA_PUBLIC_EXPONENT, Value::Bytes(e.to_vec()));
    }
    run_generation(&mut public, &mut private)?;
    Ok((public, private))
}

pub(crate) fn run_generation(public: &mut AttributeMap, private: &mut AttributeMap) -> Result<()> {
    let mechanism = find(CKM_RSA_PKCS_KEY_PAIR_GEN)?;
    let generation = Generation {
        mechanism,
        params: &Params::None,
        rng: RNG,
    };
    let make = mechanism.roles.generate_pair.unwrap();
    make(
        &generation,
        Pair {
            public: &mut *public,
            private: &mut *private,
        },
    )?;
    material::complete(&PUBLIC, public, Origin::Generate)?;
    material::complete(&PRIVATE, private, Origin::Generate)
}

/// One pair for all tests.
pub(crate) fn pair() -> &'static (Arc<Object>, Arc<Object>) {
    static PAIR: OnceLock<(Arc<Object>, Arc<Object>)> = OnceLock::new();
    PAIR.get_or_init(|| {
        let (public, private) = generate(2048, None).unwrap();
        let public = Object::new(&PUBLIC, public);
        (Arc::new(public), Arc::new(Object::new(&PRIVATE, private)))
    })
}
