// SPDX-License-Identifier: MIT OR Apache-2.0
//! Hash functions: FIPS 180-4 and FIPS 202.
#![forbid(unsafe_code)]

use digest::common::hazmat::SerializableState as _;
use digest::{Digest as _, Output};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512};

use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Makes the enum of hash functions and their running states from one list.
macro_rules! hashes {
    ($($name:ident($type:ty, $len:literal),)+) => {
        /// A hash function.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum HashFunction {
            $(
                #[doc = concat!(stringify!($name), ", ", stringify!($len), " bytes")]
                $name,
            )+
        }

        #[expect(clippy::len_without_is_empty, reason = "no output is empty")]
        impl HashFunction {
            /// Every function.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Output length in bytes.
            #[must_use]
            pub const fn len(self) -> usize {
                match self {
                    $(Self::$name => $len,)+
                }
            }

            /// A fresh state.
            #[must_use]
            pub fn start(self) -> Hasher {
                match self {
                    $(Self::$name => Hasher(State::$name(<$type>::new())),)+
                }
            }
        }

        #[derive(Clone)]
        enum State {
            $($name($type),)+
        }

        impl Hasher {
            /// The state as bytes, for a later [`restore`](Self::restore).
            #[must_use]
            pub fn save(&self) -> SecretBytes {
                match &self.0 {
                    $(State::$name(state) => SecretBytes::from_slice(&state.serialize()),)+
                }
            }

            /// Goes on from a saved state of the same function.
            ///
            /// # Errors
            /// `CKR_SAVED_STATE_INVALID`
            pub fn restore(function: HashFunction, state: &[u8]) -> Result<Self> {
                match function {
                    $(HashFunction::$name => state
                        .try_into()
                        .ok()
                        .and_then(|state| <$type>::deserialize(state).ok())
                        .map(|state| Self(State::$name(state)))
                        .ok_or_else(saved_state_invalid),)+
                }
            }

            /// The function.
            #[must_use]
            pub const fn function(&self) -> HashFunction {
                match &self.0 {
                    $(State::$name(_) => HashFunction::$name,)+
                }
            }

            /// Feeds a part.
            pub fn update(&mut self, input: &[u8]) {
                match &mut self.0 {
                    $(State::$name(state) => state.update(input),)+
                }
            }

            /// Ends.
            #[must_use]
            pub fn finish(self) -> SecretBytes {
                match self.0 {
                    $(State::$name(state) => {
                        let output: Output<$type> = state.finalize();
                        SecretBytes::from_slice(&output)
                    })+
                }
            }
        }
    };
}

hashes! {
    Sha1(Sha1, 20),
    Sha224(Sha224, 28),
    Sha256(Sha256, 32),
    Sha384(Sha384, 48),
    Sha512(Sha512, 64),
    Sha3_224(Sha3_224, 28),
    Sha3_256(Sha3_256, 32),
    Sha3_384(Sha3_384, 48),
    Sha3_512(Sha3_512, 64),
}

impl HashFunction {
    /// Hashes everything in one go.
    #[must_use]
    pub fn hash(self, input: &[u8]) -> SecretBytes {
        let mut hasher = self.start();
        hasher.update(input);
        hasher.finish()
    }
}

fn saved_state_invalid() -> Error {
    Error::SavedStateInvalid("the state is not one of this hash function".into())
}

/// A running hash.
#[derive(Clone)]
pub struct Hasher(State);

impl core::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Hasher({:?})", self.function())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_gives_its_length() {
        for function in HashFunction::ALL {
            assert_eq!(function.hash(b"abc").len(), function.len(), "{function:?}");
        }
    }

    #[test]
    fn a_saved_state_goes_on_where_it_was() {
        for function in HashFunction::ALL {
            let mut hasher = function.start();
            hasher.update(&[7; 301]);
            let mut restored = Hasher::restore(*function, hasher.save().expose()).unwrap();
            restored.update(&[8; 99]);
            hasher.update(&[8; 99]);
            assert!(
                restored.finish().ct_eq(hasher.finish().expose()),
                "{function:?}"
            );
            assert!(Hasher::restore(*function, &[0; 3]).is_err());
        }
    }
}
