// SPDX-License-Identifier: MIT OR Apache-2.0
//! What goes into the vault and comes out of it.

use crate::object::RecordId;
use crate::pkcs11::{AttributeType, ObjectClass, SlotId};
use crate::secret::{Pin, SecretBytes};

/// Whether an object can be read without login.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// CKA_PRIVATE false: plain, with a MAC.
    Public,
    /// CKA_PRIVATE true: sealed.
    Private,
}

/// An object to be stored.
#[derive(Debug)]
pub struct NewRecord {
    /// CKA_CLASS
    pub class: ObjectClass,
    /// CKA_PRIVATE
    pub access: Access,
    /// All attributes, encoded.
    pub body: SecretBytes,
    /// Searchable attributes with the bytes that are compared.
    pub index: Vec<(AttributeType, Vec<u8>)>,
}

/// A stored object, opened and checked.
#[derive(Debug)]
pub struct Record {
    /// Its number.
    pub id: RecordId,
    /// Grows with each change of this object.
    pub generation: u64,
    /// CKA_PRIVATE
    pub access: Access,
    /// All attributes, encoded.
    pub body: SecretBytes,
}

/// One step of a transaction; all steps of a call are committed together or not at all.
#[derive(Debug)]
pub enum Change {
    /// A new object.
    Insert(NewRecord),
    /// New attributes for an object that must still exist in the given generation.
    Replace(RecordId, u64, NewRecord),
    /// The end of an object that must still exist.
    Delete(RecordId),
}

/// A search by indexed attributes only; the token room checks the rest.
#[derive(Debug, Default)]
pub struct Query {
    /// Attributes that must all be equal; none = every object.
    pub equal: Vec<(AttributeType, Vec<u8>)>,
}

/// The two users a token knows.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Role {
    /// The Security Officer.
    SecurityOfficer,
    /// The normal user.
    User,
}

/// What deriving a key from a PIN costs (Argon2id, RFC 9106).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum KdfCost {
    /// This library's default; a token follows when the default rises, at the next login.
    #[default]
    Standard,
    /// The least that Argon2id allows, for ever: for tests, whose PINs protect nothing.
    Minimum,
    /// These numbers, until the default is above them.
    Exactly {
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes over the memory.
        passes: u32,
        /// Lanes.
        lanes: u32,
    },
}

/// What a new token is made from.
#[derive(Debug)]
pub struct NewToken<'a> {
    /// The slot it is given.
    pub slot: SlotId,
    /// CK_TOKEN_INFO.label, not padded, at most 32 bytes.
    pub label: &'a str,
    /// The Security Officer's PIN.
    pub so_pin: &'a Pin,
    /// Whether the SO keeps a recovery copy of the data key, so that a PIN reset keeps the objects.
    pub recovery: bool,
    /// Wrong PINs until the PIN is locked.
    pub pin_tries_max: u32,
    /// What a PIN's key derivation costs.
    pub kdf: KdfCost,
}

/// The state of one PIN.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PinState {
    /// Whether the PIN has been set.
    pub is_set: bool,
    /// Wrong tries since the last good one.
    pub failures: u32,
    /// Wrong tries until it is locked.
    pub tries_max: u32,
    /// Whether the user should change it (set by the SO).
    pub to_be_changed: bool,
}

impl PinState {
    /// Whether no further try is accepted.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        self.is_set && self.failures >= self.tries_max
    }
}

/// What anybody may know of a token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TokenRecord {
    /// Its slot.
    pub slot: SlotId,
    /// Its label, not padded.
    pub label: String,
    /// Its serial number: 16 hexadecimal digits.
    pub serial: String,
    /// The SO's PIN.
    pub so_pin: PinState,
    /// The user's PIN.
    pub user_pin: PinState,
    /// Whether the SO keeps a recovery copy.
    pub recovery: bool,
    /// Grows with each change of the token.
    pub generation: u64,
    /// The generation at which the header was sealed last; a login fails when it is not the true one.
    pub sealed: u64,
}
