// SPDX-License-Identifier: MIT OR Apache-2.0
//! EdDSA with Ed25519.
//!
//! Source: PKCS#11 v3.2, "EdDSA".

use super::ec_key_gen::{EC_FLAGS, SIZE_25519, generate_edwards};
use crate::crypto::edwards::SIGNATURE_LEN;
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
    key_size: SIZE_25519,
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
    pure(setup.params)?;
    setup.key.object().parsed(edwards::private_key)?;
    Ok(Box::new(Message::new(setup)))
}

fn verify(setup: &Setup<'_>) -> Result<Box<dyn Check>> {
    pure(setup.params)?;
    setup.key.object().parsed(edwards::public_key)?;
    Ok(Box::new(Message::new(setup)))
}

fn generate(generation: &Generation<'_>, pair: Pair<'_>) -> Result<()> {
    pure(generation.params)?;
    generate_edwards(generation, pair)
}

// SPEC: for Ed25519 the parameter is "Not Required"; one of any content, even with an empty
// context, means Ed25519ctx or Ed25519ph, which are other signatures.
/// Lets pure Ed25519 through only.
fn pure(params: &Params<'_>) -> Result<()> {
    match params {
        Params::None => Ok(()),
        _ => Err(Error::MechanismParamInvalid(
            "CKM_EDDSA does pure Ed25519, which has no parameter (\"EdDSA\")".into(),
        )),
    }
}

/// The whole message, as EdDSA goes over it twice.
struct Message {
    key: UsableKey,
    parts: Vec<u8>,
}

impl Message {
    fn new(setup: &Setup<'_>) -> Self {
        Self {
            key: setup.key.clone(),
            parts: Vec::new(),
        }
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
        key.sign(message)
            .map(|signature| SecretBytes::from_slice(&signature))
    }

    fn check(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        let key = self.key.object().parsed(edwards::public_key)?;
        key.verify(message, signature)
    }
}

impl Accumulate for Message {
    fn output_len(&self) -> usize {
        SIGNATURE_LEN
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
