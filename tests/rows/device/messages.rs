// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encryption, decryption, signatures and checks message by message.
//!
//! Source: PKCS#11 v3.2, "Message-based encryption functions" and those after it.

use std::cell::Cell;
use std::ffi::c_void;

use cryptoki_sys::{
    CK_CCM_MESSAGE_PARAMS, CK_GCM_MESSAGE_PARAMS, CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS,
    CK_ULONG, CKG_NO_GENERATE,
};
use keystead::error::Result;
use keystead::mechanism::{Mechanism, Params};
use keystead::module::{Reply, Room};
use keystead::pkcs11::flag::{
    CKF_MESSAGE_DECRYPT, CKF_MESSAGE_ENCRYPT, CKF_MESSAGE_SIGN, CKF_MESSAGE_VERIFY,
};
use keystead::pkcs11::mechanism::{CKM_AES_CCM, CKM_CHACHA20_POLY1305};
use keystead::pkcs11::{ObjectHandle, SessionHandle};

use super::c_params::Given;
use super::errors::check;
use super::ledger::answered;
use super::library::call;
use super::operation::{answer, input};
use super::token::Module;

type Request<'a> = (&'static Mechanism, &'a Params<'a>);

/// The parameter of one message.
enum Parameter {
    Gcm(Cell<CK_GCM_MESSAGE_PARAMS>),
    Ccm(Cell<CK_CCM_MESSAGE_PARAMS>),
    ChaChaPoly(Cell<CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS>),
}

impl Parameter {
    fn new(row: &Mechanism, nonce: &mut [u8], tag: &mut [u8], text: &[u8]) -> Self {
        if row.id == CKM_AES_CCM {
            return Self::Ccm(Cell::new(CK_CCM_MESSAGE_PARAMS {
                ulDataLen: text.len() as CK_ULONG,
                pNonce: nonce.as_mut_ptr(),
                ulNonceLen: nonce.len() as CK_ULONG,
                ulNonceFixedBits: 0,
                nonceGenerator: CKG_NO_GENERATE,
                pMAC: tag.as_mut_ptr(),
                ulMACLen: tag.len() as CK_ULONG,
            }));
        }
        if row.id == CKM_CHACHA20_POLY1305 {
            return Self::ChaChaPoly(Cell::new(CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS {
                pNonce: nonce.as_mut_ptr(),
                ulNonceLen: nonce.len() as CK_ULONG,
                pTag: tag.as_mut_ptr(),
            }));
        }
        Self::Gcm(Cell::new(CK_GCM_MESSAGE_PARAMS {
            pIv: nonce.as_mut_ptr(),
            ulIvLen: nonce.len() as CK_ULONG,
            ulIvFixedBits: 0,
            ivGenerator: CKG_NO_GENERATE,
            pTag: tag.as_mut_ptr(),
            ulTagBits: tag.len() as CK_ULONG * 8,
        }))
    }

    /// The structure and its length.
    fn raw(&self) -> (*mut c_void, CK_ULONG) {
        match self {
            Self::Gcm(gcm) => (gcm.as_ptr().cast(), size_of_val(gcm) as CK_ULONG),
            Self::Ccm(ccm) => (ccm.as_ptr().cast(), size_of_val(ccm) as CK_ULONG),
            Self::ChaChaPoly(poly) => (poly.as_ptr().cast(), size_of_val(poly) as CK_ULONG),
        }
    }
}

fn bytes(reply: Reply) -> Vec<u8> {
    match reply {
        Reply::Bytes(bytes) => bytes.expose().to_vec(),
        Reply::Length(_) => panic!("a length"),
    }
}

impl Module {
    /// Text and tag of one message, encrypted and authenticated in a process of its own.
    pub(crate) fn encrypt_message(
        &self,
        session: SessionHandle,
        row: &'static Mechanism,
        key: ObjectHandle,
        (nonce, aad, tag_len): (&[u8], &[u8], usize),
        text: &[u8],
    ) -> Result<(Vec<u8>, Vec<u8>)> {
        let given = Given::new(row, &Params::None);
        check(call!(C_MessageEncryptInit(
            session.0,
            given.pointer(),
            key.0
        )))?;
        let (mut nonce, mut tag) = (nonce.to_vec(), vec![0; tag_len]);
        let params = Parameter::new(row, &mut nonce, &mut tag, text);
        let (data, len) = params.raw();
        let ((aad, aad_len), room) = (input(aad), Room::Bytes(text.len()));
        let (text, text_len) = input(text);
        let made = answer(room, |out, out_len| {
            call!(C_EncryptMessage(
                session.0, data, len, aad, aad_len, text, text_len, out, out_len
            ))
        });
        check(call!(C_MessageEncryptFinal(session.0)))?;
        let made = bytes(made?);
        answered(row.id, CKF_MESSAGE_ENCRYPT);
        Ok((made, tag))
    }

    /// The text of one message, decrypted and authenticated in a process of its own.
    pub(crate) fn decrypt_message(
        &self,
        session: SessionHandle,
        row: &'static Mechanism,
        key: ObjectHandle,
        (nonce, aad): (&[u8], &[u8]),
        (text, tag): (&[u8], &[u8]),
    ) -> Result<Vec<u8>> {
        let given = Given::new(row, &Params::None);
        check(call!(C_MessageDecryptInit(
            session.0,
            given.pointer(),
            key.0
        )))?;
        let (mut nonce, mut tag) = (nonce.to_vec(), tag.to_vec());
        let params = Parameter::new(row, &mut nonce, &mut tag, text);
        let (data, len) = params.raw();
        let ((aad, aad_len), room) = (input(aad), Room::Bytes(text.len()));
        let (text, text_len) = input(text);
        let made = answer(room, |out, out_len| {
            call!(C_DecryptMessage(
                session.0, data, len, aad, aad_len, text, text_len, out, out_len
            ))
        });
        check(call!(C_MessageDecryptFinal(session.0)))?;
        let made = bytes(made?);
        answered(row.id, CKF_MESSAGE_DECRYPT);
        Ok(made)
    }

    /// `C_MessageSignInit`, `C_SignMessage`, `C_MessageSignFinal`
    pub(crate) fn sign_message(
        &self,
        session: SessionHandle,
        (row, params): Request<'_>,
        key: ObjectHandle,
        message: &[u8],
    ) -> Result<Vec<u8>> {
        let given = Given::new(row, params);
        check(call!(C_MessageSignInit(session.0, given.pointer(), key.0)))?;
        let (message, len) = input(message);
        let nothing = std::ptr::null_mut();
        let sign = |room| {
            answer(room, |out, out_len| {
                call!(C_SignMessage(
                    session.0, nothing, 0, message, len, out, out_len
                ))
            })
        };
        let made = sign(Room::Query).and_then(|reply| match reply {
            Reply::Length(len) => sign(Room::Bytes(len)),
            Reply::Bytes(_) => panic!("bytes"),
        });
        check(call!(C_MessageSignFinal(session.0)))?;
        let made = bytes(made?);
        answered(row.id, CKF_MESSAGE_SIGN);
        Ok(made)
    }

    /// `C_MessageVerifyInit`, `C_VerifyMessage`, `C_MessageVerifyFinal`
    pub(crate) fn verify_message(
        &self,
        session: SessionHandle,
        (row, params): Request<'_>,
        key: ObjectHandle,
        message: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let given = Given::new(row, params);
        check(call!(C_MessageVerifyInit(
            session.0,
            given.pointer(),
            key.0
        )))?;
        let ((message, len), (signature, signature_len)) = (input(message), input(signature));
        let nothing = std::ptr::null_mut();
        let rv = call!(C_VerifyMessage(
            session.0,
            nothing,
            0,
            message,
            len,
            signature,
            signature_len
        ));
        check(call!(C_MessageVerifyFinal(session.0)))?;
        check(rv)?;
        answered(row.id, CKF_MESSAGE_VERIFY);
        Ok(())
    }
}
