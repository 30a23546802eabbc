// SPDX-License-Identifier: MIT OR Apache-2.0
//! Attributes, templates, attribute rules as data, and the one gate to key material.
//!
//! Five verbs interpret the rule tables: [`admit()`], [`change()`], [`copy`], [`read()`] and [`matches`].
//! No other code knows footnotes. This room knows no mechanism beyond its number, and no engine.
//! Source: PKCS#11 v3.2, "Objects".
#![forbid(unsafe_code)]

mod admit;
mod change;
pub mod codec;
mod entity;
pub mod kinds;
mod map;
mod policy;
mod read;
mod rule;
mod template;
mod value;

pub use admit::{Admission, admit};
pub use change::{change, copy};
pub use entity::{Object, RecordId};
pub use map::AttributeMap;
pub use policy::{UsableKey, Use, authorize};
pub use read::{Shown, index_entries, is_indexed, matches, read};
pub use rule::{Actor, Default, Kind, Notes, Origin, Rule, ValueKind, rule};
pub use template::{RawValue, Template};
pub use value::Value;
