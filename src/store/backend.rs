// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a back-end must offer: transactions over rows that it cannot read.
//!
//! `ARCHITECTURE.md`, "The store": back-ends see only sealed bytes. A new back-end passes the contract suite of
//! `tests/store`.

use core::fmt::Debug;

use crate::error::Result;

/// What a transaction may do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// See one state of the token.
    Read,
    /// Change the token, alone among all processes.
    Write,
}

/// The rows of which there is exactly one.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Cell {
    /// Who the token is.
    Token = 1,
    /// Its running numbers.
    Counters = 2,
    /// The SO's PIN.
    SoPin = 3,
    /// The user's PIN.
    UserPin = 4,
    /// The sealed header.
    Header = 5,
}

/// The place of an index row: space, tag, number of the object.
pub type IndexKey = [u8; INDEX_KEY_LEN];
/// Length of an [`IndexKey`].
pub const INDEX_KEY_LEN: usize = 25;
/// What chains an index row to the next.
pub type Link = [u8; LINK_LEN];
/// Length of a [`Link`].
pub const LINK_LEN: usize = 16;

/// A stored object.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ObjectRow {
    /// Small and plain: generation, class, access, with a checksum.
    pub head: Vec<u8>,
    /// Sealed, or plain with a MAC.
    pub body: Vec<u8>,
}

/// One row of the index; a link of a wrong length is an empty one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct IndexRow {
    /// Its place.
    pub key: IndexKey,
    /// Its link.
    pub link: Link,
}

/// A place for the rows of one token.
pub trait Backend: Debug + Send + Sync {
    /// Starts a transaction; dropping it undoes what it did.
    ///
    /// # Errors
    /// `CKR_DEVICE_REMOVED`, `CKR_DEVICE_ERROR`, `CKR_TOKEN_WRITE_PROTECTED`
    fn begin(&self, mode: Mode) -> Result<Box<dyn Transaction + '_>>;

    /// A number that is another one after each commit, whoever made it.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    fn epoch(&self) -> Result<u64>;

    /// Waits until no other process tries a PIN, for as long as the answer lives; best effort, and nothing to
    /// do for a back-end that only one process sees.
    fn pin_turn(&self) -> Option<Box<dyn Debug>> {
        None
    }

    /// How many rows were read since the start, those of scans included.
    fn rows_read(&self) -> u64;
}

/// One consistent view of the rows, and the changes made to it. All methods that change fail in a read.
///
/// # Errors
/// Every method gives `CKR_DEVICE_ERROR`, those that write also `CKR_DEVICE_MEMORY`.
#[expect(clippy::missing_errors_doc, reason = "said once for all, above")]
pub trait Transaction {
    /// Reads a cell.
    fn cell(&self, cell: Cell) -> Result<Option<Vec<u8>>>;
    /// Writes a cell.
    fn put_cell(&mut self, cell: Cell, value: &[u8]) -> Result<()>;
    /// Reads an object.
    fn object(&self, id: u64) -> Result<Option<ObjectRow>>;
    /// Reads the head of an object.
    fn object_head(&self, id: u64) -> Result<Option<Vec<u8>>>;
    /// Reads up to `limit` objects with greater numbers, in order.
    fn objects_after(&self, id: u64, limit: usize) -> Result<Vec<(u64, ObjectRow)>>;
    /// Writes an object, new or not.
    fn put_object(&mut self, id: u64, row: &ObjectRow) -> Result<()>;
    /// Removes an object; tells whether it was there.
    fn delete_object(&mut self, id: u64) -> Result<bool>;
    /// Reads the last index row before `key`.
    fn index_before(&self, key: &IndexKey) -> Result<Option<IndexRow>>;
    /// Reads up to `limit` index rows from `key` on, in order.
    fn index_from(&self, key: &IndexKey, limit: usize) -> Result<Vec<IndexRow>>;
    /// Writes an index row, new or not.
    fn put_index(&mut self, row: &IndexRow) -> Result<()>;
    /// Removes an index row; tells whether it was there.
    fn delete_index(&mut self, key: &IndexKey) -> Result<bool>;
    /// Removes all index rows from `from` to `to`, both included.
    fn delete_index_range(&mut self, from: &IndexKey, to: &IndexKey) -> Result<()>;
    /// Reads the journal in the order in which it was written.
    fn journal(&self) -> Result<Vec<Vec<u8>>>;
    /// Adds to the journal.
    fn push_journal(&mut self, entry: &[u8]) -> Result<()>;
    /// Empties the journal.
    fn clear_journal(&mut self) -> Result<()>;
    /// Removes every object, index row and journal entry.
    fn erase(&mut self) -> Result<()>;
    /// Checks the place itself; one line for each thing that is wrong.
    fn integrity(&self) -> Result<Vec<String>>;
    /// Makes the changes last; without it they are undone.
    fn commit(self: Box<Self>) -> Result<()>;
}
