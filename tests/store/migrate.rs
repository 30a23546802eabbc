// SPDX-License-Identifier: MIT OR Apache-2.0
//! Token files of every version open for ever. A fixture is made once by `make` and never again.

use std::path::Path;

use keystead::store::{Access, Vault};

use crate::support::{SO, USER, all, body, by_id, folder, insert, new_token, pin, ready};

/// Where a new version's fixture is to be written; unset in all other runs.
const MAKE: &str = "KEYSTEAD_TEST_MAKE_FIXTURE";

/// A token with one object of each kind and one that came without login.
#[test]
fn a_fixture_of_the_newest_version_can_be_made() {
    let folder = folder();
    let path = folder.path().join("fixture.token");
    let vault = Vault::create(&path, &new_token(&pin("sososo"))).unwrap();
    ready(&vault);
    insert(&vault, Access::Private, b"private", b"a private object");
    insert(&vault, Access::Public, b"public", b"a public object");
    vault.logout();
    insert(&vault, Access::Public, b"late", b"an unattested object");
    drop(vault);
    read(&path);
    if let Ok(target) = std::env::var(MAKE) {
        std::fs::copy(&path, target).unwrap();
    }
}

fn read(path: &Path) {
    let folder = folder();
    let copy = folder.path().join("copy.token");
    std::fs::copy(path, &copy).unwrap();
    let vault = Vault::open(&copy).unwrap();
    assert_eq!(vault.info().unwrap().label, "test token");
    vault.login(USER, &pin("user")).unwrap();
    assert_eq!(vault.find(&all(), Access::Private).unwrap().len(), 3);
    for (key, text) in [
        (b"private".as_slice(), b"a private object".as_slice()),
        (b"public", b"a public object"),
        (b"late", b"an unattested object"),
    ] {
        let found = vault.find(&by_id(key), Access::Private).unwrap();
        assert_eq!(body(&vault, found[0]).unwrap(), text);
    }
    let outcome = vault.verify().unwrap();
    assert_eq!((outcome.good, outcome.unattested), (3, 0));
    assert_eq!(outcome.problems, Vec::<String>::new());
    vault.check_pin(SO, &pin("sososo")).unwrap();
}

#[test]
fn every_stored_version_opens() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store/fixtures");
    let mut count = 0;
    for entry in std::fs::read_dir(fixtures).unwrap() {
        read(&entry.unwrap().path());
        count += 1;
    }
    assert_eq!(count, 1, "one fixture for each version");
}

#[test]
fn a_file_of_a_future_version_is_left_alone() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    Vault::create(&path, &new_token(&pin("sososo"))).unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let error = Vault::open(&path).unwrap_err();
    let code = keystead::pkcs11::rv::CKR_TOKEN_NOT_RECOGNIZED;
    assert_eq!(error.rv().code(), code);
}
