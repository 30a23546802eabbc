// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrapping with a temporary AES key that RSA OAEP encrypts; the form in which clouds take keys.
//!
//! Source: PKCS#11 v3.2, "RSA AES KEY WRAP".

use super::rsa_key::{KEYS, Private, SIZE};
use super::rsa_oaep;
use super::temporary_aes::{self, INVALID};
use crate::error::{Error, Result};
use crate::mechanism::{Mechanism, ParamShape, Params, Roles, Setup, Status};
use crate::pkcs11::mechanism::CKM_RSA_AES_KEY_WRAP;
use crate::secret::SecretBytes;

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[Mechanism {
    id: CKM_RSA_AES_KEY_WRAP,
    spec: "RSA AES KEY WRAP",
    params: ParamShape::RsaAesKeyWrap,
    keys: KEYS,
    key_size: SIZE,
    extra_flags: 0,
    status: Status::Current,
    roles: Roles {
        wrap: Some(wrap),
        unwrap: Some(unwrap),
        ..Roles::NONE
    },
}];

/// The length of the AES key in bytes, and what CKM_RSA_PKCS_OAEP would work from.
fn parts<'a>(setup: &'a Setup<'a>) -> Result<(usize, Setup<'a>)> {
    let Params::RsaAesKeyWrap { aes_bits, oaep } = setup.params else {
        return Err(Error::MechanismParamInvalid(
            "the mechanism needs a CK_RSA_AES_KEY_WRAP_PARAMS".into(),
        ));
    };
    let inner = Setup {
        mechanism: setup.mechanism,
        key: setup.key.clone(),
        params: oaep,
        rng: setup.rng,
    };
    Ok((temporary_aes::key_len(*aes_bits)?, inner))
}

fn wrap(setup: &Setup<'_>, material: &SecretBytes) -> Result<SecretBytes> {
    let (aes_len, inner) = parts(setup)?;
    let aes = SecretBytes::try_init(aes_len, |bytes| setup.rng.fill(bytes))?;
    let head = rsa_oaep::wrap(&inner, &aes)?;
    temporary_aes::wrap(head.expose(), &aes, material)
}

// SPEC: the length of the temporary AES key is that of the key which OAEP gives; ulAESKeyBits must
// be valid, and says nothing more when unwrapping.
fn unwrap(setup: &Setup<'_>, wrapped: &[u8]) -> Result<SecretBytes> {
    let (aes_len, inner) = parts(setup)?;
    let modulus_len = Private::new(&setup.key)?.modulus_len;
    let Some((head, tail)) = wrapped.split_at_checked(modulus_len) else {
        return Err(Error::WrappedKeyLenRange(
            "the wrapped key is shorter than the modulus".into(),
        ));
    };
    // A failure of OAEP must look like one of the key wrap behind it, in time as well, so that
    // nobody can ask which ciphertexts decrypt: a random key takes the place of the missing one.
    let random = SecretBytes::try_init(aes_len, |bytes| setup.rng.fill(bytes))?;
    let aes = match rsa_oaep::unwrap(&inner, head) {
        Ok(aes) if matches!(aes.len(), 16 | 24 | 32) => aes,
        Ok(_) | Err(Error::WrappedKeyInvalid(_)) => random,
        Err(other) => return Err(other),
    };
    temporary_aes::unwrap(&aes, tail).map_err(|error| match error {
        Error::WrappedKeyInvalid(_) => Error::WrappedKeyInvalid(INVALID.into()),
        other => other,
    })
}
