// SPDX-License-Identifier: MIT OR Apache-2.0
//! Profile objects and mechanism objects.
//!
//! Source: PKCS#11 v3.2, "Profile objects" and "Mechanism objects"; PKCS#11 Profiles v3.2.

use std::collections::BTreeSet;
use std::ptr::null_mut;

use cryptoki_sys::{
    CK_BBOOL, CK_MECHANISM_TYPE, CK_ULONG, CKA_CLASS, CKA_MECHANISM_TYPE, CKA_PRIVATE,
    CKA_PROFILE_ID, CKA_REQUIRED_CMS_ATTRIBUTES, CKA_TOKEN, CKA_UNIQUE_ID, CKM_SHA_1, CKM_SHA256,
    CKO_MECHANISM, CKO_PROFILE, CKP_COMPLETE_PROVIDER, CKP_EXTENDED_PROVIDER,
    CKR_ACTION_PROHIBITED, CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_VALUE_INVALID, CKR_OK,
};

use crate::desk::{bytes, claims, find, number, open_read_only, profiles, read, refusal};
use crate::library::{Module, attribute, call, isolated, ok};

fn mechanisms(module: &Module, slot: CK_ULONG) -> BTreeSet<CK_MECHANISM_TYPE> {
    let mut count = 0;
    ok!(module, C_GetMechanismList(slot, null_mut(), &mut count));
    let mut list = vec![0; count as usize];
    ok!(
        module,
        C_GetMechanismList(slot, list.as_mut_ptr(), &mut count)
    );
    list.into_iter().collect()
}

fn mechanism_objects(module: &Module, session: CK_ULONG) -> BTreeSet<CK_MECHANISM_TYPE> {
    let class: CK_ULONG = CKO_MECHANISM;
    let found = find(module, session, &mut [attribute(CKA_CLASS, &class)]);
    let all: BTreeSet<_> = found
        .iter()
        .map(|object| number(module, session, *object, CKA_MECHANISM_TYPE))
        .collect();
    assert_eq!(all.len(), found.len());
    all
}

isolated! {
    /// "Supports all objects", "Supports all mechanisms": that is not so, and nothing says it is.
    fn the_complete_provider_is_not_claimed() {
        let module = Module::started();
        let slot = module.make_token();
        assert!(!claims(&module, slot, CKP_COMPLETE_PROVIDER));
        let session = open_read_only(&module, slot);
        let claimed: BTreeSet<_> = profiles(&module, session).into_iter().collect();
        assert_eq!(claimed, BTreeSet::from([1, 2, 3, 4, 6]));
    }
}

isolated! {
    fn profiles_are_public_token_objects_that_nobody_changes() {
        let module = Module::started();
        let session = module.logged_in();
        let class: CK_ULONG = CKO_PROFILE;
        let (yes, no): (CK_BBOOL, CK_BBOOL) = (1, 0);
        let found = find(&module, session, &mut [
            attribute(CKA_CLASS, &class),
            attribute(CKA_TOKEN, &yes),
            attribute(CKA_PRIVATE, &no),
        ]);
        assert_eq!(found.len(), 5);
        for object in &found {
            assert_eq!(number(&module, session, *object, CKA_CLASS), CKO_PROFILE);
            assert!(!read(&module, session, *object, CKA_UNIQUE_ID).is_empty());
            assert_eq!(
                call!(module, C_DestroyObject(session, *object)),
                CKR_ACTION_PROHIBITED
            );
            let id = CKP_COMPLETE_PROVIDER;
            let mut change = attribute(CKA_PROFILE_ID, &id);
            assert_ne!(call!(module, C_SetAttributeValue(session, *object, &mut change, 1)), CKR_OK);
            let mut copy = 0;
            assert_ne!(
                call!(module, C_CopyObject(session, *object, null_mut(), 0, &mut copy)),
                CKR_OK
            );
        }
        let id = CKP_EXTENDED_PROVIDER;
        let mut template = [attribute(CKA_CLASS, &class), attribute(CKA_PROFILE_ID, &id)];
        let mut object = 0;
        assert_eq!(
            call!(module, C_CreateObject(session, template.as_mut_ptr(), 2, &mut object)),
            CKR_ATTRIBUTE_VALUE_INVALID
        );
        // A search that does not ask for them does not find them.
        assert_eq!(find(&module, session, &mut []), []);
    }
}

isolated! {
    fn there_is_one_mechanism_object_for_each_mechanism() {
        let module = Module::started();
        let slot = module.make_token();
        let session = open_read_only(&module, slot);
        assert_eq!(mechanism_objects(&module, session), mechanisms(&module, slot));
        let (class, id): (CK_ULONG, CK_ULONG) = (CKO_MECHANISM, CKM_SHA256);
        let mut template = [attribute(CKA_CLASS, &class), attribute(CKA_MECHANISM_TYPE, &id)];
        let found = find(&module, session, &mut template);
        assert_eq!(found.len(), 1);
        // CMS attributes belong to CKM_CMS_SIG alone.
        assert_eq!(
            refusal(&module, session, found[0], CKA_REQUIRED_CMS_ATTRIBUTES),
            CKR_ATTRIBUTE_TYPE_INVALID
        );
        let mut change = bytes(CKA_REQUIRED_CMS_ATTRIBUTES, b"x");
        assert_ne!(call!(module, C_SetAttributeValue(session, found[0], &mut change, 1)), CKR_OK);
    }
}

isolated! {
    fn mechanisms_that_are_not_offered_have_no_object() {
        let home = std::env::var("XDG_CONFIG_HOME").unwrap();
        let folder = std::path::Path::new(&home).join("keystead");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("keystead.toml"), "policy = \"modern\"\n").unwrap();
        let module = Module::started();
        let slot = module.make_token();
        let session = open_read_only(&module, slot);
        let shown = mechanism_objects(&module, session);
        assert_eq!(shown, mechanisms(&module, slot));
        assert!(shown.contains(&CKM_SHA256) && !shown.contains(&CKM_SHA_1));
    }
}
