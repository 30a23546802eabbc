// SPDX-License-Identifier: MIT OR Apache-2.0
//! SP 800-108. Vectors: NIST CAVP, "Key Derivation Using Pseudorandom Functions (SP 800-108)"
//! (KDFCTR_gen, FeedbackMode, FeedbackModeNOcounter, PipelineModewithCounter,
//! PipelineModeWOCounter).

use std::cell::Cell;

use keystead::error::Error;
use keystead::mechanism::{AdditionalKey, KbkdfField, KbkdfNumber, KbkdfParams, Params, find};
use keystead::object::Template;
use keystead::pkcs11::attribute::{
    CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_PRIVATE, CKA_SENSITIVE, CKA_VALUE_LEN,
};
use keystead::pkcs11::key_type::{CKK_AES, CKK_GENERIC_SECRET};
use keystead::pkcs11::mechanism::{
    CKM_AES_CMAC, CKM_SHA256_HMAC, CKM_SP800_108_COUNTER_KDF, CKM_SP800_108_DOUBLE_PIPELINE_KDF,
    CKM_SP800_108_FEEDBACK_KDF,
};
use keystead::pkcs11::{KeyType, MechanismType};

use crate::derive::{Bench, FALSE, TRUE, template, unhex};

const fn number(bits: u64) -> KbkdfNumber {
    KbkdfNumber {
        little_endian: false,
        bits,
    }
}

fn params<'a>(
    prf: MechanismType,
    fields: &[KbkdfField<'a>],
    iv: &'a [u8],
    more: Vec<Template<'a>>,
) -> Params<'a> {
    let additional = |template| AdditionalKey {
        template,
        offends: Cell::new(false),
    };
    Params::Kbkdf(KbkdfParams {
        prf,
        fields: fields.to_vec(),
        iv,
        additional: more.into_iter().map(additional).collect(),
    })
}

/// Derives, compares, and gives nothing else.
fn check(
    id: MechanismType,
    (prf, key_type, key): (MechanismType, KeyType, &str),
    before: &[KbkdfField<'_>],
    (iv, fixed): (&str, &str),
    expected: &str,
) {
    let bench = Bench::new();
    let (iv, fixed) = (unhex(iv), unhex(fixed));
    let mut fields = before.to_vec();
    fields.push(KbkdfField::Bytes(&fixed));
    let params = params(prf, &fields, &iv, Vec::new());
    let base = bench.key(key_type, &unhex(key));
    let value = bench.derived(id, &params, base, Some(expected.len() / 2));
    assert_eq!(hex::encode(value.unwrap()), expected, "{id}");
}

const CTR: MechanismType = CKM_SP800_108_COUNTER_KDF;
const FEEDBACK: MechanismType = CKM_SP800_108_FEEDBACK_KDF;
const PIPELINE: MechanismType = CKM_SP800_108_DOUBLE_PIPELINE_KDF;

#[test]
fn counter_mode() {
    check(
        CTR,
        (
            CKM_SHA256_HMAC,
            CKK_GENERIC_SECRET,
            "dd1d91b7d90b2bd3138533ce92b272fbf8a369316aefe242e659cc0ae238afe0",
        ),
        &[KbkdfField::Iteration(Some(number(32)))],
        (
            "",
            "01322b96b30acd197979444e468e1c5c6859bf1b1cf951b7e725303e237e46b864a145fab25e517b08f8683d\
             0315bb2911d80a0e8aba17f3b413faac",
        ),
        "10621342bfb0fd40046c0e29f2cfdbf0",
    );
    check(
        CTR,
        (CKM_AES_CMAC, CKK_AES, "682e814d872397eba71170a693514904"),
        &[KbkdfField::Iteration(Some(number(8)))],
        (
            "",
            "e323cdfa7873a0d72cd86ffb4468744f097db60498f7d0e3a43bafd2d1af675e4a88338723b1236199705357\
             c47bf1d89b2f4617a340980e6331625c",
        ),
        "dac9b6ca405749cfb065a0f1e42c7c4224d3d5db32fdafe9dee6ca193316f2c7",
    );
    check(
        CTR,
        (CKM_AES_CMAC, CKK_AES, "7aa9973481d560f3be217ac3341144d8"),
        &[KbkdfField::Iteration(Some(number(8)))],
        (
            "",
            "46f88b5af7fb9e29262dd4e010143a0a9c465c627450ec74ab7251889529193e995c4b56ff55bc2fc8992a0d\
             f1ee8056f6816b7614fba4c12d3be1a5",
        ),
        "1746ae4f09903f74bfbe1b8ae2b79d74576a3b09",
    );
}

#[test]
fn feedback_mode() {
    check(
        FEEDBACK,
        (CKM_AES_CMAC, CKK_AES, "d7f5fa7551645de0b36aecd46565f954"),
        &[KbkdfField::Iteration(None), KbkdfField::Counter(number(16))],
        (
            "",
            "fb5294ed40a0e4aa70a7be13913070a4c5cfc05f89b9f7dd26a493b8c63889c7c3b0b60dd6d598ffa296a426\
             224c727a501946",
        ),
        "7164471f559812581a53aaf7fb6d6c53a1293115cda873887efcc7ce6b3a026b2d19f0d38db8590e218a2676df\
         88f53cab3313ed63bd1e4828f3c066ea5eb1fd",
    );
    check(
        FEEDBACK,
        (CKM_AES_CMAC, CKK_AES, "5c996c922f65de97d4408373229814c6"),
        &[KbkdfField::Iteration(None)],
        (
            "28dc945cb8337ab5336c3e9b5bad21c7",
            "62afe5fed91e797221a854336b0aadd8a05ad0e3c8345729897b2efcec5a1178a2fa4c063007b67a7015e0d6\
             b7271ea8d86b44",
        ),
        "88a9aae193abdd3fe8143bab66014ae41dc2d12ea9d08f5871588fc5d827924eb9942989d7a36d4b3b10799756\
         6472cad5942bd13cb5cff32b9dae30f1bb6300",
    );
}

#[test]
fn double_pipeline_mode() {
    check(
        PIPELINE,
        (CKM_AES_CMAC, CKK_AES, "ada2452f1f141a82c7a1b7d3e09ffed1"),
        &[KbkdfField::Iteration(None)],
        (
            "",
            "335660eb265d2044efa06eacd848d3f9f57d219011343318f3a964df4a6fb1bf6cbdee711c7fcbe73b8f257f\
             992e47e8b065af",
        ),
        "a73bd29176e38e761222ae07d639181f4b2c555a3b261815cde5d88a67c8b95c58b6b66ea4f10608c6d799b051\
         519fc8e89de00cdc556350a7d966475086f9af",
    );
    check(
        PIPELINE,
        (
            CKM_AES_CMAC,
            CKK_AES,
            "2451975a33ab0c7535e00abe7b57982335b0471ad857a093c6765e6c58443852",
        ),
        &[KbkdfField::Iteration(None), KbkdfField::Counter(number(32))],
        (
            "",
            "fb95eb3c47dcad3b783b045b29bcb6f5aefc0389735843b92b4d8fab97d61350b76b2a83442d7c5aa497aa1c\
             f441760281a08b",
        ),
        "2f157687f782c8b64325826e3c755194c70abffd9d78c4678924b9d73dcced86dcaf7dfa3bf56cf03fa45c7fca\
         05ca1092c41bbd934131e95db2b204241a9d02",
    );
}

/// "a 48-byte key ... and a 16-byte key ... are to be derived using CKM_SHA256_HMAC": 512 bits are
/// the sum of the keys, 768 bits that of the segments.
#[test]
fn the_example_of_several_keys_takes_disjoint_segments() {
    let bench = Bench::new();
    let base = bench.generic(&[7; 32]);
    let (long, short) = (48_u64.to_ne_bytes(), 16_u64.to_ne_bytes());
    for (method, bits) in [(1, 512_u16), (2, 768)] {
        let fields = [
            KbkdfField::Iteration(Some(number(8))),
            KbkdfField::Bytes(b"label"),
            KbkdfField::Length(method, number(16)),
        ];
        let additional = template(&[(CKA_VALUE_LEN, &short), (CKA_PRIVATE, FALSE)]);
        let params_two = params(CKM_SHA256_HMAC, &fields, &[], vec![additional]);
        let row = find(CTR).unwrap();
        let wanted = template(&[(CKA_VALUE_LEN, &long), (CKA_PRIVATE, FALSE)]);
        let made = bench
            .module
            .derive_keys(bench.session, row, &params_two, base, &wanted)
            .unwrap();
        let [first, second] = made.handles[..] else {
            panic!("{} keys", made.handles.len());
        };
        // The same with the length written by hand, all in one key.
        let bits = bits.to_be_bytes();
        let fields = [
            KbkdfField::Iteration(Some(number(8))),
            KbkdfField::Bytes(b"label"),
            KbkdfField::Bytes(&bits),
        ];
        let whole = params(CKM_SHA256_HMAC, &fields, &[], Vec::new());
        let whole = bench.derived(CTR, &whole, base, Some(96)).unwrap();
        assert_eq!(bench.value(first), whole[..48]);
        assert_eq!(bench.value(second), whole[64..80]);
    }
}

#[test]
fn all_keys_are_made_or_none_and_the_bad_template_is_told() {
    let bench = Bench::new();
    let base = bench.generic(&[7; 32]);
    let (len, odd) = (16_u64.to_ne_bytes(), 17_u64.to_ne_bytes());
    let aes = CKK_AES.0.to_ne_bytes();
    let good = template(&[(CKA_VALUE_LEN, &len), (CKA_PRIVATE, FALSE)]);
    let bad = template(&[
        (CKA_VALUE_LEN, &odd),
        (CKA_KEY_TYPE, &aes),
        (CKA_PRIVATE, FALSE),
    ]);
    let fields = [KbkdfField::Iteration(Some(number(8)))];
    let params = params(CKM_SHA256_HMAC, &fields, &[], vec![good.clone(), bad]);
    let row = find(CTR).unwrap();
    let count = || {
        let all = Template(Vec::new());
        bench.module.find_objects_init(bench.session, &all).unwrap();
        let found = bench.module.find_objects(bench.session, 100).unwrap().len();
        bench.module.find_objects_final(bench.session).unwrap();
        found
    };
    let before = count();
    let refused = bench
        .module
        .derive_keys(bench.session, row, &params, base, &good);
    assert!(refused.is_err());
    assert_eq!(count(), before);
    let Params::Kbkdf(params) = params else {
        panic!("another parameter");
    };
    let told: Vec<bool> = params
        .additional
        .iter()
        .map(|key| key.offends.get())
        .collect();
    assert_eq!(told, [false, true]);
}

#[test]
fn silent_templates_take_the_flags_of_the_base_key() {
    let bench = Bench::new();
    for (sensitive, extractable) in [(TRUE, FALSE), (FALSE, TRUE), (TRUE, TRUE)] {
        let flags = [(CKA_SENSITIVE, sensitive), (CKA_EXTRACTABLE, extractable)];
        let base = bench.key_with(CKK_GENERIC_SECRET, &[7; 32], &flags);
        let fields = [KbkdfField::Iteration(Some(number(8)))];
        let params = params(CKM_SHA256_HMAC, &fields, &[], Vec::new());
        let key = bench.derive(CTR, &params, base, &[]).unwrap();
        let object = bench.module.object(bench.session, key).unwrap();
        let is = |id| object.attributes().is_true(id);
        assert_eq!(is(CKA_SENSITIVE), sensitive == TRUE);
        assert_eq!(is(CKA_EXTRACTABLE), extractable == TRUE);
    }
}

#[test]
fn fields_that_do_not_fit_the_mode_are_refused() {
    let bench = Bench::new();
    let base = bench.generic(&[7; 32]);
    let refused = |id, fields: &[KbkdfField<'_>]| {
        let params = params(CKM_SHA256_HMAC, fields, &[], Vec::new());
        let outcome = bench.derived(id, &params, base, Some(16));
        assert!(
            matches!(outcome, Err(Error::MechanismParamInvalid(_))),
            "{id} {fields:?}"
        );
    };
    let counter = KbkdfField::Iteration(Some(number(8)));
    let length = KbkdfField::Length(1, number(16));
    refused(CTR, &[]);
    refused(CTR, &[counter, counter]);
    refused(CTR, &[KbkdfField::Iteration(None)]);
    refused(CTR, &[counter, KbkdfField::Counter(number(8))]);
    refused(CTR, &[counter, length, length]);
    refused(CTR, &[counter, KbkdfField::Length(3, number(16))]);
    refused(CTR, &[KbkdfField::Iteration(Some(number(7)))]);
    refused(CTR, &[KbkdfField::Iteration(Some(number(40)))]);
    refused(FEEDBACK, &[counter]);
    refused(PIPELINE, &[counter]);
    let fields = [counter];
    let narrow = params(CKM_SHA256_HMAC, &fields, &[], vec![]);
    let outcome = bench.derived(CTR, &narrow, base, Some(4096));
    assert!(outcome.is_ok());
    let cmac = params(CKM_AES_CMAC, &fields, &[], vec![]);
    let outcome = bench.derived(CTR, &cmac, base, Some(16));
    assert!(matches!(outcome, Err(Error::KeyTypeInconsistent(_))));
    let aes = bench.key(CKK_AES, &[7; 16]);
    let outcome = bench.derived(CTR, &cmac, aes, Some(4096));
    assert!(matches!(outcome, Err(Error::KeySizeRange(_))));
}

#[test]
fn a_key_in_the_input_is_its_value() {
    let bench = Bench::new();
    let base = bench.generic(&[7; 32]);
    let other = bench.generic(b"context");
    let value = |field| {
        let fields = [KbkdfField::Iteration(Some(number(8))), field];
        let params = params(CKM_SHA256_HMAC, &fields, &[], Vec::new());
        bench.derived(CTR, &params, base, None).unwrap()
    };
    assert_eq!(
        value(KbkdfField::Key(other)),
        value(KbkdfField::Bytes(b"context"))
    );
}
