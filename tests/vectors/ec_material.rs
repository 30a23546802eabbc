// SPDX-License-Identifier: MIT OR Apache-2.0
//! Elliptic curve keys between attributes and PKCS#8. Keys: made with OpenSSL 3.0, and RFC 8410
//! section 10.3.

use keystead::error::Error;
use keystead::mechanism::material::{complete, export, import};
use keystead::object::{AttributeMap, Kind, Object, Origin, Value};
use keystead::pkcs11::attribute::{
    CKA_EC_PARAMS, CKA_EC_POINT, CKA_KEY_TYPE, CKA_PUBLIC_KEY_INFO, CKA_VALUE,
};
use keystead::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use keystead::pkcs11::key_type::{CKK_EC, CKK_EC_EDWARDS, CKK_EC_MONTGOMERY};
use keystead::pkcs11::{AttributeType, KeyType, ObjectClass};
use keystead::secret::SecretBytes;

const fn kind(class: ObjectClass, key_type: KeyType) -> Kind {
    Kind {
        spec: "Key objects",
        class,
        key_type: Some(key_type),
        subtype: None,
        tables: &[],
        check: |_, _| Ok(()),
    }
}

static EC_PUBLIC: Kind = kind(CKO_PUBLIC_KEY, CKK_EC);
static EC_PRIVATE: Kind = kind(CKO_PRIVATE_KEY, CKK_EC);
static EDWARDS_PUBLIC: Kind = kind(CKO_PUBLIC_KEY, CKK_EC_EDWARDS);
static EDWARDS_PRIVATE: Kind = kind(CKO_PRIVATE_KEY, CKK_EC_EDWARDS);
static MONTGOMERY_PUBLIC: Kind = kind(CKO_PUBLIC_KEY, CKK_EC_MONTGOMERY);
static MONTGOMERY_PRIVATE: Kind = kind(CKO_PRIVATE_KEY, CKK_EC_MONTGOMERY);

/// CKA_EC_PARAMS, PKCS#8, SubjectPublicKeyInfo; made with OpenSSL 3.0.
const EC: [[&str; 3]; 7] = [
    [
        "06082a8648ce3d030107",
        "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420f1e6bcc7bc410772\
         09a1837f530997cfc76e724312c1705e04a46c42065d5e65a144034200043cb430b02dd1ef0ed5405864098f\
         eff39c6c3ede3fa7fe5b590ba36c635ed61e4478b07acad8e94385dd3222030238ad3e98b914bd43f5dfa494\
         18166246a48c",
        "3059301306072a8648ce3d020106082a8648ce3d030107034200043cb430b02dd1ef0ed5405864098feff39c\
         6c3ede3fa7fe5b590ba36c635ed61e4478b07acad8e94385dd3222030238ad3e98b914bd43f5dfa494181662\
         46a48c",
    ],
    [
        "06052b81040022",
        "3081b6020100301006072a8648ce3d020106052b8104002204819e30819b02010104308e6af5e1a34fe92a5d\
         04d45175a3a7ca8c709ab41a395283f1bea6b4132e6d430b09133401f32df91574511bccbe4455a164036200\
         042bfeb04eeb0bf60e7dab2df6045b706fd3c42e1cdfc52281cdc1fb1c41a124a643998c78f901e486c7e389\
         a4f5e1dc08afd32a46c2178e82216f50e1ed554f57ee5b4e780cda53aeaa121f1f64e6db2af7fb08aaa61a9f\
         650f082f1c338ca06a",
        "3076301006072a8648ce3d020106052b81040022036200042bfeb04eeb0bf60e7dab2df6045b706fd3c42e1c\
         dfc52281cdc1fb1c41a124a643998c78f901e486c7e389a4f5e1dc08afd32a46c2178e82216f50e1ed554f57\
         ee5b4e780cda53aeaa121f1f64e6db2af7fb08aaa61a9f650f082f1c338ca06a",
    ],
    [
        "06052b81040023",
        "3081ee020100301006072a8648ce3d020106052b810400230481d63081d3020101044200b77d120fa5530895\
         6010a9b9bf0181df09c4b822e05abc47291f685260f9870e48ab6130a1eaea3504241fe9997668d3b6a64a01\
         c5e1e24044652d150fec7579aca18189038186000401a322801ee1b68917650e9347f9b263d27dadec9449bf\
         14786c5a5d05b0c0c7244b2754cfd57afb343fb9d04dae0717a240ac2146cb2ff0cf6de968176a2514c98f01\
         fa4ee49b2f94d63f7b4f01aaa3affd441c85ada67e1fbd57e437752947386ec25f68f1a550eba5c178f78ea5\
         a3bdea5f0687ee4bec1d0f3c0a078b080d4f121d5a",
        "30819b301006072a8648ce3d020106052b81040023038186000401a322801ee1b68917650e9347f9b263d27d\
         adec9449bf14786c5a5d05b0c0c7244b2754cfd57afb343fb9d04dae0717a240ac2146cb2ff0cf6de968176a\
         2514c98f01fa4ee49b2f94d63f7b4f01aaa3affd441c85ada67e1fbd57e437752947386ec25f68f1a550eba5\
         c178f78ea5a3bdea5f0687ee4bec1d0f3c0a078b080d4f121d5a",
    ],
    [
        "06052b81040021",
        "3078020100301006072a8648ce3d020106052b810400210461305f020101041c8313029d6f8cd7b28e2bfd0d4a\
         ff2bac39308f79656e62218d92271ca13c033a00044b51f0737112a5b43b40f25ed68862e0a3623abda39e9cd4\
         e5a5eb96e423069380b68165798b48eb2701613a10d30aa7bfd6913f16d3f71b",
        "304e301006072a8648ce3d020106052b81040021033a00044b51f0737112a5b43b40f25ed68862e0a3623abda3\
         9e9cd4e5a5eb96e423069380b68165798b48eb2701613a10d30aa7bfd6913f16d3f71b",
    ],
    [
        "06052b8104000a",
        "308184020100301006072a8648ce3d020106052b8104000a046d306b0201010420256b96bd083d451f24a4adcb\
         5a197cc2ec8fe33744be824189c452f0dbb5bf98a14403420004ee83c9986afef59d13ca08ffee5e23f26bbd09\
         fc2649bef6127cfd22f173e7f8b75690ec4d43ad52ae1f3f9834180831aff7aeda568e0ab595dc6afae664fc0f",
        "3056301006072a8648ce3d020106052b8104000a03420004ee83c9986afef59d13ca08ffee5e23f26bbd09fc26\
         49bef6127cfd22f173e7f8b75690ec4d43ad52ae1f3f9834180831aff7aeda568e0ab595dc6afae664fc0f",
    ],
    [
        "06092b2403030208010107",
        "308188020100301406072a8648ce3d020106092b2403030208010107046d306b020101042018cea3f95ce30828\
         e991f4ae0ec39f7d942e7c8a855bda49eccd6f570026696fa14403420004a71488cb285095546e56982882b07e\
         1cbb21d996e27efed2b1c75570ce6f4407154372618c69adc2f4fe9070c8c9a7106e0c47340e9a0c5b815fac92\
         c4568c78",
        "305a301406072a8648ce3d020106092b240303020801010703420004a71488cb285095546e56982882b07e1cbb\
         21d996e27efed2b1c75570ce6f4407154372618c69adc2f4fe9070c8c9a7106e0c47340e9a0c5b815fac92c456\
         8c78",
    ],
    [
        "06092b240303020801010b",
        "3081ba020100301406072a8648ce3d020106092b240303020801010b04819e30819b020101043058fea5280df8\
         758d4bd95e8be357efd84872ec0569febd0e94130c79b47bc86fa82660363d2ff56ce7487ac548b16933a16403\
         6200045302978934eaab858334d1be35161583fc497d1eea4703fed67b6fbfaecf616caf2ee48be6f238ca6652\
         718f5b709ce3575532b539704cd5aa08400697832c48bb7c1fab158bcef5a392121a1578273a5949d4c5cca360\
         ff7674c4f76a9c38e5",
        "307a301406072a8648ce3d020106092b240303020801010b036200045302978934eaab858334d1be35161583fc\
         497d1eea4703fed67b6fbfaecf616caf2ee48be6f238ca6652718f5b709ce3575532b539704cd5aa0840069783\
         2c48bb7c1fab158bcef5a392121a1578273a5949d4c5cca360ff7674c4f76a9c38e5",
    ],
];

/// As above, for the Edwards and Montgomery curves.
const ED25519: [&str; 3] = [
    "06032b6570",
    "302e020100300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f4475\
     5842",
    "302a300506032b657003210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1",
];
const X25519: [&str; 3] = [
    "06032b656e",
    "302e020100300506032b656e04220420f8776059181688fcebf634b86d7d2de8d308d421470771b28d5f00e5f773\
     e45c",
    "302a300506032b656e032100b951bbde8312dbb5f628b550900427234cc86459fd59279619c56a5a016f5a76",
];
const ED448: [&str; 3] = [
    "06032b6571",
    "3047020100300506032b6571043b043987777531866fd78695e8870cec2caebb66cad69de03d1eb101debe2f9d01\
     924683cb435cb62c300912d1c308cdddc7bd381fe710b47b9a2327",
    "3043300506032b6571033a00e8a151c3f0b97c10650fcad47e1c1d5baee6ccca366cbf47243709aced840e07eb72\
     df6cee74b6a9d436556e518e0d7819170fb28cd0963c00",
];
const X448: [&str; 3] = [
    "06032b656f",
    "3046020100300506032b656f043a0438146e744d8c35bd8b1fe923e1a474f0818a12ebea96c98f237d8a248099ab\
     e1d9412ebb126e8fe216ed0a0590f4f6b7c475df5f3e6b9f76ad",
    "3042300506032b656f033900b9a4045c2e85a8ada9500e86f47a6d2d95c95ea9fcdf083809d39d400aee6ad346a2\
     908939bb2a1c8b74f66bed1fb3f8f60c90823d9ee222",
];
/// RFC 8410, section 10.3: the Ed25519 key with an attribute and its public key.
const ED25519_V2: &str = "3072020101300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28\
 cbf1d4fbe097a88f44755842a01f301d060a2a864886f70d01090914310f0c0d437572646c6520436861697273812100\
 19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
/// P-256 with explicit parameters, and secp256k1, whose identifier the test turns into secp192k1.
const EXPLICIT: &str = "308201790201003082010306072a8648ce3d02013081f7020101302c06072a8648ce3d0101\
 022100ffffffff00000001000000000000000000000000ffffffffffffffffffffffff305b0420ffffffff0000000100\
 0000000000000000000000fffffffffffffffffffffffc04205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0\
 f63bce3c3e27d2604b031500c49d360886e704936a6678e1139d26b7819f7e900441046b17d1f2e12c4247f8bce6e563\
 a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837\
 bf51f5022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551020101046d306b020101\
 042035414a16332a2dda8f32a43eb638717edf3299bfdb1defe35ac24a21cef908f8a14403420004bab1328e73ac7df5\
 4ddfbd25842deb83eeb7bd458b9c32ee679a5082bff72b51a92c88a8a2e5d3942c594daa5309d645cbdfaf3a9cb1ebfd\
 947ac53d5364f7f3";
const SECP256K1: &str = "308184020100301006072a8648ce3d020106052b8104000a046d306b020101042072ef2b\
 d2546597bed0422b4d236c6370e28efaa9c34e36c1c27f01b5c9de5b92a14403420004d1ec4a31ba2c3e090bad425356\
 705ceeec3af7fa0994d9ff3ab38d9eb96ec9fa426577dccb90a95dcb5beb5d5062538d1641d1a776d5a986892c3d0ef0\
 22a672";

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

fn map<const N: usize>(attributes: [(AttributeType, Vec<u8>); N]) -> AttributeMap {
    attributes
        .into_iter()
        .map(|(id, value)| (id, Value::Bytes(value)))
        .collect()
}

fn imported(kind: &'static Kind, pkcs8: &[u8]) -> Result<AttributeMap, Error> {
    let mut attributes = AttributeMap::new();
    let key_type = kind.key_type.unwrap().0;
    attributes.set(CKA_KEY_TYPE, Value::Ulong(key_type));
    import(kind, &mut attributes, &SecretBytes::from_slice(pkcs8))?;
    complete(kind, &mut attributes, Origin::Unwrap)?;
    Ok(attributes)
}

fn octet_string(point: &[u8]) -> Vec<u8> {
    let len = u8::try_from(point.len()).unwrap();
    let header: &[u8] = if len < 0x80 {
        &[4, len]
    } else {
        &[4, 0x81, len]
    };
    [header, point].concat()
}

fn check_round_trip(
    private: &'static Kind,
    public: &'static Kind,
    [params, pkcs8, spki]: [&str; 3],
) {
    let attributes = imported(private, &bytes(pkcs8)).unwrap();
    assert_eq!(attributes.bytes(CKA_EC_PARAMS).unwrap(), bytes(params));
    assert_eq!(attributes.bytes(CKA_PUBLIC_KEY_INFO).unwrap(), bytes(spki));
    assert!(matches!(
        attributes.value(CKA_VALUE),
        Some(Value::Secret(_))
    ));
    let exported = export(&Object::new(private, attributes)).unwrap();
    assert_eq!(hex::encode(exported.expose()), pkcs8);

    let spki = bytes(spki);
    let raw_len = match public.key_type {
        Some(CKK_EC) if params.ends_with("0107") => 65,
        Some(CKK_EC) if params.ends_with("0a") => 65,
        Some(CKK_EC) if params.ends_with("21") => 57,
        Some(CKK_EC) if params.ends_with("22") || params.ends_with("0b") => 97,
        Some(CKK_EC) => 133,
        _ if params.ends_with("71") => 57,
        _ if params.ends_with("6f") => 56,
        _ => 32,
    };
    let raw = &spki[spki.len() - raw_len..];
    for given in [raw.to_vec(), octet_string(raw)] {
        let mut attributes = map([(CKA_EC_PARAMS, bytes(params)), (CKA_EC_POINT, given)]);
        complete(public, &mut attributes, Origin::Create).unwrap();
        assert_eq!(attributes.bytes(CKA_EC_POINT).unwrap(), octet_string(raw));
        assert_eq!(attributes.bytes(CKA_PUBLIC_KEY_INFO).unwrap(), spki);
        // What is stored is taken again.
        complete(public, &mut attributes, Origin::Create).unwrap();
        assert_eq!(attributes.bytes(CKA_EC_POINT).unwrap(), octet_string(raw));
        assert!(matches!(
            export(&Object::new(public, attributes)),
            Err(Error::KeyNotWrappable(_))
        ));
    }
    for bad in [
        &raw[1..],
        &octet_string(&octet_string(raw)),
        &[raw, &[0]].concat(),
        b"",
    ] {
        let mut attributes = map([(CKA_EC_PARAMS, bytes(params)), (CKA_EC_POINT, bad.to_vec())]);
        let result = complete(public, &mut attributes, Origin::Create);
        assert!(
            matches!(result, Err(Error::PublicKeyInvalid(_))),
            "{bad:02x?}"
        );
    }
}

#[test]
fn keys_pass_through_pkcs8_unchanged() {
    for key in EC {
        check_round_trip(&EC_PRIVATE, &EC_PUBLIC, key);
    }
    check_round_trip(&EDWARDS_PRIVATE, &EDWARDS_PUBLIC, ED25519);
    check_round_trip(&MONTGOMERY_PRIVATE, &MONTGOMERY_PUBLIC, X25519);
    check_round_trip(&EDWARDS_PRIVATE, &EDWARDS_PUBLIC, ED448);
    check_round_trip(&MONTGOMERY_PRIVATE, &MONTGOMERY_PUBLIC, X448);
}

#[test]
fn pkcs8_with_attributes_and_a_public_key_is_read() {
    let attributes = imported(&EDWARDS_PRIVATE, &bytes(ED25519_V2)).unwrap();
    assert_eq!(
        attributes.bytes(CKA_PUBLIC_KEY_INFO).unwrap(),
        bytes(ED25519[2])
    );
    let mut other = bytes(ED25519_V2);
    *other.last_mut().unwrap() ^= 1;
    let result = imported(&EDWARDS_PRIVATE, &other);
    assert!(matches!(result, Err(Error::WrappedKeyInvalid(_))));
}

#[test]
fn pkcs8_of_another_type_curve_or_form_is_refused() {
    let refused = |kind, pkcs8: &str| imported(kind, &bytes(pkcs8)).unwrap_err();
    assert!(matches!(
        refused(&EC_PRIVATE, ED25519[1]),
        Error::WrappedKeyInvalid(_)
    ));
    assert!(matches!(
        refused(&EDWARDS_PRIVATE, EC[0][1]),
        Error::WrappedKeyInvalid(_)
    ));
    assert!(matches!(
        refused(&MONTGOMERY_PRIVATE, ED25519[1]),
        Error::WrappedKeyInvalid(_)
    ));
    assert!(matches!(
        refused(&EC_PRIVATE, EXPLICIT),
        Error::DomainParamsInvalid(_)
    ));
    assert!(matches!(
        refused(&EC_PRIVATE, &SECP256K1.replace("2b8104000a", "2b8104001f")),
        Error::CurveNotSupported(_)
    ));
}

#[test]
fn damaged_pkcs8_is_refused_or_still_consistent() {
    for [_, pkcs8, _] in EC {
        let whole = bytes(pkcs8);
        for len in 0..whole.len() {
            assert!(imported(&EC_PRIVATE, &whole[..len]).is_err(), "{len}");
        }
        assert!(imported(&EC_PRIVATE, &[&whole[..], &[1]].concat()).is_err());
        // The public point inside gives every change of the private value away.
        for position in 0..whole.len() {
            let mut bad = whole.clone();
            bad[position] ^= 0x01;
            assert!(imported(&EC_PRIVATE, &bad).is_err(), "{position}");
        }
    }
}

#[test]
fn a_private_value_gets_its_fixed_length() {
    let mut attributes = map([(CKA_EC_PARAMS, bytes(EC[2][0])), (CKA_VALUE, vec![5])]);
    complete(&EC_PRIVATE, &mut attributes, Origin::Create).unwrap();
    let value = attributes.bytes(CKA_VALUE).unwrap();
    assert_eq!((value.len(), value.last()), (66, Some(&5)));
    for bad in [vec![], vec![0; 66], vec![0xff; 66], vec![1; 67]] {
        let mut attributes = map([(CKA_EC_PARAMS, bytes(EC[2][0])), (CKA_VALUE, bad)]);
        let result = complete(&EC_PRIVATE, &mut attributes, Origin::Create);
        assert!(matches!(result, Err(Error::AttributeValueInvalid(_))));
    }
}

#[test]
fn public_data_in_a_private_template_must_be_that_of_the_key() {
    let attributes = imported(&EC_PRIVATE, &bytes(EC[0][1])).unwrap();
    let value = attributes.bytes(CKA_VALUE).unwrap().to_vec();
    let spki = bytes(EC[0][2]);
    let raw = spki[spki.len() - 65..].to_vec();
    let other = bytes(EC[1][2]);
    let template = |id, bytes_of: &[u8]| {
        map([
            (CKA_EC_PARAMS, bytes(EC[0][0])),
            (CKA_VALUE, value.clone()),
            (id, bytes_of.to_vec()),
        ])
    };
    for (id, good) in [
        (CKA_EC_POINT, &raw),
        (CKA_PUBLIC_KEY_INFO, &spki),
        (CKA_PUBLIC_KEY_INFO, &vec![]),
    ] {
        let mut attributes = template(id, good);
        complete(&EC_PRIVATE, &mut attributes, Origin::Create).unwrap();
        assert_eq!(attributes.bytes(CKA_PUBLIC_KEY_INFO).unwrap(), spki);
    }
    for id in [CKA_EC_POINT, CKA_PUBLIC_KEY_INFO] {
        let result = complete(&EC_PRIVATE, &mut template(id, &other), Origin::Create);
        assert!(matches!(result, Err(Error::TemplateInconsistent(_))));
    }
}

#[test]
fn curves_are_named_by_identifier_or_by_name() {
    let point = |spki: &str, len: usize| {
        let spki = bytes(spki);
        spki[spki.len() - len..].to_vec()
    };
    let cases: [(&'static Kind, &[u8], Vec<u8>); 8] = [
        (&EC_PUBLIC, b"\x13\x0asecp256r1\x20", vec![]),
        (&EC_PUBLIC, b"\x13\x09secp256r1", point(EC[0][2], 65)),
        (&EC_PUBLIC, b"\x13\x0aprime256v1", point(EC[0][2], 65)),
        (
            &EDWARDS_PUBLIC,
            b"\x13\x0cedwards25519",
            point(ED25519[2], 32),
        ),
        (
            &EDWARDS_PUBLIC,
            b"\x06\x03\x2b\x65\x70",
            point(ED25519[2], 32),
        ),
        (
            &EDWARDS_PUBLIC,
            b"\x06\x09\x2b\x06\x01\x04\x01\xda\x47\x0f\x01",
            point(ED25519[2], 32),
        ),
        (
            &MONTGOMERY_PUBLIC,
            b"\x13\x0acurve25519",
            point(X25519[2], 32),
        ),
        (
            &MONTGOMERY_PUBLIC,
            b"\x06\x03\x2b\x65\x6e",
            point(X25519[2], 32),
        ),
    ];
    for (kind, params, point) in cases {
        let mut attributes = map([
            (CKA_EC_PARAMS, params.to_vec()),
            (CKA_EC_POINT, point.clone()),
        ]);
        let result = complete(kind, &mut attributes, Origin::Create);
        if point.is_empty() {
            assert!(
                matches!(result, Err(Error::CurveNotSupported(_))),
                "{params:02x?}"
            );
        } else {
            result.unwrap();
            assert_eq!(attributes.bytes(CKA_EC_PARAMS).unwrap(), params);
        }
    }
}

#[test]
fn a_curve_of_another_key_type_or_no_curve_is_refused() {
    let result = |kind, params: &str| {
        let mut attributes = map([(CKA_EC_PARAMS, bytes(params)), (CKA_EC_POINT, vec![1; 32])]);
        complete(kind, &mut attributes, Origin::Create).unwrap_err()
    };
    assert!(matches!(
        result(&EC_PUBLIC, ED25519[0]),
        Error::CurveNotSupported(_)
    ));
    assert!(matches!(
        result(&EDWARDS_PUBLIC, X25519[0]),
        Error::CurveNotSupported(_)
    ));
    assert!(matches!(
        result(&MONTGOMERY_PUBLIC, EC[0][0]),
        Error::CurveNotSupported(_)
    ));
    for kind in [&EC_PUBLIC, &EDWARDS_PUBLIC, &MONTGOMERY_PUBLIC] {
        for bad in ["", "0500", "3003020101", "06082a86", "04020102"] {
            assert!(
                matches!(result(kind, bad), Error::DomainParamsInvalid(_)),
                "{bad}"
            );
        }
        let missing = complete(
            kind,
            &mut map([(CKA_EC_POINT, vec![1; 32])]),
            Origin::Create,
        );
        assert!(matches!(missing, Err(Error::TemplateIncomplete(_))));
    }
}

#[test]
fn a_curve_name_with_a_miscounted_length_is_taken_and_mended() {
    let spki = bytes(X25519[2]);
    let mut attributes = map([
        (CKA_EC_PARAMS, b"\x13\x0bcurve25519".to_vec()),
        (CKA_EC_POINT, spki[spki.len() - 32..].to_vec()),
    ]);
    complete(&MONTGOMERY_PUBLIC, &mut attributes, Origin::Create).unwrap();
    let params = attributes.bytes(CKA_EC_PARAMS).unwrap();
    assert_eq!(params, b"\x13\x0acurve25519");
}
