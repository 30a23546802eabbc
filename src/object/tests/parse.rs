// SPDX-License-Identifier: MIT OR Apache-2.0
//! Form and size of raw values.
//!
//! Source: PKCS#11 v3.2, "Objects" and "General data types".

use super::{Entries, aes, certificate, code, data, some};
use crate::object::limits::{
    ATTRIBUTE_BYTES_MAX, CONTENT_BYTES_MAX, TEMPLATE_DEPTH_MAX, TEMPLATE_ENTRIES_MAX,
};
use crate::pkcs11::AttributeType;
use crate::pkcs11::attribute::{
    CKA_ALLOWED_MECHANISMS, CKA_CERTIFICATE_CATEGORY, CKA_ENCRYPT, CKA_HASH_OF_ISSUER_PUBLIC_KEY,
    CKA_HASH_OF_SUBJECT_PUBLIC_KEY, CKA_ID, CKA_LABEL, CKA_START_DATE, CKA_TOKEN, CKA_URL,
    CKA_VALUE, CKA_WRAP_TEMPLATE,
};
use crate::pkcs11::rv::{
    CKR_ATTRIBUTE_VALUE_INVALID, CKR_OK, CKR_TEMPLATE_INCOMPLETE, CKR_TEMPLATE_INCONSISTENT,
};

#[test]
fn a_boolean_is_one_byte_and_any_but_zero_is_true() {
    for (bytes, wanted) in [(&[0], false), (&[1], true), (&[0xff], true)] {
        let object = aes().and(CKA_ENCRYPT, bytes).create().unwrap();
        assert_eq!(object.attributes().is_true(CKA_ENCRYPT), wanted);
    }
    for bytes in [&b""[..], &[1, 0], &[1, 0, 0, 0], &[1, 0, 0, 0, 0, 0, 0, 0]] {
        let refused = aes().and(CKA_TOKEN, bytes).create();
        assert_eq!(code(refused), CKR_ATTRIBUTE_VALUE_INVALID);
    }
}

#[test]
fn a_number_is_eight_bytes_and_a_list_of_mechanisms_some_of_them() {
    for len in [0, 4, 7, 9, 16] {
        let category = certificate().and(CKA_CERTIFICATE_CATEGORY, &vec![0; len][..]);
        assert_eq!(
            code(category.create()),
            CKR_ATTRIBUTE_VALUE_INVALID,
            "{len}"
        );
    }
    for (len, wanted) in [(0, true), (8, true), (24, true), (1, false), (12, false)] {
        let list = aes().and(CKA_ALLOWED_MECHANISMS, &vec![0; len][..]);
        assert_eq!(list.create().is_ok(), wanted, "{len}");
    }
    let unknown = certificate().and(CKA_CERTIFICATE_CATEGORY, 4);
    assert_eq!(code(unknown.create()), CKR_ATTRIBUTE_VALUE_INVALID);
}

#[test]
fn a_date_is_eight_digits_or_nothing() {
    for date in [&b""[..], b"20260131", b"19000101", b"99991231"] {
        assert_eq!(code(aes().and(CKA_START_DATE, date).create()), CKR_OK);
    }
    for date in [
        &b"2026013"[..],
        b"202601311",
        b"20261301",
        b"20260100",
        b"20260132",
        b"18991231",
        b"2026-1-1",
        b"\0\0\0\0\0\0\0\0",
    ] {
        let refused = aes().and(CKA_START_DATE, date).create();
        assert_eq!(code(refused), CKR_ATTRIBUTE_VALUE_INVALID, "{date:?}");
    }
}

#[test]
fn a_label_is_utf_8() {
    assert_eq!(
        code(data().and(CKA_LABEL, "Schlüssel".as_bytes()).create()),
        CKR_OK
    );
    let refused = data().and(CKA_LABEL, b"\xff\xfe").create();
    assert_eq!(code(refused), CKR_ATTRIBUTE_VALUE_INVALID);
}

#[test]
fn sizes_have_limits() {
    let sized = |entries: Entries, id: AttributeType, len: usize| {
        code(entries.and(id, &vec![b'x'; len][..]).create())
    };
    assert_eq!(sized(data(), CKA_LABEL, ATTRIBUTE_BYTES_MAX), CKR_OK);
    for len in [ATTRIBUTE_BYTES_MAX + 1, 10 << 20] {
        assert_eq!(sized(data(), CKA_LABEL, len), CKR_ATTRIBUTE_VALUE_INVALID);
        assert_eq!(sized(aes(), CKA_ID, len), CKR_ATTRIBUTE_VALUE_INVALID);
    }
    assert_eq!(sized(data(), CKA_VALUE, CONTENT_BYTES_MAX), CKR_OK);
    let refused = sized(data(), CKA_VALUE, CONTENT_BYTES_MAX + 1);
    assert_eq!(refused, CKR_ATTRIBUTE_VALUE_INVALID);
}

#[test]
fn a_template_has_a_limited_number_of_entries() {
    let many = |count| (0..count).fold(aes(), |entries, _| entries.and(CKA_LABEL, b"x"));
    assert_eq!(code(many(TEMPLATE_ENTRIES_MAX - 3).create()), CKR_OK);
    let refused = many(TEMPLATE_ENTRIES_MAX - 2).create();
    assert_eq!(code(refused), CKR_ATTRIBUTE_VALUE_INVALID);
}

#[test]
fn templates_nest_to_a_limited_depth() {
    let nested = |depth| {
        (0..depth).fold(some(CKA_ENCRYPT, true), |inner, _| {
            some(CKA_WRAP_TEMPLATE, inner)
        })
    };
    let with = |depth| aes().and(CKA_WRAP_TEMPLATE, nested(depth)).create();
    assert_eq!(code(with(TEMPLATE_DEPTH_MAX - 1)), CKR_OK);
    assert_eq!(code(with(TEMPLATE_DEPTH_MAX)), CKR_ATTRIBUTE_VALUE_INVALID);
    assert_eq!(code(with(1000)), CKR_ATTRIBUTE_VALUE_INVALID);
}

#[test]
fn every_fault_in_a_nested_template_is_a_bad_value() {
    for inner in [
        some(AttributeType(0x8000_0001), b"x"),
        some(CKA_ENCRYPT, b""),
        some(CKA_ENCRYPT, true).and(CKA_ENCRYPT, false),
    ] {
        let refused = aes().and(CKA_WRAP_TEMPLATE, inner).create();
        assert_eq!(code(refused), CKR_ATTRIBUTE_VALUE_INVALID);
    }
    let refused = aes().and(CKA_WRAP_TEMPLATE, b"raw").create();
    assert_eq!(code(refused), CKR_ATTRIBUTE_VALUE_INVALID);
    let refused = aes().and(CKA_LABEL, some(CKA_ENCRYPT, true)).create();
    assert_eq!(code(refused), CKR_ATTRIBUTE_VALUE_INVALID);
    assert_eq!(code(aes().and(CKA_WRAP_TEMPLATE, b"").create()), CKR_OK);
    let twice = aes().and(CKA_LABEL, b"a").and(CKA_LABEL, b"b").create();
    assert_eq!(code(twice), CKR_TEMPLATE_INCONSISTENT);
}

#[test]
fn a_certificate_has_a_value_or_a_url_with_hashes() {
    let bare = || certificate().without(CKA_VALUE).and(CKA_VALUE, b"");
    assert_eq!(code(bare().create()), CKR_TEMPLATE_INCOMPLETE);
    let url = || bare().and(CKA_URL, b"https://example.org/c");
    assert_eq!(code(url().create()), CKR_TEMPLATE_INCOMPLETE);
    let whole = url()
        .and(CKA_HASH_OF_SUBJECT_PUBLIC_KEY, &[1; 20])
        .and(CKA_HASH_OF_ISSUER_PUBLIC_KEY, &[2; 20]);
    assert_eq!(code(whole.create()), CKR_OK);
}
