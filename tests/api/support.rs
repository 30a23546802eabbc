// SPDX-License-Identifier: MIT OR Apache-2.0
//! A token that is ready for use, and short words for templates and answers.

use keystead::config::{Config, StoreLocation};
use keystead::error::Result;
use keystead::mechanism::{Mechanism, Params, find};
use keystead::module::{Module, Reply, Room};
use keystead::object::{RawValue, Template};
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_ID, CKA_KEY_TYPE, CKA_PRIVATE, CKA_TOKEN, CKA_VALUE, CKA_VALUE_LEN,
};
use keystead::pkcs11::class::{CKO_DATA, CKO_SECRET_KEY};
use keystead::pkcs11::flag::{CKF_RW_SESSION, CKF_SERIAL_SESSION};
use keystead::pkcs11::key_type::{CKK_AES, CKK_GENERIC_SECRET};
use keystead::pkcs11::mechanism::CKM_AES_KEY_GEN;
use keystead::pkcs11::rv::CKR_OK;
use keystead::pkcs11::user::{CKU_SO, CKU_USER};
use keystead::pkcs11::{
    AttributeType, MechanismType, ObjectHandle, ReturnCode, SessionHandle, SlotId,
};

pub(crate) const SO_PIN: &[u8] = b"so-pin-8765";
pub(crate) const USER_PIN: &[u8] = b"user-pin-1234";
pub(crate) const SLOT: SlotId = SlotId(0);
pub(crate) const TRUE: &[u8] = &[1];
pub(crate) const FALSE: &[u8] = &[0];
pub(crate) const RO: u64 = CKF_SERIAL_SESSION;
pub(crate) const RW: u64 = CKF_SERIAL_SESSION | CKF_RW_SESSION;

/// The code of an answer.
pub(crate) fn code<T>(outcome: Result<T>) -> ReturnCode {
    outcome.map_or_else(|error| error.rv().code(), |_| CKR_OK)
}

pub(crate) fn label(text: &str) -> [u8; 32] {
    let mut label = [b' '; 32];
    label[..text.len()].copy_from_slice(text.as_bytes());
    label
}

/// A module with its tokens in memory, none initialised.
pub(crate) fn blank() -> Module {
    Module::with_config(Config::in_memory()).unwrap()
}

/// A module with one token, whose SO and user have PINs.
pub(crate) fn ready() -> Module {
    let module = blank();
    prepare(&module);
    module
}

/// A module over a directory.
pub(crate) fn over(directory: &std::path::Path) -> Module {
    let config = Config {
        store: StoreLocation::Directory(directory.to_path_buf()),
        ..Config::in_memory()
    };
    Module::with_config(config).unwrap()
}

/// Initialises the token and the user's PIN, and leaves no session open.
pub(crate) fn prepare(module: &Module) {
    module.init_token(SLOT, SO_PIN, &label("test")).unwrap();
    let session = module.open_session(SLOT, RW).unwrap();
    module.login(session, CKU_SO, Some(SO_PIN)).unwrap();
    module.init_pin(session, USER_PIN).unwrap();
    module.close_session(session).unwrap();
}

/// A read/write session of the user.
pub(crate) fn user(module: &Module) -> SessionHandle {
    let session = module.open_session(SLOT, RW).unwrap();
    module.login(session, CKU_USER, Some(USER_PIN)).unwrap();
    session
}

/// A template from types and bytes.
pub(crate) fn template<'a>(entries: &[(AttributeType, &'a [u8])]) -> Template<'a> {
    Template(
        entries
            .iter()
            .map(|(id, bytes)| (*id, RawValue::Bytes(bytes)))
            .collect(),
    )
}

pub(crate) fn row(id: MechanismType) -> &'static Mechanism {
    find(id).unwrap()
}

/// The row of a mechanism without parameter.
pub(crate) fn plain(id: MechanismType) -> Option<(&'static Mechanism, &'static Params<'static>)> {
    Some((row(id), &Params::None))
}

/// A data object with this id in its label place.
pub(crate) fn data(
    module: &Module,
    session: SessionHandle,
    more: &[(AttributeType, &[u8])],
) -> Result<ObjectHandle> {
    let class = CKO_DATA.0.to_ne_bytes();
    let mut entries = vec![(CKA_CLASS, &class[..])];
    entries.extend_from_slice(more);
    module.create_object(session, &template(&entries))
}

/// A public session AES key with a known value.
pub(crate) fn aes_key(
    module: &Module,
    session: SessionHandle,
    value: &[u8],
    more: &[(AttributeType, &[u8])],
) -> Result<ObjectHandle> {
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let key_type = CKK_AES.0.to_ne_bytes();
    let mut entries = vec![
        (CKA_CLASS, &class[..]),
        (CKA_KEY_TYPE, &key_type[..]),
        (CKA_VALUE, value),
    ];
    if !more.iter().any(|(id, _)| *id == CKA_PRIVATE) {
        entries.push((CKA_PRIVATE, FALSE));
    }
    entries.extend_from_slice(more);
    module.create_object(session, &template(&entries))
}

/// A generated AES-256 key in the token.
pub(crate) fn stored_key(
    module: &Module,
    session: SessionHandle,
    id: &[u8],
) -> Result<ObjectHandle> {
    let len = 32_u64.to_ne_bytes();
    let wanted = template(&[(CKA_TOKEN, TRUE), (CKA_VALUE_LEN, &len), (CKA_ID, id)]);
    module.generate_key(session, row(CKM_AES_KEY_GEN), &Params::None, &wanted)
}

/// Everything that a search finds.
pub(crate) fn search(
    module: &Module,
    session: SessionHandle,
    entries: &[(AttributeType, &[u8])],
) -> Vec<ObjectHandle> {
    module
        .find_objects_init(session, &template(entries))
        .unwrap();
    let found = module.find_objects(session, 10_000).unwrap();
    module.find_objects_final(session).unwrap();
    found
}

/// The bytes of an answer.
pub(crate) fn bytes(reply: Reply) -> Vec<u8> {
    match reply {
        Reply::Bytes(bytes) => bytes.expose().to_vec(),
        Reply::Length(len) => panic!("a length of {len} instead of bytes"),
    }
}

/// The length in an answer.
pub(crate) fn length(reply: Reply) -> usize {
    match reply {
        Reply::Length(len) => len,
        Reply::Bytes(bytes) => panic!("{} bytes instead of a length", bytes.len()),
    }
}

/// More room than anything needs.
pub(crate) const ROOMY: Room = Room::Bytes(1 << 20);

/// A public session key for HMAC with a known value.
pub(crate) fn hmac_key(
    module: &Module,
    session: SessionHandle,
    value: &[u8],
) -> Result<ObjectHandle> {
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let key_type = CKK_GENERIC_SECRET.0.to_ne_bytes();
    let entries = [
        (CKA_CLASS, &class[..]),
        (CKA_KEY_TYPE, &key_type[..]),
        (CKA_VALUE, value),
        (CKA_PRIVATE, FALSE),
    ];
    module.create_object(session, &template(&entries))
}
