// SPDX-License-Identifier: MIT OR Apache-2.0
//! Hash functions: FIPS 180-4, FIPS 202, RFC 1321, ISO/IEC 10118-3 and RFC 7693.
#![forbid(unsafe_code)]

mod sha512_t;
mod shake;

use blake2::Blake2b;
use digest::common::hazmat::SerializableState as _;
use digest::consts::{U20, U32, U48, U64};
use digest::{Digest as _, Output};
use md5::Md5;
use ripemd::Ripemd160;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512};

pub use sha512_t::{Sha512T, Truncation};
pub use shake::Shake;

use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// A state that can leave and come back.
macro_rules! saved {
    (save $state:ident) => {
        Some(SecretBytes::from_slice(&$state.serialize()))
    };
    (restore $type:ty, $state:ident) => {
        $state
            .try_into()
            .ok()
            .and_then(|state| <$type>::deserialize(state).ok())
    };
}

/// A state that the engine keeps inside.
macro_rules! kept {
    (save $state:ident) => {{
        let _ = $state;
        None
    }};
    (restore $type:ty, $state:ident) => {
        None::<$type>
    };
}

/// Makes the enum of hash functions and their running states from one list.
macro_rules! hashes {
    ($($name:ident($type:ty, $len:literal, $state:ident),)+) => {
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
            /// The state as bytes, for a later [`restore`](Self::restore); `None` where the engine
            /// keeps it inside.
            #[must_use]
            pub fn save(&self) -> Option<SecretBytes> {
                match &self.0 {
                    $(State::$name(state) => $state!(save state),)+
                }
            }

            /// Goes on from a saved state of the same function.
            ///
            /// # Errors
            /// `CKR_SAVED_STATE_INVALID`
            pub fn restore(function: HashFunction, state: &[u8]) -> Result<Self> {
                match function {
                    $(HashFunction::$name => $state!(restore $type, state)
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
    Sha1(Sha1, 20, saved),
    Sha224(Sha224, 28, saved),
    Sha256(Sha256, 32, saved),
    Sha384(Sha384, 48, saved),
    Sha512(Sha512, 64, saved),
    Sha512_224(Sha512_224, 28, saved),
    Sha512_256(Sha512_256, 32, saved),
    Sha3_224(Sha3_224, 28, saved),
    Sha3_256(Sha3_256, 32, saved),
    Sha3_384(Sha3_384, 48, saved),
    Sha3_512(Sha3_512, 64, saved),
    Md5(Md5, 16, saved),
    Ripemd160(Ripemd160, 20, saved),
    Blake2b160(Blake2b<U20>, 20, kept),
    Blake2b256(Blake2b<U32>, 32, kept),
    Blake2b384(Blake2b<U48>, 48, kept),
    Blake2b512(Blake2b<U64>, 64, kept),
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
            assert!(Hasher::restore(*function, &[0; 3]).is_err());
            let Some(saved) = hasher.save() else {
                let name = format!("{function:?}");
                assert!(name.starts_with("Blake2b"), "{name}");
                continue;
            };
            let mut restored = Hasher::restore(*function, saved.expose()).unwrap();
            restored.update(&[8; 99]);
            hasher.update(&[8; 99]);
            assert!(
                restored.finish().ct_eq(hasher.finish().expose()),
                "{function:?}"
            );
        }
    }
}
