// SPDX-License-Identifier: MIT OR Apache-2.0
//! The Public Certificates Token.
//!
//! Source: PKCS#11 Profiles v3.2, "Public Certificates Token"; its mandatory test case CERT-M-1-32.

use cryptoki_sys::{
    CK_BBOOL, CK_OBJECT_HANDLE, CK_SESSION_HANDLE, CK_ULONG, CKA_CERTIFICATE_TYPE, CKA_CLASS,
    CKA_EC_PARAMS, CKA_ID, CKA_LABEL, CKA_PRIVATE, CKA_SUBJECT, CKA_TOKEN, CKA_VALUE, CKC_X_509,
    CKM_EC_KEY_PAIR_GEN, CKO_CERTIFICATE, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY,
    CKP_PUBLIC_CERTIFICATES_TOKEN,
};

use crate::baseline::information;
use crate::desk::{bytes, claims, find, finish, open_read_only, profiles, read};
use crate::library::{Module, attribute, isolated, mechanism, ok};

/// The root certificate of CERT-M-1-32.
const ROOT: &str = "308203753082025da003020102020b040000000001154b5ac394300d06092a864886f70d01010505003057310b300906035504061302424531193017060355040a1310476c6f62616c5369676e206e762d73613110300e060355040b1307526f6f74204341311b301906035504031312476c6f62616c5369676e20526f6f74204341301e170d3938303930313132303030305a170d3238303132383132303030305a3057310b300906035504061302424531193017060355040a1310476c6f62616c5369676e206e762d73613110300e060355040b1307526f6f74204341311b301906035504031312476c6f62616c5369676e20526f6f7420434130820122300d06092a864886f70d01010105000382010f003082010a0282010100da0ee6998dcea3e34f8a7efbf18b83256bea481ff12ab0b9951104bdf063d1e26766cf1cddcf1b482bee8d898e9aaf298065abe9c72d12cbab1c4c7007a13d0a30cd158d4ff8ddd48c50151cef50eec42ef7fce952f2917de06dd535308e5e4373f241e9d56ae3b2893a5639386f063c88695b2a4dc5a754b86c89cc9bf93ccae5fd89f5123c927896d6dc746e934461d18dc746b2750e86e8198ad56d6cd5781695a2e9c80a38ebf224134f73549313853a1bbc1e34b58b058cb9778bb1db1f2091ab09536e90ce7b3774b97047912251631679aeb1ae412608c8192bd146aa48d6642ad78334ff2c2ac16c19434a0785e7d37cf62168efeaf2529f7f9390cf0203010001a3423040300e0603551d0f0101ff040403020106300f0603551d130101ff040530030101ff301d0603551d0e04160414607b661a450d97ca89502f7d04cd34a8fffcfd4b300d06092a864886f70d01010505000382010100d673e77c4f76d08dbfecbaa2be34c52832b57cfc6c9c2c2bbd099e53bf6b5eaa1148b6e508a3b3ca3d614dd34609b33ec3a0e363551bf2baefad39e143b938a3e62f8a263befa05056f9c60afd38cdc40b705194979804dfc35f94d515c914419cc45d7564150dff5530ec868fff0def2cb96346f6aafcdfbc69fd2e1248649ae095f0a6ef298f01b115b50c1da5fe692c6924781eb3a71c7162eecac897ac175d8ac2f847866e2ac4563195d06789852bf96ca65d469d0caa82e49951dd70b7db563d61e46ae15cd6f6fe3dde41cc07ae6352bf5353f42be9c7fdb6f7825f85d24118db81b3041cc51fa4806f1520c9de0c880a1dd66655e2fc48c9292669e0";

/// Where the issuer and the subject of [`ROOT`] stand: it is its own issuer.
fn subject(root: &[u8]) -> &[u8] {
    let name = hex::decode("3057310b3009").unwrap();
    let start = root.windows(name.len()).position(|at| at == name).unwrap();
    &root[start..start + 0x59]
}

fn store(
    module: &Module,
    session: CK_SESSION_HANDLE,
    label: &[u8],
    id: &[u8],
    private: Option<CK_BBOOL>,
) -> CK_OBJECT_HANDLE {
    let root = hex::decode(ROOT).unwrap();
    let (class, kind, yes): (CK_ULONG, CK_ULONG, CK_BBOOL) = (CKO_CERTIFICATE, CKC_X_509, 1);
    let mut template = vec![
        attribute(CKA_CLASS, &class),
        attribute(CKA_CERTIFICATE_TYPE, &kind),
        attribute(CKA_TOKEN, &yes),
        bytes(CKA_LABEL, label),
        bytes(CKA_SUBJECT, subject(&root)),
        bytes(CKA_VALUE, &root),
    ];
    if !id.is_empty() {
        template.push(bytes(CKA_ID, id));
    }
    if let Some(private) = &private {
        template.push(attribute(CKA_PRIVATE, private));
    }
    let (mut object, count) = (0, template.len() as CK_ULONG);
    ok!(
        module,
        C_CreateObject(session, template.as_mut_ptr(), count, &mut object)
    );
    object
}

/// A key pair in the token; the public half has its place there too, if it `stays`.
fn make_pair(
    module: &Module,
    session: CK_SESSION_HANDLE,
    id: &[u8],
    stays: CK_BBOOL,
) -> (CK_OBJECT_HANDLE, CK_OBJECT_HANDLE) {
    // OBJECT IDENTIFIER prime256v1
    let curve = [
        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07_u8,
    ];
    let yes: CK_BBOOL = 1;
    let mut public = [
        bytes(CKA_EC_PARAMS, &curve),
        attribute(CKA_TOKEN, &stays),
        bytes(CKA_ID, id),
    ];
    let mut private = [attribute(CKA_TOKEN, &yes), bytes(CKA_ID, id)];
    let mut how = mechanism(CKM_EC_KEY_PAIR_GEN);
    let (mut one, mut two) = (0, 0);
    let (public, private) = (public.as_mut_ptr(), private.as_mut_ptr());
    ok!(
        module,
        C_GenerateKeyPair(session, &mut how, public, 3, private, 2, &mut one, &mut two)
    );
    (one, two)
}

fn by_id(
    module: &Module,
    session: CK_SESSION_HANDLE,
    class: CK_ULONG,
    id: &[u8],
) -> Vec<CK_OBJECT_HANDLE> {
    let mut template = [attribute(CKA_CLASS, &class), bytes(CKA_ID, id)];
    find(module, session, &mut template)
}

isolated! {
    fn claim_the_object_with_cko_profile_and_ckp_public_certificates_token_is_there() {
        let module = Module::started();
        let slot = module.make_token();
        assert!(claims(&module, slot, CKP_PUBLIC_CERTIFICATES_TOKEN));
    }
}

isolated! {
    fn condition_8_certificates_and_their_public_keys_are_found_without_a_login() {
        let module = Module::started();
        let slot = module.make_token();
        let session = module.open(slot);
        module.log_in(session);
        make_pair(&module, session, b"one", 1);
        store(&module, session, b"one", b"one", None);
        store(&module, session, b"root", b"", None);
        assert!(profiles(&module, session).contains(&CKP_PUBLIC_CERTIFICATES_TOKEN));
        ok!(module, C_Logout(session));
        assert!(claims(&module, slot, CKP_PUBLIC_CERTIFICATES_TOKEN));
        let class: CK_ULONG = CKO_CERTIFICATE;
        assert_eq!(find(&module, session, &mut [attribute(CKA_CLASS, &class)]).len(), 2);
        assert_eq!(by_id(&module, session, CKO_CERTIFICATE, b"one").len(), 1);
        assert_eq!(by_id(&module, session, CKO_PUBLIC_KEY, b"one").len(), 1);
        assert_eq!(by_id(&module, session, CKO_PRIVATE_KEY, b"one").len(), 0);
        module.log_in(session);
        assert_eq!(by_id(&module, session, CKO_PRIVATE_KEY, b"one").len(), 1);
    }
}

isolated! {
    fn a_private_certificate_takes_the_claim_away() {
        let module = Module::started();
        let session = module.logged_in();
        let object = store(&module, session, b"secret", b"", Some(1));
        assert!(!profiles(&module, session).contains(&CKP_PUBLIC_CERTIFICATES_TOKEN));
        ok!(module, C_DestroyObject(session, object));
        assert!(profiles(&module, session).contains(&CKP_PUBLIC_CERTIFICATES_TOKEN));
    }
}

isolated! {
    fn a_private_key_whose_public_half_is_not_to_be_found_takes_the_claim_away() {
        let module = Module::started();
        let slot = module.make_token();
        let session = module.open(slot);
        module.log_in(session);
        store(&module, session, b"two", b"two", None);
        assert!(profiles(&module, session).contains(&CKP_PUBLIC_CERTIFICATES_TOKEN));
        make_pair(&module, session, b"two", 0);
        assert!(!profiles(&module, session).contains(&CKP_PUBLIC_CERTIFICATES_TOKEN));
        // Without the login nobody can tell whether such a key is there.
        ok!(module, C_Logout(session));
        assert!(!claims(&module, slot, CKP_PUBLIC_CERTIFICATES_TOKEN));
        module.log_in(session);
        make_pair(&module, session, b"two", 1);
        assert!(profiles(&module, session).contains(&CKP_PUBLIC_CERTIFICATES_TOKEN));
    }
}

isolated! {
    fn cert_m_1_32_goes_as_written() {
        let module = Module::started();
        let session = module.logged_in();
        let label = b"Mozilla Builtin Roots\0";
        for label in [&label[..], b"1", b"2", b"3", b"4"] {
            store(&module, session, label, b"", None);
        }
        ok!(module, C_Logout(session));
        ok!(module, C_CloseSession(session));

        let slot = information(&module);
        let session = open_read_only(&module, slot);
        let yes: CK_BBOOL = 1;
        let (mut found, mut count) = ([0; 5], 0);
        ok!(module, C_FindObjectsInit(session, &mut attribute(CKA_TOKEN, &yes), 1));
        ok!(module, C_FindObjects(session, found.as_mut_ptr(), 5, &mut count));
        assert_eq!(count, 5);
        // The search is still open while the attributes are read.
        let read_label = read(&module, session, found[0], CKA_LABEL);
        assert_eq!((read_label.len(), &read_label[..]), (22, &label[..]));
        let value = read(&module, session, found[1], CKA_VALUE);
        assert_eq!((value.len(), hex::encode(value)), (889, ROOT.to_owned()));
        ok!(module, C_FindObjectsFinal(session));
        finish(&module, session, slot);
    }
}
