// SPDX-License-Identifier: MIT OR Apache-2.0
//! The keys of IKE, version 1 and 2.
//!
//! Source: PKCS#11 v3.2, "IKE Mechanisms"; RFC 2409, RFC 7296.

use super::base_key::{SECRETS, hash, value};
use super::generic_secret::VALUE_LEN_MAX;
use crate::crypto::digest::HashFunction;
use crate::crypto::kdf::ike::{Function, Prf};
use crate::error::{Error, Result};
use crate::mechanism::{
    Batch, BatchRole, Derivation, IkeParams, KeySize, Mechanism, Offspring, ParamShape, Params,
    Parents, Roles, Status, Wanted,
};
use crate::object::{Lineage, Object, Template, Use, Value};
use crate::pkcs11::attribute::{CKA_DERIVE_TEMPLATE, CKA_KEY_TYPE, CKA_VALUE_LEN};
use crate::pkcs11::class::CKO_SECRET_KEY;
use crate::pkcs11::key_type::{
    CKK_AES, CKK_BLAKE2B_160_HMAC, CKK_BLAKE2B_256_HMAC, CKK_BLAKE2B_384_HMAC,
    CKK_BLAKE2B_512_HMAC, CKK_GENERIC_SECRET, CKK_MD5_HMAC, CKK_RIPEMD160_HMAC, CKK_SHA_1_HMAC,
    CKK_SHA3_224_HMAC, CKK_SHA3_256_HMAC, CKK_SHA3_384_HMAC, CKK_SHA3_512_HMAC, CKK_SHA224_HMAC,
    CKK_SHA256_HMAC, CKK_SHA384_HMAC, CKK_SHA512_224_HMAC, CKK_SHA512_256_HMAC, CKK_SHA512_HMAC,
};
use crate::pkcs11::mechanism::{
    CKM_AES_CMAC, CKM_AES_XCBC_MAC, CKM_IKE_PRF_DERIVE, CKM_IKE1_EXTENDED_DERIVE,
    CKM_IKE1_PRF_DERIVE, CKM_IKE2_PRF_PLUS_DERIVE, CKM_MD5, CKM_MD5_HMAC,
};
use crate::pkcs11::{AttributeType, KeyType, MechanismType};
use crate::secret::SecretBytes;

/// One row.
macro_rules! row {
    ($id:ident, $spec:literal, $shape:ident, $status:ident, $plan:expr, $compute:expr) => {
        Mechanism {
            id: $id,
            spec: $spec,
            params: ParamShape::$shape,
            keys: SECRETS,
            key_size: KeySize::bytes(1, VALUE_LEN_MAX),
            extra_flags: 0,
            status: Status::$status,
            roles: Roles {
                derive_batch: Some(BatchRole {
                    purpose: Use::Derive,
                    plan: $plan,
                    compute: |derivation, wanted| {
                        let function = function(params(derivation.params)?.prf())?;
                        $compute(derivation, function, wanted).map(Batch::one)
                    },
                }),
                ..Roles::NONE
            },
        }
    };
}

/// The rows.
// RFC 9395 moved IKE version 1 to historic status.
pub(super) static ROWS: &[Mechanism] = &[
    row!(
        CKM_IKE_PRF_DERIVE,
        "IKE PRF DERIVE",
        IkePrf,
        Current,
        plan_prf,
        prf
    ),
    row!(
        CKM_IKE1_PRF_DERIVE,
        "IKEv1 PRF DERIVE",
        Ike1Prf,
        Legacy,
        plan_ike1,
        ike1_prf
    ),
    row!(
        CKM_IKE2_PRF_PLUS_DERIVE,
        "IKEv2 PRF PLUS DERIVE",
        Ike2PrfPlus,
        Current,
        plan_long,
        ike2_prf_plus
    ),
    row!(
        CKM_IKE1_EXTENDED_DERIVE,
        "IKEv1 Extended Derive",
        Ike1Extended,
        Legacy,
        plan_long,
        ike1_extended
    ),
];

fn params<'a, 'call>(params: &'a Params<'call>) -> Result<&'a IkeParams<'call>> {
    match params {
        Params::Ike(params) => Ok(params),
        _ => Err(other_params()),
    }
}

fn other_params() -> Error {
    Error::MechanismParamInvalid("the parameter belongs to another mechanism".into())
}

/// "underlying MAC mechanism used to generate the prf"
fn function(id: MechanismType) -> Result<Function> {
    Ok(match id {
        CKM_AES_XCBC_MAC => Function::AesXcbc,
        CKM_AES_CMAC => Function::AesCmac,
        // Version 1 began with it.
        CKM_MD5 | CKM_MD5_HMAC => Function::Hmac(HashFunction::Md5),
        other => Function::Hmac(hash(other)?),
    })
}

/// "the underlying key type of the prf"
const fn own_type(function: Function) -> KeyType {
    let Function::Hmac(hash) = function else {
        return CKK_AES;
    };
    match hash {
        HashFunction::Sha1 => CKK_SHA_1_HMAC,
        HashFunction::Sha224 => CKK_SHA224_HMAC,
        HashFunction::Sha256 => CKK_SHA256_HMAC,
        HashFunction::Sha384 => CKK_SHA384_HMAC,
        HashFunction::Sha512 => CKK_SHA512_HMAC,
        HashFunction::Sha512_224 => CKK_SHA512_224_HMAC,
        HashFunction::Sha512_256 => CKK_SHA512_256_HMAC,
        HashFunction::Sha3_224 => CKK_SHA3_224_HMAC,
        HashFunction::Sha3_256 => CKK_SHA3_256_HMAC,
        HashFunction::Sha3_384 => CKK_SHA3_384_HMAC,
        HashFunction::Sha3_512 => CKK_SHA3_512_HMAC,
        HashFunction::Md5 => CKK_MD5_HMAC,
        HashFunction::Ripemd160 => CKK_RIPEMD160_HMAC,
        HashFunction::Blake2b160 => CKK_BLAKE2B_160_HMAC,
        HashFunction::Blake2b256 => CKK_BLAKE2B_256_HMAC,
        HashFunction::Blake2b384 => CKK_BLAKE2B_384_HMAC,
        HashFunction::Blake2b512 => CKK_BLAKE2B_512_HMAC,
    }
}

/// "must be the key type of the prf"
// SPEC: which a generic secret is, too: the MACs of hashes take both, and pre-shared keys are such.
fn check_base(base: &Object, function: Function) -> Result<()> {
    match base.key_type() {
        Some(CKK_GENERIC_SECRET) => Ok(()),
        Some(found) if found == own_type(function) => Ok(()),
        _ => Err(Error::KeyTypeInconsistent(
            "the base key is no key of the pseudo-random function".into(),
        )),
    }
}

/// "must be of type CKK_GENERIC_SECRET"
fn check_exchanged(key: &Object) -> Result<()> {
    match key.key_type() {
        Some(CKK_GENERIC_SECRET) => Ok(()),
        _ => Err(Error::KeyTypeInconsistent(
            "what a key exchange gave is a generic secret".into(),
        )),
    }
}

/// Whether template or base key say what an attribute is to be.
fn is_said(template: &Template<'_>, base: &Object, id: AttributeType) -> bool {
    let from_base = match base.attributes().value(CKA_DERIVE_TEMPLATE) {
        Some(Value::Template(from_base)) => from_base.has(id),
        _ => false,
    };
    from_base || template.0.iter().any(|(found, _)| *found == id)
}

/// A key of which the section says nothing about sensitivity.
// SPEC: as with HKDF, the template decides about what a pseudo-random function gives; what may be the
// base key itself, cut, cannot be more open than it.
fn secret<'a>(template: &Template<'a>, lineage: Lineage) -> Offspring<'a> {
    let mut planned = Offspring::plain(template, lineage);
    planned.class = Some(CKO_SECRET_KEY);
    planned
}

/// "If CKA_KEY_TYPE is not specified in the template, it will be the underlying key type of the prf."
fn plan_prf<'a>(
    parents: &Parents<'_>,
    given: &'a Params<'a>,
    template: &Template<'a>,
) -> Result<Vec<Offspring<'a>>> {
    let IkeParams::Prf {
        prf, data_as_key, ..
    } = params(given)?
    else {
        return Err(other_params());
    };
    let function = function(*prf)?;
    match data_as_key {
        true => check_exchanged(parents.base)?,
        false => check_base(parents.base, function)?,
    }
    parents
        .others
        .iter()
        .try_for_each(|key| check_exchanged(key))?;
    let mut planned = secret(template, Lineage::Free);
    if !is_said(template, parents.base, CKA_KEY_TYPE) {
        planned.key_type = Some(own_type(function));
    }
    Ok(vec![planned])
}

/// "The value CKA_KEY_TYPE must be specified in the template".
fn plan_ike1<'a>(
    parents: &Parents<'_>,
    given: &'a Params<'a>,
    template: &Template<'a>,
) -> Result<Vec<Offspring<'a>>> {
    check_base(parents.base, function(params(given)?.prf())?)?;
    if let Some(exchanged) = parents.others.first() {
        check_exchanged(exchanged)?;
    }
    if !is_said(template, parents.base, CKA_KEY_TYPE) {
        return Err(Error::TemplateIncomplete(
            "CKA_KEY_TYPE must be specified".into(),
        ));
    }
    Ok(vec![secret(template, Lineage::Free)])
}

/// "CKA_VALUE_LEN must be set in the template"
fn plan_long<'a>(
    parents: &Parents<'_>,
    given: &'a Params<'a>,
    template: &Template<'a>,
) -> Result<Vec<Offspring<'a>>> {
    let params = params(given)?;
    check_base(parents.base, function(params.prf())?)?;
    let lineage = match params {
        IkeParams::Ike1Extended { .. } => {
            parents
                .others
                .iter()
                .try_for_each(|key| check_exchanged(key))?;
            Lineage::Bound
        }
        _ => Lineage::Free,
    };
    if !is_said(template, parents.base, CKA_VALUE_LEN) {
        return Err(Error::TemplateIncomplete(
            "CKA_VALUE_LEN must be set".into(),
        ));
    }
    Ok(vec![secret(template, lineage)])
}

fn wanted_len(wanted: &[Wanted]) -> Option<usize> {
    wanted.first().and_then(|wanted| wanted.len)
}

/// `prf(baseKey, ...)`
fn keyed(derivation: &Derivation<'_>, function: Function) -> Result<Prf> {
    function.keyed(value(derivation.base.object())?)
}

fn prf(derivation: &Derivation<'_>, function: Function, wanted: &[Wanted]) -> Result<SecretBytes> {
    let IkeParams::Prf {
        data_as_key,
        new_key,
        ni,
        nr,
        ..
    } = params(derivation.params)?
    else {
        return Err(other_params());
    };
    if wanted_len(wanted).is_some_and(|len| len != function.len()) {
        return Err(Error::KeySizeRange(
            format!("the function gives {} bytes", function.len()).into(),
        ));
    }
    match (data_as_key, new_key) {
        (true, Some(_)) => Err(Error::ArgumentsBad(
            "bDataAsKey and bRekey cannot both be CK_TRUE".into(),
        )),
        (true, None) => {
            let nonces = SecretBytes::new([*ni, *nr].concat());
            let prf = function.keyed(nonces.expose())?;
            prf.of(&[value(derivation.base.object())?])
        }
        (false, None) => keyed(derivation, function)?.of(&[ni, nr]),
        (false, Some(handle)) => {
            let new = (derivation.other_key)(*handle)?;
            keyed(derivation, function)?.of(&[value(&new)?, ni, nr])
        }
    }
}

fn ike1_prf(
    derivation: &Derivation<'_>,
    function: Function,
    wanted: &[Wanted],
) -> Result<SecretBytes> {
    let IkeParams::Ike1Prf {
        key_gxy,
        prev_key,
        cky_i,
        cky_r,
        number,
        ..
    } = params(derivation.params)?
    else {
        return Err(other_params());
    };
    let len = wanted_len(wanted).unwrap_or(function.len());
    if len == 0 || len > function.len() {
        return Err(Error::KeySizeRange(
            format!(
                "the function gives 1 to {} bytes, not {len}",
                function.len()
            )
            .into(),
        ));
    }
    let exchanged = (derivation.other_key)(*key_gxy)?;
    let previous = prev_key
        .map(|key| (derivation.other_key)(key))
        .transpose()?;
    let number = [*number];
    let mut input = Vec::new();
    if let Some(previous) = &previous {
        input.push(value(previous)?);
    }
    input.extend([value(&exchanged)?, cky_i, cky_r, &number]);
    let made = keyed(derivation, function)?.of(&input)?;
    Ok(made.truncated(len))
}

fn long_len(wanted: &[Wanted]) -> Result<usize> {
    wanted_len(wanted)
        .filter(|len| *len > 0)
        .ok_or_else(|| Error::KeySizeRange("a derived key has bytes".into()))
}

fn ike2_prf_plus(
    derivation: &Derivation<'_>,
    function: Function,
    wanted: &[Wanted],
) -> Result<SecretBytes> {
    let IkeParams::Ike2PrfPlus { seed_key, seed, .. } = params(derivation.params)? else {
        return Err(other_params());
    };
    let len = long_len(wanted)?;
    let seed_key = seed_key
        .map(|key| (derivation.other_key)(key))
        .transpose()?;
    let mut input = Vec::new();
    if let Some(seed_key) = &seed_key {
        input.push(value(seed_key)?);
    }
    input.push(seed);
    keyed(derivation, function)?.plus(&input, len)
}

fn ike1_extended(
    derivation: &Derivation<'_>,
    function: Function,
    wanted: &[Wanted],
) -> Result<SecretBytes> {
    let IkeParams::Ike1Extended { key_gxy, extra, .. } = params(derivation.params)? else {
        return Err(other_params());
    };
    let len = long_len(wanted)?;
    // "then the new key is simply the base key truncated to CKA_VALUE_LEN (specified in RFC 2409
    // appendix B)".
    // SPEC: the text asks for no more than that there is no exchanged key; but with extra data it is
    // the quick mode of RFC 2409, 5.5, whose keys are never the base key.
    if key_gxy.is_none() && extra.is_empty() && len <= function.len() {
        let base = value(derivation.base.object())?;
        let cut = base.get(..len).ok_or_else(|| {
            Error::KeySizeRange(format!("the base key has less than {len} bytes").into())
        })?;
        return Ok(SecretBytes::from_slice(cut));
    }
    let exchanged = key_gxy.map(|key| (derivation.other_key)(key)).transpose()?;
    let prf = keyed(derivation, function)?;
    match &exchanged {
        Some(exchanged) => prf.chain(&[value(exchanged)?, extra], len),
        None => prf.chain(&[extra], len),
    }
}
