// SPDX-License-Identifier: MIT OR Apache-2.0
//! Diffie-Hellman, and the wraps with a temporary AES key: what OpenSSL made.
//!
//! Private keys come in as PKCS #8, wrapped by `CKM_AES_KEY_WRAP_KWP` with a key that is known here.
//! Source: PKCS#11 v3.2, "PKCS #3 Diffie-Hellman key derivation", "RSA AES KEY WRAP", "ECDH AES KEY
//! WRAP".

use keystead::mechanism::Params;
use keystead::pkcs11::attribute::{
    CKA_BASE, CKA_CLASS, CKA_DERIVE, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_PRIME, CKA_SENSITIVE,
    CKA_UNWRAP, CKA_VALUE, CKA_VALUE_BITS, CKA_WRAP,
};
use keystead::pkcs11::class::CKO_PRIVATE_KEY;
use keystead::pkcs11::kdf::{CKD_NULL, CKD_SHA256_KDF};
use keystead::pkcs11::key_type::{CKK_AES, CKK_DH, CKK_EC, CKK_EC_MONTGOMERY, CKK_RSA};
use keystead::pkcs11::mechanism::{
    CKM_AES_KEY_WRAP_KWP, CKM_DH_PKCS_DERIVE, CKM_DH_PKCS_KEY_PAIR_GEN, CKM_ECDH_AES_KEY_WRAP,
    CKM_ECDH_COF_AES_KEY_WRAP, CKM_ECDH_X_AES_KEY_WRAP, CKM_PUB_KEY_FROM_PRIV_KEY,
    CKM_RSA_AES_KEY_WRAP, CKM_SHA256,
};
use keystead::pkcs11::mgf::CKG_MGF1_SHA256;
use keystead::pkcs11::{KdfType, KeyType, MechanismType, ObjectHandle};

use crate::bench::{Bench, Direction, row, template};
use crate::dh_known::{OUR_INFO, OURS, SECRET, THEIR_INFO, THEIRS};
use crate::temporary_aes_known::{EC, EC_BLOB, RSA, RSA_BLOB, TARGET, X25519, X25519_BLOB};
use crate::vector::{Key, bytes};

/// The private key in a PKCS #8 structure.
pub(crate) fn private(bench: &mut Bench, key_type: KeyType, pkcs8: &str) -> ObjectHandle {
    let by = bench.key(&Key::secret(CKK_AES, &[5; 32])).unwrap();
    let kwp = (row(CKM_AES_KEY_WRAP_KWP), &Params::None);
    let wrapped = bench.single(Direction::Encrypt, kwp, by, &bytes(pkcs8));
    let (class, key_type) = (CKO_PRIVATE_KEY.0.to_ne_bytes(), key_type.0.to_ne_bytes());
    let usage = match key_type {
        _ if key_type == CKK_DH.0.to_ne_bytes() => CKA_DERIVE,
        _ => CKA_UNWRAP,
    };
    let wanted = template(&[
        (CKA_CLASS, &class),
        (CKA_KEY_TYPE, &key_type),
        (CKA_SENSITIVE, &[0]),
        (CKA_EXTRACTABLE, &[1]),
        (usage, &[1]),
    ]);
    let (module, session) = (&bench.module, bench.session);
    let made = module.unwrap_key(session, kwp.0, kwp.1, by, &wrapped.unwrap(), &wanted);
    made.unwrap()
}

#[test]
fn diffie_hellman_secrets_are_those_of_openssl() {
    let mut bench = Bench::new();
    let secret = bytes(SECRET);
    for (ours, theirs) in [(OURS, THEIR_INFO), (THEIRS, OUR_INFO)] {
        let key = private(&mut bench, CKK_DH, ours);
        let theirs = bytes(theirs);
        // The public value is the last INTEGER of the structure.
        let params = Params::Bytes(&theirs[theirs.len() - 256..]);
        let request = (row(CKM_DH_PKCS_DERIVE), &params);
        assert_eq!(bench.derive(request, key, None).unwrap(), secret);
        assert_eq!(bench.derive(request, key, Some(32)).unwrap(), secret[224..]);
    }
}

#[test]
fn generated_diffie_hellman_pairs_agree() {
    let mut bench = Bench::new();
    let known = private(&mut bench, CKK_DH, OURS);
    let prime = bench.shown(known, CKA_PRIME);
    let pair = |bits: u64| {
        let bits = bits.to_ne_bytes();
        bench
            .module
            .generate_key_pair(
                bench.session,
                row(CKM_DH_PKCS_KEY_PAIR_GEN),
                &Params::None,
                &template(&[(CKA_PRIME, &prime), (CKA_BASE, &[2])]),
                &template(&[(CKA_VALUE_BITS, &bits), (CKA_DERIVE, &[1])]),
            )
            .unwrap()
    };
    let (one, two) = (pair(225), pair(300));
    let derive = |private, public| {
        let value = bench.shown(public, CKA_VALUE);
        let params = Params::Bytes(&value);
        let request = (row(CKM_DH_PKCS_DERIVE), &params);
        bench.derive(request, private, None).unwrap()
    };
    assert_eq!(derive(one.1, two.0), derive(two.1, one.0));
}

fn rsa_params() -> Params<'static> {
    let oaep = Params::RsaOaep {
        hash: CKM_SHA256,
        mgf: CKG_MGF1_SHA256,
        source: 1,
        label: b"",
    };
    Params::RsaAesKeyWrap {
        aes_bits: 256,
        oaep: Box::new(oaep),
    }
}

const fn ec_params(aes_bits: u64, kdf: KdfType, shared: &[u8]) -> Params<'_> {
    Params::EcdhAesKeyWrap {
        aes_bits,
        kdf,
        shared,
    }
}

/// What OpenSSL wrapped unwraps; what the public half wraps unwraps too.
fn check(
    bench: &mut Bench,
    id: MechanismType,
    params: &Params<'_>,
    key: ObjectHandle,
    blob: &[u8],
) {
    let request = (row(id), params);
    let found = bench.unwrap(request, key, blob, None).unwrap();
    assert_eq!(found, TARGET, "{id}");
    let (module, session) = (&bench.module, bench.session);
    let public = module.derive_key(
        session,
        row(CKM_PUB_KEY_FROM_PRIV_KEY),
        &Params::None,
        key,
        &template(&[(CKA_WRAP, &[1])]),
    );
    let made = bench.wrap(request, public.unwrap(), TARGET).unwrap();
    assert_ne!(made, blob, "{id} is random");
    let found = bench.unwrap(request, key, &made, None).unwrap();
    assert_eq!(found, TARGET, "{id}");
}

#[test]
fn what_openssl_wrapped_with_a_temporary_key_unwraps() {
    let mut bench = Bench::new();
    let rsa = private(&mut bench, CKK_RSA, RSA);
    let blob = bytes(&RSA_BLOB.concat());
    check(&mut bench, CKM_RSA_AES_KEY_WRAP, &rsa_params(), rsa, &blob);
    let ec = private(&mut bench, CKK_EC, EC);
    let [point, tail] = EC_BLOB.map(bytes);
    let blob = [&[4, 65][..], &point, &tail].concat();
    let params = ec_params(256, CKD_SHA256_KDF, b"shared info");
    for id in [CKM_ECDH_AES_KEY_WRAP, CKM_ECDH_COF_AES_KEY_WRAP] {
        check(&mut bench, id, &params, ec, &blob);
    }
    let x25519 = private(&mut bench, CKK_EC_MONTGOMERY, X25519);
    let blob = bytes(&X25519_BLOB.concat());
    let params = ec_params(128, CKD_NULL, b"");
    for id in [CKM_ECDH_AES_KEY_WRAP, CKM_ECDH_X_AES_KEY_WRAP] {
        check(&mut bench, id, &params, x25519, &blob);
    }
}
