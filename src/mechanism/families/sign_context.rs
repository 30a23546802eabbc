// SPDX-License-Identifier: MIT OR Apache-2.0
//! What ML-DSA and SLH-DSA share: hedging, the context, and signing a message, its hash, or a hash
//! that the application made.
//!
//! Source: PKCS#11 v3.2, "ML-DSA", "SLH-DSA", `CK_SIGN_ADDITIONAL_CONTEXT` and
//! `CK_HASH_SIGN_ADDITIONAL_CONTEXT`.

use core::any::Any;
use core::marker::PhantomData;

use crate::crypto::prehash::{PreHash, PreHasher, header};
use crate::error::{Error, Result};
use crate::mechanism::{Accumulate, Check, Params, Rng, Setup};
use crate::object::{AttributeMap, UsableKey};
use crate::pkcs11::hardware::{
    CKH_DETERMINISTIC_REQUIRED, CKH_HEDGE_PREFERRED, CKH_HEDGE_REQUIRED,
};
use crate::pkcs11::mechanism::{
    CKM_SHA3_224, CKM_SHA3_256, CKM_SHA3_384, CKM_SHA3_512, CKM_SHA224, CKM_SHA256, CKM_SHA384,
    CKM_SHA512, CKM_SHAKE_128_KEY_DERIVATION, CKM_SHAKE_256_KEY_DERIVATION,
};
use crate::pkcs11::{HardwareType, MechanismType};
use crate::secret::SecretBytes;

/// A signature algorithm that signs M' = header || message.
pub(super) trait Scheme: Send + 'static {
    /// The engine's private key.
    type Private: Any + Send + Sync;
    /// The engine's public key.
    type Public: Any + Send + Sync;

    /// Parses a private key.
    fn private(attributes: &AttributeMap) -> Result<Self::Private>;
    /// Parses a public key.
    fn public(attributes: &AttributeMap) -> Result<Self::Public>;
    /// Exact signature length in bytes.
    fn signature_len(key: &Self::Private) -> usize;
    /// Signs, hedged where there is a source of randomness.
    fn sign(key: &Self::Private, message: &[&[u8]], rng: Option<Rng>) -> Result<SecretBytes>;
    /// Verifies.
    fn verify(key: &Self::Public, message: &[&[u8]], signature: &[u8]) -> Result<()>;
}

/// What the data of the application is.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// The message.
    Message,
    /// The message, which is hashed first.
    Hashing(PreHash),
    /// A hash, whose function the parameter names.
    Hashed,
}

/// `C_SignInit`
pub(super) fn sign<S: Scheme>(setup: &Setup<'_>, form: Form) -> Result<Box<dyn Accumulate>> {
    let key = setup.key.object().parsed(S::private)?;
    let (hedge, framing) = framing(setup.params, form)?;
    // SPEC: CKH_HEDGE_PREFERRED makes a hedged signature.
    let is_hedged = match HardwareType(hedge) {
        CKH_HEDGE_PREFERRED | CKH_HEDGE_REQUIRED => true,
        CKH_DETERMINISTIC_REQUIRED => false,
        _ => {
            return Err(Error::MechanismParamInvalid(
                format!("there is no hedge variant {hedge}").into(),
            ));
        }
    };
    Ok(Box::new(Signer::<S> {
        signature_len: S::signature_len(key),
        key: setup.key.clone(),
        rng: is_hedged.then_some(setup.rng),
        framing,
        scheme: PhantomData,
    }))
}

/// `C_VerifyInit`; "on verification the hedgeVariant parameter is ignored".
pub(super) fn verify<S: Scheme>(setup: &Setup<'_>, form: Form) -> Result<Box<dyn Check>> {
    setup.key.object().parsed(S::public)?;
    let (_, framing) = framing(setup.params, form)?;
    Ok(Box::new(Verifier::<S> {
        key: setup.key.clone(),
        framing,
        scheme: PhantomData,
    }))
}

/// The header and a place for the data.
struct Framing {
    header: Vec<u8>,
    data: Data,
}

enum Data {
    Message(Vec<u8>),
    Hashing(PreHash, PreHasher),
    Hashed(PreHash, Vec<u8>),
}

fn framing(params: &Params<'_>, form: Form) -> Result<(u64, Framing)> {
    let (hedge, context, named) = match *params {
        Params::None => (CKH_HEDGE_PREFERRED.0, &[][..], None),
        Params::SignContext { hedge, context } => (hedge, context, None),
        Params::HashSignContext {
            hedge,
            context,
            hash,
        } => (hedge, context, Some(prehash(hash)?)),
        _ => {
            return Err(Error::MechanismParamInvalid(
                "the parameter is no CK_SIGN_ADDITIONAL_CONTEXT".into(),
            ));
        }
    };
    let (function, data) = match (form, named) {
        (Form::Message, None) => (None, Data::Message(Vec::new())),
        (Form::Hashing(hash), None) => (Some(hash), Data::Hashing(hash, hash.start())),
        (Form::Hashed, Some(hash)) => (Some(hash), Data::Hashed(hash, Vec::new())),
        _ => {
            return Err(Error::MechanismParamInvalid(
                "the hash function is named by CK_HASH_SIGN_ADDITIONAL_CONTEXT, and there alone"
                    .into(),
            ));
        }
    };
    let header = header(function, context)?;
    Ok((hedge, Framing { header, data }))
}

// SPEC: there is no mechanism for SHAKE as a hash function; in CK_HASH_SIGN_ADDITIONAL_CONTEXT its
// key derivations stand for it, with the output lengths of FIPS 204 and 205.
fn prehash(hash: MechanismType) -> Result<PreHash> {
    Ok(match hash {
        CKM_SHA224 => PreHash::Sha224,
        CKM_SHA256 => PreHash::Sha256,
        CKM_SHA384 => PreHash::Sha384,
        CKM_SHA512 => PreHash::Sha512,
        CKM_SHA3_224 => PreHash::Sha3_224,
        CKM_SHA3_256 => PreHash::Sha3_256,
        CKM_SHA3_384 => PreHash::Sha3_384,
        CKM_SHA3_512 => PreHash::Sha3_512,
        CKM_SHAKE_128_KEY_DERIVATION => PreHash::Shake128,
        CKM_SHAKE_256_KEY_DERIVATION => PreHash::Shake256,
        other => {
            return Err(Error::MechanismParamInvalid(
                format!("{other} is no hash function for a signature").into(),
            ));
        }
    })
}

impl Framing {
    fn update(&mut self, input: &[u8]) -> Result<()> {
        match &mut self.data {
            Data::Message(parts) => {
                parts
                    .try_reserve(input.len())
                    .map_err(|_| Error::HostMemory("no memory for the message".into()))?;
                parts.extend_from_slice(input);
            }
            Data::Hashing(_, hasher) => hasher.update(input),
            // One byte too many is enough to know.
            Data::Hashed(hash, parts) => {
                let room = (hash.len() + 1).saturating_sub(parts.len());
                parts.extend(input.iter().take(room));
            }
        }
        Ok(())
    }

    /// M' of data in one go.
    fn whole<T>(&self, input: &[u8], run: impl FnOnce(&[&[u8]]) -> Result<T>) -> Result<T> {
        match &self.data {
            Data::Message(_) => run(&[&self.header, input]),
            Data::Hashing(hash, _) => run(&[&self.header, hash.hash(input).expose()]),
            Data::Hashed(hash, _) => run(&[&self.header, digest(*hash, input)?]),
        }
    }

    /// M' of the data so far.
    fn end<T>(self, run: impl FnOnce(&[&[u8]]) -> Result<T>) -> Result<T> {
        match self.data {
            Data::Message(parts) => run(&[&self.header, &parts]),
            Data::Hashing(_, hasher) => run(&[&self.header, hasher.finish().expose()]),
            Data::Hashed(hash, parts) => run(&[&self.header, digest(hash, &parts)?]),
        }
    }
}

fn digest(hash: PreHash, input: &[u8]) -> Result<&[u8]> {
    if input.len() != hash.len() {
        return Err(Error::DataLenRange(
            format!("a hash of this function has {} bytes", hash.len()).into(),
        ));
    }
    Ok(input)
}

struct Signer<S> {
    key: UsableKey,
    signature_len: usize,
    /// Set for a hedged signature.
    rng: Option<Rng>,
    framing: Framing,
    scheme: PhantomData<S>,
}

impl<S: Scheme> Accumulate for Signer<S> {
    fn output_len(&self) -> usize {
        self.signature_len
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        self.framing.whole(input, |message| {
            S::sign(self.key.object().parsed(S::private)?, message, self.rng)
        })
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        self.framing.update(input)
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        let Self {
            key, rng, framing, ..
        } = *self;
        framing.end(|message| S::sign(key.object().parsed(S::private)?, message, rng))
    }
}

struct Verifier<S> {
    key: UsableKey,
    framing: Framing,
    scheme: PhantomData<S>,
}

impl<S: Scheme> Check for Verifier<S> {
    fn single(self: Box<Self>, input: &[u8], signature: &[u8]) -> Result<()> {
        let key = self.key.object().parsed(S::public)?;
        self.framing
            .whole(input, |message| S::verify(key, message, signature))
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        self.framing.update(input)
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<()> {
        let Self { key, framing, .. } = *self;
        let key = key.object().parsed(S::public)?;
        framing.end(|message| S::verify(key, message, signature))
    }
}
