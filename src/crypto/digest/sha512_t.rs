// SPDX-License-Identifier: MIT OR Apache-2.0
//! SHA-512/t: SHA-512 from another initial value, cut to t bits (FIPS 180-4, sections 5.3.6 and 6.7).

use digest::Digest as _;
use digest::common::hazmat::SerializableState as _;
use sha2::Sha512;

use super::saved_state_invalid;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Bytes of a chaining value of SHA-512.
const CHAIN_LEN: usize = 64;

/// The t of SHA-512/t: "any positive integer without a leading zero such that t < 512, and t is not
/// 384".
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Truncation(u16);

#[expect(clippy::len_without_is_empty, reason = "no output is empty")]
impl Truncation {
    /// A t in bits.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    pub fn new(bits: u64) -> Result<Self> {
        match u16::try_from(bits) {
            Ok(bits @ (1..=383 | 385..=511)) => Ok(Self(bits)),
            _ => Err(Error::MechanismParamInvalid(
                "t must be 1 to 511 bits and not 384 (FIPS 180-4, section 5.3.6)".into(),
            )),
        }
    }

    /// Output length in bytes.
    // SPEC: of a t that is not a multiple of 8, the unused low bits of the last byte are zero.
    #[must_use]
    pub fn len(self) -> usize {
        usize::from(self.0).div_ceil(8)
    }

    /// Whether the output is whole bytes.
    #[must_use]
    pub const fn is_whole_bytes(self) -> bool {
        self.0.is_multiple_of(8)
    }

    /// The leftmost t bits; those of the last byte that are no part of them are zero.
    fn cut(self, hash: &SecretBytes) -> SecretBytes {
        let mut output = hash.truncated(self.len());
        let unused = self.len() * 8 - usize::from(self.0);
        if let Some(last) = output.expose_mut().last_mut() {
            *last &= 0xff << unused;
        }
        output
    }
}

/// A running SHA-512/t.
#[derive(Clone)]
pub struct Sha512T {
    truncation: Truncation,
    state: Sha512,
}

/// SHA-512 with another initial value. Its words stand with the lowest byte first in a saved state.
fn with_initial_value(words: impl Iterator<Item = u8>) -> Result<Sha512> {
    let mut state = Sha512::new().serialize();
    for (to, from) in state.iter_mut().take(CHAIN_LEN).zip(words) {
        *to = from;
    }
    Sha512::deserialize(&state)
        .map_err(|_| Error::GeneralError("SHA-512 refused an initial value".into()))
}

impl Sha512T {
    /// Starts: the initial value is what "the SHA-512/t IV generation function" gives.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR`
    pub fn new(truncation: Truncation) -> Result<Self> {
        let plain = Sha512::new().serialize();
        let mut generator = with_initial_value(plain.iter().map(|byte| byte ^ 0xa5))?;
        generator.update(format!("SHA-512/{}", truncation.0));
        let value = generator.finalize();
        let words = value.chunks(8).flat_map(|word| word.iter().rev().copied());
        let state = with_initial_value(words)?;
        Ok(Self { truncation, state })
    }

    /// Goes on from a saved state.
    ///
    /// # Errors
    /// `CKR_SAVED_STATE_INVALID`
    pub fn restore(saved: &[u8]) -> Result<Self> {
        let (bits, state) = saved.split_first_chunk().ok_or_else(saved_state_invalid)?;
        let bits = u64::from(u16::from_be_bytes(*bits));
        let truncation = Truncation::new(bits).map_err(|_| saved_state_invalid())?;
        let state = state.try_into().map_err(|_| saved_state_invalid())?;
        let state = Sha512::deserialize(state).map_err(|_| saved_state_invalid())?;
        Ok(Self { truncation, state })
    }

    /// The state as bytes, for a later [`restore`](Self::restore).
    #[must_use]
    pub fn save(&self) -> SecretBytes {
        let mut saved = self.truncation.0.to_be_bytes().to_vec();
        saved.extend(self.state.serialize());
        SecretBytes::new(saved)
    }

    /// The t.
    #[must_use]
    pub const fn truncation(&self) -> Truncation {
        self.truncation
    }

    /// Feeds a part.
    pub fn update(&mut self, input: &[u8]) {
        self.state.update(input);
    }

    /// Ends.
    #[must_use]
    pub fn finish(self) -> SecretBytes {
        let hash = SecretBytes::from_slice(&self.state.finalize());
        self.truncation.cut(&hash)
    }
}

impl core::fmt::Debug for Sha512T {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Sha512T({} bits)", self.truncation.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::digest::HashFunction;

    fn hash(bits: u64, input: &[u8]) -> SecretBytes {
        let mut state = Sha512T::new(Truncation::new(bits).unwrap()).unwrap();
        state.update(input);
        state.finish()
    }

    #[test]
    fn the_named_truncations_come_out_of_the_general_one() {
        for len in [0, 3, 127, 128, 500] {
            let input = vec![b'a'; len];
            for (bits, function) in [
                (224, HashFunction::Sha512_224),
                (256, HashFunction::Sha512_256),
            ] {
                assert!(hash(bits, &input).ct_eq(function.hash(&input).expose()));
            }
        }
    }

    #[test]
    fn bits_behind_the_last_are_zero() {
        for bits in [1, 7, 9, 385, 511] {
            let output = hash(bits, b"abc");
            assert_eq!(output.len() as u64, bits.div_ceil(8));
            let unused = output.len() as u64 * 8 - bits;
            assert_eq!(output.expose().last().unwrap() & ((1 << unused) - 1), 0);
        }
    }

    #[test]
    fn the_t_that_the_standard_excludes_are_refused() {
        for bits in [0, 384, 512, 65_760, u64::MAX] {
            assert!(Truncation::new(bits).is_err(), "{bits}");
        }
    }

    #[test]
    fn a_saved_state_goes_on_where_it_was() {
        let mut state = Sha512T::new(Truncation::new(100).unwrap()).unwrap();
        state.update(&[7; 301]);
        let mut restored = Sha512T::restore(state.save().expose()).unwrap();
        restored.update(b"x");
        state.update(b"x");
        let output = state.finish();
        assert!(restored.finish().ct_eq(output.expose()));
        for wrong in [[0; 3].as_slice(), &[0; 300], &[]] {
            assert!(Sha512T::restore(wrong).is_err());
        }
    }
}
