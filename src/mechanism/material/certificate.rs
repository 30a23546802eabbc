// SPDX-License-Identifier: MIT OR Apache-2.0
//! Certificates: what a template says about them is held against what they say themselves.
//!
//! Source: PKCS#11 v3.2, "Certificate objects"; RFC 5280, 4.1.

use der::{Decode as _, Header, Reader as _, SliceReader, Tag, TagNumber};

use super::check_value;
use crate::error::{Error, Result};
use crate::object::{AttributeMap, Kind, Value};
use crate::pkcs11::AttributeType;
use crate::pkcs11::attribute::{
    CKA_ISSUER, CKA_PUBLIC_KEY_INFO, CKA_SERIAL_NUMBER, CKA_SUBJECT, CKA_VALUE,
};
use crate::pkcs11::certificate::CKC_X_509;

/// The fields that have attributes, each as its whole DER value: what is signed is compared, byte by byte,
/// and odd contents (of old or careless issuers) do not matter.
struct Fields<'a> {
    serial: &'a [u8],
    issuer: &'a [u8],
    subject: &'a [u8],
    public_key_info: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Walks the TBSCertificate.
    fn parse(certificate: &'a [u8]) -> der::Result<Self> {
        let mut outer = SliceReader::new(certificate)?;
        let body = content(outer.tlv_bytes()?, Tag::Sequence)?;
        outer.finish()?;
        let mut parts = SliceReader::new(body)?;
        let signed = content(parts.tlv_bytes()?, Tag::Sequence)?;
        content(parts.tlv_bytes()?, Tag::Sequence)?;
        content(parts.tlv_bytes()?, Tag::BitString)?;
        parts.finish()?;

        let version = Tag::ContextSpecific {
            constructed: true,
            number: TagNumber(0),
        };
        let mut fields = SliceReader::new(signed)?;
        if Tag::peek(&fields)? == version {
            fields.tlv_bytes()?;
        }
        let serial = typed(&mut fields, Tag::Integer)?;
        typed(&mut fields, Tag::Sequence)?;
        let issuer = typed(&mut fields, Tag::Sequence)?;
        typed(&mut fields, Tag::Sequence)?;
        let subject = typed(&mut fields, Tag::Sequence)?;
        let public_key_info = typed(&mut fields, Tag::Sequence)?;
        Ok(Self {
            serial,
            issuer,
            subject,
            public_key_info,
        })
    }
}

/// The next whole value, which must have `tag`.
fn typed<'a>(reader: &mut SliceReader<'a>, tag: Tag) -> der::Result<&'a [u8]> {
    let value = reader.tlv_bytes()?;
    content(value, tag)?;
    Ok(value)
}

/// What is inside of a value, which must have `tag`.
fn content(value: &[u8], tag: Tag) -> der::Result<&[u8]> {
    let mut reader = SliceReader::new(value)?;
    Header::decode(&mut reader)?.tag().assert_eq(tag)?;
    let len = reader.remaining_len();
    reader.read_slice(len)
}

/// Fills an attribute that the template left out or empty, or holds it against the certificate.
fn settle(
    attributes: &mut AttributeMap,
    id: AttributeType,
    name: &'static str,
    value: &[u8],
) -> Result<()> {
    match attributes.bytes(id) {
        None | Some([]) => {
            attributes.set(id, Value::Bytes(value.to_vec()));
            Ok(())
        }
        Some(given) if given == value => Ok(()),
        Some(_) => Err(Error::TemplateInconsistent(
            format!("{name} is not what the certificate in CKA_VALUE says").into(),
        )),
    }
}

/// Sets what the certificate says and the template does not.
pub(super) fn complete(kind: &'static Kind, attributes: &mut AttributeMap) -> Result<()> {
    // "MUST be non-empty if CKA_URL is empty": the rules of the kind see to that.
    let value = match attributes.bytes(CKA_VALUE) {
        None | Some([]) => return Ok(()),
        Some(value) => value.to_vec(),
    };
    if kind.subtype == Some(CKC_X_509.0) {
        let fields = Fields::parse(&value).map_err(|_| {
            Error::AttributeValueInvalid("CKA_VALUE is not the DER of an X.509 certificate".into())
        })?;
        settle(attributes, CKA_SUBJECT, "CKA_SUBJECT", fields.subject)?;
        settle(attributes, CKA_ISSUER, "CKA_ISSUER", fields.issuer)?;
        settle_serial(attributes, fields.serial)?;
        // "Cryptoki does not enforce the relationship of the CKA_PUBLIC_KEY_INFO to the public key"
        if attributes
            .bytes(CKA_PUBLIC_KEY_INFO)
            .is_none_or(<[u8]>::is_empty)
        {
            let info = Value::Bytes(fields.public_key_info.to_vec());
            attributes.set(CKA_PUBLIC_KEY_INFO, info);
        }
    }
    check_value::settle(attributes, check_value::of_hash(&value))
}

/// As the other fields, but a serial number may also be given without its DER header.
// SPEC: the attribute is the "DER-encoding of the certificate serial number"; some programs give the bare
// number. It is taken and kept in DER, so that a search by the certificate finds it.
fn settle_serial(attributes: &mut AttributeMap, serial: &[u8]) -> Result<()> {
    let bare = content(serial, Tag::Integer).unwrap_or(serial);
    if attributes
        .bytes(CKA_SERIAL_NUMBER)
        .is_some_and(|given| given == bare)
    {
        attributes.set(CKA_SERIAL_NUMBER, Value::Bytes(serial.to_vec()));
    }
    settle(attributes, CKA_SERIAL_NUMBER, "CKA_SERIAL_NUMBER", serial)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pkcs11::attribute::CKA_CHECK_VALUE;
    use crate::pkcs11::class::CKO_CERTIFICATE;

    static X_509: Kind = Kind {
        spec: "test",
        class: CKO_CERTIFICATE,
        key_type: None,
        subtype: Some(0),
        tables: &[],
        check: |_, _| Ok(()),
    };

    /// A skeleton with every field that is read; nothing is verified, so nothing is signed.
    fn certificate() -> Vec<u8> {
        let signed = [
            [0xa0, 3, 2, 1, 2].as_slice(),
            &[2, 2, 0x12, 0x34],
            &[0x30, 1, 5],
            &[0x30, 2, 0x31, 0],
            &[0x30, 0],
            &[0x30, 3, 0x31, 1, 7],
            &[0x30, 4, 0x30, 0, 3, 0],
        ]
        .concat();
        let len = u8::try_from(signed.len()).unwrap();
        let body = [&[0x30, len], signed.as_slice(), &[0x30, 0, 3, 1, 0]].concat();
        [&[0x30, len + 7], body.as_slice()].concat()
    }

    fn with_value(value: Vec<u8>) -> AttributeMap {
        AttributeMap::from_iter([(CKA_VALUE, Value::Bytes(value))])
    }

    #[test]
    fn missing_fields_come_from_the_certificate() {
        let mut map = with_value(certificate());
        complete(&X_509, &mut map).unwrap();
        assert_eq!(map.bytes(CKA_SUBJECT).unwrap(), [0x30, 3, 0x31, 1, 7]);
        assert_eq!(map.bytes(CKA_ISSUER).unwrap(), [0x30, 2, 0x31, 0]);
        assert_eq!(map.bytes(CKA_SERIAL_NUMBER).unwrap(), [2, 2, 0x12, 0x34]);
        assert_eq!(
            map.bytes(CKA_PUBLIC_KEY_INFO).unwrap(),
            [0x30, 4, 0x30, 0, 3, 0]
        );
        assert_eq!(map.bytes(CKA_CHECK_VALUE).unwrap().len(), 3);
    }

    #[test]
    fn a_subject_of_another_certificate_is_refused() {
        let mut map = with_value(certificate());
        map.set(CKA_SUBJECT, Value::Bytes(vec![0x30, 0]));
        let error = complete(&X_509, &mut map).unwrap_err();
        assert!(matches!(error, Error::TemplateInconsistent(_)));
    }

    #[test]
    fn a_bare_serial_number_is_kept_in_der() {
        let mut map = with_value(certificate());
        map.set(CKA_SERIAL_NUMBER, Value::Bytes(vec![0x12, 0x34]));
        complete(&X_509, &mut map).unwrap();
        assert_eq!(map.bytes(CKA_SERIAL_NUMBER).unwrap(), [2, 2, 0x12, 0x34]);
    }

    #[test]
    fn what_is_not_a_certificate_is_refused() {
        let whole = certificate();
        for value in [
            b"not DER".to_vec(),
            whole[..9].to_vec(),
            [whole.as_slice(), &[0]].concat(),
        ] {
            let error = complete(&X_509, &mut with_value(value)).unwrap_err();
            assert!(matches!(error, Error::AttributeValueInvalid(_)));
        }
    }

    #[test]
    fn a_certificate_that_is_elsewhere_has_no_fields() {
        let mut map = with_value(Vec::new());
        complete(&X_509, &mut map).unwrap();
        assert_eq!(map.len(), 1);
    }
}
