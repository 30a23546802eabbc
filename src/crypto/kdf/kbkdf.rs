// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key derivation from a key by a pseudo-random function: counter, feedback and double-pipeline mode
//! (SP 800-108, revision 1, sections 4.1 to 4.3).

use crate::crypto::mac::Mac;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// How the iterations hang together.
#[derive(Clone, Copy, Debug)]
pub enum Mode<'a> {
    /// Each stands for itself.
    Counter,
    /// Each takes the output of the one before; the first takes this.
    Feedback(&'a [u8]),
    /// A second chain of outputs runs beside the first.
    DoublePipeline,
}

/// How a number is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Format {
    /// Whether the least significant byte comes first.
    pub little_endian: bool,
    /// How many bytes, up to 8.
    pub len: usize,
}

impl Format {
    /// The number, if there is room for it.
    #[must_use]
    pub fn write(self, number: u64) -> Option<Vec<u8>> {
        let unused = 8_usize.checked_sub(self.len)?;
        let bytes = number.to_be_bytes();
        let (zeros, used) = bytes.split_at_checked(unused)?;
        if zeros.iter().any(|byte| *byte != 0) {
            return None;
        }
        let mut used = used.to_vec();
        if self.little_endian {
            used.reverse();
        }
        Some(used)
    }
}

/// One part of the function's input.
#[derive(Clone, Copy, Debug)]
pub enum Field<'a> {
    /// The counter.
    Counter(Format),
    /// What the iteration before gave; not in counter mode.
    Previous,
    /// Bytes that are the same in each iteration.
    Fixed(&'a [u8]),
}

/// The output of `n_segments` iterations. `prf` is fresh and keyed.
///
/// # Errors
/// `CKR_KEY_SIZE_RANGE` when the counter has no room for so many iterations
pub fn derive(
    prf: &Mac,
    mode: Mode<'_>,
    fields: &[Field<'_>],
    n_segments: usize,
) -> Result<SecretBytes> {
    let mut chain = match mode {
        Mode::Counter => SecretBytes::from_slice(&[]),
        Mode::Feedback(iv) => SecretBytes::from_slice(iv),
        Mode::DoublePipeline => SecretBytes::new(fixed(fields)),
    };
    let len = prf.len().saturating_mul(n_segments);
    SecretBytes::try_init(len, |out| {
        for (counter, segment) in (1..).zip(out.chunks_mut(prf.len())) {
            if matches!(mode, Mode::DoublePipeline) {
                let mut mac = prf.clone();
                mac.update(chain.expose());
                chain = mac.finish();
            }
            let mut mac = prf.clone();
            for field in fields {
                match field {
                    Field::Counter(format) => {
                        mac.update(&format.write(counter).ok_or_else(exhausted)?);
                    }
                    Field::Previous => mac.update(chain.expose()),
                    Field::Fixed(bytes) => mac.update(bytes),
                }
            }
            let output = mac.finish();
            for (to, from) in segment.iter_mut().zip(output.expose()) {
                *to = *from;
            }
            if matches!(mode, Mode::Feedback(_)) {
                chain = output;
            }
        }
        Ok(())
    })
}

/// The first value of the second chain: "Label || 0x00 || Context || [L]".
fn fixed(fields: &[Field<'_>]) -> Vec<u8> {
    fields
        .iter()
        .filter_map(|field| match field {
            Field::Fixed(bytes) => Some(*bytes),
            Field::Counter(_) | Field::Previous => None,
        })
        .collect::<Vec<_>>()
        .concat()
}

fn exhausted() -> Error {
    Error::KeySizeRange("the counter is too narrow for so much output".into())
}
