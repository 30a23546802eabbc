// SPDX-License-Identifier: MIT OR Apache-2.0
//! What loading, starting and ending the library costs, against a library that does nothing.
//!
//! Each measurement runs in a fresh process, in turns; the best of many is compared, so that a busy
//! machine does not decide. `KEYSTEAD_LOAD_LIB` names another build of the library, as a release build.
//! PKCS#11 v3.2, `C_GetFunctionList`, `C_Initialize`, `C_Finalize`.
#![allow(
    unsafe_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::borrow_as_ptr,
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    reason = "tests may stop, and stand where the application stands"
)]
#![allow(clippy::print_stdout, reason = "the figures are shown")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use cryptoki_sys::{CK_FUNCTION_LIST, CK_RV, CKR_OK};
use libloading::Library;

const CHILD: &str = "KEYSTEAD_LOAD_CHILD";
const ROUNDS: usize = 25;
const BAR: Duration = Duration::from_millis(5);

/// A library whose start and end do nothing.
const EMPTY: &str = "
static unsigned long nothing(void *unused) { (void)unused; return 0; }
static struct { unsigned char version[2]; unsigned long (*functions[2])(void *); } list =
    { { 2, 40 }, { nothing, nothing } };
unsigned long C_GetFunctionList(void **out) { *out = &list; return 0; }
";

/// Loads, starts and ends a library.
fn once(path: &Path) -> Duration {
    type GetList = unsafe extern "C" fn(*mut *mut CK_FUNCTION_LIST) -> CK_RV;
    let start = Instant::now();
    let library = unsafe { Library::new(path) }.unwrap();
    let answers = unsafe {
        let mut list = std::ptr::null_mut();
        let found = library.get::<GetList>(b"C_GetFunctionList").unwrap()(&mut list);
        let started = (*list).C_Initialize.unwrap()(std::ptr::null_mut());
        let ended = (*list).C_Finalize.unwrap()(std::ptr::null_mut());
        [found, started, ended]
    };
    let taken = start.elapsed();
    assert_eq!(answers, [CKR_OK; 3]);
    taken
}

/// The same in a process of its own.
fn measure(path: &Path) -> Duration {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", TEST, "--nocapture", "--test-threads=1"])
        .env(CHILD, path)
        .env("KEYSTEAD_STORE", "memory:")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let (_, figure) = said.split_once("took ").unwrap();
    let (figure, _) = figure.split_once(" ns").unwrap();
    Duration::from_nanos(figure.parse().unwrap())
}

const TEST: &str = "the_library_loads_almost_as_fast_as_one_that_does_nothing";

#[test]
fn the_library_loads_almost_as_fast_as_one_that_does_nothing() {
    if let Some(path) = std::env::var_os(CHILD) {
        println!("took {} ns", once(Path::new(&path)).as_nanos());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (source, empty) = (
        folder.path().join("empty.c"),
        folder.path().join("empty.so"),
    );
    std::fs::write(&source, EMPTY).unwrap();
    let compiled = Command::new("gcc")
        .args(["-shared", "-fPIC", "-O2", "-o"])
        .args([&empty, &source])
        .status();
    assert!(compiled.unwrap().success());
    let ours = std::env::var_os("KEYSTEAD_LOAD_LIB").map_or_else(
        || {
            let programs = std::env::current_exe().unwrap();
            programs.parent().unwrap().join("libkeystead.so")
        },
        PathBuf::from,
    );
    let mut figures = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        figures[0].push(measure(&empty));
        figures[1].push(measure(&ours));
    }
    for (name, list) in ["empty", "keystead"].iter().zip(&mut figures) {
        list.sort_unstable();
        let (best, median) = (list[0], list[ROUNDS / 2]);
        println!("{name}: best {best:?}, median {median:?}");
    }
    let more = figures[1][0].saturating_sub(figures[0][0]);
    assert!(more <= BAR, "{more:?} more than an empty library");
}
