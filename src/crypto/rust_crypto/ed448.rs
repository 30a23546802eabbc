// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ed448 by the crate `ed448-goldilocks`: RFC 8032, section 5.2.

use ed448_goldilocks::{PreHash, Signature, SigningKey, VerifyingKey};
use sha3::Shake256;
use sha3::digest::{ExtendableOutput as _, Update as _, XofReader as _};

use crate::crypto::edwards::Scheme;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Bytes of a seed, which is the private key.
pub const SEED_LEN: usize = 57;
/// Bytes of an encoded point, which is the public key.
pub const POINT_LEN: usize = 57;
/// Bytes of a signature.
pub const SIGNATURE_LEN: usize = 114;
/// Bytes of the digest that Ed448ph signs (SHAKE256).
const PREHASH_LEN: usize = 64;

/// The digest of a message that is there as a whole.
struct Digest([u8; PREHASH_LEN]);

impl Digest {
    fn of(message: &[u8]) -> Self {
        let mut hasher = Shake256::default();
        hasher.update(message);
        let mut digest = [0; PREHASH_LEN];
        hasher.finalize_xof().read(&mut digest);
        Self(digest)
    }
}

impl PreHash for Digest {
    fn fill_bytes(&mut self, out: &mut [u8]) {
        out.iter_mut().zip(self.0).for_each(|(to, from)| *to = from);
    }
}

/// A private key.
pub struct PrivateKey(Box<SigningKey>);

impl PrivateKey {
    /// Makes a key from random bytes of `fill`.
    ///
    /// # Errors
    /// Whatever `fill` returns.
    pub fn generate(fill: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<Self> {
        Self::from_seed(SecretBytes::try_init(SEED_LEN, fill)?.expose())
    }

    /// Takes the 57 bytes of a seed.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when there are not 57.
    pub fn from_seed(seed: &[u8]) -> Result<Self> {
        SigningKey::try_from(seed)
            .map(|key| Self(Box::new(key)))
            .map_err(|_| key_len(seed.len()))
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> SecretBytes {
        SecretBytes::from_slice(self.0.as_bytes())
    }

    /// The public point, encoded.
    #[must_use]
    pub fn public_point(&self) -> [u8; POINT_LEN] {
        let mut point = [0; POINT_LEN];
        point.copy_from_slice(self.0.verifying_key().as_bytes());
        point
    }

    /// Signs a message.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID` when the context is longer than 255 bytes.
    pub fn sign(&self, scheme: Scheme<'_>, message: &[u8]) -> Result<[u8; SIGNATURE_LEN]> {
        scheme.check()?;
        let signature = match scheme {
            Scheme::Pure => self.0.sign_ctx(&[], message),
            Scheme::Context(context) => self.0.sign_ctx(context, message),
            Scheme::Prehashed(context) => self.0.sign_prehashed(Some(context), Digest::of(message)),
        };
        signature
            .map(|signature| signature.to_bytes())
            .map_err(|_| Error::FunctionFailed("the engine failed to sign with Ed448".into()))
    }
}

impl core::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PrivateKey(Ed448)")
    }
}

/// A public key.
#[derive(Debug)]
pub struct PublicKey {
    key: VerifyingKey,
    point: [u8; POINT_LEN],
}

impl PublicKey {
    /// Takes the 57 bytes of an encoded point.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when there are not 57; `CKR_PUBLIC_KEY_INVALID` when they
    /// encode no point.
    pub fn from_point(bytes: &[u8]) -> Result<Self> {
        let point: [u8; POINT_LEN] = bytes.try_into().map_err(|_| key_len(bytes.len()))?;
        if !is_canonical(&point) {
            return Err(Error::PublicKeyInvalid(
                "the bytes encode no y coordinate below the prime".into(),
            ));
        }
        VerifyingKey::from_bytes(&point)
            .map(|key| Self { key, point })
            .map_err(|_| Error::PublicKeyInvalid("the bytes encode no point of edwards448".into()))
    }

    /// The encoded point.
    #[must_use]
    pub const fn point(&self) -> &[u8; POINT_LEN] {
        &self.point
    }

    /// Verifies the signature of a message.
    ///
    /// # Errors
    /// `CKR_SIGNATURE_LEN_RANGE`, `CKR_SIGNATURE_INVALID`; `CKR_MECHANISM_PARAM_INVALID` when the
    /// context is longer than 255 bytes.
    pub fn verify(&self, scheme: Scheme<'_>, message: &[u8], signature: &[u8]) -> Result<()> {
        scheme.check()?;
        if signature.len() != SIGNATURE_LEN {
            return Err(Error::SignatureLenRange(
                "an Ed448 signature has 114 bytes (\"EC Signatures\")".into(),
            ));
        }
        let r = signature.first_chunk::<POINT_LEN>();
        if !r.is_some_and(is_canonical) {
            return Err(Error::SignatureInvalid(
                "the Ed448 signature does not start with a point".into(),
            ));
        }
        let verified = Signature::try_from(signature).and_then(|signature| match scheme {
            Scheme::Pure => self.key.verify_ctx(&signature, &[], message),
            Scheme::Context(context) => self.key.verify_ctx(&signature, context, message),
            Scheme::Prehashed(context) => {
                self.key
                    .verify_prehashed(&signature, Some(context), Digest::of(message))
            }
        });
        verified.map_err(|_| {
            Error::SignatureInvalid(
                "the Ed448 signature does not fit the message and the key".into(),
            )
        })
    }
}

/// Whether the encoded y coordinate is below 2^448 - 2^224 - 1 and no bit but the sign of x stands
/// above it (RFC 8032, section 5.2.3); the engine does not ask for that.
fn is_canonical(point: &[u8; POINT_LEN]) -> bool {
    let [y @ .., sign] = point;
    let (low, high) = y.split_at(POINT_LEN / 2);
    let [least, rest @ ..] = high else {
        return false;
    };
    let are_set = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0xff);
    let is_too_large = are_set(rest) && (*least == 0xff || (*least == 0xfe && are_set(low)));
    sign & 0x7f == 0 && !is_too_large
}

fn key_len(len: usize) -> Error {
    Error::AttributeValueInvalid(format!("an Ed448 key has {SEED_LEN} bytes, not {len}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_y_coordinate_is_below_the_prime() {
        let mut prime = [0xff; POINT_LEN];
        prime[28] = 0xfe;
        prime[56] = 0;
        assert!(!is_canonical(&prime));
        prime[0] = 0xfe;
        assert!(is_canonical(&prime));
        prime[28] = 0xff;
        assert!(!is_canonical(&prime));
        prime[28] = 0xfd;
        assert!(is_canonical(&prime));
        prime[56] = 0x80;
        assert!(is_canonical(&prime));
        prime[56] = 0x81;
        assert!(!is_canonical(&prime));
    }
}
