// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C structures of derivations, and where derivations write to.
//!
//! Source: PKCS#11 v3.2, "HKDF mechanism parameters", "SP800-108 Key Derivation", "TLS 1.2 mechanism
//! parameters", "PKCS #5 PBKDF2 key generation mechanism parameters".

use std::ffi::c_void;

use cryptoki_sys::{
    CK_AES_CBC_ENCRYPT_DATA_PARAMS, CK_DERIVED_KEY, CK_DES_CBC_ENCRYPT_DATA_PARAMS, CK_HKDF_PARAMS,
    CK_OBJECT_HANDLE, CK_PKCS5_PBKD2_PARAMS2, CK_PRF_DATA_PARAM, CK_SP800_108_BYTE_ARRAY,
    CK_SP800_108_COUNTER, CK_SP800_108_COUNTER_FORMAT, CK_SP800_108_DKM_LENGTH,
    CK_SP800_108_DKM_LENGTH_FORMAT, CK_SP800_108_FEEDBACK_KDF_PARAMS,
    CK_SP800_108_ITERATION_VARIABLE, CK_SP800_108_KDF_PARAMS, CK_SP800_108_KEY_HANDLE,
    CK_SSL3_KEY_MAT_OUT, CK_SSL3_RANDOM_DATA, CK_TLS_KDF_PARAMS, CK_TLS_MAC_PARAMS,
    CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS, CK_TLS12_KEY_MAT_PARAMS,
    CK_TLS12_MASTER_KEY_DERIVE_PARAMS, CK_ULONG, CK_VERSION, CKF_HKDF_SALT_DATA, CKF_HKDF_SALT_KEY,
    CKF_HKDF_SALT_NULL, CKZ_SALT_SPECIFIED,
};
use keystead::mechanism::{
    HkdfParams, HkdfSalt, KbkdfField, KbkdfNumber, KbkdfParams, ParamShape, Params, Pbkd2Params,
    TlsKeyMaterial,
};

use super::c_params::Given;

/// The places in a parameter that a derivation writes to.
pub(super) enum Returns {
    None,
    Version(*mut CK_VERSION),
    KeyMaterial {
        out: *mut CK_SSL3_KEY_MAT_OUT,
        iv_len: usize,
    },
    Handles(Vec<*mut CK_OBJECT_HANDLE>),
}

impl Given {
    pub(super) fn encrypt_data(&mut self, shape: ParamShape, iv: [u8; 16], data: &[u8]) {
        let (data, length) = self.memory.bytes(data);
        if shape == ParamShape::Des3CbcEncryptData {
            let mut half = [0; 8];
            half.copy_from_slice(&iv[..8]);
            self.put(CK_DES_CBC_ENCRYPT_DATA_PARAMS {
                iv: half,
                pData: data,
                length,
            });
        } else {
            self.put(CK_AES_CBC_ENCRYPT_DATA_PARAMS {
                iv,
                pData: data,
                length,
            });
        }
    }

    pub(super) fn hkdf(&mut self, hkdf: &HkdfParams<'_>) {
        let (kind, salt, key) = match hkdf.salt {
            HkdfSalt::Null => (CKF_HKDF_SALT_NULL, None, 0),
            HkdfSalt::Data(salt) => (CKF_HKDF_SALT_DATA, Some(salt), 0),
            HkdfSalt::Key(key) => (CKF_HKDF_SALT_KEY, None, key.0),
        };
        let (salt, salt_len) =
            salt.map_or((std::ptr::null_mut(), 0), |salt| self.memory.bytes(salt));
        let (info, info_len) = self.memory.bytes(hkdf.info);
        self.put(CK_HKDF_PARAMS {
            bExtract: u8::from(hkdf.extract),
            bExpand: u8::from(hkdf.expand),
            prfHashMechanism: hkdf.hash.0,
            ulSaltType: kind,
            pSalt: salt,
            ulSaltLen: salt_len,
            hSaltKey: key,
            pInfo: info,
            ulInfoLen: info_len,
        });
    }

    pub(super) fn pbkd2(&mut self, pbkd2: &Pbkd2Params<'_>) {
        let (salt, salt_len) = self.memory.bytes(pbkd2.salt);
        let (password, password_len) = self.memory.bytes(pbkd2.password);
        self.put(CK_PKCS5_PBKD2_PARAMS2 {
            saltSource: CKZ_SALT_SPECIFIED,
            pSaltSourceData: salt.cast(),
            ulSaltSourceDataLen: salt_len,
            iterations: pbkd2.iterations,
            prf: pbkd2.prf,
            pPrfData: std::ptr::null_mut(),
            ulPrfDataLen: 0,
            pPassword: password,
            ulPasswordLen: password_len,
        });
    }

    fn field(&mut self, field: &KbkdfField<'_>) -> CK_PRF_DATA_PARAM {
        let counter = |number: &KbkdfNumber| CK_SP800_108_COUNTER_FORMAT {
            bLittleEndian: u8::from(number.little_endian),
            ulWidthInBits: number.bits,
        };
        let counter_len = size_of::<CK_SP800_108_COUNTER_FORMAT>();
        let (kind, value, len): (CK_ULONG, *mut c_void, usize) = match field {
            KbkdfField::Iteration(None) => {
                (CK_SP800_108_ITERATION_VARIABLE, std::ptr::null_mut(), 0)
            }
            KbkdfField::Iteration(Some(number)) => {
                let value = self.memory.value(counter(number)).cast();
                (CK_SP800_108_ITERATION_VARIABLE, value, counter_len)
            }
            KbkdfField::Counter(number) => {
                let value = self.memory.value(counter(number)).cast();
                (CK_SP800_108_COUNTER, value, counter_len)
            }
            KbkdfField::Length(method, number) => {
                let format = CK_SP800_108_DKM_LENGTH_FORMAT {
                    dkmLengthMethod: *method,
                    bLittleEndian: u8::from(number.little_endian),
                    ulWidthInBits: number.bits,
                };
                let len = size_of_val(&format);
                let value = self.memory.value(format).cast();
                (CK_SP800_108_DKM_LENGTH, value, len)
            }
            KbkdfField::Bytes(bytes) => {
                let value = self.memory.bytes(bytes).0.cast();
                (CK_SP800_108_BYTE_ARRAY, value, bytes.len())
            }
            KbkdfField::Key(key) => {
                let value = self.memory.value(key.0).cast();
                (
                    CK_SP800_108_KEY_HANDLE,
                    value,
                    size_of::<CK_OBJECT_HANDLE>(),
                )
            }
        };
        CK_PRF_DATA_PARAM {
            type_: kind,
            pValue: value,
            ulValueLen: len as CK_ULONG,
        }
    }

    pub(super) fn kbkdf(&mut self, shape: ParamShape, kbkdf: &KbkdfParams<'_>) {
        let fields: Vec<_> = kbkdf.fields.iter().map(|field| self.field(field)).collect();
        let fields_len = fields.len() as CK_ULONG;
        let fields = self.memory.list(fields);
        let mut handles = Vec::new();
        let mut keys = Vec::new();
        for key in &kbkdf.additional {
            // A place with a value, so that a value that was set can be told.
            let handle = self.memory.value(CK_OBJECT_HANDLE::MAX);
            let (template, count) = self.memory.template(&key.template);
            handles.push(handle);
            keys.push(CK_DERIVED_KEY {
                pTemplate: template,
                ulAttributeCount: count,
                phKey: handle,
            });
        }
        let keys_len = keys.len() as CK_ULONG;
        let keys = self.memory.list(keys);
        if shape == ParamShape::KbkdfFeedback {
            let (iv, iv_len) = self.memory.bytes(kbkdf.iv);
            self.put(CK_SP800_108_FEEDBACK_KDF_PARAMS {
                prfType: kbkdf.prf.0,
                ulNumberOfDataParams: fields_len,
                pDataParams: fields,
                ulIVLen: iv_len,
                pIV: iv,
                ulAdditionalDerivedKeys: keys_len,
                pAdditionalDerivedKeys: keys,
            });
        } else {
            assert!(kbkdf.iv.is_empty(), "the structure has no IV");
            self.put(CK_SP800_108_KDF_PARAMS {
                prfType: kbkdf.prf.0,
                ulNumberOfDataParams: fields_len,
                pDataParams: fields,
                ulAdditionalDerivedKeys: keys_len,
                pAdditionalDerivedKeys: keys,
            });
        }
        self.returns = Returns::Handles(handles);
    }

    pub(super) fn randoms(&mut self, client: &[u8], server: &[u8]) -> CK_SSL3_RANDOM_DATA {
        let (client, client_len) = self.memory.bytes(client);
        let (server, server_len) = self.memory.bytes(server);
        CK_SSL3_RANDOM_DATA {
            pClientRandom: client,
            ulClientRandomLen: client_len,
            pServerRandom: server,
            ulServerRandomLen: server_len,
        }
    }

    pub(super) fn version(&mut self, tells: bool) -> *mut CK_VERSION {
        if !tells {
            return std::ptr::null_mut();
        }
        let place = self.memory.value(CK_VERSION { major: 0, minor: 0 });
        self.returns = Returns::Version(place);
        place
    }

    pub(super) fn tls(&mut self, params: &Params<'_>) {
        match params {
            Params::TlsMaster {
                hash,
                client,
                server,
                tells_version,
            } => {
                let structure = CK_TLS12_MASTER_KEY_DERIVE_PARAMS {
                    RandomInfo: self.randoms(client, server),
                    pVersion: self.version(*tells_version),
                    prfHashMechanism: hash.0,
                };
                self.put(structure);
            }
            Params::TlsExtendedMaster {
                hash,
                session_hash,
                tells_version,
            } => {
                let (session_hash, len) = self.memory.bytes(session_hash);
                let structure = CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS {
                    prfHashMechanism: hash.0,
                    pSessionHash: session_hash,
                    ulSessionHashLen: len,
                    pVersion: self.version(*tells_version),
                };
                self.put(structure);
            }
            Params::TlsKdf {
                hash,
                label,
                client,
                server,
                context,
            } => {
                let (label, label_len) = self.memory.bytes(label);
                let (context, context_len) =
                    context.map_or((std::ptr::null_mut(), 0), |bytes| self.memory.bytes(bytes));
                let structure = CK_TLS_KDF_PARAMS {
                    prfMechanism: hash.0,
                    pLabel: label,
                    ulLabelLength: label_len,
                    RandomInfo: self.randoms(client, server),
                    pContextData: context,
                    ulContextDataLength: context_len,
                };
                self.put(structure);
            }
            Params::TlsMac { hash, len, sender } => self.put(CK_TLS_MAC_PARAMS {
                prfHashMechanism: hash.0,
                ulMacLength: *len,
                ulServerOrClient: *sender,
            }),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn tls_keys(&mut self, keys: &TlsKeyMaterial<'_>) {
        let structure = self.key_material(keys);
        self.put(structure);
    }

    pub(super) fn key_material(&mut self, keys: &TlsKeyMaterial<'_>) -> CK_TLS12_KEY_MAT_PARAMS {
        let bits = |len: usize| len as CK_ULONG * 8;
        let [client, server] = [(); 2].map(|()| self.memory.list(vec![0; keys.iv_len]));
        let out = self.memory.value(CK_SSL3_KEY_MAT_OUT {
            hClientMacSecret: 0,
            hServerMacSecret: 0,
            hClientKey: 0,
            hServerKey: 0,
            pIVClient: client,
            pIVServer: server,
        });
        self.returns = Returns::KeyMaterial {
            out,
            iv_len: keys.iv_len,
        };
        CK_TLS12_KEY_MAT_PARAMS {
            ulMacSizeInBits: bits(keys.mac_len),
            ulKeySizeInBits: bits(keys.key_len),
            ulIVSizeInBits: bits(keys.iv_len),
            bIsExport: 0,
            RandomInfo: self.randoms(keys.client, keys.server),
            pReturnedKeyMaterial: out,
            prfHashMechanism: keys.hash.0,
        }
    }
}
