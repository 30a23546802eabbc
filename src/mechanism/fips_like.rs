// SPDX-License-Identifier: MIT OR Apache-2.0
//! The list behind `policy = "fips"`, as data: what FIPS 140-3 lets a module call approved.
//!
//! It is a list like that of a validated module, and no validation: this module has none, its engine
//! runs outside a validated boundary, and nothing here makes self-tests or service indicators.
//! Sources: SP 800-140C Rev. 2 and SP 800-140D Rev. 2 (approved functions), SP 800-131A Rev. 2 (key
//! lengths, and what is left for reading old data: "legacy use"), FIPS 140-3 Implementation Guidance
//! (C.A curves, C.H initialisation vectors, D.G key transport, D.Q TLS), and the standard of each line.
//! DSA signing and Triple-DES encryption have expired; X25519, X448, secp256k1, the Brainpool curves, ChaCha20,
//! Poly1305, BLAKE2 and XCBC were never approved.

use crate::crypto::ec::Curve;
use crate::pkcs11::MechanismType;
use crate::pkcs11::flag::{
    CKF_DECAPSULATE, CKF_DECRYPT, CKF_DERIVE, CKF_DIGEST, CKF_ENCAPSULATE, CKF_ENCRYPT,
    CKF_GENERATE, CKF_GENERATE_KEY_PAIR, CKF_MESSAGE_DECRYPT, CKF_MESSAGE_ENCRYPT,
    CKF_MESSAGE_SIGN, CKF_MESSAGE_VERIFY, CKF_SIGN, CKF_UNWRAP, CKF_VERIFY, CKF_WRAP,
};
#[rustfmt::skip]
use crate::pkcs11::mechanism::{
    CKM_AES_CBC, CKM_AES_CBC_PAD, CKM_AES_CCM, CKM_AES_CFB1, CKM_AES_CFB8, CKM_AES_CFB64,
    CKM_AES_CFB128, CKM_AES_CMAC, CKM_AES_CMAC_GENERAL, CKM_AES_CTR, CKM_AES_CTS, CKM_AES_ECB,
    CKM_AES_GCM, CKM_AES_GMAC, CKM_AES_KEY_GEN, CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_KWP, CKM_AES_OFB,
    CKM_AES_XTS, CKM_AES_XTS_KEY_GEN, CKM_CONCATENATE_BASE_AND_KEY, CKM_DES3_CBC, CKM_DES3_CBC_PAD,
    CKM_DES3_CMAC, CKM_DES3_CMAC_GENERAL, CKM_DES3_ECB, CKM_DH_PKCS_DERIVE, CKM_DH_PKCS_KEY_PAIR_GEN,
    CKM_DSA, CKM_DSA_SHA1, CKM_DSA_SHA3_224, CKM_DSA_SHA3_256, CKM_DSA_SHA3_384, CKM_DSA_SHA3_512,
    CKM_DSA_SHA224, CKM_DSA_SHA256, CKM_DSA_SHA384, CKM_DSA_SHA512,
    CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN_W_EXTRA_BITS,
    CKM_ECDH_AES_KEY_WRAP, CKM_ECDH_COF_AES_KEY_WRAP, CKM_ECDH1_COFACTOR_DERIVE, CKM_ECDH1_DERIVE,
    CKM_ECDSA, CKM_ECDSA_SHA1, CKM_ECDSA_SHA3_224, CKM_ECDSA_SHA3_256, CKM_ECDSA_SHA3_384,
    CKM_ECDSA_SHA3_512, CKM_ECDSA_SHA224, CKM_ECDSA_SHA256, CKM_ECDSA_SHA384, CKM_ECDSA_SHA512,
    CKM_EDDSA, CKM_GENERIC_SECRET_KEY_GEN, CKM_HASH_ML_DSA, CKM_HASH_ML_DSA_SHA3_224,
    CKM_HASH_ML_DSA_SHA3_256, CKM_HASH_ML_DSA_SHA3_384, CKM_HASH_ML_DSA_SHA3_512,
    CKM_HASH_ML_DSA_SHA224, CKM_HASH_ML_DSA_SHA256, CKM_HASH_ML_DSA_SHA384, CKM_HASH_ML_DSA_SHA512,
    CKM_HASH_ML_DSA_SHAKE128, CKM_HASH_ML_DSA_SHAKE256, CKM_HASH_SLH_DSA, CKM_HASH_SLH_DSA_SHA3_224,
    CKM_HASH_SLH_DSA_SHA3_256, CKM_HASH_SLH_DSA_SHA3_384, CKM_HASH_SLH_DSA_SHA3_512,
    CKM_HASH_SLH_DSA_SHA224, CKM_HASH_SLH_DSA_SHA256, CKM_HASH_SLH_DSA_SHA384,
    CKM_HASH_SLH_DSA_SHA512, CKM_HASH_SLH_DSA_SHAKE128, CKM_HASH_SLH_DSA_SHAKE256, CKM_HKDF_DATA,
    CKM_HKDF_DERIVE, CKM_HKDF_KEY_GEN, CKM_IKE_PRF_DERIVE, CKM_IKE1_EXTENDED_DERIVE,
    CKM_IKE1_PRF_DERIVE, CKM_IKE2_PRF_PLUS_DERIVE, CKM_ML_DSA, CKM_ML_DSA_KEY_PAIR_GEN, CKM_ML_KEM,
    CKM_ML_KEM_KEY_PAIR_GEN, CKM_PKCS5_PBKD2, CKM_PUB_KEY_FROM_PRIV_KEY, CKM_RSA_AES_KEY_WRAP,
    CKM_RSA_PKCS, CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_RSA_PKCS_OAEP, CKM_RSA_PKCS_PSS, CKM_SHA_1,
    CKM_SHA_1_HMAC, CKM_SHA_1_HMAC_GENERAL, CKM_SHA_1_KEY_GEN, CKM_SHA1_RSA_PKCS,
    CKM_SHA1_RSA_PKCS_PSS, CKM_SHA3_224, CKM_SHA3_224_HMAC, CKM_SHA3_224_HMAC_GENERAL,
    CKM_SHA3_224_KEY_GEN, CKM_SHA3_224_RSA_PKCS, CKM_SHA3_224_RSA_PKCS_PSS, CKM_SHA3_256,
    CKM_SHA3_256_HMAC, CKM_SHA3_256_HMAC_GENERAL, CKM_SHA3_256_KEY_GEN, CKM_SHA3_256_RSA_PKCS,
    CKM_SHA3_256_RSA_PKCS_PSS, CKM_SHA3_384, CKM_SHA3_384_HMAC, CKM_SHA3_384_HMAC_GENERAL,
    CKM_SHA3_384_KEY_GEN, CKM_SHA3_384_RSA_PKCS, CKM_SHA3_384_RSA_PKCS_PSS, CKM_SHA3_512,
    CKM_SHA3_512_HMAC, CKM_SHA3_512_HMAC_GENERAL, CKM_SHA3_512_KEY_GEN, CKM_SHA3_512_RSA_PKCS,
    CKM_SHA3_512_RSA_PKCS_PSS, CKM_SHA224, CKM_SHA224_HMAC, CKM_SHA224_HMAC_GENERAL,
    CKM_SHA224_KEY_GEN, CKM_SHA224_RSA_PKCS, CKM_SHA224_RSA_PKCS_PSS, CKM_SHA256, CKM_SHA256_HMAC,
    CKM_SHA256_HMAC_GENERAL, CKM_SHA256_KEY_GEN, CKM_SHA256_RSA_PKCS, CKM_SHA256_RSA_PKCS_PSS,
    CKM_SHA384, CKM_SHA384_HMAC, CKM_SHA384_HMAC_GENERAL, CKM_SHA384_KEY_GEN, CKM_SHA384_RSA_PKCS,
    CKM_SHA384_RSA_PKCS_PSS, CKM_SHA512, CKM_SHA512_224, CKM_SHA512_224_HMAC,
    CKM_SHA512_224_HMAC_GENERAL, CKM_SHA512_224_KEY_GEN, CKM_SHA512_256, CKM_SHA512_256_HMAC,
    CKM_SHA512_256_HMAC_GENERAL, CKM_SHA512_256_KEY_GEN, CKM_SHA512_HMAC, CKM_SHA512_HMAC_GENERAL,
    CKM_SHA512_KEY_GEN, CKM_SHA512_RSA_PKCS, CKM_SHA512_RSA_PKCS_PSS, CKM_SLH_DSA,
    CKM_SLH_DSA_KEY_PAIR_GEN, CKM_SP800_108_COUNTER_KDF, CKM_SP800_108_DOUBLE_PIPELINE_KDF,
    CKM_SP800_108_FEEDBACK_KDF, CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE,
    CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE_DH, CKM_TLS12_KDF, CKM_TLS12_KEY_AND_MAC_DERIVE,
    CKM_TLS12_KEY_SAFE_DERIVE, CKM_TLS12_MAC,
};

/// Which keys are approved.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyBar {
    /// All that the mechanism takes, or none is taken.
    Any,
    /// Those of this many bits and more.
    Bits(u64),
    /// Those on these curves in short Weierstrass form.
    Curves(&'static [Curve]),
}

/// Mechanisms that are approved for some uses with some keys.
#[derive(Clone, Copy, Debug)]
pub struct Approved {
    /// Where it is approved.
    pub standard: &'static str,
    /// The uses, as `CKF_` flags.
    pub uses: u64,
    /// The keys.
    pub keys: KeyBar,
    /// The mechanisms.
    pub mechanisms: &'static [MechanismType],
}

/// The curves of SP 800-186 for signatures and key agreement.
const CURVES: KeyBar = KeyBar::Curves(&[Curve::P224, Curve::P256, Curve::P384, Curve::P521]);

/// The least strength for protecting new data (SP 800-131A Rev. 2, 1.2.1).
const SECRET: KeyBar = KeyBar::Bits(112);

const CIPHER: u64 = CKF_ENCRYPT | CKF_DECRYPT | CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT;
const READ: u64 = CKF_DECRYPT;
const WRAP: u64 = CKF_WRAP | CKF_UNWRAP;
const SIGN: u64 = CKF_SIGN | CKF_MESSAGE_SIGN;
const VERIFY: u64 = CKF_VERIFY | CKF_MESSAGE_VERIFY;

/// The lines of one mechanism.
pub fn approved(id: MechanismType) -> impl Iterator<Item = &'static Approved> {
    FIPS_LIKE
        .iter()
        .filter(move |line| line.mechanisms.contains(&id))
}

/// The list. A mechanism may stand in several lines whose uses do not overlap.
#[rustfmt::skip]
pub static FIPS_LIKE: &[Approved] = &[
    Approved {
        standard: "FIPS 186-5, A.1; SP 800-131A Rev. 2, table 2",
        uses: CKF_GENERATE_KEY_PAIR,
        keys: KeyBar::Bits(2048),
        mechanisms: &[CKM_RSA_PKCS_KEY_PAIR_GEN],
    },
    Approved {
        standard: "FIPS 186-5, 5 (CKM_RSA_PKCS and CKM_RSA_PKCS_PSS: of an approved hash)",
        uses: SIGN,
        keys: KeyBar::Bits(2048),
        mechanisms: RSA_SIGNATURES,
    },
    Approved {
        standard: "FIPS 186-5, 5; below 2048 bits SP 800-131A Rev. 2, table 2: legacy use",
        uses: VERIFY,
        keys: KeyBar::Bits(1024),
        mechanisms: RSA_SIGNATURES,
    },
    Approved {
        standard: "SP 800-131A Rev. 2, table 8: SHA-1 in signatures, legacy use",
        uses: VERIFY,
        keys: KeyBar::Bits(1024),
        mechanisms: &[CKM_SHA1_RSA_PKCS, CKM_SHA1_RSA_PKCS_PSS],
    },
    Approved {
        standard: "FIPS 186-5, 4; SP 800-131A Rev. 2, table 2: DSA, legacy use",
        uses: VERIFY,
        keys: KeyBar::Bits(1024),
        mechanisms: &[
            CKM_DSA, CKM_DSA_SHA1, CKM_DSA_SHA224, CKM_DSA_SHA256, CKM_DSA_SHA384, CKM_DSA_SHA512,
            CKM_DSA_SHA3_224, CKM_DSA_SHA3_256, CKM_DSA_SHA3_384, CKM_DSA_SHA3_512,
        ],
    },
    Approved {
        standard: "SP 800-56B Rev. 2, 9; IG D.G: key transport",
        uses: CIPHER | WRAP | CKF_ENCAPSULATE | CKF_DECAPSULATE,
        keys: KeyBar::Bits(2048),
        mechanisms: &[CKM_RSA_PKCS_OAEP, CKM_RSA_AES_KEY_WRAP],
    },
    Approved {
        standard: "FIPS 186-5, A.2; SP 800-186, 3.2.1",
        uses: CKF_GENERATE_KEY_PAIR,
        keys: CURVES,
        mechanisms: &[CKM_EC_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN_W_EXTRA_BITS],
    },
    Approved {
        standard: "FIPS 186-5, 6 (CKM_ECDSA: of an approved hash)",
        uses: SIGN | VERIFY,
        keys: CURVES,
        mechanisms: &[
            CKM_ECDSA, CKM_ECDSA_SHA224, CKM_ECDSA_SHA256, CKM_ECDSA_SHA384, CKM_ECDSA_SHA512,
            CKM_ECDSA_SHA3_224, CKM_ECDSA_SHA3_256, CKM_ECDSA_SHA3_384, CKM_ECDSA_SHA3_512,
        ],
    },
    Approved {
        standard: "SP 800-131A Rev. 2, table 8: SHA-1 in signatures, legacy use",
        uses: VERIFY,
        keys: CURVES,
        mechanisms: &[CKM_ECDSA_SHA1],
    },
    Approved {
        standard: "SP 800-56A Rev. 3, 5.7.1.2, with SP 800-38F for wrapping",
        uses: CKF_DERIVE | CKF_ENCAPSULATE | CKF_DECAPSULATE | WRAP,
        keys: CURVES,
        mechanisms: &[
            CKM_ECDH1_DERIVE, CKM_ECDH1_COFACTOR_DERIVE, CKM_ECDH_AES_KEY_WRAP,
            CKM_ECDH_COF_AES_KEY_WRAP,
        ],
    },
    Approved {
        standard: "FIPS 186-5, 7: Ed25519 and Ed448",
        uses: CKF_GENERATE_KEY_PAIR | SIGN | VERIFY,
        keys: KeyBar::Any,
        mechanisms: &[CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EDDSA],
    },
    Approved {
        standard: "SP 800-56A Rev. 3, 5.7.1.1 and appendix D",
        uses: CKF_GENERATE_KEY_PAIR | CKF_DERIVE | CKF_ENCAPSULATE | CKF_DECAPSULATE,
        keys: KeyBar::Bits(2048),
        mechanisms: &[CKM_DH_PKCS_KEY_PAIR_GEN, CKM_DH_PKCS_DERIVE],
    },
    Approved {
        standard: "FIPS 203",
        uses: CKF_GENERATE_KEY_PAIR | CKF_ENCAPSULATE | CKF_DECAPSULATE,
        keys: KeyBar::Any,
        mechanisms: &[CKM_ML_KEM_KEY_PAIR_GEN, CKM_ML_KEM],
    },
    Approved {
        standard: "FIPS 204, FIPS 205",
        uses: CKF_GENERATE_KEY_PAIR | SIGN | VERIFY,
        keys: KeyBar::Any,
        mechanisms: &[
            CKM_ML_DSA_KEY_PAIR_GEN, CKM_ML_DSA, CKM_HASH_ML_DSA, CKM_HASH_ML_DSA_SHA224,
            CKM_HASH_ML_DSA_SHA256, CKM_HASH_ML_DSA_SHA384, CKM_HASH_ML_DSA_SHA512,
            CKM_HASH_ML_DSA_SHA3_224, CKM_HASH_ML_DSA_SHA3_256, CKM_HASH_ML_DSA_SHA3_384,
            CKM_HASH_ML_DSA_SHA3_512, CKM_HASH_ML_DSA_SHAKE128, CKM_HASH_ML_DSA_SHAKE256,
            CKM_SLH_DSA_KEY_PAIR_GEN, CKM_SLH_DSA, CKM_HASH_SLH_DSA, CKM_HASH_SLH_DSA_SHA224,
            CKM_HASH_SLH_DSA_SHA256, CKM_HASH_SLH_DSA_SHA384, CKM_HASH_SLH_DSA_SHA512,
            CKM_HASH_SLH_DSA_SHA3_224, CKM_HASH_SLH_DSA_SHA3_256, CKM_HASH_SLH_DSA_SHA3_384,
            CKM_HASH_SLH_DSA_SHA3_512, CKM_HASH_SLH_DSA_SHAKE128, CKM_HASH_SLH_DSA_SHAKE256,
        ],
    },
    Approved {
        standard: "FIPS 180-4, FIPS 202; SP 800-131A Rev. 2, table 8",
        uses: CKF_DIGEST,
        keys: KeyBar::Any,
        mechanisms: &[
            CKM_SHA_1, CKM_SHA224, CKM_SHA256, CKM_SHA384, CKM_SHA512, CKM_SHA512_224,
            CKM_SHA512_256, CKM_SHA3_224, CKM_SHA3_256, CKM_SHA3_384, CKM_SHA3_512,
        ],
    },
    Approved {
        standard: "FIPS 198-1; SP 800-131A Rev. 2, table 9",
        uses: SIGN,
        keys: SECRET,
        mechanisms: HMACS,
    },
    Approved {
        standard: "FIPS 198-1; below 112 bits SP 800-131A Rev. 2, table 9: legacy use",
        uses: VERIFY,
        keys: KeyBar::Any,
        mechanisms: HMACS,
    },
    Approved {
        standard: "SP 800-133 Rev. 2, 6.1; SP 800-131A Rev. 2, 1.2.1",
        uses: CKF_GENERATE,
        keys: SECRET,
        mechanisms: &[
            CKM_GENERIC_SECRET_KEY_GEN, CKM_SHA_1_KEY_GEN, CKM_SHA224_KEY_GEN, CKM_SHA256_KEY_GEN,
            CKM_SHA384_KEY_GEN, CKM_SHA512_KEY_GEN, CKM_SHA512_224_KEY_GEN, CKM_SHA512_256_KEY_GEN,
            CKM_SHA3_224_KEY_GEN, CKM_SHA3_256_KEY_GEN, CKM_SHA3_384_KEY_GEN, CKM_SHA3_512_KEY_GEN,
            CKM_HKDF_KEY_GEN, CKM_AES_KEY_GEN, CKM_AES_XTS_KEY_GEN,
        ],
    },
    Approved {
        standard: "FIPS 197 with SP 800-38A and its addendum, SP 800-38C, -38D (IG C.H: the application \
                   answers for initialisation vectors that it chooses), -38E (storage only)",
        uses: CIPHER,
        keys: KeyBar::Any,
        mechanisms: &[
            CKM_AES_ECB, CKM_AES_CBC, CKM_AES_CBC_PAD, CKM_AES_CTR, CKM_AES_CTS, CKM_AES_OFB,
            CKM_AES_CFB1, CKM_AES_CFB8, CKM_AES_CFB64, CKM_AES_CFB128, CKM_AES_XTS, CKM_AES_GCM,
            CKM_AES_CCM, CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_KWP,
        ],
    },
    Approved {
        standard: "SP 800-38F, 3.1 and 6; IG D.G",
        uses: WRAP,
        keys: KeyBar::Any,
        mechanisms: &[CKM_AES_GCM, CKM_AES_CCM, CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_KWP],
    },
    Approved {
        standard: "SP 800-38B, SP 800-38D",
        uses: SIGN | VERIFY,
        keys: KeyBar::Any,
        mechanisms: &[CKM_AES_CMAC, CKM_AES_CMAC_GENERAL, CKM_AES_GMAC],
    },
    Approved {
        standard: "SP 800-131A Rev. 2, table 1: Triple-DES, legacy use",
        uses: READ,
        keys: KeyBar::Any,
        mechanisms: &[CKM_DES3_ECB, CKM_DES3_CBC, CKM_DES3_CBC_PAD],
    },
    Approved {
        standard: "SP 800-131A Rev. 2, table 9: Triple-DES, legacy use",
        uses: VERIFY,
        keys: KeyBar::Any,
        mechanisms: &[CKM_DES3_CMAC, CKM_DES3_CMAC_GENERAL],
    },
    Approved {
        standard: "SP 800-56C Rev. 2, 5; SP 800-108 Rev. 1; SP 800-133 Rev. 2, 6.3",
        uses: CKF_DERIVE,
        keys: SECRET,
        mechanisms: &[
            CKM_HKDF_DERIVE, CKM_HKDF_DATA, CKM_SP800_108_COUNTER_KDF, CKM_SP800_108_FEEDBACK_KDF,
            CKM_SP800_108_DOUBLE_PIPELINE_KDF, CKM_CONCATENATE_BASE_AND_KEY,
        ],
    },
    Approved {
        standard: "SP 800-135 Rev. 1, 4.2; RFC 7627; IG D.Q: the extended master secret",
        uses: CKF_DERIVE | SIGN | VERIFY,
        keys: SECRET,
        mechanisms: &[
            CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE, CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE_DH,
            CKM_TLS12_KEY_AND_MAC_DERIVE, CKM_TLS12_KEY_SAFE_DERIVE, CKM_TLS12_KDF, CKM_TLS12_MAC,
        ],
    },
    Approved {
        standard: "SP 800-135 Rev. 1, 4.1: IKE, version 1 and 2",
        uses: CKF_DERIVE,
        keys: SECRET,
        mechanisms: &[
            CKM_IKE_PRF_DERIVE, CKM_IKE1_PRF_DERIVE, CKM_IKE1_EXTENDED_DERIVE,
            CKM_IKE2_PRF_PLUS_DERIVE,
        ],
    },
    Approved {
        standard: "SP 800-132",
        uses: CKF_GENERATE,
        keys: SECRET,
        mechanisms: &[CKM_PKCS5_PBKD2],
    },
    Approved {
        standard: "the public key of an approved private key",
        uses: CKF_DERIVE,
        keys: KeyBar::Any,
        mechanisms: &[CKM_PUB_KEY_FROM_PRIV_KEY],
    },
];

#[rustfmt::skip]
const RSA_SIGNATURES: &[MechanismType] = &[
    CKM_RSA_PKCS, CKM_SHA224_RSA_PKCS, CKM_SHA256_RSA_PKCS, CKM_SHA384_RSA_PKCS, CKM_SHA512_RSA_PKCS,
    CKM_SHA3_224_RSA_PKCS, CKM_SHA3_256_RSA_PKCS, CKM_SHA3_384_RSA_PKCS, CKM_SHA3_512_RSA_PKCS,
    CKM_RSA_PKCS_PSS, CKM_SHA224_RSA_PKCS_PSS, CKM_SHA256_RSA_PKCS_PSS, CKM_SHA384_RSA_PKCS_PSS,
    CKM_SHA512_RSA_PKCS_PSS, CKM_SHA3_224_RSA_PKCS_PSS, CKM_SHA3_256_RSA_PKCS_PSS,
    CKM_SHA3_384_RSA_PKCS_PSS, CKM_SHA3_512_RSA_PKCS_PSS,
];

#[rustfmt::skip]
const HMACS: &[MechanismType] = &[
    CKM_SHA_1_HMAC, CKM_SHA_1_HMAC_GENERAL, CKM_SHA224_HMAC, CKM_SHA224_HMAC_GENERAL,
    CKM_SHA256_HMAC, CKM_SHA256_HMAC_GENERAL, CKM_SHA384_HMAC, CKM_SHA384_HMAC_GENERAL,
    CKM_SHA512_HMAC, CKM_SHA512_HMAC_GENERAL, CKM_SHA512_224_HMAC, CKM_SHA512_224_HMAC_GENERAL,
    CKM_SHA512_256_HMAC, CKM_SHA512_256_HMAC_GENERAL, CKM_SHA3_224_HMAC, CKM_SHA3_224_HMAC_GENERAL,
    CKM_SHA3_256_HMAC, CKM_SHA3_256_HMAC_GENERAL, CKM_SHA3_384_HMAC, CKM_SHA3_384_HMAC_GENERAL,
    CKM_SHA3_512_HMAC, CKM_SHA3_512_HMAC_GENERAL,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanism::find;

    #[test]
    fn each_line_of_the_list_names_rows_and_uses_that_they_have() {
        for line in FIPS_LIKE {
            for id in line.mechanisms {
                let row = find(*id).unwrap();
                assert_ne!(row.flags() & line.uses, 0, "{id}: {}", line.standard);
            }
        }
    }

    #[test]
    fn no_use_of_a_mechanism_stands_in_two_lines() {
        for row in crate::mechanism::all() {
            approved(row.id).fold(0, |seen, line| {
                assert_eq!(seen & line.uses, 0, "{}: {}", row.id, line.standard);
                seen | line.uses
            });
        }
    }
}
