// SPDX-License-Identifier: MIT OR Apache-2.0
//! Domain parameters and the key pairs of DSA and Diffie-Hellman that are made in them; what is
//! refused at the door; keys that are wrapped and come back.
//!
//! Source: PKCS#11 v3.2, "DSA" and "Diffie-Hellman"; FIPS 186-4, section 4.2.

use keystead::mechanism::Params;
use keystead::pkcs11::attribute::{
    CKA_BASE, CKA_CLASS, CKA_EXTRACTABLE, CKA_KEY_GEN_MECHANISM, CKA_KEY_TYPE, CKA_LOCAL,
    CKA_PRIME, CKA_PRIME_BITS, CKA_PRIVATE, CKA_PUBLIC_KEY_INFO, CKA_SENSITIVE, CKA_SUBPRIME,
    CKA_SUBPRIME_BITS, CKA_VALUE,
};
use keystead::pkcs11::class::{CKO_DOMAIN_PARAMETERS, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use keystead::pkcs11::flag::CKF_GENERATE;
use keystead::pkcs11::key_type::{CKK_AES, CKK_DH, CKK_DSA};
use keystead::pkcs11::mechanism::{
    CKM_AES_KEY_WRAP_KWP, CKM_DH_PKCS_KEY_PAIR_GEN, CKM_DH_PKCS_PARAMETER_GEN, CKM_DSA,
    CKM_DSA_KEY_PAIR_GEN, CKM_DSA_PARAMETER_GEN, CKM_DSA_SHA256, CKM_PUB_KEY_FROM_PRIV_KEY,
};
use keystead::pkcs11::rv::{
    CKR_ATTRIBUTE_VALUE_INVALID, CKR_DATA_LEN_RANGE, CKR_DOMAIN_PARAMS_INVALID, CKR_OK,
    CKR_TEMPLATE_INCOMPLETE, CKR_WRAPPED_KEY_INVALID,
};
use keystead::pkcs11::{AttributeType, KeyType, MechanismType, ObjectHandle, ReturnCode};

use crate::bench::{Bench, code, output, row, template};
use crate::dsa::{DSA_1024, DSA_2048, pair};
use crate::vector::{Key, bytes};

/// The key pair of RFC 6979, A.2.1, as OpenSSL 3.0 and the Python package `cryptography` write it.
const HEAD: &str = "3082014a0201003082012b06072a8648ce3804013082011e02818100";
const INFO_HEAD: &str = "308201b63082012b06072a8648ce3804013082011e02818100";

fn number(value: u64) -> [u8; 8] {
    value.to_ne_bytes()
}

fn ulong(bytes: &[u8]) -> u64 {
    u64::from_ne_bytes(bytes.try_into().unwrap())
}

fn made(
    bench: &Bench,
    id: MechanismType,
    sizes: &[(AttributeType, u64)],
) -> (ReturnCode, ObjectHandle) {
    let sizes: Vec<_> = sizes
        .iter()
        .map(|(id, size)| (*id, number(*size)))
        .collect();
    let entries: Vec<_> = sizes.iter().map(|(id, size)| (*id, &size[..])).collect();
    let (module, session) = (&bench.module, bench.session);
    let made = module.generate_key(session, row(id), &Params::None, &template(&entries));
    (code(made.clone()), made.unwrap_or(ObjectHandle(0)))
}

fn check_domain(bench: &Bench, domain: ObjectHandle, key_type: KeyType, bits: u64) {
    for (id, wanted) in [
        (CKA_CLASS, CKO_DOMAIN_PARAMETERS.0),
        (CKA_KEY_TYPE, key_type.0),
        (CKA_PRIME_BITS, bits),
    ] {
        assert_eq!(ulong(&bench.shown(domain, id)), wanted, "{id}");
    }
    assert_eq!(bench.shown(domain, CKA_LOCAL), [1]);
    assert_eq!(bench.shown(domain, CKA_PRIME).len() as u64 * 8, bits);
}

/// A key pair in these parameters.
fn key_pair(
    bench: &Bench,
    id: MechanismType,
    domain: &[(AttributeType, &[u8])],
) -> Result<(ObjectHandle, ObjectHandle), ReturnCode> {
    let open = [(CKA_SENSITIVE, &[0][..]), (CKA_EXTRACTABLE, &[1])];
    let (module, session) = (&bench.module, bench.session);
    module
        .generate_key_pair(
            session,
            row(id),
            &Params::None,
            &template(domain),
            &template(&open),
        )
        .map_err(|error| error.rv().code())
}

#[test]
fn dsa_parameters_are_made_and_keys_in_them() {
    let bench = Bench::new();
    let id = CKM_DSA_PARAMETER_GEN;
    assert_ne!(row(id).flags() & CKF_GENERATE, 0);
    for (sizes, subprime_bits) in [
        (&[(CKA_PRIME_BITS, 1024)][..], 160),
        (&[(CKA_PRIME_BITS, 2048)], 224),
        (&[(CKA_PRIME_BITS, 2048), (CKA_SUBPRIME_BITS, 256)], 256),
    ] {
        let (code, domain) = made(&bench, id, sizes);
        assert_eq!(code, CKR_OK);
        check_domain(&bench, domain, CKK_DSA, sizes[0].1);
        assert_eq!(
            ulong(&bench.shown(domain, CKA_SUBPRIME_BITS)),
            subprime_bits
        );
        let names = [CKA_PRIME, CKA_SUBPRIME, CKA_BASE];
        let values = names.map(|id| bench.shown(domain, id));
        let entries: Vec<_> = names
            .iter()
            .zip(&values)
            .map(|(id, value)| (*id, &value[..]))
            .collect();
        let (public, private) = key_pair(&bench, CKM_DSA_KEY_PAIR_GEN, &entries).unwrap();
        for half in [public, private] {
            assert_eq!(
                ulong(&bench.shown(half, CKA_KEY_GEN_MECHANISM)),
                CKM_DSA_KEY_PAIR_GEN.0
            );
            for (id, value) in &entries {
                assert_eq!(bench.shown(half, *id), *value);
            }
        }
        let request = (row(CKM_DSA_SHA256), &Params::None);
        let signature = bench.sign(request, private, b"message").unwrap();
        assert_eq!(signature.len() as u64 * 4, subprime_bits);
        bench
            .verify(request, public, b"message", &signature)
            .unwrap();
        bench
            .verify(request, public, b"messagf", &signature)
            .unwrap_err();
        // The same parameters come in from outside.
        let class = number(CKO_DOMAIN_PARAMETERS.0);
        let key_type = number(CKK_DSA.0);
        let kind = [(CKA_CLASS, &class[..]), (CKA_KEY_TYPE, &key_type)];
        let entries = [&kind[..], &entries].concat();
        let copy = bench
            .module
            .create_object(bench.session, &template(&entries))
            .unwrap();
        assert_eq!(bench.shown(copy, CKA_LOCAL), [0]);
        assert_eq!(ulong(&bench.shown(copy, CKA_SUBPRIME_BITS)), subprime_bits);
    }
    for sizes in [
        &[(CKA_PRIME_BITS, 512)][..],
        &[(CKA_PRIME_BITS, 4096)],
        &[(CKA_PRIME_BITS, 2048), (CKA_SUBPRIME_BITS, 160)],
    ] {
        assert_eq!(made(&bench, id, sizes).0, CKR_ATTRIBUTE_VALUE_INVALID);
    }
    assert_eq!(made(&bench, id, &[]).0, CKR_TEMPLATE_INCOMPLETE);
}

#[test]
fn diffie_hellman_parameters_are_made_and_keys_in_them() {
    let bench = Bench::new();
    let id = CKM_DH_PKCS_PARAMETER_GEN;
    assert_ne!(row(id).flags() & CKF_GENERATE, 0);
    let (code, domain) = made(&bench, id, &[(CKA_PRIME_BITS, 1024)]);
    assert_eq!(code, CKR_OK);
    check_domain(&bench, domain, CKK_DH, 1024);
    assert_eq!(bench.shown(domain, CKA_BASE), [2]);
    let prime = bench.shown(domain, CKA_PRIME);
    let entries = [(CKA_PRIME, &prime[..]), (CKA_BASE, &[2])];
    key_pair(&bench, CKM_DH_PKCS_KEY_PAIR_GEN, &entries).unwrap();
    for bits in [512, 1000, 1025, 4096] {
        let sizes = [(CKA_PRIME_BITS, bits)];
        assert_eq!(made(&bench, id, &sizes).0, CKR_ATTRIBUTE_VALUE_INVALID);
    }
    assert_eq!(made(&bench, id, &[]).0, CKR_TEMPLATE_INCOMPLETE);
}

fn created(bench: &mut Bench, key: &Key, id: AttributeType, value: &[u8]) -> ReturnCode {
    let mut key = key.clone();
    key.0.insert(id, value.to_vec());
    code(bench.key(&key))
}

#[test]
fn malformed_dsa_keys_are_refused_at_the_door() {
    let mut bench = Bench::new();
    let (public, private) = pair(DSA_1024);
    let [p, q, _, _, _] = DSA_1024.map(bytes);
    let [p2, q2, g2, _, _] = DSA_2048.map(bytes);
    let changed = |value: &[u8], by: u8| {
        let mut value = value.to_vec();
        *value.last_mut().unwrap() ^= by;
        value
    };
    for key in [&public, &private] {
        for (id, value) in [
            // Even, composite, too long, too short.
            (CKA_PRIME, changed(&p, 1)),
            (CKA_PRIME, changed(&p, 2)),
            (CKA_PRIME, p2.clone()),
            (CKA_PRIME, p[8..].to_vec()),
            (CKA_SUBPRIME, changed(&q, 2)),
            (CKA_SUBPRIME, q2.clone()),
            (CKA_BASE, vec![]),
            (CKA_BASE, vec![1]),
            (CKA_BASE, vec![2]),
            (CKA_BASE, changed(&p, 1)),
            (CKA_BASE, p.clone()),
            (CKA_BASE, g2.clone()),
            (CKA_VALUE, vec![]),
            (CKA_VALUE, vec![0]),
        ] {
            let found = created(&mut bench, key, id, &value);
            assert_eq!(
                found,
                CKR_ATTRIBUTE_VALUE_INVALID,
                "{id} {}",
                hex::encode(&value)
            );
        }
    }
    for value in [vec![1], vec![2], p.clone(), changed(&p, 1)] {
        let found = created(&mut bench, &public, CKA_VALUE, &value);
        assert_eq!(found, CKR_ATTRIBUTE_VALUE_INVALID);
    }
    assert_eq!(
        created(&mut bench, &private, CKA_VALUE, &q),
        CKR_ATTRIBUTE_VALUE_INVALID
    );
    let entries = [(CKA_PRIME, &p[..]), (CKA_SUBPRIME, &q), (CKA_BASE, &[2])];
    let found = key_pair(&bench, CKM_DSA_KEY_PAIR_GEN, &entries);
    assert_eq!(found.unwrap_err(), CKR_DOMAIN_PARAMS_INVALID);
    assert_eq!(code(bench.key(&public)), CKR_OK);
    assert_eq!(code(bench.key(&private)), CKR_OK);
}

#[test]
fn malformed_diffie_hellman_keys_are_refused_at_the_door() {
    let mut bench = Bench::new();
    // A DSA prime is a good one here; the base of order q is, and one of order 2 is not.
    let [p, _, g, x, y] = DSA_2048.map(bytes);
    let half = |class, value: &[u8]| {
        Key::new(
            class,
            CKK_DH,
            &[(CKA_PRIME, &p), (CKA_BASE, &g), (CKA_VALUE, value)],
        )
    };
    let (public, private) = (half(CKO_PUBLIC_KEY, &y), half(CKO_PRIVATE_KEY, &x));
    assert_eq!(code(bench.key(&public)), CKR_OK);
    assert_eq!(code(bench.key(&private)), CKR_OK);
    let mut composite = p.clone();
    *composite.last_mut().unwrap() ^= 2;
    for key in [&public, &private] {
        let found = created(&mut bench, key, CKA_PRIME, &composite);
        assert_eq!(found, CKR_ATTRIBUTE_VALUE_INVALID);
        for base in [vec![], vec![1], p.clone()] {
            let found = created(&mut bench, key, CKA_BASE, &base);
            assert_eq!(found, CKR_DOMAIN_PARAMS_INVALID);
        }
    }
    let entries = [(CKA_PRIME, &composite[..]), (CKA_BASE, &g)];
    let found = key_pair(&bench, CKM_DH_PKCS_KEY_PAIR_GEN, &entries);
    assert_eq!(found.unwrap_err(), CKR_DOMAIN_PARAMS_INVALID);
}

#[test]
fn a_digest_of_another_length_is_not_signed() {
    let mut bench = Bench::new();
    let (_, private) = pair(DSA_1024);
    let private = bench.key(&private).unwrap();
    for len in [0, 19, 21, 65] {
        let found = bench.sign((row(CKM_DSA), &Params::None), private, &vec![1; len]);
        assert_eq!(code(found), CKR_DATA_LEN_RANGE);
    }
}

#[test]
fn a_dsa_key_is_wrapped_as_pkcs_8_and_comes_back() {
    let mut bench = Bench::new();
    let (public, private) = pair(DSA_1024);
    let [p, q, g, x, y] = DSA_1024;
    let (public, private) = (bench.key(&public).unwrap(), bench.key(&private).unwrap());
    let shown = bench.shown(private, CKA_PUBLIC_KEY_INFO);
    assert_eq!(shown, bench.shown(public, CKA_PUBLIC_KEY_INFO));
    // OpenSSL's forms: p and q have a leading zero, g, x and y do not.
    let domain = format!("{p}021500{q}028180{g}");
    assert_eq!(
        hex::encode(shown),
        format!("{INFO_HEAD}{domain}03818400028180{y}")
    );
    let wrapping = bench.key(&Key::secret(CKK_AES, &[7; 32])).unwrap();
    let request = (row(CKM_AES_KEY_WRAP_KWP), &Params::None);
    let (module, session) = (&bench.module, bench.session);
    let room = keystead::module::Room::Bytes(4096);
    let wrapped = module.wrap_key(session, request.0, request.1, wrapping, private, room);
    let wrapped = output(wrapped.unwrap());
    // The same bytes as OpenSSL's, wrapped as a secret.
    let pkcs8 = bytes(&format!("{HEAD}{domain}04160214{x}"));
    assert_eq!(wrapped, bench.wrap(request, wrapping, &pkcs8).unwrap());
    let (class, key_type) = (number(CKO_PRIVATE_KEY.0), number(CKK_DSA.0));
    let entries = [
        (CKA_CLASS, &class[..]),
        (CKA_KEY_TYPE, &key_type),
        (CKA_SENSITIVE, &[0]),
    ];
    let unwrap = |bench: &Bench, wrapped: &[u8]| {
        let (module, session) = (&bench.module, bench.session);
        module.unwrap_key(
            session,
            request.0,
            request.1,
            wrapping,
            wrapped,
            &template(&entries),
        )
    };
    let back = unwrap(&bench, &wrapped).unwrap();
    for (id, value) in [
        (CKA_PRIME, p),
        (CKA_SUBPRIME, q),
        (CKA_BASE, g),
        (CKA_VALUE, x),
    ] {
        let stripped = value.strip_prefix("00").unwrap_or(value);
        assert_eq!(hex::encode(bench.shown(back, id)), stripped);
    }
    // A composite p inside.
    let mut pkcs8 = pkcs8;
    pkcs8[155] ^= 2;
    let wrapped = bench.wrap(request, wrapping, &pkcs8).unwrap();
    assert_eq!(code(unwrap(&bench, &wrapped)), CKR_WRAPPED_KEY_INVALID);
}

#[test]
fn the_public_half_comes_from_the_private_one() {
    let mut bench = Bench::new();
    let dsa = pair(DSA_2048);
    let [p, _, g, x, y] = DSA_2048.map(bytes);
    let half = |class, value: &[u8]| {
        let material = [(CKA_PRIME, &p[..]), (CKA_BASE, &g), (CKA_VALUE, value)];
        Key::new(class, CKK_DH, &material)
    };
    let dh = (half(CKO_PUBLIC_KEY, &y), half(CKO_PRIVATE_KEY, &x));
    for (public, private) in [dsa, dh] {
        let (public, private) = (bench.key(&public).unwrap(), bench.key(&private).unwrap());
        let (module, session) = (&bench.module, bench.session);
        let row = row(CKM_PUB_KEY_FROM_PRIV_KEY);
        let entries = template(&[(CKA_PRIVATE, &[0])]);
        let again = module.derive_key(session, row, &Params::None, private, &entries);
        let [public, again] = [public, again.unwrap()].map(|key| module.object(session, key));
        let (public, again) = (public.unwrap(), again.unwrap());
        assert_eq!(again.key_type(), public.key_type());
        for id in [
            CKA_PRIME,
            CKA_SUBPRIME,
            CKA_BASE,
            CKA_VALUE,
            CKA_PUBLIC_KEY_INFO,
        ] {
            let [one, two] = [&public, &again].map(|object| object.attributes().bytes(id));
            assert_eq!(one, two, "{id}");
            assert!(one.is_some() || id == CKA_SUBPRIME);
        }
    }
}
