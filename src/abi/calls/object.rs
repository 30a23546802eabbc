// SPDX-License-Identifier: MIT OR Apache-2.0
//! Objects and searches.
//!
//! Source: PKCS#11 v3.2, "Object management functions".

use crate::abi::attributes::Wanted;
use crate::abi::output::Place;
use crate::abi::trace::told;
use crate::abi::types::{CK_ATTRIBUTE, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_ULONG};
use crate::abi::{guard, output, template};
use crate::error::Error;
use crate::pkcs11::{ObjectHandle, SessionHandle};

/// `C_CreateObject`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Object management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_CreateObject(
    session: CK_SESSION_HANDLE,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
    object: *mut CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Template("pTemplate", template, count),
        Made("phObject", object)
    ];
    guard::call("C_CreateObject", told, |module| {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(object, "phObject is NULL") }?;
        // SAFETY: the application's promise for this call.
        let template = unsafe { template::read(template, count) }?;
        place.put(module.create_object(SessionHandle(session), &template)?.0);
        Ok(())
    })
}

/// `C_CopyObject`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Object management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_CopyObject(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
    new_object: *mut CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Number("hObject", object),
        Template("pTemplate", template, count),
        Made("phNewObject", new_object)
    ];
    guard::call("C_CopyObject", told, |module| {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(new_object, "phNewObject is NULL") }?;
        // SAFETY: the application's promise for this call.
        let template = unsafe { template::read(template, count) }?;
        let copy = module.copy_object(SessionHandle(session), ObjectHandle(object), &template)?;
        place.put(copy.0);
        Ok(())
    })
}

/// `C_DestroyObject`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Object management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_DestroyObject(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
) -> CK_RV {
    let told = told![Number("hSession", session), Number("hObject", object)];
    guard::call("C_DestroyObject", told, |module| {
        module.destroy_object(SessionHandle(session), ObjectHandle(object))
    })
}

/// `C_GetObjectSize`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Object management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetObjectSize(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    size: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Number("hObject", object),
        Made("pulSize", size)
    ];
    guard::call("C_GetObjectSize", told, |module| {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(size, "pulSize is NULL") }?;
        place.put(module.object_size(SessionHandle(session), ObjectHandle(object))?);
        Ok(())
    })
}

/// `C_GetAttributeValue`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Object management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetAttributeValue(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Number("hObject", object),
        Wanted(template, count)
    ];
    guard::call("C_GetAttributeValue", told, |module| {
        // SAFETY: the application's promise for this call.
        let wanted = unsafe { Wanted::new(template, count) }?;
        let object = module.object(SessionHandle(session), ObjectHandle(object))?;
        wanted.fill(&object, module.view())
    })
}

/// `C_SetAttributeValue`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Object management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SetAttributeValue(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Number("hObject", object),
        Template("pTemplate", template, count)
    ];
    guard::call("C_SetAttributeValue", told, |module| {
        // SAFETY: the application's promise for this call.
        let template = unsafe { template::read(template, count) }?;
        module.set_attribute_value(SessionHandle(session), ObjectHandle(object), &template)
    })
}

/// `C_FindObjectsInit`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Object management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_FindObjectsInit(
    session: CK_SESSION_HANDLE,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Template("pTemplate", template, count)
    ];
    guard::call("C_FindObjectsInit", told, |module| {
        // SAFETY: the application's promise for this call.
        let template = unsafe { template::read(template, count) }?;
        module.find_objects_init(SessionHandle(session), &template)
    })
}

/// `C_FindObjects`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Object management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_FindObjects(
    session: CK_SESSION_HANDLE,
    list: *mut CK_OBJECT_HANDLE,
    max: CK_ULONG,
    count: *mut CK_ULONG,
) -> CK_RV {
    let told = told![Number("hSession", session), Found(list, max, count)];
    guard::call("C_FindObjects", told, |module| {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(count, "pulObjectCount is NULL") }?;
        if list.is_null() && max > 0 {
            return Err(Error::ArgumentsBad("phObject is NULL".into()));
        }
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        let found = module.find_objects(SessionHandle(session), max)?;
        let found: Vec<CK_OBJECT_HANDLE> = found.iter().take(max).map(|one| one.0).collect();
        // SAFETY: the application's promise for this call: there is room for `max`, and there are
        // no more.
        unsafe { output::elements(&found, list) };
        place.put(output::ulong(found.len())?);
        Ok(())
    })
}

/// `C_FindObjectsFinal`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Object management functions", says it is, for the
/// time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_FindObjectsFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    let told = told![Number("hSession", session)];
    guard::call("C_FindObjectsFinal", told, |module| {
        module.find_objects_final(SessionHandle(session))
    })
}
