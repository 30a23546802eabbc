// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a hand on the token file can do: be detected, or do no harm.

use std::path::Path;

use keystead::error::Error;
use keystead::object::RecordId;
use keystead::store::{Access, Change, TokenRecord, Vault};

use crate::support::{Random, SO, USER, all, by_id, folder, insert, new_token, pin, ready};

const OBJECTS: u8 = 12;
const SAMPLES: usize = 2_400;
const HEADER_LEN: usize = 100;

/// What a token answers when nobody touched it.
struct Truth {
    info: TokenRecord,
    objects: Vec<(RecordId, Access, Vec<u8>, Vec<u8>)>,
    gone: RecordId,
}

fn make(path: &Path) -> Truth {
    let vault = Vault::create(path, &new_token(&pin("sososo"))).unwrap();
    ready(&vault);
    let mut objects = Vec::new();
    let mut gone = RecordId(0);
    for n in 0..OBJECTS {
        let access = match n % 3 {
            0 => Access::Public,
            _ => Access::Private,
        };
        let key = vec![n; 4];
        let body = vec![n; 100 + 40 * usize::from(n)];
        let id = insert(&vault, access, &key, &body);
        if n == 5 {
            vault.apply(vec![Change::Delete(id)]).unwrap();
            gone = id;
        } else {
            objects.push((id, access, key, body));
        }
    }
    // A change without login, so that the journal is not empty.
    vault.logout();
    let body = b"unattested".to_vec();
    let id = insert(&vault, Access::Public, b"late", &body);
    objects.push((id, Access::Public, b"late".to_vec(), body));
    Truth {
        info: vault.info().unwrap(),
        objects,
        gone,
    }
}

/// Asks everything; an error is a detection, a wrong answer stops the test.
fn ask(path: &Path, truth: &Truth, at: usize) -> Result<(), Error> {
    let vault = Vault::open(path)?;
    assert_eq!(vault.info()?, truth.info, "byte {at}");
    look(&vault, truth, Access::Public, at)?;
    vault.login(USER, &pin("user"))?;
    look(&vault, truth, Access::Private, at)?;
    assert!(vault.load(truth.gone)?.is_none(), "byte {at}");
    vault.logout();
    vault.login(SO, &pin("sososo"))
}

fn look(vault: &Vault, truth: &Truth, visible: Access, at: usize) -> Result<(), Error> {
    let mut ids = Vec::new();
    for (id, access, key, body) in &truth.objects {
        if visible == Access::Public && *access == Access::Private {
            continue;
        }
        ids.push(*id);
        assert_eq!(vault.find(&by_id(key), visible)?, [*id], "byte {at}");
        assert_eq!(vault.generation(*id)?, Some(1), "byte {at}");
        let record = vault.load(*id)?;
        let record = record.unwrap_or_else(|| panic!("byte {at} hides {id:?}"));
        assert_eq!(record.body.expose(), body, "byte {at}");
        assert_eq!(record.access, *access, "byte {at}");
    }
    assert_eq!(vault.find(&all(), visible)?, ids, "byte {at}");
    assert_eq!(vault.find(&by_id(b"none"), visible)?, [], "byte {at}");
    Ok(())
}

#[test]
fn a_flipped_byte_is_detected_or_harmless() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let truth = make(&path);
    let whole = std::fs::read(&path).unwrap();
    assert!(ask(&path, &truth, 0).is_ok());
    let mut random = Random(0x5EED);
    let step = (whole.len() - HEADER_LEN) / SAMPLES;
    let samples = (HEADER_LEN..whole.len()).step_by(step.max(1));
    let (mut detected, mut harmless) = (0, 0);
    for at in (0..HEADER_LEN).chain(samples) {
        let mut bent = whole.clone();
        bent[at] ^= u8::try_from(random.below(255)).unwrap() + 1;
        let path = folder.path().join(format!("bent-{at}.token"));
        std::fs::write(&path, bent).unwrap();
        match ask(&path, &truth, at) {
            Ok(()) => harmless += 1,
            // SQLite calls a file whose write version is unknown (byte 18) read-only.
            Err(
                Error::DeviceError(_)
                | Error::TokenNotRecognized(_)
                | Error::TokenWriteProtected(_),
            ) => detected += 1,
            Err(other) => panic!("byte {at}: {other} is a wrong answer"),
        }
        for suffix in ["", "-wal", "-shm", ".word"] {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            let _ = std::fs::remove_file(name);
        }
    }
    assert!(detected + harmless >= 2_000);
    assert!(detected > 500, "{detected} detected, {harmless} harmless");
}

/// Changes a token with plain SQL and gives what the check says afterwards.
fn after(sql: &str) -> Vec<String> {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    make(&path);
    let check = |path: &Path| {
        let vault = Vault::open(path).unwrap();
        if let Err(error) = vault.login(USER, &pin("user")) {
            return vec![error.to_string()];
        }
        vault.verify().unwrap().problems
    };
    assert_eq!(check(&path), Vec::<String>::new());
    let connection = rusqlite::Connection::open(&path).unwrap();
    assert!(connection.execute_batch(sql).is_ok(), "{sql}");
    assert!(connection.total_changes() > 0, "{sql}");
    drop(connection);
    check(&path)
}

#[test]
fn rows_deleted_swapped_or_put_back_are_found() {
    for sql in [
        "DELETE FROM object WHERE id = 2",
        "DELETE FROM object WHERE id = 1",
        "UPDATE object SET id = -2 WHERE id = 2; UPDATE object SET id = 2 WHERE id = 3;
         UPDATE object SET id = 3 WHERE id = -2",
        "UPDATE object SET body = (SELECT body FROM object WHERE id = 3) WHERE id = 2",
        "INSERT INTO object SELECT 99, head, body FROM object WHERE id = 2",
        "UPDATE object SET body = zeroblob(40) WHERE id = 4",
        "DELETE FROM chain WHERE key = (SELECT max(key) FROM chain)",
        "DELETE FROM chain WHERE key = (SELECT min(key) FROM chain)",
        "DELETE FROM chain",
        "UPDATE chain SET link = zeroblob(16) WHERE key = (SELECT max(key) FROM chain)",
        "DELETE FROM cell WHERE id = 5",
        "UPDATE cell SET value = zeroblob(60) WHERE id = 4",
    ] {
        assert_ne!(after(sql), Vec::<String>::new(), "{sql}");
    }
}

#[test]
fn an_older_state_of_one_object_is_found() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let vault = Vault::create(&path, &new_token(&pin("sososo"))).unwrap();
    ready(&vault);
    let id = insert(&vault, Access::Private, b"k", b"old");
    let connection = rusqlite::Connection::open(&path).unwrap();
    let keep = "CREATE TEMP TABLE kept AS SELECT * FROM object";
    connection.execute_batch(keep).unwrap();
    let new = crate::support::record(Access::Private, b"k", "label", b"new");
    vault.apply(vec![Change::Replace(id, 1, new)]).unwrap();
    assert_eq!(vault.verify().unwrap().problems, Vec::<String>::new());
    let back = "INSERT OR REPLACE INTO object SELECT * FROM kept";
    connection.execute_batch(back).unwrap();
    assert_eq!(vault.verify().unwrap().problems.len(), 1);
}

/// The generation tells an older copy that was put back as it was. It is no proof against somebody who
/// can write as well: public objects need no login, and each of them raises the number.
#[test]
fn an_older_copy_catches_up_with_a_generation_without_any_pin() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let copy = folder.path().join("copy");
    let vault = Vault::create(&path, &new_token(&pin("sososo"))).unwrap();
    ready(&vault);
    drop(vault);
    std::fs::copy(&path, &copy).unwrap();
    let vault = Vault::open(&path).unwrap();
    vault.login(USER, &pin("user")).unwrap();
    let lost = insert(&vault, Access::Private, b"k", b"lost");
    let noted = vault.info().unwrap().generation;
    drop(vault);
    std::fs::copy(&copy, &path).unwrap();
    let vault = Vault::open(&path).unwrap();
    assert!(vault.info().unwrap().generation < noted);
    while vault.info().unwrap().generation < noted {
        insert(&vault, Access::Public, b"p", b"filler");
    }
    vault.login(USER, &pin("user")).unwrap();
    let problems = vault.verify().unwrap().problems;
    assert_eq!(problems, Vec::<String>::new());
    let info = vault.info().unwrap();
    assert!(info.generation >= noted && info.sealed >= noted);
    assert_ne!(crate::support::body(&vault, lost).unwrap(), b"lost");
}
