// SPDX-License-Identifier: MIT OR Apache-2.0
//! RSASSA-PKCS1-v1_5 and RSAES-PKCS1-v1_5: RFC 8017, sections 7.2, 8.2 and 9.2.

use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _, ConstantTimeGreater as _};

use super::{Fill, PrivateOperation, PublicOperation, raw};
use crate::crypto::digest::HashFunction;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// What the padding takes of the modulus at least.
pub const OVERHEAD: usize = 11;

/// The DER of a DigestInfo up to the digest: RFC 8017, section 9.2, note 1; the SHA-3 numbers are
/// NIST's.
const fn digest_info(function: HashFunction) -> &'static [u8] {
    match function {
        HashFunction::Sha1 => &[
            0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04,
            0x14,
        ],
        HashFunction::Sha224 => const { &nist(4, 28) },
        HashFunction::Sha256 => const { &nist(1, 32) },
        HashFunction::Sha384 => const { &nist(2, 48) },
        HashFunction::Sha512 => const { &nist(3, 64) },
        HashFunction::Sha512_224 => const { &nist(5, 28) },
        HashFunction::Sha512_256 => const { &nist(6, 32) },
        HashFunction::Sha3_224 => const { &nist(7, 28) },
        HashFunction::Sha3_256 => const { &nist(8, 32) },
        HashFunction::Sha3_384 => const { &nist(9, 48) },
        HashFunction::Sha3_512 => const { &nist(10, 64) },
        // RFC 8017, appendix B.1
        HashFunction::Md5 => &[
            0x30, 0x20, 0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05,
            0x05, 0x00, 0x04, 0x10,
        ],
        // 1.3.36.3.2.1, TeleTrusT
        HashFunction::Ripemd160 => &[
            0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x24, 0x03, 0x02, 0x01, 0x05, 0x00, 0x04,
            0x14,
        ],
        HashFunction::Blake2b160 => const { &blake2b(5, 20) },
        HashFunction::Blake2b256 => const { &blake2b(8, 32) },
        HashFunction::Blake2b384 => const { &blake2b(12, 48) },
        HashFunction::Blake2b512 => const { &blake2b(16, 64) },
    }
}

/// The prefix for 2.16.840.1.101.3.4.2.`arc` with NULL parameters and a digest of `len` bytes.
const fn nist(arc: u8, len: u8) -> [u8; 19] {
    [
        0x30,
        17 + len,
        0x30,
        0x0d,
        0x06,
        0x09,
        0x60,
        0x86,
        0x48,
        0x01,
        0x65,
        0x03,
        0x04,
        0x02,
        arc,
        0x05,
        0x00,
        0x04,
        len,
    ]
}

/// The prefix for 1.3.6.1.4.1.1722.12.2.1.`arc` (RFC 7693, section 4) with NULL parameters and a
/// digest of `len` bytes.
const fn blake2b(arc: u8, len: u8) -> [u8; 21] {
    [
        0x30,
        19 + len,
        0x30,
        0x0f,
        0x06,
        0x0b,
        0x2b,
        0x06,
        0x01,
        0x04,
        0x01,
        0x8d,
        0x3a,
        0x0c,
        0x02,
        0x01,
        arc,
        0x05,
        0x00,
        0x04,
        len,
    ]
}

/// A digest as a DigestInfo, ready for [`sign`] and [`verify`].
#[must_use]
pub fn encode_digest(function: HashFunction, digest: &[u8]) -> SecretBytes {
    SecretBytes::new([digest_info(function), digest].concat())
}

/// Block type 1: `00 01 FF.. 00 data`.
fn pad_type_1(len: usize, data: &[u8]) -> Result<SecretBytes> {
    let Some(filler) = len
        .checked_sub(data.len() + 3)
        .filter(|filler| *filler >= 8)
    else {
        return Err(Error::DataLenRange(
            "the data is longer than the modulus less 11 bytes".into(),
        ));
    };
    SecretBytes::try_init(len, |block| {
        block.fill(0xff);
        let (head, tail) = block.split_at_mut(filler + 2);
        if let ([first, second, ..], [zero, rest @ ..]) = (head, tail) {
            *first = 0;
            *second = 1;
            *zero = 0;
            rest.copy_from_slice(data);
        }
        Ok(())
    })
}

/// Signs data as it is, up to the modulus' length less 11 bytes.
///
/// # Errors
/// `CKR_DATA_LEN_RANGE`, `CKR_DEVICE_ERROR`
pub fn sign(key: &impl PrivateOperation, data: &[u8]) -> Result<SecretBytes> {
    key.raw(pad_type_1(key.modulus_len(), data)?.expose())
}

/// Checks a signature over data as it is: the block must be the one block that signing makes.
///
/// # Errors
/// `CKR_SIGNATURE_INVALID`, `CKR_SIGNATURE_LEN_RANGE`, `CKR_DATA_LEN_RANGE`
pub fn verify(key: &impl PublicOperation, data: &[u8], signature: &[u8]) -> Result<()> {
    let expected = pad_type_1(key.modulus_len(), data)?;
    let block = raw::open_signature(key, signature)?;
    if block.ct_eq(expected.expose()) {
        return Ok(());
    }
    Err(Error::SignatureInvalid(
        "the signature is not over this data".into(),
    ))
}

/// Gives the data that was signed.
///
/// # Errors
/// `CKR_SIGNATURE_INVALID`, `CKR_SIGNATURE_LEN_RANGE`
pub fn recover(key: &impl PublicOperation, signature: &[u8]) -> Result<SecretBytes> {
    let block = raw::open_signature(key, signature)?;
    if let [0, 1, rest @ ..] = block.expose() {
        let filler = rest.iter().take_while(|byte| **byte == 0xff).count();
        if let Some([0, data @ ..]) = rest.get(filler..)
            && filler >= 8
        {
            return Ok(SecretBytes::from_slice(data));
        }
    }
    Err(Error::SignatureInvalid(
        "the signature has no block of type 1".into(),
    ))
}

/// Encrypts up to the modulus' length less 11 bytes in a block of type 2.
///
/// # Errors
/// `CKR_DATA_LEN_RANGE`, `CKR_DEVICE_ERROR`
pub fn encrypt(key: &impl PublicOperation, fill: Fill<'_>, data: &[u8]) -> Result<SecretBytes> {
    let len = key.modulus_len();
    let Some(filler) = len
        .checked_sub(data.len() + 3)
        .filter(|filler| *filler >= 8)
    else {
        return Err(Error::DataLenRange(
            "the data is longer than the modulus less 11 bytes".into(),
        ));
    };
    let block = SecretBytes::try_init(len, |block| {
        let (head, tail) = block.split_at_mut(filler + 2);
        if let ([_, second, random @ ..], [_, rest @ ..]) = (head, tail) {
            *second = 2;
            fill(random)?;
            for byte in random.iter_mut() {
                while *byte == 0 {
                    fill(core::slice::from_mut(byte))?;
                }
            }
            rest.copy_from_slice(data);
        }
        Ok(())
    })?;
    key.raw(block.expose())
}

/// Decrypts. What is wrong with a block of the right length shows neither in the error nor in the
/// time.
///
/// # Errors
/// `CKR_ENCRYPTED_DATA_LEN_RANGE`, `CKR_ENCRYPTED_DATA_INVALID`
pub fn decrypt(key: &impl PrivateOperation, ciphertext: &[u8]) -> Result<SecretBytes> {
    let block = raw::open_ciphertext(key, ciphertext)?;
    let (is_good, start) = unpad_type_2(block.expose());
    if bool::from(is_good) {
        // Good data shows its length anyway.
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        if let Some(data) = block.expose().get(start..) {
            return Ok(SecretBytes::from_slice(data));
        }
    }
    Err(raw::undecipherable())
}

/// Whether the block is of type 2, and where its data starts.
fn unpad_type_2(block: &[u8]) -> (Choice, u32) {
    let [first, second, rest @ ..] = block else {
        return (Choice::from(0), 0);
    };
    let mut is_found = Choice::from(0);
    let mut zero_at = 0u32;
    for (index, byte) in (2u32..).zip(rest) {
        let is_first_zero = byte.ct_eq(&0) & !is_found;
        zero_at.conditional_assign(&index, is_first_zero);
        is_found |= is_first_zero;
    }
    // At least eight bytes of filler stand between the type and the zero.
    let is_good = first.ct_eq(&0) & second.ct_eq(&2) & is_found & zero_at.ct_gt(&9);
    (is_good, zero_at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `00 02`, so many bytes of filler, `00`, and the data.
    fn block(filler: usize, data: &[u8]) -> Vec<u8> {
        [&[0, 2][..], &vec![0x55; filler], &[0], data].concat()
    }

    fn unpad(block: &[u8]) -> Option<usize> {
        let (is_good, start) = unpad_type_2(block);
        bool::from(is_good).then(|| usize::try_from(start).unwrap())
    }

    #[test]
    fn type_2_blocks_need_eight_bytes_of_filler_and_a_zero() {
        assert_eq!(unpad(&block(8, b"data")), Some(11));
        assert_eq!(unpad(&block(9, b"\0data")), Some(12));
        assert_eq!(unpad(&block(8, b"")), Some(11));
        assert_eq!(unpad(&block(7, b"data")), None);
        assert_eq!(unpad(&block(0, b"data")), None);
        assert_eq!(unpad(&[&[0, 2][..], &[1; 20]].concat()), None);
        assert_eq!(unpad(&[]), None);
        assert_eq!(unpad(&[0, 2]), None);
        for position in [0, 1] {
            let mut bad = block(8, b"data");
            if let Some(byte) = bad.get_mut(position) {
                *byte ^= 1;
            }
            assert_eq!(unpad(&bad), None);
        }
    }

    #[test]
    fn type_1_blocks_have_the_form_of_the_standard() {
        let padded = pad_type_1(16, b"data!").unwrap();
        assert_eq!(
            padded.expose(),
            b"\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff\x00data!"
        );
        assert!(matches!(
            pad_type_1(15, b"data!"),
            Err(Error::DataLenRange(_))
        ));
        assert!(matches!(pad_type_1(2, b""), Err(Error::DataLenRange(_))));
    }

    #[test]
    fn digest_infos_are_der_with_the_object_identifier_of_the_hash() {
        use der::asn1::{Null, ObjectIdentifier, OctetStringRef};
        use der::{Decode as _, Reader as _, SliceReader};
        let identifiers = [
            "1.3.14.3.2.26",
            "2.16.840.1.101.3.4.2.4",
            "2.16.840.1.101.3.4.2.1",
            "2.16.840.1.101.3.4.2.2",
            "2.16.840.1.101.3.4.2.3",
            "2.16.840.1.101.3.4.2.5",
            "2.16.840.1.101.3.4.2.6",
            "2.16.840.1.101.3.4.2.7",
            "2.16.840.1.101.3.4.2.8",
            "2.16.840.1.101.3.4.2.9",
            "2.16.840.1.101.3.4.2.10",
            "1.2.840.113549.2.5",
            "1.3.36.3.2.1",
            "1.3.6.1.4.1.1722.12.2.1.5",
            "1.3.6.1.4.1.1722.12.2.1.8",
            "1.3.6.1.4.1.1722.12.2.1.12",
            "1.3.6.1.4.1.1722.12.2.1.16",
        ];
        assert_eq!(identifiers.len(), HashFunction::ALL.len());
        for (function, identifier) in HashFunction::ALL.iter().zip(identifiers) {
            let digest = function.hash(b"abc");
            let info = encode_digest(*function, digest.expose());
            let mut reader = SliceReader::new(info.expose()).unwrap();
            reader
                .sequence(|info| {
                    info.sequence(|algorithm| {
                        let oid = ObjectIdentifier::decode(algorithm)?;
                        assert_eq!(oid, ObjectIdentifier::new_unwrap(identifier));
                        Null::decode(algorithm)
                    })?;
                    let octets = <&OctetStringRef>::decode(info)?;
                    assert!(digest.ct_eq(octets.as_bytes()));
                    Ok::<_, der::Error>(())
                })
                .unwrap();
            assert!(reader.is_finished());
        }
    }
}
