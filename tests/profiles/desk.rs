// SPDX-License-Identifier: MIT OR Apache-2.0
//! Short words for searching and reading.

use std::ptr::null_mut;

use cryptoki_sys::{
    CK_ATTRIBUTE, CK_OBJECT_HANDLE, CK_PROFILE_ID, CK_SESSION_HANDLE, CK_SLOT_ID, CK_TOKEN_INFO,
    CK_ULONG, CKA_CLASS, CKA_PROFILE_ID, CKF_SERIAL_SESSION, CKF_TOKEN_INITIALIZED, CKO_PROFILE,
};

use crate::library::{Module, attribute, call, ok};

/// An attribute whose value is bytes.
pub(crate) fn bytes(id: CK_ULONG, value: &[u8]) -> CK_ATTRIBUTE {
    CK_ATTRIBUTE {
        type_: id,
        pValue: value.as_ptr().cast_mut().cast(),
        ulValueLen: value.len() as CK_ULONG,
    }
}

/// A read-only session, as the test cases open it.
pub(crate) fn open_read_only(module: &Module, slot: CK_SLOT_ID) -> CK_SESSION_HANDLE {
    let mut session = 0;
    let flags = CKF_SERIAL_SESSION;
    ok!(
        module,
        C_OpenSession(slot, flags, null_mut(), None, &mut session)
    );
    session
}

/// Everything that a search finds.
pub(crate) fn find(
    module: &Module,
    session: CK_SESSION_HANDLE,
    template: &mut [CK_ATTRIBUTE],
) -> Vec<CK_OBJECT_HANDLE> {
    let (mut found, mut count) = ([0; 500], 0);
    let len = template.len() as CK_ULONG;
    ok!(
        module,
        C_FindObjectsInit(session, template.as_mut_ptr(), len)
    );
    ok!(
        module,
        C_FindObjects(session, found.as_mut_ptr(), 500, &mut count)
    );
    ok!(module, C_FindObjectsFinal(session));
    found[..count as usize].to_vec()
}

/// The value of an attribute: its length is asked for first.
pub(crate) fn read(
    module: &Module,
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    id: CK_ULONG,
) -> Vec<u8> {
    let mut asked = bytes(id, &[]);
    asked.pValue = null_mut();
    ok!(module, C_GetAttributeValue(session, object, &mut asked, 1));
    let mut value = vec![0; asked.ulValueLen as usize];
    asked.pValue = value.as_mut_ptr().cast();
    ok!(module, C_GetAttributeValue(session, object, &mut asked, 1));
    assert_eq!(asked.ulValueLen, value.len() as CK_ULONG);
    value
}

/// The value of a number.
pub(crate) fn number(
    module: &Module,
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    id: CK_ULONG,
) -> CK_ULONG {
    CK_ULONG::from_ne_bytes(read(module, session, object, id).try_into().unwrap())
}

/// Whether an attribute cannot be had, and with which code.
pub(crate) fn refusal(
    module: &Module,
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    id: CK_ULONG,
) -> CK_ULONG {
    let mut asked = bytes(id, &[]);
    asked.pValue = null_mut();
    call!(module, C_GetAttributeValue(session, object, &mut asked, 1))
}

/// The profiles that a session sees.
pub(crate) fn profiles(module: &Module, session: CK_SESSION_HANDLE) -> Vec<CK_PROFILE_ID> {
    let class: CK_ULONG = CKO_PROFILE;
    let found = find(module, session, &mut [attribute(CKA_CLASS, &class)]);
    let id = |object: &CK_OBJECT_HANDLE| number(module, session, *object, CKA_PROFILE_ID);
    found.iter().map(id).collect()
}

/// Whether a profile is claimed, as a consumer asks: by class and identifier, without a login.
pub(crate) fn claims(module: &Module, slot: CK_SLOT_ID, profile: CK_PROFILE_ID) -> bool {
    let session = open_read_only(module, slot);
    let class: CK_ULONG = CKO_PROFILE;
    let mut template = [
        attribute(CKA_CLASS, &class),
        attribute(CKA_PROFILE_ID, &profile),
    ];
    let found = find(module, session, &mut template);
    ok!(module, C_CloseSession(session));
    found.len() == 1
}

/// `C_GetSlotList` as the test cases do it: the count, then the list; the slot "that matches the
/// logical context" is the one whose token is initialised.
pub(crate) fn first_slot(module: &Module) -> CK_SLOT_ID {
    let mut count = 0;
    ok!(module, C_GetSlotList(1, null_mut(), &mut count));
    let mut slots = vec![0; count as usize];
    ok!(module, C_GetSlotList(1, slots.as_mut_ptr(), &mut count));
    assert_eq!(slots.len(), count as usize);
    let is_ready = |slot: &CK_SLOT_ID| {
        let mut info = CK_TOKEN_INFO::default();
        ok!(module, C_GetTokenInfo(*slot, &mut info));
        info.flags & CKF_TOKEN_INITIALIZED != 0
    };
    slots.into_iter().find(is_ready).unwrap()
}

/// How every test case ends.
pub(crate) fn finish(module: &Module, session: CK_SESSION_HANDLE, slot: CK_SLOT_ID) {
    ok!(module, C_CloseSession(session));
    ok!(module, C_CloseAllSessions(slot));
    ok!(module, C_Finalize(null_mut()));
}
