// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a search has found and not yet handed out.
//!
//! Source: PKCS#11 v3.2, "C_FindObjects".

use std::collections::VecDeque;

use crate::object::RecordId;
use crate::pkcs11::ObjectHandle;

/// One thing found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Found {
    /// An object that has a handle: a session object or a built-in one.
    Handle(ObjectHandle),
    /// A token object, which gets its handle when it is handed out.
    Record(RecordId),
}

/// An active search: the whole answer was collected at its start, so its order is stable.
#[derive(Debug, Default)]
pub struct Search {
    rest: VecDeque<Found>,
}

impl Search {
    /// A search that found these.
    #[must_use]
    pub fn new(found: Vec<Found>) -> Self {
        Self { rest: found.into() }
    }

    /// Takes the next ones, at most `max`.
    pub fn next(&mut self, max: usize) -> Vec<Found> {
        let count = max.min(self.rest.len());
        self.rest.drain(..count).collect()
    }
}
