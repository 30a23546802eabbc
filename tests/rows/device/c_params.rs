// SPDX-License-Identifier: MIT OR Apache-2.0
//! Parameters as C structures: the opposite of what the library reads.
//!
//! The structures are those of `cryptoki-sys`, an independent rendering of the standard's header.
//! Source: PKCS#11 v3.2, `CK_MECHANISM` and the `CK_..._PARAMS` structures of "Mechanisms".

use std::cell::Cell;
use std::ffi::c_void;

use cryptoki_sys::{
    CK_AES_CTR_PARAMS, CK_CCM_PARAMS, CK_CHACHA20_PARAMS, CK_ECDH_AES_KEY_WRAP_PARAMS,
    CK_ECDH1_DERIVE_PARAMS, CK_EDDSA_PARAMS, CK_GCM_PARAMS, CK_HASH_SIGN_ADDITIONAL_CONTEXT,
    CK_KEY_DERIVATION_STRING_DATA, CK_MECHANISM, CK_RSA_AES_KEY_WRAP_PARAMS,
    CK_RSA_PKCS_OAEP_PARAMS, CK_RSA_PKCS_PSS_PARAMS, CK_SALSA20_CHACHA20_POLY1305_PARAMS,
    CK_SIGN_ADDITIONAL_CONTEXT, CK_ULONG,
};
use keystead::mechanism::{Mechanism, ParamShape, Params};
use keystead::pkcs11::MechanismType;

use super::c_derive::Returns;
use super::memory::Memory;

/// A `CK_MECHANISM` and everything it points to.
pub(crate) struct Given {
    how: Cell<CK_MECHANISM>,
    pub(super) returns: Returns,
    pub(super) memory: Memory,
}

// Nobody else has the pointers.
unsafe impl Send for Given {}

impl Given {
    pub(crate) fn new(row: &Mechanism, params: &Params<'_>) -> Self {
        let mut given = Self {
            how: Cell::new(CK_MECHANISM {
                mechanism: row.id.0,
                pParameter: std::ptr::null_mut(),
                ulParameterLen: 0,
            }),
            returns: Returns::None,
            memory: Memory::default(),
        };
        given.set(row.params, params);
        given
    }

    pub(super) const fn id(&self) -> MechanismType {
        MechanismType(self.how.get().mechanism)
    }

    /// What a function takes.
    pub(crate) const fn pointer(&self) -> *mut CK_MECHANISM {
        self.how.as_ptr()
    }

    fn point_to(&mut self, parameter: *mut c_void, len: CK_ULONG) {
        let how = self.how.get_mut();
        (how.pParameter, how.ulParameterLen) = (parameter, len);
    }

    pub(super) fn put<T: 'static>(&mut self, structure: T) {
        let place = self.memory.value(structure).cast();
        self.point_to(place, size_of::<T>() as CK_ULONG);
    }

    fn set(&mut self, shape: ParamShape, params: &Params<'_>) {
        match params {
            Params::None => {}
            Params::Bytes(bytes) => {
                let (bytes, len) = self.memory.bytes(bytes);
                self.point_to(bytes.cast(), len);
            }
            Params::Ulong(number) => self.put(*number),
            Params::Key(key) => self.put(key.0),
            Params::Hkdf(hkdf) => self.hkdf(hkdf),
            Params::Pbkd2(pbkd2) => self.pbkd2(pbkd2),
            Params::Kbkdf(kbkdf) => self.kbkdf(shape, kbkdf),
            Params::Ike(ike) => self.ike(ike),
            _ if matches!(
                shape,
                ParamShape::Ssl3Master | ParamShape::Ssl3MasterDh | ParamShape::Ssl3KeyMaterial
            ) =>
            {
                self.ssl3(params);
            }
            Params::TlsKeyMaterial(keys) => self.tls_keys(keys),
            Params::StringData(data) => {
                let (data, len) = self.memory.bytes(data);
                self.put(CK_KEY_DERIVATION_STRING_DATA {
                    pData: data,
                    ulLen: len,
                });
            }
            Params::CbcEncryptData { iv, data } => self.encrypt_data(shape, *iv, data),
            Params::RsaOaep { .. } | Params::RsaPss { .. } | Params::RsaAesKeyWrap { .. } => {
                self.rsa(params);
            }
            Params::Ecdh1 { .. }
            | Params::EcdhAesKeyWrap { .. }
            | Params::Eddsa { .. }
            | Params::SignContext { .. }
            | Params::HashSignContext { .. } => self.signature_or_agreement(params),
            Params::AesCtr { .. }
            | Params::Gcm(_)
            | Params::Ccm(_)
            | Params::ChaCha20 { .. }
            | Params::ChaChaPoly { .. } => self.cipher(params),
            Params::TlsMaster { .. }
            | Params::TlsExtendedMaster { .. }
            | Params::TlsKdf { .. }
            | Params::TlsMac { .. } => self.tls(params),
            other => panic!("{other:?} needs a C structure here"),
        }
    }

    fn oaep(&mut self, params: &Params<'_>) -> CK_RSA_PKCS_OAEP_PARAMS {
        let Params::RsaOaep {
            hash,
            mgf,
            source,
            label,
        } = params
        else {
            panic!("no parameter of OAEP: {params:?}");
        };
        let (label, len) = self.memory.bytes(label);
        CK_RSA_PKCS_OAEP_PARAMS {
            hashAlg: hash.0,
            mgf: mgf.0,
            source: *source,
            pSourceData: label.cast(),
            ulSourceDataLen: len,
        }
    }

    fn rsa(&mut self, params: &Params<'_>) {
        match params {
            Params::RsaPss {
                hash,
                mgf,
                salt_len,
            } => self.put(CK_RSA_PKCS_PSS_PARAMS {
                hashAlg: hash.0,
                mgf: mgf.0,
                sLen: *salt_len,
            }),
            Params::RsaAesKeyWrap { aes_bits, oaep } => {
                let oaep = self.oaep(oaep);
                let oaep = self.memory.value(oaep);
                self.put(CK_RSA_AES_KEY_WRAP_PARAMS {
                    ulAESKeyBits: *aes_bits,
                    pOAEPParams: oaep,
                });
            }
            oaep => {
                let oaep = self.oaep(oaep);
                self.put(oaep);
            }
        }
    }

    fn signature_or_agreement(&mut self, params: &Params<'_>) {
        match params {
            Params::Ecdh1 {
                kdf,
                shared,
                public,
            } => {
                let (shared, shared_len) = self.memory.bytes(shared);
                let (public, public_len) = self.memory.bytes(public);
                self.put(CK_ECDH1_DERIVE_PARAMS {
                    kdf: kdf.0,
                    ulSharedDataLen: shared_len,
                    pSharedData: shared,
                    ulPublicDataLen: public_len,
                    pPublicData: public,
                });
            }
            Params::EcdhAesKeyWrap {
                aes_bits,
                kdf,
                shared,
            } => {
                let (shared, len) = self.memory.bytes(shared);
                self.put(CK_ECDH_AES_KEY_WRAP_PARAMS {
                    ulAESKeyBits: *aes_bits,
                    kdf: kdf.0,
                    ulSharedDataLen: len,
                    pSharedData: shared,
                });
            }
            Params::Eddsa { prehash, context } => {
                let (context, len) = self.memory.bytes(context);
                self.put(CK_EDDSA_PARAMS {
                    phFlag: u8::from(*prehash),
                    ulContextDataLen: len,
                    pContextData: context,
                });
            }
            Params::SignContext { hedge, context } => {
                let (context, len) = self.memory.bytes(context);
                self.put(CK_SIGN_ADDITIONAL_CONTEXT {
                    hedgeVariant: *hedge,
                    pContext: context,
                    ulContextLen: len,
                });
            }
            Params::HashSignContext {
                hedge,
                context,
                hash,
            } => {
                let (context, len) = self.memory.bytes(context);
                self.put(CK_HASH_SIGN_ADDITIONAL_CONTEXT {
                    hedgeVariant: *hedge,
                    pContext: context,
                    ulContextLen: len,
                    hash: hash.0,
                });
            }
            other => panic!("{other:?}"),
        }
    }

    fn cipher(&mut self, params: &Params<'_>) {
        match params {
            Params::AesCtr {
                counter_bits,
                block,
            } => self.put(CK_AES_CTR_PARAMS {
                ulCounterBits: *counter_bits,
                cb: *block,
            }),
            Params::Gcm(gcm) => {
                let iv = gcm.iv.map(|iv| self.memory.bytes(iv));
                let (iv, iv_len) = iv.unwrap_or((std::ptr::null_mut(), gcm.iv_len as CK_ULONG));
                let (aad, aad_len) = self.memory.bytes(gcm.aad);
                self.put(CK_GCM_PARAMS {
                    pIv: iv,
                    ulIvLen: iv_len,
                    ulIvBits: iv_len * 8,
                    pAAD: aad,
                    ulAADLen: aad_len,
                    ulTagBits: gcm.tag_bits,
                });
            }
            Params::Ccm(ccm) => {
                let (nonce, nonce_len) = self.memory.bytes(ccm.nonce);
                let (aad, aad_len) = self.memory.bytes(ccm.aad);
                self.put(CK_CCM_PARAMS {
                    ulDataLen: ccm.data_len,
                    pNonce: nonce,
                    ulNonceLen: nonce_len,
                    pAAD: aad,
                    ulAADLen: aad_len,
                    ulMACLen: ccm.mac_len,
                });
            }
            Params::ChaCha20 { nonce, counter } => {
                let is_short = nonce.len() == 12 && *counter <= u64::from(u32::MAX);
                let bits = if is_short { 32 } else { 64 };
                let (counter, _) = self.memory.bytes(&counter.to_le_bytes());
                let (nonce, len) = self.memory.bytes(nonce);
                self.put(CK_CHACHA20_PARAMS {
                    pBlockCounter: counter,
                    blockCounterBits: bits,
                    pNonce: nonce,
                    ulNonceBits: len * 8,
                });
            }
            Params::ChaChaPoly { nonce, aad } => {
                let (nonce, nonce_len) = self.memory.bytes(nonce);
                let (aad, aad_len) = self.memory.bytes(aad);
                self.put(CK_SALSA20_CHACHA20_POLY1305_PARAMS {
                    pNonce: nonce,
                    // In bits.
                    ulNonceLen: nonce_len * 8,
                    pAAD: aad,
                    ulAADLen: aad_len,
                });
            }
            other => panic!("{other:?}"),
        }
    }
}
