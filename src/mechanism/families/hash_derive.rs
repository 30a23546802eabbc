// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys that are the hash of another key.
//!
//! Source: PKCS#11 v3.2, "Hash-based Key Derivation".

use super::base_key::{SECRETS, value};
use super::digest::truncation;
use super::generic_secret::VALUE_LEN_MAX;
use crate::crypto::digest::{HashFunction, Sha512T, Shake};
use crate::error::{Error, Result};
use crate::mechanism::{Derivation, Derived, KeySize, Mechanism, ParamShape, Roles, Status};
use crate::pkcs11::class::CKO_SECRET_KEY;
use crate::pkcs11::key_type::{CKK_DES, CKK_DES2, CKK_DES3, CKK_GENERIC_SECRET};
use crate::pkcs11::mechanism::{
    CKM_BLAKE2B_160_KEY_DERIVE, CKM_BLAKE2B_256_KEY_DERIVE, CKM_BLAKE2B_384_KEY_DERIVE,
    CKM_BLAKE2B_512_KEY_DERIVE, CKM_MD5_KEY_DERIVATION, CKM_SHA1_KEY_DERIVATION,
    CKM_SHA3_224_KEY_DERIVATION, CKM_SHA3_256_KEY_DERIVATION, CKM_SHA3_384_KEY_DERIVATION,
    CKM_SHA3_512_KEY_DERIVATION, CKM_SHA224_KEY_DERIVATION, CKM_SHA256_KEY_DERIVATION,
    CKM_SHA384_KEY_DERIVATION, CKM_SHA512_224_KEY_DERIVATION, CKM_SHA512_256_KEY_DERIVATION,
    CKM_SHA512_KEY_DERIVATION, CKM_SHA512_T_KEY_DERIVATION, CKM_SHAKE_128_KEY_DERIVATION,
    CKM_SHAKE_256_KEY_DERIVATION,
};
use crate::pkcs11::{KeyType, MechanismType};
use crate::secret::SecretBytes;

/// The value of the base key.
fn base<'a>(derivation: &'a Derivation<'_>) -> Result<&'a [u8]> {
    value(derivation.base.object())
}

/// How long a key to make, of at most `max` bytes.
// SPEC: whether a template names CKK_GENERIC_SECRET or no type at all, a key without CKA_VALUE_LEN
// has `default` bytes; of every other type without a length of its own, CKA_VALUE_LEN is required.
fn wanted_len(derivation: &Derivation<'_>, default: usize, max: usize) -> Result<usize> {
    if derivation.class != CKO_SECRET_KEY {
        return Err(Error::TemplateInconsistent(
            "the derived object is a secret key".into(),
        ));
    }
    let len = match derivation.value_len {
        Some(len) => len,
        None if derivation.key_type == CKK_GENERIC_SECRET => default,
        None => {
            return Err(Error::TemplateIncomplete(
                "CKA_VALUE_LEN must say how long a key of this type to make".into(),
            ));
        }
    };
    if (1..=max).contains(&len) {
        return Ok(len);
    }
    Err(Error::KeySizeRange(
        format!("the derivation gives 1 to {max} bytes, not {len}").into(),
    ))
}

/// "If a DES, DES2, or CDMF key is derived with this mechanism, the parity bits of the key will be
/// set properly"; DES3 likewise.
fn with_parity(key_type: KeyType, mut value: SecretBytes) -> Derived {
    if matches!(key_type, CKK_DES | CKK_DES2 | CKK_DES3) {
        for byte in value.expose_mut() {
            let is_even = (*byte >> 1).count_ones().is_multiple_of(2);
            *byte = *byte & 0xfe | u8::from(is_even);
        }
    }
    Derived::Value(value)
}

/// The first bytes of the base key's hash.
fn cut(derivation: &Derivation<'_>, hash: &SecretBytes) -> Result<Derived> {
    let len = wanted_len(derivation, hash.len(), hash.len())?;
    Ok(with_parity(derivation.key_type, hash.truncated(len)))
}

fn digest(derivation: &Derivation<'_>, function: HashFunction) -> Result<Derived> {
    cut(derivation, &function.hash(base(derivation)?))
}

// SPEC: the section names no parameter, but SHA-512/t needs its t: a CK_MAC_GENERAL_PARAMS with t in
// bits, as for the digest.
fn truncated(derivation: &Derivation<'_>) -> Result<Derived> {
    let mut hasher = Sha512T::new(truncation(derivation.params)?)?;
    hasher.update(base(derivation)?);
    cut(derivation, &hasher.finish())
}

// SPEC: "an error is generated" beyond the digest length, but SHAKE is an "expansion function": it
// gives as many bytes as are asked for, and the table's 32 and 64 where nothing is asked for.
fn expand(derivation: &Derivation<'_>, function: Shake, default: usize) -> Result<Derived> {
    let max = usize::try_from(VALUE_LEN_MAX).unwrap_or(default);
    let len = wanted_len(derivation, default, max)?;
    let value = function.expand(base(derivation)?, len);
    Ok(with_parity(derivation.key_type, value))
}

type Derive = fn(&Derivation<'_>) -> Result<Derived>;

const fn row(id: MechanismType, params: ParamShape, status: Status, derive: Derive) -> Mechanism {
    Mechanism {
        id,
        spec: "Hash-based Key Derivation",
        params,
        // "deriving a secret key by digesting the value of another secret key"
        keys: SECRETS,
        key_size: KeySize::NONE,
        extra_flags: 0,
        status,
        roles: Roles {
            derive: Some(derive),
            ..Roles::NONE
        },
    }
}

/// The rows.
macro_rules! rows {
    ($($id:ident: $function:ident, $status:ident;)+) => {
        /// The rows.
        pub(super) static ROWS: &[Mechanism] = &[
            $(row($id, ParamShape::None, Status::$status, |derivation| {
                digest(derivation, HashFunction::$function)
            }),)+
            row(CKM_SHA512_T_KEY_DERIVATION, ParamShape::Ulong, Status::Legacy, truncated),
            row(CKM_SHAKE_128_KEY_DERIVATION, ParamShape::None, Status::Current, |derivation| {
                expand(derivation, Shake::Shake128, 32)
            }),
            row(CKM_SHAKE_256_KEY_DERIVATION, ParamShape::None, Status::Current, |derivation| {
                expand(derivation, Shake::Shake256, 64)
            }),
        ];
    };
}

rows! {
    CKM_MD5_KEY_DERIVATION: Md5, Legacy;
    CKM_SHA1_KEY_DERIVATION: Sha1, Legacy;
    CKM_SHA224_KEY_DERIVATION: Sha224, Current;
    CKM_SHA256_KEY_DERIVATION: Sha256, Current;
    CKM_SHA384_KEY_DERIVATION: Sha384, Current;
    CKM_SHA512_KEY_DERIVATION: Sha512, Current;
    CKM_SHA512_224_KEY_DERIVATION: Sha512_224, Current;
    CKM_SHA512_256_KEY_DERIVATION: Sha512_256, Current;
    CKM_SHA3_224_KEY_DERIVATION: Sha3_224, Current;
    CKM_SHA3_256_KEY_DERIVATION: Sha3_256, Current;
    CKM_SHA3_384_KEY_DERIVATION: Sha3_384, Current;
    CKM_SHA3_512_KEY_DERIVATION: Sha3_512, Current;
    CKM_BLAKE2B_160_KEY_DERIVE: Blake2b160, Current;
    CKM_BLAKE2B_256_KEY_DERIVE: Blake2b256, Current;
    CKM_BLAKE2B_384_KEY_DERIVE: Blake2b384, Current;
    CKM_BLAKE2B_512_KEY_DERIVE: Blake2b512, Current;
}
