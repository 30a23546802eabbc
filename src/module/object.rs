// SPDX-License-Identifier: MIT OR Apache-2.0
//! Objects and searches.
//!
//! Source: PKCS#11 v3.2, "Object management functions".

use std::sync::Arc;

use super::Module;
use crate::config::{AllowedMechanisms, EcPoint};
use crate::error::{Error, Result};
use crate::mechanism::{self, material};
use crate::object::{self, Admission, Object, Origin, Template, View};
use crate::pkcs11::{ObjectHandle, SessionHandle};

impl Module {
    /// `C_CreateObject`
    ///
    /// # Errors
    /// `CKR_TEMPLATE_INCOMPLETE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_ATTRIBUTE_TYPE_INVALID`,
    /// `CKR_ATTRIBUTE_VALUE_INVALID`, `CKR_ATTRIBUTE_READ_ONLY`, `CKR_SESSION_READ_ONLY`,
    /// `CKR_USER_NOT_LOGGED_IN`, `CKR_DEVICE_MEMORY`, `CKR_DEVICE_ERROR`
    pub fn create_object(
        &self,
        session: SessionHandle,
        template: &Template<'_>,
    ) -> Result<ObjectHandle> {
        let open = self.open(session)?;
        let admission = Admission {
            origin: Origin::Create,
            actor: open.token.actor(),
            class: None,
            key_type: None,
            mechanism: None,
            base: None,
        };
        let (kind, mut attributes) = object::admit(template, &admission)?;
        open.token.may_write(&open.session, &attributes)?;
        material::complete(kind, &mut attributes, Origin::Create)?;
        self.store_one(&open, kind, attributes)
    }

    /// `C_CopyObject`
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID`, `CKR_ACTION_PROHIBITED`, `CKR_ATTRIBUTE_READ_ONLY`,
    /// `CKR_SESSION_READ_ONLY`, `CKR_USER_NOT_LOGGED_IN`
    pub fn copy_object(
        &self,
        session: SessionHandle,
        object: ObjectHandle,
        template: &Template<'_>,
    ) -> Result<ObjectHandle> {
        let open = self.open(session)?;
        let source = open.token.object(object)?;
        let attributes = object::copy(&source, template, open.token.actor())?;
        self.store_one(&open, source.kind(), attributes)
    }

    /// `C_DestroyObject`
    ///
    /// # Errors
    /// `CKR_ACTION_PROHIBITED`, `CKR_OBJECT_HANDLE_INVALID`, `CKR_SESSION_READ_ONLY`
    pub fn destroy_object(&self, session: SessionHandle, object: ObjectHandle) -> Result<()> {
        let open = self.open(session)?;
        let owner = open.token.destroy(&open.session, object)?;
        if let Some(owner) = owner.and_then(|owner| self.sessions.find(owner.0)) {
            owner.session.disown(object);
        }
        Ok(())
    }

    /// `C_GetObjectSize`
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID`
    pub fn object_size(&self, session: SessionHandle, object: ObjectHandle) -> Result<u64> {
        let open = self.open(session)?;
        let size = open.token.object_size(object)?;
        u64::try_from(size).map_err(|_| Error::GeneralError("an object is too large".into()))
    }

    /// `C_GetAttributeValue`
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID`; the boundary reads the attributes with [`Module::view`].
    pub fn object(&self, session: SessionHandle, object: ObjectHandle) -> Result<Arc<Object>> {
        self.open(session)?.token.object(object)
    }

    /// The forms in which the configuration has objects shown.
    #[must_use]
    pub fn view(&self) -> View {
        View {
            raw_points: self.config.ec_point == EcPoint::Raw,
            empty_lists: self.config.allowed_mechanisms == AllowedMechanisms::Empty,
        }
    }

    /// `C_SetAttributeValue`
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID`, `CKR_ACTION_PROHIBITED`, `CKR_ATTRIBUTE_READ_ONLY`,
    /// `CKR_ATTRIBUTE_TYPE_INVALID`, `CKR_ATTRIBUTE_VALUE_INVALID`, `CKR_SESSION_READ_ONLY`,
    /// `CKR_USER_NOT_LOGGED_IN`
    pub fn set_attribute_value(
        &self,
        session: SessionHandle,
        object: ObjectHandle,
        template: &Template<'_>,
    ) -> Result<()> {
        let open = self.open(session)?;
        let actor = open.token.actor();
        open.token.replace(&open.session, object, |before| {
            object::change(before, template, actor)
        })
    }

    /// `C_FindObjectsInit`
    ///
    /// # Errors
    /// `CKR_OPERATION_ACTIVE`, `CKR_DEVICE_ERROR`
    pub fn find_objects_init(&self, session: SessionHandle, template: &Template<'_>) -> Result<()> {
        let open = self.open(session)?;
        if open.session.operations(|all| all.find.is_some()) {
            return Err(active());
        }
        let search = open.token.search(template, self.view(), &|id| {
            mechanism::find(id).is_ok_and(|row| self.offers(row))
        })?;
        open.session.operations(|all| {
            if all.find.is_some() {
                return Err(active());
            }
            all.find = Some(search);
            Ok(())
        })
    }

    /// `C_FindObjects`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`
    pub fn find_objects(&self, session: SessionHandle, max: usize) -> Result<Vec<ObjectHandle>> {
        let open = self.open(session)?;
        let found = open.session.operations(|all| match &mut all.find {
            Some(search) => Ok(search.next(max)),
            None => Err(absent()),
        })?;
        Ok(open.token.hand_out(&found))
    }

    /// `C_FindObjectsFinal`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`
    pub fn find_objects_final(&self, session: SessionHandle) -> Result<()> {
        let open = self.open(session)?;
        let search = open.session.operations(|all| all.find.take());
        search.map(drop).ok_or_else(absent)
    }
}

fn active() -> Error {
    Error::OperationActive("a search is active in this session".into())
}

fn absent() -> Error {
    Error::OperationNotInitialized("no search is active in this session".into())
}
