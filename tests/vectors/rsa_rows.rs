// SPDX-License-Identifier: MIT OR Apache-2.0
//! The RSA rows of the registry, driven as the session drives them.

use std::sync::Arc;

use keystead::error::{Error, Result};
use keystead::mechanism::{
    Accumulate, Check, Mechanism, ParamShape, Params, Setup, Transform, all, find,
};
use keystead::object::{UsableKey, Use, authorize};
use keystead::pkcs11::key_type::CKK_RSA;
use keystead::pkcs11::mechanism::{
    CKM_AES_CBC, CKM_RSA_PKCS, CKM_RSA_PKCS_OAEP, CKM_RSA_PKCS_PSS, CKM_RSA_X_509, CKM_SHA_1,
    CKM_SHA256, CKM_SHA256_HMAC, CKM_SHA256_RSA_PKCS_PSS, CKM_SHA384,
};
use keystead::pkcs11::mgf::{CKG_MGF1_SHA1, CKG_MGF1_SHA256};
use keystead::pkcs11::{MechanismType, MgfType};
use keystead::secret::SecretBytes;

use super::rsa_objects::{RNG, pair};

const PSS: Params<'static> = Params::RsaPss {
    hash: CKM_SHA256,
    mgf: CKG_MGF1_SHA256,
    salt_len: 32,
};

const OAEP: Params<'static> = Params::RsaOaep {
    hash: CKM_SHA256,
    mgf: CKG_MGF1_SHA1,
    source: 1,
    label: b"label",
};

fn usable(purpose: Use, id: MechanismType) -> UsableKey {
    let is_public = matches!(
        purpose,
        Use::Encrypt | Use::Verify | Use::VerifyRecover | Use::Wrap
    );
    let (public, private) = pair();
    let object = if is_public { public } else { private };
    authorize(Arc::clone(object), purpose, id).unwrap()
}

fn setup<'a>(purpose: Use, mechanism: &'static Mechanism, params: &'a Params<'a>) -> Setup<'a> {
    Setup {
        mechanism,
        key: usable(purpose, mechanism.id),
        params,
        rng: RNG,
    }
}

fn signer(id: MechanismType, params: &Params<'_>) -> Result<Box<dyn Accumulate>> {
    let row = find(id)?;
    (row.roles.sign.unwrap())(&setup(Use::Sign, row, params))
}

fn verifier(id: MechanismType, params: &Params<'_>) -> Result<Box<dyn Check>> {
    let row = find(id)?;
    (row.roles.verify.unwrap())(&setup(Use::Verify, row, params))
}

fn encrypter(id: MechanismType, params: &Params<'_>) -> Result<Box<dyn Transform>> {
    let row = find(id)?;
    (row.roles.encrypt.unwrap())(&setup(Use::Encrypt, row, params))
}

fn decrypter(id: MechanismType, params: &Params<'_>) -> Result<Box<dyn Transform>> {
    let row = find(id)?;
    (row.roles.decrypt.unwrap())(&setup(Use::Decrypt, row, params))
}

/// The hash that a mechanism's name starts with; plain PSS takes SHA-256 here.
fn hash_in_name(id: MechanismType) -> MechanismType {
    let name = id.name().unwrap();
    let hash = name.split("_RSA_PKCS").next().unwrap();
    match hash {
        "CKM" => CKM_SHA256,
        "CKM_SHA1" => CKM_SHA_1,
        other => MechanismType::from_name(other).unwrap(),
    }
}

fn params_for(id: MechanismType) -> Params<'static> {
    let name = id.name().unwrap();
    if name.ends_with("_PSS") {
        Params::RsaPss {
            hash: hash_in_name(id),
            mgf: CKG_MGF1_SHA256,
            salt_len: 20,
        }
    } else if name.ends_with("_OAEP") {
        OAEP
    } else {
        Params::None
    }
}

fn rsa_rows() -> impl Iterator<Item = &'static Mechanism> {
    all().filter(|row| row.keys == [CKK_RSA])
}

#[test]
fn every_signature_verifies_in_one_part_and_in_many() {
    let mut count = 0;
    for row in rsa_rows().filter(|row| row.roles.sign.is_some()) {
        let params = params_for(row.id);
        let message = [7; 32];
        let signature = signer(row.id, &params).unwrap().single(&message).unwrap();
        assert_eq!(signature.len(), 256, "{}", row.id);
        assert_eq!(signer(row.id, &params).unwrap().output_len(), 256);
        let check = verifier(row.id, &params).unwrap();
        check.single(&message, signature.expose()).unwrap();

        let mut parts = signer(row.id, &params).unwrap();
        parts.update(&message[..5]).unwrap();
        parts.update(&[]).unwrap();
        parts.update(&message[5..]).unwrap();
        let signature = parts.finish().unwrap();
        let mut check = verifier(row.id, &params).unwrap();
        check.update(&message[..31]).unwrap();
        check.update(&message[31..]).unwrap();
        check.finish(signature.expose()).unwrap();

        let refused = |message: &[u8], signature: &[u8]| {
            let check = verifier(row.id, &params).unwrap();
            check.single(message, signature).unwrap_err()
        };
        let mut bad = signature.duplicate();
        bad.expose_mut()[255] ^= 1;
        assert!(matches!(
            refused(&message, bad.expose()),
            Error::SignatureInvalid(_)
        ));
        assert!(matches!(
            refused(&[8; 32], signature.expose()),
            Error::SignatureInvalid(_)
        ));
        let short = &signature.expose()[..255];
        assert!(matches!(
            refused(&message, short),
            Error::SignatureLenRange(_)
        ));
        count += 1;
    }
    assert_eq!(count, 2 + 11 + 10);
}

#[test]
fn every_encryption_decrypts_in_one_part_and_in_many() {
    let mut count = 0;
    for row in rsa_rows().filter(|row| row.roles.encrypt.is_some()) {
        let params = params_for(row.id);
        let message = [7; 100];
        let sealed = encrypter(row.id, &params)
            .unwrap()
            .single(&message)
            .unwrap();
        let opened = decrypter(row.id, &params)
            .unwrap()
            .single(sealed.expose())
            .unwrap();
        assert!(opened.expose().ends_with(&message), "{}", row.id);
        let expected_len = if row.id == CKM_RSA_X_509 { 256 } else { 100 };
        assert_eq!(opened.len(), expected_len, "{}", row.id);
        assert!(decrypter(row.id, &params).unwrap().single_len(256) >= expected_len);

        let mut parts = encrypter(row.id, &params).unwrap();
        assert_eq!(parts.update_len(99), 0);
        assert!(parts.update(&message[..99]).unwrap().is_empty());
        assert!(parts.update(&message[99..]).unwrap().is_empty());
        let sealed = parts.finish().unwrap();
        let mut parts = decrypter(row.id, &params).unwrap();
        assert!(parts.update(&sealed.expose()[..1]).unwrap().is_empty());
        assert!(parts.update(&sealed.expose()[1..]).unwrap().is_empty());
        assert!(matches!(
            parts.update(&[0]),
            Err(Error::EncryptedDataLenRange(_))
        ));
        assert!(parts.finish().unwrap().expose().ends_with(&message));
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn recovery_gives_back_what_was_signed() {
    for id in [CKM_RSA_PKCS, CKM_RSA_X_509] {
        let row = find(id).unwrap();
        let sign = row.roles.sign_recover.unwrap();
        let recover = row.roles.verify_recover.unwrap();
        let params = Params::None;
        let sign = sign(&setup(Use::SignRecover, row, &params)).unwrap();
        let recover = recover(&setup(Use::VerifyRecover, row, &params)).unwrap();
        let signature = sign.single(b"message").unwrap();
        let message = recover.single(signature.expose()).unwrap();
        assert!(message.expose().ends_with(b"message"));
        assert_eq!(message.len(), if id == CKM_RSA_PKCS { 7 } else { 256 });
        let outcome = recover.single(&signature.expose()[1..]);
        assert!(matches!(outcome, Err(Error::SignatureLenRange(_))));
    }
}

#[test]
fn wrapped_keys_unwrap_and_errors_speak_of_wrapping() {
    // CKM_RSA_AES_KEY_WRAP is held in `temporary_aes.rs`.
    let plain =
        |row: &&Mechanism| row.roles.wrap.is_some() && row.params != ParamShape::RsaAesKeyWrap;
    for row in rsa_rows().filter(plain) {
        let params = params_for(row.id);
        let (wrap, unwrap) = (row.roles.wrap.unwrap(), row.roles.unwrap.unwrap());
        let key = SecretBytes::from_slice(&[9; 32]);
        let wrapping = setup(Use::Wrap, row, &params);
        let unwrapping = setup(Use::Unwrap, row, &params);
        let wrapped = wrap(&wrapping, &key).unwrap();
        let unwrapped = unwrap(&unwrapping, wrapped.expose()).unwrap();
        assert!(unwrapped.expose().ends_with(key.expose()));
        let large = SecretBytes::from_slice(&[0xff; 256]);
        assert!(matches!(
            wrap(&wrapping, &large),
            Err(Error::KeySizeRange(_))
        ));
        let short = unwrap(&unwrapping, &wrapped.expose()[1..]);
        assert!(matches!(short, Err(Error::WrappedKeyLenRange(_))));
        let above = unwrap(&unwrapping, &[0xff; 256]);
        assert!(matches!(above, Err(Error::WrappedKeyInvalid(_))));
    }
}

#[test]
fn data_that_does_not_fit_is_refused() {
    let sign = |id, params: &Params<'_>, len| signer(id, params).unwrap().single(&vec![7; len]);
    assert!(sign(CKM_RSA_PKCS, &Params::None, 245).is_ok());
    assert!(matches!(
        sign(CKM_RSA_PKCS, &Params::None, 246),
        Err(Error::DataLenRange(_))
    ));
    assert!(matches!(
        sign(CKM_RSA_X_509, &Params::None, 257),
        Err(Error::DataLenRange(_))
    ));
    assert!(matches!(
        sign(CKM_RSA_PKCS_PSS, &PSS, 31),
        Err(Error::DataLenRange(_))
    ));
    assert!(matches!(
        sign(CKM_RSA_PKCS_PSS, &PSS, 33),
        Err(Error::DataLenRange(_))
    ));
    let above = signer(CKM_RSA_X_509, &Params::None)
        .unwrap()
        .single(&[0xff; 256]);
    assert!(matches!(above, Err(Error::DataInvalid(_))));
    let mut parts = signer(CKM_RSA_PKCS, &Params::None).unwrap();
    parts.update(&[7; 245]).unwrap();
    assert!(matches!(parts.update(&[7]), Err(Error::DataLenRange(_))));
    let encrypt = |len| {
        encrypter(CKM_RSA_PKCS_OAEP, &OAEP)
            .unwrap()
            .single(&vec![7; len])
    };
    assert!(encrypt(256 - 66).is_ok());
    assert!(matches!(encrypt(256 - 65), Err(Error::DataLenRange(_))));
}

#[test]
fn bad_parameters_are_refused() {
    let pss = |id, hash, mgf, salt_len| {
        let params = Params::RsaPss {
            hash,
            mgf,
            salt_len,
        };
        let outcome = signer(id, &params).map(|_| ());
        assert_eq!(verifier(id, &params).map(|_| ()), outcome);
        outcome
    };
    assert!(pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA1, 222).is_ok());
    for bad in [
        pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA384, CKG_MGF1_SHA256, 32),
        pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, 223),
        pss(
            CKM_SHA256_RSA_PKCS_PSS,
            CKM_SHA256,
            CKG_MGF1_SHA256,
            u64::MAX,
        ),
        pss(CKM_RSA_PKCS_PSS, CKM_AES_CBC, CKG_MGF1_SHA256, 32),
        pss(CKM_RSA_PKCS_PSS, CKM_SHA256, MgfType(0), 32),
        signer(CKM_RSA_PKCS_PSS, &Params::None).map(|_| ()),
    ] {
        assert!(
            matches!(bad, Err(Error::MechanismParamInvalid(_))),
            "{bad:?}"
        );
    }
    let oaep = |hash, mgf, source, label| {
        let params = Params::RsaOaep {
            hash,
            mgf,
            source,
            label,
        };
        encrypter(CKM_RSA_PKCS_OAEP, &params).map(|_| ())
    };
    assert!(oaep(CKM_SHA_1, CKG_MGF1_SHA256, 0, b"").is_ok());
    for bad in [
        oaep(CKM_SHA_1, CKG_MGF1_SHA1, 0, b"label"),
        oaep(CKM_SHA_1, CKG_MGF1_SHA1, 2, b""),
        oaep(CKM_SHA_1, MgfType(99), 1, b""),
        oaep(CKM_SHA256_HMAC, CKG_MGF1_SHA1, 1, b""),
    ] {
        assert!(
            matches!(bad, Err(Error::MechanismParamInvalid(_))),
            "{bad:?}"
        );
    }
}

/// What OpenSSL's provider sends where the caller names no hash.
#[test]
fn oaep_fields_left_at_zero_are_the_defaults() {
    let oaep = |hash, mgf| Params::RsaOaep {
        hash,
        mgf,
        source: 1,
        label: b"",
    };
    let zero = MechanismType(0);
    for (given, meant) in [
        (oaep(zero, MgfType(0)), oaep(CKM_SHA_1, CKG_MGF1_SHA1)),
        (
            oaep(CKM_SHA256, MgfType(0)),
            oaep(CKM_SHA256, CKG_MGF1_SHA256),
        ),
        (
            oaep(zero, CKG_MGF1_SHA256),
            oaep(CKM_SHA_1, CKG_MGF1_SHA256),
        ),
    ] {
        let mut sealed = encrypter(CKM_RSA_PKCS_OAEP, &meant).unwrap();
        sealed.update(b"secret").unwrap();
        let sealed = sealed.finish().unwrap();
        let mut opened = decrypter(CKM_RSA_PKCS_OAEP, &given).unwrap();
        opened.update(sealed.expose()).unwrap();
        assert_eq!(opened.finish().unwrap().expose(), b"secret");
    }
}
