// SPDX-License-Identifier: MIT OR Apache-2.0
//! A PIN locks a key: Argon2id makes the key that wraps the token data key.

use super::cells::{PinLock, TokenId};
use super::wire::Writer;
use super::{KdfCost, Role};
use crate::crypto::pin_kdf::{Cost, derive};
use crate::crypto::{entropy, seal};
use crate::error::Result;
use crate::secret::{Pin, SecretBytes};

/// OWASP's first choice for Argon2id; above the least of RFC 9106 section 4 for its memory.
pub(super) const STANDARD: Cost = Cost {
    memory_kib: 19 * 1024,
    passes: 2,
    lanes: 1,
};

const MINIMUM: Cost = Cost {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};

impl KdfCost {
    const fn cost(self) -> Cost {
        match self {
            Self::Standard => STANDARD,
            Self::Minimum => MINIMUM,
            Self::Exactly {
                memory_kib,
                passes,
                lanes,
            } => Cost {
                memory_kib,
                passes,
                lanes,
            },
        }
    }
}

/// What the wrapping binds: token, role, salt, cost.
fn context(token: &TokenId, role: Role, lock: &PinLock) -> Vec<u8> {
    Writer::default()
        .bytes(b"keystead pin")
        .bytes(token)
        .bool(role == Role::User)
        .bytes(&lock.salt)
        .u32(lock.cost.memory_kib)
        .u32(lock.cost.passes)
        .u32(lock.cost.lanes)
        .bool(lock.is_pinned)
        .done()
}

impl PinLock {
    /// A lock for `secret` that `pin` opens.
    pub(super) fn new(
        token: &TokenId,
        role: Role,
        pin: &Pin,
        kdf: KdfCost,
        secret: &[u8],
    ) -> Result<Self> {
        let mut lock = Self {
            salt: entropy::array()?,
            cost: kdf.cost(),
            is_pinned: kdf == KdfCost::Minimum,
            wrapped: Vec::new(),
        };
        let key = derive(pin, &lock.salt, lock.cost)?;
        lock.wrapped = seal::seal(key.expose(), &context(token, role, &lock), secret)?;
        Ok(lock)
    }

    /// The secret; `None` when the PIN is wrong.
    pub(super) fn open(
        &self,
        token: &TokenId,
        role: Role,
        pin: &Pin,
    ) -> Result<Option<SecretBytes>> {
        let key = derive(pin, &self.salt, self.cost)?;
        seal::open(key.expose(), &context(token, role, self), &self.wrapped)
    }

    /// The cost of the next lock of this PIN: as this one, raised to the default.
    pub(super) fn next_cost(&self) -> KdfCost {
        if self.is_pinned {
            return KdfCost::Minimum;
        }
        KdfCost::Exactly {
            memory_kib: self.cost.memory_kib.max(STANDARD.memory_kib),
            passes: self.cost.passes.max(STANDARD.passes),
            lanes: self.cost.lanes.max(STANDARD.lanes),
        }
    }

    /// Whether the default has risen above this lock.
    pub(super) fn is_outdated(&self) -> bool {
        self.next_cost().cost() != self.cost
    }
}
