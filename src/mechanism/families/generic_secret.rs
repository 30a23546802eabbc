// SPDX-License-Identifier: MIT OR Apache-2.0
//! Making keys of any length: generic secrets and HMAC keys.
//!
//! Source: PKCS#11 v3.2, "Generic secret key"; "Hash-based message authentication codes".

use crate::error::{Error, Result};
use crate::mechanism::{Generation, KeySize, Mechanism, ParamShape, Roles, Status};
use crate::object::{AttributeMap, Value};
use crate::pkcs11::KeyType;
use crate::pkcs11::attribute::{CKA_VALUE, CKA_VALUE_LEN};
use crate::pkcs11::key_type::{
    CKK_BLAKE2B_160_HMAC, CKK_BLAKE2B_256_HMAC, CKK_BLAKE2B_384_HMAC, CKK_BLAKE2B_512_HMAC,
    CKK_GENERIC_SECRET, CKK_MD5_HMAC, CKK_RIPEMD160_HMAC, CKK_SHA_1_HMAC, CKK_SHA3_224_HMAC,
    CKK_SHA3_256_HMAC, CKK_SHA3_384_HMAC, CKK_SHA3_512_HMAC, CKK_SHA224_HMAC, CKK_SHA256_HMAC,
    CKK_SHA384_HMAC, CKK_SHA512_224_HMAC, CKK_SHA512_256_HMAC, CKK_SHA512_HMAC, CKK_SHA512_T_HMAC,
};
use crate::pkcs11::mechanism::{
    CKM_BLAKE2B_160_KEY_GEN, CKM_BLAKE2B_256_KEY_GEN, CKM_BLAKE2B_384_KEY_GEN,
    CKM_BLAKE2B_512_KEY_GEN, CKM_GENERIC_SECRET_KEY_GEN, CKM_SHA_1_KEY_GEN, CKM_SHA3_224_KEY_GEN,
    CKM_SHA3_256_KEY_GEN, CKM_SHA3_384_KEY_GEN, CKM_SHA3_512_KEY_GEN, CKM_SHA224_KEY_GEN,
    CKM_SHA256_KEY_GEN, CKM_SHA384_KEY_GEN, CKM_SHA512_224_KEY_GEN, CKM_SHA512_256_KEY_GEN,
    CKM_SHA512_KEY_GEN, CKM_SHA512_T_KEY_GEN,
};
use crate::secret::SecretBytes;

/// The longest secret key in bytes; a limit, so that a template cannot ask for all memory.
pub(in crate::mechanism) const VALUE_LEN_MAX: u64 = 4096;

/// Reads CKA_VALUE_LEN, which generation requires (footnote 2 of the tables).
pub(super) fn value_len(attributes: &AttributeMap) -> Result<u64> {
    attributes.ulong(CKA_VALUE_LEN).ok_or_else(|| {
        Error::TemplateIncomplete("CKA_VALUE_LEN says how long a key to make".into())
    })
}

/// Fills CKA_VALUE with `len` random bytes.
pub(super) fn fill(
    generation: &Generation<'_>,
    attributes: &mut AttributeMap,
    len: usize,
) -> Result<()> {
    let value = SecretBytes::try_init(len, |bytes| generation.rng.fill(bytes))?;
    attributes.set(CKA_VALUE, Value::Secret(value));
    Ok(())
}

/// Makes a key of as many random bytes as CKA_VALUE_LEN says.
pub(super) fn generate(generation: &Generation<'_>, attributes: &mut AttributeMap) -> Result<()> {
    match value_len(attributes)? {
        len @ 1..=VALUE_LEN_MAX => fill(generation, attributes, usize::try_from(len).unwrap_or(1)),
        _ => Err(Error::AttributeValueInvalid(
            format!("CKA_VALUE_LEN must be 1 to {VALUE_LEN_MAX} bytes").into(),
        )),
    }
}

/// One row.
macro_rules! row {
    ($id:ident, $spec:literal, $size:expr, $($key:ident),+) => {
        Mechanism {
            id: $id,
            spec: $spec,
            params: ParamShape::None,
            keys: &[$($key),+] as &[KeyType],
            key_size: $size,
            extra_flags: 0,
            status: Status::Current,
            roles: Roles {
                generate: Some(generate),
                ..Roles::NONE
            },
        }
    };
}

/// One row of an HMAC key.
macro_rules! hmac {
    ($id:ident, $key:ident) => {
        row!(
            $id,
            "Hash-based message authentication codes",
            HMAC_SIZE,
            $key
        )
    };
}

/// The standard counts generic secrets in bits.
const SIZE: KeySize = KeySize::bits(8, VALUE_LEN_MAX * 8);
const HMAC_SIZE: KeySize = KeySize::bytes(1, VALUE_LEN_MAX);

/// The rows; the first key type is made when the template names none.
pub(super) static ROWS: &[Mechanism] = &[
    row!(
        CKM_GENERIC_SECRET_KEY_GEN,
        "Generic secret key",
        SIZE,
        CKK_GENERIC_SECRET,
        CKK_SHA_1_HMAC,
        CKK_SHA224_HMAC,
        CKK_SHA256_HMAC,
        CKK_SHA384_HMAC,
        CKK_SHA512_HMAC,
        CKK_SHA512_224_HMAC,
        CKK_SHA512_256_HMAC,
        CKK_SHA3_224_HMAC,
        CKK_SHA3_256_HMAC,
        CKK_SHA3_384_HMAC,
        CKK_SHA3_512_HMAC,
        CKK_BLAKE2B_160_HMAC,
        CKK_BLAKE2B_256_HMAC,
        CKK_BLAKE2B_384_HMAC,
        CKK_BLAKE2B_512_HMAC,
        CKK_MD5_HMAC,
        CKK_RIPEMD160_HMAC,
        CKK_SHA512_T_HMAC
    ),
    hmac!(CKM_SHA_1_KEY_GEN, CKK_SHA_1_HMAC),
    hmac!(CKM_SHA224_KEY_GEN, CKK_SHA224_HMAC),
    hmac!(CKM_SHA256_KEY_GEN, CKK_SHA256_HMAC),
    hmac!(CKM_SHA384_KEY_GEN, CKK_SHA384_HMAC),
    hmac!(CKM_SHA512_KEY_GEN, CKK_SHA512_HMAC),
    hmac!(CKM_SHA512_224_KEY_GEN, CKK_SHA512_224_HMAC),
    hmac!(CKM_SHA512_256_KEY_GEN, CKK_SHA512_256_HMAC),
    hmac!(CKM_SHA512_T_KEY_GEN, CKK_SHA512_T_HMAC),
    hmac!(CKM_SHA3_224_KEY_GEN, CKK_SHA3_224_HMAC),
    hmac!(CKM_SHA3_256_KEY_GEN, CKK_SHA3_256_HMAC),
    hmac!(CKM_SHA3_384_KEY_GEN, CKK_SHA3_384_HMAC),
    hmac!(CKM_SHA3_512_KEY_GEN, CKK_SHA3_512_HMAC),
    hmac!(CKM_BLAKE2B_160_KEY_GEN, CKK_BLAKE2B_160_HMAC),
    hmac!(CKM_BLAKE2B_256_KEY_GEN, CKK_BLAKE2B_256_HMAC),
    hmac!(CKM_BLAKE2B_384_KEY_GEN, CKK_BLAKE2B_384_HMAC),
    hmac!(CKM_BLAKE2B_512_KEY_GEN, CKK_BLAKE2B_512_HMAC),
];
