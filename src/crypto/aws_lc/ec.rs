// SPDX-License-Identifier: MIT OR Apache-2.0
//! The NIST curves and secp256k1 by AWS-LC: FIPS 186-5 (ECDSA) and SP 800-56A (ECDH).

use core::ffi::c_int;
use core::ptr::{NonNull, null, null_mut};

use aws_lc_sys as sys;

use crate::crypto::ec::Curve;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// A private key, parsed once; its engine form is only read after that.
pub struct PrivateKey {
    curve: Curve,
    key: Key,
}

impl PrivateKey {
    /// Makes a key from random bytes of `fill`.
    ///
    /// # Errors
    /// Whatever `fill` returns; `CKR_DEVICE_ERROR`, `CKR_HOST_MEMORY`
    pub fn generate(curve: Curve, fill: impl FnMut(&mut [u8]) -> Result<()>) -> Result<Self> {
        Self::from_scalar(curve, curve.random_scalar(fill)?.expose())
    }

    /// Takes the private value, a big integer of any length.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when it is not in 1 to n - 1; `CKR_HOST_MEMORY`
    pub fn from_scalar(curve: Curve, scalar: &[u8]) -> Result<Self> {
        let scalar = curve.scalar(scalar)?;
        let key = Key::new(curve)?;
        let number = Number::new(scalar.expose())?;
        // SAFETY: both pointers come from their owners above, and AWS-LC copies the number.
        let done = unsafe { sys::EC_KEY_set_private_key(key.as_ptr(), number.as_ptr()) };
        succeeded(done)?;
        Ok(Self { curve, key })
    }

    /// The curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// The private value in the length of the order.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`
    pub fn scalar(&self) -> Result<SecretBytes> {
        SecretBytes::try_init(self.curve.order_len(), |bytes| {
            // SAFETY: the private value lives as long as the key, which `self` owns.
            unsafe { write_padded(self.number(), bytes) }
        })
    }

    /// The public point, uncompressed.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`, `CKR_HOST_MEMORY`
    pub fn public_point(&self) -> Result<Vec<u8>> {
        let point = Point::new(self.curve)?;
        let group = group(self.curve)?;
        // SAFETY: the group is static, point and private value have living owners, NULL means "no
        // second product" and "no context" to AWS-LC.
        let done = unsafe {
            sys::EC_POINT_mul(
                group,
                point.as_ptr(),
                self.number(),
                null(),
                null(),
                null_mut(),
            )
        };
        succeeded(done)?;
        point.uncompressed()
    }

    /// Signs a digest, of which the leftmost bits count: r and s, each as long as the order.
    ///
    /// # Errors
    /// `CKR_FUNCTION_FAILED`
    pub fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>> {
        // SAFETY: the digest's pointer and length belong together; the key is only read.
        let raw = unsafe { sys::ECDSA_do_sign(digest.as_ptr(), digest.len(), self.key.as_ptr()) };
        let signature = Signature(NonNull::new(raw).ok_or_else(failed)?);
        let (mut r, mut s) = (null(), null());
        // SAFETY: the signature has a living owner; r and s stay its property.
        unsafe { sys::ECDSA_SIG_get0(signature.0.as_ptr(), &raw mut r, &raw mut s) };
        let len = self.curve.order_len();
        let mut bytes = vec![0; 2 * len];
        let (r_bytes, s_bytes) = bytes.split_at_mut(len);
        // SAFETY: r lives as long as `signature`.
        unsafe { write_padded(r, r_bytes) }?;
        // SAFETY: s lives as long as `signature`.
        unsafe { write_padded(s, s_bytes) }?;
        Ok(bytes)
    }

    /// The x coordinate of the product with the other side's point, in the length of the field.
    ///
    /// # Errors
    /// `CKR_PUBLIC_KEY_INVALID` when the point is not on the curve or is at infinity.
    pub fn ecdh(&self, peer: &[u8]) -> Result<SecretBytes> {
        let peer = Point::parse(self.curve, peer)?;
        SecretBytes::try_init(self.curve.field_len(), |bytes| {
            // SAFETY: `bytes` has the length given; key and point have living owners and are only
            // read; AWS-LC checks that they are of one curve.
            let written = unsafe {
                sys::ECDH_compute_key(
                    bytes.as_mut_ptr().cast(),
                    bytes.len(),
                    peer.as_ptr(),
                    self.key.as_ptr(),
                    None,
                )
            };
            match usize::try_from(written) {
                Ok(written) if written == bytes.len() => Ok(()),
                _ => Err(failed()),
            }
        })
    }

    /// The private value; property of the key.
    fn number(&self) -> *const sys::BIGNUM {
        // SAFETY: the key has a living owner; the constructor has set the private value.
        unsafe { sys::EC_KEY_get0_private_key(self.key.as_ptr()) }
    }
}

impl core::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PrivateKey({})", self.curve.name())
    }
}

/// A public key, on its curve and not at infinity.
pub struct PublicKey {
    curve: Curve,
    key: Key,
    point: Vec<u8>,
}

impl PublicKey {
    /// Takes a point in uncompressed, compressed or hybrid form.
    ///
    /// # Errors
    /// `CKR_PUBLIC_KEY_INVALID` when it is not on the curve or is at infinity.
    pub fn from_point(curve: Curve, point: &[u8]) -> Result<Self> {
        let parsed = Point::parse(curve, point)?;
        let key = Key::new(curve)?;
        // SAFETY: both have living owners, and AWS-LC copies the point.
        let done = unsafe { sys::EC_KEY_set_public_key(key.as_ptr(), parsed.as_ptr()) };
        succeeded(done)?;
        let point = parsed.uncompressed()?;
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
        let fixed = self.curve.signature(signature)?;
        let (r, s) = fixed.split_at(self.curve.order_len());
        let signature = Signature::new(Number::new(r)?, Number::new(s)?)?;
        // SAFETY: the digest's pointer and length belong together; signature and key are only read.
        let valid = unsafe {
            sys::ECDSA_do_verify(
                digest.as_ptr(),
                digest.len(),
                signature.0.as_ptr(),
                self.key.as_ptr(),
            )
        };
        if valid == 1 {
            return Ok(());
        }
        forget_errors();
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

/// Owns an `EC_KEY`.
struct Key(NonNull<sys::EC_KEY>);

// SAFETY: AWS-LC binds no object to a thread; this is the only pointer to it.
unsafe impl Send for Key {}
// SAFETY: AWS-LC promises that functions with a const key may run at the same time on one key
// (openssl/ec_key.h); a key is written only while it is made, before it is shared.
unsafe impl Sync for Key {}

impl Key {
    fn new(curve: Curve) -> Result<Self> {
        let group = group(curve)?;
        // SAFETY: takes nothing; the result is owned here.
        let raw = unsafe { sys::EC_KEY_new() };
        let key = Self(NonNull::new(raw).ok_or_else(no_memory)?);
        // SAFETY: the key was just made, the group is static.
        let done = unsafe { sys::EC_KEY_set_group(key.as_ptr(), group) };
        succeeded(done)?;
        Ok(key)
    }

    const fn as_ptr(&self) -> *mut sys::EC_KEY {
        self.0.as_ptr()
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        // SAFETY: this is the only owner; AWS-LC wipes what it frees.
        unsafe { sys::EC_KEY_free(self.as_ptr()) }
    }
}

/// Owns an `EC_POINT`.
struct Point {
    curve: Curve,
    raw: NonNull<sys::EC_POINT>,
}

impl Point {
    fn new(curve: Curve) -> Result<Self> {
        let group = group(curve)?;
        // SAFETY: the group is static; the result is owned here.
        let raw = unsafe { sys::EC_POINT_new(group) };
        let raw = NonNull::new(raw).ok_or_else(no_memory)?;
        Ok(Self { curve, raw })
    }

    /// Decodes a point, which AWS-LC checks to be on the curve.
    fn parse(curve: Curve, bytes: &[u8]) -> Result<Self> {
        let point = Self::new(curve)?;
        let group = group(curve)?;
        // SAFETY: pointer and length of `bytes` belong together; the others as in `new`.
        let done = unsafe {
            sys::EC_POINT_oct2point(
                group,
                point.as_ptr(),
                bytes.as_ptr(),
                bytes.len(),
                null_mut(),
            )
        };
        // One byte 0 is the encoding of the point at infinity.
        if done != 1 || bytes.len() == 1 {
            forget_errors();
            return Err(Error::PublicKeyInvalid(
                format!("the point is not one of {}", curve.name()).into(),
            ));
        }
        Ok(point)
    }

    fn uncompressed(&self) -> Result<Vec<u8>> {
        let mut bytes = vec![0; self.curve.point_len()];
        let group = group(self.curve)?;
        // SAFETY: the buffer has the length given; group and point are only read.
        let written = unsafe {
            sys::EC_POINT_point2oct(
                group,
                self.as_ptr(),
                sys::point_conversion_form_t::POINT_CONVERSION_UNCOMPRESSED,
                bytes.as_mut_ptr(),
                bytes.len(),
                null_mut(),
            )
        };
        if written == bytes.len() {
            Ok(bytes)
        } else {
            Err(failed())
        }
    }

    const fn as_ptr(&self) -> *mut sys::EC_POINT {
        self.raw.as_ptr()
    }
}

impl Drop for Point {
    fn drop(&mut self) {
        // SAFETY: this is the only owner.
        unsafe { sys::EC_POINT_free(self.as_ptr()) }
    }
}

/// Owns a `BIGNUM`.
struct Number(NonNull<sys::BIGNUM>);

impl Number {
    fn new(bytes: &[u8]) -> Result<Self> {
        // SAFETY: pointer and length belong together; NULL asks for a new number, owned here.
        let raw = unsafe { sys::BN_bin2bn(bytes.as_ptr(), bytes.len(), null_mut()) };
        NonNull::new(raw).map(Self).ok_or_else(no_memory)
    }

    const fn as_ptr(&self) -> *mut sys::BIGNUM {
        self.0.as_ptr()
    }
}

impl Drop for Number {
    fn drop(&mut self) {
        // SAFETY: this is the only owner.
        unsafe { sys::BN_clear_free(self.as_ptr()) }
    }
}

/// Owns an `ECDSA_SIG`.
struct Signature(NonNull<sys::ECDSA_SIG>);

impl Signature {
    fn new(r: Number, s: Number) -> Result<Self> {
        // SAFETY: takes nothing; the result is owned here.
        let raw = unsafe { sys::ECDSA_SIG_new() };
        let signature = Self(NonNull::new(raw).ok_or_else(no_memory)?);
        let (r, s) = (
            core::mem::ManuallyDrop::new(r),
            core::mem::ManuallyDrop::new(s),
        );
        // SAFETY: the signature takes both numbers over; it cannot fail, as neither is NULL.
        let done = unsafe { sys::ECDSA_SIG_set0(signature.0.as_ptr(), r.as_ptr(), s.as_ptr()) };
        succeeded(done)?;
        Ok(signature)
    }
}

impl Drop for Signature {
    fn drop(&mut self) {
        // SAFETY: this is the only owner.
        unsafe { sys::ECDSA_SIG_free(self.0.as_ptr()) }
    }
}

/// Whether AWS-LC has the curve.
pub const fn has(curve: Curve) -> bool {
    !matches!(curve, Curve::BrainpoolP256r1 | Curve::BrainpoolP384r1)
}

/// The static group of a curve.
fn group(curve: Curve) -> Result<*const sys::EC_GROUP> {
    Ok(match curve {
        // SAFETY: takes nothing, gives a static.
        Curve::P224 => unsafe { sys::EC_group_p224() },
        // SAFETY: takes nothing, gives a static.
        Curve::P256 => unsafe { sys::EC_group_p256() },
        // SAFETY: takes nothing, gives a static.
        Curve::Secp256k1 => unsafe { sys::EC_group_secp256k1() },
        // SAFETY: takes nothing, gives a static.
        Curve::P384 => unsafe { sys::EC_group_p384() },
        // SAFETY: takes nothing, gives a static.
        Curve::P521 => unsafe { sys::EC_group_p521() },
        Curve::BrainpoolP256r1 | Curve::BrainpoolP384r1 => {
            return Err(Error::CurveNotSupported(
                "AWS-LC has no Brainpool curves".into(),
            ));
        }
    })
}

/// Writes a number into the whole of `bytes`.
///
/// # Safety
/// `number` is a living `BIGNUM`.
unsafe fn write_padded(number: *const sys::BIGNUM, bytes: &mut [u8]) -> Result<()> {
    // SAFETY: the caller promises the number; the buffer has the length given.
    let done = unsafe { sys::BN_bn2bin_padded(bytes.as_mut_ptr(), bytes.len(), number) };
    succeeded(done)
}

fn succeeded(done: c_int) -> Result<()> {
    if done == 1 { Ok(()) } else { Err(failed()) }
}

/// A call into AWS-LC that cannot fail on checked input has failed.
fn failed() -> Error {
    forget_errors();
    Error::FunctionFailed("the engine failed on an elliptic curve key".into())
}

fn no_memory() -> Error {
    forget_errors();
    Error::HostMemory("the engine has no memory for an elliptic curve key".into())
}

/// Empties this thread's error queue, which nobody reads.
fn forget_errors() {
    // SAFETY: takes nothing.
    unsafe { sys::ERR_clear_error() }
}
