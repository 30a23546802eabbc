// SPDX-License-Identifier: MIT OR Apache-2.0
//! The curves' numbers, and private scalars as bytes. Source: SP 800-186, SEC 2, RFC 5639,
//! FIPS 186-5 appendix A.

use crypto_bigint::{BoxedUint, NonZero};
use subtle::{Choice, ConstantTimeEq as _};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// The extra random bytes that make the remainder of a division even enough.
const EXTRA_LEN: usize = 8;

/// A curve in short Weierstrass form over a prime field, with cofactor 1.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Curve {
    /// P-224, secp224r1
    P224,
    /// P-256, secp256r1
    P256,
    /// secp256k1
    Secp256k1,
    /// brainpoolP256r1
    BrainpoolP256r1,
    /// P-384, secp384r1
    P384,
    /// brainpoolP384r1
    BrainpoolP384r1,
    /// P-521, secp521r1
    P521,
}

impl Curve {
    /// Every curve, smallest field first.
    pub const ALL: &'static [Self] = &[
        Self::P224,
        Self::P256,
        Self::Secp256k1,
        Self::BrainpoolP256r1,
        Self::P384,
        Self::BrainpoolP384r1,
        Self::P521,
    ];

    /// The name in SP 800-186, SEC 2 or RFC 5639.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::P224 => "P-224",
            Self::P256 => "P-256",
            Self::Secp256k1 => "secp256k1",
            Self::BrainpoolP256r1 => "brainpoolP256r1",
            Self::P384 => "P-384",
            Self::BrainpoolP384r1 => "brainpoolP384r1",
            Self::P521 => "P-521",
        }
    }

    /// Bits of a field element.
    #[must_use]
    pub const fn field_bits(self) -> usize {
        match self {
            Self::P224 => 224,
            Self::P256 | Self::Secp256k1 | Self::BrainpoolP256r1 => 256,
            Self::P384 | Self::BrainpoolP384r1 => 384,
            Self::P521 => 521,
        }
    }

    /// Bytes of a field element, and of an x coordinate.
    #[must_use]
    pub const fn field_len(self) -> usize {
        self.field_bits().div_ceil(8)
    }

    /// Bits of the order of the base point.
    #[must_use]
    pub const fn order_bits(self) -> usize {
        match self {
            Self::P224 => 224,
            Self::P256 | Self::Secp256k1 | Self::BrainpoolP256r1 => 256,
            Self::P384 | Self::BrainpoolP384r1 => 384,
            Self::P521 => 521,
        }
    }

    /// Bytes of the order of the base point, and of a scalar.
    #[must_use]
    pub const fn order_len(self) -> usize {
        self.order_bits().div_ceil(8)
    }

    /// Bytes of an uncompressed point.
    #[must_use]
    pub const fn point_len(self) -> usize {
        1 + 2 * self.field_len()
    }

    /// Bytes of a signature: r and s, each as long as the order.
    #[must_use]
    pub const fn signature_len(self) -> usize {
        2 * self.order_len()
    }

    /// The order of the base point, most significant byte first.
    #[must_use]
    pub const fn order(self) -> &'static [u8] {
        match self {
            Self::P224 => &P224_ORDER,
            Self::P256 => &P256_ORDER,
            Self::Secp256k1 => &SECP256K1_ORDER,
            Self::BrainpoolP256r1 => &BRAINPOOL_P256R1_ORDER,
            Self::P384 => &P384_ORDER,
            Self::BrainpoolP384r1 => &BRAINPOOL_P384R1_ORDER,
            Self::P521 => &P521_ORDER,
        }
    }

    /// A private scalar in its fixed length from a big integer of any length.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` when it is not in 1 to n - 1.
    pub fn scalar(self, big_integer: &[u8]) -> Result<SecretBytes> {
        let len = self.order_len();
        let (excess, value) = match big_integer.len().checked_sub(len) {
            Some(excess) => big_integer.split_at(excess),
            None => (&[][..], big_integer),
        };
        let scalar = SecretBytes::try_init(len, |bytes| {
            if let Some(end) = bytes.get_mut(len - value.len()..) {
                end.copy_from_slice(value);
            }
            Ok::<_, Error>(())
        })?;
        let fits = excess
            .iter()
            .fold(Choice::from(1), |all, byte| all & byte.ct_eq(&0));
        if bool::from(fits & self.in_range(scalar.expose())) {
            return Ok(scalar);
        }
        Err(Error::AttributeValueInvalid(
            format!(
                "the private value of a {} key is not in 1 to n - 1",
                self.name()
            )
            .into(),
        ))
    }

    /// A random private scalar, by rejection sampling (FIPS 186-5, A.2.2).
    ///
    /// # Errors
    /// Whatever `fill` returns; `CKR_DEVICE_ERROR` when it fills with nothing usable.
    pub fn random_scalar(
        self,
        mut fill: impl FnMut(&mut [u8]) -> Result<()>,
    ) -> Result<SecretBytes> {
        // The least usable order fills more than half of the numbers of its length.
        const TRIES_MAX: usize = 128;
        let spare_bits = 8 * self.order_len() - self.order_bits();
        for _ in 0..TRIES_MAX {
            let scalar = SecretBytes::try_init(self.order_len(), |bytes| {
                fill(bytes)?;
                if let Some(first) = bytes.first_mut() {
                    *first &= 0xff >> spare_bits;
                }
                Ok::<_, Error>(())
            })?;
            if self.in_range(scalar.expose()).into() {
                return Ok(scalar);
            }
        }
        Err(Error::DeviceError(
            "the random source gives no usable private value".into(),
        ))
    }

    /// A random private scalar from 64 bits more than the order has (FIPS 186-5, A.2.1).
    ///
    /// # Errors
    /// Whatever `fill` returns; `CKR_FUNCTION_FAILED`
    pub fn random_scalar_extra_bits(
        self,
        fill: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Result<SecretBytes> {
        let len = self.order_len() + EXTRA_LEN;
        let drawn = SecretBytes::try_init(len, |bytes| {
            fill(bytes)?;
            // Where the order ends within a byte, so does the drawn number.
            if let Some(first) = bytes.first_mut() {
                *first &= 0xff >> (8 * self.order_len() - self.order_bits());
            }
            Ok::<_, Error>(())
        })?;
        let failed = |_| Error::FunctionFailed("the order of the curve is unusable".into());
        let precision = u32::try_from(8 * len).unwrap_or(u32::MAX);
        let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, precision).map_err(failed);
        let one = BoxedUint::one_with_precision(precision);
        let limit = number(self.order())?.wrapping_sub(&one);
        let Some(limit) = NonZero::new(limit).into_option() else {
            return Err(Error::FunctionFailed("the order is 1".into()));
        };
        let drawn = Zeroizing::new(number(drawn.expose())?);
        let scalar = Zeroizing::new(drawn.rem(&limit).wrapping_add(&one));
        let bytes = SecretBytes::new(scalar.to_be_bytes().into_vec());
        self.scalar(bytes.expose())
    }

    /// The leftmost bits of a digest, as many as the order has, as a number of the order's length.
    ///
    /// FIPS 186-5, 6.4.1, step 2. A shorter digest is returned as it is.
    #[must_use]
    pub fn leftmost_bits(self, digest: &[u8]) -> Vec<u8> {
        let Some(head) = digest.get(..self.order_len()) else {
            return digest.to_vec();
        };
        let spare_bits = 8 * self.order_len() - self.order_bits();
        let mut carry = 0u16;
        head.iter()
            .map(|byte| {
                let wide = (carry << 8) | u16::from(*byte);
                carry = u16::from(*byte);
                let [_, low] = (wide >> spare_bits).to_be_bytes();
                low
            })
            .collect()
    }

    /// r and s in their fixed lengths, from halves of equal length without some leading zeros.
    ///
    /// # Errors
    /// `CKR_SIGNATURE_LEN_RANGE` when it is longer than two orders; `CKR_SIGNATURE_INVALID` when
    /// its length is odd or 0.
    pub fn signature(self, signature: &[u8]) -> Result<Vec<u8>> {
        if signature.len() > self.signature_len() {
            return Err(Error::SignatureLenRange(
                format!(
                    "a {} signature has at most {} bytes (\"EC Signatures\")",
                    self.name(),
                    self.signature_len()
                )
                .into(),
            ));
        }
        if signature.is_empty() || !signature.len().is_multiple_of(2) {
            return Err(Error::SignatureInvalid(
                "an ECDSA signature has two halves of equal length (\"EC Signatures\")".into(),
            ));
        }
        let (r, s) = signature.split_at(signature.len() / 2);
        let padding = vec![0; self.order_len() - r.len()];
        Ok([&padding, r, &padding, s].concat())
    }

    /// Whether `scalar`, of the order's length, is in 1 to n - 1; in constant time.
    fn in_range(self, scalar: &[u8]) -> Choice {
        let mut borrow = 0u16;
        let mut bits = 0u8;
        for (digit, limit) in scalar.iter().zip(self.order()).rev() {
            let difference = 0x100 + u16::from(*digit) - u16::from(*limit) - borrow;
            borrow = 1 - (difference >> 8);
            bits |= digit;
        }
        borrow.ct_eq(&1) & !bits.ct_eq(&0)
    }
}

const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

const P384_ORDER: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
    0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
];

const P521_ORDER: [u8; 66] = [
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09,
    0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38,
    0x64, 0x09,
];

const P224_ORDER: [u8; 28] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x16, 0xa2,
    0xe0, 0xb8, 0xf0, 0x3e, 0x13, 0xdd, 0x29, 0x45, 0x5c, 0x5c, 0x2a, 0x3d,
];

const SECP256K1_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

const BRAINPOOL_P256R1_ORDER: [u8; 32] = [
    0xa9, 0xfb, 0x57, 0xdb, 0xa1, 0xee, 0xa9, 0xbc, 0x3e, 0x66, 0x0a, 0x90, 0x9d, 0x83, 0x8d, 0x71,
    0x8c, 0x39, 0x7a, 0xa3, 0xb5, 0x61, 0xa6, 0xf7, 0x90, 0x1e, 0x0e, 0x82, 0x97, 0x48, 0x56, 0xa7,
];

const BRAINPOOL_P384R1_ORDER: [u8; 48] = [
    0x8c, 0xb9, 0x1e, 0x82, 0xa3, 0x38, 0x6d, 0x28, 0x0f, 0x5d, 0x6f, 0x7e, 0x50, 0xe6, 0x41, 0xdf,
    0x15, 0x2f, 0x71, 0x09, 0xed, 0x54, 0x56, 0xb3, 0x1f, 0x16, 0x6e, 0x6c, 0xac, 0x04, 0x25, 0xa7,
    0xcf, 0x3a, 0xb6, 0xaf, 0x6b, 0x7f, 0xc3, 0x10, 0x3b, 0x88, 0x32, 0x02, 0xe9, 0x04, 0x65, 0x65,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn minus_one(order: &[u8]) -> Vec<u8> {
        let mut bytes = order.to_vec();
        *bytes.last_mut().unwrap() -= 1;
        bytes
    }

    #[test]
    fn a_scalar_is_in_1_to_n_minus_1() {
        for curve in Curve::ALL {
            let order = curve.order();
            assert!(curve.scalar(&[]).is_err(), "{curve:?} empty");
            assert!(curve.scalar(&vec![0; order.len()]).is_err(), "{curve:?} 0");
            assert!(curve.scalar(order).is_err(), "{curve:?} n");
            assert!(curve.scalar(&vec![0xff; order.len()]).is_err(), "{curve:?}");
            assert!(curve.scalar(&minus_one(order)).is_ok(), "{curve:?} n - 1");
            assert_eq!(
                curve.scalar(&[1]).unwrap().len(),
                order.len(),
                "{curve:?} 1"
            );
        }
    }

    #[test]
    fn leading_zeros_of_a_scalar_do_not_count() {
        for curve in Curve::ALL {
            let padded = [&[0, 0][..], &minus_one(curve.order())].concat();
            assert!(curve.scalar(&padded).is_ok(), "{curve:?}");
            let too_long = [&[1][..], &minus_one(curve.order())].concat();
            assert!(curve.scalar(&too_long).is_err(), "{curve:?}");
        }
    }

    #[test]
    fn a_random_scalar_is_drawn_again_until_it_is_in_range() {
        for curve in Curve::ALL {
            let mut draws = [0xff, 0x00, 0x01].into_iter();
            let scalar = curve
                .random_scalar(|bytes| {
                    bytes.fill(draws.next().unwrap());
                    Ok(())
                })
                .unwrap();
            assert!(scalar.ct_eq(&vec![1; curve.order_len()]), "{curve:?}");
        }
        let stuck = Curve::P256.random_scalar(|_| Ok(()));
        assert!(matches!(stuck, Err(Error::DeviceError(_))));
    }

    #[test]
    fn extra_bits_are_reduced_modulo_n_minus_1_and_counted_from_1() {
        for curve in Curve::ALL {
            let draw = |fill: &dyn Fn(&mut [u8])| {
                curve.random_scalar_extra_bits(|bytes| {
                    fill(bytes);
                    Ok(())
                })
            };
            let one = draw(&|_| ()).unwrap();
            assert!(one.ct_eq(curve.scalar(&[1]).unwrap().expose()), "{curve:?}");
            // n - 2 is the largest remainder, so n - 1 the largest scalar.
            let last = minus_one(curve.order());
            let largest = draw(&|bytes| {
                let (_, tail) = bytes.split_at_mut(EXTRA_LEN);
                tail.copy_from_slice(&minus_one(&last));
            });
            assert!(largest.unwrap().ct_eq(&last), "{curve:?}");
            let wrapped = draw(&|bytes| {
                let (_, tail) = bytes.split_at_mut(EXTRA_LEN);
                tail.copy_from_slice(&last);
            });
            assert!(wrapped.unwrap().ct_eq(one.expose()), "{curve:?}");
        }
    }

    #[test]
    fn only_the_leftmost_bits_of_a_digest_count() {
        assert_eq!(Curve::P256.leftmost_bits(&[7; 20]), [7; 20]);
        assert_eq!(Curve::P256.leftmost_bits(&[7; 64]), [7; 32]);
        assert_eq!(Curve::P521.leftmost_bits(&[7; 64]), [7; 64]);
        let long = Curve::P521.leftmost_bits(&[0xff; 70]);
        assert_eq!(long.len(), 66);
        assert_eq!(long.first(), Some(&0x01));
        assert!(long.iter().skip(1).all(|byte| *byte == 0xff));
    }

    #[test]
    fn a_shorter_signature_of_even_length_is_padded_on_both_halves() {
        let padded = Curve::P256.signature(&[1, 2, 3, 4]).unwrap();
        assert_eq!(padded.len(), 64);
        assert_eq!(padded.get(30..32), Some(&[1, 2][..]));
        assert_eq!(padded.get(62..64), Some(&[3, 4][..]));
        let long = Curve::P256.signature(&[0; 66]);
        assert!(matches!(long, Err(Error::SignatureLenRange(_))));
        for len in [0, 1, 63] {
            let bad = Curve::P256.signature(&vec![1; len]);
            assert!(matches!(bad, Err(Error::SignatureInvalid(_))), "{len}");
        }
    }
}
