// SPDX-License-Identifier: MIT OR Apache-2.0
//! `keystead trace`: what it shows of a program's calls, and how it ends.

use std::path::PathBuf;
use std::process::Command;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use serde_json::Value as Json;

use super::home::{Home, Run, USER_PIN};

/// Cargo puts the library beside the test programs.
pub(crate) fn library() -> PathBuf {
    let programs = std::env::current_exe().unwrap();
    programs.parent().unwrap().join("libkeystead.so")
}

/// Set in the process that is traced.
const TRACED: &str = "KEYSTEAD_CLI_TRACED";

/// The traced program; in any other process it is a test that does nothing.
#[test]
fn the_traced_program() {
    if std::env::var_os(TRACED).is_none() {
        return;
    }
    let pkcs11 = Pkcs11::new(library()).unwrap();
    pkcs11
        .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
        .unwrap();
    let slot = pkcs11.get_slots_with_initialized_token().unwrap()[0];
    let session = pkcs11.open_rw_session(slot).unwrap();
    let pin = |pin: &str| AuthPin::from(pin);
    assert!(
        session
            .login(UserType::User, Some(&pin("wrong-one")))
            .is_err()
    );
    session.login(UserType::User, Some(&pin(USER_PIN))).unwrap();
    let made = [
        Attribute::ValueLen(16.into()),
        Attribute::Label(b"traced".to_vec()),
    ];
    let key = session.generate_key(&Mechanism::AesKeyGen, &made).unwrap();
    session
        .encrypt(&Mechanism::AesEcb, key, b"the plain secret")
        .unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| pkcs11.get_slot_info(slot).unwrap());
    });
}

/// The words that run the traced program.
fn program() -> Vec<String> {
    let this = std::env::current_exe().unwrap().display().to_string();
    [this.as_str(), "--exact", "trace::the_traced_program"]
        .map(str::to_owned)
        .into()
}

fn trace(home: &Home, options: &[&str], command: &[String]) -> Run {
    let mut words = vec!["trace"];
    words.extend(options);
    words.push("--");
    words.extend(command.iter().map(String::as_str));
    home.run_with(&words, |tool: &mut Command| {
        tool.env(TRACED, "1").env("PATH", "/usr/bin:/bin");
    })
}

fn shell(text: &str) -> Vec<String> {
    ["sh", "-c", text].map(str::to_owned).into()
}

#[test]
fn calls_are_shown_by_name_with_reasons_and_without_secrets() {
    let home = Home::with_token("work");
    let run = trace(&home, &[], &program()).succeeds();
    let shown = &run.stderr;
    for words in [
        "C_OpenSession(slotID=0, flags=CKF_RW_SESSION|CKF_SERIAL_SESSION)",
        "C_Login(hSession=1, userType=CKU_USER, pPin=(9 bytes)) = CKR_PIN_INCORRECT (",
        "      meaning: the PIN is wrong\n",
        "      reason:  ",
        "CKM_AES_KEY_GEN",
        "{CKA_VALUE_LEN=16, CKA_LABEL=\"traced\"}",
        "pData=(16 bytes)",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    for secret in [USER_PIN, "wrong-one", "the plain secret"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn json_lines_hold_arguments_results_and_times() {
    let home = Home::with_token("work");
    let path = home.path().join("calls.jsonl");
    let output = path.to_str().unwrap();
    let run = trace(
        &home,
        &["--json", "--summary", "--output", output],
        &program(),
    )
    .succeeds();
    assert_eq!(run.stderr, "");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines: Vec<Json> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let last = lines.pop().unwrap();
    let find = |function: &str| {
        lines
            .iter()
            .find(|line| line["function"] == function)
            .unwrap()
    };

    let made = find("C_GenerateKey");
    assert_eq!(made["arguments"]["pMechanism"], "CKM_AES_KEY_GEN");
    assert_eq!(made["arguments"]["pTemplate"]["CKA_LABEL"], "traced");
    assert!(made["results"]["phKey"].as_u64().unwrap() > 0, "{made}");
    assert!(made["nanoseconds"].as_u64().unwrap() > 0, "{made}");
    let login = find("C_Login");
    assert_eq!(login["rv"], "CKR_PIN_INCORRECT");
    assert_eq!(login["meaning"], "the PIN is wrong");
    assert_eq!(login["arguments"]["pPin"]["bytes"], 9);

    let threads: std::collections::BTreeSet<u64> = lines
        .iter()
        .map(|line| line["thread"].as_u64().unwrap())
        .collect();
    assert!(threads.len() > 1, "{threads:?}");

    assert_eq!(last["exit_code"], 0);
    let summary = last["summary"].as_array().unwrap();
    let logins = summary
        .iter()
        .find(|row| row["function"] == "C_Login")
        .unwrap();
    assert_eq!(
        (&logins["calls"], &logins["errors"]),
        (&2.into(), &1.into())
    );
    let calls: u64 = summary
        .iter()
        .map(|row| row["calls"].as_u64().unwrap())
        .sum();
    assert_eq!(usize::try_from(calls).unwrap(), lines.len());
}

#[test]
fn children_are_traced_and_the_summary_counts_them() {
    let home = Home::with_token("work");
    let once = program().join(" ");
    let both = shell(&format!("{once} & {once}; wait"));
    let run = trace(&home, &["--summary"], &both).succeeds();
    let row = run
        .stderr
        .lines()
        .find(|line| line.starts_with("C_GenerateKey "));
    let cells: Vec<&str> = row.unwrap().split_whitespace().collect();
    assert_eq!((cells[1], cells[2]), ("2", "0"), "{}", run.stderr);
}

#[test]
fn the_exit_code_is_the_programs() {
    let home = Home::new();
    let run = trace(&home, &[], &shell("echo out; exit 7"));
    assert_eq!((run.code, run.stdout.as_str()), (7, "out\n"));
    assert!(
        run.stderr.contains("the program ended with code 7"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("made no call of the library"),
        "{}",
        run.stderr
    );

    let run = trace(&home, &[], &shell("kill -9 $$"));
    assert_eq!(run.code, 128 + 9);
    assert!(
        run.stderr.contains("ended by signal 9 (SIGKILL)"),
        "{}",
        run.stderr
    );

    // An interrupt from the terminal reaches the tool, too.
    let run = trace(&home, &[], &shell("kill -INT $PPID; exit 3"));
    assert_eq!(run.code, 3, "{run:?}");

    let missing = home.path().join("none").display().to_string();
    trace(&home, &[], &[missing]).fails(127, &["cannot be run"]);
    home.run(&["trace"]).fails(2, &["COMMAND"]);
}

#[test]
fn a_call_that_does_not_return_is_told() {
    let home = Home::with_token("work");
    // The program's own log lines stand for a library that is killed in a call.
    let line = r#"{\"pid\":1,\"call\":1,\"function\":\"C_Sign\",\"arguments\":{\"hSession\":1}}"#;
    let run = trace(
        &home,
        &[],
        &shell(&format!("echo \"{line}\" >>\"$KEYSTEAD_LOG_FILE\"")),
    );
    assert!(
        run.stderr.contains("C_Sign(hSession=1) = did not return"),
        "{}",
        run.stderr
    );
}
