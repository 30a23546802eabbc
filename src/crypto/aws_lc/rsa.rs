// SPDX-License-Identifier: MIT OR Apache-2.0
//! RSA keys and the raw operation with AWS-LC: RFC 8017, sections 3 and 5.

use core::ptr::{NonNull, null_mut};

use aws_lc_sys::{
    BIGNUM, BN_bn2bin_padded, BN_num_bytes, ERR_clear_error, RSA, RSA_NO_PADDING, RSA_decrypt,
    RSA_free, RSA_generate_key_ex, RSA_get0_d, RSA_get0_dmp1, RSA_get0_dmq1, RSA_get0_e,
    RSA_get0_iqmp, RSA_get0_n, RSA_get0_p, RSA_get0_q, RSA_new, RSA_new_private_key,
    RSA_new_public_key, RSA_verify_raw,
};

use super::number::Number;
use crate::crypto::rsa::{
    Components, Crt, PrivateOperation, PublicOperation, check_generation, check_private,
    check_public, is_between_one_and_last, strip,
};
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

fn malformed() -> Error {
    // SAFETY: clears the calling thread's own error queue, which nobody reads.
    unsafe { ERR_clear_error() };
    Error::AttributeValueInvalid("the numbers do not make an RSA key".into())
}

fn device() -> Error {
    // SAFETY: as above.
    unsafe { ERR_clear_error() };
    Error::DeviceError("the RSA operation failed".into())
}

/// An owned key.
struct Handle(NonNull<RSA>);

// SAFETY: AWS-LC guards a key's lazily made parts (Montgomery values, blinding) with locks of its
// own, and nothing changes a key after it is made; openssl/rsa.h allows concurrent use of a key
// that is not modified.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

impl Handle {
    fn new(key: *mut RSA) -> Option<Self> {
        NonNull::new(key).map(Self)
    }

    const fn as_ptr(&self) -> *mut RSA {
        self.0.as_ptr()
    }

    /// Copies one of the key's numbers; `None` when the key does not have it.
    fn number(&self, get: Get) -> Option<SecretBytes> {
        // SAFETY: the key lives, and `get` only reads it.
        let number = unsafe { get(self.as_ptr()) };
        if number.is_null() {
            return None;
        }
        // SAFETY: the number belongs to the key, which lives.
        let len = usize::try_from(unsafe { BN_num_bytes(number) }).ok()?;
        SecretBytes::try_init(len, |out| {
            // SAFETY: as above; exactly `out.len()` bytes of a live slice are written.
            match unsafe { BN_bn2bin_padded(out.as_mut_ptr(), out.len(), number) } {
                1 => Ok(()),
                _ => Err(()),
            }
        })
        .ok()
    }
}

/// The C functions that show a number of a key without giving it away.
type Get = unsafe extern "C" fn(*const RSA) -> *const BIGNUM;

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the key is owned, and freed here only; freeing wipes its numbers.
        unsafe { RSA_free(self.0.as_ptr()) };
    }
}

/// A private key.
pub struct PrivateKey {
    key: Handle,
    n: Vec<u8>,
    bits: usize,
}

/// A public key.
pub struct PublicKey {
    key: Handle,
    n: Vec<u8>,
    bits: usize,
}

impl core::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PrivateKey({} bits)", self.bits)
    }
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PublicKey({} bits)", self.bits)
    }
}

/// The C functions that map `k` bytes to `k` bytes.
type Raw = unsafe extern "C" fn(
    *mut RSA,
    *mut usize,
    *mut u8,
    usize,
    *const u8,
    usize,
    core::ffi::c_int,
) -> core::ffi::c_int;

fn run(function: Raw, key: &Handle, input: &[u8]) -> Result<SecretBytes> {
    SecretBytes::try_init(input.len(), |out| {
        let mut written = 0;
        // SAFETY: the key lives; both slices live and are passed with their lengths; the key is not
        // modified.
        let done = unsafe {
            function(
                key.as_ptr(),
                &raw mut written,
                out.as_mut_ptr(),
                out.len(),
                input.as_ptr(),
                input.len(),
                RSA_NO_PADDING,
            )
        };
        if done == 1 && written == out.len() {
            Ok(())
        } else {
            Err(device())
        }
    })
}

fn check_len(input: &[u8], n: &[u8]) -> Result<()> {
    if input.len() == n.len() {
        return Ok(());
    }
    Err(Error::DataLenRange(
        "the input does not have the length of the modulus".into(),
    ))
}

impl PrivateKey {
    /// Takes a key from its numbers; missing primes are recovered.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn from_components(components: &Components) -> Result<Self> {
        let n = strip(&components.n);
        let bits = check_public(n, &components.e)?;
        check_private(n, components.d.expose())?;
        let recovered;
        let crt = if let Some(crt) = &components.crt {
            crt
        } else {
            recovered = Crt::recover(n, &components.e, components.d.expose())?;
            &recovered
        };
        let (modulus, e) = (Number::new(n)?, Number::new(&components.e)?);
        let d = Number::new(components.d.expose())?;
        let (p, q) = (Number::new(crt.p.expose())?, Number::new(crt.q.expose())?);
        let (dp, dq) = (Number::new(crt.dp.expose())?, Number::new(crt.dq.expose())?);
        let qinv = Number::new(crt.qinv.expose())?;
        // SAFETY: all numbers live through the call, which copies them, and checks them with
        // RSA_check_key.
        let key = unsafe {
            RSA_new_private_key(
                modulus.as_ptr(),
                e.as_ptr(),
                d.as_ptr(),
                p.as_ptr(),
                q.as_ptr(),
                dp.as_ptr(),
                dq.as_ptr(),
                qinv.as_ptr(),
            )
        };
        Ok(Self {
            key: Handle::new(key).ok_or_else(malformed)?,
            n: n.to_vec(),
            bits,
        })
    }

    /// Makes a fresh key.
    ///
    /// # Errors
    /// `CKR_KEY_SIZE_RANGE`, `CKR_TEMPLATE_INCONSISTENT`, `CKR_DEVICE_ERROR`
    pub fn generate(modulus_bits: usize, public_exponent: &[u8]) -> Result<Self> {
        check_generation(modulus_bits, public_exponent)?;
        let bits = core::ffi::c_int::try_from(modulus_bits).map_err(|_| device())?;
        let e = Number::new(public_exponent)?;
        // SAFETY: makes a new empty key.
        let key = Handle::new(unsafe { RSA_new() }).ok_or_else(device)?;
        // SAFETY: the key is ours alone, `e` lives through the call, NULL means no progress
        // callback.
        if unsafe { RSA_generate_key_ex(key.as_ptr(), bits, e.as_ptr(), null_mut()) } != 1 {
            return Err(device());
        }
        let n = key.number(RSA_get0_n).ok_or_else(device)?;
        Ok(Self {
            key,
            n: n.expose().to_vec(),
            bits: modulus_bits,
        })
    }

    /// The numbers of the key.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`
    pub fn components(&self) -> Result<Components> {
        let number = |get| self.key.number(get).ok_or_else(device);
        Ok(Components {
            n: self.n.clone(),
            e: number(RSA_get0_e)?.expose().to_vec(),
            d: number(RSA_get0_d)?,
            crt: Some(Crt {
                p: number(RSA_get0_p)?,
                q: number(RSA_get0_q)?,
                dp: number(RSA_get0_dmp1)?,
                dq: number(RSA_get0_dmq1)?,
                qinv: number(RSA_get0_iqmp)?,
            }),
        })
    }
}

impl PrivateOperation for PrivateKey {
    fn modulus_bits(&self) -> usize {
        self.bits
    }

    fn raw(&self, input: &[u8]) -> Result<SecretBytes> {
        check_len(input, &self.n)?;
        if !is_between_one_and_last(input, &self.n) {
            return Err(Error::DataInvalid(
                "the input as a number is out of the modulus' range".into(),
            ));
        }
        run(RSA_decrypt, &self.key, input)
    }
}

impl PublicKey {
    /// Takes a key from its numbers.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID`
    pub fn from_components(n: &[u8], e: &[u8]) -> Result<Self> {
        let n = strip(n);
        let bits = check_public(n, e)?;
        let (modulus, e) = (Number::new(n)?, Number::new(e)?);
        // SAFETY: both numbers live through the call, which copies them.
        let key = unsafe { RSA_new_public_key(modulus.as_ptr(), e.as_ptr()) };
        Ok(Self {
            key: Handle::new(key).ok_or_else(malformed)?,
            n: n.to_vec(),
            bits,
        })
    }
}

impl PublicOperation for PublicKey {
    fn modulus_bits(&self) -> usize {
        self.bits
    }

    fn raw(&self, input: &[u8]) -> Result<SecretBytes> {
        check_len(input, &self.n)?;
        if input >= self.n.as_slice() {
            return Err(Error::DataInvalid(
                "the input as a number is not below the modulus".into(),
            ));
        }
        run(RSA_verify_raw, &self.key, input)
    }
}
