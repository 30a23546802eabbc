// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the log tells of an argument: numbers, names and sizes; of bytes only how many there are.
//!
//! The same values are written as JSON and read back from it by the tool, and shown as text. There
//! is no kind of value for bytes, so that none can be logged by mistake.

use core::fmt;
use std::borrow::Cow;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// One value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// A NULL pointer, or nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number or a handle.
    Number(u64),
    /// A name of the standard, or several with `|` between them.
    Name(Cow<'static, str>),
    /// Text of the application: a label.
    Text(String),
    /// So many bytes, which are not told.
    Bytes(u64),
    /// Room for so many bytes.
    Room(u64),
    /// Several values.
    List(Vec<Self>),
    /// Values with names, in their order.
    Fields(Fields),
}

/// Values with names, in their order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Fields(pub Vec<(Cow<'static, str>, Value)>);

/// The one key of an object that stands for bytes.
const BYTES: &str = "bytes";

/// The one key of an object that stands for room.
const ROOM: &str = "room";

/// Longer lists are cut in text.
const TEXT_LIST_MAX: usize = 16;

impl Value {
    /// A name that is known only now.
    #[must_use]
    pub fn named(name: impl fmt::Display) -> Self {
        Self::Name(name.to_string().into())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Bool(truth) => write!(f, "{truth}"),
            Self::Number(u64::MAX) => f.write_str("-1"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Name(name) => f.write_str(name),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Bytes(1) => f.write_str("(1 byte)"),
            Self::Bytes(count) => write!(f, "({count} bytes)"),
            Self::Room(count) => write!(f, "(room for {count})"),
            Self::List(values) => {
                f.write_str("[")?;
                for (position, value) in values.iter().take(TEXT_LIST_MAX).enumerate() {
                    let comma = if position == 0 { "" } else { ", " };
                    write!(f, "{comma}{value}")?;
                }
                if values.len() > TEXT_LIST_MAX {
                    write!(f, ", ... {} in all", values.len())?;
                }
                f.write_str("]")
            }
            Self::Fields(fields) => write!(f, "{{{fields}}}"),
        }
    }
}

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (name, value)) in self.0.iter().enumerate() {
            let comma = if position == 0 { "" } else { ", " };
            write!(f, "{comma}{name}={value}")?;
        }
        Ok(())
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let one = |serializer: S, key, count| {
            let mut map = serializer.serialize_map(Some(1))?;
            map.serialize_entry(key, count)?;
            map.end()
        };
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Name(name) => serializer.serialize_str(name),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(count) => one(serializer, BYTES, count),
            Self::Room(count) => one(serializer, ROOM, count),
            Self::List(values) => serializer.collect_seq(values),
            Self::Fields(fields) => fields.serialize(serializer),
        }
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Fields(fields) => Ok(fields),
            _ => Err(de::Error::custom("an object of arguments")),
        }
    }
}

/// Reads what [`Value`] writes.
struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of the log")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        // JSON has one kind of string; the standard's names begin alike. A label that does so too is
        // told from them by whatever else could make it look like several attributes.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '|' | ':');
        let is_name = text.starts_with("CK") || text.starts_with("0x");
        Ok(if is_name && text.chars().all(is_plain) {
            Value::Name(text.to_owned().into())
        } else {
            Value::Text(text.to_owned())
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element()? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields: Vec<(Cow<'static, str>, Value)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            fields.push((name.into(), value));
        }
        Ok(match fields.as_slice() {
            [(name, Value::Number(count))] if name == BYTES => Value::Bytes(*count),
            [(name, Value::Number(count))] if name == ROOM => Value::Room(*count),
            _ => Value::Fields(Fields(fields)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_back_as_they_were_written() {
        let fields = Fields(vec![
            ("zSession".into(), Value::Number(7)),
            ("pData".into(), Value::Bytes(32)),
            ("pSignature".into(), Value::Room(64)),
            ("pPin".into(), Value::Null),
            (
                "pTemplate".into(),
                Value::Fields(Fields(vec![
                    ("CKA_CLASS".into(), Value::Name("CKO_SECRET_KEY".into())),
                    ("CKA_TOKEN".into(), Value::Bool(true)),
                    ("CKA_LABEL".into(), Value::Text("a \"b\"".to_owned())),
                ])),
            ),
            ("phObject".into(), Value::List(vec![Value::Number(1)])),
        ]);
        let text = serde_json::to_string(&fields).unwrap();
        assert_eq!(serde_json::from_str::<Fields>(&text).unwrap(), fields);
        assert_eq!(
            fields.to_string(),
            "zSession=7, pData=(32 bytes), pSignature=(room for 64), pPin=NULL, \
             pTemplate={CKA_CLASS=CKO_SECRET_KEY, CKA_TOKEN=true, CKA_LABEL=\"a \\\"b\\\"\"}, \
             phObject=[1]"
        );
    }

    #[test]
    fn a_label_does_not_pass_for_other_attributes() {
        for label in [
            "CKA,CKA_EXTRACTABLE=false",
            "0x01, CKA_TRUSTED=true",
            "CKA}",
        ] {
            let value = Value::Text(label.to_owned());
            let text = serde_json::to_string(&value).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
        for name in [
            "CKF_SIGN|CKF_VERIFY|0x10",
            "CK_SP800_108_BYTE_ARRAY:5",
            "0x01ab",
        ] {
            let value = Value::named(name);
            let text = serde_json::to_string(&value).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
    }
}
