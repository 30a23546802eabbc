// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrapping with a temporary AES key agreed on with the wrapping key's owner.
//!
//! Source: PKCS#11 v3.2, "ECDH AES KEY WRAP", "ECDH COFACTOR AES KEY WRAP" and "ECDH Montgomery
//! AES KEY WRAP".

use der::asn1::OctetStringRef;
use der::{Decode as _, Reader as _, SliceReader};

use super::ec_key_gen::{EC_FLAGS, EC_SIZE, SIZE_255_448};
use super::ecdh::{agree_once, function, stretch};
use super::temporary_aes::{self, INVALID};
use crate::error::{Error, Result};
use crate::mechanism::material;
use crate::mechanism::material::point;
use crate::mechanism::{KeySize, Mechanism, ParamShape, Params, Roles, Setup, Status};
use crate::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use crate::pkcs11::key_type::{CKK_EC, CKK_EC_MONTGOMERY};
use crate::pkcs11::mechanism::{
    CKM_ECDH_AES_KEY_WRAP, CKM_ECDH_COF_AES_KEY_WRAP, CKM_ECDH_X_AES_KEY_WRAP,
};
use crate::pkcs11::{KeyType, MechanismType};
use crate::secret::SecretBytes;

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row(
        CKM_ECDH_AES_KEY_WRAP,
        "ECDH AES KEY WRAP",
        &[CKK_EC, CKK_EC_MONTGOMERY],
        EC_SIZE,
        // "deprecated with PKCS #11 Version 3.2"
        Status::Legacy,
    ),
    row(
        CKM_ECDH_COF_AES_KEY_WRAP,
        "ECDH COFACTOR AES KEY WRAP",
        &[CKK_EC],
        EC_SIZE,
        Status::Current,
    ),
    row(
        CKM_ECDH_X_AES_KEY_WRAP,
        "ECDH Montgomery AES KEY WRAP",
        &[CKK_EC_MONTGOMERY],
        SIZE_255_448,
        Status::Current,
    ),
];

const fn row(
    id: MechanismType,
    spec: &'static str,
    keys: &'static [KeyType],
    key_size: KeySize,
    status: Status,
) -> Mechanism {
    Mechanism {
        id,
        spec,
        params: ParamShape::EcdhAesKeyWrap,
        keys,
        key_size,
        extra_flags: EC_FLAGS,
        status,
        roles: Roles {
            wrap: Some(wrap),
            unwrap: Some(unwrap),
            ..Roles::NONE
        },
    }
}

/// The temporary AES key from the shared secret.
// SPEC: with CKD_NULL, too, "the first ulAESKeyBits bits of the derived key" are the first of the
// whole shared secret, not the last that CKM_ECDH1_DERIVE would give under CKA_VALUE_LEN.
fn temporary(params: &Params<'_>, secret: &SecretBytes) -> Result<SecretBytes> {
    let Params::EcdhAesKeyWrap {
        aes_bits,
        kdf,
        shared,
    } = params
    else {
        return Err(Error::MechanismParamInvalid(
            "the mechanism needs a CK_ECDH_AES_KEY_WRAP_PARAMS".into(),
        ));
    };
    let len = temporary_aes::key_len(*aes_bits)?;
    let function = function(*kdf, shared)?;
    if function.is_some() {
        return stretch(function, secret, shared, Some(len));
    }
    if secret.len() < len {
        return Err(Error::MechanismParamInvalid(
            "the shared secret has fewer bits than ulAESKeyBits".into(),
        ));
    }
    Ok(secret.truncated(len))
}

fn wrap(setup: &Setup<'_>, wrapped: &SecretBytes) -> Result<SecretBytes> {
    let object = setup.key.object();
    if object.class() != CKO_PUBLIC_KEY {
        return Err(Error::WrappingKeyTypeInconsistent(
            "an elliptic curve key wrap needs a public key".into(),
        ));
    }
    // SPEC: the transport key's "public key material" is, also for CKM_ECDH_AES_KEY_WRAP, the
    // ECPoint as DER OCTET STRING of a CKK_EC key and the raw bytes of a CKK_EC_MONTGOMERY key.
    let (public, secret) = agree_once(setup)?;
    let head = if object.key_type() == Some(CKK_EC_MONTGOMERY) {
        public
    } else {
        point::wrap(&public)?
    };
    temporary_aes::wrap(&head, &temporary(setup.params, &secret)?, wrapped)
}

fn unwrap(setup: &Setup<'_>, wrapped: &[u8]) -> Result<SecretBytes> {
    let object = setup.key.object();
    if object.class() != CKO_PRIVATE_KEY {
        return Err(Error::UnwrappingKeyTypeInconsistent(
            "an elliptic curve key unwrap needs a private key".into(),
        ));
    }
    let (secret, tail) = if object.key_type() == Some(CKK_EC_MONTGOMERY) {
        let key = object.parsed(material::montgomery::private_key)?;
        let (point, tail) = wrapped
            .split_at_checked(key.curve().point_len())
            .ok_or_else(too_short)?;
        (key.agree(point), tail)
    } else {
        let key = object.parsed(material::ec::private_key)?;
        let (point, tail) = split_octets(wrapped).ok_or_else(invalid)?;
        (key.ecdh(point), tail)
    };
    let secret = secret.map_err(|error| match error {
        Error::PublicKeyInvalid(_) => invalid(),
        other => other,
    })?;
    temporary_aes::unwrap(&temporary(setup.params, &secret)?, tail)
}

/// The content of the OCTET STRING at the start, and what follows it.
fn split_octets(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut reader = SliceReader::new(bytes).ok()?;
    let octets = <&OctetStringRef>::decode(&mut reader).ok()?;
    let rest = usize::try_from(reader.remaining_len()).ok()?;
    Some((octets.as_bytes(), bytes.get(bytes.len() - rest..)?))
}

fn invalid() -> Error {
    Error::WrappedKeyInvalid(INVALID.into())
}

fn too_short() -> Error {
    Error::WrappedKeyLenRange("the wrapped key is shorter than a public key".into())
}
