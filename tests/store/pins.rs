// SPDX-License-Identifier: MIT OR Apache-2.0
//! PINs across restarts, tokens without a recovery copy, rising costs.

use keystead::pkcs11::rv;
use keystead::store::{Access, Change, KdfCost, Vault};

use crate::support::{SO, USER, all, body, folder, insert, new_token, pin, ready, record};

#[test]
fn ten_wrong_pins_lock_the_token_across_restarts() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let so_pin = pin("sososo");
    ready(&Vault::create(&path, &new_token(&so_pin)).unwrap());
    for role in [USER, SO] {
        for _ in 0..10 {
            let vault = Vault::open(&path).unwrap();
            let error = vault.login(role, &pin("wrong")).unwrap_err();
            assert_eq!(error.rv().code(), rv::CKR_PIN_INCORRECT);
        }
        let vault = Vault::open(&path).unwrap();
        for right in ["user", "sososo"] {
            let error = vault.login(role, &pin(right)).unwrap_err();
            assert_eq!(error.rv().code(), rv::CKR_PIN_LOCKED);
        }
        if role == USER {
            vault.login(SO, &pin("sososo")).unwrap();
            vault.init_pin(&pin("fresh")).unwrap();
            vault.login(USER, &pin("fresh")).unwrap();
            assert_eq!(vault.info().unwrap().user_pin.failures, 0);
        }
    }
    let error = Vault::open(&path)
        .unwrap()
        .reinitialize(&new_token(&so_pin));
    assert_eq!(error.unwrap_err().rv().code(), rv::CKR_PIN_LOCKED);
}

#[test]
fn without_a_recovery_copy_a_reset_erases_private_objects() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let so_pin = pin("sososo");
    let mut new = new_token(&so_pin);
    new.recovery = false;
    let vault = Vault::create(&path, &new).unwrap();
    let early = insert(&vault, Access::Public, b"early", b"early");
    ready(&vault);
    assert!(!vault.info().unwrap().recovery);
    let hidden = insert(&vault, Access::Private, b"k", b"hidden");
    let shown = insert(&vault, Access::Public, b"k", b"shown");
    vault.logout();
    let other = Vault::open(&path).unwrap();
    other.login(USER, &pin("user")).unwrap();
    vault.login(SO, &pin("sososo")).unwrap();
    vault.init_pin(&pin("reset")).unwrap();
    vault.logout();
    // A login to the data key that is gone ends with a clear error, once.
    let error = other.load(shown).unwrap_err();
    assert_eq!(error.rv().code(), rv::CKR_DEVICE_REMOVED);
    assert_eq!(body(&other, shown).unwrap(), b"shown");
    vault.login(USER, &pin("reset")).unwrap();
    assert!(vault.load(hidden).unwrap().is_none());
    assert_eq!(vault.find(&all(), Access::Private).unwrap(), [early, shown]);
    let outcome = vault.verify().unwrap();
    assert_eq!((outcome.good, outcome.unattested), (2, 0));
    assert_eq!(outcome.problems, Vec::<String>::new());
    insert(&vault, Access::Private, b"k", b"new");
    vault.set_pin(SO, &pin("sososo"), &pin("officer")).unwrap();
    vault.logout();
    vault.login(SO, &pin("officer")).unwrap();
    vault.login(USER, &pin("reset")).unwrap();
    assert_eq!(vault.verify().unwrap().problems, Vec::<String>::new());
}

#[test]
fn a_login_raises_the_cost_to_the_default() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let so_pin = pin("sososo");
    let mut new = new_token(&so_pin);
    let low = KdfCost::Exactly {
        memory_kib: 8,
        passes: 3,
        lanes: 1,
    };
    new.kdf = low;
    let vault = Vault::create(&path, &new).unwrap();
    assert_eq!(vault.kdf(SO).unwrap(), Some(low));
    assert_eq!(vault.kdf(USER).unwrap(), None);
    vault.login(SO, &pin("sososo")).unwrap();
    let raised = Some(KdfCost::Exactly {
        memory_kib: 19 * 1024,
        passes: 3,
        lanes: 1,
    });
    assert_eq!(vault.kdf(SO).unwrap(), raised);
    vault.login(SO, &pin("sososo")).unwrap();
    assert_eq!(vault.kdf(SO).unwrap(), raised);
}

#[test]
fn public_objects_written_without_login_are_attested_at_the_next() {
    let vault = Vault::create_in_memory(&new_token(&pin("sososo"))).unwrap();
    ready(&vault);
    let attested = insert(&vault, Access::Public, b"a", b"a");
    let changed = insert(&vault, Access::Public, b"b", b"b");
    vault.logout();
    let new = insert(&vault, Access::Public, b"c", b"c");
    let change = record(Access::Public, b"b", "label", b"B");
    vault
        .apply(vec![
            Change::Delete(attested),
            Change::Replace(changed, 1, change),
        ])
        .unwrap();
    let outcome = vault.verify().unwrap();
    assert_eq!((outcome.good, outcome.unattested), (0, 2));
    vault.login(USER, &pin("user")).unwrap();
    let outcome = vault.verify().unwrap();
    assert_eq!((outcome.good, outcome.unattested), (2, 0));
    assert_eq!(outcome.problems, Vec::<String>::new());
    assert_eq!(vault.find(&all(), Access::Public).unwrap(), [changed, new]);
    assert_eq!(body(&vault, changed).unwrap(), b"B");
}
