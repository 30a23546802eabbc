// SPDX-License-Identifier: MIT OR Apache-2.0
//! CKM_SHAxxx_RSA_PKCS: PKCS#11 v3.2, "PKCS #1 v1.5 RSA signature with hashing".

use super::prehash::{DigestSigner, DigestVerifier, Prehashed};
use super::rsa_key::{KEYS, Private, Public, SIZE};
use crate::crypto::digest::HashFunction;
use crate::crypto::rsa::pkcs1;
use crate::error::{Error, Result};
use crate::mechanism::{Accumulate, Check, Mechanism, ParamShape, Roles, Setup, Status};
use crate::pkcs11::MechanismType;
use crate::pkcs11::mechanism::{
    CKM_MD5_RSA_PKCS, CKM_RIPEMD160_RSA_PKCS, CKM_SHA1_RSA_PKCS, CKM_SHA3_224_RSA_PKCS,
    CKM_SHA3_256_RSA_PKCS, CKM_SHA3_384_RSA_PKCS, CKM_SHA3_512_RSA_PKCS, CKM_SHA224_RSA_PKCS,
    CKM_SHA256_RSA_PKCS, CKM_SHA384_RSA_PKCS, CKM_SHA512_RSA_PKCS,
};
use crate::secret::SecretBytes;

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row(CKM_MD5_RSA_PKCS, Status::Legacy),
    row(CKM_RIPEMD160_RSA_PKCS, Status::Legacy),
    row(CKM_SHA1_RSA_PKCS, Status::Legacy),
    row(CKM_SHA224_RSA_PKCS, Status::Current),
    row(CKM_SHA256_RSA_PKCS, Status::Current),
    row(CKM_SHA384_RSA_PKCS, Status::Current),
    row(CKM_SHA512_RSA_PKCS, Status::Current),
    row(CKM_SHA3_224_RSA_PKCS, Status::Current),
    row(CKM_SHA3_256_RSA_PKCS, Status::Current),
    row(CKM_SHA3_384_RSA_PKCS, Status::Current),
    row(CKM_SHA3_512_RSA_PKCS, Status::Current),
];

const fn row(id: MechanismType, status: Status) -> Mechanism {
    Mechanism {
        id,
        spec: "PKCS #1 v1.5 RSA signature with hashing",
        params: ParamShape::None,
        keys: KEYS,
        key_size: SIZE,
        extra_flags: 0,
        status,
        roles: Roles {
            sign: Some(sign),
            verify: Some(verify),
            ..Roles::NONE
        },
    }
}

/// The hash function in a mechanism's name.
fn hash_of(id: MechanismType) -> Result<HashFunction> {
    Ok(match id {
        CKM_MD5_RSA_PKCS => HashFunction::Md5,
        CKM_RIPEMD160_RSA_PKCS => HashFunction::Ripemd160,
        CKM_SHA1_RSA_PKCS => HashFunction::Sha1,
        CKM_SHA224_RSA_PKCS => HashFunction::Sha224,
        CKM_SHA256_RSA_PKCS => HashFunction::Sha256,
        CKM_SHA384_RSA_PKCS => HashFunction::Sha384,
        CKM_SHA512_RSA_PKCS => HashFunction::Sha512,
        CKM_SHA3_224_RSA_PKCS => HashFunction::Sha3_224,
        CKM_SHA3_256_RSA_PKCS => HashFunction::Sha3_256,
        CKM_SHA3_384_RSA_PKCS => HashFunction::Sha3_384,
        CKM_SHA3_512_RSA_PKCS => HashFunction::Sha3_512,
        other => {
            return Err(Error::MechanismInvalid(
                format!("{other} is no PKCS #1 v1.5 signature with hashing").into(),
            ));
        }
    })
}

struct Sign {
    hash: HashFunction,
    key: Private,
}

impl DigestSigner for Sign {
    fn signature_len(&self) -> usize {
        self.key.modulus_len
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<SecretBytes> {
        let info = pkcs1::encode_digest(self.hash, digest);
        pkcs1::sign(self.key.get()?, info.expose())
    }
}

struct Verify {
    hash: HashFunction,
    key: Public,
}

impl DigestVerifier for Verify {
    fn verify_digest(&self, digest: &[u8], signature: &[u8]) -> Result<()> {
        let info = pkcs1::encode_digest(self.hash, digest);
        pkcs1::verify(self.key.get()?, info.expose(), signature)
    }
}

fn sign(setup: &Setup<'_>) -> Result<Box<dyn Accumulate>> {
    let hash = hash_of(setup.mechanism.id)?;
    let key = Private::new(&setup.key)?;
    Ok(Box::new(Prehashed::new(hash, Sign { hash, key })))
}

fn verify(setup: &Setup<'_>) -> Result<Box<dyn Check>> {
    let hash = hash_of(setup.mechanism.id)?;
    let key = Public::new(&setup.key)?;
    Ok(Box::new(Prehashed::new(hash, Verify { hash, key })))
}
