// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keystead and another token, loaded side by side: the same keys and inputs give the same results, or
//! each verifies and opens what the other made.
//!
//! Each peer runs in a process of its own. A mechanism that a peer lacks is left out there; the number
//! of those that were compared is asserted.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use cryptoki_sys::*;

use crate::client::{Attributes, Session, Token, keystead, random, shown, ulong, usable_secret};
use crate::mechanism::{HASHES, Mech};
use crate::openssl::is_here;
use crate::openssl_symmetric::des_parity;

const CHILD: &str = "KEYSTEAD_CROSS_CHILD";

/// The first of these files below the directories where Debian has libraries.
fn library(names: &[&str]) -> Option<PathBuf> {
    let architecture = format!("{}-linux-gnu", std::env::consts::ARCH);
    ["/usr/lib".into(), format!("/usr/lib/{architecture}")]
        .iter()
        .flat_map(|folder| names.iter().map(move |name| Path::new(folder).join(name)))
        .find(|path| path.is_file())
}

/// Runs a test of this file again in a process of its own.
fn in_a_process_of_its_own(test: &str, environment: &[(&str, &Path)]) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{}\n{said}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
}

fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

#[test]
fn softhsm_gives_the_same_results() {
    let found = library(&["softhsm/libsofthsm2.so"]);
    if !is_here("softhsm2", found.is_some()) {
        return;
    }
    if is_child() {
        let mut token = Token::load(&found.unwrap(), None);
        token.prepare();
        Duel::new(&token, CKM_AES_KEY_WRAP_PAD).fight(39);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let configuration = folder.path().join("softhsm2.conf");
    let text = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
        folder.path().display()
    );
    std::fs::write(&configuration, text).unwrap();
    let environment = [("SOFTHSM2_CONF", configuration.as_path())];
    in_a_process_of_its_own("tokens::softhsm_gives_the_same_results", &environment);
}

#[test]
fn nss_softokn_gives_the_same_results() {
    let found = library(&["libsoftokn3.so", "nss/libsoftokn3.so"]);
    if !is_here("libnss3", found.is_some()) {
        return;
    }
    if is_child() {
        let parameters = "configdir='' certPrefix='' keyPrefix='' secmod='' \
                          flags=noCertDB,noModDB,optimizeSpace";
        let token = Token::load(&found.unwrap(), Some(parameters));
        Duel::new(&token, CKM_AES_KEY_WRAP_KWP).fight(58);
        return;
    }
    in_a_process_of_its_own("tokens::nss_softokn_gives_the_same_results", &[]);
}

/// Two sessions and what has been compared.
struct Duel<'t> {
    ours: Session<'static>,
    theirs: Session<'t>,
    peer: &'t Token,
    /// The number under which the peer has RFC 5649.
    padded_wrap: CK_MECHANISM_TYPE,
    compared: RefCell<BTreeSet<CK_MECHANISM_TYPE>>,
}

/// The two handles of one key.
type Both = [CK_OBJECT_HANDLE; 2];

impl<'t> Duel<'t> {
    fn new(peer: &'t Token, padded_wrap: CK_MECHANISM_TYPE) -> Self {
        Self {
            ours: keystead(),
            theirs: peer.session(),
            peer,
            padded_wrap,
            compared: RefCell::default(),
        }
    }

    fn fight(&self, least: usize) {
        self.digests();
        self.ciphers();
        self.macs();
        self.wraps();
        self.derivations();
        self.rsa();
        self.curves();
        let compared = self.compared.borrow().len();
        println!("{compared} mechanisms compared");
        assert!(
            compared >= least,
            "only {compared}: {:x?}",
            self.compared.borrow()
        );
    }

    /// Whether the peer has the mechanism, which then counts.
    fn has(&self, id: CK_MECHANISM_TYPE) -> bool {
        let has = self.peer.has(id, 0);
        if has {
            self.compared.borrow_mut().insert(id);
        }
        has
    }

    fn sessions(&self) -> [&Session<'_>; 2] {
        [&self.ours, &self.theirs]
    }

    fn secret(&self, key_type: CK_KEY_TYPE, value: &[u8]) -> Both {
        let value = des_parity(value.to_vec(), key_type);
        self.sessions()
            .map(|session| session.secret(key_type, &value))
    }

    fn create(&self, attributes: &Attributes) -> Both {
        self.sessions()
            .map(|session| session.create(attributes).unwrap())
    }

    fn digests(&self) {
        let more = [CKM_MD5];
        let all = HASHES.iter().map(|hash| hash.digest).chain(more);
        for id in all.filter(|id| self.has(*id)) {
            let data = random(1000);
            let [ours, theirs] = self
                .sessions()
                .map(|one| one.digest(&Mech::plain(id), &data));
            assert_eq!(ours, theirs, "{id:#x}");
        }
    }

    fn ciphers(&self) {
        let aes = |id, block| (id, CKK_AES, 32, 16, block);
        for (id, key_type, key_len, iv_len, block) in [
            (CKM_AES_ECB, CKK_AES, 16, 0, 16),
            (CKM_DES3_ECB, CKK_DES3, 24, 0, 8),
            (CKM_DES3_CBC, CKK_DES3, 24, 8, 8),
            (CKM_DES3_CBC_PAD, CKK_DES3, 24, 8, 1),
            aes(CKM_AES_CBC, 16),
            aes(CKM_AES_CBC_PAD, 1),
            aes(CKM_AES_CTS, 1),
        ] {
            for len in [16_usize, 17, 100, 4096].map(|len| len.next_multiple_of(block)) {
                let iv = random(iv_len);
                self.cipher(&Mech::bytes(id, &iv), key_type, key_len, len);
            }
        }
        for len in [0, 1, 100, 4096] {
            self.cipher(&Mech::ctr(&random(16)), CKK_AES, 24, len);
            self.cipher(&Mech::gcm(random(12), random(20)), CKK_AES, 32, len);
            // NSS reads the length of this nonce in bytes.
            let mech = Mech::chacha20_poly1305(random(12), random(20), 12);
            self.cipher(&mech, CKK_CHACHA20, 32, len);
        }
    }

    fn cipher(&self, mech: &Mech, key_type: CK_KEY_TYPE, key_len: usize, len: usize) {
        if !self.has(mech.id) {
            return;
        }
        let (value, data) = (random(key_len), random(len));
        let [ours, theirs] = self.secret(key_type, &value);
        let sealed = self.ours.encrypt(mech, ours, &data).unwrap();
        let what = format!("{:#x}, {len} bytes", mech.id);
        assert_eq!(
            self.theirs.encrypt(mech, theirs, &data),
            Ok(sealed.clone()),
            "{what}"
        );
        assert_eq!(
            self.theirs.decrypt(mech, theirs, &sealed),
            Ok(data.clone()),
            "{what}"
        );
        assert_eq!(self.ours.decrypt(mech, ours, &sealed), Ok(data), "{what}");
    }

    fn macs(&self) {
        let hmacs = HASHES
            .iter()
            .map(|hash| (hash.hmac, CKK_GENERIC_SECRET, 64));
        let more = [
            (CKM_MD5_HMAC, CKK_GENERIC_SECRET, 40),
            (CKM_AES_CMAC, CKK_AES, 16),
            (CKM_DES3_CMAC, CKK_DES3, 24),
            (CKM_AES_MAC, CKK_AES, 32),
            (CKM_AES_XCBC_MAC, CKK_AES, 16),
            (CKM_AES_XCBC_MAC_96, CKK_AES, 16),
        ];
        for (id, key_type, key_len) in hmacs.chain(more).filter(|(id, ..)| self.has(*id)) {
            let keys = self.secret(key_type, &random(key_len));
            let data = random(333);
            self.same_signature(&Mech::plain(id), keys, keys, &data);
        }
    }

    fn same_signature(&self, mech: &Mech, signing: Both, verifying: Both, data: &[u8]) {
        let ours = self.ours.sign(mech, signing[0], data);
        let theirs = self.theirs.sign(mech, signing[1], data);
        assert_eq!(ours, theirs, "{:#x}", mech.id);
        self.each_verifies(mech, signing, verifying, data);
    }

    fn each_verifies(&self, mech: &Mech, signing: Both, verifying: Both, data: &[u8]) {
        let ours = self.ours.sign(mech, signing[0], data).unwrap();
        let theirs = self.theirs.sign(mech, signing[1], data).unwrap();
        let verified = self.theirs.verify(mech, verifying[1], data, &ours);
        // NSS makes these MACs and verifies none.
        let is_skipped = [CKM_AES_CMAC, CKM_AES_XCBC_MAC, CKM_AES_XCBC_MAC_96].contains(&mech.id)
            && matches!(
                verified,
                Err(CKR_MECHANISM_INVALID | CKR_KEY_TYPE_INCONSISTENT)
            );
        assert!(
            verified == Ok(()) || is_skipped,
            "{:#x}: {verified:?}",
            mech.id
        );
        let verified = self.ours.verify(mech, verifying[0], data, &theirs);
        assert_eq!(verified, Ok(()), "{:#x}", mech.id);
        let bent = [&data[1..], &[data[0] ^ 1]].concat();
        assert!(
            self.ours
                .verify(mech, verifying[0], &bent, &theirs)
                .is_err()
        );
    }

    /// Both wrap alike and unwrap what Keystead wrapped.
    fn wraps(&self) {
        for (ours, theirs, len) in [
            (CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP, 32),
            (CKM_AES_KEY_WRAP_KWP, self.padded_wrap, 24),
            (CKM_AES_KEY_WRAP_KWP, self.padded_wrap, 21),
            (CKM_AES_CBC_PAD, CKM_AES_CBC_PAD, 32),
        ] {
            // SoftHSM ciphers with CBC and does not wrap with it.
            if !self.peer.has(theirs, CKF_WRAP) || !self.has(theirs) {
                continue;
            }
            let iv = random(if ours == CKM_AES_CBC_PAD { 16 } else { 0 });
            let mechs = [Mech::bytes(ours, &iv), Mech::bytes(theirs, &iv)];
            let (by, value) = (self.secret(CKK_AES, &random(32)), random(len));
            let keys = self.secret(CKK_GENERIC_SECRET, &value);
            let wrapped = self.ours.wrap(&mechs[0], by[0], keys[0]).unwrap();
            // SoftHSM adds zeros up to 8 bytes before it pads as RFC 5649 says, and so hides the length.
            if len % 8 == 0 {
                let same = self.theirs.wrap(&mechs[1], by[1], keys[1]);
                assert_eq!(same, Ok(wrapped.clone()), "{ours:#x}");
            }
            let template = usable_secret(CKK_GENERIC_SECRET);
            for ((session, mech), by) in self.sessions().into_iter().zip(&mechs).zip(by) {
                let key = session.unwrap(mech, by, &wrapped, &template).unwrap();
                assert_eq!(session.read(key, CKA_VALUE), value, "{ours:#x}");
            }
        }
    }

    fn same_key(&self, mech: &Mech, base: Both, len: Option<usize>) {
        if !self.has(mech.id) {
            return;
        }
        let mut wanted = usable_secret(CKK_GENERIC_SECRET);
        wanted.extend(len.map(|len| (CKA_VALUE_LEN, ulong(len as CK_ULONG))));
        let made = self.sessions().map(|session| {
            let base = if std::ptr::eq(session, &raw const self.ours) {
                base[0]
            } else {
                base[1]
            };
            let key = session.derive(mech, base, &wanted);
            key.map(|key| session.read(key, CKA_VALUE))
        });
        assert!(made[0].is_ok(), "{:#x}", mech.id);
        assert_eq!(made[0], made[1], "{:#x}", mech.id);
    }

    fn derivations(&self) {
        let base = self.secret(CKK_GENERIC_SECRET, &random(40));
        for hash in HASHES.iter().take(5) {
            self.same_key(&Mech::hkdf(*hash, random(20), random(30)), base, Some(50));
            self.same_key(
                &Mech::kbkdf(hash.hmac, b"label", b"context"),
                base,
                Some(50),
            );
        }
        for id in [
            CKM_CONCATENATE_BASE_AND_DATA,
            CKM_CONCATENATE_DATA_AND_BASE,
            CKM_XOR_BASE_AND_DATA,
        ] {
            self.same_key(&Mech::string_data(id, random(40)), base, None);
        }
        for id in [
            CKM_SHA1_KEY_DERIVATION,
            CKM_SHA224_KEY_DERIVATION,
            CKM_SHA256_KEY_DERIVATION,
            CKM_SHA384_KEY_DERIVATION,
            CKM_SHA512_KEY_DERIVATION,
        ] {
            self.same_key(&Mech::plain(id), base, Some(20));
        }
        let aes = self.secret(CKK_AES, &random(32));
        let mech = Mech::string_data(CKM_AES_ECB_ENCRYPT_DATA, random(32));
        self.same_key(&mech, aes, Some(32));
    }

    fn rsa(&self) {
        let public = vec![(CKA_MODULUS_BITS, ulong(2048))];
        let private = vec![(CKA_SENSITIVE, vec![0]), (CKA_EXTRACTABLE, vec![1])];
        let mech = Mech::plain(CKM_RSA_PKCS_KEY_PAIR_GEN);
        let (_, made) = self.ours.pair(&mech, &public, &private).unwrap();
        let part = |id| (id, self.ours.read(made, id));
        let mut public = shown(CKO_PUBLIC_KEY, CKK_RSA);
        public.retain(|(id, _)| !matches!(*id, CKA_SENSITIVE | CKA_EXTRACTABLE));
        public.extend([part(CKA_MODULUS), part(CKA_PUBLIC_EXPONENT)]);
        public.extend([CKA_ENCRYPT, CKA_VERIFY].map(|id| (id, vec![1])));
        let mut private = shown(CKO_PRIVATE_KEY, CKK_RSA);
        private.extend([CKA_DECRYPT, CKA_SIGN].map(|id| (id, vec![1])));
        private.extend(RSA_PARTS.map(part));
        let (public, private) = (self.create(&public), self.create(&private));
        self.same_signature(&Mech::plain(CKM_RSA_PKCS), private, public, &random(51));
        for hash in HASHES {
            let data = random(300);
            if self.has(hash.rsa) {
                self.same_signature(&Mech::plain(hash.rsa), private, public, &data);
            }
            if self.has(hash.pss) {
                let mech = Mech::pss(hash.pss, *hash, hash.len);
                self.each_verifies(&mech, private, public, &data);
            }
        }
        // SoftHSM knows OAEP with SHA-1 and without a label only.
        for mech in [Mech::plain(CKM_RSA_PKCS), Mech::oaep(HASHES[0], Vec::new())] {
            let data = random(99);
            let sealed = self.theirs.encrypt(&mech, public[1], &data).unwrap();
            assert_eq!(
                self.ours.decrypt(&mech, private[0], &sealed),
                Ok(data.clone())
            );
            let sealed = self.ours.encrypt(&mech, public[0], &data).unwrap();
            assert_eq!(self.theirs.decrypt(&mech, private[1], &sealed), Ok(data));
            self.has(mech.id);
        }
    }

    fn curves(&self) {
        for curve in CURVES {
            let public = vec![(CKA_EC_PARAMS, curve.to_vec())];
            let private = vec![(CKA_SENSITIVE, vec![0]), (CKA_EXTRACTABLE, vec![1])];
            let mech = Mech::plain(CKM_EC_KEY_PAIR_GEN);
            let made = self.ours.pair(&mech, &public, &private).unwrap();
            let point = self.ours.read(made.0, CKA_EC_POINT);
            let mut public = shown(CKO_PUBLIC_KEY, CKK_EC);
            public.retain(|(id, _)| !matches!(*id, CKA_SENSITIVE | CKA_EXTRACTABLE));
            public.extend([
                (CKA_EC_PARAMS, curve.to_vec()),
                (CKA_EC_POINT, point.clone()),
            ]);
            public.push((CKA_VERIFY, vec![1]));
            let mut private = shown(CKO_PRIVATE_KEY, CKK_EC);
            private.extend([CKA_SIGN, CKA_DERIVE].map(|id| (id, vec![1])));
            private.push((CKA_EC_PARAMS, curve.to_vec()));
            private.push((CKA_VALUE, self.ours.read(made.1, CKA_VALUE)));
            // NSS wants the public point beside the private value, under a name of its own.
            let theirs = [&private[..], &[(CKA_NSS_DB, point.clone())]].concat();
            let private = [
                self.ours.create(&private).unwrap(),
                self.theirs
                    .create(&private)
                    .or_else(|_| self.theirs.create(&theirs))
                    .unwrap(),
            ];
            let public = self.create(&public);
            self.each_verifies(&Mech::plain(CKM_ECDSA), private, public, &random(32));
            self.has(CKM_ECDSA);
            for hash in HASHES.iter().filter(|hash| self.has(hash.ecdsa)) {
                self.each_verifies(&Mech::plain(hash.ecdsa), private, public, &random(200));
            }
            let (peer, _) = {
                let parameters = vec![(CKA_EC_PARAMS, curve.to_vec())];
                self.ours.pair(&mech, &parameters, &Vec::new()).unwrap()
            };
            let wrapped = self.ours.read(peer, CKA_EC_POINT);
            let raw = wrapped[wrapped.len() - (point.len() - header(&point))..].to_vec();
            let len = raw.len() / 2;
            let mech = Mech::ecdh(CKD_NULL, raw, Vec::new());
            self.same_key(&mech, private, Some(len));
        }
    }
}

/// The bytes of a DER header whose length is short or of one byte.
fn header(der: &[u8]) -> usize {
    if der[1] < 0x80 { 2 } else { 3 }
}

/// `CKA_NSS_DB`, vendor-defined
const CKA_NSS_DB: CK_ATTRIBUTE_TYPE = 0xd5a0_db00;

const RSA_PARTS: [CK_ATTRIBUTE_TYPE; 8] = [
    CKA_MODULUS,
    CKA_PUBLIC_EXPONENT,
    CKA_PRIVATE_EXPONENT,
    CKA_PRIME_1,
    CKA_PRIME_2,
    CKA_EXPONENT_1,
    CKA_EXPONENT_2,
    CKA_COEFFICIENT,
];

/// OBJECT IDENTIFIER prime256v1, secp384r1, secp521r1
const CURVES: [&[u8]; 3] = [
    &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
    &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22],
    &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23],
];
