// SPDX-License-Identifier: MIT OR Apache-2.0
//! TLS 1.2. Vectors: NIST CAVP, "TLS 1.2 KDF" (SP 800-135); the P_SHA256 vector that the TLS working
//! group's mailing list gave for RFC 5246 (message 03416).

use keystead::crypto::digest::HashFunction;
use keystead::crypto::kdf::tls_prf;
use keystead::error::Error;
use keystead::mechanism::{Extra, Params, TlsKeyMaterial, find};
use keystead::object::Value;
use keystead::pkcs11::attribute::{
    CKA_ALLOWED_MECHANISMS, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_PRIVATE, CKA_SENSITIVE, CKA_SIGN,
    CKA_VALUE_LEN,
};
use keystead::pkcs11::key_type::{CKK_AES, CKK_GENERIC_SECRET};
use keystead::pkcs11::mechanism::{
    CKM_SHA256, CKM_TLS_KDF, CKM_TLS_MAC, CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE,
    CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE_DH, CKM_TLS12_KDF, CKM_TLS12_KEY_AND_MAC_DERIVE,
    CKM_TLS12_KEY_SAFE_DERIVE, CKM_TLS12_MAC, CKM_TLS12_MASTER_KEY_DERIVE,
    CKM_TLS12_MASTER_KEY_DERIVE_DH,
};
use keystead::session::{Reply, Room};

use crate::derive::{Bench, FALSE, TRUE, template, unhex};

const PREMASTER: &str = "f8938ecc9edebc5030c0c6a441e213cd24e6f770a50dda07876f8d55da062bcadb386b411fd4fe4313a604fce6c17fbc";
const MASTER: &str = "202c88c00f84a17a20027079604787461176455539e705be730890602c289a5001e34eeb3a043e5d52a65e66125188bf";
const CLIENT: &str = "36c129d01a3200894b9179faac589d9835d58775f9b5ea3587cb8fd0364cae8c";
const SERVER: &str = "f6c9575ed7ddd73e1f7d16eca115415812a43c2b747daaaae043abfb50053fce";
const CLIENT_KEYS: &str = "62e1fd91f23f558a605f28478c58cf72637b89784d959df7e946d3f07bd1b616";
const SERVER_KEYS: &str = "ae6c806f8ad4d80784549dff28a4b58fd837681a51d928c3e30ee5ff14f39868";
const BLOCK: &str = "d06139889fffac1e3a71865f504aa5d0d2a2e89506c6f2279b670c3e1b74f531016a2530c51a3a0f7e1d6590d0f0566b2f387f8d11fd4f731cdd572d2eae927f6f2f81410b25e6960be68985add6c38445ad9f8c64bf8068bf9a6679485d966f1ad6f68b43495b10a683755ea2b858d70ccac7ec8b053c6bd41ca299d4e51928";

#[test]
fn the_function_gives_the_vector_of_the_working_group() {
    let value = tls_prf::derive(
        HashFunction::Sha256,
        &unhex("9bbe436ba940f017b17652849a71db35"),
        b"test label",
        &[&unhex("a0ba9f936cda311827a6f796ffd5198c")],
        100,
    );
    assert_eq!(
        hex::encode(value.unwrap().expose()),
        "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14\
         baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e\
         5a5110fff70187347b66"
    );
}

#[test]
fn master_secrets() {
    let bench = Bench::new();
    let premaster = bench.generic(&unhex(PREMASTER));
    let (client, server) = (unhex(CLIENT), unhex(SERVER));
    for (id, tells_version) in [
        (CKM_TLS12_MASTER_KEY_DERIVE, true),
        (CKM_TLS12_MASTER_KEY_DERIVE_DH, false),
    ] {
        let params = Params::TlsMaster {
            hash: CKM_SHA256,
            client: &client,
            server: &server,
            tells_version,
        };
        let wanted = template(&[
            (CKA_PRIVATE, FALSE),
            (CKA_SENSITIVE, FALSE),
            (CKA_EXTRACTABLE, TRUE),
        ]);
        let row = find(id).unwrap();
        let made = bench
            .module
            .derive_keys(bench.session, row, &params, premaster, &wanted)
            .unwrap();
        assert_eq!(hex::encode(bench.value(made.handles[0])), MASTER);
        match made.extra {
            Extra::Version(version) => assert_eq!((tells_version, version), (true, [0xf8, 0x93])),
            other => assert!(!tells_version, "{other:?}"),
        }
        let object = bench.module.object(bench.session, made.handles[0]).unwrap();
        let Some(Value::Mechanisms(list)) = object.attributes().value(CKA_ALLOWED_MECHANISMS)
        else {
            panic!("any mechanism is allowed");
        };
        assert!(list.contains(&CKM_TLS12_KEY_AND_MAC_DERIVE) && list.len() == 6);
        let short = bench.derived(id, &params, premaster, Some(47));
        assert!(matches!(short, Err(Error::TemplateInconsistent(_))));
    }
    let other = bench.generic(&[1; 32]);
    let params = Params::TlsMaster {
        hash: CKM_SHA256,
        client: &client,
        server: &server,
        tells_version: false,
    };
    let rsa = bench.derived(CKM_TLS12_MASTER_KEY_DERIVE, &params, other, None);
    assert!(matches!(rsa, Err(Error::KeySizeRange(_))));
    let dh = bench.derived(CKM_TLS12_MASTER_KEY_DERIVE_DH, &params, other, None);
    assert_eq!(dh.unwrap().len(), 48);
}

/// OpenSSL, `evpkdf_tls12_prf.txt`: the label of RFC 7627 with a short secret.
#[test]
fn extended_master_secrets() {
    let bench = Bench::new();
    let seed = [unhex(CLIENT), unhex(SERVER)].concat();
    let params = Params::TlsExtendedMaster {
        hash: CKM_SHA256,
        session_hash: &seed,
        tells_version: false,
    };
    let premaster = bench.generic(&unhex("0102030405060708090a0b"));
    let dh = CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE_DH;
    assert_eq!(
        hex::encode(bench.derived(dh, &params, premaster, None).unwrap()),
        "8cb203c99a13871fd96cecd2770720df3c4ebd49e1cbc956fddb400f9c051fb69b63d7abb2f996f4e4d1ac0e91\
         53f51b"
    );
    // Both mechanisms compute the same; one of them takes premaster secrets of 48 bytes only.
    let rsa = CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE;
    let refused = bench.derived(rsa, &params, premaster, None);
    assert!(matches!(refused, Err(Error::KeySizeRange(_))));
    let premaster = bench.generic(&unhex(PREMASTER));
    let one = bench.derived(rsa, &params, premaster, None).unwrap();
    let two = bench.derived(dh, &params, premaster, None).unwrap();
    assert_eq!(one, two);
}

#[test]
fn the_key_block_is_cut_into_keys_and_ivs() {
    let bench = Bench::new();
    let master = bench.generic(&unhex(MASTER));
    let (client, server, block) = (unhex(CLIENT_KEYS), unhex(SERVER_KEYS), unhex(BLOCK));
    let aes = CKK_AES.0.to_ne_bytes();
    let wanted = template(&[(CKA_KEY_TYPE, &aes), (CKA_PRIVATE, FALSE)]);
    for (id, iv_len) in [
        (CKM_TLS12_KEY_AND_MAC_DERIVE, 12),
        (CKM_TLS12_KEY_SAFE_DERIVE, 0),
    ] {
        let params = Params::TlsKeyMaterial(TlsKeyMaterial {
            hash: CKM_SHA256,
            mac_len: 20,
            key_len: 16,
            iv_len,
            client: &client,
            server: &server,
        });
        let row = find(id).unwrap();
        let made = bench
            .module
            .derive_keys(bench.session, row, &params, master, &wanted)
            .unwrap();
        let values: Vec<_> = made.handles.iter().map(|key| bench.value(*key)).collect();
        assert_eq!(
            values,
            [&block[..20], &block[20..40], &block[40..56], &block[56..72]]
        );
        match made.extra {
            Extra::Ivs(one, two) => {
                assert_eq!(one.expose(), &block[72..84]);
                assert_eq!(two.expose(), &block[84..96]);
            }
            _ => assert_eq!(iv_len, 0),
        }
        let types: Vec<_> = made
            .handles
            .iter()
            .map(|key| {
                let object = bench.module.object(bench.session, *key).unwrap();
                let attributes = object.attributes();
                (object.key_type().unwrap(), attributes.is_true(CKA_SIGN))
            })
            .collect();
        let (mac, cipher) = ((CKK_GENERIC_SECRET, true), (CKK_AES, types[2].1));
        assert_eq!(types, [mac, mac, cipher, cipher]);
        // "may not specify values for any of these attributes which differ"
        let closed = template(&[
            (CKA_KEY_TYPE, &aes),
            (CKA_PRIVATE, FALSE),
            (CKA_SENSITIVE, TRUE),
        ]);
        let refused = bench
            .module
            .derive_keys(bench.session, row, &params, master, &closed);
        assert!(matches!(refused, Err(Error::TemplateInconsistent(_))));
    }
}

#[test]
fn exporters() {
    let bench = Bench::new();
    let (client, server, block) = (unhex(CLIENT_KEYS), unhex(SERVER_KEYS), unhex(BLOCK));
    let closed = [(CKA_SENSITIVE, TRUE), (CKA_EXTRACTABLE, FALSE)];
    let hidden = bench.key_with(CKK_GENERIC_SECRET, &unhex(MASTER), &closed);
    let master = bench.generic(&unhex(MASTER));
    let params = |context| Params::TlsKdf {
        hash: CKM_SHA256,
        label: b"key expansion",
        // The vectors put the server's random first here.
        client: &server,
        server: &client,
        context,
    };
    for id in [CKM_TLS12_KDF, CKM_TLS_KDF] {
        let value = bench.derived(id, &params(None), master, Some(128)).unwrap();
        assert_eq!(value, block);
        let empty = bench
            .derived(id, &params(Some(&[])), master, Some(128))
            .unwrap();
        assert_ne!(empty, block);
        let seed: [&[u8]; 4] = [&server, &client, &[0, 3], b"abc"];
        let (secret, label) = (unhex(MASTER), b"key expansion");
        let expected = tls_prf::derive(HashFunction::Sha256, &secret, label, &seed, 40).unwrap();
        let value = bench
            .derived(id, &params(Some(b"abc")), master, Some(40))
            .unwrap();
        assert_eq!(value, expected.expose());
        let none = bench.derived(id, &params(None), master, None);
        assert!(matches!(none, Err(Error::TemplateIncomplete(_))));
        let len = 16_u64.to_ne_bytes();
        let open = [(CKA_VALUE_LEN, &len[..]), (CKA_SENSITIVE, FALSE)];
        let refused = bench.derive(id, &params(None), hidden, &open);
        assert!(matches!(refused, Err(Error::TemplateInconsistent(_))));
    }
}

#[test]
fn finished_messages() {
    let bench = Bench::new();
    let master = bench.key_with(CKK_GENERIC_SECRET, &unhex(MASTER), &[(CKA_SIGN, TRUE)]);
    let handshake = [0x5a; 32];
    for id in [CKM_TLS12_MAC, CKM_TLS_MAC] {
        for (sender, label) in [(1, b"server finished"), (2, b"client finished")] {
            let params = Params::TlsMac {
                hash: CKM_SHA256,
                len: 12,
                sender,
            };
            let request = || Some((find(id).unwrap(), &params));
            let module = &bench.module;
            module.sign_init(bench.session, request(), master).unwrap();
            let Ok(Reply::Bytes(mac)) = module.sign(bench.session, &handshake, Room::Bytes(100))
            else {
                panic!("no MAC");
            };
            let secret = unhex(MASTER);
            let expected =
                tls_prf::derive(HashFunction::Sha256, &secret, label, &[&handshake], 12).unwrap();
            assert!(mac.ct_eq(expected.expose()));
            module
                .verify_init(bench.session, request(), master)
                .unwrap();
            module
                .verify(bench.session, &handshake, mac.expose())
                .unwrap();
            module
                .verify_init(bench.session, request(), master)
                .unwrap();
            let wrong = module.verify(bench.session, &[0; 32], mac.expose());
            assert!(matches!(wrong, Err(Error::SignatureInvalid(_))));
        }
        for (len, sender) in [(11, 1), (65, 1), (12, 0), (12, 3)] {
            let params = Params::TlsMac {
                hash: CKM_SHA256,
                len,
                sender,
            };
            let request = Some((find(id).unwrap(), &params));
            let refused = bench.module.sign_init(bench.session, request, master);
            assert!(matches!(refused, Err(Error::MechanismParamInvalid(_))));
        }
    }
}
