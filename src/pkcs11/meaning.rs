// SPDX-License-Identifier: MIT OR Apache-2.0
//! What each return code means, in one sentence for people.
//!
//! Source: PKCS#11 v3.2, "Function return values".

use super::ReturnCode;
use super::rv::CKR_VENDOR_DEFINED;

impl ReturnCode {
    /// What the code means, in one sentence without a full stop; nothing for a number that the
    /// standard does not have.
    #[must_use]
    pub fn meaning(self) -> Option<&'static str> {
        let Some(name) = self.name() else {
            let is_own = self.0 & CKR_VENDOR_DEFINED.0 != 0;
            return is_own.then_some("a code of the library's own");
        };
        let short = name.strip_prefix("CKR_")?;
        let known = MEANINGS.iter().find(|(known, _)| *known == short);
        known.map(|(_, meaning)| *meaning)
    }
}

/// Code, without its prefix, and meaning, in the order of the standard's header.
const MEANINGS: &[(&str, &str)] = &[
    ("OK", "the function did its work"),
    ("CANCEL", "the application's callback asked to give up"),
    ("HOST_MEMORY", "the computer has too little memory"),
    ("SLOT_ID_INVALID", "there is no slot with this number"),
    (
        "GENERAL_ERROR",
        "something went wrong from which the library cannot recover",
    ),
    ("FUNCTION_FAILED", "the function could not do its work"),
    (
        "ARGUMENTS_BAD",
        "an argument makes no sense, often a NULL pointer",
    ),
    ("NO_EVENT", "no slot event has happened"),
    (
        "NEED_TO_CREATE_THREADS",
        "the library would need threads that it may not create",
    ),
    (
        "CANT_LOCK",
        "the kind of locking that was asked for is not there",
    ),
    (
        "ATTRIBUTE_READ_ONLY",
        "an attribute cannot be set or changed by the application",
    ),
    (
        "ATTRIBUTE_SENSITIVE",
        "an attribute cannot be read because its object is sensitive or unextractable",
    ),
    (
        "ATTRIBUTE_TYPE_INVALID",
        "an attribute does not exist for this kind of object",
    ),
    (
        "ATTRIBUTE_VALUE_INVALID",
        "an attribute has a value that it cannot have",
    ),
    (
        "ACTION_PROHIBITED",
        "the object's attributes or the token's policy forbid this",
    ),
    ("DATA_INVALID", "the input is not what the mechanism takes"),
    (
        "DATA_LEN_RANGE",
        "the input has a length that the mechanism does not take",
    ),
    ("DEVICE_ERROR", "the token or its store has a problem"),
    ("DEVICE_MEMORY", "the token has too little memory"),
    (
        "DEVICE_REMOVED",
        "the token was taken away or initialised anew meanwhile",
    ),
    ("ENCRYPTED_DATA_INVALID", "the ciphertext is not valid"),
    (
        "ENCRYPTED_DATA_LEN_RANGE",
        "the ciphertext has a length that it cannot have",
    ),
    (
        "AEAD_DECRYPT_FAILED",
        "the authentication tag does not fit ciphertext, nonce and associated data",
    ),
    ("FUNCTION_CANCELED", "the function was cancelled"),
    (
        "FUNCTION_NOT_PARALLEL",
        "no function runs in parallel in this session",
    ),
    (
        "FUNCTION_NOT_SUPPORTED",
        "the library does not have this function",
    ),
    ("KEY_HANDLE_INVALID", "there is no key with this handle"),
    (
        "KEY_SIZE_RANGE",
        "the key has a size that the mechanism does not take",
    ),
    (
        "KEY_TYPE_INCONSISTENT",
        "the key has a type that the mechanism does not take",
    ),
    ("KEY_NOT_NEEDED", "a key was given where none is used"),
    (
        "KEY_CHANGED",
        "the key is another than the one of the saved operation",
    ),
    ("KEY_NEEDED", "the saved operation needs its key"),
    (
        "KEY_INDIGESTIBLE",
        "the value of this key cannot be digested",
    ),
    (
        "KEY_FUNCTION_NOT_PERMITTED",
        "the key's attributes do not allow this use of it",
    ),
    (
        "KEY_NOT_WRAPPABLE",
        "the key cannot be wrapped with this key or mechanism",
    ),
    ("KEY_UNEXTRACTABLE", "the key may not leave the token"),
    (
        "MECHANISM_INVALID",
        "the token does not have this mechanism, or not for this function",
    ),
    (
        "MECHANISM_PARAM_INVALID",
        "the mechanism's parameter is wrong",
    ),
    (
        "OBJECT_HANDLE_INVALID",
        "there is no object with this handle",
    ),
    (
        "OPERATION_ACTIVE",
        "an operation of this kind is already running in the session",
    ),
    (
        "OPERATION_NOT_INITIALIZED",
        "no operation of this kind was begun in the session",
    ),
    ("PIN_INCORRECT", "the PIN is wrong"),
    (
        "PIN_INVALID",
        "the new PIN has characters that it cannot have",
    ),
    ("PIN_LEN_RANGE", "the PIN is too short or too long"),
    ("PIN_EXPIRED", "the PIN has expired and must be changed"),
    ("PIN_LOCKED", "the PIN is locked after too many wrong tries"),
    (
        "SESSION_CLOSED",
        "the session was closed while the function ran",
    ),
    ("SESSION_COUNT", "no further session can be opened"),
    (
        "SESSION_HANDLE_INVALID",
        "there is no session with this handle",
    ),
    (
        "SESSION_PARALLEL_NOT_SUPPORTED",
        "CKF_SERIAL_SESSION must be set when a session is opened",
    ),
    (
        "SESSION_READ_ONLY",
        "the session is read-only and cannot do this",
    ),
    (
        "SESSION_EXISTS",
        "a session with the token is open, so it cannot be initialised",
    ),
    (
        "SESSION_READ_ONLY_EXISTS",
        "a read-only session is open, so the Security Officer cannot log in",
    ),
    (
        "SESSION_READ_WRITE_SO_EXISTS",
        "the Security Officer is logged in, so no read-only session can be opened",
    ),
    ("SIGNATURE_INVALID", "the signature or MAC is wrong"),
    (
        "SIGNATURE_LEN_RANGE",
        "the signature or MAC has a length that it cannot have",
    ),
    (
        "TEMPLATE_INCOMPLETE",
        "the template lacks an attribute that must be given",
    ),
    (
        "TEMPLATE_INCONSISTENT",
        "attributes of the template contradict each other or the function",
    ),
    ("TOKEN_NOT_PRESENT", "there is no token in the slot"),
    (
        "TOKEN_NOT_RECOGNIZED",
        "the token is not initialised, or is none of this library",
    ),
    ("TOKEN_WRITE_PROTECTED", "the token cannot be written to"),
    (
        "UNWRAPPING_KEY_HANDLE_INVALID",
        "there is no unwrapping key with this handle",
    ),
    (
        "UNWRAPPING_KEY_SIZE_RANGE",
        "the unwrapping key has a size that the mechanism does not take",
    ),
    (
        "UNWRAPPING_KEY_TYPE_INCONSISTENT",
        "the unwrapping key has a type that the mechanism does not take",
    ),
    ("USER_ALREADY_LOGGED_IN", "this user is already logged in"),
    (
        "USER_NOT_LOGGED_IN",
        "this needs a login that has not taken place",
    ),
    ("USER_PIN_NOT_INITIALIZED", "the user has no PIN yet"),
    ("USER_TYPE_INVALID", "there is no such kind of user"),
    (
        "USER_ANOTHER_ALREADY_LOGGED_IN",
        "another user is already logged in",
    ),
    (
        "USER_TOO_MANY_TYPES",
        "too many users are logged in at once",
    ),
    ("WRAPPED_KEY_INVALID", "the wrapped key is not valid"),
    (
        "WRAPPED_KEY_LEN_RANGE",
        "the wrapped key has a length that it cannot have",
    ),
    (
        "WRAPPING_KEY_HANDLE_INVALID",
        "there is no wrapping key with this handle",
    ),
    (
        "WRAPPING_KEY_SIZE_RANGE",
        "the wrapping key has a size that the mechanism does not take",
    ),
    (
        "WRAPPING_KEY_TYPE_INCONSISTENT",
        "the wrapping key has a type that the mechanism does not take",
    ),
    (
        "RANDOM_SEED_NOT_SUPPORTED",
        "the token takes no seed for its random numbers",
    ),
    ("RANDOM_NO_RNG", "the token has no random number generator"),
    (
        "DOMAIN_PARAMS_INVALID",
        "the domain parameters are wrong or not supported",
    ),
    (
        "CURVE_NOT_SUPPORTED",
        "the token does not have this elliptic curve",
    ),
    (
        "BUFFER_TOO_SMALL",
        "the output does not fit the room that was given",
    ),
    (
        "SAVED_STATE_INVALID",
        "the saved operation state cannot be used",
    ),
    (
        "INFORMATION_SENSITIVE",
        "the information is sensitive and is not told",
    ),
    ("STATE_UNSAVEABLE", "the running operations cannot be saved"),
    (
        "CRYPTOKI_NOT_INITIALIZED",
        "C_Initialize was not called in this process",
    ),
    (
        "CRYPTOKI_ALREADY_INITIALIZED",
        "C_Initialize was called before in this process",
    ),
    ("MUTEX_BAD", "the mutex is not one"),
    ("MUTEX_NOT_LOCKED", "the mutex is not locked"),
    (
        "NEW_PIN_MODE",
        "a new PIN must be set before the one-time password can be used",
    ),
    ("NEXT_OTP", "a further one-time password must be given"),
    (
        "EXCEEDED_MAX_ITERATIONS",
        "no fitting parameters were found in the allowed number of tries",
    ),
    ("FIPS_SELF_TEST_FAILED", "a self-test of the library failed"),
    (
        "LIBRARY_LOAD_FAILED",
        "a library that this one needs could not be loaded",
    ),
    ("PIN_TOO_WEAK", "the new PIN is too easy to guess"),
    ("PUBLIC_KEY_INVALID", "the public key is not valid"),
    (
        "FUNCTION_REJECTED",
        "the user or the token rejected the request",
    ),
    (
        "TOKEN_RESOURCE_EXCEEDED",
        "the token lacks the resources for this",
    ),
    (
        "OPERATION_CANCEL_FAILED",
        "an operation cannot be cancelled",
    ),
    (
        "KEY_EXHAUSTED",
        "the key has made as many signatures as it may",
    ),
    ("PENDING", "the function goes on in the background"),
    (
        "SESSION_ASYNC_NOT_SUPPORTED",
        "the session is not asynchronous",
    ),
    (
        "SEED_RANDOM_REQUIRED",
        "the random number generator needs a seed first",
    ),
    (
        "OPERATION_NOT_VALIDATED",
        "the operation is outside what was validated",
    ),
    ("TOKEN_NOT_INITIALIZED", "the token is not initialised"),
    (
        "PARAMETER_SET_NOT_SUPPORTED",
        "the token does not have this parameter set",
    ),
    ("VENDOR_DEFINED", "codes of the library's own begin here"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_standard_has_a_meaning() {
        for (code, name) in ReturnCode::NAMES {
            let meaning = code.meaning().unwrap_or_default();
            assert!(!meaning.is_empty(), "{name}");
            assert!(!meaning.ends_with('.'), "{name}: {meaning}");
        }
        assert_eq!(MEANINGS.len(), ReturnCode::NAMES.len());
        assert_eq!(ReturnCode(0x7777).meaning(), None);
    }
}
