// SPDX-License-Identifier: MIT OR Apache-2.0
//! The whole-token check: every cell, row, index row and the set of them, and the file below.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::backend::{IndexKey, Mode, ObjectRow};
use super::cells::PinCell;
use super::chain::all_rows;
use super::keyring::{IndexKeys, Keyring};
use super::ledger::{Entry, Ledger, journal};
use super::row::{self, Head};
use super::vault::Vault;
use super::work::Work;
use super::{Access, Outcome, Role};
use crate::error::Result;

const PAGE: usize = 256;

/// A check under way.
struct Check<'a> {
    work: Work<'a>,
    keys: Option<Arc<Keyring>>,
    outcome: Outcome,
    /// What the objects say that the indexes hold.
    expected: BTreeSet<IndexKey>,
    /// What the objects say that the header holds.
    found: Ledger,
}

impl Vault {
    pub(super) fn verify_all(&self) -> Result<Outcome> {
        let work = Work::begin(self, Mode::Read)?;
        let mut check = Check {
            keys: work.keys(),
            outcome: Outcome::default(),
            expected: BTreeSet::new(),
            found: Ledger::new(&work.token),
            work,
        };
        check.file();
        check.pins();
        let all_read = check.objects();
        check.header();
        if all_read {
            check.index(&self.public);
            if let Some(keys) = check.keys.clone() {
                check.index(&keys.index);
            }
        }
        Ok(check.outcome)
    }
}

impl Check<'_> {
    fn problem(&mut self, what: impl ToString) {
        self.outcome.problems.push(what.to_string());
    }

    fn file(&mut self) {
        match self.work.tx.integrity() {
            Ok(lines) => self.outcome.problems.extend(lines),
            Err(error) => self.problem(error),
        }
    }

    fn pins(&mut self) {
        for role in [Role::SecurityOfficer, Role::User] {
            let cell = Work::pin_cell(role);
            if let Err(error) = PinCell::read(&*self.work.tx, cell, &self.work.token.id) {
                self.problem(error);
            }
        }
    }

    /// Whether all rows could be read.
    fn objects(&mut self) -> bool {
        let mut last = 0;
        loop {
            let rows = match self.work.tx.objects_after(last, PAGE) {
                Ok(rows) => rows,
                Err(error) => {
                    self.problem(error);
                    return false;
                }
            };
            let Some((greatest, _)) = rows.last() else {
                return true;
            };
            last = *greatest;
            for (id, row) in &rows {
                if let Err(error) = self.object(*id, row) {
                    self.problem(error);
                }
            }
        }
    }

    fn object(&mut self, id: u64, row: &ObjectRow) -> Result<()> {
        if id >= self.work.counters.next_id {
            self.problem(format!("object {id} has a number that was never given"));
        }
        let keys = self.keys.clone();
        let token = self.work.token.id;
        let head = Head::read(&row.head, &token, id)?;
        if let Some(keys) = keys.as_deref().filter(|_| head.attested) {
            self.found.add(keys, head.access, id, &row::digest(row));
        }
        let index = match (head.access, keys.as_deref()) {
            // Nobody is logged in: the head is all that can be checked.
            (Access::Private, None) => {
                self.outcome.good += 1;
                return Ok(());
            }
            (Access::Private, Some(keys)) => &keys.index,
            (Access::Public, _) => &self.work.vault.public,
        };
        let opened = row::open(keys.as_deref(), &token, id, row)?;
        self.expected
            .extend(opened.tags.iter().map(|tag| index.key(tag, id)));
        match head.attested {
            true => self.outcome.good += 1,
            false => self.outcome.unattested += 1,
        }
        Ok(())
    }

    fn header(&mut self) {
        let entries = match journal(&*self.work.tx, &self.work.counters) {
            Ok(entries) => entries,
            Err(error) => return self.problem(error),
        };
        let Some(keys) = self.keys.clone() else {
            return;
        };
        let work = &self.work;
        let sealed = Ledger::read(&*work.tx, &keys, &work.token, &work.counters);
        let mut sealed = match sealed {
            Ok(sealed) => sealed,
            Err(error) => return self.problem(error),
        };
        for entry in entries {
            if let Entry::Went(id, digest) = entry {
                sealed.remove(&keys, Access::Public, id, &digest);
            }
        }
        if sealed.count != self.found.count {
            self.problem(format!(
                "the token holds {} objects, its sealed header says {}",
                self.found.count, sealed.count
            ));
        } else if sealed.sum != self.found.sum {
            self.problem("an object is not the one that the sealed header knows");
        }
    }

    fn index(&mut self, index: &IndexKeys) {
        let rows = match all_rows(&*self.work.tx, index) {
            Ok(rows) => rows,
            Err(error) => return self.problem(error),
        };
        let range = index.start()..=index.end();
        let expected: BTreeSet<IndexKey> = self.expected.range(range).copied().collect();
        let missing = expected.difference(&rows).count();
        if missing > 0 {
            self.problem(format!("{missing} index rows are missing"));
        }
        let extra = rows.difference(&expected).count();
        if extra > 0 {
            self.problem(format!("{extra} index rows belong to no object"));
        }
    }
}
