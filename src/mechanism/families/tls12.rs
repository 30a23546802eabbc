// SPDX-License-Identifier: MIT OR Apache-2.0
//! The key schedule of TLS 1.2, and of TLS 1.0 and 1.1: master secrets, key material, exporters.
//!
//! Source: PKCS#11 v3.2, "TLS 1.2 mechanisms", "SSL"; RFC 2246, RFC 5246, RFC 5705, RFC 7627.

use super::base_key::{tls_prf, value};
use super::generic_secret::VALUE_LEN_MAX;
use crate::error::{Error, Result};
use crate::mechanism::{
    Batch, BatchRole, Derivation, Extra, KeySize, Made, Mechanism, Offspring, ParamShape, Params,
    Parents, Roles, Status, TlsKeyMaterial, Wanted,
};
use crate::object::{AttributeMap, Lineage, Template, Use, Value};
use crate::pkcs11::AttributeType;
use crate::pkcs11::attribute::{
    CKA_ALLOWED_MECHANISMS, CKA_DECRYPT, CKA_DERIVE, CKA_DESTROYABLE, CKA_ENCRYPT, CKA_EXTRACTABLE,
    CKA_MODIFIABLE, CKA_PRIVATE, CKA_SENSITIVE, CKA_SIGN, CKA_TOKEN, CKA_VERIFY,
};
use crate::pkcs11::class::CKO_SECRET_KEY;
use crate::pkcs11::key_type::CKK_GENERIC_SECRET;
use crate::pkcs11::mechanism::{
    CKM_TLS_KDF, CKM_TLS_KEY_AND_MAC_DERIVE, CKM_TLS_MAC, CKM_TLS_MASTER_KEY_DERIVE,
    CKM_TLS_MASTER_KEY_DERIVE_DH, CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE,
    CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE_DH, CKM_TLS12_KDF, CKM_TLS12_KEY_AND_MAC_DERIVE,
    CKM_TLS12_KEY_SAFE_DERIVE, CKM_TLS12_MAC, CKM_TLS12_MASTER_KEY_DERIVE,
    CKM_TLS12_MASTER_KEY_DERIVE_DH,
};
use crate::secret::SecretBytes;

/// The length of a master secret, and of a premaster secret of the RSA cipher suites.
const MASTER_LEN: usize = 48;
const MASTER_SIZE: KeySize = KeySize::bytes(48, 48);
const ANY_SIZE: KeySize = KeySize::bytes(1, VALUE_LEN_MAX);

/// One row.
macro_rules! row {
    ($id:ident, $spec:literal, $shape:ident, $size:expr, $plan:expr, $compute:expr) => {
        row!($id, $spec, $shape, $size, $plan, $compute, Current)
    };
    ($id:ident, $spec:literal, $shape:ident, $size:expr, $plan:expr, $compute:expr, $status:ident) => {
        Mechanism {
            id: $id,
            spec: $spec,
            params: ParamShape::$shape,
            keys: &[CKK_GENERIC_SECRET],
            key_size: $size,
            extra_flags: 0,
            status: Status::$status,
            roles: Roles {
                derive_batch: Some(BatchRole {
                    purpose: Use::Derive,
                    plan: $plan,
                    compute: $compute,
                }),
                ..Roles::NONE
            },
        }
    };
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row!(
        CKM_TLS12_MASTER_KEY_DERIVE,
        "Master key derivation",
        TlsMaster,
        MASTER_SIZE,
        plan_master,
        master
    ),
    // SPEC: "ulMinKeySize and ulMaxKeySize ... both indicate 48 bytes", while the base key is said
    // to have an arbitrary length: the size reported is that of the keys it takes.
    row!(
        CKM_TLS12_MASTER_KEY_DERIVE_DH,
        "Master key derivation for Diffie-Hellman",
        TlsMasterDh,
        ANY_SIZE,
        plan_master,
        master
    ),
    row!(
        CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE,
        "Master key derivation",
        TlsExtendedMaster,
        MASTER_SIZE,
        plan_master,
        master
    ),
    row!(
        CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE_DH,
        "Master key derivation for Diffie-Hellman",
        TlsExtendedMasterDh,
        ANY_SIZE,
        plan_master,
        master
    ),
    row!(
        CKM_TLS12_KEY_AND_MAC_DERIVE,
        "Key and MAC derivation",
        TlsKeyMaterial,
        MASTER_SIZE,
        plan_material,
        material
    ),
    row!(
        CKM_TLS12_KEY_SAFE_DERIVE,
        "CKM_TLS12_KEY_SAFE_DERIVE",
        TlsKeySafe,
        MASTER_SIZE,
        plan_material,
        material
    ),
    row!(
        CKM_TLS12_KDF,
        "Generic Key Derivation using the TLS PRF",
        TlsKdf,
        ANY_SIZE,
        plan_export,
        export
    ),
    row!(
        CKM_TLS_KDF,
        "Generic Key Derivation using the TLS PRF",
        TlsKdf,
        ANY_SIZE,
        plan_export,
        export
    ),
    // TLS 1.0 and 1.1, which version 2.40 has in its historical mechanisms (RFC 8996 ended both).
    row!(
        CKM_TLS_MASTER_KEY_DERIVE,
        "SSL mechanism parameters",
        Ssl3Master,
        MASTER_SIZE,
        plan_any_master,
        master,
        Legacy
    ),
    row!(
        CKM_TLS_MASTER_KEY_DERIVE_DH,
        "SSL mechanism parameters",
        Ssl3MasterDh,
        ANY_SIZE,
        plan_any_master,
        master,
        Legacy
    ),
    row!(
        CKM_TLS_KEY_AND_MAC_DERIVE,
        "SSL mechanism parameters",
        Ssl3KeyMaterial,
        MASTER_SIZE,
        plan_material,
        material,
        Legacy
    ),
];

fn other_params() -> Error {
    Error::MechanismParamInvalid("the parameter belongs to another mechanism".into())
}

fn plan_any_master<'a>(
    _: &Parents<'_>,
    _: &'a Params<'a>,
    template: &Template<'a>,
) -> Result<Vec<Offspring<'a>>> {
    let mut planned = Offspring::plain(template, Lineage::Free);
    planned.class = Some(CKO_SECRET_KEY);
    planned.key_type = Some(CKK_GENERIC_SECRET);
    Ok(vec![planned])
}

/// "The mechanism also contributes the CKA_ALLOWED_MECHANISMS attribute consisting only of ..."
fn plan_master<'a>(
    parents: &Parents<'_>,
    params: &'a Params<'a>,
    template: &Template<'a>,
) -> Result<Vec<Offspring<'a>>> {
    let mut plan = plan_any_master(parents, params, template)?;
    let Some(planned) = plan.first_mut() else {
        return Ok(plan);
    };
    planned.defaults.set(
        CKA_ALLOWED_MECHANISMS,
        Value::Mechanisms(vec![
            CKM_TLS12_KEY_AND_MAC_DERIVE,
            CKM_TLS12_KEY_SAFE_DERIVE,
            CKM_TLS_KDF,
            CKM_TLS_MAC,
            CKM_TLS12_KDF,
            CKM_TLS12_MAC,
        ]),
    );
    Ok(plan)
}

fn master(derivation: &Derivation<'_>, wanted: &[Wanted]) -> Result<Batch> {
    let asked = wanted.first().and_then(|wanted| wanted.len);
    if asked.is_some_and(|len| len != MASTER_LEN) {
        return Err(Error::TemplateInconsistent(
            "a master secret has 48 bytes".into(),
        ));
    }
    let premaster = value(derivation.base.object())?;
    let (secret, tells_version) = match *derivation.params {
        Params::TlsMaster {
            hash: id,
            client,
            server,
            tells_version,
        } => {
            let seed = [client, server];
            let secret = tls_prf(id)?.derive(premaster, b"master secret", &seed, MASTER_LEN);
            (secret?, tells_version)
        }
        Params::TlsExtendedMaster {
            hash: id,
            session_hash,
            tells_version,
        } => {
            let (label, seed) = (b"extended master secret", [session_hash]);
            let secret = tls_prf(id)?.derive(premaster, label, &seed, MASTER_LEN);
            (secret?, tells_version)
        }
        _ => return Err(other_params()),
    };
    let extra = match premaster {
        [major, minor, ..] if tells_version => Extra::Version([*major, *minor]),
        _ => Extra::None,
    };
    Ok(Batch {
        extra,
        ..Batch::one(secret)
    })
}

fn key_material<'a>(params: &'a Params<'_>) -> Result<&'a TlsKeyMaterial<'a>> {
    match params {
        Params::TlsKeyMaterial(params) => Ok(params),
        _ => Err(other_params()),
    }
}

/// The MAC keys of client and server where there are any, then the keys of both.
fn plan_material<'a>(
    parents: &Parents<'_>,
    given: &'a Params<'a>,
    template: &Template<'a>,
) -> Result<Vec<Offspring<'a>>> {
    let params = key_material(given)?;
    let same = |template: &Template<'a>, len: usize| {
        let mut planned = Offspring::plain(template, Lineage::Same)
            .defaulting_to(parents.base, &[CKA_SENSITIVE, CKA_EXTRACTABLE]);
        planned.class = Some(CKO_SECRET_KEY);
        planned.len = Some(len);
        planned
    };
    let mut plan = Vec::new();
    if params.mac_len > 0 {
        for _ in 0..2 {
            // SPEC: the template speaks of all four keys where it says where and for whom they are,
            // of the cipher's keys alone where it says what they are for.
            let mut shared = template.clone();
            shared.0.retain(|(id, _)| MAC_KEYS_TAKE.contains(id));
            let mut planned = same(&shared, params.mac_len);
            planned.key_type = Some(CKK_GENERIC_SECRET);
            flag(&mut planned.defaults, &[CKA_SIGN, CKA_VERIFY]);
            plan.push(planned);
        }
    }
    if params.key_len > 0 {
        for _ in 0..2 {
            let mut planned = same(template, params.key_len);
            flag(
                &mut planned.defaults,
                &[CKA_ENCRYPT, CKA_DECRYPT, CKA_DERIVE],
            );
            plan.push(planned);
        }
    }
    if plan.is_empty() {
        return Err(Error::MechanismParamInvalid(
            "there is no key to derive: ulMacSizeInBits and ulKeySizeInBits are 0".into(),
        ));
    }
    Ok(plan)
}

/// What a template for the cipher's keys says of the MAC keys, too.
const MAC_KEYS_TAKE: &[AttributeType] = &[
    CKA_TOKEN,
    CKA_PRIVATE,
    CKA_MODIFIABLE,
    CKA_DESTROYABLE,
    CKA_SENSITIVE,
    CKA_EXTRACTABLE,
];

fn flag(defaults: &mut AttributeMap, ids: &[AttributeType]) {
    for id in ids {
        defaults.set(*id, Value::Bool(true));
    }
}

fn material(derivation: &Derivation<'_>, wanted: &[Wanted]) -> Result<Batch> {
    let params = key_material(derivation.params)?;
    let ivs = params.iv_len.saturating_mul(2);
    let keys: usize = wanted.iter().filter_map(|wanted| wanted.len).sum();
    let block = tls_prf(params.hash)?.derive(
        value(derivation.base.object())?,
        b"key expansion",
        // Here the server's random comes first.
        &[params.server, params.client],
        keys.saturating_add(ivs),
    )?;
    let mut rest = block.expose();
    let mut take = |len: usize| -> Result<SecretBytes> {
        let Some((taken, next)) = rest.split_at_checked(len) else {
            return Err(Error::GeneralError("a derivation gave too little".into()));
        };
        rest = next;
        Ok(SecretBytes::from_slice(taken))
    };
    let mut objects = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        objects.push(Made::Value(take(wanted.len.unwrap_or(0))?));
    }
    let extra = if params.iv_len == 0 {
        Extra::None
    } else {
        Extra::Ivs(take(params.iv_len)?, take(params.iv_len)?)
    };
    Ok(Batch { objects, extra })
}

fn plan_export<'a>(
    parents: &Parents<'_>,
    _: &'a Params<'a>,
    template: &Template<'a>,
) -> Result<Vec<Offspring<'a>>> {
    let mut planned = Offspring::plain(template, Lineage::Bound)
        .defaulting_to(parents.base, &[CKA_SENSITIVE, CKA_EXTRACTABLE]);
    planned.class = Some(CKO_SECRET_KEY);
    Ok(vec![planned])
}

fn export(derivation: &Derivation<'_>, wanted: &[Wanted]) -> Result<Batch> {
    let Params::TlsKdf {
        hash: id,
        label,
        client,
        server,
        context,
    } = *derivation.params
    else {
        return Err(other_params());
    };
    let len = match wanted.first().and_then(|wanted| wanted.len) {
        Some(len) if len > 0 && u64::try_from(len).is_ok_and(|len| len <= VALUE_LEN_MAX) => len,
        Some(_) => {
            return Err(Error::KeySizeRange(
                format!("a derived key has 1 to {VALUE_LEN_MAX} bytes").into(),
            ));
        }
        None => {
            return Err(Error::TemplateIncomplete(
                "CKA_VALUE_LEN says how much to derive".into(),
            ));
        }
    };
    let mut seed = vec![client, server];
    let context_len;
    if let Some(context) = context {
        // RFC 5705, section 4: the context follows its length in two bytes.
        context_len = u16::try_from(context.len())
            .map_err(|_| Error::MechanismParamInvalid("the context is too long".into()))?
            .to_be_bytes();
        seed.extend([&context_len[..], context]);
    }
    let base = value(derivation.base.object())?;
    tls_prf(id)?.derive(base, label, &seed, len).map(Batch::one)
}
