// SPDX-License-Identifier: MIT OR Apache-2.0
//! What holds for every attribute table, whatever kinds are added.
//!
//! Source: PKCS#11 v3.2, "Objects", "Common footnotes for object attribute tables".
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may stop"
)]

use std::collections::{BTreeMap, BTreeSet};

use keystead::object::{Default, Kind, Rule, ValueKind, is_indexed, kinds};
use keystead::pkcs11::AttributeType;
use keystead::pkcs11::attribute::{
    CKA_ALWAYS_SENSITIVE, CKA_CERTIFICATE_TYPE, CKA_CLASS, CKA_COEFFICIENT, CKA_COPYABLE,
    CKA_DECAPSULATE, CKA_DECRYPT, CKA_DERIVE, CKA_DESTROYABLE, CKA_ENCAPSULATE, CKA_ENCRYPT,
    CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_EXTRACTABLE, CKA_HW_FEATURE_TYPE, CKA_ID,
    CKA_KEY_GEN_MECHANISM, CKA_KEY_TYPE, CKA_LABEL, CKA_LOCAL, CKA_MODIFIABLE,
    CKA_NEVER_EXTRACTABLE, CKA_PRIME_1, CKA_PRIME_2, CKA_PRIVATE, CKA_PRIVATE_EXPONENT, CKA_SEED,
    CKA_SENSITIVE, CKA_SIGN, CKA_SIGN_RECOVER, CKA_START_DATE, CKA_TOKEN, CKA_TRUSTED,
    CKA_UNIQUE_ID, CKA_UNWRAP, CKA_VALUE, CKA_VERIFY, CKA_VERIFY_RECOVER, CKA_WRAP,
    CKA_WRAP_WITH_TRUSTED,
};
use keystead::pkcs11::class::{
    CKO_CERTIFICATE, CKO_DOMAIN_PARAMETERS, CKO_HW_FEATURE, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY,
    CKO_SECRET_KEY,
};

fn is_key(kind: &Kind) -> bool {
    matches!(
        kind.class,
        CKO_PUBLIC_KEY | CKO_PRIVATE_KEY | CKO_SECRET_KEY
    )
}

fn holds_secrets(kind: &Kind) -> bool {
    matches!(kind.class, CKO_PRIVATE_KEY | CKO_SECRET_KEY)
}

fn each_rule(check: impl Fn(&Kind, &Rule)) {
    let mut rows = 0;
    for kind in kinds::all() {
        for rule in kind.rules() {
            check(kind, rule);
            rows += 1;
        }
    }
    assert!(rows > 800, "{rows} rows are not all of them");
}

#[test]
fn every_kind_names_its_section_and_is_found_by_its_selectors() {
    let mut titles = BTreeSet::new();
    for kind in kinds::all() {
        assert!(titles.insert(kind.spec), "{} is there twice", kind.spec);
        assert!(kind.spec.ends_with("objects"), "{}", kind.spec);
        let found = kinds::find(kind.class, kind.key_type, kind.subtype).unwrap();
        assert!(core::ptr::eq(found, *kind), "{} is not found", kind.spec);
    }
    assert!(
        titles.len() >= 36,
        "{} kinds are not all of them",
        titles.len()
    );
}

#[test]
fn keys_have_a_key_type_and_only_typed_classes_have_a_subtype() {
    for kind in kinds::all() {
        let keyed = is_key(kind) || kind.class == CKO_DOMAIN_PARAMETERS;
        assert_eq!(kind.key_type.is_some(), keyed, "{}", kind.spec);
        assert_eq!(kind.rule(CKA_KEY_TYPE).is_some(), keyed, "{}", kind.spec);
        let selector = match kind.class {
            CKO_CERTIFICATE => Some(CKA_CERTIFICATE_TYPE),
            CKO_HW_FEATURE => Some(CKA_HW_FEATURE_TYPE),
            _ => None,
        };
        assert_eq!(kind.subtype.is_some(), selector.is_some(), "{}", kind.spec);
        if let Some(id) = selector {
            assert!(kind.rule(id).unwrap().notes.has(1), "{}", kind.spec);
        }
    }
}

#[test]
fn no_table_has_a_row_twice_and_each_attribute_counts_once() {
    for kind in kinds::all() {
        for table in kind.tables {
            let ids: BTreeSet<_> = table.iter().map(|rule| rule.id).collect();
            assert_eq!(ids.len(), table.len(), "{}", kind.spec);
        }
        let ids: Vec<_> = kind.rules().map(|rule| rule.id).collect();
        let unique: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{}", kind.spec);
    }
}

#[test]
fn every_attribute_has_a_name_and_one_data_type() {
    let mut types = BTreeMap::<AttributeType, ValueKind>::new();
    for kind in kinds::all() {
        for rule in kind.rules() {
            assert!(rule.id.name().is_some(), "{} {}", kind.spec, rule.id);
            // A big integer is a byte array with a meaning.
            let value = match rule.value {
                ValueKind::BigInt => ValueKind::Bytes,
                other => other,
            };
            let first = *types.entry(rule.id).or_insert(value);
            assert_eq!(first, value, "{} {}", kind.spec, rule.id);
        }
    }
}

#[test]
fn every_object_has_a_class_and_a_unique_id_of_the_modules() {
    for kind in kinds::all() {
        assert!(kind.rule(CKA_CLASS).unwrap().notes.has(1));
        let unique = kind.rule(CKA_UNIQUE_ID).unwrap();
        assert!([2, 4, 6].into_iter().all(|note| unique.notes.has(note)));
    }
}

#[test]
fn every_private_component_is_concealed() {
    let components = [
        CKA_PRIVATE_EXPONENT,
        CKA_PRIME_1,
        CKA_PRIME_2,
        CKA_EXPONENT_1,
        CKA_EXPONENT_2,
        CKA_COEFFICIENT,
        CKA_SEED,
        CKA_VALUE,
    ];
    let mut keys = 0;
    for kind in kinds::all() {
        let mut secrets = 0;
        for id in components {
            if let Some(rule) = kind.rule(id) {
                assert_eq!(rule.notes.has(7), holds_secrets(kind), "{} {id}", kind.spec);
                secrets += usize::from(rule.notes.has(7));
            }
        }
        assert_eq!(secrets > 0, holds_secrets(kind), "{}", kind.spec);
        keys += usize::from(secrets > 0);
    }
    assert!(keys >= 18, "{keys}");
}

#[test]
fn what_is_concealed_is_byte_like_not_changeable_not_indexed_and_given_by_creation_alone() {
    each_rule(|kind, rule| {
        if !rule.notes.has(7) {
            return;
        }
        let name = format!("{} {}", kind.spec, rule.id);
        assert!(
            matches!(rule.value, ValueKind::Bytes | ValueKind::BigInt),
            "{name}"
        );
        assert!(rule.notes.has(4) && rule.notes.has(6), "{name}");
        assert!(!rule.notes.has(8) && !is_indexed(rule.id), "{name}");
        assert!(matches!(rule.default, Default::Absent), "{name}");
    });
}

#[test]
fn no_row_asks_for_what_it_forbids() {
    each_rule(|kind, rule| {
        for (asks, forbids) in [(1, 2), (3, 4), (5, 6)] {
            assert!(
                !(rule.notes.has(asks) && rule.notes.has(forbids)),
                "{} {}",
                kind.spec,
                rule.id
            );
        }
    });
}

#[test]
fn defaults_fit_the_data_type_and_one_way_flags_are_flags() {
    each_rule(|kind, rule| {
        let name = format!("{} {}", kind.spec, rule.id);
        let fits = match rule.default {
            Default::Absent | Default::Computed => true,
            Default::False | Default::True => rule.value == ValueKind::Bool,
            Default::Ulong(_) => rule.value == ValueKind::Ulong,
            Default::Empty => matches!(
                rule.value,
                ValueKind::Bytes | ValueKind::BigInt | ValueKind::Utf8 | ValueKind::Date
            ),
        };
        assert!(fits, "{name}");
        let flag = rule.notes.has(10) || rule.notes.has(11);
        assert!(!flag || rule.value == ValueKind::Bool, "{name}");
    });
}

#[test]
fn storage_objects_have_the_standards_defaults() {
    for kind in kinds::all() {
        let Some(token) = kind.rule(CKA_TOKEN) else {
            continue;
        };
        assert!(matches!(token.default, Default::False), "{}", kind.spec);
        for id in [CKA_MODIFIABLE, CKA_COPYABLE, CKA_DESTROYABLE] {
            let default = kind.rule(id).unwrap().default;
            assert!(matches!(default, Default::True), "{} {id}", kind.spec);
        }
        let private = kind.rule(CKA_PRIVATE).unwrap().default;
        let close = matches!(private, Default::True);
        assert_eq!(close, holds_secrets(kind), "{}", kind.spec);
        assert!(kind.rule(CKA_LABEL).unwrap().notes.has(8));
    }
}

#[test]
fn keys_have_what_all_keys_have() {
    for kind in kinds::all().iter().filter(|kind| is_key(kind)) {
        for id in [CKA_LOCAL, CKA_KEY_GEN_MECHANISM] {
            let notes = kind.rule(id).unwrap().notes;
            assert!([2, 4, 6].into_iter().all(|note| notes.has(note)));
        }
        for id in [CKA_ID, CKA_START_DATE] {
            let rule = kind.rule(id).unwrap();
            assert!(rule.notes.has(8) && matches!(rule.default, Default::Empty));
        }
        let sensitive = kind.rule(CKA_SENSITIVE);
        assert_eq!(sensitive.is_some(), holds_secrets(kind), "{}", kind.spec);
        if let Some(sensitive) = sensitive {
            assert!(sensitive.notes.has(11) && matches!(sensitive.default, Default::True));
            let extractable = kind.rule(CKA_EXTRACTABLE).unwrap();
            assert!(extractable.notes.has(12) && matches!(extractable.default, Default::False));
            assert!(kind.rule(CKA_WRAP_WITH_TRUSTED).unwrap().notes.has(11));
            for id in [CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE] {
                let notes = kind.rule(id).unwrap().notes;
                assert!([2, 4, 6].into_iter().all(|note| notes.has(note)));
            }
        }
    }
}

#[test]
fn every_key_is_of_use_by_default_and_no_class_has_the_use_of_another() {
    let private = [
        CKA_DECRYPT,
        CKA_SIGN,
        CKA_SIGN_RECOVER,
        CKA_UNWRAP,
        CKA_DECAPSULATE,
    ];
    let public = [
        CKA_ENCRYPT,
        CKA_VERIFY,
        CKA_VERIFY_RECOVER,
        CKA_WRAP,
        CKA_ENCAPSULATE,
    ];
    for kind in kinds::all().iter().filter(|kind| is_key(kind)) {
        let useful = private
            .into_iter()
            .chain(public)
            .chain([CKA_DERIVE])
            .filter_map(|id| kind.rule(id))
            .any(|rule| matches!(rule.default, Default::True));
        assert!(useful, "{}", kind.spec);
        for id in private {
            assert!(
                kind.class != CKO_PUBLIC_KEY || kind.rule(id).is_none(),
                "{id}"
            );
        }
        for id in public {
            assert!(
                kind.class != CKO_PRIVATE_KEY || kind.rule(id).is_none(),
                "{id}"
            );
        }
    }
}

#[test]
fn trust_is_the_sos() {
    each_rule(|kind, rule| {
        assert_eq!(
            rule.notes.has(10),
            rule.id == CKA_TRUSTED,
            "{} {}",
            kind.spec,
            rule.id
        );
    });
}
