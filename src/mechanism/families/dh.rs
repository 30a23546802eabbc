// SPDX-License-Identifier: MIT OR Apache-2.0
//! Diffie-Hellman domain parameters, key pairs and key derivation.
//!
//! Source: PKCS#11 v3.2, "PKCS #3 Diffie-Hellman domain parameter generation", "PKCS #3
//! Diffie-Hellman key pair generation" and "PKCS #3 Diffie-Hellman key derivation".

use super::ecdh::{as_ciphertext, kem_len, stretch};
use crate::crypto::dh::{MADE_BASE, MADE_BITS_MAX, PRIME_BITS_MAX, PRIME_BITS_MIN, generate_prime};
use crate::error::{Error, Result};
use crate::mechanism::material::dh;
use crate::mechanism::{
    Derivation, Derived, Generation, KeySize, Mechanism, Pair, ParamShape, Params, Roles, Setup,
    Status, Wanted,
};
use crate::object::{AttributeMap, Value};
use crate::pkcs11::MechanismType;
use crate::pkcs11::attribute::{CKA_BASE, CKA_PRIME, CKA_PRIME_BITS, CKA_VALUE, CKA_VALUE_BITS};
use crate::pkcs11::key_type::CKK_DH;
use crate::pkcs11::mechanism::{
    CKM_DH_PKCS_DERIVE, CKM_DH_PKCS_KEY_PAIR_GEN, CKM_DH_PKCS_PARAMETER_GEN,
};
use crate::secret::SecretBytes;

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    Mechanism {
        key_size: KeySize::bits(PRIME_BITS_MIN as u64, MADE_BITS_MAX as u64),
        ..row(
            CKM_DH_PKCS_PARAMETER_GEN,
            "PKCS #3 Diffie-Hellman domain parameter generation",
            ParamShape::None,
            Roles {
                generate_domain: Some(generate_domain),
                ..Roles::NONE
            },
        )
    },
    row(
        CKM_DH_PKCS_KEY_PAIR_GEN,
        "PKCS #3 Diffie-Hellman key pair generation",
        ParamShape::None,
        Roles {
            generate_pair: Some(generate),
            ..Roles::NONE
        },
    ),
    row(
        CKM_DH_PKCS_DERIVE,
        "PKCS #3 Diffie-Hellman key derivation",
        ParamShape::AnyBytes,
        Roles {
            derive: Some(derive),
            encapsulate: Some(encapsulate),
            decapsulate: Some(decapsulate),
            ..Roles::NONE
        },
    ),
];

const fn row(id: MechanismType, spec: &'static str, params: ParamShape, roles: Roles) -> Mechanism {
    Mechanism {
        id,
        spec,
        params,
        keys: &[CKK_DH],
        key_size: KeySize::bits(PRIME_BITS_MIN as u64, PRIME_BITS_MAX as u64),
        extra_flags: 0,
        status: Status::Current,
        roles,
    }
}

// SPEC: what the parameters are is left open; they are a safe prime and the base 2.
fn generate_domain(generation: &Generation<'_>, attributes: &mut AttributeMap) -> Result<()> {
    let bits = attributes
        .ulong(CKA_PRIME_BITS)
        .ok_or_else(|| Error::TemplateIncomplete("CKA_PRIME_BITS is missing".into()))?;
    let bits = usize::try_from(bits).unwrap_or(usize::MAX);
    let prime =
        generate_prime(bits, |bytes| generation.rng.fill(bytes)).map_err(|error| match error {
            Error::KeySizeRange(why) => Error::AttributeValueInvalid(why),
            other => other,
        })?;
    attributes.set(CKA_PRIME, Value::Bytes(prime));
    attributes.set(CKA_BASE, Value::Bytes(MADE_BASE.to_vec()));
    Ok(())
}

// SPEC: without CKA_VALUE_BITS the private value is one bit shorter than the prime.
fn generate(generation: &Generation<'_>, pair: Pair<'_>) -> Result<()> {
    let group = dh::group(pair.public)?;
    group.prove().map_err(|error| match error {
        Error::AttributeValueInvalid(why) => Error::DomainParamsInvalid(why),
        other => other,
    })?;
    let bits = pair.private.ulong(CKA_VALUE_BITS);
    let bits = bits.map(|bits| usize::try_from(bits).unwrap_or(usize::MAX));
    let (private, public) = group.generate_pair(bits, |bytes| generation.rng.fill(bytes))?;
    for id in [CKA_PRIME, CKA_BASE] {
        if let Some(value) = pair.public.bytes(id) {
            pair.private.set(id, Value::Bytes(value.to_vec()));
        }
    }
    pair.public.set(CKA_VALUE, Value::Bytes(public));
    pair.private.set(CKA_VALUE, Value::Secret(private));
    Ok(())
}

fn derive(derivation: &Derivation<'_>) -> Result<Derived> {
    let Params::Bytes(peer) = derivation.params else {
        return Err(Error::MechanismParamInvalid(
            "the parameter is the other side's public value".into(),
        ));
    };
    let object = derivation.base.object();
    let group = object.parsed(dh::group)?;
    let secret = group.agree(dh::private_value(object.attributes())?, peer)?;
    // "The truncation removes bytes from the leading end of the secret value."
    stretch(None, &secret, b"", derivation.value_len).map(Derived::Value)
}

/// "The mechanism parameters ... must be set to NULL and 0": the public value is the ciphertext.
fn check_no_public_value(params: &Params<'_>) -> Result<()> {
    match params {
        Params::None | Params::Bytes([]) => Ok(()),
        _ => Err(Error::MechanismParamInvalid(
            "an encapsulation has no parameter".into(),
        )),
    }
}

fn encapsulate(setup: &Setup<'_>, wanted: &Wanted) -> Result<(SecretBytes, SecretBytes)> {
    check_no_public_value(setup.params)?;
    let object = setup.key.object();
    let group = object.parsed(dh::group)?;
    let (own, public) = group.generate_pair(None, |bytes| setup.rng.fill(bytes))?;
    let secret = group.agree(own.expose(), dh::public_value(object.attributes())?)?;
    let key = stretch(None, &secret, b"", kem_len(wanted)?)?;
    // SPEC: "the value of the generated public key", with zeros in front to the length of the prime, so
    // that every ciphertext for a key has one length.
    let mut ciphertext = vec![0; secret.len().saturating_sub(public.len())];
    ciphertext.extend(public);
    Ok((SecretBytes::new(ciphertext), key))
}

fn decapsulate(setup: &Setup<'_>, ciphertext: &[u8], wanted: &Wanted) -> Result<SecretBytes> {
    check_no_public_value(setup.params)?;
    let object = setup.key.object();
    let group = object.parsed(dh::group)?;
    let secret = group
        .agree(dh::private_value(object.attributes())?, ciphertext)
        .map_err(as_ciphertext)?;
    stretch(None, &secret, b"", kem_len(wanted)?)
}
