// SPDX-License-Identifier: MIT OR Apache-2.0
//! A PIN to a key: Argon2id, RFC 9106.
#![forbid(unsafe_code)]

use argon2::{Algorithm, Argon2, Params, Version};

use crate::error::{Error, Result};
use crate::secret::{Pin, SecretBytes};

/// Length of a salt in bytes.
pub const SALT_LEN: usize = 16;

/// What one derivation costs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// The most that a stored token may ask for, so that a forged file cannot exhaust the machine.
    pub const MAX: Self = Self {
        memory_kib: 1 << 20,
        passes: 64,
        lanes: 16,
    };

    /// Whether nothing exceeds `other`.
    #[must_use]
    pub const fn within(self, other: Self) -> bool {
        self.memory_kib <= other.memory_kib
            && self.passes <= other.passes
            && self.lanes <= other.lanes
    }
}

/// The 256-bit key of a PIN.
///
/// # Errors
/// `CKR_DEVICE_ERROR` for a cost that Argon2 does not know or that is above [`Cost::MAX`]
pub fn derive(pin: &Pin, salt: &[u8; SALT_LEN], cost: Cost) -> Result<SecretBytes> {
    let refused = |_| Error::DeviceError("the PIN's key derivation has impossible costs".into());
    if !cost.within(Cost::MAX) {
        return Err(refused(argon2::Error::MemoryTooMuch));
    }
    let params =
        Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(refused)?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    SecretBytes::try_init(32, |out| argon.hash_password_into(pin.expose(), salt, out))
        .map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_depends_on_pin_salt_and_cost() {
        let cost = Cost {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
        };
        let pin = Pin::new(b"1234").unwrap();
        let key = derive(&pin, &[1; 16], cost).unwrap();
        assert!(derive(&pin, &[1; 16], cost).unwrap().ct_eq(key.expose()));
        assert!(!derive(&pin, &[2; 16], cost).unwrap().ct_eq(key.expose()));
        assert!(
            !derive(&Pin::new(b"1235").unwrap(), &[1; 16], cost)
                .unwrap()
                .ct_eq(key.expose())
        );
        let more = Cost { passes: 2, ..cost };
        assert!(!derive(&pin, &[1; 16], more).unwrap().ct_eq(key.expose()));
    }

    #[test]
    fn a_cost_above_the_limit_is_refused() {
        let cost = Cost {
            memory_kib: u32::MAX,
            passes: 1,
            lanes: 1,
        };
        assert!(derive(&Pin::new(b"1234").unwrap(), &[1; 16], cost).is_err());
    }
}
