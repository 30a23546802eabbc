// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the OpenSSL command line has no word for, against the Python package `cryptography`.

use std::io::Write as _;
use std::process::{Command, Stdio};

use cryptoki_sys::*;

use crate::client::{keystead, random, ulong, usable_secret};
use crate::mechanism::{HASHES, Mech};
use crate::openssl::{hex, is_here};

/// An interpreter that has the package; Debian's own comes last, where another stands before it.
fn interpreter() -> Option<&'static str> {
    let found = ["python3", "/usr/bin/python3"].into_iter().find(|name| {
        Command::new(name)
            .args(["-c", "import cryptography"])
            .output()
            .is_ok_and(|output| output.status.success())
    });
    is_here("python3-cryptography", found.is_some());
    found
}

/// Looks at an answer; the question is for the message of a failure.
type Check<'a> = Box<dyn FnOnce(Vec<u8>, &str) + 'a>;

/// Questions for `reference.py`, and what must be true of its answers.
#[derive(Default)]
struct Questions<'a> {
    lines: String,
    checks: Vec<Check<'a>>,
}

impl<'a> Questions<'a> {
    fn ask(&mut self, operation: &str, values: &[&[u8]], check: impl FnOnce(Vec<u8>, &str) + 'a) {
        self.lines.push_str(operation);
        for value in values {
            let word = if value.is_empty() {
                "-".into()
            } else {
                hex(value)
            };
            self.lines.push(' ');
            self.lines.push_str(&word);
        }
        self.lines.push('\n');
        self.checks.push(Box::new(check));
    }

    fn hold(self, python: &str) {
        let mut child = Command::new(python)
            .arg("-I")
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/cross/reference.py"
            ))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let lines = self.lines.clone();
        let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()).unwrap());
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        assert!(output.status.success());
        let answers = String::from_utf8(output.stdout).unwrap();
        assert_eq!(answers.lines().count(), self.checks.len());
        for ((question, answer), check) in self.lines.lines().zip(answers.lines()).zip(self.checks)
        {
            check(hex::decode(answer).unwrap(), question);
        }
    }
}

#[test]
fn authenticated_ciphers_are_those_of_the_python_package_both_ways() {
    let Some(python) = interpreter() else { return };
    let session = &keystead();
    let mut questions = Questions::default();
    for len in [0, 1, 15, 16, 17, 100, 4096] {
        for (name, key_type, key_len, iv_len) in [
            ("gcm", CKK_AES, 16, 12),
            ("gcm", CKK_AES, 32, 60),
            ("ccm", CKK_AES, 24, 13),
            ("ccm", CKK_AES, 32, 7),
            ("chacha20-poly1305", CKK_CHACHA20, 32, 12),
        ] {
            let (key, iv) = (random(key_len), random(iv_len));
            let (aad, data) = (random(len / 3 + 1), random(len));
            let mech = move |iv: &[u8], aad: &[u8], len| match name {
                "gcm" => Mech::gcm(iv.to_vec(), aad.to_vec()),
                "ccm" => Mech::ccm(len, iv.to_vec(), aad.to_vec()),
                _ => Mech::chacha20_poly1305(iv.to_vec(), aad.to_vec(), 96),
            };
            let handle = session.secret(key_type, &key);
            let values = [&key[..], &iv, &aad, &data];
            let (iv, aad, data) = (iv.clone(), aad.clone(), data.clone());
            questions.ask(name, &values, move |sealed, question| {
                let mech = mech(&iv, &aad, data.len());
                let ours = session.encrypt(&mech, handle, &data).unwrap();
                assert_eq!(ours, sealed, "{question}");
                let opened = session.decrypt(&mech, handle, &sealed).unwrap();
                assert_eq!(opened, data, "{question}");
                let mut bent = sealed;
                *bent.last_mut().unwrap() ^= 1;
                assert!(session.decrypt(&mech, handle, &bent).is_err(), "{question}");
            });
        }
    }
    questions.hold(python);
}

#[test]
fn storage_encryption_and_wraps_are_those_of_the_python_package_both_ways() {
    let Some(python) = interpreter() else { return };
    let session = &keystead();
    let mut questions = Questions::default();
    for (name, id, key_type, key_len, iv_len, lengths) in [
        ("xts", CKM_AES_XTS, CKK_AES_XTS, 32, 16, [16, 17, 31, 512]),
        ("xts", CKM_AES_XTS, CKK_AES_XTS, 64, 16, [16, 33, 63, 512]),
        ("wrap", CKM_AES_KEY_WRAP, CKK_AES, 16, 0, [16, 24, 32, 64]),
        (
            "wrap-padded",
            CKM_AES_KEY_WRAP_KWP,
            CKK_AES,
            32,
            0,
            [1, 8, 9, 100],
        ),
    ] {
        for len in lengths {
            let (key, iv, data) = (random(key_len), random(iv_len), random(len));
            let handle = session.secret(key_type, &key);
            let values: Vec<&[u8]> = [&key, &iv, &data]
                .into_iter()
                .map(Vec::as_slice)
                .filter(|value| !value.is_empty())
                .collect();
            let (mech, data) = (Mech::bytes(id, &iv), data.clone());
            questions.ask(name, &values, move |sealed, question| {
                let ours = session.encrypt(&mech, handle, &data).unwrap();
                assert_eq!(ours, sealed, "{question}");
                let opened = session.decrypt(&mech, handle, &sealed).unwrap();
                assert_eq!(opened, data, "{question}");
            });
        }
    }
    questions.hold(python);
}

#[test]
fn derivations_are_those_of_the_python_package() {
    let Some(python) = interpreter() else { return };
    let session = &keystead();
    let mut wanted = usable_secret(CKK_GENERIC_SECRET);
    wanted.push((CKA_VALUE_LEN, ulong(70)));
    let wanted = &wanted;
    let mut questions = Questions::default();
    let len = 70_u64.to_be_bytes();
    for key_len in [16, 24, 32] {
        let (key, label, context) = (random(key_len), random(11), random(13));
        let base = session.secret(CKK_AES, &key);
        let mech = Mech::kbkdf(CKM_AES_CMAC, &label, &context);
        let values = [&key[..], &label, &context, &len];
        questions.ask("kbkdf-cmac", &values, move |theirs, question| {
            let key = session.derive(&mech, base, wanted).unwrap();
            assert_eq!(session.read(key, CKA_VALUE), theirs, "{question}");
        });
    }
    // The shared secret of two keys, and what both forms of KDF make of it.
    let pair = || {
        let public = vec![(CKA_EC_PARAMS, P256.to_vec())];
        let private = vec![(CKA_DERIVE, vec![1])];
        session
            .pair(&Mech::plain(CKM_EC_KEY_PAIR_GEN), &public, &private)
            .unwrap()
    };
    let ((_, ours), (theirs, _)) = (pair(), pair());
    let point = session.read(theirs, CKA_EC_POINT);
    let bare = Mech::ecdh(CKD_NULL, point.clone(), Vec::new());
    let secret = session
        .derive(&bare, ours, &usable_secret(CKK_GENERIC_SECRET))
        .unwrap();
    let secret = session.read(secret, CKA_VALUE);
    for (hash, x963, concat) in KDFS {
        let hash = HASHES.iter().find(|one| one.name == *hash).unwrap();
        for (operation, kdf) in [("x963", *x963), ("concat", *concat)] {
            let shared = random(33);
            let mech = Mech::ecdh(kdf, point.clone(), shared.clone());
            let values = [hash.name.as_bytes(), &secret, &shared, &len];
            questions.ask(operation, &values, move |theirs, question| {
                let key = session.derive(&mech, ours, wanted).unwrap();
                assert_eq!(session.read(key, CKA_VALUE), theirs, "{question}");
            });
        }
    }
    questions.hold(python);
}

/// OBJECT IDENTIFIER prime256v1
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

#[rustfmt::skip]
const KDFS: &[(&str, CK_EC_KDF_TYPE, CK_EC_KDF_TYPE)] = &[
    ("sha1", CKD_SHA1_KDF, CKD_SHA1_KDF_SP800),
    ("sha224", CKD_SHA224_KDF, CKD_SHA224_KDF_SP800),
    ("sha256", CKD_SHA256_KDF, CKD_SHA256_KDF_SP800),
    ("sha384", CKD_SHA384_KDF, CKD_SHA384_KDF_SP800),
    ("sha512", CKD_SHA512_KDF, CKD_SHA512_KDF_SP800),
    ("sha3-224", CKD_SHA3_224_KDF, CKD_SHA3_224_KDF_SP800),
    ("sha3-256", CKD_SHA3_256_KDF, CKD_SHA3_256_KDF_SP800),
    ("sha3-384", CKD_SHA3_384_KDF, CKD_SHA3_384_KDF_SP800),
    ("sha3-512", CKD_SHA3_512_KDF, CKD_SHA3_512_KDF_SP800),
];
