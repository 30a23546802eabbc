// SPDX-License-Identifier: MIT OR Apache-2.0
//! Buffers: in place, at the end of memory, too small, too large, absent.
//!
//! Source: PKCS#11 v3.2, "Conventions for functions returning output in a variable-length buffer".

use std::ptr::null_mut;

use cryptoki_sys::{
    CK_AES_CTR_PARAMS, CK_BYTE, CK_MECHANISM, CK_SESSION_HANDLE, CK_ULONG, CKM_AES_CTR,
    CKM_AES_ECB, CKM_SHA256, CKR_ARGUMENTS_BAD, CKR_BUFFER_TOO_SMALL,
    CKR_OPERATION_NOT_INITIALIZED,
};

use crate::library::{Module, call, isolated, mechanism, ok};

/// Writable memory that ends where no memory is.
struct Guarded {
    page: *mut u8,
    len: usize,
}

const PAGE: usize = 4096;

impl Guarded {
    /// `len` bytes, the last of them just before a page that cannot be touched.
    fn new(len: usize) -> Self {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let page = unsafe { libc::mmap(null_mut(), 2 * PAGE, protection, flags, -1, 0) };
        assert_ne!(page, libc::MAP_FAILED);
        let page: *mut u8 = page.cast();
        let guard = unsafe { page.add(PAGE) };
        assert_eq!(
            unsafe { libc::mprotect(guard.cast(), PAGE, libc::PROT_NONE) },
            0
        );
        Self { page, len }
    }

    fn holding(bytes: &[u8]) -> Self {
        let made = Self::new(bytes.len());
        unsafe { made.start().copy_from(bytes.as_ptr(), bytes.len()) };
        made
    }

    fn start(&self) -> *mut u8 {
        unsafe { self.page.add(PAGE - self.len) }
    }

    fn bytes(&self) -> Vec<u8> {
        unsafe { std::slice::from_raw_parts(self.start(), self.len) }.to_vec()
    }
}

fn begin_ctr(module: &Module, session: CK_SESSION_HANDLE, key: CK_ULONG) {
    let mut params = CK_AES_CTR_PARAMS {
        ulCounterBits: 128,
        cb: [1; 16],
    };
    let mut how = CK_MECHANISM {
        mechanism: CKM_AES_CTR,
        pParameter: (&raw mut params).cast(),
        ulParameterLen: size_of_val(&params) as CK_ULONG,
    };
    ok!(module, C_EncryptInit(session, &mut how, key));
}

fn encrypt(module: &Module, session: CK_SESSION_HANDLE, from: *mut u8, to: *mut u8, len: usize) {
    let mut done = len as CK_ULONG;
    ok!(
        module,
        C_Encrypt(session, from, len as CK_ULONG, to, &mut done)
    );
    assert_eq!(done, len as CK_ULONG);
}

isolated! {
    fn input_and_output_may_be_one_buffer() {
        let module = Module::started();
        let session = module.logged_in();
        let key = module.aes_key(session);
        let plain: Vec<u8> = (0..1000_u32).map(|i| i as u8).collect();

        let mut apart = vec![0; plain.len()];
        begin_ctr(&module, session, key);
        encrypt(&module, session, plain.as_ptr().cast_mut(), apart.as_mut_ptr(), plain.len());

        let mut in_place = plain.clone();
        begin_ctr(&module, session, key);
        let place = in_place.as_mut_ptr();
        encrypt(&module, session, place, place, plain.len());
        assert_eq!(in_place, apart);

        // Overlapping, one byte apart.
        let mut shifted = plain.clone();
        shifted.push(0);
        begin_ctr(&module, session, key);
        let from = shifted.as_mut_ptr();
        encrypt(&module, session, from, unsafe { from.add(1) }, plain.len());
        assert_eq!(shifted[1..], apart[..]);
    }
}

isolated! {
    fn not_a_byte_beyond_the_buffers_is_touched() {
        let module = Module::started();
        let session = module.logged_in();
        let key = module.aes_key(session);
        for len in [1, 15, 16, 17, 333] {
            let from = Guarded::holding(&vec![7; len]);
            let to = Guarded::new(len);
            begin_ctr(&module, session, key);
            encrypt(&module, session, from.start(), to.start(), len);
            assert_eq!(from.bytes(), vec![7; len]);
            assert_ne!(to.bytes(), vec![0; len], "{len}");
        }
    }
}

isolated! {
    fn random_bytes_and_digests_end_where_they_should() {
        let module = Module::started();
        let session = module.logged_in();
        let random = Guarded::new(4000);
        ok!(module, C_GenerateRandom(session, random.start(), 4000));
        assert_ne!(random.bytes()[3968..], [0; 32]);
        ok!(module, C_GenerateRandom(session, null_mut(), 0));

        let (digest, message) = (Guarded::new(32), Guarded::holding(b"abc"));
        let mut len: CK_ULONG = 32;
        ok!(module, C_DigestInit(session, &mut mechanism(CKM_SHA256)));
        ok!(module, C_Digest(session, message.start(), 3, digest.start(), &mut len));
        assert_eq!(digest.bytes()[..4], [0xba, 0x78, 0x16, 0xbf]);
    }
}

isolated! {
    fn a_small_buffer_stays_untouched_and_keeps_the_operation() {
        let module = Module::started();
        let session = module.logged_in();
        ok!(module, C_DigestInit(session, &mut mechanism(CKM_SHA256)));
        let small = Guarded::holding(&[5; 31]);
        let message: &[CK_BYTE] = b"abc";
        let mut len: CK_ULONG = 31;
        let from = message.as_ptr().cast_mut();
        let rv = call!(module, C_Digest(session, from, 3, small.start(), &mut len));
        assert_eq!((rv, len), (CKR_BUFFER_TOO_SMALL, 32));
        assert_eq!(small.bytes(), [5; 31]);
        len = 0;
        ok!(module, C_Digest(session, from, 3, null_mut(), &mut len));
        assert_eq!(len, 32);
        let mut digest = [0; 64];
        len = 64;
        ok!(module, C_Digest(session, from, 3, digest.as_mut_ptr(), &mut len));
        assert_eq!((len, digest[0], digest[32]), (32, 0xba, 0));
    }
}

isolated! {
    fn bad_arguments_end_the_operation() {
        let module = Module::started();
        let session = module.logged_in();
        let key = module.aes_key(session);
        let mut block = [0; 16];
        let mut len: CK_ULONG = 16;
        let place = block.as_mut_ptr();
        for (from, from_len, length) in [
            (null_mut(), 16, &raw mut len),
            (place, CK_ULONG::MAX, &raw mut len),
            (place, 16, null_mut()),
        ] {
            ok!(module, C_EncryptInit(session, &mut mechanism(CKM_AES_ECB), key));
            let rv = call!(module, C_Encrypt(session, from, from_len, place, length));
            assert_eq!(rv, CKR_ARGUMENTS_BAD);
            let rv = call!(module, C_Encrypt(session, place, 16, place, &mut len));
            assert_eq!(rv, CKR_OPERATION_NOT_INITIALIZED);
        }
    }
}

isolated! {
    fn a_null_mechanism_ends_the_operation() {
        let module = Module::started();
        let session = module.logged_in();
        let key = module.aes_key(session);
        ok!(module, C_EncryptInit(session, &mut mechanism(CKM_AES_ECB), key));
        ok!(module, C_EncryptInit(session, null_mut(), 0));
        ok!(module, C_EncryptInit(session, &mut mechanism(CKM_AES_ECB), key));
    }
}
