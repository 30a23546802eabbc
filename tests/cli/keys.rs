// SPDX-License-Identifier: MIT OR Apache-2.0
//! `generate`, `list` and `delete`.

use serde_json::Value as Json;

use super::home::Home;

/// The object of this class among those a command told about.
fn of_class<'a>(objects: &'a Json, class: &str) -> &'a Json {
    let objects = objects.as_array().unwrap();
    objects
        .iter()
        .find(|one| one["class"] == class)
        .expect(class)
}

#[test]
fn each_kind_of_key_can_be_made() {
    let home = Home::with_token("a");
    for (key, kind, pair) in [
        ("rsa:2048", "RSA 2048", true),
        ("ec:p256", "EC P-256", true),
        ("ec:p384", "EC P-384", true),
        ("ec:p521", "EC P-521", true),
        ("ed25519", "EC EDWARDS Ed25519", true),
        ("x25519", "EC MONTGOMERY X25519", true),
        ("aes:128", "AES 128", false),
        ("aes:256", "AES 256", false),
        ("secret:512", "GENERIC SECRET 512", false),
    ] {
        let made = home.json(&["generate", key, "--label", key, "--pin-env", "PIN"]);
        let made = made["generated"].as_array().unwrap();
        assert_eq!(made.len(), if pair { 2 } else { 1 }, "{key}");
        for half in made {
            assert_eq!(half["type"], kind, "{key}");
            assert_eq!(half["label"], key);
            assert_eq!(half["id"].as_str().unwrap().len(), 16, "{key}");
            assert_eq!(half["id"], made[0]["id"], "{key}");
        }
    }
    let listed = home.json(&["list", "--pin-env", "PIN"]);
    assert_eq!(listed.as_array().unwrap().len(), 15);
    assert_eq!(home.json(&["list"]).as_array().unwrap().len(), 6);
}

#[test]
fn a_private_key_stays_in_the_token_unless_asked_otherwise() {
    let home = Home::with_token("a");
    let made = home.json(&["generate", "ec:p256", "--pin-env", "PIN"]);
    let private = &of_class(&made["generated"], "CKO_PRIVATE_KEY")["attributes"];
    assert_eq!(private["sensitive"], true);
    assert_eq!(private["extractable"], false);
    assert_eq!(private["never-extractable"], true);
    assert_eq!(private["private"], true);
    let made = home.json(&["generate", "ec:p256", "--extractable", "--pin-env", "PIN"]);
    let private = &of_class(&made["generated"], "CKO_PRIVATE_KEY")["attributes"];
    assert_eq!(private["extractable"], true);
}

#[test]
fn the_uses_of_a_key_can_be_narrowed() {
    let home = Home::with_token("a");
    let made = home.json(&[
        "generate",
        "rsa:2048",
        "--use",
        "sign,verify",
        "--pin-env",
        "PIN",
    ]);
    let private = &of_class(&made["generated"], "CKO_PRIVATE_KEY")["attributes"];
    assert_eq!(
        (&private["sign"], &private["decrypt"]),
        (&true.into(), &false.into())
    );
    assert_eq!(
        (&private["unwrap"], &private["derive"]),
        (&false.into(), &false.into())
    );
    let public = &of_class(&made["generated"], "CKO_PUBLIC_KEY")["attributes"];
    assert_eq!(
        (&public["verify"], &public["encrypt"]),
        (&true.into(), &false.into())
    );
    home.run(&["generate", "rsa:2048", "--use", "fly", "--pin-env", "PIN"])
        .fails(2, &["sign"]);
}

#[test]
fn an_identifier_is_given_once() {
    let home = Home::with_token("a");
    let generate = ["generate", "ec:p256", "--id", "0A0b", "--pin-env", "PIN"];
    home.run(&generate).succeeds();
    home.run(&generate).fails(1, &["0a0b", "taken", "--id"]);
    assert_eq!(home.json(&["list", "--id", "0a0b"])[0]["id"], "0a0b");
}

#[test]
fn a_size_the_token_does_not_make_is_refused() {
    let home = Home::with_token("a");
    home.run(&["generate", "rsa:512", "--pin-env", "PIN"])
        .fails(1, &["CKR_"]);
    assert_eq!(
        home.json(&["list", "--pin-env", "PIN"]),
        serde_json::json!([])
    );
    home.run(&[
        "generate",
        "aes:128",
        "--always-authenticate",
        "--pin-env",
        "PIN",
    ])
    .fails(2, &["--always-authenticate"]);
}

#[test]
fn the_list_is_a_table_and_can_be_filtered() {
    let home = Home::with_token("a");
    for label in ["one", "two"] {
        home.run(&["generate", "ec:p256", "--label", label, "--pin-env", "PIN"])
            .succeeds();
    }
    let run = home.run(&["list", "--pin-env", "PIN"]).succeeds();
    assert!(run.stdout.starts_with("CLASS"), "{run:?}");
    assert!(run.stdout.contains("private-key"), "{run:?}");
    let run = home.run(&["list", "--label", "two"]).succeeds();
    assert!(
        run.stdout.contains("two") && !run.stdout.contains("one"),
        "{run:?}"
    );
    assert!(run.stderr.contains("--login"), "{run:?}");
    let listed = home.json(&["list", "--class", "private-key", "--pin-env", "PIN"]);
    assert_eq!(listed.as_array().unwrap().len(), 2);
}

#[test]
fn a_label_cannot_steer_the_terminal() {
    let home = Home::with_token("a");
    let label = "red\u{1b}[31m";
    home.run(&["generate", "ec:p256", "--label", label, "--pin-env", "PIN"])
        .succeeds();
    let run = home.run(&["list"]).succeeds();
    assert!(!run.stdout.contains('\u{1b}'), "{run:?}");
    assert_eq!(home.json(&["list"])[0]["label"], label);
}

#[test]
fn delete_destroys_what_fits_and_nothing_else() {
    let home = Home::with_token("a");
    for id in ["01", "02"] {
        home.run(&["generate", "ec:p256", "--id", id, "--pin-env", "PIN"])
            .succeeds();
    }
    let delete = |extra: &[&str]| home.run(&[&["delete", "--pin-env", "PIN"], extra].concat());
    delete(&["--id", "03", "--yes"]).fails(1, &["no object fits"]);
    delete(&["--id", "01"]).fails(1, &["private-key", "--yes"]);
    assert_eq!(
        home.json(&["list", "--pin-env", "PIN"])
            .as_array()
            .unwrap()
            .len(),
        4
    );
    delete(&["--id", "01", "--yes"]).succeeds();
    let left = home.json(&["list", "--pin-env", "PIN"]);
    let ids: Vec<&str> = left
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["02", "02"]);
}
