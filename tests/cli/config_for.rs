// SPDX-License-Identifier: MIT OR Apache-2.0
//! `keystead config for`: each configuration has what is true here, and the program takes it.
#![allow(clippy::print_stderr, reason = "a skipped program is named")]

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value as Json;

use super::home::{Home, USER_PIN};
use super::trace::library;

const PROGRAMS: &[&str] = &[
    "openssl", "engine", "java", "nss", "p11-kit", "gnutls", "ssh", "nginx", "apache", "bind",
    "knot", "barbican", "python",
];

/// A home with a token, two key pairs, a certificate and a file with the PIN.
struct Place {
    home: Home,
    library: String,
}

impl Place {
    fn new() -> Self {
        let home = Home::with_token("my token");
        for (kind, label) in [("ec:p256", "first"), ("rsa:2048", "web key")] {
            let words = ["generate", kind, "--label", label, "--pin-env", "PIN"];
            home.run(&words).succeeds();
        }
        home.write("pin", USER_PIN);
        let library = library().canonicalize().unwrap().display().to_string();
        Self { home, library }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn words(&self, program: &str, more: &[&str]) -> Vec<String> {
        let pin = self.path("pin").display().to_string();
        let mut words = vec!["config", "for", program, "--library", &self.library];
        words.extend(["--pin-source", &pin]);
        words.extend(more);
        words.into_iter().map(str::to_owned).collect()
    }

    fn page(&self, program: &str, more: &[&str]) -> String {
        let words = self.words(program, more);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.home.run(&words).succeeds().stdout
    }

    /// Puts the configuration into its file and gives the command that tries it.
    fn place(&self, program: &str, more: &[&str]) -> String {
        let page = self.page(program, more);
        let named = page
            .lines()
            .find_map(|line| line.strip_prefix("# Save as "))
            .unwrap();
        self.home.write(named, &page);
        let command = page.trim_end().lines().last().unwrap();
        command.strip_prefix("#   ").unwrap().to_owned()
    }

    /// Runs a command of the shell in the home; gives its code and what it said.
    fn shell(&self, command: &str) -> (i32, String) {
        let output = Command::new("timeout")
            .args(["120", "bash", "-c", command])
            .current_dir(self.home.path())
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap()),
            )
            .env("HOME", self.home.path())
            .env("XDG_DATA_HOME", self.path(".local/share"))
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
        said.push_str(&String::from_utf8_lossy(&output.stderr));
        (output.status.code().unwrap(), said)
    }

    /// The same as `works`, for a module file of p11-kit.
    #[track_caller]
    fn works_as_a_module(&self, program: &str, words: &[&str]) {
        let command = self.place(program, &[]);
        let line = match command.contains(" /etc/pkcs11/modules") {
            false => command,
            // A private view of the system's configuration, which ends with the command.
            true => {
                self.home.write("line", &command);
                "mkdir -p /etc/pkcs11 && unshare --mount sh -c \
                 'mount -t tmpfs none /etc/pkcs11 && . ./line'"
                    .to_owned()
            }
        };
        let (code, said) = self.shell(&line);
        assert_eq!(code, 0, "{said}");
        for word in words {
            assert!(said.contains(word), "{word}: {said}");
        }
    }

    /// The command that the configuration names works, and says this.
    #[track_caller]
    fn works(&self, program: &str, more: &[&str], words: &[&str]) {
        let command = self.place(program, more);
        let (code, said) = self.shell(&command);
        assert_eq!(code, 0, "{command}\n{said}");
        for word in words {
            assert!(said.contains(word), "no {word:?}: {command}\n{said}");
        }
    }

    /// Whether something is there; what is not is named, and must be there in CI.
    fn has(&self, what: &str, test: &str) -> bool {
        let (code, _) = self.shell(test);
        if code != 0 {
            assert!(std::env::var_os("CI").is_none(), "{what} must be installed");
            eprintln!("SKIPPED: {what} is not installed");
        }
        code == 0
    }

    /// A certificate for the key "web key", made through the engine.
    fn certificate(&self) -> String {
        self.place("engine", &["--key", "web key"]);
        let uri = self.json("engine", &["--key", "web key"])["key_uri"].clone();
        let (code, said) = self.shell(&format!(
            "OPENSSL_CONF=$PWD/keystead-engine.cnf openssl req -new -x509 -engine pkcs11 \
             -keyform engine -key '{}' -subj /CN=localhost -out web.pem",
            uri.as_str().unwrap()
        ));
        assert_eq!(code, 0, "{said}");
        self.path("web.pem").display().to_string()
    }

    fn json(&self, program: &str, more: &[&str]) -> Json {
        let words = self.words(program, more);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.home.json(&words)
    }
}

#[test]
fn each_configuration_has_the_real_paths_and_no_pin() {
    let place = Place::new();
    for program in PROGRAMS {
        let page = place.page(program, &[]);
        let library = page.contains(&place.library);
        assert!(library || *program == "bind", "{program}: {page}");
        assert!(
            page.contains("my%20token") || page.contains("my token"),
            "{page}"
        );
        assert!(!page.contains(USER_PIN), "{page}");
        assert!(!page.contains("{{"), "{page}");
        assert!(
            page.starts_with("# ") && page.contains("\n# Try it:\n#   "),
            "{page}"
        );
        let json = place.json(program, &[]);
        assert_eq!(json["library"], place.library.as_str());
        assert_eq!(json["token"]["label"], "my token");
        assert_eq!(json["token"]["slot"], 0);
        assert!(!json.to_string().contains(USER_PIN), "{json}");
    }
}

#[test]
fn uris_name_the_token_the_key_and_the_file_with_the_pin() {
    let place = Place::new();
    let pin = place.path("pin").display().to_string();
    let json = place.json("engine", &[]);
    let uri = format!("pkcs11:token=my%20token;object=first;type=private?pin-source=file:{pin}");
    assert_eq!(json["key_uri"], uri);
    let json = place.json("engine", &["--key", "web key"]);
    let uri = json["key_uri"].as_str().unwrap();
    assert!(uri.contains(";object=web%20key;"), "{uri}");

    // Of two tokens with one label, the serial number says which.
    place.home.init("my token");
    let words = [
        "config",
        "for",
        "engine",
        "--library",
        &place.library,
        "--slot",
        "1",
    ];
    let json = place.home.json(&words);
    assert_eq!(json["tokens"].as_array().unwrap().len(), 2);
    let uri = json["token_uri"].as_str().unwrap();
    let serial = json["token"]["serial"].as_str().unwrap();
    assert_eq!(uri, format!("pkcs11:token=my%20token;serial={serial}"));
}

#[test]
fn without_a_token_there_is_a_place_for_one() {
    let home = Home::new();
    let library = library().display().to_string();
    let run = home
        .run(&["config", "for", "openssl", "--library", &library])
        .succeeds();
    for words in [
        "There is no token in ",
        "keystead init",
        "token=TOKEN;object=KEY;",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    home.run(&["config", "for", "java", "--library", "/none/libkeystead.so"])
        .fails(1, &["/none/libkeystead.so"]);
    home.run(&[
        "config",
        "for",
        "java",
        "--library",
        &library,
        "--token",
        "none",
    ])
    .fails(1, &["there is no token"]);
    home.run(&["config", "for", "toaster"])
        .fails(2, &["possible values", "p11-kit"]);
}

#[test]
fn tokens_in_memory_have_no_path() {
    let place = Place::new();
    let page = place.page("ssh", &["--store", "memory:"]);
    assert!(page.contains("KEYSTEAD_STORE=memory:"), "{page}");
}

#[test]
fn another_place_of_the_tokens_is_passed_on() {
    let home = Home::new();
    let store = home.path().join("a store").display().to_string();
    let library = library().display().to_string();
    let words = [
        "--store",
        &store,
        "config",
        "for",
        "ssh",
        "--library",
        &library,
    ];
    let json = home.json(&words);
    assert_eq!(json["environment"]["KEYSTEAD_STORE"], store.as_str());
    let command = json["try"].as_str().unwrap();
    assert!(
        command.starts_with(&format!("KEYSTEAD_STORE='{store}' ")),
        "{command}"
    );
}

#[test]
fn openssl_takes_its_configurations() {
    let place = Place::new();
    let provider = "ls /usr/lib/*/ossl-modules/pkcs11.so";
    if place.shell(provider).0 != 0 {
        // It is no package of every system that the tests run on.
        eprintln!("SKIPPED: pkcs11-provider is not installed");
    } else {
        place.works("openssl", &[], &["Total found: 2"]);
    }
    if place.has("the engine of libp11", "ls /usr/lib/*/engines-3/pkcs11.so") {
        place.works("engine", &[], &["BEGIN PUBLIC KEY"]);
    }
}

#[test]
fn java_nss_p11_kit_and_gnutls_take_theirs() {
    let place = Place::new();
    if place.has("keytool", "command -v keytool") {
        place.works("java", &[], &["SunPKCS11-Keystead"]);
    }
    if place.has("NSS's tools", "command -v modutil && command -v certutil") {
        place.works("nss", &[], &["Name: Keystead", "Token Name: my token"]);
    }
    if place.has("p11-kit", "command -v p11-kit") {
        let words = ["Keystead software HSM", "token: my token"];
        place.works_as_a_module("p11-kit", &words);
    }
    if place.has("p11tool", "command -v p11tool") {
        place.works_as_a_module("gnutls", &["object=first", "object=web%20key"]);
    }
}

#[test]
fn ssh_knot_and_bind_take_theirs() {
    let place = Place::new();
    if place.has("ssh-keygen", "command -v ssh-keygen") {
        place.works("ssh", &[], &["ecdsa-sha2-nistp256 ", "ssh-rsa "]);
        let (code, said) = place.shell("ssh -G -F keystead-ssh-config example.org");
        assert_eq!(code, 0, "{said}");
        let line = format!("pkcs11provider {}", place.library);
        assert!(said.contains(&line), "{said}");
    }
    if place.has("Knot DNS", "command -v knotc && command -v keymgr") {
        place.works("knot", &[], &["Configuration is valid"]);
        // The one gap is for the user to fill.
        let page = place
            .page("knot", &[])
            .replace("pin-value=PIN", &format!("pin-value={USER_PIN}"));
        let storage = place.path("knot").display().to_string();
        place.home.write(
            "knot.conf",
            &format!("{page}\ndatabase:\n    storage: {storage}\n"),
        );
        let made = "mkdir knot && keymgr -c knot.conf example.org. generate algorithm=13 ksk=yes";
        let (code, said) = place.shell(made);
        assert_eq!(code, 0, "{said}");
    }
    let recent = "named-checkconf -v | grep -E '^(9\\.2[0-9]|9\\.[3-9])'";
    if place.shell(recent).0 == 0 {
        place.works("bind", &[], &["example.org"]);
    } else {
        eprintln!("SKIPPED: BIND 9.20 is not installed");
    }
}

#[test]
fn web_servers_take_theirs() {
    let place = Place::new();
    let engine = "command -v openssl && ls /usr/lib/*/engines-3/pkcs11.so";
    if !place.has("the engine of libp11", engine) {
        return;
    }
    let certificate = place.certificate();
    let server = ["--key", "web key", "--certificate", &certificate];
    if place.has("nginx", "command -v nginx") {
        let command = place.place("nginx", &server);
        // Its log and process file are the machine's own.
        let command = format!("{command} -p $PWD -e $PWD/error.log -g 'pid nginx.pid;'");
        let (code, said) = place.shell(&command);
        assert!(
            code == 0 && said.contains("test is successful"),
            "{command}\n{said}"
        );
    }
    let modules = "/usr/lib/apache2/modules";
    if place.has(
        "Apache",
        &format!("command -v apache2 && ls {modules}/mod_ssl.so"),
    ) {
        place.place("apache", &server);
        let home = place.home.path().display();
        let load = |name: &str| format!("LoadModule {name}_module {modules}/mod_{name}.so\n");
        let modules: String = ["mpm_prefork", "ssl", "authz_core"].map(load).concat();
        let page = format!(
            "ServerRoot {home}\nServerName localhost\nPidFile {home}/pid\nErrorLog {home}/err\n\
             DefaultRuntimeDir {home}\n{modules}Include {home}/keystead-apache.conf\n"
        );
        place.home.write("apache.conf", &page);
        let command = "PKCS11_MODULE_PATH=%L apache2 -t -f $PWD/apache.conf";
        let (code, said) = place.shell(&command.replace("%L", &place.library));
        assert!(code == 0 && said.contains("Syntax OK"), "{said}");
    }
}

#[test]
fn python_and_barbican_take_theirs_where_they_are() {
    let place = Place::new();
    if place.shell("python3 -c 'import pkcs11'").0 == 0 {
        place.works("python", &[], &["first", "web key"]);
    } else {
        let command = place.place("python", &[]);
        if place.shell("command -v python3").0 == 0 {
            let compile = command.replace("python3 ", "python3 -m py_compile ");
            let (code, said) = place.shell(&compile);
            assert_eq!(code, 0, "{said}");
        }
        eprintln!("SKIPPED: python-pkcs11 is not installed");
    }
    let page = place.page("barbican", &[]);
    for words in [
        "[p11_crypto_plugin]",
        "token_labels = my token\n",
        "login = PIN\n",
    ] {
        assert!(page.contains(words), "{page}");
    }
}
