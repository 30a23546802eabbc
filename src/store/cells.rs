// SPDX-License-Identifier: MIT OR Apache-2.0
//! The cells of a token: who it is, its running numbers, its PINs. Plain, each with a checksum, so that damage
//! is told apart from a wrong PIN.

use super::backend::{Cell, Transaction};
use super::wire::{Reader, Writer};
use crate::crypto::keyed::{same, sha256};
use crate::crypto::pin_kdf::{Cost, SALT_LEN};
use crate::error::{Error, Result};
use crate::pkcs11::SlotId;

/// Random, new with each initialisation.
pub(super) type TokenId = [u8; 16];

const CHECK_LEN: usize = 16;
const FORMAT: u8 = 1;

fn check(cell: Cell, token: &TokenId, value: &[u8]) -> [u8; 32] {
    sha256(&[b"keystead cell", &[cell as u8], token, value])
}

/// Reads a cell that every token has.
pub(super) fn read(tx: &dyn Transaction, cell: Cell, token: &TokenId) -> Result<Vec<u8>> {
    let mut value = tx.cell(cell)?.ok_or_else(|| damaged(cell))?;
    let at = value
        .len()
        .checked_sub(CHECK_LEN)
        .ok_or_else(|| damaged(cell))?;
    let found = value.split_off(at);
    let expected = check(cell, token, &value);
    if !expected.starts_with(&found) {
        return Err(damaged(cell));
    }
    Ok(value)
}

/// Writes a cell.
pub(super) fn write(
    tx: &mut dyn Transaction,
    cell: Cell,
    token: &TokenId,
    mut value: Vec<u8>,
) -> Result<()> {
    let sum = check(cell, token, &value);
    value.extend(sum.iter().take(CHECK_LEN));
    tx.put_cell(cell, &value)
}

pub(super) fn damaged(cell: Cell) -> Error {
    let name = match cell {
        Cell::Token => "identity",
        Cell::Counters => "counters",
        Cell::SoPin => "SO PIN record",
        Cell::UserPin => "user PIN record",
        Cell::Header => "sealed header",
    };
    Error::DeviceError(format!("the token's {name} is missing or damaged").into())
}

/// Who the token is; changes only with an initialisation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct TokenCell {
    pub(super) id: TokenId,
    pub(super) slot: SlotId,
    pub(super) recovery: bool,
    pub(super) tries_max: u32,
    pub(super) label: String,
    pub(super) serial: String,
}

impl TokenCell {
    pub(super) fn encode(&self) -> Vec<u8> {
        Writer::default()
            .u8(FORMAT)
            .bytes(&self.id)
            .u64(self.slot.0)
            .bool(self.recovery)
            .u32(self.tries_max)
            .field(self.label.as_bytes())
            .field(self.serial.as_bytes())
            .done()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        (reader.u8()? == FORMAT).then_some(())?;
        let cell = Self {
            id: reader.array()?,
            slot: SlotId(reader.u64()?),
            recovery: reader.bool()?,
            tries_max: reader.u32()?,
            label: String::from_utf8(reader.field()?.to_vec()).ok()?,
            serial: String::from_utf8(reader.field()?.to_vec()).ok()?,
        };
        reader.end()?;
        Some(cell)
    }

    pub(super) fn read(tx: &dyn Transaction) -> Result<Self> {
        let bytes = read(tx, Cell::Token, &TokenId::default())?;
        Self::decode(&bytes).ok_or_else(|| damaged(Cell::Token))
    }

    pub(super) fn write(&self, tx: &mut dyn Transaction) -> Result<()> {
        write(tx, Cell::Token, &TokenId::default(), self.encode())
    }
}

/// The running numbers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Counters {
    /// Grows with each change but PIN tries.
    pub(super) generation: u64,
    /// How many of these changes came after the header was sealed.
    pub(super) unsealed: u64,
    /// The number of the next object.
    pub(super) next_id: u64,
    /// How many journal entries there are.
    pub(super) journal: u64,
    /// Which data key the token has; 0 = none yet.
    pub(super) data_key: u64,
}

impl Counters {
    pub(super) fn read(tx: &dyn Transaction, token: &TokenId) -> Result<Self> {
        let bytes = read(tx, Cell::Counters, token)?;
        let mut reader = Reader::new(&bytes);
        let mut next = || reader.u64().ok_or_else(|| damaged(Cell::Counters));
        Ok(Self {
            generation: next()?,
            unsealed: next()?,
            next_id: next()?,
            journal: next()?,
            data_key: next()?,
        })
    }

    pub(super) fn write(&self, tx: &mut dyn Transaction, token: &TokenId) -> Result<()> {
        let bytes = Writer::default()
            .u64(self.generation)
            .u64(self.unsealed)
            .u64(self.next_id)
            .u64(self.journal)
            .u64(self.data_key)
            .done();
        write(tx, Cell::Counters, token, bytes)
    }
}

/// What a PIN wraps, and how its key is derived.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct PinLock {
    pub(super) salt: [u8; SALT_LEN],
    pub(super) cost: Cost,
    /// Whether the cost stays when the default rises.
    pub(super) is_pinned: bool,
    pub(super) wrapped: Vec<u8>,
}

/// One PIN.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct PinCell {
    pub(super) failures: u32,
    pub(super) tries_max: u32,
    pub(super) to_be_changed: bool,
    /// `None` until the PIN is set.
    pub(super) lock: Option<PinLock>,
}

impl PinCell {
    fn encode(&self) -> Vec<u8> {
        let writer = Writer::default()
            .u8(FORMAT)
            .u32(self.failures)
            .u32(self.tries_max)
            .bool(self.to_be_changed)
            .bool(self.lock.is_some());
        let Some(lock) = &self.lock else {
            return writer.done();
        };
        writer
            .bytes(&lock.salt)
            .u32(lock.cost.memory_kib)
            .u32(lock.cost.passes)
            .u32(lock.cost.lanes)
            .bool(lock.is_pinned)
            .field(&lock.wrapped)
            .done()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        (reader.u8()? == FORMAT).then_some(())?;
        let mut cell = Self {
            failures: reader.u32()?,
            tries_max: reader.u32()?,
            to_be_changed: reader.bool()?,
            lock: None,
        };
        if reader.bool()? {
            cell.lock = Some(PinLock {
                salt: reader.array()?,
                cost: Cost {
                    memory_kib: reader.u32()?,
                    passes: reader.u32()?,
                    lanes: reader.u32()?,
                },
                is_pinned: reader.bool()?,
                wrapped: reader.field()?.to_vec(),
            });
        }
        reader.end()?;
        Some(cell)
    }

    pub(super) fn read(tx: &dyn Transaction, cell: Cell, token: &TokenId) -> Result<Self> {
        let bytes = read(tx, cell, token)?;
        Self::decode(&bytes).ok_or_else(|| damaged(cell))
    }

    pub(super) fn write(
        &self,
        tx: &mut dyn Transaction,
        cell: Cell,
        token: &TokenId,
    ) -> Result<()> {
        write(tx, cell, token, self.encode())
    }
}

/// Whether two checks are the same.
pub(super) fn agree(left: &[u8], right: &[u8]) -> bool {
    same(left, right)
}
