// SPDX-License-Identifier: MIT OR Apache-2.0
//! Asynchronous sessions: what is pending, how it is completed, and how it outlives its session.
//!
//! Source: PKCS#11 v3.2, "Asynchronous function management functions", "C_OpenSession".

use core::fmt;
use std::collections::BTreeMap;

use super::open::Open;
use super::{Module, Reply};
use crate::error::{Error, Result};
use crate::object::{AttributeMap, Kind};
use crate::pkcs11::{ObjectHandle, SessionHandle, SlotId};
use crate::secret::SecretBytes;
use crate::session::{Buffer, Delivery, Function, Job, Product, lock, pending};

/// Pending operations whose session is closed, by the number that `C_AsyncGetID` gave.
// SPEC: they outlive C_CloseSession, C_Logout and C_Finalize, but not the process; C_InitToken ends
// them.
#[derive(Default)]
pub struct Saved(BTreeMap<u64, SavedJob>);

impl fmt::Debug for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A pending operation and the token it belongs to.
struct SavedJob {
    job: Job,
    slot: SlotId,
    serial: String,
}

/// What `C_AsyncComplete` found.
#[derive(Debug)]
pub struct Finished {
    /// The buffer of the call, or of `C_AsyncJoin`.
    pub buffer: Option<Buffer>,
    /// How the operation ended.
    pub outcome: Result<Completion>,
}

/// The result of a pending operation.
#[derive(Debug, Default)]
pub struct Completion {
    /// Output; it fits the buffer.
    pub bytes: Option<SecretBytes>,
    /// `hObject`: the new key, of a pair the public one.
    pub object: Option<ObjectHandle>,
    /// `hAdditionalObject`: the private key of a pair.
    pub additional: Option<ObjectHandle>,
}

fn absent() -> Error {
    Error::OperationNotInitialized(
        "no operation of this function is pending in this session".into(),
    )
}

fn invalid(why: &'static str) -> Error {
    Error::SavedStateInvalid(why.into())
}

/// What only the work itself can find; everything else is answered at once.
const fn is_finding(error: &Error) -> bool {
    matches!(
        error,
        Error::AeadDecryptFailed(_)
            | Error::DataInvalid(_)
            | Error::DataLenRange(_)
            | Error::EncryptedDataInvalid(_)
            | Error::EncryptedDataLenRange(_)
            | Error::SignatureInvalid(_)
            | Error::SignatureLenRange(_)
            | Error::WrappedKeyInvalid(_)
            | Error::WrappedKeyLenRange(_)
    )
}

impl Open {
    /// Keeps the outcome of a function for `C_AsyncComplete`.
    fn keep(&self, function: Function, outcome: Result<Product>) -> Error {
        let job = Job::new(function, self.token.actor(), outcome);
        match self.session.operations(|all| all.keep(job)) {
            Ok(()) => pending(),
            Err(_) => Error::OperationActive("another thread began an operation meanwhile".into()),
        }
    }

    /// Checks that no operation of this kind is pending.
    pub(super) fn idle(&self, function: Function) -> Result<()> {
        if !self.session.is_async {
            return Ok(());
        }
        self.session.operations(|all| all.none_pending(function))
    }

    /// The end of a function with an output buffer.
    pub(super) fn reply(&self, function: Function, outcome: Result<Reply>) -> Result<Reply> {
        if !self.session.is_async {
            return outcome;
        }
        match outcome {
            Ok(Reply::Bytes(bytes)) => {
                let product = Product {
                    bytes: Some(bytes),
                    objects: Vec::new(),
                };
                Err(self.keep(function, Ok(product)))
            }
            Err(error) if is_finding(&error) => Err(self.keep(function, Err(error))),
            other => other,
        }
    }

    /// The end of a function that answers by its code alone.
    pub(super) fn verdict(&self, function: Function, outcome: Result<()>) -> Result<()> {
        if !self.session.is_async {
            return outcome;
        }
        match outcome {
            Ok(()) => Err(self.keep(function, Ok(Product::default()))),
            Err(error) if is_finding(&error) => Err(self.keep(function, Err(error))),
            Err(error) => Err(error),
        }
    }

    /// A function that makes objects: `store` is not run in an asynchronous session, but when the
    /// operation is completed.
    pub(super) fn make<R>(
        &self,
        function: Function,
        work: impl FnOnce() -> Result<Product>,
        store: impl FnOnce(Product) -> Result<R>,
    ) -> Result<R> {
        if !self.session.is_async {
            return store(work()?);
        }
        self.idle(function)?;
        match work() {
            Err(error) if !is_finding(&error) => Err(error),
            outcome => Err(self.keep(function, outcome)),
        }
    }
}

impl Module {
    /// As [`Open::make`] for one object.
    pub(super) fn make_one(
        &self,
        open: &Open,
        function: Function,
        work: impl FnOnce() -> Result<(&'static Kind, AttributeMap)>,
    ) -> Result<ObjectHandle> {
        let work = || {
            let object = work()?;
            Ok(Product {
                bytes: None,
                objects: vec![object],
            })
        };
        open.make(function, work, |product| {
            self.store_first(open, product.objects)
        })
    }

    /// Says where the output of an operation that has just become pending goes.
    ///
    /// # Errors
    /// `CKR_SESSION_HANDLE_INVALID`
    pub fn async_buffer(
        &self,
        session: SessionHandle,
        function: Function,
        buffer: Buffer,
    ) -> Result<()> {
        self.open(session)?.session.operations(|all| {
            if let Some(job) = all.jobs.get_mut(&function)
                && job.delivery == Delivery::Expected
            {
                job.delivery = Delivery::Into(buffer);
            }
        });
        Ok(())
    }

    /// `C_AsyncComplete`; `takes_result` is whether `pResult` is there.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_ARGUMENTS_BAD`, `CKR_PENDING`, and
    /// `CKR_BUFFER_TOO_SMALL` while the buffer was given up by `C_AsyncGetID`; all of them leave the
    /// operation as it is. What the operation itself answers is in [`Finished`].
    pub fn async_complete(
        &self,
        session: SessionHandle,
        function: &str,
        takes_result: bool,
    ) -> Result<Finished> {
        let open = self.open(session)?;
        let function = Function::named(function).ok_or_else(absent)?;
        let job = open.session.operations(|all| {
            let job = all.jobs.get(&function).ok_or_else(absent)?;
            if job.has_result() && !takes_result {
                return Err(Error::ArgumentsBad(
                    "pResult is NULL, and the function has a result".into(),
                ));
            }
            job.deliverable()?;
            all.take_job(function).ok_or_else(absent)
        })?;
        let buffer = match job.delivery {
            Delivery::Into(buffer) => Some(buffer),
            Delivery::NotNeeded | Delivery::Expected | Delivery::Nowhere => None,
        };
        let outcome = job.outcome.and_then(|product| {
            let mut handles = Vec::new();
            if !product.objects.is_empty() {
                handles = self.store_all(&open, product.objects)?;
            }
            // SPEC: of a pair, hObject is the public key, as it comes first in the call.
            Ok(Completion {
                bytes: product.bytes,
                object: handles.first().copied(),
                additional: handles.get(1).copied(),
            })
        });
        Ok(Finished { buffer, outcome })
    }

    /// `C_AsyncGetID`: from now on the operation outlives the session, and its buffer is not used.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`
    pub fn async_get_id(&self, session: SessionHandle, function: &str) -> Result<u64> {
        let open = self.open(session)?;
        let function = Function::named(function).ok_or_else(absent)?;
        let mut bytes = [0; 8];
        self.rng.fill(&mut bytes)?;
        let fresh = u64::from_le_bytes(bytes).max(1);
        open.session.operations(|all| {
            let job = all.jobs.get_mut(&function).ok_or_else(absent)?;
            // "the caller should free any memory passed into the original call"
            if matches!(job.delivery, Delivery::Into(_) | Delivery::Expected) {
                job.delivery = Delivery::Nowhere;
            }
            Ok(*job.id.get_or_insert(fresh))
        })
    }

    /// `C_AsyncJoin`: the operation goes on in this session, with this buffer.
    ///
    /// # Errors
    /// `CKR_SAVED_STATE_INVALID`, `CKR_BUFFER_TOO_SMALL`, `CKR_OPERATION_ACTIVE`; the operation stays
    /// where it is.
    pub fn async_join(
        &self,
        session: SessionHandle,
        function: &str,
        id: u64,
        buffer: Buffer,
    ) -> Result<()> {
        let open = self.open(session)?;
        if !open.session.is_async {
            return Err(invalid("the session is not asynchronous"));
        }
        let function = Function::named(function)
            .ok_or_else(|| invalid("the function is none that can be pending"))?;
        let suits = |job: &Job| {
            if job.function != function || job.id != Some(id) {
                return Err(invalid("no operation of this function has this number"));
            }
            let needed = job.needed();
            if buffer.room < needed {
                return Err(Error::BufferTooSmall { needed });
            }
            Ok(())
        };
        let mut job = match self.take_saved(&open, id, suits)? {
            Some(job) => job,
            None => self.take_running(&open, id, function, suits)?,
        };
        if function.fills_buffer() {
            job.delivery = Delivery::Into(buffer);
        }
        let Err(mut refused) = open.session.operations(|all| all.keep(job)) else {
            return Ok(());
        };
        if function.fills_buffer() {
            refused.delivery = Delivery::Nowhere;
        }
        self.save(&open, *refused);
        Err(Error::OperationActive(
            "an operation of this kind is active in this session".into(),
        ))
    }

    /// An operation of a closed session.
    fn take_saved(
        &self,
        open: &Open,
        id: u64,
        suits: impl Fn(&Job) -> Result<()>,
    ) -> Result<Option<Job>> {
        let serial = open.token.record()?.serial;
        let mut saved = lock(&self.saved);
        let Some(found) = saved.0.get(&id) else {
            return Ok(None);
        };
        suits(&found.job)?;
        if found.slot != open.session.slot || found.serial != serial {
            return Err(invalid("the operation belongs to another token"));
        }
        // SPEC: who joins must be logged in as the one who began it.
        if found.job.actor != open.token.actor() {
            return Err(invalid("the operation was begun under another login"));
        }
        Ok(saved.0.remove(&id).map(|found| found.job))
    }

    /// An operation of a session that is still open with the same token.
    fn take_running(
        &self,
        open: &Open,
        id: u64,
        function: Function,
        suits: impl Fn(&Job) -> Result<()>,
    ) -> Result<Job> {
        let slot = open.session.slot;
        for number in self.sessions.numbers(|open| open.session.slot == slot) {
            let Some(other) = self.sessions.find(number) else {
                continue;
            };
            let taken = other
                .session
                .operations(|all| match all.jobs.get(&function) {
                    Some(job) if job.id == Some(id) => {
                        suits(job)?;
                        Ok(all.take_job(function))
                    }
                    Some(_) | None => Ok(None),
                })?;
            if let Some(job) = taken {
                return Ok(job);
            }
        }
        Err(invalid("no operation of this function has this number"))
    }

    /// The session ends, or its user logs out: what has a number stays.
    pub(super) fn detach_saved(&self, open: &Open) {
        if !open.session.is_async {
            return;
        }
        for job in open.session.operations(|all| all.take_saved_jobs()) {
            self.save(open, job);
        }
    }

    fn save(&self, open: &Open, mut job: Job) {
        // Of a token that has gone, nothing is left to join.
        let (Some(id), Ok(record)) = (job.id, open.token.record()) else {
            return;
        };
        if job.function.fills_buffer() {
            job.delivery = Delivery::Nowhere;
        }
        let job = SavedJob {
            job,
            slot: open.session.slot,
            serial: record.serial,
        };
        lock(&self.saved).0.insert(id, job);
    }

    /// The token of this slot is made anew, or gone.
    pub(super) fn forget_saved(&self, slot: SlotId) {
        lock(&self.saved).0.retain(|_, saved| saved.slot != slot);
    }

    /// Takes what outlives `C_Finalize` out of an ended module.
    #[must_use]
    pub fn leave_saved(&self) -> Saved {
        core::mem::take(&mut *lock(&self.saved))
    }

    /// Takes over what an ended module of this process left.
    pub fn inherit_saved(&self, saved: Saved) {
        *lock(&self.saved) = saved;
    }
}
