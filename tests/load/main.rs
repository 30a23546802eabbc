// SPDX-License-Identifier: MIT OR Apache-2.0
//! What loading, starting and ending the library costs, against a library that does nothing.
//!
//! Each measurement runs in a fresh process, in turns; the best of many is compared, so that a busy
//! machine does not decide. `KEYSTEAD_LOAD_LIB` names another build of the library, as a release build.
//! PKCS#11 v3.2, `C_GetFunctionList`, `C_Initialize`, `C_Finalize`. What the first use of the engine's
//! generator costs is measured as well.
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

use cryptoki_sys::{CK_FUNCTION_LIST, CK_RV, CKF_SERIAL_SESSION, CKR_OK};
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

/// How much longer the first random bytes of a process take than the next ones.
fn first_randomness(path: &Path) -> Duration {
    type GetList = unsafe extern "C" fn(*mut *mut CK_FUNCTION_LIST) -> CK_RV;
    let library = unsafe { Library::new(path) }.unwrap();
    let mut bytes = [0; 32];
    let (mut label, mut pin) = ([b' '; 32], *b"so-pin-1234");
    let mut session = 0;
    let flags = CKF_SERIAL_SESSION;
    let (list, answers) = unsafe {
        let mut list = std::ptr::null_mut();
        let found = library.get::<GetList>(b"C_GetFunctionList").unwrap()(&mut list);
        let started = (*list).C_Initialize.unwrap()(std::ptr::null_mut());
        let (pin, len) = (pin.as_mut_ptr(), pin.len() as u64);
        let made = (*list).C_InitToken.unwrap()(0, pin, len, label.as_mut_ptr());
        let none = std::ptr::null_mut();
        let opened = (*list).C_OpenSession.unwrap()(0, flags, none, None, &mut session);
        (list, [found, started, made, opened])
    };
    assert_eq!(answers, [CKR_OK; 4]);
    let mut draw = || {
        let start = Instant::now();
        let drawn = unsafe { (*list).C_GenerateRandom.unwrap()(session, bytes.as_mut_ptr(), 32) };
        assert_eq!(drawn, CKR_OK);
        start.elapsed()
    };
    let first = draw();
    first.saturating_sub(draw())
}

/// A measurement in a process of its own, which runs the test of that name.
fn measure(path: &Path, test: &str) -> Duration {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
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

/// The library beside this program, or the one that is named.
fn ours() -> PathBuf {
    std::env::var_os("KEYSTEAD_LOAD_LIB").map_or_else(
        || {
            let programs = std::env::current_exe().unwrap();
            programs.parent().unwrap().join("libkeystead.so")
        },
        PathBuf::from,
    )
}

const RANDOM_TEST: &str = "the_first_random_bytes_of_a_process_come_at_once";

#[test]
fn the_first_random_bytes_of_a_process_come_at_once() {
    if let Some(path) = std::env::var_os(CHILD) {
        println!("took {} ns", first_randomness(Path::new(&path)).as_nanos());
        return;
    }
    let best = (0..ROUNDS).map(|_| measure(&ours(), RANDOM_TEST)).min();
    let best = best.unwrap();
    println!("the first random bytes: {best:?} more than the next");
    assert!(best <= BAR, "{best:?} more than the next");
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
    let ours = ours();
    let mut figures = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        figures[0].push(measure(&empty, TEST));
        figures[1].push(measure(&ours, TEST));
    }
    for (name, list) in ["empty", "keystead"].iter().zip(&mut figures) {
        list.sort_unstable();
        let (best, median) = (list[0], list[ROUNDS / 2]);
        println!("{name}: best {best:?}, median {median:?}");
    }
    let more = figures[1][0].saturating_sub(figures[0][0]);
    assert!(more <= BAR, "{more:?} more than an empty library");
}
