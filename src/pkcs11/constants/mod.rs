// SPDX-License-Identifier: MIT OR Apache-2.0
//! Typed constants, one file a prefix; each file is a plain list of names and numbers.

/// Makes a newtype over `CK_ULONG` together with its named values and their names.
macro_rules! vocabulary {
    ($type:ident, $c_type:literal: $($name:ident = $value:literal,)+) => {
        #[doc = concat!($c_type, " as a type of its own.")]
        #[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $type(pub u64);

        $(
            #[doc = concat!("`", stringify!($name), "` = ", stringify!($value))]
            pub const $name: $type = $type($value);
        )+

        impl $type {
            /// Every named value, in the order of the standard's header.
            pub const NAMES: &'static [(Self, &'static str)] =
                &[$(($name, stringify!($name)),)+];

            /// The standard's name of the value, if it has one.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                Self::NAMES.iter().find(|(value, _)| *value == self).map(|(_, name)| *name)
            }

            /// The value with this name, as `CKx_...` or without its prefix, in any case.
            #[must_use]
            pub fn from_name(text: &str) -> Option<Self> {
                Self::NAMES
                    .iter()
                    .find(|(_, name)| {
                        let short = name.split_once('_').map_or(*name, |(_, rest)| rest);
                        name.eq_ignore_ascii_case(text) || short.eq_ignore_ascii_case(text)
                    })
                    .map(|(value, _)| *value)
            }
        }

        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{:#x}", self.0),
                }
            }
        }

        impl core::fmt::Debug for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Display::fmt(self, f)
            }
        }
    };
}
use vocabulary;

pub mod attribute;
pub mod certificate;
pub mod class;
pub mod flag;
pub mod hardware;
pub mod kdf;
pub mod key_type;
pub mod mechanism;
pub mod mgf;
pub mod profile;
pub mod rv;
pub mod state;
pub mod user;
pub mod value;

pub use attribute::AttributeType;
pub use certificate::CertificateType;
pub use class::ObjectClass;
pub use hardware::HardwareType;
pub use kdf::KdfType;
pub use key_type::KeyType;
pub use mechanism::MechanismType;
pub use mgf::MgfType;
pub use profile::ProfileType;
pub use rv::ReturnCode;
pub use state::SessionState;
pub use user::UserType;
