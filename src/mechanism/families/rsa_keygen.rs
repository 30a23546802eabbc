// SPDX-License-Identifier: MIT OR Apache-2.0
//! CKM_RSA_PKCS_KEY_PAIR_GEN: PKCS#11 v3.2, "PKCS #1 RSA key pair generation".

use super::rsa_key::{KEYS, SIZE};
use crate::crypto::rsa::{PUBLIC_EXPONENT_DEFAULT, PrivateKey};
use crate::error::{Error, Result};
use crate::mechanism::material::rsa::{set_private, set_public};
use crate::mechanism::{Generation, Mechanism, Pair, ParamShape, Roles, Status};
use crate::pkcs11::attribute::{CKA_MODULUS_BITS, CKA_PUBLIC_EXPONENT};
use crate::pkcs11::mechanism::CKM_RSA_PKCS_KEY_PAIR_GEN;

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[Mechanism {
    id: CKM_RSA_PKCS_KEY_PAIR_GEN,
    spec: "PKCS #1 RSA key pair generation",
    params: ParamShape::None,
    keys: KEYS,
    key_size: SIZE,
    extra_flags: 0,
    status: Status::Current,
    roles: Roles {
        generate_pair: Some(generate),
        ..Roles::NONE
    },
}];

fn generate(_generation: &Generation<'_>, pair: Pair<'_>) -> Result<()> {
    let Some(bits) = pair.public.ulong(CKA_MODULUS_BITS) else {
        return Err(Error::TemplateIncomplete(
            "CKA_MODULUS_BITS is missing in the public template".into(),
        ));
    };
    let bits = usize::try_from(bits)
        .map_err(|_| Error::KeySizeRange("CKA_MODULUS_BITS is out of range".into()))?;
    let exponent = match pair.public.bytes(CKA_PUBLIC_EXPONENT) {
        Some(exponent) if !exponent.is_empty() => exponent,
        _ => &PUBLIC_EXPONENT_DEFAULT,
    };
    let components = PrivateKey::generate(bits, exponent)?.components()?;
    set_public(pair.public, &components);
    set_private(pair.private, components);
    Ok(())
}
