// SPDX-License-Identifier: MIT OR Apache-2.0
//! DSA: domain parameters, key pairs, signatures over a digest and with each hash function.
//!
//! Source: PKCS#11 v3.2, "DSA".

use super::prehash::{DigestSigner, DigestVerifier, Prehashed};
use crate::crypto::digest::HashFunction;
use crate::crypto::dsa::{self as engine, PRIME_BITS_MAX, PRIME_BITS_MIN};
use crate::error::{Error, Result};
use crate::mechanism::material::dsa;
use crate::mechanism::{
    Accumulate, Check, Generation, KeySize, Mechanism, Pair, ParamShape, Roles, Setup, Status,
};
use crate::object::{AttributeMap, UsableKey, Value};
use crate::pkcs11::MechanismType;
use crate::pkcs11::attribute::{
    CKA_BASE, CKA_PRIME, CKA_PRIME_BITS, CKA_SUBPRIME, CKA_SUBPRIME_BITS, CKA_VALUE,
};
use crate::pkcs11::key_type::CKK_DSA;
use crate::pkcs11::mechanism::{
    CKM_DSA, CKM_DSA_KEY_PAIR_GEN, CKM_DSA_PARAMETER_GEN, CKM_DSA_SHA1, CKM_DSA_SHA3_224,
    CKM_DSA_SHA3_256, CKM_DSA_SHA3_384, CKM_DSA_SHA3_512, CKM_DSA_SHA224, CKM_DSA_SHA256,
    CKM_DSA_SHA384, CKM_DSA_SHA512,
};
use crate::secret::SecretBytes;

/// A row with a hash function in front; the functions are made per row, as a row holds plain
/// functions.
macro_rules! hashing {
    ($id:ident, $spec:literal, $hash:ident) => {
        row(
            $id,
            $spec,
            Roles {
                sign: Some(|setup| {
                    let signer = Signer::new(setup, Some(HashFunction::$hash))?;
                    Ok(Box::new(Prehashed::new(HashFunction::$hash, signer)))
                }),
                verify: Some(|setup| {
                    let verifier = Verifier::new(setup)?;
                    Ok(Box::new(Prehashed::new(HashFunction::$hash, verifier)))
                }),
                ..Roles::NONE
            },
        )
    };
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row(
        CKM_DSA_PARAMETER_GEN,
        "DSA domain parameter generation",
        Roles {
            generate_domain: Some(generate_domain),
            ..Roles::NONE
        },
    ),
    row(
        CKM_DSA_KEY_PAIR_GEN,
        "DSA key pair generation",
        Roles {
            generate_pair: Some(generate_pair),
            ..Roles::NONE
        },
    ),
    row(
        CKM_DSA,
        "DSA without hashing",
        Roles {
            sign: Some(|setup| Ok(Box::new(Raw::new(Signer::new(setup, None)?)))),
            verify: Some(|setup| Ok(Box::new(Raw::new(Verifier::new(setup)?)))),
            ..Roles::NONE
        },
    ),
    hashing!(CKM_DSA_SHA1, "DSA with SHA-1", Sha1),
    hashing!(CKM_DSA_SHA224, "DSA with SHA-224", Sha224),
    hashing!(CKM_DSA_SHA256, "DSA with SHA-256", Sha256),
    hashing!(CKM_DSA_SHA384, "DSA with SHA-384", Sha384),
    hashing!(CKM_DSA_SHA512, "DSA with SHA-512", Sha512),
    hashing!(CKM_DSA_SHA3_224, "DSA with SHA3-224", Sha3_224),
    hashing!(CKM_DSA_SHA3_256, "DSA with SHA3-256", Sha3_256),
    hashing!(CKM_DSA_SHA3_384, "DSA with SHA3-384", Sha3_384),
    hashing!(CKM_DSA_SHA3_512, "DSA with SHA3-512", Sha3_512),
];

/// FIPS 186-5 has no DSA but to verify what exists.
const fn row(id: MechanismType, spec: &'static str, roles: Roles) -> Mechanism {
    Mechanism {
        id,
        spec,
        params: ParamShape::None,
        keys: &[CKK_DSA],
        key_size: KeySize::bits(PRIME_BITS_MIN as u64, PRIME_BITS_MAX as u64),
        extra_flags: 0,
        status: Status::Legacy,
        roles,
    }
}

// SPEC: "based on [...] FIPS PUB 186-2", which has no prime of more than 1024 bits; the parameters
// are those of FIPS 186-4, A.1.1.2 and A.2.1, with SHA-256.
fn generate_domain(generation: &Generation<'_>, attributes: &mut AttributeMap) -> Result<()> {
    let bits = |id| {
        let bits = attributes.ulong(id);
        bits.map(|bits| usize::try_from(bits).unwrap_or(usize::MAX))
    };
    let prime_bits = bits(CKA_PRIME_BITS)
        .ok_or_else(|| Error::TemplateIncomplete("CKA_PRIME_BITS is missing".into()))?;
    // "if CKA_SUBPRIME_BITS is not specified [...], it takes on a default"
    let default = match prime_bits {
        ..=1024 => 160,
        1025..=2048 => 224,
        _ => 256,
    };
    let subprime_bits = bits(CKA_SUBPRIME_BITS).unwrap_or(default);
    if !engine::SIZES.contains(&(prime_bits, subprime_bits)) {
        return Err(Error::AttributeValueInvalid(
            format!(
                "CKA_PRIME_BITS {prime_bits} with CKA_SUBPRIME_BITS {subprime_bits} is not in FIPS \
                 186-4, section 4.2"
            )
            .into(),
        ));
    }
    let made = engine::generate(prime_bits, subprime_bits, |bytes| {
        generation.rng.fill(bytes)
    })?;
    attributes.set(CKA_PRIME, Value::Bytes(made.prime));
    attributes.set(CKA_SUBPRIME, Value::Bytes(made.subprime));
    attributes.set(CKA_BASE, Value::Bytes(made.base));
    Ok(())
}

fn generate_pair(generation: &Generation<'_>, pair: Pair<'_>) -> Result<()> {
    let domain = dsa::domain(pair.public);
    let domain = domain.and_then(|domain| domain.prove().map(|()| domain));
    let domain = domain.map_err(|error| match error {
        Error::AttributeValueInvalid(why) => Error::DomainParamsInvalid(why),
        other => other,
    })?;
    let (private, public) = domain.generate_pair(|bytes| generation.rng.fill(bytes))?;
    for id in dsa::DOMAIN {
        if let Some(value) = pair.public.bytes(id) {
            pair.private.set(id, Value::Bytes(value.to_vec()));
        }
    }
    pair.public.set(CKA_VALUE, Value::Bytes(public));
    pair.private.set(CKA_VALUE, Value::Secret(private));
    Ok(())
}

struct Signer {
    key: UsableKey,
    signature_len: usize,
    function: Option<HashFunction>,
}

impl Signer {
    fn new(setup: &Setup<'_>, function: Option<HashFunction>) -> Result<Self> {
        let parsed = setup.key.object().parsed(dsa::private_key)?;
        Ok(Self {
            signature_len: 2 * parsed.domain().subprime_len(),
            key: setup.key.clone(),
            function,
        })
    }
}

impl DigestSigner for Signer {
    fn signature_len(&self) -> usize {
        self.signature_len
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<SecretBytes> {
        let key = self.key.object().parsed(dsa::private_key)?;
        // SPEC: RFC 6979 asks for the function that made the digest; its length names one.
        let function = self.function.unwrap_or(match digest.len() {
            20 => HashFunction::Sha1,
            28 => HashFunction::Sha224,
            48 => HashFunction::Sha384,
            64 => HashFunction::Sha512,
            _ => HashFunction::Sha256,
        });
        key.sign_digest(function, digest).map(SecretBytes::new)
    }
}

struct Verifier {
    key: UsableKey,
}

impl Verifier {
    fn new(setup: &Setup<'_>) -> Result<Self> {
        setup.key.object().parsed(dsa::public_key)?;
        Ok(Self {
            key: setup.key.clone(),
        })
    }
}

impl DigestVerifier for Verifier {
    fn verify_digest(&self, digest: &[u8], signature: &[u8]) -> Result<()> {
        let key = self.key.object().parsed(dsa::public_key)?;
        key.verify_digest(digest, signature)
    }
}

// SPEC: "Single-part operations only", but consumers also give the digest in several parts.
/// The application's digest, "of 20, 28, 32, 48 or 64 bytes".
struct Raw<S> {
    inner: S,
    digest: Vec<u8>,
}

impl<S> Raw<S> {
    const fn new(inner: S) -> Self {
        Self {
            inner,
            digest: Vec::new(),
        }
    }

    /// Keeps no more than shows that it is too long.
    fn push(&mut self, input: &[u8]) {
        const KEPT_MAX: usize = 65;
        let room = KEPT_MAX - self.digest.len();
        self.digest.extend(input.iter().take(room));
    }
}

impl<S: DigestSigner> Accumulate for Raw<S> {
    fn output_len(&self) -> usize {
        self.inner.signature_len()
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        self.inner.sign_digest(digest(input)?)
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        self.push(input);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        self.inner.sign_digest(digest(&self.digest)?)
    }
}

impl<S: DigestVerifier> Check for Raw<S> {
    fn single(self: Box<Self>, input: &[u8], signature: &[u8]) -> Result<()> {
        self.inner.verify_digest(digest(input)?, signature)
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        self.push(input);
        Ok(())
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<()> {
        self.inner.verify_digest(digest(&self.digest)?, signature)
    }
}

fn digest(input: &[u8]) -> Result<&[u8]> {
    if matches!(input.len(), 20 | 28 | 32 | 48 | 64) {
        return Ok(input);
    }
    Err(Error::DataLenRange(
        "CKM_DSA takes a digest of 20, 28, 32, 48 or 64 bytes".into(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_one_of_the_lengths_of_the_standard() {
        for len in [20, 28, 32, 48, 64] {
            assert!(digest(&vec![1; len]).is_ok());
        }
        for len in [0, 1, 19, 21, 65, 128] {
            assert!(matches!(digest(&vec![1; len]), Err(Error::DataLenRange(_))));
        }
    }

    #[test]
    fn every_row_is_legacy_and_works_with_dsa_keys() {
        for row in ROWS {
            assert_eq!(row.keys, [CKK_DSA], "{}", row.id);
            assert_eq!(row.status, Status::Legacy, "{}", row.id);
        }
    }
}
