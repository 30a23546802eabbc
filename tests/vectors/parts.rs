// SPDX-License-Identifier: MIT OR Apache-2.0
//! In parts or in one go, the result is the same, and every announced length is exact.

use keystead::crypto::aes::AesKey;
use keystead::crypto::digest::HashFunction;
use keystead::crypto::mac::Mac;
use keystead::mechanism::families::aes_block::{BlockMode, Direction, Mode, Padding};
use keystead::mechanism::families::aes_ctr::CounterMode;
use keystead::mechanism::families::aes_gcm::{GcmDecryption, GcmEncryption};
use keystead::mechanism::families::digest::Digest;
use keystead::mechanism::families::mac_check::MacSigner;
use keystead::mechanism::{Accumulate, GcmParams, Params, Rng, Transform};

/// Rounds per operation; each splits another input at other places.
const ROUNDS: u64 = 300;

/// A generator with a seed, so that a failure can be repeated (Steele, Lea, Flood: SplitMix64).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

/// Cuts `input` at random places; parts may be empty.
fn split<'a>(random: &mut SplitMix, mut input: &'a [u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while !input.is_empty() {
        let limit = [2, 18, 40, 300][random.below(4)];
        let (part, rest) = input.split_at(random.below(limit).min(input.len()));
        parts.push(part);
        input = rest;
    }
    parts
}

fn in_parts(mut operation: Box<dyn Transform>, parts: &[&[u8]]) -> Vec<u8> {
    let mut output = Vec::new();
    for part in parts {
        let announced = operation.update_len(part.len());
        let made = operation.update(part).unwrap();
        assert_eq!(made.len(), announced);
        output.extend_from_slice(made.expose());
    }
    output.extend_from_slice(operation.finish().unwrap().expose());
    output
}

/// There and back, each in one go and in parts.
fn check(
    granularity: usize,
    encrypt: impl Fn() -> Box<dyn Transform>,
    decrypt: impl Fn() -> Box<dyn Transform>,
) {
    check_from(0, granularity, encrypt, decrypt);
}

/// As [`check`], with inputs of `least` bytes or more.
pub(crate) fn check_from(
    least: usize,
    granularity: usize,
    encrypt: impl Fn() -> Box<dyn Transform>,
    decrypt: impl Fn() -> Box<dyn Transform>,
) {
    for seed in 0..ROUNDS {
        let mut random = SplitMix(seed);
        let len = least + random.below(600) / granularity * granularity;
        let text = random.bytes(len);
        let sealed = encrypt().single(&text).unwrap();
        assert!(sealed.len() <= encrypt().single_len(len), "seed {seed}");
        assert_eq!(
            in_parts(encrypt(), &split(&mut random, &text)),
            sealed.expose(),
            "{seed}"
        );
        let opened = decrypt().single(sealed.expose()).unwrap();
        assert!(
            opened.len() <= decrypt().single_len(sealed.len()),
            "seed {seed}"
        );
        assert_eq!(opened.expose(), text, "seed {seed}");
        assert_eq!(
            in_parts(decrypt(), &split(&mut random, sealed.expose())),
            text,
            "{seed}"
        );
    }
}

fn key() -> AesKey {
    AesKey::new(&[0x11; 32]).unwrap()
}

fn block_mode(mode: Mode, padding: Padding) {
    let granularity = if padding == Padding::None { 16 } else { 1 };
    let start = |direction| Box::new(BlockMode::new(key(), mode, direction, padding));
    check(
        granularity,
        || start(Direction::Encrypt),
        || start(Direction::Decrypt),
    );
}

#[test]
fn ecb_in_parts() {
    block_mode(Mode::Ecb, Padding::None);
}

#[test]
fn cbc_in_parts() {
    block_mode(Mode::Cbc([9; 16]), Padding::None);
}

#[test]
fn cbc_with_padding_in_parts() {
    block_mode(Mode::Cbc([9; 16]), Padding::Pkcs7);
}

#[test]
fn ctr_in_parts() {
    let params = Params::AesCtr {
        counter_bits: 8,
        block: [0x80; 16],
    };
    let start = || Box::new(CounterMode::new(key(), &params).unwrap());
    check(1, || start(), || start());
}

#[test]
fn gcm_in_parts() {
    let params = Params::Gcm(GcmParams {
        iv: Some(&[5; 12]),
        iv_len: 12,
        aad: b"associated",
        tag_bits: 128,
    });
    check(
        1,
        || Box::new(GcmEncryption::new(key(), &params, Rng::system()).unwrap()),
        || Box::new(GcmDecryption::new(key(), &params).unwrap()),
    );
}

pub(crate) fn accumulate(start: impl Fn() -> Box<dyn Accumulate>) {
    for seed in 0..ROUNDS {
        let mut random = SplitMix(seed);
        let len = random.below(600);
        let input = random.bytes(len);
        let whole = start().single(&input).unwrap();
        let mut operation = start();
        for part in split(&mut random, &input) {
            operation.update(part).unwrap();
        }
        assert_eq!(operation.output_len(), whole.len());
        assert_eq!(
            operation.finish().unwrap().expose(),
            whole.expose(),
            "seed {seed}"
        );
    }
}

#[test]
fn digests_and_macs_in_parts() {
    for function in HashFunction::ALL {
        accumulate(|| Box::new(Digest::new(*function)));
        accumulate(|| Box::new(MacSigner::whole(Mac::hmac(*function, b"key").unwrap())));
    }
    accumulate(|| Box::new(MacSigner::whole(Mac::cmac(&key()).unwrap())));
}
