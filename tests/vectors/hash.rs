// SPDX-License-Identifier: MIT OR Apache-2.0
//! Digests and hash-based derivations against the examples that come with their standards.
//!
//! FIPS 180-4 and FIPS 202: NIST, "Cryptographic Standards and Guidelines, Examples with Intermediate
//! Values". MD5: RFC 1321, A.5. RIPEMD-160: Dobbertin, Bosselaers, Preneel, "RIPEMD-160: A Strengthened
//! Version of RIPEMD", appendix B. BLAKE2b: RFC 7693, appendices A and E.

use blake2::Blake2bMac;
use blake2::digest::consts::{U20, U32, U48, U64};
use blake2::digest::{KeyInit as _, Mac as _};
use keystead::error::Error;
use keystead::mechanism::families::digest::Digest;
use keystead::mechanism::{Accumulate as _, Params};
use keystead::pkcs11::MechanismType;
use keystead::pkcs11::class::CKO_PRIVATE_KEY;
use keystead::pkcs11::key_type::{CKK_AES, CKK_DES3};
use keystead::pkcs11::mechanism::{
    CKM_BLAKE2B_160, CKM_BLAKE2B_160_KEY_DERIVE, CKM_BLAKE2B_256, CKM_BLAKE2B_256_KEY_DERIVE,
    CKM_BLAKE2B_384, CKM_BLAKE2B_384_KEY_DERIVE, CKM_BLAKE2B_512, CKM_BLAKE2B_512_KEY_DERIVE,
    CKM_MD5, CKM_MD5_KEY_DERIVATION, CKM_RIPEMD160, CKM_SHA_1, CKM_SHA1_KEY_DERIVATION,
    CKM_SHA3_224, CKM_SHA3_224_KEY_DERIVATION, CKM_SHA3_256, CKM_SHA3_256_KEY_DERIVATION,
    CKM_SHA3_384, CKM_SHA3_384_KEY_DERIVATION, CKM_SHA3_512, CKM_SHA3_512_KEY_DERIVATION,
    CKM_SHA224, CKM_SHA224_KEY_DERIVATION, CKM_SHA256, CKM_SHA256_KEY_DERIVATION, CKM_SHA384,
    CKM_SHA384_KEY_DERIVATION, CKM_SHA512, CKM_SHA512_224, CKM_SHA512_224_KEY_DERIVATION,
    CKM_SHA512_256, CKM_SHA512_256_KEY_DERIVATION, CKM_SHA512_KEY_DERIVATION, CKM_SHA512_T,
    CKM_SHA512_T_KEY_DERIVATION, CKM_SHAKE_128_KEY_DERIVATION, CKM_SHAKE_256_KEY_DERIVATION,
};

use super::hash_rows::{Wanted, derive, digest, generic, start};

const SHORT: &[u8] = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
const LONG: &[u8] = b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn\
    hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

/// The digest mechanisms, the derivations with the same hash function, and a published digest.
const HASHES: &[(MechanismType, Option<MechanismType>, &[u8], &str)] = &[
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
];

#[test]
fn digests_are_those_of_the_standards() {
    for (id, _, input, expected) in HASHES {
        assert_eq!(digest(*id, &Params::None, input), *expected, "{id}");
    }
}

#[test]
fn sha_3_of_nothing_as_nist_publishes_it() {
    let expected = [
        (
            CKM_SHA3_224,
            "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7",
        ),
        (
            CKM_SHA3_256,
            "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
        ),
        (
            CKM_SHA3_384,
            "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2a\
             c3713831264adb47fb6bd1e058d5f004",
        ),
        (
            CKM_SHA3_512,
            "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6\
             15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26",
        ),
    ];
    for (id, expected) in expected {
        assert_eq!(digest(id, &Params::None, b""), expected, "{id}");
    }
}

#[test]
fn md5_and_ripemd_160_of_the_suites_of_their_authors() {
    let digits = b"1234567890".repeat(8);
    let suite: [(&[u8], &str, &str); 6] = [
        (
            b"",
            "d41d8cd98f00b204e9800998ecf8427e",
            "9c1185a5c5e9fc54612808977ee8f548b2258d31",
        ),
        (
            b"a",
            "0cc175b9c0f1b6a831c399e269772661",
            "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe",
        ),
        (
            b"message digest",
            "f96b697d7cb7938d525a2f31aaf161d0",
            "5d0689ef49d2fae572b881b123a85ffa21595f36",
        ),
        (
            b"abcdefghijklmnopqrstuvwxyz",
            "c3fcd3d76192e4007dfb496cca67e13b",
            "f71c27109c692c1b56bbdceb5b9d2865b3708dbc",
        ),
        (
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "d174ab98d277d9f5a5611c2c9f419d9f",
            "b0e20b6e3116640286ed3a87a5713079b21f5189",
        ),
        (
            &digits,
            "57edf4a22be3c955ac49da2e2107b67a",
            "9b752e45573d4b39f4dbd3323cab82bf63326bfb",
        ),
    ];
    for (input, md5, ripemd) in suite {
        assert_eq!(digest(CKM_MD5, &Params::None, input), md5);
        assert_eq!(digest(CKM_RIPEMD160, &Params::None, input), ripemd);
    }
}

/// `selftest_seq` of RFC 7693, appendix E.
fn sequence(len: usize) -> Vec<u8> {
    let seed = u32::try_from(len).unwrap();
    let (mut a, mut b) = (0xdead_4bad_u32.wrapping_mul(seed), 1_u32);
    let mut next = || {
        (a, b) = (b, a.wrapping_add(b));
        b.to_be_bytes()[0]
    };
    (0..len).map(|_| next()).collect()
}

fn keyed(len: usize, input: &[u8]) -> Vec<u8> {
    macro_rules! mac {
        ($size:ty) => {
            Blake2bMac::<$size>::new_from_slice(&sequence(len))
                .unwrap()
                .chain_update(input)
                .finalize()
                .into_bytes()
                .to_vec()
        };
    }
    match len {
        20 => mac!(U20),
        32 => mac!(U32),
        48 => mac!(U48),
        _ => mac!(U64),
    }
}

#[test]
fn blake2b_of_every_length_passes_the_self_test_of_rfc_7693() {
    // The grand hash covers keyed hashes too, which no mechanism has: those come from the crate.
    let mut all = start(CKM_BLAKE2B_256, &Params::None).unwrap();
    for (id, len) in [
        (CKM_BLAKE2B_160, 20),
        (CKM_BLAKE2B_256, 32),
        (CKM_BLAKE2B_384, 48),
        (CKM_BLAKE2B_512, 64),
    ] {
        for input_len in [0, 3, 128, 129, 255, 1024] {
            let input = sequence(input_len);
            let plain = digest(id, &Params::None, &input);
            all.update(&hex::decode(plain).unwrap()).unwrap();
            all.update(&keyed(len, &input)).unwrap();
        }
    }
    assert_eq!(
        hex::encode(all.finish().unwrap().expose()),
        "c23a7800d98123bd10f506c61e29da5603d763b8bbad2e737f5e765a7bccd475"
    );
}

#[test]
fn sha_512_t_gives_the_named_truncations_and_refuses_what_the_standard_excludes() {
    for (bits, id) in [(224, CKM_SHA512_224), (256, CKM_SHA512_256)] {
        for (_, _, input, expected) in HASHES.iter().filter(|hash| hash.0 == id) {
            assert_eq!(digest(CKM_SHA512_T, &Params::Ulong(bits), input), *expected);
        }
    }
    assert_eq!(digest(CKM_SHA512_T, &Params::Ulong(9), b"abc").len(), 4);
    for params in [0, 384, 512, u64::MAX]
        .map(Params::Ulong)
        .into_iter()
        .chain([Params::None])
    {
        for result in [
            start(CKM_SHA512_T, &params).err(),
            derive(CKM_SHA512_T_KEY_DERIVATION, b"abc", &params, generic(None)).err(),
        ] {
            assert!(matches!(result, Some(Error::MechanismParamInvalid(_))));
        }
    }
}

#[test]
fn a_derived_key_is_the_digest_of_its_base_or_the_first_bytes_of_it() {
    for (_, id, input, expected) in HASHES {
        let Some(id) = *id else { continue };
        let derive = |len| derive(id, input, &Params::None, generic(len));
        assert_eq!(derive(None).unwrap(), *expected, "{id}");
        assert_eq!(derive(Some(10)).unwrap(), expected[..20], "{id}");
        for wrong in [0, expected.len() / 2 + 1] {
            let result = derive(Some(wrong));
            assert!(matches!(result, Err(Error::KeySizeRange(_))), "{id}");
        }
    }
    let t = Params::Ulong(256);
    assert_eq!(
        derive(CKM_SHA512_T_KEY_DERIVATION, b"abc", &t, generic(None)).unwrap(),
        digest(CKM_SHA512_256, &Params::None, b"abc")
    );
    for (id, hash) in [
        (CKM_BLAKE2B_160_KEY_DERIVE, CKM_BLAKE2B_160),
        (CKM_BLAKE2B_256_KEY_DERIVE, CKM_BLAKE2B_256),
        (CKM_BLAKE2B_384_KEY_DERIVE, CKM_BLAKE2B_384),
    ] {
        assert_eq!(
            derive(id, b"abc", &Params::None, generic(None)).unwrap(),
            digest(hash, &Params::None, b"abc")
        );
    }
}

#[test]
fn shake_expands_a_key_as_nist_publishes_it() {
    let expected = [
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
    for (id, default, expected) in expected {
        let derive = |len| derive(id, &[0xa3; 200], &Params::None, generic(len));
        assert_eq!(derive(None).unwrap(), expected);
        assert_eq!(derive(Some(default)).unwrap(), expected);
        assert_eq!(derive(Some(5)).unwrap(), expected[..10]);
        assert!(derive(Some(500)).unwrap().starts_with(expected));
        assert!(derive(Some(0)).is_err());
        assert!(derive(Some(4097)).is_err());
    }
}

#[test]
fn a_derived_key_of_another_type_needs_a_length_and_des_keys_get_parity() {
    let derive = |wanted| derive(CKM_SHA256_KEY_DERIVATION, b"abc", &Params::None, wanted);
    let wanted = |key_type, len| Wanted {
        key_type,
        ..generic(len)
    };
    let without = derive(wanted(CKK_AES, None));
    assert!(matches!(without, Err(Error::TemplateIncomplete(_))));
    assert_eq!(derive(wanted(CKK_AES, Some(16))).unwrap().len(), 32);
    let des = hex::decode(derive(wanted(CKK_DES3, Some(24))).unwrap()).unwrap();
    let plain = hex::decode(derive(generic(Some(24))).unwrap()).unwrap();
    for (des, plain) in des.iter().zip(plain) {
        assert_eq!(des.count_ones() % 2, 1);
        assert_eq!(des >> 1, plain >> 1);
    }
    let private = derive(Wanted {
        class: CKO_PRIVATE_KEY,
        ..generic(None)
    });
    assert!(matches!(private, Err(Error::TemplateInconsistent(_))));
}

#[test]
fn a_saved_digest_goes_on_where_it_was_unless_the_engine_keeps_it() {
    let t = (CKM_SHA512_T, Params::Ulong(100));
    let plain = HASHES.iter().map(|hash| (hash.0, Params::None));
    for (id, params) in plain.chain([t]) {
        let mut running = start(id, &params).unwrap();
        running.update(&[7; 301]).unwrap();
        let Some(saved) = running.save() else {
            assert_eq!(id, CKM_BLAKE2B_512);
            assert!(Digest::restore(id, &[0; 64]).is_err());
            continue;
        };
        let mut restored = Box::new(Digest::restore(id, saved.expose()).unwrap());
        running.update(b"the end").unwrap();
        restored.update(b"the end").unwrap();
        let end = running.finish().unwrap();
        assert!(restored.finish().unwrap().ct_eq(end.expose()), "{id}");
    }
}
