// SPDX-License-Identifier: MIT OR Apache-2.0
//! RSA signatures over MD5 and RIPEMD-160, which Wycheproof does not have.
//!
//! Source: `openssl dgst -md5|-rmd160 -sign` (OpenSSL 3.0) over the 7 bytes "message" with the 2048-bit key of
//! Wycheproof's RSA PKCS #1 decryption set; RFC 8017, RSASSA-PKCS1-v1_5, is deterministic.

use keystead::mechanism::Params;
use keystead::pkcs11::mechanism::{CKM_MD5_RSA_PKCS, CKM_RIPEMD160_RSA_PKCS};

use crate::bench::hold;
use crate::rsa::pair;
use crate::vector::{Run, Vector, bytes};

const MD5: &str = "785899d9e358918aebc581f850d1b706debb344e38c1f3bfdd9f11d0e005f7a388d619f25e033c8ffc4308ab\
     6ec527d4ff96fd4726750a0da866c1e9c5fc307c6e40da7dba81e612ec5e5a06512e0ccf3ccc960263c56153\
     cb33d7549cdd0e585b3f7ba2c1714100d5d6c411ef516a55f54634342fa3d6ce4a6c5b7cab199f317a49813c\
     44a2ffdc21aa6968075710ca9f9c24cb3c74a17a0b6a25c78c1352c9219a01b871ad4cdac112b9a1947b1a3d\
     14f47cf5a9442d119ef882b2175a7b16661f83b4391ea9d53aacd094b025db49cf43cfce11e1086d98fd1dcc\
     d81c5998aecf7f50ea013544366631e391708500f4737fb144cf3089f766d8dc1d12c81b";

const RIPEMD160: &str = "21083d62ee0ccbe8fe7c995e277d5d1353e81b141887ec959b73c3a5b24710048b4148cb9a223a91f05a1cb6\
     22ae85b3bdacff48fc53d2431410a28abf75081c6d81d6ea380b18b3668c6fc6c323cb16a6ad12d887fa50fd\
     4a422f72092bd8808c5e6d9576a7b3849439b6006b89c14c2457a11b9129a0f914e6fdf3b477462d34e16424\
     54c2ca33b309b65c1aaf8c8c5bd46dc4ec2044f8187788192d69a908810ebd797634552dd4e1a3a691c1af88\
     7df85d6db026bbe6794916c0001412fbc21311402f071580575e90eb27dc3b67826f4c8aeb213c07da780712\
     b991f50ddda801f6ce8a03293e8712b7bd094e83adec74c553c9cbd3cafcccf4871a3f43";

pub(crate) fn vectors() -> Vec<Vector> {
    let (public, private) = pair();
    [(CKM_MD5_RSA_PKCS, MD5), (CKM_RIPEMD160_RSA_PKCS, RIPEMD160)]
        .into_iter()
        .flat_map(|(id, signature)| {
            let source = format!("OpenSSL 3.0, {id}");
            let (message, signature) = (b"message".to_vec(), bytes(signature));
            let sign = Run::Sign {
                message: message.clone(),
                signature: signature.clone(),
            };
            let verify = Run::Verify {
                message,
                signature,
                outcome: Ok(()),
            };
            [(private.clone(), sign), (public.clone(), verify)].map(|(key, run)| Vector {
                id,
                source: source.clone(),
                key,
                params: Params::None,
                run,
            })
        })
        .collect()
}

#[test]
fn openssl_signs_md5_and_ripemd_160_the_same() {
    hold(vectors());
}
