// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every operation one session can hold at once, one place each.
//!
//! Source: PKCS#11 v3.2, "Session management functions", `C_SessionCancel`.

use super::asynchronous::Jobs;
use super::{Decrypting, Encrypting, Search, Signed, Signing, Slot, Verifying};
use crate::error::{Error, Result};
use crate::mechanism::{Accumulate, Check, Transform};
use crate::pkcs11::MechanismType;
use crate::pkcs11::flag::{
    CKF_DECRYPT, CKF_DIGEST, CKF_ENCRYPT, CKF_FIND_OBJECTS, CKF_MESSAGE_DECRYPT,
    CKF_MESSAGE_ENCRYPT, CKF_MESSAGE_SIGN, CKF_MESSAGE_VERIFY, CKF_SIGN, CKF_SIGN_RECOVER,
    CKF_VERIFY, CKF_VERIFY_RECOVER,
};

/// Every operation of one session.
#[derive(Debug, Default)]
pub struct Operations {
    /// How often everything was ended at once; what was checked out before then does not come back.
    pub clears: u64,
    /// `C_FindObjectsInit`
    pub find: Option<Search>,
    /// `C_EncryptInit`
    pub encrypt: Slot<Box<dyn Transform>>,
    /// `C_DecryptInit`
    pub decrypt: Slot<Box<dyn Transform>>,
    /// `C_DigestInit`
    pub digest: Slot<Box<dyn Accumulate>>,
    /// The mechanism of `digest`
    pub digest_mechanism: Option<MechanismType>,
    /// `C_SignInit`
    pub sign: Slot<Box<dyn Accumulate>>,
    /// `C_SignRecoverInit`
    pub sign_recover: Slot<Box<dyn Transform>>,
    /// `C_VerifyInit`
    pub verify: Slot<Box<dyn Check>>,
    /// `C_VerifyRecoverInit`
    pub verify_recover: Slot<Box<dyn Transform>>,
    /// `C_VerifySignatureInit`, which is given the signature first
    pub verify_signature: Slot<Signed>,
    /// `C_MessageEncryptInit`
    pub message_encrypt: Slot<Encrypting>,
    /// `C_MessageDecryptInit`
    pub message_decrypt: Slot<Decrypting>,
    /// `C_MessageSignInit`
    pub message_sign: Slot<Signing>,
    /// `C_MessageVerifyInit`
    pub message_verify: Slot<Verifying>,
    /// What waits for `C_AsyncComplete`
    pub jobs: Jobs,
}

/// One kind of operation: its place, picked by type.
pub type Kind<Op> = fn(&mut Operations) -> &mut Slot<Op>;

impl Operations {
    /// `C_SessionCancel`: ends the operations that `flags` name, whether or not they are active.
    ///
    /// # Errors
    /// `CKR_OPERATION_CANCEL_FAILED` when one of them is being worked on; the others end.
    pub fn cancel(&mut self, flags: u64) -> Result<()> {
        let Self {
            clears: _,
            find,
            encrypt,
            decrypt,
            digest,
            digest_mechanism: _,
            sign,
            sign_recover,
            verify,
            verify_recover,
            verify_signature,
            message_encrypt,
            message_decrypt,
            message_sign,
            message_verify,
            // A bad call ends the operation it was meant for, but no other that has its result.
            jobs: _,
        } = self;
        if flags & CKF_FIND_OBJECTS != 0 {
            *find = None;
        }
        let outcomes = [
            cancel_if(flags, CKF_ENCRYPT, encrypt),
            cancel_if(flags, CKF_DECRYPT, decrypt),
            cancel_if(flags, CKF_DIGEST, digest),
            cancel_if(flags, CKF_SIGN, sign),
            cancel_if(flags, CKF_SIGN_RECOVER, sign_recover),
            cancel_if(flags, CKF_VERIFY, verify),
            cancel_if(flags, CKF_VERIFY, verify_signature),
            cancel_if(flags, CKF_VERIFY_RECOVER, verify_recover),
            cancel_if(flags, CKF_MESSAGE_ENCRYPT, message_encrypt),
            cancel_if(flags, CKF_MESSAGE_DECRYPT, message_decrypt),
            cancel_if(flags, CKF_MESSAGE_SIGN, message_sign),
            cancel_if(flags, CKF_MESSAGE_VERIFY, message_verify),
        ];
        outcomes.into_iter().collect()
    }

    /// Ends everything that nobody works on: the session closes, or its user logs out.
    pub fn clear(&mut self) {
        // What is being worked on ends when its thread brings it back.
        self.clears = self.clears.wrapping_add(1);
        self.drop_jobs(u64::MAX);
        let _ = self.cancel(u64::MAX);
    }

    /// Whether an operation is active whose state may not leave.
    #[must_use]
    pub const fn has_unsaveable(&self) -> bool {
        self.encrypt.is_active()
            || self.decrypt.is_active()
            || self.sign.is_active()
            || self.verify.is_active()
            || self.sign_recover.is_active()
            || self.verify_recover.is_active()
            || self.verify_signature.is_active()
            || self.message_encrypt.is_active()
            || self.message_decrypt.is_active()
            || self.message_sign.is_active()
            || self.message_verify.is_active()
    }

    /// Whether an operation waits for `C_Login` with `CKU_CONTEXT_SPECIFIC`.
    #[must_use]
    pub const fn wants_consent(&self) -> bool {
        self.sign.wants_consent()
            || self.decrypt.wants_consent()
            || self.sign_recover.wants_consent()
            || self.message_sign.wants_consent()
            || self.message_decrypt.wants_consent()
    }

    /// Notes the user's consent for the operations that wait for it.
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`
    pub fn give_consent(&mut self) -> Result<()> {
        if !self.wants_consent() {
            return Err(Error::OperationNotInitialized(
                "no operation waits for a context-specific login".into(),
            ));
        }
        self.sign.give_consent();
        self.decrypt.give_consent();
        self.sign_recover.give_consent();
        self.message_sign.give_consent();
        self.message_decrypt.give_consent();
        Ok(())
    }
}

impl Operations {
    /// Ends the messages of several parts that `flags` name; their processes go on.
    pub fn abandon_messages(&mut self, flags: u64) {
        if flags & CKF_MESSAGE_ENCRYPT != 0 {
            self.message_encrypt.abandon_message();
        }
        if flags & CKF_MESSAGE_DECRYPT != 0 {
            self.message_decrypt.abandon_message();
        }
        if flags & CKF_MESSAGE_SIGN != 0 {
            self.message_sign.abandon_message();
        }
        if flags & CKF_MESSAGE_VERIFY != 0 {
            self.message_verify.abandon_message();
        }
    }
}

fn cancel_if<Op>(flags: u64, flag: u64, slot: &mut Slot<Op>) -> Result<()> {
    if flags & flag == 0 {
        return Ok(());
    }
    slot.cancel()
}
