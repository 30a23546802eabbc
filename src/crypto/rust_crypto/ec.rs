// SPDX-License-Identifier: MIT OR Apache-2.0
//! The curves by the crates `p224`, `p256`, `k256`, `bp256`, `p384`, `bp384` and `p521`:
//! FIPS 186-5 (ECDSA), RFC 6979 (its nonce) and SP 800-56A (ECDH).

use ecdsa::Signature;
use ecdsa::hazmat::{sign_prehashed_rfc6979, verify_prehashed};
use elliptic_curve::sec1::ToSec1Point as _;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use crate::crypto::ec::Curve;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Makes the two key enums and their dispatch from one list of curves.
macro_rules! curves {
    ($($curve:ident: $params:path, $hash:ty;)+) => {
        enum Secret {
            $($curve(Box<elliptic_curve::SecretKey<$params>>),)+
        }

        enum Public {
            $($curve(Box<elliptic_curve::PublicKey<$params>>),)+
        }

        impl Secret {
            fn parse(curve: Curve, scalar: &[u8]) -> Result<Self> {
                match curve {
                    $(Curve::$curve => elliptic_curve::SecretKey::<$params>::from_slice(scalar)
                        .map(|key| Self::$curve(Box::new(key)))
                        .map_err(|_| failed()),)+
                }
            }

            fn curve(&self) -> Curve {
                match self {
                    $(Self::$curve(_) => Curve::$curve,)+
                }
            }

            fn scalar(&self) -> SecretBytes {
                match self {
                    $(Self::$curve(key) => {
                        let bytes = zeroize::Zeroizing::new(key.to_bytes());
                        SecretBytes::from_slice(&bytes)
                    })+
                }
            }

            fn public_point(&self) -> Vec<u8> {
                match self {
                    $(Self::$curve(key) => {
                        let point = key.public_key().to_sec1_point(false);
                        point.as_bytes().to_vec()
                    })+
                }
            }

            fn sign(&self, number: &[u8], extra: &[u8]) -> Vec<u8> {
                match self {
                    $(Self::$curve(key) => {
                        let scalar = zeroize::Zeroizing::new(key.to_nonzero_scalar());
                        let (signature, _) = sign_prehashed_rfc6979::<$params, $hash>(
                            &scalar, number, extra,
                        );
                        signature.to_bytes().to_vec()
                    })+
                }
            }

            fn ecdh(&self, peer: &[u8]) -> Result<SecretBytes> {
                match self {
                    $(Self::$curve(key) => {
                        let peer = elliptic_curve::PublicKey::<$params>::from_sec1_bytes(peer)
                            .map_err(|_| not_a_point(Curve::$curve))?;
                        Ok(SecretBytes::from_slice(key.diffie_hellman(&peer).raw_secret_bytes()))
                    })+
                }
            }
        }

        impl Public {
            fn parse(curve: Curve, point: &[u8]) -> Result<Self> {
                match curve {
                    $(Curve::$curve => elliptic_curve::PublicKey::<$params>::from_sec1_bytes(point)
                        .map(|key| Self::$curve(Box::new(key)))
                        .map_err(|_| not_a_point(curve)),)+
                }
            }

            fn point(&self) -> Vec<u8> {
                match self {
                    $(Self::$curve(key) => key.to_sec1_point(false).as_bytes().to_vec(),)+
                }
            }

            fn verify(&self, number: &[u8], signature: &[u8]) -> bool {
                match self {
                    $(Self::$curve(key) => Signature::<$params>::from_slice(signature)
                        .is_ok_and(|signature| {
                            // `k256` takes the smaller of s and n - s only; both are valid.
                            let signature = signature.normalize_s();
                            verify_prehashed(&key.to_projective(), number, &signature).is_ok()
                        }),)+
                }
            }
        }
    };
}

curves! {
    P224: p224::NistP224, Sha224;
    P256: p256::NistP256, Sha256;
    Secp256k1: k256::Secp256k1, Sha256;
    BrainpoolP256r1: bp256::BrainpoolP256r1, Sha256;
    P384: p384::NistP384, Sha384;
    BrainpoolP384r1: bp384::BrainpoolP384r1, Sha384;
    P521: p521::NistP521, Sha512;
}

/// A private key, parsed once.
pub struct PrivateKey(Secret);

impl PrivateKey {
    /// Makes a key from random bytes of `fill`.
    ///
    /// # Errors
    /// Whatever `fill` returns; `CKR_DEVICE_ERROR`
    pub fn generate(curve: Curve, fill: impl FnMut(&mut [u8]) -> Result<()>) -> Result<Self> {
        Self::from_scalar(curve, curve.random_scalar(fill)?.expose())
    }

    /// Takes the private value, a big integer of any length.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when it is not in 1 to n - 1.
    pub fn from_scalar(curve: Curve, scalar: &[u8]) -> Result<Self> {
        Secret::parse(curve, curve.scalar(scalar)?.expose()).map(Self)
    }

    /// The curve.
    #[must_use]
    pub fn curve(&self) -> Curve {
        self.0.curve()
    }

    /// The private value in the length of the order.
    ///
    /// # Errors
    /// None in this engine.
    pub fn scalar(&self) -> Result<SecretBytes> {
        Ok(self.0.scalar())
    }

    /// The public point, uncompressed.
    ///
    /// # Errors
    /// None in this engine.
    pub fn public_point(&self) -> Result<Vec<u8>> {
        Ok(self.0.public_point())
    }

    /// Signs a digest, of which the leftmost bits count: r and s, each as long as the order.
    ///
    /// # Errors
    /// None in this engine.
    pub fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>> {
        let curve = self.curve();
        let number = curve.leftmost_bits(digest);
        // Where the order ends within a byte, the nonce's generator drops the bits that have no
        // place in it once more, so two numbers could share a nonce; the digest as additional data
        // (RFC 6979, 3.6) keeps them apart.
        let is_shifted = number.len() == curve.order_len() && !curve.order_bits().is_multiple_of(8);
        let extra = if is_shifted { digest } else { &[] };
        Ok(self.0.sign(&number, extra))
    }

    /// The x coordinate of the product with the other side's point, in the length of the field.
    ///
    /// # Errors
    /// `CKR_PUBLIC_KEY_INVALID` when the point is not on the curve or is at infinity.
    pub fn ecdh(&self, peer: &[u8]) -> Result<SecretBytes> {
        self.0.ecdh(&without_hybrid(self.curve(), peer)?)
    }
}

impl core::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PrivateKey({})", self.curve().name())
    }
}

/// A public key, on its curve and not at infinity.
pub struct PublicKey {
    curve: Curve,
    key: Public,
    point: Vec<u8>,
}

impl PublicKey {
    /// Takes a point in uncompressed, compressed or hybrid form.
    ///
    /// # Errors
    /// `CKR_PUBLIC_KEY_INVALID` when it is not on the curve or is at infinity.
    pub fn from_point(curve: Curve, point: &[u8]) -> Result<Self> {
        let key = Public::parse(curve, &without_hybrid(curve, point)?)?;
        let point = key.point();
        Ok(Self { curve, key, point })
    }

    /// The curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// The point, uncompressed.
    #[must_use]
    pub fn point(&self) -> &[u8] {
        &self.point
    }

    /// Verifies r and s over a digest, of which the leftmost bits count.
    ///
    /// # Errors
    /// `CKR_SIGNATURE_INVALID`; `CKR_SIGNATURE_LEN_RANGE` when r and s are longer than two orders.
    pub fn verify_digest(&self, digest: &[u8], signature: &[u8]) -> Result<()> {
        let signature = self.curve.signature(signature)?;
        if self
            .key
            .verify(&self.curve.leftmost_bits(digest), &signature)
        {
            return Ok(());
        }
        Err(Error::SignatureInvalid(
            "the ECDSA signature does not fit the digest and the key".into(),
        ))
    }
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PublicKey({})", self.curve.name())
    }
}

/// Turns the hybrid form (X9.62, 4.3.6: 6 or 7 by the parity of y, then x and y) into the
/// uncompressed one, as the engine does not read it. Any other form stays.
fn without_hybrid(curve: Curve, point: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = point.to_vec();
    let odd = bytes.last().is_some_and(|last| last & 1 == 1);
    if let Some(form @ (6 | 7)) = bytes.first_mut() {
        if (*form == 7) != odd {
            return Err(not_a_point(curve));
        }
        *form = 4;
    }
    Ok(bytes)
}

fn not_a_point(curve: Curve) -> Error {
    Error::PublicKeyInvalid(format!("the point is not one of {}", curve.name()).into())
}

fn failed() -> Error {
    Error::FunctionFailed("the engine failed on an elliptic curve key".into())
}
