// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys made by encrypting data with another key.
//!
//! Source: PKCS#11 v3.2, "Key derivation by data encryption – DES & AES".

use super::aes_key_gen::{AES_SIZE, aes_key};
use super::des3_key_gen::{DES3_KEYS, DES3_SIZE, des3_key};
use crate::crypto::aes::AesKey;
use crate::crypto::block_cipher::BlockCipher;
use crate::crypto::des3::Des3Key;
use crate::error::{Error, Result};
use crate::mechanism::{
    Derivation, Derived, KeySize, Mechanism, ParamShape, Params, Roles, Status,
};
use crate::object::UsableKey;
use crate::pkcs11::KeyType;
use crate::pkcs11::key_type::CKK_AES;
use crate::pkcs11::mechanism::{
    CKM_AES_CBC_ENCRYPT_DATA, CKM_AES_ECB_ENCRYPT_DATA, CKM_DES3_CBC_ENCRYPT_DATA,
    CKM_DES3_ECB_ENCRYPT_DATA,
};
use crate::secret::SecretBytes;

fn derive<K: BlockCipher<N>, const N: usize>(
    derivation: &Derivation<'_>,
    key: fn(&UsableKey) -> Result<K>,
) -> Result<Derived> {
    let key = key(&derivation.base)?;
    let (iv, data) = match derivation.params {
        Params::StringData(data) => (None, *data),
        Params::CbcEncryptData { iv, data } => (iv.first_chunk::<N>().copied(), *data),
        _ => {
            return Err(Error::MechanismParamInvalid(
                "the parameter must hold the data to encrypt".into(),
            ));
        }
    };
    if data.is_empty() || !data.len().is_multiple_of(N) {
        return Err(Error::MechanismParamInvalid(
            format!("the data must be whole blocks of {N} bytes").into(),
        ));
    }
    let wanted = derivation.value_len.unwrap_or(data.len());
    // "If the data is too short to make the requested key then the mechanism returns CKR_DATA_LEN_RANGE."
    if wanted > data.len() {
        return Err(Error::DataLenRange(
            "the data is too short for the wanted key".into(),
        ));
    }
    let sealed = SecretBytes::try_init(data.len(), |output| match iv {
        Some(mut iv) => key.cbc_encrypt(&mut iv, data, output),
        None => key.ecb_encrypt(data, output),
    })?;
    // "the part discarded will be from the trailing end (least significant bytes) of the cipher text data"
    Ok(Derived::Value(sealed.truncated(wanted)))
}

/// What the rows of one cipher have in common.
const fn rows(
    keys: &'static [KeyType],
    key_size: KeySize,
    status: Status,
    derive: fn(&Derivation<'_>) -> Result<Derived>,
) -> Mechanism {
    Mechanism {
        id: CKM_AES_ECB_ENCRYPT_DATA,
        spec: "Key derivation by data encryption – DES & AES",
        params: ParamShape::StringData,
        keys,
        key_size,
        extra_flags: 0,
        status,
        roles: Roles {
            derive: Some(derive),
            ..Roles::NONE
        },
    }
}

const AES: Mechanism = rows(&[CKK_AES], AES_SIZE, Status::Current, |derivation| {
    derive::<AesKey, 16>(derivation, aes_key)
});

const DES3: Mechanism = rows(DES3_KEYS, DES3_SIZE, Status::Legacy, |derivation| {
    derive::<Des3Key, 8>(derivation, des3_key)
});

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    Mechanism {
        id: CKM_AES_ECB_ENCRYPT_DATA,
        ..AES
    },
    Mechanism {
        id: CKM_AES_CBC_ENCRYPT_DATA,
        params: ParamShape::AesCbcEncryptData,
        ..AES
    },
    Mechanism {
        id: CKM_DES3_ECB_ENCRYPT_DATA,
        ..DES3
    },
    Mechanism {
        id: CKM_DES3_CBC_ENCRYPT_DATA,
        params: ParamShape::Des3CbcEncryptData,
        ..DES3
    },
];
