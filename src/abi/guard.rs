// SPDX-License-Identifier: MIT OR Apache-2.0
//! What stands around every function: it finds the module, catches panics, makes the `CK_RV`,
//! leaves the reason.
//!
//! The one global of the library is here: a pointer to the running [`Module`]. Modules are never
//! freed, only finalized, so a call that still runs in one thread while another finalizes looks at
//! live memory. There is no thread, no atexit handler and no destructor. A panic costs one call:
//! `CKR_GENERAL_ERROR`.
//! Source: PKCS#11 v3.2, "General-purpose functions" and "Function return values".

use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::fork;
use super::rights;
use super::trace::{Arguments, Trace};
use super::types::CK_RV;
use crate::config::{Config, ForkedChild};
use crate::error::{Error, Result};
use crate::module::{Module, Start};
use crate::pkcs11::ReturnCode;
use crate::pkcs11::rv::CKR_OK;

/// A module and what it was started with.
struct Shell {
    module: Module,
    start: Start,
    forked_child: ForkedChild,
    /// The shell before it, so that each one stays reachable (and no leak checker complains).
    _before: *mut Self,
}

/// The running module.
static RUNNING: AtomicPtr<Shell> = AtomicPtr::new(null_mut());

/// The newest shell, running or not.
static NEWEST: AtomicPtr<Shell> = AtomicPtr::new(null_mut());

/// The module that was ended last, until the next one takes over what it left pending.
static ENDED: AtomicPtr<Shell> = AtomicPtr::new(null_mut());

/// In a forked child: the parent's module, which is never touched except for what it was started
/// with.
static INHERITED: AtomicPtr<Shell> = AtomicPtr::new(null_mut());

/// Whether a thread is starting or ending a module.
static CHANGING: AtomicBool = AtomicBool::new(false);

/// Runs one function that needs an initialised module. Its arguments are looked at only when the log
/// tells them.
pub(super) fn call(
    function: &'static str,
    arguments: impl FnOnce() -> Arguments,
    body: impl FnOnce(&Module) -> Result<()>,
) -> CK_RV {
    enter(function, arguments, || body(running()?))
}

/// Runs one function that needs no module.
pub(super) fn enter(
    function: &'static str,
    arguments: impl FnOnce() -> Arguments,
    body: impl FnOnce() -> Result<()>,
) -> CK_RV {
    let mut trace = None;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        rights::tell();
        trace = Trace::begin(function, arguments);
        let outcome = body();
        match trace.take() {
            None => crate::log::call(function, outcome.as_ref().copied()),
            Some(trace) => trace.end(&outcome),
        }
        code(&outcome)
    }));
    outcome.unwrap_or_else(|_| {
        let error = Error::GeneralError("the call panicked; this is a bug of the library".into());
        // The log itself may be what panicked; then nothing can be said.
        let _ = catch_unwind(AssertUnwindSafe(|| match trace {
            None => crate::log::call(function, Err(&error)),
            Some(trace) => trace.panicked(&error),
        }));
        error.rv().code().0
    })
}

const fn code(outcome: &Result<()>) -> CK_RV {
    let ReturnCode(code) = match outcome {
        Ok(()) => CKR_OK,
        Err(error) => error.rv().code(),
    };
    code
}

fn not_initialized() -> Error {
    Error::CryptokiNotInitialized("C_Initialize was not called in this process".into())
}

/// The running module; in a forked child that is configured so, a fresh one.
///
/// # Errors
/// `CKR_CRYPTOKI_NOT_INITIALIZED`, and whatever starting a module answers.
fn running() -> Result<&'static Module> {
    if let Some(shell) = shell_at(&RUNNING) {
        return Ok(&shell.module);
    }
    let inherited = shell_at(&INHERITED).ok_or_else(not_initialized)?;
    match inherited.forked_child {
        ForkedChild::StartsFresh => Err(not_initialized()),
        ForkedChild::Reinitializes => {
            let _change = Change::begin();
            match shell_at(&RUNNING) {
                Some(shell) => Ok(&shell.module),
                None => start(inherited.start.clone()),
            }
        }
    }
}

fn shell_at(pointer: &AtomicPtr<Shell>) -> Option<&'static Shell> {
    let shell = pointer.load(Ordering::Acquire);
    // SAFETY: the pointers of this file are NULL or come from `Box::leak` and are never freed.
    unsafe { shell.as_ref() }
}

/// `C_Initialize`, after its arguments were read.
///
/// # Errors
/// `CKR_CRYPTOKI_ALREADY_INITIALIZED`, and whatever starting a module answers.
pub(super) fn initialize(how: Start) -> Result<()> {
    let _change = Change::begin();
    if shell_at(&RUNNING).is_some() {
        return Err(Error::CryptokiAlreadyInitialized(
            "C_Initialize was called before in this process".into(),
        ));
    }
    start(how).map(|_| ())
}

/// Starts a module and publishes it. The caller holds the [`Change`].
///
/// # Errors
/// Whatever reading the configuration and starting the module answer.
fn start(how: Start) -> Result<&'static Module> {
    fork::watch(child_after_fork)?;
    let config = Config::load(how.reserved.as_deref())?;
    let forked_child = config.forked_child;
    let module = Module::with_config(config)?;
    // "used to persist an operation past a C_Finalize call": C_AsyncGetID.
    if let Some(ended) = shell_at(&ENDED) {
        module.inherit_saved(ended.module.leave_saved());
        ENDED.store(null_mut(), Ordering::Release);
    }
    let shell = Box::leak(Box::new(Shell {
        module,
        start: how,
        forked_child,
        _before: NEWEST.load(Ordering::Relaxed),
    }));
    let module: *const Module = &raw const shell.module;
    let shell: *mut Shell = shell;
    NEWEST.store(shell, Ordering::Release);
    RUNNING.store(shell, Ordering::Release);
    INHERITED.store(null_mut(), Ordering::Release);
    // SAFETY: it lies in the box that was leaked above.
    Ok(unsafe { &*module })
}

/// `C_Finalize`, after its argument was checked.
///
/// # Errors
/// `CKR_CRYPTOKI_NOT_INITIALIZED`, and whatever ending the module answers.
pub(super) fn finalize() -> Result<()> {
    let _change = Change::begin();
    INHERITED.store(null_mut(), Ordering::Release);
    let shell = shell_at(&RUNNING).ok_or_else(not_initialized)?;
    RUNNING.store(null_mut(), Ordering::Release);
    let ended = shell.module.finalize();
    ENDED.store(core::ptr::from_ref(shell).cast_mut(), Ordering::Release);
    ended
}

/// Runs in the child of a fork: it starts uninitialised, and nothing of the parent's module is
/// touched or dropped.
///
/// Only atomic stores: whatever locks the parent's other threads held are held forever here.
extern "C" fn child_after_fork() {
    let inherited = RUNNING.swap(null_mut(), Ordering::AcqRel);
    if !inherited.is_null() {
        INHERITED.store(inherited, Ordering::Release);
    }
    ENDED.store(null_mut(), Ordering::Release);
    CHANGING.store(false, Ordering::Release);
}

/// Held while a module starts or ends; not a mutex, because a forked child must be able to let go
/// of it.
struct Change;

impl Change {
    fn begin() -> Self {
        while CHANGING
            .compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed)
            .is_err()
        {
            std::thread::yield_now();
        }
        Self
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        CHANGING.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::trace::told;
    use crate::pkcs11::rv::{CKR_DATA_INVALID, CKR_GENERAL_ERROR};

    #[test]
    fn a_panic_becomes_general_error_and_the_next_call_works() {
        assert_eq!(
            enter("C_X", told![], || panic!("boom")),
            CKR_GENERAL_ERROR.0
        );
        assert_eq!(enter("C_X", told![], || Ok(())), CKR_OK.0);
    }

    #[test]
    fn an_error_becomes_its_code() {
        let outcome = enter("C_X", told![], || Err(Error::DataInvalid("data".into())));
        assert_eq!(outcome, CKR_DATA_INVALID.0);
    }
}
