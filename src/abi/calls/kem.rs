// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key encapsulation.
//!
//! Source: PKCS#11 v3.2, "Key management functions".

use super::asynchronous;
use crate::abi::output::{Output, Place};
use crate::abi::trace::told;
use crate::abi::types::{
    CK_ATTRIBUTE, CK_BYTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};
use crate::abi::{guard, input, params, template};
use crate::error::Error;
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::{Function, Reply, Room};

/// `C_EncapsulateKey`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Key management functions", says it is, for the time
/// of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_EncapsulateKey(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    public_key: CK_OBJECT_HANDLE,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
    ciphertext: *mut CK_BYTE,
    ciphertext_len: *mut CK_ULONG,
    key: *mut CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Mechanism(mechanism),
        Number("hPublicKey", public_key),
        Template("pTemplate", template, count),
        Output("pCiphertext", ciphertext.cast(), ciphertext_len),
        Made("phKey", key)
    ];
    guard::call("C_EncapsulateKey", told, |module| {
        // SAFETY: the application's promise for this call.
        let output = unsafe { Output::new(ciphertext, ciphertext_len) }?;
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::request(mechanism) }?;
        // SAFETY: the application's promise for this call.
        let template = unsafe { template::read(template, count) }?;
        // A length query makes no key, so it needs no place for one.
        let place = match output.room() {
            Room::Query => None,
            // SAFETY: the application's promise for this call.
            Room::Bytes(_) => Some(unsafe { Place::new(key, "phKey is NULL") }?),
        };
        let (mechanism, params) = request.pair();
        let made = module.encapsulate_key(
            SessionHandle(session),
            mechanism,
            params,
            ObjectHandle(public_key),
            &template,
            output.room(),
        );
        match (made, place) {
            (Ok((ciphertext, handle)), Some(place)) => {
                output.put(Ok(Reply::Bytes(ciphertext)))?;
                place.put(handle.0);
                Ok(())
            }
            (Err(Error::BufferTooSmall { needed }), None) => output.put_len(needed),
            (Err(error), _) => {
                let error = output.needing(error);
                asynchronous::note(module, session, Function::EncapsulateKey, &output, &error);
                Err(error)
            }
            (Ok(_), None) => Err(Error::GeneralError(
                "a length query of C_EncapsulateKey made a key".into(),
            )),
        }
    })
}

/// `C_DecapsulateKey`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Key management functions", says it is, for the time
/// of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DecapsulateKey(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    private_key: CK_OBJECT_HANDLE,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
    ciphertext: *mut CK_BYTE,
    ciphertext_len: CK_ULONG,
    key: *mut CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Mechanism(mechanism),
        Number("hPrivateKey", private_key),
        Template("pTemplate", template, count),
        Bytes("pCiphertext", ciphertext.cast(), ciphertext_len),
        Made("phKey", key)
    ];
    guard::call("C_DecapsulateKey", told, |module| {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(key, "phKey is NULL") }?;
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::request(mechanism) }?;
        // SAFETY: the application's promise for this call.
        let template = unsafe { template::read(template, count) }?;
        // SAFETY: the application's promise for this call.
        let ciphertext = unsafe { input::bytes(ciphertext, ciphertext_len) }?;
        let (mechanism, params) = request.pair();
        let made = module.decapsulate_key(
            SessionHandle(session),
            mechanism,
            params,
            ObjectHandle(private_key),
            &template,
            ciphertext,
        )?;
        place.put(made.0);
        Ok(())
    })
}
