// SPDX-License-Identifier: MIT OR Apache-2.0
//! HMAC with SHA-1 and SHA-2 (FIPS 198-1).
//!
//! Source: PKCS#11 v3.2, "Hash-based message authentication codes".

use super::mac_check::{MacSigner, Recomputed};
use crate::crypto::digest::HashFunction;
use crate::crypto::mac::Mac;
use crate::error::{Error, Result};
use crate::mechanism::{KeySize, Mechanism, ParamShape, Roles, Setup, Status};
use crate::pkcs11::KeyType;
use crate::pkcs11::attribute::CKA_VALUE;
use crate::pkcs11::key_type::{
    CKK_AES, CKK_GENERIC_SECRET, CKK_SHA_1_HMAC, CKK_SHA224_HMAC, CKK_SHA256_HMAC, CKK_SHA384_HMAC,
    CKK_SHA512_HMAC,
};
use crate::pkcs11::mechanism::{
    CKM_SHA_1_HMAC, CKM_SHA_1_HMAC_GENERAL, CKM_SHA224_HMAC, CKM_SHA224_HMAC_GENERAL,
    CKM_SHA256_HMAC, CKM_SHA256_HMAC_GENERAL, CKM_SHA384_HMAC, CKM_SHA384_HMAC_GENERAL,
    CKM_SHA512_HMAC, CKM_SHA512_HMAC_GENERAL,
};

/// Starts the MAC with the key's value.
fn start(setup: &Setup<'_>, function: HashFunction) -> Result<Mac> {
    let attributes = setup.key.object().attributes();
    let Some(value) = attributes.bytes(CKA_VALUE) else {
        return Err(Error::GeneralError("a secret key has no CKA_VALUE".into()));
    };
    Mac::hmac(function, value)
}

fn whole(setup: &Setup<'_>, function: HashFunction) -> Result<MacSigner> {
    start(setup, function).map(MacSigner::whole)
}

fn general(setup: &Setup<'_>, function: HashFunction) -> Result<MacSigner> {
    MacSigner::general(start(setup, function)?, setup.params)
}

/// One row: any generic secret, the key type of the hash, and AES keys.
// SPEC: the tables name generic secrets and the hash's own key type; programs sign with CKK_AES keys too,
// and CKA_SIGN and CKA_ALLOWED_MECHANISMS say enough about what a key is for.
macro_rules! row {
    ($id:ident, $function:ident, $key:ident, $shape:ident, $start:ident, $status:ident) => {
        Mechanism {
            id: $id,
            spec: "Hash-based message authentication codes",
            params: ParamShape::$shape,
            keys: &[CKK_GENERIC_SECRET, $key, CKK_AES] as &[KeyType],
            key_size: KeySize::bytes(1, super::generic_secret::VALUE_LEN_MAX),
            extra_flags: 0,
            status: Status::$status,
            roles: Roles {
                sign: Some(|setup| Ok(Box::new($start(setup, HashFunction::$function)?))),
                verify: Some(|setup| {
                    Ok(Box::new(Recomputed($start(
                        setup,
                        HashFunction::$function,
                    )?)))
                }),
                ..Roles::NONE
            },
        }
    };
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row!(CKM_SHA_1_HMAC, Sha1, CKK_SHA_1_HMAC, None, whole, Legacy),
    row!(
        CKM_SHA_1_HMAC_GENERAL,
        Sha1,
        CKK_SHA_1_HMAC,
        Ulong,
        general,
        Legacy
    ),
    row!(
        CKM_SHA224_HMAC,
        Sha224,
        CKK_SHA224_HMAC,
        None,
        whole,
        Current
    ),
    row!(
        CKM_SHA224_HMAC_GENERAL,
        Sha224,
        CKK_SHA224_HMAC,
        Ulong,
        general,
        Current
    ),
    row!(
        CKM_SHA256_HMAC,
        Sha256,
        CKK_SHA256_HMAC,
        None,
        whole,
        Current
    ),
    row!(
        CKM_SHA256_HMAC_GENERAL,
        Sha256,
        CKK_SHA256_HMAC,
        Ulong,
        general,
        Current
    ),
    row!(
        CKM_SHA384_HMAC,
        Sha384,
        CKK_SHA384_HMAC,
        None,
        whole,
        Current
    ),
    row!(
        CKM_SHA384_HMAC_GENERAL,
        Sha384,
        CKK_SHA384_HMAC,
        Ulong,
        general,
        Current
    ),
    row!(
        CKM_SHA512_HMAC,
        Sha512,
        CKK_SHA512_HMAC,
        None,
        whole,
        Current
    ),
    row!(
        CKM_SHA512_HMAC_GENERAL,
        Sha512,
        CKK_SHA512_HMAC,
        Ulong,
        general,
        Current
    ),
];
