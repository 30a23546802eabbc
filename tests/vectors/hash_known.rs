// SPDX-License-Identifier: MIT OR Apache-2.0
//! Published digests, derived keys and HMACs.
//!
//! FIPS 180-4, FIPS 202 and HMAC with SHA-3: NIST, "Cryptographic Standards and Guidelines, Examples with
//! Intermediate Values". MD5: RFC 1321, A.5. RIPEMD-160: Dobbertin, Bosselaers, Preneel, "RIPEMD-160: A
//! Strengthened Version of RIPEMD", appendix B. BLAKE2b-512: RFC 7693, appendix A. HMAC: RFC 2202, RFC 2286,
//! RFC 4231. The shorter BLAKE2b and the HMACs with BLAKE2b have no published examples: theirs are
//! what the modules `hashlib` and `hmac` of Python 3.11 give, which carry the reference code.

use keystead::pkcs11::MechanismType;
use keystead::pkcs11::mechanism::{
    CKM_BLAKE2B_160, CKM_BLAKE2B_160_HMAC, CKM_BLAKE2B_160_KEY_DERIVE, CKM_BLAKE2B_256,
    CKM_BLAKE2B_256_HMAC, CKM_BLAKE2B_256_KEY_DERIVE, CKM_BLAKE2B_384, CKM_BLAKE2B_384_HMAC,
    CKM_BLAKE2B_384_KEY_DERIVE, CKM_BLAKE2B_512, CKM_BLAKE2B_512_HMAC, CKM_BLAKE2B_512_KEY_DERIVE,
    CKM_MD5, CKM_MD5_HMAC, CKM_MD5_KEY_DERIVATION, CKM_RIPEMD160, CKM_RIPEMD160_HMAC, CKM_SHA_1,
    CKM_SHA_1_HMAC, CKM_SHA1_KEY_DERIVATION, CKM_SHA3_224, CKM_SHA3_224_HMAC,
    CKM_SHA3_224_KEY_DERIVATION, CKM_SHA3_256, CKM_SHA3_256_HMAC, CKM_SHA3_256_KEY_DERIVATION,
    CKM_SHA3_384, CKM_SHA3_384_HMAC, CKM_SHA3_384_KEY_DERIVATION, CKM_SHA3_512, CKM_SHA3_512_HMAC,
    CKM_SHA3_512_KEY_DERIVATION, CKM_SHA224, CKM_SHA224_HMAC, CKM_SHA224_KEY_DERIVATION,
    CKM_SHA256, CKM_SHA256_HMAC, CKM_SHA256_KEY_DERIVATION, CKM_SHA384, CKM_SHA384_HMAC,
    CKM_SHA384_KEY_DERIVATION, CKM_SHA512, CKM_SHA512_224, CKM_SHA512_224_KEY_DERIVATION,
    CKM_SHA512_256, CKM_SHA512_256_KEY_DERIVATION, CKM_SHA512_HMAC, CKM_SHA512_KEY_DERIVATION,
    CKM_SHAKE_128_KEY_DERIVATION, CKM_SHAKE_256_KEY_DERIVATION,
};

const SHORT: &[u8] = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
const LONG: &[u8] = b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn\
    hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

/// The digits eight times.
const DIGITS: &[u8] =
    b"12345678901234567890123456789012345678901234567890123456789012345678901234567890";
const JEFE: &[u8] = b"what do ya want for nothing?";
const SAMPLE: &[u8] = b"Sample message for keylen<blocklen";
const LARGE_KEY: &[u8] = b"Test Using Larger Than Block-Size Key - Hash Key First";
const LARGE_BOTH: &[u8] =
    b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data";

/// Bytes that count up.
const fn count<const N: usize>(first: u8) -> [u8; N] {
    let mut bytes = [first; N];
    let mut at = 1;
    while at < N {
        bytes[at] = bytes[at - 1] + 1;
        at += 1;
    }
    bytes
}

/// The digest mechanisms, the derivations with the same hash function, and a published digest.
pub(crate) const HASHES: &[(MechanismType, Option<MechanismType>, &[u8], &str)] = &[
    (
        CKM_MD5,
        Some(CKM_MD5_KEY_DERIVATION),
        b"abc",
        "900150983cd24fb0d6963f7d28e17f72",
    ),
    (
        CKM_RIPEMD160,
        None,
        b"abc",
        "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc",
    ),
    (
        CKM_SHA_1,
        Some(CKM_SHA1_KEY_DERIVATION),
        SHORT,
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
    ),
    (
        CKM_SHA224,
        Some(CKM_SHA224_KEY_DERIVATION),
        SHORT,
        "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525",
    ),
    (
        CKM_SHA256,
        Some(CKM_SHA256_KEY_DERIVATION),
        SHORT,
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ),
    (
        CKM_SHA384,
        Some(CKM_SHA384_KEY_DERIVATION),
        LONG,
        "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712\
         fcc7c71a557e2db966c3e9fa91746039",
    ),
    (
        CKM_SHA512,
        Some(CKM_SHA512_KEY_DERIVATION),
        LONG,
        "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018\
         501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
    ),
    (
        CKM_SHA512_224,
        Some(CKM_SHA512_224_KEY_DERIVATION),
        b"abc",
        "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa",
    ),
    (
        CKM_SHA512_224,
        Some(CKM_SHA512_224_KEY_DERIVATION),
        LONG,
        "23fec5bb94d60b23308192640b0c453335d664734fe40e7268674af9",
    ),
    (
        CKM_SHA512_256,
        Some(CKM_SHA512_256_KEY_DERIVATION),
        b"abc",
        "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23",
    ),
    (
        CKM_SHA512_256,
        Some(CKM_SHA512_256_KEY_DERIVATION),
        LONG,
        "3928e184fb8690f840da3988121d31be65cb9d3ef83ee6146feac861e19b563a",
    ),
    (
        CKM_SHA3_224,
        Some(CKM_SHA3_224_KEY_DERIVATION),
        &[0xa3; 200],
        "9376816aba503f72f96ce7eb65ac095deee3be4bf9bbc2a1cb7e11e0",
    ),
    (
        CKM_SHA3_256,
        Some(CKM_SHA3_256_KEY_DERIVATION),
        &[0xa3; 200],
        "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787",
    ),
    (
        CKM_SHA3_384,
        Some(CKM_SHA3_384_KEY_DERIVATION),
        &[0xa3; 200],
        "1881de2ca7e41ef95dc4732b8f5f002b189cc1e42b74168ed1732649ce1dbcdd\
         76197a31fd55ee989f2d7050dd473e8f",
    ),
    (
        CKM_SHA3_512,
        Some(CKM_SHA3_512_KEY_DERIVATION),
        &[0xa3; 200],
        "e76dfad22084a8b1467fcf2ffa58361bec7628edf5f3fdc0e4805dc48caeeca8\
         1b7c13c30adf52a3659584739a2df46be589c51ca1a4a8416df6545a1ce8ba00",
    ),
    (
        CKM_BLAKE2B_512,
        Some(CKM_BLAKE2B_512_KEY_DERIVE),
        b"abc",
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1\
         7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
    ),
    (
        CKM_SHA3_224,
        None,
        b"",
        "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7",
    ),
    (
        CKM_SHA3_256,
        None,
        b"",
        "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
    ),
    (
        CKM_SHA3_384,
        None,
        b"",
        "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2a\
             c3713831264adb47fb6bd1e058d5f004",
    ),
    (
        CKM_SHA3_512,
        None,
        b"",
        "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6\
             15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26",
    ),
    (CKM_MD5, None, b"", "d41d8cd98f00b204e9800998ecf8427e"),
    (
        CKM_RIPEMD160,
        None,
        b"",
        "9c1185a5c5e9fc54612808977ee8f548b2258d31",
    ),
    (
        CKM_MD5,
        Some(CKM_MD5_KEY_DERIVATION),
        b"a",
        "0cc175b9c0f1b6a831c399e269772661",
    ),
    (
        CKM_RIPEMD160,
        None,
        b"a",
        "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe",
    ),
    (
        CKM_MD5,
        Some(CKM_MD5_KEY_DERIVATION),
        b"message digest",
        "f96b697d7cb7938d525a2f31aaf161d0",
    ),
    (
        CKM_RIPEMD160,
        None,
        b"message digest",
        "5d0689ef49d2fae572b881b123a85ffa21595f36",
    ),
    (
        CKM_MD5,
        Some(CKM_MD5_KEY_DERIVATION),
        b"abcdefghijklmnopqrstuvwxyz",
        "c3fcd3d76192e4007dfb496cca67e13b",
    ),
    (
        CKM_RIPEMD160,
        None,
        b"abcdefghijklmnopqrstuvwxyz",
        "f71c27109c692c1b56bbdceb5b9d2865b3708dbc",
    ),
    (
        CKM_MD5,
        Some(CKM_MD5_KEY_DERIVATION),
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "d174ab98d277d9f5a5611c2c9f419d9f",
    ),
    (
        CKM_RIPEMD160,
        None,
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "b0e20b6e3116640286ed3a87a5713079b21f5189",
    ),
    (
        CKM_MD5,
        Some(CKM_MD5_KEY_DERIVATION),
        DIGITS,
        "57edf4a22be3c955ac49da2e2107b67a",
    ),
    (
        CKM_RIPEMD160,
        None,
        DIGITS,
        "9b752e45573d4b39f4dbd3323cab82bf63326bfb",
    ),
    (
        CKM_BLAKE2B_160,
        Some(CKM_BLAKE2B_160_KEY_DERIVE),
        b"abc",
        "384264f676f39536840523f284921cdc68b6846b",
    ),
    (
        CKM_BLAKE2B_256,
        Some(CKM_BLAKE2B_256_KEY_DERIVE),
        b"abc",
        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319",
    ),
    (
        CKM_BLAKE2B_384,
        Some(CKM_BLAKE2B_384_KEY_DERIVE),
        b"abc",
        "6f56a82c8e7ef526dfe182eb5212f7db9df1317e57815dbda46083fc30f54ee6\
         c66ba83be64b302d7cba6ce15bb556f4",
    ),
];

/// The derivation, how long a key it makes by itself, and the first bytes of the key from 200 bytes
/// of a3.
pub(crate) const SHAKES: [(MechanismType, usize, &str); 2] = [
    (
        CKM_SHAKE_128_KEY_DERIVATION,
        32,
        "131ab8d2b594946b9c81333f9bb6e0ce75c3b93104fa3469d3917457385da037",
    ),
    (
        CKM_SHAKE_256_KEY_DERIVATION,
        64,
        "cd8a920ed141aa0407a22d59288652e9d9f1a7ee0c1e7c1ca699424da84a904d\
             2d700caae7396ece96604440577da4f3aa22aeb8857f961c4cd8e06f0ae6610b",
    ),
];

/// HMAC, key, message, MAC. Where RFC 2202 and RFC 2286 fill a key up to the hash, MD5 has 16 bytes of it.
pub(crate) const HMACS: &[(MechanismType, &[u8], &[u8], &str)] = &[
    (
        CKM_MD5_HMAC,
        &[0x0b; 16],
        b"Hi There",
        "9294727a3638bb1c13f48ef8158bfc9d",
    ),
    (
        CKM_SHA_1_HMAC,
        &[0x0b; 20],
        b"Hi There",
        "b617318655057264e28bc0b6fb378c8ef146be00",
    ),
    (
        CKM_RIPEMD160_HMAC,
        &[0x0b; 20],
        b"Hi There",
        "24cb4bd67d20fc1a5d2ed7732dcc39377f0a5668",
    ),
    (
        CKM_MD5_HMAC,
        b"Jefe",
        JEFE,
        "750c783e6ab0b503eaa86e310a5db738",
    ),
    (
        CKM_SHA_1_HMAC,
        b"Jefe",
        JEFE,
        "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    ),
    (
        CKM_RIPEMD160_HMAC,
        b"Jefe",
        JEFE,
        "dda6c0213a485a9e24f4742064a7f033b43c4069",
    ),
    (
        CKM_MD5_HMAC,
        &[0xaa; 16],
        &[0xdd; 50],
        "56be34521d144c88dbb8c733f0e8b3f6",
    ),
    (
        CKM_SHA_1_HMAC,
        &[0xaa; 20],
        &[0xdd; 50],
        "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
    ),
    (
        CKM_RIPEMD160_HMAC,
        &[0xaa; 20],
        &[0xdd; 50],
        "b0b105360de759960ab4f35298e116e295d8e7c1",
    ),
    (
        CKM_MD5_HMAC,
        &count::<25>(1),
        &[0xcd; 50],
        "697eaf0aca3a3aea3a75164746ffaa79",
    ),
    (
        CKM_SHA_1_HMAC,
        &count::<25>(1),
        &[0xcd; 50],
        "4c9007f4026250c6bc8414f9bf50c86c2d7235da",
    ),
    (
        CKM_RIPEMD160_HMAC,
        &count::<25>(1),
        &[0xcd; 50],
        "d5ca862f4d21d5e610e18b4cf1beb97a4365ecf4",
    ),
    (
        CKM_MD5_HMAC,
        &[0x0c; 16],
        b"Test With Truncation",
        "56461ef2342edc00f9bab995690efd4c",
    ),
    (
        CKM_SHA_1_HMAC,
        &[0x0c; 20],
        b"Test With Truncation",
        "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04",
    ),
    (
        CKM_RIPEMD160_HMAC,
        &[0x0c; 20],
        b"Test With Truncation",
        "7619693978f91d90539ae786500ff3d8e0518e39",
    ),
    (
        CKM_MD5_HMAC,
        &[0xaa; 80],
        LARGE_KEY,
        "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd",
    ),
    (
        CKM_SHA_1_HMAC,
        &[0xaa; 80],
        LARGE_KEY,
        "aa4ae5e15272d00e95705637ce8a3b55ed402112",
    ),
    (
        CKM_RIPEMD160_HMAC,
        &[0xaa; 80],
        LARGE_KEY,
        "6466ca07ac5eac29e1bd523e5ada7605b791fd8b",
    ),
    (
        CKM_MD5_HMAC,
        &[0xaa; 80],
        LARGE_BOTH,
        "6f630fad67cda0ee1fb1f562db3aa53e",
    ),
    (
        CKM_SHA_1_HMAC,
        &[0xaa; 80],
        LARGE_BOTH,
        "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
    ),
    (
        CKM_RIPEMD160_HMAC,
        &[0xaa; 80],
        LARGE_BOTH,
        "69ea60798d71616cce5fd0871e23754cd75d5a0a",
    ),
    (
        CKM_SHA224_HMAC,
        b"Jefe",
        JEFE,
        "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
    ),
    (
        CKM_SHA256_HMAC,
        b"Jefe",
        JEFE,
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        CKM_SHA384_HMAC,
        b"Jefe",
        JEFE,
        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e\
             8e2240ca5e69e2c78b3239ecfab21649",
    ),
    (
        CKM_SHA512_HMAC,
        b"Jefe",
        JEFE,
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    ),
    (
        CKM_SHA3_224_HMAC,
        &count::<28>(0),
        SAMPLE,
        "332cfd59347fdb8e576e77260be4aba2d6dc53117b3bfb52c6d18c04",
    ),
    (
        CKM_SHA3_256_HMAC,
        &count::<32>(0),
        SAMPLE,
        "4fe8e202c4f058e8dddc23d8c34e467343e23555e24fc2f025d598f558f67205",
    ),
    (
        CKM_SHA3_384_HMAC,
        &count::<48>(0),
        SAMPLE,
        "d588a3c51f3f2d906e8298c1199aa8ff6296218127f6b38a90b6afe2c5617725\
             bc99987f79b22a557b6520db710b7f42",
    ),
    (
        CKM_SHA3_512_HMAC,
        &count::<64>(0),
        SAMPLE,
        "4efd629d6c71bf86162658f29943b1c308ce27cdfa6db0d9c3ce81763f9cbce5\
             f7ebe9868031db1a8f8eb7b6b95e5c5e3f657a8996c86a2f6527e307f0213196",
    ),
    (
        CKM_BLAKE2B_160_HMAC,
        b"Jefe",
        JEFE,
        "c4728ccc2f7600f89d9a480514910b9f5daf3dd6",
    ),
    (
        CKM_BLAKE2B_256_HMAC,
        b"Jefe",
        JEFE,
        "3cf096eeeb2202a250db168c4823a44ef4618ebabb225789386fed316131e3a0",
    ),
    (
        CKM_BLAKE2B_384_HMAC,
        b"Jefe",
        JEFE,
        "e87f61624bc6c1db706a1efcc98e7e98c0ab8fea0978dbd87e2852406fdd313c\
         87968c5b825847f3c04d975b8b88598d",
    ),
    (
        CKM_BLAKE2B_512_HMAC,
        b"Jefe",
        JEFE,
        "6ff884f8ddc2a6586b3c98a4cd6ebdf14ec10204b6710073eb5865ade37a2643\
         b8807c1335d107ecdb9ffeaeb6828c4625ba172c66379efcd222c2de11727ab4",
    ),
];
