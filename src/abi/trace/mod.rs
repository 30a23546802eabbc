// SPDX-License-Identifier: MIT OR Apache-2.0
//! The arguments of a call as the log tells them: by the standard's names, as numbers, names and
//! sizes.
//!
//! Nothing here is read unless somebody asked for it. What is read for the log decides nothing: the
//! call reads its own arguments. Source: PKCS#11 v3.2, "Functions".

mod attributes;
mod flags;
mod outputs;
mod params;

use core::ffi::c_void;
use std::borrow::Cow;

pub(in crate::abi) use flags::FlagsOf;

use super::input;
use super::types::{
    CK_ASYNC_DATA, CK_ATTRIBUTE, CK_BBOOL, CK_BYTE, CK_C_INITIALIZE_ARGS, CK_INFO, CK_MECHANISM,
    CK_MECHANISM_INFO, CK_SESSION_INFO, CK_SLOT_INFO, CK_TOKEN_INFO, CK_ULONG, CK_VERSION,
};
use crate::error::{Error, Result};
use crate::log::{self, Fields, Value};
use crate::pkcs11::rv::{
    CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL, CKR_OK,
};
use crate::pkcs11::{MechanismType, ReturnCode, UserType};

/// One argument, or a pointer together with its length.
#[derive(Clone, Copy, Debug)]
pub(super) enum Argument {
    /// A number or a handle
    Number(&'static str, CK_ULONG),
    /// `CK_BBOOL`
    Bool(&'static str, CK_BBOOL),
    /// `CK_FLAGS`
    Flags(FlagsOf, CK_ULONG),
    /// `CK_USER_TYPE`
    User(CK_ULONG),
    /// `CK_MECHANISM_TYPE`
    MechanismType(CK_ULONG),
    /// A mechanism with its parameter
    Mechanism(*const CK_MECHANISM),
    /// A mechanism whose parameter is that of messages
    MessageMechanism(*const CK_MECHANISM),
    /// A template to read
    Template(&'static str, *const CK_ATTRIBUTE, CK_ULONG),
    /// A template to fill
    Wanted(*const CK_ATTRIBUTE, CK_ULONG),
    /// Bytes to read, or a message's parameter; told by their length, like a PIN
    Bytes(&'static str, *const c_void, CK_ULONG),
    /// A label or a name
    Text(&'static str, *const CK_BYTE, CK_ULONG),
    /// A string with a terminator
    CString(&'static str, *const CK_BYTE),
    /// `CK_VERSION`
    Version(*const CK_VERSION),
    /// A pointer that is only looked at
    Pointer(&'static str, *const c_void),
    /// `CK_C_INITIALIZE_ARGS`
    Initialize(*const c_void),
    /// Room for bytes, and its length
    Output(&'static str, *const c_void, *const CK_ULONG),
    /// Room for so many bytes, all of which are set
    Filled(&'static str, *const c_void, CK_ULONG),
    /// A place for a number or a handle
    Made(&'static str, *const CK_ULONG),
    /// Room for a list of numbers, and its count
    List(&'static str, *const CK_ULONG, *const CK_ULONG),
    /// Room for a list of handles, how many there may be, and the place of their count
    Found(*const CK_ULONG, CK_ULONG, *const CK_ULONG),
    /// Room for a list that is told by its count
    Count(&'static str, *const c_void, *const CK_ULONG),
    /// `CK_INFO`
    Info(*const CK_INFO),
    /// `CK_SLOT_INFO`
    SlotInfo(*const CK_SLOT_INFO),
    /// `CK_TOKEN_INFO`
    TokenInfo(*const CK_TOKEN_INFO),
    /// `CK_SESSION_INFO`
    SessionInfo(*const CK_SESSION_INFO),
    /// `CK_MECHANISM_INFO`
    MechanismInfo(*const CK_MECHANISM_INFO),
    /// `CK_ASYNC_DATA`
    AsyncData(*const CK_ASYNC_DATA),
}

/// Longer names are cut.
const STRING_LEN_MAX: usize = 256;

/// A name and a value.
type Named = (Cow<'static, str>, Value);

/// The arguments of one call, in order.
#[derive(Debug)]
pub(super) struct Arguments(Vec<Argument>);

impl Arguments {
    /// Takes what the application gave.
    ///
    /// # Safety
    /// Every pointer is NULL or what PKCS#11 v3.2 says it is, until the value is dropped.
    pub(super) unsafe fn new(arguments: &[Argument]) -> Self {
        Self(arguments.to_vec())
    }
}

/// Makes a closure that gathers the arguments of the C function it stands in, on whose contract it
/// leans.
macro_rules! told {
    ($($kind:ident($($value:expr),* $(,)?)),* $(,)?) => {
        || {
            use $crate::abi::trace::Arguments;
            let arguments = [$($crate::abi::trace::Argument::$kind($($value),*)),*];
            // SAFETY: the application's promise for this call.
            unsafe { Arguments::new(&arguments) }
        }
    };
}
pub(super) use told;

/// A call that is told about.
#[derive(Debug)]
pub(super) struct Trace {
    call: log::Call,
    arguments: Arguments,
}

impl Trace {
    /// Tells that a call begins, if anybody wants to know.
    #[inline]
    pub(super) fn begin(
        function: &'static str,
        arguments: impl FnOnce() -> Arguments,
    ) -> Option<Self> {
        log::is_tracing().then(|| Self::tell(function, arguments()))
    }

    #[cold]
    fn tell(function: &'static str, arguments: Arguments) -> Self {
        // SAFETY: the contract of `Arguments::new`.
        let told = |argument: &Argument| unsafe { argument.before() };
        let fields = Fields(arguments.0.iter().filter_map(told).collect());
        Self {
            call: log::begin(function, thread(), &fields),
            arguments,
        }
    }

    /// Tells how it ended.
    #[cold]
    pub(super) fn end(self, outcome: &Result<()>) {
        let code = outcome
            .as_ref()
            .map_or_else(|error| error.rv().code(), |()| CKR_OK);
        // SAFETY: the contract of `Arguments::new`; the call has set what its code says.
        let told = |argument: &Argument| unsafe { argument.after(code) };
        let results = || Fields(self.arguments.0.iter().filter_map(told).collect());
        self.call.end(outcome.as_ref().copied(), results);
    }

    /// Tells that it panicked; nothing that it may have set is looked at.
    pub(super) fn panicked(self, error: &Error) {
        self.call.end(Err(error), Fields::default);
    }
}

/// The number of this thread, as the system's tools show it.
fn thread() -> u64 {
    #[cfg(target_os = "linux")]
    {
        // SAFETY: takes nothing and cannot fail.
        u64::try_from(unsafe { libc::gettid() }).unwrap_or_default()
    }
    #[cfg(not(target_os = "linux"))]
    {
        // SAFETY: takes nothing and cannot fail.
        unsafe { libc::pthread_self() as u64 }
    }
}

impl Argument {
    /// What the application gave; nothing for a place that is there.
    ///
    /// # Safety
    /// As [`Arguments::new`].
    unsafe fn before(&self) -> Option<Named> {
        let named = |name: &'static str, value: Value| Some((Cow::Borrowed(name), value));
        match *self {
            Self::Number(name, number) => named(name, Value::Number(number)),
            Self::Bool(name, truth) => named(name, Value::Bool(truth != 0)),
            Self::Flags(of, flags) => named("flags", flags::value(of, flags)),
            Self::User(user) => named("userType", Value::named(UserType(user))),
            Self::MechanismType(id) => named("type", Value::named(MechanismType(id))),
            Self::Mechanism(given) => {
                // SAFETY: this function's contract.
                named("pMechanism", unsafe { params::whole(given) })
            }
            Self::MessageMechanism(given) => {
                // SAFETY: this function's contract.
                named("pMechanism", unsafe { params::bare(given) })
            }
            Self::Template(name, entries, count) => {
                // SAFETY: this function's contract.
                named(name, unsafe { attributes::given(entries, count) })
            }
            Self::Wanted(entries, count) => {
                // SAFETY: this function's contract.
                named("pTemplate", unsafe { attributes::wanted(entries, count) })
            }
            Self::Bytes(name, data, len) => named(name, sized(data, len, Value::Bytes)),
            Self::Filled(name, data, len) => named(name, sized(data, len, Value::Room)),
            // SAFETY: this function's contract.
            Self::Text(name, data, len) => named(name, unsafe { text(data, len) }),
            // SAFETY: this function's contract.
            Self::CString(name, data) => named(name, unsafe { string(data) }),
            // SAFETY: this function's contract.
            Self::Version(version) => named("pVersion", unsafe { outputs::version(version) }),
            Self::Pointer(name, place) => absent(name, place),
            // SAFETY: this function's contract.
            Self::Initialize(args) => named("pInitArgs", unsafe { initialize(args) }),
            Self::Output(name, data, len) => {
                // SAFETY: this function's contract.
                named(name, unsafe { room(data, len) })
            }
            Self::List(name, data, count) => {
                // SAFETY: this function's contract.
                named(name, unsafe { room(data.cast(), count) })
            }
            Self::Count(name, data, count) => {
                // SAFETY: this function's contract.
                named(name, unsafe { room(data, count) })
            }
            Self::Found(_, max, _) => named("ulMaxObjectCount", Value::Number(max)),
            Self::Made(name, place) => absent(name, place.cast()),
            Self::Info(place) => absent("pInfo", place.cast()),
            Self::SlotInfo(place) => absent("pInfo", place.cast()),
            Self::TokenInfo(place) => absent("pInfo", place.cast()),
            Self::SessionInfo(place) => absent("pInfo", place.cast()),
            Self::MechanismInfo(place) => absent("pInfo", place.cast()),
            Self::AsyncData(place) => absent("pResult", place.cast()),
        }
    }

    /// What the call gave, as far as its return code says that it did.
    ///
    /// # Safety
    /// As [`Arguments::new`]; the call has returned this code.
    unsafe fn after(&self, code: ReturnCode) -> Option<Named> {
        let is_partial = matches!(
            code,
            CKR_BUFFER_TOO_SMALL | CKR_ATTRIBUTE_SENSITIVE | CKR_ATTRIBUTE_TYPE_INVALID
        );
        match *self {
            Self::Wanted(entries, count) if code == CKR_OK || is_partial => {
                // SAFETY: this function's contract.
                let value = unsafe { attributes::given(entries, count) };
                Some(("pTemplate".into(), value))
            }
            Self::Output(name, _, len) | Self::Count(name, _, len) | Self::List(name, _, len)
                if code == CKR_BUFFER_TOO_SMALL =>
            {
                // SAFETY: this function's contract.
                let needed = unsafe { outputs::number(len) }?;
                Some((name.into(), Value::Room(needed)))
            }
            // SAFETY: this function's contract.
            other if code == CKR_OK => unsafe { outputs::value(other) },
            _ => None,
        }
    }
}

/// Something with a size, or NULL.
fn sized(data: *const c_void, len: CK_ULONG, value: fn(u64) -> Value) -> Value {
    if data.is_null() && len == 0 {
        Value::Null
    } else if data.is_null() {
        Value::named(format!("NULL with length {len}"))
    } else {
        value(len)
    }
}

fn absent(name: &'static str, place: *const c_void) -> Option<Named> {
    place.is_null().then_some((name.into(), Value::Null))
}

/// The room that an output has; NULL asks for the length.
///
/// # Safety
/// `len` is NULL or points to a `CK_ULONG`.
unsafe fn room(data: *const c_void, len: *const CK_ULONG) -> Value {
    if data.is_null() {
        return Value::Null;
    }
    // SAFETY: this function's contract.
    match unsafe { outputs::number(len) } {
        Some(len) => Value::Room(len),
        None => Value::named("NULL length"),
    }
}

/// # Safety
/// `data` is NULL or points to `len` readable bytes.
unsafe fn text(data: *const CK_BYTE, len: CK_ULONG) -> Value {
    if data.is_null() {
        return Value::Null;
    }
    // SAFETY: this function's contract.
    match unsafe { input::bytes(data, len) } {
        Ok(bytes) if bytes.len() <= STRING_LEN_MAX => outputs::text(bytes),
        _ => Value::Bytes(len),
    }
}

/// # Safety
/// `data` is NULL or a string with a terminator.
unsafe fn string(data: *const CK_BYTE) -> Value {
    if data.is_null() {
        return Value::Null;
    }
    let mut bytes = Vec::new();
    while bytes.len() < STRING_LEN_MAX {
        // SAFETY: this function's contract; not beyond the terminator.
        let place = unsafe { data.add(bytes.len()) };
        // SAFETY: likewise.
        match unsafe { place.read() } {
            0 => break,
            byte => bytes.push(byte),
        }
    }
    outputs::text(&bytes)
}

/// # Safety
/// `args` is NULL or points to a `CK_C_INITIALIZE_ARGS`.
unsafe fn initialize(args: *const c_void) -> Value {
    let args: *const CK_C_INITIALIZE_ARGS = args.cast();
    // SAFETY: this function's contract; the callbacks are looked at, never called.
    let Ok(args) = (unsafe { input::value(args, "") }) else {
        return Value::Null;
    };
    let mutexes = [
        args.CreateMutex.is_some(),
        args.DestroyMutex.is_some(),
        args.LockMutex.is_some(),
        args.UnlockMutex.is_some(),
    ];
    let given = mutexes.iter().filter(|given| **given).count();
    Value::Fields(Fields(vec![
        (
            "flags".into(),
            flags::value(FlagsOf::Initialize, args.flags),
        ),
        (
            "mutexFunctions".into(),
            Value::Number(u64::try_from(given).unwrap_or_default()),
        ),
        ("hasReserved".into(), Value::Bool(!args.pReserved.is_null())),
    ]))
}
