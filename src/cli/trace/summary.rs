// SPDX-License-Identifier: MIT OR Apache-2.0
//! How often each function was called, how often it failed, and how long it took.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::call::Call;
use super::render::duration;
use crate::cli::table::{Style, Table};
use crate::pkcs11::ReturnCode;
use crate::pkcs11::rv::CKR_OK;

/// The numbers of one function.
#[derive(Debug, Default)]
struct Count {
    calls: u64,
    failures: u64,
    nanoseconds: u64,
}

/// The numbers of all functions.
#[derive(Debug, Default)]
pub(super) struct Summary(BTreeMap<String, Count>);

impl Summary {
    /// Takes in a call; one that never came back counts as a failure.
    pub(super) fn count(&mut self, call: &Call) {
        let count = self.0.entry(call.function.clone()).or_default();
        count.calls += 1;
        let end = call.end.as_ref();
        if end.is_none_or(|end| ReturnCode(end.code) != CKR_OK) {
            count.failures += 1;
        }
        let took = end.and_then(|end| end.nanoseconds).unwrap_or_default();
        count.nanoseconds = count.nanoseconds.saturating_add(took);
    }

    /// The functions, those that took longest first.
    fn rows(&self) -> Vec<(&str, &Count)> {
        let mut rows: Vec<_> = self
            .0
            .iter()
            .map(|(name, count)| (name.as_str(), count))
            .collect();
        rows.sort_by_key(|(_, count)| core::cmp::Reverse(count.nanoseconds));
        rows
    }

    /// As a table, with a line above it.
    pub(super) fn table(&self) -> String {
        let mut table = Table::new(&["Function", "Calls", "Errors", "Total", "Mean"]);
        for (function, count) in self.rows() {
            table.row([
                function.to_owned(),
                count.calls.to_string(),
                count.failures.to_string(),
                duration(count.nanoseconds),
                duration(count.nanoseconds / count.calls.max(1)),
            ]);
        }
        format!("\n{}", table.render(Style::Plain))
    }

    /// As JSON.
    pub(super) fn json(&self) -> Json {
        let rows = self.rows().into_iter().map(|(function, count)| {
            json!({
                "function": function,
                "calls": count.calls,
                "errors": count.failures,
                "total_nanoseconds": count.nanoseconds,
                "mean_nanoseconds": count.nanoseconds / count.calls.max(1),
            })
        });
        rows.collect()
    }
}
