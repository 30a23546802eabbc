// SPDX-License-Identifier: MIT OR Apache-2.0
//! Signatures between Keystead and OpenSSL: each verifies the other's, with keys of both.

use cryptoki_sys::*;
use der::asn1::UintRef;
use der::{Decode as _, Encode as _, Sequence};

use crate::client::{Session, keystead, random, ulong};
use crate::mechanism::{HASHES, Mech};
use crate::openssl::OpenSsl;
use crate::openssl_keys::{EC, ec_options, export, generate, import, public_half};

/// Ecdsa-Sig-Value (RFC 3279, 2.2.3), which PKCS#11 writes as r and s of equal length.
#[derive(Sequence)]
struct EcdsaSigValue<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

fn to_der(raw: &[u8]) -> Vec<u8> {
    let (r, s) = raw.split_at(raw.len() / 2);
    let value = EcdsaSigValue {
        r: UintRef::new(r).unwrap(),
        s: UintRef::new(s).unwrap(),
    };
    value.to_der().unwrap()
}

fn to_raw(der: &[u8], half: usize) -> Vec<u8> {
    let value = EcdsaSigValue::from_der(der).unwrap();
    [value.r, value.s]
        .iter()
        .flat_map(|number| {
            let bytes = number.as_bytes();
            [vec![0; half - bytes.len()], bytes.to_vec()].concat()
        })
        .collect()
}

/// One key that both have: here as objects, there as `key.der` and `key.pub`.
struct Shared<'s, 't> {
    session: &'s Session<'t>,
    openssl: &'s OpenSsl,
    private: CK_OBJECT_HANDLE,
    public: CK_OBJECT_HANDLE,
    /// Half the length of an ECDSA signature; 0 for others.
    half: usize,
}

impl<'s, 't> Shared<'s, 't> {
    /// A key that OpenSSL made.
    fn theirs(
        session: &'s Session<'t>,
        openssl: &'s OpenSsl,
        options: &str,
        key_type: CK_KEY_TYPE,
    ) -> Self {
        let private = import(session, key_type, &generate(openssl, "key", options));
        Self::new(session, openssl, key_type, private)
    }

    /// A key of the same kind that Keystead makes.
    fn ours(&self, mech: &Mech, key_type: CK_KEY_TYPE) -> Self {
        let parameter = if key_type == CKK_RSA {
            (CKA_MODULUS_BITS, ulong(2048))
        } else {
            (
                CKA_EC_PARAMS,
                self.session.read(self.private, CKA_EC_PARAMS),
            )
        };
        let private = vec![
            (CKA_SENSITIVE, vec![0]),
            (CKA_EXTRACTABLE, vec![1]),
            (CKA_SIGN, vec![1]),
        ];
        let pair = self.session.pair(mech, &vec![parameter], &private);
        let (_, private) = pair.unwrap();
        self.openssl
            .write("key.der", &export(self.session, private));
        let public = self.session.read(private, CKA_PUBLIC_KEY_INFO);
        self.openssl.write("key.pub", &public);
        Self::new(self.session, self.openssl, key_type, private)
    }

    fn new(
        session: &'s Session<'t>,
        openssl: &'s OpenSsl,
        key_type: CK_KEY_TYPE,
        private: CK_OBJECT_HANDLE,
    ) -> Self {
        let public = public_half(session, key_type, private);
        let half = if key_type == CKK_EC {
            let probe = session.sign(&Mech::plain(CKM_ECDSA), private, &[1; 32]);
            probe.unwrap().len() / 2
        } else {
            0
        };
        Self {
            session,
            openssl,
            private,
            public,
            half,
        }
    }

    fn hold(&self, mech: &Mech, input: &[u8], options: &str) {
        let (session, openssl) = (self.session, self.openssl);
        openssl.write("data", input);
        let ours = session.sign(mech, self.private, input).unwrap();
        let form = if self.half == 0 { ours } else { to_der(&ours) };
        let check = format!(
            "pkeyutl -verify -pubin -keyform DER -inkey key.pub -in data -sigfile sig {options}"
        );
        openssl.write("sig", &form);
        assert!(openssl.agrees(&check), "{check}: {:#x}", mech.id);
        openssl.write("data", &[input, &[1]].concat());
        assert!(!openssl.agrees(&check), "{check}: takes another message");
        openssl.write("data", input);
        let theirs = openssl.gives(&format!(
            "pkeyutl -sign -keyform DER -inkey key.der -in data {options}"
        ));
        let form = if self.half == 0 {
            theirs
        } else {
            to_raw(&theirs, self.half)
        };
        let verified = session.verify(mech, self.public, input, &form);
        assert_eq!(verified, Ok(()), "{options}: {:#x}", mech.id);
        let other = [input, &[1]].concat();
        assert!(session.verify(mech, self.public, &other, &form).is_err());
    }
}

#[test]
fn rsa_signatures_are_verified_by_the_other() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    let session = keystead();
    let options = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048";
    let theirs = Shared::theirs(&session, &openssl, options, CKK_RSA);
    hold_rsa(&theirs);
    hold_rsa(&theirs.ours(&Mech::plain(CKM_RSA_PKCS_KEY_PAIR_GEN), CKK_RSA));
}

fn hold_rsa(key: &Shared<'_, '_>) {
    key.hold(
        &Mech::plain(CKM_RSA_PKCS),
        &random(50),
        "-pkeyopt rsa_padding_mode:pkcs1",
    );
    for hash in HASHES {
        let pkcs1 = format!(
            "-rawin -digest {} -pkeyopt rsa_padding_mode:pkcs1",
            hash.name
        );
        key.hold(&Mech::plain(hash.rsa), &random(300), &pkcs1);
        for salt_len in [0, hash.len, 60] {
            let pss = format!(
                "-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:{salt_len} -pkeyopt \
                 rsa_mgf1_md:{}",
                hash.name
            );
            let rawin = format!("-rawin -digest {} {pss}", hash.name);
            key.hold(&Mech::pss(hash.pss, *hash, salt_len), &random(300), &rawin);
        }
    }
}

#[test]
fn ecdsa_signatures_are_verified_by_the_other_on_every_curve() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    let session = keystead();
    for curve in EC {
        let theirs = Shared::theirs(&session, &openssl, &ec_options(curve), CKK_EC);
        hold_ecdsa(&theirs);
        hold_ecdsa(&theirs.ours(&Mech::plain(CKM_EC_KEY_PAIR_GEN), CKK_EC));
    }
}

fn hold_ecdsa(key: &Shared<'_, '_>) {
    for hash in HASHES {
        let options = format!("-rawin -digest {}", hash.name);
        key.hold(&Mech::plain(hash.ecdsa), &random(300), &options);
    }
    // Without `-rawin` a message that is longer still counts, its left bits only.
    let short = random(20);
    key.hold(&Mech::plain(CKM_ECDSA), &short, "");
}

#[test]
fn edwards_signatures_are_verified_by_the_other_and_equal() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    let session = keystead();
    for name in ["ED25519", "ED448"] {
        let options = format!("-algorithm {name}");
        let theirs = Shared::theirs(&session, &openssl, &options, CKK_EC_EDWARDS);
        let mech = Mech::plain(CKM_EDDSA);
        for key in [
            theirs.ours(&Mech::plain(CKM_EC_EDWARDS_KEY_PAIR_GEN), CKK_EC_EDWARDS),
            Shared::theirs(&session, &openssl, &options, CKK_EC_EDWARDS),
        ] {
            // The key's files are the last one's that was made.
            let export = export(&session, key.private);
            openssl.write("key.der", &export);
            openssl.write("key.pub", &session.read(key.private, CKA_PUBLIC_KEY_INFO));
            for len in [1, 64, 1000] {
                let data = random(len);
                key.hold(&mech, &data, "-rawin");
                openssl.write("data", &data);
                let same =
                    openssl.gives("pkeyutl -sign -rawin -keyform DER -inkey key.der -in data");
                assert_eq!(
                    session.sign(&mech, key.private, &data).unwrap(),
                    same,
                    "{name}"
                );
            }
        }
    }
}
