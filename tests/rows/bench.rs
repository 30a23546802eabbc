// SPDX-License-Identifier: MIT OR Apache-2.0
//! A token of the shared library that runs vectors.

use std::collections::BTreeMap;

use keystead::config::Config;
use keystead::error::Result;
use keystead::mechanism::{Mechanism, Params, find};
use keystead::module::{Reply, Room};
use keystead::object::{RawValue, Template};
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_SENSITIVE, CKA_VALUE, CKA_VALUE_LEN,
};
use keystead::pkcs11::class::CKO_SECRET_KEY;
use keystead::pkcs11::flag::{
    CKF_MESSAGE_SIGN, CKF_MESSAGE_VERIFY, CKF_RW_SESSION, CKF_SERIAL_SESSION,
};
use keystead::pkcs11::key_type::{CKK_GENERIC_SECRET, CKK_RSA};
use keystead::pkcs11::mechanism::{
    CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_KWP, CKM_AES_KEY_WRAP_PAD, CKM_AES_KEY_WRAP_PKCS7,
};
use keystead::pkcs11::rv::{CKR_FUNCTION_NOT_SUPPORTED, CKR_OK};
use keystead::pkcs11::user::{CKU_SO, CKU_USER};
use keystead::pkcs11::{
    AttributeType, KeyType, MechanismType, ObjectHandle, ReturnCode, SessionHandle, SlotId,
};

use crate::device::{Module, is_reporting};
use crate::vector::{Key, Outcome, Run, Vector};

const SO_PIN: &[u8] = b"so-pin-8765";
const USER_PIN: &[u8] = b"user-pin-1234";
const SLOT: SlotId = SlotId(0);
const ROOMY: Room = Room::Bytes(1 << 17);

/// The rows that take no parts, as their sections say.
const IS_SINGLE_PART: &[MechanismType] = &[
    CKM_AES_KEY_WRAP,
    CKM_AES_KEY_WRAP_KWP,
    CKM_AES_KEY_WRAP_PAD,
    CKM_AES_KEY_WRAP_PKCS7,
];

/// A module with one token, and a session of its user.
pub(crate) struct Bench {
    pub(crate) module: Module,
    pub(crate) session: SessionHandle,
    keys: BTreeMap<Key, ObjectHandle>,
}

/// Runs every vector; in a process that only reports, a few of each role.
pub(crate) fn hold(vectors: Vec<Vector>) {
    // Enough for each role of each row to find a vector that gives an answer.
    const REPORTED: usize = 24;
    assert!(!vectors.is_empty());
    let (mut bench, mut seen) = (Bench::new(), BTreeMap::new());
    for vector in vectors {
        let so_many: &mut usize = seen.entry((vector.id, vector.run.role())).or_default();
        *so_many += 1;
        if !is_reporting() || *so_many <= REPORTED {
            bench.run(&vector);
        }
    }
}

pub(crate) fn row(id: MechanismType) -> &'static Mechanism {
    find(id).unwrap()
}

/// The code of an answer.
pub(crate) fn code<T>(outcome: Result<T>) -> ReturnCode {
    outcome.map_or_else(|error| error.rv().code(), |_| CKR_OK)
}

fn code_of<T>(outcome: &Result<T>) -> ReturnCode {
    let code = outcome.as_ref().map(|_| CKR_OK);
    code.unwrap_or_else(|error| error.rv().code())
}

fn flags(id: MechanismType) -> u64 {
    row(id).flags()
}

/// The bytes of an answer.
pub(crate) fn output(reply: Reply) -> Vec<u8> {
    match reply {
        Reply::Bytes(bytes) => bytes.expose().to_vec(),
        Reply::Length(len) => panic!("a length of {len} instead of bytes"),
    }
}

/// A template from types and bytes.
pub(crate) fn template<'a>(entries: &[(AttributeType, &'a [u8])]) -> Template<'a> {
    let entries = entries
        .iter()
        .map(|(id, bytes)| (*id, RawValue::Bytes(bytes)));
    Template(entries.collect())
}

/// What an encryption or decryption is called in the module.
#[derive(Clone, Copy)]
pub(crate) enum Direction {
    Encrypt,
    Decrypt,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let module = Module::with_config(Config::in_memory()).unwrap();
        module.init_token(SLOT, SO_PIN, &[b' '; 32]).unwrap();
        let flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
        let session = module.open_session(SLOT, flags).unwrap();
        module.login(session, CKU_SO, Some(SO_PIN)).unwrap();
        module.init_pin(session, USER_PIN).unwrap();
        module.logout(session).unwrap();
        module.login(session, CKU_USER, Some(USER_PIN)).unwrap();
        Self {
            module,
            session,
            keys: BTreeMap::new(),
        }
    }

    /// The object of a key, created when it is first asked for.
    pub(crate) fn key(&mut self, key: &Key) -> Result<ObjectHandle> {
        if let Some(handle) = self.keys.get(key) {
            return Ok(*handle);
        }
        let entries: Vec<_> = key.0.iter().map(|(id, value)| (*id, &value[..])).collect();
        let handle = self
            .module
            .create_object(self.session, &template(&entries))?;
        self.keys.insert(key.clone(), handle);
        Ok(handle)
    }

    /// An attribute that the token shows.
    pub(crate) fn shown(&self, object: ObjectHandle, id: AttributeType) -> Vec<u8> {
        self.module.attribute(self.session, object, id).unwrap()
    }

    fn run(&mut self, vector: &Vector) {
        let what = format!("{} {:?}, {}", vector.id, vector.run.role(), vector.source);
        let key = match &vector.run {
            Run::Digest { .. } => ObjectHandle(0),
            run => match (self.key(&vector.key), run) {
                (Ok(key), _) => key,
                // A key that no token takes is as good as a refusal.
                (
                    Err(_),
                    Run::Derive { value: Err(_), .. }
                    | Run::Verify {
                        outcome: Err(_), ..
                    },
                ) => return,
                (Err(error), _) => panic!("{what}: {error}"),
            },
        };
        let request = (row(vector.id), &vector.params);
        match &vector.run {
            Run::Encrypt { plain, cipher } => {
                self.transform(Direction::Encrypt, request, key, plain, cipher, &what);
            }
            Run::Decrypt { cipher, plain } => {
                self.transform(Direction::Decrypt, request, key, cipher, plain, &what);
            }
            Run::EncryptFor { plain, other } => {
                let made = self
                    .single(Direction::Encrypt, request, key, plain)
                    .unwrap();
                let other = self.key(other).unwrap();
                let back = self
                    .single(Direction::Decrypt, request, other, &made)
                    .unwrap();
                assert_eq!(back, *plain, "{what}");
            }
            Run::Wrap { value, wrapped } => {
                let made = self.wrap(request, key, value).unwrap();
                assert_eq!(hex::encode(made), hex::encode(wrapped), "{what}");
            }
            Run::WrapFor { value, other } => {
                let made = self.wrap(request, key, value).unwrap();
                let other = self.key(other).unwrap();
                let back = self
                    .unwrap(request, other, &made, Some(value.len()))
                    .unwrap();
                assert_eq!(back, *value, "{what}");
            }
            Run::Unwrap {
                wrapped,
                len,
                value,
            } => {
                expect(self.unwrap(request, key, wrapped, *len), value, &what);
            }
            Run::Derive { len, value } => expect(self.derive(request, key, *len), value, &what),
            Run::Digest { .. }
            | Run::Sign { .. }
            | Run::Verify { .. }
            | Run::SignFor { .. }
            | Run::SignRecoverFor { .. }
            | Run::VerifyRecover { .. } => {
                self.sign_or_check(vector, key, &what);
            }
        }
    }

    fn digest(&self, request: Request<'_>, message: &[u8], digest: &[u8], what: &str) {
        let (module, session) = (&self.module, self.session);
        module.digest_init(session, Some(request)).unwrap();
        let one = output(module.digest(session, message, ROOMY).unwrap());
        assert_eq!(hex::encode(one), hex::encode(digest), "{what}");
        module.digest_init(session, Some(request)).unwrap();
        for part in message.chunks(997) {
            module.digest_update(session, part).unwrap();
        }
        let many = output(module.digest_final(session, ROOMY).unwrap());
        assert_eq!(hex::encode(many), hex::encode(digest), "{what} in parts");
    }

    fn sign_or_check(&mut self, vector: &Vector, key: ObjectHandle, what: &str) {
        let (module, session) = (&self.module, self.session);
        let request = (row(vector.id), &vector.params);
        match &vector.run {
            Run::Digest { message, digest } => self.digest(request, message, digest, what),
            Run::Sign { message, signature } => {
                let one = self.sign(request, key, message).unwrap();
                assert_eq!(hex::encode(one), hex::encode(signature), "{what}");
                let many = self.sign_in_parts(request, key, message);
                assert_eq!(hex::encode(many), hex::encode(signature), "{what} in parts");
                if flags(vector.id) & CKF_MESSAGE_SIGN != 0 {
                    let one = module.sign_message(session, request, key, message);
                    assert_eq!(one.unwrap(), *signature, "{what} as a message");
                }
            }
            Run::SignFor {
                message,
                by,
                digest,
                other,
            } => {
                let one = self.sign(request, key, message).unwrap();
                let many = self.sign_in_parts(request, key, message);
                let other = self.key(other).unwrap();
                let mut all = vec![one, many];
                if flags(vector.id) & CKF_MESSAGE_SIGN != 0 {
                    let (module, session) = (&self.module, self.session);
                    all.push(module.sign_message(session, request, key, message).unwrap());
                }
                for signature in all {
                    for (id, message) in [(vector.id, message), (*by, digest)] {
                        let request = (row(id), &vector.params);
                        let outcome = self.verify(request, other, message, &signature);
                        assert!(outcome.is_ok(), "{what}: {outcome:?}");
                    }
                }
            }
            Run::Verify {
                message,
                signature,
                outcome,
            } => {
                let found = self.verify(request, key, message, signature);
                let wanted = outcome.map(|()| Vec::new());
                expect(found.map(|()| Vec::new()), &wanted, what);
            }
            Run::SignRecoverFor { data, other } => {
                module
                    .sign_recover_init(session, Some(request), key)
                    .unwrap();
                let made = output(module.sign_recover(session, data, ROOMY).unwrap());
                let other = self.key(other).unwrap();
                let (module, session) = (&self.module, self.session);
                module
                    .verify_recover_init(session, Some(request), other)
                    .unwrap();
                let back = module.verify_recover(session, &made, ROOMY).map(output);
                expect(back, &Ok(data.clone()), what);
            }
            Run::VerifyRecover { signature, data } => {
                module
                    .verify_recover_init(session, Some(request), key)
                    .unwrap();
                let found = module.verify_recover(session, signature, ROOMY).map(output);
                expect(found, data, what);
            }
            _ => unreachable!("{what}"),
        }
    }

    fn start(&self, direction: Direction, request: Request<'_>, key: ObjectHandle) -> Result<()> {
        match direction {
            Direction::Encrypt => self.module.encrypt_init(self.session, Some(request), key),
            Direction::Decrypt => self.module.decrypt_init(self.session, Some(request), key),
        }
    }

    pub(crate) fn single(
        &self,
        direction: Direction,
        request: Request<'_>,
        key: ObjectHandle,
        input: &[u8],
    ) -> Result<Vec<u8>> {
        self.start(direction, request, key)?;
        let call = |room| match direction {
            Direction::Encrypt => self.module.encrypt(self.session, input, room),
            Direction::Decrypt => self.module.decrypt(self.session, input, room),
        };
        let Reply::Length(bound) = call(Room::Query)? else {
            panic!("bytes instead of a length");
        };
        // The bound of a query is always room enough.
        call(Room::Bytes(bound)).map(output)
    }

    fn transform(
        &self,
        direction: Direction,
        request: Request<'_>,
        key: ObjectHandle,
        input: &[u8],
        wanted: &Outcome,
        what: &str,
    ) {
        expect(self.single(direction, request, key, input), wanted, what);
        let parts = |len: usize| -> Result<Vec<u8>> {
            self.start(direction, request, key)?;
            let (module, session) = (&self.module, self.session);
            let mut all = Vec::new();
            for part in input.chunks(len) {
                all.extend(output(match direction {
                    Direction::Encrypt => module.encrypt_update(session, part, ROOMY)?,
                    Direction::Decrypt => module.decrypt_update(session, part, ROOMY)?,
                }));
            }
            all.extend(output(match direction {
                Direction::Encrypt => module.encrypt_final(session, ROOMY)?,
                Direction::Decrypt => module.decrypt_final(session, ROOMY)?,
            }));
            Ok(all)
        };
        if IS_SINGLE_PART.contains(&request.0.id) {
            assert_eq!(
                code(parts(7)),
                CKR_FUNCTION_NOT_SUPPORTED,
                "{what} in parts"
            );
            return;
        }
        // RSA gathers its input: one way to cut it is enough, and none where the key is slow.
        let lens: &[usize] = match request.0.keys {
            [CKK_RSA] if input.len() > 256 => &[],
            [CKK_RSA] => &[7],
            _ => &[7, 16],
        };
        for len in lens.iter().copied() {
            expect(parts(len), wanted, &format!("{what} in parts of {len}"));
        }
    }

    pub(crate) fn sign(
        &self,
        request: Request<'_>,
        key: ObjectHandle,
        message: &[u8],
    ) -> Result<Vec<u8>> {
        self.module.sign_init(self.session, Some(request), key)?;
        let needed = self.module.sign(self.session, message, Room::Query)?;
        let Reply::Length(needed) = needed else {
            panic!("bytes instead of a length");
        };
        let reply = self.module.sign(self.session, message, Room::Bytes(needed));
        reply.map(output)
    }

    fn sign_in_parts(&self, request: Request<'_>, key: ObjectHandle, message: &[u8]) -> Vec<u8> {
        self.module
            .sign_init(self.session, Some(request), key)
            .unwrap();
        for part in message.chunks(7) {
            self.module.sign_update(self.session, part).unwrap();
        }
        output(self.module.sign_final(self.session, ROOMY).unwrap())
    }

    /// In one part and in many, which must agree.
    pub(crate) fn verify(
        &self,
        request: Request<'_>,
        key: ObjectHandle,
        message: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let (module, session) = (&self.module, self.session);
        module.verify_init(session, Some(request), key)?;
        let one = module.verify(session, message, signature);
        module.verify_init(session, Some(request), key)?;
        let many = message
            .chunks(7)
            .try_for_each(|part| module.verify_update(session, part));
        let many = many.and_then(|()| module.verify_final(session, signature));
        assert_eq!(code_of(&one), code_of(&many), "{}", request.0.id);
        let third = module.verify_signature(session, request, key, message, signature);
        assert_eq!(code_of(&one), code_of(&third), "{}", request.0.id);
        if request.0.flags() & CKF_MESSAGE_VERIFY != 0 {
            let fourth = module.verify_message(session, request, key, message, signature);
            assert_eq!(code_of(&one), code_of(&fourth), "{}", request.0.id);
        }
        one
    }

    pub(crate) fn wrap(
        &mut self,
        request: Request<'_>,
        key: ObjectHandle,
        value: &[u8],
    ) -> Result<Vec<u8>> {
        let secret = self.key(&Key::secret(CKK_GENERIC_SECRET, value))?;
        let (mechanism, params) = request;
        let call = |room| {
            let module = &self.module;
            module.wrap_key(self.session, mechanism, params, key, secret, room)
        };
        let Reply::Length(needed) = call(Room::Query)? else {
            panic!("bytes instead of a length");
        };
        call(Room::Bytes(needed)).map(output)
    }

    /// The value of a generic secret key that comes out.
    pub(crate) fn unwrap(
        &self,
        (mechanism, params): Request<'_>,
        key: ObjectHandle,
        wrapped: &[u8],
        len: Option<usize>,
    ) -> Result<Vec<u8>> {
        let made = secret_template(CKK_GENERIC_SECRET, len, |wanted| {
            let module = &self.module;
            module.unwrap_key(self.session, mechanism, params, key, wrapped, wanted)
        })?;
        Ok(self.take(made))
    }

    pub(crate) fn derive(
        &self,
        (mechanism, params): Request<'_>,
        key: ObjectHandle,
        len: Option<usize>,
    ) -> Result<Vec<u8>> {
        let made = secret_template(CKK_GENERIC_SECRET, len, |wanted| {
            self.module
                .derive_key(self.session, mechanism, params, key, wanted)
        })?;
        Ok(self.take(made))
    }

    /// The value of a key, which is then destroyed.
    fn take(&self, key: ObjectHandle) -> Vec<u8> {
        let value = self.shown(key, CKA_VALUE);
        self.module.destroy_object(self.session, key).unwrap();
        value
    }
}

pub(crate) type Request<'a> = (&'static Mechanism, &'a Params<'a>);

/// A template of a secret key that shows its value.
pub(crate) fn secret_template<T>(
    key_type: KeyType,
    len: Option<usize>,
    call: impl FnOnce(&Template<'_>) -> T,
) -> T {
    let class = CKO_SECRET_KEY.0.to_ne_bytes();
    let key_type = key_type.0.to_ne_bytes();
    let len = len.map(|len| (len as u64).to_ne_bytes());
    let mut entries: Vec<(AttributeType, &[u8])> = vec![
        (CKA_CLASS, &class),
        (CKA_KEY_TYPE, &key_type),
        (CKA_SENSITIVE, &[0]),
        (CKA_EXTRACTABLE, &[1]),
    ];
    entries.extend(len.iter().map(|len| (CKA_VALUE_LEN, &len[..])));
    call(&template(&entries))
}

fn expect(found: Result<Vec<u8>>, wanted: &Outcome, what: &str) {
    match (found, wanted) {
        (Ok(found), Ok(wanted)) => {
            assert_eq!(hex::encode(found), hex::encode(wanted), "{what}");
        }
        (Ok(_), Err(_)) => panic!("{what} must be refused"),
        (Err(error), Ok(_)) => panic!("{what}: {error}"),
        (Err(error), Err(codes)) => {
            let code = error.rv().code();
            assert!(codes.contains(&code), "{what}: {code}: {error}");
        }
    }
}
