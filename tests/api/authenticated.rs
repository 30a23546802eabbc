// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "Key management functions", `C_WrapKeyAuthenticated`, `C_UnwrapKeyAuthenticated`;
//! "AES-GCM Authenticated Wrap / Unwrap".

use keystead::module::{Module, Room, TagPlace, Unwrapping, Wrapping};
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_ENCRYPT, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_PRIVATE, CKA_SENSITIVE, CKA_UNWRAP,
    CKA_VALUE, CKA_WRAP,
};
use keystead::pkcs11::class::CKO_SECRET_KEY;
use keystead::pkcs11::key_type::CKK_AES;
use keystead::pkcs11::mechanism::{CKM_AES_CBC, CKM_AES_GCM};
use keystead::pkcs11::mgf::{CKG_GENERATE, CKG_NO_GENERATE};
use keystead::pkcs11::rv::{
    CKR_BUFFER_TOO_SMALL, CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_KEY_UNEXTRACTABLE,
    CKR_MECHANISM_INVALID, CKR_WRAPPED_KEY_INVALID, CKR_WRAPPED_KEY_LEN_RANGE,
};
use keystead::pkcs11::{ObjectHandle, SessionHandle};

use crate::message_cipher::params;
use crate::support::{
    FALSE, RO, ROOMY, SLOT, TRUE, aes_key, bytes, code, length, ready, row, template,
};

struct Bench {
    module: Module,
    session: SessionHandle,
    by: ObjectHandle,
    key: ObjectHandle,
}

const VALUE: &[u8] = b"the value of 32 bytes of the key";

impl Bench {
    fn new() -> Self {
        let module = ready();
        let session = module.open_session(SLOT, RO).unwrap();
        let uses = [(CKA_WRAP, TRUE), (CKA_UNWRAP, TRUE)];
        let by = aes_key(&module, session, &[9; 32], &uses).unwrap();
        let key = aes_key(&module, session, VALUE, &[(CKA_EXTRACTABLE, TRUE)]).unwrap();
        Self {
            module,
            session,
            by,
            key,
        }
    }

    fn wrapping(&self, tag: TagPlace) -> Wrapping<'static> {
        Wrapping {
            by: self.by,
            key: self.key,
            aad: b"aad",
            tag,
        }
    }

    fn unwrap(
        &self,
        given: (&[u8], &[u8]),
        wrapped: &[u8],
        tag: TagPlace,
    ) -> keystead::error::Result<ObjectHandle> {
        let class = CKO_SECRET_KEY.0.to_ne_bytes();
        let key_type = CKK_AES.0.to_ne_bytes();
        let wanted = template(&[
            (CKA_CLASS, &class),
            (CKA_KEY_TYPE, &key_type),
            (CKA_PRIVATE, FALSE),
            (CKA_SENSITIVE, FALSE),
            (CKA_EXTRACTABLE, TRUE),
            (CKA_ENCRYPT, TRUE),
        ]);
        let what = Unwrapping {
            by: self.by,
            wrapped,
            aad: b"aad",
            tag,
        };
        let params = params(CKG_NO_GENERATE, given.0, given.1);
        self.module
            .unwrap_key_authenticated(self.session, row(CKM_AES_GCM), params, what, &wanted)
    }

    fn is_the_key(&self, key: ObjectHandle) -> bool {
        let found = crate::support::search(&self.module, self.session, &[(CKA_VALUE, VALUE)]);
        found.contains(&key)
    }
}

#[test]
fn a_key_goes_out_and_comes_back_with_its_tag_beside_it() {
    let bench = Bench::new();
    let (module, session, gcm) = (&bench.module, bench.session, row(CKM_AES_GCM));
    let what = bench.wrapping(TagPlace::Beside);
    let made = params(CKG_GENERATE, &[0; 12], &[]);
    let queried = module.wrap_key_authenticated(session, gcm, &made, what, Room::Query);
    assert_eq!(length(queried.unwrap().0), VALUE.len());
    let small = module.wrap_key_authenticated(session, gcm, &made, what, Room::Bytes(31));
    assert_eq!(code(small), CKR_BUFFER_TOO_SMALL);
    let wrapped = module.wrap_key_authenticated(session, gcm, &made, what, ROOMY);
    let (reply, beside) = wrapped.unwrap();
    let (wrapped, nonce, mut tag) = (bytes(reply), beside.nonce.unwrap(), beside.tag.unwrap());
    assert_ne!(nonce, [0; 12]);
    let back = bench
        .unwrap((&nonce, &tag), &wrapped, TagPlace::Beside)
        .unwrap();
    assert!(bench.is_the_key(back));
    tag[15] ^= 1;
    let refused = bench.unwrap((&nonce, &tag), &wrapped, TagPlace::Beside);
    assert_eq!(code(refused), CKR_WRAPPED_KEY_INVALID);
}

#[test]
fn a_key_goes_out_and_comes_back_with_its_tag_behind_it() {
    let bench = Bench::new();
    let (module, session, gcm) = (&bench.module, bench.session, row(CKM_AES_GCM));
    let what = bench.wrapping(TagPlace::Behind);
    let made = params(CKG_GENERATE, &[0; 12], &[]);
    let queried = module.wrap_key_authenticated(session, gcm, &made, what, Room::Query);
    assert_eq!(length(queried.unwrap().0), VALUE.len() + 16);
    let wrapped = module.wrap_key_authenticated(session, gcm, &made, what, ROOMY);
    let (reply, beside) = wrapped.unwrap();
    assert_eq!(beside.tag, None);
    let (wrapped, nonce) = (bytes(reply), beside.nonce.unwrap());
    assert_eq!(wrapped.len(), VALUE.len() + 16);
    let back = bench
        .unwrap((&nonce, &[]), &wrapped, TagPlace::Behind)
        .unwrap();
    assert!(bench.is_the_key(back));
    let short = bench.unwrap((&nonce, &[]), &wrapped[..15], TagPlace::Behind);
    assert_eq!(code(short), CKR_WRAPPED_KEY_LEN_RANGE);
    let cut = bench.unwrap((&nonce, &[]), &wrapped[1..], TagPlace::Behind);
    assert_eq!(code(cut), CKR_WRAPPED_KEY_INVALID);
}

#[test]
fn the_rules_of_wrapping_hold() {
    let bench = Bench::new();
    let (module, session, gcm) = (&bench.module, bench.session, row(CKM_AES_GCM));
    let made = params(CKG_GENERATE, &[0; 12], &[]);
    let mut what = bench.wrapping(TagPlace::Beside);
    let refused = module.wrap_key_authenticated(session, row(CKM_AES_CBC), &made, what, ROOMY);
    assert_eq!(code(refused), CKR_MECHANISM_INVALID);
    what.key = aes_key(module, session, VALUE, &[(CKA_EXTRACTABLE, FALSE)]).unwrap();
    let refused = module.wrap_key_authenticated(session, gcm, &made, what, ROOMY);
    assert_eq!(code(refused), CKR_KEY_UNEXTRACTABLE);
    what.key = bench.key;
    what.by = aes_key(module, session, VALUE, &[(CKA_WRAP, FALSE)]).unwrap();
    let refused = module.wrap_key_authenticated(session, gcm, &made, what, ROOMY);
    assert_eq!(code(refused), CKR_KEY_FUNCTION_NOT_PERMITTED);
}
