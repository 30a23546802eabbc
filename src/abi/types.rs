// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C types of the standard, as they lie in memory on 64-bit Unix.
//!
//! Source: PKCS#11 v3.2, "General data types" and the `CK_..._PARAMS` structures of "Mechanisms".
#![expect(
    non_camel_case_types,
    non_snake_case,
    reason = "the types and fields have the names that the standard gives them"
)]

use core::ffi::{c_uchar, c_ulong, c_void};

/// An unsigned 8-bit value.
pub type CK_BYTE = c_uchar;
/// A byte-sized boolean.
pub type CK_BBOOL = CK_BYTE;
/// An 8-bit UTF-8 code unit.
pub type CK_UTF8CHAR = CK_BYTE;
/// An unsigned value, at least 32 bits long.
pub type CK_ULONG = c_ulong;
/// Bit flags.
pub type CK_FLAGS = CK_ULONG;
/// The outcome of a function.
pub type CK_RV = CK_ULONG;
/// A slot.
pub type CK_SLOT_ID = CK_ULONG;
/// A session.
pub type CK_SESSION_HANDLE = CK_ULONG;
/// An object.
pub type CK_OBJECT_HANDLE = CK_ULONG;
/// A kind of user.
pub type CK_USER_TYPE = CK_ULONG;
/// A mechanism.
pub type CK_MECHANISM_TYPE = CK_ULONG;
/// An attribute.
pub type CK_ATTRIBUTE_TYPE = CK_ULONG;
/// A kind of validation flags.
pub type CK_SESSION_VALIDATION_FLAGS_TYPE = CK_ULONG;
/// A callback for surrender notifications; this module never calls it.
pub type CK_NOTIFY =
    Option<unsafe extern "C" fn(CK_SESSION_HANDLE, CK_ULONG, *mut c_void) -> CK_RV>;

/// `CK_UNAVAILABLE_INFORMATION`
pub const CK_UNAVAILABLE_INFORMATION: CK_ULONG = CK_ULONG::MAX;

/// Declares structures with the standard's field names.
macro_rules! structures {
    ($($name:ident { $($field:ident: $type:ty,)+ })+) => {
        $(
            #[doc = concat!("`", stringify!($name), "`")]
            #[repr(C)]
            #[derive(Clone, Copy, Debug)]
            pub struct $name {
                $(
                    #[doc = concat!("`", stringify!($field), "`")]
                    pub $field: $type,
                )+
            }
        )+
    };
}

structures! {
    CK_VERSION {
        major: CK_BYTE,
        minor: CK_BYTE,
    }
    CK_INFO {
        cryptokiVersion: CK_VERSION,
        manufacturerID: [CK_UTF8CHAR; 32],
        flags: CK_FLAGS,
        libraryDescription: [CK_UTF8CHAR; 32],
        libraryVersion: CK_VERSION,
    }
    CK_SLOT_INFO {
        slotDescription: [CK_UTF8CHAR; 64],
        manufacturerID: [CK_UTF8CHAR; 32],
        flags: CK_FLAGS,
        hardwareVersion: CK_VERSION,
        firmwareVersion: CK_VERSION,
    }
    CK_TOKEN_INFO {
        label: [CK_UTF8CHAR; 32],
        manufacturerID: [CK_UTF8CHAR; 32],
        model: [CK_UTF8CHAR; 16],
        serialNumber: [CK_BYTE; 16],
        flags: CK_FLAGS,
        ulMaxSessionCount: CK_ULONG,
        ulSessionCount: CK_ULONG,
        ulMaxRwSessionCount: CK_ULONG,
        ulRwSessionCount: CK_ULONG,
        ulMaxPinLen: CK_ULONG,
        ulMinPinLen: CK_ULONG,
        ulTotalPublicMemory: CK_ULONG,
        ulFreePublicMemory: CK_ULONG,
        ulTotalPrivateMemory: CK_ULONG,
        ulFreePrivateMemory: CK_ULONG,
        hardwareVersion: CK_VERSION,
        firmwareVersion: CK_VERSION,
        utcTime: [CK_BYTE; 16],
    }
    CK_SESSION_INFO {
        slotID: CK_SLOT_ID,
        state: CK_ULONG,
        flags: CK_FLAGS,
        ulDeviceError: CK_ULONG,
    }
    CK_MECHANISM_INFO {
        ulMinKeySize: CK_ULONG,
        ulMaxKeySize: CK_ULONG,
        flags: CK_FLAGS,
    }
    CK_ATTRIBUTE {
        type_: CK_ATTRIBUTE_TYPE,
        pValue: *mut c_void,
        ulValueLen: CK_ULONG,
    }
    CK_MECHANISM {
        mechanism: CK_MECHANISM_TYPE,
        pParameter: *mut c_void,
        ulParameterLen: CK_ULONG,
    }
    CK_INTERFACE {
        pInterfaceName: *mut CK_UTF8CHAR,
        pFunctionList: *mut c_void,
        flags: CK_FLAGS,
    }
    CK_ASYNC_DATA {
        ulVersion: CK_ULONG,
        pValue: *mut CK_BYTE,
        ulValue: CK_ULONG,
        hObject: CK_OBJECT_HANDLE,
        hAdditionalObject: CK_OBJECT_HANDLE,
    }
    CK_C_INITIALIZE_ARGS {
        CreateMutex: Option<unsafe extern "C" fn(*mut *mut c_void) -> CK_RV>,
        DestroyMutex: Option<unsafe extern "C" fn(*mut c_void) -> CK_RV>,
        LockMutex: Option<unsafe extern "C" fn(*mut c_void) -> CK_RV>,
        UnlockMutex: Option<unsafe extern "C" fn(*mut c_void) -> CK_RV>,
        flags: CK_FLAGS,
        pReserved: *mut c_void,
    }
    CK_RSA_PKCS_OAEP_PARAMS {
        hashAlg: CK_MECHANISM_TYPE,
        mgf: CK_ULONG,
        source: CK_ULONG,
        pSourceData: *mut c_void,
        ulSourceDataLen: CK_ULONG,
    }
    CK_RSA_PKCS_PSS_PARAMS {
        hashAlg: CK_MECHANISM_TYPE,
        mgf: CK_ULONG,
        sLen: CK_ULONG,
    }
    CK_RSA_AES_KEY_WRAP_PARAMS {
        ulAESKeyBits: CK_ULONG,
        pOAEPParams: *mut CK_RSA_PKCS_OAEP_PARAMS,
    }
    CK_ECDH_AES_KEY_WRAP_PARAMS {
        ulAESKeyBits: CK_ULONG,
        kdf: CK_ULONG,
        ulSharedDataLen: CK_ULONG,
        pSharedData: *mut CK_BYTE,
    }
    CK_ECDH1_DERIVE_PARAMS {
        kdf: CK_ULONG,
        ulSharedDataLen: CK_ULONG,
        pSharedData: *mut CK_BYTE,
        ulPublicDataLen: CK_ULONG,
        pPublicData: *mut CK_BYTE,
    }
    CK_EDDSA_PARAMS {
        phFlag: CK_BBOOL,
        ulContextDataLen: CK_ULONG,
        pContextData: *mut CK_BYTE,
    }
    CK_SIGN_ADDITIONAL_CONTEXT {
        hedgeVariant: CK_ULONG,
        pContext: *mut CK_BYTE,
        ulContextLen: CK_ULONG,
    }
    CK_HASH_SIGN_ADDITIONAL_CONTEXT {
        hedgeVariant: CK_ULONG,
        pContext: *mut CK_BYTE,
        ulContextLen: CK_ULONG,
        hash: CK_MECHANISM_TYPE,
    }
    CK_AES_CTR_PARAMS {
        ulCounterBits: CK_ULONG,
        cb: [CK_BYTE; 16],
    }
    CK_GCM_PARAMS {
        pIv: *mut CK_BYTE,
        ulIvLen: CK_ULONG,
        ulIvBits: CK_ULONG,
        pAAD: *mut CK_BYTE,
        ulAADLen: CK_ULONG,
        ulTagBits: CK_ULONG,
    }
    CK_GCM_MESSAGE_PARAMS {
        pIv: *mut CK_BYTE,
        ulIvLen: CK_ULONG,
        ulIvFixedBits: CK_ULONG,
        ivGenerator: CK_ULONG,
        pTag: *mut CK_BYTE,
        ulTagBits: CK_ULONG,
    }
    CK_GCM_WRAP_PARAMS {
        pIv: *mut CK_BYTE,
        ulIvLen: CK_ULONG,
        ulIvFixedBits: CK_ULONG,
        ivGenerator: CK_ULONG,
        pAAD: *mut CK_BYTE,
        ulAADLen: CK_ULONG,
        ulTagBits: CK_ULONG,
    }
    // The form of the 2.20 draft and of headers made from it: no ulIvBits.
    CK_GCM_PARAMS_WITHOUT_IV_BITS {
        pIv: *mut CK_BYTE,
        ulIvLen: CK_ULONG,
        pAAD: *mut CK_BYTE,
        ulAADLen: CK_ULONG,
        ulTagBits: CK_ULONG,
    }
    CK_CCM_PARAMS {
        ulDataLen: CK_ULONG,
        pNonce: *mut CK_BYTE,
        ulNonceLen: CK_ULONG,
        pAAD: *mut CK_BYTE,
        ulAADLen: CK_ULONG,
        ulMACLen: CK_ULONG,
    }
    CK_CCM_MESSAGE_PARAMS {
        ulDataLen: CK_ULONG,
        pNonce: *mut CK_BYTE,
        ulNonceLen: CK_ULONG,
        ulNonceFixedBits: CK_ULONG,
        nonceGenerator: CK_ULONG,
        pMAC: *mut CK_BYTE,
        ulMACLen: CK_ULONG,
    }
    CK_CCM_WRAP_PARAMS {
        ulDataLen: CK_ULONG,
        pNonce: *mut CK_BYTE,
        ulNonceLen: CK_ULONG,
        ulNonceFixedBits: CK_ULONG,
        nonceGenerator: CK_ULONG,
        pAAD: *mut CK_BYTE,
        ulAADLen: CK_ULONG,
        ulMACLen: CK_ULONG,
    }
    CK_CHACHA20_PARAMS {
        pBlockCounter: *mut CK_BYTE,
        blockCounterBits: CK_ULONG,
        pNonce: *mut CK_BYTE,
        ulNonceBits: CK_ULONG,
    }
    CK_SALSA20_CHACHA20_POLY1305_PARAMS {
        pNonce: *mut CK_BYTE,
        ulNonceLen: CK_ULONG,
        pAAD: *mut CK_BYTE,
        ulAADLen: CK_ULONG,
    }
    CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS {
        pNonce: *mut CK_BYTE,
        ulNonceLen: CK_ULONG,
        pTag: *mut CK_BYTE,
    }
    CK_AES_CBC_ENCRYPT_DATA_PARAMS {
        iv: [CK_BYTE; 16],
        pData: *mut CK_BYTE,
        length: CK_ULONG,
    }
    CK_DES_CBC_ENCRYPT_DATA_PARAMS {
        iv: [CK_BYTE; 8],
        pData: *mut CK_BYTE,
        length: CK_ULONG,
    }
    CK_KEY_DERIVATION_STRING_DATA {
        pData: *mut CK_BYTE,
        ulLen: CK_ULONG,
    }
    CK_HKDF_PARAMS {
        bExtract: CK_BBOOL,
        bExpand: CK_BBOOL,
        prfHashMechanism: CK_MECHANISM_TYPE,
        ulSaltType: CK_ULONG,
        pSalt: *mut CK_BYTE,
        ulSaltLen: CK_ULONG,
        hSaltKey: CK_OBJECT_HANDLE,
        pInfo: *mut CK_BYTE,
        ulInfoLen: CK_ULONG,
    }
    CK_PKCS5_PBKD2_PARAMS2 {
        saltSource: CK_ULONG,
        pSaltSourceData: *mut c_void,
        ulSaltSourceDataLen: CK_ULONG,
        iterations: CK_ULONG,
        prf: CK_ULONG,
        pPrfData: *mut c_void,
        ulPrfDataLen: CK_ULONG,
        pPassword: *mut CK_UTF8CHAR,
        ulPasswordLen: CK_ULONG,
    }
    CK_PRF_DATA_PARAM {
        type_: CK_ULONG,
        pValue: *mut c_void,
        ulValueLen: CK_ULONG,
    }
    CK_SP800_108_COUNTER_FORMAT {
        bLittleEndian: CK_BBOOL,
        ulWidthInBits: CK_ULONG,
    }
    CK_SP800_108_DKM_LENGTH_FORMAT {
        dkmLengthMethod: CK_ULONG,
        bLittleEndian: CK_BBOOL,
        ulWidthInBits: CK_ULONG,
    }
    CK_DERIVED_KEY {
        pTemplate: *mut CK_ATTRIBUTE,
        ulAttributeCount: CK_ULONG,
        phKey: *mut CK_OBJECT_HANDLE,
    }
    CK_SP800_108_KDF_PARAMS {
        prfType: CK_MECHANISM_TYPE,
        ulNumberOfDataParams: CK_ULONG,
        pDataParams: *mut CK_PRF_DATA_PARAM,
        ulAdditionalDerivedKeys: CK_ULONG,
        pAdditionalDerivedKeys: *mut CK_DERIVED_KEY,
    }
    CK_SP800_108_FEEDBACK_KDF_PARAMS {
        prfType: CK_MECHANISM_TYPE,
        ulNumberOfDataParams: CK_ULONG,
        pDataParams: *mut CK_PRF_DATA_PARAM,
        ulIVLen: CK_ULONG,
        pIV: *mut CK_BYTE,
        ulAdditionalDerivedKeys: CK_ULONG,
        pAdditionalDerivedKeys: *mut CK_DERIVED_KEY,
    }
    CK_IKE_PRF_DERIVE_PARAMS {
        prfMechanism: CK_MECHANISM_TYPE,
        bDataAsKey: CK_BBOOL,
        bRekey: CK_BBOOL,
        pNi: *mut CK_BYTE,
        ulNiLen: CK_ULONG,
        pNr: *mut CK_BYTE,
        ulNrLen: CK_ULONG,
        hNewKey: CK_OBJECT_HANDLE,
    }
    CK_IKE1_PRF_DERIVE_PARAMS {
        prfMechanism: CK_MECHANISM_TYPE,
        bHasPrevKey: CK_BBOOL,
        hKeygxy: CK_OBJECT_HANDLE,
        hPrevKey: CK_OBJECT_HANDLE,
        pCKYi: *mut CK_BYTE,
        ulCKYiLen: CK_ULONG,
        pCKYr: *mut CK_BYTE,
        ulCKYrLen: CK_ULONG,
        keyNumber: CK_BYTE,
    }
    CK_IKE2_PRF_PLUS_DERIVE_PARAMS {
        prfMechanism: CK_MECHANISM_TYPE,
        bHasSeedKey: CK_BBOOL,
        hSeedKey: CK_OBJECT_HANDLE,
        pSeedData: *mut CK_BYTE,
        ulSeedDataLen: CK_ULONG,
    }
    CK_IKE1_EXTENDED_DERIVE_PARAMS {
        prfMechanism: CK_MECHANISM_TYPE,
        bHasKeygxy: CK_BBOOL,
        hKeygxy: CK_OBJECT_HANDLE,
        pExtraData: *mut CK_BYTE,
        ulExtraDataLen: CK_ULONG,
    }
    CK_SSL3_RANDOM_DATA {
        pClientRandom: *mut CK_BYTE,
        ulClientRandomLen: CK_ULONG,
        pServerRandom: *mut CK_BYTE,
        ulServerRandomLen: CK_ULONG,
    }
    CK_SSL3_KEY_MAT_OUT {
        hClientMacSecret: CK_OBJECT_HANDLE,
        hServerMacSecret: CK_OBJECT_HANDLE,
        hClientKey: CK_OBJECT_HANDLE,
        hServerKey: CK_OBJECT_HANDLE,
        pIVClient: *mut CK_BYTE,
        pIVServer: *mut CK_BYTE,
    }
    CK_SSL3_MASTER_KEY_DERIVE_PARAMS {
        RandomInfo: CK_SSL3_RANDOM_DATA,
        pVersion: *mut CK_VERSION,
    }
    CK_SSL3_KEY_MAT_PARAMS {
        ulMacSizeInBits: CK_ULONG,
        ulKeySizeInBits: CK_ULONG,
        ulIVSizeInBits: CK_ULONG,
        bIsExport: CK_BBOOL,
        RandomInfo: CK_SSL3_RANDOM_DATA,
        pReturnedKeyMaterial: *mut CK_SSL3_KEY_MAT_OUT,
    }
    CK_TLS12_MASTER_KEY_DERIVE_PARAMS {
        RandomInfo: CK_SSL3_RANDOM_DATA,
        pVersion: *mut CK_VERSION,
        prfHashMechanism: CK_MECHANISM_TYPE,
    }
    CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS {
        prfHashMechanism: CK_MECHANISM_TYPE,
        pSessionHash: *mut CK_BYTE,
        ulSessionHashLen: CK_ULONG,
        pVersion: *mut CK_VERSION,
    }
    CK_TLS12_KEY_MAT_PARAMS {
        ulMacSizeInBits: CK_ULONG,
        ulKeySizeInBits: CK_ULONG,
        ulIVSizeInBits: CK_ULONG,
        bIsExport: CK_BBOOL,
        RandomInfo: CK_SSL3_RANDOM_DATA,
        pReturnedKeyMaterial: *mut CK_SSL3_KEY_MAT_OUT,
        prfHashMechanism: CK_MECHANISM_TYPE,
    }
    CK_TLS_KDF_PARAMS {
        prfMechanism: CK_MECHANISM_TYPE,
        pLabel: *mut CK_BYTE,
        ulLabelLength: CK_ULONG,
        RandomInfo: CK_SSL3_RANDOM_DATA,
        pContextData: *mut CK_BYTE,
        ulContextDataLength: CK_ULONG,
    }
    CK_TLS_MAC_PARAMS {
        prfHashMechanism: CK_MECHANISM_TYPE,
        ulMacLength: CK_ULONG,
        ulServerOrClient: CK_ULONG,
    }
}
