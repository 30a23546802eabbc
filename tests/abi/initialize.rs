// SPDX-License-Identifier: MIT OR Apache-2.0
//! `C_Initialize` and `C_Finalize` in all their forms.
//!
//! Source: PKCS#11 v3.2, "C_Initialize" and "C_Finalize".

use std::ffi::c_void;
use std::ptr::{null_mut, without_provenance_mut};

use cryptoki_sys::{
    CK_C_INITIALIZE_ARGS, CK_INFO, CK_RV, CKF_LIBRARY_CANT_CREATE_OS_THREADS, CKF_OS_LOCKING_OK,
    CKR_ARGUMENTS_BAD, CKR_CRYPTOKI_ALREADY_INITIALIZED, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_OK,
};

use crate::library::{Module, call, isolated, ok};

unsafe extern "C" fn create(_: *mut *mut c_void) -> CK_RV {
    CKR_OK
}

unsafe extern "C" fn other(_: *mut c_void) -> CK_RV {
    CKR_OK
}

fn initialize(module: &Module, mut args: CK_C_INITIALIZE_ARGS) -> CK_RV {
    call!(module, C_Initialize((&raw mut args).cast()))
}

isolated! {
    fn every_kind_of_locking_is_accepted() {
        let module = Module::load();
        let callbacks = CK_C_INITIALIZE_ARGS {
            CreateMutex: Some(create),
            DestroyMutex: Some(other),
            LockMutex: Some(other),
            UnlockMutex: Some(other),
            ..CK_C_INITIALIZE_ARGS::default()
        };
        for (args, flags) in [
            (CK_C_INITIALIZE_ARGS::default(), 0),
            (CK_C_INITIALIZE_ARGS::default(), CKF_OS_LOCKING_OK),
            (CK_C_INITIALIZE_ARGS::default(), CKF_LIBRARY_CANT_CREATE_OS_THREADS),
            (callbacks, 0),
            (callbacks, CKF_OS_LOCKING_OK),
        ] {
            let rv = initialize(&module, CK_C_INITIALIZE_ARGS { flags, ..args });
            assert_eq!(rv, CKR_OK, "{flags:#x}: {rv:#x}");
            ok!(module, C_Finalize(null_mut()));
        }
    }
}

#[test]
fn some_mutex_functions_without_the_others_are_refused() {
    let module = Module::load();
    let args = CK_C_INITIALIZE_ARGS {
        CreateMutex: Some(create),
        flags: CKF_OS_LOCKING_OK,
        ..CK_C_INITIALIZE_ARGS::default()
    };
    assert_eq!(initialize(&module, args), CKR_ARGUMENTS_BAD);
}

#[test]
fn a_reserved_pointer_to_nowhere_is_refused() {
    let module = Module::load();
    for address in [1_usize, 0xdead_beef, usize::MAX, 0xffff_8000_0000_0000] {
        let args = CK_C_INITIALIZE_ARGS {
            pReserved: without_provenance_mut(address),
            ..CK_C_INITIALIZE_ARGS::default()
        };
        assert_eq!(initialize(&module, args), CKR_ARGUMENTS_BAD, "{address:#x}");
    }
}

#[test]
fn reserved_text_that_is_no_configuration_is_refused() {
    let module = Module::load();
    for garbage in [
        &b"\x7fELF\x02\x01\xff\0"[..],
        b"no configuration at all \xe2\x82\xac\0",
    ] {
        let args = CK_C_INITIALIZE_ARGS {
            pReserved: garbage.as_ptr().cast_mut().cast(),
            ..CK_C_INITIALIZE_ARGS::default()
        };
        assert_eq!(initialize(&module, args), CKR_ARGUMENTS_BAD, "{garbage:?}");
    }
}

isolated! {
    fn an_empty_reserved_string_is_no_string() {
        let module = Module::load();
        let args = CK_C_INITIALIZE_ARGS {
            pReserved: c"".as_ptr().cast_mut().cast(),
            ..CK_C_INITIALIZE_ARGS::default()
        };
        assert_eq!(initialize(&module, args), CKR_OK);
    }
}

isolated! {
    fn initializing_twice_is_told() {
        let module = Module::started();
        let rv = call!(module, C_Initialize(null_mut()));
        assert_eq!(rv, CKR_CRYPTOKI_ALREADY_INITIALIZED);
    }
}

isolated! {
    fn one_of_many_threads_initializes() {
        let module = Module::load();
        for _ in 0..20 {
            let outcomes: Vec<CK_RV> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8)
                    .map(|_| scope.spawn(|| call!(module, C_Initialize(null_mut()))))
                    .collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            let won = outcomes.iter().filter(|rv| **rv == CKR_OK).count();
            let told = outcomes
                .iter()
                .filter(|rv| **rv == CKR_CRYPTOKI_ALREADY_INITIALIZED)
                .count();
            assert_eq!((won, told), (1, 7), "{outcomes:x?}");
            ok!(module, C_Finalize(null_mut()));
        }
    }
}

isolated! {
    fn finalizing_ends_everything_and_a_new_start_is_fresh() {
        let module = Module::started();
        let slot = module.make_token();
        let session = module.open(slot);
        assert_eq!(call!(module, C_Finalize(without_provenance_mut(8))), CKR_ARGUMENTS_BAD);
        ok!(module, C_Finalize(null_mut()));
        let mut info = CK_INFO::default();
        assert_eq!(call!(module, C_GetInfo(&mut info)), CKR_CRYPTOKI_NOT_INITIALIZED);
        assert_eq!(call!(module, C_Finalize(null_mut())), CKR_CRYPTOKI_NOT_INITIALIZED);
        ok!(module, C_Initialize(null_mut()));
        assert_ne!(call!(module, C_CloseSession(session)), CKR_OK);
        ok!(module, C_CloseSession(module.open(slot)));
    }
}

isolated! {
    fn the_library_says_who_it_is() {
        let module = Module::started();
        let mut info = CK_INFO::default();
        ok!(module, C_GetInfo(&mut info));
        assert_eq!((info.cryptokiVersion.major, info.cryptokiVersion.minor), (3, 2));
        assert_eq!(info.flags, 0);
        for text in [info.manufacturerID, info.libraryDescription] {
            assert!(std::str::from_utf8(&text).unwrap().ends_with(' '));
            assert!(!text.contains(&0));
        }
    }
}
