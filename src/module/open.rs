// SPDX-License-Identifier: MIT OR Apache-2.0
//! An open session together with its token: what nearly every call works on.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::object::Object;
use crate::pkcs11::ObjectHandle;
use crate::session::Session;
use crate::token::Token;

/// An open session and its token.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) session: Session,
    pub(super) token: Arc<Token>,
}

/// What part a key plays in a call, which decides the code for a bad handle, type or size.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    /// `hKey`, `hBaseKey`, `hPublicKey`, ...
    Key,
    /// `hWrappingKey`
    Wrapping,
    /// `hUnwrappingKey`
    Unwrapping,
}

impl Part {
    /// The error in the terms of this part.
    pub(super) fn explain(self, error: Error) -> Error {
        match (self, error) {
            (Self::Key, Error::ObjectHandleInvalid(why)) => Error::KeyHandleInvalid(why),
            (Self::Wrapping, Error::ObjectHandleInvalid(why) | Error::KeyHandleInvalid(why)) => {
                Error::WrappingKeyHandleInvalid(why)
            }
            (Self::Wrapping, Error::KeySizeRange(why)) => Error::WrappingKeySizeRange(why),
            (Self::Wrapping, Error::KeyTypeInconsistent(why)) => {
                Error::WrappingKeyTypeInconsistent(why)
            }
            (Self::Unwrapping, Error::ObjectHandleInvalid(why) | Error::KeyHandleInvalid(why)) => {
                Error::UnwrappingKeyHandleInvalid(why)
            }
            (Self::Unwrapping, Error::KeySizeRange(why)) => Error::UnwrappingKeySizeRange(why),
            (Self::Unwrapping, Error::KeyTypeInconsistent(why)) => {
                Error::UnwrappingKeyTypeInconsistent(why)
            }
            (_, error) => error,
        }
    }
}

/// A session while a call works in it: a panic inside closes it to further use.
#[derive(Debug)]
pub(super) struct Entered {
    open: Arc<Open>,
    /// Whether the caller is panicking already and only tidies up: then the panic is his.
    was_panicking: bool,
}

impl Entered {
    pub(super) fn new(open: Arc<Open>) -> Self {
        Self {
            open,
            was_panicking: std::thread::panicking(),
        }
    }
}

impl core::ops::Deref for Entered {
    type Target = Open;

    fn deref(&self) -> &Open {
        &self.open
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        if std::thread::panicking() && !self.was_panicking {
            self.open.session.poison();
        }
    }
}

impl Open {
    /// The key of a handle.
    pub(super) fn key(&self, handle: ObjectHandle, part: Part) -> Result<Arc<Object>> {
        self.token
            .object(handle)
            .map_err(|error| part.explain(error))
    }
}
