// SPDX-License-Identifier: MIT OR Apache-2.0
//! The forms of CKA_EC_POINT and CKA_ALLOWED_MECHANISMS that the configuration chooses.
//!
//! Source: PKCS#11 v3.0 and v3.2, "Edwards EC public key objects", "Montgomery EC public key
//! objects", "Common key attributes"; RFC 7748, RFC 8032, RFC 8410.

use keystead::config::{AllowedMechanisms, Config, EcPoint};
use keystead::mechanism::Params;
use keystead::module::Module;
use keystead::object::Shown;
use keystead::pkcs11::attribute::{
    CKA_ALLOWED_MECHANISMS, CKA_CLASS, CKA_EC_PARAMS, CKA_EC_POINT, CKA_KEY_TYPE, CKA_LABEL,
    CKA_TOKEN,
};
use keystead::pkcs11::class::CKO_PUBLIC_KEY;
use keystead::pkcs11::key_type::{CKK_EC, CKK_EC_EDWARDS, CKK_EC_MONTGOMERY};
use keystead::pkcs11::mechanism::{
    CKM_AES_CBC, CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN, CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
};
use keystead::pkcs11::rv::{CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_TYPE_INVALID, CKR_OK};
use keystead::pkcs11::{AttributeType, KeyType, MechanismType, ObjectHandle, SessionHandle};

use crate::support::{
    FALSE, TRUE, aes_key, code, data, prepare, row, search, stored_key, template, user,
};

const FORMS: [EcPoint; 2] = [EcPoint::Der, EcPoint::Raw];

/// Generator, key type, CKA_EC_PARAMS, length of a point.
const CURVES: [(MechanismType, KeyType, &str, usize); 4] = [
    (
        CKM_EC_EDWARDS_KEY_PAIR_GEN,
        CKK_EC_EDWARDS,
        "06032b6570",
        32,
    ),
    (
        CKM_EC_EDWARDS_KEY_PAIR_GEN,
        CKK_EC_EDWARDS,
        "06032b6571",
        57,
    ),
    (
        CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
        CKK_EC_MONTGOMERY,
        "06032b656e",
        32,
    ),
    (
        CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
        CKK_EC_MONTGOMERY,
        "06032b656f",
        56,
    ),
];

fn start(ec_point: EcPoint, allowed_mechanisms: AllowedMechanisms) -> (Module, SessionHandle) {
    let module = Module::with_config(Config {
        ec_point,
        allowed_mechanisms,
        ..Config::in_memory()
    })
    .unwrap();
    prepare(&module);
    let session = user(&module);
    (module, session)
}

/// What C_GetAttributeValue gives.
fn shown(
    module: &Module,
    session: SessionHandle,
    object: ObjectHandle,
    id: AttributeType,
) -> keystead::error::Result<Vec<u8>> {
    let object = module.object(session, object).unwrap();
    match module.view().read(&object, id)? {
        Shown::Bytes(bytes) => Ok(bytes.into_owned()),
        Shown::Template(_) => panic!("a template"),
    }
}

fn pair(
    module: &Module,
    session: SessionHandle,
    generator: MechanismType,
    params: &str,
    token: &[u8],
) -> ObjectHandle {
    let params = hex::decode(params).unwrap();
    let public = template(&[(CKA_EC_PARAMS, &params), (CKA_TOKEN, token)]);
    let private = template(&[]);
    let pair = module.generate_key_pair(session, row(generator), &Params::None, &public, &private);
    pair.unwrap().0
}

fn public_key(
    module: &Module,
    session: SessionHandle,
    key_type: KeyType,
    params: &str,
    point: &[u8],
) -> ObjectHandle {
    let class = CKO_PUBLIC_KEY.0.to_ne_bytes();
    let key_type = key_type.0.to_ne_bytes();
    let params = hex::decode(params).unwrap();
    let key = module.create_object(
        session,
        &template(&[
            (CKA_CLASS, &class),
            (CKA_KEY_TYPE, &key_type),
            (CKA_EC_PARAMS, &params),
            (CKA_EC_POINT, point),
        ]),
    );
    key.unwrap()
}

fn wrapped(point: &[u8]) -> Vec<u8> {
    [&[4, u8::try_from(point.len()).unwrap()], point].concat()
}

#[test]
fn a_point_is_shown_as_configured_and_taken_in_both_forms() {
    for form in FORMS {
        let (module, session) = start(form, AllowedMechanisms::Absent);
        for (generator, key_type, params, len) in CURVES {
            let key = pair(&module, session, generator, params, FALSE);
            let point = shown(&module, session, key, CKA_EC_POINT).unwrap();
            let raw = match form {
                EcPoint::Der => {
                    assert_eq!(point[..2], [4, len as u8], "{params}");
                    point[2..].to_vec()
                }
                EcPoint::Raw => point.clone(),
            };
            assert_eq!(raw.len(), len, "{params}");
            for given in [raw.clone(), wrapped(&raw)] {
                let again = public_key(&module, session, key_type, params, &given);
                let answer = shown(&module, session, again, CKA_EC_POINT).unwrap();
                assert_eq!(answer, point, "{params}");
            }
        }
    }
}

#[test]
fn either_form_of_a_point_finds_the_key() {
    for form in FORMS {
        let (module, session) = start(form, AllowedMechanisms::Absent);
        for (generator, _, params, len) in CURVES {
            for token in [TRUE, FALSE] {
                let key = pair(&module, session, generator, params, token);
                let point = shown(&module, session, key, CKA_EC_POINT).unwrap();
                let raw = point[point.len() - len..].to_vec();
                for wanted in [raw.clone(), wrapped(&raw)] {
                    let found = search(&module, session, &[(CKA_EC_POINT, &wanted)]);
                    assert_eq!(found, [key], "{params} {form:?}");
                }
                for other in [wrapped(&wrapped(&raw)), raw[1..].to_vec(), vec![0; len]] {
                    assert_eq!(search(&module, session, &[(CKA_EC_POINT, &other)]), []);
                }
            }
        }
    }
}

/// Naming what an object already has changes nothing, in whichever form.
#[test]
fn a_copy_takes_what_was_read_of_the_key() {
    let forms = [
        (EcPoint::Der, AllowedMechanisms::Absent),
        (EcPoint::Raw, AllowedMechanisms::Empty),
    ];
    for (form, lists) in forms {
        let (module, session) = start(form, lists);
        for (generator, _, params, len) in CURVES {
            let key = pair(&module, session, generator, params, FALSE);
            let point = shown(&module, session, key, CKA_EC_POINT).unwrap();
            let raw = point[point.len() - len..].to_vec();
            for given in [raw.clone(), wrapped(&raw)] {
                let mut entries = vec![(CKA_EC_POINT, &given[..])];
                if lists == AllowedMechanisms::Empty {
                    entries.push((CKA_ALLOWED_MECHANISMS, b""));
                }
                let entries = template(&entries);
                let copy = module.copy_object(session, key, &entries).unwrap();
                assert_eq!(shown(&module, session, copy, CKA_EC_POINT).unwrap(), point);
                module.set_attribute_value(session, key, &entries).unwrap();
                assert_eq!(shown(&module, session, key, CKA_EC_POINT).unwrap(), point);
            }
            let other = vec![0; len];
            let other = template(&[(CKA_EC_POINT, &other)]);
            let refused = module.set_attribute_value(session, key, &other);
            assert_eq!(code(refused), CKR_ATTRIBUTE_READ_ONLY);
            let cbc = CKM_AES_CBC.0.to_ne_bytes();
            let list = template(&[(CKA_ALLOWED_MECHANISMS, &cbc)]);
            let refused = module.set_attribute_value(session, key, &list);
            assert_eq!(code(refused), CKR_ATTRIBUTE_READ_ONLY);
        }
    }
}

/// "CKA_EC_POINT: DER-encoding of ANSI X9.62 ECPoint value Q", in every version.
#[test]
fn the_point_of_another_curve_is_always_der_and_found_by_that_alone() {
    for form in FORMS {
        let (module, session) = start(form, AllowedMechanisms::Absent);
        // secp224r1, whose points are as long as those of Ed448, and secp256r1
        for params in ["06052b81040021", "06082a8648ce3d030107"] {
            for token in [TRUE, FALSE] {
                let key = pair(&module, session, CKM_EC_KEY_PAIR_GEN, params, token);
                let point = shown(&module, session, key, CKA_EC_POINT).unwrap();
                assert_eq!(point[..1], [4]);
                assert_eq!(usize::from(point[1]), point.len() - 2);
                let found = search(&module, session, &[(CKA_EC_POINT, &point)]);
                assert_eq!(found, [key]);
                let found = search(&module, session, &[(CKA_EC_POINT, &point[2..])]);
                assert_eq!(found, [], "{params}");
                let again = public_key(&module, session, CKK_EC, params, &point[2..]);
                assert_eq!(shown(&module, session, again, CKA_EC_POINT).unwrap(), point);
                module.destroy_object(session, again).unwrap();
            }
        }
    }
}

#[test]
fn an_unrestricted_key_shows_no_list_or_an_empty_one() {
    for form in [AllowedMechanisms::Absent, AllowedMechanisms::Empty] {
        let (module, session) = start(EcPoint::Der, form);
        let cbc = CKM_AES_CBC.0.to_ne_bytes();
        let stored = stored_key(&module, session, b"1").unwrap();
        let free = aes_key(&module, session, &[7; 16], &[]).unwrap();
        let list = [(CKA_ALLOWED_MECHANISMS, &cbc[..])];
        let bound = aes_key(&module, session, &[7; 16], &list).unwrap();
        let thing = data(&module, session, &[(CKA_LABEL, b"no key")]).unwrap();
        let read = |object| shown(&module, session, object, CKA_ALLOWED_MECHANISMS);
        assert_eq!(read(bound).unwrap(), cbc);
        assert_eq!(code(read(thing)), CKR_ATTRIBUTE_TYPE_INVALID);
        let is_empty = form == AllowedMechanisms::Empty;
        let expected = if is_empty {
            CKR_OK
        } else {
            CKR_ATTRIBUTE_TYPE_INVALID
        };
        for key in [stored, free] {
            assert_eq!(code(read(key)), expected);
            assert!(read(key).is_ok_and(|list| list.is_empty()) == is_empty);
        }
        let found = search(&module, session, &[(CKA_ALLOWED_MECHANISMS, b"")]);
        assert_eq!(found, if is_empty { vec![stored, free] } else { vec![] });
        let found = search(&module, session, &[(CKA_ALLOWED_MECHANISMS, &cbc)]);
        assert_eq!(found, [bound]);
    }
}
