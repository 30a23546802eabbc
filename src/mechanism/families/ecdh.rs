// SPDX-License-Identifier: MIT OR Apache-2.0
//! Elliptic curve Diffie-Hellman.
//!
//! Source: PKCS#11 v3.2, "Elliptic Curve Diffie-Hellman key derivation", "Elliptic Curve
//! Diffie-Hellman with cofactor key derivation" and "EC mechanism parameters".

use super::ec_key_gen::EC_FLAGS;
use super::ml_kem::SECRET_MIN;
use crate::crypto::digest::HashFunction;
use crate::crypto::ec;
use crate::crypto::ec::kdf::{self, Counter};
use crate::crypto::montgomery;
use crate::error::{Error, Result};
use crate::mechanism::material::{self, point};
use crate::mechanism::{
    Derivation, Derived, KeySize, Mechanism, ParamShape, Params, Roles, Setup, Status, Wanted,
};
use crate::object::Object;
use crate::pkcs11::kdf::{
    CKD_BLAKE2B_160_KDF, CKD_BLAKE2B_256_KDF, CKD_BLAKE2B_384_KDF, CKD_BLAKE2B_512_KDF, CKD_NULL,
    CKD_SHA1_KDF, CKD_SHA1_KDF_SP800, CKD_SHA3_224_KDF, CKD_SHA3_224_KDF_SP800, CKD_SHA3_256_KDF,
    CKD_SHA3_256_KDF_SP800, CKD_SHA3_384_KDF, CKD_SHA3_384_KDF_SP800, CKD_SHA3_512_KDF,
    CKD_SHA3_512_KDF_SP800, CKD_SHA224_KDF, CKD_SHA224_KDF_SP800, CKD_SHA256_KDF,
    CKD_SHA256_KDF_SP800, CKD_SHA384_KDF, CKD_SHA384_KDF_SP800, CKD_SHA512_KDF,
    CKD_SHA512_KDF_SP800,
};
use crate::pkcs11::key_type::{CKK_EC, CKK_EC_MONTGOMERY};
use crate::pkcs11::mechanism::{CKM_ECDH1_COFACTOR_DERIVE, CKM_ECDH1_DERIVE};
use crate::pkcs11::{KdfType, KeyType, MechanismType};
use crate::secret::SecretBytes;

pub(super) static ROWS: &[Mechanism] = &[
    row(
        CKM_ECDH1_DERIVE,
        "Elliptic Curve Diffie-Hellman key derivation",
        &[CKK_EC, CKK_EC_MONTGOMERY],
        KeySize::bits(224, 521),
    ),
    // Every curve here has cofactor 1, so both mechanisms compute the same.
    row(
        CKM_ECDH1_COFACTOR_DERIVE,
        "Elliptic Curve Diffie-Hellman with cofactor key derivation",
        &[CKK_EC],
        KeySize::bits(224, 521),
    ),
];

const fn row(
    id: MechanismType,
    spec: &'static str,
    keys: &'static [KeyType],
    key_size: KeySize,
) -> Mechanism {
    Mechanism {
        id,
        spec,
        params: ParamShape::Ecdh1,
        keys,
        key_size,
        extra_flags: EC_FLAGS,
        status: Status::Current,
        roles: Roles {
            derive: Some(derive),
            encapsulate: Some(encapsulate),
            decapsulate: Some(decapsulate),
            ..Roles::NONE
        },
    }
}

/// The longest key that a key derivation function makes, in bytes.
const DERIVED_LEN_MAX: usize = 65_536;

/// The fields of CK_ECDH1_DERIVE_PARAMS.
struct Given<'a> {
    function: Function,
    shared: &'a [u8],
    public: &'a [u8],
}

impl<'a> Given<'a> {
    fn new(params: &Params<'a>) -> Result<Self> {
        let Params::Ecdh1 {
            kdf,
            shared,
            public,
        } = *params
        else {
            return Err(Error::MechanismParamInvalid(
                "the parameter is no CK_ECDH1_DERIVE_PARAMS".into(),
            ));
        };
        Ok(Self {
            function: function(kdf, shared)?,
            shared,
            public,
        })
    }

    /// "The mechanism parameters pPublicData and ulPublicDataLen must be set to NULL and 0".
    fn of_encapsulation(params: &Params<'a>) -> Result<Self> {
        let given = Self::new(params)?;
        if given.public.is_empty() {
            return Ok(given);
        }
        Err(Error::MechanismParamInvalid(
            "for encapsulation, pPublicData must be NULL and ulPublicDataLen 0".into(),
        ))
    }

    fn stretch(&self, secret: &SecretBytes, value_len: Option<usize>) -> Result<SecretBytes> {
        stretch(self.function, secret, self.shared, value_len)
    }
}

fn derive(derivation: &Derivation<'_>) -> Result<Derived> {
    let given = Given::new(derivation.params)?;
    let secret = agree(derivation.base.object(), given.public)?;
    given
        .stretch(&secret, derivation.value_len)
        .map(Derived::Value)
}

fn encapsulate(setup: &Setup<'_>, wanted: &Wanted) -> Result<(SecretBytes, SecretBytes)> {
    let given = Given::of_encapsulation(setup.params)?;
    let (public, secret) = agree_once(setup)?;
    let key = given.stretch(&secret, kem_len(wanted)?)?;
    Ok((SecretBytes::new(public), key))
}

fn decapsulate(setup: &Setup<'_>, ciphertext: &[u8], wanted: &Wanted) -> Result<SecretBytes> {
    let given = Given::of_encapsulation(setup.params)?;
    let secret = agree(setup.key.object(), ciphertext).map_err(as_ciphertext)?;
    given.stretch(&secret, kem_len(wanted)?)
}

/// The wanted length of an encapsulated key.
///
/// # Errors
/// `CKR_KEY_SIZE_RANGE`
// SPEC: nothing is said of short keys; fewer bytes than those of ML-KEM's shortest are refused,
// because a key of a few bytes can be guessed, and with it, one by one, the whole secret.
pub(super) fn kem_len(wanted: &Wanted) -> Result<Option<usize>> {
    match wanted.len {
        Some(len) if len < SECRET_MIN => Err(Error::KeySizeRange(
            format!("an encapsulated key has at least {SECRET_MIN} bytes, not {len}").into(),
        )),
        len => Ok(len),
    }
}

/// What is wrong with a public key that came as ciphertext.
pub(super) fn as_ciphertext(error: Error) -> Error {
    match error {
        Error::PublicKeyInvalid(reason) => Error::WrappedKeyInvalid(reason),
        other => other,
    }
}

/// The public key of a pair that is made for once, in its raw form, and the secret that it shares with
/// the owner of a public key.
pub(super) fn agree_once(setup: &Setup<'_>) -> Result<(Vec<u8>, SecretBytes)> {
    let fill = |bytes: &mut [u8]| setup.rng.fill(bytes);
    let object = setup.key.object();
    if object.key_type() == Some(CKK_EC_MONTGOMERY) {
        let curve = material::montgomery::curve(object.attributes())?;
        let peer = material::montgomery::raw_point(curve, point::point(object.attributes())?)?;
        let own = montgomery::PrivateKey::generate(curve, fill)?;
        return Ok((own.public_point(), own.agree(peer)?));
    }
    let peer = object.parsed(material::ec::public_key)?;
    let own = ec::PrivateKey::generate(peer.curve(), fill)?;
    Ok((own.public_point()?, own.ecdh(peer.point())?))
}

/// The shared secret: an x or u coordinate in its full length.
fn agree(base: &Object, public: &[u8]) -> Result<SecretBytes> {
    if base.key_type() == Some(CKK_EC_MONTGOMERY) {
        let key = base.parsed(material::montgomery::private_key)?;
        return key.agree(material::montgomery::raw_point(key.curve(), public)?);
    }
    let key = base.parsed(material::ec::private_key)?;
    key.ecdh(material::ec::raw_point(key.curve(), public)?)
}

/// What CK_EC_KDF_TYPE stands for; nothing for CKD_NULL.
pub(super) type Function = Option<(HashFunction, Counter)>;

pub(super) fn function(kdf: KdfType, shared: &[u8]) -> Result<Function> {
    use Counter::{AfterSecret, BeforeSecret};
    let function = match kdf {
        CKD_NULL if shared.is_empty() => return Ok(None),
        CKD_NULL => {
            return Err(Error::MechanismParamInvalid(
                "with CKD_NULL, ulSharedDataLen must be 0 (\"CK_ECDH1_DERIVE_PARAMS\")".into(),
            ));
        }
        CKD_SHA1_KDF => (HashFunction::Sha1, AfterSecret),
        CKD_SHA224_KDF => (HashFunction::Sha224, AfterSecret),
        CKD_SHA256_KDF => (HashFunction::Sha256, AfterSecret),
        CKD_SHA384_KDF => (HashFunction::Sha384, AfterSecret),
        CKD_SHA512_KDF => (HashFunction::Sha512, AfterSecret),
        CKD_SHA3_224_KDF => (HashFunction::Sha3_224, AfterSecret),
        CKD_SHA3_256_KDF => (HashFunction::Sha3_256, AfterSecret),
        CKD_SHA3_384_KDF => (HashFunction::Sha3_384, AfterSecret),
        CKD_SHA3_512_KDF => (HashFunction::Sha3_512, AfterSecret),
        CKD_BLAKE2B_160_KDF => (HashFunction::Blake2b160, AfterSecret),
        CKD_BLAKE2B_256_KDF => (HashFunction::Blake2b256, AfterSecret),
        CKD_BLAKE2B_384_KDF => (HashFunction::Blake2b384, AfterSecret),
        CKD_BLAKE2B_512_KDF => (HashFunction::Blake2b512, AfterSecret),
        CKD_SHA1_KDF_SP800 => (HashFunction::Sha1, BeforeSecret),
        CKD_SHA224_KDF_SP800 => (HashFunction::Sha224, BeforeSecret),
        CKD_SHA256_KDF_SP800 => (HashFunction::Sha256, BeforeSecret),
        CKD_SHA384_KDF_SP800 => (HashFunction::Sha384, BeforeSecret),
        CKD_SHA512_KDF_SP800 => (HashFunction::Sha512, BeforeSecret),
        CKD_SHA3_224_KDF_SP800 => (HashFunction::Sha3_224, BeforeSecret),
        CKD_SHA3_256_KDF_SP800 => (HashFunction::Sha3_256, BeforeSecret),
        CKD_SHA3_384_KDF_SP800 => (HashFunction::Sha3_384, BeforeSecret),
        CKD_SHA3_512_KDF_SP800 => (HashFunction::Sha3_512, BeforeSecret),
        other => {
            return Err(Error::MechanismParamInvalid(
                format!("the key derivation function {other} is not supported").into(),
            ));
        }
    };
    Ok(Some(function))
}

/// The key's value from the shared secret.
pub(super) fn stretch(
    function: Function,
    secret: &SecretBytes,
    shared: &[u8],
    value_len: Option<usize>,
) -> Result<SecretBytes> {
    let too_long = |len: usize, max: usize| {
        Err(Error::KeySizeRange(
            format!("the derivation gives 1 to {max} bytes, not {len}").into(),
        ))
    };
    let Some((hash, counter)) = function else {
        let len = value_len.unwrap_or_else(|| secret.len());
        // "The truncation removes bytes from the leading end of the secret value."
        return match secret
            .len()
            .checked_sub(len)
            .and_then(|skip| secret.expose().get(skip..))
        {
            Some(tail) if !tail.is_empty() => Ok(SecretBytes::from_slice(tail)),
            _ => too_long(len, secret.len()),
        };
    };
    // SPEC: a key derivation function without a wanted length gives one output of its hash
    // function.
    let len = value_len.unwrap_or_else(|| hash.len());
    if len == 0 || len > DERIVED_LEN_MAX {
        return too_long(len, DERIVED_LEN_MAX);
    }
    kdf::derive(hash, counter, secret, shared, len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pkcs11::kdf::{CKD_CPDIVERSIFY_KDF, CKD_SHA1_KDF_ASN1, CKD_SHA1_KDF_CONCATENATE};

    fn secret() -> SecretBytes {
        SecretBytes::new((0..32).collect())
    }

    #[test]
    fn without_a_function_the_trailing_bytes_of_the_secret_are_the_key() {
        let whole = stretch(None, &secret(), b"", None).unwrap();
        assert!(whole.ct_eq(secret().expose()));
        let tail = stretch(None, &secret(), b"", Some(16)).unwrap();
        assert!(tail.ct_eq(&(16..32).collect::<Vec<u8>>()));
        for len in [0, 33, usize::MAX] {
            let result = stretch(None, &secret(), b"", Some(len));
            assert!(matches!(result, Err(Error::KeySizeRange(_))), "{len}");
        }
    }

    #[test]
    fn a_function_gives_as_many_bytes_as_wanted() {
        let sha256 = function(CKD_SHA256_KDF, b"info").unwrap();
        let long = stretch(sha256, &secret(), b"info", Some(100)).unwrap();
        let one = stretch(sha256, &secret(), b"info", None).unwrap();
        assert_eq!((long.len(), one.len()), (100, 32));
        assert!(one.ct_eq(long.truncated(32).expose()));
        for len in [0, DERIVED_LEN_MAX + 1] {
            let result = stretch(sha256, &secret(), b"", Some(len));
            assert!(matches!(result, Err(Error::KeySizeRange(_))), "{len}");
        }
    }

    #[test]
    fn every_function_of_the_standard_for_elliptic_curves_is_there() {
        // X9.42 Diffie-Hellman has two of its own, and nothing defines what the third computes.
        let others = [
            CKD_SHA1_KDF_ASN1,
            CKD_SHA1_KDF_CONCATENATE,
            CKD_CPDIVERSIFY_KDF,
        ];
        for (kdf, name) in KdfType::NAMES {
            match function(*kdf, b"") {
                Ok(_) => assert!(!others.contains(kdf), "{name}"),
                Err(Error::MechanismParamInvalid(_)) => assert!(others.contains(kdf), "{name}"),
                Err(error) => panic!("{name}: {error}"),
            }
        }
        let with_info = function(CKD_NULL, b"info");
        assert!(matches!(with_info, Err(Error::MechanismParamInvalid(_))));
    }
}
