// SPDX-License-Identifier: MIT OR Apache-2.0
//! The extendable-output functions of FIPS 202, section 6.2.

use digest::{ExtendableOutput as _, Update as _, XofReader as _};
use sha3::{Shake128, Shake256};

use crate::secret::SecretBytes;

/// An extendable-output function.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shake {
    /// SHAKE128
    Shake128,
    /// SHAKE256
    Shake256,
}

impl Shake {
    /// The first `len` bytes that the function makes of the input.
    #[must_use]
    pub fn expand(self, input: &[u8], len: usize) -> SecretBytes {
        let mut output = SecretBytes::new(vec![0; len]);
        match self {
            Self::Shake128 => {
                let mut state = Shake128::default();
                state.update(input);
                state.finalize_xof().read(output.expose_mut());
            }
            Self::Shake256 => {
                let mut state = Shake256::default();
                state.update(input);
                state.finalize_xof().read(output.expose_mut());
            }
        }
        output
    }
}
