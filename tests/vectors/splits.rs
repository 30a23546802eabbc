// SPDX-License-Identifier: MIT OR Apache-2.0
//! Inputs cut at random places: in parts or in one go, the result must be the same.

use keystead::mechanism::{Accumulate, Transform};

/// Rounds per operation; each splits another input at other places.
const ROUNDS: u64 = 300;

/// A generator with a seed, so that a failure can be repeated (Steele, Lea, Flood: SplitMix64).
pub(crate) struct SplitMix(pub(crate) u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

/// Cuts `input` at random places; parts may be empty.
pub(crate) fn split<'a>(random: &mut SplitMix, mut input: &'a [u8]) -> Vec<&'a [u8]> {
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

/// There and back, each in one go and in parts, with inputs of `least` bytes or more.
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
