// SPDX-License-Identifier: MIT OR Apache-2.0
//! Secret keys: the value is the material.
//!
//! Source: PKCS#11 v3.2, "Secret key objects", "Generic secret key objects", "AES secret key objects",
//! "DES2 secret key objects", "DES3 secret key objects".

use super::check_value;
use crate::crypto::aes::{AesKey, BLOCK_LEN};
use crate::crypto::block_cipher::BlockCipher as _;
use crate::crypto::des3::{self, Des3Key};
use crate::error::{Error, Result};
use crate::mechanism::families::VALUE_LEN_MAX;
use crate::object::{AttributeMap, Kind, Object, Origin, Value};
use crate::pkcs11::KeyType;
use crate::pkcs11::attribute::{CKA_VALUE, CKA_VALUE_LEN};
use crate::pkcs11::key_type::{
    CKK_AES, CKK_AES_XTS, CKK_CHACHA20, CKK_DES2, CKK_DES3, CKK_POLY1305,
};
use crate::secret::SecretBytes;

/// The length of keys of a type that has one only.
const fn fixed_len(key_type: Option<KeyType>) -> Option<usize> {
    match key_type {
        Some(CKK_DES2) => Some(16),
        Some(CKK_DES3) => Some(24),
        Some(CKK_CHACHA20 | CKK_POLY1305) => Some(32),
        _ => None,
    }
}

const fn is_des(key_type: Option<KeyType>) -> bool {
    matches!(key_type, Some(CKK_DES2 | CKK_DES3))
}

/// Whether a key of this type may have `len` bytes.
fn takes_len(key_type: Option<KeyType>, len: usize) -> bool {
    if let Some(fixed) = fixed_len(key_type) {
        return len == fixed;
    }
    match key_type {
        Some(CKK_AES) => matches!(len, 16 | 24 | 32),
        Some(CKK_AES_XTS) => matches!(len, 32 | 64),
        _ => len > 0 && u64::try_from(len).is_ok_and(|len| len <= VALUE_LEN_MAX),
    }
}

/// AES, DES: "the first three bytes of the ECB encryption of a single block of null (0x00) bytes";
/// generic: "the first three bytes of the SHA-1 hash of the generic secret key object's CKA_VALUE".
// SPEC: "AES-XTS secret key objects" says nothing; the cipher of the key type is AES, under the data's half.
fn compute_check_value(key_type: Option<KeyType>, value: &[u8]) -> Result<Vec<u8>> {
    let mut block = [0; BLOCK_LEN];
    match key_type {
        Some(CKK_AES) => AesKey::new(value)?.encrypt_ecb(&[0; BLOCK_LEN], &mut block)?,
        Some(CKK_AES_XTS) => {
            let (data, _) = value.split_at(value.len() / 2);
            AesKey::new(data)?.encrypt_ecb(&[0; BLOCK_LEN], &mut block)?;
        }
        Some(CKK_DES2 | CKK_DES3) => {
            let (block, _) = block.split_at_mut(des3::BLOCK_LEN);
            Des3Key::new(value)?.ecb_encrypt(&[0; des3::BLOCK_LEN], block)?;
        }
        _ => return Ok(check_value::of_hash(value)),
    }
    Ok(check_value::first_bytes(&block))
}

/// "DES3 keys must always have their parity bits properly set"; a derivation sets them.
fn settle_parity(attributes: &mut AttributeMap, origin: Origin) -> Result<()> {
    let Some(value) = attributes.bytes(CKA_VALUE) else {
        return Ok(());
    };
    if des3::has_odd_parity(value) {
        return Ok(());
    }
    // "Attempting to create or unwrap a DES3 key with incorrect parity will return an error."
    let wrong = "the parity bits of the DES key are not set properly";
    match origin {
        Origin::Create => Err(Error::AttributeValueInvalid(wrong.into())),
        Origin::Unwrap => Err(Error::WrappedKeyInvalid(wrong.into())),
        Origin::Generate | Origin::Derive | Origin::Encapsulate | Origin::Decapsulate => {
            let value = SecretBytes::try_init(value.len(), |bytes| {
                bytes
                    .iter_mut()
                    .zip(value)
                    .for_each(|(to, from)| *to = *from);
                des3::set_odd_parity(bytes);
                Ok::<_, Error>(())
            })?;
            attributes.set(CKA_VALUE, Value::Secret(value));
            Ok(())
        }
    }
}

/// Checks the length and sets CKA_VALUE_LEN and CKA_CHECK_VALUE.
pub(super) fn complete(
    kind: &'static Kind,
    attributes: &mut AttributeMap,
    origin: Origin,
) -> Result<()> {
    if is_des(kind.key_type) {
        settle_parity(attributes, origin)?;
    }
    let Some(value) = attributes.bytes(CKA_VALUE) else {
        return Err(match origin {
            Origin::Create => Error::TemplateIncomplete("a secret key needs CKA_VALUE".into()),
            Origin::Generate
            | Origin::Unwrap
            | Origin::Derive
            | Origin::Encapsulate
            | Origin::Decapsulate => {
                Error::GeneralError("a new secret key came without a value".into())
            }
        });
    };
    let len = value.len();
    if !takes_len(kind.key_type, len) {
        return Err(Error::AttributeValueInvalid(
            "CKA_VALUE has a length that this key type does not have".into(),
        ));
    }
    let check_value = compute_check_value(kind.key_type, value)?;
    let len = len as u64;
    match attributes.ulong(CKA_VALUE_LEN) {
        Some(given) if given != len => {
            return Err(Error::TemplateInconsistent(
                "CKA_VALUE_LEN is not the length of CKA_VALUE".into(),
            ));
        }
        // Their tables have no CKA_VALUE_LEN.
        _ if is_des(kind.key_type) => None,
        _ => attributes.set(CKA_VALUE_LEN, Value::Ulong(len)),
    };
    check_value::settle(attributes, check_value)
}

/// The value as it is.
pub(super) fn export(object: &Object) -> Result<SecretBytes> {
    match object.attributes().bytes(CKA_VALUE) {
        Some(value) => Ok(SecretBytes::from_slice(value)),
        None => Err(Error::GeneralError("a secret key has no CKA_VALUE".into())),
    }
}

/// Takes the value, cut to the CKA_VALUE_LEN of the template where there is one.
pub(super) fn import(
    kind: &'static Kind,
    attributes: &mut AttributeMap,
    material: &SecretBytes,
) -> Result<()> {
    let wanted = match attributes.ulong(CKA_VALUE_LEN) {
        Some(wanted) => usize::try_from(wanted).unwrap_or(usize::MAX),
        None => fixed_len(kind.key_type).unwrap_or(material.len()),
    };
    let Some(cut) = material.expose().get(wanted..) else {
        return Err(Error::TemplateInconsistent(
            "CKA_VALUE_LEN is longer than the key that was wrapped".into(),
        ));
    };
    // SPEC: "truncates the result according to CKA_KEY_TYPE and CKA_VALUE_LEN": only the zero padding that
    // the wrap added (less than a block) is cut. A longer cut would make short keys, whose values can be
    // guessed, out of any key.
    if cut.len() >= BLOCK_LEN || cut.iter().fold(0, |all, byte| all | byte) != 0 {
        return Err(Error::TemplateInconsistent(
            "CKA_VALUE_LEN would cut off more of the key than its padding".into(),
        ));
    }
    if !takes_len(kind.key_type, wanted) {
        return Err(Error::WrappedKeyLenRange(
            "the wrapped key has a length that this key type does not have".into(),
        ));
    }
    attributes.set(CKA_VALUE, Value::Secret(material.truncated(wanted)));
    if !is_des(kind.key_type) {
        attributes.set(CKA_VALUE_LEN, Value::Ulong(wanted as u64));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pkcs11::attribute::CKA_CHECK_VALUE;
    use crate::pkcs11::class::CKO_SECRET_KEY;
    use crate::pkcs11::key_type::CKK_GENERIC_SECRET;

    static AES: Kind = kind(CKK_AES);
    static GENERIC: Kind = kind(CKK_GENERIC_SECRET);

    const fn kind(key_type: KeyType) -> Kind {
        Kind {
            spec: "test",
            class: CKO_SECRET_KEY,
            key_type: Some(key_type),
            subtype: None,
            tables: &[],
            check: |_, _| Ok(()),
        }
    }

    fn with_value(value: &[u8]) -> AttributeMap {
        let mut map = AttributeMap::new();
        map.set(CKA_VALUE, Value::Secret(SecretBytes::from_slice(value)));
        map
    }

    #[test]
    fn an_aes_key_gets_the_check_value_of_a_zero_block() {
        // AES-128 of a zero block under a zero key: 66e94bd4... (GCM specification, test case 1, H)
        let mut map = with_value(&[0; 16]);
        complete(&AES, &mut map, Origin::Create).unwrap();
        assert_eq!(map.bytes(CKA_CHECK_VALUE).unwrap(), [0x66, 0xe9, 0x4b]);
        assert_eq!(map.ulong(CKA_VALUE_LEN), Some(16));
    }

    #[test]
    fn a_generic_secret_gets_the_check_value_of_sha_1() {
        // SHA-1("abc") = a9993e36... (FIPS 180-4 examples)
        let mut map = with_value(b"abc");
        complete(&GENERIC, &mut map, Origin::Create).unwrap();
        assert_eq!(map.bytes(CKA_CHECK_VALUE).unwrap(), [0xa9, 0x99, 0x3e]);
    }

    #[test]
    fn a_wrong_check_value_is_refused_and_an_empty_one_stays_empty() {
        let mut map = with_value(&[0; 16]);
        map.set(CKA_CHECK_VALUE, Value::Bytes(vec![1, 2, 3]));
        let error = complete(&AES, &mut map, Origin::Create).unwrap_err();
        assert!(matches!(error, Error::AttributeValueInvalid(_)));
        map.set(CKA_CHECK_VALUE, Value::Bytes(vec![]));
        complete(&AES, &mut map, Origin::Create).unwrap();
        assert!(map.bytes(CKA_CHECK_VALUE).unwrap().is_empty());
    }

    #[test]
    fn lengths_that_a_type_does_not_have_are_refused() {
        for len in [0, 15, 17, 33] {
            assert!(complete(&AES, &mut with_value(&vec![1; len]), Origin::Create).is_err());
        }
        assert!(complete(&GENERIC, &mut with_value(&[]), Origin::Create).is_err());
        assert!(complete(&GENERIC, &mut AttributeMap::new(), Origin::Create).is_err());
    }

    #[test]
    fn a_des_key_has_odd_parity_or_is_refused_and_a_derived_one_gets_it() {
        static DES3: Kind = kind(CKK_DES3);
        // SP 800-20, table A.1: DES of a zero block under 01..01, three times: 8ca64de9c1b123a7
        let mut map = with_value(&[1; 24]);
        complete(&DES3, &mut map, Origin::Create).unwrap();
        assert_eq!(map.bytes(CKA_CHECK_VALUE).unwrap(), [0x8c, 0xa6, 0x4d]);
        assert!(!map.has(CKA_VALUE_LEN));
        let error = complete(&DES3, &mut with_value(&[0; 24]), Origin::Create).unwrap_err();
        assert!(matches!(error, Error::AttributeValueInvalid(_)));
        let error = complete(&DES3, &mut with_value(&[0; 24]), Origin::Unwrap).unwrap_err();
        assert!(matches!(error, Error::WrappedKeyInvalid(_)));
        let mut map = with_value(&[0; 24]);
        complete(&DES3, &mut map, Origin::Derive).unwrap();
        assert_eq!(map.bytes(CKA_VALUE).unwrap(), [1; 24]);
        assert!(complete(&DES3, &mut with_value(&[1; 16]), Origin::Create).is_err());
    }

    #[test]
    fn a_value_length_cuts_off_the_padding_and_nothing_else() {
        let padded = SecretBytes::new([[7; 24].as_slice(), &[0; 8]].concat());
        let mut map = AttributeMap::new();
        map.set(CKA_VALUE_LEN, Value::Ulong(24));
        import(&AES, &mut map, &padded).unwrap();
        assert_eq!(map.bytes(CKA_VALUE).unwrap(), [7; 24]);
        for wrong in [16, 8, 23, 33] {
            map.set(CKA_VALUE_LEN, Value::Ulong(wrong));
            assert!(import(&GENERIC, &mut map, &padded).is_err(), "{wrong}");
        }
    }
}
