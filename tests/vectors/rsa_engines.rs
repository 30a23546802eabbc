// SPDX-License-Identifier: MIT OR Apache-2.0
//! Both RSA engines behind one name, and the comparison of one with the other.

use keystead::crypto::digest::HashFunction;
use keystead::crypto::rsa::oaep::Oaep;
use keystead::crypto::rsa::pss::Pss;
use keystead::crypto::rsa::{
    Components, Fill, Mgf1, PrivateOperation, PublicOperation, pkcs1, raw,
};
use keystead::crypto::rust_crypto;
use keystead::error::{Error, Result};

/// One engine.
pub(crate) trait Engine {
    type Private: PrivateOperation;
    type Public: PublicOperation;

    fn private(components: &Components) -> Result<Self::Private>;
    fn public(n: &[u8], e: &[u8]) -> Result<Self::Public>;
    fn generate(bits: usize, e: &[u8]) -> Result<Components>;
}

pub(crate) struct RustCrypto;

impl Engine for RustCrypto {
    type Private = rust_crypto::rsa::PrivateKey;
    type Public = rust_crypto::rsa::PublicKey;

    fn private(components: &Components) -> Result<Self::Private> {
        Self::Private::from_components(components)
    }

    fn public(n: &[u8], e: &[u8]) -> Result<Self::Public> {
        Self::Public::from_components(n, e)
    }

    fn generate(bits: usize, e: &[u8]) -> Result<Components> {
        Self::Private::generate(bits, e)?.components()
    }
}

#[cfg(feature = "aws-lc")]
pub(crate) struct AwsLc;

#[cfg(feature = "aws-lc")]
impl Engine for AwsLc {
    type Private = keystead::crypto::aws_lc::rsa::PrivateKey;
    type Public = keystead::crypto::aws_lc::rsa::PublicKey;

    fn private(components: &Components) -> Result<Self::Private> {
        Self::Private::from_components(components)
    }

    fn public(n: &[u8], e: &[u8]) -> Result<Self::Public> {
        Self::Public::from_components(n, e)
    }

    fn generate(bits: usize, e: &[u8]) -> Result<Components> {
        Self::Private::generate(bits, e)?.components()
    }
}

/// Randomness for paddings.
pub(crate) const FILL: Fill<'static> =
    &|bytes| getrandom::fill(bytes).map_err(|_| Error::DeviceError("no randomness".into()));

/// Messages of all lengths around the limits.
fn messages(max: usize) -> Vec<Vec<u8>> {
    [0, 1, 20, 32, max - 1, max]
        .into_iter()
        .map(|len| {
            let mut message = vec![0; len];
            getrandom::fill(&mut message).unwrap();
            message
        })
        .collect()
}

/// What `A` makes with a key, `B` must be able to undo, and where nothing is random both must make
/// the same.
fn compare<A: Engine, B: Engine>(components: &Components) {
    let (n, e) = (&components.n, &components.e);
    let (a, b) = (
        A::private(components).unwrap(),
        B::private(components).unwrap(),
    );
    let (a_public, b_public) = (A::public(n, e).unwrap(), B::public(n, e).unwrap());
    let len = a.modulus_len();
    assert_eq!(len, n.len());
    for message in messages(len - 11) {
        let signature = pkcs1::sign(&a, &message).unwrap();
        assert!(signature.ct_eq(pkcs1::sign(&b, &message).unwrap().expose()));
        pkcs1::verify(&b_public, &message, signature.expose()).unwrap();
        let recovered = pkcs1::recover(&b_public, signature.expose()).unwrap();
        assert!(recovered.ct_eq(&message));
        let sealed = pkcs1::encrypt(&a_public, FILL, &message).unwrap();
        assert!(pkcs1::decrypt(&b, sealed.expose()).unwrap().ct_eq(&message));
    }
    for hash in [HashFunction::Sha1, HashFunction::Sha256] {
        let oaep = Oaep::new(hash, Mgf1(HashFunction::Sha1), b"label");
        for message in messages(oaep.capacity(len).unwrap()) {
            let sealed = oaep.encrypt(&a_public, FILL, &message).unwrap();
            assert!(oaep.decrypt(&b, sealed.expose()).unwrap().ct_eq(&message));
        }
        for salt_len in [
            0,
            hash.len(),
            (a.modulus_bits() - 1).div_ceil(8) - hash.len() - 2,
        ] {
            let pss = Pss {
                hash,
                mgf: Mgf1(HashFunction::Sha256),
                salt_len,
            };
            let digest = hash.hash(b"message");
            let signature = pss.sign(&a, FILL, digest.expose()).unwrap();
            pss.verify(&b_public, digest.expose(), signature.expose())
                .unwrap();
        }
    }
    for _ in 0..8 {
        let mut number = vec![0; len];
        getrandom::fill(&mut number[1..]).unwrap();
        let image = raw::decrypt(&a, &number).unwrap();
        assert!(image.ct_eq(raw::decrypt(&b, &number).unwrap().expose()));
        assert!(
            raw::recover(&b_public, image.expose())
                .unwrap()
                .ct_eq(&number)
        );
    }
    for small in [0u8, 1] {
        assert!(matches!(
            raw::sign(&a, &[small]),
            Err(Error::DataInvalid(_))
        ));
        assert!(matches!(
            raw::sign(&b, &[small]),
            Err(Error::DataInvalid(_))
        ));
    }
    assert!(matches!(
        raw::decrypt(&a, n),
        Err(Error::EncryptedDataInvalid(_))
    ));
    assert!(matches!(
        raw::verify(&a_public, b"x", n),
        Err(Error::SignatureInvalid(_))
    ));
}

#[test]
fn a_generated_key_works_with_itself() {
    compare::<RustCrypto, RustCrypto>(&RustCrypto::generate(1024, &[1, 0, 1]).unwrap());
}

#[cfg(feature = "aws-lc")]
#[test]
fn the_engines_agree_on_each_others_keys() {
    for (bits, e) in [(1024, &[3][..]), (1152, &[1, 0, 1]), (2048, &[1, 0, 1])] {
        let components = AwsLc::generate(bits, e).unwrap();
        compare::<AwsLc, RustCrypto>(&components);
        compare::<RustCrypto, AwsLc>(&components);
        let components = RustCrypto::generate(bits, e).unwrap();
        compare::<AwsLc, RustCrypto>(&components);
        compare::<RustCrypto, AwsLc>(&components);
    }
}

/// Randomness for keys of lengths that the token does not generate.
struct System;

impl rand_core::TryRng for System {
    type Error = getrandom::Error;

    fn try_next_u32(&mut self) -> core::result::Result<u32, Self::Error> {
        getrandom::u32()
    }

    fn try_next_u64(&mut self) -> core::result::Result<u64, Self::Error> {
        getrandom::u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> core::result::Result<(), Self::Error> {
        getrandom::fill(bytes)
    }
}

impl rand_core::TryCryptoRng for System {}

/// A key of any length, completed from its three numbers.
fn odd_key(bits: usize) -> Components {
    use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
    let key = rsa::PrivateKey::new(&mut System, bits).unwrap();
    let d = key.d().to_be_bytes_trimmed_vartime();
    Components {
        n: key.n_bytes().into_vec(),
        e: key.e_bytes().into_vec(),
        d: keystead::secret::SecretBytes::from_slice(&d),
        crt: None,
    }
}

#[test]
fn keys_of_odd_lengths_work() {
    // One bit more than whole bytes makes the block of PSS a byte shorter than the modulus.
    for bits in [1025, 1031, 1032, 1100] {
        let components = odd_key(bits);
        compare::<RustCrypto, RustCrypto>(&components);
        #[cfg(feature = "aws-lc")]
        compare::<AwsLc, RustCrypto>(&components);
        #[cfg(feature = "aws-lc")]
        compare::<RustCrypto, AwsLc>(&components);
    }
}

fn one_key_serves_many_threads<E: Engine>()
where
    E::Private: Sync,
    E::Public: Sync,
{
    let components = E::generate(1024, &[1, 0, 1]).unwrap();
    let key = E::private(&components).unwrap();
    let public = E::public(&components.n, &components.e).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4u8 {
            let (key, public) = (&key, &public);
            scope.spawn(move || {
                for round in 0..20u8 {
                    let data = [thread, round];
                    let signature = pkcs1::sign(key, &data).unwrap();
                    pkcs1::verify(public, &data, signature.expose()).unwrap();
                }
            });
        }
    });
}

#[test]
fn one_key_of_rust_crypto_serves_many_threads() {
    one_key_serves_many_threads::<RustCrypto>();
}

#[cfg(feature = "aws-lc")]
#[test]
fn one_key_of_aws_lc_serves_many_threads() {
    one_key_serves_many_threads::<AwsLc>();
}
