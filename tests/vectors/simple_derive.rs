// SPDX-License-Identifier: MIT OR Apache-2.0
//! Concatenation, exclusive or and extraction. Vectors: the examples in PKCS#11 v3.2,
//! "Miscellaneous simple key derivation mechanisms".

use keystead::error::Error;
use keystead::mechanism::Params;
use keystead::pkcs11::attribute::{
    CKA_ALWAYS_SENSITIVE, CKA_DERIVE, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_NEVER_EXTRACTABLE,
    CKA_SENSITIVE, CKA_VALUE_LEN,
};
use keystead::pkcs11::key_type::{CKK_AES, CKK_GENERIC_SECRET};
use keystead::pkcs11::mechanism::{
    CKM_CONCATENATE_BASE_AND_DATA, CKM_CONCATENATE_BASE_AND_KEY, CKM_CONCATENATE_DATA_AND_BASE,
    CKM_EXTRACT_KEY_FROM_KEY, CKM_GENERIC_SECRET_KEY_GEN, CKM_XOR_BASE_AND_DATA,
};

use crate::derive::{Bench, FALSE, TRUE, template, unhex};

const BASE: [u8; 4] = [0x01, 0x23, 0x45, 0x67];
const DATA: Params<'static> = Params::StringData(&[0x89, 0xab, 0xcd, 0xef]);

#[test]
fn the_examples_of_the_standard_come_out() {
    let bench = Bench::new();
    let base = bench.generic(&BASE);
    let other = Params::Key(bench.generic(&[0x89, 0xab, 0xcd, 0xef]));
    let extracted = bench.generic(&unhex("329f84a9"));
    for (id, params, base, len, expected) in [
        (
            CKM_CONCATENATE_BASE_AND_KEY,
            &other,
            base,
            None,
            "0123456789abcdef",
        ),
        (
            CKM_CONCATENATE_BASE_AND_DATA,
            &DATA,
            base,
            None,
            "0123456789abcdef",
        ),
        (
            CKM_CONCATENATE_DATA_AND_BASE,
            &DATA,
            base,
            None,
            "89abcdef01234567",
        ),
        (
            CKM_CONCATENATE_DATA_AND_BASE,
            &DATA,
            base,
            Some(5),
            "89abcdef01",
        ),
        (CKM_XOR_BASE_AND_DATA, &DATA, base, None, "88888888"),
        (CKM_XOR_BASE_AND_DATA, &DATA, base, Some(3), "888888"),
        (
            CKM_EXTRACT_KEY_FROM_KEY,
            &Params::Ulong(21),
            extracted,
            Some(2),
            "9526",
        ),
        (
            CKM_EXTRACT_KEY_FROM_KEY,
            &Params::Ulong(8),
            extracted,
            Some(4),
            "9f84a932",
        ),
    ] {
        let value = bench.derived(id, params, base, len).unwrap();
        assert_eq!(hex::encode(value), expected, "{id}");
    }
}

#[test]
fn more_than_there_is_cannot_be_derived() {
    let bench = Bench::new();
    let base = bench.generic(&BASE);
    for (id, params, len) in [
        (CKM_CONCATENATE_BASE_AND_DATA, &DATA, 9),
        (CKM_CONCATENATE_DATA_AND_BASE, &DATA, usize::MAX),
        (CKM_XOR_BASE_AND_DATA, &DATA, 5),
        (CKM_XOR_BASE_AND_DATA, &DATA, 0),
        (CKM_EXTRACT_KEY_FROM_KEY, &Params::Ulong(0), 5),
        (CKM_EXTRACT_KEY_FROM_KEY, &Params::Ulong(0), 0),
    ] {
        let refused = bench.derived(id, params, base, Some(len));
        assert!(matches!(refused, Err(Error::KeySizeRange(_))), "{id} {len}");
    }
    let outside = bench.derived(CKM_EXTRACT_KEY_FROM_KEY, &Params::Ulong(32), base, Some(1));
    assert!(matches!(outside, Err(Error::MechanismParamInvalid(_))));
    let silent = bench.derived(CKM_EXTRACT_KEY_FROM_KEY, &Params::Ulong(0), base, None);
    assert!(matches!(silent, Err(Error::TemplateIncomplete(_))));
    let aes = CKK_AES.0.to_ne_bytes();
    let silent = bench.derive(
        CKM_CONCATENATE_BASE_AND_DATA,
        &DATA,
        base,
        &[(CKA_KEY_TYPE, &aes)],
    );
    assert!(matches!(silent, Err(Error::TemplateIncomplete(_))));
}

#[test]
fn a_concealed_key_has_concealed_offspring_only() {
    let bench = Bench::new();
    let open = [(CKA_SENSITIVE, FALSE), (CKA_EXTRACTABLE, TRUE)];
    let one = 1_u64.to_ne_bytes();
    for flags in [
        [(CKA_SENSITIVE, TRUE), (CKA_EXTRACTABLE, TRUE)],
        [(CKA_SENSITIVE, FALSE), (CKA_EXTRACTABLE, FALSE)],
    ] {
        let closed = bench.key_with(CKK_GENERIC_SECRET, &BASE, &flags);
        let other = bench.generic(&BASE);
        for (id, params, base) in [
            (CKM_CONCATENATE_BASE_AND_KEY, Params::Key(closed), other),
            (CKM_CONCATENATE_BASE_AND_KEY, Params::Key(other), closed),
            (CKM_CONCATENATE_BASE_AND_DATA, DATA, closed),
            (CKM_CONCATENATE_DATA_AND_BASE, DATA, closed),
            (CKM_XOR_BASE_AND_DATA, DATA, closed),
            (CKM_EXTRACT_KEY_FROM_KEY, Params::Ulong(0), closed),
        ] {
            let wanted = [open[0], open[1], (CKA_VALUE_LEN, &one)];
            let refused = bench.derive(id, &params, base, &wanted);
            assert!(
                matches!(refused, Err(Error::TemplateInconsistent(_))),
                "{id}"
            );
            let wanted = [flags[0], flags[1], (CKA_VALUE_LEN, &one)];
            assert!(bench.derive(id, &params, base, &wanted).is_ok(), "{id}");
            // A template that is silent makes a concealed key.
            let silent = bench
                .derive(id, &params, base, &[(CKA_VALUE_LEN, &one)])
                .unwrap();
            let object = bench.module.object(bench.session, silent).unwrap();
            assert!(object.attributes().is_true(CKA_SENSITIVE), "{id}");
            assert!(!object.attributes().is_true(CKA_EXTRACTABLE), "{id}");
        }
    }
}

#[test]
fn a_clean_history_goes_on_if_both_keys_have_it() {
    let bench = Bench::new();
    let generated = || {
        let len = 16_u64.to_ne_bytes();
        let row = keystead::mechanism::find(CKM_GENERIC_SECRET_KEY_GEN).unwrap();
        let wanted = [
            (CKA_VALUE_LEN, &len[..]),
            (keystead::pkcs11::attribute::CKA_PRIVATE, FALSE),
        ];
        bench
            .module
            .generate_key(bench.session, row, &Params::None, &template(&wanted))
            .unwrap()
    };
    let history = |base, other| {
        let id = CKM_CONCATENATE_BASE_AND_KEY;
        let key = bench.derive(id, &Params::Key(other), base, &[]).unwrap();
        let object = bench.module.object(bench.session, key).unwrap();
        let attributes = object.attributes();
        (
            attributes.is_true(CKA_ALWAYS_SENSITIVE),
            attributes.is_true(CKA_NEVER_EXTRACTABLE),
        )
    };
    assert_eq!(history(generated(), generated()), (true, true));
    assert_eq!(history(generated(), bench.generic(&BASE)), (false, false));
    assert_eq!(history(bench.generic(&BASE), generated()), (false, false));
}

#[test]
fn both_keys_must_be_for_derivation() {
    let bench = Bench::new();
    let idle = bench.generic(&BASE);
    bench
        .module
        .set_attribute_value(bench.session, idle, &template(&[(CKA_DERIVE, FALSE)]))
        .unwrap();
    let fit = bench.generic(&BASE);
    for (base, other) in [(idle, fit), (fit, idle)] {
        let refused = bench.derive(CKM_CONCATENATE_BASE_AND_KEY, &Params::Key(other), base, &[]);
        assert!(matches!(refused, Err(Error::KeyFunctionNotPermitted(_))));
    }
}
