// SPDX-License-Identifier: MIT OR Apache-2.0
//! The flags of a token, and the time in the form the standard writes it.
//!
//! Source: PKCS#11 v3.2, "Slot and token types", `CK_TOKEN_INFO`.

use crate::pkcs11::flag::{
    CKF_CLOCK_ON_TOKEN, CKF_DUAL_CRYPTO_OPERATIONS, CKF_LOGIN_REQUIRED, CKF_RESTORE_KEY_NOT_NEEDED,
    CKF_RNG, CKF_SO_PIN_COUNT_LOW, CKF_SO_PIN_FINAL_TRY, CKF_SO_PIN_LOCKED,
    CKF_SO_PIN_TO_BE_CHANGED, CKF_TOKEN_INITIALIZED, CKF_USER_PIN_COUNT_LOW,
    CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_INITIALIZED, CKF_USER_PIN_LOCKED,
    CKF_USER_PIN_TO_BE_CHANGED,
};
use crate::store::{PinState, TokenRecord};

/// A token, or the place for one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Status {
    /// Not initialised yet.
    Blank,
    /// Initialised.
    Initialized(TokenRecord),
}

/// What every token of this module can do.
// SPEC: CKF_RESTORE_KEY_NOT_NEEDED holds, because only states without keys are ever saved.
const ALWAYS: u64 = CKF_RNG
    | CKF_LOGIN_REQUIRED
    | CKF_RESTORE_KEY_NOT_NEEDED
    | CKF_DUAL_CRYPTO_OPERATIONS
    | CKF_CLOCK_ON_TOKEN;

impl Status {
    /// `CK_TOKEN_INFO.flags`
    #[must_use]
    pub const fn flags(&self) -> u64 {
        match self {
            Self::Blank => ALWAYS,
            Self::Initialized(record) => {
                let user_set = if record.user_pin.is_set {
                    CKF_USER_PIN_INITIALIZED
                } else {
                    0
                };
                ALWAYS
                    | CKF_TOKEN_INITIALIZED
                    | user_set
                    | pin_flags(&record.user_pin, &USER)
                    | pin_flags(&record.so_pin, &SECURITY_OFFICER)
            }
        }
    }
}

/// The flags that tell of one PIN.
struct PinFlags {
    count_low: u64,
    final_try: u64,
    locked: u64,
    to_be_changed: u64,
}

const USER: PinFlags = PinFlags {
    count_low: CKF_USER_PIN_COUNT_LOW,
    final_try: CKF_USER_PIN_FINAL_TRY,
    locked: CKF_USER_PIN_LOCKED,
    to_be_changed: CKF_USER_PIN_TO_BE_CHANGED,
};

const SECURITY_OFFICER: PinFlags = PinFlags {
    count_low: CKF_SO_PIN_COUNT_LOW,
    final_try: CKF_SO_PIN_FINAL_TRY,
    locked: CKF_SO_PIN_LOCKED,
    to_be_changed: CKF_SO_PIN_TO_BE_CHANGED,
};

const fn pin_flags(pin: &PinState, flags: &PinFlags) -> u64 {
    if !pin.is_set {
        return 0;
    }
    let mut set = 0;
    if pin.failures > 0 {
        set |= flags.count_low;
    }
    if pin.is_locked() {
        set |= flags.locked;
    } else if pin.failures.saturating_add(1) >= pin.tries_max {
        set |= flags.final_try;
    }
    if pin.to_be_changed {
        set |= flags.to_be_changed;
    }
    set
}

/// Seconds since 1970 as `YYYYMMDDhhmmss00`.
#[must_use]
pub fn utc_time(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}00")
}

/// The date this many days after 1970-01-01: years are counted from March, so that the day that
/// leap years add is the last one.
const fn date(days: u64) -> (u64, u64, u64) {
    let days = days.saturating_add(719_468);
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(failures: u32) -> u64 {
        let pin = PinState {
            is_set: true,
            failures,
            tries_max: 3,
            to_be_changed: false,
        };
        pin_flags(&pin, &USER)
    }

    #[test]
    fn each_wrong_pin_shows_in_the_flags() {
        assert_eq!(flags(0), 0);
        assert_eq!(flags(1), CKF_USER_PIN_COUNT_LOW);
        assert_eq!(flags(2), CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY);
        assert_eq!(flags(3), CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_LOCKED);
    }

    #[test]
    fn time_is_written_as_the_standard_says() {
        assert_eq!(utc_time(0), "1970010100000000");
        assert_eq!(utc_time(951_782_399), "2000022823595900");
        assert_eq!(utc_time(951_782_400), "2000022900000000");
        assert_eq!(utc_time(1_735_689_599), "2024123123595900");
    }
}
