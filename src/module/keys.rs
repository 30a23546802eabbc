// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key generation and wrapping.
//!
//! Source: PKCS#11 v3.2, "Key management functions".

use super::gate::KeyUse;
use super::make::Draft;
use super::open::{Open, Part};
use super::{Module, Reply, Room};
use crate::error::{Error, Result};
use crate::mechanism::{Generation, Mechanism, Pair, Params, material};
use crate::object::{Admission, Origin, Template, Use, may_wrap};
use crate::pkcs11::attribute::CKA_KEY_TYPE;
use crate::pkcs11::class::{
    CKO_DOMAIN_PARAMETERS, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY,
};
use crate::pkcs11::flag::{CKF_GENERATE, CKF_GENERATE_KEY_PAIR, CKF_UNWRAP, CKF_WRAP};
use crate::pkcs11::{KeyType, ObjectClass, ObjectHandle, SessionHandle};
use crate::session::{Function, Product};

/// What a generation fixes: the class by its role, the key type by its row.
fn generated(
    open: &Open,
    mechanism: &'static Mechanism,
    class: ObjectClass,
    template: &Template<'_>,
) -> Admission<'static> {
    let wanted = template.ulong(CKA_KEY_TYPE).map(KeyType);
    let wanted = wanted.filter(|wanted| mechanism.keys.contains(wanted));
    Admission {
        origin: Origin::Generate,
        actor: open.token.actor(),
        class: Some(class),
        key_type: wanted.or_else(|| mechanism.keys.first().copied()),
        mechanism: Some(mechanism.id),
        base: None,
    }
}

impl Module {
    /// `C_GenerateKey`: a secret key, or domain parameters.
    ///
    /// # Errors
    /// `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`, `CKR_KEY_SIZE_RANGE`,
    /// `CKR_TEMPLATE_INCOMPLETE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_ATTRIBUTE_TYPE_INVALID`,
    /// `CKR_ATTRIBUTE_VALUE_INVALID`, `CKR_SESSION_READ_ONLY`, `CKR_USER_NOT_LOGGED_IN`
    pub fn generate_key(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &Params<'_>,
        template: &Template<'_>,
    ) -> Result<ObjectHandle> {
        let open = self.open(session)?;
        self.make_one(&open, Function::GenerateKey, || {
            let roles = &mechanism.roles;
            let class = match roles.generate_domain {
                Some(_) => CKO_DOMAIN_PARAMETERS,
                None => CKO_SECRET_KEY,
            };
            let role = roles.generate_domain.or(roles.generate);
            let generate = self.role(mechanism, CKF_GENERATE, role)?;
            let admission = generated(&open, mechanism, class, template);
            let mut draft = Draft::new(&open, template, &admission)?;
            self.check_material(mechanism, CKF_GENERATE, &draft.attributes)?;
            let generation = Generation {
                mechanism,
                params,
                rng: self.rng,
            };
            generate(&generation, &mut draft.attributes)?;
            draft.complete()
        })
    }

    /// `C_GenerateKeyPair`: both halves are made in one step, or none.
    ///
    /// # Errors
    /// As [`generate_key`](Self::generate_key), `CKR_DOMAIN_PARAMS_INVALID`,
    /// `CKR_CURVE_NOT_SUPPORTED`
    pub fn generate_key_pair(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &Params<'_>,
        public: &Template<'_>,
        private: &Template<'_>,
    ) -> Result<(ObjectHandle, ObjectHandle)> {
        let open = self.open(session)?;
        let work = || {
            let generate = self.role(
                mechanism,
                CKF_GENERATE_KEY_PAIR,
                mechanism.roles.generate_pair,
            )?;
            let admission = generated(&open, mechanism, CKO_PUBLIC_KEY, public);
            let mut public = Draft::new(&open, public, &admission)?;
            let admission = generated(&open, mechanism, CKO_PRIVATE_KEY, private);
            let mut private = Draft::new(&open, private, &admission)?;
            self.check_material(mechanism, CKF_GENERATE_KEY_PAIR, &public.attributes)?;
            let generation = Generation {
                mechanism,
                params,
                rng: self.rng,
            };
            let pair = Pair {
                public: &mut public.attributes,
                private: &mut private.attributes,
            };
            generate(&generation, pair)?;
            Ok(Product {
                bytes: None,
                objects: vec![public.complete()?, private.complete()?],
            })
        };
        open.make(Function::GenerateKeyPair, work, |product| {
            self.store_pair(&open, product.objects)
        })
    }

    /// `C_WrapKey`
    ///
    /// # Errors
    /// `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_NOT_WRAPPABLE`, `CKR_KEY_UNEXTRACTABLE`,
    /// `CKR_WRAPPING_KEY_HANDLE_INVALID`, `CKR_WRAPPING_KEY_TYPE_INCONSISTENT`,
    /// `CKR_WRAPPING_KEY_SIZE_RANGE`, `CKR_KEY_FUNCTION_NOT_PERMITTED`, `CKR_BUFFER_TOO_SMALL`
    pub fn wrap_key(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &Params<'_>,
        wrapping_key: ObjectHandle,
        key: ObjectHandle,
        room: Room,
    ) -> Result<Reply> {
        let open = self.open(session)?;
        // Nothing is consumed, so a second call would not be stopped by the first.
        open.idle(Function::WrapKey)?;
        let mechanism = self.meant(mechanism);
        let wrap = self.role(mechanism, CKF_WRAP, mechanism.roles.wrap)?;
        let wrapping = KeyUse {
            handle: wrapping_key,
            part: Part::Wrapping,
            purpose: Use::Wrap,
        };
        let setup = self.setup(&open, mechanism, params, wrapping)?;
        let key = open.key(key, Part::Key)?;
        may_wrap(&setup.key, &key)?;
        let wrapped = wrap(&setup, &material::to_wrap(mechanism.id, &key)?)?;
        // Nothing is consumed, so a call that does not fit can simply be made again.
        let outcome = match room {
            Room::Query => Ok(Reply::Length(wrapped.len())),
            Room::Bytes(offered) if offered < wrapped.len() => Err(Error::BufferTooSmall {
                needed: wrapped.len(),
            }),
            Room::Bytes(_) => Ok(Reply::Bytes(wrapped)),
        };
        open.reply(Function::WrapKey, outcome)
    }

    /// `C_UnwrapKey`
    ///
    /// # Errors
    /// `CKR_UNWRAPPING_KEY_HANDLE_INVALID`, `CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT`,
    /// `CKR_UNWRAPPING_KEY_SIZE_RANGE`, `CKR_WRAPPED_KEY_INVALID`, `CKR_WRAPPED_KEY_LEN_RANGE`,
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`, and those of [`generate_key`](Self::generate_key)
    pub fn unwrap_key(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &Params<'_>,
        unwrapping_key: ObjectHandle,
        wrapped: &[u8],
        template: &Template<'_>,
    ) -> Result<ObjectHandle> {
        let open = self.open(session)?;
        let mechanism = self.meant(mechanism);
        self.make_one(&open, Function::UnwrapKey, || {
            let unwrap = self.role(mechanism, CKF_UNWRAP, mechanism.roles.unwrap)?;
            let unwrapping = KeyUse {
                handle: unwrapping_key,
                part: Part::Unwrapping,
                purpose: Use::Unwrap,
            };
            let setup = self.setup(&open, mechanism, params, unwrapping)?;
            let mut draft = Draft::unwrapped(&open, template, setup.key.object())?;
            let block = unwrap(&setup, wrapped)?;
            let value = material::unwrapped(mechanism.id, block, draft.value_len()?)?;
            draft.import(&value)?;
            draft.complete()
        })
    }
}
