// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys from passwords: PBKDF2 (RFC 8018).
//!
//! Source: PKCS#11 v3.2, "PKCS #5 PBKD2 key generation".

use super::base_key::{SECRETS, fixed_len};
use super::generic_secret::VALUE_LEN_MAX;
use crate::crypto::kdf::pbkdf2::{self, Prf};
use crate::error::{Error, Result};
use crate::mechanism::{Generation, KeySize, Mechanism, ParamShape, Params, Roles, Status};
use crate::object::{AttributeMap, Value};
use crate::pkcs11::ProfileType;
use crate::pkcs11::attribute::{CKA_VALUE, CKA_VALUE_LEN};
use crate::pkcs11::mechanism::CKM_PKCS5_PBKD2;
use crate::pkcs11::profile::{
    CKP_PKCS5_PBKD2_HMAC_SHA1, CKP_PKCS5_PBKD2_HMAC_SHA224, CKP_PKCS5_PBKD2_HMAC_SHA256,
    CKP_PKCS5_PBKD2_HMAC_SHA384, CKP_PKCS5_PBKD2_HMAC_SHA512, CKP_PKCS5_PBKD2_HMAC_SHA512_224,
    CKP_PKCS5_PBKD2_HMAC_SHA512_256,
};

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[Mechanism {
    id: CKM_PKCS5_PBKD2,
    spec: "PKCS #5 PBKD2 key generation",
    params: ParamShape::Pbkd2,
    keys: SECRETS,
    key_size: KeySize::bytes(1, VALUE_LEN_MAX),
    extra_flags: 0,
    status: Status::Current,
    roles: Roles {
        generate: Some(generate),
        ..Roles::NONE
    },
}];

/// Beyond this a call would take minutes: a limit, so that garbage cannot stop a process.
const ITERATIONS_MAX: u32 = 100_000_000;

fn generate(generation: &Generation<'_>, attributes: &mut AttributeMap) -> Result<()> {
    let Params::Pbkd2(params) = generation.params else {
        return Err(Error::MechanismParamInvalid(
            "the parameter is no CK_PKCS5_PBKD2_PARAMS2".into(),
        ));
    };
    let prf = prf(params.prf)?;
    let rounds = u32::try_from(params.iterations)
        .ok()
        .filter(|rounds| (1..=ITERATIONS_MAX).contains(rounds))
        .ok_or_else(|| {
            Error::MechanismParamInvalid(format!("iterations must be 1 to {ITERATIONS_MAX}").into())
        })?;
    let len = attributes
        .ulong(CKA_VALUE_LEN)
        .map(|len| usize::try_from(len).unwrap_or(usize::MAX))
        .or_else(|| fixed_len(attributes.key_type()))
        .ok_or_else(|| {
            Error::TemplateIncomplete("CKA_VALUE_LEN says how long a key to make".into())
        })?;
    if len == 0 || u64::try_from(len).is_ok_and(|len| len > VALUE_LEN_MAX) {
        return Err(Error::AttributeValueInvalid(
            format!("CKA_VALUE_LEN must be 1 to {VALUE_LEN_MAX} bytes").into(),
        ));
    }
    let value = pbkdf2::derive(prf, params.password, params.salt, rounds, len);
    attributes.set(CKA_VALUE, Value::Secret(value));
    Ok(())
}

fn prf(id: u64) -> Result<Prf> {
    Ok(match ProfileType(id) {
        CKP_PKCS5_PBKD2_HMAC_SHA1 => Prf::Sha1,
        CKP_PKCS5_PBKD2_HMAC_SHA224 => Prf::Sha224,
        CKP_PKCS5_PBKD2_HMAC_SHA256 => Prf::Sha256,
        CKP_PKCS5_PBKD2_HMAC_SHA384 => Prf::Sha384,
        CKP_PKCS5_PBKD2_HMAC_SHA512 => Prf::Sha512,
        CKP_PKCS5_PBKD2_HMAC_SHA512_224 => Prf::Sha512_224,
        CKP_PKCS5_PBKD2_HMAC_SHA512_256 => Prf::Sha512_256,
        _ => {
            return Err(Error::MechanismParamInvalid(
                "the pseudo-random function is not supported".into(),
            ));
        }
    })
}
