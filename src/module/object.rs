// SPDX-License-Identifier: MIT OR Apache-2.0
//! Objects and searches.
//!
//! Source: PKCS#11 v3.2, "Object management functions".

use std::sync::Arc;

use super::{Module, later};
use crate::error::Result;
use crate::object::{Object, Template};
use crate::pkcs11::{ObjectHandle, SessionHandle};

impl Module {
    /// `C_CreateObject`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn create_object(
        &self,
        session: SessionHandle,
        template: &Template<'_>,
    ) -> Result<ObjectHandle> {
        let _ = (session, template);
        later("C_CreateObject")
    }

    /// `C_CopyObject`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn copy_object(
        &self,
        session: SessionHandle,
        object: ObjectHandle,
        template: &Template<'_>,
    ) -> Result<ObjectHandle> {
        let _ = (session, object, template);
        later("C_CopyObject")
    }

    /// `C_DestroyObject`
    ///
    /// # Errors
    /// `CKR_ACTION_PROHIBITED`, `CKR_OBJECT_HANDLE_INVALID`, `CKR_SESSION_READ_ONLY`
    pub fn destroy_object(&self, session: SessionHandle, object: ObjectHandle) -> Result<()> {
        let _ = (session, object);
        later("C_DestroyObject")
    }

    /// `C_GetObjectSize`
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID`
    pub fn object_size(&self, session: SessionHandle, object: ObjectHandle) -> Result<u64> {
        let _ = (session, object);
        later("C_GetObjectSize")
    }

    /// `C_GetAttributeValue`
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID`; the boundary reads the attributes with `object::read`.
    pub fn object(&self, session: SessionHandle, object: ObjectHandle) -> Result<Arc<Object>> {
        let _ = (session, object);
        later("C_GetAttributeValue")
    }

    /// `C_SetAttributeValue`
    ///
    /// # Errors
    /// Those the standard lists.
    pub fn set_attribute_value(
        &self,
        session: SessionHandle,
        object: ObjectHandle,
        template: &Template<'_>,
    ) -> Result<()> {
        let _ = (session, object, template);
        later("C_SetAttributeValue")
    }

    /// `C_FindObjectsInit`
    ///
    /// # Errors
    /// `CKR_OPERATION_ACTIVE`, `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn find_objects_init(&self, session: SessionHandle, template: &Template<'_>) -> Result<()> {
        let _ = (session, template);
        later("C_FindObjectsInit")
    }

    /// `C_FindObjects`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`
    pub fn find_objects(&self, session: SessionHandle, max: usize) -> Result<Vec<ObjectHandle>> {
        let _ = (session, max);
        later("C_FindObjects")
    }

    /// `C_FindObjectsFinal`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`
    pub fn find_objects_final(&self, session: SessionHandle) -> Result<()> {
        let _ = (session,);
        later("C_FindObjectsFinal")
    }
}
