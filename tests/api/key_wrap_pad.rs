// SPDX-License-Identifier: MIT OR Apache-2.0
//! The two meanings of CKM_AES_KEY_WRAP_PAD.
//!
//! Source: PKCS#11 v2.40 and v3.2, "AES Key Wrap"; RFC 5649, section 6.

use keystead::config::{AesKeyWrapPad, Config};
use keystead::error::Result;
use keystead::mechanism::Params;
use keystead::module::{Module, Reply, Room};
use keystead::pkcs11::attribute::{CKA_CLASS, CKA_EXTRACTABLE, CKA_KEY_TYPE};
use keystead::pkcs11::class::CKO_SECRET_KEY;
use keystead::pkcs11::key_type::CKK_GENERIC_SECRET;
use keystead::pkcs11::mechanism::{
    CKM_AES_KEY_WRAP_KWP, CKM_AES_KEY_WRAP_PAD, CKM_AES_KEY_WRAP_PKCS7,
};
use keystead::pkcs11::rv::{
    CKR_MECHANISM_PARAM_INVALID, CKR_OK, CKR_WRAPPED_KEY_INVALID, CKR_WRAPPED_KEY_LEN_RANGE,
};
use keystead::pkcs11::{MechanismType, ObjectHandle, SessionHandle};

use crate::support::{aes_key, code, prepare, row, template, user};

const KEY: &str = "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8";
/// RFC 5649, 6: data, wrapped.
const KNOWN: [(&str, &str); 2] = [
    (
        "c37b7e6492584340bed12207808941155068f738",
        "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
    ),
    ("466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f"),
];

struct Wrapper {
    module: Module,
    session: SessionHandle,
    key: ObjectHandle,
}

impl Wrapper {
    fn new(aes_key_wrap_pad: AesKeyWrapPad) -> Self {
        let module = Module::with_config(Config {
            aes_key_wrap_pad,
            ..Config::in_memory()
        })
        .unwrap();
        prepare(&module);
        let session = user(&module);
        let key = aes_key(&module, session, &hex::decode(KEY).unwrap(), &[]).unwrap();
        Self {
            module,
            session,
            key,
        }
    }

    fn encrypt(&self, id: MechanismType, iv: &[u8], data: &[u8]) -> Result<Vec<u8>> {
        let params = Params::Bytes(iv);
        let request = Some((row(id), &params));
        self.module.encrypt_init(self.session, request, self.key)?;
        let reply = self.module.encrypt(self.session, data, Room::Bytes(1000))?;
        Ok(bytes(reply))
    }

    fn decrypt(&self, id: MechanismType, iv: &[u8], data: &[u8]) -> Result<Vec<u8>> {
        let params = Params::Bytes(iv);
        let request = Some((row(id), &params));
        self.module.decrypt_init(self.session, request, self.key)?;
        let reply = self.module.decrypt(self.session, data, Room::Bytes(1000))?;
        Ok(bytes(reply))
    }

    fn unwrap(&self, id: MechanismType, wrapped: &[u8]) -> Result<ObjectHandle> {
        let class = CKO_SECRET_KEY.0.to_ne_bytes();
        let key_type = CKK_GENERIC_SECRET.0.to_ne_bytes();
        let template = template(&[
            (CKA_CLASS, &class),
            (CKA_KEY_TYPE, &key_type),
            (CKA_EXTRACTABLE, &[1]),
        ]);
        let (session, none) = (self.session, &Params::None);
        self.module
            .unwrap_key(session, row(id), none, self.key, wrapped, &template)
    }

    fn wrap(&self, id: MechanismType, key: ObjectHandle) -> Vec<u8> {
        let room = Room::Bytes(1000);
        let wrapped =
            self.module
                .wrap_key(self.session, row(id), &Params::None, self.key, key, room);
        bytes(wrapped.unwrap())
    }
}

fn bytes(reply: Reply) -> Vec<u8> {
    match reply {
        Reply::Bytes(bytes) => bytes.expose().to_vec(),
        Reply::Length(len) => panic!("{len} instead of bytes"),
    }
}

#[test]
fn one_switch_gives_the_padded_wrap_the_meaning_of_rfc_5649() {
    let wrapper = Wrapper::new(AesKeyWrapPad::Rfc5649);
    for (plain, wrapped) in known() {
        let made = wrapper.encrypt(CKM_AES_KEY_WRAP_PAD, &[], &plain).unwrap();
        assert_eq!(made, wrapped);
        let back = wrapper
            .decrypt(CKM_AES_KEY_WRAP_PAD, &[], &wrapped)
            .unwrap();
        assert_eq!(back, plain);
        let key = wrapper.unwrap(CKM_AES_KEY_WRAP_PAD, &wrapped).unwrap();
        assert_eq!(wrapper.wrap(CKM_AES_KEY_WRAP_PAD, key), wrapped);
        assert_eq!(wrapper.wrap(CKM_AES_KEY_WRAP_KWP, key), wrapped);
    }
}

#[test]
fn in_the_meaning_of_rfc_5649_four_bytes_of_an_iv_count() {
    let wrapper = Wrapper::new(AesKeyWrapPad::Rfc5649);
    let by = |id, iv: &[u8]| wrapper.encrypt(id, iv, b"a key").unwrap();
    let short = by(CKM_AES_KEY_WRAP_PAD, &[1, 2, 3, 4]);
    assert_eq!(short, by(CKM_AES_KEY_WRAP_KWP, &[1, 2, 3, 4]));
    assert_eq!(short, by(CKM_AES_KEY_WRAP_PAD, &[1, 2, 3, 4, 5, 6, 7, 8]));
}

#[test]
fn without_the_switch_the_padded_wrap_is_that_of_pkcs_7() {
    let wrapper = Wrapper::new(AesKeyWrapPad::Pkcs7);
    let iv = [7; 8];
    for len in [8, 20, 32] {
        let data = vec![5; len];
        let made = wrapper.encrypt(CKM_AES_KEY_WRAP_PAD, &iv, &data).unwrap();
        let same = wrapper.encrypt(CKM_AES_KEY_WRAP_PKCS7, &iv, &data).unwrap();
        assert_eq!(made, same, "{len}");
    }
    let four = wrapper.encrypt(CKM_AES_KEY_WRAP_PAD, &[1; 4], &[5; 20]);
    assert_eq!(code(four), CKR_MECHANISM_PARAM_INVALID);
}

#[test]
fn neither_meaning_unwraps_what_the_other_wrapped() {
    let pkcs7 = Wrapper::new(AesKeyWrapPad::Pkcs7);
    let rfc5649 = Wrapper::new(AesKeyWrapPad::Rfc5649);
    let refusals = [CKR_WRAPPED_KEY_INVALID, CKR_WRAPPED_KEY_LEN_RANGE];
    for (plain, wrapped) in known() {
        let answer = code(pkcs7.unwrap(CKM_AES_KEY_WRAP_PAD, &wrapped));
        assert!(refusals.contains(&answer), "{answer:?}");
        assert_eq!(code(rfc5649.unwrap(CKM_AES_KEY_WRAP_PAD, &wrapped)), CKR_OK);
        let padded = pkcs7.encrypt(CKM_AES_KEY_WRAP_PAD, &[], &[&plain[..], &[0; 8]].concat());
        let answer = code(rfc5649.unwrap(CKM_AES_KEY_WRAP_PAD, &padded.unwrap()));
        assert_eq!(answer, CKR_WRAPPED_KEY_INVALID);
    }
}

fn known() -> [(Vec<u8>, Vec<u8>); 2] {
    KNOWN.map(|(plain, wrapped)| (hex::decode(plain).unwrap(), hex::decode(wrapped).unwrap()))
}
