// SPDX-License-Identifier: MIT OR Apache-2.0
//! Each configuration that `keystead config for` prints is one that a program was run with.

use std::path::Path;

/// The text of each file in a directory whose name ends so, with that name.
fn files(directory: &str, end: &str) -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let paths = std::fs::read_dir(directory).unwrap();
    let paths = paths.map(|entry| entry.unwrap().path());
    let named = paths.filter_map(|path| {
        let name = path.file_name()?.to_str()?.strip_suffix(end)?.to_owned();
        Some((name, std::fs::read_to_string(&path).unwrap()))
    });
    named.collect()
}

/// Tells whether a script saves this configuration and runs the command that tries it, before it saves another.
fn tries(script: &str, program: &str) -> bool {
    let mut steps = script
        .lines()
        .flat_map(|line| line.split(['(', '&', ';']))
        .map(str::trim)
        .filter(|step| step.starts_with("place ") || step.starts_with("tried "));
    let placed = |step: &str| step.split(' ').nth(1) == Some(program);
    while let Some(step) = steps.next() {
        if step.starts_with("place ") && placed(step) {
            return steps.next().is_some_and(|next| next.starts_with("tried "));
        }
    }
    false
}

#[test]
fn every_configuration_is_tried_by_a_script_and_named_by_a_page() {
    let mut scripts = files("tests/consumers", ".sh");
    scripts.extend(files("tests/consumers/debian-13", ".sh"));
    let pages = files("docs/consumers", ".md");
    let programs = files("src/cli/config_for", ".txt");
    assert!(programs.len() >= 13, "the configurations are not there");
    for (program, _) in programs {
        assert!(
            scripts.iter().any(|(_, script)| tries(script, &program)),
            "no script in tests/consumers saves and tries the configuration of {program}"
        );
        let command = format!("keystead config for {program}");
        let more = |c: char| c.is_alphanumeric() || c == '-';
        let names = |page: &str| {
            page.split(&command)
                .skip(1)
                .any(|rest| !rest.starts_with(more))
        };
        assert!(
            pages.iter().any(|(_, page)| names(page)),
            "no page in docs/consumers has {command:?}"
        );
    }
}

#[test]
fn a_script_that_only_saves_a_configuration_does_not_try_it() {
    assert!(tries("place ssh --key a\ntried x\n", "ssh"));
    assert!(tries("place ssh\n(cd x && tried x)\n", "ssh"));
    assert!(!tries("place ssh\nplace nss\ntried x\n", "ssh"));
    assert!(!tries("place sshd\ntried x\n", "ssh"));
}
