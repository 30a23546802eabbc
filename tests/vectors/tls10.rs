// SPDX-License-Identifier: MIT OR Apache-2.0
//! TLS 1.0 and 1.1. Vectors: NIST CAVP, "TLS 1.0/1.1 KDF" (SP 800-135).

use hmac::{Hmac, KeyInit as _, Mac as _};
use keystead::error::Error;
use keystead::mechanism::{Extra, Params, TlsKeyMaterial, find};
use keystead::object::Value;
use keystead::pkcs11::attribute::{
    CKA_ALLOWED_MECHANISMS, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_PRIVATE, CKA_SENSITIVE, CKA_SIGN,
};
use keystead::pkcs11::key_type::{CKK_AES, CKK_GENERIC_SECRET};
use keystead::pkcs11::mechanism::{
    CKM_TLS_KDF, CKM_TLS_KEY_AND_MAC_DERIVE, CKM_TLS_MAC, CKM_TLS_MASTER_KEY_DERIVE,
    CKM_TLS_MASTER_KEY_DERIVE_DH, CKM_TLS_PRF, CKM_TLS12_MAC,
};
use keystead::session::{Reply, Room};
use md5::Md5;
use sha1::Sha1;

use crate::derive::{Bench, FALSE, TRUE, template, unhex};

const PREMASTER: &str = "bded7fa5c1699c010be23dd06ada3a48349f21e5f86263d512c0c5cc379f0e780ec55d9844b2f1db02a96453513568d0";
const MASTER: &str = "2f6962dfbc744c4b2138bb6b3d33054c5ecc14f24851d9896395a44ab3964efc2090c5bf51a0891209f46c1e1e998f62";
const CLIENT_HELLO: &str = "e5acaf549cd25c22d964c0d930fa4b5261d2507fad84c33715b7b9a864020693";
const SERVER_HELLO: &str = "135e4d557fdf3aa6406d82975d5c606a9734c9334b42136e96990fbd5358cdb2";
const SERVER: &str = "67267e650eb32444119d222a368c191af3082888dc35afe8368e638c828874be";
const CLIENT: &str = "d58a7b1cd4fedaa232159df652ce188f9d997e061b9bf48e83b62990440931f6";
const BLOCK: &str = "3088825988e77fce68d19f756e18e43eb7fe672433504feaf99b3c503d9091b164f166db301d70c9fc0870b4a94563907bee1a61fb786cb717576890bcc51cb9ead97e01d0a2fea99c953377b195205ff07b369589178796edc963fd80fdbe518a2fc1c35c18ae8d";

#[test]
fn master_secrets() {
    let bench = Bench::new();
    let premaster = bench.generic(&unhex(PREMASTER));
    let (client, server) = (unhex(CLIENT_HELLO), unhex(SERVER_HELLO));
    for (id, tells_version) in [
        (CKM_TLS_MASTER_KEY_DERIVE, true),
        (CKM_TLS_MASTER_KEY_DERIVE_DH, false),
    ] {
        let params = Params::TlsMaster {
            hash: CKM_TLS_PRF,
            client: &client,
            server: &server,
            tells_version,
        };
        let wanted = template(&[
            (CKA_PRIVATE, FALSE),
            (CKA_SENSITIVE, FALSE),
            (CKA_EXTRACTABLE, TRUE),
        ]);
        let made = bench
            .module
            .derive_keys(
                bench.session,
                find(id).unwrap(),
                &params,
                premaster,
                &wanted,
            )
            .unwrap();
        assert_eq!(hex::encode(bench.value(made.handles[0])), MASTER);
        match made.extra {
            Extra::Version(version) => assert_eq!((tells_version, version), (true, [0xbd, 0xed])),
            other => assert!(!tells_version, "{other:?}"),
        }
        let object = bench.module.object(bench.session, made.handles[0]).unwrap();
        // "Other attributes ... are assigned default values."
        assert!(match object.attributes().value(CKA_ALLOWED_MECHANISMS) {
            Some(Value::Mechanisms(list)) => list.is_empty(),
            _ => true,
        });
    }
}

#[test]
fn the_key_block_is_cut_into_keys_and_ivs() {
    let bench = Bench::new();
    let master = bench.generic(&unhex(MASTER));
    let (client, server, block) = (unhex(CLIENT), unhex(SERVER), unhex(BLOCK));
    let aes = CKK_AES.0.to_ne_bytes();
    let wanted = template(&[(CKA_KEY_TYPE, &aes), (CKA_PRIVATE, FALSE)]);
    let params = Params::TlsKeyMaterial(TlsKeyMaterial {
        hash: CKM_TLS_PRF,
        mac_len: 20,
        key_len: 16,
        iv_len: 16,
        client: &client,
        server: &server,
    });
    let row = find(CKM_TLS_KEY_AND_MAC_DERIVE).unwrap();
    let made = bench
        .module
        .derive_keys(bench.session, row, &params, master, &wanted)
        .unwrap();
    let mut whole: Vec<u8> = made
        .handles
        .iter()
        .flat_map(|key| bench.value(*key))
        .collect();
    let Extra::Ivs(one, two) = &made.extra else {
        panic!("no IVs");
    };
    whole.extend_from_slice(one.expose());
    whole.extend_from_slice(two.expose());
    assert_eq!(whole, block);
}

/// RFC 2246, section 5, over HMACs of another make.
fn by_definition(secret: &[u8], label: &[u8], seed: &[u8], len: usize) -> Vec<u8> {
    let half = secret.len().div_ceil(2);
    let md5 = |input: &[&[u8]]| {
        let mut mac = Hmac::<Md5>::new_from_slice(&secret[..half]).unwrap();
        input.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().to_vec()
    };
    let sha1 = |input: &[&[u8]]| {
        let mut mac = Hmac::<Sha1>::new_from_slice(&secret[secret.len() - half..]).unwrap();
        input.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().to_vec()
    };
    let (mut one, mut two) = (Vec::new(), Vec::new());
    let (mut a, mut b) = (md5(&[label, seed]), sha1(&[label, seed]));
    while one.len() < len || two.len() < len {
        one.extend(md5(&[&a, label, seed]));
        two.extend(sha1(&[&b, label, seed]));
        (a, b) = (md5(&[&a]), sha1(&[&b]));
    }
    one.iter().zip(two).take(len).map(|(x, y)| x ^ y).collect()
}

/// "use CKM_TLS_PRF as the value for prfMechanism in place of a hash mechanism"
#[test]
fn exporters_and_finished_messages_take_the_older_function() {
    let bench = Bench::new();
    for secret in [&[7; 48][..], &[1, 2, 3, 4, 5]] {
        let base = bench.key_with(
            CKK_GENERIC_SECRET,
            secret,
            &[
                (CKA_SIGN, TRUE),
                (CKA_SENSITIVE, FALSE),
                (CKA_EXTRACTABLE, TRUE),
            ],
        );
        let params = Params::TlsKdf {
            hash: CKM_TLS_PRF,
            label: b"label",
            client: b"client",
            server: b"server",
            context: None,
        };
        let made = bench.derived(CKM_TLS_KDF, &params, base, Some(50));
        let expected = by_definition(secret, b"label", b"clientserver", 50);
        assert_eq!(made.unwrap(), expected);

        for id in [CKM_TLS_MAC, CKM_TLS12_MAC] {
            let row = find(id).unwrap();
            let params = |len| Params::TlsMac {
                hash: CKM_TLS_PRF,
                len,
                sender: 1,
            };
            let mac = params(12);
            let (module, session) = (&bench.module, bench.session);
            module.sign_init(session, Some((row, &mac)), base).unwrap();
            let Reply::Bytes(made) = module.sign(session, &[9; 36], Room::Bytes(64)).unwrap()
            else {
                panic!("a length");
            };
            let expected = by_definition(secret, b"server finished", &[9; 36], 12);
            assert_eq!(made.expose(), expected);
            let long = module.sign_init(session, Some((row, &params(13))), base);
            assert!(matches!(long, Err(Error::MechanismParamInvalid(_))));
        }
    }
}
