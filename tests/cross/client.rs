// SPDX-License-Identifier: MIT OR Apache-2.0
//! A client of any PKCS#11 library, by the function list of version 2.40 that all of them have.

use std::ffi::CString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cryptoki_sys::{
    CK_ATTRIBUTE, CK_ATTRIBUTE_TYPE, CK_C_INITIALIZE_ARGS, CK_FLAGS, CK_FUNCTION_LIST,
    CK_MECHANISM, CK_MECHANISM_INFO, CK_MECHANISM_TYPE, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE,
    CK_SLOT_ID, CK_ULONG, CKA_CLASS, CKA_DECRYPT, CKA_DERIVE, CKA_ENCRYPT, CKA_EXTRACTABLE,
    CKA_KEY_TYPE, CKA_PRIVATE, CKA_SENSITIVE, CKA_SIGN, CKA_TOKEN, CKA_UNWRAP, CKA_VALUE,
    CKA_VERIFY, CKA_WRAP, CKF_OS_LOCKING_OK, CKF_RW_SESSION, CKF_SERIAL_SESSION, CKO_SECRET_KEY,
    CKR_OK, CKU_SO, CKU_USER,
};
use libloading::Library;

use crate::mechanism::Mech;

pub(crate) type Answer<T> = Result<T, CK_RV>;
pub(crate) type Attributes = Vec<(CK_ATTRIBUTE_TYPE, Vec<u8>)>;

const SO_PIN: &[u8] = b"officer-1234";
const USER_PIN: &[u8] = b"user-1234";

/// A library with a token whose user is logged in.
pub(crate) struct Token {
    _library: Library,
    list: *const CK_FUNCTION_LIST,
    slot: CK_SLOT_ID,
}

// The list is immutable, and the libraries were told to lock.
unsafe impl Send for Token {}
unsafe impl Sync for Token {}

/// A session; its objects end with it.
pub(crate) struct Session<'t> {
    token: &'t Token,
    handle: CK_SESSION_HANDLE,
}

macro_rules! call {
    ($token:expr, $name:ident($($argument:expr),* $(,)?)) => {
        answer(unsafe { (*$token.list).$name.expect(stringify!($name))($($argument),*) })
    };
}

fn answer(rv: CK_RV) -> Answer<()> {
    if rv == CKR_OK { Ok(()) } else { Err(rv) }
}

pub(crate) fn ulong(value: CK_ULONG) -> Vec<u8> {
    value.to_ne_bytes().to_vec()
}

/// Random bytes.
pub(crate) fn random(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

/// A session of Keystead's own library, whose tokens are in memory.
pub(crate) fn keystead() -> Session<'static> {
    static KEYSTEAD: OnceLock<Token> = OnceLock::new();
    let token = KEYSTEAD.get_or_init(|| {
        let programs = std::env::current_exe().unwrap();
        let library: PathBuf = programs.parent().unwrap().join("libkeystead.so");
        let mut token = Token::load(&library, Some("store=memory:"));
        token.prepare();
        token
    });
    token.session()
}

impl Token {
    /// Loads a library and starts it; its first slot is the token's.
    pub(crate) fn load(path: &Path, reserved: Option<&str>) -> Self {
        let library = unsafe { Library::new(path) }.unwrap();
        let mut list = std::ptr::null_mut();
        type GetList = unsafe extern "C" fn(*mut *mut CK_FUNCTION_LIST) -> CK_RV;
        let rv = unsafe {
            let get = library.get::<GetList>(b"C_GetFunctionList").unwrap();
            get(&mut list)
        };
        assert_eq!(rv, CKR_OK);
        let mut token = Self {
            _library: library,
            list,
            slot: 0,
        };
        let text = reserved.map(|text| CString::new(text).unwrap());
        // NSS reads one more pointer behind the standard's structure.
        let mut arguments = (
            CK_C_INITIALIZE_ARGS {
                flags: CKF_OS_LOCKING_OK,
                pReserved: text
                    .as_ref()
                    .map_or(std::ptr::null_mut(), |text| text.as_ptr().cast_mut().cast()),
                ..CK_C_INITIALIZE_ARGS::default()
            },
            std::ptr::null_mut::<u8>(),
        );
        call!(
            token,
            C_Initialize(std::ptr::from_mut(&mut arguments).cast())
        )
        .unwrap();
        let (mut slots, mut count) = ([0; 16], 16);
        call!(token, C_GetSlotList(1, slots.as_mut_ptr(), &mut count)).unwrap();
        token.slot = slots[0];
        token
    }

    /// Initialises the token, its PINs, and logs the user in for good.
    pub(crate) fn prepare(&mut self) {
        let mut label = [b' '; 32];
        label[..5].copy_from_slice(b"cross");
        let (so, user) = (SO_PIN.as_ptr().cast_mut(), USER_PIN.as_ptr().cast_mut());
        let (so_len, user_len) = (SO_PIN.len() as CK_ULONG, USER_PIN.len() as CK_ULONG);
        call!(self, C_InitToken(self.slot, so, so_len, label.as_mut_ptr())).unwrap();
        // SoftHSM gives the token a new slot, and puts initialised ones first.
        let (mut slots, mut count) = ([0; 16], 16);
        call!(self, C_GetSlotList(1, slots.as_mut_ptr(), &mut count)).unwrap();
        self.slot = slots[0];
        let session = self.session();
        call!(self, C_Login(session.handle, CKU_SO, so, so_len)).unwrap();
        call!(self, C_InitPIN(session.handle, user, user_len)).unwrap();
        call!(self, C_Logout(session.handle)).unwrap();
        call!(self, C_Login(session.handle, CKU_USER, user, user_len)).unwrap();
        // The login lasts as long as a session is open.
        let _ = std::mem::ManuallyDrop::new(session);
    }

    pub(crate) fn session(&self) -> Session<'_> {
        let mut handle = 0;
        let flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
        let nothing = std::ptr::null_mut();
        call!(
            self,
            C_OpenSession(self.slot, flags, nothing, None, &mut handle)
        )
        .unwrap();
        Session {
            token: self,
            handle,
        }
    }

    /// Whether the token has a mechanism with these flags.
    pub(crate) fn has(&self, id: CK_MECHANISM_TYPE, flags: CK_FLAGS) -> bool {
        let mut info = CK_MECHANISM_INFO::default();
        let found = call!(self, C_GetMechanismInfo(self.slot, id, &mut info));
        found.is_ok() && info.flags & flags == flags
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        call!(self.token, C_CloseSession(self.handle)).unwrap();
    }
}

/// The C form of a template; it borrows the values.
fn template(attributes: &Attributes) -> Vec<CK_ATTRIBUTE> {
    attributes
        .iter()
        .map(|(id, value)| CK_ATTRIBUTE {
            type_: *id,
            pValue: value.as_ptr().cast_mut().cast(),
            ulValueLen: value.len() as CK_ULONG,
        })
        .collect()
}

/// The C form of bytes.
fn raw(bytes: &[u8]) -> (*mut u8, CK_ULONG) {
    (bytes.as_ptr().cast_mut(), bytes.len() as CK_ULONG)
}

const ROOM: usize = 1 << 16;

impl Session<'_> {
    pub(crate) fn create(&self, attributes: &Attributes) -> Answer<CK_OBJECT_HANDLE> {
        let (mut list, mut object) = (template(attributes), 0);
        let count = list.len() as CK_ULONG;
        call!(
            self.token,
            C_CreateObject(self.handle, list.as_mut_ptr(), count, &mut object)
        )?;
        Ok(object)
    }

    /// A secret session key that may do everything that its type can.
    pub(crate) fn secret(&self, key_type: CK_ULONG, value: &[u8]) -> CK_OBJECT_HANDLE {
        let mut attributes = usable_secret(key_type);
        attributes.push((CKA_VALUE, value.to_vec()));
        self.create(&attributes).unwrap()
    }

    /// An attribute's value.
    pub(crate) fn read(&self, object: CK_OBJECT_HANDLE, id: CK_ATTRIBUTE_TYPE) -> Vec<u8> {
        let mut value = vec![0; ROOM];
        let mut attribute = CK_ATTRIBUTE {
            type_: id,
            pValue: value.as_mut_ptr().cast(),
            ulValueLen: ROOM as CK_ULONG,
        };
        call!(
            self.token,
            C_GetAttributeValue(self.handle, object, &mut attribute, 1)
        )
        .unwrap();
        value.truncate(attribute.ulValueLen as usize);
        value
    }

    pub(crate) fn generate(
        &self,
        mech: &Mech,
        attributes: &Attributes,
    ) -> Answer<CK_OBJECT_HANDLE> {
        let (mut list, mut key, mut how) = (template(attributes), 0, mech.raw());
        let count = list.len() as CK_ULONG;
        call!(
            self.token,
            C_GenerateKey(self.handle, &mut how, list.as_mut_ptr(), count, &mut key)
        )?;
        Ok(key)
    }

    /// A key pair: public, private.
    pub(crate) fn pair(
        &self,
        mech: &Mech,
        public: &Attributes,
        private: &Attributes,
    ) -> Answer<(CK_OBJECT_HANDLE, CK_OBJECT_HANDLE)> {
        let (mut public, mut private) = (template(public), template(private));
        let (mut made, mut how) = ((0, 0), mech.raw());
        let counts = (public.len() as CK_ULONG, private.len() as CK_ULONG);
        call!(
            self.token,
            C_GenerateKeyPair(
                self.handle,
                &mut how,
                public.as_mut_ptr(),
                counts.0,
                private.as_mut_ptr(),
                counts.1,
                &mut made.0,
                &mut made.1,
            )
        )?;
        Ok(made)
    }

    pub(crate) fn derive(
        &self,
        mech: &Mech,
        base: CK_OBJECT_HANDLE,
        attributes: &Attributes,
    ) -> Answer<CK_OBJECT_HANDLE> {
        let (mut list, mut key, mut how) = (template(attributes), 0, mech.raw());
        let count = list.len() as CK_ULONG;
        call!(
            self.token,
            C_DeriveKey(
                self.handle,
                &mut how,
                base,
                list.as_mut_ptr(),
                count,
                &mut key
            )
        )?;
        Ok(key)
    }

    pub(crate) fn wrap(
        &self,
        mech: &Mech,
        by: CK_OBJECT_HANDLE,
        key: CK_OBJECT_HANDLE,
    ) -> Answer<Vec<u8>> {
        let mut how = mech.raw();
        fill(|out, len| {
            call!(
                self.token,
                C_WrapKey(self.handle, &mut how, by, key, out, len)
            )
        })
    }

    pub(crate) fn unwrap(
        &self,
        mech: &Mech,
        by: CK_OBJECT_HANDLE,
        wrapped: &[u8],
        attributes: &Attributes,
    ) -> Answer<CK_OBJECT_HANDLE> {
        let (mut list, mut key, mut how) = (template(attributes), 0, mech.raw());
        let (count, (data, len)) = (list.len() as CK_ULONG, raw(wrapped));
        call!(
            self.token,
            C_UnwrapKey(
                self.handle,
                &mut how,
                by,
                data,
                len,
                list.as_mut_ptr(),
                count,
                &mut key
            )
        )?;
        Ok(key)
    }

    pub(crate) fn digest(&self, mech: &Mech, input: &[u8]) -> Answer<Vec<u8>> {
        let (mut how, (data, len)) = (mech.raw(), raw(input));
        call!(self.token, C_DigestInit(self.handle, &mut how))?;
        fill(|out, room| call!(self.token, C_Digest(self.handle, data, len, out, room)))
    }

    pub(crate) fn encrypt(
        &self,
        mech: &Mech,
        key: CK_OBJECT_HANDLE,
        input: &[u8],
    ) -> Answer<Vec<u8>> {
        let (mut how, (data, len)) = (mech.raw(), raw(input));
        call!(self.token, C_EncryptInit(self.handle, &mut how, key))?;
        fill(|out, room| call!(self.token, C_Encrypt(self.handle, data, len, out, room)))
    }

    pub(crate) fn decrypt(
        &self,
        mech: &Mech,
        key: CK_OBJECT_HANDLE,
        input: &[u8],
    ) -> Answer<Vec<u8>> {
        let (mut how, (data, len)) = (mech.raw(), raw(input));
        call!(self.token, C_DecryptInit(self.handle, &mut how, key))?;
        fill(|out, room| call!(self.token, C_Decrypt(self.handle, data, len, out, room)))
    }

    pub(crate) fn sign(&self, mech: &Mech, key: CK_OBJECT_HANDLE, input: &[u8]) -> Answer<Vec<u8>> {
        let (mut how, (data, len)) = (mech.raw(), raw(input));
        call!(self.token, C_SignInit(self.handle, &mut how, key))?;
        fill(|out, room| call!(self.token, C_Sign(self.handle, data, len, out, room)))
    }

    pub(crate) fn verify(
        &self,
        mech: &Mech,
        key: CK_OBJECT_HANDLE,
        input: &[u8],
        signature: &[u8],
    ) -> Answer<()> {
        let (mut how, (data, len)) = (mech.raw(), raw(input));
        let (signature, signature_len) = raw(signature);
        call!(self.token, C_VerifyInit(self.handle, &mut how, key))?;
        call!(
            self.token,
            C_Verify(self.handle, data, len, signature, signature_len)
        )
    }
}

/// Runs a call that fills a buffer.
fn fill(mut run: impl FnMut(*mut u8, *mut CK_ULONG) -> Answer<()>) -> Answer<Vec<u8>> {
    let (mut out, mut len) = (vec![0; ROOM], ROOM as CK_ULONG);
    run(out.as_mut_ptr(), &mut len)?;
    out.truncate(len as usize);
    Ok(out)
}

/// A template for a secret session key that may do everything and is shown.
pub(crate) fn usable_secret(key_type: CK_ULONG) -> Attributes {
    let mut attributes = shown(CKO_SECRET_KEY, key_type);
    for id in [
        CKA_ENCRYPT,
        CKA_DECRYPT,
        CKA_SIGN,
        CKA_VERIFY,
        CKA_WRAP,
        CKA_UNWRAP,
        CKA_DERIVE,
    ] {
        attributes.push((id, vec![1]));
    }
    attributes
}

/// A template for a session key whose value may be read.
pub(crate) fn shown(class: CK_ULONG, key_type: CK_ULONG) -> Attributes {
    vec![
        (CKA_CLASS, ulong(class)),
        (CKA_KEY_TYPE, ulong(key_type)),
        (CKA_TOKEN, vec![0]),
        (CKA_PRIVATE, vec![0]),
        (CKA_SENSITIVE, vec![0]),
        (CKA_EXTRACTABLE, vec![1]),
    ]
}

/// The C form of a mechanism.
impl Mech {
    pub(crate) fn raw(&self) -> CK_MECHANISM {
        CK_MECHANISM {
            mechanism: self.id,
            pParameter: if self.len == 0 {
                std::ptr::null_mut()
            } else {
                self.words.as_ptr().cast_mut().cast()
            },
            ulParameterLen: self.len as CK_ULONG,
        }
    }
}
