// SPDX-License-Identifier: MIT OR Apache-2.0
//! `keystead mechanisms`: shows what the token can compute.

use clap::Args;
use serde_json::{Value as Json, json};

use super::failure::Outcome;
use super::table::{Style, Table};
use super::{Common, output};
use crate::module::{KeySize, Mechanism, SizeUnit, Status, mechanisms};
use crate::pkcs11::flag::{
    CKF_DECAPSULATE, CKF_DECRYPT, CKF_DERIVE, CKF_DIGEST, CKF_ENCAPSULATE, CKF_ENCRYPT,
    CKF_GENERATE, CKF_GENERATE_KEY_PAIR, CKF_MESSAGE_DECRYPT, CKF_MESSAGE_ENCRYPT,
    CKF_MESSAGE_SIGN, CKF_MESSAGE_VERIFY, CKF_SIGN, CKF_SIGN_RECOVER, CKF_UNWRAP, CKF_VERIFY,
    CKF_VERIFY_RECOVER, CKF_WRAP,
};

/// Shows the mechanisms: what the token can compute, with which keys
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  keystead mechanisms
  keystead mechanisms aes
  keystead mechanisms --markdown          the table of the README")]
pub(super) struct Mechanisms {
    /// Only those whose name contains this
    #[arg(value_name = "PART")]
    part: Option<String>,
    /// Write the table as Markdown
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
}

impl Mechanisms {
    /// Runs the command.
    pub(super) fn run(&self, common: &Common) -> Outcome {
        let part = self.part.as_deref().unwrap_or_default().to_uppercase();
        let rows: Vec<&Mechanism> = mechanisms()
            .filter(|row| row.id.to_string().contains(&part))
            .collect();
        if common.json {
            return output::json(&rows.iter().map(|row| describe(row)).collect());
        }
        let mut table = Table::new(&["Mechanism", "Keys", "Sizes", "Functions", "Status"]);
        for row in rows {
            table.row([
                row.id.to_string(),
                keys(row).join(", "),
                sizes(row.key_size),
                functions(row).join(", "),
                status(row.status).to_owned(),
            ]);
        }
        if self.markdown {
            output::text(&table.render(Style::Markdown))
        } else {
            output::table(&table)
        }
    }
}

fn describe(row: &Mechanism) -> Json {
    json!({
        "name": row.id.to_string(),
        "number": row.id.0,
        "keys": row.keys.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "key_size_min": row.key_size.min,
        "key_size_max": row.key_size.max,
        "key_size_unit": unit(row.key_size.unit),
        "functions": functions(row),
        "flags": row.flags(),
        "status": status(row.status),
        "section": row.spec,
    })
}

fn keys(row: &Mechanism) -> Vec<String> {
    let names = row.keys.iter().map(ToString::to_string);
    names
        .map(|name| match name.strip_prefix("CKK_") {
            Some(short) => short.to_owned(),
            None => name,
        })
        .collect()
}

fn sizes(size: KeySize) -> String {
    let unit = unit(size.unit);
    match (size.unit, size.min == size.max) {
        (SizeUnit::None, _) => "-".to_owned(),
        (_, true) => format!("{} {unit}", size.min),
        (_, false) => format!("{}-{} {unit}", size.min, size.max),
    }
}

const fn unit(unit: SizeUnit) -> &'static str {
    match unit {
        SizeUnit::None => "none",
        SizeUnit::Bits => "bits",
        SizeUnit::Bytes => "bytes",
    }
}

const fn status(status: Status) -> &'static str {
    match status {
        Status::Current => "current",
        Status::Legacy => "legacy",
    }
}

fn functions(row: &Mechanism) -> Vec<&'static str> {
    let flags = row.flags();
    let present = FUNCTIONS.iter().filter(|(flag, _)| flags & flag != 0);
    present.map(|(_, word)| *word).collect()
}

const FUNCTIONS: &[(u64, &str)] = &[
    (CKF_GENERATE, "generate"),
    (CKF_GENERATE_KEY_PAIR, "generate pair"),
    (CKF_ENCRYPT, "encrypt"),
    (CKF_DECRYPT, "decrypt"),
    (CKF_MESSAGE_ENCRYPT, "encrypt messages"),
    (CKF_MESSAGE_DECRYPT, "decrypt messages"),
    (CKF_DIGEST, "digest"),
    (CKF_SIGN, "sign"),
    (CKF_SIGN_RECOVER, "sign with recovery"),
    (CKF_VERIFY, "verify"),
    (CKF_VERIFY_RECOVER, "verify with recovery"),
    (CKF_MESSAGE_SIGN, "sign messages"),
    (CKF_MESSAGE_VERIFY, "verify messages"),
    (CKF_WRAP, "wrap"),
    (CKF_UNWRAP, "unwrap"),
    (CKF_DERIVE, "derive"),
    (CKF_ENCAPSULATE, "encapsulate"),
    (CKF_DECAPSULATE, "decapsulate"),
];
