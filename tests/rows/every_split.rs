// SPDX-License-Identifier: MIT OR Apache-2.0
//! In one part or in many, cut anywhere: every cipher, digest, MAC and signature that the library
//! lists gives the same, also where a cipher's output overwrites its input.
//!
//! The input has 4 KiB, or fewer where a row takes fewer; the cuts are drawn at random, and a failure
//! tells the seed, which the variable `KEYSTEAD_SPLIT_SEED` repeats.
//! Source: PKCS#11 v3.2, "Encryption functions" to "Functions for verifying signatures and MACs".

use keystead::mechanism::{CcmParams, GcmParams, Mechanism, ParamShape, Params};
use keystead::module::{Reply, Room};
use keystead::pkcs11::attribute::{CKA_EC_PARAMS, CKA_PARAMETER_SET};
use keystead::pkcs11::flag::{CKF_DECRYPT, CKF_DIGEST, CKF_ENCRYPT, CKF_SIGN, CKF_VERIFY};
use keystead::pkcs11::hardware::CKH_DETERMINISTIC_REQUIRED;
use keystead::pkcs11::key_type::{
    CKK_AES, CKK_AES_XTS, CKK_CHACHA20, CKK_DES2, CKK_DES3, CKK_DSA, CKK_EC, CKK_EC_EDWARDS,
    CKK_ML_DSA, CKK_POLY1305, CKK_RSA, CKK_SLH_DSA,
};
use keystead::pkcs11::mechanism::{
    CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_KWP, CKM_AES_KEY_WRAP_PAD, CKM_AES_KEY_WRAP_PKCS7, CKM_DSA,
    CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN, CKM_HASH_ML_DSA, CKM_HASH_SLH_DSA,
    CKM_ML_DSA_KEY_PAIR_GEN, CKM_RSA_PKCS, CKM_RSA_PKCS_OAEP, CKM_RSA_X_509, CKM_SHA_1, CKM_SHA224,
    CKM_SHA256, CKM_SHA384, CKM_SHA512, CKM_SLH_DSA_KEY_PAIR_GEN,
};
use keystead::pkcs11::mgf::{
    CKG_MGF1_SHA1, CKG_MGF1_SHA3_224, CKG_MGF1_SHA3_256, CKG_MGF1_SHA3_384, CKG_MGF1_SHA3_512,
    CKG_MGF1_SHA224, CKG_MGF1_SHA256, CKG_MGF1_SHA384, CKG_MGF1_SHA512,
};
use keystead::pkcs11::rv::CKR_FUNCTION_NOT_SUPPORTED;
use keystead::pkcs11::{MechanismType, ObjectHandle};

use crate::bench::{Bench, code, output, row, template};
use crate::device::Flow;
use crate::dsa;
use crate::ec::{ED25519, P256};
use crate::rsa::pair;
use crate::splits::{SplitMix, split};
use crate::vector::{Key, bytes};

const LEN: usize = 4096;
const ROOM: Room = Room::Bytes(1 << 16);

/// Rows that take no parts: "AES Key Wrap", "single-part only".
const SINGLE_PART: [MechanismType; 4] = [
    CKM_AES_KEY_WRAP,
    CKM_AES_KEY_WRAP_KWP,
    CKM_AES_KEY_WRAP_PAD,
    CKM_AES_KEY_WRAP_PKCS7,
];

/// The seed of a run, and a generator from it.
fn random() -> (u64, SplitMix) {
    let given = std::env::var("KEYSTEAD_SPLIT_SEED").ok();
    let seed = given.map_or_else(
        || {
            let mut seed = [0; 8];
            getrandom::fill(&mut seed).unwrap();
            u64::from_ne_bytes(seed)
        },
        |seed| seed.parse().unwrap(),
    );
    (seed, SplitMix(seed))
}

/// The hash in the name of a PSS row, and the mask function with it.
fn pss(id: MechanismType) -> Params<'static> {
    let name = id.name().unwrap();
    let sha3 = |bits: &str| MechanismType::from_name(&format!("CKM_SHA3_{bits}")).unwrap();
    let (hash, mgf) = [
        ("SHA3_224", sha3("224"), CKG_MGF1_SHA3_224),
        ("SHA3_256", sha3("256"), CKG_MGF1_SHA3_256),
        ("SHA3_384", sha3("384"), CKG_MGF1_SHA3_384),
        ("SHA3_512", sha3("512"), CKG_MGF1_SHA3_512),
        ("SHA224", CKM_SHA224, CKG_MGF1_SHA224),
        ("SHA384", CKM_SHA384, CKG_MGF1_SHA384),
        ("SHA512", CKM_SHA512, CKG_MGF1_SHA512),
        ("SHA1", CKM_SHA_1, CKG_MGF1_SHA1),
        ("", CKM_SHA256, CKG_MGF1_SHA256),
    ]
    .into_iter()
    .find_map(|(part, hash, mgf)| name.contains(part).then_some((hash, mgf)))
    .unwrap();
    Params::RsaPss {
        hash,
        mgf,
        salt_len: 20,
    }
}

/// A parameter that fits the row and a text of this length.
fn params(row: &Mechanism, len: usize) -> Params<'static> {
    let gcm = |aad| {
        Params::Gcm(GcmParams {
            iv: Some(&[7; 12]),
            iv_len: 12,
            aad,
            tag_bits: 128,
        })
    };
    match row.params {
        ParamShape::Bytes(8) => Params::Bytes(&[6; 8]),
        ParamShape::Bytes(16) => Params::Bytes(&[6; 16]),
        // A MAC of 4 bytes; of SHA-512/t, 32 bits.
        ParamShape::Ulong if row.id.name().unwrap().ends_with("GENERAL") => Params::Ulong(4),
        ParamShape::Ulong => Params::Ulong(32),
        ParamShape::RsaOaep => Params::RsaOaep {
            hash: CKM_SHA256,
            mgf: CKG_MGF1_SHA256,
            source: 1,
            label: b"label",
        },
        ParamShape::RsaPss => pss(row.id),
        ParamShape::SignContext => Params::SignContext {
            hedge: CKH_DETERMINISTIC_REQUIRED.0,
            context: b"context",
        },
        ParamShape::HashSignContext => Params::HashSignContext {
            hedge: CKH_DETERMINISTIC_REQUIRED.0,
            context: b"context",
            hash: CKM_SHA256,
        },
        ParamShape::AesCtr => Params::AesCtr {
            counter_bits: 64,
            block: [0x0f; 16],
        },
        ParamShape::Gcm => gcm(b"aad"),
        ParamShape::Gmac => gcm(b""),
        ParamShape::Ccm => Params::Ccm(CcmParams {
            data_len: len as u64,
            nonce: &[7; 12],
            aad: b"aad",
            mac_len: 8,
        }),
        ParamShape::ChaCha20 => Params::ChaCha20 {
            nonce: &[7; 12],
            counter: 1,
        },
        ParamShape::ChaChaPoly => Params::ChaChaPoly {
            nonce: &[7; 12],
            aad: b"aad",
        },
        ParamShape::TlsMac => Params::TlsMac {
            hash: CKM_SHA256,
            len: 12,
            sender: 1,
        },
        _ => Params::None,
    }
}

/// A generated pair.
fn generated(bench: &Bench, row: &'static Mechanism, set: &[u8]) -> (ObjectHandle, ObjectHandle) {
    let id = match row.id {
        id if id == CKM_EC_KEY_PAIR_GEN || id == CKM_EC_EDWARDS_KEY_PAIR_GEN => CKA_EC_PARAMS,
        _ => CKA_PARAMETER_SET,
    };
    let (public, private) = (template(&[(id, set)]), template(&[]));
    let (module, session) = (&bench.module, bench.session);
    module
        .generate_key_pair(session, row, &Params::None, &public, &private)
        .unwrap()
}

/// The keys of the public and of the private operations of a row.
fn keys(bench: &mut Bench, mechanism: &Mechanism) -> Option<(ObjectHandle, ObjectHandle)> {
    let Some(key_type) = mechanism.keys.first().copied() else {
        return Some((ObjectHandle(0), ObjectHandle(0)));
    };
    let des = [[1; 8], [2; 8], [4; 8]].concat();
    let value = match key_type {
        CKK_RSA => {
            let (public, private) = pair();
            return Some((bench.key(&public).unwrap(), bench.key(&private).unwrap()));
        }
        CKK_DSA => {
            let (public, private) = dsa::pair(dsa::DSA_1024);
            return Some((bench.key(&public).unwrap(), bench.key(&private).unwrap()));
        }
        CKK_EC => return Some(generated(bench, row(CKM_EC_KEY_PAIR_GEN), &bytes(P256))),
        CKK_EC_EDWARDS => {
            let generation = row(CKM_EC_EDWARDS_KEY_PAIR_GEN);
            return Some(generated(bench, generation, &bytes(ED25519)));
        }
        CKK_ML_DSA => {
            let set = 1_u64.to_ne_bytes();
            return Some(generated(bench, row(CKM_ML_DSA_KEY_PAIR_GEN), &set));
        }
        CKK_SLH_DSA => {
            let set = 3_u64.to_ne_bytes();
            return Some(generated(bench, row(CKM_SLH_DSA_KEY_PAIR_GEN), &set));
        }
        CKK_DES2 => des[..16].to_vec(),
        CKK_DES3 => des,
        CKK_AES_XTS => [[5; 32], [6; 32]].concat(),
        CKK_AES => vec![5; 16],
        CKK_CHACHA20 | CKK_POLY1305 => vec![5; 32],
        _ => vec![5; 48],
    };
    let key = bench.key(&Key::secret(key_type, &value)).ok()?;
    Some((key, key))
}

/// How long a text the row takes; the raw forms take a hash.
fn text_len(id: MechanismType) -> usize {
    match id {
        // A wrapped key is no longer than a key.
        _ if SINGLE_PART.contains(&id) => 64,
        CKM_RSA_X_509 => 256,
        CKM_RSA_PKCS | CKM_RSA_PKCS_OAEP | CKM_DSA | CKM_HASH_ML_DSA | CKM_HASH_SLH_DSA => 32,
        _ if id.name().unwrap().ends_with("RSA_PKCS_PSS") && id.name().unwrap().len() == 16 => 32,
        _ => LEN,
    }
}

fn listed(flag: u64) -> Vec<(&'static Mechanism, u64)> {
    let of = |bench: Bench| bench.module.mechanisms();
    of(Bench::new())
        .into_iter()
        .filter(|(_, flags)| flags & flag != 0)
        .map(|(id, flags)| (row(id), flags))
        .collect()
}

/// One cipher in one direction, fed in parts; in place when `in_place`.
fn in_parts(bench: &Bench, flow: Flow, parts: &[&[u8]], in_place: bool) -> Vec<u8> {
    let (module, session) = (&bench.module, bench.session);
    let mut all = Vec::new();
    for part in parts {
        if in_place {
            let mut buffer = part.to_vec();
            buffer.resize(part.len() + 64, 0);
            let len = module
                .update_in_place(flow, session, &mut buffer, part.len())
                .unwrap();
            all.extend_from_slice(&buffer[..len]);
            continue;
        }
        let room = Room::Bytes(part.len() + 64);
        let reply = match flow {
            Flow::Encrypt => module.encrypt_update(session, part, room),
            Flow::Decrypt => module.decrypt_update(session, part, room),
        };
        all.extend(output(reply.unwrap()));
    }
    let last = match flow {
        Flow::Encrypt => module.encrypt_final(session, ROOM),
        Flow::Decrypt => module.decrypt_final(session, ROOM),
    };
    all.extend(output(last.unwrap()));
    all
}

type Request<'a> = (&'static Mechanism, &'a Params<'a>);

fn start(bench: &Bench, flow: Flow, request: Request<'_>, key: ObjectHandle) {
    let (module, session) = (&bench.module, bench.session);
    match flow {
        Flow::Encrypt => module.encrypt_init(session, Some(request), key),
        Flow::Decrypt => module.decrypt_init(session, Some(request), key),
    }
    .unwrap();
}

fn single_in_place(
    bench: &Bench,
    flow: Flow,
    request: Request<'_>,
    key: ObjectHandle,
    input: &[u8],
) -> Vec<u8> {
    start(bench, flow, request, key);
    let mut buffer = input.to_vec();
    buffer.resize(input.len() + 512, 0);
    let (module, session) = (&bench.module, bench.session);
    let len = module.single_in_place(flow, session, &mut buffer, input.len());
    buffer.truncate(len.unwrap());
    buffer
}

#[test]
fn ciphers() {
    let mut bench = Bench::new();
    let (seed, mut random) = random();
    let mut n_rows = 0;
    for (row, flags) in listed(CKF_ENCRYPT) {
        assert_ne!(flags & CKF_DECRYPT, 0, "{}", row.id);
        let (public, private) = keys(&mut bench, row).unwrap();
        let text = random.bytes(text_len(row.id));
        let params = params(row, text.len());
        let request = (row, &params);
        let what = format!("{} with seed {seed}", row.id);
        let is_random = row.keys == [CKK_RSA] && row.id != CKM_RSA_X_509;
        // A raw block is a number below the modulus.
        let text = [&vec![0; usize::from(row.id == CKM_RSA_X_509)], &text[..]].concat();
        let text = &text[..text.len() - usize::from(row.id == CKM_RSA_X_509)];
        let sealed = bench.single(crate::bench::Direction::Encrypt, request, public, text);
        let sealed = sealed.unwrap_or_else(|error| panic!("{what}: {error}"));
        for (flow, key, input, wanted) in [
            (Flow::Encrypt, public, text, &sealed[..]),
            (Flow::Decrypt, private, &sealed, text),
        ] {
            let is_random = is_random && matches!(flow, Flow::Encrypt);
            if !is_random {
                let made = single_in_place(&bench, flow, request, key, input);
                assert!(made == wanted, "{what}, {flow:?} in place");
            }
            start(&bench, flow, request, key);
            if SINGLE_PART.contains(&row.id) {
                let part = bench.module.encrypt_update(bench.session, &[0; 8], ROOM);
                let other = bench.module.decrypt_update(bench.session, &[0; 8], ROOM);
                let codes = [code(part), code(other)];
                assert!(
                    codes.contains(&CKR_FUNCTION_NOT_SUPPORTED),
                    "{what}: {codes:?}"
                );
                continue;
            }
            for in_place in [false, true] {
                if in_place {
                    start(&bench, flow, request, key);
                }
                let parts = split(&mut random, input);
                let made = in_parts(&bench, flow, &parts, in_place);
                assert!(is_random || made == wanted, "{what}, {flow:?} {in_place}");
            }
        }
        n_rows += 1;
    }
    assert!(n_rows >= 25, "{n_rows}");
}

#[test]
fn digests() {
    let bench = Bench::new();
    let (seed, mut random) = random();
    let (module, session) = (&bench.module, bench.session);
    for (row, _) in listed(CKF_DIGEST) {
        let params = params(row, LEN);
        let text = random.bytes(LEN);
        let request = Some((row, &params));
        module.digest_init(session, request).unwrap();
        let one = output(module.digest(session, &text, ROOM).unwrap());
        module.digest_init(session, request).unwrap();
        for part in split(&mut random, &text) {
            module.digest_update(session, part).unwrap();
        }
        let many = output(module.digest_final(session, ROOM).unwrap());
        assert_eq!(one, many, "{} with seed {seed}", row.id);
    }
}

#[test]
fn macs_and_signatures() {
    let mut bench = Bench::new();
    let (seed, mut random) = random();
    let mut n_rows = 0;
    for (row, flags) in listed(CKF_SIGN) {
        assert_ne!(flags & CKF_VERIFY, 0, "{}", row.id);
        let (public, private) = keys(&mut bench, row).unwrap();
        let mut text = random.bytes(text_len(row.id));
        if row.id == CKM_RSA_X_509 {
            text[0] = 0;
        }
        let params = params(row, text.len());
        let request = (row, &params);
        let what = format!("{} with seed {seed}", row.id);
        let one = bench.sign(request, private, &text);
        let one = one.unwrap_or_else(|error| panic!("{what}: {error}"));
        let (module, session) = (&bench.module, bench.session);
        module.sign_init(session, Some(request), private).unwrap();
        for part in split(&mut random, &text) {
            module.sign_update(session, part).unwrap();
        }
        let Reply::Bytes(many) = module.sign_final(session, ROOM).unwrap() else {
            panic!("a length");
        };
        let name = row.id.name().unwrap();
        let is_random = name.contains("PSS") || name.contains("ECDSA");
        assert!(is_random || many.ct_eq(&one), "{what}");
        for signature in [&one[..], many.expose()] {
            module.verify_init(session, Some(request), public).unwrap();
            module.verify(session, &text, signature).unwrap();
            module.verify_init(session, Some(request), public).unwrap();
            for part in split(&mut random, &text) {
                module.verify_update(session, part).unwrap();
            }
            module.verify_final(session, signature).unwrap();
        }
        n_rows += 1;
    }
    assert!(n_rows > 90, "{n_rows}");
}
