// SPDX-License-Identifier: MIT OR Apache-2.0
//! HMAC keys, one key type a hash.
//!
//! Source: PKCS#11 v3.2, "SHA-1" to "SHA3-512", each section's key type: as generic secret keys,
//! but for one hash.

use super::key::{KEY, SECRET_KEY, secret, usage};
use super::secret_value::VALUE;
use super::storage::{OBJECT, STORAGE};
use crate::object::{Kind, Rule};
use crate::pkcs11::KeyType;
use crate::pkcs11::attribute::{CKA_DERIVE, CKA_SIGN, CKA_VERIFY};
use crate::pkcs11::key_type::{
    CKK_BLAKE2B_160_HMAC, CKK_BLAKE2B_256_HMAC, CKK_BLAKE2B_384_HMAC, CKK_BLAKE2B_512_HMAC,
    CKK_MD5_HMAC, CKK_RIPEMD160_HMAC, CKK_SHA_1_HMAC, CKK_SHA3_224_HMAC, CKK_SHA3_256_HMAC,
    CKK_SHA3_384_HMAC, CKK_SHA3_512_HMAC, CKK_SHA224_HMAC, CKK_SHA256_HMAC, CKK_SHA384_HMAC,
    CKK_SHA512_224_HMAC, CKK_SHA512_256_HMAC, CKK_SHA512_HMAC, CKK_SHA512_T_HMAC,
};

const USAGE: &[Rule] = &[usage(CKA_SIGN), usage(CKA_VERIFY), usage(CKA_DERIVE)];

const fn hmac(spec: &'static str, key_type: KeyType) -> Kind {
    secret(
        spec,
        key_type,
        &[OBJECT, STORAGE, KEY, SECRET_KEY, VALUE, USAGE],
    )
}

/// `CKK_SHA_1_HMAC`
pub(super) static SHA_1: Kind = hmac("SHA-1 HMAC key objects", CKK_SHA_1_HMAC);

/// `CKK_SHA224_HMAC`
pub(super) static SHA224: Kind = hmac("SHA-224 HMAC key objects", CKK_SHA224_HMAC);

/// `CKK_SHA256_HMAC`
pub(super) static SHA256: Kind = hmac("SHA-256 HMAC key objects", CKK_SHA256_HMAC);

/// `CKK_SHA384_HMAC`
pub(super) static SHA384: Kind = hmac("SHA-384 HMAC key objects", CKK_SHA384_HMAC);

/// `CKK_SHA512_HMAC`
pub(super) static SHA512: Kind = hmac("SHA-512 HMAC key objects", CKK_SHA512_HMAC);

/// `CKK_SHA512_224_HMAC`
pub(super) static SHA512_224: Kind = hmac("SHA-512/224 HMAC key objects", CKK_SHA512_224_HMAC);

/// `CKK_SHA512_256_HMAC`
pub(super) static SHA512_256: Kind = hmac("SHA-512/256 HMAC key objects", CKK_SHA512_256_HMAC);

/// `CKK_SHA512_T_HMAC`
pub(super) static SHA512_T: Kind = hmac("SHA-512/t HMAC key objects", CKK_SHA512_T_HMAC);

/// `CKK_SHA3_224_HMAC`
pub(super) static SHA3_224: Kind = hmac("SHA3-224 HMAC key objects", CKK_SHA3_224_HMAC);

/// `CKK_SHA3_256_HMAC`
pub(super) static SHA3_256: Kind = hmac("SHA3-256 HMAC key objects", CKK_SHA3_256_HMAC);

/// `CKK_SHA3_384_HMAC`
pub(super) static SHA3_384: Kind = hmac("SHA3-384 HMAC key objects", CKK_SHA3_384_HMAC);

/// `CKK_SHA3_512_HMAC`
pub(super) static SHA3_512: Kind = hmac("SHA3-512 HMAC key objects", CKK_SHA3_512_HMAC);

/// `CKK_MD5_HMAC`
pub(super) static MD5: Kind = hmac("MD5 HMAC key objects", CKK_MD5_HMAC);

/// `CKK_RIPEMD160_HMAC`
pub(super) static RIPEMD160: Kind = hmac("RIPEMD-160 HMAC key objects", CKK_RIPEMD160_HMAC);

/// `CKK_BLAKE2B_160_HMAC`
pub(super) static BLAKE2B_160: Kind = hmac("BLAKE2B-160 HMAC key objects", CKK_BLAKE2B_160_HMAC);

/// `CKK_BLAKE2B_256_HMAC`
pub(super) static BLAKE2B_256: Kind = hmac("BLAKE2B-256 HMAC key objects", CKK_BLAKE2B_256_HMAC);

/// `CKK_BLAKE2B_384_HMAC`
pub(super) static BLAKE2B_384: Kind = hmac("BLAKE2B-384 HMAC key objects", CKK_BLAKE2B_384_HMAC);

/// `CKK_BLAKE2B_512_HMAC`
pub(super) static BLAKE2B_512: Kind = hmac("BLAKE2B-512 HMAC key objects", CKK_BLAKE2B_512_HMAC);
