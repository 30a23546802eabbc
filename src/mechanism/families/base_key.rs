// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the key derivations have in common: their base keys, and the hash that a parameter names.
//!
//! Source: PKCS#11 v3.2, "Digests" and "Hash-based message authentication codes".

use crate::crypto::digest::HashFunction;
use crate::crypto::kdf::tls_prf::TlsPrf;
use crate::error::{Error, Result};
use crate::object::Object;
use crate::pkcs11::attribute::CKA_VALUE;
use crate::pkcs11::key_type::{
    CKK_AES, CKK_AES_XTS, CKK_BLAKE2B_160_HMAC, CKK_BLAKE2B_256_HMAC, CKK_BLAKE2B_384_HMAC,
    CKK_BLAKE2B_512_HMAC, CKK_CHACHA20, CKK_DES, CKK_DES2, CKK_DES3, CKK_GENERIC_SECRET, CKK_HKDF,
    CKK_MD5_HMAC, CKK_POLY1305, CKK_RIPEMD160_HMAC, CKK_SHA_1_HMAC, CKK_SHA3_224_HMAC,
    CKK_SHA3_256_HMAC, CKK_SHA3_384_HMAC, CKK_SHA3_512_HMAC, CKK_SHA224_HMAC, CKK_SHA256_HMAC,
    CKK_SHA384_HMAC, CKK_SHA512_224_HMAC, CKK_SHA512_256_HMAC, CKK_SHA512_HMAC, CKK_SHA512_T_HMAC,
};
use crate::pkcs11::mechanism::{
    CKM_BLAKE2B_160, CKM_BLAKE2B_160_HMAC, CKM_BLAKE2B_256, CKM_BLAKE2B_256_HMAC, CKM_BLAKE2B_384,
    CKM_BLAKE2B_384_HMAC, CKM_BLAKE2B_512, CKM_BLAKE2B_512_HMAC, CKM_SHA_1, CKM_SHA_1_HMAC,
    CKM_SHA3_224, CKM_SHA3_224_HMAC, CKM_SHA3_256, CKM_SHA3_256_HMAC, CKM_SHA3_384,
    CKM_SHA3_384_HMAC, CKM_SHA3_512, CKM_SHA3_512_HMAC, CKM_SHA224, CKM_SHA224_HMAC, CKM_SHA256,
    CKM_SHA256_HMAC, CKM_SHA384, CKM_SHA384_HMAC, CKM_SHA512, CKM_SHA512_224, CKM_SHA512_224_HMAC,
    CKM_SHA512_256, CKM_SHA512_256_HMAC, CKM_SHA512_HMAC, CKM_TLS_PRF,
};
use crate::pkcs11::{KeyType, MechanismType};

/// Secret keys whose value any derivation can start from.
pub(super) const SECRETS: &[KeyType] = &[
    CKK_GENERIC_SECRET,
    CKK_HKDF,
    CKK_AES,
    CKK_AES_XTS,
    CKK_DES2,
    CKK_DES3,
    CKK_CHACHA20,
    CKK_POLY1305,
    CKK_MD5_HMAC,
    CKK_RIPEMD160_HMAC,
    CKK_SHA_1_HMAC,
    CKK_SHA224_HMAC,
    CKK_SHA256_HMAC,
    CKK_SHA384_HMAC,
    CKK_SHA512_HMAC,
    CKK_SHA512_224_HMAC,
    CKK_SHA512_256_HMAC,
    CKK_SHA512_T_HMAC,
    CKK_SHA3_224_HMAC,
    CKK_SHA3_256_HMAC,
    CKK_SHA3_384_HMAC,
    CKK_SHA3_512_HMAC,
    CKK_BLAKE2B_160_HMAC,
    CKK_BLAKE2B_256_HMAC,
    CKK_BLAKE2B_384_HMAC,
    CKK_BLAKE2B_512_HMAC,
];

/// The hash that a parameter names by its digest mechanism or, as many programs do, by its HMAC.
pub(super) fn hash(id: MechanismType) -> Result<HashFunction> {
    Ok(match id {
        CKM_SHA_1 | CKM_SHA_1_HMAC => HashFunction::Sha1,
        CKM_SHA224 | CKM_SHA224_HMAC => HashFunction::Sha224,
        CKM_SHA256 | CKM_SHA256_HMAC => HashFunction::Sha256,
        CKM_SHA384 | CKM_SHA384_HMAC => HashFunction::Sha384,
        CKM_SHA512 | CKM_SHA512_HMAC => HashFunction::Sha512,
        CKM_SHA512_224 | CKM_SHA512_224_HMAC => HashFunction::Sha512_224,
        CKM_SHA512_256 | CKM_SHA512_256_HMAC => HashFunction::Sha512_256,
        CKM_SHA3_224 | CKM_SHA3_224_HMAC => HashFunction::Sha3_224,
        CKM_SHA3_256 | CKM_SHA3_256_HMAC => HashFunction::Sha3_256,
        CKM_SHA3_384 | CKM_SHA3_384_HMAC => HashFunction::Sha3_384,
        CKM_SHA3_512 | CKM_SHA3_512_HMAC => HashFunction::Sha3_512,
        CKM_BLAKE2B_160 | CKM_BLAKE2B_160_HMAC => HashFunction::Blake2b160,
        CKM_BLAKE2B_256 | CKM_BLAKE2B_256_HMAC => HashFunction::Blake2b256,
        CKM_BLAKE2B_384 | CKM_BLAKE2B_384_HMAC => HashFunction::Blake2b384,
        CKM_BLAKE2B_512 | CKM_BLAKE2B_512_HMAC => HashFunction::Blake2b512,
        other => {
            return Err(Error::MechanismParamInvalid(
                format!("{other} is no hash that this derivation works with").into(),
            ));
        }
    })
}

/// The function of TLS that a parameter names.
// SPEC: CKM_TLS_PRF, which CK_TLS_MAC_PARAMS and CK_TLS_KDF_PARAMS take "to use with the TLS1.0 and
// 1.1 PRF construct", means the same in the other structures of TLS 1.2.
pub(super) fn tls_prf(id: MechanismType) -> Result<TlsPrf> {
    match id {
        CKM_TLS_PRF => Ok(TlsPrf::V10),
        other => hash(other).map(TlsPrf::V12),
    }
}

/// The length that a key type fixes, in bytes.
pub(super) const fn fixed_len(key_type: Option<KeyType>) -> Option<usize> {
    match key_type {
        Some(CKK_DES) => Some(8),
        Some(CKK_DES2) => Some(16),
        Some(CKK_DES3) => Some(24),
        Some(CKK_CHACHA20 | CKK_POLY1305) => Some(32),
        _ => None,
    }
}

/// The value of a secret key or data object.
pub(super) fn value(key: &Object) -> Result<&[u8]> {
    key.attributes()
        .bytes(CKA_VALUE)
        .ok_or_else(|| Error::GeneralError("a secret key has no CKA_VALUE".into()))
}
