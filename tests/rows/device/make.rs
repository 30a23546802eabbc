// SPDX-License-Identifier: MIT OR Apache-2.0
//! Generation, wrapping, derivation, encapsulation.
//!
//! Source: PKCS#11 v3.2, "Key management functions".

use std::sync::Arc;

use cryptoki_sys::CK_SSL3_KEY_MAT_OUT;
use keystead::error::{Error, Result};
use keystead::mechanism::{Extra, Mechanism, Params};
use keystead::module::{Offshoots, Reply, Room};
use keystead::object::{Object, Template};
use keystead::pkcs11::flag::{
    CKF_DECAPSULATE, CKF_DERIVE, CKF_ENCAPSULATE, CKF_GENERATE, CKF_GENERATE_KEY_PAIR, CKF_UNWRAP,
    CKF_WRAP,
};
use keystead::pkcs11::{ObjectHandle, SessionHandle};
use keystead::secret::SecretBytes;

use super::c_derive::Returns;
use super::c_params::Given;
use super::errors::check;
use super::ledger::answered;
use super::library::call;
use super::memory::Memory;
use super::operation::{answer, input};
use super::token::Module;

fn noted<T>(row: &Mechanism, flag: u64, outcome: Result<T>) -> Result<T> {
    if outcome.is_ok() {
        answered(row.id, flag);
    }
    outcome
}

impl Module {
    pub(crate) fn generate_key(
        &self,
        session: SessionHandle,
        row: &'static Mechanism,
        params: &Params<'_>,
        template: &Template<'_>,
    ) -> Result<ObjectHandle> {
        let (given, mut memory, mut key) = (Given::new(row, params), Memory::default(), 0);
        let (template, count) = memory.template(template);
        let how = given.pointer();
        let rv = call!(C_GenerateKey(session.0, how, template, count, &mut key));
        noted(row, CKF_GENERATE, check(rv)).map(|()| ObjectHandle(key))
    }

    pub(crate) fn generate_key_pair(
        &self,
        session: SessionHandle,
        row: &'static Mechanism,
        params: &Params<'_>,
        public: &Template<'_>,
        private: &Template<'_>,
    ) -> Result<(ObjectHandle, ObjectHandle)> {
        let (given, mut memory) = (Given::new(row, params), Memory::default());
        let (public, public_count) = memory.template(public);
        let (private, private_count) = memory.template(private);
        let (mut one, mut two) = (0, 0);
        let rv = call!(C_GenerateKeyPair(
            session.0,
            given.pointer(),
            public,
            public_count,
            private,
            private_count,
            &mut one,
            &mut two
        ));
        let made = (ObjectHandle(one), ObjectHandle(two));
        noted(row, CKF_GENERATE_KEY_PAIR, check(rv)).map(|()| made)
    }

    pub(crate) fn wrap_key(
        &self,
        session: SessionHandle,
        row: &'static Mechanism,
        params: &Params<'_>,
        by: ObjectHandle,
        key: ObjectHandle,
        room: Room,
    ) -> Result<Reply> {
        let how = Given::new(row, params);
        let reply = answer(room, |out, len| {
            call!(C_WrapKey(session.0, how.pointer(), by.0, key.0, out, len))
        });
        noted(row, CKF_WRAP, reply)
    }

    pub(crate) fn unwrap_key(
        &self,
        session: SessionHandle,
        row: &'static Mechanism,
        params: &Params<'_>,
        by: ObjectHandle,
        wrapped: &[u8],
        template: &Template<'_>,
    ) -> Result<ObjectHandle> {
        let (given, mut memory, mut key) = (Given::new(row, params), Memory::default(), 0);
        let (template, count) = memory.template(template);
        let (wrapped, len) = input(wrapped);
        let rv = call!(C_UnwrapKey(
            session.0,
            given.pointer(),
            by.0,
            wrapped,
            len,
            template,
            count,
            &mut key
        ));
        noted(row, CKF_UNWRAP, check(rv)).map(|()| ObjectHandle(key))
    }

    pub(crate) fn derive_key(
        &self,
        session: SessionHandle,
        row: &'static Mechanism,
        params: &Params<'_>,
        base: ObjectHandle,
        template: &Template<'_>,
    ) -> Result<ObjectHandle> {
        let made = self.derive_keys(session, row, params, base, template)?;
        Ok(made.handles[0])
    }

    /// `C_DeriveKey`, with what comes back in the parameter.
    pub(crate) fn derive_keys(
        &self,
        session: SessionHandle,
        row: &'static Mechanism,
        params: &Params<'_>,
        base: ObjectHandle,
        template: &Template<'_>,
    ) -> Result<Offshoots> {
        let (given, mut memory, mut key) = (Given::new(row, params), Memory::default(), 0);
        let (template, count) = memory.template(template);
        let how = given.pointer();
        // "phKey ... is not used and can be set to NULL_PTR" where the keys come in the parameter.
        let place = match given.returns {
            Returns::KeyMaterial { .. } => std::ptr::null_mut(),
            _ => &raw mut key,
        };
        let rv = call!(C_DeriveKey(session.0, how, base.0, template, count, place));
        let outcome = check(rv);
        if let (Err(_), Returns::Handles(places), Params::Kbkdf(kbkdf)) =
            (&outcome, &given.returns, params)
        {
            for (place, key) in places.iter().zip(&kbkdf.additional) {
                // "the corresponding phKey value will be set to CK_INVALID_HANDLE"
                key.offends.set(unsafe { **place } == 0);
            }
        }
        noted(row, CKF_DERIVE, outcome)?;
        Ok(offshoots(ObjectHandle(key), &given.returns))
    }

    pub(crate) fn encapsulate_key(
        &self,
        session: SessionHandle,
        row: &'static Mechanism,
        params: &Params<'_>,
        public: ObjectHandle,
        template: &Template<'_>,
        room: Room,
    ) -> Result<(SecretBytes, ObjectHandle)> {
        let (how, mut memory) = (Given::new(row, params), Memory::default());
        let (template, count) = memory.template(template);
        let key = std::cell::Cell::new(0);
        let reply = answer(room, |out, len| {
            call!(C_EncapsulateKey(
                session.0,
                how.pointer(),
                public.0,
                template,
                count,
                out,
                len,
                key.as_ptr()
            ))
        });
        match noted(row, CKF_ENCAPSULATE, reply)? {
            Reply::Bytes(bytes) => Ok((bytes, ObjectHandle(key.get()))),
            // The form of the safe API, which has nothing to give besides.
            Reply::Length(needed) => Err(Error::BufferTooSmall { needed }),
        }
    }

    pub(crate) fn decapsulate_key(
        &self,
        session: SessionHandle,
        row: &'static Mechanism,
        params: &Params<'_>,
        private: ObjectHandle,
        template: &Template<'_>,
        ciphertext: &[u8],
    ) -> Result<ObjectHandle> {
        let (given, mut memory, mut key) = (Given::new(row, params), Memory::default(), 0);
        let (template, count) = memory.template(template);
        let (ciphertext, len) = input(ciphertext);
        let rv = call!(C_DecapsulateKey(
            session.0,
            given.pointer(),
            private.0,
            template,
            count,
            ciphertext,
            len,
            &mut key
        ));
        noted(row, CKF_DECAPSULATE, check(rv)).map(|()| ObjectHandle(key))
    }

    /// What `C_GetAttributeValue` shows of an object.
    pub(crate) fn object(&self, session: SessionHandle, key: ObjectHandle) -> Result<Arc<Object>> {
        super::object::read(session, key).map(Arc::new)
    }
}

/// What the library wrote.
fn offshoots(first: ObjectHandle, returns: &Returns) -> Offshoots {
    match returns {
        Returns::None => Offshoots {
            handles: vec![first],
            extra: Extra::None,
        },
        Returns::Handles(places) => {
            let more = places.iter().map(|place| ObjectHandle(unsafe { **place }));
            Offshoots {
                handles: [first].into_iter().chain(more).collect(),
                extra: Extra::None,
            }
        }
        Returns::Version(place) => {
            let version = unsafe { **place };
            Offshoots {
                handles: vec![first],
                extra: Extra::Version([version.major, version.minor]),
            }
        }
        Returns::KeyMaterial { out, iv_len } => key_material(unsafe { **out }, *iv_len),
    }
}

fn key_material(out: CK_SSL3_KEY_MAT_OUT, iv_len: usize) -> Offshoots {
    let handles = [
        out.hClientMacSecret,
        out.hServerMacSecret,
        out.hClientKey,
        out.hServerKey,
    ];
    let iv = |place: *mut u8| {
        SecretBytes::from_slice(unsafe { std::slice::from_raw_parts(place, iv_len) })
    };
    Offshoots {
        handles: handles
            .into_iter()
            .filter(|handle| *handle != 0)
            .map(ObjectHandle)
            .collect(),
        extra: if iv_len == 0 {
            Extra::None
        } else {
            Extra::Ivs(iv(out.pIVClient), iv(out.pIVServer))
        },
    }
}
