// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key encapsulation.
//!
//! Source: PKCS#11 v3.2, "Key management functions", `C_EncapsulateKey` and `C_DecapsulateKey`.

use super::derive::as_derived;
use super::gate::KeyUse;
use super::make::Draft;
use super::open::Part;
use super::{Module, Room};
use crate::error::{Error, Result};
use crate::mechanism::{Mechanism, Params};
use crate::object::{Template, Use};
use crate::pkcs11::flag::{CKF_DECAPSULATE, CKF_ENCAPSULATE};
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::secret::SecretBytes;
use crate::session::{Function, Product};

impl Module {
    /// `C_EncapsulateKey`: gives the ciphertext and the new key.
    ///
    /// A length query is answered like too small a buffer, by the length the ciphertext needs; no
    /// key is made.
    ///
    /// # Errors
    /// `CKR_BUFFER_TOO_SMALL`, `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_TYPE_INCONSISTENT`,
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`, `CKR_MECHANISM_INVALID`, and those of `C_DeriveKey`
    pub fn encapsulate_key(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &Params<'_>,
        public_key: ObjectHandle,
        template: &Template<'_>,
        room: Room,
    ) -> Result<(SecretBytes, ObjectHandle)> {
        let open = self.open(session)?;
        let work = || {
            let encapsulate = self.role(mechanism, CKF_ENCAPSULATE, mechanism.roles.encapsulate)?;
            let key = KeyUse {
                handle: public_key,
                part: Part::Key,
                purpose: Use::Encapsulate,
            };
            let setup = self.setup(&open, mechanism, params, key)?;
            let mut draft = Draft::encapsulated(&open, template, setup.key.object())?;
            let (ciphertext, secret) = encapsulate(&setup, &draft.wanted(None)?)?;
            let needed = ciphertext.len();
            match room {
                Room::Bytes(offered) if offered >= needed => {}
                Room::Bytes(_) | Room::Query => return Err(Error::BufferTooSmall { needed }),
            }
            draft.import(&secret).map_err(as_derived)?;
            Ok(Product {
                bytes: Some(ciphertext),
                objects: vec![draft.complete()?],
            })
        };
        open.make(Function::EncapsulateKey, work, |product| {
            let ciphertext = product
                .bytes
                .ok_or_else(|| Error::GeneralError("an encapsulation made no ciphertext".into()))?;
            Ok((ciphertext, self.store_first(&open, product.objects)?))
        })
    }

    /// `C_DecapsulateKey`
    ///
    /// # Errors
    /// As [`encapsulate_key`](Self::encapsulate_key), but for the buffer.
    pub fn decapsulate_key(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &Params<'_>,
        private_key: ObjectHandle,
        template: &Template<'_>,
        ciphertext: &[u8],
    ) -> Result<ObjectHandle> {
        let open = self.open(session)?;
        self.make_one(&open, Function::DecapsulateKey, || {
            let decapsulate = self.role(mechanism, CKF_DECAPSULATE, mechanism.roles.decapsulate)?;
            let key = KeyUse {
                handle: private_key,
                part: Part::Key,
                purpose: Use::Decapsulate,
            };
            let setup = self.setup(&open, mechanism, params, key)?;
            let mut draft = Draft::decapsulated(&open, template, setup.key.object())?;
            let secret = decapsulate(&setup, ciphertext, &draft.wanted(None)?)?;
            draft.import(&secret)?;
            draft.complete()
        })
    }
}
