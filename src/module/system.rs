// SPDX-License-Identifier: MIT OR Apache-2.0
//! The operating system's time.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::store::Clock;

/// The operating system's clock.
pub(super) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> u64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |elapsed| elapsed.as_secs())
    }
}
