// SPDX-License-Identifier: MIT OR Apache-2.0
//! The function lists and interfaces, as immutable statics.
//!
//! Source: PKCS#11 v3.2, "C_GetFunctionList", "C_GetInterfaceList", "C_GetInterface".

mod functions;

pub use functions::{
    FunctionList240, FunctionList300, FunctionList320, Functions240, Functions300, Functions320,
};

use core::ffi::{CStr, c_char};

use super::types::{CK_FLAGS, CK_INTERFACE, CK_UTF8CHAR, CK_VERSION};
use crate::error::{Error, Result};

const V2_40: CK_VERSION = CK_VERSION {
    major: 2,
    minor: 40,
};
const V3_0: CK_VERSION = CK_VERSION { major: 3, minor: 0 };
const V3_2: CK_VERSION = CK_VERSION { major: 3, minor: 2 };

/// The list of `C_GetFunctionList`.
pub static LIST_2_40: FunctionList240 = FunctionList240 {
    version: V2_40,
    of_2_40: Functions240::OURS,
};

/// The list of interface "PKCS 11" 3.0.
pub static LIST_3_0: FunctionList300 = FunctionList300 {
    version: V3_0,
    of_2_40: Functions240::OURS,
    of_3_0: Functions300::OURS,
};

/// The list of interface "PKCS 11" 3.2.
pub static LIST_3_2: FunctionList320 = FunctionList320 {
    version: V3_2,
    of_2_40: Functions240::OURS,
    of_3_0: Functions300::OURS,
    of_3_2: Functions320::OURS,
};

/// The name of every interface here.
const NAME: &CStr = c"PKCS 11";

/// SPEC: CKF_INTERFACE_FORK_SAFE promises that a child keeps sessions, logins and handles. Ours
/// starts uninitialised (or anew), so no interface has the flag, and asking for it fails.
const FLAGS: CK_FLAGS = 0;

/// An interface that can be a static: its pointers lead to immutable statics.
#[repr(transparent)]
struct Published(CK_INTERFACE);

// SAFETY: the pointers are to statics that nobody writes; the C type has no const.
unsafe impl Sync for Published {}

const fn publish<T>(list: &'static T) -> Published {
    Published(CK_INTERFACE {
        pInterfaceName: NAME.as_ptr().cast_mut().cast(),
        pFunctionList: (&raw const *list).cast_mut().cast(),
        flags: FLAGS,
    })
}

static INTERFACE_3_2: Published = publish(&LIST_3_2);
static INTERFACE_3_0: Published = publish(&LIST_3_0);
static INTERFACE_2_40: Published = publish(&LIST_2_40);

/// With their versions, the default first.
static INTERFACES: [(CK_VERSION, &Published); 3] = [
    (V3_2, &INTERFACE_3_2),
    (V3_0, &INTERFACE_3_0),
    (V2_40, &INTERFACE_2_40),
];

/// The interfaces for `C_GetInterfaceList`.
pub(super) fn interfaces() -> [CK_INTERFACE; 3] {
    INTERFACES.map(|(_, interface)| interface.0)
}

/// What `C_GetInterface` asks for.
pub(super) struct Wanted {
    is_ours: bool,
    version: Option<CK_VERSION>,
    flags: CK_FLAGS,
}

impl Wanted {
    /// Reads the name and the version; NULL asks for the default.
    ///
    /// # Safety
    /// `name` is NULL or a NUL-terminated string; `version` is NULL or points to a `CK_VERSION`.
    pub(super) unsafe fn new(
        name: *const CK_UTF8CHAR,
        version: *const CK_VERSION,
        flags: CK_FLAGS,
    ) -> Self {
        let name: *const c_char = name.cast();
        // SAFETY: non-null in the second case; this function's contract gives a string.
        let is_ours = name.is_null() || unsafe { CStr::from_ptr(name) } == NAME;
        let version = if version.is_null() {
            None
        } else {
            // SAFETY: non-null; this function's contract.
            Some(unsafe { version.read_unaligned() })
        };
        Self {
            is_ours,
            version,
            flags,
        }
    }

    /// The first interface with all that is asked for.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED` when there is none.
    pub(super) fn find(&self) -> Result<*const CK_INTERFACE> {
        INTERFACES
            .iter()
            .filter(|_| self.is_ours && self.flags & !FLAGS == 0)
            .find(|(version, _)| {
                self.version.is_none_or(|wanted| {
                    (wanted.major, wanted.minor) == (version.major, version.minor)
                })
            })
            .map(|(_, interface)| &raw const interface.0)
            .ok_or_else(|| {
                Error::FunctionFailed("no interface has this name, version and flags".into())
            })
    }
}
