// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encryption, decryption, digests, signatures and their checks.
//!
//! Source: PKCS#11 v3.2, "Encryption functions" to "Functions for verifying signatures and MACs".

use cryptoki_sys::{CK_RV, CK_ULONG, CKR_BUFFER_TOO_SMALL};
use keystead::error::{Error, Result};
use keystead::mechanism::{Mechanism, Params};
use keystead::module::{Reply, Room};
use keystead::pkcs11::flag::{
    CKF_DECRYPT, CKF_DIGEST, CKF_ENCRYPT, CKF_SIGN, CKF_SIGN_RECOVER, CKF_VERIFY,
    CKF_VERIFY_RECOVER,
};
use keystead::pkcs11::{MechanismType, ObjectHandle, SessionHandle};
use keystead::secret::SecretBytes;

use super::c_params::Given;
use super::errors::check;
use super::ledger::answered;
use super::library::call;
use super::token::Module;

type Request<'a> = Option<(&'static Mechanism, &'a Params<'a>)>;

/// Which way a cipher goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Flow {
    Encrypt,
    Decrypt,
}

impl Flow {
    const fn flag(self) -> u64 {
        match self {
            Self::Encrypt => CKF_ENCRYPT,
            Self::Decrypt => CKF_DECRYPT,
        }
    }
}

/// A pointer that a C function reads from.
pub(super) fn input(bytes: &[u8]) -> (*mut u8, CK_ULONG) {
    (bytes.as_ptr().cast_mut(), bytes.len() as CK_ULONG)
}

/// The length or the bytes that a function gives for this room.
pub(super) fn answer(room: Room, call: impl Fn(*mut u8, *mut CK_ULONG) -> CK_RV) -> Result<Reply> {
    let Room::Bytes(offered) = room else {
        let mut len = 0;
        check(call(std::ptr::null_mut(), &mut len))?;
        return Ok(Reply::Length(len as usize));
    };
    let mut buffer = vec![0; offered];
    let mut len = offered as CK_ULONG;
    let rv = call(buffer.as_mut_ptr(), &mut len);
    if rv == CKR_BUFFER_TOO_SMALL {
        return Err(Error::BufferTooSmall {
            needed: len as usize,
        });
    }
    check(rv)?;
    Ok(Reply::Bytes(SecretBytes::from_slice(
        &buffer[..len as usize],
    )))
}

/// Notes the mechanism of what starts; the functions that follow do not name it.
impl Module {
    fn started(&self, session: SessionHandle, flag: u64, id: MechanismType) {
        let mut active = self.active.lock().unwrap();
        active.insert((session.0, flag), id);
    }

    /// Notes an answer of what is active.
    fn done<T>(&self, session: SessionHandle, flag: u64, outcome: Result<T>) -> Result<T> {
        let active = self.active.lock().unwrap();
        if let (Ok(_), Some(id)) = (&outcome, active.get(&(session.0, flag))) {
            answered(*id, flag);
        }
        outcome
    }
}

/// The functions that start something with a key.
macro_rules! starts {
    ($($method:ident, $start:ident = $function:ident, $flag:ident;)+) => {
        impl Module {
            $(pub(crate) fn $method(
                &self,
                session: SessionHandle,
                request: Request<'_>,
                key: ObjectHandle,
            ) -> Result<()> {
                let (row, params) = request.unwrap();
                self.$start(session, &Given::new(row, params), key)
            }

            pub(crate) fn $start(
                &self,
                session: SessionHandle,
                given: &Given,
                key: ObjectHandle,
            ) -> Result<()> {
                check(call!($function(session.0, given.pointer(), key.0)))?;
                self.started(session, $flag, given.id());
                Ok(())
            })+
        }
    };
}

starts! {
    encrypt_init, encrypt_start = C_EncryptInit, CKF_ENCRYPT;
    decrypt_init, decrypt_start = C_DecryptInit, CKF_DECRYPT;
    sign_init, sign_start = C_SignInit, CKF_SIGN;
    verify_init, verify_start = C_VerifyInit, CKF_VERIFY;
    sign_recover_init, sign_recover_start = C_SignRecoverInit, CKF_SIGN_RECOVER;
    verify_recover_init, verify_recover_start = C_VerifyRecoverInit, CKF_VERIFY_RECOVER;
}

/// The functions with input and output.
macro_rules! transforms {
    ($($method:ident = $function:ident, $flag:ident;)+) => {
        impl Module {
            $(pub(crate) fn $method(
                &self,
                session: SessionHandle,
                bytes: &[u8],
                room: Room,
            ) -> Result<Reply> {
                let (bytes, len) = input(bytes);
                let reply = answer(room, |out, out_len| {
                    call!($function(session.0, bytes, len, out, out_len))
                });
                self.done(session, $flag, reply)
            })+
        }
    };
}

transforms! {
    encrypt = C_Encrypt, CKF_ENCRYPT;
    encrypt_update = C_EncryptUpdate, CKF_ENCRYPT;
    decrypt = C_Decrypt, CKF_DECRYPT;
    decrypt_update = C_DecryptUpdate, CKF_DECRYPT;
    digest = C_Digest, CKF_DIGEST;
    sign = C_Sign, CKF_SIGN;
    sign_recover = C_SignRecover, CKF_SIGN_RECOVER;
    verify_recover = C_VerifyRecover, CKF_VERIFY_RECOVER;
}

/// The functions with output only.
macro_rules! ends {
    ($($method:ident = $function:ident, $flag:ident;)+) => {
        impl Module {
            $(pub(crate) fn $method(
                &self,
                session: SessionHandle,
                room: Room,
            ) -> Result<Reply> {
                let reply = answer(room, |out, len| call!($function(session.0, out, len)));
                self.done(session, $flag, reply)
            })+
        }
    };
}

ends! {
    encrypt_final = C_EncryptFinal, CKF_ENCRYPT;
    decrypt_final = C_DecryptFinal, CKF_DECRYPT;
    digest_final = C_DigestFinal, CKF_DIGEST;
    sign_final = C_SignFinal, CKF_SIGN;
}

/// The functions with input only.
macro_rules! updates {
    ($($method:ident = $function:ident;)+) => {
        impl Module {
            $(pub(crate) fn $method(&self, session: SessionHandle, part: &[u8]) -> Result<()> {
                let (part, len) = input(part);
                check(call!($function(session.0, part, len)))
            })+
        }
    };
}

updates! {
    digest_update = C_DigestUpdate;
    sign_update = C_SignUpdate;
    verify_update = C_VerifyUpdate;
}

impl Module {
    pub(crate) fn digest_init(&self, session: SessionHandle, request: Request<'_>) -> Result<()> {
        let (row, params) = request.unwrap();
        let given = Given::new(row, params);
        check(call!(C_DigestInit(session.0, given.pointer())))?;
        self.started(session, CKF_DIGEST, row.id);
        Ok(())
    }

    pub(crate) fn verify(
        &self,
        session: SessionHandle,
        message: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let ((message, len), (signature, signature_len)) = (input(message), input(signature));
        let rv = call!(C_Verify(session.0, message, len, signature, signature_len));
        self.done(session, CKF_VERIFY, check(rv))
    }

    pub(crate) fn verify_final(&self, session: SessionHandle, signature: &[u8]) -> Result<()> {
        let (signature, len) = input(signature);
        let rv = call!(C_VerifyFinal(session.0, signature, len));
        self.done(session, CKF_VERIFY, check(rv))
    }

    /// `C_VerifySignatureInit` and `C_VerifySignature`.
    pub(crate) fn verify_signature(
        &self,
        session: SessionHandle,
        request: (&'static Mechanism, &Params<'_>),
        key: ObjectHandle,
        message: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let given = Given::new(request.0, request.1);
        let ((message, len), (signature, signature_len)) = (input(message), input(signature));
        let how = given.pointer();
        check(call!(C_VerifySignatureInit(
            session.0,
            how,
            key.0,
            signature,
            signature_len
        )))?;
        check(call!(C_VerifySignature(session.0, message, len)))
    }

    /// An update whose output overwrites its input: `room` bytes, of which `len` come in.
    pub(crate) fn update_in_place(
        &self,
        flow: Flow,
        session: SessionHandle,
        buffer: &mut [u8],
        len: usize,
    ) -> Result<usize> {
        let (place, mut out_len) = (buffer.as_mut_ptr(), buffer.len() as CK_ULONG);
        let len = len as CK_ULONG;
        let rv = match flow {
            Flow::Encrypt => call!(C_EncryptUpdate(session.0, place, len, place, &mut out_len)),
            Flow::Decrypt => call!(C_DecryptUpdate(session.0, place, len, place, &mut out_len)),
        };
        check(rv).map(|()| out_len as usize)
    }

    /// `C_Encrypt` or `C_Decrypt` whose output overwrites its input.
    pub(crate) fn single_in_place(
        &self,
        flow: Flow,
        session: SessionHandle,
        buffer: &mut [u8],
        len: usize,
    ) -> Result<usize> {
        let (place, mut out_len) = (buffer.as_mut_ptr(), buffer.len() as CK_ULONG);
        let len = len as CK_ULONG;
        let rv = match flow {
            Flow::Encrypt => call!(C_Encrypt(session.0, place, len, place, &mut out_len)),
            Flow::Decrypt => call!(C_Decrypt(session.0, place, len, place, &mut out_len)),
        };
        self.done(session, flow.flag(), check(rv))
            .map(|()| out_len as usize)
    }
}
