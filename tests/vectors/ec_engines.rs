// SPDX-License-Identifier: MIT OR Apache-2.0
//! The curves: RFC 6979 vectors, point forms, and the two engines held against each other.

use keystead::crypto::digest::HashFunction;
use keystead::crypto::ec::Curve;
use keystead::crypto::rust_crypto::ec as rust_crypto;

/// RFC 6979, appendices A.2.4 to A.2.7: private key, public x and y, message "sample", r and s
/// with the hash function of the curve's size.
const RFC_6979: [(Curve, HashFunction, [&str; 5]); 4] = [
    (
        Curve::P224,
        HashFunction::Sha224,
        [
            "f220266e1105bfe3083e03ec7a3a654651f45e37167e88600bf257c1",
            "00cf08da5ad719e42707fa431292dea11244d64fc51610d94b130d6c",
            "eeab6f3debe455e3dbf85416f7030cbd94f34f2d6f232c69f3c1385a",
            "1cdfe6662dde1e4a1ec4cdedf6a1f5a2fb7fbd9145c12113e6abfd3e",
            "a6694fd7718a21053f225d3f46197ca699d45006c06f871808f43ebc",
        ],
    ),
    (
        Curve::P256,
        HashFunction::Sha256,
        [
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
            "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
            "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        ],
    ),
    (
        Curve::P384,
        HashFunction::Sha384,
        [
            "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872\
             c9ea60d2edf5",
            "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a2\
             54515480bc13",
            "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344\
             fd2533264720",
            "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36\
             dd1e80fabe46",
            "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82\
             c71a38628ac8",
        ],
    ),
    (
        Curve::P521,
        HashFunction::Sha512,
        [
            "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa896eb32f1f47c7085\
             5836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538",
            "01894550d0785932e00eaa23b694f213f8c3121f86dc97a04e5a7167db4e5bcd371123d46e45db6b5d53\
             70a7f20fb633155d38ffa16d2bd761dcac474b9a2f5023a4",
            "00493101c962cd4d2fddf782285e64584139c2f91b47f87ff82354d6630f746a28a0db25741b5b34a828\
             008b22acc23f924faafbd4d33f81ea66956dfeaa2bfdfcf5",
            "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f174e25a1ee9017b5d450\
             606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa",
            "00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af282623eaa63e5b5c0723\
             d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a",
        ],
    ),
];

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

fn random(bytes: &mut [u8]) -> keystead::error::Result<()> {
    getrandom::fill(bytes).unwrap();
    Ok(())
}

/// Digest lengths around every order's length.
#[cfg(feature = "aws-lc")]
const DIGEST_LENS: [usize; 12] = [1, 20, 28, 32, 48, 64, 65, 66, 67, 72, 100, 128];

#[test]
fn deterministic_signatures_are_those_of_rfc_6979() {
    for (curve, hash, [private, x, y, r, s]) in RFC_6979 {
        let key = rust_crypto::PrivateKey::from_scalar(curve, &bytes(private)).unwrap();
        let point = [vec![4], bytes(x), bytes(y)].concat();
        assert_eq!(key.public_point().unwrap(), point, "{curve:?}");
        let signature = key.sign_digest(hash.hash(b"sample").expose()).unwrap();
        assert_eq!(signature, [bytes(r), bytes(s)].concat(), "{curve:?}");
    }
}

#[test]
fn long_digests_that_differ_in_the_dropped_bits_only_have_one_signature_number() {
    let curve = Curve::P521;
    let key = rust_crypto::PrivateKey::generate(curve, random).unwrap();
    let public = rust_crypto::PublicKey::from_point(curve, &key.public_point().unwrap()).unwrap();
    let mut digest = vec![0xa5; 66];
    let signature = key.sign_digest(&digest).unwrap();
    digest[65] ^= 0x7f;
    public.verify_digest(&digest, &signature).unwrap();
    digest[65] ^= 0x80;
    assert!(public.verify_digest(&digest, &signature).is_err());
    // Two numbers never share a nonce, whose trace is r.
    let other = key.sign_digest(&digest).unwrap();
    assert_ne!(other[..66], signature[..66]);
}

macro_rules! engine {
    ($name:ident, $($path:ident)::+) => {
        mod $name {
            use super::*;
            use $($path)::+::{PrivateKey, PublicKey};

            #[test]
            fn the_signatures_of_rfc_6979_verify() {
                for (curve, hash, [private, x, y, r, s]) in RFC_6979 {
                    let key = PrivateKey::from_scalar(curve, &bytes(private)).unwrap();
                    let point = [vec![4], bytes(x), bytes(y)].concat();
                    assert_eq!(key.public_point().unwrap(), point, "{curve:?}");
                    assert!(key.scalar().unwrap().ct_eq(&bytes(private)), "{curve:?}");
                    let public = PublicKey::from_point(curve, &point).unwrap();
                    let digest = hash.hash(b"sample");
                    let signature = [bytes(r), bytes(s)].concat();
                    public.verify_digest(digest.expose(), &signature).unwrap();
                    let mut bad = signature.clone();
                    bad[0] ^= 1;
                    assert!(public.verify_digest(digest.expose(), &bad).is_err());
                    // 0 and n are no r or s.
                    let zeros = vec![0; signature.len()];
                    assert!(public.verify_digest(digest.expose(), &zeros).is_err());
                    let orders = curve.order().repeat(2);
                    assert!(public.verify_digest(digest.expose(), &orders).is_err());
                }
            }

            #[test]
            fn a_point_may_be_compressed_or_hybrid_but_must_be_on_the_curve() {
                for (curve, _, [_, x, y, ..]) in RFC_6979 {
                    let (x, y) = (bytes(x), bytes(y));
                    let odd = y.last().unwrap() & 1;
                    let plain = [&[4][..], &x, &y].concat();
                    let compressed = [&[2 + odd][..], &x].concat();
                    let hybrid = [&[6 + odd][..], &x, &y].concat();
                    for good in [&plain, &compressed, &hybrid] {
                        let key = PublicKey::from_point(curve, good).unwrap();
                        assert_eq!(key.point(), plain, "{curve:?}");
                    }
                    let mut off = plain.clone();
                    *off.last_mut().unwrap() ^= 1;
                    let wrong_hybrid = [&[7 - odd][..], &x, &y].concat();
                    let own = PrivateKey::from_scalar(curve, &[5]).unwrap();
                    let bad: [&[u8]; 8] = [
                        &[], &[0], &[4], &plain[1..], &off, &wrong_hybrid, &compressed[..5],
                        &[&plain[..], &[0]].concat(),
                    ];
                    for bad in bad {
                        assert!(PublicKey::from_point(curve, bad).is_err(), "{curve:?} {bad:02x?}");
                        assert!(own.ecdh(bad).is_err(), "{curve:?} {bad:02x?}");
                    }
                }
            }

            #[test]
            fn a_key_is_shared_by_threads() {
                let key = PrivateKey::generate(Curve::P256, random).unwrap();
                let point = key.public_point().unwrap();
                let public = PublicKey::from_point(Curve::P256, &point).unwrap();
                std::thread::scope(|scope| {
                    for number in 0..4u8 {
                        let (key, public) = (&key, &public);
                        scope.spawn(move || {
                            for round in 0..50u8 {
                                let digest = [number ^ round; 32];
                                let signature = key.sign_digest(&digest).unwrap();
                                public.verify_digest(&digest, &signature).unwrap();
                            }
                        });
                    }
                });
            }
        }
    };
}

#[cfg(feature = "aws-lc")]
engine!(aws_lc, keystead::crypto::aws_lc::ec);
engine!(rust, keystead::crypto::rust_crypto::ec);

#[cfg(feature = "aws-lc")]
mod both {
    use super::*;
    use keystead::crypto::aws_lc::ec as aws_lc;
    use keystead::crypto::{aws_lc as aws, rust_crypto as rust};

    #[test]
    fn the_engines_agree_on_every_curve_that_both_have() {
        let both = Curve::ALL.iter().copied();
        for curve in both.filter(|curve| aws_lc::has(*curve)) {
            for round in 0..20u8 {
                let ours = aws_lc::PrivateKey::generate(curve, random).unwrap();
                let scalar = ours.scalar().unwrap();
                let theirs = rust_crypto::PrivateKey::from_scalar(curve, scalar.expose()).unwrap();
                let point = ours.public_point().unwrap();
                assert_eq!(point, theirs.public_point().unwrap());
                let our_public = aws_lc::PublicKey::from_point(curve, &point).unwrap();
                let their_public = rust_crypto::PublicKey::from_point(curve, &point).unwrap();
                for len in DIGEST_LENS {
                    let mut digest = vec![0; len];
                    random(&mut digest).unwrap();
                    digest[0] |= round;
                    let what = format!("{curve:?} {}", hex::encode(&digest));
                    let by_ours = ours.sign_digest(&digest).unwrap();
                    let by_theirs = theirs.sign_digest(&digest).unwrap();
                    assert_eq!(by_ours.len(), curve.signature_len());
                    assert!(
                        their_public.verify_digest(&digest, &by_ours).is_ok(),
                        "{what}"
                    );
                    assert!(
                        our_public.verify_digest(&digest, &by_theirs).is_ok(),
                        "{what}"
                    );
                    digest[0] ^= 1;
                    assert!(
                        their_public.verify_digest(&digest, &by_ours).is_err(),
                        "{what}"
                    );
                    assert!(
                        our_public.verify_digest(&digest, &by_theirs).is_err(),
                        "{what}"
                    );
                }
                let peer = aws_lc::PrivateKey::generate(curve, random).unwrap();
                let peer = peer.public_point().unwrap();
                let shared = ours.ecdh(&peer).unwrap();
                assert!(theirs.ecdh(&peer).unwrap().ct_eq(shared.expose()));
                assert_eq!(shared.len(), curve.field_len());
            }
        }
    }

    #[test]
    fn the_engines_agree_on_25519() {
        for len in 0..100usize {
            let ours = aws::edwards::PrivateKey::generate(random).unwrap();
            let theirs = rust::edwards::PrivateKey::from_seed(ours.seed().expose()).unwrap();
            assert_eq!(ours.public_point(), theirs.public_point());
            let message = vec![0x5a; len];
            assert_eq!(ours.sign(&message).unwrap(), theirs.sign(&message).unwrap());

            let ours = aws::montgomery::PrivateKey::generate(random).unwrap();
            let theirs = rust::montgomery::PrivateKey::from_scalar(ours.scalar().expose()).unwrap();
            assert_eq!(ours.public_point(), theirs.public_point());
            let peer = aws::montgomery::PrivateKey::generate(random).unwrap();
            let shared = ours.agree(&peer.public_point()).unwrap();
            assert!(
                theirs
                    .agree(&peer.public_point())
                    .unwrap()
                    .ct_eq(shared.expose())
            );
        }
    }
}
