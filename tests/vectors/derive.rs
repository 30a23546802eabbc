// SPDX-License-Identifier: MIT OR Apache-2.0
//! Help for the vectors of key derivations: a token in memory, keys with known values, and the value
//! of what comes out.

use keystead::config::Config;
use keystead::error::Result;
use keystead::mechanism::{Params, find};
use keystead::object::{RawValue, Template};
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_DERIVE, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_PRIVATE, CKA_SENSITIVE, CKA_VALUE,
    CKA_VALUE_LEN,
};
use keystead::pkcs11::class::CKO_SECRET_KEY;
use keystead::pkcs11::flag::{CKF_RW_SESSION, CKF_SERIAL_SESSION};
use keystead::pkcs11::key_type::CKK_GENERIC_SECRET;
use keystead::pkcs11::{
    AttributeType, KeyType, MechanismType, ObjectHandle, SessionHandle, SlotId,
};

use crate::device::Module;

pub(crate) const TRUE: &[u8] = &[1];
pub(crate) const FALSE: &[u8] = &[0];

pub(crate) struct Bench {
    pub(crate) module: Module,
    pub(crate) session: SessionHandle,
}

pub(crate) fn template<'a>(entries: &[(AttributeType, &'a [u8])]) -> Template<'a> {
    let entry = |(id, bytes): &(AttributeType, &'a [u8])| (*id, RawValue::Bytes(bytes));
    Template(entries.iter().map(entry).collect())
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

impl Bench {
    pub(crate) fn new() -> Self {
        let module = Module::with_config(Config::in_memory()).unwrap();
        module
            .init_token(SlotId(0), b"so-pin-1234", &[b' '; 32])
            .unwrap();
        let flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
        let session = module.open_session(SlotId(0), flags).unwrap();
        Self { module, session }
    }

    /// A readable key with a known value.
    pub(crate) fn key(&self, key_type: KeyType, value: &[u8]) -> ObjectHandle {
        self.key_with(
            key_type,
            value,
            &[(CKA_SENSITIVE, FALSE), (CKA_EXTRACTABLE, TRUE)],
        )
    }

    pub(crate) fn key_with(
        &self,
        key_type: KeyType,
        value: &[u8],
        more: &[(AttributeType, &[u8])],
    ) -> ObjectHandle {
        let class = CKO_SECRET_KEY.0.to_ne_bytes();
        let key_type = key_type.0.to_ne_bytes();
        let mut entries = vec![
            (CKA_CLASS, &class[..]),
            (CKA_KEY_TYPE, &key_type[..]),
            (CKA_VALUE, value),
            (CKA_PRIVATE, FALSE),
            (CKA_DERIVE, TRUE),
        ];
        entries.extend_from_slice(more);
        let entries = template(&entries);
        self.module.create_object(self.session, &entries).unwrap()
    }

    pub(crate) fn generic(&self, value: &[u8]) -> ObjectHandle {
        self.key(CKK_GENERIC_SECRET, value)
    }

    /// CKA_VALUE
    pub(crate) fn value(&self, key: ObjectHandle) -> Vec<u8> {
        let object = self.module.object(self.session, key).unwrap();
        object.attributes().bytes(CKA_VALUE).unwrap().to_vec()
    }

    pub(crate) fn derive(
        &self,
        id: MechanismType,
        params: &Params<'_>,
        base: ObjectHandle,
        more: &[(AttributeType, &[u8])],
    ) -> Result<ObjectHandle> {
        let mut entries = vec![(CKA_PRIVATE, FALSE)];
        entries.extend_from_slice(more);
        let row = find(id).unwrap();
        self.module
            .derive_key(self.session, row, params, base, &template(&entries))
    }

    /// The value of a generic secret of this length, or of the length the mechanism gives.
    pub(crate) fn derived(
        &self,
        id: MechanismType,
        params: &Params<'_>,
        base: ObjectHandle,
        len: Option<usize>,
    ) -> Result<Vec<u8>> {
        let len = len.map(|len| (len as u64).to_ne_bytes());
        let mut wanted = vec![(CKA_SENSITIVE, FALSE), (CKA_EXTRACTABLE, TRUE)];
        wanted.extend(len.iter().map(|len| (CKA_VALUE_LEN, &len[..])));
        let key = self.derive(id, params, base, &wanted)?;
        let value = self.value(key);
        self.module.destroy_object(self.session, key).unwrap();
        Ok(value)
    }
}
