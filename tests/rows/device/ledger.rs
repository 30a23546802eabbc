// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which roles of which mechanisms have given an answer through the library.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::sync::Mutex;

use keystead::pkcs11::MechanismType;

/// The variable that names the file to report to.
pub(crate) const REPORT: &str = "KEYSTEAD_ROWS_REPORT";

/// Whether this process only reports what answers, while another one runs all vectors.
pub(crate) fn is_reporting() -> bool {
    std::env::var_os(REPORT).is_some()
}

static ANSWERED: Mutex<BTreeSet<(u64, u64)>> = Mutex::new(BTreeSet::new());

/// Notes that a mechanism has answered in a role, which its `CKF_` flag names.
pub(crate) fn answered(id: MechanismType, flag: u64) {
    let is_new = ANSWERED.lock().unwrap().insert((id.0, flag));
    let Some(path) = std::env::var_os(REPORT).filter(|_| is_new) else {
        return;
    };
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(format!("{} {flag}\n", id.0).as_bytes())
        .unwrap();
}
