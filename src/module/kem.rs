// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key encapsulation.
//!
//! Source: PKCS#11 v3.2, "Key management functions".

use super::{Module, Room, later};
use crate::error::Result;
use crate::mechanism::{Mechanism, Params};
use crate::object::Template;
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::secret::SecretBytes;

impl Module {
    /// `C_EncapsulateKey`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn encapsulate_key(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &Params<'_>,
        public_key: ObjectHandle,
        template: &Template<'_>,
        room: Room,
    ) -> Result<(SecretBytes, ObjectHandle)> {
        let _ = (session, mechanism, params, public_key, template, room);
        later("C_EncapsulateKey")
    }

    /// `C_DecapsulateKey`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn decapsulate_key(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &Params<'_>,
        private_key: ObjectHandle,
        template: &Template<'_>,
        ciphertext: &[u8],
    ) -> Result<ObjectHandle> {
        let _ = (
            session,
            mechanism,
            params,
            private_key,
            template,
            ciphertext,
        );
        later("C_DecapsulateKey")
    }
}
