// SPDX-License-Identifier: MIT OR Apache-2.0
//! Slots, tokens, mechanisms and PINs.
//!
//! Source: PKCS#11 v3.2, "Slot and token management functions".

use core::ffi::c_void;

use crate::abi::output::{Place, padded};
use crate::abi::trace::{FlagsOf, told};
use crate::abi::types::{
    CK_BBOOL, CK_FLAGS, CK_MECHANISM_INFO, CK_MECHANISM_TYPE, CK_RV, CK_SESSION_HANDLE, CK_SLOT_ID,
    CK_SLOT_INFO, CK_TOKEN_INFO, CK_ULONG, CK_UTF8CHAR, CK_VERSION,
};
use crate::abi::{guard, input, output};
use crate::error::{Error, Result};
use crate::module::{Module, TokenInfo, TokenPresent, Wait};
use crate::pkcs11::flag::CKF_DONT_BLOCK;
use crate::pkcs11::value::CK_EFFECTIVELY_INFINITE;
use crate::pkcs11::{MechanismType, SessionHandle, SlotId};
use crate::secret::Pin;

/// `C_GetSlotList`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Slot and token management functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetSlotList(
    token_present: CK_BBOOL,
    list: *mut CK_SLOT_ID,
    count: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Bool("tokenPresent", token_present),
        List("pSlotList", list, count)
    ];
    guard::call("C_GetSlotList", told, |module| {
        // SAFETY: the application's promise for this call.
        let count = unsafe { Place::new(count, "pulCount is NULL") }?;
        let which = if token_present == 0 {
            TokenPresent::Any
        } else {
            TokenPresent::Only
        };
        let slots: Vec<CK_SLOT_ID> = module.slot_list(which)?.iter().map(|slot| slot.0).collect();
        // SAFETY: the application's promise for this call.
        unsafe { output::list(&slots, list, count) }
    })
}

/// `C_GetSlotInfo`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Slot and token management functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetSlotInfo(slot: CK_SLOT_ID, info: *mut CK_SLOT_INFO) -> CK_RV {
    let told = told![Number("slotID", slot), SlotInfo(info)];
    guard::call("C_GetSlotInfo", told, |module| {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(info, "pInfo is NULL") }?;
        let found = module.slot_info(SlotId(slot))?;
        place.put(CK_SLOT_INFO {
            slotDescription: padded(&found.description),
            manufacturerID: padded(&found.manufacturer),
            flags: found.flags,
            hardwareVersion: library_version(module)?,
            firmwareVersion: library_version(module)?,
        });
        Ok(())
    })
}

/// `C_GetTokenInfo`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Slot and token management functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetTokenInfo(slot: CK_SLOT_ID, info: *mut CK_TOKEN_INFO) -> CK_RV {
    let told = told![Number("slotID", slot), TokenInfo(info)];
    guard::call("C_GetTokenInfo", told, |module| {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(info, "pInfo is NULL") }?;
        let found = module.token_info(SlotId(slot))?;
        place.put(token_info(&found, library_version(module)?)?);
        Ok(())
    })
}

/// `C_GetMechanismList`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Slot and token management functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetMechanismList(
    slot: CK_SLOT_ID,
    list: *mut CK_MECHANISM_TYPE,
    count: *mut CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("slotID", slot),
        Count("pMechanismList", list.cast(), count)
    ];
    guard::call("C_GetMechanismList", told, |module| {
        // SAFETY: the application's promise for this call.
        let count = unsafe { Place::new(count, "pulCount is NULL") }?;
        let found = module.mechanism_list(SlotId(slot))?;
        let mechanisms: Vec<CK_MECHANISM_TYPE> = found.iter().map(|one| one.0).collect();
        // SAFETY: the application's promise for this call.
        unsafe { output::list(&mechanisms, list, count) }
    })
}

/// `C_GetMechanismInfo`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Slot and token management functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetMechanismInfo(
    slot: CK_SLOT_ID,
    mechanism: CK_MECHANISM_TYPE,
    info: *mut CK_MECHANISM_INFO,
) -> CK_RV {
    let told = told![
        Number("slotID", slot),
        MechanismType(mechanism),
        MechanismInfo(info)
    ];
    guard::call("C_GetMechanismInfo", told, |module| {
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(info, "pInfo is NULL") }?;
        let found = module.mechanism_info(SlotId(slot), MechanismType(mechanism))?;
        place.put(CK_MECHANISM_INFO {
            ulMinKeySize: found.key_size_min,
            ulMaxKeySize: found.key_size_max,
            flags: found.flags,
        });
        Ok(())
    })
}

/// `C_WaitForSlotEvent`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Slot and token management functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_WaitForSlotEvent(
    flags: CK_FLAGS,
    slot: *mut CK_SLOT_ID,
    reserved: *mut c_void,
) -> CK_RV {
    let told = told![
        Flags(FlagsOf::Wait, flags),
        Made("pSlot", slot),
        Pointer("pReserved", reserved)
    ];
    guard::call("C_WaitForSlotEvent", told, |module| {
        if !reserved.is_null() {
            return Err(Error::ArgumentsBad("pReserved must be NULL".into()));
        }
        // SAFETY: the application's promise for this call.
        let place = unsafe { Place::new(slot, "pSlot is NULL") }?;
        let wait = if flags & CKF_DONT_BLOCK == 0 {
            Wait::Block
        } else {
            Wait::DontBlock
        };
        place.put(module.wait_for_slot_event(wait)?.0);
        Ok(())
    })
}

/// `C_InitToken`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Slot and token management functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_InitToken(
    slot: CK_SLOT_ID,
    pin: *mut CK_UTF8CHAR,
    pin_len: CK_ULONG,
    label: *mut CK_UTF8CHAR,
) -> CK_RV {
    let told = told![
        Number("slotID", slot),
        Bytes("pPin", pin.cast(), pin_len),
        Text("pLabel", label, 32)
    ];
    guard::call("C_InitToken", told, |module| {
        // SAFETY: the application's promise for this call.
        let pin = unsafe { input::pin(pin, pin_len) }?;
        // SAFETY: the application's promise for this call: the label has 32 bytes.
        let label: [u8; 32] = unsafe { input::value(label.cast(), "pLabel is NULL") }?;
        module.init_token(SlotId(slot), pin, &label)
    })
}

/// `C_InitPIN`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Slot and token management functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_InitPIN(
    session: CK_SESSION_HANDLE,
    pin: *mut CK_UTF8CHAR,
    pin_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pPin", pin.cast(), pin_len)
    ];
    guard::call("C_InitPIN", told, |module| {
        // SAFETY: the application's promise for this call.
        let pin = unsafe { input::pin(pin, pin_len) }?;
        module.init_pin(SessionHandle(session), pin)
    })
}

/// `C_SetPIN`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Slot and token management functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SetPIN(
    session: CK_SESSION_HANDLE,
    old: *mut CK_UTF8CHAR,
    old_len: CK_ULONG,
    new: *mut CK_UTF8CHAR,
    new_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pOldPin", old.cast(), old_len),
        Bytes("pNewPin", new.cast(), new_len)
    ];
    guard::call("C_SetPIN", told, |module| {
        // SAFETY: the application's promise for this call.
        let old = unsafe { input::pin(old, old_len) }?;
        // SAFETY: the application's promise for this call.
        let new = unsafe { input::pin(new, new_len) }?;
        module.set_pin(SessionHandle(session), old, new)
    })
}

/// The version of slots and tokens in software is the library's.
///
/// # Errors
/// `CKR_CRYPTOKI_NOT_INITIALIZED`
fn library_version(module: &Module) -> Result<CK_VERSION> {
    let (major, minor) = module.info()?.library_version;
    Ok(CK_VERSION { major, minor })
}

/// `CK_TOKEN_INFO`
///
/// # Errors
/// `CKR_GENERAL_ERROR` when a number does not fit.
fn token_info(found: &TokenInfo, version: CK_VERSION) -> Result<CK_TOKEN_INFO> {
    Ok(CK_TOKEN_INFO {
        label: padded(&found.label),
        manufacturerID: padded(&found.manufacturer),
        model: padded(&found.model),
        serialNumber: padded(&found.serial),
        flags: found.flags,
        ulMaxSessionCount: CK_EFFECTIVELY_INFINITE,
        ulSessionCount: found.sessions,
        ulMaxRwSessionCount: CK_EFFECTIVELY_INFINITE,
        ulRwSessionCount: found.rw_sessions,
        ulMaxPinLen: output::ulong(Pin::LEN_MAX)?,
        ulMinPinLen: output::ulong(Pin::LEN_MIN)?,
        // SPEC: strict readers want 0 where CK_UNAVAILABLE_INFORMATION would also do.
        ulTotalPublicMemory: 0,
        ulFreePublicMemory: 0,
        ulTotalPrivateMemory: 0,
        ulFreePrivateMemory: 0,
        hardwareVersion: version,
        firmwareVersion: version,
        utcTime: padded(&found.utc_time),
    })
}
