// SPDX-License-Identifier: MIT OR Apache-2.0
//! The function lists of 2.40, 3.0 and 3.2: each one begins as the one before it.
//!
//! The types here are what the standard says; a function with another signature does not compile.
//! Source: PKCS#11 v3.2, "General data types", `CK_FUNCTION_LIST`, `CK_FUNCTION_LIST_3_0`,
//! `CK_FUNCTION_LIST_3_2`.
#![expect(
    non_snake_case,
    reason = "the fields have the names that the standard gives them"
)]

use core::ffi::c_void;

use crate::abi::calls;
use crate::abi::types::{
    CK_ASYNC_DATA, CK_ATTRIBUTE, CK_BBOOL, CK_BYTE, CK_FLAGS, CK_INFO, CK_INTERFACE, CK_MECHANISM,
    CK_MECHANISM_INFO, CK_MECHANISM_TYPE, CK_NOTIFY, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE,
    CK_SESSION_INFO, CK_SESSION_VALIDATION_FLAGS_TYPE, CK_SLOT_ID, CK_SLOT_INFO, CK_TOKEN_INFO,
    CK_ULONG, CK_USER_TYPE, CK_UTF8CHAR, CK_VERSION,
};

/// Makes a group of function pointers, filled with our functions, and the list of their names.
macro_rules! functions {
    ($group:ident: $($file:ident::$name:ident($($argument:ty),*),)+) => {
        #[doc = concat!("The functions of `", stringify!($group), "`, in the standard's order.")]
        #[repr(C)]
        #[derive(Clone, Copy, Debug)]
        pub struct $group {
            $(
                #[doc = concat!("`", stringify!($name), "`")]
                pub $name: unsafe extern "C" fn($($argument),*) -> CK_RV,
            )+
        }

        impl $group {
            /// Our functions.
            pub(super) const OURS: Self = Self { $($name: calls::$file::$name,)+ };

            /// Their names.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name),)+];
        }
    };
}

/// `CK_FUNCTION_LIST`
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct FunctionList240 {
    /// `version`
    pub version: CK_VERSION,
    /// The functions of 2.40
    pub of_2_40: Functions240,
}

/// `CK_FUNCTION_LIST_3_0`
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct FunctionList300 {
    /// `version`
    pub version: CK_VERSION,
    /// The functions of 2.40
    pub of_2_40: Functions240,
    /// The functions that 3.0 adds
    pub of_3_0: Functions300,
}

/// `CK_FUNCTION_LIST_3_2`
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct FunctionList320 {
    /// `version`
    pub version: CK_VERSION,
    /// The functions of 2.40
    pub of_2_40: Functions240,
    /// The functions that 3.0 adds
    pub of_3_0: Functions300,
    /// The functions that 3.2 adds
    pub of_3_2: Functions320,
}

functions! {
    Functions240:
    general::C_Initialize(*mut c_void),
    general::C_Finalize(*mut c_void),
    general::C_GetInfo(*mut CK_INFO),
    general::C_GetFunctionList(*mut *mut FunctionList240),
    slot_token::C_GetSlotList(CK_BBOOL, *mut CK_SLOT_ID, *mut CK_ULONG),
    slot_token::C_GetSlotInfo(CK_SLOT_ID, *mut CK_SLOT_INFO),
    slot_token::C_GetTokenInfo(CK_SLOT_ID, *mut CK_TOKEN_INFO),
    slot_token::C_GetMechanismList(CK_SLOT_ID, *mut CK_MECHANISM_TYPE, *mut CK_ULONG),
    slot_token::C_GetMechanismInfo(CK_SLOT_ID, CK_MECHANISM_TYPE, *mut CK_MECHANISM_INFO),
    slot_token::C_InitToken(CK_SLOT_ID, *mut CK_UTF8CHAR, CK_ULONG, *mut CK_UTF8CHAR),
    slot_token::C_InitPIN(CK_SESSION_HANDLE, *mut CK_UTF8CHAR, CK_ULONG),
    slot_token::C_SetPIN(CK_SESSION_HANDLE, *mut CK_UTF8CHAR, CK_ULONG, *mut CK_UTF8CHAR, CK_ULONG),
    session::C_OpenSession(CK_SLOT_ID, CK_FLAGS, *mut c_void, CK_NOTIFY, *mut CK_SESSION_HANDLE),
    session::C_CloseSession(CK_SESSION_HANDLE),
    session::C_CloseAllSessions(CK_SLOT_ID),
    session::C_GetSessionInfo(CK_SESSION_HANDLE, *mut CK_SESSION_INFO),
    session::C_GetOperationState(CK_SESSION_HANDLE, *mut CK_BYTE, *mut CK_ULONG),
    session::C_SetOperationState(
        CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, CK_OBJECT_HANDLE, CK_OBJECT_HANDLE
    ),
    session::C_Login(CK_SESSION_HANDLE, CK_USER_TYPE, *mut CK_UTF8CHAR, CK_ULONG),
    session::C_Logout(CK_SESSION_HANDLE),
    object::C_CreateObject(CK_SESSION_HANDLE, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE),
    object::C_CopyObject(
        CK_SESSION_HANDLE, CK_OBJECT_HANDLE, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE
    ),
    object::C_DestroyObject(CK_SESSION_HANDLE, CK_OBJECT_HANDLE),
    object::C_GetObjectSize(CK_SESSION_HANDLE, CK_OBJECT_HANDLE, *mut CK_ULONG),
    object::C_GetAttributeValue(CK_SESSION_HANDLE, CK_OBJECT_HANDLE, *mut CK_ATTRIBUTE, CK_ULONG),
    object::C_SetAttributeValue(CK_SESSION_HANDLE, CK_OBJECT_HANDLE, *mut CK_ATTRIBUTE, CK_ULONG),
    object::C_FindObjectsInit(CK_SESSION_HANDLE, *mut CK_ATTRIBUTE, CK_ULONG),
    object::C_FindObjects(CK_SESSION_HANDLE, *mut CK_OBJECT_HANDLE, CK_ULONG, *mut CK_ULONG),
    object::C_FindObjectsFinal(CK_SESSION_HANDLE),
    encrypt::C_EncryptInit(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE),
    encrypt::C_Encrypt(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG),
    encrypt::C_EncryptUpdate(
        CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG
    ),
    encrypt::C_EncryptFinal(CK_SESSION_HANDLE, *mut CK_BYTE, *mut CK_ULONG),
    decrypt::C_DecryptInit(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE),
    decrypt::C_Decrypt(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG),
    decrypt::C_DecryptUpdate(
        CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG
    ),
    decrypt::C_DecryptFinal(CK_SESSION_HANDLE, *mut CK_BYTE, *mut CK_ULONG),
    digest::C_DigestInit(CK_SESSION_HANDLE, *mut CK_MECHANISM),
    digest::C_Digest(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG),
    digest::C_DigestUpdate(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG),
    digest::C_DigestKey(CK_SESSION_HANDLE, CK_OBJECT_HANDLE),
    digest::C_DigestFinal(CK_SESSION_HANDLE, *mut CK_BYTE, *mut CK_ULONG),
    sign::C_SignInit(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE),
    sign::C_Sign(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG),
    sign::C_SignUpdate(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG),
    sign::C_SignFinal(CK_SESSION_HANDLE, *mut CK_BYTE, *mut CK_ULONG),
    sign::C_SignRecoverInit(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE),
    sign::C_SignRecover(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG),
    verify::C_VerifyInit(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE),
    verify::C_Verify(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, CK_ULONG),
    verify::C_VerifyUpdate(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG),
    verify::C_VerifyFinal(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG),
    verify::C_VerifyRecoverInit(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE),
    verify::C_VerifyRecover(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG),
    dual::C_DigestEncryptUpdate(
        CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG
    ),
    dual::C_DecryptDigestUpdate(
        CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG
    ),
    dual::C_SignEncryptUpdate(
        CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG
    ),
    dual::C_DecryptVerifyUpdate(
        CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG
    ),
    keys::C_GenerateKey(
        CK_SESSION_HANDLE, *mut CK_MECHANISM, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE
    ),
    keys::C_GenerateKeyPair(
        CK_SESSION_HANDLE, *mut CK_MECHANISM, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_ATTRIBUTE,
        CK_ULONG, *mut CK_OBJECT_HANDLE, *mut CK_OBJECT_HANDLE
    ),
    keys::C_WrapKey(
        CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE, CK_OBJECT_HANDLE, *mut CK_BYTE,
        *mut CK_ULONG
    ),
    keys::C_UnwrapKey(
        CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE, *mut CK_BYTE, CK_ULONG,
        *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE
    ),
    keys::C_DeriveKey(
        CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE, *mut CK_ATTRIBUTE, CK_ULONG,
        *mut CK_OBJECT_HANDLE
    ),
    random::C_SeedRandom(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG),
    random::C_GenerateRandom(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG),
    parallel::C_GetFunctionStatus(CK_SESSION_HANDLE),
    parallel::C_CancelFunction(CK_SESSION_HANDLE),
    slot_token::C_WaitForSlotEvent(CK_FLAGS, *mut CK_SLOT_ID, *mut c_void),
}

functions! {
    Functions300:
    general::C_GetInterfaceList(*mut CK_INTERFACE, *mut CK_ULONG),
    general::C_GetInterface(*mut CK_UTF8CHAR, *mut CK_VERSION, *mut *mut CK_INTERFACE, CK_FLAGS),
    session::C_LoginUser(
        CK_SESSION_HANDLE, CK_USER_TYPE, *mut CK_UTF8CHAR, CK_ULONG, *mut CK_UTF8CHAR, CK_ULONG
    ),
    session::C_SessionCancel(CK_SESSION_HANDLE, CK_FLAGS),
    message_encrypt::C_MessageEncryptInit(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE),
    message_encrypt::C_EncryptMessage(
        CK_SESSION_HANDLE, *mut c_void, CK_ULONG, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, CK_ULONG,
        *mut CK_BYTE, *mut CK_ULONG
    ),
    message_encrypt::C_EncryptMessageBegin(
        CK_SESSION_HANDLE, *mut c_void, CK_ULONG, *mut CK_BYTE, CK_ULONG
    ),
    message_encrypt::C_EncryptMessageNext(
        CK_SESSION_HANDLE, *mut c_void, CK_ULONG, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE,
        *mut CK_ULONG, CK_FLAGS
    ),
    message_encrypt::C_MessageEncryptFinal(CK_SESSION_HANDLE),
    message_decrypt::C_MessageDecryptInit(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE),
    message_decrypt::C_DecryptMessage(
        CK_SESSION_HANDLE, *mut c_void, CK_ULONG, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, CK_ULONG,
        *mut CK_BYTE, *mut CK_ULONG
    ),
    message_decrypt::C_DecryptMessageBegin(
        CK_SESSION_HANDLE, *mut c_void, CK_ULONG, *mut CK_BYTE, CK_ULONG
    ),
    message_decrypt::C_DecryptMessageNext(
        CK_SESSION_HANDLE, *mut c_void, CK_ULONG, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE,
        *mut CK_ULONG, CK_FLAGS
    ),
    message_decrypt::C_MessageDecryptFinal(CK_SESSION_HANDLE),
    message_sign::C_MessageSignInit(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE),
    message_sign::C_SignMessage(
        CK_SESSION_HANDLE, *mut c_void, CK_ULONG, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE,
        *mut CK_ULONG
    ),
    message_sign::C_SignMessageBegin(CK_SESSION_HANDLE, *mut c_void, CK_ULONG),
    message_sign::C_SignMessageNext(
        CK_SESSION_HANDLE, *mut c_void, CK_ULONG, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE,
        *mut CK_ULONG
    ),
    message_sign::C_MessageSignFinal(CK_SESSION_HANDLE),
    message_verify::C_MessageVerifyInit(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE),
    message_verify::C_VerifyMessage(
        CK_SESSION_HANDLE, *mut c_void, CK_ULONG, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, CK_ULONG
    ),
    message_verify::C_VerifyMessageBegin(CK_SESSION_HANDLE, *mut c_void, CK_ULONG),
    message_verify::C_VerifyMessageNext(
        CK_SESSION_HANDLE, *mut c_void, CK_ULONG, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, CK_ULONG
    ),
    message_verify::C_MessageVerifyFinal(CK_SESSION_HANDLE),
}

functions! {
    Functions320:
    kem::C_EncapsulateKey(
        CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE, *mut CK_ATTRIBUTE, CK_ULONG,
        *mut CK_BYTE, *mut CK_ULONG, *mut CK_OBJECT_HANDLE
    ),
    kem::C_DecapsulateKey(
        CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE, *mut CK_ATTRIBUTE, CK_ULONG,
        *mut CK_BYTE, CK_ULONG, *mut CK_OBJECT_HANDLE
    ),
    verify_signature::C_VerifySignatureInit(
        CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE, *mut CK_BYTE, CK_ULONG
    ),
    verify_signature::C_VerifySignature(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG),
    verify_signature::C_VerifySignatureUpdate(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG),
    verify_signature::C_VerifySignatureFinal(CK_SESSION_HANDLE),
    session::C_GetSessionValidationFlags(
        CK_SESSION_HANDLE, CK_SESSION_VALIDATION_FLAGS_TYPE, *mut CK_FLAGS
    ),
    asynchronous::C_AsyncComplete(CK_SESSION_HANDLE, *mut CK_UTF8CHAR, *mut CK_ASYNC_DATA),
    asynchronous::C_AsyncGetID(CK_SESSION_HANDLE, *mut CK_UTF8CHAR, *mut CK_ULONG),
    asynchronous::C_AsyncJoin(
        CK_SESSION_HANDLE, *mut CK_UTF8CHAR, CK_ULONG, *mut CK_BYTE, CK_ULONG
    ),
    authenticated::C_WrapKeyAuthenticated(
        CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE, CK_OBJECT_HANDLE, *mut CK_BYTE,
        CK_ULONG, *mut CK_BYTE, *mut CK_ULONG
    ),
    authenticated::C_UnwrapKeyAuthenticated(
        CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE, *mut CK_BYTE, CK_ULONG,
        *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_BYTE, CK_ULONG, *mut CK_OBJECT_HANDLE
    ),
}
