// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mechanism parameters as safe values: parsed once, at the boundary.
//!
//! A row names its [`ParamShape`]; the boundary turns the C structure of that shape into [`Params`].
//! Source: PKCS#11 v3.2, the `CK_..._PARAMS` structures of the chapter "Mechanisms".

use core::cell::Cell;

use super::IkeParams;
use crate::object::Template;
use crate::pkcs11::kdf::{
    CKD_BLAKE2B_160_KDF, CKD_BLAKE2B_256_KDF, CKD_BLAKE2B_384_KDF, CKD_BLAKE2B_512_KDF,
    CKD_SHA1_KDF, CKD_SHA1_KDF_SP800,
};
use crate::pkcs11::mechanism::{
    CKM_BLAKE2B_160, CKM_BLAKE2B_256, CKM_BLAKE2B_384, CKM_BLAKE2B_512, CKM_SHA_1,
};
use crate::pkcs11::{KdfType, MechanismType, MgfType, ObjectHandle};

/// Which C structure `pParameter` must be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ParamShape {
    /// Nothing: `pParameter` NULL or length 0.
    None,
    /// Raw bytes of exactly this length (an IV).
    Bytes(usize),
    /// Nothing, or raw bytes (a public value, but in an encapsulation).
    AnyBytes,
    /// Nothing, or raw bytes of one of these lengths (optional IV of the key wraps).
    OptionalBytes(&'static [usize]),
    /// A `CK_ULONG`: `CK_MAC_GENERAL_PARAMS` and the like.
    Ulong,
    /// `CK_RSA_PKCS_OAEP_PARAMS`
    RsaOaep,
    /// `CK_RSA_PKCS_PSS_PARAMS`
    RsaPss,
    /// `CK_RSA_AES_KEY_WRAP_PARAMS`
    RsaAesKeyWrap,
    /// `CK_ECDH1_DERIVE_PARAMS`
    Ecdh1,
    /// `CK_ECDH_AES_KEY_WRAP_PARAMS`
    EcdhAesKeyWrap,
    /// Nothing, or `CK_EDDSA_PARAMS`
    Eddsa,
    /// Nothing, or `CK_SIGN_ADDITIONAL_CONTEXT`
    SignContext,
    /// `CK_HASH_SIGN_ADDITIONAL_CONTEXT`
    HashSignContext,
    /// `CK_AES_CTR_PARAMS`
    AesCtr,
    /// `CK_GCM_PARAMS`, also in its older form without `ulIvBits`
    Gcm,
    /// `CK_GCM_PARAMS`, or an IV of 12 bytes
    Gmac,
    /// `CK_CCM_PARAMS`
    Ccm,
    /// `CK_CHACHA20_PARAMS`
    ChaCha20,
    /// `CK_SALSA20_CHACHA20_POLY1305_PARAMS`
    ChaChaPoly,
    /// `CK_AES_CBC_ENCRYPT_DATA_PARAMS`
    AesCbcEncryptData,
    /// `CK_DES_CBC_ENCRYPT_DATA_PARAMS`
    Des3CbcEncryptData,
    /// `CK_KEY_DERIVATION_STRING_DATA`
    StringData,
    /// `CK_OBJECT_HANDLE`
    Key,
    /// `CK_HKDF_PARAMS`
    Hkdf,
    /// `CK_PKCS5_PBKD2_PARAMS2`, also in the older form of `CK_PKCS5_PBKD2_PARAMS`
    Pbkd2,
    /// `CK_SP800_108_KDF_PARAMS`
    Kbkdf,
    /// `CK_SP800_108_FEEDBACK_KDF_PARAMS`
    KbkdfFeedback,
    /// `CK_TLS12_MASTER_KEY_DERIVE_PARAMS`
    TlsMaster,
    /// `CK_TLS12_MASTER_KEY_DERIVE_PARAMS` with pVersion NULL
    TlsMasterDh,
    /// `CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS`
    TlsExtendedMaster,
    /// `CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS` with pVersion NULL
    TlsExtendedMasterDh,
    /// `CK_TLS12_KEY_MAT_PARAMS`
    TlsKeyMaterial,
    /// `CK_TLS12_KEY_MAT_PARAMS`, of which no IVs come back
    TlsKeySafe,
    /// `CK_SSL3_MASTER_KEY_DERIVE_PARAMS`
    Ssl3Master,
    /// `CK_SSL3_MASTER_KEY_DERIVE_PARAMS` with pVersion NULL
    Ssl3MasterDh,
    /// `CK_SSL3_KEY_MAT_PARAMS`
    Ssl3KeyMaterial,
    /// `CK_TLS_KDF_PARAMS`
    TlsKdf,
    /// `CK_TLS_MAC_PARAMS`
    TlsMac,
    /// `CK_IKE_PRF_DERIVE_PARAMS`
    IkePrf,
    /// `CK_IKE1_PRF_DERIVE_PARAMS`
    Ike1Prf,
    /// `CK_IKE2_PRF_PLUS_DERIVE_PARAMS`
    Ike2PrfPlus,
    /// `CK_IKE1_EXTENDED_DERIVE_PARAMS`
    Ike1Extended,
}

/// A parameter without pointers.
#[derive(Debug)]
#[non_exhaustive]
pub enum Params<'call> {
    /// Nothing was given.
    None,
    /// Raw bytes: an IV.
    Bytes(&'call [u8]),
    /// A number.
    Ulong(u64),
    /// RSA OAEP
    RsaOaep {
        /// Hash of the label
        hash: MechanismType,
        /// Mask generation function
        mgf: MgfType,
        /// `CKZ_DATA_SPECIFIED`, or 0 with an empty label
        source: u64,
        /// The label
        label: &'call [u8],
    },
    /// RSA PSS
    RsaPss {
        /// Hash of the message
        hash: MechanismType,
        /// Mask generation function
        mgf: MgfType,
        /// Salt length in bytes
        salt_len: u64,
    },
    /// Wrapping with a temporary AES key under RSA OAEP
    RsaAesKeyWrap {
        /// Bits of the temporary AES key
        aes_bits: u64,
        /// The parameter of RSA OAEP
        oaep: Box<Self>,
    },
    /// Wrapping with a temporary AES key agreed on by elliptic curve Diffie-Hellman
    EcdhAesKeyWrap {
        /// Bits of the temporary AES key
        aes_bits: u64,
        /// Key derivation function
        kdf: KdfType,
        /// Shared info
        shared: &'call [u8],
    },
    /// Elliptic curve Diffie-Hellman
    Ecdh1 {
        /// Key derivation function
        kdf: KdfType,
        /// Shared info
        shared: &'call [u8],
        /// The other side's public value, raw or DER-wrapped
        public: &'call [u8],
    },
    /// EdDSA
    Eddsa {
        /// Whether the message is prehashed
        prehash: bool,
        /// The context
        context: &'call [u8],
    },
    /// ML-DSA and SLH-DSA
    SignContext {
        /// `CK_HEDGE_TYPE`
        hedge: u64,
        /// The context
        context: &'call [u8],
    },
    /// HashML-DSA and HashSLH-DSA over a digest
    HashSignContext {
        /// `CK_HEDGE_TYPE`
        hedge: u64,
        /// The context
        context: &'call [u8],
        /// Hash of the message
        hash: MechanismType,
    },
    /// AES counter mode
    AesCtr {
        /// How many of the block's bits count
        counter_bits: u64,
        /// The initial block
        block: [u8; 16],
    },
    /// AES-GCM
    Gcm(GcmParams<'call>),
    /// AES-CCM
    Ccm(CcmParams<'call>),
    /// ChaCha20
    ChaCha20 {
        /// The nonce of 8, 12 or 24 bytes
        nonce: &'call [u8],
        /// The number of the first block
        counter: u64,
    },
    /// ChaCha20-Poly1305
    ChaChaPoly {
        /// The nonce of 8, 12 or 24 bytes
        nonce: &'call [u8],
        /// Additional authenticated data
        aad: &'call [u8],
    },
    /// The data of a derivation that encrypts it in CBC mode
    CbcEncryptData {
        /// The IV; triple DES uses its first half
        iv: [u8; 16],
        /// The data
        data: &'call [u8],
    },
    /// A second key of a derivation (`CKM_CONCATENATE_BASE_AND_KEY`)
    Key(ObjectHandle),
    /// Bytes that a derivation mixes in
    StringData(&'call [u8]),
    /// HKDF
    Hkdf(HkdfParams<'call>),
    /// PBKDF2
    Pbkd2(Pbkd2Params<'call>),
    /// SP 800-108
    Kbkdf(KbkdfParams<'call>),
    /// The master secret of TLS 1.2
    TlsMaster {
        /// `prfHashMechanism`
        hash: MechanismType,
        /// `pClientRandom`
        client: &'call [u8],
        /// `pServerRandom`
        server: &'call [u8],
        /// Whether there is a `pVersion`
        tells_version: bool,
    },
    /// The extended master secret of TLS 1.2
    TlsExtendedMaster {
        /// `prfHashMechanism`
        hash: MechanismType,
        /// `pSessionHash`
        session_hash: &'call [u8],
        /// Whether there is a `pVersion`
        tells_version: bool,
    },
    /// The keys of TLS 1.2
    TlsKeyMaterial(TlsKeyMaterial<'call>),
    /// An exporter of TLS 1.2
    TlsKdf {
        /// `prfMechanism`
        hash: MechanismType,
        /// `pLabel`
        label: &'call [u8],
        /// `pClientRandom`
        client: &'call [u8],
        /// `pServerRandom`
        server: &'call [u8],
        /// `pContextData`; an empty one is not the same as none
        context: Option<&'call [u8]>,
    },
    /// The MAC of a "finished" message
    TlsMac {
        /// `prfHashMechanism`
        hash: MechanismType,
        /// `ulMacLength`
        len: u64,
        /// `ulServerOrClient`
        sender: u64,
    },
    /// The keys of IKE
    Ike(IkeParams<'call>),
}

impl Params<'_> {
    /// The keys that the parameter names, in its order.
    #[must_use]
    pub fn keys(&self) -> Vec<ObjectHandle> {
        match self {
            Self::Key(key) => vec![*key],
            Self::Hkdf(hkdf) => hkdf.salt.key().into_iter().collect(),
            Self::Kbkdf(kbkdf) => kbkdf.keys(),
            Self::Ike(ike) => ike.keys(),
            _ => Vec::new(),
        }
    }
}

impl Params<'_> {
    /// The hash or pseudo-random function that the parameter of a derivation names, where a policy
    /// may have something against it.
    #[must_use]
    pub const fn function(&self) -> Option<MechanismType> {
        match self {
            Self::Hkdf(hkdf) => Some(hkdf.hash),
            Self::Kbkdf(kbkdf) => Some(kbkdf.prf),
            Self::TlsKeyMaterial(keys) => Some(keys.hash),
            Self::Ike(ike) => Some(ike.prf()),
            Self::TlsMaster { hash, .. }
            | Self::TlsExtendedMaster { hash, .. }
            | Self::TlsKdf { hash, .. }
            | Self::TlsMac { hash, .. } => Some(*hash),
            Self::Ecdh1 { kdf, .. } | Self::EcdhAesKeyWrap { kdf, .. } => weak(*kdf),
            _ => None,
        }
    }
}

/// The hash of a key derivation function, if a policy may have something against it.
const fn weak(kdf: KdfType) -> Option<MechanismType> {
    match kdf {
        CKD_SHA1_KDF | CKD_SHA1_KDF_SP800 => Some(CKM_SHA_1),
        CKD_BLAKE2B_160_KDF => Some(CKM_BLAKE2B_160),
        CKD_BLAKE2B_256_KDF => Some(CKM_BLAKE2B_256),
        CKD_BLAKE2B_384_KDF => Some(CKM_BLAKE2B_384),
        CKD_BLAKE2B_512_KDF => Some(CKM_BLAKE2B_512),
        _ => None,
    }
}

/// `CK_HKDF_PARAMS`
#[derive(Debug)]
pub struct HkdfParams<'call> {
    /// `bExtract`
    pub extract: bool,
    /// `bExpand`
    pub expand: bool,
    /// `prfHashMechanism`
    pub hash: MechanismType,
    /// The salt, which counts with `bExtract` only
    pub salt: HkdfSalt<'call>,
    /// `pInfo`, which counts with `bExpand` only
    pub info: &'call [u8],
}

/// Where the salt of HKDF comes from.
#[derive(Clone, Copy, Debug)]
pub enum HkdfSalt<'call> {
    /// `CKF_HKDF_SALT_NULL`
    Null,
    /// `CKF_HKDF_SALT_DATA`
    Data(&'call [u8]),
    /// `CKF_HKDF_SALT_KEY`
    Key(ObjectHandle),
}

impl HkdfSalt<'_> {
    /// The key, if it is one.
    #[must_use]
    pub const fn key(self) -> Option<ObjectHandle> {
        match self {
            Self::Key(key) => Some(key),
            Self::Null | Self::Data(_) => None,
        }
    }
}

/// `CK_PKCS5_PBKD2_PARAMS2`
pub struct Pbkd2Params<'call> {
    /// `saltSource`, `pSaltSourceData`: the salt
    pub salt: &'call [u8],
    /// `iterations`
    pub iterations: u64,
    /// `prf`: `CKP_PKCS5_PBKD2_HMAC_...`
    pub prf: u64,
    /// `pPassword`
    pub password: &'call [u8],
}

impl core::fmt::Debug for Pbkd2Params<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pbkd2Params")
            .field("iterations", &self.iterations)
            .field("prf", &self.prf)
            .finish_non_exhaustive()
    }
}

/// `CK_GCM_PARAMS`
#[derive(Debug)]
pub struct GcmParams<'call> {
    /// The IV; `None` when the token makes it and appends it to the output
    pub iv: Option<&'call [u8]>,
    /// How long an IV the application made room for, in bytes
    pub iv_len: usize,
    /// Additional authenticated data
    pub aad: &'call [u8],
    /// Tag length in bits
    pub tag_bits: u64,
}

/// `CK_CCM_PARAMS`
#[derive(Clone, Copy, Debug)]
pub struct CcmParams<'call> {
    /// Length of the text in bytes
    pub data_len: u64,
    /// The nonce
    pub nonce: &'call [u8],
    /// Additional authenticated data
    pub aad: &'call [u8],
    /// Length of the MAC in bytes
    pub mac_len: u64,
}

/// `CK_SP800_108_KDF_PARAMS`, `CK_SP800_108_FEEDBACK_KDF_PARAMS`
#[derive(Debug)]
pub struct KbkdfParams<'call> {
    /// `prfType`
    pub prf: MechanismType,
    /// `pDataParams`
    pub fields: Vec<KbkdfField<'call>>,
    /// `pIV`
    pub iv: &'call [u8],
    /// `pAdditionalDerivedKeys`
    pub additional: Vec<AdditionalKey<'call>>,
}

impl KbkdfParams<'_> {
    fn keys(&self) -> Vec<ObjectHandle> {
        let key = |field: &KbkdfField<'_>| match field {
            KbkdfField::Key(key) => Some(*key),
            _ => None,
        };
        self.fields.iter().filter_map(key).collect()
    }
}

/// `CK_PRF_DATA_PARAM`
#[derive(Clone, Copy, Debug)]
pub enum KbkdfField<'call> {
    /// `CK_SP800_108_ITERATION_VARIABLE`, with its format where it is a counter
    Iteration(Option<KbkdfNumber>),
    /// `CK_SP800_108_COUNTER`
    Counter(KbkdfNumber),
    /// `CK_SP800_108_DKM_LENGTH`, with `dkmLengthMethod`
    Length(u64, KbkdfNumber),
    /// `CK_SP800_108_BYTE_ARRAY`
    Bytes(&'call [u8]),
    /// `CK_SP800_108_KEY_HANDLE`
    Key(ObjectHandle),
}

/// `CK_SP800_108_COUNTER_FORMAT` and the like of it in `CK_SP800_108_DKM_LENGTH_FORMAT`
#[derive(Clone, Copy, Debug)]
pub struct KbkdfNumber {
    /// `bLittleEndian`
    pub little_endian: bool,
    /// `ulWidthInBits`
    pub bits: u64,
}

/// `CK_DERIVED_KEY`
#[derive(Debug)]
pub struct AdditionalKey<'call> {
    /// `pTemplate`
    pub template: Template<'call>,
    /// Set when the derivation failed because of this template.
    pub offends: Cell<bool>,
}

/// `CK_TLS12_KEY_MAT_PARAMS`, its lengths in bytes
#[derive(Clone, Copy, Debug)]
pub struct TlsKeyMaterial<'call> {
    /// `prfHashMechanism`
    pub hash: MechanismType,
    /// `ulMacSizeInBits`
    pub mac_len: usize,
    /// `ulKeySizeInBits`
    pub key_len: usize,
    /// `ulIVSizeInBits`
    pub iv_len: usize,
    /// `pClientRandom`
    pub client: &'call [u8],
    /// `pServerRandom`
    pub server: &'call [u8],
}
