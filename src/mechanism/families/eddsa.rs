// SPDX-License-Identifier: MIT OR Apache-2.0
//! EdDSA with Ed25519 and Ed448, pure, with a context and prehashed.
//!
//! Source: PKCS#11 v3.2, "EdDSA".

use super::ec_key_gen::{EC_FLAGS, SIZE_255_448, generate_edwards};
use crate::crypto::edwards::{Curve, Scheme};
use crate::error::{Error, Result};
use crate::mechanism::material::edwards;
use crate::mechanism::{
    Accumulate, Check, Generation, Mechanism, Pair, ParamShape, Params, Roles, Setup, Status,
};
use crate::object::UsableKey;
use crate::pkcs11::key_type::CKK_EC_EDWARDS;
use crate::pkcs11::mechanism::CKM_EDDSA;
use crate::secret::SecretBytes;

pub(super) static ROWS: &[Mechanism] = &[Mechanism {
    id: CKM_EDDSA,
    spec: "EdDSA",
    params: ParamShape::Eddsa,
    keys: &[CKK_EC_EDWARDS],
    key_size: SIZE_255_448,
    extra_flags: EC_FLAGS,
    status: Status::Current,
    roles: Roles {
        sign: Some(sign),
        verify: Some(verify),
        // Some consumers make their Ed25519 key pairs with the mechanism that signs with them.
        generate_pair: Some(generate),
        ..Roles::NONE
    },
}];

fn sign(setup: &Setup<'_>) -> Result<Box<dyn Accumulate>> {
    let curve = setup.key.object().parsed(edwards::private_key)?.curve();
    Ok(Box::new(Message::new(setup, curve)?))
}

fn verify(setup: &Setup<'_>) -> Result<Box<dyn Check>> {
    let curve = setup.key.object().parsed(edwards::public_key)?.curve();
    Ok(Box::new(Message::new(setup, curve)?))
}

fn generate(generation: &Generation<'_>, pair: Pair<'_>) -> Result<()> {
    if !matches!(generation.params, Params::None) {
        return Err(Error::MechanismParamInvalid(
            "a key pair is made for all signature schemes, so without a parameter".into(),
        ));
    }
    generate_edwards(generation, pair)
}

/// The signature scheme that the parameter chooses, with a context of its own.
#[derive(Debug)]
enum Chosen {
    Pure,
    Context(Vec<u8>),
    Prehashed(Vec<u8>),
}

impl Chosen {
    // SPEC: with Ed25519 a parameter of any content, even with an empty context, means Ed25519ctx
    // or Ed25519ph; with Ed448, where the table asks for a parameter, none means an empty context.
    fn new(params: &Params<'_>) -> Result<Self> {
        let chosen = match params {
            Params::None => Self::Pure,
            Params::Eddsa {
                prehash: false,
                context,
            } => Self::Context(context.to_vec()),
            Params::Eddsa {
                prehash: true,
                context,
            } => Self::Prehashed(context.to_vec()),
            _ => {
                return Err(Error::MechanismParamInvalid(
                    "CKM_EDDSA takes a CK_EDDSA_PARAMS or nothing (\"EdDSA\")".into(),
                ));
            }
        };
        chosen.scheme().check()?;
        Ok(chosen)
    }

    fn scheme(&self) -> Scheme<'_> {
        match self {
            Self::Pure => Scheme::Pure,
            Self::Context(context) => Scheme::Context(context),
            Self::Prehashed(context) => Scheme::Prehashed(context),
        }
    }
}

/// The whole message, as EdDSA goes over it twice.
struct Message {
    key: UsableKey,
    curve: Curve,
    chosen: Chosen,
    parts: Vec<u8>,
}

impl Message {
    fn new(setup: &Setup<'_>, curve: Curve) -> Result<Self> {
        Ok(Self {
            key: setup.key.clone(),
            curve,
            chosen: Chosen::new(setup.params)?,
            parts: Vec::new(),
        })
    }

    fn push(&mut self, input: &[u8]) -> Result<()> {
        self.parts
            .try_reserve(input.len())
            .map_err(|_| Error::HostMemory("no memory for the message".into()))?;
        self.parts.extend_from_slice(input);
        Ok(())
    }

    fn signature(&self, message: &[u8]) -> Result<SecretBytes> {
        let key = self.key.object().parsed(edwards::private_key)?;
        key.sign(self.chosen.scheme(), message)
            .map(SecretBytes::new)
    }

    fn check(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        let key = self.key.object().parsed(edwards::public_key)?;
        key.verify(self.chosen.scheme(), message, signature)
    }
}

impl Accumulate for Message {
    fn output_len(&self) -> usize {
        self.curve.signature_len()
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        self.signature(input)
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        self.push(input)
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        self.signature(&self.parts)
    }
}

impl Check for Message {
    fn single(self: Box<Self>, input: &[u8], signature: &[u8]) -> Result<()> {
        self.check(input, signature)
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        self.push(input)
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<()> {
        self.check(&self.parts, signature)
    }
}
