// SPDX-License-Identifier: MIT OR Apache-2.0
//! CKM_RSA_PKCS_PSS and CKM_SHAxxx_RSA_PKCS_PSS.
//!
//! Source: PKCS#11 v3.2, "PKCS #1 RSA PSS" and "PKCS #1 RSA PSS signature with hashing".

use super::prehash::{DigestSigner, DigestVerifier, Prehashed};
use super::rsa_buffer::{Buffered, Whole, WholeCheck};
use super::rsa_key::{KEYS, Private, Public, SIZE, filler, hash_by_mechanism, mgf_by_type};
use crate::crypto::digest::HashFunction;
use crate::crypto::rsa::pss::Pss;
use crate::crypto::rsa::{PrivateOperation as _, PublicOperation as _};
use crate::error::{Error, Result};
use crate::mechanism::{
    Accumulate, Check, Mechanism, ParamShape, Params, Rng, Roles, Setup, Status,
};
use crate::pkcs11::MechanismType;
use crate::pkcs11::mechanism::{
    CKM_RSA_PKCS_PSS, CKM_SHA1_RSA_PKCS_PSS, CKM_SHA3_224_RSA_PKCS_PSS, CKM_SHA3_256_RSA_PKCS_PSS,
    CKM_SHA3_384_RSA_PKCS_PSS, CKM_SHA3_512_RSA_PKCS_PSS, CKM_SHA224_RSA_PKCS_PSS,
    CKM_SHA256_RSA_PKCS_PSS, CKM_SHA384_RSA_PKCS_PSS, CKM_SHA512_RSA_PKCS_PSS,
};
use crate::secret::SecretBytes;

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row(CKM_RSA_PKCS_PSS, Status::Current),
    row(CKM_SHA1_RSA_PKCS_PSS, Status::Legacy),
    row(CKM_SHA224_RSA_PKCS_PSS, Status::Current),
    row(CKM_SHA256_RSA_PKCS_PSS, Status::Current),
    row(CKM_SHA384_RSA_PKCS_PSS, Status::Current),
    row(CKM_SHA512_RSA_PKCS_PSS, Status::Current),
    row(CKM_SHA3_224_RSA_PKCS_PSS, Status::Current),
    row(CKM_SHA3_256_RSA_PKCS_PSS, Status::Current),
    row(CKM_SHA3_384_RSA_PKCS_PSS, Status::Current),
    row(CKM_SHA3_512_RSA_PKCS_PSS, Status::Current),
];

const fn row(id: MechanismType, status: Status) -> Mechanism {
    let is_plain = id.0 == CKM_RSA_PKCS_PSS.0;
    Mechanism {
        id,
        spec: if is_plain {
            "PKCS #1 RSA PSS"
        } else {
            "PKCS #1 RSA PSS signature with hashing"
        },
        params: ParamShape::RsaPss,
        keys: KEYS,
        key_size: SIZE,
        extra_flags: 0,
        status,
        roles: Roles {
            sign: Some(if is_plain { sign } else { hash_and_sign }),
            verify: Some(if is_plain { verify } else { hash_and_verify }),
            ..Roles::NONE
        },
    }
}

/// The hash function in a mechanism's name; `None` for CKM_RSA_PKCS_PSS.
const fn hash_of(id: MechanismType) -> Option<HashFunction> {
    Some(match id {
        CKM_SHA1_RSA_PKCS_PSS => HashFunction::Sha1,
        CKM_SHA224_RSA_PKCS_PSS => HashFunction::Sha224,
        CKM_SHA256_RSA_PKCS_PSS => HashFunction::Sha256,
        CKM_SHA384_RSA_PKCS_PSS => HashFunction::Sha384,
        CKM_SHA512_RSA_PKCS_PSS => HashFunction::Sha512,
        CKM_SHA3_224_RSA_PKCS_PSS => HashFunction::Sha3_224,
        CKM_SHA3_256_RSA_PKCS_PSS => HashFunction::Sha3_256,
        CKM_SHA3_384_RSA_PKCS_PSS => HashFunction::Sha3_384,
        CKM_SHA3_512_RSA_PKCS_PSS => HashFunction::Sha3_512,
        _ => return None,
    })
}

/// The scheme that the parameter describes; "this value must match the hash algorithm indicated by the signature
/// mechanism", and "the sLen field must be less than or equal to k*-2-hLen".
fn scheme(id: MechanismType, params: &Params<'_>, modulus_bits: usize) -> Result<Pss> {
    let invalid = |reason: &'static str| Err(Error::MechanismParamInvalid(reason.into()));
    let Params::RsaPss {
        hash,
        mgf,
        salt_len,
    } = params
    else {
        return invalid("the mechanism needs a CK_RSA_PKCS_PSS_PARAMS");
    };
    let scheme = Pss {
        hash: hash_by_mechanism(*hash)?,
        mgf: mgf_by_type(*mgf)?,
        salt_len: usize::try_from(*salt_len).unwrap_or(usize::MAX),
    };
    if hash_of(id).is_some_and(|named| named != scheme.hash) {
        return invalid("hashAlg is not the hash function of the mechanism");
    }
    if !scheme.fits(modulus_bits) {
        return invalid("sLen is larger than the modulus less the hash and 2 bytes");
    }
    Ok(scheme)
}

struct Sign {
    scheme: Pss,
    key: Private,
    rng: Rng,
}

impl DigestSigner for Sign {
    fn signature_len(&self) -> usize {
        self.key.modulus_len
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<SecretBytes> {
        self.scheme.sign(self.key.get()?, &filler(self.rng), digest)
    }
}

impl Whole for Sign {
    fn input_max(&self) -> usize {
        self.scheme.hash.len()
    }

    fn output_max(&self) -> usize {
        self.key.modulus_len
    }

    fn run(&self, input: &[u8]) -> Result<SecretBytes> {
        self.sign_digest(input)
    }
}

struct Verify {
    scheme: Pss,
    key: Public,
}

impl DigestVerifier for Verify {
    fn verify_digest(&self, digest: &[u8], signature: &[u8]) -> Result<()> {
        self.scheme.verify(self.key.get()?, digest, signature)
    }
}

impl WholeCheck for Verify {
    fn input_max(&self) -> usize {
        self.scheme.hash.len()
    }

    fn run(&self, input: &[u8], signature: &[u8]) -> Result<()> {
        self.verify_digest(input, signature)
    }
}

fn signer(setup: &Setup<'_>) -> Result<Sign> {
    let key = Private::new(&setup.key)?;
    Ok(Sign {
        scheme: scheme(setup.mechanism.id, setup.params, key.get()?.modulus_bits())?,
        key,
        rng: setup.rng,
    })
}

fn verifier(setup: &Setup<'_>) -> Result<Verify> {
    let key = Public::new(&setup.key)?;
    Ok(Verify {
        scheme: scheme(setup.mechanism.id, setup.params, key.get()?.modulus_bits())?,
        key,
    })
}

fn sign(setup: &Setup<'_>) -> Result<Box<dyn Accumulate>> {
    Ok(Box::new(Buffered::new(signer(setup)?)))
}

fn verify(setup: &Setup<'_>) -> Result<Box<dyn Check>> {
    Ok(Box::new(Buffered::new(verifier(setup)?)))
}

fn hash_and_sign(setup: &Setup<'_>) -> Result<Box<dyn Accumulate>> {
    let signer = signer(setup)?;
    Ok(Box::new(Prehashed::new(signer.scheme.hash, signer)))
}

fn hash_and_verify(setup: &Setup<'_>) -> Result<Box<dyn Check>> {
    let verifier = verifier(setup)?;
    Ok(Box::new(Prehashed::new(verifier.scheme.hash, verifier)))
}
