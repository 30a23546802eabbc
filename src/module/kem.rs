// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key encapsulation.
//!
//! Source: PKCS#11 v3.2, "Key management functions", `C_EncapsulateKey` and `C_DecapsulateKey`.

use super::gate::KeyUse;
use super::make::Draft;
use super::open::{Open, Part};
use super::{Module, Room};
use crate::error::{Error, Result};
use crate::mechanism::{Mechanism, Params};
use crate::object::{Object, Template, Use, Value};
use crate::pkcs11::attribute::{
    CKA_ALWAYS_SENSITIVE, CKA_DECAPSULATE_TEMPLATE, CKA_ENCAPSULATE_TEMPLATE, CKA_EXTRACTABLE,
    CKA_NEVER_EXTRACTABLE,
};
use crate::pkcs11::class::CKO_PUBLIC_KEY;
use crate::pkcs11::flag::{CKF_DECAPSULATE, CKF_ENCAPSULATE};
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::secret::SecretBytes;
use crate::session::{Function, Product};

/// The fewest bytes of a shared secret that a key may have.
const SECRET_MIN: usize = 16;

/// The part of a shared secret that a key of the wanted length takes.
///
/// SPEC: "The mechanism contributes the result as the CKA_VALUE attribute of the new key", and nothing is
/// said of a CKA_VALUE_LEN that is shorter: the key takes the first bytes, as one derived by encryption
/// does, so that an AES-128 key can be agreed on; but not fewer than 16, because a value of a few bytes
/// can be guessed, and with it the next ones.
fn shortened(secret: SecretBytes, wanted: Option<usize>) -> SecretBytes {
    match wanted {
        Some(len) if len >= SECRET_MIN => secret.truncated(len),
        _ => secret,
    }
}

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
            let mut draft = shared(&open, template, setup.key.object())?;
            let (ciphertext, secret) = encapsulate(&setup)?;
            let needed = ciphertext.len();
            match room {
                Room::Bytes(offered) if offered >= needed => {}
                Room::Bytes(_) | Room::Query => return Err(Error::BufferTooSmall { needed }),
            }
            draft.import(&shortened(secret, draft.value_len()?))?;
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
            let mut draft = shared(&open, template, setup.key.object())?;
            let secret = decapsulate(&setup, ciphertext)?;
            draft.import(&shortened(secret, draft.value_len()?))?;
            draft.complete()
        })
    }
}

/// The key that both sides of an encapsulation get.
fn shared(open: &Open, template: &Template<'_>, base: &Object) -> Result<Draft> {
    let mut draft = Draft::derived(open, template, base)?;
    // "the CKA_EXTRACTABLE set to the value of the input template with a default of CK_TRUE if not
    // provided"; what the base key's template says has been added to the application's.
    let own = if base.class() == CKO_PUBLIC_KEY {
        CKA_ENCAPSULATE_TEMPLATE
    } else {
        CKA_DECAPSULATE_TEMPLATE
    };
    let is_said = template.0.iter().any(|(id, _)| *id == CKA_EXTRACTABLE)
        || matches!(
            base.attributes().value(own),
            Some(Value::Template(template)) if template.has(CKA_EXTRACTABLE)
        );
    let attributes = &mut draft.attributes;
    if !is_said {
        attributes.set(CKA_EXTRACTABLE, Value::Bool(true));
    }
    // "the CKA_ALWAYS_SENSITIVE attribute set to CK_FALSE, the CKA_NEVER_EXTRACTABLE attribute set
    // to CK_FALSE": unlike a derived key, whatever the base key is.
    attributes.set(CKA_ALWAYS_SENSITIVE, Value::Bool(false));
    attributes.set(CKA_NEVER_EXTRACTABLE, Value::Bool(false));
    Ok(draft)
}
