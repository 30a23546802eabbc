// SPDX-License-Identifier: MIT OR Apache-2.0
//! A table from numbers to things, in shards, so that sessions of different threads do not meet.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Shards; a power of two.
const SHARDS: usize = 32;

type Shard<T> = RwLock<HashMap<u64, Arc<T>>>;

/// Numbers are given in rising order and never twice; 0 is never given.
#[derive(Debug)]
pub struct Table<T> {
    shards: [Shard<T>; SHARDS],
    last: Arc<AtomicU64>,
}

impl<T> Table<T> {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::numbered_by(Arc::default())
    }

    /// An empty table that shares its numbers with other tables.
    #[must_use]
    pub fn numbered_by(last: Arc<AtomicU64>) -> Self {
        Self {
            shards: core::array::from_fn(|_| RwLock::default()),
            last,
        }
    }

    /// A number for something that is about to be put in.
    pub fn reserve(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
    }

    /// Puts something in under its reserved number.
    pub fn insert(&self, number: u64, value: Arc<T>) {
        self.write(number).insert(number, value);
    }

    /// What has this number.
    #[must_use]
    pub fn find(&self, number: u64) -> Option<Arc<T>> {
        self.read(number).get(&number).map(Arc::clone)
    }

    /// Takes something out.
    pub fn remove(&self, number: u64) -> Option<Arc<T>> {
        self.write(number).remove(&number)
    }

    /// The numbers of everything that `is_wanted`, lowest first.
    pub fn numbers(&self, is_wanted: impl Fn(&T) -> bool) -> Vec<u64> {
        let mut numbers: Vec<u64> = Vec::new();
        for shard in &self.shards {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            numbers.extend(shard.iter().filter(|(_, v)| is_wanted(v)).map(|(n, _)| *n));
        }
        numbers.sort_unstable();
        numbers
    }

    fn read(&self, number: u64) -> RwLockReadGuard<'_, HashMap<u64, Arc<T>>> {
        self.shard(number)
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, number: u64) -> RwLockWriteGuard<'_, HashMap<u64, Arc<T>>> {
        self.shard(number)
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    #[expect(
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "the remainder is below the number of shards"
    )]
    const fn shard(&self, number: u64) -> &Shard<T> {
        &self.shards[(number % SHARDS as u64) as usize]
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self::new()
    }
}
