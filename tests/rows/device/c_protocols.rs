// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C structures of the derivations for IKE, and those of SSL that serve TLS 1.0.
//!
//! Source: PKCS#11 v3.2, "IKE mechanism parameters", "SSL mechanism parameters".

use cryptoki_sys::{
    CK_IKE_PRF_DERIVE_PARAMS, CK_IKE1_EXTENDED_DERIVE_PARAMS, CK_IKE1_PRF_DERIVE_PARAMS,
    CK_IKE2_PRF_PLUS_DERIVE_PARAMS, CK_SSL3_KEY_MAT_PARAMS, CK_SSL3_MASTER_KEY_DERIVE_PARAMS,
    CK_TLS12_KEY_MAT_PARAMS,
};
use keystead::mechanism::{IkeParams, Params};

use super::c_params::Given;

impl Given {
    pub(super) fn ike(&mut self, params: &IkeParams<'_>) {
        let handle = |key: &Option<keystead::pkcs11::ObjectHandle>| key.map_or(0, |key| key.0);
        match params {
            IkeParams::Prf {
                prf,
                data_as_key,
                new_key,
                ni,
                nr,
            } => {
                let (ni, ni_len) = self.memory.bytes(ni);
                let (nr, nr_len) = self.memory.bytes(nr);
                self.put(CK_IKE_PRF_DERIVE_PARAMS {
                    prfMechanism: prf.0,
                    bDataAsKey: (*data_as_key).into(),
                    bRekey: new_key.is_some().into(),
                    pNi: ni,
                    ulNiLen: ni_len,
                    pNr: nr,
                    ulNrLen: nr_len,
                    hNewKey: handle(new_key),
                });
            }
            IkeParams::Ike1Prf {
                prf,
                key_gxy,
                prev_key,
                cky_i,
                cky_r,
                number,
            } => {
                let (cky_i, cky_i_len) = self.memory.bytes(cky_i);
                let (cky_r, cky_r_len) = self.memory.bytes(cky_r);
                self.put(CK_IKE1_PRF_DERIVE_PARAMS {
                    prfMechanism: prf.0,
                    bHasPrevKey: prev_key.is_some().into(),
                    hKeygxy: key_gxy.0,
                    hPrevKey: handle(prev_key),
                    pCKYi: cky_i,
                    ulCKYiLen: cky_i_len,
                    pCKYr: cky_r,
                    ulCKYrLen: cky_r_len,
                    keyNumber: *number,
                });
            }
            IkeParams::Ike2PrfPlus { .. } | IkeParams::Ike1Extended { .. } => {
                self.ike_expansion(params);
            }
        }
    }

    /// The two that make more of one key.
    fn ike_expansion(&mut self, params: &IkeParams<'_>) {
        let handle = |key: &Option<keystead::pkcs11::ObjectHandle>| key.map_or(0, |key| key.0);
        match params {
            IkeParams::Ike2PrfPlus {
                prf,
                seed_key,
                seed,
            } => {
                let (seed, seed_len) = self.memory.bytes(seed);
                self.put(CK_IKE2_PRF_PLUS_DERIVE_PARAMS {
                    prfMechanism: prf.0,
                    bHasSeedKey: seed_key.is_some().into(),
                    hSeedKey: handle(seed_key),
                    pSeedData: seed,
                    ulSeedDataLen: seed_len,
                });
            }
            IkeParams::Ike1Extended {
                prf,
                key_gxy,
                extra,
            } => {
                let (extra, extra_len) = self.memory.bytes(extra);
                self.put(CK_IKE1_EXTENDED_DERIVE_PARAMS {
                    prfMechanism: prf.0,
                    bHasKeygxy: key_gxy.is_some().into(),
                    hKeygxy: handle(key_gxy),
                    pExtraData: extra,
                    ulExtraDataLen: extra_len,
                });
            }
            IkeParams::Prf { .. } | IkeParams::Ike1Prf { .. } => panic!("{params:?}"),
        }
    }

    /// The structures without `prfHashMechanism`.
    pub(super) fn ssl3(&mut self, params: &Params<'_>) {
        match params {
            Params::TlsMaster {
                client,
                server,
                tells_version,
                ..
            } => {
                let structure = CK_SSL3_MASTER_KEY_DERIVE_PARAMS {
                    RandomInfo: self.randoms(client, server),
                    pVersion: self.version(*tells_version),
                };
                self.put(structure);
            }
            Params::TlsKeyMaterial(keys) => {
                let CK_TLS12_KEY_MAT_PARAMS {
                    ulMacSizeInBits,
                    ulKeySizeInBits,
                    ulIVSizeInBits,
                    bIsExport,
                    RandomInfo,
                    pReturnedKeyMaterial,
                    ..
                } = self.key_material(keys);
                self.put(CK_SSL3_KEY_MAT_PARAMS {
                    ulMacSizeInBits,
                    ulKeySizeInBits,
                    ulIVSizeInBits,
                    bIsExport,
                    RandomInfo,
                    pReturnedKeyMaterial,
                });
            }
            other => panic!("{other:?}"),
        }
    }
}
