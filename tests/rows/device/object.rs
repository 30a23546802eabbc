// SPDX-License-Identifier: MIT OR Apache-2.0
//! Objects: made, looked at, found, destroyed.
//!
//! Source: PKCS#11 v3.2, "Object management functions".

use cryptoki_sys::{CK_ATTRIBUTE, CK_ULONG, CK_UNAVAILABLE_INFORMATION};
use keystead::error::{Error, Result};
use keystead::object::{AttributeMap, Object, Template, Value, ValueKind, kinds};
use keystead::pkcs11::attribute::{CKA_CLASS, CKA_KEY_TYPE};
use keystead::pkcs11::{
    AttributeType, KeyType, MechanismType, ObjectClass, ObjectHandle, SessionHandle,
};
use keystead::secret::SecretBytes;

use super::errors::check;
use super::library::call;
use super::memory::Memory;
use super::token::Module;

/// The bytes of an attribute.
fn bytes(session: SessionHandle, key: ObjectHandle, id: AttributeType) -> Result<Vec<u8>> {
    let mut attribute = CK_ATTRIBUTE {
        type_: id.0,
        pValue: std::ptr::null_mut(),
        ulValueLen: 0,
    };
    check(call!(C_GetAttributeValue(
        session.0,
        key.0,
        &mut attribute,
        1
    )))?;
    assert_ne!(attribute.ulValueLen, CK_UNAVAILABLE_INFORMATION);
    let mut value = vec![0_u8; attribute.ulValueLen as usize];
    attribute.pValue = value.as_mut_ptr().cast();
    check(call!(C_GetAttributeValue(
        session.0,
        key.0,
        &mut attribute,
        1
    )))?;
    value.truncate(attribute.ulValueLen as usize);
    Ok(value)
}

fn number(bytes: &[u8]) -> u64 {
    u64::from_ne_bytes(bytes.try_into().unwrap())
}

/// Everything that the library shows of a key. Attributes that hold templates are left out.
pub(super) fn read(session: SessionHandle, key: ObjectHandle) -> Result<Object> {
    let class = ObjectClass(number(&bytes(session, key, CKA_CLASS)?));
    let key_type = bytes(session, key, CKA_KEY_TYPE).ok();
    let key_type = key_type.map(|bytes| KeyType(number(&bytes)));
    let kind = kinds::find(class, key_type, None).expect("a kind of key or of data");
    let mut map = AttributeMap::new();
    for rule in kind
        .rules()
        .filter(|rule| rule.value != ValueKind::Template)
    {
        let found = match bytes(session, key, rule.id) {
            Ok(found) => found,
            Err(Error::AttributeSensitive(_) | Error::AttributeTypeInvalid(_)) => continue,
            Err(error) => return Err(error),
        };
        let value = match rule.value {
            ValueKind::Bool => Value::Bool(found[0] != 0),
            ValueKind::Ulong => Value::Ulong(number(&found)),
            ValueKind::Mechanisms => {
                let list = found.chunks(8).map(|one| MechanismType(number(one)));
                Value::Mechanisms(list.collect())
            }
            _ if rule.notes.has(7) => Value::Secret(SecretBytes::from_slice(&found)),
            _ => Value::Bytes(found),
        };
        map.set(rule.id, value);
    }
    Ok(Object::new(kind, map))
}

impl Module {
    pub(crate) fn create_object(
        &self,
        session: SessionHandle,
        template: &Template<'_>,
    ) -> Result<ObjectHandle> {
        let (mut memory, mut object) = (Memory::default(), 0);
        let (template, count) = memory.template(template);
        let rv = call!(C_CreateObject(session.0, template, count, &mut object));
        check(rv).map(|()| ObjectHandle(object))
    }

    pub(crate) fn destroy_object(
        &self,
        session: SessionHandle,
        object: ObjectHandle,
    ) -> Result<()> {
        check(call!(C_DestroyObject(session.0, object.0)))
    }

    pub(crate) fn set_attribute_value(
        &self,
        session: SessionHandle,
        object: ObjectHandle,
        template: &Template<'_>,
    ) -> Result<()> {
        let mut memory = Memory::default();
        let (template, count) = memory.template(template);
        check(call!(C_SetAttributeValue(
            session.0, object.0, template, count
        )))
    }

    pub(crate) fn attribute(
        &self,
        session: SessionHandle,
        object: ObjectHandle,
        id: AttributeType,
    ) -> Result<Vec<u8>> {
        bytes(session, object, id)
    }

    pub(crate) fn find_objects_init(
        &self,
        session: SessionHandle,
        template: &Template<'_>,
    ) -> Result<()> {
        let mut memory = Memory::default();
        let (template, count) = memory.template(template);
        check(call!(C_FindObjectsInit(session.0, template, count)))
    }

    pub(crate) fn find_objects(
        &self,
        session: SessionHandle,
        max: usize,
    ) -> Result<Vec<ObjectHandle>> {
        let (mut found, mut count) = (vec![0; max], 0);
        let place = found.as_mut_ptr();
        let rv = call!(C_FindObjects(session.0, place, max as CK_ULONG, &mut count));
        check(rv)?;
        found.truncate(count as usize);
        Ok(found.into_iter().map(ObjectHandle).collect())
    }

    pub(crate) fn find_objects_final(&self, session: SessionHandle) -> Result<()> {
        check(call!(C_FindObjectsFinal(session.0)))
    }
}
