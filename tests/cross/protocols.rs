// SPDX-License-Identifier: MIT OR Apache-2.0
//! The derivations for IKE and TLS, which no published answers cover whole: NSS softokn and Keystead,
//! loaded side by side, derive the same keys from random input.
//!
//! PKCS#11 v3.2, "IKE Mechanisms", "TLS 1.2 mechanisms", "SSL".

use std::path::Path;
use std::process::Command;

use cryptoki_sys::*;

use crate::client::{Attributes, Session, Token, keystead, random, ulong, usable_secret};
use crate::mechanism::Mech;
use crate::openssl::is_here;

const CHILD: &str = "KEYSTEAD_CROSS_PROTOCOLS_CHILD";

#[test]
fn nss_softokn_derives_the_same_keys_for_ike_and_tls() {
    let folder = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    let library = Path::new(&folder).join("libsoftokn3.so");
    if !is_here("libnss3", library.is_file()) {
        return;
    }
    if std::env::var_os(CHILD).is_none() {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", "--test-threads=1"])
            .arg("protocols::nss_softokn_derives_the_same_keys_for_ike_and_tls")
            .env(CHILD, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        let passed = output.status.success() && said.contains("1 passed");
        assert!(passed, "{}\n{said}\n{errors}", output.status);
        return;
    }
    let parameters = "configdir='' certPrefix='' keyPrefix='' secmod='' \
                      flags=noCertDB,noModDB,optimizeSpace";
    let nss = Token::load(&library, Some(parameters));
    let both = [keystead(), nss.session()];
    for (prf, len) in [
        (CKM_SHA256_HMAC, 32),
        (CKM_SHA_1_HMAC, 20),
        (CKM_SHA512_HMAC, 64),
        (CKM_AES_XCBC_MAC, 16),
    ] {
        ike(&both, prf, len);
    }
    tls(&both);
}

/// The value that a session derives from a base key and perhaps another.
fn derived(
    session: &Session<'_>,
    base: &[u8],
    len: usize,
    mech: impl FnOnce(&dyn Fn(&[u8]) -> CK_OBJECT_HANDLE) -> Mech,
) -> Vec<u8> {
    let secret = |value: &[u8]| session.secret(CKK_GENERIC_SECRET, value);
    let mech = mech(&secret);
    let mut wanted: Attributes = usable_secret(CKK_GENERIC_SECRET);
    wanted.push((CKA_VALUE_LEN, ulong(len as CK_ULONG)));
    let key = session.derive(&mech, secret(base), &wanted);
    let key = key.unwrap_or_else(|rv| panic!("{:#x}: {rv:#x}", mech.id));
    session.read(key, CKA_VALUE)
}

fn place(bytes: &[u8]) -> (*mut u8, CK_ULONG) {
    (bytes.as_ptr().cast_mut(), bytes.len() as CK_ULONG)
}

/// NSS has the four mechanisms of IKE, with the same parameters, under numbers of its own.
const fn number_of_nss(id: CK_MECHANISM_TYPE) -> CK_MECHANISM_TYPE {
    const CKM_NSS: CK_MECHANISM_TYPE = CKM_VENDOR_DEFINED | 0x4e53_4350;
    match id {
        CKM_IKE2_PRF_PLUS_DERIVE => CKM_NSS + 34,
        CKM_IKE_PRF_DERIVE => CKM_NSS + 35,
        CKM_IKE1_PRF_DERIVE => CKM_NSS + 36,
        CKM_IKE1_EXTENDED_DERIVE => CKM_NSS + 37,
        other => other,
    }
}

fn same(
    [ours, theirs]: &[Session<'_>; 2],
    what: &str,
    derive: impl Fn(&Session<'_>, fn(CK_MECHANISM_TYPE) -> CK_MECHANISM_TYPE) -> Vec<u8>,
) {
    let (ours, theirs) = (derive(ours, |id| id), derive(theirs, number_of_nss));
    assert_eq!(ours, theirs, "{what}");
}

fn ike(both: &[Session<'_>; 2], prf: CK_MECHANISM_TYPE, len: usize) {
    // A key of a function of AES has its length.
    let base = random(if prf == CKM_AES_XCBC_MAC { 16 } else { 40 });
    let other = random(64);
    let (one, two) = (random(16), random(24));
    let ((ni, ni_len), (nr, nr_len)) = (place(&one), place(&two));
    for (data_as_key, rekey) in [(1, 0), (0, 0), (0, 1)] {
        same(both, "CKM_IKE_PRF_DERIVE", |session, number| {
            derived(session, &base, len, |secret| {
                let params = CK_IKE_PRF_DERIVE_PARAMS {
                    prfMechanism: prf,
                    bDataAsKey: data_as_key,
                    bRekey: rekey,
                    pNi: ni,
                    ulNiLen: ni_len,
                    pNr: nr,
                    ulNrLen: nr_len,
                    hNewKey: secret(&other),
                };
                Mech::structure(number(CKM_IKE_PRF_DERIVE), &params, Vec::new())
            })
        });
    }
    for has_previous in [0, 1] {
        same(both, "CKM_IKE1_PRF_DERIVE", |session, number| {
            derived(session, &base, len, |secret| {
                let params = CK_IKE1_PRF_DERIVE_PARAMS {
                    prfMechanism: prf,
                    bHasPrevKey: has_previous,
                    hKeygxy: secret(&other),
                    hPrevKey: secret(&two),
                    pCKYi: ni,
                    ulCKYiLen: 8,
                    pCKYr: nr,
                    ulCKYrLen: 8,
                    keyNumber: 2,
                };
                Mech::structure(number(CKM_IKE1_PRF_DERIVE), &params, Vec::new())
            })
        });
    }
    for (has_key, long) in [(0, 100), (1, 100), (0, 16), (1, 16)] {
        same(both, "CKM_IKE2_PRF_PLUS_DERIVE", |session, number| {
            derived(session, &base, long, |secret| {
                let params = CK_IKE2_PRF_PLUS_DERIVE_PARAMS {
                    prfMechanism: prf,
                    bHasSeedKey: has_key,
                    hSeedKey: secret(&other),
                    pSeedData: nr,
                    ulSeedDataLen: nr_len,
                };
                Mech::structure(number(CKM_IKE2_PRF_PLUS_DERIVE), &params, Vec::new())
            })
        });
        for extra_len in [0, nr_len] {
            same(both, "CKM_IKE1_EXTENDED_DERIVE", |session, number| {
                derived(session, &base, long, |secret| {
                    let params = CK_IKE1_EXTENDED_DERIVE_PARAMS {
                        prfMechanism: prf,
                        bHasKeygxy: has_key,
                        hKeygxy: secret(&other),
                        pExtraData: nr,
                        ulExtraDataLen: extra_len,
                    };
                    Mech::structure(number(CKM_IKE1_EXTENDED_DERIVE), &params, Vec::new())
                })
            });
        }
    }
}

fn tls(both: &[Session<'_>; 2]) {
    let (premaster, client, server) = (random(48), random(32), random(32));
    let ((client, client_len), (server, server_len)) = (place(&client), place(&server));
    let random_data = CK_SSL3_RANDOM_DATA {
        pClientRandom: client,
        ulClientRandomLen: client_len,
        pServerRandom: server,
        ulServerRandomLen: server_len,
    };
    for id in [CKM_TLS_MASTER_KEY_DERIVE, CKM_TLS_MASTER_KEY_DERIVE_DH] {
        same(both, "TLS 1.0", |session, _| {
            let mut version = vec![0; size_of::<CK_VERSION>()];
            let is_dh = id == CKM_TLS_MASTER_KEY_DERIVE_DH;
            let params = CK_SSL3_MASTER_KEY_DERIVE_PARAMS {
                RandomInfo: random_data,
                pVersion: if is_dh {
                    std::ptr::null_mut()
                } else {
                    version.as_mut_ptr().cast()
                },
            };
            derived(session, &premaster, 48, |_| {
                Mech::structure(id, &params, vec![version])
            })
        });
    }
    for id in [CKM_TLS12_MASTER_KEY_DERIVE, CKM_TLS12_MASTER_KEY_DERIVE_DH] {
        for hash in [CKM_SHA256, CKM_SHA384] {
            same(both, "TLS 1.2", |session, _| {
                let mut version = vec![0; size_of::<CK_VERSION>()];
                let is_dh = id == CKM_TLS12_MASTER_KEY_DERIVE_DH;
                let params = CK_TLS12_MASTER_KEY_DERIVE_PARAMS {
                    RandomInfo: random_data,
                    pVersion: if is_dh {
                        std::ptr::null_mut()
                    } else {
                        version.as_mut_ptr().cast()
                    },
                    prfHashMechanism: hash,
                };
                derived(session, &premaster, 48, |_| {
                    Mech::structure(id, &params, vec![version])
                })
            });
        }
    }
}
