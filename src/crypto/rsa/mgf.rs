// SPDX-License-Identifier: MIT OR Apache-2.0
//! MGF1: RFC 8017, appendix B.2.1.

use crate::crypto::digest::HashFunction;

/// The mask generation function over one hash function.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Mgf1(pub HashFunction);

impl Mgf1 {
    /// Masks `target` with the mask for `seed`, which also takes the mask away.
    pub(super) fn mask(self, seed: &[u8], target: &mut [u8]) {
        let mut base = self.0.start();
        base.update(seed);
        for (counter, chunk) in (0u32..).zip(target.chunks_mut(self.0.len())) {
            let mut hasher = base.clone();
            hasher.update(&counter.to_be_bytes());
            for (byte, mask) in chunk.iter_mut().zip(hasher.finish().expose()) {
                *byte ^= mask;
            }
        }
    }
}
