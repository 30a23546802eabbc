// SPDX-License-Identifier: MIT OR Apache-2.0
//! Attributes to bytes and back, for the store. The format is versioned by its first byte.
//!
//! Version 1: the byte 1, then a template. A template is the number of its attributes, then each one in
//! order of its type: type, tag, content. Numbers are LEB128 in their shortest form, so that one set of
//! attributes has one encoding. Tags: 0 false, 1 true, 2 number, 3 length and bytes, 4 length and secret
//! bytes, 5 count and mechanism numbers, 6 template.
//! Source: PKCS#11 v3.2, "Objects".

use super::limits::{CONTENT_BYTES_MAX, TEMPLATE_DEPTH_MAX};
use super::{AttributeMap, Value};
use crate::error::{Error, Result};
use crate::pkcs11::{AttributeType, MechanismType};
use crate::secret::SecretBytes;

const VERSION: u8 = 1;
const FALSE: u8 = 0;
const TRUE: u8 = 1;
const ULONG: u8 = 2;
const BYTES: u8 = 3;
const SECRET: u8 = 4;
const MECHANISMS: u8 = 5;
const TEMPLATE: u8 = 6;

/// All attributes as bytes, in a canonical order.
#[must_use]
pub fn encode(attributes: &AttributeMap) -> SecretBytes {
    let mut size = Counter(1);
    write_template(&mut size, attributes);
    // The room is made once: a vector that grows leaves secrets behind.
    let mut bytes = Vec::with_capacity(size.0);
    bytes.push(VERSION);
    write_template(&mut bytes, attributes);
    SecretBytes::new(bytes)
}

/// Where encoded bytes go.
trait Sink {
    fn put(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Counts the bytes that a second run will write.
struct Counter(usize);

impl Sink for Counter {
    fn put(&mut self, bytes: &[u8]) {
        self.0 = self.0.saturating_add(bytes.len());
    }
}

fn write_template(sink: &mut impl Sink, attributes: &AttributeMap) {
    write_len(sink, attributes.len());
    for (id, value) in attributes.iter() {
        write_number(sink, id.0);
        write_value(sink, value);
    }
}

fn write_value(sink: &mut impl Sink, value: &Value) {
    match value {
        Value::Bool(false) => sink.put(&[FALSE]),
        Value::Bool(true) => sink.put(&[TRUE]),
        Value::Ulong(number) => {
            sink.put(&[ULONG]);
            write_number(sink, *number);
        }
        Value::Bytes(bytes) => {
            sink.put(&[BYTES]);
            write_len(sink, bytes.len());
            sink.put(bytes);
        }
        Value::Secret(secret) => {
            sink.put(&[SECRET]);
            write_len(sink, secret.len());
            sink.put(secret.expose());
        }
        Value::Mechanisms(list) => {
            sink.put(&[MECHANISMS]);
            write_len(sink, list.len());
            for mechanism in list {
                write_number(sink, mechanism.0);
            }
        }
        Value::Template(template) => {
            sink.put(&[TEMPLATE]);
            write_template(sink, template);
        }
    }
}

fn write_len(sink: &mut impl Sink, len: usize) {
    // A length in memory always fits.
    write_number(sink, u64::try_from(len).unwrap_or(u64::MAX));
}

fn write_number(sink: &mut impl Sink, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            sink.put(&[low & 0x7f]);
            return;
        }
        sink.put(&[low | 0x80]);
    }
}

/// The attributes that [`encode`] wrote.
///
/// # Errors
/// `CKR_DEVICE_ERROR` when the bytes are not what [`encode`] writes.
pub fn decode(bytes: &[u8]) -> Result<AttributeMap> {
    let mut input = Input(bytes);
    if input.byte()? != VERSION {
        return Err(broken("its version is unknown"));
    }
    let attributes = input.template(0)?;
    if !input.0.is_empty() {
        return Err(broken("bytes are left over"));
    }
    Ok(attributes)
}

fn broken(what: &'static str) -> Error {
    Error::DeviceError(format!("a stored object cannot be read: {what}").into())
}

/// What is left to decode.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn byte(&mut self) -> Result<u8> {
        let (first, rest) = self
            .0
            .split_first()
            .ok_or_else(|| broken("it is cut off"))?;
        self.0 = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Result<u64> {
        let mut number = 0u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            let placed = part << shift;
            if placed >> shift != part {
                return Err(broken("a number is too large"));
            }
            number |= placed;
            if byte & 0x80 == 0 {
                if byte == 0 && shift != 0 {
                    return Err(broken("a number is not in its shortest form"));
                }
                return Ok(number);
            }
        }
        Err(broken("a number is too long"))
    }

    /// A count of things of at least one byte each, so never more than there are bytes.
    fn count(&mut self) -> Result<usize> {
        usize::try_from(self.number()?)
            .ok()
            .filter(|count| *count <= self.0.len())
            .ok_or_else(|| broken("a length is larger than what is there"))
    }

    fn bytes(&mut self) -> Result<&'a [u8]> {
        let len = self.count()?;
        if len > CONTENT_BYTES_MAX {
            return Err(broken("a value is too long"));
        }
        let (bytes, rest) = self
            .0
            .split_at_checked(len)
            .ok_or_else(|| broken("it is cut off"))?;
        self.0 = rest;
        Ok(bytes)
    }

    fn template(&mut self, depth: usize) -> Result<AttributeMap> {
        let count = self.count()?;
        let mut attributes = AttributeMap::new();
        let mut last = None;
        for _ in 0..count {
            let id = self.number()?;
            if last.is_some_and(|last| last >= id) {
                return Err(broken("its attributes are out of order"));
            }
            last = Some(id);
            attributes.set(AttributeType(id), self.value(depth)?);
        }
        Ok(attributes)
    }

    fn value(&mut self, depth: usize) -> Result<Value> {
        Ok(match self.byte()? {
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            ULONG => Value::Ulong(self.number()?),
            BYTES => Value::Bytes(self.bytes()?.to_vec()),
            SECRET => Value::Secret(SecretBytes::from_slice(self.bytes()?)),
            MECHANISMS => {
                let count = self.count()?;
                let mut list = Vec::with_capacity(count);
                for _ in 0..count {
                    list.push(MechanismType(self.number()?));
                }
                Value::Mechanisms(list)
            }
            TEMPLATE if depth < TEMPLATE_DEPTH_MAX => {
                Value::Template(self.template(depth.saturating_add(1))?)
            }
            TEMPLATE => return Err(broken("templates are nested too deep")),
            _ => return Err(broken("a tag is unknown")),
        })
    }
}
