// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-CCM and ChaCha20-Poly1305: nonce and tag of a message and of a wrapped key, in the parameter.
//!
//! Source: PKCS#11 v3.2, "AES-CCM Authenticated Encryption / Decryption", "AES-CCM Authenticated Wrap /
//! Unwrap", "Chacha20/Poly1305 and Salsa20/Poly1305 Authenticated Encryption / Decryption".
#![allow(
    unused_assignments,
    reason = "the library reads what was written, through pointers"
)]

use std::ffi::c_void;
use std::ptr::null_mut;

use cryptoki_sys::{
    CK_ATTRIBUTE, CK_BBOOL, CK_CCM_MESSAGE_PARAMS, CK_CCM_WRAP_PARAMS, CK_MECHANISM,
    CK_OBJECT_HANDLE, CK_RV, CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS, CK_ULONG, CKA_CLASS,
    CKA_DECRYPT, CKA_ENCRYPT, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_SENSITIVE, CKA_UNWRAP, CKA_VALUE,
    CKA_WRAP, CKF_END_OF_MESSAGE, CKG_GENERATE, CKG_GENERATE_COUNTER, CKG_NO_GENERATE, CKK_AES,
    CKK_CHACHA20, CKM_AES_CCM, CKM_CHACHA20_POLY1305, CKO_SECRET_KEY, CKR_AEAD_DECRYPT_FAILED,
    CKR_BUFFER_TOO_SMALL, CKR_DATA_LEN_RANGE, CKR_ENCRYPTED_DATA_LEN_RANGE,
    CKR_MECHANISM_PARAM_INVALID, CKR_OK, CKR_WRAPPED_KEY_INVALID,
};

use crate::library::{Module, attribute, call, isolated, mechanism, ok};

const YES: CK_BBOOL = 1;
const NO: CK_BBOOL = 0;

struct Bench {
    module: Module,
    session: CK_ULONG,
}

impl Bench {
    fn new() -> Self {
        let module = Module::started();
        let session = module.logged_in();
        Self { module, session }
    }

    fn key(&self, key_type: CK_ULONG, value: &[u8]) -> CK_OBJECT_HANDLE {
        let class = CKO_SECRET_KEY;
        let mut template = vec![
            attribute(CKA_CLASS, &class),
            attribute(CKA_KEY_TYPE, &key_type),
            attribute(CKA_SENSITIVE, &NO),
            CK_ATTRIBUTE {
                type_: CKA_VALUE,
                pValue: value.as_ptr().cast_mut().cast(),
                ulValueLen: value.len() as CK_ULONG,
            },
        ];
        for usage in [
            CKA_ENCRYPT,
            CKA_DECRYPT,
            CKA_WRAP,
            CKA_UNWRAP,
            CKA_EXTRACTABLE,
        ] {
            template.push(attribute(usage, &YES));
        }
        let (list, count, mut made) = (template.as_mut_ptr(), template.len() as CK_ULONG, 0);
        ok!(
            self.module,
            C_CreateObject(self.session, list, count, &mut made)
        );
        made
    }

    fn init(&self, id: CK_ULONG, key: CK_OBJECT_HANDLE) {
        let mut how = mechanism(id);
        ok!(
            self.module,
            C_MessageEncryptInit(self.session, &mut how, key)
        );
        ok!(
            self.module,
            C_MessageDecryptInit(self.session, &mut how, key)
        );
    }

    /// Encrypts a whole message; the text and the code.
    fn encrypt<T>(&self, params: &mut T, text: &[u8], room: usize) -> (CK_RV, CK_ULONG, Vec<u8>) {
        let (given, size) = raw(params);
        let (mut aad, mut text, mut sealed) = (*b"aad", text.to_vec(), vec![0xee; text.len()]);
        let mut len = room as CK_ULONG;
        let rv = call!(
            self.module,
            C_EncryptMessage(
                self.session,
                given,
                size,
                aad.as_mut_ptr(),
                3,
                text.as_mut_ptr(),
                text.len() as CK_ULONG,
                sealed.as_mut_ptr(),
                &mut len
            )
        );
        (rv, len, sealed)
    }

    fn decrypt<T>(&self, params: &mut T, sealed: &[u8]) -> (CK_RV, Vec<u8>) {
        let (given, size) = raw(params);
        let (mut aad, mut sealed) = (*b"aad", sealed.to_vec());
        let mut text = vec![0xee; sealed.len()];
        let mut len = text.len() as CK_ULONG;
        let rv = call!(
            self.module,
            C_DecryptMessage(
                self.session,
                given,
                size,
                aad.as_mut_ptr(),
                3,
                sealed.as_mut_ptr(),
                len,
                text.as_mut_ptr(),
                &mut len
            )
        );
        (rv, text)
    }

    /// The same, in two parts.
    fn decrypt_in_parts<T>(&self, params: &mut T, sealed: &[u8]) -> Vec<u8> {
        let (given, size) = raw(params);
        let (mut aad, mut sealed) = (*b"aad", sealed.to_vec());
        let begin = aad.as_mut_ptr();
        ok!(
            self.module,
            C_DecryptMessageBegin(self.session, given, size, begin, 3)
        );
        let mut text = vec![0xee; sealed.len()];
        let (head, tail) = sealed.split_at_mut(4);
        let (first, last) = text.split_at_mut(4);
        let (mut one, mut two) = (4, last.len() as CK_ULONG);
        ok!(
            self.module,
            C_DecryptMessageNext(
                self.session,
                given,
                size,
                head.as_mut_ptr(),
                4,
                first.as_mut_ptr(),
                &mut one,
                0
            )
        );
        ok!(
            self.module,
            C_DecryptMessageNext(
                self.session,
                given,
                size,
                tail.as_mut_ptr(),
                two,
                last.as_mut_ptr(),
                &mut two,
                CKF_END_OF_MESSAGE
            )
        );
        text
    }
}

fn raw<T>(params: &mut T) -> (*mut c_void, CK_ULONG) {
    (
        std::ptr::from_mut(params).cast(),
        size_of::<T>() as CK_ULONG,
    )
}

fn ccm(
    generator: CK_ULONG,
    nonce: &mut [u8],
    mac: &mut [u8],
    len: CK_ULONG,
) -> CK_CCM_MESSAGE_PARAMS {
    CK_CCM_MESSAGE_PARAMS {
        ulDataLen: len,
        pNonce: nonce.as_mut_ptr(),
        ulNonceLen: nonce.len() as CK_ULONG,
        ulNonceFixedBits: 0,
        nonceGenerator: generator,
        pMAC: mac.as_mut_ptr(),
        ulMACLen: mac.len() as CK_ULONG,
    }
}

isolated! {
    fn nonce_and_mac_of_ccm_go_through_the_parameter() {
        let bench = Bench::new();
        bench.init(CKM_AES_CCM, bench.key(CKK_AES, &[7; 16]));
        let (mut nonce, mut mac) = ([0xaa; 13], [0; 10]);
        let mut given = ccm(CKG_GENERATE_COUNTER, &mut nonce, &mut mac, 9);
        given.ulNonceFixedBits = 32;
        let (rv, len, sealed) = bench.encrypt(&mut given, b"some text", 8);
        assert_eq!((rv, len, &sealed[..]), (CKR_BUFFER_TOO_SMALL, 9, &[0xee; 9][..]));
        assert_eq!((nonce, mac), ([0xaa; 13], [0; 10]));
        let (rv, len, sealed) = bench.encrypt(&mut given, b"some text", 9);
        assert_eq!((rv, len), (CKR_OK, 9));
        assert_eq!(nonce, [0xaa, 0xaa, 0xaa, 0xaa, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_ne!(mac, [0; 10]);
        assert_eq!(bench.decrypt(&mut given, &sealed), (CKR_OK, b"some text".to_vec()));
        assert_eq!(bench.decrypt_in_parts(&mut given, &sealed), b"some text");
        mac[9] ^= 1;
        let (rv, text) = bench.decrypt(&mut given, &sealed);
        assert_eq!((rv, text), (CKR_AEAD_DECRYPT_FAILED, vec![0xee; 9]));
        given.ulDataLen = 8;
        let (rv, text) = bench.decrypt(&mut given, &sealed);
        assert_eq!((rv, text), (CKR_ENCRYPTED_DATA_LEN_RANGE, vec![0xee; 9]));
    }
}

isolated! {
    fn a_ccm_message_in_parts_keeps_to_its_length() {
        let bench = Bench::new();
        bench.init(CKM_AES_CCM, bench.key(CKK_AES, &[7; 32]));
        let (mut nonce, mut mac) = ([0; 12], [0; 16]);
        let mut given = ccm(CKG_GENERATE, &mut nonce, &mut mac, 6);
        // "the final C_EncryptMessageNext" gives the MAC; before it needs no place.
        given.pMAC = null_mut();
        let (place, size) = raw(&mut given);
        let (module, session) = (&bench.module, bench.session);
        let (mut text, mut sealed, mut len, mut aad) = (*b"abcdefg", [0; 7], 2, *b"aad");
        let (input, output) = (text.as_mut_ptr(), sealed.as_mut_ptr());
        ok!(module, C_EncryptMessageBegin(session, place, size, aad.as_mut_ptr(), 3));
        assert_ne!(nonce, [0; 12]);
        ok!(module, C_EncryptMessageNext(session, place, size, input, 2, output, &mut len, 0));
        given.pMAC = mac.as_mut_ptr();
        let (input, output) = unsafe { (input.add(2), output.add(2)) };
        let last = CKF_END_OF_MESSAGE;
        len = 4;
        ok!(module, C_EncryptMessageNext(session, place, size, input, 4, output, &mut len, last));
        assert_ne!(mac, [0; 16]);
        assert_eq!(bench.decrypt_in_parts(&mut given, &sealed[..6]), b"abcdef");

        let before = mac;
        ok!(module, C_EncryptMessageBegin(session, place, size, aad.as_mut_ptr(), 3));
        for more in [3, 5] {
            len = 7;
            let rv = call!(module, C_EncryptMessageNext(
                session, place, size, input, more, output, &mut len, last
            ));
            assert_eq!((rv, mac), (CKR_DATA_LEN_RANGE, before));
            ok!(module, C_EncryptMessageBegin(session, place, size, aad.as_mut_ptr(), 3));
        }
    }
}

isolated! {
    fn the_tag_of_chacha20_poly1305_goes_through_the_parameter() {
        let bench = Bench::new();
        bench.init(CKM_CHACHA20_POLY1305, bench.key(CKK_CHACHA20, &[7; 32]));
        for bits in [64, 96, 192] {
            // Read-only: "Set the Nonce data pNonce in the parameter block."
            static NONCE: [u8; 24] = [9; 24];
            let mut tag = [0; 16];
            let mut given = CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS {
                pNonce: NONCE.as_ptr().cast_mut(),
                ulNonceLen: bits,
                pTag: tag.as_mut_ptr(),
            };
            let (rv, len, sealed) = bench.encrypt(&mut given, b"some text", 9);
            assert_eq!((rv, len), (CKR_OK, 9));
            assert_ne!(tag, [0; 16]);
            assert_eq!(bench.decrypt(&mut given, &sealed), (CKR_OK, b"some text".to_vec()));
            assert_eq!(bench.decrypt_in_parts(&mut given, &sealed), b"some text");
            tag[0] ^= 1;
            let (rv, text) = bench.decrypt(&mut given, &sealed);
            assert_eq!((rv, text), (CKR_AEAD_DECRYPT_FAILED, vec![0xee; 9]));
            given.ulNonceLen = 128;
            let (rv, _, sealed) = bench.encrypt(&mut given, b"some text", 9);
            assert_eq!((rv, sealed), (CKR_MECHANISM_PARAM_INVALID, vec![0xee; 9]));
            given.ulNonceLen = bits;
            given.pTag = null_mut();
            let (rv, _, sealed) = bench.encrypt(&mut given, b"some text", 9);
            assert_eq!((rv, sealed), (CKR_MECHANISM_PARAM_INVALID, vec![0xee; 9]));
        }
    }
}

isolated! {
    fn a_key_wrapped_by_ccm_has_its_mac_beside_or_behind_it() {
        let bench = Bench::new();
        let (module, session) = (&bench.module, bench.session);
        let (by, key) = (bench.key(CKK_AES, &[9; 32]), bench.key(CKK_AES, &[5; 24]));
        let (class, kind) = (CKO_SECRET_KEY, CKK_AES);
        let mut template = [attribute(CKA_CLASS, &class), attribute(CKA_KEY_TYPE, &kind)];
        let list = template.as_mut_ptr();
        let (mut nonce, mut mac, mut aad) = ([0; 7], [0; 12], *b"aad");
        let (mut wrapped, mut len, mut back) = ([0; 36], 24, 0);
        let (place, more) = (wrapped.as_mut_ptr(), aad.as_mut_ptr());
        // "to zero, the length will be defined by the token": what stands there is ignored.
        let mut given = ccm(CKG_GENERATE, &mut nonce, &mut mac, 99);
        let (parameter, size) = raw(&mut given);
        let mut how = CK_MECHANISM {
            mechanism: CKM_AES_CCM,
            pParameter: parameter,
            ulParameterLen: size,
        };
        ok!(module, C_WrapKeyAuthenticated(session, &mut how, by, key, more, 3, place, &mut len));
        assert_eq!(len, 24);
        assert!(nonce != [0; 7] && mac != [0; 12]);
        ok!(module, C_UnwrapKeyAuthenticated(
            session, &mut how, by, place, len, list, 2, more, 3, &mut back
        ));
        mac[0] ^= 1;
        back = 0xdead;
        let rv = call!(module, C_UnwrapKeyAuthenticated(
            session, &mut how, by, place, len, list, 2, more, 3, &mut back
        ));
        assert_eq!((rv, back), (CKR_WRAPPED_KEY_INVALID, 0xdead));

        let mut given = CK_CCM_WRAP_PARAMS {
            ulDataLen: 99,
            pNonce: nonce.as_mut_ptr(),
            ulNonceLen: 7,
            ulNonceFixedBits: 0,
            nonceGenerator: CKG_GENERATE,
            pAAD: more,
            ulAADLen: 3,
            ulMACLen: 12,
        };
        let (parameter, size) = raw(&mut given);
        how.pParameter = parameter;
        how.ulParameterLen = size;
        let before = nonce;
        len = 0;
        ok!(module, C_WrapKey(session, &mut how, by, key, null_mut(), &mut len));
        assert_eq!((len, nonce), (36, before));
        ok!(module, C_WrapKey(session, &mut how, by, key, place, &mut len));
        assert_ne!(nonce, before);
        // "nonceGenerator fields in the parameter block are ignored"
        let made = nonce;
        ok!(module, C_UnwrapKey(session, &mut how, by, place, len, list, 2, &mut back));
        assert_eq!(nonce, made);
        given.nonceGenerator = CKG_NO_GENERATE;
        ok!(module, C_WrapKey(session, &mut how, by, key, place, &mut len));
        assert_eq!(nonce, made);
    }
}
