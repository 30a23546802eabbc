// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key generation, wrapping and derivation.
//!
//! Source: PKCS#11 v3.2, "Key management functions".

use super::{Module, Reply, Room, later};
use crate::error::Result;
use crate::mechanism::{Mechanism, Params};
use crate::object::Template;
use crate::pkcs11::{ObjectHandle, SessionHandle};

impl Module {
    /// `C_GenerateKey`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn generate_key(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &Params<'_>,
        template: &Template<'_>,
    ) -> Result<ObjectHandle> {
        let _ = (session, mechanism, params, template);
        later("C_GenerateKey")
    }

    /// `C_GenerateKeyPair`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn generate_key_pair(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &Params<'_>,
        public: &Template<'_>,
        private: &Template<'_>,
    ) -> Result<(ObjectHandle, ObjectHandle)> {
        let _ = (session, mechanism, params, public, private);
        later("C_GenerateKeyPair")
    }

    /// `C_WrapKey`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn wrap_key(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &Params<'_>,
        wrapping_key: ObjectHandle,
        key: ObjectHandle,
        room: Room,
    ) -> Result<Reply> {
        let _ = (session, mechanism, params, wrapping_key, key, room);
        later("C_WrapKey")
    }

    /// `C_UnwrapKey`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn unwrap_key(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &Params<'_>,
        unwrapping_key: ObjectHandle,
        wrapped: &[u8],
        template: &Template<'_>,
    ) -> Result<ObjectHandle> {
        let _ = (
            session,
            mechanism,
            params,
            unwrapping_key,
            wrapped,
            template,
        );
        later("C_UnwrapKey")
    }

    /// `C_DeriveKey`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn derive_key(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &Params<'_>,
        base: ObjectHandle,
        template: &Template<'_>,
    ) -> Result<ObjectHandle> {
        let _ = (session, mechanism, params, base, template);
        later("C_DeriveKey")
    }
}
