// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key generation, wrapping and derivation.
//!
//! Source: PKCS#11 v3.2, "Key management functions".

use super::asynchronous;
use crate::abi::output::{Output, Place};
use crate::abi::params::Direction;
use crate::abi::trace::told;
use crate::abi::types::{
    CK_ATTRIBUTE, CK_BYTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG,
};
use crate::abi::{guard, input, params, template};
use crate::module::{TagPlace, Unwrapping, Wrapping};
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::session::Function;

/// `C_GenerateKey`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Key management functions", says it is, for the time
/// of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GenerateKey(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
    key: *mut CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Mechanism(mechanism),
        Template("pTemplate", template, count),
        Made("phKey", key)
    ];
    guard::call("C_GenerateKey", told, |module| {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(key, "phKey is NULL") }?;
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::request(mechanism) }?;
        // SAFETY: the application's promise for this call.
        let template = unsafe { template::read(template, count) }?;
        let (mechanism, params) = request.pair();
        let made = module.generate_key(SessionHandle(session), mechanism, params, &template)?;
        place.put(made.0);
        Ok(())
    })
}

/// `C_GenerateKeyPair`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Key management functions", says it is, for the time
/// of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GenerateKeyPair(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    public_template: *mut CK_ATTRIBUTE,
    public_count: CK_ULONG,
    private_template: *mut CK_ATTRIBUTE,
    private_count: CK_ULONG,
    public_key: *mut CK_OBJECT_HANDLE,
    private_key: *mut CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Mechanism(mechanism),
        Template("pPublicKeyTemplate", public_template, public_count),
        Template("pPrivateKeyTemplate", private_template, private_count),
        Made("phPublicKey", public_key),
        Made("phPrivateKey", private_key)
    ];
    guard::call("C_GenerateKeyPair", told, |module| {
        // SAFETY: the application's promise for this call.
        let public_place = unsafe { Place::new(public_key, "phPublicKey is NULL") }?;
        // SAFETY: the application's promise for this call.
        let private_place = unsafe { Place::new(private_key, "phPrivateKey is NULL") }?;
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::request(mechanism) }?;
        // SAFETY: the application's promise for this call.
        let public = unsafe { template::read(public_template, public_count) }?;
        // SAFETY: the application's promise for this call.
        let private = unsafe { template::read(private_template, private_count) }?;
        let (mechanism, params) = request.pair();
        let session = SessionHandle(session);
        let made = module.generate_key_pair(session, mechanism, params, &public, &private)?;
        public_place.put(made.0.0);
        private_place.put(made.1.0);
        Ok(())
    })
}

/// `C_WrapKey`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Key management functions", says it is, for the time
/// of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_WrapKey(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    wrapping_key: CK_OBJECT_HANDLE,
    key: CK_OBJECT_HANDLE,
    wrapped: *mut CK_BYTE,
    wrapped_len: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Mechanism(mechanism),
        Number("hWrappingKey", wrapping_key),
        Number("hKey", key),
        Output("pWrappedKey", wrapped.cast(), wrapped_len)
    ];
    guard::call("C_WrapKey", told, |module| {
        // SAFETY: the application's promise for this call.
        let output = unsafe { Output::new(wrapped, wrapped_len) }?;
        // SAFETY: the application's promise for this call.
        let generated = unsafe { params::generated(mechanism, Direction::BeginSeal) }?;
        if let Some(given) = generated {
            let what = Wrapping {
                by: ObjectHandle(wrapping_key),
                key: ObjectHandle(key),
                aad: given.aad,
                tag: TagPlace::Behind,
            };
            let (row, params) = (given.mechanism, &given.message.params);
            let (session, room) = (SessionHandle(session), output.room());
            return match module.wrap_key_authenticated(session, row, params, what, room) {
                Ok((reply, beside)) => {
                    output.put(Ok(reply))?;
                    given.message.put(&beside)
                }
                Err(error) => Err(output.needing(error)),
            };
        }
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::request(mechanism) }?;
        let (mechanism, params) = request.pair();
        let reply = module.wrap_key(
            SessionHandle(session),
            mechanism,
            params,
            ObjectHandle(wrapping_key),
            ObjectHandle(key),
            output.room(),
        );
        asynchronous::put(module, session, Function::WrapKey, &output, reply)
    })
}

/// `C_UnwrapKey`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Key management functions", says it is, for the time
/// of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_UnwrapKey(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    unwrapping_key: CK_OBJECT_HANDLE,
    wrapped: *mut CK_BYTE,
    wrapped_len: CK_ULONG,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
    key: *mut CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Mechanism(mechanism),
        Number("hUnwrappingKey", unwrapping_key),
        Bytes("pWrappedKey", wrapped.cast(), wrapped_len),
        Template("pTemplate", template, count),
        Made("phKey", key)
    ];
    guard::call("C_UnwrapKey", told, |module| {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(key, "phKey is NULL") }?;
        // SAFETY: the application's promise for this call.
        let wrapped = unsafe { input::bytes(wrapped, wrapped_len) }?;
        // SAFETY: the application's promise for this call.
        let template = unsafe { template::read(template, count) }?;
        // SAFETY: the application's promise for this call.
        let generated = unsafe { params::generated(mechanism, Direction::BeginOpen) }?;
        if let Some(given) = generated {
            let what = Unwrapping {
                by: ObjectHandle(unwrapping_key),
                wrapped,
                aad: given.aad,
                tag: TagPlace::Behind,
            };
            let (row, params) = (given.mechanism, given.message.params);
            let session = SessionHandle(session);
            let made = module.unwrap_key_authenticated(session, row, params, what, &template)?;
            place.put(made.0);
            return Ok(());
        }
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::request(mechanism) }?;
        let (mechanism, params) = request.pair();
        let made = module.unwrap_key(
            SessionHandle(session),
            mechanism,
            params,
            ObjectHandle(unwrapping_key),
            wrapped,
            &template,
        )?;
        place.put(made.0);
        Ok(())
    })
}

/// `C_DeriveKey`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Key management functions", says it is, for the time
/// of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DeriveKey(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    base_key: CK_OBJECT_HANDLE,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
    key: *mut CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Mechanism(mechanism),
        Number("hBaseKey", base_key),
        Template("pTemplate", template, count),
        Made("phKey", key)
    ];
    guard::call("C_DeriveKey", told, |module| {
        // SAFETY: the application's promise for this call.
        let request = unsafe { params::request(mechanism) }?;
        // "unnecessary, and should be a NULL_PTR" where the parameter receives all handles.
        let place = if request.returns.has_all_handles() {
            None
        } else {
            // SAFETY: the application's promise for this call.
            Some(unsafe { Place::new(key, "phKey is NULL") }?)
        };
        // SAFETY: the application's promise for this call.
        let template = unsafe { template::read(template, count) }?;
        let (mechanism, params) = request.pair();
        let made = module.derive_keys(
            SessionHandle(session),
            mechanism,
            params,
            ObjectHandle(base_key),
            &template,
        );
        let made = made.inspect_err(|_| request.returns.put_failure(params))?;
        request.returns.put(&made)?;
        if let (Some(place), Some(handle)) = (place, made.handles.first()) {
            place.put(handle.0);
        }
        Ok(())
    })
}
