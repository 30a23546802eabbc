// SPDX-License-Identifier: MIT OR Apache-2.0
//! ML-DSA and HashML-DSA: key pairs and signatures.
//!
//! Source: PKCS#11 v3.2, "ML-DSA key pair generation", "ML-DSA Signature", "HashML-DSA Signature"
//! and "HashML-DSA Signature with hashing".

use super::sign_context::{self, Form, Scheme};
use crate::crypto::lattice::LatticeKey as _;
use crate::crypto::ml_dsa::{PrivateKey, PublicKey};
use crate::crypto::prehash::PreHash;
use crate::error::Result;
use crate::mechanism::material::lattice;
use crate::mechanism::material::ml_dsa::MlDsa;
use crate::mechanism::{
    Accumulate, Check, Generation, KeySize, Mechanism, Pair, ParamShape, Rng, Roles, Setup, Status,
};
use crate::object::AttributeMap;
use crate::pkcs11::MechanismType;
use crate::pkcs11::key_type::CKK_ML_DSA;
use crate::pkcs11::mechanism::{
    CKM_HASH_ML_DSA, CKM_HASH_ML_DSA_SHA3_224, CKM_HASH_ML_DSA_SHA3_256, CKM_HASH_ML_DSA_SHA3_384,
    CKM_HASH_ML_DSA_SHA3_512, CKM_HASH_ML_DSA_SHA224, CKM_HASH_ML_DSA_SHA256,
    CKM_HASH_ML_DSA_SHA384, CKM_HASH_ML_DSA_SHA512, CKM_HASH_ML_DSA_SHAKE128,
    CKM_HASH_ML_DSA_SHAKE256, CKM_ML_DSA, CKM_ML_DSA_KEY_PAIR_GEN,
};
use crate::secret::SecretBytes;

const SIGNATURE: &str = "ML-DSA Signature";
const HASH_SIGNATURE: &str = "HashML-DSA Signature";
const WITH_HASHING: &str = "HashML-DSA Signature with hashing";

/// A row that signs data of one form; the functions are made per row, as a row holds plain
/// functions.
macro_rules! signing {
    ($id:ident, $spec:ident, $params:ident, $form:expr) => {
        row(
            $id,
            $spec,
            ParamShape::$params,
            Roles {
                sign: Some(|setup| sign(setup, $form)),
                verify: Some(|setup| verify(setup, $form)),
                ..Roles::NONE
            },
        )
    };
    ($id:ident, $hash:ident) => {
        signing!(
            $id,
            WITH_HASHING,
            SignContext,
            Form::Hashing(PreHash::$hash)
        )
    };
}

pub(super) static ROWS: &[Mechanism] = &[
    row(
        CKM_ML_DSA_KEY_PAIR_GEN,
        "ML-DSA key pair generation",
        ParamShape::None,
        Roles {
            generate_pair: Some(generate),
            ..Roles::NONE
        },
    ),
    signing!(CKM_ML_DSA, SIGNATURE, SignContext, Form::Message),
    signing!(
        CKM_HASH_ML_DSA,
        HASH_SIGNATURE,
        HashSignContext,
        Form::Hashed
    ),
    signing!(CKM_HASH_ML_DSA_SHA224, Sha224),
    signing!(CKM_HASH_ML_DSA_SHA256, Sha256),
    signing!(CKM_HASH_ML_DSA_SHA384, Sha384),
    signing!(CKM_HASH_ML_DSA_SHA512, Sha512),
    signing!(CKM_HASH_ML_DSA_SHA3_224, Sha3_224),
    signing!(CKM_HASH_ML_DSA_SHA3_256, Sha3_256),
    signing!(CKM_HASH_ML_DSA_SHA3_384, Sha3_384),
    signing!(CKM_HASH_ML_DSA_SHA3_512, Sha3_512),
    signing!(CKM_HASH_ML_DSA_SHAKE128, Shake128),
    signing!(CKM_HASH_ML_DSA_SHAKE256, Shake256),
];

const fn row(id: MechanismType, spec: &'static str, params: ParamShape, roles: Roles) -> Mechanism {
    Mechanism {
        id,
        spec,
        params,
        keys: &[CKK_ML_DSA],
        key_size: KeySize::bytes(1312, 2592),
        extra_flags: 0,
        status: Status::Current,
        roles,
    }
}

fn sign(setup: &Setup<'_>, form: Form) -> Result<Box<dyn Accumulate>> {
    sign_context::sign::<MlDsa>(setup, form)
}

fn verify(setup: &Setup<'_>, form: Form) -> Result<Box<dyn Check>> {
    sign_context::verify::<MlDsa>(setup, form)
}

fn generate(generation: &Generation<'_>, pair: Pair<'_>) -> Result<()> {
    lattice::generate::<MlDsa>(pair.public, pair.private, |bytes| {
        generation.rng.fill(bytes)
    })
}

impl Scheme for MlDsa {
    type Private = PrivateKey;
    type Public = PublicKey;

    fn private(attributes: &AttributeMap) -> Result<PrivateKey> {
        lattice::private_key::<Self>(attributes)
    }

    fn public(attributes: &AttributeMap) -> Result<PublicKey> {
        lattice::public_key::<Self>(attributes)
    }

    fn signature_len(key: &PrivateKey) -> usize {
        key.set().signature_len()
    }

    fn sign(key: &PrivateKey, message: &[&[u8]], rng: Option<Rng>) -> Result<SecretBytes> {
        match rng {
            Some(rng) => key.sign_hedged(message, |bytes| rng.fill(bytes)),
            None => key.sign(message, None),
        }
    }

    fn verify(key: &PublicKey, message: &[&[u8]], signature: &[u8]) -> Result<()> {
        key.verify(message, signature)
    }
}
