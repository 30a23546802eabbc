// SPDX-License-Identifier: MIT OR Apache-2.0
//! ECDSA over a digest, and with each hash function.
//!
//! Source: PKCS#11 v3.2, "ECDSA without hashing", "ECDSA with hashing" and "EC Signatures".

use super::ec_key_gen::{EC_FLAGS, EC_SIZE};
use super::prehash::{DigestSigner, DigestVerifier, Prehashed};
use crate::crypto::digest::HashFunction;
use crate::error::{Error, Result};
use crate::mechanism::material::ec;
use crate::mechanism::{Accumulate, Check, Mechanism, ParamShape, Roles, Setup, Status};
use crate::object::UsableKey;
use crate::pkcs11::MechanismType;
use crate::pkcs11::key_type::CKK_EC;
use crate::pkcs11::mechanism::{
    CKM_ECDSA, CKM_ECDSA_SHA1, CKM_ECDSA_SHA3_224, CKM_ECDSA_SHA3_256, CKM_ECDSA_SHA3_384,
    CKM_ECDSA_SHA3_512, CKM_ECDSA_SHA224, CKM_ECDSA_SHA256, CKM_ECDSA_SHA384, CKM_ECDSA_SHA512,
};
use crate::secret::SecretBytes;

/// A row with a hash function in front; the functions are made per row, as a row holds plain
/// functions.
macro_rules! hashing {
    ($id:ident, $hash:ident, $status:ident) => {
        row(
            $id,
            "ECDSA with hashing",
            Status::$status,
            |setup| {
                let signer = Signer::new(setup)?;
                Ok(Box::new(Prehashed::new(HashFunction::$hash, signer)))
            },
            |setup| {
                let verifier = Verifier::new(setup)?;
                Ok(Box::new(Prehashed::new(HashFunction::$hash, verifier)))
            },
        )
    };
}

pub(super) static ROWS: &[Mechanism] = &[
    row(
        CKM_ECDSA,
        "ECDSA without hashing",
        Status::Current,
        |setup| Ok(Box::new(Raw::new(Signer::new(setup)?))),
        |setup| Ok(Box::new(Raw::new(Verifier::new(setup)?))),
    ),
    hashing!(CKM_ECDSA_SHA1, Sha1, Legacy),
    hashing!(CKM_ECDSA_SHA224, Sha224, Current),
    hashing!(CKM_ECDSA_SHA256, Sha256, Current),
    hashing!(CKM_ECDSA_SHA384, Sha384, Current),
    hashing!(CKM_ECDSA_SHA512, Sha512, Current),
    hashing!(CKM_ECDSA_SHA3_224, Sha3_224, Current),
    hashing!(CKM_ECDSA_SHA3_256, Sha3_256, Current),
    hashing!(CKM_ECDSA_SHA3_384, Sha3_384, Current),
    hashing!(CKM_ECDSA_SHA3_512, Sha3_512, Current),
];

const fn row(
    id: MechanismType,
    spec: &'static str,
    status: Status,
    sign: fn(&Setup<'_>) -> Result<Box<dyn Accumulate>>,
    verify: fn(&Setup<'_>) -> Result<Box<dyn Check>>,
) -> Mechanism {
    Mechanism {
        id,
        spec,
        params: ParamShape::None,
        keys: &[CKK_EC],
        key_size: EC_SIZE,
        extra_flags: EC_FLAGS,
        status,
        roles: Roles {
            sign: Some(sign),
            verify: Some(verify),
            ..Roles::NONE
        },
    }
}

struct Signer {
    key: UsableKey,
    signature_len: usize,
}

impl Signer {
    fn new(setup: &Setup<'_>) -> Result<Self> {
        let parsed = setup.key.object().parsed(ec::private_key)?;
        Ok(Self {
            signature_len: parsed.curve().signature_len(),
            key: setup.key.clone(),
        })
    }
}

impl DigestSigner for Signer {
    fn signature_len(&self) -> usize {
        self.signature_len
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<SecretBytes> {
        let key = self.key.object().parsed(ec::private_key)?;
        key.sign_digest(digest).map(SecretBytes::new)
    }
}

struct Verifier {
    key: UsableKey,
}

impl Verifier {
    fn new(setup: &Setup<'_>) -> Result<Self> {
        setup.key.object().parsed(ec::public_key)?;
        Ok(Self {
            key: setup.key.clone(),
        })
    }
}

impl DigestVerifier for Verifier {
    fn verify_digest(&self, digest: &[u8], signature: &[u8]) -> Result<()> {
        let key = self.key.object().parsed(ec::public_key)?;
        key.verify_digest(digest, signature)
    }
}

/// The application's digest. The standard has it in one part only; consumers also give it in
/// several.
struct Raw<S> {
    inner: S,
    head: Vec<u8>,
}

impl<S> Raw<S> {
    /// No order is longer, so no later byte counts.
    const HEAD_LEN_MAX: usize = 128;

    const fn new(inner: S) -> Self {
        Self {
            inner,
            head: Vec::new(),
        }
    }

    fn push(&mut self, input: &[u8]) {
        let room = Self::HEAD_LEN_MAX - self.head.len();
        self.head.extend(input.iter().take(room));
    }
}

impl<S: DigestSigner> Accumulate for Raw<S> {
    fn output_len(&self) -> usize {
        self.inner.signature_len()
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        self.inner.sign_digest(not_empty(input)?)
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        self.push(input);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        self.inner.sign_digest(not_empty(&self.head)?)
    }
}

impl<S: DigestVerifier> Check for Raw<S> {
    fn single(self: Box<Self>, input: &[u8], signature: &[u8]) -> Result<()> {
        self.inner.verify_digest(not_empty(input)?, signature)
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        self.push(input);
        Ok(())
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<()> {
        self.inner.verify_digest(not_empty(&self.head)?, signature)
    }
}

// SPEC: "any" input length of CKM_ECDSA is one byte or more, as nothing hashes to no bytes.
fn not_empty(digest: &[u8]) -> Result<&[u8]> {
    if digest.is_empty() {
        return Err(Error::DataLenRange(
            "the digest to be signed is empty".into(),
        ));
    }
    Ok(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives the digest back as the signature.
    struct Echo;

    impl DigestSigner for Echo {
        fn signature_len(&self) -> usize {
            64
        }

        fn sign_digest(&self, digest: &[u8]) -> Result<SecretBytes> {
            Ok(SecretBytes::from_slice(digest))
        }
    }

    impl DigestVerifier for Echo {
        fn verify_digest(&self, digest: &[u8], signature: &[u8]) -> Result<()> {
            if digest == signature {
                return Ok(());
            }
            Err(Error::SignatureInvalid("not the same".into()))
        }
    }

    #[test]
    fn a_digest_in_parts_is_the_digest_in_one() {
        let mut raw = Box::new(Raw::new(Echo));
        for part in [&b"ab"[..], b"", b"cde"] {
            Accumulate::update(&mut *raw, part).unwrap();
        }
        assert!(Accumulate::finish(raw).unwrap().ct_eq(b"abcde"));
        let mut raw = Box::new(Raw::new(Echo));
        Check::update(&mut *raw, b"ab").unwrap();
        Check::update(&mut *raw, b"c").unwrap();
        Check::finish(raw, b"abc").unwrap();
    }

    #[test]
    fn more_bytes_than_any_order_has_are_not_kept() {
        let mut raw = Box::new(Raw::new(Echo));
        Accumulate::update(&mut *raw, &[1; 100]).unwrap();
        Accumulate::update(&mut *raw, &[2; 1000]).unwrap();
        let kept = Accumulate::finish(raw).unwrap();
        assert_eq!(kept.len(), 128);
    }

    #[test]
    fn an_empty_digest_is_refused() {
        let raw = Raw::new(Echo);
        let single = Accumulate::single(&raw, b"");
        assert!(matches!(single, Err(Error::DataLenRange(_))));
        let finish = Accumulate::finish(Box::new(Raw::new(Echo)));
        assert!(matches!(finish, Err(Error::DataLenRange(_))));
    }

    #[test]
    fn every_row_signs_and_verifies_with_ec_keys() {
        for row in ROWS {
            assert_eq!(row.keys, [CKK_EC], "{}", row.id);
            assert!(row.roles.sign.is_some() && row.roles.verify.is_some());
        }
    }
}
