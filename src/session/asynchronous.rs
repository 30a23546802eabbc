// SPDX-License-Identifier: MIT OR Apache-2.0
//! Operations of asynchronous sessions between their call and `C_AsyncComplete`.
//!
//! The library has no thread of its own: the work is done in the call, and its outcome waits here.
//! Source: PKCS#11 v3.2, "Asynchronous function management functions".

use core::fmt;
use std::collections::BTreeMap;

use super::Operations;
use super::slot::{Slot, occupied};
use crate::error::{Error, Result};
use crate::object::{Actor, AttributeMap, Kind};
use crate::pkcs11::flag::{
    CKF_DECAPSULATE, CKF_DECRYPT, CKF_DERIVE, CKF_DIGEST, CKF_ENCAPSULATE, CKF_ENCRYPT,
    CKF_GENERATE, CKF_GENERATE_KEY_PAIR, CKF_SIGN, CKF_SIGN_RECOVER, CKF_UNWRAP, CKF_VERIFY,
    CKF_VERIFY_RECOVER, CKF_WRAP,
};
use crate::secret::SecretBytes;

/// Whether a function fills a variable-length buffer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fills {
    Buffer,
    Nothing,
}

/// Makes the list of functions from one table: name, operation, buffer.
macro_rules! functions {
    ($($variant:ident = $name:literal, $flag:ident, $fills:ident;)+) => {
        /// A function that may answer `CKR_PENDING`.
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        pub enum Function {
            $(
                #[doc = concat!("`", $name, "`")]
                $variant,
            )+
        }

        impl Function {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its name, as `pFunctionName` has it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The kind of its operation, as `C_SessionCancel` names it.
            #[must_use]
            pub const fn operation(self) -> u64 {
                match self {
                    $(Self::$variant => $flag,)+
                }
            }

            /// Whether its output goes into a buffer of the application.
            #[must_use]
            pub const fn fills_buffer(self) -> bool {
                match self {
                    $(Self::$variant => matches!(Fills::$fills, Fills::Buffer),)+
                }
            }
        }
    };
}

// SPEC: a token "may return CKR_PENDING"; here it is every function that ends an operation or makes
// keys and whose result CK_ASYNC_DATA can hold. Init and Update functions, messages and what also
// writes to its mechanism's parameter are answered at once.
functions! {
    Encrypt = "C_Encrypt", CKF_ENCRYPT, Buffer;
    EncryptFinal = "C_EncryptFinal", CKF_ENCRYPT, Buffer;
    Decrypt = "C_Decrypt", CKF_DECRYPT, Buffer;
    DecryptFinal = "C_DecryptFinal", CKF_DECRYPT, Buffer;
    Digest = "C_Digest", CKF_DIGEST, Buffer;
    DigestFinal = "C_DigestFinal", CKF_DIGEST, Buffer;
    Sign = "C_Sign", CKF_SIGN, Buffer;
    SignFinal = "C_SignFinal", CKF_SIGN, Buffer;
    SignRecover = "C_SignRecover", CKF_SIGN_RECOVER, Buffer;
    Verify = "C_Verify", CKF_VERIFY, Nothing;
    VerifyFinal = "C_VerifyFinal", CKF_VERIFY, Nothing;
    VerifyRecover = "C_VerifyRecover", CKF_VERIFY_RECOVER, Buffer;
    VerifySignature = "C_VerifySignature", CKF_VERIFY, Nothing;
    VerifySignatureFinal = "C_VerifySignatureFinal", CKF_VERIFY, Nothing;
    GenerateKey = "C_GenerateKey", CKF_GENERATE, Nothing;
    GenerateKeyPair = "C_GenerateKeyPair", CKF_GENERATE_KEY_PAIR, Nothing;
    WrapKey = "C_WrapKey", CKF_WRAP, Buffer;
    UnwrapKey = "C_UnwrapKey", CKF_UNWRAP, Nothing;
    UnwrapKeyAuthenticated = "C_UnwrapKeyAuthenticated", CKF_UNWRAP, Nothing;
    DeriveKey = "C_DeriveKey", CKF_DERIVE, Nothing;
    EncapsulateKey = "C_EncapsulateKey", CKF_ENCAPSULATE, Buffer;
    DecapsulateKey = "C_DecapsulateKey", CKF_DECAPSULATE, Nothing;
}

impl Function {
    /// The function of this name, if it may answer `CKR_PENDING`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.name() == name)
    }
}

/// A buffer of the application. Only the boundary knows what the address means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Buffer {
    /// Where it begins.
    pub address: usize,
    /// How many bytes it has.
    pub room: usize,
}

/// Where the output of an operation goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Delivery {
    /// The function has no such output.
    NotNeeded,
    /// The call that began the operation is about to say.
    Expected,
    /// Here.
    Into(Buffer),
    /// Nowhere until `C_AsyncJoin` says: the application may have freed the buffer.
    Nowhere,
}

/// What an operation made.
#[derive(Debug, Default)]
pub struct Product {
    /// Output for a buffer.
    pub bytes: Option<SecretBytes>,
    /// Objects; they come to be when the operation is completed, in the session that completes it.
    pub objects: Vec<(&'static Kind, AttributeMap)>,
}

/// An operation that waits for `C_AsyncComplete`.
pub struct Job {
    /// The function that began it.
    pub function: Function,
    /// Who was logged in.
    pub actor: Actor,
    /// How it ends.
    pub outcome: Result<Product>,
    /// Where its output goes.
    pub delivery: Delivery,
    /// What `C_AsyncGetID` gave for it.
    pub id: Option<u64>,
    /// Whether it keeps its session from another operation of its kind.
    holds: bool,
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("function", &self.function)
            .field("delivery", &self.delivery)
            .finish_non_exhaustive()
    }
}

impl Job {
    /// An operation that has just been begun.
    #[must_use]
    pub const fn new(function: Function, actor: Actor, outcome: Result<Product>) -> Self {
        let delivery = if function.fills_buffer() {
            Delivery::Expected
        } else {
            Delivery::NotNeeded
        };
        Self {
            function,
            actor,
            outcome,
            delivery,
            id: None,
            holds: false,
        }
    }

    /// How many bytes its buffer must have.
    #[must_use]
    pub fn needed(&self) -> usize {
        let product = self.outcome.as_ref().ok();
        let bytes = product.and_then(|product| product.bytes.as_ref());
        bytes.map_or(0, SecretBytes::len)
    }

    /// Whether `C_AsyncComplete` has something to tell beside the return code.
    #[must_use]
    pub fn has_result(&self) -> bool {
        let product = self.outcome.as_ref().ok();
        product.is_some_and(|product| product.bytes.is_some() || !product.objects.is_empty())
    }

    /// Checks that the buffer is there and large enough.
    ///
    /// # Errors
    /// `CKR_PENDING` while the call that began it still runs, `CKR_BUFFER_TOO_SMALL`
    pub fn deliverable(&self) -> Result<()> {
        let needed = self.needed();
        match self.delivery {
            Delivery::Expected => Err(pending()),
            Delivery::NotNeeded => Ok(()),
            Delivery::Into(buffer) if buffer.room >= needed => Ok(()),
            Delivery::Nowhere if needed == 0 => Ok(()),
            Delivery::Into(_) | Delivery::Nowhere => Err(Error::BufferTooSmall { needed }),
        }
    }
}

/// The answer of a function whose operation goes on.
pub fn pending() -> Error {
    Error::Pending("the session is asynchronous; C_AsyncComplete gives the result".into())
}

/// The pending operations of one session, by function.
pub type Jobs = BTreeMap<Function, Job>;

impl Operations {
    /// Checks that nothing of the same kind is pending; kinds that have a place in the session are
    /// refused there.
    ///
    /// # Errors
    /// `CKR_OPERATION_ACTIVE`
    pub fn none_pending(&self, function: Function) -> Result<()> {
        let mut jobs = self.jobs.keys();
        if jobs.any(|job| job.operation() == function.operation()) {
            return Err(occupied());
        }
        Ok(())
    }

    /// Keeps a job until it is completed; nothing else of its kind can begin.
    ///
    /// # Errors
    /// The job itself, when an operation of its kind is active.
    pub fn keep(&mut self, mut job: Job) -> core::result::Result<(), Box<Job>> {
        let is_free = match self.occupy(job.function) {
            None => self.none_pending(job.function).is_ok(),
            Some(is_free) => {
                job.holds = is_free;
                is_free
            }
        };
        if !is_free {
            return Err(Box::new(job));
        }
        self.jobs.insert(job.function, job);
        Ok(())
    }

    /// Takes a job out: it is completed, or it goes elsewhere.
    pub fn take_job(&mut self, function: Function) -> Option<Job> {
        let job = self.jobs.remove(&function)?;
        if job.holds {
            self.vacate(function);
        }
        Some(job)
    }

    /// `C_SessionCancel`: drops the pending operations that `flags` name.
    pub fn drop_jobs(&mut self, flags: u64) {
        let named = |function: &&Function| function.operation() & flags != 0;
        let functions: Vec<Function> = self.jobs.keys().filter(named).copied().collect();
        for function in functions {
            drop(self.take_job(function));
        }
    }

    /// Takes out what outlives the session: the jobs whose number the application has.
    pub fn take_saved_jobs(&mut self) -> Vec<Job> {
        let is_saved = |job: &&Job| job.id.is_some();
        let saved: Vec<Function> = self
            .jobs
            .values()
            .filter(is_saved)
            .map(|job| job.function)
            .collect();
        let taken = saved.into_iter().filter_map(|saved| self.take_job(saved));
        taken.collect()
    }

    /// Marks the place of a function's operation as taken; `None` when it has none.
    fn occupy(&mut self, function: Function) -> Option<bool> {
        self.with_place(function, |place| {
            let is_free = !place.is_active();
            if is_free {
                place.set_busy();
            }
            is_free
        })
    }

    fn vacate(&mut self, function: Function) {
        let _ = self.with_place(function, |place| place.set_idle());
    }

    fn with_place<R>(
        &mut self,
        function: Function,
        look: impl FnOnce(&mut dyn Place) -> R,
    ) -> Option<R> {
        let place: &mut dyn Place = match function {
            Function::Encrypt | Function::EncryptFinal => &mut self.encrypt,
            Function::Decrypt | Function::DecryptFinal => &mut self.decrypt,
            Function::Digest | Function::DigestFinal => &mut self.digest,
            Function::Sign | Function::SignFinal => &mut self.sign,
            Function::SignRecover => &mut self.sign_recover,
            Function::Verify | Function::VerifyFinal => &mut self.verify,
            Function::VerifyRecover => &mut self.verify_recover,
            Function::VerifySignature | Function::VerifySignatureFinal => {
                &mut self.verify_signature
            }
            Function::GenerateKey
            | Function::GenerateKeyPair
            | Function::WrapKey
            | Function::UnwrapKey
            | Function::UnwrapKeyAuthenticated
            | Function::DeriveKey
            | Function::EncapsulateKey
            | Function::DecapsulateKey => return None,
        };
        Some(look(place))
    }
}

/// A place for an operation, whatever its kind.
trait Place {
    fn is_active(&self) -> bool;
    fn set_busy(&mut self);
    fn set_idle(&mut self);
}

impl<Op> Place for Slot<Op> {
    fn is_active(&self) -> bool {
        Self::is_active(self)
    }

    fn set_busy(&mut self) {
        *self = Self::Busy;
    }

    fn set_idle(&mut self) {
        *self = Self::Idle;
    }
}
