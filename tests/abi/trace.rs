// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every function of the header with marked secrets under the most talkative log: no mark stands in it.
//!
//! What a function takes is read in the module's own header, so that none can be left out.
//! Source: PKCS#11 v3.2, "Functions".

use std::collections::BTreeSet;
use std::ptr::{from_mut, null_mut};

use cryptoki_sys::{
    CK_ATTRIBUTE, CK_FUNCTION_LIST_3_2, CK_HKDF_PARAMS, CK_KEY_DERIVATION_STRING_DATA,
    CK_MECHANISM, CK_OBJECT_HANDLE, CK_PKCS5_PBKD2_PARAMS2, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
    CKA_CLASS, CKA_KEY_TYPE, CKA_LABEL, CKA_PRIME_1, CKA_PRIVATE_EXPONENT, CKA_VALUE,
    CKF_HKDF_SALT_DATA, CKF_RW_SESSION, CKF_SERIAL_SESSION, CKK_AES, CKM_AES_CBC, CKM_AES_ECB,
    CKM_AES_GCM, CKM_CONCATENATE_BASE_AND_DATA, CKM_HKDF_DERIVE, CKM_PKCS5_PBKD2, CKM_SHA256,
    CKM_SHA256_HMAC, CKO_SECRET_KEY, CKP_PKCS5_PBKD2_HMAC_SHA256, CKZ_SALT_SPECIFIED,
};
use serde_json::Value as Json;

use crate::library::{Module, USER_PIN, attribute, call, isolated, mechanism};
use crate::symbols::names;

/// Stands wherever a secret could.
const MARK: &[u8; 16] = b"S3CRET-mark-9f#!";

const LABEL: &[u8; 32] = b"shown                           ";

/// A function as the header has it: types and names of its arguments.
struct Prototype {
    name: String,
    arguments: Vec<(String, String)>,
}

fn prototypes() -> Vec<Prototype> {
    let header = include_str!("../../include/keystead.h");
    let text = header.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for piece in text.split("CK_RV C_").skip(1) {
        let (name, rest) = piece.split_once('(').unwrap();
        let (arguments, _) = rest.split_once(')').unwrap();
        let arguments = arguments.split(',').filter_map(|argument| {
            let (kind, name) = argument.trim().rsplit_once(' ')?;
            Some((kind.to_owned(), name.to_owned()))
        });
        found.push(Prototype {
            name: format!("C_{name}"),
            arguments: arguments.collect(),
        });
    }
    found
}

/// Memory that outlives every call; the process is short.
fn leaked<T>(value: T) -> *mut T {
    Box::leak(Box::new(value))
}

fn marked() -> (usize, usize) {
    (leaked(*MARK) as usize, MARK.len())
}

fn marked_attribute(id: CK_ULONG) -> CK_ATTRIBUTE {
    attribute(id, unsafe { &*leaked(*MARK) })
}

/// Templates with marks: one that makes a key, one with whatever else may be secret.
fn templates() -> [Vec<CK_ATTRIBUTE>; 2] {
    let class: &CK_ULONG = unsafe { &*leaked(CKO_SECRET_KEY) };
    let kind: &CK_ULONG = unsafe { &*leaked(CKK_AES) };
    let key = vec![
        attribute(CKA_CLASS, class),
        attribute(CKA_KEY_TYPE, kind),
        marked_attribute(CKA_VALUE),
        attribute(CKA_LABEL, unsafe { &*leaked(*LABEL) }),
    ];
    let mut more = key.clone();
    let vendor = 0x8000_1234;
    more.extend([CKA_PRIVATE_EXPONENT, CKA_PRIME_1, vendor].map(marked_attribute));
    [key, more]
}

fn with<T>(id: CK_ULONG, parameter: T) -> CK_MECHANISM {
    CK_MECHANISM {
        mechanism: id,
        pParameter: leaked(parameter).cast(),
        ulParameterLen: size_of::<T>() as CK_ULONG,
    }
}

/// Mechanisms whose parameters hold marks.
fn mechanisms() -> Vec<CK_MECHANISM> {
    let (mark, len) = marked();
    let len = len as CK_ULONG;
    vec![
        mechanism(CKM_AES_ECB),
        with(CKM_AES_CBC, *MARK),
        with(CKM_SHA256, *MARK),
        with(
            CKM_CONCATENATE_BASE_AND_DATA,
            CK_KEY_DERIVATION_STRING_DATA {
                pData: mark as *mut u8,
                ulLen: len,
            },
        ),
        with(
            CKM_PKCS5_PBKD2,
            CK_PKCS5_PBKD2_PARAMS2 {
                saltSource: CKZ_SALT_SPECIFIED,
                pSaltSourceData: mark as *mut _,
                ulSaltSourceDataLen: len,
                iterations: 1,
                prf: CKP_PKCS5_PBKD2_HMAC_SHA256,
                pPrfData: null_mut(),
                ulPrfDataLen: 0,
                pPassword: mark as *mut u8,
                ulPasswordLen: len,
            },
        ),
        with(
            CKM_HKDF_DERIVE,
            CK_HKDF_PARAMS {
                bExtract: 1,
                bExpand: 1,
                prfHashMechanism: CKM_SHA256,
                ulSaltType: CKF_HKDF_SALT_DATA,
                pSalt: mark as *mut u8,
                ulSaltLen: len,
                hSaltKey: 0,
                pInfo: mark as *mut u8,
                ulInfoLen: len,
            },
        ),
    ]
}

/// Begins every kind of operation that a key of bytes can do, so that the next call finds one.
fn begin_all(module: &Module, session: CK_SESSION_HANDLE, key: CK_OBJECT_HANDLE) {
    let ecb = &mut mechanism(CKM_AES_ECB);
    let mac = &mut mechanism(CKM_SHA256_HMAC);
    let gcm = &mut mechanism(CKM_AES_GCM);
    let hash = &mut mechanism(CKM_SHA256);
    call!(module, C_EncryptInit(session, ecb, key));
    call!(module, C_DecryptInit(session, ecb, key));
    call!(module, C_DigestInit(session, hash));
    call!(module, C_SignInit(session, mac, key));
    call!(module, C_VerifyInit(session, mac, key));
    call!(module, C_MessageEncryptInit(session, gcm, key));
    call!(module, C_MessageDecryptInit(session, gcm, key));
    call!(module, C_MessageSignInit(session, mac, key));
    call!(module, C_MessageVerifyInit(session, mac, key));
}

/// What stays the same in all calls of one round.
struct Round {
    slot: CK_ULONG,
    session: CK_SESSION_HANDLE,
    key: CK_OBJECT_HANDLE,
    template: Vec<CK_ATTRIBUTE>,
    mechanism: CK_MECHANISM,
}

/// The arguments of a function, all of them marked where they are bytes.
fn arguments(prototype: &Prototype, round: &Round) -> Vec<usize> {
    let mut given = Vec::new();
    let mut arguments = prototype.arguments.iter().peekable();
    while let Some((kind, name)) = arguments.next() {
        let next = arguments.peek().map(|(kind, _)| kind.as_str());
        match (kind.as_str(), name.as_str(), next) {
            ("CK_SESSION_HANDLE", ..) => given.push(round.session as usize),
            ("CK_OBJECT_HANDLE", ..) => given.push(round.key as usize),
            ("CK_SLOT_ID", ..) => given.push(round.slot as usize),
            ("CK_USER_TYPE", ..) => given.push(1),
            // Nothing to wait for.
            ("CK_FLAGS", ..) if prototype.name == "C_WaitForSlotEvent" => given.push(1),
            ("CK_FLAGS", ..) => given.push((CKF_RW_SESSION | CKF_SERIAL_SESSION) as usize),
            ("CK_MECHANISM_PTR", ..) => given.push(leaked(round.mechanism) as usize),
            ("CK_ATTRIBUTE_PTR", _, Some("CK_ULONG")) => {
                let template = Box::leak(round.template.clone().into_boxed_slice());
                given.extend([template.as_mut_ptr() as usize, template.len()]);
                arguments.next();
            }
            // The name of a user and the label of a token are no secrets.
            (_, "label" | "name", Some("CK_ULONG")) => {
                given.extend([leaked(*LABEL) as usize, 5]);
                arguments.next();
            }
            (_, "label" | "name" | "function", _) => given.push(leaked(*LABEL) as usize),
            ("CK_BYTE_PTR" | "CK_UTF8CHAR_PTR" | "CK_VOID_PTR", _, Some("CK_ULONG")) => {
                let (mark, len) = marked();
                given.extend([mark, len]);
                arguments.next();
            }
            ("CK_BYTE_PTR", _, Some("CK_ULONG_PTR")) => {
                let room: CK_ULONG = 64;
                given.extend([leaked([0_u8; 64]) as usize, leaked(room) as usize]);
                arguments.next();
            }
            ("CK_ULONG" | "CK_BBOOL" | "CK_MECHANISM_TYPE", ..) => given.push(1),
            (kind, ..) if kind.ends_with("_PTR") => given.push(leaked([0_u64; 64]) as usize),
            _ => given.push(0),
        }
    }
    given.resize(10, 0);
    given
}

type AnyFunction = unsafe extern "C" fn(
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
) -> CK_RV;

fn call_with(module: &Module, name: &str, a: &[usize]) -> CK_RV {
    let list: *const CK_FUNCTION_LIST_3_2 = module.list();
    let functions = unsafe { list.cast::<AnyFunction>().add(1) };
    let position = names().into_iter().position(|known| known == name).unwrap();
    unsafe {
        let function = *functions.add(position);
        function(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9])
    }
}

/// Calls every function; each time in a new session, for some calls end one or log out.
fn walk(module: &Module, slot: CK_ULONG, template: &[CK_ATTRIBUTE], mechanism: CK_MECHANISM) {
    for prototype in prototypes() {
        if matches!(prototype.name.as_str(), "C_Initialize" | "C_Finalize") {
            continue;
        }
        let session = module.open(slot);
        module.log_in_again(session);
        let key = module.marked_key(session);
        begin_all(module, session, key);
        let is_harmful = prototype.name == "C_InitToken";
        let round = Round {
            slot: if is_harmful { 0xffff } else { slot },
            session,
            key,
            template: template.to_vec(),
            mechanism,
        };
        call_with(module, &prototype.name, &arguments(&prototype, &round));
    }
}

impl Module {
    /// Logs the user in, if that is needed.
    fn log_in_again(&self, session: CK_SESSION_HANDLE) {
        let (pin, len) = crate::library::pin(USER_PIN);
        call!(self, C_Login(session, 1, pin, len));
    }

    /// A key of this session whose value is the mark.
    fn marked_key(&self, session: CK_SESSION_HANDLE) -> CK_OBJECT_HANDLE {
        let [mut template, _] = templates();
        let mut key = 0;
        let (list, count) = (template.as_mut_ptr(), template.len() as CK_ULONG);
        let rv = call!(
            self,
            C_CreateObject(session, list, count, from_mut(&mut key))
        );
        assert_eq!(rv, 0, "{rv:#x}");
        key
    }
}

/// The mark in the forms that a log could give it.
fn forms() -> Vec<String> {
    let numbers: Vec<String> = MARK.iter().map(ToString::to_string).collect();
    let pin = String::from_utf8(USER_PIN.to_vec()).unwrap();
    vec![
        "S3CRET-m".to_owned(),
        "ark-9f#!".to_owned(),
        hex::encode(&MARK[..8]),
        hex::encode_upper(&MARK[..8]),
        numbers[..4].join(", "),
        numbers[..4].join(","),
        pin,
    ]
}

isolated! {
    fn no_marked_secret_stands_in_the_trace_of_any_function() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        // The process is the test's own and has one thread.
        unsafe {
            std::env::set_var("KEYSTEAD_LOG", "trace");
            std::env::set_var("KEYSTEAD_LOG_FORMAT", "json");
            std::env::set_var("KEYSTEAD_LOG_FILE", &path);
        }
        let module = Module::started();
        let slot = module.make_token();
        for template in templates() {
            for mechanism in mechanisms() {
                walk(&module, slot, &template, mechanism);
            }
        }
        let log = std::fs::read_to_string(&path).unwrap();
        for form in forms() {
            let line = log.lines().find(|line| line.contains(&form));
            assert_eq!(line, None, "{form}");
        }
        assert!(log.contains(r#""CKA_VALUE":{"bytes":16}"#), "values are told by their length");

        // Every function was there, and what it took stands in the log.
        let lines = log.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
        let told: BTreeSet<String> = lines
            .filter(|line| line["arguments"].as_object().is_some_and(|told| !told.is_empty()))
            .map(|line| line["function"].as_str().unwrap().to_owned())
            .collect();
        for prototype in prototypes() {
            let silent = ["C_Initialize", "C_Finalize"].contains(&prototype.name.as_str());
            let only_output = ["C_GetInfo", "C_GetFunctionList"].contains(&prototype.name.as_str());
            let is_told = told.contains(&prototype.name);
            assert!(is_told || silent || only_output, "{}", prototype.name);
        }
    }
}
