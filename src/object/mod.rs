// SPDX-License-Identifier: MIT OR Apache-2.0
//! Attributes, templates, attribute rules as data, and the one gate to key material.
//!
//! Five verbs interpret the rule tables: [`admit()`], [`change()`], [`copy`], [`read()`] and
//! [`matches()`]. No other code knows footnotes. This room knows no mechanism beyond its number, and
//! no engine.
//! Source: PKCS#11 v3.2, "Objects".
#![forbid(unsafe_code)]

mod admit;
mod change;
pub mod codec;
mod entity;
pub mod kinds;
pub mod limits;
mod lineage;
mod map;
mod parse;
mod policy;
mod read;
mod rule;
mod template;
#[cfg(test)]
mod tests;
mod value;
mod view;

pub use admit::{Admission, UNAVAILABLE_INFORMATION, admit, set_unique_id};
pub use change::{change, copy};
pub use entity::{Object, RecordId};
pub use lineage::{Lineage, contribute, descend};
pub use map::AttributeMap;
pub use policy::{UsableKey, Use, authorize, may_wrap};
pub use read::{Shown, index_entries, is_indexed, matches, read, show};
pub use rule::{Actor, Default, Kind, Notes, Origin, Rule, ValueKind, rule};
pub use template::{RawValue, Template};
pub use value::Value;
pub use view::{View, indexed_point};
