// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two modules on one directory, as two processes have them: each sees what the other did.

use keystead::module::{Module, TokenPresent, Wait};
use keystead::object::{Shown, read};
use keystead::pkcs11::attribute::{CKA_LABEL, CKA_PRIVATE, CKA_TOKEN};
use keystead::pkcs11::rv::{CKR_NO_EVENT, CKR_OBJECT_HANDLE_INVALID, CKR_OK};
use keystead::pkcs11::{ObjectHandle, SessionHandle, SlotId};

use crate::support::{
    RW, SLOT, SO_PIN, TRUE, code, data, label, over, prepare, search, template, user,
};

fn name(module: &Module, session: SessionHandle, object: ObjectHandle) -> Vec<u8> {
    let object = module.object(session, object).unwrap();
    match read(&object, CKA_LABEL).unwrap() {
        Shown::Bytes(bytes) => bytes.into_owned(),
        Shown::Template(_) => panic!("a template"),
    }
}

#[test]
fn a_token_made_by_one_appears_in_the_other() {
    let directory = tempfile::tempdir().unwrap();
    let one = over(directory.path());
    let two = over(directory.path());
    assert_eq!(code(two.wait_for_slot_event(Wait::DontBlock)), CKR_NO_EVENT);
    prepare(&one);
    assert_eq!(two.wait_for_slot_event(Wait::DontBlock).unwrap(), SLOT);
    assert_eq!(code(two.open_session(SLOT, RW)), CKR_OK);
    one.init_token(SlotId(1), SO_PIN, &label("b")).unwrap();
    assert_eq!(two.token_info(SlotId(1)).unwrap().label, "b");
    assert_eq!(
        one.slot_list(TokenPresent::Any).unwrap(),
        two.slot_list(TokenPresent::Any).unwrap()
    );
}

#[test]
fn objects_made_changed_and_destroyed_by_one_are_so_for_the_other() {
    let directory = tempfile::tempdir().unwrap();
    let one = over(directory.path());
    prepare(&one);
    let two = over(directory.path());
    let (here, there) = (user(&one), user(&two));
    let object = data(
        &one,
        here,
        &[(CKA_TOKEN, TRUE), (CKA_PRIVATE, TRUE), (CKA_LABEL, b"old")],
    )
    .unwrap();
    let [seen] = search(&two, there, &[(CKA_LABEL, b"old")])[..] else {
        panic!("the other module finds the object");
    };
    assert_eq!(name(&two, there, seen), b"old");
    one.set_attribute_value(here, object, &template(&[(CKA_LABEL, b"new")]))
        .unwrap();
    assert_eq!(name(&two, there, seen), b"new");
    two.destroy_object(there, seen).unwrap();
    assert_eq!(code(one.object(here, object)), CKR_OBJECT_HANDLE_INVALID);
}

#[test]
fn a_token_deleted_by_one_is_gone_for_the_other() {
    let directory = tempfile::tempdir().unwrap();
    let one = over(directory.path());
    prepare(&one);
    let two = over(directory.path());
    one.delete_token(SLOT).unwrap();
    assert_eq!(two.slot_list(TokenPresent::Any).unwrap(), [SlotId(0)]);
    assert_eq!(two.wait_for_slot_event(Wait::DontBlock).unwrap(), SLOT);
}
