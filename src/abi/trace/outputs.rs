// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a call has set, as the log tells it.
//!
//! Source: PKCS#11 v3.2, "General data types", the information structures.

use super::{Argument, FlagsOf, Named, flags};
use crate::abi::input;
use crate::abi::types::{
    CK_ASYNC_DATA, CK_INFO, CK_MECHANISM_INFO, CK_SESSION_INFO, CK_SLOT_INFO, CK_TOKEN_INFO,
    CK_ULONG, CK_VERSION,
};
use crate::log::{Fields, Value};
use crate::pkcs11::SessionState;

/// What stands in the place of an argument after the call has worked; nothing for what only came in.
///
/// # Safety
/// The argument's pointers are NULL or point to what the call has set.
pub(super) unsafe fn value(argument: Argument) -> Option<Named> {
    match argument {
        Argument::Output(name, data, len) => {
            // SAFETY: this function's contract.
            let len = unsafe { number(len) }?;
            let value = match data.is_null() {
                true => Value::Room(len),
                false => Value::Bytes(len),
            };
            Some((name.into(), value))
        }
        Argument::Filled(name, data, len) if !data.is_null() => {
            Some((name.into(), Value::Bytes(len)))
        }
        Argument::Made(name, place) => {
            // SAFETY: this function's contract.
            let number = unsafe { number(place) }?;
            Some((name.into(), Value::Number(number)))
        }
        Argument::Count(name, data, count) => {
            // SAFETY: this function's contract.
            let count = unsafe { number(count) }?;
            let value = match data.is_null() {
                true => Value::Room(count),
                false => Value::Number(count),
            };
            Some((name.into(), value))
        }
        Argument::List(name, list, count) => {
            // SAFETY: this function's contract.
            let count = unsafe { number(count) }?;
            if list.is_null() {
                return Some((name.into(), Value::Room(count)));
            }
            // SAFETY: this function's contract.
            Some((name.into(), unsafe { numbers(list, count) }))
        }
        Argument::Found(list, _, count) => {
            // SAFETY: this function's contract.
            let count = unsafe { number(count) }?;
            // SAFETY: this function's contract.
            Some(("phObject".into(), unsafe { numbers(list, count) }))
        }
        // SAFETY: this function's contract.
        other => unsafe { information(other) },
    }
}

/// The information structures.
///
/// # Safety
/// As [`value`].
unsafe fn information(argument: Argument) -> Option<Named> {
    let fields = match argument {
        // SAFETY: this function's contract.
        Argument::Info(place) => info(unsafe { input::value(place, "") }.ok()?),
        // SAFETY: this function's contract.
        Argument::SlotInfo(place) => slot_info(unsafe { input::value(place, "") }.ok()?),
        // SAFETY: this function's contract.
        Argument::TokenInfo(place) => token_info(unsafe { input::value(place, "") }.ok()?),
        // SAFETY: this function's contract.
        Argument::SessionInfo(place) => session_info(unsafe { input::value(place, "") }.ok()?),
        Argument::MechanismInfo(place) => {
            // SAFETY: this function's contract.
            mechanism_info(unsafe { input::value(place, "") }.ok()?)
        }
        Argument::AsyncData(place) => {
            // SAFETY: this function's contract.
            let fields = async_data(unsafe { input::value(place, "") }.ok()?);
            return Some(("pResult".into(), named(fields)));
        }
        _ => return None,
    };
    Some(("pInfo".into(), named(fields)))
}

fn named(fields: Vec<(&'static str, Value)>) -> Value {
    let fields = fields.into_iter().map(|(name, value)| (name.into(), value));
    Value::Fields(Fields(fields.collect()))
}

fn async_data(data: CK_ASYNC_DATA) -> Vec<(&'static str, Value)> {
    vec![
        ("ulValue", data.ulValue.into()),
        ("hObject", data.hObject.into()),
        ("hAdditionalObject", data.hAdditionalObject.into()),
    ]
}

fn info(info: CK_INFO) -> Vec<(&'static str, Value)> {
    vec![
        ("cryptokiVersion", dotted(info.cryptokiVersion)),
        ("manufacturerID", text(&info.manufacturerID)),
        ("libraryDescription", text(&info.libraryDescription)),
        ("libraryVersion", dotted(info.libraryVersion)),
    ]
}

fn slot_info(info: CK_SLOT_INFO) -> Vec<(&'static str, Value)> {
    vec![
        ("slotDescription", text(&info.slotDescription)),
        ("flags", flags::value(FlagsOf::Slot, info.flags)),
    ]
}

fn token_info(info: CK_TOKEN_INFO) -> Vec<(&'static str, Value)> {
    vec![
        ("label", text(&info.label)),
        ("serialNumber", text(&info.serialNumber)),
        ("flags", flags::value(FlagsOf::Token, info.flags)),
        ("ulSessionCount", info.ulSessionCount.into()),
        ("ulRwSessionCount", info.ulRwSessionCount.into()),
    ]
}

fn session_info(info: CK_SESSION_INFO) -> Vec<(&'static str, Value)> {
    vec![
        ("slotID", info.slotID.into()),
        ("state", Value::named(SessionState(info.state))),
        ("flags", flags::value(FlagsOf::Session, info.flags)),
    ]
}

fn mechanism_info(info: CK_MECHANISM_INFO) -> Vec<(&'static str, Value)> {
    vec![
        ("ulMinKeySize", info.ulMinKeySize.into()),
        ("ulMaxKeySize", info.ulMaxKeySize.into()),
        ("flags", flags::value(FlagsOf::Mechanism, info.flags)),
    ]
}

fn dotted(version: CK_VERSION) -> Value {
    Value::Text(format!("{}.{}", version.major, version.minor))
}

/// # Safety
/// `place` is NULL or points to a `CK_VERSION`.
pub(super) unsafe fn version(place: *const CK_VERSION) -> Value {
    // SAFETY: this function's contract.
    unsafe { input::value(place, "") }.map_or(Value::Null, dotted)
}

/// Text that may be padded with blanks.
pub(super) fn text(bytes: &[u8]) -> Value {
    Value::Text(String::from_utf8_lossy(bytes).trim_end().to_owned())
}

/// # Safety
/// `place` is NULL or points to a `CK_ULONG`.
pub(super) unsafe fn number(place: *const CK_ULONG) -> Option<CK_ULONG> {
    // SAFETY: this function's contract.
    unsafe { input::value(place, "") }.ok()
}

/// # Safety
/// `list` points to `count` numbers.
unsafe fn numbers(list: *const CK_ULONG, count: CK_ULONG) -> Value {
    let count = usize::try_from(count).unwrap_or(0);
    let mut found = Vec::with_capacity(count);
    for position in 0..count {
        // SAFETY: below the count that this function's contract gives.
        let place = unsafe { list.add(position) };
        // SAFETY: likewise; alignment is not relied on.
        found.push(Value::Number(unsafe { place.read_unaligned() }));
    }
    Value::List(found)
}
