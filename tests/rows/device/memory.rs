// SPDX-License-Identifier: MIT OR Apache-2.0
//! Memory that C structures point into, kept where it is, and templates made of it.
//!
//! Source: PKCS#11 v3.2, `CK_ATTRIBUTE`.

use std::any::Any;

use cryptoki_sys::{CK_ATTRIBUTE, CK_BYTE, CK_ULONG};
use keystead::object::{RawValue, Template};

/// Owns what is pointed to.
#[derive(Default)]
pub(crate) struct Memory(Vec<Box<dyn Any>>);

// Nobody else has the pointers.
unsafe impl Send for Memory {}

impl Memory {
    /// Values one after the other.
    pub(crate) fn list<T: 'static>(&mut self, mut values: Vec<T>) -> *mut T {
        // The elements of a vector stay where they are when the vector moves.
        let place = values.as_mut_ptr();
        self.0.push(Box::new(values));
        place
    }

    pub(crate) fn value<T: 'static>(&mut self, value: T) -> *mut T {
        self.list(vec![value])
    }

    /// A copy of the bytes; not NULL even when there are none.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> (*mut CK_BYTE, CK_ULONG) {
        (self.list(bytes.to_vec()), bytes.len() as CK_ULONG)
    }

    /// The attributes of a template, and how many.
    pub(crate) fn template(&mut self, template: &Template<'_>) -> (*mut CK_ATTRIBUTE, CK_ULONG) {
        let attributes: Vec<_> = template
            .0
            .iter()
            .map(|(id, value)| {
                let (value, len) = match value {
                    RawValue::Bytes(bytes) => {
                        let (bytes, len) = self.bytes(bytes);
                        (bytes.cast(), len)
                    }
                    RawValue::Nested(nested) => {
                        let (nested, count) = self.template(nested);
                        let len = count * size_of::<CK_ATTRIBUTE>() as CK_ULONG;
                        (nested.cast(), len)
                    }
                };
                CK_ATTRIBUTE {
                    type_: id.0,
                    pValue: value,
                    ulValueLen: len,
                }
            })
            .collect();
        let count = attributes.len() as CK_ULONG;
        (self.list(attributes), count)
    }
}
