// SPDX-License-Identifier: MIT OR Apache-2.0
//! The standard's attribute tables as data: one [`Rule`] a row, one [`Kind`] an object type.
//!
//! Source: PKCS#11 v3.2, "Objects", table "Common footnotes for object attribute tables".

use super::AttributeMap;
use crate::error::Result;
use crate::pkcs11::{AttributeType, KeyType, ObjectClass};

/// The data type column.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ValueKind {
    /// `CK_BBOOL`
    Bool,
    /// `CK_ULONG` and everything built on it
    Ulong,
    /// Byte array
    Bytes,
    /// Big integer, most significant byte first
    BigInt,
    /// RFC 2279 string
    Utf8,
    /// `CK_DATE`, or empty
    Date,
    /// `CK_MECHANISM_TYPE_PTR`
    Mechanisms,
    /// `CK_ATTRIBUTE_PTR`
    Template,
}

/// The footnote numbers of one row, as a bit set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Notes(u16);

impl Notes {
    /// Builds the set from the footnote numbers; a number the standard does not have does not
    /// compile.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "constant evaluation: a bad index does not compile"
    )]
    pub const fn new(numbers: &[u8]) -> Self {
        let mut bits = 0u16;
        let mut i = 0;
        while i < numbers.len() {
            assert!(numbers[i] >= 1 && numbers[i] <= 13, "no such footnote");
            bits |= 1 << numbers[i];
            i += 1;
        }
        Self(bits)
    }

    /// Whether footnote `number` applies.
    #[must_use]
    pub const fn has(self, number: u8) -> bool {
        self.0 & (1 << number) != 0
    }
}

/// What happens when a template does not mention the attribute.
#[derive(Clone, Copy, Debug)]
pub enum Default {
    /// It stays absent.
    Absent,
    /// `CK_FALSE`
    False,
    /// `CK_TRUE`
    True,
    /// Length 0.
    Empty,
    /// A number.
    Ulong(u64),
    /// The module computes it.
    Computed,
}

/// One row of an attribute table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The attribute.
    pub id: AttributeType,
    /// Its data type.
    pub value: ValueKind,
    /// Its footnotes.
    pub notes: Notes,
    /// What it is when no template says.
    pub default: Default,
}

/// A row that reads like the standard's.
#[must_use]
pub const fn rule(id: AttributeType, value: ValueKind, notes: &[u8]) -> Rule {
    Rule {
        id,
        value,
        notes: Notes::new(notes),
        default: Default::Absent,
    }
}

impl Rule {
    /// Sets the default.
    #[must_use]
    pub const fn or(mut self, default: Default) -> Self {
        self.default = default;
        self
    }
}

/// How an object comes into being.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Origin {
    /// `C_CreateObject`
    Create,
    /// `C_GenerateKey`, `C_GenerateKeyPair`
    Generate,
    /// `C_UnwrapKey`, `C_UnwrapKeyAuthenticated`
    Unwrap,
    /// `C_DeriveKey`
    Derive,
    /// `C_EncapsulateKey`
    Encapsulate,
    /// `C_DecapsulateKey`
    Decapsulate,
}

/// Who asks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Actor {
    /// Nobody is logged in.
    Public,
    /// The normal user is logged in.
    User,
    /// The Security Officer is logged in.
    SecurityOfficer,
}

/// An object class with its key, certificate or feature type: its tables and what no table can say.
#[derive(Debug)]
pub struct Kind {
    /// Section of PKCS#11 v3.2 by title.
    pub spec: &'static str,
    /// The class.
    pub class: ObjectClass,
    /// The key type, for keys and domain parameters.
    pub key_type: Option<KeyType>,
    /// The second selector of classes that are no keys (certificate type, hardware feature type).
    pub subtype: Option<u64>,
    /// The tables, outermost first; a later row replaces an earlier one of the same attribute.
    pub tables: &'static [&'static [Rule]],
    /// Checks between attributes that need no arithmetic.
    pub check: fn(&AttributeMap, Origin) -> Result<()>,
}

impl Kind {
    /// The row for an attribute, innermost table first.
    #[must_use]
    pub fn rule(&self, id: AttributeType) -> Option<&'static Rule> {
        self.tables
            .iter()
            .rev()
            .find_map(|table| table.iter().find(|rule| rule.id == id))
    }

    /// The row of each attribute once, innermost table first.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        self.tables
            .iter()
            .enumerate()
            .rev()
            .flat_map(move |(depth, table)| {
                table.iter().filter(move |rule| {
                    !self
                        .tables
                        .iter()
                        .skip(depth.saturating_add(1))
                        .any(|inner| inner.iter().any(|other| other.id == rule.id))
                })
            })
    }
}
