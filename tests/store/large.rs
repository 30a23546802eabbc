// SPDX-License-Identifier: MIT OR Apache-2.0
//! A search in a large token is a look-up, shown by counting rows, not by a clock.

use keystead::pkcs11::attribute::{CKA_CLASS, CKA_ID, CKA_LABEL};
use keystead::pkcs11::class::CKO_PRIVATE_KEY;
use keystead::store::{Access, Change, Query, Vault};

use crate::support::{by_id, folder, new_token, pin, ready, record};

const COUNT: u32 = 100_000;

#[test]
fn a_key_among_100_000_is_found_by_reading_a_few_rows() {
    let folder = folder();
    let path = folder.path().join("slot-3.token");
    let vault = Vault::create(&path, &new_token(&pin("sososo"))).unwrap();
    ready(&vault);
    let changes = (0..COUNT)
        .map(|n| {
            let id = n.to_be_bytes();
            Change::Insert(record(Access::Private, &id, "all the same", b"key"))
        })
        .collect();
    let ids = vault.apply(changes).unwrap();
    let class = (CKA_CLASS, CKO_PRIVATE_KEY.0.to_be_bytes().to_vec());
    let rows_of = |query: &Query, found: usize| {
        let before = vault.rows_read();
        assert_eq!(vault.find(query, Access::Private).unwrap().len(), found);
        vault.rows_read() - before
    };
    for n in [0, 1, 77_777, COUNT - 1] {
        let mut query = by_id(&n.to_be_bytes());
        let found = vault.find(&query, Access::Private).unwrap();
        assert_eq!(found, [ids[usize::try_from(n).unwrap()]]);
        assert!(rows_of(&query, 1) < 20);
        query.equal.insert(0, class.clone());
        query.equal.push((CKA_LABEL, b"all the same".to_vec()));
        assert!(rows_of(&query, 1) < 40);
    }
    assert!(rows_of(&by_id(b"none"), 0) < 20);
    let before = vault.rows_read();
    vault.load(ids[500]).unwrap().unwrap();
    let change = record(Access::Private, b"new", "new", b"new");
    vault
        .apply(vec![Change::Replace(ids[500], 1, change)])
        .unwrap();
    vault.apply(vec![Change::Delete(ids[600])]).unwrap();
    assert!(vault.rows_read() - before < 100);
    let wide = Query {
        equal: vec![class, (CKA_ID, b"new".to_vec())],
    };
    assert!(rows_of(&wide, 1) < 40);
}
