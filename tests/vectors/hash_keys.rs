// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys of the hash functions' own types.

use keystead::mechanism::find;
use keystead::object::kinds;
use keystead::pkcs11::class::CKO_SECRET_KEY;
use keystead::pkcs11::key_type::{
    CKK_BLAKE2B_160_HMAC, CKK_BLAKE2B_256_HMAC, CKK_BLAKE2B_384_HMAC, CKK_BLAKE2B_512_HMAC,
    CKK_SHA_1_HMAC, CKK_SHA3_224_HMAC, CKK_SHA3_256_HMAC, CKK_SHA3_384_HMAC, CKK_SHA3_512_HMAC,
    CKK_SHA224_HMAC, CKK_SHA256_HMAC, CKK_SHA384_HMAC, CKK_SHA512_224_HMAC, CKK_SHA512_256_HMAC,
    CKK_SHA512_HMAC, CKK_SHA512_T_HMAC,
};
use keystead::pkcs11::mechanism::{
    CKM_BLAKE2B_160_HMAC, CKM_BLAKE2B_160_KEY_GEN, CKM_BLAKE2B_256_HMAC, CKM_BLAKE2B_256_KEY_GEN,
    CKM_BLAKE2B_384_HMAC, CKM_BLAKE2B_384_KEY_GEN, CKM_BLAKE2B_512_HMAC, CKM_BLAKE2B_512_KEY_GEN,
    CKM_SHA_1_HMAC, CKM_SHA_1_KEY_GEN, CKM_SHA3_224_HMAC, CKM_SHA3_224_KEY_GEN, CKM_SHA3_256_HMAC,
    CKM_SHA3_256_KEY_GEN, CKM_SHA3_384_HMAC, CKM_SHA3_384_KEY_GEN, CKM_SHA3_512_HMAC,
    CKM_SHA3_512_KEY_GEN, CKM_SHA224_HMAC, CKM_SHA224_KEY_GEN, CKM_SHA256_HMAC, CKM_SHA256_KEY_GEN,
    CKM_SHA384_HMAC, CKM_SHA384_KEY_GEN, CKM_SHA512_224_HMAC, CKM_SHA512_224_KEY_GEN,
    CKM_SHA512_256_HMAC, CKM_SHA512_256_KEY_GEN, CKM_SHA512_HMAC, CKM_SHA512_KEY_GEN,
    CKM_SHA512_T_HMAC, CKM_SHA512_T_KEY_GEN,
};

use super::hash_rows::generate;

#[test]
fn every_hash_has_keys_of_its_own() {
    let rows = [
        (CKM_SHA_1_KEY_GEN, CKM_SHA_1_HMAC, CKK_SHA_1_HMAC),
        (CKM_SHA224_KEY_GEN, CKM_SHA224_HMAC, CKK_SHA224_HMAC),
        (CKM_SHA256_KEY_GEN, CKM_SHA256_HMAC, CKK_SHA256_HMAC),
        (CKM_SHA384_KEY_GEN, CKM_SHA384_HMAC, CKK_SHA384_HMAC),
        (CKM_SHA512_KEY_GEN, CKM_SHA512_HMAC, CKK_SHA512_HMAC),
        (
            CKM_SHA512_224_KEY_GEN,
            CKM_SHA512_224_HMAC,
            CKK_SHA512_224_HMAC,
        ),
        (
            CKM_SHA512_256_KEY_GEN,
            CKM_SHA512_256_HMAC,
            CKK_SHA512_256_HMAC,
        ),
        (CKM_SHA512_T_KEY_GEN, CKM_SHA512_T_HMAC, CKK_SHA512_T_HMAC),
        (CKM_SHA3_224_KEY_GEN, CKM_SHA3_224_HMAC, CKK_SHA3_224_HMAC),
        (CKM_SHA3_256_KEY_GEN, CKM_SHA3_256_HMAC, CKK_SHA3_256_HMAC),
        (CKM_SHA3_384_KEY_GEN, CKM_SHA3_384_HMAC, CKK_SHA3_384_HMAC),
        (CKM_SHA3_512_KEY_GEN, CKM_SHA3_512_HMAC, CKK_SHA3_512_HMAC),
        (
            CKM_BLAKE2B_160_KEY_GEN,
            CKM_BLAKE2B_160_HMAC,
            CKK_BLAKE2B_160_HMAC,
        ),
        (
            CKM_BLAKE2B_256_KEY_GEN,
            CKM_BLAKE2B_256_HMAC,
            CKK_BLAKE2B_256_HMAC,
        ),
        (
            CKM_BLAKE2B_384_KEY_GEN,
            CKM_BLAKE2B_384_HMAC,
            CKK_BLAKE2B_384_HMAC,
        ),
        (
            CKM_BLAKE2B_512_KEY_GEN,
            CKM_BLAKE2B_512_HMAC,
            CKK_BLAKE2B_512_HMAC,
        ),
    ];
    for (generation, hmac, key_type) in rows {
        assert_eq!(find(generation).unwrap().keys, [key_type]);
        assert!(find(hmac).unwrap().keys.contains(&key_type));
        let kind = kinds::find(CKO_SECRET_KEY, Some(key_type), None);
        assert!(kind.is_some(), "{key_type}");
        let (one, two) = (generate(generation, 33), generate(generation, 33));
        assert_eq!(one.len(), 33);
        assert_ne!(one, two);
    }
}
