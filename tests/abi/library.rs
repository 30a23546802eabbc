// SPDX-License-Identifier: MIT OR Apache-2.0
//! Loading the library, and running a test in a process of its own.

use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use cryptoki_sys::{
    CK_ATTRIBUTE, CK_BBOOL, CK_FUNCTION_LIST_3_2, CK_INTERFACE, CK_MECHANISM, CK_OBJECT_HANDLE,
    CK_RV, CK_SESSION_HANDLE, CK_SLOT_ID, CK_TOKEN_INFO, CK_ULONG, CK_VERSION, CKA_CLASS,
    CKA_DECRYPT, CKA_ENCRYPT, CKA_LABEL, CKA_PRIVATE, CKA_TOKEN, CKA_VALUE_LEN, CKF_RW_SESSION,
    CKF_SERIAL_SESSION, CKF_TOKEN_INITIALIZED, CKM_AES_KEY_GEN, CKO_DATA, CKR_OK, CKU_SO, CKU_USER,
};
use libloading::Library;

pub(crate) const USER_PIN: &[u8] = b"user-1234";
pub(crate) const SO_PIN: &[u8] = b"officer-1234";

/// Calls a function of a list.
macro_rules! call {
    ($p11:expr, $name:ident($($argument:expr),* $(,)?)) => {
        unsafe { $p11.list().$name.expect(stringify!($name))($($argument),*) }
    };
}
pub(crate) use call;

/// Calls a function of a list, which must answer `CKR_OK`.
macro_rules! ok {
    ($p11:expr, $name:ident($($argument:expr),* $(,)?)) => {{
        let rv = $crate::library::call!($p11, $name($($argument),*));
        assert_eq!(rv, cryptoki_sys::CKR_OK, "{}: {rv:#x}", stringify!($name));
    }};
}
pub(crate) use ok;

/// Makes a test whose body runs in a process of its own.
macro_rules! isolated {
    ($(#[$note:meta])* fn $name:ident() $body:block) => {
        $(#[$note])*
        #[test]
        fn $name() {
            let test = concat!(module_path!(), "::", stringify!($name));
            if $crate::library::is_child(test) {
                $body
            } else {
                let (status, said) = $crate::library::run_child(test);
                assert!(status.success() && said.contains("1 passed"), "{status}\n{said}");
            }
        }
    };
}
pub(crate) use isolated;

/// Cargo puts the library beside the test programs.
pub(crate) fn path() -> PathBuf {
    let programs = std::env::current_exe().unwrap();
    programs.parent().unwrap().join("libkeystead.so")
}

const CHILD: &str = "KEYSTEAD_ABI_CHILD";

/// Whether this process was made for this test.
pub(crate) fn is_child(test: &str) -> bool {
    std::env::var(CHILD).is_ok_and(|name| name == test)
}

/// Runs a test in a process of its own; gives its status and what it said.
pub(crate) fn run_child(test: &str) -> (ExitStatus, String) {
    let home = tempfile::tempdir().unwrap();
    let (_, name) = test.split_once("::").unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env_clear()
        .env(CHILD, test)
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .env("KEYSTEAD_LOG", "warn")
        .output()
        .unwrap();
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    (output.status, said)
}

/// The loaded library.
pub(crate) struct Module {
    pub(crate) library: Library,
    list: *const CK_FUNCTION_LIST_3_2,
}

// The list is immutable.
unsafe impl Send for Module {}
unsafe impl Sync for Module {}

impl Module {
    /// Loads the library and asks for interface 3.2.
    pub(crate) fn load() -> Self {
        let library = unsafe { Library::new(path()) }.unwrap();
        let mut interface: *mut CK_INTERFACE = std::ptr::null_mut();
        let mut version = CK_VERSION { major: 3, minor: 2 };
        type GetInterface = unsafe extern "C" fn(
            *const u8,
            *mut CK_VERSION,
            *mut *mut CK_INTERFACE,
            CK_ULONG,
        ) -> CK_RV;
        let found = unsafe {
            let get = library.get::<GetInterface>(b"C_GetInterface").unwrap();
            get(c"PKCS 11".as_ptr().cast(), &mut version, &mut interface, 0)
        };
        assert_eq!(found, CKR_OK);
        let list = unsafe { (*interface).pFunctionList }.cast();
        Self { library, list }
    }

    /// Loads and starts.
    pub(crate) fn started() -> Self {
        let module = Self::load();
        ok!(module, C_Initialize(std::ptr::null_mut()));
        module
    }

    /// The functions.
    pub(crate) fn list(&self) -> &CK_FUNCTION_LIST_3_2 {
        unsafe { &*self.list }
    }

    /// All slots.
    pub(crate) fn slots(&self) -> Vec<CK_SLOT_ID> {
        let mut count = 0;
        ok!(self, C_GetSlotList(1, std::ptr::null_mut(), &mut count));
        let mut slots = vec![0; count as usize];
        ok!(self, C_GetSlotList(1, slots.as_mut_ptr(), &mut count));
        slots.truncate(count as usize);
        slots
    }

    /// Initialises a token and its user PIN; gives its slot.
    pub(crate) fn make_token(&self) -> CK_SLOT_ID {
        let slot = self
            .slots()
            .into_iter()
            .find(|slot| {
                let mut info = CK_TOKEN_INFO::default();
                ok!(self, C_GetTokenInfo(*slot, &mut info));
                info.flags & CKF_TOKEN_INITIALIZED == 0
            })
            .unwrap();
        let mut label = [b' '; 32];
        label[..3].copy_from_slice(b"abi");
        let (pin, len) = pin(SO_PIN);
        ok!(self, C_InitToken(slot, pin, len, label.as_mut_ptr()));
        let session = self.open(slot);
        ok!(self, C_Login(session, CKU_SO, pin, len));
        let (pin, len) = self::pin(USER_PIN);
        ok!(self, C_InitPIN(session, pin, len));
        ok!(self, C_Logout(session));
        ok!(self, C_CloseSession(session));
        slot
    }

    /// Opens a read/write session.
    pub(crate) fn open(&self, slot: CK_SLOT_ID) -> CK_SESSION_HANDLE {
        let mut session = 0;
        let flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
        let nothing = std::ptr::null_mut();
        ok!(
            self,
            C_OpenSession(slot, flags, nothing, None, &mut session)
        );
        session
    }

    /// A fresh token, a session, and the user logged in.
    pub(crate) fn logged_in(&self) -> CK_SESSION_HANDLE {
        let session = self.open(self.make_token());
        self.log_in(session);
        session
    }

    /// Logs the user in.
    pub(crate) fn log_in(&self, session: CK_SESSION_HANDLE) {
        let (pin, len) = pin(USER_PIN);
        ok!(self, C_Login(session, CKU_USER, pin, len));
    }

    /// An AES key of this session.
    pub(crate) fn aes_key(&self, session: CK_SESSION_HANDLE) -> CK_OBJECT_HANDLE {
        let (len, yes, no): (CK_ULONG, CK_BBOOL, CK_BBOOL) = (16, 1, 0);
        let mut template = [
            attribute(CKA_VALUE_LEN, &len),
            attribute(CKA_ENCRYPT, &yes),
            attribute(CKA_DECRYPT, &yes),
            attribute(CKA_TOKEN, &no),
        ];
        let mut how = mechanism(CKM_AES_KEY_GEN);
        let mut key = 0;
        ok!(
            self,
            C_GenerateKey(session, &mut how, template.as_mut_ptr(), 4, &mut key)
        );
        key
    }
}

impl Module {
    /// A private data object in the token.
    pub(crate) fn store_data(&self, session: CK_SESSION_HANDLE, label: &str) {
        let (class, yes): (CK_ULONG, CK_BBOOL) = (CKO_DATA, 1);
        let mut template = [
            attribute(CKA_CLASS, &class),
            attribute(CKA_TOKEN, &yes),
            attribute(CKA_PRIVATE, &yes),
            CK_ATTRIBUTE {
                type_: CKA_LABEL,
                pValue: label.as_ptr().cast_mut().cast(),
                ulValueLen: label.len() as CK_ULONG,
            },
        ];
        let mut object = 0;
        let list = template.as_mut_ptr();
        ok!(self, C_CreateObject(session, list, 4, &mut object));
    }

    /// How many data objects the session sees.
    pub(crate) fn count_data(&self, session: CK_SESSION_HANDLE) -> usize {
        let class: CK_ULONG = CKO_DATA;
        let mut template = attribute(CKA_CLASS, &class);
        let (mut found, mut count) = ([0; 1000], 0);
        ok!(self, C_FindObjectsInit(session, &mut template, 1));
        ok!(
            self,
            C_FindObjects(session, found.as_mut_ptr(), 1000, &mut count)
        );
        ok!(self, C_FindObjectsFinal(session));
        count as usize
    }
}

/// A PIN as the functions take it.
pub(crate) fn pin(bytes: &[u8]) -> (*mut u8, CK_ULONG) {
    (bytes.as_ptr().cast_mut(), bytes.len() as CK_ULONG)
}

/// An attribute whose value is one C value.
pub(crate) fn attribute<T>(id: CK_ULONG, value: &T) -> CK_ATTRIBUTE {
    CK_ATTRIBUTE {
        type_: id,
        pValue: std::ptr::from_ref(value).cast_mut().cast(),
        ulValueLen: size_of::<T>() as CK_ULONG,
    }
}

/// A mechanism without a parameter.
pub(crate) fn mechanism(id: CK_ULONG) -> CK_MECHANISM {
    CK_MECHANISM {
        mechanism: id,
        pParameter: std::ptr::null_mut(),
        ulParameterLen: 0,
    }
}
