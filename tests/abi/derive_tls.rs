// SPDX-License-Identifier: MIT OR Apache-2.0
//! The key schedule of TLS: versions, handles and IVs in the parameter, and what stands there when a
//! derivation fails.
//!
//! Source: PKCS#11 v3.2, "TLS 1.2 mechanisms", "SSL mechanism parameters".
#![allow(
    unused_assignments,
    reason = "the library reads what was written, through pointers"
)]

use std::ptr::null_mut;

use cryptoki_sys::{
    CK_ATTRIBUTE, CK_OBJECT_HANDLE, CK_RV, CK_SSL3_KEY_MAT_OUT, CK_SSL3_KEY_MAT_PARAMS,
    CK_SSL3_MASTER_KEY_DERIVE_PARAMS, CK_SSL3_RANDOM_DATA, CK_TLS_KDF_PARAMS,
    CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS, CK_TLS12_KEY_MAT_PARAMS,
    CK_TLS12_MASTER_KEY_DERIVE_PARAMS, CK_ULONG, CK_VERSION, CKA_KEY_TYPE, CKA_SENSITIVE,
    CKA_VALUE_LEN, CKK_AES, CKK_GENERIC_SECRET, CKM_HKDF_DATA, CKM_SHA256, CKM_TLS_KDF,
    CKM_TLS_KEY_AND_MAC_DERIVE, CKM_TLS_MASTER_KEY_DERIVE, CKM_TLS_MASTER_KEY_DERIVE_DH,
    CKM_TLS_PRF, CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE, CKM_TLS12_KEY_AND_MAC_DERIVE,
    CKM_TLS12_KEY_SAFE_DERIVE, CKM_TLS12_MASTER_KEY_DERIVE, CKM_TLS12_MASTER_KEY_DERIVE_DH,
    CKR_ARGUMENTS_BAD, CKR_KEY_SIZE_RANGE, CKR_MECHANISM_PARAM_INVALID, CKR_OK,
    CKR_TEMPLATE_INCONSISTENT,
};

use crate::derive::{BEFORE, Bench, INVALID_HANDLE, NO, YES, how};
use crate::library::{attribute, isolated, ok};

fn randoms(client: &mut [u8], server: &mut [u8]) -> CK_SSL3_RANDOM_DATA {
    CK_SSL3_RANDOM_DATA {
        pClientRandom: client.as_mut_ptr(),
        ulClientRandomLen: client.len() as CK_ULONG,
        pServerRandom: server.as_mut_ptr(),
        ulServerRandomLen: server.len() as CK_ULONG,
    }
}

fn untouched(ivs: &mut [[u8; 16]; 2]) -> CK_SSL3_KEY_MAT_OUT {
    let [client, server] = ivs;
    CK_SSL3_KEY_MAT_OUT {
        hClientMacSecret: BEFORE,
        hServerMacSecret: BEFORE,
        hClientKey: BEFORE,
        hServerKey: BEFORE,
        pIVClient: client.as_mut_ptr(),
        pIVServer: server.as_mut_ptr(),
    }
}

fn handles(out: &CK_SSL3_KEY_MAT_OUT) -> [CK_OBJECT_HANDLE; 4] {
    [
        out.hClientMacSecret,
        out.hServerMacSecret,
        out.hClientKey,
        out.hServerKey,
    ]
}

fn material(random: CK_SSL3_RANDOM_DATA, out: &mut CK_SSL3_KEY_MAT_OUT) -> CK_TLS12_KEY_MAT_PARAMS {
    CK_TLS12_KEY_MAT_PARAMS {
        ulMacSizeInBits: 256,
        ulKeySizeInBits: 128,
        ulIVSizeInBits: 96,
        bIsExport: NO,
        RandomInfo: random,
        pReturnedKeyMaterial: out,
        prfHashMechanism: CKM_SHA256,
    }
}

isolated! {
    fn four_keys_and_two_ivs_come_back_in_the_parameter() {
        let bench = Bench::new();
        let master = bench.key(CKK_GENERIC_SECRET, &[7; 48]);
        let (mut client, mut server) = ([1; 32], [2; 32]);
        let random = randoms(&mut client, &mut server);
        let key_type = CKK_AES;
        let wanted = [attribute(CKA_KEY_TYPE, &key_type)];
        let mut ivs = [[0xee; 16]; 2];
        let mut out = untouched(&mut ivs);
        let mut params = material(random, &mut out);
        let mut mechanism = how(CKM_TLS12_KEY_AND_MAC_DERIVE, &mut params);
        // "the phKey parameter ... is unnecessary, and should be a NULL_PTR"
        assert_eq!(bench.derive(&mut mechanism, master, &wanted, null_mut()), CKR_OK);
        let made = handles(&out);
        let lens = made.map(|key| bench.value(key).len());
        assert_eq!(lens, [32, 32, 16, 16]);
        let mut all: Vec<u8> = made.iter().flat_map(|key| bench.value(*key)).collect();
        for iv in ivs {
            assert_eq!(iv[12..], [0xee; 4]);
            all.extend_from_slice(&iv[..12]);
        }
        // The same key block in one piece: "key expansion" over both randoms, the server's first.
        let mut label = *b"key expansion";
        let mut exported = CK_TLS_KDF_PARAMS {
            prfMechanism: CKM_SHA256,
            pLabel: label.as_mut_ptr(),
            ulLabelLength: 13,
            RandomInfo: randoms(&mut server, &mut client),
            pContextData: null_mut(),
            ulContextDataLength: 0,
        };
        let block = bench.derived(CKM_TLS_KDF, &mut exported, master, 120);
        assert_eq!(all, block);
    }
}

isolated! {
    fn without_macs_and_ivs_their_places_say_so() {
        let bench = Bench::new();
        let master = bench.key(CKK_GENERIC_SECRET, &[7; 48]);
        let (mut client, mut server) = ([1; 32], [2; 32]);
        let key_type = CKK_AES;
        let wanted = [attribute(CKA_KEY_TYPE, &key_type)];
        let mut ivs = [[0xee; 16]; 2];
        let mut out = untouched(&mut ivs);
        out.pIVClient = null_mut();
        out.pIVServer = null_mut();
        let mut params = material(randoms(&mut client, &mut server), &mut out);
        params.ulMacSizeInBits = 0;
        params.ulIVSizeInBits = 0;
        let mut mechanism = how(CKM_TLS12_KEY_AND_MAC_DERIVE, &mut params);
        assert_eq!(bench.derive(&mut mechanism, master, &wanted, null_mut()), CKR_OK);
        assert_eq!(handles(&out)[..2], [INVALID_HANDLE; 2]);
        assert!(handles(&out)[2..].iter().all(|key| *key != BEFORE && *key != INVALID_HANDLE));
    }
}

isolated! {
    fn the_safe_form_gives_no_ivs() {
        let bench = Bench::new();
        let master = bench.key(CKK_GENERIC_SECRET, &[7; 48]);
        let (mut client, mut server) = ([1; 32], [2; 32]);
        let key_type = CKK_AES;
        let wanted = [attribute(CKA_KEY_TYPE, &key_type)];
        let (mut whole, mut safe) = ([[0xee; 16]; 2], [[0xee; 16]; 2]);
        let mut values = Vec::new();
        for (id, ivs) in [
            (CKM_TLS12_KEY_AND_MAC_DERIVE, &mut whole),
            (CKM_TLS12_KEY_SAFE_DERIVE, &mut safe),
        ] {
            let mut out = untouched(ivs);
            let mut params = material(randoms(&mut client, &mut server), &mut out);
            let rv = bench.derive(&mut how(id, &mut params), master, &wanted, null_mut());
            assert_eq!(rv, CKR_OK);
            values.push(handles(&out).map(|key| bench.value(key)));
        }
        assert_eq!(safe, [[0xee; 16]; 2]);
        assert_ne!(whole, safe);
        assert_eq!(values[0], values[1]);
    }
}

isolated! {
    fn key_material_that_fails_writes_nothing_and_leaves_no_key() {
        let bench = Bench::new();
        let master = bench.key(CKK_GENERIC_SECRET, &[7; 48]);
        let before = bench.objects();
        let (mut client, mut server) = ([1; 32], [2; 32]);
        let (aes, yes) = (CKK_AES, YES);
        let good = [attribute(CKA_KEY_TYPE, &aes)];
        // The base key is not sensitive.
        let closed = [attribute(CKA_KEY_TYPE, &aes), attribute(CKA_SENSITIVE, &yes)];
        type Spoil = fn(&mut CK_TLS12_KEY_MAT_PARAMS);
        let param = CKR_MECHANISM_PARAM_INVALID;
        let rows: [(&str, Spoil, &[CK_ATTRIBUTE], CK_RV); 8] = [
            ("key length", |params| params.ulKeySizeInBits = 136, &good, CKR_KEY_SIZE_RANGE),
            ("odd bits", |params| params.ulKeySizeInBits = 129, &good, param),
            ("export", |params| params.bIsExport = YES, &good, param),
            ("hash", |params| params.prfHashMechanism = CKM_HKDF_DATA, &good, param),
            ("no place", |params| params.pReturnedKeyMaterial = null_mut(), &good, param),
            ("random", |params| params.RandomInfo.pServerRandom = null_mut(), &good, param),
            ("no key", |params| {
                params.ulKeySizeInBits = 0;
                params.ulMacSizeInBits = 0;
            }, &good, param),
            ("template", |_| {}, &closed, CKR_TEMPLATE_INCONSISTENT),
        ];
        for (name, spoil, wanted, expected) in rows {
            let mut ivs = [[0xee; 16]; 2];
            let mut out = untouched(&mut ivs);
            let mut params = material(randoms(&mut client, &mut server), &mut out);
            spoil(&mut params);
            let mut mechanism = how(CKM_TLS12_KEY_AND_MAC_DERIVE, &mut params);
            let rv = bench.derive(&mut mechanism, master, wanted, null_mut());
            assert_eq!(rv, expected, "{name}: {rv:#x}");
            assert_eq!(handles(&out), [BEFORE; 4], "{name}");
            assert_eq!(ivs, [[0xee; 16]; 2], "{name}");
            assert_eq!(bench.objects(), before, "{name}");
        }
        let mut ivs = [[0xee; 16]; 2];
        let mut out = untouched(&mut ivs);
        out.pIVServer = null_mut();
        let mut params = material(randoms(&mut client, &mut server), &mut out);
        let mut mechanism = how(CKM_TLS12_KEY_AND_MAC_DERIVE, &mut params);
        assert_eq!(bench.derive(&mut mechanism, master, &good, null_mut()), param);
        assert_eq!((handles(&out), ivs), ([BEFORE; 4], [[0xee; 16]; 2]));
    }
}

isolated! {
    fn the_version_is_told_on_success_only() {
        let bench = Bench::new();
        let mut premaster = [9; 48];
        premaster[..2].copy_from_slice(&[3, 3]);
        let premaster = bench.key(CKK_GENERIC_SECRET, &premaster);
        let before = bench.objects();
        let (mut client, mut server, mut hash) = ([1; 32], [2; 32], [5; 32]);
        let mut version = CK_VERSION { major: 0xee, minor: 0xee };
        let told = |version: &CK_VERSION| (version.major, version.minor);
        let mut made = BEFORE;
        let (odd, right): (CK_ULONG, CK_ULONG) = (47, 48);
        let mut master = CK_TLS12_MASTER_KEY_DERIVE_PARAMS {
            RandomInfo: randoms(&mut client, &mut server),
            pVersion: &mut version,
            prfHashMechanism: CKM_SHA256,
        };
        let mut extended = CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS {
            prfHashMechanism: CKM_SHA256,
            pSessionHash: hash.as_mut_ptr(),
            ulSessionHashLen: 32,
            pVersion: &mut version,
        };
        for mut mechanism in [
            how(CKM_TLS12_MASTER_KEY_DERIVE, &mut master),
            how(CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE, &mut extended),
        ] {
            version = CK_VERSION { major: 0xee, minor: 0xee };
            made = BEFORE;
            let wrong = [attribute(CKA_VALUE_LEN, &odd)];
            let rv = bench.derive(&mut mechanism, premaster, &wrong, &mut made);
            assert_eq!(rv, CKR_TEMPLATE_INCONSISTENT);
            assert_eq!((told(&version), made), ((0xee, 0xee), BEFORE));
            assert_eq!(bench.objects(), before);
            let wanted = [attribute(CKA_VALUE_LEN, &right)];
            assert_eq!(bench.derive(&mut mechanism, premaster, &wanted, &mut made), CKR_OK);
            assert_eq!(told(&version), (3, 3));
            ok!(bench.module, C_DestroyObject(bench.session, made));
        }
        // "The pVersion field of the structure must be set to NULL_PTR".
        made = BEFORE;
        let mut mechanism = how(CKM_TLS12_MASTER_KEY_DERIVE_DH, &mut master);
        let rv = bench.derive(&mut mechanism, premaster, &[], &mut made);
        assert_eq!((rv, made), (CKR_MECHANISM_PARAM_INVALID, BEFORE));
        master.pVersion = null_mut();
        let mut mechanism = how(CKM_TLS12_MASTER_KEY_DERIVE_DH, &mut master);
        assert_eq!(bench.derive(&mut mechanism, premaster, &[], &mut made), CKR_OK);
        assert_eq!(bench.derive(&mut mechanism, premaster, &[], null_mut()), CKR_ARGUMENTS_BAD);
        assert_eq!(bench.objects().len(), before.len() + 1);
    }
}

isolated! {
    fn the_structures_of_ssl_serve_tls_1_0() {
        let bench = Bench::new();
        let mut premaster = [9; 48];
        premaster[..2].copy_from_slice(&[3, 1]);
        let premaster = bench.key(CKK_GENERIC_SECRET, &premaster);
        let (mut client, mut server) = ([1; 32], [2; 32]);
        let mut version = CK_VERSION { major: 0, minor: 0 };
        let mut params = CK_SSL3_MASTER_KEY_DERIVE_PARAMS {
            RandomInfo: randoms(&mut client, &mut server),
            pVersion: &mut version,
        };
        let master = bench.derived(CKM_TLS_MASTER_KEY_DERIVE, &mut params, premaster, 48);
        assert_eq!((version.major, version.minor), (3, 1));
        let export = |label: &mut [u8], random, base, len| {
            let mut params = CK_TLS_KDF_PARAMS {
                prfMechanism: CKM_TLS_PRF,
                pLabel: label.as_mut_ptr(),
                ulLabelLength: label.len() as CK_ULONG,
                RandomInfo: random,
                pContextData: null_mut(),
                ulContextDataLength: 0,
            };
            bench.derived(CKM_TLS_KDF, &mut params, base, len)
        };
        let random = randoms(&mut client, &mut server);
        assert_eq!(export(&mut b"master secret".to_vec(), random, premaster, 48), master);
        let mut made = BEFORE;
        let mut how_dh = how(CKM_TLS_MASTER_KEY_DERIVE_DH, &mut params);
        let rv = bench.derive(&mut how_dh, premaster, &[], &mut made);
        assert_eq!((rv, made), (CKR_MECHANISM_PARAM_INVALID, BEFORE));

        let key_type = CKK_AES;
        let wanted = [attribute(CKA_KEY_TYPE, &key_type)];
        let mut ivs = [[0xee; 16]; 2];
        let mut out = untouched(&mut ivs);
        let mut params = CK_SSL3_KEY_MAT_PARAMS {
            ulMacSizeInBits: 160,
            ulKeySizeInBits: 128,
            ulIVSizeInBits: 128,
            bIsExport: YES,
            RandomInfo: random,
            pReturnedKeyMaterial: &mut out,
        };
        let base = bench.key(CKK_GENERIC_SECRET, &master);
        let before = bench.objects();
        let mut mechanism = how(CKM_TLS_KEY_AND_MAC_DERIVE, &mut params);
        let rv = bench.derive(&mut mechanism, base, &wanted, null_mut());
        assert_eq!((rv, handles(&out)), (CKR_MECHANISM_PARAM_INVALID, [BEFORE; 4]));
        assert_eq!((ivs, bench.objects()), ([[0xee; 16]; 2], before));
        params.bIsExport = NO;
        let mut mechanism = how(CKM_TLS_KEY_AND_MAC_DERIVE, &mut params);
        assert_eq!(bench.derive(&mut mechanism, base, &wanted, null_mut()), CKR_OK);
        let mut block: Vec<u8> = handles(&out).iter().flat_map(|key| bench.value(*key)).collect();
        block.extend(ivs.concat());
        let random = randoms(&mut server, &mut client);
        assert_eq!(export(&mut b"key expansion".to_vec(), random, base, 104), block);
    }
}
