// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mechanisms as the log tells them: names, numbers and sizes of the parameter, no byte of it.
//!
//! Source: PKCS#11 v3.2, `CK_MECHANISM` and the `CK_..._PARAMS` structures of "Mechanisms".

use crate::abi::input;
use crate::abi::params;
use crate::abi::types::CK_MECHANISM;
use crate::log::{Fields, Value};
use crate::mechanism::{HkdfSalt, KbkdfField, Params};
use crate::pkcs11::{HardwareType, MechanismType, ProfileType};

/// Names and values of a parameter.
type Told = Vec<(&'static str, Value)>;

/// A mechanism with its parameter, which is told by its length where it is not what the mechanism
/// takes.
///
/// # Safety
/// As [`params::request`].
pub(super) unsafe fn whole(mechanism: *const CK_MECHANISM) -> Value {
    // SAFETY: this function's contract is the same.
    match unsafe { params::request(mechanism) } {
        Ok(request) => {
            let name = request.mechanism.id.to_string();
            let told = describe(&request.params);
            if told.is_empty() {
                Value::named(name)
            } else {
                with(name, told)
            }
        }
        // SAFETY: this function's contract gives a CK_MECHANISM.
        Err(_) => unsafe { bare(mechanism) },
    }
}

/// A mechanism with the length of its parameter.
///
/// # Safety
/// `mechanism` is NULL or points to a `CK_MECHANISM`.
pub(super) unsafe fn bare(mechanism: *const CK_MECHANISM) -> Value {
    // SAFETY: this function's contract is the same.
    let Ok(given) = (unsafe { input::value(mechanism, "") }) else {
        return Value::Null;
    };
    let name = MechanismType(given.mechanism).to_string();
    match (given.pParameter.is_null(), given.ulParameterLen) {
        (_, 0) => Value::named(name),
        (true, _) => with(name, vec![("pParameter", Value::Null)]),
        (false, len) => with(name, vec![("pParameter", Value::Bytes(len))]),
    }
}

fn with(name: String, told: Told) -> Value {
    let first = ("mechanism".into(), Value::Name(name.into()));
    let rest = told.into_iter().map(|(name, value)| (name.into(), value));
    Value::Fields(Fields(core::iter::once(first).chain(rest).collect()))
}

fn bytes(bytes: &[u8]) -> Value {
    Value::Bytes(u64::try_from(bytes.len()).unwrap_or(u64::MAX))
}

fn hedge(hedge: u64) -> Value {
    Value::named(HardwareType(hedge))
}

/// The parameter by the names that the structure's fields have in the standard.
fn describe(params: &Params<'_>) -> Told {
    match params {
        Params::None => Vec::new(),
        Params::Bytes(given) => vec![("pParameter", bytes(given))],
        Params::Ulong(number) => vec![("pParameter", Value::Number(*number))],
        Params::RsaOaep { .. } | Params::RsaPss { .. } | Params::RsaAesKeyWrap { .. } => {
            rsa(params)
        }
        Params::EcdhAesKeyWrap { .. }
        | Params::Ecdh1 { .. }
        | Params::Eddsa { .. }
        | Params::SignContext { .. }
        | Params::HashSignContext { .. } => signing(params),
        Params::AesCtr { counter_bits, .. } => vec![("ulCounterBits", (*counter_bits).into())],
        Params::Gcm(gcm) => vec![
            ("pIv", gcm.iv.map_or(Value::Null, bytes)),
            (
                "ulIvLen",
                u64::try_from(gcm.iv_len).unwrap_or(u64::MAX).into(),
            ),
            ("pAAD", bytes(gcm.aad)),
            ("ulTagBits", gcm.tag_bits.into()),
        ],
        Params::Ccm(ccm) => vec![
            ("ulDataLen", ccm.data_len.into()),
            ("pNonce", bytes(ccm.nonce)),
            ("pAAD", bytes(ccm.aad)),
            ("ulMACLen", ccm.mac_len.into()),
        ],
        Params::ChaCha20 { nonce, .. } => vec![("pNonce", bytes(nonce))],
        Params::ChaChaPoly { nonce, aad } => vec![("pNonce", bytes(nonce)), ("pAAD", bytes(aad))],
        Params::CbcEncryptData { data, .. } => vec![("pData", bytes(data))],
        _ => derivation(params),
    }
}

fn rsa(params: &Params<'_>) -> Told {
    match params {
        Params::RsaOaep {
            hash, mgf, label, ..
        } => vec![
            ("hashAlg", Value::named(hash)),
            ("mgf", Value::named(mgf)),
            ("pSourceData", bytes(label)),
        ],
        Params::RsaPss {
            hash,
            mgf,
            salt_len,
        } => vec![
            ("hashAlg", Value::named(hash)),
            ("mgf", Value::named(mgf)),
            ("sLen", (*salt_len).into()),
        ],
        Params::RsaAesKeyWrap { aes_bits, oaep } => {
            let mut told = vec![("ulAESKeyBits", (*aes_bits).into())];
            told.extend(rsa(oaep));
            told
        }
        _ => Vec::new(),
    }
}

fn signing(params: &Params<'_>) -> Told {
    match params {
        Params::EcdhAesKeyWrap {
            aes_bits,
            kdf,
            shared,
        } => vec![
            ("ulAESKeyBits", (*aes_bits).into()),
            ("kdf", Value::named(kdf)),
            ("pSharedData", bytes(shared)),
        ],
        Params::Ecdh1 {
            kdf,
            shared,
            public,
        } => vec![
            ("kdf", Value::named(kdf)),
            ("pSharedData", bytes(shared)),
            ("pPublicData", bytes(public)),
        ],
        Params::Eddsa { prehash, context } => vec![
            ("phFlag", Value::Bool(*prehash)),
            ("pContextData", bytes(context)),
        ],
        Params::SignContext {
            hedge: variant,
            context,
        } => vec![
            ("hedgeVariant", hedge(*variant)),
            ("pContext", bytes(context)),
        ],
        Params::HashSignContext {
            hedge: variant,
            context,
            hash,
        } => vec![
            ("hedgeVariant", hedge(*variant)),
            ("pContext", bytes(context)),
            ("hash", Value::named(hash)),
        ],
        _ => Vec::new(),
    }
}

fn derivation(params: &Params<'_>) -> Told {
    match params {
        Params::Key(key) => vec![("pParameter", key.0.into())],
        Params::StringData(data) => vec![("pData", bytes(data))],
        Params::Hkdf(hkdf) => vec![
            ("bExtract", Value::Bool(hkdf.extract)),
            ("bExpand", Value::Bool(hkdf.expand)),
            ("prfHashMechanism", Value::named(hkdf.hash)),
            (
                "salt",
                match hkdf.salt {
                    HkdfSalt::Null => Value::Null,
                    HkdfSalt::Data(salt) => bytes(salt),
                    HkdfSalt::Key(key) => key.0.into(),
                },
            ),
            ("pInfo", bytes(hkdf.info)),
        ],
        Params::Pbkd2(pbkd2) => vec![
            ("pSaltSourceData", bytes(pbkd2.salt)),
            ("iterations", pbkd2.iterations.into()),
            ("prf", Value::named(ProfileType(pbkd2.prf))),
            ("pPassword", bytes(pbkd2.password)),
        ],
        Params::Kbkdf(kbkdf) => vec![
            ("prfType", Value::named(kbkdf.prf)),
            (
                "pDataParams",
                Value::List(kbkdf.fields.iter().map(field).collect()),
            ),
            ("pIV", bytes(kbkdf.iv)),
            (
                "ulAdditionalDerivedKeys",
                u64::try_from(kbkdf.additional.len())
                    .unwrap_or(u64::MAX)
                    .into(),
            ),
        ],
        Params::TlsMaster { hash, .. } | Params::TlsExtendedMaster { hash, .. } => {
            vec![("prfHashMechanism", Value::named(hash))]
        }
        Params::TlsKeyMaterial(material) => {
            vec![("prfHashMechanism", Value::named(material.hash))]
        }
        Params::TlsKdf { hash, label, .. } => vec![
            ("prfMechanism", Value::named(hash)),
            ("pLabel", bytes(label)),
        ],
        Params::TlsMac { hash, len, sender } => vec![
            ("prfHashMechanism", Value::named(hash)),
            ("ulMacLength", (*len).into()),
            ("ulServerOrClient", (*sender).into()),
        ],
        // Parameters that are told about above, and those that nobody has described yet.
        _ => Vec::new(),
    }
}

fn field(field: &KbkdfField<'_>) -> Value {
    Value::named(match field {
        KbkdfField::Iteration(_) => "CK_SP800_108_ITERATION_VARIABLE".to_owned(),
        KbkdfField::Counter(_) => "CK_SP800_108_COUNTER".to_owned(),
        KbkdfField::Length(..) => "CK_SP800_108_DKM_LENGTH".to_owned(),
        KbkdfField::Bytes(data) => format!("CK_SP800_108_BYTE_ARRAY:{}", data.len()),
        KbkdfField::Key(key) => format!("CK_SP800_108_KEY_HANDLE:{}", key.0),
    })
}
