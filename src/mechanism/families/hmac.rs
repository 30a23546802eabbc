// SPDX-License-Identifier: MIT OR Apache-2.0
//! HMAC (FIPS 198-1, RFC 2104) with every hash function.
//!
//! BLAKE2b has a keyed mode of its own; the standard's mechanisms "use the HMAC construction".
//! Source: PKCS#11 v3.2, "Hash-based message authentication codes".

use super::digest::truncation;
use super::mac_check::{MacSigner, Recomputed};
use crate::crypto::digest::{HashFunction, Truncation};
use crate::crypto::mac::Mac;
use crate::error::{Error, Result};
use crate::mechanism::{KeySize, Mechanism, ParamShape, Params, Roles, Setup, Status};
use crate::pkcs11::KeyType;
use crate::pkcs11::attribute::CKA_VALUE;
use crate::pkcs11::key_type::{
    CKK_AES, CKK_BLAKE2B_160_HMAC, CKK_BLAKE2B_256_HMAC, CKK_BLAKE2B_384_HMAC,
    CKK_BLAKE2B_512_HMAC, CKK_GENERIC_SECRET, CKK_MD5_HMAC, CKK_RIPEMD160_HMAC, CKK_SHA_1_HMAC,
    CKK_SHA3_224_HMAC, CKK_SHA3_256_HMAC, CKK_SHA3_384_HMAC, CKK_SHA3_512_HMAC, CKK_SHA224_HMAC,
    CKK_SHA256_HMAC, CKK_SHA384_HMAC, CKK_SHA512_224_HMAC, CKK_SHA512_256_HMAC, CKK_SHA512_HMAC,
    CKK_SHA512_T_HMAC,
};
use crate::pkcs11::mechanism::{
    CKM_BLAKE2B_160_HMAC, CKM_BLAKE2B_160_HMAC_GENERAL, CKM_BLAKE2B_256_HMAC,
    CKM_BLAKE2B_256_HMAC_GENERAL, CKM_BLAKE2B_384_HMAC, CKM_BLAKE2B_384_HMAC_GENERAL,
    CKM_BLAKE2B_512_HMAC, CKM_BLAKE2B_512_HMAC_GENERAL, CKM_MD5_HMAC, CKM_MD5_HMAC_GENERAL,
    CKM_RIPEMD160_HMAC, CKM_RIPEMD160_HMAC_GENERAL, CKM_SHA_1_HMAC, CKM_SHA_1_HMAC_GENERAL,
    CKM_SHA3_224_HMAC, CKM_SHA3_224_HMAC_GENERAL, CKM_SHA3_256_HMAC, CKM_SHA3_256_HMAC_GENERAL,
    CKM_SHA3_384_HMAC, CKM_SHA3_384_HMAC_GENERAL, CKM_SHA3_512_HMAC, CKM_SHA3_512_HMAC_GENERAL,
    CKM_SHA224_HMAC, CKM_SHA224_HMAC_GENERAL, CKM_SHA256_HMAC, CKM_SHA256_HMAC_GENERAL,
    CKM_SHA384_HMAC, CKM_SHA384_HMAC_GENERAL, CKM_SHA512_224_HMAC, CKM_SHA512_224_HMAC_GENERAL,
    CKM_SHA512_256_HMAC, CKM_SHA512_256_HMAC_GENERAL, CKM_SHA512_HMAC, CKM_SHA512_HMAC_GENERAL,
    CKM_SHA512_T_HMAC, CKM_SHA512_T_HMAC_GENERAL,
};

fn value<'a>(setup: &'a Setup<'_>) -> Result<&'a [u8]> {
    let attributes = setup.key.object().attributes();
    attributes
        .bytes(CKA_VALUE)
        .ok_or_else(|| Error::GeneralError("a secret key has no CKA_VALUE".into()))
}

fn whole(setup: &Setup<'_>, function: HashFunction) -> Result<MacSigner> {
    Mac::hmac(function, value(setup)?).map(MacSigner::whole)
}

fn general(setup: &Setup<'_>, function: HashFunction) -> Result<MacSigner> {
    MacSigner::general(Mac::hmac(function, value(setup)?)?, setup.params)
}

/// "It has a parameter, a CK_MAC_GENERAL_PARAMS, which holds the value of t in bits."
fn truncated(setup: &Setup<'_>) -> Result<MacSigner> {
    let truncation = truncation(setup.params)?;
    Mac::hmac_sha512_t(truncation, value(setup)?).map(MacSigner::whole)
}

/// The general form of SHA-512/t.
// SPEC: the parameter "holds the length in bytes of the desired output", and there is no other that
// could hold t; so t is that length in bits, and the MAC is whole.
fn truncated_general(setup: &Setup<'_>) -> Result<MacSigner> {
    let Params::Ulong(len) = setup.params else {
        return Err(Error::MechanismParamInvalid(
            "the parameter must be a CK_MAC_GENERAL_PARAMS".into(),
        ));
    };
    let truncation = Truncation::new(len.saturating_mul(8))?;
    Mac::hmac_sha512_t(truncation, value(setup)?).map(MacSigner::whole)
}

/// One row: any generic secret, the key type of the hash, and AES keys.
// SPEC: the tables name generic secrets and the hash's own key type; programs sign with CKK_AES keys too,
// and CKA_SIGN and CKA_ALLOWED_MECHANISMS say enough about what a key is for.
macro_rules! row {
    ($id:ident, $key:ident, $shape:ident, $status:ident, $start:expr) => {
        Mechanism {
            id: $id,
            spec: "Hash-based message authentication codes",
            params: ParamShape::$shape,
            keys: &[CKK_GENERIC_SECRET, $key, CKK_AES] as &[KeyType],
            key_size: KeySize::bytes(1, super::generic_secret::VALUE_LEN_MAX),
            extra_flags: 0,
            status: Status::$status,
            roles: Roles {
                sign: Some(|setup| Ok(Box::new($start(setup)?))),
                verify: Some(|setup| Ok(Box::new(Recomputed($start(setup)?)))),
                ..Roles::NONE
            },
        }
    };
}

/// Two rows a hash function.
macro_rules! rows {
    ($($whole:ident, $general:ident: $function:ident, $key:ident, $status:ident;)+) => {
        /// The rows.
        pub(super) static ROWS: &[Mechanism] = &[
            $(
                row!($whole, $key, None, $status, |setup| {
                    whole(setup, HashFunction::$function)
                }),
                row!($general, $key, Ulong, $status, |setup| {
                    general(setup, HashFunction::$function)
                }),
            )+
            row!(CKM_SHA512_T_HMAC, CKK_SHA512_T_HMAC, Ulong, Legacy, truncated),
            row!(
                CKM_SHA512_T_HMAC_GENERAL,
                CKK_SHA512_T_HMAC,
                Ulong,
                Legacy,
                truncated_general
            ),
        ];
    };
}

rows! {
    CKM_SHA_1_HMAC, CKM_SHA_1_HMAC_GENERAL: Sha1, CKK_SHA_1_HMAC, Legacy;
    CKM_SHA224_HMAC, CKM_SHA224_HMAC_GENERAL: Sha224, CKK_SHA224_HMAC, Current;
    CKM_SHA256_HMAC, CKM_SHA256_HMAC_GENERAL: Sha256, CKK_SHA256_HMAC, Current;
    CKM_SHA384_HMAC, CKM_SHA384_HMAC_GENERAL: Sha384, CKK_SHA384_HMAC, Current;
    CKM_SHA512_HMAC, CKM_SHA512_HMAC_GENERAL: Sha512, CKK_SHA512_HMAC, Current;
    CKM_SHA512_224_HMAC, CKM_SHA512_224_HMAC_GENERAL: Sha512_224, CKK_SHA512_224_HMAC, Current;
    CKM_SHA512_256_HMAC, CKM_SHA512_256_HMAC_GENERAL: Sha512_256, CKK_SHA512_256_HMAC, Current;
    CKM_SHA3_224_HMAC, CKM_SHA3_224_HMAC_GENERAL: Sha3_224, CKK_SHA3_224_HMAC, Current;
    CKM_SHA3_256_HMAC, CKM_SHA3_256_HMAC_GENERAL: Sha3_256, CKK_SHA3_256_HMAC, Current;
    CKM_SHA3_384_HMAC, CKM_SHA3_384_HMAC_GENERAL: Sha3_384, CKK_SHA3_384_HMAC, Current;
    CKM_SHA3_512_HMAC, CKM_SHA3_512_HMAC_GENERAL: Sha3_512, CKK_SHA3_512_HMAC, Current;
    CKM_BLAKE2B_160_HMAC, CKM_BLAKE2B_160_HMAC_GENERAL: Blake2b160, CKK_BLAKE2B_160_HMAC, Current;
    CKM_BLAKE2B_256_HMAC, CKM_BLAKE2B_256_HMAC_GENERAL: Blake2b256, CKK_BLAKE2B_256_HMAC, Current;
    CKM_BLAKE2B_384_HMAC, CKM_BLAKE2B_384_HMAC_GENERAL: Blake2b384, CKK_BLAKE2B_384_HMAC, Current;
    CKM_BLAKE2B_512_HMAC, CKM_BLAKE2B_512_HMAC_GENERAL: Blake2b512, CKK_BLAKE2B_512_HMAC, Current;
    CKM_MD5_HMAC, CKM_MD5_HMAC_GENERAL: Md5, CKK_MD5_HMAC, Legacy;
    CKM_RIPEMD160_HMAC, CKM_RIPEMD160_HMAC_GENERAL: Ripemd160, CKK_RIPEMD160_HMAC, Legacy;
}
