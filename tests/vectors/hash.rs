// SPDX-License-Identifier: MIT OR Apache-2.0
//! Digests and hash-based derivations against the examples that come with their standards.
//!
//! RFC 7693, appendix E, and what [`hash_known`](super::hash_known) names.

use blake2::Blake2bMac;
use blake2::digest::consts::{U20, U32, U48, U64};
use blake2::digest::{KeyInit as _, Mac as _};
use keystead::error::Error;
use keystead::mechanism::families::digest::Digest;
use keystead::mechanism::{Accumulate as _, Params};
use keystead::pkcs11::class::CKO_PRIVATE_KEY;
use keystead::pkcs11::key_type::{CKK_AES, CKK_DES3};
use keystead::pkcs11::mechanism::{
    CKM_BLAKE2B_160, CKM_BLAKE2B_256, CKM_BLAKE2B_384, CKM_BLAKE2B_512, CKM_SHA256_KEY_DERIVATION,
    CKM_SHA512_224, CKM_SHA512_256, CKM_SHA512_T, CKM_SHA512_T_KEY_DERIVATION,
};

use super::hash_known::{HASHES, SHAKES};
use super::hash_rows::{Wanted, derive, digest, generic, start};

#[test]
fn digests_are_those_of_the_standards() {
    for (id, _, input, expected) in HASHES {
        assert_eq!(digest(*id, &Params::None, input), *expected, "{id}");
    }
}

/// `selftest_seq` of RFC 7693, appendix E.
fn sequence(len: usize) -> Vec<u8> {
    let seed = u32::try_from(len).unwrap();
    let (mut a, mut b) = (0xdead_4bad_u32.wrapping_mul(seed), 1_u32);
    let mut next = || {
        (a, b) = (b, a.wrapping_add(b));
        b.to_be_bytes()[0]
    };
    (0..len).map(|_| next()).collect()
}

fn keyed(len: usize, input: &[u8]) -> Vec<u8> {
    macro_rules! mac {
        ($size:ty) => {
            Blake2bMac::<$size>::new_from_slice(&sequence(len))
                .unwrap()
                .chain_update(input)
                .finalize()
                .into_bytes()
                .to_vec()
        };
    }
    match len {
        20 => mac!(U20),
        32 => mac!(U32),
        48 => mac!(U48),
        _ => mac!(U64),
    }
}

#[test]
fn blake2b_of_every_length_passes_the_self_test_of_rfc_7693() {
    // The grand hash covers keyed hashes too, which no mechanism has: those come from the crate.
    let mut all = start(CKM_BLAKE2B_256, &Params::None).unwrap();
    for (id, len) in [
        (CKM_BLAKE2B_160, 20),
        (CKM_BLAKE2B_256, 32),
        (CKM_BLAKE2B_384, 48),
        (CKM_BLAKE2B_512, 64),
    ] {
        for input_len in [0, 3, 128, 129, 255, 1024] {
            let input = sequence(input_len);
            let plain = digest(id, &Params::None, &input);
            all.update(&hex::decode(plain).unwrap()).unwrap();
            all.update(&keyed(len, &input)).unwrap();
        }
    }
    assert_eq!(
        hex::encode(all.finish().unwrap().expose()),
        "c23a7800d98123bd10f506c61e29da5603d763b8bbad2e737f5e765a7bccd475"
    );
}

#[test]
fn sha_512_t_gives_the_named_truncations_and_refuses_what_the_standard_excludes() {
    for (bits, id) in [(224, CKM_SHA512_224), (256, CKM_SHA512_256)] {
        for (_, _, input, expected) in HASHES.iter().filter(|hash| hash.0 == id) {
            assert_eq!(digest(CKM_SHA512_T, &Params::Ulong(bits), input), *expected);
        }
    }
    assert_eq!(digest(CKM_SHA512_T, &Params::Ulong(9), b"abc").len(), 4);
    for params in [0, 384, 512, u64::MAX]
        .map(Params::Ulong)
        .into_iter()
        .chain([Params::None])
    {
        for result in [
            start(CKM_SHA512_T, &params).err(),
            derive(CKM_SHA512_T_KEY_DERIVATION, b"abc", &params, generic(None)).err(),
        ] {
            assert!(matches!(result, Some(Error::MechanismParamInvalid(_))));
        }
    }
}

#[test]
fn a_derived_key_is_the_digest_of_its_base_or_the_first_bytes_of_it() {
    for (_, id, input, expected) in HASHES {
        let Some(id) = *id else { continue };
        let derive = |len| derive(id, input, &Params::None, generic(len));
        assert_eq!(derive(None).unwrap(), *expected, "{id}");
        let short = derive(Some(10)).unwrap();
        assert!(short.len() == 20 && expected.starts_with(&short), "{id}");
        for wrong in [0, expected.len() / 2 + 1] {
            let result = derive(Some(wrong));
            assert!(matches!(result, Err(Error::KeySizeRange(_))), "{id}");
        }
    }
    let t = Params::Ulong(256);
    assert_eq!(
        derive(CKM_SHA512_T_KEY_DERIVATION, b"abc", &t, generic(None)).unwrap(),
        digest(CKM_SHA512_256, &Params::None, b"abc")
    );
}

#[test]
fn shake_expands_a_key_as_nist_publishes_it() {
    for (id, default, expected) in SHAKES {
        let derive = |len| derive(id, &[0xa3; 200], &Params::None, generic(len));
        assert_eq!(derive(None).unwrap(), expected);
        assert_eq!(derive(Some(default)).unwrap(), expected);
        let short = derive(Some(5)).unwrap();
        assert!(short.len() == 10 && expected.starts_with(&short), "{id}");
        assert!(derive(Some(500)).unwrap().starts_with(expected));
        assert!(derive(Some(0)).is_err());
        assert!(derive(Some(4097)).is_err());
    }
}

#[test]
fn a_derived_key_of_another_type_needs_a_length_and_des_keys_get_parity() {
    let derive = |wanted| derive(CKM_SHA256_KEY_DERIVATION, b"abc", &Params::None, wanted);
    let wanted = |key_type, len| Wanted {
        key_type,
        ..generic(len)
    };
    let without = derive(wanted(CKK_AES, None));
    assert!(matches!(without, Err(Error::TemplateIncomplete(_))));
    assert_eq!(derive(wanted(CKK_AES, Some(16))).unwrap().len(), 32);
    let des = hex::decode(derive(wanted(CKK_DES3, Some(24))).unwrap()).unwrap();
    let plain = hex::decode(derive(generic(Some(24))).unwrap()).unwrap();
    for (des, plain) in des.iter().zip(plain) {
        assert_eq!(des.count_ones() % 2, 1);
        assert_eq!(des >> 1, plain >> 1);
    }
    let private = derive(Wanted {
        class: CKO_PRIVATE_KEY,
        ..generic(None)
    });
    assert!(matches!(private, Err(Error::TemplateInconsistent(_))));
}

#[test]
fn a_saved_digest_goes_on_where_it_was_unless_the_engine_keeps_it() {
    let t = (CKM_SHA512_T, Params::Ulong(100));
    let plain = HASHES.iter().map(|hash| (hash.0, Params::None));
    for (id, params) in plain.chain([t]) {
        let mut running = start(id, &params).unwrap();
        running.update(&[7; 301]).unwrap();
        let Some(saved) = running.save() else {
            assert!(id.name().unwrap().starts_with("CKM_BLAKE2B"), "{id}");
            assert!(Digest::restore(id, &[0; 64]).is_err());
            continue;
        };
        let mut restored = Box::new(Digest::restore(id, saved.expose()).unwrap());
        running.update(b"the end").unwrap();
        restored.update(b"the end").unwrap();
        let end = running.finish().unwrap();
        assert!(restored.finish().unwrap().ct_eq(end.expose()), "{id}");
    }
}
