// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key derivation: planned, admitted, computed, and stored in one step.
//!
//! Source: PKCS#11 v3.2, "Key management functions", `C_DeriveKey`.

use super::Module;
use super::gate::KeyUse;
use super::make::Draft;
use super::open::{Open, Part};
use crate::error::{Error, Result};
use crate::mechanism::{
    Batch, BatchRole, Derivation, Derived, Extra, Mechanism, Offspring, Params, Parents, Setup,
};
use crate::object::{Object, Template, UsableKey, Use, authorize};
use crate::pkcs11::class::CKO_SECRET_KEY;
use crate::pkcs11::flag::CKF_DERIVE;
use crate::pkcs11::{KeyType, ObjectHandle, SessionHandle};
use crate::session::Function;

/// What stands for the key type of an object that is no key.
const NO_KEY_TYPE: KeyType = KeyType(u64::MAX);

/// What a derivation made.
#[derive(Debug)]
pub struct Offshoots {
    /// The new objects, in the order of the mechanism's plan: the one of the caller's template is
    /// first.
    pub handles: Vec<ObjectHandle>,
    /// What else goes back in the parameter.
    pub extra: Extra,
}

impl Module {
    /// `C_DeriveKey` with a mechanism that makes one object.
    ///
    /// # Errors
    /// As [`derive_keys`](Self::derive_keys)
    pub fn derive_key(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &Params<'_>,
        base: ObjectHandle,
        template: &Template<'_>,
    ) -> Result<ObjectHandle> {
        let made = self.derive_keys(session, mechanism, params, base, template)?;
        made.handles
            .first()
            .copied()
            .ok_or_else(|| Error::GeneralError("a derivation made nothing".into()))
    }

    /// `C_DeriveKey`: makes everything that the mechanism makes, or nothing.
    ///
    /// # Errors
    /// `CKR_KEY_HANDLE_INVALID`, `CKR_KEY_TYPE_INCONSISTENT`, `CKR_KEY_FUNCTION_NOT_PERMITTED`, and
    /// those of [`generate_key`](Self::generate_key)
    pub fn derive_keys(
        &self,
        session: SessionHandle,
        mechanism: &'static Mechanism,
        params: &Params<'_>,
        base: ObjectHandle,
        template: &Template<'_>,
    ) -> Result<Offshoots> {
        let open = self.open(session)?;
        let purpose = mechanism
            .roles
            .derive_batch
            .map_or(Use::Derive, |role| role.purpose);
        let base = KeyUse {
            handle: base,
            part: Part::Key,
            purpose,
        };
        if let Some(role) = mechanism.roles.derive_batch {
            let role = self.role(mechanism, CKF_DERIVE, Some(role))?;
            let setup = self.setup(&open, mechanism, params, base)?;
            return self.derive_batch(&open, role, setup, template);
        }
        let handle = self.make_one(&open, Function::DeriveKey, || {
            let derive = self.role(mechanism, CKF_DERIVE, mechanism.roles.derive)?;
            let setup = self.setup(&open, mechanism, params, base)?;
            let mut draft = Draft::derived(&open, template, setup.key.object())?;
            let Derived::Value(value) = derive(&Derivation {
                mechanism,
                base: setup.key,
                params,
                class: draft.kind.class,
                key_type: draft.kind.key_type.unwrap_or(NO_KEY_TYPE),
                value_len: draft.value_len()?,
                other_key: &|handle| open.key(handle, Part::Key),
                rng: self.rng,
            })?;
            draft.import(&value).map_err(as_derived)?;
            draft.complete()
        })?;
        Ok(Offshoots {
            handles: vec![handle],
            extra: Extra::None,
        })
    }

    fn derive_batch(
        &self,
        open: &Open,
        role: BatchRole,
        setup: Setup<'_>,
        template: &Template<'_>,
    ) -> Result<Offshoots> {
        let mut keys = Vec::new();
        for handle in setup.params.keys() {
            keys.push(open.derivable(handle, setup.mechanism)?);
        }
        let others: Vec<&Object> = keys.iter().map(UsableKey::object).collect();
        let parents = Parents {
            base: setup.key.object(),
            others: &others,
        };
        let plan = (role.plan)(&parents, setup.params, template)?;
        let mut drafts = Vec::with_capacity(plan.len());
        let mut wanted = Vec::with_capacity(plan.len());
        for planned in &plan {
            let draft = blaming(planned, Draft::offspring(open, planned, &parents))?;
            wanted.push(blaming(planned, draft.wanted(planned.len))?);
            drafts.push(draft);
        }
        let Some(first) = wanted.first().copied() else {
            return Err(Error::GeneralError("a derivation plans nothing".into()));
        };
        let derivation = Derivation {
            mechanism: setup.mechanism,
            base: setup.key.clone(),
            params: setup.params,
            class: first.class,
            key_type: first.key_type.unwrap_or(NO_KEY_TYPE),
            value_len: first.len,
            other_key: &|handle| open.key(handle, Part::Key),
            rng: self.rng,
        };
        let Batch { objects, extra } = (role.compute)(&derivation, &wanted)?;
        if objects.len() != drafts.len() {
            return Err(Error::GeneralError(
                "a derivation made another number of objects than it planned".into(),
            ));
        }
        let mut complete = Vec::with_capacity(drafts.len());
        for ((mut draft, made), planned) in drafts.into_iter().zip(objects).zip(&plan) {
            blaming(planned, draft.adopt(made).map_err(as_derived))?;
            complete.push(blaming(planned, draft.complete())?);
        }
        Ok(Offshoots {
            handles: self.store_all(open, complete)?,
            extra,
        })
    }
}

/// Says about a derived key what the import said about a wrapped one.
pub(super) fn as_derived(error: Error) -> Error {
    match error {
        Error::WrappedKeyLenRange(_) => {
            Error::KeySizeRange("keys of this type have no such length".into())
        }
        other => other,
    }
}

/// Notes whose template failed, for mechanisms that tell.
fn blaming<T>(planned: &Offspring<'_>, outcome: Result<T>) -> Result<T> {
    if let Some(offends) = planned.offends {
        offends.set(outcome.is_err());
    }
    outcome
}

impl Open {
    /// A further key of a derivation.
    // SPEC: like the base key, it must have CKA_DERIVE and allow the mechanism, as "SP800-108 Key
    // Derivation" says for its keys: its value goes into the new key all the same.
    fn derivable(&self, handle: ObjectHandle, mechanism: &Mechanism) -> Result<UsableKey> {
        let key = self.key(handle, Part::Key)?;
        let key = authorize(key, Use::Derive, mechanism.id)?;
        if key.object().class() != CKO_SECRET_KEY {
            return Err(Error::KeyTypeInconsistent(
                "a further key of a derivation is a secret key".into(),
            ));
        }
        Ok(key)
    }
}
