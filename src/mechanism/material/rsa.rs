// SPDX-License-Identifier: MIT OR Apache-2.0
//! RSA keys: PKCS#11 v3.2, "RSA public key objects", "RSA private key objects" and "Wrapping/unwrapping
//! private keys"; RFC 8017, appendix A.1; RFC 5208; RFC 5280.

use der::asn1::{Any, BitString, Null, OctetStringRef, UintRef};
use der::{Decode as _, Encode as _};
use pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef};
use pkcs8::PrivateKeyInfoRef;
use spki::{AlgorithmIdentifier, SubjectPublicKeyInfoOwned};

use crate::crypto::rsa::{
    Components, Crt, PUBLIC_EXPONENT_DEFAULT, PrivateKey, PublicKey, PublicOperation as _, strip,
};
use crate::error::{Error, Result};
use crate::object::{AttributeMap, Kind, Object, Origin, Value};
use crate::pkcs11::AttributeType;
use crate::pkcs11::attribute::{
    CKA_COEFFICIENT, CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_MODULUS, CKA_MODULUS_BITS, CKA_PRIME_1,
    CKA_PRIME_2, CKA_PRIVATE_EXPONENT, CKA_PUBLIC_EXPONENT, CKA_PUBLIC_KEY_INFO,
};
use crate::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use crate::secret::SecretBytes;

/// Public exponents that are tried for a private key that comes without one, most likely first.
const COMMON_EXPONENTS: &[&[u8]] = &[&PUBLIC_EXPONENT_DEFAULT, &[3], &[17], &[5], &[35], &[1, 1]];

/// Checks an RSA key and sets what is computed from it.
///
/// # Errors
/// `CKR_ATTRIBUTE_VALUE_INVALID`, `CKR_TEMPLATE_INCOMPLETE`
pub fn complete(kind: &'static Kind, attributes: &mut AttributeMap, origin: Origin) -> Result<()> {
    match kind.class {
        CKO_PUBLIC_KEY => complete_public(attributes),
        CKO_PRIVATE_KEY => complete_private(attributes, origin),
        _ => Ok(()),
    }
}

fn complete_public(attributes: &mut AttributeMap) -> Result<()> {
    let key = public_key(attributes)?;
    let (n, e) = (
        number(attributes, CKA_MODULUS)?,
        number(attributes, CKA_PUBLIC_EXPONENT)?,
    );
    let (n, e) = (n.to_vec(), e.to_vec());
    let bits = u64::try_from(key.modulus_bits()).unwrap_or_default();
    let info = spki(&n, &e)?;
    attributes.set(CKA_MODULUS, Value::Bytes(n));
    attributes.set(CKA_PUBLIC_EXPONENT, Value::Bytes(e));
    attributes.set(CKA_MODULUS_BITS, Value::Ulong(bits));
    set_info(attributes, info)
}

fn complete_private(attributes: &mut AttributeMap, origin: Origin) -> Result<()> {
    let components = read_private(attributes)?;
    // The engine made the numbers of a generated key in this call, and the import checked those of an unwrapped one.
    if origin == Origin::Create {
        PrivateKey::from_components(&components)?;
    }
    let info = spki(strip(&components.n), strip(&components.e))?;
    set_private(attributes, components);
    set_info(attributes, info)
}

/// Sets CKA_PUBLIC_KEY_INFO; one that the application gave must be the same.
fn set_info(attributes: &mut AttributeMap, info: Vec<u8>) -> Result<()> {
    match attributes.bytes(CKA_PUBLIC_KEY_INFO) {
        Some(given) if !given.is_empty() && given != info.as_slice() => Err(
            Error::AttributeValueInvalid("CKA_PUBLIC_KEY_INFO does not belong to the key".into()),
        ),
        _ => {
            attributes.set(CKA_PUBLIC_KEY_INFO, Value::Bytes(info));
            Ok(())
        }
    }
}

/// A big integer without leading zeros.
fn number(attributes: &AttributeMap, id: AttributeType) -> Result<&[u8]> {
    given(attributes, id)
        .ok_or_else(|| Error::TemplateIncomplete(format!("{id} is missing").into()))
}

fn given(attributes: &AttributeMap, id: AttributeType) -> Option<&[u8]> {
    attributes
        .bytes(id)
        .map(strip)
        .filter(|bytes| !bytes.is_empty())
}

/// The numbers of a private key, with what can be computed.
fn read_private(attributes: &AttributeMap) -> Result<Components> {
    let n = number(attributes, CKA_MODULUS)?;
    let d = number(attributes, CKA_PRIVATE_EXPONENT)?;
    let crt = read_crt(attributes, d)?;
    if let Some(e) = given(attributes, CKA_PUBLIC_EXPONENT) {
        let crt = match crt {
            Some(crt) => crt,
            None => Crt::recover(n, e, d)?,
        };
        return Ok(assemble(n, e, d, crt));
    }
    // SPEC: a private key may come without its public exponent; it gets the common one that fits it.
    for e in COMMON_EXPONENTS {
        if let Ok(found) = Crt::recover(n, e, d) {
            return Ok(assemble(n, e, d, crt.unwrap_or(found)));
        }
    }
    Err(Error::TemplateIncomplete(
        "CKA_PUBLIC_EXPONENT is missing, and no common one belongs to the key".into(),
    ))
}

fn assemble(n: &[u8], e: &[u8], d: &[u8], crt: Crt) -> Components {
    Components {
        n: n.to_vec(),
        e: e.to_vec(),
        d: SecretBytes::from_slice(d),
        crt: Some(crt),
    }
}

/// The primes and CRT values, computed where they are missing; `None` without both primes.
fn read_crt(attributes: &AttributeMap, d: &[u8]) -> Result<Option<Crt>> {
    let (Some(p), Some(q)) = (
        given(attributes, CKA_PRIME_1),
        given(attributes, CKA_PRIME_2),
    ) else {
        return Ok(None);
    };
    let rest = (
        given(attributes, CKA_EXPONENT_1),
        given(attributes, CKA_EXPONENT_2),
        given(attributes, CKA_COEFFICIENT),
    );
    if let (Some(dp), Some(dq), Some(qinv)) = rest {
        let secret = SecretBytes::from_slice;
        return Ok(Some(Crt {
            p: secret(p),
            q: secret(q),
            dp: secret(dp),
            dq: secret(dq),
            qinv: secret(qinv),
        }));
    }
    let derived = Crt::derive(d, p, q)?;
    let (dp, dq, qinv) = rest;
    let pairs = [(dp, &derived.dp), (dq, &derived.dq), (qinv, &derived.qinv)];
    for (value, computed) in pairs {
        let is_same = |value| SecretBytes::from_slice(strip(computed.expose())).ct_eq(value);
        if value.is_some_and(|value| !is_same(value)) {
            return Err(Error::AttributeValueInvalid(
                "a CRT value does not belong to the primes".into(),
            ));
        }
    }
    Ok(Some(derived))
}

/// Sets the public numbers.
pub(in crate::mechanism) fn set_public(attributes: &mut AttributeMap, components: &Components) {
    let (n, e) = (strip(&components.n).to_vec(), strip(&components.e).to_vec());
    attributes.set(CKA_MODULUS, Value::Bytes(n));
    attributes.set(CKA_PUBLIC_EXPONENT, Value::Bytes(e));
}

/// Sets all numbers of a private key, without leading zeros.
pub(in crate::mechanism) fn set_private(attributes: &mut AttributeMap, components: Components) {
    set_public(attributes, &components);
    let mut set = |id, number: &SecretBytes| {
        let stripped = SecretBytes::from_slice(strip(number.expose()));
        attributes.set(id, Value::Secret(stripped));
    };
    set(CKA_PRIVATE_EXPONENT, &components.d);
    if let Some(crt) = &components.crt {
        set(CKA_PRIME_1, &crt.p);
        set(CKA_PRIME_2, &crt.q);
        set(CKA_EXPONENT_1, &crt.dp);
        set(CKA_EXPONENT_2, &crt.dq);
        set(CKA_COEFFICIENT, &crt.qinv);
    }
}

/// Parses a private key for [`Object::parsed`].
pub(in crate::mechanism) fn private_key(attributes: &AttributeMap) -> Result<PrivateKey> {
    PrivateKey::from_components(&read_private(attributes)?)
}

/// Parses a public key for [`Object::parsed`].
pub(in crate::mechanism) fn public_key(attributes: &AttributeMap) -> Result<PublicKey> {
    let n = number(attributes, CKA_MODULUS)?;
    PublicKey::from_components(n, number(attributes, CKA_PUBLIC_EXPONENT)?)
}

fn encoding(_: der::Error) -> Error {
    Error::GeneralError("an RSA key could not be encoded as DER".into())
}

/// The DER of the SubjectPublicKeyInfo of RFC 5280 for a modulus and a public exponent.
///
/// # Errors
/// `CKR_GENERAL_ERROR`
pub fn spki(n: &[u8], e: &[u8]) -> Result<Vec<u8>> {
    let key = RsaPublicKeyRef {
        modulus: UintRef::new(n).map_err(encoding)?,
        public_exponent: UintRef::new(e).map_err(encoding)?,
    };
    let info = SubjectPublicKeyInfoOwned {
        algorithm: AlgorithmIdentifier {
            oid: pkcs1::ALGORITHM_OID,
            parameters: Some(Any::encode_from(&Null).map_err(encoding)?),
        },
        subject_public_key: BitString::from_bytes(&key.to_der().map_err(encoding)?)
            .map_err(encoding)?,
    };
    info.to_der().map_err(encoding)
}

/// The DER of the PrivateKeyInfo of RFC 5208 with an RSAPrivateKey of RFC 8017.
///
/// # Errors
/// `CKR_KEY_NOT_WRAPPABLE`
pub fn export(object: &Object) -> Result<SecretBytes> {
    if object.class() != CKO_PRIVATE_KEY {
        return Err(Error::KeyNotWrappable(
            "only the private half of an RSA key can be wrapped".into(),
        ));
    }
    encode(&read_private(object.attributes())?)
        .map_err(|_| Error::KeyNotWrappable("the RSA key could not be encoded as DER".into()))
}

fn encode(components: &Components) -> der::Result<SecretBytes> {
    let Some(crt) = &components.crt else {
        return Err(der::ErrorKind::Failed.into());
    };
    let uint = |bytes| UintRef::new(strip(bytes));
    let key = RsaPrivateKeyRef {
        modulus: uint(&components.n)?,
        public_exponent: uint(&components.e)?,
        private_exponent: uint(components.d.expose())?,
        prime1: uint(crt.p.expose())?,
        prime2: uint(crt.q.expose())?,
        exponent1: uint(crt.dp.expose())?,
        exponent2: uint(crt.dq.expose())?,
        coefficient: uint(crt.qinv.expose())?,
        other_prime_infos: None,
    };
    let inner = to_secret_der(&key)?;
    let info = PrivateKeyInfoRef::new(pkcs1::ALGORITHM_ID, OctetStringRef::new(inner.expose())?);
    to_secret_der(&info)
}

/// Encodes into a buffer of the right size, so that no copy is left behind.
fn to_secret_der(value: &impl der::Encode) -> der::Result<SecretBytes> {
    let len = usize::try_from(u32::from(value.encoded_len()?)).unwrap_or_default();
    SecretBytes::try_init(len, |out| value.encode_to_slice(out).map(|_| ()))
}

/// Sets the numbers of an unwrapped private key.
///
/// # Errors
/// `CKR_WRAPPED_KEY_INVALID`
pub fn import(
    kind: &'static Kind,
    attributes: &mut AttributeMap,
    material: &SecretBytes,
) -> Result<()> {
    let invalid = |_| Error::WrappedKeyInvalid("the content is no PKCS#8 RSA private key".into());
    if kind.class != CKO_PRIVATE_KEY {
        return Err(Error::TemplateInconsistent(
            "an RSA key is unwrapped as a CKO_PRIVATE_KEY".into(),
        ));
    }
    let info = PrivateKeyInfoRef::from_der(material.expose()).map_err(invalid)?;
    if info.algorithm.oid != pkcs1::ALGORITHM_OID {
        return Err(Error::WrappedKeyInvalid(
            "the PKCS#8 content is no RSA key".into(),
        ));
    }
    let key = RsaPrivateKeyRef::from_der(info.private_key.as_bytes()).map_err(invalid)?;
    if key.other_prime_infos.is_some() {
        return Err(Error::WrappedKeyInvalid(
            "the RSA key has more than two primes".into(),
        ));
    }
    let secret = |number: UintRef<'_>| SecretBytes::from_slice(number.as_bytes());
    let components = Components {
        n: key.modulus.as_bytes().to_vec(),
        e: key.public_exponent.as_bytes().to_vec(),
        d: secret(key.private_exponent),
        crt: Some(Crt {
            p: secret(key.prime1),
            q: secret(key.prime2),
            dp: secret(key.exponent1),
            dq: secret(key.exponent2),
            qinv: secret(key.coefficient),
        }),
    };
    PrivateKey::from_components(&components)
        .map_err(|_| Error::WrappedKeyInvalid("the numbers do not make an RSA key".into()))?;
    set_private(attributes, components);
    Ok(())
}
