// SPDX-License-Identifier: MIT OR Apache-2.0
//! The memory layout of every structure: ours, an independent one, and the C header's.
//!
//! Source: PKCS#11 v3.2, "General data types" and "Mechanisms".

use std::fmt::Write as _;
use std::mem::offset_of;
use std::process::Command;

use keystead::abi::{tables, types};

/// A structure: its name, its size, its fields with their offsets.
type Layout = (&'static str, usize, Vec<(&'static str, usize)>);

/// Measures structures of one origin.
macro_rules! measured {
    ($origin:path: $($name:ident { $($field:ident),+ })+) => {{
        use $origin as origin;
        vec![$((
            stringify!($name),
            size_of::<origin::$name>(),
            vec![$((stringify!($field), offset_of!(origin::$name, $field)),)+],
        ),)+]
    }};
}

macro_rules! layouts {
    ($($all:tt)+) => {
        fn ours() -> Vec<Layout> {
            measured!(types: $($all)+)
        }

        fn independent() -> Vec<Layout> {
            measured!(cryptoki_sys: $($all)+)
        }
    };
}

layouts! {
    CK_VERSION { major, minor }
    CK_INFO { cryptokiVersion, manufacturerID, flags, libraryDescription, libraryVersion }
    CK_SLOT_INFO { slotDescription, manufacturerID, flags, hardwareVersion, firmwareVersion }
    CK_TOKEN_INFO {
        label, manufacturerID, model, serialNumber, flags, ulMaxSessionCount, ulSessionCount,
        ulMaxRwSessionCount, ulRwSessionCount, ulMaxPinLen, ulMinPinLen, ulTotalPublicMemory,
        ulFreePublicMemory, ulTotalPrivateMemory, ulFreePrivateMemory, hardwareVersion,
        firmwareVersion, utcTime
    }
    CK_SESSION_INFO { slotID, state, flags, ulDeviceError }
    CK_MECHANISM_INFO { ulMinKeySize, ulMaxKeySize, flags }
    CK_ATTRIBUTE { type_, pValue, ulValueLen }
    CK_MECHANISM { mechanism, pParameter, ulParameterLen }
    CK_INTERFACE { pInterfaceName, pFunctionList, flags }
    CK_ASYNC_DATA { ulVersion, pValue, ulValue, hObject, hAdditionalObject }
    CK_C_INITIALIZE_ARGS {
        CreateMutex, DestroyMutex, LockMutex, UnlockMutex, flags, pReserved
    }
    CK_RSA_PKCS_OAEP_PARAMS { hashAlg, mgf, source, pSourceData, ulSourceDataLen }
    CK_RSA_AES_KEY_WRAP_PARAMS { ulAESKeyBits, pOAEPParams }
    CK_ECDH_AES_KEY_WRAP_PARAMS { ulAESKeyBits, kdf, ulSharedDataLen, pSharedData }
    CK_RSA_PKCS_PSS_PARAMS { hashAlg, mgf, sLen }
    CK_ECDH1_DERIVE_PARAMS { kdf, ulSharedDataLen, pSharedData, ulPublicDataLen, pPublicData }
    CK_EDDSA_PARAMS { phFlag, ulContextDataLen, pContextData }
    CK_AES_CTR_PARAMS { ulCounterBits, cb }
    CK_GCM_PARAMS { pIv, ulIvLen, ulIvBits, pAAD, ulAADLen, ulTagBits }
    CK_CCM_PARAMS { ulDataLen, pNonce, ulNonceLen, pAAD, ulAADLen, ulMACLen }
    CK_CCM_MESSAGE_PARAMS {
        ulDataLen, pNonce, ulNonceLen, ulNonceFixedBits, nonceGenerator, pMAC, ulMACLen
    }
    CK_CCM_WRAP_PARAMS {
        ulDataLen, pNonce, ulNonceLen, ulNonceFixedBits, nonceGenerator, pAAD, ulAADLen, ulMACLen
    }
    CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS { pNonce, ulNonceLen, pTag }
    CK_CHACHA20_PARAMS { pBlockCounter, blockCounterBits, pNonce, ulNonceBits }
    CK_SALSA20_CHACHA20_POLY1305_PARAMS { pNonce, ulNonceLen, pAAD, ulAADLen }
    CK_AES_CBC_ENCRYPT_DATA_PARAMS { iv, pData, length }
    CK_DES_CBC_ENCRYPT_DATA_PARAMS { iv, pData, length }
    CK_GCM_MESSAGE_PARAMS { pIv, ulIvLen, ulIvFixedBits, ivGenerator, pTag, ulTagBits }
    CK_GCM_WRAP_PARAMS { pIv, ulIvLen, ulIvFixedBits, ivGenerator, pAAD, ulAADLen, ulTagBits }
    CK_KEY_DERIVATION_STRING_DATA { pData, ulLen }
    CK_HKDF_PARAMS {
        bExtract, bExpand, prfHashMechanism, ulSaltType, pSalt, ulSaltLen, hSaltKey, pInfo,
        ulInfoLen
    }
    CK_PKCS5_PBKD2_PARAMS2 {
        saltSource, pSaltSourceData, ulSaltSourceDataLen, iterations, prf, pPrfData, ulPrfDataLen,
        pPassword, ulPasswordLen
    }
    CK_PRF_DATA_PARAM { type_, pValue, ulValueLen }
    CK_SP800_108_COUNTER_FORMAT { bLittleEndian, ulWidthInBits }
    CK_SP800_108_DKM_LENGTH_FORMAT { dkmLengthMethod, bLittleEndian, ulWidthInBits }
    CK_DERIVED_KEY { pTemplate, ulAttributeCount, phKey }
    CK_SP800_108_KDF_PARAMS {
        prfType, ulNumberOfDataParams, pDataParams, ulAdditionalDerivedKeys, pAdditionalDerivedKeys
    }
    CK_SP800_108_FEEDBACK_KDF_PARAMS {
        prfType, ulNumberOfDataParams, pDataParams, ulIVLen, pIV, ulAdditionalDerivedKeys,
        pAdditionalDerivedKeys
    }
    CK_IKE_PRF_DERIVE_PARAMS {
        prfMechanism, bDataAsKey, bRekey, pNi, ulNiLen, pNr, ulNrLen, hNewKey
    }
    CK_IKE1_PRF_DERIVE_PARAMS {
        prfMechanism, bHasPrevKey, hKeygxy, hPrevKey, pCKYi, ulCKYiLen, pCKYr, ulCKYrLen,
        keyNumber
    }
    CK_IKE2_PRF_PLUS_DERIVE_PARAMS {
        prfMechanism, bHasSeedKey, hSeedKey, pSeedData, ulSeedDataLen
    }
    CK_IKE1_EXTENDED_DERIVE_PARAMS {
        prfMechanism, bHasKeygxy, hKeygxy, pExtraData, ulExtraDataLen
    }
    CK_SSL3_RANDOM_DATA {
        pClientRandom, ulClientRandomLen, pServerRandom, ulServerRandomLen
    }
    CK_SSL3_KEY_MAT_OUT {
        hClientMacSecret, hServerMacSecret, hClientKey, hServerKey, pIVClient, pIVServer
    }
    CK_SSL3_MASTER_KEY_DERIVE_PARAMS { RandomInfo, pVersion }
    CK_SSL3_KEY_MAT_PARAMS {
        ulMacSizeInBits, ulKeySizeInBits, ulIVSizeInBits, bIsExport, RandomInfo,
        pReturnedKeyMaterial
    }
    CK_TLS12_MASTER_KEY_DERIVE_PARAMS {
        RandomInfo, pVersion, prfHashMechanism
    }
    CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS {
        prfHashMechanism, pSessionHash, ulSessionHashLen, pVersion
    }
    CK_TLS12_KEY_MAT_PARAMS {
        ulMacSizeInBits, ulKeySizeInBits, ulIVSizeInBits, bIsExport, RandomInfo,
        pReturnedKeyMaterial, prfHashMechanism
    }
    CK_TLS_KDF_PARAMS {
        prfMechanism, pLabel, ulLabelLength, RandomInfo, pContextData, ulContextDataLength
    }
    CK_TLS_MAC_PARAMS {
        prfHashMechanism, ulMacLength, ulServerOrClient
    }
}

#[test]
fn structures_lie_in_memory_as_the_standard_says() {
    for (ours, independent) in ours().into_iter().zip(independent()) {
        assert_eq!(ours, independent);
    }
}

#[test]
fn function_lists_have_the_standards_size_and_order() {
    macro_rules! offsets {
        ($($list:ident: $($name:ident),+;)+) => {
            $($(
                let name = stringify!($name);
                let position = crate::symbols::names().iter().position(|known| *known == name);
                let offset = offset_of!(cryptoki_sys::$list, $name);
                assert_eq!(position, Some(offset / 8 - 1), "{name}");
            )+)+
        };
    }
    assert_eq!(
        (
            size_of::<tables::FunctionList240>(),
            size_of::<tables::FunctionList300>(),
            size_of::<tables::FunctionList320>(),
        ),
        (
            size_of::<cryptoki_sys::CK_FUNCTION_LIST>(),
            size_of::<cryptoki_sys::CK_FUNCTION_LIST_3_0>(),
            size_of::<cryptoki_sys::CK_FUNCTION_LIST_3_2>(),
        )
    );
    offsets! {
        CK_FUNCTION_LIST:
            C_Initialize, C_Finalize, C_GetInfo, C_GetFunctionList, C_GetSlotList, C_GetSlotInfo,
            C_GetTokenInfo, C_GetMechanismList, C_GetMechanismInfo, C_InitToken, C_InitPIN,
            C_SetPIN, C_OpenSession, C_CloseSession, C_CloseAllSessions, C_GetSessionInfo,
            C_GetOperationState, C_SetOperationState, C_Login, C_Logout, C_CreateObject,
            C_CopyObject, C_DestroyObject, C_GetObjectSize, C_GetAttributeValue,
            C_SetAttributeValue, C_FindObjectsInit, C_FindObjects, C_FindObjectsFinal,
            C_EncryptInit, C_Encrypt, C_EncryptUpdate, C_EncryptFinal, C_DecryptInit, C_Decrypt,
            C_DecryptUpdate, C_DecryptFinal, C_DigestInit, C_Digest, C_DigestUpdate, C_DigestKey,
            C_DigestFinal, C_SignInit, C_Sign, C_SignUpdate, C_SignFinal, C_SignRecoverInit,
            C_SignRecover, C_VerifyInit, C_Verify, C_VerifyUpdate, C_VerifyFinal,
            C_VerifyRecoverInit, C_VerifyRecover, C_DigestEncryptUpdate, C_DecryptDigestUpdate,
            C_SignEncryptUpdate, C_DecryptVerifyUpdate, C_GenerateKey, C_GenerateKeyPair, C_WrapKey,
            C_UnwrapKey, C_DeriveKey, C_SeedRandom, C_GenerateRandom, C_GetFunctionStatus,
            C_CancelFunction, C_WaitForSlotEvent;
        CK_FUNCTION_LIST_3_0:
            C_GetInterfaceList, C_GetInterface, C_LoginUser, C_SessionCancel, C_MessageEncryptInit,
            C_EncryptMessage, C_EncryptMessageBegin, C_EncryptMessageNext, C_MessageEncryptFinal,
            C_MessageDecryptInit, C_DecryptMessage, C_DecryptMessageBegin, C_DecryptMessageNext,
            C_MessageDecryptFinal, C_MessageSignInit, C_SignMessage, C_SignMessageBegin,
            C_SignMessageNext, C_MessageSignFinal, C_MessageVerifyInit, C_VerifyMessage,
            C_VerifyMessageBegin, C_VerifyMessageNext, C_MessageVerifyFinal;
        CK_FUNCTION_LIST_3_2:
            C_EncapsulateKey, C_DecapsulateKey, C_VerifySignatureInit, C_VerifySignature,
            C_VerifySignatureUpdate, C_VerifySignatureFinal, C_GetSessionValidationFlags,
            C_AsyncComplete, C_AsyncGetID, C_AsyncJoin, C_WrapKeyAuthenticated,
            C_UnwrapKeyAuthenticated;
    }
}

#[test]
fn the_header_has_the_same_layouts() {
    let mut source = String::from("#include <stddef.h>\n#include \"keystead.h\"\n");
    for (name, size, fields) in ours() {
        writeln!(
            source,
            "_Static_assert(sizeof({name}) == {size}, \"{name}\");"
        )
        .unwrap();
        for (field, offset) in fields {
            let field = if field == "type_" { "type" } else { field };
            let holds = format!("offsetof({name}, {field}) == {offset}");
            writeln!(source, "_Static_assert({holds}, \"{name}.{field}\");").unwrap();
        }
    }
    for (position, name) in crate::symbols::names().into_iter().enumerate() {
        let offset = 8 * (position + 1);
        let holds = format!("offsetof(CK_FUNCTION_LIST_3_2, {name}) == {offset}");
        writeln!(source, "_Static_assert({holds}, \"{name}\");").unwrap();
        writeln!(source, "CK_{name} pointer_to_{name} = {name};").unwrap();
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("layouts.c");
    std::fs::write(&path, source).unwrap();
    let output = Command::new("gcc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"])
        .arg(concat!("-I", env!("CARGO_MANIFEST_DIR"), "/include"))
        .arg(&path)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
