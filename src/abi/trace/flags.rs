// SPDX-License-Identifier: MIT OR Apache-2.0
//! The names of flags; the same bit has another name in each place.
//!
//! Source: PKCS#11 v3.2, "General data types", the tables of flags.

use crate::log::Value;
use crate::pkcs11::flag;

/// Where flags stand.
#[derive(Clone, Copy, Debug)]
pub(in crate::abi) enum FlagsOf {
    /// `C_Initialize`
    Initialize,
    /// An interface
    Interface,
    /// `CK_SLOT_INFO`
    Slot,
    /// `CK_TOKEN_INFO`
    Token,
    /// A mechanism, and what `C_SessionCancel` ends
    Mechanism,
    /// A session
    Session,
    /// `C_WaitForSlotEvent`
    Wait,
    /// A part of a message
    Message,
}

/// Makes pairs of flags and their names.
macro_rules! names {
    ($($name:ident)+) => { &[$((flag::$name, stringify!($name))),+] };
}

const INITIALIZE: &[(u64, &str)] = names! { CKF_LIBRARY_CANT_CREATE_OS_THREADS CKF_OS_LOCKING_OK };
const INTERFACE: &[(u64, &str)] = names! { CKF_INTERFACE_FORK_SAFE };
const SLOT: &[(u64, &str)] = names! { CKF_TOKEN_PRESENT CKF_REMOVABLE_DEVICE CKF_HW_SLOT };
const TOKEN: &[(u64, &str)] = names! {
    CKF_RNG CKF_WRITE_PROTECTED CKF_LOGIN_REQUIRED CKF_USER_PIN_INITIALIZED
    CKF_RESTORE_KEY_NOT_NEEDED CKF_CLOCK_ON_TOKEN CKF_PROTECTED_AUTHENTICATION_PATH
    CKF_DUAL_CRYPTO_OPERATIONS CKF_TOKEN_INITIALIZED CKF_SECONDARY_AUTHENTICATION
    CKF_USER_PIN_COUNT_LOW CKF_USER_PIN_FINAL_TRY CKF_USER_PIN_LOCKED CKF_USER_PIN_TO_BE_CHANGED
    CKF_SO_PIN_COUNT_LOW CKF_SO_PIN_FINAL_TRY CKF_SO_PIN_LOCKED CKF_SO_PIN_TO_BE_CHANGED
    CKF_ERROR_STATE CKF_SEED_RANDOM_REQUIRED CKF_ASYNC_SESSION_SUPPORTED
};
const MECHANISM: &[(u64, &str)] = names! {
    CKF_HW CKF_MESSAGE_ENCRYPT CKF_MESSAGE_DECRYPT CKF_MESSAGE_SIGN CKF_MESSAGE_VERIFY
    CKF_MULTI_MESSAGE CKF_FIND_OBJECTS CKF_ENCRYPT CKF_DECRYPT CKF_DIGEST CKF_SIGN
    CKF_SIGN_RECOVER CKF_VERIFY CKF_VERIFY_RECOVER CKF_GENERATE CKF_GENERATE_KEY_PAIR CKF_WRAP
    CKF_UNWRAP CKF_DERIVE CKF_EC_F_P CKF_EC_F_2M CKF_EC_ECPARAMETERS CKF_EC_OID
    CKF_EC_UNCOMPRESS CKF_EC_COMPRESS CKF_EC_CURVENAME CKF_ENCAPSULATE CKF_DECAPSULATE
    CKF_EXTENSION
};
const SESSION: &[(u64, &str)] = names! { CKF_RW_SESSION CKF_SERIAL_SESSION CKF_ASYNC_SESSION };
const WAIT: &[(u64, &str)] = names! { CKF_DONT_BLOCK };
const MESSAGE: &[(u64, &str)] = names! { CKF_END_OF_MESSAGE };

/// The flags by name, bits without a name as a number behind them.
pub(super) fn value(of: FlagsOf, flags: u64) -> Value {
    let names = match of {
        FlagsOf::Initialize => INITIALIZE,
        FlagsOf::Interface => INTERFACE,
        FlagsOf::Slot => SLOT,
        FlagsOf::Token => TOKEN,
        FlagsOf::Mechanism => MECHANISM,
        FlagsOf::Session => SESSION,
        FlagsOf::Wait => WAIT,
        FlagsOf::Message => MESSAGE,
    };
    let mut rest = flags;
    let mut found: Vec<String> = Vec::new();
    for (bit, name) in names.iter().filter(|(bit, _)| flags & bit != 0) {
        found.push((*name).to_owned());
        rest &= !bit;
    }
    if rest != 0 {
        found.push(format!("{rest:#x}"));
    }
    if found.is_empty() {
        Value::Number(0)
    } else {
        Value::named(found.join("|"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_have_the_names_of_their_place() {
        assert_eq!(
            value(FlagsOf::Session, 6).to_string(),
            "CKF_RW_SESSION|CKF_SERIAL_SESSION"
        );
        assert_eq!(value(FlagsOf::Slot, 1).to_string(), "CKF_TOKEN_PRESENT");
        assert_eq!(
            value(FlagsOf::Wait, 0x11).to_string(),
            "CKF_DONT_BLOCK|0x10"
        );
        assert_eq!(value(FlagsOf::Wait, 0).to_string(), "0");
    }
}
