// SPDX-License-Identifier: MIT OR Apache-2.0
//! Authenticated wrapping: nonce and tag stand beside the wrapped key.
//!
//! Source: PKCS#11 v3.2, "Key management functions", `C_WrapKeyAuthenticated`.

use super::gate::KeyUse;
use super::make::Draft;
use super::open::Part;
use super::{Module, Reply, Room};
use crate::error::{Error, Result};
use crate::mechanism::{Mechanism, MessageParams, NonceSource, Params, material};
use crate::object::{Template, Use, may_wrap};
use crate::pkcs11::flag::{CKF_UNWRAP, CKF_WRAP};
use crate::pkcs11::{ObjectHandle, SessionHandle};
use crate::secret::SecretBytes;
use crate::session::{Beside, Function, open_whole, seal_whole};

/// Where the tag of a wrapped key is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TagPlace {
    /// In the parameter: `C_WrapKeyAuthenticated`.
    Beside,
    /// Behind the wrapped key: `C_WrapKey`.
    Behind,
}

/// What `C_WrapKeyAuthenticated` is given.
#[derive(Clone, Copy, Debug)]
pub struct Wrapping<'a> {
    /// `hWrappingKey`
    pub by: ObjectHandle,
    /// `hKey`
    pub key: ObjectHandle,
    /// Associated data.
    pub aad: &'a [u8],
    /// Where the tag goes.
    pub tag: TagPlace,
}

/// What `C_UnwrapKeyAuthenticated` is given.
#[derive(Clone, Copy, Debug)]
pub struct Unwrapping<'a> {
    /// `hUnwrappingKey`
    pub by: ObjectHandle,
    /// The wrapped key.
    pub wrapped: &'a [u8],
    /// Associated data.
    pub aad: &'a [u8],
    /// Where the tag is.
    pub tag: TagPlace,
}

impl Module {
    /// `C_WrapKeyAuthenticated`, and `C_WrapKey` with a nonce of the token; a length query uses up
    /// no nonce.
    ///
    /// # Errors
    /// As `C_WrapKey`; `CKR_MECHANISM_PARAM_INVALID`
    pub fn wrap_key_authenticated(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &MessageParams,
        what: Wrapping<'_>,
        room: Room,
    ) -> Result<(Reply, Beside)> {
        let open = self.open(session)?;
        let role = self.role(mechanism, CKF_WRAP, mechanism.roles.aead)?;
        self.role(mechanism, CKF_WRAP, mechanism.roles.wrap)?;
        let wrapping = KeyUse {
            handle: what.by,
            part: Part::Wrapping,
            purpose: Use::Wrap,
        };
        let setup = self.setup(&open, mechanism, &Params::None, wrapping)?;
        let key = open.key(what.key, Part::Key)?;
        may_wrap(&setup.key, &key)?;
        let value = material::export(&key)?;
        let needed = match what.tag {
            TagPlace::Beside => value.len(),
            TagPlace::Behind => value.len().saturating_add(tag_len(params)),
        };
        match room {
            Room::Query => return Ok((Reply::Length(needed), Beside::default())),
            Room::Bytes(offered) if offered < needed => {
                return Err(Error::BufferTooSmall { needed });
            }
            Room::Bytes(_) => {}
        }
        let nonces = NonceSource {
            counter: open.session.nonce_counter(what.by),
            rng: self.rng,
        };
        let aead = (role.start)(&setup)?;
        let sealed = seal_whole(aead.as_ref(), &nonces, params, what.aad, value.expose());
        let (wrapped, mut beside) = sealed.map_err(as_wrapped)?;
        if what.tag == TagPlace::Beside {
            return Ok((Reply::Bytes(wrapped), beside));
        }
        let tag = beside.tag.take().unwrap_or_default();
        let whole = [wrapped.expose(), &tag].concat();
        Ok((Reply::Bytes(SecretBytes::new(whole)), beside))
    }

    /// `C_UnwrapKeyAuthenticated`, and `C_UnwrapKey` of what a nonce of the token wrapped.
    ///
    /// # Errors
    /// As `C_UnwrapKey`; `CKR_WRAPPED_KEY_INVALID` when the tag is wrong.
    pub fn unwrap_key_authenticated(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        mut params: MessageParams,
        what: Unwrapping<'_>,
        template: &Template<'_>,
    ) -> Result<ObjectHandle> {
        let open = self.open(session)?;
        let function = match what.tag {
            TagPlace::Beside => Function::UnwrapKeyAuthenticated,
            TagPlace::Behind => Function::UnwrapKey,
        };
        self.make_one(&open, function, || {
            let role = self.role(mechanism, CKF_UNWRAP, mechanism.roles.aead)?;
            self.role(mechanism, CKF_UNWRAP, mechanism.roles.unwrap)?;
            let unwrapping = KeyUse {
                handle: what.by,
                part: Part::Unwrapping,
                purpose: Use::Unwrap,
            };
            let setup = self.setup(&open, mechanism, &Params::None, unwrapping)?;
            let mut draft = Draft::unwrapped(&open, template, setup.key.object())?;
            let mut wrapped = what.wrapped;
            if what.tag == TagPlace::Behind {
                let len = wrapped.len().checked_sub(tag_len(&params));
                let Some((text, tag)) = len.and_then(|len| wrapped.split_at_checked(len)) else {
                    return Err(Error::WrappedKeyLenRange(
                        "the wrapped key is shorter than its tag".into(),
                    ));
                };
                wrapped = text;
                params.tag = tag.to_vec();
            }
            let aead = (role.start)(&setup)?;
            let value =
                open_whole(aead.as_ref(), &params, what.aad, wrapped).map_err(as_wrapped)?;
            draft.import(&value)?;
            draft.complete()
        })
    }
}

/// In bytes; a length that the mechanism refuses comes to nothing.
fn tag_len(params: &MessageParams) -> usize {
    usize::try_from(params.tag_bits.div_ceil(8)).unwrap_or(usize::MAX)
}

/// Says about a key what the encryption said about data.
fn as_wrapped(error: Error) -> Error {
    match error {
        Error::AeadDecryptFailed(why) => Error::WrappedKeyInvalid(why),
        Error::EncryptedDataLenRange(why) => Error::WrappedKeyLenRange(why),
        Error::DataLenRange(why) => Error::KeySizeRange(why),
        other => other,
    }
}
