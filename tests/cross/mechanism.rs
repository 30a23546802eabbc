// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mechanisms with their parameters as a C program lays them out.

use cryptoki_sys::*;

/// A mechanism and all that its parameter points to.
pub(crate) struct Mech {
    pub(crate) id: CK_MECHANISM_TYPE,
    /// The parameter, aligned for any structure.
    pub(crate) words: Vec<u64>,
    pub(crate) len: usize,
    /// What pointers in the parameter lead to; a vector's bytes stay when the vector is moved.
    _kept: Vec<Vec<u8>>,
}

impl Mech {
    pub(crate) fn plain(id: CK_MECHANISM_TYPE) -> Self {
        Self::bytes(id, &[])
    }

    /// A parameter that is bytes: an initialisation vector.
    pub(crate) fn bytes(id: CK_MECHANISM_TYPE, bytes: &[u8]) -> Self {
        let words = bytes
            .chunks(8)
            .map(|chunk| {
                let mut word = [0; 8];
                word[..chunk.len()].copy_from_slice(chunk);
                u64::from_ne_bytes(word)
            })
            .collect();
        Self {
            id,
            words,
            len: bytes.len(),
            _kept: Vec::new(),
        }
    }

    /// A parameter that is a structure.
    pub(crate) fn structure<T>(id: CK_MECHANISM_TYPE, value: &T, kept: Vec<Vec<u8>>) -> Self {
        let bytes = unsafe {
            std::slice::from_raw_parts(std::ptr::from_ref(value).cast::<u8>(), size_of::<T>())
        };
        Self {
            _kept: kept,
            ..Self::bytes(id, bytes)
        }
    }

    pub(crate) fn pss(id: CK_MECHANISM_TYPE, hash: Hash, salt_len: usize) -> Self {
        let params = CK_RSA_PKCS_PSS_PARAMS {
            hashAlg: hash.digest,
            mgf: hash.mgf,
            sLen: salt_len as CK_ULONG,
        };
        Self::structure(id, &params, Vec::new())
    }

    pub(crate) fn oaep(hash: Hash, label: Vec<u8>) -> Self {
        let params = CK_RSA_PKCS_OAEP_PARAMS {
            hashAlg: hash.digest,
            mgf: hash.mgf,
            source: CKZ_DATA_SPECIFIED,
            pSourceData: pointer(&label).cast(),
            ulSourceDataLen: label.len() as CK_ULONG,
        };
        Self::structure(CKM_RSA_PKCS_OAEP, &params, vec![label])
    }

    pub(crate) fn gcm(iv: Vec<u8>, aad: Vec<u8>) -> Self {
        let params = CK_GCM_PARAMS {
            pIv: pointer(&iv),
            ulIvLen: iv.len() as CK_ULONG,
            ulIvBits: 8 * iv.len() as CK_ULONG,
            pAAD: pointer(&aad),
            ulAADLen: aad.len() as CK_ULONG,
            ulTagBits: 128,
        };
        Self::structure(CKM_AES_GCM, &params, vec![iv, aad])
    }

    pub(crate) fn ccm(data_len: usize, nonce: Vec<u8>, aad: Vec<u8>) -> Self {
        let params = CK_CCM_PARAMS {
            ulDataLen: data_len as CK_ULONG,
            pNonce: pointer(&nonce),
            ulNonceLen: nonce.len() as CK_ULONG,
            pAAD: pointer(&aad),
            ulAADLen: aad.len() as CK_ULONG,
            ulMACLen: 16,
        };
        Self::structure(CKM_AES_CCM, &params, vec![nonce, aad])
    }

    /// The standard counts the nonce in bits, others in bytes.
    pub(crate) fn chacha20_poly1305(nonce: Vec<u8>, aad: Vec<u8>, nonce_len: CK_ULONG) -> Self {
        let params = CK_SALSA20_CHACHA20_POLY1305_PARAMS {
            pNonce: pointer(&nonce),
            ulNonceLen: nonce_len,
            pAAD: pointer(&aad),
            ulAADLen: aad.len() as CK_ULONG,
        };
        Self::structure(CKM_CHACHA20_POLY1305, &params, vec![nonce, aad])
    }

    /// The counter is 32 bits, the nonce 96.
    pub(crate) fn chacha20(counter: u32, nonce: Vec<u8>) -> Self {
        let counter = counter.to_le_bytes().to_vec();
        let params = CK_CHACHA20_PARAMS {
            pBlockCounter: pointer(&counter),
            blockCounterBits: 32,
            pNonce: pointer(&nonce),
            ulNonceBits: 8 * nonce.len() as CK_ULONG,
        };
        Self::structure(CKM_CHACHA20, &params, vec![counter, nonce])
    }

    pub(crate) fn ctr(block: &[u8]) -> Self {
        let params = CK_AES_CTR_PARAMS {
            ulCounterBits: 128,
            cb: block.try_into().unwrap(),
        };
        Self::structure(CKM_AES_CTR, &params, Vec::new())
    }

    pub(crate) fn ecdh(kdf: CK_EC_KDF_TYPE, public: Vec<u8>, shared: Vec<u8>) -> Self {
        let params = CK_ECDH1_DERIVE_PARAMS {
            kdf,
            ulSharedDataLen: shared.len() as CK_ULONG,
            pSharedData: pointer(&shared),
            ulPublicDataLen: public.len() as CK_ULONG,
            pPublicData: pointer(&public),
        };
        Self::structure(CKM_ECDH1_DERIVE, &params, vec![public, shared])
    }

    pub(crate) fn hkdf(hash: Hash, salt: Vec<u8>, info: Vec<u8>) -> Self {
        let params = CK_HKDF_PARAMS {
            bExtract: 1,
            bExpand: 1,
            prfHashMechanism: hash.digest,
            ulSaltType: CKF_HKDF_SALT_DATA,
            pSalt: pointer(&salt),
            ulSaltLen: salt.len() as CK_ULONG,
            hSaltKey: 0,
            pInfo: pointer(&info),
            ulInfoLen: info.len() as CK_ULONG,
        };
        Self::structure(CKM_HKDF_DERIVE, &params, vec![salt, info])
    }

    pub(crate) fn string_data(id: CK_MECHANISM_TYPE, data: Vec<u8>) -> Self {
        let params = CK_KEY_DERIVATION_STRING_DATA {
            pData: pointer(&data),
            ulLen: data.len() as CK_ULONG,
        };
        Self::structure(id, &params, vec![data])
    }

    /// The PRF of TLS 1.2, with the two random values of the hellos.
    pub(crate) fn tls12_kdf(hash: Hash, label: Vec<u8>, client: Vec<u8>, server: Vec<u8>) -> Self {
        let params = CK_TLS_KDF_PARAMS {
            prfMechanism: hash.digest,
            pLabel: pointer(&label),
            ulLabelLength: label.len() as CK_ULONG,
            RandomInfo: CK_SSL3_RANDOM_DATA {
                pClientRandom: pointer(&client),
                ulClientRandomLen: client.len() as CK_ULONG,
                pServerRandom: pointer(&server),
                ulServerRandomLen: server.len() as CK_ULONG,
            },
            pContextData: std::ptr::null_mut(),
            ulContextDataLength: 0,
        };
        Self::structure(CKM_TLS12_KDF, &params, vec![label, client, server])
    }

    pub(crate) fn pbkdf2(prf: CK_ULONG, password: Vec<u8>, salt: Vec<u8>, iterations: u64) -> Self {
        let params = CK_PKCS5_PBKD2_PARAMS2 {
            saltSource: CKZ_DATA_SPECIFIED,
            pSaltSourceData: pointer(&salt).cast(),
            ulSaltSourceDataLen: salt.len() as CK_ULONG,
            iterations,
            prf,
            pPrfData: std::ptr::null_mut(),
            ulPrfDataLen: 0,
            pPassword: pointer(&password),
            ulPasswordLen: password.len() as CK_ULONG,
        };
        Self::structure(CKM_PKCS5_PBKD2, &params, vec![password, salt])
    }

    /// The counter form of SP 800-108 that OpenSSL has: counter, label, 0, context, length, 32 bits each.
    pub(crate) fn kbkdf(prf: CK_MECHANISM_TYPE, label: &[u8], context: &[u8]) -> Self {
        let counter = CK_SP800_108_COUNTER_FORMAT {
            bLittleEndian: 0,
            ulWidthInBits: 32,
        };
        let length = CK_SP800_108_DKM_LENGTH_FORMAT {
            dkmLengthMethod: CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS,
            bLittleEndian: 0,
            ulWidthInBits: 32,
        };
        let text = [label, &[0], context].concat();
        let kept = vec![bytes_of(&counter), bytes_of(&length), text];
        let field = |type_, bytes: &Vec<u8>| CK_PRF_DATA_PARAM {
            type_,
            pValue: pointer(bytes).cast(),
            ulValueLen: bytes.len() as CK_ULONG,
        };
        let fields = [
            field(CK_SP800_108_ITERATION_VARIABLE, &kept[0]),
            field(CK_SP800_108_BYTE_ARRAY, &kept[2]),
            field(CK_SP800_108_DKM_LENGTH, &kept[1]),
        ];
        let fields = bytes_of(&fields);
        let params = CK_SP800_108_KDF_PARAMS {
            prfType: prf,
            ulNumberOfDataParams: 3,
            pDataParams: pointer(&fields).cast(),
            ulAdditionalDerivedKeys: 0,
            pAdditionalDerivedKeys: std::ptr::null_mut(),
        };
        let kept = kept.into_iter().chain([fields]).collect();
        Self::structure(CKM_SP800_108_COUNTER_KDF, &params, kept)
    }
}

fn pointer(bytes: &[u8]) -> *mut u8 {
    if bytes.is_empty() {
        std::ptr::null_mut()
    } else {
        bytes.as_ptr().cast_mut()
    }
}

fn bytes_of<T>(value: &T) -> Vec<u8> {
    unsafe { std::slice::from_raw_parts(std::ptr::from_ref(value).cast::<u8>(), size_of::<T>()) }
        .to_vec()
}

/// A hash and what it is called where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hash {
    /// OpenSSL's name
    pub(crate) name: &'static str,
    pub(crate) len: usize,
    pub(crate) digest: CK_MECHANISM_TYPE,
    pub(crate) mgf: CK_RSA_PKCS_MGF_TYPE,
    pub(crate) hmac: CK_MECHANISM_TYPE,
    pub(crate) rsa: CK_MECHANISM_TYPE,
    pub(crate) pss: CK_MECHANISM_TYPE,
    pub(crate) ecdsa: CK_MECHANISM_TYPE,
}

macro_rules! hash {
    ($name:literal, $len:literal, $digest:ident, $mgf:ident, $hmac:ident, $rsa:ident, $pss:ident, $ecdsa:ident) => {
        Hash {
            name: $name,
            len: $len,
            digest: $digest,
            mgf: $mgf,
            hmac: $hmac,
            rsa: $rsa,
            pss: $pss,
            ecdsa: $ecdsa,
        }
    };
}

#[rustfmt::skip]
pub(crate) const HASHES: &[Hash] = &[
    hash!("sha1", 20, CKM_SHA_1, CKG_MGF1_SHA1, CKM_SHA_1_HMAC, CKM_SHA1_RSA_PKCS, CKM_SHA1_RSA_PKCS_PSS, CKM_ECDSA_SHA1),
    hash!("sha224", 28, CKM_SHA224, CKG_MGF1_SHA224, CKM_SHA224_HMAC, CKM_SHA224_RSA_PKCS, CKM_SHA224_RSA_PKCS_PSS, CKM_ECDSA_SHA224),
    hash!("sha256", 32, CKM_SHA256, CKG_MGF1_SHA256, CKM_SHA256_HMAC, CKM_SHA256_RSA_PKCS, CKM_SHA256_RSA_PKCS_PSS, CKM_ECDSA_SHA256),
    hash!("sha384", 48, CKM_SHA384, CKG_MGF1_SHA384, CKM_SHA384_HMAC, CKM_SHA384_RSA_PKCS, CKM_SHA384_RSA_PKCS_PSS, CKM_ECDSA_SHA384),
    hash!("sha512", 64, CKM_SHA512, CKG_MGF1_SHA512, CKM_SHA512_HMAC, CKM_SHA512_RSA_PKCS, CKM_SHA512_RSA_PKCS_PSS, CKM_ECDSA_SHA512),
    hash!("sha3-224", 28, CKM_SHA3_224, CKG_MGF1_SHA3_224, CKM_SHA3_224_HMAC, CKM_SHA3_224_RSA_PKCS, CKM_SHA3_224_RSA_PKCS_PSS, CKM_ECDSA_SHA3_224),
    hash!("sha3-256", 32, CKM_SHA3_256, CKG_MGF1_SHA3_256, CKM_SHA3_256_HMAC, CKM_SHA3_256_RSA_PKCS, CKM_SHA3_256_RSA_PKCS_PSS, CKM_ECDSA_SHA3_256),
    hash!("sha3-384", 48, CKM_SHA3_384, CKG_MGF1_SHA3_384, CKM_SHA3_384_HMAC, CKM_SHA3_384_RSA_PKCS, CKM_SHA3_384_RSA_PKCS_PSS, CKM_ECDSA_SHA3_384),
    hash!("sha3-512", 64, CKM_SHA3_512, CKG_MGF1_SHA3_512, CKM_SHA3_512_HMAC, CKM_SHA3_512_RSA_PKCS, CKM_SHA3_512_RSA_PKCS_PSS, CKM_ECDSA_SHA3_512),
];
