// SPDX-License-Identifier: MIT OR Apache-2.0
//! A whole certificate, made with OpenSSL 3.0, against the `x509-cert` crate's reading of it.

use der::{Decode as _, Encode as _};
use keystead::error::Error;
use keystead::mechanism::material::complete;
use keystead::object::{AttributeMap, Kind, Origin, Value};
use keystead::pkcs11::attribute::{
    CKA_CHECK_VALUE, CKA_ISSUER, CKA_PUBLIC_KEY_INFO, CKA_SERIAL_NUMBER, CKA_SUBJECT, CKA_VALUE,
};
use keystead::pkcs11::certificate::CKC_X_509;
use keystead::pkcs11::class::CKO_CERTIFICATE;
use x509_cert::Certificate;

static X_509: Kind = Kind {
    spec: "X.509 public key certificate objects",
    class: CKO_CERTIFICATE,
    key_type: None,
    subtype: Some(CKC_X_509.0),
    tables: &[],
    check: |_, _| Ok(()),
};

/// A self-signed certificate of a P-256 key for `C=DE, O=Exämple, CN=token test`.
const CERTIFICATE: &str = "\
    308201c230820167a0030201020214242de8d7ef2f028945b9c52ebe658b601ac86dfa300a06082a8648ce3d\
    0403023035310b30090603550406130244453111300f060355040a0c084578c3a46d706c6531133011060355\
    04030c0a746f6b656e20746573743020170d3236313132333232323232395a180f3231323631303330323232\
    3232395a3035310b30090603550406130244453111300f060355040a0c084578c3a46d706c65311330110603\
    5504030c0a746f6b656e20746573743059301306072a8648ce3d020106082a8648ce3d03010703420004a987\
    7bd9bfed3e079a5c578356c3306876d2af9bf3c553f56ef8fd0cf4e98e5843abe9f8f61e0060e8efddf74aef\
    00f70b46c73398bc55d12b93484be350ca20a3533051301d0603551d0e041604149207277d631f4813133cd2\
    912b4cc411e2ea5bc9301f0603551d230418301680149207277d631f4813133cd2912b4cc411e2ea5bc9300f\
    0603551d130101ff040530030101ff300a06082a8648ce3d04030203490030460221008e3874784084b661f8\
    e447e1cc9c23ef9671aa3a4f21a665a2be2da88d1d22b5022100d968c9d96e014834a24595ec44e969767c32\
    5c2c3d4ef27b5bdea0f247313fa0\
";

fn with_value() -> (AttributeMap, Certificate) {
    let value = hex::decode(CERTIFICATE).unwrap();
    let certificate = Certificate::from_der(&value).unwrap();
    let map = AttributeMap::from_iter([(CKA_VALUE, Value::Bytes(value))]);
    (map, certificate)
}

#[test]
fn the_fields_are_those_of_the_certificate() {
    let (mut map, certificate) = with_value();
    complete(&X_509, &mut map, Origin::Create).unwrap();
    let fields = certificate.tbs_certificate();
    let expected = [
        (CKA_SUBJECT, fields.subject().to_der()),
        (CKA_ISSUER, fields.issuer().to_der()),
        (CKA_SERIAL_NUMBER, fields.serial_number().to_der()),
        (
            CKA_PUBLIC_KEY_INFO,
            fields.subject_public_key_info().to_der(),
        ),
    ];
    for (id, expected) in expected {
        assert_eq!(map.bytes(id).unwrap(), expected.unwrap(), "{id}");
    }
    // The first bytes of `sha1sum` of the file.
    assert_eq!(hex::encode(map.bytes(CKA_CHECK_VALUE).unwrap()), "f31fe0");
}

#[test]
fn attributes_that_agree_are_taken_and_others_are_refused() {
    let (mut map, certificate) = with_value();
    let subject = certificate.tbs_certificate().subject().to_der().unwrap();
    map.set(CKA_SUBJECT, Value::Bytes(subject));
    complete(&X_509, &mut map, Origin::Create).unwrap();
    for id in [CKA_SUBJECT, CKA_ISSUER, CKA_SERIAL_NUMBER] {
        let mut changed = map.duplicate();
        changed.set(id, Value::Bytes(vec![0x30, 0]));
        let error = complete(&X_509, &mut changed, Origin::Create).unwrap_err();
        assert!(matches!(error, Error::TemplateInconsistent(_)), "{id}");
    }
    map.set(CKA_CHECK_VALUE, Value::Bytes(vec![0, 0, 0]));
    let error = complete(&X_509, &mut map, Origin::Create).unwrap_err();
    assert!(matches!(error, Error::AttributeValueInvalid(_)));
}
