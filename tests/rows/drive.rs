// SPDX-License-Identifier: MIT OR Apache-2.0
//! What `tests/vectors/` drives its rows with, on the shared library: each operation has a session
//! of its own, and the key is made by `C_CreateObject`.
//!
//! Source: PKCS#11 v3.2, "Functions".

use std::cell::Cell;
use std::sync::{Arc, OnceLock};

use keystead::config::Config;
use keystead::error::Result;
use keystead::mechanism::{Accumulate, Check, Params, Transform, find};
use keystead::module::{Reply, Room};
use keystead::object::{AttributeMap, RawValue, Template, Value};
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_DERIVE, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_PRIVATE, CKA_SENSITIVE, CKA_VALUE,
    CKA_VALUE_LEN,
};
use keystead::pkcs11::class::CKO_SECRET_KEY;
use keystead::pkcs11::flag::{CKF_RW_SESSION, CKF_SERIAL_SESSION};
use keystead::pkcs11::key_type::CKK_GENERIC_SECRET;
use keystead::pkcs11::{KeyType, MechanismType, ObjectHandle, SessionHandle, SlotId};
use keystead::secret::SecretBytes;

use crate::bench::{output, template};
use crate::device::{Flow, Given, Module};

/// The token that all of them share.
fn module() -> &'static Module {
    static MODULE: OnceLock<Module> = OnceLock::new();
    MODULE.get_or_init(|| {
        let module = Module::with_config(Config::in_memory()).unwrap();
        module
            .init_token(SlotId(0), b"so-pin-1234", &[b' '; 32])
            .unwrap();
        module
    })
}

/// A session, closed when it is dropped, with what was made in it.
struct Session(SessionHandle);

impl Session {
    fn new() -> Self {
        let flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
        Self(module().open_session(SlotId(0), flags).unwrap())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = module().close_session(self.0);
    }
}

/// A key object, as long as it is used.
pub(crate) struct Made {
    session: Session,
    handle: ObjectHandle,
}

fn create(key_type: KeyType, value: &[u8]) -> Result<Made> {
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let key_type = key_type.0.to_ne_bytes();
    let entries = template(&[
        (CKA_CLASS, &class),
        (CKA_KEY_TYPE, &key_type),
        (CKA_VALUE, value),
        (CKA_PRIVATE, &[0]),
        (CKA_SENSITIVE, &[0]),
        (CKA_EXTRACTABLE, &[1]),
        (CKA_DERIVE, &[1]),
    ]);
    let session = Session::new();
    let handle = module().create_object(session.0, &entries)?;
    Ok(Made { session, handle })
}

/// A key that may do everything.
pub(crate) fn key(key_type: KeyType, value: &[u8]) -> Arc<Made> {
    Arc::new(create(key_type, value).unwrap())
}

/// Something that was started, and starts again after its end.
struct Running {
    session: Session,
    key: Arc<Made>,
    given: Given,
    start: fn(&Module, SessionHandle, &Given, ObjectHandle) -> Result<()>,
    is_active: Cell<bool>,
}

impl Running {
    fn new(
        id: MechanismType,
        key: &Arc<Made>,
        params: &Params<'_>,
        start: fn(&Module, SessionHandle, &Given, ObjectHandle) -> Result<()>,
    ) -> Result<Self> {
        let running = Self {
            session: Session::new(),
            key: Arc::clone(key),
            given: Given::new(find(id).unwrap(), params),
            start,
            is_active: Cell::new(false),
        };
        running.active()?;
        Ok(running)
    }

    /// Starts what is not running.
    fn active(&self) -> Result<SessionHandle> {
        if !self.is_active.get() {
            (self.start)(module(), self.session.0, &self.given, self.key.handle)?;
            self.is_active.set(true);
        }
        Ok(self.session.0)
    }

    /// An answer that ends what runs, whatever it is.
    fn ended<T>(&self, outcome: T) -> T {
        self.is_active.set(false);
        outcome
    }
}

/// The length, then as many bytes.
fn both(call: impl Fn(Room) -> Result<Reply>) -> Result<SecretBytes> {
    let Reply::Length(len) = call(Room::Query)? else {
        panic!("bytes instead of a length");
    };
    let made = output(call(Room::Bytes(len))?);
    assert!(made.len() <= len);
    Ok(SecretBytes::new(made))
}

fn length(reply: Result<Reply>) -> usize {
    let Reply::Length(len) = reply.unwrap() else {
        panic!("bytes instead of a length");
    };
    len
}

struct Cipher {
    flow: Flow,
    running: Running,
}

impl Cipher {
    fn call(&self, input: &[u8], room: Room) -> Result<Reply> {
        let session = self.running.active()?;
        match self.flow {
            Flow::Encrypt => module().encrypt(session, input, room),
            Flow::Decrypt => module().decrypt(session, input, room),
        }
    }

    fn part(&self, input: &[u8], room: Room) -> Result<Reply> {
        let session = self.running.active()?;
        match self.flow {
            Flow::Encrypt => module().encrypt_update(session, input, room),
            Flow::Decrypt => module().decrypt_update(session, input, room),
        }
    }

    fn end(&self, room: Room) -> Result<Reply> {
        let session = self.running.active()?;
        match self.flow {
            Flow::Encrypt => module().encrypt_final(session, room),
            Flow::Decrypt => module().decrypt_final(session, room),
        }
    }
}

impl Transform for Cipher {
    fn single_len(&self, input_len: usize) -> usize {
        length(self.call(&vec![0; input_len], Room::Query))
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        let made = both(|room| self.call(input, room));
        self.running.ended(made)
    }

    fn update_len(&self, input_len: usize) -> usize {
        length(self.part(&vec![0; input_len], Room::Query))
    }

    fn update(&mut self, input: &[u8]) -> Result<SecretBytes> {
        let room = Room::Bytes(input.len() + 32);
        self.part(input, room)
            .map(|reply| SecretBytes::new(output(reply)))
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        both(|room| self.end(room))
    }
}

fn cipher(
    flow: Flow,
    id: MechanismType,
    key: &Arc<Made>,
    params: &Params<'_>,
) -> Result<Box<dyn Transform>> {
    let start = match flow {
        Flow::Encrypt => Module::encrypt_start,
        Flow::Decrypt => Module::decrypt_start,
    };
    let running = Running::new(id, key, params, start)?;
    Ok(Box::new(Cipher { flow, running }))
}

pub(crate) fn encryption(
    id: MechanismType,
    key: &Arc<Made>,
    params: &Params<'_>,
) -> Result<Box<dyn Transform>> {
    cipher(Flow::Encrypt, id, key, params)
}

pub(crate) fn decryption(
    id: MechanismType,
    key: &Arc<Made>,
    params: &Params<'_>,
) -> Result<Box<dyn Transform>> {
    cipher(Flow::Decrypt, id, key, params)
}

struct Signer {
    running: Running,
    has_parts: bool,
}

impl Accumulate for Signer {
    fn output_len(&self) -> usize {
        let session = self.running.active().unwrap();
        length(if self.has_parts {
            module().sign_final(session, Room::Query)
        } else {
            module().sign(session, &[], Room::Query)
        })
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        let session = self.running.active()?;
        let made = both(|room| module().sign(session, input, room));
        self.running.ended(made)
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        self.has_parts = true;
        module().sign_update(self.running.active()?, input)
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        let session = self.running.active()?;
        both(|room| module().sign_final(session, room))
    }

    fn save(&self) -> Option<SecretBytes> {
        None
    }
}

struct Verifier(Running);

impl Check for Verifier {
    fn single(self: Box<Self>, input: &[u8], signature: &[u8]) -> Result<()> {
        module().verify(self.0.active()?, input, signature)
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        module().verify_update(self.0.active()?, input)
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<()> {
        module().verify_final(self.0.active()?, signature)
    }
}

pub(crate) fn signature(
    id: MechanismType,
    key: &Arc<Made>,
    params: &Params<'_>,
) -> Result<Box<dyn Accumulate>> {
    let running = Running::new(id, key, params, Module::sign_start)?;
    Ok(Box::new(Signer {
        running,
        has_parts: false,
    }))
}

pub(crate) fn check(
    id: MechanismType,
    key: &Arc<Made>,
    params: &Params<'_>,
) -> Result<Box<dyn Check>> {
    let running = Running::new(id, key, params, Module::verify_start)?;
    Ok(Box::new(Verifier(running)))
}

pub(crate) fn wrap(
    id: MechanismType,
    key: &Arc<Made>,
    params: &Params<'_>,
    secret: &[u8],
) -> Result<Vec<u8>> {
    let secret = create(CKK_GENERIC_SECRET, secret)?;
    let (row, session) = (find(id).unwrap(), secret.session.0);
    let call = |room| module().wrap_key(session, row, params, key.handle, secret.handle, room);
    both(call).map(|made| made.expose().to_vec())
}

/// The template of a readable secret key.
fn readable(
    key_type: KeyType,
    len: Option<usize>,
    call: impl FnOnce(SessionHandle, &Template<'_>) -> Result<ObjectHandle>,
) -> Result<AttributeMap> {
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let key_type = key_type.0.to_ne_bytes();
    let len = len.map(|len| (len as u64).to_ne_bytes());
    let mut wanted = template(&[
        (CKA_CLASS, &class),
        (CKA_KEY_TYPE, &key_type),
        (CKA_PRIVATE, &[0]),
        (CKA_SENSITIVE, &[0]),
        (CKA_EXTRACTABLE, &[1]),
    ]);
    let len = len.iter().map(|len| (CKA_VALUE_LEN, RawValue::Bytes(len)));
    wanted.0.extend(len);
    let session = Session::new();
    let made = call(session.0, &wanted)?;
    Ok(module().object(session.0, made)?.attributes().duplicate())
}

pub(crate) fn unwrap(
    id: MechanismType,
    key: &Arc<Made>,
    params: &Params<'_>,
    wrapped: &[u8],
) -> Result<Vec<u8>> {
    let row = find(id).unwrap();
    let map = readable(CKK_GENERIC_SECRET, None, |session, wanted| {
        module().unwrap_key(session, row, params, key.handle, wrapped, wanted)
    })?;
    Ok(map.bytes(CKA_VALUE).unwrap().to_vec())
}

/// Derives `len` bytes for a key of this type.
pub(crate) fn derive(
    id: MechanismType,
    key: &Arc<Made>,
    params: &Params<'_>,
    wanted: (KeyType, Option<usize>),
) -> Result<Vec<u8>> {
    let row = find(id).unwrap();
    let map = readable(wanted.0, wanted.1, |session, wanted| {
        module().derive_key(session, row, params, key.handle, wanted)
    })?;
    Ok(map.bytes(CKA_VALUE).unwrap().to_vec())
}

/// The attributes of a new key.
pub(crate) fn generate(
    id: MechanismType,
    key_type: KeyType,
    given: AttributeMap,
) -> Result<AttributeMap> {
    let row = find(id).unwrap();
    let len = given.value(CKA_VALUE_LEN).map(|len| match len {
        Value::Ulong(len) => usize::try_from(*len).unwrap(),
        other => panic!("{other:?}"),
    });
    readable(key_type, len, |session, wanted| {
        module().generate_key(session, row, &Params::None, wanted)
    })
}

/// There and back in one go, against what is published.
pub(crate) fn both_ways(
    id: MechanismType,
    key: &Arc<Made>,
    params: &Params<'_>,
    text: &[u8],
    sealed: &str,
) {
    let made = encryption(id, key, params).unwrap().single(text).unwrap();
    assert_eq!(hex::encode(made.expose()), sealed, "{id}");
    let opened = decryption(id, key, params).unwrap();
    let opened = opened.single(made.expose()).unwrap();
    assert_eq!(opened.expose(), text, "{id}");
    for (flow, input, wanted) in [
        (Flow::Encrypt, text, made.expose()),
        (Flow::Decrypt, made.expose(), text),
    ] {
        let mut parts = cipher(flow, id, key, params).unwrap();
        let mut all = Vec::new();
        for part in input.chunks(7) {
            all.extend_from_slice(parts.update(part).unwrap().expose());
        }
        all.extend_from_slice(parts.finish().unwrap().expose());
        assert_eq!(hex::encode(all), hex::encode(wanted), "{id} in parts");
    }
}

/// A MAC against what is published, and its check, also of a wrong one.
pub(crate) fn mac(
    id: MechanismType,
    key: &Arc<Made>,
    params: &Params<'_>,
    text: &[u8],
    expected: &str,
) {
    let made = signature(id, key, params).unwrap().single(text).unwrap();
    assert_eq!(hex::encode(made.expose()), expected, "{id}");
    let right = made.expose();
    check(id, key, params).unwrap().single(text, right).unwrap();
    let (row, session) = (find(id).unwrap(), Session::new());
    let request = (row, params);
    let by_message = module().sign_message(session.0, request, key.handle, text);
    assert_eq!(by_message.unwrap(), right, "{id} as a message");
    module()
        .verify_message(session.0, request, key.handle, text, right)
        .unwrap();
    let mut wrong = right.to_vec();
    wrong[0] ^= 1;
    assert!(
        check(id, key, params)
            .unwrap()
            .single(text, &wrong)
            .is_err()
    );
    let short = &right[1..];
    assert!(check(id, key, params).unwrap().single(text, short).is_err());
}
