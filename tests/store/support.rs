// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the tests of the store share.

use keystead::object::RecordId;
use keystead::pkcs11::SlotId;
use keystead::pkcs11::attribute::{CKA_CLASS, CKA_ID, CKA_LABEL};
use keystead::pkcs11::class::{CKO_CERTIFICATE, CKO_PRIVATE_KEY};
use keystead::secret::{Pin, SecretBytes};
use keystead::store::{Access, Change, KdfCost, NewRecord, NewToken, Query, Role, Vault};

pub(crate) const SO: Role = Role::SecurityOfficer;
pub(crate) const USER: Role = Role::User;

pub(crate) fn pin(text: &str) -> Pin {
    Pin::new(text.as_bytes()).unwrap()
}

pub(crate) fn new_token(so_pin: &Pin) -> NewToken<'_> {
    NewToken {
        slot: SlotId(3),
        label: "test token",
        so_pin,
        recovery: true,
        pin_tries_max: 10,
        kdf: KdfCost::Minimum,
    }
}

/// Sets the user's PIN to "user" and logs in as user; the SO's PIN is "sososo".
pub(crate) fn ready(vault: &Vault) {
    vault.login(SO, &pin("sososo")).unwrap();
    vault.init_pin(&pin("user")).unwrap();
    vault.logout();
    vault.login(USER, &pin("user")).unwrap();
}

pub(crate) fn record(access: Access, id: &[u8], label: &str, body: &[u8]) -> NewRecord {
    let class = match access {
        Access::Private => CKO_PRIVATE_KEY,
        Access::Public => CKO_CERTIFICATE,
    };
    NewRecord {
        class,
        access,
        body: SecretBytes::from_slice(body),
        index: vec![
            (CKA_CLASS, class.0.to_be_bytes().to_vec()),
            (CKA_ID, id.to_vec()),
            (CKA_LABEL, label.as_bytes().to_vec()),
        ],
    }
}

pub(crate) fn insert(vault: &Vault, access: Access, id: &[u8], body: &[u8]) -> RecordId {
    let ids = vault
        .apply(vec![Change::Insert(record(access, id, "label", body))])
        .unwrap();
    ids[0]
}

pub(crate) fn by_id(id: &[u8]) -> Query {
    Query {
        equal: vec![(CKA_ID, id.to_vec())],
    }
}

pub(crate) fn all() -> Query {
    Query::default()
}

pub(crate) fn body(vault: &Vault, id: RecordId) -> Option<Vec<u8>> {
    let record = vault.load(id).unwrap();
    record.map(|record| record.body.expose().to_vec())
}

/// A folder in memory where there is one, since the tests write much.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// Numbers that are the same in each run: SplitMix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}
