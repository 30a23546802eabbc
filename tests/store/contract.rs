// SPDX-License-Identifier: MIT OR Apache-2.0
//! One contract for every back-end.

use keystead::object::RecordId;
use keystead::pkcs11::SlotId;
use keystead::pkcs11::attribute::{CKA_CLASS, CKA_ID};
use keystead::pkcs11::class::{CKO_CERTIFICATE, CKO_PRIVATE_KEY};
use keystead::pkcs11::rv;
use keystead::store::{Access, Change, Query, Vault};

use crate::support::{SO, USER, all, body, by_id, insert, new_token, pin, ready, record};

/// Everything that a fresh token, made by `make`, must do.
fn exercise(make: &dyn Fn() -> Vault) {
    for step in [
        a_new_token_has_no_user_pin,
        objects_come_change_and_go,
        private_objects_are_for_the_user_only,
        a_call_is_done_whole_or_not_at_all,
        attributes_are_found_together,
        pins_change_lock_and_reset,
        numbers_are_never_used_again,
        the_epoch_follows_each_change,
        reinitialisation_erases,
    ] {
        step(&make());
    }
}

fn a_new_token_has_no_user_pin(vault: &Vault) {
    let info = vault.info().unwrap();
    assert_eq!(info.slot, SlotId(3));
    assert_eq!(info.label, "test token");
    assert_eq!(info.serial.len(), 16);
    assert!(info.so_pin.is_set && !info.user_pin.is_set);
    let error = vault.login(USER, &pin("user")).unwrap_err();
    assert_eq!(error.rv().code(), rv::CKR_USER_PIN_NOT_INITIALIZED);
    let error = vault.init_pin(&pin("user")).unwrap_err();
    assert_eq!(error.rv().code(), rv::CKR_USER_NOT_LOGGED_IN);
}

fn objects_come_change_and_go(vault: &Vault) {
    ready(vault);
    for access in [Access::Public, Access::Private] {
        let id = insert(vault, access, b"one", b"first");
        assert_eq!(vault.generation(id).unwrap(), Some(1));
        assert_eq!(body(vault, id).unwrap(), b"first");
        let next = record(access, b"two", "label", b"second");
        vault.apply(vec![Change::Replace(id, 1, next)]).unwrap();
        assert_eq!(vault.generation(id).unwrap(), Some(2));
        assert_eq!(body(vault, id).unwrap(), b"second");
        assert_eq!(vault.find(&by_id(b"one"), Access::Private).unwrap(), []);
        assert_eq!(vault.find(&by_id(b"two"), Access::Private).unwrap(), [id]);
        vault.apply(vec![Change::Delete(id)]).unwrap();
        assert!(vault.load(id).unwrap().is_none());
        assert_eq!(vault.generation(id).unwrap(), None);
        assert_eq!(vault.find(&all(), Access::Private).unwrap(), []);
    }
    assert!(vault.load(RecordId(0)).unwrap().is_none());
    assert!(vault.load(RecordId(u64::MAX)).unwrap().is_none());
}

fn private_objects_are_for_the_user_only(vault: &Vault) {
    ready(vault);
    let hidden = insert(vault, Access::Private, b"k", b"hidden");
    let shown = insert(vault, Access::Public, b"k", b"shown");
    assert_eq!(vault.find(&by_id(b"k"), Access::Public).unwrap(), [shown]);
    assert_eq!(
        vault.find(&by_id(b"k"), Access::Private).unwrap(),
        [hidden, shown]
    );
    vault.logout();
    for role in [None, Some(SO)] {
        if role.is_some() {
            vault.login(SO, &pin("sososo")).unwrap();
        }
        assert_eq!(vault.find(&all(), Access::Private).unwrap(), [shown]);
        assert!(vault.load(hidden).unwrap().is_none());
        assert_eq!(body(vault, shown).unwrap(), b"shown");
        let new = record(Access::Private, b"k", "label", b"x");
        let error = vault.apply(vec![Change::Insert(new)]).unwrap_err();
        assert_eq!(error.rv().code(), rv::CKR_USER_NOT_LOGGED_IN);
        assert!(vault.apply(vec![Change::Delete(hidden)]).is_err());
    }
    vault.login(USER, &pin("user")).unwrap();
    assert_eq!(body(vault, hidden).unwrap(), b"hidden");
}

fn a_call_is_done_whole_or_not_at_all(vault: &Vault) {
    ready(vault);
    let id = insert(vault, Access::Private, b"old", b"old");
    for bad in [
        Change::Delete(RecordId(99)),
        Change::Replace(id, 7, record(Access::Private, b"x", "x", b"x")),
    ] {
        let new = record(Access::Public, b"new", "label", b"new");
        let changes = vec![Change::Insert(new), Change::Delete(id), bad];
        let error = vault.apply(changes).unwrap_err();
        assert_eq!(error.rv().code(), rv::CKR_OBJECT_HANDLE_INVALID);
        assert_eq!(vault.find(&all(), Access::Private).unwrap(), [id]);
        assert_eq!(body(vault, id).unwrap(), b"old");
    }
    assert_eq!(vault.apply(Vec::new()).unwrap(), []);
}

fn attributes_are_found_together(vault: &Vault) {
    ready(vault);
    let mut ids = Vec::new();
    for n in 0..100_u8 {
        let access = match n % 2 {
            0 => Access::Private,
            _ => Access::Public,
        };
        ids.push(insert(vault, access, &[n / 4], &[n]));
    }
    let class_and_id = |class: u64, id: u8| Query {
        equal: vec![
            (CKA_CLASS, class.to_be_bytes().to_vec()),
            (CKA_ID, vec![id]),
        ],
    };
    let found = |query: &Query| vault.find(query, Access::Private).unwrap();
    assert_eq!(
        found(&class_and_id(CKO_PRIVATE_KEY.0, 5)),
        [ids[20], ids[22]]
    );
    assert_eq!(
        found(&class_and_id(CKO_CERTIFICATE.0, 5)),
        [ids[21], ids[23]]
    );
    assert_eq!(found(&class_and_id(CKO_CERTIFICATE.0, 77)), []);
    assert_eq!(found(&by_id(&[5])), ids[20..24]);
    assert_eq!(found(&all()), ids);
}

fn pins_change_lock_and_reset(vault: &Vault) {
    ready(vault);
    let id = insert(vault, Access::Private, b"k", b"kept");
    vault.set_pin(USER, &pin("user"), &pin("other")).unwrap();
    assert_eq!(body(vault, id).unwrap(), b"kept");
    vault.logout();
    for failures in 1..=10 {
        let error = vault.login(USER, &pin("wrong")).unwrap_err();
        assert_eq!(error.rv().code(), rv::CKR_PIN_INCORRECT);
        assert_eq!(vault.info().unwrap().user_pin.failures, failures);
    }
    let error = vault.login(USER, &pin("other")).unwrap_err();
    assert_eq!(error.rv().code(), rv::CKR_PIN_LOCKED);
    assert!(vault.info().unwrap().user_pin.is_locked());
    vault.login(SO, &pin("sososo")).unwrap();
    vault.init_pin(&pin("again")).unwrap();
    vault.logout();
    vault.login(USER, &pin("again")).unwrap();
    assert_eq!(body(vault, id).unwrap(), b"kept");
    vault.check_pin(USER, &pin("again")).unwrap();
    assert!(vault.check_pin(USER, &pin("wrong")).is_err());
    assert_eq!(vault.info().unwrap().user_pin.failures, 1);
    vault.set_pin(SO, &pin("sososo"), &pin("officer")).unwrap();
    assert!(vault.check_pin(SO, &pin("sososo")).is_err());
    vault.check_pin(SO, &pin("officer")).unwrap();
}

fn numbers_are_never_used_again(vault: &Vault) {
    ready(vault);
    let first = insert(vault, Access::Public, b"a", b"");
    vault.apply(vec![Change::Delete(first)]).unwrap();
    assert!(insert(vault, Access::Public, b"a", b"") > first);
}

fn the_epoch_follows_each_change(vault: &Vault) {
    ready(vault);
    let mut last = vault.epoch().unwrap();
    let mut moved = |name: &str| {
        let now = vault.epoch().unwrap();
        assert_ne!(now, last, "{name}");
        assert_eq!(now, vault.epoch().unwrap());
        last = now;
    };
    let id = insert(vault, Access::Private, b"a", b"");
    moved("insert");
    vault.apply(vec![Change::Delete(id)]).unwrap();
    moved("delete");
    vault.login(USER, &pin("wrong")).unwrap_err();
    moved("wrong PIN");
}

fn reinitialisation_erases(vault: &Vault) {
    ready(vault);
    let id = insert(vault, Access::Public, b"a", b"");
    let before = vault.info().unwrap();
    let wrong = pin("wrong");
    let error = vault.reinitialize(&new_token(&wrong)).unwrap_err();
    assert_eq!(error.rv().code(), rv::CKR_PIN_INCORRECT);
    assert_eq!(vault.info().unwrap().so_pin.failures, 1);
    let right = pin("sososo");
    let mut new = new_token(&right);
    new.label = "again";
    new.slot = SlotId(77);
    vault.reinitialize(&new).unwrap();
    let info = vault.info().unwrap();
    assert_eq!((info.label.as_str(), info.slot), ("again", SlotId(3)));
    assert_eq!(info.serial, before.serial);
    assert!(info.generation > before.generation && !info.user_pin.is_set);
    assert_eq!(vault.find(&all(), Access::Private).unwrap(), []);
    assert!(vault.load(id).unwrap().is_none());
    ready(vault);
}

#[test]
fn memory_keeps_the_contract() {
    exercise(&|| Vault::create_in_memory(&new_token(&pin("sososo"))).unwrap());
}

#[test]
fn sqlite_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let count = core::cell::Cell::new(0);
    exercise(&|| {
        count.set(count.get() + 1);
        let path = folder.path().join(format!("slot-{}.token", count.get()));
        Vault::create(&path, &new_token(&pin("sososo"))).unwrap()
    });
}
