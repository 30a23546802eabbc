// SPDX-License-Identifier: MIT OR Apache-2.0
//! PKCS#11 v3.2, "C_Login", "C_LoginUser", "C_Logout": the whole login matrix.

use keystead::config::{Config, SecondLogout};
use keystead::module::Module;
use keystead::pkcs11::attribute::{CKA_PRIVATE, CKA_TOKEN};
use keystead::pkcs11::rv::{
    CKR_ARGUMENTS_BAD, CKR_OBJECT_HANDLE_INVALID, CKR_OK, CKR_PIN_INCORRECT,
    CKR_SESSION_READ_ONLY_EXISTS, CKR_SESSION_READ_WRITE_SO_EXISTS, CKR_USER_ALREADY_LOGGED_IN,
    CKR_USER_ANOTHER_ALREADY_LOGGED_IN, CKR_USER_NOT_LOGGED_IN, CKR_USER_PIN_NOT_INITIALIZED,
    CKR_USER_TYPE_INVALID,
};
use keystead::pkcs11::state::{
    CKS_RO_PUBLIC_SESSION, CKS_RO_USER_FUNCTIONS, CKS_RW_PUBLIC_SESSION, CKS_RW_SO_FUNCTIONS,
    CKS_RW_USER_FUNCTIONS,
};
use keystead::pkcs11::user::{CKU_SO, CKU_USER};
use keystead::pkcs11::{ReturnCode, SessionHandle, SessionState, UserType};

use crate::support::{
    FALSE, RO, RW, SLOT, SO_PIN, TRUE, USER_PIN, blank, code, data, label, prepare, ready, search,
    user,
};

fn pin(user: UserType) -> &'static [u8] {
    if user == CKU_SO { SO_PIN } else { USER_PIN }
}

fn state(module: &Module, session: SessionHandle) -> SessionState {
    module.session_info(session).unwrap().state
}

/// Opens one session of each kind, logs in, and gives the sessions.
fn start(module: &Module, kinds: &[u64], who: Option<UserType>) -> Vec<SessionHandle> {
    module.close_all_sessions(SLOT).unwrap();
    let sessions: Vec<_> = kinds
        .iter()
        .map(|flags| module.open_session(SLOT, *flags).unwrap())
        .collect();
    if let Some(who) = who {
        module.login(sessions[0], who, Some(pin(who))).unwrap();
    }
    sessions
}

/// One row: sessions, who is logged in, who logs in, the answer.
type Attempt = (&'static [u64], Option<UserType>, UserType, ReturnCode);

#[test]
fn every_login_in_every_state() {
    let module = ready();
    let rows: &[Attempt] = &[
        (&[RO], None, CKU_USER, CKR_OK),
        (&[RW], None, CKU_USER, CKR_OK),
        (&[RW, RO], None, CKU_USER, CKR_OK),
        (&[RO], None, CKU_SO, CKR_SESSION_READ_ONLY_EXISTS),
        (&[RW], None, CKU_SO, CKR_OK),
        (&[RW, RO], None, CKU_SO, CKR_SESSION_READ_ONLY_EXISTS),
        (&[RO], Some(CKU_USER), CKU_USER, CKR_USER_ALREADY_LOGGED_IN),
        (&[RW], Some(CKU_USER), CKU_USER, CKR_USER_ALREADY_LOGGED_IN),
        (
            &[RW],
            Some(CKU_USER),
            CKU_SO,
            CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
        ),
        (
            &[RO],
            Some(CKU_USER),
            CKU_SO,
            CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
        ),
        (&[RW], Some(CKU_SO), CKU_SO, CKR_USER_ALREADY_LOGGED_IN),
        (
            &[RW],
            Some(CKU_SO),
            CKU_USER,
            CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
        ),
    ];
    for row in rows {
        let (kinds, before, who, answer) = row;
        let sessions = start(&module, kinds, *before);
        for session in &sessions {
            if *answer != CKR_OK {
                let got = code(module.login(*session, *who, Some(pin(*who))));
                assert_eq!(got, *answer, "{row:?}");
            }
        }
        if *answer == CKR_OK {
            let got = code(module.login(sessions[0], *who, Some(pin(*who))));
            assert_eq!(got, CKR_OK, "{row:?}");
        }
    }
}

#[test]
fn every_session_state_follows_the_login() {
    let module = ready();
    let sessions = start(&module, &[RO, RW], None);
    assert_eq!(state(&module, sessions[0]), CKS_RO_PUBLIC_SESSION);
    assert_eq!(state(&module, sessions[1]), CKS_RW_PUBLIC_SESSION);
    module.login(sessions[0], CKU_USER, Some(USER_PIN)).unwrap();
    assert_eq!(state(&module, sessions[0]), CKS_RO_USER_FUNCTIONS);
    assert_eq!(state(&module, sessions[1]), CKS_RW_USER_FUNCTIONS);
    module.logout(sessions[1]).unwrap();
    assert_eq!(state(&module, sessions[0]), CKS_RO_PUBLIC_SESSION);
    module.close_session(sessions[0]).unwrap();
    module.login(sessions[1], CKU_SO, Some(SO_PIN)).unwrap();
    assert_eq!(state(&module, sessions[1]), CKS_RW_SO_FUNCTIONS);
}

#[test]
fn a_session_opened_later_shares_the_login() {
    let module = ready();
    user(&module);
    let later = module.open_session(SLOT, RO).unwrap();
    assert_eq!(state(&module, later), CKS_RO_USER_FUNCTIONS);
}

#[test]
fn while_the_so_is_logged_in_no_read_only_session_opens() {
    let module = ready();
    start(&module, &[RW], Some(CKU_SO));
    assert_eq!(
        code(module.open_session(SLOT, RO)),
        CKR_SESSION_READ_WRITE_SO_EXISTS
    );
    assert_eq!(code(module.open_session(SLOT, RW)), CKR_OK);
}

#[test]
fn closing_the_last_session_logs_out() {
    let module = ready();
    let one = user(&module);
    let two = module.open_session(SLOT, RO).unwrap();
    module.close_session(one).unwrap();
    assert_eq!(state(&module, two), CKS_RO_USER_FUNCTIONS);
    module.close_session(two).unwrap();
    let three = module.open_session(SLOT, RO).unwrap();
    assert_eq!(state(&module, three), CKS_RO_PUBLIC_SESSION);
}

#[test]
fn the_user_needs_a_pin_from_the_so_first() {
    let module = blank();
    module.init_token(SLOT, SO_PIN, &label("new")).unwrap();
    let session = module.open_session(SLOT, RW).unwrap();
    assert_eq!(
        code(module.login(session, CKU_USER, Some(USER_PIN))),
        CKR_USER_PIN_NOT_INITIALIZED
    );
}

#[test]
fn a_wrong_pin_is_incorrect_whatever_its_length() {
    let module = ready();
    let session = module.open_session(SLOT, RW).unwrap();
    for wrong in [&b""[..], b"1", b"not-the-pin", &[b'x'; 300]] {
        assert_eq!(
            code(module.login(session, CKU_USER, Some(wrong))),
            CKR_PIN_INCORRECT
        );
    }
    assert_eq!(
        code(module.login(session, CKU_USER, Some(USER_PIN))),
        CKR_OK
    );
}

#[test]
fn a_null_pin_is_refused_without_a_protected_path() {
    let module = ready();
    let session = module.open_session(SLOT, RW).unwrap();
    assert_eq!(
        code(module.login(session, CKU_USER, None)),
        CKR_ARGUMENTS_BAD
    );
}

#[test]
fn there_are_three_user_types() {
    let module = ready();
    let session = module.open_session(SLOT, RW).unwrap();
    assert_eq!(
        code(module.login(session, UserType(3), Some(USER_PIN))),
        CKR_USER_TYPE_INVALID
    );
}

#[test]
fn a_user_without_name_logs_in_by_login_user() {
    let module = ready();
    let session = module.open_session(SLOT, RW).unwrap();
    assert_eq!(
        code(module.login_user(session, CKU_USER, Some(USER_PIN), b"alice")),
        CKR_USER_TYPE_INVALID
    );
    assert_eq!(
        code(module.login_user(session, CKU_USER, Some(USER_PIN), b"")),
        CKR_OK
    );
}

#[test]
fn a_second_logout_is_refused_by_default() {
    let module = ready();
    let session = user(&module);
    module.logout(session).unwrap();
    assert_eq!(code(module.logout(session)), CKR_USER_NOT_LOGGED_IN);
}

#[test]
fn a_second_logout_can_be_configured_to_be_ignored() {
    let module = Module::with_config(Config {
        second_logout: SecondLogout::Ignored,
        ..Config::in_memory()
    })
    .unwrap();
    prepare(&module);
    let session = user(&module);
    module.logout(session).unwrap();
    assert_eq!(code(module.logout(session)), CKR_OK);
}

#[test]
fn private_objects_vanish_at_logout_and_their_handles_stay_dead() {
    let module = ready();
    let session = user(&module);
    let stored = data(&module, session, &[(CKA_TOKEN, TRUE), (CKA_PRIVATE, TRUE)]).unwrap();
    let volatile = data(&module, session, &[(CKA_PRIVATE, TRUE)]).unwrap();
    let public = data(&module, session, &[(CKA_PRIVATE, FALSE)]).unwrap();
    module.object(session, stored).unwrap();
    module.logout(session).unwrap();
    assert_eq!(search(&module, session, &[]), [public]);
    module.login(session, CKU_USER, Some(USER_PIN)).unwrap();
    for gone in [stored, volatile] {
        assert_eq!(
            code(module.object(session, gone)),
            CKR_OBJECT_HANDLE_INVALID
        );
    }
    let again = search(&module, session, &[(CKA_TOKEN, TRUE)]);
    assert_eq!(again.len(), 1);
    assert_ne!(again, [stored]);
    assert_eq!(code(module.object(session, public)), CKR_OK);
}

#[test]
fn a_handle_that_was_never_used_dies_at_logout_too() {
    let module = ready();
    let session = user(&module);
    let stored = data(&module, session, &[(CKA_TOKEN, TRUE), (CKA_PRIVATE, TRUE)]).unwrap();
    module.logout(session).unwrap();
    module.login(session, CKU_USER, Some(USER_PIN)).unwrap();
    assert_eq!(
        code(module.object(session, stored)),
        CKR_OBJECT_HANDLE_INVALID
    );
}

#[test]
fn the_so_cannot_see_private_objects() {
    let module = ready();
    let session = user(&module);
    data(&module, session, &[(CKA_TOKEN, TRUE), (CKA_PRIVATE, TRUE)]).unwrap();
    module.logout(session).unwrap();
    module.login(session, CKU_SO, Some(SO_PIN)).unwrap();
    assert!(search(&module, session, &[]).is_empty());
    assert_eq!(
        code(data(&module, session, &[(CKA_PRIVATE, TRUE)])),
        CKR_USER_NOT_LOGGED_IN
    );
}
